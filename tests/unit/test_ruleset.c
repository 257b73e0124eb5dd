/* Loading rules: what is wrong is told with its place, and the rest runs. */
#include "engine.h"

/* ---- what is told ---- */

struct bad_row {
	const char *why;
	const char *text;
	const char *want; /* in what is told */
	bool strict;
};

#define TESTS ", tests: {hit: [aa1, aa2], miss: [b1, b2]}"

static const struct bad_row bad_rows[] = {
	{"no version", "rules: []\n", "dirtwatch_patterns", false},
	{"another version", "dirtwatch_patterns: 2\n", ":1:21:", false},
	{"unknown key of the file", HEAD "ruels: []\n",
		":2:1: unknown key \"ruels\", did you mean \"rules\"?", false},
	{"unknown key of a rule", RULES "  - {id: a, category: cat, patern: aa}\n",
		":6:28: unknown key \"patern\", did you mean \"pattern\"?", false},
	{"no id", RULES "  - {category: cat, pattern: aa}\n", "id", false},
	{"an id that is none", RULES "  - {id: A B, category: cat, pattern: aa}\n",
		"an id is of small letters", false},
	{"an id twice",
		RULES "  - {id: a, category: cat, pattern: aa}\n  - {id: a, category: cat, "
		      "pattern: bb}\n",
		":7:5: rule \"a\" is given twice, first in ", false},
	{"no category", RULES "  - {id: a, pattern: aa}\n", "its category is missing", false},
	{"unknown category", RULES "  - {id: a, category: cta, pattern: aa}\n",
		"no category is called \"cta\", did you mean \"cat\"?", false},
	{"unknown class",
		HEAD "categories:\n  c: {title: C, class: evil, severity: low}\nrules:\n"
		     "  - {id: a, category: c, pattern: aa}\n",
		"no class is called \"evil\"", false},
	{"unknown kind", RULES "  - {id: a, category: cat, pattern: aa, kind: txet}\n",
		"no kind of rule is called \"txet\", did you mean \"text\"?", false},
	{"unknown status", RULES "  - {id: a, category: cat, pattern: aa, status: stabel}\n",
		"did you mean \"stable\"?", false},
	{"unknown scope", RULES "  - {id: a, category: cat, pattern: aa, scope: [psot]}\n",
		"no kind of post is called \"psot\"", false},
	{"unknown flag", RULES "  - {id: a, category: cat, pattern: aa, flags: [caseful]}\n",
		"no flag is called \"caseful\"", false},
	{"unknown view", RULES "  - {id: a, category: cat, pattern: aa, views: [leet]}\n",
		"no view is called \"leet\"", false},
	{"unknown macro",
		HEAD CATEGORY
		"macros: {PERSON: x}\nrules:\n  - {id: a, category: cat, pattern: '${PERSNO}'}\n",
		"no macro is called \"PERSNO\", did you mean \"PERSON\"?", false},
	{"unknown list", RULES "  - {id: a, category: cat, pattern: '${list:x}'}\n",
		"no list is called \"x\"", false},
	{"an empty list",
		HEAD CATEGORY
		"lists: {x: []}\nrules:\n  - {id: a, category: cat, pattern: '${list:x}'}\n",
		"nothing is in the list \"x\"", false},
	{"macros in a circle",
		HEAD CATEGORY "macros: {A: '${B}', B: '${A}'}\nrules:\n"
			      "  - {id: a, category: cat, pattern: '${A}'}\n",
		"circle", false},
	{"a macro twice", HEAD CATEGORY "macros: {A: x, A: y}\nrules: []\n", "given twice", false},
	{"unknown rule in a guard",
		RULES "  - {id: a, category: cat, pattern: aa, unless: [_ctx.x]}\n",
		":6:50: rule a: no rule is called \"_ctx.x\"", false},
	{"a guard with an unknown key",
		RULES "  - {id: a, category: cat, pattern: aa, unless: [{rule: a, discuont: 1}]}\n",
		"unknown key \"discuont\", did you mean \"discount\"?", false},
	{"a side that is none",
		RULES "  - {id: a, category: cat, pattern: aa, unless: [{rule: a, side: left}]}\n",
		"a side is before, after or either, not \"left\"", false},
	{"a context with another id", RULES "  - {id: a, kind: context, pattern: aa}\n",
		"the id of a context begins", false},
	{"a rule with a context's id", RULES "  - {id: _ctx.a, category: cat, pattern: aa}\n",
		"only contexts have ids", false},
	{"a reach that is none", RULES "  - {id: _ctx.a, kind: context, pattern: aa, reach: far}\n",
		"a reach is cover, touch, sentence, post or", false},
	{"an expression that is none", RULES "  - {id: a, category: cat, pattern: 'a(b'}\n",
		":6:37: rule a: missing closing parenthesis, at byte 3 of the pattern in full, "
		"behind \"a(b\"",
		false},
	{"an allowance that is none",
		RULES "  - {id: a, category: cat, pattern: a, allow: [{match: '[', reason: x}]}\n",
		"missing terminating ]", false},
	{"a repetition of a repetition", RULES "  - {id: a, category: cat, pattern: '(?:a+)+b'}\n",
		"a repeated group that only repeats", false},
	{"too few tests", RULES "  - {id: a, category: cat, pattern: aa, tests: {hit: [aa]}}\n",
		"it has 1 hit and 0 miss tests, and needs 2 of each", true},
	{"an override of nothing",
		RULES
		"  - {id: a, category: cat, pattern: aa}\noverride: [{id: b, severity: low}]\n",
		"no rule is called \"b\"", false},
	{"a factor that is none",
		RULES "  - {id: _ctx.s, kind: context, pattern: x}\n"
		      "  - {id: a, category: cat, pattern: aa, directed: {s: 7}}\n",
		"a factor is a number between 0 and 3", false},
	{"a template for nobody",
		RULES "  - {id: a, category: cat, pattern: aa}\n"
		      "templates:\n  - {id: t, category: cat, pattern: '${NAME}', for: [frend]}\n",
		"for: lists employer, target, competitor and client", false},
	{"an anchor", RULES "  - &x {id: a, category: cat, pattern: aa}\n", "anchor", false},
};

static void test_told(void **state)
{
	(void)state;
	size_t wrong = 0;
	for (size_t i = 0; i < COUNT(bad_rows); i++) {
		const struct bad_row *row = &bad_rows[i];
		char *said = NULL;
		struct ruleset *set = load_text(row->text, NULL, row->strict, &said);
		if (!strstr(said, row->want)) {
			print_error("%s: not told: %s\n  but: %s\n", row->why, row->want, said);
			wrong++;
		}
		free(said);
		ruleset_free(set);
	}
	assert_int_equal(wrong, 0);
}

/* A rule that is wrong is left out, and the others find what they are for. */
static void test_rest_runs(void **state)
{
	(void)state;
	char *said = NULL;
	struct ruleset *set = load_text(RULES "  - {id: bad, category: cat, pattern: 'a(b'}\n"
					      "  - {id: good, category: cat, pattern: beta}\n",
		NULL, false, &said);
	struct scorer *scorer;
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct post post = post_of("alpha beta a(b ab");
	struct score score;
	assert_non_null(set);
	assert_int_equal(scorer_new(set, &scorer), 0);
	assert_int_equal(score_post(scorer, &post, 0, arena, &score), 0);
	assert_int_equal(score.n_hits, 1);
	assert_string_equal(ruleset_card(set, score.hits[0].rule)->id, "good");
	arena_free(arena);
	scorer_free(scorer);
	ruleset_free(set);
	free(said);
}

static void test_nothing(void **state)
{
	(void)state;
	char *said = NULL;
	assert_null(load_text("dirtwatch_patterns: 1\n", NULL, false, &said));
	free(said);
}

/* ---- layers ---- */

static struct ruleset *load_layers(
	const char *low, const char *high, const struct config *config, bool catalogue)
{
	struct folder folders[2];
	const char *paths[3];
	for (size_t i = 0; i < 2; i++) {
		folder_make(&folders[i]);
		folder_add(&folders[i], i ? high : low);
		paths[i] = folders[i].path;
	}
	paths[2] = "/nonexistent/dirtwatch";
	const struct ruleset_options options = {.config = config ? config : &no_config,
		.folders = {paths, 3},
		.catalogue = catalogue};
	struct problems *problems = problems_new();
	struct ruleset *set = NULL;
	assert_int_equal(ruleset_load(&options, problems, &set), 0);
	problems_print(problems, stderr);
	assert_int_equal(problems_count(problems), 0);
	problems_free(problems);
	folder_drop(&folders[0]);
	folder_drop(&folders[1]);
	return set;
}

static const char low_layer[] =
	HEAD CATEGORY "macros: {W: alpha}\nlists: {l: [one]}\nrules:\n"
		      "  - {id: a.macro, category: cat, pattern: '${W}'}\n"
		      "  - {id: a.list, category: cat, pattern: '${list:l}'}\n"
		      "  - {id: b.rule, category: cat, pattern: low, severity: low}\n"
		      "  - {id: c.off, category: cat, pattern: off}\n"
		      "  - {id: d.over, category: cat, pattern: over}\n";
static const char high_layer[] =
	HEAD "macros: {W: omega}\nlists: {l: [two]}\nrules:\n"
	     "  - {id: b.rule, category: cat, pattern: high, severity: high}\n"
	     "disable: [c.*]\noverride: [{id: d.over, severity: critical, confidence: 0.5}]\n";

static bool finds(const struct ruleset *set, const char *text, const char *id)
{
	struct scorer *scorer;
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct post post = post_of(text);
	struct score score;
	bool found = false;
	assert_int_equal(scorer_new(set, &scorer), 0);
	assert_int_equal(score_post(scorer, &post, 0, arena, &score), 0);
	for (size_t i = 0; i < score.n_hits; i++)
		found |= strcmp(ruleset_card(set, score.hits[i].rule)->id, id) == 0;
	arena_free(arena);
	scorer_free(scorer);
	return found;
}

static void test_layers(void **state)
{
	(void)state;
	struct ruleset *set = load_layers(low_layer, high_layer, NULL, false);
	assert_true(finds(set, "omega", "a.macro"));
	assert_false(finds(set, "alpha", "a.macro"));
	assert_true(finds(set, "two", "a.list"));
	assert_false(finds(set, "one", "a.list"));
	assert_true(finds(set, "high", "b.rule"));
	assert_false(finds(set, "low", "b.rule"));
	assert_false(finds(set, "off", "c.off"));
	assert_int_equal(ruleset_find(set, "b.rule")->severity, SEVERITY_HIGH);
	assert_int_equal(ruleset_find(set, "d.over")->severity, SEVERITY_CRITICAL);
	assert_float_equal(ruleset_find(set, "d.over")->confidence, 0.5, 0);
	assert_null(ruleset_find(set, "none"));
	assert_int_equal(ruleset_count(set), 5);
	ruleset_free(set);
}

static void test_config(void **state)
{
	(void)state;
	static const char *const disable[] = {"a.*"};
	static const struct severity_override severities[] = {{"b.rule", SEVERITY_INFO}};
	const struct config config = {
		.disable = {disable, 1}, .severities = severities, .n_severities = 1};
	struct ruleset *set = load_layers(low_layer, high_layer, &config, false);
	assert_false(finds(set, "omega", "a.macro"));
	assert_int_equal(ruleset_find(set, "b.rule")->severity, SEVERITY_INFO);
	ruleset_free(set);
}

/* A catalogue has the same cards under the same numbers, and the same digest. */
static void test_catalogue(void **state)
{
	(void)state;
	struct folder folder;
	struct ruleset *sets[2];
	folder_make(&folder);
	folder_add(&folder, RULES "  - {id: z, category: cat, pattern: zz}\n  - {id: bad, "
				  "category: cat, pattern: 'a(b'}\n"
				  "  - {id: _ctx.c, kind: context, pattern: c}\n  - {id: a, "
				  "category: top, pattern: aa}\n");
	const char *path = folder.path;
	for (size_t i = 0; i < 2; i++) {
		const struct ruleset_options options = {
			.config = &no_config, .folders = {&path, 1}, .catalogue = i == 1};
		struct problems *problems = problems_new();
		assert_int_equal(ruleset_load(&options, problems, &sets[i]), 0);
		problems_free(problems);
	}
	assert_int_equal(ruleset_count(sets[0]), 3);
	assert_int_equal(ruleset_count(sets[1]), 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(ruleset_card(sets[0], i)->id, ruleset_card(sets[1], i)->id);
	assert_string_equal(ruleset_digest(sets[0])->hex, ruleset_digest(sets[1])->hex);
	assert_int_equal(ruleset_card(sets[0], 0)->class, CLASS_UNPROFESSIONAL);
	ruleset_free(sets[0]);
	ruleset_free(sets[1]);
	folder_drop(&folder);
}

static void test_digest(void **state)
{
	(void)state;
	static const char *const disable[] = {"x"};
	static const struct organisation employer = {.name = "Initech"};
	const struct config configs[] = {{.path = NULL}, {.disable = {disable, 1}},
		{.person = {.employer = &employer}}, {.person = {.target = &employer}}};
	char seen[COUNT(configs) + 1][DIGEST_CHARS + 1];
	static const char text[] = RULES "  - {id: a, category: cat, pattern: aa}\n";
	struct folder folder;
	folder_make(&folder);
	folder_add(&folder, text);
	const char *path = folder.path;
	for (size_t i = 0; i <= COUNT(configs); i++) {
		if (i == COUNT(configs))
			folder_add(&folder, HEAD "macros: {A: b}\n");
		const struct ruleset_options options = {
			.config = &configs[i % COUNT(configs)], .folders = {&path, 1}};
		struct problems *problems = problems_new();
		struct ruleset *set;
		assert_int_equal(ruleset_load(&options, problems, &set), 0);
		memcpy(seen[i], ruleset_digest(set)->hex, sizeof seen[i]);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(seen[i], seen[k]);
		ruleset_free(set);
		problems_free(problems);
	}
	folder_drop(&folder);
}

/* ---- expansion ---- */

struct expansion_row {
	const char *why;
	const char *pattern;
	const char *text;
	bool hit;
};

static const struct expansion_row expansion_rows[] = {
	{"a macro in a macro", "${OUTER}", "inner", true},
	{"an item of a list", "\\b${list:l}\\b", "a cat sat", true},
	{"the longest item", "\\b${list:l}s", "category", false},
	{"the longer item goes first", "^${list:l}$", "category", true},
	{"and the shorter one when that fails", "^${list:l}s$", "cats", true},
	{"a blank is any white space", "${list:l}", "two \n words", true},
	{"but some", "${list:l}", "twowords", false},
	{"signs are themselves", "${list:l}", "cxx", false},
	{"as they stand", "${list:l}", "c++", true},
	{"a letter with an accent", "${list:l}", "na\xc3\xafve", true},
	{"a dollar that is none", "^a$", "a", true},
};

static void test_expansion(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(expansion_rows); i++) {
		const struct expansion_row *row = &expansion_rows[i];
		char *text;
		assert_true(
			asprintf(&text,
				HEAD CATEGORY "macros: {INNER: inner, OUTER: '(?:${INNER})'}\n"
					      "lists: {l: {items: [cat, category, two words, c++, "
					      "na\xc3\xafve], source: own}}\n"
					      "rules:\n  - {id: a, category: cat, pattern: '%s'}\n",
				row->pattern) > 0);
		struct ruleset *set = load_text(text, NULL, false, NULL);
		if (finds(set, row->text, "a") != row->hit)
			fail_msg("%s: %s on \"%s\"", row->why, row->pattern, row->text);
		ruleset_free(set);
		free(text);
	}
}

/* ---- tests that stand in rules ---- */

static void test_own_tests(void **state)
{
	(void)state;
	char *said = NULL;
	struct ruleset *set = load_text(RULES
		"  - {id: a, category: cat, pattern: alpha, status: experimental, tests: {hit: "
		"[alpha, beta], "
		"miss: [gamma, 'no alpha'], todo: [delta, an alpha]}}\n"
		"  - id: b\n    category: cat\n    pattern: word\n    tests:\n"
		"      hit: [{text: a word, start: 2, end: 6}, {text: a word, start: 0}]\n"
		"      miss: [{text: word, kind: repost}, x]\n",
		NULL, true, &said);
	char *told = NULL;
	size_t len = 0;
	size_t run = 0;
	size_t failed = 0;
	FILE *out = open_memstream(&told, &len);
	assert_non_null(set);
	assert_int_equal(ruleset_test(set, out, &run, &failed), 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(run, 8);
	assert_int_equal(failed, 3);
	assert_non_null(strstr(told, "a: not found in: beta"));
	assert_non_null(strstr(told, "a: found in: no alpha"));
	assert_non_null(strstr(told, "a: known not to work, works now: an alpha"));
	assert_non_null(strstr(told, "b: hit at bytes 2 to 6, "));
	assert_null(strstr(told, "delta"));
	free(told);
	free(said);
	ruleset_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_rest_runs),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_catalogue),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_expansion),
		cmocka_unit_test(test_own_tests),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
