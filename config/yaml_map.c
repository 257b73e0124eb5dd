#include "config/yaml_map.h"

#include "config/mask.h"
#include "config/values.h"
#include "daemon/base/clean.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void walk_problem(struct walk *walk, struct yaml node, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *message;
	int len = vasprintf(&message, format, args);
	va_end(args);
	struct place place = yaml_place(node);
	if (walk->hidden) {
		place.source = NULL;
		mask_words(len < 0 ? NULL : message, len < 0 ? 0 : (size_t)len);
	}
	problems_add(walk->problems, &place, "%s", len < 0 ? "out of memory" : message);
	if (len >= 0)
		free(message);
}

const char *walk_scalar(struct walk *walk, struct yaml node, const char *name)
{
	const char *text = yaml_text(node);
	if (!text)
		walk_problem(walk, node, "%s is wanted here, not a %s", name,
			yaml_type(node) == YAML_TYPE_LIST ? "list" : "map");
	else if (text[strspn(text, " \t\n")] == '\0')
		walk_problem(walk, node, "%s is missing here", name);
	else
		return text;
	return NULL;
}

/* ---- keys of one map ---- */

/* By text, equal ones in the order of the file, so that the later one is told of. */
static int compare_keys(const void *a_, const void *b_, void *map_)
{
	const size_t a = *(const size_t *)a_;
	const size_t b = *(const size_t *)b_;
	const struct yaml map = *(const struct yaml *)map_;
	int order = strcmp(yaml_text(yaml_key(map, a)), yaml_text(yaml_key(map, b)));
	return order != 0 ? order : a < b ? -1 : a > b;
}

/* The indices of the keys that are scalars into @ret[yaml_count()]; tells of the others. */
static size_t scalar_keys(struct walk *walk, struct yaml map, size_t *ret)
{
	size_t count = 0;
	for (size_t i = 0; i < yaml_count(map); i++) {
		if (yaml_text(yaml_key(map, i)))
			ret[count++] = i;
		else
			walk_problem(walk, yaml_key(map, i), "a key must be a word");
	}
	return count;
}

int walk_check_keys(struct walk *walk, struct yaml map)
{
	const size_t pairs = yaml_count(map);
	CLEAN(clean_free) size_t *sorted = calloc(pairs + 1, sizeof *sorted);
	if (!sorted)
		return -ENOMEM;
	const size_t count = scalar_keys(walk, map, sorted);
	qsort_r(sorted, count, sizeof *sorted, compare_keys, &map);
	size_t first = 0; /* of a run of equal keys */
	for (size_t i = 1; i < count; i++) {
		struct yaml key = yaml_key(map, sorted[i]);
		struct yaml earlier = yaml_key(map, sorted[first]);
		if (strcmp(yaml_text(key), yaml_text(earlier)) == 0)
			walk_problem(walk, key, "\"%.*s\" is given twice, first in line %zu",
				SHOWN(yaml_text(key)), yaml_place(earlier).line);
		else
			first = i;
	}
	return 0;
}

static int tell_unknown(struct walk *walk, struct yaml key, const struct key *keys, size_t count)
{
	CLEAN(clean_free) const char **names = calloc(count + 1, sizeof *names);
	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		names[i] = keys[i].name;
	const char *near = nearest_word(yaml_text(key), names, count);
	if (near)
		walk_problem(walk, key, "unknown key \"%.*s\", did you mean \"%s\"?",
			SHOWN(yaml_text(key)), near);
	else
		walk_problem(walk, key, "unknown key \"%.*s\"", SHOWN(yaml_text(key)));
	return 0;
}

static const struct key *find_key(const struct key *keys, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	}
	return NULL;
}

static int walk_pair(struct walk *walk, struct yaml name, struct yaml node, const struct key *keys,
	size_t count, void *into)
{
	if (!yaml_text(name))
		return 0; /* told by walk_check_keys() */
	const struct key *key = find_key(keys, count, yaml_text(name));
	if (!key)
		return tell_unknown(walk, name, keys, count);
	if (key->later || key->type == VALUE_KEPT) {
		struct place place = yaml_place(name);
		problems_note(walk->problems, &place, "\"%s\" is not used yet", key->name);
	}
	return value_read(walk, key, node, (char *)into + key->offset);
}

int walk_map(struct walk *walk, struct yaml node, const struct key *keys, size_t count, void *into)
{
	const enum yaml_type type = yaml_type(node);
	if (type != YAML_TYPE_MAP && type != YAML_TYPE_NONE && !yaml_blank(node)) {
		walk_problem(walk, node, "keys are wanted here (\"%s: …\"), not a %s",
			count > 0 ? keys[0].name : "key",
			type == YAML_TYPE_LIST ? "list" : "single value");
		return 0;
	}
	int r = walk_check_keys(walk, node);
	for (size_t i = 0; r == 0 && i < yaml_count(node); i++)
		r = walk_pair(walk, yaml_key(node, i), yaml_value(node, i), keys, count, into);
	for (size_t i = 0; r == 0 && i < count; i++) {
		if (keys[i].required && !yaml_find(node, keys[i].name).file)
			walk_problem(walk, node, "\"%s\" is missing here", keys[i].name);
	}
	return r;
}

int walk_words(struct walk *walk, struct yaml node, walk_word *word, struct strings *ret)
{
	if (yaml_blank(node))
		return 0;
	const bool list = yaml_type(node) == YAML_TYPE_LIST;
	const size_t count = list ? yaml_count(node) : 1;
	const char **items = arena_array(walk->arena, count, sizeof *items);
	if (!items)
		return -ENOMEM;
	size_t good = 0;
	for (size_t i = 0; i < count; i++) {
		int r = word(walk, list ? yaml_item(node, i) : node, &items[good]);
		if (r < 0)
			return r;
		if (items[good])
			good++;
	}
	*ret = (struct strings){items, good};
	return 0;
}

static int read_text(struct walk *walk, struct yaml node, const char **ret)
{
	const char *text = walk_scalar(walk, node, "text");
	if (!text)
		return 0;
	*ret = arena_strdup(walk->arena, text);
	return *ret ? 0 : -ENOMEM;
}

int walk_strings(struct walk *walk, struct yaml node, struct strings *ret)
{
	return walk_words(walk, node, read_text, ret);
}
