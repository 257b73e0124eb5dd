#include "patterns/build.h"
#include "patterns/company.h"
#include "patterns/expand.h"
#include "patterns/lint.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct {
	const char *name;
	unsigned flag;
} flags[] = {
	{"cased", REGEX_CASED},
	{"multiline", REGEX_MULTILINE},
	{"extended", REGEX_EXTENDED},
	{"dotall", REGEX_DOTALL},
	{"caseless", 0}, /* the two defaults may be written out */
	{"ucp", 0},
};

static unsigned read_flags(struct build *build, struct rule_source *source)
{
	unsigned all = 0;
	for (size_t i = 0; i < source->flags.count; i++) {
		size_t k = 0;
		while (k < COUNT(flags) && strcmp(flags[k].name, source->flags.items[i]) != 0)
			k++;
		if (k == COUNT(flags))
			build_bad(build, source, source->node, "no flag is called \"%.*s\"",
				SHOWN(source->flags.items[i]));
		else
			all |= flags[k].flag;
	}
	return all;
}

/* Compile @text; *@ret stays NULL when it is told to be wrong. */
static int compile(struct build *build, struct rule_source *source, struct yaml at,
	const char *text, unsigned regex_flags, struct regex **ret)
{
	struct buf error = BUF_INIT(PATTERN_B);
	size_t where;
	int r = regex_compile(text, regex_flags, ret, &error, &where);
	if (r == REGEX_E_SYNTAX) {
		size_t len = strlen(text);
		size_t from = where > 30 ? where - 30 : 0;
		while (from < where && ((unsigned char)text[from] & 0xc0) == 0x80)
			from++;
		where = where > len ? len : where;
		build_bad(build, source, at,
			"%s, at byte %zu of the pattern in full, behind \"%.*s\"", buf_str(&error),
			where, (int)(where - from), text + from);
		r = 0;
	}
	buf_release(&error);
	return r;
}

/* Expand one pattern and, unless this is a catalogue or a placeholder in it is empty, compile it.
 */
static int add_expression(struct build *build, struct rule *rule, struct rule_source *source,
	struct yaml node, unsigned regex_flags)
{
	struct buf text = BUF_INIT(PATTERN_B);
	struct regex *regex = NULL;
	if (!yaml_text(node)) {
		build_bad(build, source, node, "a pattern is a string");
		return 0;
	}
	int r = expand(build->sources, company_placeholders(source->company), node, yaml_text(node),
		&text);
	if (r == EXPAND_E_BAD)
		source->broken = true;
	if (r == 0)
		r = compile(build, source, node, buf_str(&text), regex_flags, &regex);
	if (r == 0 && regex) {
		struct expression *expression = &rule->expressions[rule->n_expressions++];
		expression->regex = regex;
		expression->rule = (uint32_t)(rule - build->set->rules);
		const char *fault = lint_pattern(buf_str(&text));
		if (fault)
			build_bad(build, source, node, "%s", fault);
		r = literals_read(buf_str(&text), regex_flags & REGEX_EXTENDED,
			build->sources->arena, &expression->literals);
		if (r == 0 && expression->literals.count == 0 && source->keywords.count > 0)
			r = literals_declare(source->keywords.items, source->keywords.count,
				build->sources->arena, &expression->literals);
	}
	buf_release(&text);
	return r < 0 ? r : 0;
}

static int add_expressions(struct build *build, struct rule *rule, struct rule_source *source)
{
	unsigned regex_flags = read_flags(build, source);
	bool list = yaml_type(source->pattern) == YAML_TYPE_LIST;
	size_t count = list ? yaml_count(source->pattern) : 1;
	rule->expressions = arena_array(build->set->arena, count + 1, sizeof *rule->expressions);
	if (!rule->expressions)
		return -ENOMEM;
	int r = 0;
	if (!source->pattern.file)
		return 0;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_expression(build, rule, source,
			list ? yaml_item(source->pattern, i) : source->pattern, regex_flags);
	return r;
}

/* ---- allow ---- */

struct allow_source {
	const char *match;
	const char *reason;
};

/* clang-format off */
static const struct key allow_keys[] = {
	{.name = "match",
		.type = VALUE_STRING,
		.offset = offsetof(struct allow_source, match),
		.required = true},
	{.name = "reason",
		.type = VALUE_STRING,
		.offset = offsetof(struct allow_source, reason),
		.required = true},
};
/* clang-format on */

static int add_allowance(struct build *build, struct rule *rule, struct rule_source *source,
	struct yaml node, struct allowance *into)
{
	struct allow_source allow = {.match = NULL};
	struct buf text = BUF_INIT(PATTERN_B);
	int r = walk_map(&build->walk, node, allow_keys, COUNT(allow_keys), &allow);
	if (r < 0 || !allow.match || !allow.reason) {
		source->broken = true;
		return r;
	}
	r = expand(build->sources, company_placeholders(source->company), node, allow.match, &text);
	source->broken |= r == EXPAND_E_BAD;
	into->match.rule = (uint32_t)(rule - build->set->rules);
	into->match.allows = true;
	if (r == 0)
		r = compile(build, source, node, buf_str(&text), 0, &into->match.regex);
	if (r == 0 && into->match.regex)
		r = literals_read(
			buf_str(&text), false, build->sources->arena, &into->match.literals);
	into->reason = allow.reason;
	rule->n_allow += r == 0 && into->match.regex;
	buf_release(&text);
	return r < 0 ? r : 0;
}

static int add_allow(struct build *build, struct rule *rule, struct rule_source *source)
{
	struct yaml node = source->allow;
	if (!node.file || yaml_blank(node))
		return 0;
	if (yaml_type(node) != YAML_TYPE_LIST) {
		build_bad(build, source, node, "allow is a list of {match, reason}");
		return 0;
	}
	struct allowance *items =
		arena_array(build->set->arena, yaml_count(node) + 1, sizeof *items);
	if (!items)
		return -ENOMEM;
	rule->allow = items;
	int r = 0;
	for (size_t i = 0; r == 0 && i < yaml_count(node); i++)
		r = add_allowance(build, rule, source, yaml_item(node, i), &items[rule->n_allow]);
	return r;
}

/* ---- the prefilter ---- */

/* @expression gets its number; its literals, which die with the sources, are put among @all. */
static void enrol(struct ruleset *set, struct expression *expression, struct literals *all)
{
	expression->number = (uint32_t)set->n_expressions;
	all[set->n_expressions] = expression->literals;
	expression->literals = (struct literals){.count = 0};
	set->expressions[set->n_expressions++] = expression;
}

static int build_prefilter(struct build *build)
{
	struct ruleset *set = build->set;
	size_t count = 0;
	for (size_t i = 0; i < set->n_rules; i++)
		count +=
			set->rules[i].off ? 0 : set->rules[i].n_expressions + set->rules[i].n_allow;
	set->expressions = arena_array(set->arena, count + 1, sizeof(const struct expression *));
	struct literals *literals = arena_array(build->sources->arena, count + 1, sizeof *literals);
	if (!set->expressions || !literals)
		return -ENOMEM;
	for (size_t i = 0; i < set->n_rules; i++) {
		struct rule *rule = &set->rules[i];
		for (size_t k = 0; k < (rule->off ? 0 : rule->n_expressions); k++)
			enrol(set, &rule->expressions[k], literals);
		for (size_t k = 0; k < (rule->off ? 0 : rule->n_allow); k++)
			enrol(set, &rule->allow[k].match, literals);
	}
	return prefilter_new(literals, count, &set->prefilter);
}

int build_expressions(struct build *build)
{
	struct ruleset *set = build->set;
	int r = 0;
	for (size_t i = 0; r == 0 && i < set->n_rules; i++) {
		struct rule *rule = &set->rules[i];
		r = add_expressions(build, rule, build->of[i]);
		if (r == 0)
			r = add_allow(build, rule, build->of[i]);
		/* A template that asks for what the company does not have finds nothing. */
		rule->off |= build->of[i]->broken ||
			     (rule->n_expressions == 0 && rule->kind != RULE_PHRASES);
	}
	return r < 0 ? r : build_prefilter(build);
}
