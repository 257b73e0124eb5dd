#include "tests/unit/api_check.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define SITE     "https://bridges.ghost.io"
#define AUTHOR   SITE "/author/ada/"

static const struct asked asked = {
	"ghost", AUTHOR, AUTHOR, 0, NULL, 0, "text/html; charset=utf-8", NULL};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"a site", SITE "/", SITE "/"},
		{"an author, without the slash", SITE "/author/ada", AUTHOR},
		{"a post leads to its site", SITE "/a-fall/", SITE "/"},
		{"the makers' own", "https://www.ghost.io/", NULL},
		{"another host", "https://notghost.io/", NULL},
	};
	check_claims("ghost", claims, COUNT(claims));
}

static bool leads_to(const struct extract *extract, const char *url)
{
	for (size_t i = 0; i < extract->n_follows; i++) {
		if (strcmp(extract->follows[i].url, url) == 0)
			return true;
	}
	return false;
}

static void an_authors_pages_and_feed(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked, "tests/fixtures/ghost/author.html", &extract);
	assert_true(verdict_proves(extract.verdict));
	size_t n = 0;
	for (size_t i = 0; i < extract.n_posts; i++)
		n += extract.posts[i].kind == KIND_POST;
	assert_int_equal(n, 2);
	assert_true(leads_to(&extract, AUTHOR "rss/"));
	const struct follow *feed = &extract.follows[extract.n_follows - 1];
	assert_string_equal(feed->source, "feed");
	assert_int_equal(feed->relation, FOLLOW_ALSO);
	/* The feed of the whole site has others' posts, too. */
	assert_false(leads_to(&extract, SITE "/rss/"));
	assert_true(leads_to(&extract, AUTHOR "page/2/"));
	extract_release(&extract);
}

static void states_of_sites(void **state)
{
	(void)state;
	static const struct sign_row rows[] = {
		{"nobody", 404, "", VERDICT_NOT_FOUND},
		{"nothing at all", 200, "<html></html>", VERDICT_PARSE_DRIFT},
		{"broken", 500, "", VERDICT_SERVER_ERROR},
	};
	check_signs(asked, rows, COUNT(rows));
}

static void a_genuine_site(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		const char *url;
		const char *feed;
	} pages[] = {
		{"servers/ghost/author.html", "http://127.0.0.1:8102/author/alice/",
			"http://127.0.0.1:8102/author/alice/rss/"},
		{"servers/ghost/front.html", "http://127.0.0.1:8102/",
			"http://127.0.0.1:8102/rss/"},
	};
	for (size_t i = 0; i < COUNT(pages); i++) {
		size_t len = 0, n = 0;
		char *body = shared_page(pages[i].file, &len);
		if (!body)
			return;
		struct asked question = asked;
		struct extract extract;
		question.url = question.profile = pages[i].url;
		answer(&question, body, len, &extract);
		assert_true(verdict_proves(extract.verdict));
		for (size_t k = 0; k < extract.n_posts; k++)
			n += extract.posts[k].kind == KIND_POST;
		assert_int_equal(n, 6);
		assert_true(leads_to(&extract, pages[i].feed));
		extract_release(&extract);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(an_authors_pages_and_feed),
		cmocka_unit_test(states_of_sites),
		cmocka_unit_test(a_genuine_site),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
