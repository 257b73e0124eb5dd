/* WordPress on anybody's host, and blogs on wordpress.com. */
#include "crawlers/sources/wordpress.h"
#include "tests/unit/api_check.h"

#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* ---- anybody's host ---- */

enum { SITE, USERS, USER, POSTS, COMMENTS, FEED };

#define ROOT    "https://blog.example/wp-json/"
#define PROFILE "https://blog.example/author/ada/"
#define FOLDER  "tests/fixtures/wordpress/"

static const struct asked asked[] = {
	[SITE] = {"wordpress", ROOT "?_fields=name,description,url,home", "https://blog.example/",
		SITE, ROOT, 0, NULL, NULL},
	[USERS] = {"wordpress", ROOT "wp/v2/users?slug=ada", PROFILE, USERS, ROOT, 0, NULL, NULL},
	[USER] = {"wordpress", ROOT "wp/v2/users/7", PROFILE, USER, ROOT, 0, NULL, NULL},
	[POSTS] = {"wordpress", ROOT "wp/v2/posts?author=7&per_page=50&page=1", PROFILE, POSTS,
		ROOT " 7 1", 0, NULL, NULL},
	[COMMENTS] = {"wordpress", ROOT "wp/v2/comments?search=Ada", PROFILE, COMMENTS, ROOT " 7 1",
		0, NULL, NULL},
	[FEED] = {"wordpress", PROFILE "feed/", PROFILE, FEED, "1", 0, "application/rss+xml", NULL},
};

static const char *const files[] = {
	[SITE] = FOLDER "site.json",
	[USERS] = FOLDER "users.json",
	[USER] = FOLDER "user.json",
	[POSTS] = FOLDER "posts.json",
	[COMMENTS] = FOLDER "comments.json",
	[FEED] = FOLDER "feed.xml",
};

static void the_author(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[USER], files[USER], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.handle, "ada");
	assert_string_equal(extract.facts.name, "Ada & Example");
	assert_string_equal(extract.facts.bio, "Bridges. Mostly sober.");
	assert_string_equal(extract.facts.photo_url, "https://blog.example/ada-96.png");
	assert_string_equal(extract.facts.links[0], "https://ada.example/");
	assert_int_equal(extract.n_follows, 2);
	assert_string_equal(extract.follows[0].url,
		ROOT "wp/v2/posts?author=7&per_page=50&page=1&_fields="
		     "id,date_gmt,modified_gmt,link,title,content,excerpt,author,sticky");
	assert_string_equal(extract.follows[0].subject, ROOT " 7 1");
	assert_int_equal(extract.follows[0].relation, FOLLOW_NEXT);
	assert_non_null(strstr(extract.follows[1].url, "comments?search=Ada%20%26%20Example&"));
	assert_int_equal(extract.follows[1].relation, FOLLOW_ALSO);
	extract_release(&extract);
	answer_file(&asked[USERS], files[USERS], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.follows[0].subject, ROOT " 7 1");
	extract_release(&extract);
}

static void the_site(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[SITE], files[SITE], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_null(extract.facts.name); /* the site's name is not a person's */
	assert_string_equal(extract.facts.headline, "Bridge & Tunnel");
	assert_string_equal(extract.facts.bio, "A blog about falling down");
	assert_int_equal(extract.n_follows, 1);
	assert_non_null(strstr(extract.follows[0].url, ROOT "wp/v2/posts?per_page=50&page=1&"));
	extract_release(&extract);
}

static const struct post_row rows[] = {
	{"title and text, the quotation apart", "42", KIND_POST, 1714637700,
		"https://blog.example/2024/05/fall/",
		"How bridges fall – again\n\nThey fall down.\n\na bridge, wet",
		"Bridges are forever.", 0},
	{"behind a password", "41", KIND_POST, 1711965600, "https://blog.example/2024/04/secret/",
		"Protected: Secret", NULL, 0},
	{"without a title", "40", KIND_POST, 1709287200, "https://blog.example/2024/03/links/",
		"See this.", NULL, 1},
};

static void posts_are_read(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[POSTS], files[POSTS], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, COUNT(rows));
	assert_int_equal(post_called(&extract, "42")->updated_s, 1714726800);
	assert_true(post_called(&extract, "42")->pinned);
	assert_int_equal(post_called(&extract, "41")->updated_s, 0);
	assert_string_equal(extract.coverage.lack, "Some posts are behind a password.");
	assert_int_equal(extract.n_follows, 0); /* three rows are not a full page */
	extract_release(&extract);
}

static void the_one_author_of_a_site_is_asked_for(void **state)
{
	(void)state;
	struct asked question = asked[POSTS];
	struct extract extract;
	question.subject = ROOT " 0 1";
	answer_file(&question, files[POSTS], &extract);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, ROOT "wp/v2/users/7");
	assert_int_equal(extract.follows[0].relation, FOLLOW_ALSO);
	question = asked[USER];
	question.subject = extract.follows[0].subject;
	struct extract author;
	answer_file(&question, files[USER], &author);
	/* Its posts are being read already. */
	assert_int_equal(author.n_follows, 1);
	assert_int_equal(author.follows[0].step, COMMENTS);
	extract_release(&author);
	extract_release(&extract);
}

static void several_authors_are_told(void **state)
{
	(void)state;
	static const char body[] =
		"[{\"id\":1,\"link\":\"https://blog.example/1/\",\"author\":7,\"date_gmt\":"
		"\"2024-01-01T00:00:00\",\"title\":{\"rendered\":\"a\"},\"content\":{\"rendered\":"
		"\"b\"}},{\"id\":2,\"link\":\"https://blog.example/2/\",\"author\":8,\"date_gmt\":"
		"\"2024-01-01T00:00:00\",\"title\":{\"rendered\":\"a\"},\"content\":{\"rendered\":"
		"\"b\"}}]";
	struct asked question = asked[POSTS];
	struct extract extract;
	question.subject = ROOT " 0 1";
	answer(&question, body, strlen(body), &extract);
	assert_non_null(strstr(extract.coverage.lack, "several authors"));
	assert_int_equal(extract.n_follows, 0);
	extract_release(&extract);
}

struct next_row {
	const char *name;
	const char *link;
	size_t n_rows;
	bool more;
};

static void pages_end_where_the_server_says(void **state)
{
	(void)state;
	static const struct next_row nexts[] = {
		{"a full page without a header", NULL, 50, true},
		{"a short page without a header", NULL, 49, false},
		{"a header says that there is more", "<" ROOT "wp/v2/posts?page=2>; rel=\"next\"",
			3, true},
		{"a header says that this is the last",
			"<" ROOT "wp/v2/posts?page=1>; rel=\"prev\"", 50, false},
	};
	for (size_t i = 0; i < COUNT(nexts); i++) {
		struct asked question = asked[POSTS];
		struct extract extract;
		json_t *list = json_load_file(files[POSTS], 0, NULL);
		while (json_array_size(list) < nexts[i].n_rows)
			json_array_append(list, json_array_get(list, 2));
		char *body = json_dumps(list, 0);
		question.link = nexts[i].link;
		answer(&question, body, strlen(body), &extract);
		if ((extract.n_follows > 0) != nexts[i].more)
			fail_msg("%s: %zu requests", nexts[i].name, extract.n_follows);
		if (nexts[i].more) {
			assert_non_null(
				strstr(extract.follows[0].url, "author=7&per_page=50&page=2&"));
			assert_string_equal(extract.follows[0].subject, ROOT " 7 2");
			assert_int_equal(extract.follows[0].relation, FOLLOW_OLDER);
		}
		extract_release(&extract);
		free(body);
		json_decref(list);
	}
}

static void own_comments_only(void **state)
{
	(void)state;
	static const struct post_row own[] = {
		{"the author's", "comment-9", KIND_REPLY, 1714816800,
			"https://blog.example/2024/05/fall/#comment-9", "You are right, Bob.", NULL,
			0},
	};
	struct extract extract;
	answer_file(&asked[COMMENTS], files[COMMENTS], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, own, 1);
	extract_release(&extract);
}

static void the_feed_has_pages(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[FEED], files[FEED], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, PROFILE "feed/?paged=2");
	assert_string_equal(extract.follows[0].subject, "2 https://blog.example/2024/05/fall/");
	assert_int_equal(extract.follows[0].relation, FOLLOW_OLDER);
	/* A server that does not count sends the first page again. */
	struct asked again = asked[FEED];
	struct extract same_page;
	again.subject = extract.follows[0].subject;
	answer_file(&again, files[FEED], &same_page);
	assert_int_equal(same_page.n_follows, 0);
	extract_release(&same_page);
	extract_release(&extract);
	static const struct sign_row first[] = {{"no such author", 404, "", VERDICT_NOT_FOUND}};
	static const struct sign_row second[] = {
		{"behind the last page", 404, "<html>", VERDICT_EMPTY}};
	check_signs(asked[FEED], first, 1);
	struct asked question = asked[FEED];
	question.subject = "2 https://blog.example/x/";
	check_signs(question, second, 1);
}

struct closed_row {
	const char *name;
	int step;
	int status;
	const char *body;
	enum verdict verdict; /* without the feed */
	const char *next;     /* NULL: that verdict stands */
};

/* Where the API says nothing, the feed may. */
static void a_closed_api_leads_to_the_feed(void **state)
{
	(void)state;
	static const struct closed_row closed[] = {
		{"members only", USERS, 401, "{\"code\":\"rest_cannot_access\",\"message\":\"no\"}",
			VERDICT_AUTH_REQUIRED, PROFILE "feed/"},
		{"a list of users is what many close", USERS, 403,
			"{\"code\":\"rest_user_cannot_view\"}", VERDICT_AUTH_REQUIRED,
			PROFILE "feed/"},
		{"no API", SITE, 404, "{\"code\":\"rest_no_route\"}", VERDICT_NOT_FOUND,
			"https://blog.example/feed/"},
		{"a page in its place", SITE, 200, "<html>", VERDICT_PARSE_DRIFT,
			"https://blog.example/feed/"},
		{"an author who has written nothing", USERS, 200, "[]", VERDICT_NOT_FOUND,
			PROFILE "feed/"},
		{"no such author", USER, 404, "{\"code\":\"rest_user_invalid_id\"}",
			VERDICT_NOT_FOUND, PROFILE "feed/"},
		{"the server is broken", USERS, 500, "", VERDICT_SERVER_ERROR, NULL},
		{"a list that is closed was open a moment ago", POSTS, 401,
			"{\"code\":\"rest_forbidden\"}", VERDICT_AUTH_REQUIRED, NULL},
		{"behind the last page", POSTS, 400, "{\"code\":\"rest_post_invalid_page_number\"}",
			VERDICT_BLOCKED, NULL},
	};
	for (size_t i = 0; i < COUNT(closed); i++) {
		struct asked question = asked[closed[i].step];
		struct extract extract;
		question.status = closed[i].status;
		answer(&question, closed[i].body, strlen(closed[i].body), &extract);
		const char *next = extract.n_follows > 0 ? extract.follows[0].url : NULL;
		if (extract.verdict != closed[i].verdict || !same(next, closed[i].next))
			fail_msg("%s: %s, %s", closed[i].name, verdict_name(extract.verdict),
				next ? next : "nothing");
		extract_release(&extract);
	}
	static const struct sign_row last[] = {{"behind the last page", 400,
		"{\"code\":\"rest_post_invalid_page_number\"}", VERDICT_EMPTY}};
	struct asked question = asked[POSTS];
	question.subject = ROOT " 7 2";
	check_signs(question, last, 1);
}

struct found_row {
	const char *name;
	const char *page;
	const char *root;
	const char *author;
	const char *first; /* NULL: nothing to go by */
};

static void a_page_leads_to_its_api(void **state)
{
	(void)state;
	static const struct found_row found[] = {
		{"a front page", "https://blog.example/", ROOT, NULL,
			ROOT "?_fields=name,description,url,home"},
		{"an author's, who is named", PROFILE, ROOT, ROOT "wp/v2/users/7",
			ROOT "wp/v2/users/7"},
		{"an author's", PROFILE, ROOT, NULL, ROOT "wp/v2/users?slug=ada"},
		{"something else is named", PROFILE, ROOT, ROOT "wp/v2/posts/7",
			ROOT "wp/v2/users?slug=ada"},
		{"an API without rewriting", "https://blog.example/",
			"https://blog.example/index.php?rest_route=/", NULL,
			"https://blog.example/index.php?rest_route=/"
			"&_fields=name,description,url,home"},
		{"a blog in a folder", "https://blog.example/b/author/ada/",
			"https://blog.example/b/wp-json/", NULL,
			"https://blog.example/b/wp-json/wp/v2/users?slug=ada"},
		{"somebody else's API", "https://blog.example/", "https://other.example/wp-json/",
			NULL, NULL},
		{"no API at all", "https://blog.example/", "https://blog.example/x?y", NULL, NULL},
	};
	for (size_t i = 0; i < COUNT(found); i++) {
		struct arena *arena = arena_new(1u << 20);
		struct follow first;
		assert_int_equal(wordpress_of_page(arena, found[i].root, found[i].author,
					 found[i].page, &first),
			0);
		if (!same(first.url, found[i].first))
			fail_msg("%s: %s", found[i].name, first.url ? first.url : "nothing");
		arena_free(arena);
	}
}

static void named_in_the_config(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1u << 20);
	struct url url;
	struct follow first;
	assert_int_equal(url_parse(arena, PROFILE, &url), 0);
	assert_int_equal(source_find("wordpress")->first(arena, &url, &first), 0);
	assert_string_equal(first.url, ROOT "wp/v2/users?slug=ada");
	arena_free(arena);
}

static void damaged_answers(void **state)
{
	(void)state;
	for (int i = SITE; i <= COMMENTS; i++) {
		check_cuts(&asked[i], files[i]);
		check_types(&asked[i], files[i]);
	}
}

/* A whole conversation with a real WordPress, post by post. */
static void a_genuine_site(void **state)
{
	(void)state;
	static const char *const parts[] = {
		"servers/wordpress/posts.json", "servers/wordpress/posts-page2.json"};
	static const char api[] = "http://127.0.0.1:8101/wp-json/";
	size_t n = 0;
	for (size_t i = 0; i < COUNT(parts); i++) {
		size_t len;
		char *body = shared_page(parts[i], &len);
		if (!body)
			return;
		struct asked question = {"wordpress",
			"http://127.0.0.1:8101/wp-json/wp/v2/posts?author=2&per_page=3",
			"http://127.0.0.1:8101/author/alice/", POSTS,
			"http://127.0.0.1:8101/wp-json/ 2 1", 0, NULL, NULL};
		json_t *list = json_loadb(body, len, 0, NULL);
		struct extract extract;
		answer(&question, body, len, &extract);
		assert_int_equal(extract.verdict, VERDICT_OK);
		assert_int_equal(extract.n_posts, json_array_size(list));
		for (size_t k = 0; k < extract.n_posts; k++) {
			const json_t *row = json_array_get(list, k);
			const struct post *post = &extract.posts[k];
			/* Percent-encoded octets are in another case. */
			assert_int_equal(strcasecmp(post->url,
						 json_string_value(json_object_get(row, "link"))),
				0);
			assert_true(post->published_s > 1790000000);
			assert_true(post->len > 0);
			n++;
		}
		extract_release(&extract);
		json_decref(list);
		free(body);
	}
	assert_int_equal(n, 6);
	size_t len = 0;
	char *body = shared_page("servers/wordpress/users.json", &len);
	struct asked question = {"wordpress",
		"http://127.0.0.1:8101/wp-json/wp/v2/users?slug=alice",
		"http://127.0.0.1:8101/author/alice/", USERS, api, 0, NULL, NULL};
	struct extract extract;
	answer(&question, body, len, &extract);
	assert_string_equal(extract.facts.name, "Alice Example");
	assert_string_equal(
		extract.facts.bio, "Candidate & columnist. Opinions my own — 日本語 🦆");
	extract_release(&extract);
	free(body);
}

/* ---- wordpress.com ---- */

enum { COM_SITE, COM_POSTS, COM_COMMENTS };

#define COM        "https://public-api.wordpress.com/rest/v1.1/sites/ada.wordpress.com"
#define COM_FOLDER "tests/fixtures/wordpresscom/"

static const struct asked com[] = {
	[COM_SITE] = {"wordpresscom", COM, "https://ada.wordpress.com/", COM_SITE,
		"ada.wordpress.com", 0, NULL, NULL},
	[COM_POSTS] = {"wordpresscom", COM "/posts/?number=50&offset=0",
		"https://ada.wordpress.com/", COM_POSTS, "ada.wordpress.com 0", 0, NULL, NULL},
	[COM_COMMENTS] = {"wordpresscom", COM "/comments/?number=100", "https://ada.wordpress.com/",
		COM_COMMENTS, "ada.wordpress.com 3", 0, NULL, NULL},
};

static const char *const com_files[] = {
	[COM_SITE] = COM_FOLDER "site.json",
	[COM_POSTS] = COM_FOLDER "posts.json",
	[COM_COMMENTS] = COM_FOLDER "comments.json",
};

static void blogs_have_hosts(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"a blog", "https://ada.wordpress.com/", COM},
		{"a post of it", "https://Ada.WordPress.com/2024/05/02/fall/", COM},
		{"no blog", "https://wordpress.com/ada", NULL},
		{"nor is this", "https://www.wordpress.com/", NULL},
		{"a host that ends alike", "https://adawordpress.com/", NULL},
	};
	check_claims("wordpresscom", claims, COUNT(claims));
}

static void a_blog(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&com[COM_SITE], com_files[COM_SITE], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.headline, "Ada’s bridges");
	assert_string_equal(extract.facts.photo_url, "https://ada.files.wordpress.com/icon.png");
	assert_int_equal(extract.facts.n_posts, 2);
	assert_int_equal(extract.facts.n_followers, 12);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, com[COM_POSTS].url);
	extract_release(&extract);
}

static void a_blogs_posts(void **state)
{
	(void)state;
	static const struct post_row own[] = {
		{"a post", "5", KIND_POST, 1714637700, "https://ada.wordpress.com/2024/05/02/fall/",
			"How bridges fall\n\nThey fall down.", NULL, 0},
		{"an edited one, at the top", "4", KIND_POST, 1714558500,
			"https://ada.wordpress.com/2024/05/01/first/", "First\n\nHello.", NULL, 0},
	};
	struct extract extract;
	answer_file(&com[COM_POSTS], com_files[COM_POSTS], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, own, COUNT(own));
	assert_true(post_called(&extract, "4")->pinned);
	assert_int_equal(post_called(&extract, "4")->updated_s, 1715249700);
	assert_int_equal(extract.coverage.total, 2);
	assert_string_equal(extract.facts.name, "Ada Example");
	assert_string_equal(extract.facts.handle, "ada");
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, com[COM_COMMENTS].url);
	assert_string_equal(extract.follows[0].subject, com[COM_COMMENTS].subject);
	extract_release(&extract);
	static const struct post_row comment[] = {
		{"the author's comment", "comment-11", KIND_REPLY, 1714730400,
			"https://ada.wordpress.com/2024/05/02/fall/#comment-11", "Rubbish, Bob.",
			NULL, 0},
	};
	answer_file(&com[COM_COMMENTS], com_files[COM_COMMENTS], &extract);
	check_posts(&extract, comment, 1);
	extract_release(&extract);
}

static void states_of_blogs(void **state)
{
	(void)state;
	static const struct sign_row of_site[] = {
		{"nobody's", 404, "{\"error\":\"unknown_blog\",\"message\":\"Unknown blog\"}",
			VERDICT_NOT_FOUND},
		{"private", 403,
			"{\"error\":\"unauthorized\",\"message\":\"User cannot access this private "
			"blog.\"}",
			VERDICT_PRIVATE},
		{"private, as it says itself", 200, "{\"ID\":1,\"name\":\"x\",\"is_private\":true}",
			VERDICT_PRIVATE},
		{"deleted", 403,
			"{\"error\":\"disabled\",\"message\":\"API calls to this endpoint have "
			"been "
			"disabled.\"}",
			VERDICT_GONE},
		{"something else", 200, "{}", VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_posts[] = {
		{"nothing written", 200, "{\"found\":0,\"posts\":[]}", VERDICT_EMPTY},
		{"a list without its count", 200, "{\"posts\":[]}", VERDICT_PARSE_DRIFT},
		{"rows of nothing known", 200, "{\"found\":2,\"posts\":[{},1]}",
			VERDICT_PARSE_DRIFT},
	};
	check_signs(com[COM_SITE], of_site, COUNT(of_site));
	check_signs(com[COM_POSTS], of_posts, COUNT(of_posts));
}

static void damaged_answers_of_blogs(void **state)
{
	(void)state;
	for (int i = COM_SITE; i <= COM_COMMENTS; i++) {
		check_cuts(&com[i], com_files[i]);
		check_types(&com[i], com_files[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_author),
		cmocka_unit_test(the_site),
		cmocka_unit_test(posts_are_read),
		cmocka_unit_test(the_one_author_of_a_site_is_asked_for),
		cmocka_unit_test(several_authors_are_told),
		cmocka_unit_test(pages_end_where_the_server_says),
		cmocka_unit_test(own_comments_only),
		cmocka_unit_test(the_feed_has_pages),
		cmocka_unit_test(a_closed_api_leads_to_the_feed),
		cmocka_unit_test(a_page_leads_to_its_api),
		cmocka_unit_test(named_in_the_config),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(a_genuine_site),
		cmocka_unit_test(blogs_have_hosts),
		cmocka_unit_test(a_blog),
		cmocka_unit_test(a_blogs_posts),
		cmocka_unit_test(states_of_blogs),
		cmocka_unit_test(damaged_answers_of_blogs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
