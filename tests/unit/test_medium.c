#include "tests/unit/api_check.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define FEED     "https://medium.com/feed/@ada"

static const struct asked asked = {
	"medium", FEED, "https://medium.com/@ada", 0, "ada", 0, "text/xml; charset=UTF-8", NULL};

static const char file[] = "tests/fixtures/medium/feed.xml";

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"a writer", "https://medium.com/@ada", FEED},
		{"a tab", "https://medium.com/@ada/about", FEED},
		{"the feed", FEED, FEED},
		{"a writer's host", "https://ada.medium.com/", "https://ada.medium.com/feed"},
		{"a publication is nobody's", "https://medium.com/bridges", NULL},
		{"nor is the front page", "https://www.medium.com/", NULL},
		{"nor is a service", "https://help.medium.com/hc", NULL},
		{"another host", "https://notmedium.com/@ada", NULL},
	};
	check_claims("medium", claims, COUNT(claims));
}

static void stories_and_responses(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"a story", "https://medium.com/p/1a2b", KIND_POST, 1714637700,
			"https://medium.com/@ada/how-bridges-fall-1a2b?source=rss-1------2",
			"How bridges fall\n\nThey fall down.", NULL, 0},
		{"a story for members, without Medium's words below it",
			"https://medium.com/p/2b3c", KIND_POST, 1714551300,
			"https://medium.com/@ada/for-members-2b3c?source=rss-1------2",
			"For members\n\nThe first words.", NULL, 0},
		{"a response is its own title", "https://medium.com/p/3c4d", KIND_POST, 1714464900,
			"https://medium.com/@ada/no-3c4d", "No, Bob, you are wrong.", NULL, 0},
	};
	struct extract extract;
	answer_file(&asked, file, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, COUNT(rows));
	assert_true(extract.coverage.window);
	assert_non_null(strstr(extract.coverage.lack, "for members"));
	assert_string_equal(extract.facts.handle, "ada");
	assert_string_equal(extract.facts.name, "Ada Example");
	assert_string_equal(extract.facts.photo_url, "https://cdn-images-1.example/ada.jpg");
	assert_null(extract.facts.bio); /* "Stories by …" is Medium's */
	extract_release(&extract);
}

static void states_of_writers(void **state)
{
	(void)state;
	static const struct sign_row rows[] = {
		{"nobody", 404, "", VERDICT_NOT_FOUND},
		{"Cloudflare", 403, "<title>Just a moment...</title><p>challenge", VERDICT_BLOCKED},
		{"gone", 410, "", VERDICT_GONE},
		{"a page in its place", 200, "<html><body>x</body></html>", VERDICT_PARSE_DRIFT},
		{"nothing written", 200, "<rss><channel><title>x</title></channel></rss>",
			VERDICT_EMPTY},
	};
	struct asked question = asked;
	question.content_type = "text/html";
	check_signs(question, rows, COUNT(rows));
}

static void genuine_feeds(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		const char *name;
		bool cut;
	} feeds[] = {{"platforms/medium/user_feed.rss.xml", "Liz Marley", true},
		{"platforms/medium/user_feed_2.rss.xml", "Hodl Hodl", false}};
	for (size_t i = 0; i < COUNT(feeds); i++) {
		size_t len = 0, n = 0;
		char *body = shared_page(feeds[i].file, &len);
		if (!body)
			return;
		struct extract extract;
		answer(&asked, body, len, &extract);
		assert_int_equal(extract.verdict, VERDICT_OK);
		for (size_t k = 0; k < extract.n_posts; k++) {
			const struct post *post = &extract.posts[k];
			n += post->kind == KIND_POST &&
			     strncmp(post->id, "https://medium.com/p/", 21) == 0;
			assert_null(strstr(post->text, "Continue reading"));
		}
		assert_int_equal(n, 10);
		assert_string_equal(extract.facts.name, feeds[i].name);
		assert_true((strstr(extract.coverage.lack, "for members") != NULL) == feeds[i].cut);
		extract_release(&extract);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(stories_and_responses),
		cmocka_unit_test(states_of_writers),
		cmocka_unit_test(genuine_feeds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
