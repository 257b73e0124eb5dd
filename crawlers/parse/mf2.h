#ifndef DIRTWATCH_CRAWLERS_PARSE_MF2_H
#define DIRTWATCH_CRAWLERS_PARSE_MF2_H

#include "crawlers/parse/dom.h"
#include "daemon/base/arena.h"
#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Microformats of a page as a tree of items (microformats2 parsing specification, with implied
 * properties, value-class pattern and the classic root classes hentry, vcard …).  Property names
 * are without their prefix, in no promised order; values are in the order of the page.  All of it
 * is the page's own claim.  Strings live in the arena; elements in the tree.
 */
enum mf2_kind { MF2_TEXT, MF2_URL, MF2_TIME, MF2_HTML }; /* p-, u-, dt-, e- */

struct mf2_value {
	enum mf2_kind kind;
	const char *text;      /* the value; a URL is absolute where it is http(s); never NULL */
	const char *alt;       /* of a picture; NULL: none */
	const GumboNode *node; /* the element; NULL for an implied value */
	const struct mf2_item *item; /* the microformat that the element is, too; NULL: none */
};

struct mf2_property {
	const char *name;
	struct mf2_value *values;
	size_t n_values;
};

struct mf2_item {
	const char **types; /* "h-entry" …, as written; of a classic item its modern name */
	size_t n_types;
	const GumboNode *node;
	struct mf2_item *parent; /* the item it lies in; NULL: none */
	struct mf2_property *properties;
	size_t n_properties;
	struct mf2_item **children; /* items inside that are no property's value */
	size_t n_children;
	bool classic;      /* by a classic root class: nothing is implied */
	bool has_text;     /* an explicit p-* or e-* */
	bool has_url;      /* an explicit u-* */
	bool has_nested;   /* an item in a property or as a child */
	bool name_implied; /* the name is the element's whole text or a picture's */
};

struct mf2 {
	struct mf2_item **items; /* all of the page, nested ones too, in the order of the page */
	size_t n_items;
};

/** Find the microformats below dom->root; URLs are resolved against @base_url.  Everything lives
 *  in @arena and in the tree.  When the tree's budget ran out, *@ret is a part: the caller looks at
 *  dom->steps_left.  0, -ENOMEM (the arena's ceiling too). */
MUST_CHECK int mf2_parse(
	struct arena *arena, struct dom *dom, const char *base_url, struct mf2 *ret);

/** True when @item has the type. */
bool mf2_is(const struct mf2_item *item, const char *type);

/** The values of a property; NULL: it has none. */
const struct mf2_property *mf2_property(const struct mf2_item *item, const char *name);

/** The first value; NULL: none. */
const struct mf2_value *mf2_first(const struct mf2_item *item, const char *name);

/** Its text; NULL: none, or empty. */
const char *mf2_text(const struct mf2_item *item, const char *name);

#endif
