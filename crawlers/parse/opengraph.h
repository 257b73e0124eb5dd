#ifndef DIRTWATCH_CRAWLERS_PARSE_OPENGRAPH_H
#define DIRTWATCH_CRAWLERS_PARSE_OPENGRAPH_H

#include "crawlers/parse/dom.h"
#include "daemon/base/arena.h"
#include "daemon/base/err.h"

/* What a page's <title> and <meta> say (ogp.me, and the older names); NULL: nothing.  Strings live
 * in the arena. */
struct opengraph {
	const char *title; /* <title>, white space collapsed */
	const char *og_title;
	const char *description;
	const char *type;
	const char *image; /* absolute */
	const char *image_alt;
	const char *url; /* absolute */
	const char *site_name;
	const char *first_name;
	const char *last_name;
	const char *username;
	const char *author;
	const char *published;
	const char *modified;
};

/** Read them below dom->root.  0, -ENOMEM. */
MUST_CHECK int opengraph_read(
	struct arena *arena, struct dom *dom, const char *base_url, struct opengraph *ret);

#endif
