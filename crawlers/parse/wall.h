#ifndef DIRTWATCH_CRAWLERS_PARSE_WALL_H
#define DIRTWATCH_CRAWLERS_PARSE_WALL_H

#include "crawlers/page.h"
#include "crawlers/parse/dom.h"
#include "crawlers/source.h"

#include <stdbool.h>

/*
 * Answers that are not what was asked for: error statuses, log-in forms, challenges of bot walls.
 * Asked before any source, because a wall parses well and holds no posts.
 */

/** True when @page is a wall: @extract then has its verdict, why, and a time to come back where one
 *  is named.  Only what proves a wall counts: a post about captchas is no captcha. */
bool wall_detect(const struct page *page, struct extract *extract);

/** True for a page that is a log-in form and little else. */
bool wall_is_login(struct dom *dom);

/** True when a page's @title (NULL: none) says that there is no such page.  The status did not say
 *  so: only for a page on which no post was found. */
bool wall_is_missing(const char *title);

#endif
