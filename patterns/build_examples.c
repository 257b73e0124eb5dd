#include "patterns/build.h"
#include "patterns/company.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* What --test-patterns asks of every rule. */
#define HITS_WANTED   2
#define MISSES_WANTED 2

struct example_source {
	const char *text;
	const char *kind;
	const char *lang;
	const char *others;
	enum severity severity;
	int64_t start;
	int64_t end;
};

#define KEY(name_, type_, field_) \
	.name = (name_), .type = (type_), .offset = offsetof(struct example_source, field_)
#define OFFSET_MAX 65536

/* clang-format off */
static const struct key example_keys[] = {
	{KEY("text", VALUE_STRING, text), .required = true},
	{KEY("kind", VALUE_STRING, kind)},
	{KEY("lang", VALUE_STRING, lang)},
	{KEY("others", VALUE_STRING, others)},
	{KEY("severity", VALUE_SEVERITY, severity)},
	{KEY("start", VALUE_INT, start), .min = 0, .max = OFFSET_MAX},
	{KEY("end", VALUE_INT, end), .min = 0, .max = OFFSET_MAX},
};
/* clang-format on */

/* The kind of post that a rule is tried on when an example does not say: a post where it may be
 * one. */
static enum post_kind usual_kind(const struct rule *rule)
{
	enum post_kind kind = KIND_POST;
	while (rule->scope && !(rule->scope & 1u << kind))
		kind++;
	return kind;
}

static int read_example(struct build *build, const struct rule *rule, struct rule_source *source,
	struct yaml node, struct example *ret)
{
	struct example_source example = {.start = -1, .end = -1};
	struct place place = yaml_place(node);
	*ret = (struct example){.kind = usual_kind(rule),
		.start = -1,
		.end = -1,
		.file = rule->card.file,
		.line = place.line,
		.column = place.column};
	int r = 0;
	if (yaml_text(node))
		example.text = yaml_text(node);
	else
		r = walk_map(&build->walk, node, example_keys, COUNT(example_keys), &example);
	if (example.kind && !kind_parse(example.kind, &ret->kind))
		build_bad(build, source, node, "no kind of post is called \"%.*s\"",
			SHOWN(example.kind));
	ret->start = example.start;
	ret->end = example.end;
	ret->severity = example.severity;
	ret->others = arena_strdup(build->set->arena, example.others);
	ret->lang = arena_strdup(build->set->arena, example.lang);
	if ((example.others && !ret->others) || (example.lang && !ret->lang))
		return -ENOMEM;
	return r < 0 ? r
		     : company_text(source->company, build->set->arena, example.text, &ret->text);
}

static int read_examples(struct build *build, struct rule *rule, struct rule_source *source,
	const char *name, struct example *items)
{
	struct yaml node = yaml_find(source->tests, name);
	bool list = node.file && yaml_type(node) == YAML_TYPE_LIST;
	size_t count = !node.file || yaml_blank(node) ? 0 : list ? yaml_count(node) : 1;
	for (size_t i = 0; i < count; i++) {
		struct example *example = &items[rule->n_examples++];
		int r = read_example(
			build, rule, source, list ? yaml_item(node, i) : node, example);
		if (r < 0)
			return r;
		example->hit = strcmp(name, "miss") != 0;
		example->todo = strcmp(name, "todo") == 0;
	}
	return 0;
}

static size_t count_of(struct yaml tests, const char *name)
{
	struct yaml node = yaml_find(tests, name);
	if (!node.file || yaml_blank(node))
		return 0;
	return yaml_type(node) == YAML_TYPE_LIST ? yaml_count(node) : 1;
}

static int keep_nothing(struct walk *walk, struct yaml node, void *into)
{
	(void)walk;
	(void)node;
	(void)into;
	return 0;
}

/* clang-format off */
static const struct key tests_keys[] = {
	{.name = "hit", .type = VALUE_CUSTOM, .read = keep_nothing},
	{.name = "miss", .type = VALUE_CUSTOM, .read = keep_nothing},
	{.name = "todo", .type = VALUE_CUSTOM, .read = keep_nothing},
};
/* clang-format on */

static int build_example_list(struct build *build, struct rule *rule, struct rule_source *source)
{
	struct yaml tests = source->tests;
	size_t hits = 0;
	size_t misses = 0;
	int r = 0;
	if (tests.file && !yaml_blank(tests)) {
		char nothing;
		r = walk_map(&build->walk, tests, tests_keys, COUNT(tests_keys), &nothing);
		if (r < 0 || yaml_type(tests) != YAML_TYPE_MAP)
			return r;
		hits = count_of(tests, "hit");
		misses = count_of(tests, "miss");
		size_t todo = count_of(tests, "todo");
		struct example *items =
			arena_array(build->set->arena, hits + misses + todo + 1, sizeof *items);
		if (!items)
			return -ENOMEM;
		rule->examples = items;
		static const char *const names[] = {"hit", "miss", "todo"};
		for (size_t i = 0; r == 0 && i < COUNT(names); i++)
			r = read_examples(build, rule, source, names[i], items);
	}
	if (rule->kind != RULE_CONTEXT && !rule->off &&
		(hits < HITS_WANTED || misses < MISSES_WANTED))
		build_bad(build, source, source->node,
			"it has %zu hit and %zu miss tests, and needs %d of each", hits, misses,
			HITS_WANTED);
	return r;
}

/* The tests of an override: those of a rule that stands for all that it names. */
static int build_trial(
	struct build *build, const struct override_source *override, struct trial *ret)
{
	struct rule_source source = {
		.id = override->id, .tests = override->tests, .node = override->node};
	struct place place = yaml_place(override->node);
	struct rule rule = {.off = true, .scope = 1u << KIND_POST};
	struct arena *arena = build->set->arena;
	rule.card.file = arena_strdup(arena, place.file);
	*ret = (struct trial){.rules = arena_strdup(arena, override->id),
		.industry = arena_strdup(arena, override->industry)};
	if (!rule.card.file || !ret->rules || (override->industry && !ret->industry))
		return -ENOMEM;
	int r = build_example_list(build, &rule, &source);
	ret->examples = rule.examples;
	ret->n_examples = rule.n_examples;
	return r;
}

static int build_trials(struct build *build)
{
	const struct override_sources *overrides = &build->sources->overrides;
	struct ruleset *set = build->set;
	struct trial *trials = arena_array(set->arena, overrides->count + 1, sizeof *trials);
	int r = trials ? 0 : -ENOMEM;
	for (size_t i = 0; r == 0 && i < overrides->count; i++)
		r = build_trial(build, &overrides->items[i], &trials[i]);
	set->trials = trials;
	set->n_trials = r == 0 ? overrides->count : 0;
	return r;
}

int build_examples(struct build *build)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < build->set->n_rules; i++)
		r = build_example_list(build, &build->set->rules[i], build->of[i]);
	return r == 0 ? build_trials(build) : r;
}
