/* Pages under a domain of their owner's: which platform made them, and who reads them then. */
#include "crawlers/sources/platform.h"
#include "daemon/choice.h"
#include "tests/unit/api_check.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define SITE     "https://ada.example"

/* A list of two posts, which a page of a profile is. */
#define LIST                                                                                   \
	"<div class=h-feed><div class=h-entry><a class=u-url href=/1>1</a><p class=e-content>" \
	"One.</p></div><div class=h-entry><a class=u-url href=/2>2</a><p class=e-content>Two." \
	"</p></div></div>"
#define PAGE(head) "<html><head><title>Ada</title>" head "</head><body>" LIST "</body></html>"

struct row {
	const char *name; /* why the row exists */
	const char *url;
	const char *page;
	const char *source; /* of the request that stands in for the page; NULL: none does */
	const char *asks;
};

#define API "<link rel=\"https://api.w.org/\" href=\"/wp-json/\">"

static const struct row rows[] = {
	{"WordPress", SITE "/", PAGE(API), "wordpress",
		SITE "/wp-json/?_fields=name,description,url,home"},
	{"one of its authors", SITE "/author/ada/",
		PAGE(API "<link rel=alternate type=application/json "
			 "href=\"/wp-json/wp/v2/users/7\">"),
		"wordpress", SITE "/wp-json/wp/v2/users/7"},
	{"its API is elsewhere: that may be anybody's", SITE "/",
		PAGE("<link rel=\"https://api.w.org/\" href=\"https://bob.example/wp-json/\">"),
		NULL, NULL},
	{"a blog of WordPress.com", SITE "/",
		PAGE("<meta name=generator content=\"WordPress.com\">" API), "wordpresscom",
		"https://public-api.wordpress.com/rest/v1.1/sites/ada.example"},
	{"Blogger", SITE "/", PAGE("<meta content='blogger' name='generator'/>"), "blogger",
		SITE "/feeds/posts/default?max-results=150&start-index=1"},
	{"Tumblr", SITE "/", PAGE("<meta property=al:android:package content=com.tumblr>"),
		"tumblr", SITE "/api/read/json?num=50&start=0"},
	{"Medium", SITE "/", PAGE("<meta property=al:android:package content=com.medium.reader>"),
		"medium", SITE "/feed"},
	{"Substack", SITE "/", PAGE("<link rel=preconnect href=https://substackcdn.com>"),
		"substack", SITE "/api/v1/archive?sort=new&search=&offset=0&limit=12"},
	{"Micro.blog", SITE "/", PAGE("<link rel=micropub href=https://micro.blog/micropub>"),
		"microblog", SITE "/feed.json"},
	{"Discourse", SITE "/u/ada", PAGE("<meta name=generator content=\"Discourse 3.4.0\">"),
		"discourse", SITE "/u/ada.json"},
	{"Discourse, but nobody's page", SITE "/",
		PAGE("<meta name=generator content=\"Discourse 3.4.0\">"), NULL, NULL},
	{"no platform", SITE "/", PAGE("<meta name=generator content=\"Hugo 0.120\">"), NULL, NULL},
	{"a list below the front page", SITE "/blog/", PAGE(API), "wordpress",
		SITE "/wp-json/?_fields=name,description,url,home"},
	{"a post of it is that post", SITE "/2024/05/fall/",
		"<html><head><title>Fall</title>" API
		"</head><body><article class=h-entry><a class=u-url href=/2024/05/fall/>x</a><p "
		"class=e-content>It fell.</p></article></body></html>",
		NULL, NULL},
	{"a page about the person is that page", SITE "/about/",
		"<html><head><title>About</title>" API
		"</head><body><main><h1>About</h1><p>I build bridges, and here is a long tale of "
		"how that came to be, which nobody has asked for.</p></main></body></html>",
		NULL, NULL},
	{"what stands in the body is what somebody wrote", SITE "/",
		"<html><head><title>Ada</title></head><body>" LIST
		"<p><link rel=\"https://api.w.org/\" href=\"/wp-json/\"></p></body></html>",
		NULL, NULL},
};

static const struct follow *instead(const struct extract *extract)
{
	for (size_t i = 0; i < extract->n_follows; i++) {
		if (extract->follows[i].relation == FOLLOW_INSTEAD)
			return &extract->follows[i];
	}
	return NULL;
}

static void read_row(const struct row *row, const char *subject, struct extract *ret)
{
	const struct asked asked = {
		"page", row->url, row->url, 0, subject, 0, "text/html; charset=utf-8", NULL};
	answer(&asked, row->page, strlen(row->page), ret);
}

static void pages_lead_to_their_platform(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct extract extract;
		read_row(&rows[i], NULL, &extract);
		const struct follow *follow = instead(&extract);
		if (!same(follow ? follow->source : NULL, rows[i].source) ||
			!same(follow ? follow->url : NULL, rows[i].asks))
			fail_msg("%s: %s, %s", rows[i].name, follow ? follow->source : "no source",
				follow ? follow->url : "nothing");
		/* Its own posts are kept: they stand whatever becomes of the other. */
		assert_true(extract.n_posts > 0);
		if (follow && (!extract.why || extract.coverage.window))
			fail_msg("%s: %s", rows[i].name, extract.why ? extract.why : "no reason");
		extract_release(&extract);
	}
}

static void the_config_overrides_the_page(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1u << 20);
	const struct profile named = {.url = SITE "/", .source = "page"};
	const struct profile picked = {.url = SITE "/"};
	struct choice choice;
	struct extract extract;
	assert_int_equal(choice_make(arena, &named, NULL, &choice), 0);
	read_row(&rows[0], choice.first.subject, &extract);
	assert_null(instead(&extract));
	extract_release(&extract);
	assert_int_equal(choice_make(arena, &picked, NULL, &choice), 0);
	read_row(&rows[0], choice.first.subject, &extract);
	assert_non_null(instead(&extract));
	extract_release(&extract);
	arena_free(arena);
}

/* Ghost's own source is the page; what it lacks is the feed of an author. */
static void an_author_of_a_ghost_has_a_feed(void **state)
{
	(void)state;
	static const struct row ghost = {"", SITE "/author/ada/",
		PAGE("<meta name=generator content=\"Ghost 5.130\">"), NULL, NULL};
	struct extract extract;
	read_row(&ghost, NULL, &extract);
	assert_null(instead(&extract));
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, SITE "/author/ada/rss/");
	assert_int_equal(extract.follows[0].relation, FOLLOW_ALSO);
	extract_release(&extract);
}

struct genuine {
	const char *file;
	const char *url;
	const char *asks; /* in place of the page; NULL: nothing */
};

static void genuine_pages(void **state)
{
	(void)state;
	static const struct genuine pages[] = {
		{"servers/wordpress/front.html", "http://127.0.0.1:8101/",
			"http://127.0.0.1:8101/wp-json/?_fields=name,description,url,home"},
		{"servers/wordpress/author.html", "http://127.0.0.1:8101/author/alice/",
			"http://127.0.0.1:8101/wp-json/wp/v2/users/2"},
		{"servers/wordpress/post2.html",
			"http://127.0.0.1:8101/2026/11/entities-markup-quoted/", NULL},
		{"servers/ghost/front.html", "http://127.0.0.1:8102/", NULL},
		{"servers/static/hugo-list.html", "http://127.0.0.1:8105/hugo/posts/", NULL},
	};
	for (size_t i = 0; i < COUNT(pages); i++) {
		size_t len = 0;
		char *body = shared_page(pages[i].file, &len);
		if (!body)
			return;
		const struct asked asked = {
			"page", pages[i].url, pages[i].url, 0, NULL, 0, "text/html", NULL};
		struct extract extract;
		answer(&asked, body, len, &extract);
		const struct follow *follow = instead(&extract);
		if (!same(follow ? follow->url : NULL, pages[i].asks))
			fail_msg("%s: %s", pages[i].file, follow ? follow->url : "nothing");
		extract_release(&extract);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_lead_to_their_platform),
		cmocka_unit_test(the_config_overrides_the_page),
		cmocka_unit_test(an_author_of_a_ghost_has_a_feed),
		cmocka_unit_test(genuine_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
