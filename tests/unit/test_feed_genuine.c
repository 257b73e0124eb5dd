/* Feeds as real servers sent them (in place): every post in them is read, and no other. */
#include "tests/unit/shared.h"
#include "tests/unit/source_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct genuine {
	const char *file;
	size_t n_posts;
	/* of the first post: part of its text, end of its URL, its time; NULL and 0: not looked at
	 */
	const char *words;
	const char *url_end;
	int64_t published_s;
};

/* clang-format off */
static const struct genuine files[] = {
	{"servers/wordpress/author-rss.xml", 6, "I had porridge", "/plain-first-post/", 1795460559},
	{"servers/wordpress/author-atom.xml", 6, "I had porridge", "/plain-first-post/", 1795460559},
	{"servers/wordpress/author-rss-after-edit.xml", 5, NULL, NULL, 0},
	{"servers/wordpress/site-rss.xml", 7, NULL, NULL, 0},
	{"servers/wordpress/site-rdf.xml", 7, NULL, NULL, 0},
	{"servers/wordpress/comments-rss.xml", 1, NULL, NULL, 0},
	{"servers/ghost/author-rss.xml", 6, NULL, NULL, 0},
	{"servers/ghost/author-rss-after-edit.xml", 5, NULL, NULL, 0},
	{"servers/ghost/site-rss.xml", 6, NULL, NULL, 0},
	{"servers/mediawiki/contributions-atom.xml", 5, "removing false claim", "diff=6", 1795460585},
	{"servers/mediawiki/contributions-rss.xml", 5, NULL, NULL, 0},
	{"servers/mediawiki/history-atom.xml", 3, NULL, NULL, 0},
	{"servers/static/hugo-rss.xml", 5, NULL, NULL, 0},
	{"servers/static/ikiwiki-atom.xml", 5, NULL, NULL, 0},
	{"servers/static/ikiwiki-rss.xml", 5, NULL, NULL, 0},
	{"servers/static/pelican-atom.xml", 5, NULL, NULL, 0},
	{"servers/static/pelican-rss.xml", 5, NULL, NULL, 0},
	{"platforms/blogger/posts_default.atom.xml", 25, NULL, NULL, 0},
	{"platforms/flickr_etc/vimeo_media.rss.xml", 1, NULL, NULL, 0},
	{"platforms/ghost/feed_1.rss.xml", 1, NULL, NULL, 0},
	{"platforms/ghost/feed_2.rss.xml", 1, NULL, NULL, 0},
	{"platforms/github/atom_feed.xml", 20, NULL, NULL, 0},
	{"platforms/indieweb/xray/atom.xml", 8, "Mt. Tam Trail Run", "tam-trail-run-first-trail-half",
		1510213980},
	{"platforms/indieweb/xray/rss.xml", 10, NULL, NULL, 0},
	{"platforms/mastodon/profile_feed_v4.3.8_media.rss.xml", 20,
		"Raiders ride giant lizards across the desert.", "114495761108890085", 1747066667},
	{"platforms/medium/user_feed.rss.xml", 10, NULL, NULL, 0},
	{"platforms/medium/user_feed_2.rss.xml", 10, NULL, NULL, 0},
	{"platforms/reddit/atom_search_2021.xml", 1, NULL, NULL, 0},
	{"platforms/reddit/atom_subreddit_2020.xml", 1, NULL, NULL, 0},
	{"platforms/reddit/atom_subreddit_2023_media.xml", 5, NULL, NULL, 0},
	{"platforms/substack/feed.rss.xml", 1, NULL, NULL, 0},
	{"platforms/tumblr/blog_feed.rss.xml", 20, "CSVfix", "post/127163643556", 1440086410},
	{"platforms/wordpress/feed_4.2.rss.xml", 10, NULL, NULL, 0},
	{"platforms/wordpress/feed_6.0.3.rss.xml", 20, NULL, NULL, 0},
	{"platforms/youtube/channel_feed.xml", 15, "A question is the most powerful force",
		"v=5shykyfmb28", 1430697687},
	{"platforms/youtube/channel_feed_2.xml", 15, NULL, NULL, 0},
	{"platforms/jsonfeed/authors_1.1.json", 4, NULL, NULL, 0},
	{"platforms/jsonfeed/daringfireball.json", 48, NULL, NULL, 0},
	{"platforms/jsonfeed/feedjira_json_feed.json", 20, NULL, NULL, 0},
	{"platforms/microblog/conversation.json", 12, "jQuery made scripting easy", "763276", 1533257410},
	{"platforms/microblog/inessential_feed.json", 20, NULL, NULL, 0},
	{"platforms/indieweb/xray/jsonfeed.json", 11, NULL, NULL, 0},
	{"platforms/indieweb/xray/jsonfeed-1.1.json", 48, NULL, NULL, 0},
};
/* clang-format on */

/* <item>, <item rdf:about=…>, <entry>, <entry xml:lang=…> */
static size_t count_elements(const char *text)
{
	size_t n = 0;
	for (const char *at = text; (at = strchr(at, '<')); at++)
		n += strncmp(at, "<item>", 6) == 0 || strncmp(at, "<item ", 6) == 0 ||
		     strncmp(at, "<entry>", 7) == 0 || strncmp(at, "<entry ", 7) == 0;
	return n;
}

static bool ends_in(const char *text, const char *end)
{
	size_t len = text ? strlen(text) : 0, n = strlen(end);
	return len >= n && strcmp(text + len - n, end) == 0;
}

static void check(const struct genuine *want, const char *bytes, size_t len)
{
	struct page page = page_of("feed", "https://site.example/feed", bytes, len);
	struct extract extract;
	assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
	const char *broken = broken_promise(&extract);
	const struct post *post = listed(&extract, 0);
	if (broken)
		fail_msg("%s: %s", want->file, broken);
	if (extract.verdict != VERDICT_OK || n_listed(&extract) != want->n_posts)
		fail_msg("%s: %s (%s), %zu posts, want %zu", want->file,
			verdict_name(extract.verdict), extract.why ? extract.why : "",
			n_listed(&extract), want->n_posts);
	if (strstr(want->file, ".xml") && count_elements(bytes) != want->n_posts)
		fail_msg("%s: the file has %zu", want->file, count_elements(bytes));
	if (want->words && (!post || !strstr(post->text, want->words)))
		fail_msg("%s: \"%s\" is not in \"%s\"", want->file, want->words,
			post ? post->text : "");
	if (want->url_end && (!post || !ends_in(post->url, want->url_end)))
		fail_msg("%s: the URL is %s", want->file, post && post->url ? post->url : "none");
	if (want->published_s != 0 && (!post || post->published_s != want->published_s))
		fail_msg("%s: the time is wrong", want->file);
	extract_release(&extract);
}

static void every_post_is_read(void **state)
{
	(void)state;
	size_t n = 0, posts = 0;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		size_t len = 0;
		char *bytes = read_shared(files[i].file, &len);
		if (!bytes)
			continue;
		check(&files[i], bytes, len);
		n++;
		posts += files[i].n_posts;
		free(bytes);
	}
	if (n == 0) {
		print_message("skipped: nothing in %s\n", shared_root());
		skip();
	}
	print_message("%zu of %zu files, %zu posts\n", n, sizeof files / sizeof *files, posts);
}

struct no_feed {
	const char *file;
	enum verdict verdict;
	size_t n_posts;
};

/* A document that ends early, and documents that are no feeds. */
static const struct no_feed others[] = {
	{"platforms/mastodon/profile_feed_v4.0.2.rss.xml", VERDICT_TRUNCATED, 2},
	{"platforms/steam/profile_xml.xml", VERDICT_PARSE_DRIFT, 0},
	{"servers/mediawiki/recent-atom.xml", VERDICT_PARSE_DRIFT, 0},
	{"servers/wordpress/front.html", VERDICT_PARSE_DRIFT, 0},
	{"servers/wordpress/posts.json", VERDICT_PARSE_DRIFT, 0},
	{"servers/wordpress/sitemap.xml", VERDICT_PARSE_DRIFT, 0},
	{"servers/static/hugo-rss-range.xml", VERDICT_PARSE_DRIFT, 0},
};

static void what_is_no_feed_is_not_empty(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		size_t len = 0;
		char *bytes = read_shared(others[i].file, &len);
		if (!bytes)
			continue;
		struct page page = page_of("feed", "https://site.example/feed", bytes, len);
		struct extract extract;
		assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
		if (extract.verdict != others[i].verdict || n_listed(&extract) != others[i].n_posts)
			fail_msg("%s: %s, %zu posts", others[i].file, verdict_name(extract.verdict),
				n_listed(&extract));
		extract_release(&extract);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_post_is_read),
		cmocka_unit_test(what_is_no_feed_is_not_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
