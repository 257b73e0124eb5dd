#ifndef DIRTWATCH_CRAWLERS_PARSE_HTMLTEXT_H
#define DIRTWATCH_CRAWLERS_PARSE_HTMLTEXT_H

#include "crawlers/parse/dom.h"
#include "daemon/base/arena.h"
#include "daemon/base/err.h"
#include "daemon/base/post.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * HTML to the text that a reader sees: paragraphs parted by a blank line, lines by '\n', white
 * space collapsed as browsers do and kept in <pre>; descriptions of pictures as paragraphs of their
 * own, but emoji pictures in the line; hidden parts left out.  Items of lists are lines without a
 * mark, as in innerText: only the writer's own characters.
 */
struct html_text {
	const char *text; /* the writer's own words; never NULL */
	size_t len;
	const struct link *links; /* at most LIMIT_POST_LINKS, in the order of the text */
	size_t n_links;
	const char *others; /* what stood in <blockquote>, <q> and <cite>; NULL: nothing */
	size_t others_len;
	const char *lang; /* lang attribute of the outermost element that has one; NULL: none */
	bool cut;         /* text or others stop at LIMIT_POST_TEXT_B */
};

enum { HTML_E_LIMIT = 1 }; /* too big, too deep or too slow to parse: unread, never empty */

/** The text of a fragment or document @html[0..@len): a stranger's bytes, well-formed UTF-8 (as
 *  charset_to_utf8() and the JSON and XML parsers give it).  Links are resolved against @base_url
 *  (absolute; NULL: only absolute links count).  Everything in *@ret lives in @arena.
 *  Returns 0, HTML_E_LIMIT, -ENOMEM (the arena's ceiling too). */
MUST_CHECK int html_to_text(struct arena *arena, const char *html, size_t len, const char *base_url,
	struct html_text *ret);

/* Which parts of a tree are left out. */
struct html_select {
	/* True: @node and what is in it is not part of the text.  NULL: nothing is left out. */
	bool (*skip)(const GumboNode *node, const void *userdata);
	/* True: what is in @node is somebody else's.  NULL: only <blockquote>, <q>, <cite>. */
	bool (*others)(const GumboNode *node, const void *userdata);
	const void *userdata;
};

/** The same for the content of @node in a parsed tree, of which @select (NULL: all) says what
 * counts. Returns 0, HTML_E_LIMIT (the tree's budget of steps is used up), -ENOMEM. */
MUST_CHECK int html_node_text(struct arena *arena, struct dom *dom, const GumboNode *node,
	const char *base_url, const struct html_select *select, struct html_text *ret);

/** True when a browser would not show @node: script, style, head, hidden, display:none, … */
bool html_is_hidden(const GumboNode *node);

#endif
