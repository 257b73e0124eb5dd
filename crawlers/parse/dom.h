#ifndef DIRTWATCH_CRAWLERS_PARSE_DOM_H
#define DIRTWATCH_CRAWLERS_PARSE_DOM_H

#include "crawlers/parse/strip.h"
#include "daemon/base/err.h"

#include <gumbo.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A page as a tree: Gumbo inside a box.  Gumbo takes its memory from one mapping with a ceiling
 * (LIMIT_HTML_ARENA_B) and a deadline (LIMIT_HTML_MS), and is left by longjmp when it passes
 * either; the mapping is given back whole, because gumbo_destroy_output() recurses.  Nobody
 * recurses here: trees are as deep as the page likes.  Every walk counts its steps against one
 * budget (LIMIT_HTML_STEPS), an element with long attributes as several, so that walks inside walks
 * stay bounded too.
 */
struct dom {
	const GumboNode *root;    /* <html> */
	struct stripped stripped; /* points into the html given to dom_parse() */
	size_t steps_left;        /* 0: walks ended early, and what they found is not the whole */
	struct dom_box *box;
};

enum {
	DOM_E_TOO_BIG =
		1,  /* more than LIMIT_HTML_B after stripping, or LIMIT_HTML_ARENA_B in the tree */
	DOM_E_LATE, /* LIMIT_HTML_MS */
};

/** Parse @html[0..@len): a stranger's, UTF-8; must outlive *@ret.  @arena holds the spans of
 *  ret->stripped only; the tree is freed by dom_release().
 *  Returns 0, DOM_E_TOO_BIG, DOM_E_LATE, -ENOMEM. */
MUST_CHECK int dom_parse(struct arena *arena, const char *html, size_t len, struct dom *ret);

/** Give the tree back; zeroed is fine. */
void dom_release(struct dom *dom);

/* A walk through everything below a node, each element met twice: entering and leaving. */
struct dom_walk {
	struct dom *dom;
	const GumboNode *top;
	const GumboNode *at; /* the node of this step */
	bool leaving;        /* of an element or template; text is only met once */
};

/** A walk through the inside of @top.  Call dom_step() before the first look at ->at. */
struct dom_walk dom_walk(struct dom *dom, const GumboNode *top);

/** To the next step; false: @top was walked, or the tree's budget is used up. */
bool dom_step(struct dom_walk *walk);

/** Do not go into the element just entered: the next step is behind it. */
void dom_skip(struct dom_walk *walk);

/** True for elements (<template> included); @tag: GUMBO_TAG_UNKNOWN for any. */
bool dom_is(const GumboNode *node, GumboTag tag);

/** Value of an attribute, "" when it has none; NULL: no such attribute, or no element. */
const char *dom_attr(const GumboNode *node, const char *name);

/** True when the space-separated list @words (may be NULL) has @word, in any case of A–Z. */
bool dom_has_word(const char *words, const char *word);

/** True when the class attribute has @class. */
bool dom_has_class(const GumboNode *node, const char *class);

/** The next word of the space-separated list at *@at, *@ret_len bytes long, and *@at behind it.
 *  NULL: no more.  @at may point to NULL. */
const char *dom_word(const char **at, size_t *ret_len);

/** The first element below @top with @tag; NULL: none. */
const GumboNode *dom_find(struct dom *dom, const GumboNode *top, GumboTag tag);

/** All text below @node as it stands in the tree (textContent), appended to @out.
 *  Returns as buf_add(). */
MUST_CHECK int dom_text(struct dom *dom, const GumboNode *node, struct buf *out);

/** The parent of @node: an element or the document; counts as a step.  NULL: no more. */
const GumboNode *dom_up(struct dom *dom, const GumboNode *node);

#endif
