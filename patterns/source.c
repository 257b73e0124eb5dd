#include "patterns/source.h"

#include "config/industry.h"
#include "daemon/base/limits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- rules ---- */

static int keep_node(struct walk *walk, struct yaml node, void *into)
{
	(void)walk;
	*(struct yaml *)into = node;
	return 0;
}

/* A row of a table: the key @name_ fills the field @field_ of struct @into_. */
#define KEY(into_, name_, type_, field_) \
	.name = (name_), .type = (type_), .offset = offsetof(struct into_, field_)
#define RULE_STRING(name, field)                            \
	{                                                   \
		KEY(rule_source, name, VALUE_STRING, field) \
	}
#define RULE_STRINGS(name, field)                            \
	{                                                    \
		KEY(rule_source, name, VALUE_STRINGS, field) \
	}
#define RULE_NODE(name, field)                                                 \
	{                                                                      \
		KEY(rule_source, name, VALUE_CUSTOM, field), .read = keep_node \
	}

/* Beyond it the logistic is as good as nought or one. */
#define WEIGHT_MAX 100

/* clang-format off */
static const struct key rule_keys[] = {
	{KEY(rule_source, "id", VALUE_STRING, id), .required = true},
	RULE_STRING("title", title),
	RULE_STRING("status", status),
	RULE_STRING("category", category),
	{KEY(rule_source, "severity", VALUE_SEVERITY, severity)},
	{KEY(rule_source, "confidence", VALUE_REAL, confidence), .min = 0, .max = 1},
	RULE_STRING("kind", kind),
	RULE_STRING("lang", lang),
	RULE_STRINGS("scope", scope),
	RULE_STRINGS("keywords", keywords),
	RULE_NODE("pattern", pattern),
	RULE_NODE("items", items),
	{KEY(rule_source, "bias", VALUE_REAL, bias), .min = -WEIGHT_MAX, .max = WEIGHT_MAX},
	{KEY(rule_source, "threshold", VALUE_REAL, threshold), .min = 0, .max = 1},
	RULE_STRINGS("flags", flags),
	RULE_STRINGS("views", views),
	RULE_NODE("reach", reach),
	RULE_NODE("requires", requires),
	RULE_NODE("unless", unless),
	RULE_NODE("allow", allow),
	{KEY(rule_source, "max_hits", VALUE_INT, max_hits), .min = 1, .max = LIMIT_HITS},
	RULE_NODE("directed", directed),
	RULE_NODE("decay", decay),
	RULE_STRING("message", message),
	RULE_STRING("why", why),
	RULE_NODE("advice", advice),
	RULE_STRINGS("references", references),
	RULE_STRINGS("falsepositives", falsepositives),
	RULE_NODE("tests", tests),
	RULE_STRINGS("for", roles), /* from here on templates only */
	RULE_STRINGS("not_for", not_for),
};
#define TEMPLATE_KEYS 2
/* clang-format on */

struct gathering {
	struct sources *sources;
	struct walk walk;
	size_t layer;
	const char *lang;     /* the file's */
	const char *industry; /* whose overlay is read */
};

static int add_rule(
	struct gathering *gathering, struct yaml node, struct rule_sources *into, size_t n_keys)
{
	struct rule_source *rule;
	struct walk *walk = &gathering->walk;
	void *grown = arena_grow(walk->arena, into->items, into->count, sizeof *into->items);
	if (!grown)
		return -ENOMEM;
	into->items = grown;
	if (into->count == LIMIT_RULES) {
		walk_problem(walk, node, "more than %d rules", LIMIT_RULES);
		return 0;
	}
	rule = &into->items[into->count];
	*rule = (struct rule_source){.confidence = 1,
		.threshold = 0.5,
		.lang = gathering->lang,
		.max_hits = 1,
		.node = node,
		.layer = gathering->layer,
		.order = into->count};
	if (yaml_type(node) != YAML_TYPE_MAP) {
		walk_problem(walk, node, "a rule is a map of keys");
		return 0;
	}
	size_t before = problems_count(walk->problems);
	int r = walk_map(walk, node, rule_keys, n_keys, rule);
	rule->broken = problems_count(walk->problems) > before;
	into->count += r == 0 && rule->id;
	return r;
}

/* Call @add for each item of the list @node. */
static int each_item(
	struct gathering *gathering, struct yaml node, int (*add)(struct gathering *, struct yaml))
{
	if (yaml_type(node) != YAML_TYPE_LIST) {
		if (!yaml_blank(node))
			walk_problem(&gathering->walk, node, "a list is wanted here");
		return 0;
	}
	for (size_t i = 0; i < yaml_count(node); i++) {
		int r = add(gathering, yaml_item(node, i));
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_plain_rule(struct gathering *gathering, struct yaml node)
{
	return add_rule(
		gathering, node, &gathering->sources->rules, COUNT(rule_keys) - TEMPLATE_KEYS);
}

static int add_template(struct gathering *gathering, struct yaml node)
{
	return add_rule(gathering, node, &gathering->sources->templates, COUNT(rule_keys));
}

static int read_rules(struct walk *walk, struct yaml node, void *into)
{
	(void)into;
	return each_item(walk->context, node, add_plain_rule);
}

static int read_templates(struct walk *walk, struct yaml node, void *into)
{
	(void)into;
	return each_item(walk->context, node, add_template);
}

/* ---- overrides ---- */

/* clang-format off */
static const struct key override_keys[] = {
	{KEY(override_source, "id", VALUE_STRING, id), .required = true},
	{KEY(override_source, "severity", VALUE_SEVERITY, severity)},
	{KEY(override_source, "confidence", VALUE_REAL, confidence), .min = 0, .max = 1},
	{KEY(override_source, "status", VALUE_STRING, status)},
	{KEY(override_source, "max_hits", VALUE_INT, max_hits), .min = 1, .max = LIMIT_HITS},
	{KEY(override_source, "unless", VALUE_CUSTOM, unless), .read = keep_node},
	{KEY(override_source, "tests", VALUE_CUSTOM, tests), .read = keep_node},
};
/* clang-format on */

static int add_override(struct gathering *gathering, struct yaml node)
{
	struct override_sources *overrides = &gathering->sources->overrides;
	void *grown = arena_grow(gathering->walk.arena, overrides->items, overrides->count,
		sizeof *overrides->items);
	if (!grown)
		return -ENOMEM;
	overrides->items = grown;
	struct override_source *override = &overrides->items[overrides->count];
	*override = (struct override_source){
		.industry = gathering->industry, .confidence = -1, .node = node};
	int r = walk_map(&gathering->walk, node, override_keys, COUNT(override_keys), override);
	overrides->count += r == 0 && override->id;
	return r;
}

static int read_overrides(struct walk *walk, struct yaml node, void *into)
{
	(void)into;
	return each_item(walk->context, node, add_override);
}

/* Overrides under the names of industries. */
static int read_overlays(struct walk *walk, struct yaml node, void *into)
{
	(void)into;
	struct gathering *gathering = walk->context;
	if (yaml_type(node) != YAML_TYPE_MAP) {
		if (!yaml_blank(node))
			walk_problem(walk, node, "a map of industries is wanted here");
		return 0;
	}
	int r = walk_check_keys(walk, node);
	for (size_t i = 0; r == 0 && i < yaml_count(node); i++) {
		gathering->industry = industry_walk(walk, yaml_key(node, i));
		if (gathering->industry)
			r = each_item(gathering, yaml_value(node, i), add_override);
	}
	gathering->industry = NULL;
	return r;
}

static int read_disable(struct walk *walk, struct yaml node, void *into)
{
	(void)into;
	struct gathering *gathering = walk->context;
	struct strings *all = &gathering->sources->disable;
	struct strings more = {.count = 0};
	int r = walk_strings(walk, node, &more);
	const char **items = arena_array(walk->arena, all->count + more.count + 1, sizeof *items);
	if (r < 0 || !items)
		return -ENOMEM;
	if (all->count)
		memcpy(items, all->items, all->count * sizeof *items);
	if (more.count)
		memcpy(items + all->count, more.items, more.count * sizeof *items);
	*all = (struct strings){items, all->count + more.count};
	return 0;
}

/* ---- definitions ---- */

static int add_definitions(struct walk *walk, struct yaml node, struct definitions *into)
{
	struct gathering *gathering = walk->context;
	if (yaml_type(node) != YAML_TYPE_MAP) {
		if (!yaml_blank(node))
			walk_problem(walk, node, "a map of names is wanted here");
		return 0;
	}
	int r = walk_check_keys(walk, node);
	for (size_t i = 0; r == 0 && i < yaml_count(node); i++) {
		struct yaml key = yaml_key(node, i);
		if (!yaml_text(key))
			continue;
		void *grown =
			arena_grow(walk->arena, into->items, into->count, sizeof *into->items);
		char *name = arena_strdup(walk->arena, yaml_text(key));
		if (!grown || !name)
			return -ENOMEM;
		into->items = grown;
		into->items[into->count++] =
			(struct definition){name, key, yaml_value(node, i), gathering->layer};
	}
	return r;
}

#define READ_DEFINITIONS(what)                                                  \
	static int read_##what(struct walk *walk, struct yaml node, void *into) \
	{                                                                       \
		(void)into;                                                     \
		struct gathering *gathering = walk->context;                    \
		return add_definitions(walk, node, &gathering->sources->what);  \
	}
READ_DEFINITIONS(macros)
READ_DEFINITIONS(lists)
READ_DEFINITIONS(categories)
READ_DEFINITIONS(samples)

/* ---- files ---- */

struct meta {
	const char *name;
	const char *lang;
	const char *version;
	const char *license;
	struct strings sources;
};

/* clang-format off */
static const struct key meta_keys[] = {
	{KEY(meta, "name", VALUE_STRING, name)},
	{KEY(meta, "lang", VALUE_STRING, lang)},
	{KEY(meta, "version", VALUE_STRING, version)},
	{KEY(meta, "license", VALUE_STRING, license)},
	{KEY(meta, "sources", VALUE_STRINGS, sources)},
};
/* clang-format on */

static const struct key_table meta_table = {"meta", meta_keys, COUNT(meta_keys)};

struct file {
	int64_t version;
	struct meta meta;
};

#define SECTION(name_, read_)                                          \
	{                                                              \
		.name = (name_), .type = VALUE_CUSTOM, .read = (read_) \
	}

/* clang-format off */
static const struct key file_keys[] = {
	{KEY(file, "dirtwatch_patterns", VALUE_INT, version), .min = 1, .max = 1, .required = true},
	{KEY(file, "meta", VALUE_MAP, meta), .table = &meta_table},
	SECTION("macros", read_macros),
	SECTION("lists", read_lists),
	SECTION("categories", read_categories),
	SECTION("samples", read_samples),
	SECTION("rules", read_rules),
	SECTION("templates", read_templates),
	SECTION("override", read_overrides),
	SECTION("overlays", read_overlays),
	SECTION("disable", read_disable),
};
/* clang-format on */

/* The language of a file, which its rules have unless they say otherwise; it is needed before them.
 */
static int read_lang(struct gathering *gathering, struct yaml root)
{
	const char *lang = yaml_text(yaml_find(yaml_find(root, "meta"), "lang"));
	gathering->lang = arena_strdup(gathering->walk.arena, lang);
	return lang && !gathering->lang ? -ENOMEM : 0;
}

int sources_read(struct sources *sources, const char *path, size_t layer)
{
	struct yaml_file *file = NULL;
	char *name = arena_strdup(sources->arena, path);
	if (!name)
		return -ENOMEM;
	int r = yaml_file_read(name, NULL, 0, sources->problems, &file);
	if (r < 0 || !file)
		return r;
	void *grown = arena_grow(
		sources->arena, sources->files, sources->n_files, sizeof(struct yaml_file *));
	if (!grown) {
		yaml_file_free(file);
		return -ENOMEM;
	}
	sources->files = grown;
	sources->files[sources->n_files++] = file;
	struct gathering gathering = {
		.sources = sources,
		.walk = {.arena = sources->arena,
			.problems = sources->problems,
			.context = &gathering},
		.layer = layer,
	};
	struct file into = {.version = 1};
	r = read_lang(&gathering, yaml_root(file));
	return r < 0 ? r
		     : walk_map(&gathering.walk, yaml_root(file), file_keys, COUNT(file_keys),
			       &into);
}

void sources_release(struct sources *sources)
{
	for (size_t i = 0; i < sources->n_files; i++)
		yaml_file_free(sources->files[i]);
	sources->n_files = 0;
}

/* ---- layers ---- */

static void tell_twice(struct sources *sources, struct yaml node, const char *what,
	const char *name, struct yaml earlier)
{
	struct place place = yaml_place(node);
	struct place first = yaml_place(earlier);
	problems_add(sources->problems, &place, "%s \"%.*s\" is given twice, first in %s, line %zu",
		what, SHOWN(name), first.file, first.line);
}

/* By name, then layer, then place. */
static int compare_definitions(const void *a_, const void *b_)
{
	const struct definition *a = a_;
	const struct definition *b = b_;
	int order = strcmp(a->name, b->name);
	return order ? order : (a->layer > b->layer) - (a->layer < b->layer);
}

static void merge_definitions(struct sources *sources, struct definitions *all, const char *what)
{
	if (all->count)
		qsort(all->items, all->count, sizeof *all->items, compare_definitions);
	size_t out = 0;
	for (size_t i = 0; i < all->count; i++) {
		struct definition *last = out ? &all->items[out - 1] : NULL;
		if (!last || strcmp(last->name, all->items[i].name) != 0) {
			all->items[out++] = all->items[i];
			continue;
		}
		if (last->layer == all->items[i].layer)
			tell_twice(sources, all->items[i].key, what, last->name, last->key);
		else
			*last = all->items[i];
	}
	all->count = out;
}

static int compare_rules(const void *a_, const void *b_)
{
	const struct rule_source *a = a_;
	const struct rule_source *b = b_;
	int order = strcmp(a->id, b->id);
	if (order == 0)
		order = (a->layer > b->layer) - (a->layer < b->layer);
	return order ? order : (a->order > b->order) - (a->order < b->order);
}

static void merge_rules(struct sources *sources, struct rule_sources *all, const char *what)
{
	if (all->count)
		qsort(all->items, all->count, sizeof *all->items, compare_rules);
	size_t out = 0;
	for (size_t i = 0; i < all->count; i++) {
		struct rule_source *last = out ? &all->items[out - 1] : NULL;
		if (!last || strcmp(last->id, all->items[i].id) != 0) {
			all->items[out++] = all->items[i];
			continue;
		}
		if (last->layer == all->items[i].layer)
			tell_twice(sources, all->items[i].node, what, last->id, last->node);
		else
			*last = all->items[i];
	}
	all->count = out;
}

void sources_merge(struct sources *sources)
{
	merge_definitions(sources, &sources->macros, "macro");
	merge_definitions(sources, &sources->lists, "list");
	merge_definitions(sources, &sources->categories, "category");
	merge_definitions(sources, &sources->samples, "sample");
	merge_rules(sources, &sources->templates, "template");
}

void sources_merge_rules(struct sources *sources)
{
	merge_rules(sources, &sources->rules, "rule");
}

static int compare_name(const void *name, const void *definition)
{
	return strcmp(name, ((const struct definition *)definition)->name);
}

const struct definition *definition_find(const struct definitions *definitions, const char *name)
{
	if (definitions->count == 0)
		return NULL;
	return bsearch(name, definitions->items, definitions->count, sizeof *definitions->items,
		compare_name);
}

const char *definition_nearest(const struct definitions *definitions, const char *name)
{
	const char *best = NULL;
	for (size_t i = 0; i < definitions->count && !best; i++)
		best = nearest_word(name, &definitions->items[i].name, 1);
	return best;
}

bool id_matches(const char *pattern, const char *id)
{
	size_t len = strlen(pattern);
	if (len >= 2 && strcmp(pattern + len - 2, ".*") == 0)
		return strncmp(pattern, id, len - 1) == 0;
	return strcmp(pattern, id) == 0;
}
