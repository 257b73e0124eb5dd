#include "tests/unit/api_check.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define PROFILE  "https://www.linkedin.com/in/ada-example"
#define HTML     "text/html; charset=utf-8"

static const struct asked asked = {"linkedin", PROFILE, PROFILE, 0, NULL, 0, HTML, NULL};
static const char file[] = "tests/fixtures/linkedin/profile.html";

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"a member", PROFILE, PROFILE},
		{"with a slash, in another country", "https://at.linkedin.com/in/ada-example/",
			PROFILE},
		{"a name with an accent", "https://linkedin.com/in/ad%C3%A1",
			"https://www.linkedin.com/in/ad%C3%A1"},
		{"a company is nobody", "https://www.linkedin.com/company/initech", NULL},
		{"the front page", "https://www.linkedin.com/", NULL},
		{"another host", "https://notlinkedin.com/in/ada", NULL},
	};
	check_claims("linkedin", claims, COUNT(claims));
}

static void what_visitors_are_shown(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"the headline of an article",
			"https://www.linkedin.com/pulse/why-bridges-fall-ada-example", KIND_POST,
			1714637700, "https://www.linkedin.com/pulse/why-bridges-fall-ada-example",
			"Why bridges fall", NULL, 0},
	};
	struct extract extract;
	answer_file(&asked, file, &extract);
	/* Never the whole of it: posts are for members. */
	assert_int_equal(extract.verdict, VERDICT_TRUNCATED);
	assert_true(extract.coverage.window);
	assert_non_null(strstr(extract.coverage.lack, "no posts"));
	assert_int_equal(extract.n_follows, 0);
	check_posts(&extract, rows, COUNT(rows));
	const struct facts *facts = &extract.facts;
	assert_string_equal(facts->name, "Ada Example");
	assert_string_equal(facts->headline, "Bridge engineer");
	assert_string_equal(facts->bio, "I build bridges. Mostly.");
	assert_string_equal(facts->location, "Graz, AT");
	assert_string_equal(facts->photo_url, "https://media.example/ada.jpg");
	assert_int_equal(facts->n_followers, 421);
	assert_int_equal(facts->n_jobs, 1);
	assert_string_equal(facts->jobs[0].company, "Initech");
	assert_string_equal(facts->jobs[0].title, "Engineer");
	assert_string_equal(facts->jobs[0].start, "2021-04");
	assert_int_equal(facts->n_schools, 1);
	assert_string_equal(facts->schools[0].name, "TU Graz");
	assert_string_equal(facts->schools[0].end, "2017");
	extract_release(&extract);
}

static void walls_are_no_profiles(void **state)
{
	(void)state;
	static const struct sign_row rows[] = {
		{"programs are refused", 999, "", VERDICT_BLOCKED},
		{"the wall", 200, "<html><title>Sign Up | LinkedIn</title><p>x</p></html>",
			VERDICT_LOGIN_WALL},
		{"a page that says nothing of its owner", 200,
			"<html><title>Ada Example | LinkedIn</title><meta property=\"og:type\" "
			"content=\"profile\"><meta property=\"og:title\" content=\"Ada "
			"Example\"><p>Join to see more.</p></html>",
			VERDICT_LOGIN_WALL},
		{"nobody", 404, "", VERDICT_NOT_FOUND},
		{"nothing at all", 200, "<html></html>", VERDICT_PARSE_DRIFT},
		{"too often", 429, "", VERDICT_RATE_LIMITED},
	};
	check_signs(asked, rows, COUNT(rows));
	struct asked refused = asked;
	struct extract extract;
	refused.status = 999;
	answer(&refused, "", 0, &extract);
	assert_non_null(strstr(extract.why, "ask it for your data"));
	extract_release(&extract);
}

static void cut_pages(void **state)
{
	(void)state;
	size_t len = 0;
	char *body = read_whole(file, &len);
	for (size_t cut = 0; cut < len; cut += 5) {
		struct extract extract;
		answer(&asked, body, cut, &extract);
		if (extract.verdict == VERDICT_OK || extract.verdict == VERDICT_EMPTY)
			fail_msg("cut at %zu: %s", cut, verdict_name(extract.verdict));
		extract_release(&extract);
	}
	free(body);
}

/* A real answer, put back into the page that it stands in. */
static void a_genuine_profile(void **state)
{
	(void)state;
	size_t len = 0;
	char *json = shared_page("platforms/linkedin/public_profile_jsonld.json", &len);
	if (!json)
		return;
	char *body = NULL;
	assert_true(asprintf(&body,
			    "<html><head><title>Bill Gates | LinkedIn</title><script "
			    "type=\"application/ld+json\">%s</script></head><body></body></html>",
			    json) > 0);
	struct asked question = asked;
	struct extract extract;
	question.url = question.profile = "https://www.linkedin.com/in/williamhgates";
	answer(&question, body, strlen(body), &extract);
	assert_int_equal(extract.verdict, VERDICT_TRUNCATED);
	assert_string_equal(extract.facts.name, "Bill Gates");
	assert_int_equal(extract.facts.n_jobs, 3);
	assert_string_equal(extract.facts.jobs[2].company, "Microsoft");
	assert_string_equal(extract.facts.jobs[2].start, "1975");
	assert_int_equal(extract.facts.n_schools, 1);
	assert_int_equal(extract.facts.n_followers, 39714156);
	size_t articles = 0;
	for (size_t i = 0; i < extract.n_posts; i++)
		articles += extract.posts[i].kind == KIND_POST;
	assert_int_equal(articles, 5);
	extract_release(&extract);
	free(body);
	free(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(what_visitors_are_shown),
		cmocka_unit_test(walls_are_no_profiles),
		cmocka_unit_test(cut_pages),
		cmocka_unit_test(a_genuine_profile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
