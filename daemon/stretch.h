#ifndef DIRTWATCH_DAEMON_STRETCH_H
#define DIRTWATCH_DAEMON_STRETCH_H

#include "crawlers/source.h"

/* Which stretch of time one page covers.  Bios and handles have no part in it, and pinned posts, which
 * may be of any age, only count.  Times are 0 where nothing has one. */
struct stretch {
	int64_t newest_s;
	int64_t oldest_s; /* of posts; interactions are none */
	/* Everything from here on is shown, if the page is the newest part of a list that has the
	 * newest first.  Where posts, replies, reposts and interactions are listed apart, or a repost bears the
	 * date of what it repeats, the oldest of one kind says nothing of the others: it is the
	 * youngest of their oldest ones. */
	int64_t reach_s;
	size_t n_posts; /* interactions are none */
};

struct stretch stretch_of(const struct extract *extract);

/** Does @post count as one?  Bios and handles do not, nor do interactions, which stand in lists of their
 *  own. */
bool stretch_counts(const struct post *post);

/** How many posts of @extract are younger than @than_s. */
size_t stretch_younger(const struct extract *extract, int64_t than_s);

/** Which posts they are: MARK_CHARS hexadecimal digits for each one that has a permalink, one behind the
 *  other, in @arena.  NULL: -ENOMEM. */
#define MARK_CHARS 16
const char *stretch_marks(struct arena *arena, const struct extract *extract);

/** How many posts of pages with these @marks are counted once too often because they stand on several of
 *  the pages.  A permalink that one page has for several posts is not theirs, and not counted so.
 *  0, -ENOMEM. */
MUST_CHECK int stretch_repeats(const char *const *marks, size_t count, size_t *ret);

#endif
