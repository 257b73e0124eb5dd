/* gofeed's translator cases (github.com/mmcdole/gofeed, in place): the same feeds, read by both. */
#include "crawlers/parse/compose.h"
#include "crawlers/parse/date.h"
#include "crawlers/parse/json.h"
#include "crawlers/sources/feed.h"
#include "tests/unit/shared.h"
#include "tests/unit/source_check.h"

#include <dirent.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BASE "http://base.example/"

/* Where we differ on purpose, and why: the file, and the field. */
#define WEBMASTER "a webmaster keeps the machine: that is not who writes"
#define ABOUT     "RSS 1.0 §5.5: rdf:about is what identifies the item, and should be its link"
#define FIRST     "RSS has one link: the first is taken, not the last"

static const struct {
	const char *file;
	const char *field;
	const char *why;
} argued[] = {
	{"feed_author_-_rss_channel_webMaster_emailAndName", "feed author", WEBMASTER},
	{"feed_author_-_rss_channel_webMaster_nameAndEmail", "feed author", WEBMASTER},
	{"feed_author_-_rss_channel_webMaster_name", "feed author", WEBMASTER},
	{"feed_item_title_-_rdf_item_title", "link", ABOUT},
	{"feed_item_title_-_rdf_item_title", "guid", ABOUT},
	{"feed_item_description_-_rdf_item_description", "link", ABOUT},
	{"feed_item_description_-_rdf_item_description", "guid", ABOUT},
	{"feed_item_link_-_rdf_item_link", "guid", ABOUT},
	{"feed_links_-_rss_channel_links", "feed link", FIRST},
	{"feed_links_-_rdf_channel_links", "feed link", FIRST},
	{"feed_item_links_-_rss_channel_item_links", "link", FIRST},
};

struct tally {
	size_t compared;
	size_t agreed;
	size_t argued;
	size_t used[sizeof argued / sizeof *argued];
};

struct both {
	struct arena *arena;
	const char *file;
	struct tally *tally;
};

static bool is_argued(struct both *both, const char *field)
{
	for (size_t i = 0; i < sizeof argued / sizeof *argued; i++) {
		if (strcmp(argued[i].file, both->file) == 0 &&
			strcmp(argued[i].field, field) == 0) {
			both->tally->used[i]++;
			return true;
		}
	}
	return false;
}

static void compare(struct both *both, const char *field, const char *ours, const char *theirs)
{
	if (!ours && !theirs)
		return;
	both->tally->compared++;
	if (same(ours, theirs))
		both->tally->agreed++;
	else if (is_argued(both, field))
		both->tally->argued++;
	else
		fail_msg("%s: %s: ours \"%s\", gofeed's \"%s\"", both->file, field,
			ours ? ours : "(nothing)", theirs ? theirs : "(nothing)");
}

/* What a reader sees of a text: both sides go the same way. */
static const char *shown(struct both *both, const char *text, bool html)
{
	struct compose compose = COMPOSE_INIT(both->arena);
	struct html_text seen;
	if (!text)
		return NULL;
	int r = html ? compose_read_html(&compose, text, strlen(text), BASE, &seen)
		     : compose_read_plain(&compose, text, strlen(text), &seen);
	assert_int_equal(r, 0);
	compose_release(&compose);
	if (seen.len == 0 && seen.others) /* all of it is a quotation */
		return seen.others;
	return seen.len > 0 ? seen.text : NULL;
}

static void compare_text(
	struct both *both, const char *field, const struct feed_text *ours, const char *theirs)
{
	compare(both, field, shown(both, ours->text, ours->html), shown(both, theirs, ours->html));
}

static void compare_url(struct both *both, const char *field, const char *ours, const char *theirs)
{
	const char *whole = NULL;
	if (theirs && url_resolve(both->arena, BASE, theirs, &whole) != 0)
		whole = NULL;
	compare(both, field, ours, whole);
}

static void compare_date(struct both *both, const char *field, int64_t ours_s, const char *theirs)
{
	int64_t theirs_s;
	char mine[32], other[32];
	(void)snprintf(mine, sizeof mine, "%" PRId64, ours_s);
	bool told = theirs && date_parse(theirs, &theirs_s);
	if (told)
		(void)snprintf(other, sizeof other, "%" PRId64, theirs_s);
	compare(both, field, ours_s != 0 ? mine : NULL, told ? other : NULL);
}

/* Its first author's name; a mail address alone is none. */
static const char *author_of(const json_t *object)
{
	const char *name = json_words(json_object_at(object, "author"), "name");
	return name ? name : json_words(json_path(object, "authors.0"), "name");
}

static void compare_item(struct both *both, const struct feed_item *ours, const json_t *theirs)
{
	compare_text(both, "title", &ours->title, json_words(theirs, "title"));
	compare_text(both, "content", &ours->content, json_words(theirs, "content"));
	compare_text(both, "description", &ours->summary, json_words(theirs, "description"));
	compare_url(both, "link", ours->link, json_words(theirs, "link"));
	compare(both, "author", ours->author, author_of(theirs));
	compare(both, "guid", ours->id, json_words(theirs, "guid"));
	int64_t published_s = ours->published_s != 0 ? ours->published_s : ours->updated_s;
	const char *published = json_words(theirs, "publishedParsed");
	compare_date(both, "published", published_s,
		published ? published : json_words(theirs, "updatedParsed"));
}

static void compare_feed(struct both *both, const struct feed *ours, const json_t *theirs)
{
	const json_t *items = json_array_at(theirs, "items");
	compare_text(both, "feed title", &ours->title, json_words(theirs, "title"));
	compare_text(both, "feed description", &ours->about, json_words(theirs, "description"));
	compare_url(both, "feed link", ours->link, json_words(theirs, "link"));
	compare(both, "feed author", ours->author, author_of(theirs));
	compare(both, "feed language", ours->lang, json_words(theirs, "language"));
	if (ours->n_items != json_array_size(items))
		fail_msg("%s: %zu items, gofeed has %zu", both->file, ours->n_items,
			json_array_size(items));
	for (size_t i = 0; i < ours->n_items; i++)
		compare_item(both, &ours->items[i], json_array_get(items, i));
}

static char *read_in(const char *folder, const char *stem, const char *end, size_t *ret_len)
{
	char *path;
	assert_true(asprintf(&path, "suites/gofeed/testdata/%s/%s%s", folder, stem, end) > 0);
	char *bytes = read_shared(path, ret_len);
	free(path);
	return bytes;
}

static void compare_case(const char *folder, const char *stem, struct tally *tally)
{
	bool json = strstr(folder, "json") != NULL;
	size_t len, want_len;
	char *bytes = read_in(folder, stem, json ? ".json" : ".xml", &len);
	char *want = read_in(folder, stem, json ? "_expected.json" : ".json", &want_len);
	assert_non_null(bytes);
	assert_non_null(want);
	json_t *theirs;
	assert_int_equal(json_read(want, want_len, &theirs), 0);
	struct both both = {.arena = arena_new(64 << 20), .file = stem, .tally = tally};
	struct page page = page_of("feed", BASE, bytes, len);
	struct feed ours;
	assert_int_equal(json ? feed_json_read(both.arena, &page, &ours)
			      : feed_xml_read(both.arena, &page, &ours),
		0);
	compare_feed(&both, &ours, theirs);
	arena_free(both.arena);
	json_decref(theirs);
	free(bytes);
	free(want);
}

/* Its parser's cases are of single elements, many of them odd: as many items have to come out. */
static void count_case(const char *folder, const char *stem, struct tally *tally)
{
	size_t len, want_len;
	char *bytes = read_in(folder, stem, ".xml", &len);
	char *want = read_in(folder, stem, ".json", &want_len);
	assert_non_null(bytes);
	json_t *theirs = NULL;
	struct extract extract;
	struct page page = page_of("feed", BASE, bytes, len);
	assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
	const char *broken = broken_promise(&extract);
	if (broken)
		fail_msg("%s: %s", stem, broken);
	if (want && json_read(want, want_len, &theirs) == 0) {
		const json_t *items = json_array_at(theirs, "items");
		size_t n = json_array_size(items ? items : json_array_at(theirs, "entries"));
		tally->compared++;
		/* What Go's parser forgives, a tag closed by another's end, is told: never as
		 * clean. */
		bool told = extract.verdict == VERDICT_PARSE_DRIFT ||
			    extract.verdict == VERDICT_TRUNCATED;
		tally->agreed += n == n_listed(&extract);
		tally->argued += n > n_listed(&extract) && told;
		if (n != n_listed(&extract) && !(n > n_listed(&extract) && told))
			fail_msg("%s: %zu items, gofeed has %zu", stem, n_listed(&extract), n);
	}
	extract_release(&extract);
	json_decref(theirs);
	free(bytes);
	free(want);
}

typedef void each_case(const char *folder, const char *stem, struct tally *tally);

/* All cases of a folder. */
static struct tally each_in(const char *folder, const char *end, each_case *each)
{
	char *path;
	struct tally tally = {0};
	assert_true(asprintf(&path, "%s/suites/gofeed/testdata/%s", shared_root(), folder) > 0);
	DIR *dir = opendir(path);
	free(path);
	if (!dir) {
		print_message("skipped: no %s/suites/gofeed\n", shared_root());
		skip();
	}
	for (struct dirent *entry; (entry = readdir(dir));) {
		size_t len = strlen(entry->d_name), n = strlen(end);
		if (len <= n || strcmp(entry->d_name + len - n, end) != 0)
			continue;
		entry->d_name[len - n] = '\0';
		each(folder, entry->d_name, &tally);
	}
	closedir(dir);
	return tally;
}

static void compare_folder(const char *folder)
{
	const char *end = strstr(folder, "json") ? "_expected.json" : ".xml";
	struct tally tally = each_in(folder, end, compare_case);
	print_message("%s: %zu of %zu values agree, %zu differ for a reason\n", folder,
		tally.agreed, tally.compared, tally.argued);
	assert_true(tally.compared > 0);
}

static void count_folder(const char *folder)
{
	struct tally tally = each_in(folder, ".xml", count_case);
	print_message("%s: %zu of %zu files have as many items, %zu are not well-formed\n", folder,
		tally.agreed, tally.compared, tally.argued);
	assert_true(tally.compared > 0);
}

static void agrees_on_rss(void **state)
{
	(void)state;
	compare_folder("translator/rss");
}

static void agrees_on_atom(void **state)
{
	(void)state;
	compare_folder("translator/atom");
}

static void agrees_on_json(void **state)
{
	(void)state;
	compare_folder("translator/json");
}

static void counts_as_its_parser_does(void **state)
{
	(void)state;
	count_folder("parser/rss");
	count_folder("parser/atom");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_on_rss),
		cmocka_unit_test(agrees_on_atom),
		cmocka_unit_test(agrees_on_json),
		cmocka_unit_test(counts_as_its_parser_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
