/* Rules of kind phrases: what a word is, what adds up, what explains it. */
#include "engine.h"
#include "patterns/phrases.h"

#include <math.h>

/* ---- words ---- */

struct word_row {
	const char *why;
	const char *text;
	const char *want; /* words by blanks, "|" before those that are parted */
};

static const struct word_row word_rows[] = {
	{"nothing", "", ""},
	{"words", "you are here", "|you are here"},
	{"figures and apostrophes are of them", "don't 4get", "|don't 4get"},
	{"quotation marks are not", "'so' it 'is'", "|so it is"},
	{"apostrophes alone are none", "a ' '' b", "|a b"},
	{"commas and hyphens join", "a, b - c", "|a b c"},
	{"a sentence ends", "a. b! c? d; e: f", "|a |b |c |d |e |f"},
	{"a line ends", "a\nb", "|a |b"},
	{"an address parts", "a ________ b @___ c", "|a |b |c"},
	{"letters with accents", "caf\xc3\xa9 ol\xc3\xa9", "|caf\xc3\xa9 ol\xc3\xa9"},
	{"an emoji is a word", "ha\xf0\x9f\x98\x82\xf0\x9f\x98\x82yes",
		"|ha \xf0\x9f\x98\x82 \xf0\x9f\x98\x82 yes"},
	{"so is a Chinese character", "\xe4\xbd\xa0\xe5\xa5\xbd", "|\xe4\xbd\xa0 \xe5\xa5\xbd"},
};

static void test_words(void **state)
{
	(void)state;
	struct words words = {.items = NULL};
	for (size_t i = 0; i < COUNT(word_rows); i++) {
		const struct word_row *row = &word_rows[i];
		struct buf got = BUF_INIT(1000);
		assert_int_equal(words_read(&words, row->text, strlen(row->text)), 0);
		for (size_t k = 0; k < words.count; k++) {
			const struct word *word = &words.items[k];
			assert_int_equal(
				buf_addf(&got, "%s%s%.*s", k ? " " : "", word->parted ? "|" : "",
					(int)(word->end - word->start), row->text + word->start),
				0);
		}
		if (strcmp(buf_str(&got), row->want) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", row->why, buf_str(&got), row->want);
		buf_release(&got);
	}
	words_release(&words);
}

static void test_reach(void **state)
{
	(void)state;
	static const char text[] = "a b c d. e f";
	static const size_t want[] = {3, 3, 2, 1, 2, 1};
	struct words words = {.items = NULL};
	assert_int_equal(words_read(&words, text, strlen(text)), 0);
	assert_int_equal(words.count, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++)
		assert_int_equal(words_reach(&words, i), want[i]);
	assert_true(words_are(&words, 1, 3, text, "b c d"));
	assert_false(words_are(&words, 1, 3, text, "b c"));
	assert_false(words_are(&words, 1, 2, text, "b c d"));
	assert_int_equal(words_span(&words, 1, 2).start, 2);
	assert_int_equal(words_span(&words, 1, 2).end, 5);
	words_release(&words);
}

/* ---- sums ---- */

static const char rules[] = RULES
	"  - {id: _ctx.quoted, kind: context, reach: cover, pattern: '\"[^\"]{2,80}\"'}\n"
	"  - {id: a, category: cat, kind: phrases, bias: -2, threshold: 0.6, unless: "
	"[_ctx.quoted],\n"
	"     items: {idiot: 3, you are: 1, so: 0.25, utter: 0.5, thank you: -4, \xf0\x9f\x92\xa9: "
	"3}}\n"
	"  - {id: b, category: cat, severity: low, kind: phrases, views: plain, scope: [bio],\n"
	"     items: {idiot: 5, plain: 1}}\n"
	"  - {id: c, category: top, kind: phrases, confidence: 0.5, views: plain, bias: -9,\n"
	"     items: {hater: 10}}\n";

/* So many words that weigh nothing. */
#define W4  " w w w w"
#define W12 W4 W4 W4
#define W24 W12 W12
#define W48 W24 W24

struct sum_row {
	const char *why;
	const char *text;
	enum post_kind kind;
	const char *rule; /* the only one found; NULL: none */
	double sum;
	const char *match;
};

static const struct sum_row sum_rows[] = {
	{"a phrase", "an idiot", KIND_POST, "a", 1, "idiot"},
	{"they add up", "you are an idiot", KIND_POST, "a", 2, "idiot"},
	{"each counts once", "idiot idiot IDIOT", KIND_POST, "a", 1, "idiot"},
	{"where it first stands", "Idiot idiot", KIND_POST, "a", 1, "Idiot"},
	{"under the threshold", "you are so utter", KIND_POST, NULL, 0, NULL},
	{"some speak against it", "thank you, you are an idiot", KIND_POST, NULL, 0, NULL},
	{"only side by side", "thank God, you idiot", KIND_POST, "a", 1, "idiot"},
	{"not over the end of a sentence", "Thank. You idiot", KIND_POST, "a", 1, "idiot"},
	{"part of a word is none", "idiotic", KIND_POST, NULL, 0, NULL},
	{"in fifty words, in full", "idiot" W48 " w", KIND_POST, "a", 1, "idiot"},
	{"in a hundred, by half", "you are an utter idiot" W48 W48 " thank", KIND_POST, NULL, 0,
		NULL},
	{"if they are many", "so you are an utter utter idiot \xf0\x9f\x92\xa9" W48 W24 W12 W4 W4,
		KIND_POST, "a", -2 + 7.75 / 2, "idiot"},
	{"an emoji", "you are \xf0\x9f\x92\xa9", KIND_POST, "a", 2, "\xf0\x9f\x92\xa9"},
	{"disguised", "you are an 1d10t", KIND_POST, "a", 2, "1d10t"},
	{"disguised and plain are one", "1d10t idiot", KIND_POST, "a", 1, "1d10t"},
	{"a guard cancels", "they said \"you are an idiot\"", KIND_POST, NULL, 0, NULL},
	{"a rule of the plain view", "h4ter", KIND_POST, NULL, 0, NULL},
	{"and what it finds", "hater", KIND_POST, "c", 1, "hater"},
	{"no phrase, no finding, whatever the bias", "fine", KIND_BIO, NULL, 0, NULL},
	{"in its scope", "plain", KIND_BIO, "b", 1, "plain"},
	{"out of it", "plain", KIND_POST, NULL, 0, NULL},
};

static double want_confidence(const struct sum_row *row)
{
	return (strcmp(row->rule, "c") == 0 ? 0.5 : 1) / (1 + exp(-row->sum));
}

static bool as_wanted(
	const struct ruleset *set, const struct sum_row *row, const struct score *score)
{
	if (!row->rule || score->n_hits != 1)
		return !row->rule && score->n_hits == 0;
	const struct hit *hit = &score->hits[0];
	return strcmp(ruleset_card(set, hit->rule)->id, row->rule) == 0 &&
	       fabs(hit->confidence - want_confidence(row)) < 1e-9 &&
	       hit->end - hit->start == strlen(row->match) &&
	       memcmp(row->text + hit->start, row->match, strlen(row->match)) == 0;
}

static void test_sums(void **state)
{
	(void)state;
	struct ruleset *set = load_text(rules, NULL, false, NULL);
	struct scorer *scorer;
	assert_int_equal(scorer_new(set, &scorer), 0);
	/* Twice over, with one scorer: nothing of a post may stay. */
	for (size_t i = 0; i < 2 * COUNT(sum_rows); i++) {
		const struct sum_row *row = &sum_rows[i % COUNT(sum_rows)];
		struct arena *arena = arena_new(LIMIT_EXTRACT_B);
		struct post post = post_of(row->text);
		struct score score;
		post.kind = row->kind;
		assert_int_equal(score_post(scorer, &post, 0, arena, &score), 0);
		if (!as_wanted(set, row, &score))
			fail_msg("%s: %zu hits, first %s", row->why, score.n_hits,
				score.n_hits ? score.hits[0].reasons : "none");
		arena_free(arena);
	}
	scorer_free(scorer);
	ruleset_free(set);
}

static void test_reasons(void **state)
{
	(void)state;
	struct ruleset *set = load_text(rules, NULL, false, NULL);
	struct scorer *scorer;
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct post post = post_of("so you are an utter idiot, thank all");
	struct score score;
	assert_int_equal(scorer_new(set, &scorer), 0);
	assert_int_equal(score_post(scorer, &post, 0, arena, &score), 0);
	assert_int_equal(score.n_hits, 1);
	assert_string_equal(score.hits[0].reasons,
		"medium 30 × confidence 1.00 × phrases 0.94 (\"idiot\" +3.00, \"you are\" +1.00, "
		"\"utter\" +0.50)");
	arena_free(arena);
	scorer_free(scorer);
	ruleset_free(set);
}

/* ---- what is told of bad ones ---- */

struct bad_row {
	const char *why;
	const char *rule;
	const char *want;
};

static const struct bad_row bad_rows[] = {
	{"no items", "bias: 1", ":6:5: rule a: a rule of kind phrases has items"},
	{"items that are a list", "items: [x]", ":6:50: rule a: a rule of kind phrases has items"},
	{"a pattern too", "items: {x: 1}, pattern: x", "kind phrases has items, not a pattern"},
	{"a capital letter", "items: {You: 1}", ":6:51: rule a: \"You\" is no phrase"},
	{"four words", "items: {a b c d: 1}", "is no phrase"},
	{"two blanks", "items: {\"a  b\": 1}", "is no phrase"},
	{"a blank at the end", "items: {\"a \": 1}", "is no phrase"},
	{"over a full stop", "items: {\"a. b\": 1}", "is no phrase"},
	{"nothing", "items: {\"\": 1}", "is no phrase"},
	{"what is read otherwise", "items: {\xef\xac\x81x: 1}", "is no phrase"},
	{"a weight that is none", "items: {x: heavy}", ":6:54: rule a: a weight is a number"},
	{"no number", "items: {x: nan}", "a weight is a number"},
	{"twice", "items: {x: 1, x: 2}", ":6:57: \"x\" is given twice"},
	{"a bias out of range", "items: {x: 1}, bias: 1000", "bias"},
	{"a threshold out of range", "items: {x: 1}, threshold: 2", "threshold"},
};

static void test_told(void **state)
{
	(void)state;
	size_t wrong = 0;
	for (size_t i = 0; i < COUNT(bad_rows); i++) {
		const struct bad_row *row = &bad_rows[i];
		char text[600];
		char *said = NULL;
		(void)snprintf(text, sizeof text,
			RULES "  - {id: a, category: cat, kind: phrases, %s}\n"
			      "  - {id: z, category: cat, kind: phrases, items: {good: 1}}\n",
			row->rule);
		struct ruleset *set = load_text(text, NULL, false, &said);
		struct post post = post_of("x, and good");
		struct scorer *scorer;
		struct arena *arena = arena_new(LIMIT_EXTRACT_B);
		struct score score;
		assert_int_equal(scorer_new(set, &scorer), 0);
		assert_int_equal(score_post(scorer, &post, 0, arena, &score), 0);
		if (!strstr(said, row->want)) {
			print_error("%s: not told: %s\n  but: %s\n", row->why, row->want, said);
			wrong++;
		}
		if (score.n_hits != 1 ||
			strcmp(ruleset_card(set, score.hits[0].rule)->id, "z") != 0) {
			print_error("%s: the rest does not run\n", row->why);
			wrong++;
		}
		free(said);
		arena_free(arena);
		scorer_free(scorer);
		ruleset_free(set);
	}
	assert_int_equal(wrong, 0);
}

static void test_items_elsewhere(void **state)
{
	(void)state;
	char *said = NULL;
	struct ruleset *set = load_text(RULES
		"  - {id: a, category: cat, pattern: x, items: {x: 1}}\n"
		"  - {id: b, category: cat}\n  - {id: c, category: cat, pattern: c}\n",
		NULL, false, &said);
	assert_non_null(strstr(said, "only kind phrases has items"));
	assert_non_null(strstr(said, ":7:5: rule b: \"pattern\" is missing here"));
	free(said);
	ruleset_free(set);
}

/* Thousands of phrases, those of two rules among them: the table finds each, and no other. */
static void test_many(void **state)
{
	(void)state;
	enum { N = 5000 };
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct phrase *items = arena_array(arena, 2 * N, sizeof *items);
	const struct phrase_list lists[] = {{.rule = 0}, {.rule = 1, .bias = 1}};
	const struct phrases *phrases;
	struct adder adder;
	assert_non_null(items);
	for (uint32_t i = 0; i < 2 * N; i++) {
		char text[32];
		(void)snprintf(text, sizeof text, i % 2 ? "w%u" : "w%u v%u", i / 2 * 3, i / 2);
		items[i] = (struct phrase){arena_strdup(arena, text), i, i % 4 < 2};
	}
	assert_int_equal(phrases_new(items, 2 * N, lists, 2, arena, &phrases), 0);
	assert_int_equal(adder_init(&adder, phrases), 0);
	for (uint32_t i = 0; i < 3 * N; i++) {
		char text[32 + VIEW_PAD] = "";
		struct view view = {.text = text};
		view.len = (size_t)snprintf(text, 32, "w%u v%u", i, i / 3);
		adder_begin(&adder);
		assert_int_equal(adder_add(&adder, &view), 0);
		assert_int_equal(adder.n_sums, i % 3 == 0 ? 1 : 0);
		if (i % 3 == 0)
			assert_float_equal(adder.sums[0].sum, 2 * (i / 3) + 2 * (i / 3) + 1, 1e-9);
	}
	adder_release(&adder);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_reach),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_items_elsewhere),
		cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests_name("phrases", tests, NULL, NULL);
}
