/* Views of a text: what rules see, and the way back to what was written. */
#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "patterns/mask.h"
#include "patterns/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ZWSP         "\xe2\x80\x8b"
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *const masked_words[] = {
	"fuck", "fucking", "shit", "bitch", "ass", "asshole", "fuckers"};
static const char *const visible_handles[] = {"globex", "initech"};
static const struct views_options options = {
	.handles = {visible_handles, COUNT(visible_handles)},
	.masked = {masked_words, COUNT(masked_words)},
};

static struct views *new_views(void)
{
	struct views *views;
	assert_int_equal(views_new(&options, &views), 0);
	return views;
}

/* ---- what comes out ---- */

struct view_row {
	const char *why;
	const char *text;
	enum view_name view;
	const char *want; /* NULL: there is no such view */
};

static const struct view_row view_rows[] = {
	{"ASCII is folded", "Hello WORLD", VIEW_PLAIN, "hello world"},
	{"the cased view keeps case", "Hello WORLD", VIEW_CASED, "Hello WORLD"},
	{"full case folding",
		"Stra\xc3\x9f"
		"e",
		VIEW_PLAIN, "strasse"},
	{"but not in the cased view",
		"Stra\xc3\x9f"
		"e",
		VIEW_CASED,
		"Stra\xc3\x9f"
		"e"},
	{"curly apostrophe", "don\xe2\x80\x99t", VIEW_PLAIN, "don't"},
	{"backtick for an apostrophe", "don`t", VIEW_PLAIN, "don't"},
	{"curly and low quotes",
		"\xe2\x80\x9e"
		"a\xe2\x80\x9c \xc2\xab"
		"b\xc2\xbb",
		VIEW_PLAIN, "\"a\" \"b\""},
	{"dashes",
		"a\xe2\x80\x94"
		"b\xe2\x80\x93"
		"c\xe2\x88\x92"
		"d",
		VIEW_PLAIN, "a-b-c-d"},
	{"no-break space",
		"a\xc2\xa0"
		"b",
		VIEW_PLAIN, "a b"},
	{"ogham space, which NFKC leaves",
		"a\xe1\x9a\x80"
		"b",
		VIEW_PLAIN, "a b"},
	{"line separator",
		"a\xe2\x80\xa8"
		"b",
		VIEW_PLAIN, "a\nb"},
	{"zero-width space", "f" ZWSP "u" ZWSP "c" ZWSP "k", VIEW_PLAIN, "fuck"},
	{"soft hyphen",
		"sh\xc2\xad"
		"it",
		VIEW_PLAIN, "shit"},
	{"variation selector", "a\xef\xb8\x8f", VIEW_PLAIN, "a"},
	{"full-width letters", "\xef\xbd\x86\xef\xbd\x95\xef\xbd\x83\xef\xbd\x8b", VIEW_PLAIN,
		"fuck"},
	{"mathematical letters", "\xf0\x9d\x93\xaf\xf0\x9d\x93\xbe\xf0\x9d\x93\xac\xf0\x9d\x93\xb4",
		VIEW_PLAIN, "fuck"},
	{"negative squared letters", "\xf0\x9f\x85\xb5\xf0\x9f\x86\x84", VIEW_PLAIN, "fu"},
	{"small capitals", "\xea\x9c\xb0\xe1\xb4\x9c\xe1\xb4\x84\xe1\xb4\x8b", VIEW_PLAIN, "fuck"},
	{"composed", "cafe\xcc\x81", VIEW_PLAIN, "caf\xc3\xa9"},
	{"strokes through letters", "s\xcc\xb7h\xcc\xb7i\xcc\xb7t\xcc\xb7", VIEW_PLAIN, "shit"},
	{"a trade mark is no letters", "Widget\xe2\x84\xa2", VIEW_PLAIN, "widget"},
	{"Cyrillic in a Latin word", "fu\xd1\x81k", VIEW_PLAIN, "fuck"},
	{"Cyrillic capitals in a Latin word",
		"F\xd0\xa3"
		"CK",
		VIEW_PLAIN, "fyck"},
	{"a Cyrillic word stays", "\xd1\x81\xd0\xbe\xd1\x80", VIEW_PLAIN,
		"\xd1\x81\xd0\xbe\xd1\x80"},
	{"and is looked at as Latin undisguised", "\xd1\x81\xd0\xbe\xd1\x80", VIEW_UNDISGUISED,
		"cop"},
	{"micro sign is no disguise", "10 \xce\xbcs", VIEW_PLAIN, "10 \xce\xbcs"},
	{"web address", "see https://a.example/x?y. ok", VIEW_PLAIN,
		"see _____________________. ok"},
	{"bare domain", "at globex.com now", VIEW_PLAIN, "at __________ now"},
	{"no blank behind a full stop is no domain", "done.Next", VIEW_PLAIN, "done.next"},
	{"mail address", "to a.b@c.example ok", VIEW_PLAIN, "to _____________ ok"},
	{"handle", "hi @ada ok", VIEW_PLAIN, "hi @___ ok"},
	{"handle with a host", "hi @ada@x.example ok", VIEW_PLAIN, "hi @_____________ ok"},
	{"known handle", "hi @Globex ok", VIEW_PLAIN, "hi @globex ok"},
	{"a lone @ is none", "a @ b", VIEW_PLAIN, "a @ b"},

	{"nothing disguised", "an ordinary post, really", VIEW_UNDISGUISED, NULL},
	{"figures alone", "in 2024 we met 100 people", VIEW_UNDISGUISED, NULL},
	{"a figure in a word", "i h4te you", VIEW_UNDISGUISED, "i hate you"},
	{"symbols in a word", "k!ll a$$", VIEW_UNDISGUISED, "kill ass"},
	{"a 1 is an i", "sh1t", VIEW_UNDISGUISED, "shit"},
	{"or an l", "he1l", VIEW_UNDISGUISED_2, "hell"},
	{"punctuation behind a word stays", "h4te!", VIEW_UNDISGUISED, "hate!"},
	{"a number behind a word stays", "a55 phone h4te", VIEW_UNDISGUISED, "a55 phone hate"},
	{"one star", "f*ck", VIEW_UNDISGUISED, "fuck"},
	{"all stars", "f*** off", VIEW_UNDISGUISED, "fuck off"},
	{"stars in the middle", "f**king", VIEW_UNDISGUISED, "fucking"},
	{"fewer stars than letters", "f*k", VIEW_UNDISGUISED, "fuck"},
	{"a dash for a letter", "sh-t", VIEW_UNDISGUISED, "shit"},
	{"emphasis is no mask", "*as* it was", VIEW_UNDISGUISED, NULL},
	{"a footnote is no mask", "as* we said", VIEW_UNDISGUISED, NULL},
	{"stars in an unknown word", "x*yz", VIEW_UNDISGUISED, NULL},
	{"set apart by blanks", "f u c k this", VIEW_UNDISGUISED, "fuck this"},
	{"set apart by dots", "f.u.c.k. this", VIEW_UNDISGUISED, "fuck. this"},
	{"set apart behind I", "i f u c k", VIEW_UNDISGUISED_2, "i fuck"},
	{"never across words", "as she hit it", VIEW_UNDISGUISED, NULL},
	{"two letters apart are none", "at 5 p.m. sharp", VIEW_UNDISGUISED, NULL},
	{"the last letter begins a word", "a b c dog", VIEW_UNDISGUISED, "abc dog"},
	{"an emoji as a word", "they are \xf0\x9f\x90\x80", VIEW_UNDISGUISED, "they are rats"},
	{"an emoji against words", "you\xf0\x9f\xa4\xa1now", VIEW_UNDISGUISED, "you clown now"},
	{"a person with a skin tone", "no \xf0\x9f\x91\xa9\xf0\x9f\x8f\xbf here", VIEW_UNDISGUISED,
		"no black women here"},
	{"another skin tone", "\xf0\x9f\x91\xa8\xf0\x9f\x8f\xbb", VIEW_UNDISGUISED, "men"},
	{"a flag with a rainbow", "no \xf0\x9f\x8f\xb3\xef\xb8\x8f\xe2\x80\x8d\xf0\x9f\x8c\x88",
		VIEW_UNDISGUISED, "no gays"},
	{"a face is no word", "so \xf0\x9f\x98\x80", VIEW_UNDISGUISED, NULL},
	{"a flag alone is none", "\xf0\x9f\x8f\xb3", VIEW_UNDISGUISED, NULL},
	{"stretched", "fuuuuck", VIEW_UNDISGUISED, "fuck"},
	{"stretched, double kept", "asssss", VIEW_UNDISGUISED_2, "ass"},
	{"accents",
		"f\xc3\xbc"
		"ck",
		VIEW_UNDISGUISED, "fuck"},
	{"strokes", "f\xc3\xb8\xc3\xb8", VIEW_UNDISGUISED, "foo"},
};

static void test_views(void **state)
{
	(void)state;
	struct views *views = new_views();
	for (size_t i = 0; i < COUNT(view_rows); i++) {
		const struct view_row *row = &view_rows[i];
		const struct view *view;
		assert_int_equal(views_take(views, row->text, strlen(row->text), true), 0);
		assert_int_equal(views_get(views, row->view, &view), 0);
		const char *got = view ? view->text : NULL;
		bool same = got && row->want ? strcmp(got, row->want) == 0 : got == row->want;
		if (!same)
			fail_msg("%s: \"%s\" gives \"%s\", not \"%s\"", row->why, row->text,
				got ? got : "(none)", row->want ? row->want : "(none)");
	}
	views_free(views);
}

/* ---- the way back ---- */

struct origin_row {
	const char *why;
	const char *text;
	enum view_name view;
	const char *find; /* in the view */
	const char *want; /* in the text */
};

static const struct origin_row origin_rows[] = {
	{"as it stands", "say Hate now", VIEW_PLAIN, "hate", "Hate"},
	{"behind wider characters", "\xe2\x80\x9cHate\xe2\x80\x9d", VIEW_PLAIN, "hate", "Hate"},
	{"with what is invisible inside", "x f" ZWSP "u" ZWSP "ck y", VIEW_PLAIN, "fuck",
		"f" ZWSP "u" ZWSP "ck"},
	{"an accent belongs to its letter",
		"caf"
		"e\xcc\x81 x",
		VIEW_PLAIN, "caf\xc3\xa9", "cafe\xcc\x81"},
	{"part of a folded letter is all of it",
		"Stra\xc3\x9f"
		"e",
		VIEW_PLAIN, "stras", "Stra\xc3\x9f"},
	{"mixed scripts", "a fu\xd1\x81k b", VIEW_PLAIN, "fuck", "fu\xd1\x81k"},
	{"figures", "i H4TE you", VIEW_UNDISGUISED, "hate", "H4TE"},
	{"set apart", "so F U C K it", VIEW_UNDISGUISED, "fuck", "F U C K"},
	{"stretched", "so fuuuuck it", VIEW_UNDISGUISED, "fuck", "fuuuuck"},
	{"masked", "so f*** it", VIEW_UNDISGUISED, "fuck", "f***"},
	{"masked with too few stars", "so f*k it", VIEW_UNDISGUISED, "fuck", "f*k"},
	{"stretched and wide",
		"so f\xc3\xbc\xc3\xbc\xc3\xbc"
		"ck it",
		VIEW_UNDISGUISED, "fuck",
		"f\xc3\xbc\xc3\xbc\xc3\xbc"
		"ck"},
	{"an emoji", "so \xf0\x9f\x90\x80 it", VIEW_UNDISGUISED, "rats", "\xf0\x9f\x90\x80"},
	{"behind something spelt out", "f u c k you all", VIEW_UNDISGUISED, "you", "you"},
};

static void test_origins(void **state)
{
	(void)state;
	struct views *views = new_views();
	for (size_t i = 0; i < COUNT(origin_rows); i++) {
		const struct origin_row *row = &origin_rows[i];
		const struct view *view;
		assert_int_equal(views_take(views, row->text, strlen(row->text), true), 0);
		assert_int_equal(views_get(views, row->view, &view), 0);
		const char *at = view ? strstr(view->text, row->find) : NULL;
		if (!at)
			fail_msg("%s: no \"%s\" in the view", row->why, row->find);
		struct span in_view = {
			(size_t)(at - view->text), (size_t)(at - view->text) + strlen(row->find)};
		struct span got = view_origin(view, in_view);
		if (got.end - got.start != strlen(row->want) ||
			memcmp(row->text + got.start, row->want, strlen(row->want)) != 0)
			fail_msg("%s: \"%.*s\", not \"%s\"", row->why, (int)(got.end - got.start),
				row->text + got.start, row->want);
	}
	views_free(views);
}

static void test_changed(void **state)
{
	(void)state;
	static const char text[] = "kill time, h4te you";
	const struct view *view;
	struct views *views = new_views();
	assert_int_equal(views_take(views, text, strlen(text), true), 0);
	assert_int_equal(views_get(views, VIEW_UNDISGUISED, &view), 0);
	assert_false(view_changed(view, (struct span){0, 9}));
	assert_true(view_changed(view, (struct span){11, 15}));
	assert_true(view_changed(view, (struct span){9, 12}));
	assert_false(view_changed(view, (struct span){15, 19}));
	views_free(views);
}

/* ---- any text ---- */

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13; /* xorshift32 (Marsaglia) */
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Characters that views do something about, among others. */
static size_t random_text(uint32_t *seed, char *out, size_t room)
{
	static const uint32_t some[] = {'a', 'f', 'u', 'c', 'k', 's', 'i', ' ', ' ', '*', '.', '-',
		'@', '4', '1', '$', '!', '/', ':', 'A', 0xdf, 0xfc, 0x130, 0x149, 0x301, 0x335,
		0x391, 0x3a3, 0x441, 0x430, 0x200b, 0x2019, 0x1f170, 0xfdfa, 0xff46, 0x1100, 0x1161,
		0x11a8, 0x915, 0x94d, 0x10ffff, 0x0a, 0x344, 0xfb03, 0x1e9e, 0xe0001};
	size_t len = 0;
	size_t count = next_random(seed) % 60;
	for (size_t i = 0; i < count && len + 4 <= room; i++) {
		uint32_t c = some[next_random(seed) % COUNT(some)];
		if (next_random(seed) % 8 == 0)
			c = next_random(seed) % 0x11000;
		len += text_encode(c ? c : 'x', out + len);
	}
	return len;
}

static bool between_characters(const char *text, size_t len, size_t at)
{
	return at == len || ((unsigned char)text[at] & 0xc0) != 0x80;
}

static void check_view(const char *text, size_t len, const struct view *view)
{
	assert_true(text_valid(view->text, view->len));
	assert_true(view->len <= 8 * len);
	for (size_t i = 0; i < VIEW_PAD; i++)
		assert_int_equal(view->text[view->len + i], 0);
	size_t last = 0;
	for (size_t i = 0; i < view->len; i++) {
		struct span origin = view_origin(view, (struct span){i, i + 1});
		assert_true(origin.start < origin.end && origin.end <= len);
		assert_true(between_characters(text, len, origin.start) &&
			    between_characters(text, len, origin.end));
		assert_true(origin.start >= last);
		last = origin.start;
	}
	for (size_t i = 0; i < view->n_changed; i++)
		assert_true(view->changed[i].start <= view->changed[i].end &&
			    view->changed[i].end <= view->len);
}

static void test_any_text(void **state)
{
	(void)state;
	uint32_t seed = 20261123;
	struct views *views = new_views();
	for (size_t n = 0; n < 20000; n++) {
		char text[256];
		size_t len = random_text(&seed, text, sizeof text);
		assert_int_equal(views_take(views, text, len, n % 2), 0);
		for (int name = 0; name < VIEW_COUNT; name++) {
			const struct view *view;
			assert_int_equal(views_get(views, (enum view_name)name, &view), 0);
			if (view)
				check_view(text, len, view);
		}
	}
	views_free(views);
}

/* Long texts of one kind: time and memory stay in proportion. */
static void test_long_texts(void **state)
{
	(void)state;
	static const char *const units[] = {"a", "@", ".", "a.", "@a", "*", "f*", "f u c k ",
		"a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", "\xef\xb7\xba", "://", "http://", "a@",
		"\xd1\x81"
		"a",
		"i ", "t!", "\xe2\x9a\xa7" /* U+26A7, the word longest for its bytes */,
		"\xf0\x9f\x91\xb4"};
	struct views *views = new_views();
	char *text = malloc(LIMIT_POST_TEXT_B);
	assert_non_null(text);
	for (size_t i = 0; i < COUNT(units); i++) {
		size_t len = 0;
		while (len + strlen(units[i]) <= LIMIT_POST_TEXT_B) {
			memcpy(text + len, units[i], strlen(units[i]));
			len += strlen(units[i]);
		}
		assert_int_equal(views_take(views, text, len, true), 0);
		for (int name = 0; name < VIEW_COUNT; name++) {
			const struct view *view;
			assert_int_equal(views_get(views, (enum view_name)name, &view), 0);
			assert_true(!view || view->len <= 8 * len);
		}
	}
	free(text);
	views_free(views);
}

/* ---- addresses ---- */

struct mask_row {
	const char *why;
	const char *text;
	const char *want; /* the first address; NULL: none */
	enum mask_kind kind;
};

static const struct mask_row mask_rows[] = {
	{"https", "x HTTPS://A.example/b?c=(d) y", "HTTPS://A.example/b?c=(d", MASK_URL},
	{"in brackets", "(http://a.example/)", "http://a.example/", MASK_URL},
	{"www", "at www.globex y", "www.globex", MASK_URL},
	{"domain with a path", "at globex.whatever/jobs y", "globex.whatever/jobs", MASK_URL},
	{"domain at the end", "globex.com.", "globex.com", MASK_URL},
	{"another scheme", "mailto://x", NULL, MASK_URL},
	{"a scheme alone", "http:// x", NULL, MASK_URL},
	{"abbreviation", "e.g. this", NULL, MASK_URL},
	{"version", "v1.2.3 is out", NULL, MASK_URL},
	{"mail", "to ada+x@globex.example.", "ada+x@globex.example", MASK_MAIL},
	{"mail with dots", "to ada.b@globex.example", "ada.b@globex.example", MASK_MAIL},
	{"handle", "(@ada_b)", "@ada_b", MASK_HANDLE},
	{"handle with a host", "@ada@social.example!", "@ada@social.example", MASK_HANDLE},
	{"inside a word", "a@ b", NULL, MASK_HANDLE},
};

static void test_masks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(mask_rows); i++) {
		const struct mask_row *row = &mask_rows[i];
		struct mask mask;
		bool found = mask_next(row->text, strlen(row->text), 0, &mask);
		if (found != (row->want != NULL))
			fail_msg("%s: %s", row->why, found ? "found" : "not found");
		if (!found)
			continue;
		size_t len = mask.at.end - mask.at.start;
		if (len != strlen(row->want) ||
			memcmp(row->text + mask.at.start, row->want, len) != 0 ||
			mask.kind != row->kind)
			fail_msg("%s: \"%.*s\" of kind %d", row->why, (int)len,
				row->text + mask.at.start, (int)mask.kind);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_views),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_any_text),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_masks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
