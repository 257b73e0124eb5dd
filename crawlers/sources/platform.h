#ifndef DIRTWATCH_CRAWLERS_SOURCES_PLATFORM_H
#define DIRTWATCH_CRAWLERS_SOURCES_PLATFORM_H

#include "crawlers/parse/dom.h"
#include "crawlers/source.h"

/* Which platform made a page that stands under a domain of its owner's: by what the platform writes
 * into the head of its pages. */
struct platform {
	struct follow
		follow;  /* FOLLOW_INSTEAD: its own source; FOLLOW_ALSO: a feed that the page does
			       * not name; url NULL: the page does not say */
	const char *why; /* a sentence, static */
};

/** Look into the page at @url.  The tree is a stranger's: what it names is asked for only at the page's
 *  own origin.  0, -ENOMEM. */
MUST_CHECK int platform_find(
	struct arena *arena, struct dom *dom, const struct url *url, struct platform *ret);

#endif
