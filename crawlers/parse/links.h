#ifndef DIRTWATCH_CRAWLERS_PARSE_LINKS_H
#define DIRTWATCH_CRAWLERS_PARSE_LINKS_H

#include "crawlers/parse/dom.h"
#include "daemon/base/arena.h"
#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Where a page says that its relations are: <base>, <link>, <a rel>, and Link headers. */

struct feed_link {
	const char *url;
	const char *title; /* NULL: none */
	const char *type;  /* media type as written, static */
};

#define LINKS_MAX 64 /* of each kind; the rest is dropped */

struct links {
	const char *base_url;  /* what relative addresses are relative to; absolute */
	const char *canonical; /* the page's own address as it says; NULL: none */
	const char *next;      /* rel=next; NULL: none */
	const char *author;    /* rel=author; NULL: none */
	const char **me;       /* rel=me */
	size_t n_me;
	struct feed_link *feeds; /* rel=alternate of a feed's type; those of comments left out */
	size_t n_feeds;
	const char *actor; /* rel=alternate of ActivityPub's type: the same in that; NULL: none */
};

/** Read the links of the page at @url.  All strings are absolute http(s) URLs in @arena, but
 * base_url may be @url itself.  0, -ENOMEM. */
MUST_CHECK int links_read(struct arena *arena, struct dom *dom, const char *url, struct links *ret);

/** Add what the Link headers @header (joined by ", "; NULL: none) say (RFC 8288), behind what the
 *  page itself says.  0, -ENOMEM. */
MUST_CHECK int links_add_header(
	struct arena *arena, const char *header, const char *url, struct links *links);

/** The feed that has the posts of the page's owner: one in the page's own folder before others, JSON
 *  and Atom before RSS.  NULL: none; for a page of one author among several, a feed of the whole
 *  site is none. */
const struct feed_link *links_best_feed(const struct links *links, const char *page_url);

#endif
