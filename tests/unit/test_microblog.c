#include "tests/unit/api_check.h"

enum { TIMELINE, BLOG };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define HOSTED   "https://ada.micro.blog"

static const struct asked asked[] = {
	[TIMELINE] = {"microblog", "https://micro.blog/posts/ada", "https://micro.blog/ada",
		TIMELINE, "ada", 0, NULL, NULL},
	[BLOG] = {"microblog", HOSTED "/feed.json", "https://micro.blog/ada", BLOG, "ada", 0, NULL,
		NULL},
};

static const char *const files[] = {
	[TIMELINE] = "tests/fixtures/microblog/timeline.json",
	[BLOG] = "tests/fixtures/microblog/blog.json",
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"an account", "https://micro.blog/ada", asked[TIMELINE].url},
		{"a post of it", "https://www.micro.blog/ada/33", asked[TIMELINE].url},
		{"its blog", HOSTED "/", asked[TIMELINE].url},
		{"a page of the site's", "https://micro.blog/about", NULL},
		{"help", "https://help.micro.blog/t/json-api", NULL},
		{"another host", "https://notmicro.blog/ada", NULL},
	};
	check_claims("microblog", claims, COUNT(claims));
}

static void posts_and_replies(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"a reply lives on Micro.blog", "33", KIND_REPLY, 1714730400,
			"https://micro.blog/ada/33", "@bob You are wrong.", NULL, 1},
		{"a post on the blog", "32", KIND_POST, 1714637700,
			HOSTED "/2024/05/02/it-fell.html", "It fell.", NULL, 0},
	};
	struct extract extract;
	answer_file(&asked[TIMELINE], files[TIMELINE], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_true(extract.coverage.window);
	check_posts(&extract, rows, COUNT(rows));
	assert_string_equal(extract.facts.handle, "ada");
	assert_string_equal(extract.facts.name, "Ada Example");
	assert_string_equal(extract.facts.photo_url, "https://micro.blog/ada/avatar.jpg");
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, asked[BLOG].url);
	assert_int_equal(extract.follows[0].relation, FOLLOW_ALSO);
	extract_release(&extract);
}

static void the_blog(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"a post without a title", "http://ada.micro.blog/2024/05/02/it-fell.html",
			KIND_POST, 1714637700, HOSTED "/2024/05/02/it-fell.html", "It fell.", NULL,
			0},
		{"one with", "http://ada.micro.blog/2024/05/01/first.html", KIND_POST, 1714557600,
			HOSTED "/2024/05/01/first.html", "First\n\nHello.", NULL, 0},
	};
	struct extract extract;
	answer_file(&asked[BLOG], files[BLOG], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, COUNT(rows));
	assert_int_equal(extract.n_follows, 0);
	extract_release(&extract);
}

static void a_blog_under_a_name_of_its_own(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1u << 20);
	struct url url;
	struct follow first;
	assert_int_equal(url_parse(arena, "https://ada.example/about/", &url), 0);
	assert_int_equal(source_find("microblog")->first(arena, &url, &first), 0);
	assert_string_equal(first.url, "https://ada.example/feed.json");
	assert_int_equal(first.step, BLOG);
	arena_free(arena);
}

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row of_blog[] = {
		{"nobody's", 404, "", VERDICT_NOT_FOUND},
		{"no feed", 200, "{}", VERDICT_PARSE_DRIFT},
		{"nothing written", 200,
			"{\"version\":\"https://jsonfeed.org/version/"
			"1\",\"title\":\"x\",\"items\":[]}",
			VERDICT_EMPTY},
	};
	static const int closed[] = {401, 403, 404};
	check_signs(asked[BLOG], of_blog, COUNT(of_blog));
	for (size_t i = 0; i < COUNT(closed); i++) {
		struct asked question = asked[TIMELINE];
		struct extract extract;
		question.status = closed[i];
		answer(&question, "", 0, &extract);
		assert_false(verdict_proves(extract.verdict));
		assert_int_equal(extract.n_follows, 1);
		assert_string_equal(extract.follows[0].url, asked[BLOG].url);
		assert_int_equal(extract.follows[0].relation, FOLLOW_INSTEAD);
		extract_release(&extract);
	}
}

static void damaged_answers(void **state)
{
	(void)state;
	for (int i = TIMELINE; i <= BLOG; i++) {
		check_cuts(&asked[i], files[i]);
		check_types(&asked[i], files[i]);
	}
}

static void genuine_feeds(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		size_t n;
	} feeds[] = {{"platforms/microblog/conversation.json", 12},
		{"platforms/microblog/inessential_feed.json", 20}};
	for (size_t i = 0; i < COUNT(feeds); i++) {
		size_t len = 0, n = 0, replies = 0;
		char *body = shared_page(feeds[i].file, &len);
		if (!body)
			return;
		struct asked question = asked[TIMELINE];
		struct extract extract;
		question.subject = "eli";
		answer(&question, body, len, &extract);
		assert_int_equal(extract.verdict, VERDICT_OK);
		for (size_t k = 0; k < extract.n_posts; k++) {
			replies += extract.posts[k].kind == KIND_REPLY;
			n += extract.posts[k].kind == KIND_REPLY ||
			     extract.posts[k].kind == KIND_POST;
		}
		assert_int_equal(n, feeds[i].n);
		assert_true((replies > 0) == (i == 0)); /* those of "eli" in a conversation */
		extract_release(&extract);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(posts_and_replies),
		cmocka_unit_test(the_blog),
		cmocka_unit_test(a_blog_under_a_name_of_its_own),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(genuine_feeds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
