#ifndef DIRTWATCH_PATTERNS_EXPAND_H
#define DIRTWATCH_PATTERNS_EXPAND_H

#include "patterns/source.h"

/* ${NAME} and ${list:name} in patterns. */

/* A name that stands for @text in one pattern only; NULL text: there is none, which makes the
 * pattern go without a word of complaint. */
struct placeholder {
	const char *name;
	const char *text;
};

struct placeholders {
	const struct placeholder *items;
	size_t count;
};

enum {
	EXPAND_E_BAD = 1, /* told in sources->problems, at @at */
	EXPAND_E_EMPTY,   /* a placeholder without a text */
};

/** Append @text with all names in it replaced to @out.  Returns 0, EXPAND_E_* or -ENOMEM. */
MUST_CHECK int expand(struct sources *sources, const struct placeholders *locals, struct yaml at,
	const char *text, struct buf *out);

/** Append an expression for any one of @items, the longest that fits first; a blank in an item is
 *  any white space.  Returns 0, EXPAND_E_BAD or -ENOMEM. */
MUST_CHECK int expand_words(const struct strings *items, struct buf *out);

/** Read the items of the list @definition: a list, or a map with items, source and license.
 *  Returns 0 or -ENOMEM; problems are told. */
MUST_CHECK int list_items(
	struct sources *sources, const struct definition *definition, struct strings *ret);

#endif
