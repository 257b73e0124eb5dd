#ifndef DIRTWATCH_CRAWLERS_SOURCES_MASTODON_H
#define DIRTWATCH_CRAWLERS_SOURCES_MASTODON_H

#include "crawlers/source.h"

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

#endif
