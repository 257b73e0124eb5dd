#ifndef DIRTWATCH_CRAWLERS_PARSE_MF2_READ_H
#define DIRTWATCH_CRAWLERS_PARSE_MF2_READ_H

#include "crawlers/parse/entry.h"
#include "crawlers/parse/links.h"
#include "crawlers/parse/mf2.h"
#include "daemon/base/post.h"

/** The page owner's h-card (microformats.org/wiki/representative-h-card-parsing), and h-resume, as
 *  facts.  @page_url: where the page is.  0, -ENOMEM. */
MUST_CHECK int mf2_read_facts(struct arena *arena, const struct mf2 *mf2, const struct links *links,
	const char *page_url, struct facts *facts);

/** The page's h-entries and h-reviews as entries; those inside another one (comments, what was
 *  passed on) are marked as foreign.  0, -ENOMEM. */
MUST_CHECK int mf2_read_entries(
	struct dom *dom, const struct mf2 *mf2, const char *base_url, struct entries *entries);

#endif
