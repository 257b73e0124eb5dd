#ifndef DIRTWATCH_DAEMON_TARGET_H
#define DIRTWATCH_DAEMON_TARGET_H

#include "config/config.h"
#include "crawlers/page.h"

/* What stands behind --scan-now: URLs and @user@host to fetch, saved pages and feeds to read. */
struct targets {
	struct arena *arena; /* holds everything */
	struct profile *profiles;
	const struct page **saved; /* NULL entries: fetch */
	size_t count;
};

enum { TARGET_E_BAD = 1 }; /* told on standard error */

/** Take @names apart; files are read (at most LIMIT_PAGE_B each), "-" is standard input.
 *  0, TARGET_E_BAD, -ENOMEM.  @ret is released by the caller whatever is returned. */
MUST_CHECK int targets_read(char *const *names, size_t count, struct targets *ret);
void targets_release(struct targets *targets);

#endif
