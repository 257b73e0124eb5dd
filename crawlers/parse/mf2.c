#include "crawlers/parse/mf2.h"

#include "crawlers/parse/mf2_value.h"

#include <ctype.h>
#include <string.h>

/* More names than any vocabulary has; what is beyond is dropped, so that looking one up stays
 * cheap. */
#define MF2_PROPERTIES 64
/* Classes of one element that are looked at. */
#define MF2_CLAIMS 16

/* ---- names ---- */

/* ([a-z0-9]+-)?[a-z]+(-[a-z]+)*: a vendor's prefix may have digits, the rest has none. */
static bool is_name(const char *name, size_t len)
{
	size_t parts = 0;
	size_t start = 0;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && name[i] != '-') {
			bool digit = isdigit((unsigned char)name[i]);
			if (!(name[i] >= 'a' && name[i] <= 'z') && !(digit && parts == 0))
				return false;
			if (digit && !memchr(name + i, '-', len - i))
				return false;
			continue;
		}
		if (i == start)
			return false;
		start = i + 1;
		parts++;
	}
	return true;
}

struct prefix {
	const char *text;
	enum mf2_kind kind;
};

static const struct prefix prefixes[] = {
	{"p-", MF2_TEXT},
	{"u-", MF2_URL},
	{"dt-", MF2_TIME},
	{"e-", MF2_HTML},
};

bool mf2_property_class(const char *word, size_t len, struct mf2_claim *ret)
{
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		size_t skip = strlen(prefixes[i].text);
		if (len <= skip || memcmp(word, prefixes[i].text, skip) != 0 ||
			!is_name(word + skip, len - skip))
			continue;
		*ret = (struct mf2_claim){prefixes[i].kind, word + skip, len - skip};
		return true;
	}
	return false;
}

bool mf2_root_class(const char *word, size_t len)
{
	return len > 2 && memcmp(word, "h-", 2) == 0 && is_name(word + 2, len - 2);
}

bool mf2_has_root(const GumboNode *node)
{
	size_t len;
	const char *class = dom_attr(node, "class");
	for (const char *word; (word = dom_word(&class, &len));) {
		if (mf2_root_class(word, len))
			return true;
	}
	return false;
}

/* ---- looking things up ---- */

bool mf2_is(const struct mf2_item *item, const char *type)
{
	for (size_t i = 0; i < item->n_types; i++) {
		if (strcmp(item->types[i], type) == 0)
			return true;
	}
	return false;
}

static struct mf2_property *find(const struct mf2_item *item, const char *name, size_t len)
{
	for (size_t i = 0; i < item->n_properties; i++) {
		struct mf2_property *property = &item->properties[i];
		if (strncmp(property->name, name, len) == 0 && property->name[len] == '\0')
			return property;
	}
	return NULL;
}

const struct mf2_property *mf2_property(const struct mf2_item *item, const char *name)
{
	return find(item, name, strlen(name));
}

const struct mf2_value *mf2_first(const struct mf2_item *item, const char *name)
{
	const struct mf2_property *property = mf2_property(item, name);
	return property ? &property->values[0] : NULL;
}

const char *mf2_text(const struct mf2_item *item, const char *name)
{
	const struct mf2_value *value = mf2_first(item, name);
	return value && value->text[0] ? value->text : NULL;
}

/* ---- building ---- */

int mf2_add(struct mf2_parser *parser, struct mf2_item *item, const char *name, size_t name_len,
	const struct mf2_value *value)
{
	struct mf2_property *property = find(item, name, name_len);
	if (!property) {
		if (item->n_properties == MF2_PROPERTIES)
			return 0;
		struct mf2_property *properties = arena_grow(
			parser->arena, item->properties, item->n_properties, sizeof *properties);
		char *copy = arena_copy(parser->arena, name, name_len);
		if (!properties || !copy)
			return -ENOMEM;
		item->properties = properties;
		property = &properties[item->n_properties++];
		*property = (struct mf2_property){.name = copy};
	}
	struct mf2_value *values =
		arena_grow(parser->arena, property->values, property->n_values, sizeof *values);
	if (!values)
		return -ENOMEM;
	property->values = values;
	values[property->n_values++] = *value;
	return 0;
}

static int add_type(struct mf2_parser *parser, struct mf2_item *item, const char *type, size_t len)
{
	const char **types = arena_grow(parser->arena, item->types, item->n_types, sizeof *types);
	char *copy = arena_copy(parser->arena, type, len);
	if (!types || !copy)
		return -ENOMEM;
	item->types = types;
	types[item->n_types++] = copy;
	return 0;
}

/* Give @item the types that the element's classes name; it may get none. */
static int add_types(struct mf2_parser *parser, struct mf2_item *item, const GumboNode *node)
{
	size_t len;
	const char *class = dom_attr(node, "class");
	item->classic = !mf2_has_root(node);
	for (const char *word; (word = dom_word(&class, &len)) && item->n_types < MF2_CLAIMS;) {
		const char *classic = item->classic ? mf2_classic_root(word, len) : NULL;
		int r = 0;
		if (classic && !mf2_is(item, classic))
			r = add_type(parser, item, classic, strlen(classic));
		else if (!item->classic && mf2_root_class(word, len))
			r = add_type(parser, item, word, len);
		if (r != 0)
			return r;
	}
	return 0;
}

/* True unless the element has that property already, by another of its classes. */
static bool is_new(const struct mf2_claim *claims, size_t count)
{
	const struct mf2_claim *claim = &claims[count];
	for (size_t i = 0; i < count; i++) {
		if (claims[i].name_len == claim->name_len &&
			memcmp(claims[i].name, claim->name, claim->name_len) == 0)
			return false;
	}
	return true;
}

/* What the element is for the item around it: at most MF2_CLAIMS properties. */
static size_t claims_of(
	const struct mf2_item *item, const GumboNode *node, struct mf2_claim claims[MF2_CLAIMS])
{
	size_t len;
	size_t count = 0;
	const char *class = dom_attr(node, "class");
	for (const char *word; count < MF2_CLAIMS && (word = dom_word(&class, &len));) {
		if (item->classic ? mf2_classic_property(item, word, len, false, &claims[count])
				  : mf2_property_class(word, len, &claims[count]))
			count += is_new(claims, count);
	}
	const char *rel = item->classic ? dom_attr(node, "rel") : NULL;
	for (const char *word; count < MF2_CLAIMS && (word = dom_word(&rel, &len));) {
		if (mf2_classic_property(item, word, len, true, &claims[count]))
			count += is_new(claims, count);
	}
	return count;
}

static void note_claim(struct mf2_item *item, const struct mf2_claim *claim)
{
	if (claim->kind == MF2_TEXT || claim->kind == MF2_HTML)
		item->has_text = true;
	if (claim->kind == MF2_URL)
		item->has_url = true;
}

/* Add the element's values to @item; @nested (may be NULL) is the item that the element is, too. */
static int add_values(struct mf2_parser *parser, struct mf2_item *item, const GumboNode *node,
	const struct mf2_item *nested, size_t *ret_count)
{
	struct mf2_claim claims[MF2_CLAIMS];
	size_t count = claims_of(item, node, claims);
	for (size_t i = 0; i < count; i++) {
		struct mf2_value value = {.kind = claims[i].kind, .text = "", .node = node};
		int r = nested ? 0 : mf2_value(parser, node, claims[i].kind, &value);
		value.item = nested;
		if (r == 0)
			r = mf2_add(parser, item, claims[i].name, claims[i].name_len, &value);
		if (r != 0)
			return r;
		note_claim(item, &claims[i]);
	}
	*ret_count = count;
	return 0;
}

static int append_item(
	struct arena *arena, struct mf2_item ***items, size_t *count, struct mf2_item *item)
{
	struct mf2_item **grown = arena_grow(arena, *items, *count, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	*items = grown;
	grown[(*count)++] = item;
	return 0;
}

/* An item starts at @node: hang it into the item around it and into the list of all. */
static int start_item(struct mf2_parser *parser, struct mf2 *found, struct mf2_item *item)
{
	size_t claims = 0;
	struct mf2_item *parent = item->parent;
	int r = append_item(parser->arena, &found->items, &found->n_items, item);
	if (r != 0 || !parent)
		return r;
	parent->has_nested = true;
	r = add_values(parser, parent, item->node, item, &claims);
	if (r == 0 && claims == 0)
		r = append_item(parser->arena, &parent->children, &parent->n_children, item);
	return r;
}

/* The value of an element that is an item too: the item's name or address where it has one. */
static int nested_text(struct mf2_parser *parser, struct mf2_value *value)
{
	const struct mf2_value *own = NULL;
	if (value->kind == MF2_TEXT)
		own = mf2_first(value->item, "name");
	else if (value->kind == MF2_URL)
		own = mf2_first(value->item, "url");
	if (own) {
		value->text = own->text;
		return 0;
	}
	struct mf2_value plain = {0};
	int r = mf2_value(parser, value->node, value->kind, &plain);
	if (r == 0)
		value->text = plain.text;
	return r;
}

/* The item that @walk leaves is whole: imply what it does not say, and give its value to the item
 * around it, where it is the last one of its property, for nothing was added there meanwhile. */
static int end_item(struct mf2_parser *parser, struct mf2_item *item)
{
	int r = item->classic ? 0 : mf2_imply(parser, item);
	struct mf2_item *parent = item->parent;
	for (size_t i = 0; r == 0 && parent && i < parent->n_properties; i++) {
		struct mf2_property *property = &parent->properties[i];
		struct mf2_value *last = &property->values[property->n_values - 1];
		if (last->item == item)
			r = nested_text(parser, last);
	}
	return r;
}

static int enter(struct mf2_parser *parser, struct mf2 *found, struct mf2_item **current,
	const GumboNode *node)
{
	struct mf2_item fresh = {.node = node, .parent = *current};
	int r = dom_attr(node, "class") ? add_types(parser, &fresh, node) : 0;
	if (r != 0)
		return r;
	if (fresh.n_types == 0) {
		size_t count;
		return *current ? add_values(parser, *current, node, NULL, &count) : 0;
	}
	struct mf2_item *item = arena_alloc(parser->arena, sizeof *item);
	if (!item)
		return -ENOMEM;
	*item = fresh;
	*current = item;
	return start_item(parser, found, item);
}

int mf2_parse(struct arena *arena, struct dom *dom, const char *base_url, struct mf2 *ret)
{
	struct mf2_parser parser = {arena, dom, base_url};
	struct mf2 found = {0};
	struct mf2_item *current = NULL;
	struct dom_walk walk = dom_walk(dom, dom->root);
	int r = 0;
	while (r == 0 && dom_step(&walk)) {
		if (!dom_is(walk.at, GUMBO_TAG_UNKNOWN))
			continue;
		if (!walk.leaving) {
			r = enter(&parser, &found, &current, walk.at);
		} else if (current && current->node == walk.at) {
			r = end_item(&parser, current);
			current = current->parent;
		}
	}
	if (r == 0)
		*ret = found;
	return r;
}
