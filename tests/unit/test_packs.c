#include "patterns/score.h"

#include "config/industry.h"
#include "daemon/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Which of the shipped rules are held against a post: by its language, as told and as written, and by
 * the person's industry. */

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct row {
	const char *why;
	const char *lang; /* as told; NULL: not told */
	const char *text;
	const char *rule; /* a hit's id begins with it; "": there is no hit */
};

static struct ruleset *load(const char *industry)
{
	static const char *const folders[] = {"patterns/rules"};
	struct config *config;
	struct problems *problems = problems_new();
	struct ruleset *set = NULL;
	assert_int_equal(config_default(&config), 0);
	config->person.industry = industry;
	const struct ruleset_options options = {
		.config = config, .folders = {.items = folders, .count = 1}};
	assert_int_equal(ruleset_load(&options, problems, &set), 0);
	assert_int_equal(problems_count(problems), 0);
	problems_free(problems);
	config_free(config);
	return set;
}

static bool has_hit(const struct ruleset *set, const struct score *score, const char *rule)
{
	for (size_t i = 0; i < score->n_hits; i++) {
		const char *id = ruleset_card(set, score->hits[i].rule)->id;
		if (strncmp(id, rule, strlen(rule)) == 0)
			return true;
	}
	return false;
}

static void check_row(const struct ruleset *set, struct scorer *scorer, const struct row *row)
{
	const struct post post = {.id = "row",
		.kind = KIND_POST,
		.lang = row->lang,
		.text = row->text,
		.len = strlen(row->text)};
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct score score;
	assert_int_equal(score_post(scorer, &post, 0, arena, &score), 0);
	const char *got = score.n_hits ? ruleset_card(set, score.hits[0].rule)->id : "";
	bool same = *row->rule ? has_hit(set, &score, row->rule) : score.n_hits == 0;
	if (!same)
		fail_msg("%s: \"%s\" gave \"%s\", not \"%s\"", row->why, row->text, got, row->rule);
	arena_free(arena);
}

static void check_rows(const char *industry, const struct row *rows, size_t count)
{
	struct ruleset *set = load(industry);
	struct scorer *scorer;
	assert_int_equal(scorer_new(set, &scorer), 0);
	for (size_t i = 0; i < count; i++)
		check_row(set, scorer, &rows[i]);
	scorer_free(scorer);
	ruleset_free(set);
}

static void test_languages(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"an English word in English", "en", "damn this printer",
			"unprofessional.profanity.mild"},
		{"the same when nothing is told", NULL, "damn this printer",
			"unprofessional.profanity.mild"},
		{"harmless in German, as told", "de", "Gute Fart", ""},
		{"a region does not count", "de-AT", "Gute Fart, Herr Dick", ""},
		{"harmless in French, as told", "fr", "Pique-nique au bord du lac, les retards",
			""},
		{"harmless in Spanish, as told", "es", "Piso con balcón, negro mate, sin ascensor",
			""},
		{"harmless in Portuguese, as told", "pt", "Peça um cock, digo, um coque", ""},
		{"told to be English, written in German: both", "en",
			"Mein Chef ist so ein Idiot, ich kann ihn nicht mehr sehen",
			"unprofessional.badmouth.de"},
		{"told to be German, written in English: both", "de",
			"I can't believe that my boss is such a clueless idiot",
			"unprofessional.badmouth.boss"},
		{"German, not told", NULL, "Ich hasse alle Ausländer",
			"discrimination.derogation.de"},
		{"French, not told", NULL, "Je déteste les musulmans",
			"discrimination.derogation.fr"},
		{"Spanish, not told", NULL, "Odio a los musulmanes",
			"discrimination.derogation.es"},
		{"Portuguese, not told", NULL, "Odeio muçulmanos", "discrimination.derogation.pt"},
		{"a language without rules: all are held against it", "nl", "fuck mondays",
			"unprofessional.profanity.strong"},
		{"a tag that says nothing", "und", "damn this printer",
			"unprofessional.profanity.mild"},
		{"the negation of its own language", "de", "Ich hasse keine Ausländer", ""},
		{"\"no\" is \"in the\" in Portuguese, not a negation", "pt",
			"Ontem no trabalho fumei um baseado", "illegal.drugs.pt"},
		{"secrets have no language", "de",
			"Hier: AKIAIOSFODNN7EXAMPLQ und das ist mein Passwort für die Arbeit",
			"confidential.secret"},
	};
	check_rows(NULL, rows, COUNT(rows));
}

static void test_industries(void **state)
{
	(void)state;
	static const struct row everybody[] = {
		{"nobody's trade", NULL, "We used ketamine on the ward all night", "illegal.drugs"},
		{"nor this", NULL, "I killed the child and then the parent", "violence.assault"},
		{"nor this", NULL, "I was so hungover after the supplier tasting",
			"unprofessional.alcohol"},
	};
	static const struct row nurse[] = {
		{"a nurse's daily work", NULL, "We used ketamine on the ward all night", ""},
		{"a nurse's free time", NULL, "We used ketamine at the party all night",
			"illegal.drugs"},
	};
	static const struct row programmer[] = {
		{"a programmer's daily work", NULL,
			"I killed the child process and then the parent", ""},
	};
	static const struct row sommelier[] = {
		{"a sommelier's daily work", NULL, "I was so hungover after the supplier tasting",
			""},
	};
	check_rows(NULL, everybody, COUNT(everybody));
	check_rows("healthcare", nurse, COUNT(nurse));
	check_rows("software", programmer, COUNT(programmer));
	check_rows("hospitality", sommelier, COUNT(sommelier));
}

/* Each industry that the config takes changes something. */
static void test_every_industry(void **state)
{
	(void)state;
	struct ruleset *plain = load(NULL);
	for (size_t i = 0; i < n_industries; i++) {
		struct ruleset *set = load(industries[i]);
		size_t changed = 0;
		for (size_t k = 0; k < ruleset_count(set); k++)
			changed += ruleset_card(set, k)->severity !=
					   ruleset_card(plain, k)->severity ||
				   ruleset_card(set, k)->confidence !=
					   ruleset_card(plain, k)->confidence;
		assert_int_equal(ruleset_count(set), ruleset_count(plain));
		if (changed == 0)
			fail_msg("%s changes nothing", industries[i]);
		assert_memory_not_equal(
			ruleset_digest(set), ruleset_digest(plain), sizeof(struct digest));
		ruleset_free(set);
	}
	ruleset_free(plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_industries),
		cmocka_unit_test(test_every_industry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
