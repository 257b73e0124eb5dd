#ifndef DIRTWATCH_CRAWLERS_PARSE_READABLE_H
#define DIRTWATCH_CRAWLERS_PARSE_READABLE_H

#include "crawlers/parse/dom.h"
#include "crawlers/parse/htmltext.h"
#include "daemon/base/arena.h"
#include "daemon/base/err.h"

/*
 * The main text of a page that has no markup we know: the part of the tree with the most text and
 * the fewest links, without navigation, sidebars, banners, sharing and other people's comments.
 */
struct readable {
	const GumboNode *node; /* what holds it */
	const char *heading;   /* the page's first <h1>; NULL: none */
	struct html_text text;
};

enum { READABLE_E_NONE = 1 }; /* no text that could be the page's content */

/** Find it.  Returns 0, READABLE_E_NONE, -ENOMEM. */
MUST_CHECK int readable_find(
	struct arena *arena, struct dom *dom, const char *base_url, struct readable *ret);

#endif
