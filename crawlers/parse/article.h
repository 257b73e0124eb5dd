#ifndef DIRTWATCH_CRAWLERS_PARSE_ARTICLE_H
#define DIRTWATCH_CRAWLERS_PARSE_ARTICLE_H

#include "crawlers/parse/dom.h"
#include "crawlers/parse/entry.h"
#include "daemon/base/err.h"

/** Posts by their shape: elements that are an article by tag, role or class, with a heading, a
 * link, a time, an author and a text.  Of an entry that is known already they tell what its markup
 * did not.  0, -ENOMEM. */
MUST_CHECK int article_read_entries(struct dom *dom, const char *base_url, struct entries *entries);

#endif
