#ifndef DIRTWATCH_CRAWLERS_PARSE_WALL_H
#define DIRTWATCH_CRAWLERS_PARSE_WALL_H

#include "crawlers/page.h"
#include "crawlers/parse/dom.h"
#include "crawlers/source.h"

#include <stdbool.h>
#include <stdio.h>

/*
 * Answers that are not what was asked for: error statuses, log-in forms, challenges of bot walls.
 * Asked before any source, because a wall parses well and holds no posts.  What is looked for stands
 * in walls.yaml (crawlers/walls.h).  Only what proves a wall counts: a post about captchas is no
 * captcha.
 */

struct wall_sign;

enum {
	WALL_E_SHOWN = 1, /* what is in the page, or where it was led to, proves it */
	WALL_E_STATUS,    /* only its status says so */
};

/** Is @page a wall, by extract->walls?  WALL_E_*: then @extract has its verdict and why; 0: it is
 *  none, and @extract is as it was; -ENOMEM. */
MUST_CHECK int wall_detect(const struct page *page, struct extract *extract);

/** Set verdict and why by what the API that page->source asks says in @page; where it says nothing
 *  that is known, they stand.  *@ret_shown (may be NULL): it did.  0, -ENOMEM. */
MUST_CHECK int wall_judge(const struct page *page, struct extract *extract, bool *ret_shown);

/** True for a page that is a log-in form and little else. */
bool wall_is_login(struct dom *dom);

/** True when a page's @title (NULL: none) says that there is no such page.  The status did not say
 *  so: only for a page on which no post was found. */
bool wall_is_missing(const struct walls *walls, const char *title);

/* ---- the signs one by one ---- */

/** The sign in walls->pages that @page shows, NULL: none; @scratch holds what that takes.
 *  0, -ENOMEM. */
MUST_CHECK int wall_find_page(const struct walls *walls, const struct page *page,
	struct arena *scratch, const struct wall_sign **ret);
/** So too of walls->answers and page->source. */
MUST_CHECK int wall_find_answer(
	const struct walls *walls, const struct page *page, const struct wall_sign **ret);

/** Try every sign on its own examples.  Prints failures to @out as "file:line:column: id: …";
 *  *@ret_run and *@ret_failed count them.  0, -ENOMEM. */
MUST_CHECK int wall_test(const struct walls *walls, FILE *out, size_t *ret_run, size_t *ret_failed);

#endif
