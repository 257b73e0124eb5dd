#include "tests/unit/api_check.h"

#include <unistd.h>

enum { API, FEED };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define BLOG     "https://ada-e.tumblr.com"
#define FIRST    BLOG "/api/read/json?num=50&start=0"

static const struct asked api = {
	"tumblr", FIRST, BLOG "/", API, "0", 0, "text/javascript; charset=utf-8", NULL};
static const struct asked feed = {
	"tumblr", BLOG "/rss", BLOG "/", FEED, "1", 0, "text/xml; charset=utf-8", NULL};

static const char api_file[] = "tests/fixtures/tumblr/read.js";
static const char feed_file[] = "tests/fixtures/tumblr/feed.xml";

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"a blog", BLOG "/", FIRST},
		{"a post of it", BLOG "/post/1/x", FIRST},
		{"as the site names it now", "https://www.tumblr.com/ada-e", FIRST},
		{"with its post", "https://www.tumblr.com/ada-e/123/a-fall", FIRST},
		{"as it named it before", "https://www.tumblr.com/blog/view/ada-e", FIRST},
		{"and before that", "https://tumblr.com/blog/ada-e", FIRST},
		{"with an at", "https://tumblr.com/@ada-e", FIRST},
		{"the dashboard", "https://www.tumblr.com/dashboard", NULL},
		{"a word", "https://www.tumblr.com/tagged/bridges", NULL},
		{"the front page", "https://www.tumblr.com/", NULL},
		{"the API", "https://api.tumblr.com/v2/blog/x", NULL},
	};
	check_claims("tumblr", claims, COUNT(claims));
}

static const struct post_row rows[] = {
	{"a post", "106", KIND_POST, 1714637700, BLOG "/post/106/a-fall", "A fall\n\nIt fell.",
		NULL, 0},
	{"a reblog: what was added", "105", KIND_QUOTE, 1714637600, BLOG "/post/105",
		"No, they are not.", "Bob's title\n\nidiot-bob:\n\nBridges are dumb.", 0},
	{"a reblog without a word", "104", KIND_REPOST, 1714637500, BLOG "/post/104", "",
		"bob:\n\nA photo.", 0},
	{"a quotation is not one's own words", "103", KIND_POST, 1714637400, BLOG "/post/103",
		"Somebody", "Who falls, falls.", 0},
	{"a link", "102", KIND_POST, 1714637300, BLOG "/post/102", "Read this\n\nIt is good.", NULL,
		1},
	{"an answer: the question is somebody else's", "101", KIND_POST, 1714637200,
		BLOG "/post/101", "Only on Fridays.", "Are you drunk?", 0},
};

static void posts_are_read(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&api, api_file, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, COUNT(rows));
	assert_int_equal(extract.coverage.total, 6);
	assert_string_equal(extract.facts.handle, "ada-e");
	assert_string_equal(extract.facts.headline, "Ada on bridges");
	assert_string_equal(extract.facts.bio, "Falling down");
	assert_string_equal(extract.facts.photo_url,
		"https://api.tumblr.com/v2/blog/ada-e.tumblr.com/avatar/512");
	assert_int_equal(extract.n_follows, 0);
	extract_release(&extract);
}

static char *with_total(int total)
{
	size_t len = 0;
	char *body = read_whole(api_file, &len), *out = NULL;
	char *at = strstr(body, "\"posts-total\":6");
	assert_non_null(at);
	assert_true(asprintf(&out, "%.*s\"posts-total\":%d%s", (int)(at - body), body, total,
			    at + strlen("\"posts-total\":6")) > 0);
	free(body);
	return out;
}

static void older_posts_are_counted(void **state)
{
	(void)state;
	char *body = with_total(60);
	struct extract extract;
	answer(&api, body, strlen(body), &extract);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, BLOG "/api/read/json?num=50&start=6");
	assert_string_equal(extract.follows[0].subject, "6");
	assert_int_equal(extract.follows[0].relation, FOLLOW_OLDER);
	extract_release(&extract);
	struct asked later = api;
	later.subject = "6";
	answer(&later, body, strlen(body), &extract);
	assert_int_equal(extract.coverage.total, -1);
	assert_null(extract.facts.handle); /* the first page has told */
	extract_release(&extract);
	free(body);
}

static void the_feed_stands_in(void **state)
{
	(void)state;
	static const struct post_row fed[] = {
		{"a post", BLOG "/post/106", KIND_POST, 1714637700, BLOG "/post/106",
			"A fall\n\nIt fell.", NULL, 0},
		{"a reblog: what was added; its title is the original's", BLOG "/post/105",
			KIND_POST, 1714637600, BLOG "/post/105", "No, they are not.",
			"idiot-bob:\n\nBridges are dumb.", 0},
	};
	static const int statuses[] = {404, 403, 401, 200};
	struct extract extract;
	for (size_t i = 0; i < COUNT(statuses); i++) {
		struct asked closed = api;
		closed.status = statuses[i];
		answer(&closed, "<html><p>x</p></html>", 21, &extract);
		assert_false(verdict_proves(extract.verdict));
		assert_int_equal(extract.n_follows, 1);
		assert_string_equal(extract.follows[0].url, feed.url);
		assert_int_equal(extract.follows[0].relation, FOLLOW_INSTEAD);
		extract_release(&extract);
	}
	answer_file(&feed, feed_file, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, fed, COUNT(fed));
	assert_string_equal(extract.follows[0].url, BLOG "/page/2/rss");
	assert_string_equal(extract.follows[0].subject, "2 " BLOG "/post/106");
	struct asked again = feed;
	struct extract same_page;
	again.subject = extract.follows[0].subject;
	answer_file(&again, feed_file, &same_page);
	assert_int_equal(same_page.n_follows, 0);
	extract_release(&same_page);
	extract_release(&extract);
}

static void states_of_blogs(void **state)
{
	(void)state;
	static const struct sign_row of_api[] = {
		{"the server is broken", 500, "", VERDICT_SERVER_ERROR},
		{"nothing written", 200,
			"var tumblr_api_read = {\"tumblelog\":{\"title\":\"x\"},\"posts-total\":0,"
			"\"posts\":[]};",
			VERDICT_EMPTY},
		{"posts that are not shown", 200,
			"var tumblr_api_read = {\"tumblelog\":{\"title\":\"x\"},\"posts-total\":3,"
			"\"posts\":[]};",
			VERDICT_TRUNCATED},
		{"rows of nothing known", 200,
			"var tumblr_api_read = {\"tumblelog\":{\"title\":\"x\"},\"posts-total\":3,"
			"\"posts\":[{},1]};",
			VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_feed[] = {
		{"nobody's, or for members", 404, "", VERDICT_NOT_FOUND}};
	static const struct sign_row behind[] = {{"behind the last page", 404, "", VERDICT_EMPTY}};
	struct asked second = feed;
	second.subject = "2";
	check_signs(api, of_api, COUNT(of_api));
	check_signs(feed, of_feed, 1);
	check_signs(second, behind, 1);
}

static void damaged_answers(void **state)
{
	(void)state;
	size_t len = 0;
	char *body = read_whole(api_file, &len);
	for (size_t cut = 0; cut + 4 < len; cut += 3) {
		struct extract extract;
		answer(&api, body, cut, &extract);
		if (verdict_proves(extract.verdict))
			fail_msg("cut at %zu: %s", cut, verdict_name(extract.verdict));
		extract_release(&extract);
	}
	/* What is inside of the call. */
	char path[] = "/tmp/dirtwatch-tumblr-XXXXXX";
	char *open = strchr(body, '{');
	*strrchr(body, ';') = ' ';
	int descriptor = mkstemp(path);
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, open, strlen(open)), strlen(open));
	(void)close(descriptor);
	check_types(&api, path);
	(void)unlink(path);
	free(body);
}

static void a_genuine_feed(void **state)
{
	(void)state;
	size_t len = 0, n = 0, quotes = 0;
	char *body = shared_page("platforms/tumblr/blog_feed.rss.xml", &len);
	if (!body)
		return;
	struct extract extract;
	answer(&feed, body, len, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	for (size_t i = 0; i < extract.n_posts; i++) {
		n += extract.posts[i].kind != KIND_BIO;
		quotes += extract.posts[i].others != NULL;
	}
	assert_int_equal(n, 20);
	assert_true(quotes > 5); /* most posts of that blog quote what they link to */
	extract_release(&extract);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(posts_are_read),
		cmocka_unit_test(older_posts_are_counted),
		cmocka_unit_test(the_feed_stands_in),
		cmocka_unit_test(states_of_blogs),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(a_genuine_feed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
