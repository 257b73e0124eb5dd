#ifndef DIRTWATCH_CRAWLERS_SOURCES_MASTODON_H
#define DIRTWATCH_CRAWLERS_SOURCES_MASTODON_H

#include "crawlers/sources/api.h"

#include <jansson.h>

/* Inside of the source "mastodon": objects of its API to what we keep of them.  Every value in them
 * is a stranger's and may be of any type. */

/** True when @object is an account, or a status: it has what no other answer has. */
bool mastodon_is_account(const json_t *object);
bool mastodon_is_status(const json_t *object);

/** Write facts, and what the owner says of himself as posts of kind bio and handle.  0, -ENOMEM. */
MUST_CHECK int mastodon_write_account(
	const json_t *account, const struct page *page, struct extract *extract);

/* Whose statuses are read. */
struct mastodon_owner {
	const char *id;
	const char *const *pinned; /* ids of pinned statuses */
	size_t n_pinned;
};

/** Append @status as a post.  0, -ENOMEM. */
MUST_CHECK int mastodon_write_status(const json_t *status, const struct mastodon_owner *owner,
	const struct page *page, struct extract *extract);

/** Append the words of @status: warning, text, options of a poll, descriptions of pictures.  An
 *  api_adder.  0, -ENOMEM. */
MUST_CHECK int mastodon_add_words(
	struct compose *compose, const json_t *status, const char *base_url);

/* ---- mastodon_aside.c: what stands beside the list of statuses ---- */

enum mastodon_step {
	MASTODON_ACCOUNT,
	MASTODON_PINNED,
	MASTODON_STATUSES,
	MASTODON_VERSIONS,
	MASTODON_FOLLOWING,
};

/** Ask for the earlier versions of the last post of @extract, which @status was made to, if it was edited
 *  by its owner.  0, -ENOMEM. */
MUST_CHECK int mastodon_follow_versions(
	const json_t *status, const struct page *page, struct extract *extract);
/** What a post said before it was edited and no longer says, each sentence once.  0, -ENOMEM. */
MUST_CHECK int mastodon_read_versions(
	const json_t *list, const struct page *page, struct extract *extract);

/** Ask whom the account @id follows, if it shows that.  0, -ENOMEM. */
MUST_CHECK int mastodon_follow_following(
	const json_t *account, const char *id, const struct page *page, struct extract *extract);
MUST_CHECK int mastodon_read_following(
	const json_t *list, const struct page *page, struct extract *extract);

/** The next page that the Link header names, within the same list; *@ret NULL: none.  0, -ENOMEM. */
MUST_CHECK int mastodon_next(const struct page *page, struct extract *extract, const char **ret);

#endif
