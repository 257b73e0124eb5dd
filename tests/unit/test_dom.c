#include "crawlers/parse/dom.h"
#include "daemon/base/limits.h"
#include "tests/unit/shared.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- stripping ---- */

struct row {
	const char *why;
	const char *html;
	const char *want;
	const char *jsonld; /* of the first one; NULL: none */
};

/* clang-format off */
static const struct row rows[] = {
	{"text alone", "a < b & c", "a < b & c", NULL},
	{"a script", "a<script>var x = '<p>';</script>b", "ab", NULL},
	{"names in any case", "a<SCRIPT>x</ScRiPt >b", "ab", NULL},
	{"an end tag of another name that starts alike", "<script>a</scripts>b</script>c", "c", NULL},
	{"a script in a comment in a script", "<script><!--<script></script>--></script>a", "a", NULL},
	{"a comment in a script, without another one", "<script><!-- x </script>a", "a", NULL},
	{"an unclosed script", "a<script>b<p>c", "a", NULL},
	{"JSON-LD is handed out", "a<script type='application/ld+json'>{}</script>b", "ab", "{}"},
	{"JSON-LD without quotes, in capitals", "<script async TYPE=application/LD+JSON data-x>[]</script>", "",
		"[]"},
	{"JSON-LD in a template is nobody's", "<template><script type=application/ld+json>{}</script></template>",
		"", NULL},
	{"a style", "<style>a{content:'</p>'}</style>b", "b", NULL},
	{"comments", "a<!-- b -->c<!--d--!>e<!-->f<!--->g", "acefg", NULL},
	{"a comment with hyphens", "a<!----b-- >--->c", "ac", NULL},
	{"an unclosed comment", "a<!-- b", "a", NULL},
	{"a bogus comment hides a tag", "a</ <script>b", "ab", NULL},
	{"a processing instruction", "a<?php <p> ?>b", "a ?>b", NULL},
	{"the document type stays", "<!DOCTYPE html><p>", "<!DOCTYPE html><p>", NULL},
	{"a tag in a quoted value", "<a title='<script>'>b</a>", "<a title='<script>'>b</a>", NULL},
	{"a bracket in a quoted value", "<a title=\"a>b\">c", "<a title=\"a>b\">c", NULL},
	{"a quote in an attribute's name", "<a b'c><script>'</script>d", "<a b'c>d", NULL},
	{"a quote inside an unquoted value", "<a b=c'><script>'</script>d", "<a b=c'>d", NULL},
	{"an equals sign as a name", "<a =\"><script>\"</script>d", "<a =\">d", NULL},
	{"an equals sign inside an unquoted value", "<a b=c=\"><script>\"</script>d", "<a b=c=\">d", NULL},
	{"a space between the equals sign and the value", "<a b = '>'>c", "<a b = '>'>c", NULL},
	{"a tag that is not whole", "a<p title='", "a", NULL},
	{"a picture", "a<svg><path/><title>x</title></svg>b", "ab", NULL},
	{"a picture in a picture", "a<svg><svg></svg>x</svg>b", "ab", NULL},
	{"an empty picture", "a<svg/>b", "ab", NULL},
	{"HTML inside a picture goes with it", "a<svg><foreignObject><p>x</p></foreignObject></svg>b", "ab",
		NULL},
	{"HTML that ends an open picture", "a<svg><g><p>x</p>b", "a<p>x</p>b", NULL},
	{"an unclosed picture", "a<svg><g>x", "a<g>x", NULL},
	{"a template", "a<template>b<template>c</template>d</template>e", "ae", NULL},
	{"an end tag without a template", "a</template>b", "ab", NULL},
	{"a noscript", "a<noscript><img></noscript>b", "ab", NULL},
	{"a script in a title is text", "<title><script></title>a", "<title><script></title>a", NULL},
	{"a script in a text area is text", "<textarea><script></textarea>a</script>",
		"<textarea><script></textarea>a</script>", NULL},
	{"a frame's fallback", "a<iframe>b<p></iframe>c", "ac", NULL},
};
/* clang-format on */

static void strips(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];
		struct arena *arena = arena_new(1 << 20);
		struct buf out = BUF_INIT(4096);
		struct stripped stripped;
		int r = strip_html(arena, row->html, strlen(row->html), &out, &stripped);
		const char *jsonld = r == 0 && stripped.n_jsonld > 0 ? stripped.jsonld[0].at : NULL;
		bool same = !row->jsonld == !jsonld &&
			    (!jsonld || strncmp(jsonld, row->jsonld, stripped.jsonld[0].len) == 0);
		if (r != 0 || strcmp(buf_str(&out), row->want) != 0 || !same)
			fail_msg("%s: returned %d, \"%s\", JSON-LD \"%.20s\"", row->why, r,
				buf_str(&out), jsonld ? jsonld : "(none)");
		buf_release(&out);
		arena_free(arena);
	}
}

/* ---- hostile pages ---- */

struct hostile {
	const char *why;
	const char *once;   /* printf format with the number of the repetition, before it all */
	const char *repeat; /* the same */
	size_t page_b;
};

/* clang-format off */
static const struct hostile hostiles[] = {
	{"formatting elements that each paragraph copies", "", "<p><font size=%zu>x", 1 << 20},
	{"nested blocks", "", "<div>", 1 << 20},
	{"nested inline elements", "", "<span>", 1 << 20},
	{"nested bold, each different", "", "<b a=%zu>", 1 << 20},
	{"links around blocks", "", "<a><div>", 1 << 20},
	{"the adoption agency", "", "<b><i><div></b>", 1 << 20},
	{"open definition lists", "", "<dd><dl>", 1 << 20},
	{"nested tables", "", "<table><tr><td>", 1 << 20},
	{"end tags of nothing, deep down", "<div><div><div>", "<div></p></x>", 1 << 20},
	{"attributes", "<p ", "a%zu=1 ", 1 << 20},
	{"attributes of body", "", "<body a%zu>", 1 << 20},
	{"open pictures", "", "<svg>", 1 << 20},
	{"open pictures with an end", "", "<svg><p>", 1 << 20},
	{"open templates", "", "<template>", 1 << 20},
	{"open scripts in comments", "<script><!--", "<script></script>", 1 << 20},
	{"open comments", "", "<!--", 1 << 20},
	{"hyphens", "<!--", "--", 1 << 20},
	{"brackets", "", "<", 1 << 20},
	{"quotes", "", "<a b='", 1 << 20},
	{"entities", "", "&notin", 1 << 20},
	{"misplaced cells", "<table>", "<b>x<td>", 1 << 20},
	{"selects", "", "<select><option>", 1 << 20},
	{"more than we parse", "", "plain text ", LIMIT_HTML_B + 100},
};
/* clang-format on */

static void fill(struct buf *page, const struct hostile *hostile)
{
	int r = buf_adds(page, hostile->once);
	for (size_t i = 0; r == 0 && page->len < hostile->page_b; i++)
		r = buf_addf(page, hostile->repeat, i);
	assert_int_equal(r, 0);
}

static void survives_hostile_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof hostiles / sizeof hostiles[0]; i++) {
		struct arena *arena = arena_new(LIMIT_EXTRACT_B);
		struct buf page = BUF_INIT(LIMIT_PAGE_B);
		struct dom dom;
		fill(&page, &hostiles[i]);
		int r = dom_parse(arena, page.data, page.len, &dom);
		size_t left = 0;
		if (r == 0) {
			struct dom_walk walk = dom_walk(&dom, dom.root);
			while (dom_step(&walk))
				;
			left = dom.steps_left;
			dom_release(&dom);
		}
		if (r < 0 || (r == 0 && left == 0))
			fail_msg("%s: returned %d, %zu steps left", hostiles[i].why, r, left);
		buf_release(&page);
		arena_free(arena);
	}
}

static void too_big_is_said(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 20);
	struct buf page = BUF_INIT(LIMIT_PAGE_B);
	struct dom dom = {0};
	const struct hostile big = {"", "", "plain text ", LIMIT_HTML_B + 100};
	fill(&page, &big);
	assert_int_equal(dom_parse(arena, page.data, page.len, &dom), DOM_E_TOO_BIG);
	assert_null(dom.box);
	/* The same bytes in a script are nothing. */
	buf_clear(&page);
	assert_int_equal(buf_adds(&page, "<p>a<script>"), 0);
	const struct hostile script = {"", "", "plain text ", LIMIT_HTML_B + 100};
	fill(&page, &script);
	assert_int_equal(dom_parse(arena, page.data, page.len, &dom), 0);
	dom_release(&dom);
	dom_release(&dom);
	buf_release(&page);
	arena_free(arena);
}

static void walks_stop_with_the_budget(void **state)
{
	(void)state;
	static const char html[] = "<p>a<p>b<p>c";
	struct arena *arena = arena_new(1 << 20);
	struct dom dom;
	assert_int_equal(dom_parse(arena, html, strlen(html), &dom), 0);
	dom.steps_left = 3;
	struct dom_walk walk = dom_walk(&dom, dom.root);
	size_t steps = 0;
	while (dom_step(&walk))
		steps++;
	assert_int_equal(steps, 3);
	assert_int_equal(dom.steps_left, 0);
	dom_release(&dom);
	arena_free(arena);
}

static void skips_and_leaves(void **state)
{
	(void)state;
	static const char html[] = "<div><ul><li>a</ul><p>b</p></div>";
	struct arena *arena = arena_new(1 << 20);
	struct dom dom;
	struct buf seen = BUF_INIT(256);
	assert_int_equal(dom_parse(arena, html, strlen(html), &dom), 0);
	struct dom_walk walk = dom_walk(&dom, dom_find(&dom, dom.root, GUMBO_TAG_DIV));
	while (dom_step(&walk)) {
		const char *name = dom_is(walk.at, GUMBO_TAG_UNKNOWN)
					   ? gumbo_normalized_tagname(walk.at->v.element.tag)
					   : walk.at->v.text.text;
		assert_int_equal(buf_addf(&seen, "%s%s ", walk.leaving ? "/" : "", name), 0);
		if (!walk.leaving && dom_is(walk.at, GUMBO_TAG_UL))
			dom_skip(&walk);
	}
	assert_string_equal(buf_str(&seen), "ul p b /p ");
	buf_release(&seen);
	dom_release(&dom);
	arena_free(arena);
}

/* What dom_step() relies on: a node knows its parent and its place in it. */
static bool places_are_true(struct dom *dom)
{
	struct dom_walk walk = dom_walk(dom, dom->root);
	while (dom_step(&walk)) {
		const GumboNode *parent = walk.at->parent;
		if (parent->type != GUMBO_NODE_ELEMENT && parent->type != GUMBO_NODE_TEMPLATE)
			return false;
		if (parent->v.element.children.data[walk.at->index_within_parent] != walk.at)
			return false;
	}
	return dom->steps_left > 0;
}

static void real_pages_parse(void **state)
{
	(void)state;
	char path[4096];
	size_t pages = 0;
	(void)snprintf(path, sizeof path, "%s/suites/readability/test/test-pages", shared_root());
	DIR *dir = opendir(path);
	if (!dir) {
		print_message("skipped: no %s\n", path);
		skip();
	}
	struct dirent *entry;
	while ((entry = readdir(dir))) {
		size_t len;
		(void)snprintf(path, sizeof path,
			"suites/readability/test/test-pages/%s/source.html", entry->d_name);
		char *html = entry->d_name[0] == '.' ? NULL : read_shared(path, &len);
		if (!html)
			continue;
		struct arena *arena = arena_new(LIMIT_EXTRACT_B);
		struct dom dom;
		int r = dom_parse(arena, html, len, &dom);
		if (r != 0 || !places_are_true(&dom))
			fail_msg("%s: returned %d", entry->d_name, r);
		dom_release(&dom);
		arena_free(arena);
		free(html);
		pages++;
	}
	(void)closedir(dir);
	print_message("%zu pages\n", pages);
	assert_true(pages > 0);
}

static void reads_attributes_and_words(void **state)
{
	(void)state;
	static const char html[] = "<p class=' a\tBee  c' hidden>";
	struct arena *arena = arena_new(1 << 20);
	struct dom dom;
	assert_int_equal(dom_parse(arena, html, strlen(html), &dom), 0);
	const GumboNode *p = dom_find(&dom, dom.root, GUMBO_TAG_P);
	assert_string_equal(dom_attr(p, "hidden"), "");
	assert_null(dom_attr(p, "id"));
	assert_true(dom_has_class(p, "bee"));
	assert_true(dom_has_class(p, "c"));
	assert_false(dom_has_class(p, "be"));
	assert_false(dom_has_word(NULL, "a"));
	dom_release(&dom);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strips),
		cmocka_unit_test(survives_hostile_pages),
		cmocka_unit_test(too_big_is_said),
		cmocka_unit_test(walks_stop_with_the_budget),
		cmocka_unit_test(skips_and_leaves),
		cmocka_unit_test(real_pages_parse),
		cmocka_unit_test(reads_attributes_and_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
