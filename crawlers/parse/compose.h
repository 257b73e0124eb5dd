#ifndef DIRTWATCH_CRAWLERS_PARSE_COMPOSE_H
#define DIRTWATCH_CRAWLERS_PARSE_COMPOSE_H

#include "crawlers/parse/htmltext.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"

#include <stdbool.h>
#include <stddef.h>

/* A post's text put together from the parts in which feeds and APIs give it: title, content
 * warning, body, descriptions of pictures, options of a poll … each a paragraph of its own. */
struct compose {
	struct arena *arena; /* where everything ends up */
	struct buf text;
	struct buf others;
	size_t title_len;
	struct link *links; /* in arena */
	size_t n_links;
	bool cut;    /* beyond LIMIT_POST_TEXT_B or LIMIT_POST_LINKS: left out */
	bool unread; /* some HTML was beyond what may be parsed: left out */
};

#define COMPOSE_INIT(in_arena)                       \
	((struct compose){.arena = (in_arena),       \
		.text = BUF_INIT(LIMIT_POST_TEXT_B), \
		.others = BUF_INIT(LIMIT_POST_TEXT_B)})

/** Free what is not in the arena.  Zeroed is fine. */
void compose_release(struct compose *compose);

/** What @html[0..@len) says, as html_to_text(); HTML that can not be read sets compose->unread and
 *  gives "".  NULL is "".  0, -ENOMEM. */
MUST_CHECK int compose_read_html(struct compose *compose, const char *html, size_t len,
	const char *base_url, struct html_text *ret);

/** The same for plain text: ends trimmed, line ends '\n', three and more of them two.  0, -ENOMEM.
 */
MUST_CHECK int compose_read_plain(
	struct compose *compose, const char *text, size_t len, struct html_text *ret);

/** Append @part, if it says anything, as a paragraph, with its links, and its others to the others.
 *  0, -ENOMEM. */
MUST_CHECK int compose_add(struct compose *compose, const struct html_text *part);

/** The same for the first paragraph, which is a title: its lines become one. */
MUST_CHECK int compose_add_title(struct compose *compose, const struct html_text *part);

/** The same, unless those very words stand in the text already. */
MUST_CHECK int compose_add_once(struct compose *compose, const struct html_text *part);

/** Append all of @part to the others: words that are not the person's. */
MUST_CHECK int compose_add_others(struct compose *compose, const struct html_text *part);

/** Append plain text as a paragraph.  NULL and white space are nothing.  0, -ENOMEM. */
MUST_CHECK int compose_add_plain(struct compose *compose, const char *text);

/** Write text, others and links to @post.  0, -ENOMEM. */
MUST_CHECK int compose_finish(struct compose *compose, struct post *post);

#endif
