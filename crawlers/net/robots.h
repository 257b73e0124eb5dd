#ifndef DIRTWATCH_CRAWLERS_NET_ROBOTS_H
#define DIRTWATCH_CRAWLERS_NET_ROBOTS_H

#include "crawlers/source.h"

/* RFC 9309 matching of a path against rules that crawlers/sources/robots.c took from a file. */

/** Does the longest matching rule allow @path (with "?query"; percent-encoding as in the URL)?  An
 *  allow wins over an equally long disallow; no match allows; "/robots.txt" itself is allowed.
 *  Time is bounded by pattern × path length whatever the stars. */
bool robots_allows(const struct robots_rule *rules, size_t count, const char *path);

#endif
