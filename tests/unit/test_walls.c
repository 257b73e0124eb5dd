#include "crawlers/parse/wall.h"
#include "crawlers/source.h"
#include "tests/unit/shared.h"
#include "tests/unit/shipped_walls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAD     "dirtwatch_walls: 1\n"
#define STATUSES "statuses: [{status: 400-999, verdict: blocked, from: us}]\n"
#define TESTS    "from: us, tests: {wall: [x], not: [y]}"

struct files {
	char shipped[64];
	char own[64];
};

static void write_file(char path[64], const char *text)
{
	(void)strcpy(path, "/tmp/dirtwatch-walls-XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
}

/* What walls_load() returns of two files (@own NULL: none), and what it says of them. */
static int load(const char *shipped, const char *own, struct walls **ret, char **ret_told)
{
	static const char *const names[] = {"github", "page"};
	struct files files;
	size_t len = 0;
	write_file(files.shipped, shipped);
	write_file(files.own, own ? own : "");
	const struct walls_options options = {
		.shipped = files.shipped,
		.own = own ? files.own : "/nowhere/walls.yaml",
		.sources = {names, 2},
	};
	struct problems *problems = problems_new();
	*ret = NULL;
	int r = walls_load(&options, problems, ret);
	FILE *out = open_memstream(ret_told, &len);
	problems_print(problems, out);
	(void)fclose(out);
	problems_free(problems);
	(void)unlink(files.shipped);
	(void)unlink(files.own);
	return r;
}

struct bad_row {
	const char *why;
	const char *shipped; /* NULL: HEAD STATUSES */
	const char *own;     /* NULL: none */
	const char *told;
};

#define PAGES(sign)   HEAD "pages:\n  - {" sign "}\n"
#define ANSWERS(sign) HEAD "answers:\n  - {" sign "}\n"

/* clang-format off */
static const struct bad_row bad_rows[] = {
	{"an empty file", "", NULL, "\"dirtwatch_walls\" is missing"},
	{"no YAML", "dirtwatch_walls: [", NULL, ":1:"},
	{"statuses that leave some out", HEAD "statuses: [{status: 400-998, verdict: blocked, from: us}]\n", NULL,
		"\"statuses\" do not say what 999 means"},
	{"a status that is a page", HEAD "statuses:\n  - {status: 200-999, verdict: blocked, from: us}\n", NULL,
		":3:14: below 400 an answer is a page"},
	{"a status that there is not", NULL, HEAD "statuses: [{status: 4o4, verdict: blocked, from: us}]\n",
		":2:21: a status is a number from 100 to 999"},
	{"a range upside down", NULL, HEAD "statuses: [{status: 499-400, verdict: blocked, from: us}]\n",
		":2:21: a status is a number"},
	{"a key of another name", NULL, HEAD "pagse: []\n", ":2:1: unknown key \"pagse\", did you mean \"pages\"?"},
	{"a key of a sign of another name", NULL, PAGES("id: a.b, titel: X, verdict: blocked, " TESTS),
		":3:15: unknown key \"titel\", did you mean \"title\"?"},
	{"a verdict that would be clean", NULL, PAGES("id: a.b, title: X, verdict: ok, " TESTS),
		":3:34: \"ok\" is no verdict on a wall"},
	{"so too", NULL, PAGES("id: a.b, title: X, verdict: truncated, " TESTS), "\"truncated\" is no verdict on a wall"},
	{"a verdict that only main knows", NULL, PAGES("id: a.b, title: X, verdict: unread, " TESTS),
		"\"unread\" is no verdict on a wall"},
	{"a verdict misspelt", NULL, PAGES("id: a.b, title: X, verdict: bloked, " TESTS),
		"unknown verdict \"bloked\", did you mean \"blocked\"?"},
	{"a body that a text may quote", NULL, PAGES("id: a.b, body: captcha, verdict: blocked, " TESTS),
		":3:5: a page that only quotes this"},
	{"a host that would be a wall as a whole", NULL, PAGES("id: a.b, host: ada.example, verdict: blocked, " TESTS),
		"a page that only quotes this"},
	{"one body of two that a text may quote", NULL, PAGES("id: a.b, body: ['<b>x', x], verdict: blocked, " TESTS),
		"a page that only quotes this"},
	{"a status with which a text is shown", NULL,
		PAGES("id: a.b, body: x, status: [200, 403], verdict: blocked, " TESTS), "a page that only quotes this"},
	{"no examples", NULL, PAGES("id: a.b, title: X, verdict: blocked, from: us"), "\"tests\" is missing"},
	{"none that it is not", NULL, PAGES("id: a.b, title: X, verdict: blocked, from: us, tests: {wall: [x]}"),
		"\"not\" is missing"},
	{"not how it is known", NULL, PAGES("id: a.b, title: X, verdict: blocked, tests: {wall: [x], not: [y]}"),
		"\"from\" is missing"},
	{"no id", NULL, PAGES("title: X, verdict: blocked, " TESTS), "\"id\" is missing"},
	{"an id twice in one file", NULL, PAGES("id: a.b, title: X, verdict: blocked, " TESTS)
		"  - {id: a.b, title: Y, verdict: blocked, " TESTS "}\n",
		":4:10: \"a.b\" is given twice, first in line 3"},
	{"a list that is none", NULL, HEAD "pages: {id: x}\n", ":2:8: a list is wanted here"},
	{"a path without its slash", NULL, PAGES("id: a.b, path: x, host: a.example, verdict: blocked, " TESTS),
		"a path begins with \"/\""},
	{"a log-in that is a path", NULL, HEAD "log_in: [accounts/login]\n", ":2:10: one part of a path is wanted"},
	{"a source that there is not", NULL, ANSWERS("id: a.b, source: gihub, at: error, verdict: blocked, " TESTS),
		":3:23: there is no source \"gihub\", did you mean \"github\"?"},
	{"any answer at all", NULL, ANSWERS("id: a.b, source: github, verdict: blocked, " TESTS),
		"every answer would be this"},
	{"words without a place", NULL, ANSWERS("id: a.b, source: github, status: 403, says: x, verdict: blocked, " TESTS),
		"\"says\" needs \"at\""},
	{"disabling what is not there", NULL, HEAD "disable: [a.c]\n", ":2:11: no sign that is shipped is called \"a.c\""},
	{"disabling one's own", NULL, HEAD "disable: [a.b]\npages: [{id: a.b, title: X, verdict: blocked, " TESTS "}]\n",
		":2:11: no sign that is shipped is called \"a.b\", did you mean"},
	{"an example that is no URL", NULL, PAGES("id: a.b, title: X, verdict: blocked, from: us, "
		"tests: {wall: [{url: nonsense}], not: [y]}"), ":3:"},
};
/* clang-format on */

static void what_is_wrong_is_told_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_rows / sizeof *bad_rows; i++) {
		const struct bad_row *row = &bad_rows[i];
		struct walls *walls;
		char *told = NULL;
		int r = load(row->shipped ? row->shipped : HEAD STATUSES, row->own, &walls, &told);
		if (r != WALLS_E_BAD || walls || !strstr(told, row->told))
			fail_msg("%s: returned %d, said \"%s\"", row->why, r, told);
		free(told);
	}
}

static void without_the_shipped_file_there_are_no_walls(void **state)
{
	(void)state;
	static const struct walls_options options = {.shipped = "/nowhere/walls.yaml"};
	struct problems *problems = problems_new();
	struct walls *walls = NULL;
	char *told = NULL;
	size_t len = 0;
	assert_int_equal(walls_load(&options, problems, &walls), WALLS_E_BAD);
	assert_null(walls);
	FILE *out = open_memstream(&told, &len);
	problems_print(problems, out);
	(void)fclose(out);
	assert_non_null(strstr(told, "/nowhere/walls.yaml"));
	assert_non_null(strstr(told, "No such file"));
	free(told);
	problems_free(problems);
}

/* ---- layers ---- */

#define SHIPPED                                                                \
	HEAD STATUSES "log_in: [login]\nmissing: [Gone fishing]\npages:\n"     \
		      "  - {id: a.b, title: X, verdict: blocked, " TESTS "}\n" \
		      "  - {id: a.c, title: Y, verdict: blocked, " TESTS "}\n"

static enum verdict verdict_of(const struct walls *walls, int status, const char *body)
{
	struct extract extract = {.verdict = VERDICT_COUNT, .walls = walls};
	extract.arena = arena_new(1 << 20);
	const struct page page = {.url = "https://ada.example/",
		.final_url = "https://ada.example/",
		.profile = "https://ada.example/",
		.source = "page",
		.status = status,
		.content_type = "text/html",
		.body = body,
		.body_len = strlen(body)};
	assert_true(wall_detect(&page, &extract) >= 0);
	arena_free(extract.arena);
	return extract.verdict;
}

struct layer_row {
	const char *why;
	const char *own; /* NULL: none */
	int status;
	const char *body;
	enum verdict want; /* VERDICT_COUNT: no wall */
};

/* clang-format off */
static const struct layer_row layer_rows[] = {
	{"the shipped sign", NULL, 200, "<title>x</title>", VERDICT_BLOCKED},
	{"a title is the whole title", NULL, 200, "<title>x y</title>", VERDICT_COUNT},
	{"blanks around it do not count", NULL, 200, "<title lang=en>\n X\t</title>", VERDICT_BLOCKED},
	{"nor does it matter that it does not end", NULL, 200, "<title>X", VERDICT_BLOCKED},
	{"one's own sign goes before it", HEAD "pages: [{id: own, title: X, verdict: private, " TESTS "}]\n",
		200, "<title>X</title>", VERDICT_PRIVATE},
	{"one's own takes its place", HEAD "pages: [{id: a.b, title: Z, verdict: private, " TESTS "}]\n",
		200, "<title>X</title>", VERDICT_COUNT},
	{"the others stay", HEAD "pages: [{id: a.b, title: Z, verdict: private, " TESTS "}]\n",
		200, "<title>Y</title>", VERDICT_BLOCKED},
	{"left out", HEAD "disable: [a.b]\n", 200, "<title>X</title>", VERDICT_COUNT},
	{"but not the other one", HEAD "disable: [a.b]\n", 200, "<title>Y</title>", VERDICT_BLOCKED},
	{"a status of one's own", HEAD "statuses: [{status: [402, 420-421], verdict: rate-limited, from: us}]\n",
		421, "", VERDICT_RATE_LIMITED},
	{"next to one", HEAD "statuses: [{status: [402, 420-421], verdict: rate-limited, from: us}]\n",
		422, "", VERDICT_BLOCKED},
	{"a sign goes before the status", NULL, 404, "<title>X</title>", VERDICT_BLOCKED},
	{"a sign may ask for the status", HEAD "pages: [{id: own, title: X, status: 404, verdict: gone, " TESTS "}]\n",
		404, "<title>X</title>", VERDICT_GONE},
	{"and is none with another", HEAD "pages: [{id: own, title: Q, status: 404, verdict: gone, " TESTS "}]\n",
		200, "<title>Q</title>", VERDICT_COUNT},
	{"without what must not be there", HEAD "pages: [{id: own, title: Q, without: [r, s], verdict: gone, " TESTS "}]\n",
		200, "<title>Q</title>", VERDICT_GONE},
	{"with it", HEAD "pages: [{id: own, title: Q, without: [r, s], verdict: gone, " TESTS "}]\n",
		200, "<title>Q</title><p>S", VERDICT_COUNT},
	{"with a status that is wrong a body is enough", HEAD "pages: [{id: own, body: q, status: 403, verdict: gone, " TESTS "}]\n",
		403, "a Q", VERDICT_GONE},
	{"an own file that is not there", NULL, 500, "", VERDICT_BLOCKED},
};
/* clang-format on */

static void ones_own_goes_before_what_is_shipped(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof layer_rows / sizeof *layer_rows; i++) {
		const struct layer_row *row = &layer_rows[i];
		struct walls *walls;
		char *told = NULL;
		if (load(SHIPPED, row->own, &walls, &told) != 0)
			fail_msg("%s: %s", row->why, told);
		enum verdict got = verdict_of(walls, row->status, row->body);
		if (got != row->want)
			fail_msg("%s: %s", row->why,
				got == VERDICT_COUNT ? "no wall" : verdict_name(got));
		walls_free(walls);
		free(told);
	}
}

static void the_digest_is_of_both_files(void **state)
{
	(void)state;
	static const char *const owns[] = {NULL, HEAD, HEAD "log_in: [x]\n"};
	static const char *const shipped[] = {SHIPPED, SHIPPED "disable: []\n"};
	struct digest seen[6];
	for (size_t i = 0; i < 6; i++) {
		struct walls *walls;
		char *told = NULL;
		assert_int_equal(load(shipped[i / 3], owns[i % 3], &walls, &told), 0);
		seen[i] = walls->digest;
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(seen[k].hex, seen[i].hex);
		walls_free(walls);
		free(told);
	}
}

/* ---- paths ---- */

static void knows_a_log_in_by_a_part_of_its_path(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		bool log_in;
	} rows[] = {
		{"/login", true},
		{"/Login/", true},
		{"/login.php", true},
		{"/accounts/login/", true},
		{"/uas/login", true},
		{"/i/flow/login", true},
		{"/checkpoint/challenge", true},
		{"/authwall", true},
		{"/signup", true},
		{"/users/sign_in", true},
		{"/login_required/ada", true},
		{"/loginger", false},
		{"/my-login", false},
		{"/", false},
		{"", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (walls_is_log_in(shipped_walls(), rows[i].path) != rows[i].log_in)
			fail_msg("%s", rows[i].path);
	}
}

/* ---- examples ---- */

static void an_example_that_is_not_as_it_says_is_told(void **state)
{
	(void)state;
	struct walls *walls;
	char *told = NULL;
	static const char own[] =
		HEAD "pages:\n"
		     "  - id: own.x\n"
		     "    title: Q\n"
		     "    verdict: gone\n"
		     "    from: us\n"
		     "    tests:\n"
		     "      wall: [<title>Q</title>, <title>R</title>, <title>X</title>]\n"
		     "      not: [<title>Q</title>, <title>S</title>]\n";
	assert_int_equal(load(SHIPPED, own, &walls, &told), 0);
	free(told);
	size_t run = 0, failed = 0, len = 0;
	FILE *out = open_memstream(&told, &len);
	assert_int_equal(wall_test(walls, out, &run, &failed), 0);
	(void)fclose(out);
	/* Those of SHIPPED: x is no wall, and y none either. */
	assert_int_equal(run, 5 + 4);
	assert_int_equal(failed, 3 + 2);
	assert_non_null(strstr(told, ":8:32: own.x: not found in: <title>R</title>"));
	assert_non_null(strstr(told, ":8:50: own.x: taken for a.b: <title>X</title>"));
	assert_non_null(strstr(told, ":9:13: own.x: found in: <title>Q</title>"));
	walls_free(walls);
	free(told);
}

static void the_shipped_signs_know_their_examples(void **state)
{
	(void)state;
	size_t run = 0, failed = 0;
	assert_int_equal(wall_test(shipped_walls(), stdout, &run, &failed), 0);
	assert_true(run > 100);
	assert_int_equal(failed, 0);
}

/* No sign speaks for a source that there is not: helpers of tests do not look. */
static void the_shipped_signs_name_sources(void **state)
{
	(void)state;
	const struct walls *walls = shipped_walls();
	for (size_t i = 0; i < walls->answers.count; i++) {
		if (!source_find(walls->answers.items[i].source))
			fail_msg("%s", walls->answers.items[i].id);
	}
}

static void every_verdict_proves_nothing(void **state)
{
	(void)state;
	const struct walls *walls = shipped_walls();
	for (int status = 400; status <= 999; status++)
		assert_false(verdict_proves(walls_status(walls, status)->verdict));
	for (size_t i = 0; i < walls->pages.count; i++)
		assert_false(verdict_proves(walls->pages.items[i].verdict));
	for (size_t i = 0; i < walls->answers.count; i++)
		assert_false(verdict_proves(walls->answers.items[i].verdict));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_is_told_with_its_place),
		cmocka_unit_test(without_the_shipped_file_there_are_no_walls),
		cmocka_unit_test(ones_own_goes_before_what_is_shipped),
		cmocka_unit_test(the_digest_is_of_both_files),
		cmocka_unit_test(knows_a_log_in_by_a_part_of_its_path),
		cmocka_unit_test(an_example_that_is_not_as_it_says_is_told),
		cmocka_unit_test(the_shipped_signs_know_their_examples),
		cmocka_unit_test(the_shipped_signs_name_sources),
		cmocka_unit_test(every_verdict_proves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
