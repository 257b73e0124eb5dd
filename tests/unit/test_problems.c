#include "config/problems.h"
#include "daemon/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *printed(const struct problems *problems)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	assert_non_null(out);
	problems_print(problems, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* ---- how one problem looks ---- */

static const struct {
	const char *why;
	const char *source;
	size_t line;
	size_t column;
	const char *message;
	const char *want;
} looks[] = {
	/* clang-format off */
	{"the line and a caret below it", "a: 1\n  b: 2\nc: 3\n", 2, 3, "bad",
		"f:2:3: bad\n  b: 2\n  ^\n"},
	{"the last line without a line feed", "a", 1, 1, "bad", "f:1:1: bad\na\n^\n"},
	{"the caret may stand behind the line", "a:", 1, 3, "bad", "f:1:3: bad\na:\n  ^\n"},
	{"a carriage return is no part of the line", "a: 1\r\nb\r\n", 1, 1, "bad",
		"f:1:1: bad\na: 1\n^\n"},
	{"an empty line", "a\n\nb", 2, 1, "bad", "f:2:1: bad\n\n^\n"},
	{"a line that is not there is not shown", "a\n", 7, 1, "bad", "f:7:1: bad\n"},
	{"a column past the line stays at its end", "ab", 1, 99, "bad", "f:1:99: bad\nab\n  ^\n"},
	{"no source, no line", NULL, 3, 4, "bad", "f:3:4: bad\n"},
	{"no place: the file alone", "a: 1\n", 0, 0, "bad", "f: bad\n"},
	{"tabs stay tabs, so that any tab width fits", "\ta:\tb", 1, 5, "bad",
		"f:1:5: bad\n\ta:\tb\n\t  \t^\n"},
	{"columns are characters, not bytes", "\xc3\xa9\xc3\xa9: x", 1, 3, "bad",
		"f:1:3: bad\n\xc3\xa9\xc3\xa9: x\n  ^\n"},
	{"wide characters take two cells", "\xe6\x97\xa5\xe6\x9c\xac: x", 1, 3, "bad",
		"f:1:3: bad\n\xe6\x97\xa5\xe6\x9c\xac: x\n    ^\n"},
	{"combining marks take none", "e\xcc\x81: x", 1, 3, "bad",
		"f:1:3: bad\ne\xcc\x81: x\n ^\n"},
	{"what acts on a terminal is escaped, and is as wide as shown", "\x1b[2J: x", 1, 5, "bad",
		"f:1:5: bad\n\\x1b[2J: x\n       ^\n"},
	{"a backslash of the text is one cell", "\\: x", 1, 2, "bad", "f:1:2: bad\n\\: x\n ^\n"},
	{"bytes that are no UTF-8 are one cell each", "\xff\xfe: x", 1, 3, "bad",
		"f:1:3: bad\n\xef\xbf\xbd\xef\xbf\xbd: x\n  ^\n"},
	{"the value of a secret's key is covered", "x: 1, token: 'hunter2', y: 2", 1, 1, "bad",
		"f:1:1: bad\nx: 1, token: '*******', y: 2\n^\n"},
	{"so is one in a map", "{github: {my-token: hunter2}}", 1, 1, "bad",
		"f:1:1: bad\n{github: {my-token: *******}}\n^\n"},
	{"whatever the key's case and quotes", "\"API_KEY\" : hunter2", 1, 1, "bad",
		"f:1:1: bad\n\"API_KEY\" : *******\n^\n"},
	{"a map behind such a key is not its value", "password: {file: x}", 1, 1, "bad",
		"f:1:1: bad\npassword: {file: x}\n^\n"},
	{"a file may be called so", "file: github-token", 1, 1, "bad",
		"f:1:1: bad\nfile: github-token\n^\n"},
	{"GitHub's tokens are known by their start", "- ghp_Zz09", 1, 3, "bad",
		"f:1:3: bad\n- ********\n  ^\n"},
	{"in a URL too", "u: https://x/?k=github_pat_a1&b", 1, 1, "bad",
		"f:1:1: bad\nu: https://x/?k=*************&b\n^\n"},
	{"a word may end so", "- laghp_x", 1, 1, "bad", "f:1:1: bad\n- laghp_x\n^\n"},
	{"in messages too", "a", 0, 0, "must be a time, not \"glpat-12345\"",
		"f: must be a time, not \"***********\"\n"},
	{"the message is cleaned too", "a", 0, 0, "bad\n\x1b[31m\xe2\x80\xae!",
		"f: bad\\n\\x1b[31m\\u202e!\n"},
	/* clang-format on */
};

static void test_looks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
		struct problems *problems = problems_new();
		assert_non_null(problems);
		struct place place = {
			.file = "f",
			.source = looks[i].source,
			.source_len = looks[i].source ? strlen(looks[i].source) : 0,
			.line = looks[i].line,
			.column = looks[i].column,
		};
		problems_add(problems, &place, "%s", looks[i].message);
		char *got = printed(problems);
		if (strcmp(got, looks[i].want) != 0)
			fail_msg("%s:\n%s\nwanted:\n%s", looks[i].why, got, looks[i].want);
		free(got);
		problems_free(problems);
	}
}

/* A line of 10,000 letters with the X of @at under the caret. */
static void check_long_line(size_t at)
{
	const size_t len = 10000;
	char *source = malloc(len);
	assert_non_null(source);
	memset(source, 'a', len);
	source[at - 1] = 'X';
	struct problems *problems = problems_new();
	assert_non_null(problems);
	struct place place = {
		.file = "f", .source = source, .source_len = len, .line = 1, .column = at};
	problems_add(problems, &place, "bad");
	char *got = printed(problems);
	char *line = strchr(got, '\n') + 1;
	char *under = strchr(line, '\n') + 1;
	assert_true((size_t)(under - line) < LIMIT_SHOWN_LINE + 10);
	/* The ellipsis is one cell in three bytes. */
	size_t lead = strncmp(line, "\xe2\x80\xa6", 3) == 0 ? 2 : 0;
	size_t caret = strspn(under, " ");
	if (under[caret] != '^' || line[caret + lead] != 'X')
		fail_msg("column %zu is not under the caret:\n%s", at, got);
	free(got);
	free(source);
	problems_free(problems);
}

static void test_long_lines(void **state)
{
	(void)state;
	const size_t columns[] = {1, 2, LIMIT_SHOWN_LINE / 2, LIMIT_SHOWN_LINE / 2 + 1,
		LIMIT_SHOWN_LINE, LIMIT_SHOWN_LINE + 1, 5000, 9999, 10000};
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		check_long_line(columns[i]);
}

/* ---- many of them ---- */

static void test_order(void **state)
{
	(void)state;
	struct problems *problems = problems_new();
	assert_non_null(problems);
	problems_note(problems, &(struct place){.file = "a", .line = 1, .column = 1}, "n");
	problems_add(problems, &(struct place){.file = "z", .line = 2, .column = 1}, "p2");
	problems_add(problems, &(struct place){.file = "b", .line = 1, .column = 1}, "p4");
	problems_add(problems, &(struct place){.file = "z", .line = 1, .column = 9}, "p1");
	problems_add(problems, &(struct place){.file = "z", .line = 2, .column = 1}, "p3");
	problems_add(problems, &(struct place){.file = "z"}, "p0");
	assert_int_equal(problems_count(problems), 5);
	assert_int_equal(problems_notes(problems), 1);
	char *got = printed(problems);
	assert_string_equal(got, "z: p0\nz:1:9: p1\nz:2:1: p2\nz:2:1: p3\nb:1:1: p4\n"
				 "a:1:1: note: n\n");
	free(got);
	problems_free(problems);
}

static void test_without_a_file(void **state)
{
	(void)state;
	struct problems *problems = problems_new();
	assert_non_null(problems);
	problems_add(problems, &(struct place){.line = 3, .column = 1}, "p");
	problems_note(problems, &(struct place){0}, "n");
	char *got = printed(problems);
	assert_string_equal(got, "p\nnote: n\n");
	free(got);
	problems_free(problems);
}

static void test_more_than_are_kept(void **state)
{
	(void)state;
	struct problems *problems = problems_new();
	assert_non_null(problems);
	for (size_t i = 0; i < LIMIT_PROBLEMS + 7; i++)
		problems_add(problems, &(struct place){.file = "f", .line = i + 1}, "bad");
	problems_note(problems, &(struct place){.file = "f"}, "a note finds room");
	assert_int_equal(problems_count(problems), LIMIT_PROBLEMS + 7);
	char *got = printed(problems);
	assert_non_null(strstr(got, "a note finds room\nand 7 more problems\n"));
	size_t lines = 0;
	for (const char *c = got; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, LIMIT_PROBLEMS + 2);
	free(got);
	problems_free(problems);
}

static void test_long_message_is_cut(void **state)
{
	(void)state;
	char *message = malloc(100001);
	assert_non_null(message);
	memset(message, '\n', 100000); /* each is two bytes when escaped */
	message[100000] = '\0';
	struct problems *problems = problems_new();
	assert_non_null(problems);
	problems_add(problems, &(struct place){.file = "f"}, "%s", message);
	char *got = printed(problems);
	assert_int_equal(strlen(got), strlen("f: \n") + 2 * LIMIT_MESSAGE_B);
	free(got);
	free(message);
	problems_free(problems);
}

static void test_none(void **state)
{
	(void)state;
	assert_null(problems_free(NULL));
	struct problems *problems = problems_new();
	assert_non_null(problems);
	char *got = printed(problems);
	assert_string_equal(got, "");
	free(got);
	assert_null(problems_free(problems));
}

/* ---- did you mean ---- */

static const struct {
	const char *why;
	const char *word;
	const char *want;
} nearest[] = {
	/* clang-format off */
	{"a letter too few", "patern", "pattern"},
	{"a letter too many", "patttern", "pattern"},
	{"another letter", "pettern", "pattern"},
	{"two letters the other way round", "pattenr", "pattern"},
	{"the other case", "URL", "url"},
	{"underscores for hyphens", "also_known_as", "also-known-as"},
	{"the nearest of several", "patterm", "pattern"},
	{"too far from all", "colour", NULL},
	{"a short word has no near one", "ur", NULL},
	{"a third of three letters is one", "urk", "url"},
	{"nothing is near to nothing", "", NULL},
	{"a very long word",
		"patternpatternpatternpatternpatternpatternpatternpatternpatternpattern", NULL},
	/* clang-format on */
};

static void test_nearest(void **state)
{
	(void)state;
	static const char *const known[] = {"url", "patterns", "pattern", "also-known-as"};
	for (size_t i = 0; i < sizeof nearest / sizeof nearest[0]; i++) {
		const char *got = nearest_word(nearest[i].word, known, 4);
		if (got != nearest[i].want &&
			(!got || !nearest[i].want || strcmp(got, nearest[i].want) != 0))
			fail_msg("%s: \"%s\" gave %s", nearest[i].why, nearest[i].word,
				got ? got : "(none)");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_looks),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_without_a_file),
		cmocka_unit_test(test_more_than_are_kept),
		cmocka_unit_test(test_long_message_is_cut),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_nearest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
