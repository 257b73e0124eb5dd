#ifndef DIRTWATCH_DAEMON_RECORD_H
#define DIRTWATCH_DAEMON_RECORD_H

#include "daemon/events.h"
#include "daemon/tally.h"

/* From a reading to the store: every hit becomes a finding, the page becomes something to compare the
 * next one with.  One transaction a page. */

struct record {
	struct store *store;
	struct life *life;
	const struct ruleset *ruleset;
	struct sink sink;
	const char *profile;
};

/** Record @reading, a proven reading of the page at @url.  @page: what is remembered of it for next
 *  time, verdict and counts filled in here; NULL: nothing may be remembered.  Counts into @tally.
 *  0, -errno: nothing of the page was stored. */
MUST_CHECK int record_page(const struct record *record, const char *url, const struct reading *reading,
	struct page_memory *page, struct tally *tally);

/** Record that the page at @url is as it was, as @page remembers it; @coverage is what it stood for. */
MUST_CHECK int record_unchanged(const struct record *record, const char *url,
	const struct page_memory *page, const struct coverage *coverage, struct tally *tally);

#endif
