/* Rules about the organisations in the config, made from the shipped templates. */
#include "engine.h"

static const char *const globex_names[] = {"Globex Corporation"};
static const char *const globex_domains[] = {"globex.example"};
static const char *const globex_handles[] = {"@Globex"};
static const char *const apple_domains[] = {"apple.example"};

static const struct organisation employer = {.name = "Initech"};
static const char *const hooli_domains[] = {"hooli.example"};
static const char *const hooli_handles[] = {"hooli"};
static const struct organisation target = {
	.name = "Hooli", .domains = {hooli_domains, 1}, .handles = {hooli_handles, 1}};
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

/* ---- likes, follows, stars, memberships ---- */

struct tie_row {
	const char *why;
	enum post_kind kind;
	const char *others;
	const char *url;
	const char *rule; /* NULL: none */
};

static const struct tie_row ties[] = {
	{"its handle", KIND_FOLLOW, "@globex\n\nGlobex", NULL, "conflict.competitor.tie:globex"},
	{"in any case", KIND_LIKE, "@GLOBEX", NULL, "conflict.competitor.tie:globex"},
	{"on any network", KIND_FOLLOW, "@globex@social.example", NULL,
		"conflict.competitor.tie:globex"},
	{"its domain as handle", KIND_FOLLOW, "@jobs.globex.example\n\nJobs", NULL,
		"conflict.competitor.tie:globex"},
	{"its page", KIND_STAR, "A widget", "https://www.globex.example/widget",
		"conflict.competitor.tie:globex"},
	{"never by name", KIND_FOLLOW, "@bob\n\nGlobex", NULL, NULL},
	{"nor by what a stranger says of himself", KIND_FOLLOW, "@bob\n\n@globex", NULL, NULL},
	{"nor by an address in what was liked", KIND_LIKE, "@bob\n\nhttps://globex.example/ fell",
		"https://social.example/@bob/1", NULL},
	{"a longer handle", KIND_FOLLOW, "@globexfan", NULL, NULL},
	{"a host that begins so", KIND_FOLLOW, "@globex.example.evil.example", NULL, NULL},
	{"a host in a path", KIND_LIKE, "@bob", "https://bob.example/globex.example", NULL},
	{"a name that is a word has its domain alone", KIND_FOLLOW, "@apple\n\nApple", NULL, NULL},
	{"which counts", KIND_FOLLOW, "@press@apple.example", NULL,
		"conflict.competitor.tie:apple"},
	{"a membership is worse", KIND_MEMBERSHIP, "@globex\n\nGlobex", NULL,
		"conflict.competitor.member:globex"},
	{"ordinary rules are not held against it", KIND_LIKE, "@bob\n\nHooli is garbage", NULL,
		NULL},
	{"nor rules about links in posts", KIND_MEMBERSHIP, "@bob", "https://hooli.example/", NULL},
	{"whom one applies to", KIND_FOLLOW, "@hooli", NULL, "conflict.target.tie:hooli"},
	{"the employer is nobody's business", KIND_FOLLOW, "@initech", "https://initech.example/",
		NULL},
};

static void test_ties(void **state)
{
	(void)state;
	struct ruleset *set = load_shipped(&config);
	struct scorer *scorer;
	assert_int_equal(scorer_new(set, &scorer), 0);
	for (int everything = 0; everything <= 1; everything++) {
		scorer_everything(scorer, everything);
		for (size_t i = 0; i < COUNT(ties); i++) {
			const struct tie_row *row = &ties[i];
			struct arena *arena = arena_new(LIMIT_EXTRACT_B);
			const struct link link = {.url = row->url};
			const struct post post = {.id = "1",
				.kind = row->kind,
				.text = "",
				.others = row->others,
				.others_len = strlen(row->others),
				.links = &link,
				.n_links = row->url != NULL};
			struct score score;
			assert_int_equal(score_post(scorer, &post, 0, arena, &score), 0);
			const char *got =
				score.n_hits ? ruleset_card(set, score.hits[0].rule)->id : NULL;
			if (!got != !row->rule || (got && strcmp(got, row->rule) != 0))
				fail_msg("%s: \"%s\" gives %s", row->why, row->others,
					got ? got : "nothing");
			if (got && (score.hits[0].start != 0 || score.hits[0].end != 0))
				fail_msg("%s: a hit in a text that is none", row->why);
			arena_free(arena);
		}
	}
	scorer_free(scorer);
	ruleset_free(set);
}

/* Ties to a competitor for whom they have worked are expected; praise of it is not. */
static void test_former_employers(void **state)
{
	(void)state;
	static const char *const hosts[] = {"GLOBEX.example"};
	static const char *const names[] = {"globex corporation"};
	static const struct organisation former[] = {
		{.name = "Globex"},
		{.name = "Old Name", .domains = {hosts, 1}},
		{.name = "Old Name", .also_known_as = {names, 1}},
		{.name = "Globex Corporation"},
		{.name = "Globe"},
	};
	for (size_t i = 0; i < COUNT(former); i++) {
		struct config one = config;
		one.person.former_employers = (struct organisations){&former[i], 1};
		struct ruleset *set = load_shipped(&one);
		const bool expected = strcmp(former[i].name, "Globe") != 0;
		static const char *const ids[] = {"conflict.competitor.mention:globex",
			"conflict.competitor.link:globex", "conflict.competitor.tie:globex",
			"conflict.competitor.member:globex"};
		for (size_t k = 0; k < COUNT(ids); k++)
			assert_int_equal(ruleset_find(set, ids[k]) == NULL, expected);
		assert_non_null(ruleset_find(set, "conflict.competitor.praise:globex"));
		assert_non_null(ruleset_find(set, "conflict.competitor.tie:apple"));
		ruleset_free(set);
	}
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
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_former_employers),
		cmocka_unit_test(test_cards),
		cmocka_unit_test(test_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
