#include "crawlers/parse/jsonld.h"

#include "crawlers/parse/json.h"
#include "daemon/base/limits.h"

#include <string.h>

static bool names_type(const json_t *value, const char *type)
{
	static const char *const prefixes[] = {
		"http://schema.org/", "https://schema.org/", "schema:", ""};
	const char *text = json_string_value(value);
	for (size_t i = 0; text && i < sizeof prefixes / sizeof prefixes[0]; i++) {
		size_t len = strlen(prefixes[i]);
		if (strncmp(text, prefixes[i], len) == 0 && strcmp(text + len, type) == 0)
			return true;
	}
	return false;
}

bool jsonld_is(const json_t *object, const char *type)
{
	const json_t *value = json_object_get(object, "@type");
	size_t i;
	const json_t *item;
	json_array_foreach(value, i, item) {
		if (names_type(item, type))
			return true;
	}
	return names_type(value, type);
}

/* ---- finding the objects ---- */

/* One container on the way from the root: a walk without recursion, as deep as json_read() lets
 * anything be. */
struct level {
	json_t *value;
	void *iter;   /* next member of an object */
	size_t index; /* next element of an array */
	const char *key;
	const json_t *owner;
};

struct search {
	struct arena *arena;
	struct jsonld *found;
	struct level levels[LIMIT_JSON_DEPTH + 1];
	size_t depth;
};

static int note(struct search *search, const struct level *level)
{
	struct jsonld *found = search->found;
	if (!json_object_get(level->value, "@type") || found->n_nodes == JSONLD_NODES)
		return 0;
	struct jsonld_node *nodes =
		arena_grow(search->arena, found->nodes, found->n_nodes, sizeof *nodes);
	if (!nodes)
		return -ENOMEM;
	found->nodes = nodes;
	nodes[found->n_nodes++] = (struct jsonld_node){level->value, level->key, level->owner};
	return 0;
}

static int descend(struct search *search, json_t *value, const char *key, const json_t *owner)
{
	if (!json_is_object(value) && !json_is_array(value))
		return 0;
	if (search->depth == sizeof search->levels / sizeof search->levels[0])
		return 0; /* json_read() saw to it that nothing is so deep */
	struct level *level = &search->levels[search->depth++];
	*level = (struct level){.value = value, .key = key, .owner = owner};
	if (!json_is_object(value))
		return 0;
	level->iter = json_object_iter(value);
	return note(search, level);
}

/* The next thing in the innermost container, or out of it. */
static int advance(struct search *search)
{
	struct level *level = &search->levels[search->depth - 1];
	if (json_is_array(level->value)) {
		if (level->index == json_array_size(level->value)) {
			search->depth--;
			return 0;
		}
		json_t *item = json_array_get(level->value, level->index++);
		return descend(search, item, level->key, level->owner);
	}
	if (!level->iter) {
		search->depth--;
		return 0;
	}
	const char *key = json_object_iter_key(level->iter);
	json_t *member = json_object_iter_value(level->iter);
	level->iter = json_object_iter_next(level->value, level->iter);
	if (strcmp(key, "@graph") == 0)
		return descend(search, member, level->key, level->owner);
	bool typed = json_object_get(level->value, "@type") != NULL;
	return descend(search, member, key, typed ? level->value : level->owner);
}

static int find_nodes(struct arena *arena, struct jsonld *found, json_t *root)
{
	struct search search = {.arena = arena, .found = found};
	int r = descend(&search, root, NULL, NULL);
	while (r == 0 && search.depth > 0)
		r = advance(&search);
	return r;
}

/* Some pages wrap their JSON in a comment, or in CDATA, as one did with scripts. */
static struct strip_span unwrapped(struct strip_span span)
{
	const char *start = memchr(span.at, '{', span.len);
	const char *array = memchr(span.at, '[', span.len);
	if (memmem(span.at, span.len < 64 ? span.len : 64, "CDATA[", 6)) {
		array = NULL;
	} else if (span.len < 4 || (memcmp(span.at, "<!--", 4) != 0)) {
		return span;
	}
	if (array && (!start || array < start))
		start = array;
	if (!start)
		return span;
	const char *end = span.at + span.len;
	while (end > start && end[-1] != '}' && (end[-1] != ']' || !array))
		end--;
	return (struct strip_span){start, (size_t)(end - start)};
}

int jsonld_read(struct arena *arena, const struct stripped *stripped, struct jsonld *ret)
{
	struct jsonld found = {0};
	int r = 0;
	found.roots = arena_array(arena, stripped->n_jsonld, sizeof *found.roots);
	if (!found.roots)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < stripped->n_jsonld; i++) {
		struct strip_span span = unwrapped(stripped->jsonld[i]);
		json_t *root = NULL;
		r = json_read(span.at, span.len, &root);
		if (r > 0) {
			found.bad = true;
			r = 0;
			continue;
		}
		if (r < 0)
			break;
		found.roots[found.n_roots++] = root;
		r = find_nodes(arena, &found, root);
	}
	if (r == 0)
		*ret = found;
	else
		jsonld_release(&found);
	return r;
}

void jsonld_release(struct jsonld *jsonld)
{
	for (size_t i = 0; i < jsonld->n_roots; i++)
		json_decref(jsonld->roots[i]);
	jsonld->n_roots = 0;
}
