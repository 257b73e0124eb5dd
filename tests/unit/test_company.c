/* Rules about the organisations in the config, made from the shipped templates. */
#include "engine.h"

static const char *const globex_names[] = {"Globex Corporation"};
static const char *const globex_domains[] = {"globex.example"};
static const char *const globex_handles[] = {"@Globex"};
static const char *const apple_domains[] = {"apple.example"};

static const struct organisation employer = {.name = "Initech"};
static const struct organisation target = {.name = "Hooli"};
static const struct organisation competitors[] = {
	{.name = "Globex",
		.also_known_as = {globex_names, 1},
		.domains = {globex_domains, 1},
		.handles = {globex_handles, 1}},
	{.name = "Apple", .domains = {apple_domains, 1}},
	{.name = "AT&T (Ohio)"},
};
static const struct config config = {.person = {.employer = &employer,
					     .target = &target,
					     .competitors = {competitors, COUNT(competitors)}}};

static struct ruleset *load_shipped(const struct config *person)
{
	static const char *const file = "patterns/rules/60-company.yaml";
	const struct ruleset_options options = {.config = person, .files = {&file, 1}};
	struct problems *problems = problems_new();
	struct ruleset *set = NULL;
	assert_non_null(problems);
	assert_int_equal(ruleset_load(&options, problems, &set), 0);
	if (problems_count(problems) > 0) {
		problems_print(problems, stderr);
		fail_msg("problems");
	}
	problems_free(problems);
	return set;
}

struct company_row {
	const char *why;
	const char *text;
	const char *rule; /* the worst; NULL: none */
};

static const struct company_row rows[] = {
	{"a name", "Globex moved", "conflict.competitor.mention:globex"},
	{"in any case", "GLOBEX moved", "conflict.competitor.mention:globex"},
	{"its other name", "the globex  corporation moved", "conflict.competitor.mention:globex"},
	{"not inside a word", "unglobexed", NULL},
	{"its handle", "hi @globex", "conflict.competitor.mention:globex"},
	{"not a longer handle", "hi @globexfan", NULL},
	{"its site", "see https://www.globex.example/x", "conflict.competitor.link:globex"},
	{"not a site that ends so", "see https://myglobex.example/x", NULL},
	{"a name that is a word, as the word", "an apple a day, apple pie", NULL},
	{"with a capital alone", "Apple pie is fine", NULL},
	{"as a company", "The Apple CEO spoke", "conflict.competitor.mention:apple"},
	{"as an employer", "Interviewing at Apple today", "conflict.recruiting.interview:apple"},
	{"its site always", "see apple.example/jobs", "conflict.competitor.link:apple"},
	{"a name with signs", "AT&T (Ohio) moved", "conflict.competitor.mention:at-t-ohio"},
	{"the target run down", "hooli is garbage", "conflict.disparagement.target:hooli"},
	{"the employer run down", "Initech is a joke", "conflict.disparagement.employer:initech"},
	{"nobody run down", "the weather is garbage", NULL},
	{"disguised, not looked at", "gl0bex moved", NULL},
};

static void test_rows(void **state)
{
	(void)state;
	struct ruleset *set = load_shipped(&config);
	struct scorer *scorer;
	assert_int_equal(scorer_new(set, &scorer), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(LIMIT_EXTRACT_B);
		struct post post = post_of(rows[i].text);
		struct score score;
		assert_int_equal(score_post(scorer, &post, 0, arena, &score), 0);
		const char *got = score.n_hits ? ruleset_card(set, score.hits[0].rule)->id : NULL;
		bool same =
			got && rows[i].rule ? strcmp(got, rows[i].rule) == 0 : got == rows[i].rule;
		if (!same)
			fail_msg("%s: \"%s\" gives %s", rows[i].why, rows[i].text,
				got ? got : "nothing");
		arena_free(arena);
	}
	scorer_free(scorer);
	ruleset_free(set);
}

static void test_cards(void **state)
{
	(void)state;
	struct ruleset *set = load_shipped(&config);
	const struct rule_card *card = ruleset_find(set, "conflict.competitor.praise:globex");
	assert_non_null(card);
	assert_string_equal(card->title, "Praises Globex, a competitor");
	assert_int_equal(card->class, CLASS_CONFLICT);
	assert_null(ruleset_find(set, "conflict.competitor.praise:initech"));
	ruleset_free(set);
}

/* Without organisations there is nothing to look for, and no rule. */
static void test_nobody(void **state)
{
	(void)state;
	static const char *const file = "patterns/rules/60-company.yaml";
	const struct ruleset_options options = {.config = &no_config, .files = {&file, 1}};
	struct problems *problems = problems_new();
	struct ruleset *set = NULL;
	assert_int_equal(ruleset_load(&options, problems, &set), RULESET_E_BAD);
	assert_int_equal(problems_count(problems) + problems_notes(problems), 1);
	problems_free(problems);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cards),
		cmocka_unit_test(test_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
