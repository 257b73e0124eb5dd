/* One blog read as a web page and as a feed: the same posts under the same addresses, so that the
 * two can be merged.  Pages and feeds are genuine answers of the servers named. */
#include "crawlers/source.h"
#include "daemon/base/limits.h"
#include "tests/unit/shared.h"
#include "tests/unit/shipped_walls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

extern const struct source source_page;
extern const struct source source_feed;

#define DAY_S 86400

struct blog {
	const char *why;
	const char *page;
	const char *page_url;
	const char *feed;
	const char *feed_url;
	bool day_only; /* the page shows the day, not the hour */
	bool no_time;  /* the page shows the minute, in words */
	bool part;     /* the page's text is a part of the feed's, or another summary of it */
};

/* clang-format off */
static const struct blog blogs[] = {
	{"WordPress, an author", "wordpress/author.html", "http://127.0.0.1:8101/author/alice/",
		"wordpress/author-rss.xml", "http://127.0.0.1:8101/author/alice/feed/", false, false, true},
	{"WordPress, an author, Atom", "wordpress/author.html", "http://127.0.0.1:8101/author/alice/",
		"wordpress/author-atom.xml", "http://127.0.0.1:8101/author/alice/feed/atom/", false, false, true},
	{"WordPress, the front page", "wordpress/front.html", "http://127.0.0.1:8101/",
		"wordpress/site-rss.xml", "http://127.0.0.1:8101/feed/", false, false, true},
	{"Ghost, an author", "ghost/author.html", "http://127.0.0.1:8102/author/alice/",
		"ghost/author-rss.xml", "http://127.0.0.1:8102/author/alice/rss/", true, false, true},
	{"Ghost, the front page", "ghost/front.html", "http://127.0.0.1:8102/",
		"ghost/site-rss.xml", "http://127.0.0.1:8102/rss/", true, false, true},
	{"Hugo", "static/hugo-list.html", "http://127.0.0.1:8105/hugo/posts/",
		"static/hugo-rss.xml", "http://127.0.0.1:8105/hugo/posts/index.xml", false, false, false},
	{"Pelican", "static/pelican-author.html", "http://127.0.0.1:8105/pel/author/alice-example.html",
		"static/pelican-atom.xml", "http://127.0.0.1:8105/pel/feeds/alice-example.atom.xml", false, false, false},
	{"ikiwiki", "static/ikiwiki-index.html", "http://127.0.0.1:8105/iki/",
		"static/ikiwiki-rss.xml", "http://127.0.0.1:8105/iki/index.rss", false, false, false},
	{"MediaWiki, contributions", "mediawiki/contributions.html",
		"http://127.0.0.1:8104/index.php?title=Special:Contributions/Alice&limit=50",
		"mediawiki/contributions-atom.xml", "http://127.0.0.1:8104/api.php?action=feedcontributions&user=Alice&feedformat=atom",
		false, true, true},
};
/* clang-format on */

static bool read_source(const struct source *source, const char *file, const char *url,
	const char *type, struct extract *extract)
{
	size_t len = 0;
	char *path = NULL;
	assert_true(asprintf(&path, "servers/%s", file) > 0);
	char *body = read_shared(path, &len);
	free(path);
	if (!body)
		return false;
	assert_int_equal(extract_init(extract), 0);
	extract->walls = shipped_walls();
	const struct page page = {.url = url,
		.final_url = url,
		.profile = url,
		.source = source->name,
		.status = 200,
		.content_type = type,
		.body = body,
		.body_len = len};
	assert_int_equal(source->read(&page, extract), 0);
	free(body);
	return true;
}

static const struct post *post_at(const struct extract *extract, const char *url)
{
	for (size_t i = 0; i < extract->n_posts; i++) {
		const struct post *post = &extract->posts[i];
		if (post->kind == KIND_POST && post->url && strcmp(post->url, url) == 0)
			return post;
	}
	return NULL;
}

static size_t count_posts(const struct extract *extract)
{
	size_t count = 0;
	for (size_t i = 0; i < extract->n_posts; i++)
		count += extract->posts[i].kind == KIND_POST;
	return count;
}

static bool same_time(const struct blog *blog, int64_t page_s, int64_t feed_s)
{
	if (blog->no_time)
		return page_s / 60 == feed_s / 60;
	return blog->day_only ? page_s / DAY_S == feed_s / DAY_S : page_s == feed_s;
}

static void compare_posts(const struct blog *blog, const struct post *page, const struct post *feed)
{
	if (!same_time(blog, page->published_s, feed->published_s))
		fail_msg("%s: %s: at %lld and %lld", blog->why, page->url,
			(long long)page->published_s, (long long)feed->published_s);
	/* An RSS title "<b>x</b>" may be markup or the five characters; Ghost means the latter, and
	 * what reads feeds takes it for the former, as most feeds mean it. */
	if (strstr(page->url, "quotes-b-x-b"))
		return;
	/* A feed's text that begins with its title (a picture's description does in Ghost's) has no
	 * title of its own; the words are the same. */
	bool titled = page->title_len == feed->title_len || feed->title_len == 0;
	if (!titled || feed->len < page->title_len ||
		strncmp(page->text, feed->text, page->title_len) != 0)
		fail_msg("%s: %s: \"%.*s\" and \"%.*s\"", blog->why, page->url,
			(int)page->title_len, page->text, (int)feed->title_len, feed->text);
	if (!blog->part && strcmp(page->text, feed->text) != 0)
		fail_msg("%s: %s: \"%s\" and \"%s\"", blog->why, page->url, page->text, feed->text);
}

static bool compare_blog(const struct blog *blog)
{
	struct extract page = {0};
	struct extract feed = {0};
	bool there = read_source(&source_page, blog->page, blog->page_url,
			     "text/html; charset=utf-8", &page) &&
		     read_source(&source_feed, blog->feed, blog->feed_url,
			     "text/xml; charset=utf-8", &feed);
	for (size_t i = 0; there && i < page.n_posts; i++) {
		const struct post *shown = &page.posts[i];
		if (shown->kind != KIND_POST)
			continue;
		const struct post *fed = post_at(&feed, shown->url);
		if (!fed)
			fail_msg("%s: %s is not in the feed", blog->why, shown->url);
		else
			compare_posts(blog, shown, fed);
	}
	if (there && (count_posts(&page) == 0 || count_posts(&page) != count_posts(&feed)))
		fail_msg(
			"%s: %zu posts and %zu", blog->why, count_posts(&page), count_posts(&feed));
	extract_release(&page);
	extract_release(&feed);
	return there;
}

static void pages_and_feeds_agree(void **state)
{
	(void)state;
	size_t run = 0;
	for (size_t i = 0; i < sizeof blogs / sizeof blogs[0]; i++)
		run += compare_blog(&blogs[i]);
	if (run == 0) {
		print_message("skipped: no servers in %s\n", shared_root());
		skip();
	}
	print_message("%zu blogs\n", run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_and_feeds_agree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
