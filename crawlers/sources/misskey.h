#ifndef DIRTWATCH_CRAWLERS_SOURCES_MISSKEY_H
#define DIRTWATCH_CRAWLERS_SOURCES_MISSKEY_H

#include "crawlers/source.h"

#include <jansson.h>

/* Inside of the source "misskey": objects of its API to what we keep of them.  Every value in them is a
 * stranger's and may be of any type. */

/** What @mfm, text in Misskey's markup, shows to a reader: functions and tags are taken off, their content
 *  stays; Markdown's marks are left as they are.  NULL of NULL.  0, -ENOMEM. */
MUST_CHECK int misskey_plain(struct arena *arena, const char *mfm, const char **ret);

bool misskey_is_user(const json_t *object);
bool misskey_is_note(const json_t *object);

/** Write facts, and what the owner says of themself as posts of kind bio and handle.  0, -ENOMEM. */
MUST_CHECK int misskey_write_user(
	const json_t *user, const struct page *page, struct extract *extract);

/* Whose notes are read, and where. */
struct misskey_owner {
	const char *id;
	const char *origin;
	const char *pinned; /* ids, with a space before and behind each */
};

/** Append @note as a post.  0, -ENOMEM. */
MUST_CHECK int misskey_write_note(
	const json_t *note, const struct misskey_owner *owner, struct extract *extract);

/** Append the one whom @following, a row of that list, names.  0, -ENOMEM. */
MUST_CHECK int misskey_write_following(
	const json_t *following, const char *origin, struct extract *extract);

#endif
