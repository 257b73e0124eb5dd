#include "crawlers/net/url.h"
#include "crawlers/parse/links.h"
#include "crawlers/parse/mf2.h"
#include "daemon/base/limits.h"
#include "tests/unit/shared.h"

#include <dirent.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(LIMIT_EXTRACT_B);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

/* ---- rows of our own ---- */

struct row {
	const char *why;
	const char *html;
	const char *want; /* as show() writes it */
};

/* clang-format off */
static const struct row rows[] = {
	{"no microformats", "<p class='post h p-name dt- h-Card h-1'>a", ""},
	{"an explicit name", "<p class=h-card><b class=p-name>Ada</b>", "h-card{name=Ada}"},
	{"an implied name", "<p class=h-card> Ada <b>B.</b></p>", "h-card{name=Ada B.}"},
	{"a digit in the vendor's part of a name only", "<p class=h-card><i class='p-x2-ab'>a</i><i class='p-a2'>b</i>",
		"h-card{x2-ab=a}"},
	{"a title for an abbreviation", "<p class=h-card><abbr class=p-org title='Initech Inc.'>I</abbr>",
		"h-card{org=Initech Inc.}"},
	{"an address made absolute", "<p class=h-card><a class='u-url p-name' href='/ada'>Ada</a>",
		"h-card{url=https://x.example/ada;name=Ada}"},
	{"another scheme stays", "<p class=h-card><a class='u-email p-name' href='mailto:a@x.example'>Ada</a>",
		"h-card{email=mailto:a@x.example;name=Ada}"},
	{"one element, two properties", "<p class=h-card><i class='p-name p-nickname'>Ada</i>",
		"h-card{name=Ada;nickname=Ada}"},
	{"an item in a property", "<p class=h-entry><i class='p-author h-card'>Ada</i><i class=p-name>t</i>",
		"h-entry{author=Ada;name=t}h-card{name=Ada}"},
	{"an item that is nothing of the outer one", "<div class=h-feed><p class=h-entry>a</p></div>",
		"h-feed{}h-entry{name=a}"},
	{"properties of the inner item are not the outer one's",
		"<div class=h-entry><div class='u-quotation-of h-cite'><i class=p-name>x</i></div><i class=p-name>y</i></div>",
		"h-entry{quotation-of=https://x.example/x;name=y}h-cite{name=x}"},
	{"a date in parts", "<p class=h-entry><span class=dt-published><b class=value>2026-01-02</b> at "
		"<b class=value>8:05pm</b> <b class=value>+0100</b></span>", "h-entry{published=2026-01-02 20:05+0100;name=2026-01-02 at 8:05pm +0100}"},
	{"noon and midnight", "<p class=h-entry><i class=p-name>a</i><span class=dt-published><b class=value>2026-01-02</b><b class=value>12am</b></span>"
		"<span class=dt-updated><b class=value>12:30 p.m.</b><b class=value>2026-01-02</b></span>",
		"h-entry{name=a;published=2026-01-02 00;updated=2026-01-02 12:30}"},
	{"scripts inside text", "<p class=h-card><i class=p-name>A<script>b</script>da</i>", "h-card{name=Ada}"},
	{"a classic card", "<p class=vcard><a class='fn url' href=/a>Ada</a> <i class=title>boss</i>",
		"h-card{name=Ada;url=https://x.example/a;job-title=boss}"},
	{"a classic entry", "<div class=hentry><a class=entry-title rel=bookmark href=/p>t</a><div class=entry-content>c</div></div>",
		"h-entry{name=t;url=https://x.example/p;content=c}"},
	{"a classic item implies nothing", "<p class=hentry>a", "h-entry{}"},
	{"classic classes mean nothing in a new item", "<p class=h-entry><i class=entry-title>a</i>", "h-entry{name=a}"},
	{"new classes mean nothing in a classic item", "<p class=hentry><i class=p-name>a</i>", "h-entry{}"},
	{"both kinds of root: the new one counts", "<p class='hentry h-entry'><i class=p-name>a</i><i class=entry-title>b</i>",
		"h-entry{name=a}"},
};
/* clang-format on */

static void show(const struct mf2 *mf2, struct buf *out)
{
	int r = 0;
	for (size_t i = 0; i < mf2->n_items; i++) {
		const struct mf2_item *item = mf2->items[i];
		r |= buf_addf(out, "%s{", item->types[0]);
		for (size_t k = 0; k < item->n_properties; k++)
			r |= buf_addf(out, "%s%s=%s", k ? ";" : "", item->properties[k].name,
				item->properties[k].values[0].text);
		r |= buf_adds(out, "}");
	}
	assert_int_equal(r, 0);
}

/* The tree stays in @dom for the caller to look into and release. */
static struct mf2 parse(const char *html, const char *url, struct dom *dom)
{
	struct mf2 mf2 = {0};
	struct links links = {0};
	assert_int_equal(dom_parse(arena, html, strlen(html), dom), 0);
	assert_int_equal(links_read(arena, dom, url, &links), 0);
	assert_int_equal(mf2_parse(arena, dom, links.base_url, &mf2), 0);
	return mf2;
}

static void parses_items(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf got = BUF_INIT(4096);
		struct dom dom;
		struct mf2 mf2 = parse(rows[i].html, "https://x.example/", &dom);
		show(&mf2, &got);
		if (strcmp(buf_str(&got), rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].why, buf_str(&got));
		buf_release(&got);
		dom_release(&dom);
	}
}

/* ---- the suite ---- */

/* Properties of the suite that our posts and facts are made of. */
static const char *const model[] = {"name", "url", "uid", "photo", "content", "summary",
	"published", "updated", "in-reply-to", "like-of", "repost-of", "bookmark-of", "category",
	"author", "note", "org", "job-title", "adr", "locality", "country-name", "email",
	"nickname"};

static bool in_model(const char *name)
{
	for (size_t i = 0; i < sizeof model / sizeof model[0]; i++) {
		if (strcmp(model[i], name) == 0)
			return true;
	}
	return false;
}

/* How two strings compare once white space and the spelling of addresses are evened out. */
static bool same_text(const char *a, const char *b)
{
	struct url x;
	struct url y;
	if (url_parse(arena, a, &x) == 0 && url_parse(arena, b, &y) == 0)
		return strcmp(x.whole, y.whole) == 0;
	for (;;) {
		bool space_a = *a && strchr(" \t\n\r\f", *a);
		bool space_b = *b && strchr(" \t\n\r\f", *b);
		if (space_a != space_b)
			return false;
		a += strspn(a, " \t\n\r\f");
		b += strspn(b, " \t\n\r\f");
		if (*a != *b)
			return false;
		if (!*a)
			return true;
		a++;
		b++;
	}
}

struct tally {
	size_t values;
	size_t wrong;
	const char *first; /* what was wrong first */
};

static void count(struct tally *tally, bool right, const char *what)
{
	tally->values++;
	if (right)
		return;
	tally->wrong++;
	if (!tally->first)
		tally->first = what;
}

static const char *wanted_text(const json_t *want)
{
	const char *text =
		json_string_value(json_is_string(want) ? want : json_object_get(want, "value"));
	return text ? text : "";
}

static void compare_items(const json_t *want, const struct mf2_item *item, struct tally *tally);

static void compare_property(
	const char *name, const json_t *wants, const struct mf2_item *item, struct tally *tally)
{
	const struct mf2_property *property = mf2_property(item, name);
	size_t n = property ? property->n_values : 0;
	if (n != json_array_size(wants)) {
		count(tally, false, name);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const json_t *want = json_array_get(wants, i);
		const struct mf2_value *value = &property->values[i];
		count(tally, same_text(wanted_text(want), value->text), name);
		const char *alt = json_string_value(json_object_get(want, "alt"));
		if (alt)
			count(tally, value->alt && same_text(alt, value->alt), "alt");
		if (json_object_get(want, "type") && value->item)
			compare_items(want, value->item, tally);
	}
}

static void compare_items(const json_t *want, const struct mf2_item *item, struct tally *tally)
{
	const char *name;
	json_t *values;
	json_t *type;
	size_t i;
	json_array_foreach(json_object_get(want, "type"), i, type)
		count(tally, mf2_is(item, json_string_value(type)), "type");
	json_object_foreach(json_object_get(want, "properties"), name, values) {
		if (in_model(name))
			compare_property(name, values, item, tally);
	}
	for (i = 0; i < item->n_properties; i++) { /* nothing that is not there */
		name = item->properties[i].name;
		if (in_model(name) && !json_object_get(json_object_get(want, "properties"), name))
			count(tally, false, name);
	}
	const json_t *children = json_object_get(want, "children");
	count(tally, json_array_size(children) == item->n_children, "children");
	for (i = 0; i < item->n_children && i < json_array_size(children); i++)
		compare_items(json_array_get(children, i), item->children[i], tally);
}

static void compare_page(const json_t *want, const struct mf2 *mf2, struct tally *tally)
{
	const json_t *items = json_object_get(want, "items");
	size_t n = 0;
	for (size_t i = 0; i < mf2->n_items; i++) {
		if (mf2->items[i]->parent)
			continue;
		if (n < json_array_size(items))
			compare_items(json_array_get(items, n), mf2->items[i], tally);
		n++;
	}
	count(tally, n == json_array_size(items), "items");
}

struct known {
	const char *page;
	const char *why;
};

/* Pages that are read in another way, and why. */
static const struct known known[] = {
	{"-v1/hnews/", "news is read by its entries"},
	{"-v1/hproduct/", "goods are nothing of a person"},
	{"-v1/hreview", "reviews are read by their text; what is reviewed is not"},
	{"-v1/hcard/multiple", "its agent is a card in a property that we do not read"},
	{"-v1/includes/", "the include pattern, which nobody writes any more"},
};

static bool is_known(const char *page)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strstr(page, known[i].page))
			return true;
	}
	return false;
}

struct part {
	const char *folder;
	size_t pages;
	size_t right;
	size_t known;
};

static void run_page(struct part *part, const char *path)
{
	size_t len;
	char *json_path = NULL;
	char *html = read_shared(path, &len);
	assert_non_null(html);
	assert_true(asprintf(&json_path, "%s/%.*sjson", shared_root(), (int)strlen(path) - 4,
			    path) > 0);
	json_t *want = json_load_file(json_path, 0, NULL);
	free(json_path);
	if (!want) { /* change-log.html */
		free(html);
		return;
	}
	struct dom dom;
	struct tally tally = {0};
	const char *url = strstr(path, "-v2-unit") ? "http://example.test/" : "http://example.com/";
	struct mf2 mf2 = parse(html, url, &dom);
	compare_page(want, &mf2, &tally);
	part->pages++;
	if (tally.wrong == 0)
		part->right++;
	else if (is_known(path))
		part->known++;
	else
		print_message(
			"%s: %zu of %zu, first %s\n", path, tally.wrong, tally.values, tally.first);
	dom_release(&dom);
	json_decref(want);
	free(html);
}

static void run_folder(struct part *part, const char *folder)
{
	char *whole = NULL;
	assert_true(asprintf(&whole, "%s/%s", shared_root(), folder) > 0);
	DIR *dir = opendir(whole);
	free(whole);
	struct dirent *entry;
	while (dir && (entry = readdir(dir))) {
		char *path = NULL;
		size_t len = strlen(entry->d_name);
		assert_true(asprintf(&path, "%s/%s", folder, entry->d_name) > 0);
		if (len > 5 && strcmp(entry->d_name + len - 5, ".html") == 0)
			run_page(part, path);
		else if (entry->d_name[0] != '.' && entry->d_type == DT_DIR)
			run_folder(part, path);
		free(path);
	}
	if (dir)
		(void)closedir(dir);
}

static void agrees_with_the_suite(void **state)
{
	(void)state;
	struct part parts[] = {
		{.folder = "microformats-v2"},
		{.folder = "microformats-v2-unit"},
		{.folder = "microformats-mixed"},
		{.folder = "microformats-v1"},
	};
	size_t pages = 0;
	size_t wrong = 0;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		char *folder = NULL;
		assert_true(asprintf(&folder, "suites/microformats/tests/%s", parts[i].folder) > 0);
		run_folder(&parts[i], folder);
		free(folder);
		print_message("%s: %zu of %zu pages, %zu known to differ\n", parts[i].folder,
			parts[i].right, parts[i].pages, parts[i].known);
		pages += parts[i].pages;
		wrong += parts[i].pages - parts[i].right - parts[i].known;
	}
	if (pages == 0) {
		print_message("skipped: no microformats tests in %s\n", shared_root());
		skip();
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_items),
		cmocka_unit_test(agrees_with_the_suite),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
