#ifndef DIRTWATCH_CRAWLERS_PARSE_HINTS_H
#define DIRTWATCH_CRAWLERS_PARSE_HINTS_H

#include "crawlers/parse/dom.h"

#include <stdbool.h>
#include <stddef.h>

/* What an element is for, by its tag, role, and the words of its class and id ("wp-block-post-date"
 * has the words wp, block, post, date). */

/** The frame around the content: navigation, sidebars, banners, sharing, comments of others. */
bool hint_is_frame(const GumboNode *node);
/** Data about a post: author, date, tags, "read more".  Only small elements are that. */
bool hint_is_meta(struct dom *dom, const GumboNode *node);
/** Where the content is: main, article, content, entry, post … */
bool hint_is_content(const GumboNode *node);
/** The text of one post in its element: entry-content, articleBody …; *@ret_whole: not an excerpt.
 */
bool hint_is_body(const GumboNode *node, bool *ret_whole);
/** True when class or id has the word. */
bool hint_has_word(const GumboNode *node, const char *word);

/** Bytes of text below @node, and of them those in links; both stop at @most.  */
struct hint_size {
	size_t text;
	size_t linked;
};
struct hint_size hint_size(struct dom *dom, const GumboNode *node, size_t most);

#endif
