#include "tests/unit/api_check.h"

enum { POSTS, COMMENTS };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define BLOG     "https://ada.blogspot.com"
#define FIRST    BLOG "/feeds/posts/default?max-results=150&start-index=1"

static const struct asked posts = {
	"blogger", FIRST, BLOG "/", POSTS, "1", 0, "application/atom+xml; charset=UTF-8", NULL};
static const struct asked comments = {"blogger",
	BLOG "/feeds/comments/default?max-results=150&start-index=1", BLOG "/", COMMENTS,
	"Ada Example", 0, "application/atom+xml; charset=UTF-8", NULL};

static const char posts_file[] = "tests/fixtures/blogger/posts.xml";
static const char comments_file[] = "tests/fixtures/blogger/comments.xml";

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"a blog", BLOG "/", FIRST},
		{"a post of it", BLOG "/2024/05/a-fall.html", FIRST},
		{"under another country's name", "https://ada.blogspot.co.uk/",
			"https://ada.blogspot.co.uk/feeds/posts/default?max-results=150"
			"&start-index=1"},
		{"nobody's", "https://www.blogspot.com/", NULL},
		{"another host", "https://ada.blogspot.ada.example.com/", NULL},
	};
	check_claims("blogger", claims, COUNT(claims));
}

static void posts_are_read(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"a post", "tag:blogger.com,1999:blog-1.post-12", KIND_POST, 1714637700,
			"http://ada.blogspot.com/2024/05/a-fall.html", "A fall\n\nIt fell.", NULL,
			0},
		{"another one", "tag:blogger.com,1999:blog-1.post-11", KIND_POST, 1714550400,
			"http://ada.blogspot.com/2024/05/first.html", "First\n\nHello.", NULL, 0},
	};
	struct extract extract;
	answer_file(&posts, posts_file, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, COUNT(rows));
	assert_int_equal(extract.coverage.total, 3);
	assert_false(extract.coverage.window);
	assert_string_equal(extract.facts.name, "Ada Example");
	assert_string_equal(extract.facts.bio, "Falling down");
	assert_int_equal(extract.n_follows, 2);
	assert_string_equal(extract.follows[0].url, comments.url);
	assert_string_equal(extract.follows[0].subject, "Ada Example");
	assert_int_equal(extract.follows[0].relation, FOLLOW_ALSO);
	/* The feed names its next page on another host; that is not where we ask. */
	assert_string_equal(
		extract.follows[1].url, BLOG "/feeds/posts/default?max-results=150&start-index=3");
	assert_string_equal(extract.follows[1].subject, "3");
	assert_int_equal(extract.follows[1].relation, FOLLOW_OLDER);
	extract_release(&extract);
	struct asked second = posts;
	second.subject = "3";
	answer_file(&second, posts_file, &extract);
	assert_int_equal(extract.coverage.total, -1);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].subject, "5");
	extract_release(&extract);
}

static void own_comments_only(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"the owner's", "tag:blogger.com,1999:blog-1.post-22", KIND_REPLY, 1714651200,
			"http://ada.blogspot.com/2024/05/a-fall.html?showComment=22",
			"You are wrong, Bob.", NULL, 0},
	};
	struct extract extract;
	answer_file(&comments, comments_file, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, COUNT(rows));
	assert_int_equal(extract.n_follows, 0);
	extract_release(&extract);
}

static void states_of_blogs(void **state)
{
	(void)state;
	static const struct sign_row rows[] = {
		{"nobody's", 404, "", VERDICT_NOT_FOUND},
		{"for invited readers", 403, "", VERDICT_PRIVATE},
		{"a page in its place", 200, "<html><body>x</body></html>", VERDICT_PARSE_DRIFT},
		{"nothing written", 200,
			"<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>x</title></feed>",
			VERDICT_EMPTY},
	};
	check_signs(posts, rows, COUNT(rows));
}

static void cut_feeds(void **state)
{
	(void)state;
	size_t len = 0;
	char *body = read_whole(posts_file, &len);
	for (size_t cut = 0; cut + 10 < len; cut += 5) {
		struct extract extract;
		answer(&posts, body, cut, &extract);
		if (extract.verdict == VERDICT_OK || extract.verdict == VERDICT_EMPTY)
			fail_msg("cut at %zu: %s", cut, verdict_name(extract.verdict));
		extract_release(&extract);
	}
	free(body);
}

static void a_genuine_blog(void **state)
{
	(void)state;
	size_t len = 0, n = 0;
	char *body = shared_page("platforms/blogger/posts_default.atom.xml", &len);
	if (!body)
		return;
	struct extract extract;
	answer(&posts, body, len, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.coverage.total, 28);
	for (size_t i = 0; i < extract.n_posts; i++)
		n += extract.posts[i].kind == KIND_POST &&
		     strncmp(extract.posts[i].id, "tag:blogger.com,1999:blog-3905", 30) == 0;
	assert_int_equal(n, 25);
	assert_string_equal(extract.facts.name, "Anthony");
	assert_string_equal(extract.follows[1].subject, "26");
	extract_release(&extract);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(posts_are_read),
		cmocka_unit_test(own_comments_only),
		cmocka_unit_test(states_of_blogs),
		cmocka_unit_test(cut_feeds),
		cmocka_unit_test(a_genuine_blog),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
