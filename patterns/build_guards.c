#include "patterns/build.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* The longest distance that within: may name, in characters. */
#define WITHIN_MAX 10000
/* What directed: may multiply by. */
#define FACTOR_MAX 3

struct guard_source {
	const char *rule;
	int64_t within;
	const char *side;
	double discount;
};

#define KEY(name_, type_, field_) \
	.name = (name_), .type = (type_), .offset = offsetof(struct guard_source, field_)

/* clang-format off */
static const struct key guard_keys[] = {
	{KEY("rule", VALUE_STRING, rule), .required = true},
	{KEY("within", VALUE_INT, within), .min = 0, .max = WITHIN_MAX},
	{KEY("side", VALUE_STRING, side)},
	{KEY("discount", VALUE_REAL, discount), .min = 0, .max = 1},
};
/* clang-format on */

/* Whose guards are read: a rule's or, with NULL, a category's. */
struct owner {
	struct build *build;
	struct rule_source *source;
};

static void tell(const struct owner *owner, struct yaml node, const char *what, const char *word)
{
	if (owner->source)
		build_bad(owner->build, owner->source, node, "%s \"%.*s\"", what, SHOWN(word));
	else
		walk_problem(&owner->build->walk, node, "%s \"%.*s\"", what, SHOWN(word));
}

static bool resolve(const struct owner *owner, struct yaml node, const char *id, struct guard *ret)
{
	struct build *build = owner->build;
	const struct rule *rule = build_find(build, id);
	if (!rule) {
		tell(owner, node, "no rule is called", id);
		return false;
	}
	ret->rule = (size_t)(rule - build->set->rules);
	ret->name = rule->card.id;
	ret->reach = rule->kind == RULE_CONTEXT ? rule->reach : (struct reach){.kind = REACH_POST};
	return true;
}

static void set_distance(const struct owner *owner, struct yaml node,
	const struct guard_source *source, struct guard *guard)
{
	bool before = !source->side || strcmp(source->side, "after") != 0;
	bool after = !source->side || strcmp(source->side, "before") != 0;
	if (source->side && before && after && strcmp(source->side, "either") != 0)
		tell(owner, node, "a side is before, after or either, not", source->side);
	if (source->within >= 0 || source->side)
		guard->reach = (struct reach){
			REACH_NEAR, before ? source->within : -1, after ? source->within : -1};
	if (source->side && source->within < 0) {
		guard->reach.before = before ? WITHIN_MAX : -1;
		guard->reach.after = after ? WITHIN_MAX : -1;
	}
}

/* One item: an id, or a map.  *@ret_ok: whether it can be used. */
static int read_guard(const struct owner *owner, struct yaml node, struct guard *ret, bool *ret_ok)
{
	*ret = (struct guard){.factor = 0};
	if (yaml_text(node)) {
		*ret_ok = resolve(owner, node, yaml_text(node), ret);
		return 0;
	}
	struct guard_source source = {.within = -1};
	int r = walk_map(&owner->build->walk, node, guard_keys, COUNT(guard_keys), &source);
	*ret_ok = r == 0 && source.rule && resolve(owner, node, source.rule, ret);
	if (*ret_ok) {
		ret->factor = source.discount;
		set_distance(owner, node, &source, ret);
	}
	return r;
}

/* Put @more behind @guards, less those on rules that @guards has a word on already: there has to be
 * room. */
static void join_guards(struct guard *items, size_t *count, const struct guards *more)
{
	const size_t own = *count;
	for (size_t i = 0; i < more->count; i++) {
		bool known = false;
		for (size_t k = 0; k < own && !known; k++)
			known = items[k].rule == more->items[i].rule;
		if (!known)
			items[(*count)++] = more->items[i];
	}
}

/* The guards of a list, or of one item alone, before @more of another's. */
static int read_guards(
	const struct owner *owner, struct yaml node, const struct guards *more, struct guards *ret)
{
	bool list = node.file && yaml_type(node) == YAML_TYPE_LIST;
	size_t own = !node.file || yaml_blank(node) ? 0 : list ? yaml_count(node) : 1;
	size_t others = more ? more->count : 0;
	struct guard *items =
		arena_array(owner->build->set->arena, own + others + 1, sizeof *items);
	if (!items)
		return -ENOMEM;
	*ret = (struct guards){items, 0};
	for (size_t i = 0; i < own; i++) {
		bool ok;
		int r = read_guard(
			owner, list ? yaml_item(node, i) : node, &items[ret->count], &ok);
		if (r < 0)
			return r;
		ret->count += ok;
	}
	if (more) /* a rule's own word on a context goes before its category's */
		join_guards(items, &ret->count, more);
	return 0;
}

static double read_factor(const struct owner *owner, struct yaml node)
{
	const char *text = yaml_text(node);
	char *end = NULL;
	double factor = text ? strtod(text, &end) : 0;
	if (text && end != text && !*end && factor >= 0 && factor <= FACTOR_MAX)
		return factor;
	tell(owner, node, "a factor is a number between 0 and 3, not", text ? text : "a list");
	return 1;
}

/* directed: {self: 0.3, group: 1.5} names the contexts _ctx.self and _ctx.group. */
static int read_directed(const struct owner *owner, struct yaml node, struct guards *ret)
{
	struct walk *walk = &owner->build->walk;
	if (!node.file)
		return 0;
	if (yaml_type(node) != YAML_TYPE_MAP) {
		tell(owner, node, "directed is a map of", "name: factor");
		return 0;
	}
	struct guard *items = arena_array(walk->arena, yaml_count(node) + 1, sizeof *items);
	if (!items)
		return -ENOMEM;
	int r = walk_check_keys(walk, node);
	*ret = (struct guards){items, 0};
	for (size_t i = 0; r == 0 && i < yaml_count(node); i++) {
		const char *name = yaml_text(yaml_key(node, i));
		struct buf id = BUF_INIT(PATTERN_B);
		r = name ? buf_addf(&id, "_ctx.%s", name) : 0;
		if (r == 0 && name &&
			resolve(owner, yaml_key(node, i), buf_str(&id), &items[ret->count])) {
			items[ret->count++].factor = read_factor(owner, yaml_value(node, i));
		}
		buf_release(&id);
	}
	return r;
}

static struct yaml category_unless(const struct build *build, size_t i)
{
	return yaml_find(build->sources->categories.items[i].value, "unless");
}

/* ---- overrides ---- */

/* The guards of an override go before those of the rules that it names. */
static int apply_guards(
	struct build *build, const struct override_source *override, const struct guards *guards)
{
	struct ruleset *set = build->set;
	for (size_t i = 0; i < set->n_scoring; i++) {
		struct rule *rule = &set->rules[i];
		if (!id_matches(override->id, rule->card.id))
			continue;
		struct guard *items = arena_array(
			set->arena, guards->count + rule->unless.count + 1, sizeof *items);
		if (!items)
			return -ENOMEM;
		size_t count = 0;
		join_guards(items, &count, guards);
		join_guards(items, &count, &rule->unless);
		rule->unless = (struct guards){items, count};
	}
	return 0;
}

static int build_override_guards(struct build *build)
{
	const struct override_sources *overrides = &build->sources->overrides;
	const struct owner owner = {build, NULL};
	int r = 0;
	for (size_t i = 0; r == 0 && i < overrides->count; i++) {
		const struct override_source *override = &overrides->items[i];
		struct guards guards = {.count = 0};
		r = read_guards(&owner, override->unless, NULL, &guards);
		if (r == 0 && guards.count > 0 && override_holds(build, override))
			r = apply_guards(build, override, &guards);
	}
	return r;
}

/* ---- languages ---- */

static bool same_reach(const struct reach *a, const struct reach *b)
{
	return a->kind == b->kind && a->before == b->before && a->after == b->after;
}

/* A rule in German means _ctx.negated.de by _ctx.negated, where there is one: so categories name
 * their contexts once for all languages. */
static int speak(struct build *build, const char *lang, const struct guards *guards)
{
	struct ruleset *set = build->set;
	struct guard *items = (struct guard *)guards->items; /* the rule's own copy */
	int r = 0;
	for (size_t i = 0; r == 0 && i < guards->count; i++) {
		struct buf id = BUF_INIT(PATTERN_B);
		r = buf_addf(&id, "%s.%.*s", set->rules[items[i].rule].card.id,
			(int)strcspn(lang, "-_"), lang);
		const struct rule *own = r == 0 ? build_find(build, buf_str(&id)) : NULL;
		if (own && own->kind == RULE_CONTEXT) {
			const struct rule *common = &set->rules[items[i].rule];
			bool usual = same_reach(&items[i].reach, &common->reach);
			items[i].rule = (size_t)(own - set->rules);
			items[i].name = own->card.id;
			items[i].reach = usual ? own->reach : items[i].reach;
		}
		buf_release(&id);
	}
	return r;
}

static int speak_all(struct build *build)
{
	struct ruleset *set = build->set;
	int r = 0;
	for (size_t i = 0; r == 0 && i < set->n_scoring; i++) {
		struct rule *rule = &set->rules[i];
		const char *lang = build->of[i]->lang;
		if (!rule->languages)
			continue;
		r = speak(build, lang, &rule->unless);
		if (r == 0)
			r = speak(build, lang, &rule->requires);
		if (r == 0)
			r = speak(build, lang, &rule->directed);
	}
	return r;
}

int build_guards(struct build *build)
{
	struct ruleset *set = build->set;
	int r = 0;
	for (size_t i = 0; r == 0 && i < set->n_categories; i++) {
		struct owner owner = {build, NULL};
		r = read_guards(
			&owner, category_unless(build, i), NULL, &set->categories[i].unless);
	}
	for (size_t i = 0; r == 0 && i < set->n_rules; i++) {
		struct rule *rule = &set->rules[i];
		struct rule_source *source = build->of[i];
		struct owner owner = {build, source};
		bool scores = rule->kind != RULE_CONTEXT && set->n_categories > 0;
		r = read_guards(&owner, source->requires, NULL, &rule->requires);
		if (r == 0)
			r = read_guards(&owner, source->unless,
				scores ? &set->categories[rule->category].unless : NULL,
				&rule->unless);
		if (r == 0)
			r = read_directed(&owner, source->directed, &rule->directed);
	}
	if (r == 0)
		r = build_override_guards(build);
	return r == 0 ? speak_all(build) : r;
}
