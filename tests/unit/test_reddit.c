#include "tests/unit/api_check.h"

enum { FEED, ABOUT, LISTING };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define PROFILE  "https://www.reddit.com/user/ada_e"
#define API      "https://oauth.reddit.com/user/ada_e/"
#define THREAD   "https://www.reddit.com/r/bridges/comments/"

static const struct asked asked[] = {
	[FEED] = {"reddit", PROFILE "/.rss?limit=100", PROFILE, FEED, "ada_e", 0,
		"application/atom+xml; charset=UTF-8", NULL},
	[ABOUT] = {"reddit", API "about", PROFILE, ABOUT, "ada_e", 0, NULL, NULL},
	[LISTING] = {"reddit", API "overview?limit=100&raw_json=1", PROFILE, LISTING, "ada_e", 0,
		NULL, NULL},
};

static const char *const files[] = {
	[FEED] = "tests/fixtures/reddit/feed.xml",
	[ABOUT] = "tests/fixtures/reddit/about.json",
	[LISTING] = "tests/fixtures/reddit/listing.json",
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"an account", PROFILE, PROFILE "/.rss?limit=100"},
		{"in short", "https://reddit.com/u/ada_e/", PROFILE "/.rss?limit=100"},
		{"the old site", "https://old.reddit.com/user/ada_e/comments/",
			PROFILE "/.rss?limit=100"},
		{"a site that is gone", "https://np.reddit.com/u/ada_e", PROFILE "/.rss?limit=100"},
		{"a forum", "https://www.reddit.com/r/bridges/", NULL},
		{"the front page", "https://www.reddit.com/", NULL},
		{"another host", "https://notreddit.com/user/ada_e", NULL},
	};
	check_claims("reddit", claims, COUNT(claims));
}

static void whoever_has_a_token_asks_the_api(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1u << 20);
	struct url url;
	struct follow first;
	assert_int_equal(url_parse(arena, "https://old.reddit.com/u/ada_e/", &url), 0);
	assert_int_equal(source_find("reddit")->first_with_token(arena, &url, &first), 0);
	assert_string_equal(first.url, API "about");
	assert_string_equal(first.subject, "ada_e");
	assert_int_equal(first.step, ABOUT);
	arena_free(arena);
}

static const struct post_row fed[] = {
	{"a comment: what it answers, and the thread's title, are others'", "t1_k3", KIND_REPLY,
		1779184800, THREAD "p1/is_it/k3/", "It isn't.",
		"Is it safe?\n\nIs the bridge safe?", 0},
	{"a post, without the line that Reddit writes below it", "t3_p2", KIND_POST, 1779098400,
		THREAD "p2/mine/", "A post & a half\n\nWords of mine.", NULL, 0},
	{"a link", "t3_p3", KIND_POST, 1779012000, THREAD "p3/news/", "Read this", NULL, 1},
};

static void the_feed(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[FEED], files[FEED], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, fed, COUNT(fed));
	assert_string_equal(extract.facts.handle, "ada_e");
	assert_string_equal(post_called(&extract, "t3_p3")->links[0].url,
		"https://globex.example/news?a=1&b=2");
	assert_int_equal(extract.n_follows, 0); /* three of a hundred are all */
	extract_release(&extract);
}

/* A feed of @n entries, the last of them "t3_last", by @author. */
static char *make_feed(size_t n, const char *author)
{
	char *feed = NULL;
	size_t len;
	FILE *out = open_memstream(&feed, &len);
	(void)fputs("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>overview</title>", out);
	for (size_t i = 0; i < n; i++)
		(void)fprintf(out,
			"<entry><author><name>/u/%s</name></author><id>t3_%s</id><link "
			"href=\"https://www.reddit.com/r/a/comments/%zu/\"/"
			"><updated>2026-05-18T10:00:00Z"
			"</updated><title>x</title></entry>",
			author, i + 1 == n ? "last" : "p", i);
	(void)fputs("</feed>", out);
	(void)fclose(out);
	return feed;
}

static void older_posts_are_behind_the_last(void **state)
{
	(void)state;
	char *body = make_feed(100, "ada_e");
	struct extract extract;
	answer(&asked[FEED], body, strlen(body), &extract);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, PROFILE "/.rss?limit=100&after=t3_last");
	assert_string_equal(extract.follows[0].subject, "ada_e");
	assert_int_equal(extract.follows[0].relation, FOLLOW_OLDER);
	extract_release(&extract);
	free(body);
}

static void somebody_elses_posts_are_not_taken(void **state)
{
	(void)state;
	char *body = make_feed(3, "bob");
	struct extract extract;
	answer(&asked[FEED], body, strlen(body), &extract);
	assert_int_equal(extract.verdict, VERDICT_PARSE_DRIFT);
	assert_int_equal(extract.n_posts, 0);
	extract_release(&extract);
	free(body);
}

/* An account may hide its history: then an empty list says nothing. */
static void nothing_shown_is_not_empty(void **state)
{
	(void)state;
	char *body = make_feed(0, "ada_e");
	struct extract extract;
	answer(&asked[FEED], body, strlen(body), &extract);
	assert_int_equal(extract.verdict, VERDICT_TRUNCATED);
	assert_true(extract.coverage.window);
	assert_non_null(strstr(extract.coverage.lack, "hides its history"));
	extract_release(&extract);
	struct asked older = asked[FEED];
	older.url = PROFILE "/.rss?limit=100&after=t3_x";
	answer(&older, body, strlen(body), &extract);
	assert_int_equal(extract.verdict, VERDICT_EMPTY); /* behind the last page */
	extract_release(&extract);
	free(body);
}

static void the_account(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[ABOUT], files[ABOUT], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.handle, "ada_e");
	assert_string_equal(extract.facts.name, "Ada");
	assert_string_equal(extract.facts.bio, "Bridges, drunk");
	assert_int_equal(extract.facts.created_s, 1577836800);
	assert_int_equal(extract.facts.n_followers, 3);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, asked[LISTING].url);
	extract_release(&extract);
}

static void the_listing(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"a comment", "t1_k3", KIND_REPLY, 1779184800, THREAD "p1/is_it/k3/", "It isn't.",
			"Is it safe?\n\nIs the bridge safe?", 0},
		{"a post", "t3_p2", KIND_POST, 1779098400, THREAD "p2/mine/",
			"A post & a half\n\nWords of mine.", NULL, 0},
		{"a link", "t3_p3", KIND_POST, 1779012000, THREAD "p3/news/", "Read this", NULL, 1},
		{"of a removed post the title stays; of a comment nothing", "t3_p4", KIND_POST,
			1778925600, THREAD "p4/gone/", "Gone", NULL, 0},
	};
	struct extract extract;
	answer_file(&asked[LISTING], files[LISTING], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, COUNT(rows));
	assert_int_equal(post_called(&extract, "t1_k3")->updated_s, 1779271200);
	assert_int_equal(post_called(&extract, "t3_p2")->updated_s, 0);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(
		extract.follows[0].url, API "overview?limit=100&raw_json=1&after=t1_k9");
	extract_release(&extract);
}

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row of_feed[] = {
		{"nobody, or hidden by Reddit", 404, "", VERDICT_NOT_FOUND},
		{"programs are refused", 403, "<html><h1>whoa there, pardner!</h1></html>",
			VERDICT_BLOCKED},
		{"too often", 429, "", VERDICT_RATE_LIMITED},
		{"a page in its place", 200, "<html><body>Hello</body></html>",
			VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_about[] = {
		{"suspended", 200, "{\"data\":{\"name\":\"ada_e\",\"is_suspended\":true}}",
			VERDICT_SUSPENDED},
		{"nobody", 404, "{\"message\":\"Not Found\",\"error\":404}", VERDICT_NOT_FOUND},
		{"a token that is none any more", 401, "{\"message\":\"Unauthorized\"}",
			VERDICT_AUTH_REQUIRED},
		{"somebody else", 200, "{\"data\":{\"name\":\"bob\"}}", VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_listing[] = {
		{"nothing, or hidden", 200, "{\"data\":{\"children\":[]}}", VERDICT_TRUNCATED},
		{"no listing", 200, "{\"data\":{}}", VERDICT_PARSE_DRIFT},
		{"rows of nothing known", 200, "{\"data\":{\"children\":[{},{\"kind\":\"t3\"}]}}",
			VERDICT_PARSE_DRIFT},
	};
	check_signs(asked[FEED], of_feed, COUNT(of_feed));
	check_signs(asked[ABOUT], of_about, COUNT(of_about));
	check_signs(asked[LISTING], of_listing, COUNT(of_listing));
}

static void damaged_answers(void **state)
{
	(void)state;
	for (int i = ABOUT; i <= LISTING; i++) {
		check_cuts(&asked[i], files[i]);
		check_types(&asked[i], files[i]);
	}
}

static size_t count_kind(const struct extract *extract, enum post_kind kind)
{
	size_t n = 0;
	for (size_t i = 0; i < extract->n_posts; i++)
		n += extract->posts[i].kind == kind;
	return n;
}

static void a_genuine_listing(void **state)
{
	(void)state;
	size_t len = 0;
	char *body = shared_page("platforms/reddit/oauth_user_overview_listing.json", &len);
	if (!body)
		return;
	struct asked question = asked[LISTING];
	struct extract extract;
	question.subject = "spez";
	answer(&question, body, len, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(count_kind(&extract, KIND_POST), 4);
	assert_int_equal(count_kind(&extract, KIND_REPLY), 4);
	const struct post *comment = post_called(&extract, "t1_csz2dsx");
	assert_string_equal(comment->text, "Permanent.");
	assert_int_equal(comment->published_s, 1436564476);
	const struct post *post = post_called(&extract, "t3_3cxedn");
	assert_int_equal(post->updated_s, 1436641864);
	assert_string_equal(post->url, "https://www.reddit.com/r/IAmA/comments/3cxedn/"
				       "i_am_steve_huffman_the_new_ceo_of_reddit_ama/");
	assert_int_equal(extract.n_follows, 1);
	extract_release(&extract);
	free(body);
}

struct genuine {
	const char *file;
	const char *author;
	const char *id;
	const char *text;
	size_t n_links;
};

static void genuine_feeds(void **state)
{
	(void)state;
	static const struct genuine feeds[] = {
		{"platforms/reddit/atom_search_2021.xml", "kevincox_ca", "t3_qksbf1",
			"Announcing FeedMail", 1},
		{"platforms/reddit/atom_subreddit_2023_media.xml", "Remarkable_Housing61",
			"t3_157kyrd", "Any reason to keep 1G connections to my servers?\n\nHello",
			0},
		{"platforms/reddit/atom_subreddit_2020.xml", "llogiq", NULL, "Mystified", 0},
	};
	for (size_t i = 0; i < COUNT(feeds); i++) {
		size_t len = 0;
		char *body = shared_page(feeds[i].file, &len);
		if (!body)
			return;
		struct asked question = asked[FEED];
		struct extract extract;
		question.subject = feeds[i].author;
		answer(&question, body, len, &extract);
		const struct post *post = NULL;
		for (size_t k = 0; k < extract.n_posts && !post; k++)
			post = extract.posts[k].kind == KIND_POST ? &extract.posts[k] : NULL;
		if (!post || !strstr(post->text, feeds[i].text) ||
			strstr(post->text, "submitted by") || strstr(post->text, "[link]"))
			FAIL("%s: %s", feeds[i].file, post ? post->text : "no post");
		if (feeds[i].id &&
			(strcmp(post->id, feeds[i].id) != 0 || post->n_links != feeds[i].n_links))
			FAIL("%s: %s, %zu links", feeds[i].file, post->id, post->n_links);
		extract_release(&extract);
		free(body);
	}
	size_t len = 0;
	char *body = shared_page("platforms/reddit/blocked_403_pardner.html", &len);
	const struct sign_row blocked[] = {{"the block page", 403, body, VERDICT_BLOCKED},
		{"with another status", 200, body, VERDICT_BLOCKED}};
	struct asked question = asked[FEED];
	question.content_type = "text/html";
	check_signs(question, blocked, 2);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(whoever_has_a_token_asks_the_api),
		cmocka_unit_test(the_feed),
		cmocka_unit_test(older_posts_are_behind_the_last),
		cmocka_unit_test(somebody_elses_posts_are_not_taken),
		cmocka_unit_test(nothing_shown_is_not_empty),
		cmocka_unit_test(the_account),
		cmocka_unit_test(the_listing),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(a_genuine_listing),
		cmocka_unit_test(genuine_feeds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
