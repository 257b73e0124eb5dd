#ifndef DIRTWATCH_CRAWLERS_SOURCES_WORDPRESS_H
#define DIRTWATCH_CRAWLERS_SOURCES_WORDPRESS_H

#include "crawlers/source.h"

/** What to ask a WordPress for whose page at @page_url names its API at @root and, on an author's
 *  page, the author at @author (NULL: none).  All three are a stranger's, absolute.
 *  0 with ret->url NULL when that is nothing to go by; -ENOMEM. */
MUST_CHECK int wordpress_of_page(struct arena *arena, const char *root, const char *author,
	const char *page_url, struct follow *ret);

#endif
