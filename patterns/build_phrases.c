#include "patterns/build.h"

#include <math.h>
#include <stdlib.h>

/* What the items of all rules are gathered in. */
struct gathering {
	struct build *build;
	struct phrase *items;
	size_t count;
	struct phrase_list *lists;
	size_t n_lists;
	struct views *views;
};

/* A phrase is written as posts are read, or it would never be found. */
static int check_phrase(struct gathering *gathering, struct rule_source *source, struct yaml key)
{
	const char *text = yaml_text(key);
	const struct view *plain = NULL;
	bool valid = false;
	int r = views_take(gathering->views, text, strlen(text), false);
	if (r == 0)
		r = views_get(gathering->views, VIEW_PLAIN, &plain);
	if (r == 0 && plain->len == strlen(text) && memcmp(plain->text, text, plain->len) == 0)
		r = phrase_valid(text, &valid);
	if (r == 0 && !valid)
		build_bad(gathering->build, source, key,
			"\"%.*s\" is no phrase: one to %d words in small letters, one blank "
			"between "
			"them",
			SHOWN(text), PHRASE_WORDS);
	return r;
}

static bool read_weight(struct yaml node, double *ret)
{
	const char *text = yaml_text(node);
	char *end;
	if (!text || *text == '\0')
		return false;
	*ret = strtod(text, &end);
	return *end == '\0' && isfinite(*ret);
}

static int add_item(
	struct gathering *gathering, struct rule_source *source, struct yaml key, struct yaml value)
{
	double weight;
	if (!yaml_text(key))
		return 0; /* told by walk_check_keys() */
	int r = check_phrase(gathering, source, key);
	if (r < 0)
		return r;
	if (!read_weight(value, &weight)) {
		build_bad(gathering->build, source, value, "a weight is a number");
		return 0;
	}
	struct arena *arena = gathering->build->set->arena;
	void *grown =
		arena_grow(arena, gathering->items, gathering->count, sizeof *gathering->items);
	char *text = arena_strdup(arena, yaml_text(key));
	if (!grown || !text)
		return -ENOMEM;
	gathering->items = grown;
	gathering->items[gathering->count++] =
		(struct phrase){text, weight, (uint32_t)gathering->n_lists};
	return 0;
}

static int add_list(struct gathering *gathering, struct rule_source *source, struct rule *rule)
{
	struct yaml items = source->items;
	size_t before = gathering->count;
	if (!items.file || yaml_type(items) != YAML_TYPE_MAP || yaml_count(items) == 0) {
		build_bad(gathering->build, source, items.file ? items : source->node,
			"a rule of kind phrases has items: a map of phrases and weights");
		return 0;
	}
	size_t problems = problems_count(gathering->build->walk.problems);
	int r = walk_check_keys(&gathering->build->walk, items);
	source->broken |= problems_count(gathering->build->walk.problems) > problems;
	for (size_t i = 0; r == 0 && i < yaml_count(items); i++)
		r = add_item(gathering, source, yaml_key(items, i), yaml_value(items, i));
	if (r == 0 && (source->broken || rule->off)) {
		rule->off = true;
		gathering->count = before;
		return 0;
	}
	gathering->lists[gathering->n_lists++] = (struct phrase_list){
		.rule = (size_t)(rule - gathering->build->set->rules),
		.bias = source->bias,
		.threshold = source->threshold,
		.disguised = rule->disguised,
	};
	return r;
}

static int add_lists(struct gathering *gathering)
{
	struct build *build = gathering->build;
	int r = 0;
	for (size_t i = 0; r == 0 && i < build->set->n_rules; i++) {
		if (build->set->rules[i].kind == RULE_PHRASES)
			r = add_list(gathering, build->of[i], &build->set->rules[i]);
	}
	return r;
}

int build_phrases(struct build *build)
{
	struct ruleset *set = build->set;
	struct gathering gathering = {.build = build};
	const struct views_options options = {.handles = {.count = 0}};
	gathering.lists = arena_array(set->arena, set->n_rules + 1, sizeof *gathering.lists);
	int r = gathering.lists ? views_new(&options, &gathering.views) : -ENOMEM;
	if (r == 0)
		r = add_lists(&gathering);
	if (r == 0 && gathering.n_lists > 0)
		r = phrases_new(gathering.items, gathering.count, gathering.lists,
			gathering.n_lists, set->arena, &set->phrases);
	views_free(gathering.views);
	return r;
}
