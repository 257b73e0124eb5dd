#include "crawlers/parse/mf2_value.h"

#include <string.h>

/* What an item says without saying it: microformats2 parsing, "parsing for implied properties". */

static const GumboNode *only_element(const GumboNode *node)
{
	const GumboVector *children = &node->v.element.children;
	const GumboNode *only = NULL;
	for (size_t i = 0; i < children->length; i++) {
		const GumboNode *child = children->data[i];
		if (!dom_is(child, GUMBO_TAG_UNKNOWN))
			continue;
		if (only)
			return NULL;
		only = child;
	}
	return only;
}

/* The one child with @tag that is no item itself; NULL when there are none or more. */
static const GumboNode *only_of(const GumboNode *node, GumboTag tag)
{
	const GumboVector *children = &node->v.element.children;
	const GumboNode *only = NULL;
	for (size_t i = 0; i < children->length; i++) {
		const GumboNode *child = children->data[i];
		if (!dom_is(child, tag))
			continue;
		if (only)
			return NULL;
		only = child;
	}
	return only && !mf2_has_root(only) ? only : NULL;
}

struct source {
	GumboTag tag;
	const char *attribute;
};

static const struct source name_sources[] = {
	{GUMBO_TAG_IMG, "alt"},
	{GUMBO_TAG_AREA, "alt"},
	{GUMBO_TAG_ABBR, "title"},
};

static const char *name_of(const GumboNode *node, bool root)
{
	for (size_t i = 0; i < sizeof name_sources / sizeof name_sources[0]; i++) {
		if (!dom_is(node, name_sources[i].tag))
			continue;
		const char *name = dom_attr(node, name_sources[i].attribute);
		if (name && (*name || root)) /* an empty one on the item says that it has none */
			return name;
	}
	return NULL;
}

/* The name in an attribute of the element, of its only child, or of that one's only child. */
static const char *attribute_name(const GumboNode *node)
{
	const char *name = name_of(node, true);
	for (int level = 0; !name && level < 2; level++) {
		node = only_element(node);
		if (!node || mf2_has_root(node))
			return NULL;
		name = name_of(node, false);
	}
	return name;
}

static int imply_name(struct mf2_parser *parser, struct mf2_item *item)
{
	struct mf2_value value = {.kind = MF2_TEXT};
	const char *name = attribute_name(item->node);
	int r = name ? mf2_trim(parser, name, strlen(name), &value.text)
		     : mf2_text_of(parser, item->node, false, &value.text);
	item->name_implied = true;
	return r != 0 ? r : mf2_add(parser, item, "name", strlen("name"), &value);
}

/* The element, or its only child with one of two tags, or the same of its only child. */
static const GumboNode *find_source(const GumboNode *node, const struct source sources[2])
{
	for (size_t i = 0; i < 2; i++) {
		if (dom_is(node, sources[i].tag) && dom_attr(node, sources[i].attribute))
			return node;
	}
	for (int level = 0; node && level < 2; level++) {
		for (size_t i = 0; i < 2; i++) {
			const GumboNode *child = only_of(node, sources[i].tag);
			if (child && dom_attr(child, sources[i].attribute))
				return child;
		}
		node = only_element(node);
		if (node && mf2_has_root(node))
			return NULL;
	}
	return NULL;
}

static const struct source photo_sources[2] = {{GUMBO_TAG_IMG, "src"}, {GUMBO_TAG_OBJECT, "data"}};
static const struct source url_sources[2] = {{GUMBO_TAG_A, "href"}, {GUMBO_TAG_AREA, "href"}};

static int imply_from(struct mf2_parser *parser, struct mf2_item *item, const char *name,
	const struct source sources[2])
{
	const GumboNode *node = find_source(item->node, sources);
	if (!node)
		return 0;
	struct mf2_value value = {.kind = MF2_URL};
	const char *url = dom_attr(node, sources[dom_is(node, sources[0].tag) ? 0 : 1].attribute);
	int r = mf2_url_of(parser, url, &value.text);
	if (r == 0)
		r = mf2_alt_of(parser, node, &value.alt);
	return r != 0 ? r : mf2_add(parser, item, name, strlen(name), &value);
}

int mf2_imply(struct mf2_parser *parser, struct mf2_item *item)
{
	int r = 0;
	if (item->has_nested)
		return 0;
	if (!item->has_text && !mf2_first(item, "name"))
		r = imply_name(parser, item);
	if (r != 0 || item->has_url)
		return r;
	if (!mf2_first(item, "photo"))
		r = imply_from(parser, item, "photo", photo_sources);
	if (r == 0 && !mf2_first(item, "url"))
		r = imply_from(parser, item, "url", url_sources);
	return r;
}
