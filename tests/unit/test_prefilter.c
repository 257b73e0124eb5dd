/* What expressions require, and that the prefilter never leaves out one that matches. */
#include "patterns/prefilter.h"
#include "patterns/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define ARENA_B      (256u * 1024 * 1024)

/* ---- what is read off an expression ---- */

/* Groups as text: literals of a group parted by blanks, groups by " & "; "<" where a word begins and ">"
 * where one ends; "^" in front when every match begins with the first group. */
static void show(const struct literals *literals, struct buf *out)
{
	int r = literals->starts ? buf_addc(out, '^') : 0;
	for (size_t g = 0; g < literals->count; g++) {
		r |= g ? buf_adds(out, " & ") : 0;
		for (size_t i = 0; i < literals->groups[g].count; i++) {
			const struct literal *literal = &literals->groups[g].items[i];
			r |= buf_addf(out, "%s%s%.*s%s", i ? " " : "",
				literal->word_start ? "<" : "", (int)literal->len, literal->text,
				literal->word_end ? ">" : "");
		}
	}
	assert_int_equal(r, 0);
}

struct literal_row {
	const char *why;
	const char *pattern;
	const char *want;
};

static const struct literal_row literal_rows[] = {
	{"a string", "hate", "^hate"},
	{"a word", "\\bhate\\b", "^<hate>"},
	{"folded", "HaTe", "^hate"},
	{"alternatives", "\\b(?:boss|manager)\\b", "^<boss> <manager>"},
	{"an alternative that begins with another", "boss|bossy", "^boss"},
	{"but not where a word ends", "\\b(?:boss|bossy)\\b", "^<boss> <bossy>"},
	{"optional end", "\\bfuck(?:ing|er)?\\b", "^<fuck> <fucker> <fucking>"},
	{"optional start", "\\b(?:un)?happy", "^<happy <unhappy"},
	{"white space is a blank", "my\\s+boss", "^my boss"},
	{"and so is a blank", "my boss", "^my boss"},
	{"optional white space", "new\\s*born", "^new born newborn"},
	{"a gap parts groups", "\\bhate\\b.{0,30}\\bboss\\b", "^<hate> & <boss>"},
	{"optional words in between", "my (?:\\w+ )?boss", "^my> & <boss"},
	{"a class of few", "h[a4]te", "^h4te hate"},
	{"a class of many", "h[a-z]te", "^h & te"},
	{"a negated class", "h[^a]te", "^h & te"},
	{"a repeated letter", "fu+ck", "^fu & ck"},
	{"an optional letter", "colou?r", "^color colour"},
	{"a repeated group", "(?:ha)+", "^ha"},
	{"a group that may be missing", "(?:ha)*", ""},
	{"one branch that says nothing", "boss|\\w+", ""},
	{"a branch that only requires", "boss|\\w+ly", "boss ly"},
	{"lookahead takes no text", "hate(?= you)", "^hate"},
	{"lookbehind takes no text", "(?<!not )hate", "^hate"},
	{"an atomic group", "(?>hate)", "^hate"},
	{"a named group", "(?<word>hate)", "^hate"},
	{"flags", "(?i)hate(?-i: YOU)", "^hate you"},
	{"a comment", "ha(?#x)te", "^hate"},
	{"extended within", "(?x) ha te", ""},
	{"a verb", "hate(*SKIP)", ""},
	{"a condition", "(?(1)a|b)hate", ""},
	{"quoted", "\\Qhate\\E", ""},
	{"properties", "\\p{Lu}hate", "hate"},
	{"back reference", "(ha)\\1te", "^ha & te"},
	{"escapes", "a\\.b\\x63\\x{64}", "^a.bcd"},
	{"two characters when folded",
		"stra\xc3\x9f"
		"e",
		"^stra & e"},
	{"an apostrophe of any kind", "don['\xe2\x80\x99]t", "^don't"},
	{"quantified once", "(?:hate){1}", "^hate"},
	{"not a quantifier", "a{,3}", "^a{,3}"},
	{"word boundary inside an alternative", "(?:\\bass|arse)\\b", "^arse> <ass>"},
	{"only a boundary", "\\b", ""},
	{"first what may be missing", "\\b(?:all )?(?:men|women)\\b",
		"^<all men> <all women> <men> <women>"},
	{"first what may be repeated", "\\b(?:all |most )*men\\b", "^<all> <men> <most> & <men>"},
};

static void test_literals(void **state)
{
	(void)state;
	size_t wrong = 0;
	for (size_t i = 0; i < COUNT(literal_rows); i++) {
		const struct literal_row *row = &literal_rows[i];
		struct arena *arena = arena_new(ARENA_B);
		struct literals literals;
		struct buf got = BUF_INIT(4096);
		assert_int_equal(literals_read(row->pattern, false, arena, &literals), 0);
		show(&literals, &got);
		if (strcmp(buf_str(&got), row->want) != 0) {
			print_error("%s: %s gives \"%s\", not \"%s\"\n", row->why, row->pattern,
				buf_str(&got), row->want);
			wrong++;
		}
		buf_release(&got);
		arena_free(arena);
	}
	assert_int_equal(wrong, 0);
}

/* ---- expressions and texts made up ---- */

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13; /* xorshift32 (Marsaglia) */
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static const char *pick(uint32_t *seed, const char *const *items, size_t count)
{
	return items[next_random(seed) % count];
}

static const char *const words[] = {"a", "as", "ass", "b", "ba", "bad", "boss", "c", "i", "k", "my",
	"s", "bab", "abba", "don't", "\xc3\xa9", "\xd1\x81\xd0\xbe\xd1\x80", "a b", "ab c", "_",
	"4", "-"};
static const char *const gaps[] = {"\\s+", "\\s*", " ", ".{0,5}", "\\W+", "\\w*", "[ab]", "[^a]",
	"[a-z]", "\\b", "\\B", "(?:\\w+ )?", "(?=a)", "(?!b)", "(?<!a)", "(?<=\\s)", "", "", "",
	"'?", "\\.", "[,;]?", "[ -]"};
static const char *const ends[] = {"", "", "", "", "?", "+", "*", "{1,2}", "{0,2}", "{2}", "+?"};

static void make_pattern(uint32_t *seed, struct buf *out, int depth)
{
	size_t parts = 1 + next_random(seed) % 3;
	int r = 0;
	for (size_t i = 0; i < parts; i++) {
		if (depth > 0 && next_random(seed) % 2) {
			size_t branches = 1 + next_random(seed) % 3;
			r |= buf_adds(out, next_random(seed) % 4 ? "(?:" : "(");
			for (size_t k = 0; k < branches; k++) {
				r |= k ? buf_addc(out, '|') : 0;
				make_pattern(seed, out, depth - 1);
			}
			r |= buf_addc(out, ')');
			r |= buf_adds(out, pick(seed, ends, COUNT(ends)));
		} else {
			r |= buf_adds(out, pick(seed, words, COUNT(words)));
		}
		r |= buf_adds(out, pick(seed, gaps, COUNT(gaps)));
	}
	assert_int_equal(r, 0);
}

static void make_text(uint32_t *seed, struct buf *out)
{
	static const char *const blanks[] = {" ", " ", " ", "", "  ", "\n", ". ", ", ", "-"};
	size_t count = next_random(seed) % 8;
	int r = 0;
	for (size_t i = 0; i < count; i++) {
		r |= buf_adds(out, pick(seed, words, COUNT(words)));
		r |= buf_adds(out, pick(seed, blanks, COUNT(blanks)));
	}
	static const char pad[8];
	size_t len = out->len;
	r |= buf_add(out, pad, sizeof pad); /* what sieve_pass() asks for */
	assert_int_equal(r, 0);
	out->len = len;
}

#define EXPRESSIONS 400
#define TEXTS       1500

struct world {
	struct arena *arena;
	char *patterns[EXPRESSIONS];
	struct regex *regexes[EXPRESSIONS];
	struct literals literals[EXPRESSIONS];
	struct prefilter *prefilter;
	struct matcher *matcher;
	struct sieve sieve;
};

static void make_world(struct world *world, uint32_t *seed)
{
	world->arena = arena_new(ARENA_B);
	for (size_t i = 0; i < EXPRESSIONS;) {
		struct buf pattern = BUF_INIT(65536);
		struct buf error = BUF_INIT(4096);
		size_t at;
		make_pattern(seed, &pattern, 3);
		if (regex_compile(buf_str(&pattern), 0, &world->regexes[i], &error, &at) == 0) {
			world->patterns[i] = arena_strdup(world->arena, buf_str(&pattern));
			assert_int_equal(literals_read(world->patterns[i], false, world->arena,
						 &world->literals[i]),
				0);
			i++;
		}
		buf_release(&pattern);
		buf_release(&error);
	}
	assert_int_equal(prefilter_new(world->literals, EXPRESSIONS, &world->prefilter), 0);
	assert_int_equal(matcher_new(&world->matcher), 0);
	assert_int_equal(sieve_init(&world->sieve, world->prefilter), 0);
}

static void drop_world(struct world *world)
{
	sieve_release(&world->sieve);
	matcher_free(world->matcher);
	prefilter_free(world->prefilter);
	for (size_t i = 0; i < EXPRESSIONS; i++)
		regex_free(world->regexes[i]);
	arena_free(world->arena);
}

/* The first match with the prefilter's help. */
static int find_sieved(struct world *world, uint32_t i, const struct buf *text, struct span *ret)
{
	if (!sieve_named(&world->sieve, i))
		return REGEX_E_NONE;
	const struct start *start = sieve_starts(&world->sieve, i);
	if (!start)
		return regex_find(world->regexes[i], world->matcher, text->data, text->len, 0, ret);
	int r = REGEX_E_NONE;
	for (; start && r == REGEX_E_NONE; start = sieve_next_start(&world->sieve, start))
		r = regex_match_at(
			world->regexes[i], world->matcher, text->data, text->len, start->at, ret);
	return r;
}

static void check_text(struct world *world, const struct buf *text, size_t *matched, size_t *spared)
{
	assert_int_equal(sieve_pass(&world->sieve, text->data, text->len), 0);
	for (uint32_t i = 0; i < EXPRESSIONS; i++) {
		struct span alone = {0, 0};
		struct span sieved = {0, 0};
		int a = regex_find(
			world->regexes[i], world->matcher, text->data, text->len, 0, &alone);
		int b = find_sieved(world, i, text, &sieved);
		if (a == REGEX_E_LIMIT)
			continue;
		*matched += a == 0;
		*spared += !sieve_named(&world->sieve, i);
		if (a != b || alone.start != sieved.start || alone.end != sieved.end) {
			struct buf shown = BUF_INIT(65536);
			show(&world->literals[i], &shown);
			fail_msg("/%s/ on \"%s\": PCRE2 %d [%zu,%zu), sieved %d [%zu,%zu); "
				 "requires %s",
				world->patterns[i], text->data, a, alone.start, alone.end, b,
				sieved.start, sieved.end, buf_str(&shown));
		}
	}
}

static void test_agrees(void **state)
{
	(void)state;
	uint32_t seed = 4711;
	size_t matched = 0;
	size_t spared = 0;
	struct world *world = calloc(1, sizeof *world);
	assert_non_null(world);
	make_world(world, &seed);
	for (size_t i = 0; i < TEXTS; i++) {
		struct buf text = BUF_INIT(65536);
		make_text(&seed, &text);
		check_text(world, &text, &matched, &spared);
		buf_release(&text);
	}
	drop_world(world);
	free(world);
	/* The test would be none if nothing matched, or nothing were spared. */
	assert_true(matched > 10000);
	assert_true(spared > 10000);
}

/* ---- many of everything ---- */

static void test_crowded(void **state)
{
	(void)state;
	struct arena *arena = arena_new(ARENA_B);
	struct literals literals;
	struct prefilter *prefilter;
	struct sieve sieve;
	const size_t len = 65536;
	char *text = calloc(1, len + 8);
	assert_non_null(text);
	for (size_t i = 0; i < len; i++)
		text[i] = i % 2 ? ' ' : 'a';
	assert_int_equal(literals_read("\\ba\\b \\bb\\b|\\ba", false, arena, &literals), 0);
	assert_int_equal(prefilter_new(&literals, 1, &prefilter), 0);
	assert_int_equal(sieve_init(&sieve, prefilter), 0);
	assert_int_equal(sieve_pass(&sieve, text, len), 0);
	assert_true(sieve_named(&sieve, 0));
	assert_null(sieve_starts(&sieve, 0)); /* more than it keeps: PCRE2 has to look for itself */
	text[1] = '\0';
	assert_int_equal(sieve_pass(&sieve, text, 1), 0);
	assert_non_null(sieve_starts(&sieve, 0));
	sieve_release(&sieve);
	prefilter_free(prefilter);
	arena_free(arena);
	free(text);
}

static void test_always(void **state)
{
	(void)state;
	static const struct literals none;
	struct prefilter *prefilter;
	struct sieve sieve;
	static const char text[16] = "x";
	assert_int_equal(prefilter_new(&none, 1, &prefilter), 0);
	assert_int_equal(prefilter_always(prefilter), 1);
	assert_int_equal(sieve_init(&sieve, prefilter), 0);
	assert_int_equal(sieve_pass(&sieve, text, 1), 0);
	assert_true(sieve_named(&sieve, 0));
	assert_int_equal(sieve.n_named, 1);
	sieve_release(&sieve);
	prefilter_free(prefilter);
	assert_null(prefilter_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_literals),
		cmocka_unit_test(test_agrees),
		cmocka_unit_test(test_crowded),
		cmocka_unit_test(test_always),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
