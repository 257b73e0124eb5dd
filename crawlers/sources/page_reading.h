#ifndef DIRTWATCH_CRAWLERS_SOURCES_PAGE_READING_H
#define DIRTWATCH_CRAWLERS_SOURCES_PAGE_READING_H

#include "crawlers/parse/dom.h"
#include "crawlers/parse/entry.h"
#include "crawlers/parse/jsonld.h"
#include "crawlers/parse/links.h"
#include "crawlers/parse/mf2.h"
#include "crawlers/parse/opengraph.h"
#include "crawlers/parse/owner.h"
#include "crawlers/source.h"

#include <stdbool.h>

/* Inside of the source "page": what one web page says.
 *
 *     page.c           the page  →  facts and posts
 *     page_follow.c    where it leads
 */

/* page.step: the profile's page, or a further one of its list */
enum { PAGE_FIRST, PAGE_MORE };

struct reading {
	const struct page *page;
	struct extract *extract;
	struct arena *arena;
	const char *url; /* where the page is */
	struct dom dom;
	struct links links;
	struct opengraph graph;
	struct jsonld jsonld;
	struct mf2 mf2;
	struct entries entries;
	struct owner owner;
	const struct entry *about; /* the page is this post's own; NULL: it is none's */
	size_t n_own;              /* entries that are the person's */
	bool instead;              /* another source reads what this page shows a part of */
};

/** Say what should be asked for next, once posts and facts are written.  0, -ENOMEM. */
MUST_CHECK int page_follow(struct reading *reading);

#endif
