#include "crawlers/parse/charset.h"
#include "crawlers/parse/readable.h"
#include "daemon/base/limits.h"
#include "tests/unit/shared.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- words in common ---- */

struct words {
	char **at;
	size_t n;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Split @text in place. */
static struct words words_of(char *text)
{
	struct words words = {0};
	for (char *word = strtok(text, " \t\r\n"); word; word = strtok(NULL, " \t\r\n")) {
		words.at = realloc(words.at, (words.n + 1) * sizeof *words.at);
		assert_non_null(words.at);
		words.at[words.n++] = word;
	}
	if (words.n > 0)
		qsort(words.at, words.n, sizeof *words.at, by_text);
	return words;
}

/* How many words, counted as often as they stand in both, two texts share. */
static size_t shared_words(const struct words *a, const struct words *b)
{
	size_t common = 0;
	for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
		int order = strcmp(a->at[i], b->at[k]);
		common += order == 0;
		i += order <= 0;
		k += order >= 0;
	}
	return common;
}

struct likeness {
	double recall;
	double f1;
};

static struct likeness compare(const char *want, const char *got)
{
	char *want_copy = strdup(want);
	char *got_copy = strdup(got);
	assert_true(want_copy && got_copy);
	struct words a = words_of(want_copy);
	struct words b = words_of(got_copy);
	double common = (double)shared_words(&a, &b);
	struct likeness likeness = {
		.recall = a.n ? common / (double)a.n : 1,
		.f1 = a.n + b.n ? 2 * common / (double)(a.n + b.n) : 1,
	};
	free(a.at);
	free(b.at);
	free(want_copy);
	free(got_copy);
	return likeness;
}

/* The main text of a page, to be freed; NULL: none was found. */
static char *main_text(const char *html, size_t len)
{
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct buf text = BUF_INIT(4 * LIMIT_PAGE_B);
	struct readable readable;
	struct dom dom;
	char *found = NULL;
	assert_int_equal(charset_to_utf8(NULL, html, len, CHARSET_HTML, &text, NULL), 0);
	assert_int_equal(dom_parse(arena, buf_str(&text), text.len, &dom), 0);
	int r = readable_find(arena, &dom, "https://x.example/", &readable);
	assert_true(r >= 0);
	assert_true(dom.steps_left > LIMIT_HTML_STEPS / 2);
	if (r == 0)
		found = strdup(readable.text.text);
	dom_release(&dom);
	buf_release(&text);
	arena_free(arena);
	return found;
}

/* ---- pages of our own ---- */

static const char *const pages[] = {"plain-article", "breaks-article", "main-article"};

static void finds_the_text_and_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		char path[128];
		size_t len = 0;
		(void)snprintf(path, sizeof path, "tests/fixtures/page/%s.html", pages[i]);
		char *html = read_whole(path, &len);
		assert_non_null(html);
		char *got = main_text(html, len);
		(void)snprintf(path, sizeof path, "tests/fixtures/page/%s.want", pages[i]);
		char *want = read_whole(path, &len);
		assert_non_null(want);
		struct likeness likeness = compare(want, got ? got : "");
		if (likeness.f1 < 0.999)
			fail_msg("%s: F1 %.3f:\n%s", pages[i], likeness.f1, got ? got : "(none)");
		free(got);
		free(want);
		free(html);
	}
}

struct row {
	const char *why;
	const char *html;
	const char *want; /* NULL: nothing */
};

static const struct row rows[] = {
	{"an empty page", "", NULL},
	{"a page that waits for its script", "<div id=root></div>", NULL},
	{"a short loose text is no content", "<body><div>Loading, please wait.</div>", NULL},
	{"a short text in main is", "<body><main><p>Gone fishing.</p></main>", "Gone fishing."},
	{"navigation alone", "<nav><a href=/a>a long list of links, and more</a></nav>", NULL},
};

static void knows_when_there_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *got = main_text(rows[i].html, strlen(rows[i].html));
		if (!got != !rows[i].want || (got && strcmp(got, rows[i].want) != 0))
			fail_msg("%s: \"%s\"", rows[i].why, got ? got : "(none)");
		free(got);
	}
}

/* ---- Readability's pages ---- */

/* The suite as it is here holds no expected text, but an excerpt: the text's first paragraph, or the
 * page's own description.  An excerpt whose words are nowhere on the page is of the second kind and
 * says nothing; of the others our text must have the words. */
struct tally {
	size_t pages;
	size_t excerpts;
	size_t found;
	double recall;
};

static bool is_on_page(const char *html, const char *excerpt)
{
	char start[41] = {0};
	strncpy(start, excerpt, sizeof start - 1);
	const char *body = strcasestr(html, "<body");
	return body && strstr(body, start);
}

static void try_page(const char *file, const json_t *expected, struct tally *tally)
{
	char *path = NULL;
	size_t len;
	const char *excerpt = json_string_value(json_object_get(expected, "excerpt"));
	assert_true(asprintf(&path, "suites/readability/%s", file) > 0);
	char *html = read_shared(path, &len);
	free(path);
	if (!html)
		return;
	char *got = main_text(html, len);
	tally->pages++;
	if (excerpt && is_on_page(html, excerpt)) {
		double recall = compare(excerpt, got ? got : "").recall;
		tally->excerpts++;
		tally->found += recall > 0.9;
		tally->recall += recall;
		if (recall <= 0.9)
			print_message("%s: %.2f\n", file, recall);
	}
	free(got);
	free(html);
}

static void finds_what_readability_finds(void **state)
{
	(void)state;
	struct tally tally = {0};
	size_t len;
	char *cases = read_shared("suites/readability/cases.jsonl", &len);
	for (char *line = cases ? strtok(cases, "\n") : NULL; line;) {
		json_t *expected = json_loads(line, 0, NULL);
		assert_non_null(expected);
		char *rest = line + strlen(line) + 1;
		try_page(json_string_value(json_object_get(expected, "file")), expected, &tally);
		json_decref(expected);
		line = rest < cases + len ? strtok(rest, "\n")
					  : NULL; /* try_page() uses strtok() */
	}
	free(cases);
	if (tally.pages == 0) {
		print_message("skipped: no readability in %s\n", shared_root());
		skip();
	}
	double mean = tally.recall / (double)tally.excerpts;
	print_message("%zu pages, %zu with an excerpt of their text: found %zu, mean recall %.3f\n",
		tally.pages, tally.excerpts, tally.found, mean);
	assert_true(mean > 0.88);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_text_and_nothing_else),
		cmocka_unit_test(knows_when_there_is_none),
		cmocka_unit_test(finds_what_readability_finds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
