#ifndef DIRTWATCH_CRAWLERS_PARSE_MF2_VALUE_H
#define DIRTWATCH_CRAWLERS_PARSE_MF2_VALUE_H

#include "crawlers/parse/mf2.h"

/* The parts of mf2.c: what an element's classes say, and what its values are. */

struct mf2_parser {
	struct arena *arena;
	struct dom *dom;
	const char *base_url;
};

/* A property that an element has by a class or rel. */
struct mf2_claim {
	enum mf2_kind kind;
	const char *name; /* not NUL-terminated */
	size_t name_len;
};

/** What one class word means: true for p-, u-, dt-, e- with a well-formed name. */
bool mf2_property_class(const char *word, size_t len, struct mf2_claim *ret);
/** True for h- with a well-formed name. */
bool mf2_root_class(const char *word, size_t len);
/** True when the element has any h-*. */
bool mf2_has_root(const GumboNode *node);

/** The modern type of a classic root class; NULL: it is none. */
const char *mf2_classic_root(const char *word, size_t len);
/** What a class (or, with @rel, a rel) word means inside a classic item with @types. */
bool mf2_classic_property(
	const struct mf2_item *item, const char *word, size_t len, bool rel, struct mf2_claim *ret);

/** The value of @node for a property of @kind; 0, -ENOMEM. */
MUST_CHECK int mf2_value(struct mf2_parser *parser, const GumboNode *node, enum mf2_kind kind,
	struct mf2_value *ret);
/** Add what @item implies: name, photo, url; 0, -ENOMEM. */
MUST_CHECK int mf2_imply(struct mf2_parser *parser, struct mf2_item *item);
/** Append a value; past MF2_PROPERTIES names it is dropped.  0, -ENOMEM. */
MUST_CHECK int mf2_add(struct mf2_parser *parser, struct mf2_item *item, const char *name,
	size_t name_len, const struct mf2_value *value);
/** Text of @node without scripts, pictures by their alt (or, with @sources, their address), without
 *  white space at the ends.  0, -ENOMEM. */
MUST_CHECK int mf2_text_of(
	struct mf2_parser *parser, const GumboNode *node, bool sources, const char **ret);
/** @text[0..@len) without white space at the ends; 0, -ENOMEM. */
MUST_CHECK int mf2_trim(struct mf2_parser *parser, const char *text, size_t len, const char **ret);
/** A copy of what is written of the picture @node; *@ret NULL when nothing is.  0, -ENOMEM. */
MUST_CHECK int mf2_alt_of(struct mf2_parser *parser, const GumboNode *node, const char **ret);
/** @url made absolute where that gives an http(s) address, else as it is; 0, -ENOMEM. */
MUST_CHECK int mf2_url_of(struct mf2_parser *parser, const char *url, const char **ret);

#endif
