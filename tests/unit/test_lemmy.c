#include "tests/unit/api_check.h"

enum { V3, PERSON, CONTENT };

#define HOST "https://lemmy.example"

static const struct asked asked[] = {
	[V3] = {"lemmy", HOST "/api/v3/user?username=ada&sort=New&limit=50&page=1", HOST "/u/ada",
		V3, "ada 1", 0, NULL, NULL},
	[PERSON] = {"lemmy", HOST "/api/v4/person?username=ada", HOST "/u/ada", PERSON, "ada 1", 0,
		NULL, NULL},
	[CONTENT] = {"lemmy", HOST "/api/v4/person/content?username=ada&type_=all&limit=50",
		HOST "/u/ada", CONTENT, "ada 2", 0, NULL, NULL},
};

static const char *const files[] = {
	[V3] = "tests/fixtures/lemmy/user_v3.json",
	[PERSON] = "tests/fixtures/lemmy/person_v4.json",
	[CONTENT] = "tests/fixtures/lemmy/content_v4.json",
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"an account", HOST "/u/ada",
			HOST "/api/v3/user?username=ada&sort=New&limit=50&page=1"},
		{"an account of another server is asked for there", HOST "/u/ada@far.example",
			"https://far.example/api/v3/user?username=ada&sort=New&limit=50&page=1"},
		{"Reddit writes the same", "https://www.reddit.com/u/ada", NULL},
		{"a community", HOST "/c/bridges", NULL},
		{"no name", HOST "/u/@far.example", NULL},
		{"no host", HOST "/u/ada@", NULL},
	};
	check_claims("lemmy", claims, sizeof claims / sizeof *claims);
}

static void account_and_posts_in_one_answer(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"what it moderates", "moderates/widgets@globex.example", KIND_MEMBERSHIP, 0, NULL,
			"", "@widgets@globex.example\n\nWidgets of Globex\n\nAll *about* them", 1},
		{"on a server that is not told", "moderates/fish", KIND_MEMBERSHIP, 0, NULL, "",
			"@fish", 0},
		{"a post with link and picture; what was taken back is left out", "post/8",
			KIND_POST, 1704067200, HOST "/post/8",
			"My bridge\n\nbody, see https://bridges.example/2.\n\nme asleep", NULL, 2},
		{"a comment, whose quote and title are others'", "comment/11", KIND_REPLY,
			1704164645, HOST "/comment/11", "no, you idiot", "you?\n\nWho did it?", 0},
	};
	struct extract extract;
	answer_file(&asked[V3], files[V3], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.name, "Ada Example");
	assert_string_equal(extract.facts.bio, "builds **bridges**");
	assert_int_equal(extract.facts.created_s, 1686395533);
	assert_int_equal(extract.coverage.total, 3);
	check_posts(&extract, rows, sizeof rows / sizeof *rows);
	assert_int_equal(post_called(&extract, "comment/11")->updated_s, 1704168245);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(
		extract.follows[0].url, HOST "/api/v3/user?username=ada&sort=New&limit=50&page=2");
	assert_int_equal(extract.follows[0].relation, FOLLOW_OLDER);
	extract_release(&extract);
}

static void the_newer_api(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[PERSON], files[PERSON], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.coverage.total, 2);
	assert_int_equal(extract.coverage.n_interactions, 1);
	assert_int_equal(
		post_called(&extract, "moderates/widgets@globex.example")->kind, KIND_MEMBERSHIP);
	assert_string_equal(extract.follows[0].url, asked[CONTENT].url);
	assert_string_equal(extract.follows[0].subject, "ada 2");
	extract_release(&extract);
	answer_file(&asked[CONTENT], files[CONTENT], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_posts, 2);
	assert_string_equal(post_called(&extract, "comment/11")->text, "no");
	assert_int_equal(post_called(&extract, "post/8")->published_s, 1704067200);
	assert_int_equal(extract.n_follows, 1);
	assert_non_null(strstr(extract.follows[0].url, "&page_cursor=Pab%20c"));
	assert_int_equal(extract.follows[0].relation, FOLLOW_OLDER);
	extract_release(&extract);
}

static void one_way_after_another(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int step;
		const char *subject;
		int status;
		const char *body;
		enum verdict verdict;
		const char *next; /* NULL: that was the last */
	} rows[] = {
		{"no v3", V3, "ada 1", 404, "<h1>Not found</h1>", VERDICT_NOT_FOUND,
			HOST "/api/v4/person?username=ada"},
		{"a page instead of v3", V3, "ada 1", 200, "<!doctype html><p>hello",
			VERDICT_PARSE_DRIFT, HOST "/api/v4/person?username=ada"},
		{"something else than v3", V3, "ada 1", 200, "{\"x\":1}", VERDICT_PARSE_DRIFT,
			HOST "/api/v4/person?username=ada"},
		{"no v4 either", PERSON, "ada 1", 404, "<h1>Not found</h1>", VERDICT_NOT_FOUND,
			HOST "/u/ada.json"},
		{"a later page", V3, "ada 2", 404, "<h1>Not found</h1>", VERDICT_NOT_FOUND, NULL},
		{"Lemmy's own word", V3, "ada 1", 404, "{\"error\":\"couldnt_find_person\"}",
			VERDICT_NOT_FOUND, NULL},
		{"the server is out of order", V3, "ada 1", 502, "<h1>Bad gateway</h1>",
			VERDICT_SERVER_ERROR, NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct asked question = asked[rows[i].step];
		struct extract extract;
		question.subject = rows[i].subject;
		question.status = rows[i].status;
		answer(&question, rows[i].body, strlen(rows[i].body), &extract);
		const char *next = extract.n_follows > 0 ? extract.follows[0].url : NULL;
		if (extract.verdict != rows[i].verdict || !same(next, rows[i].next))
			fail_msg("%s: %s, then %s", rows[i].name, verdict_name(extract.verdict),
				next ? next : "nothing");
		if (next)
			assert_int_equal(extract.follows[0].relation, FOLLOW_INSTEAD);
		extract_release(&extract);
	}
}

#define V3_OF(person, counts)                                                                    \
	"{\"person_view\":{\"person\":{\"id\":2,\"name\":\"ada\"," person "},\"counts\":" counts \
	"},\"posts\":[],\"comments\":[]}"

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row rows[] = {
		{"banned", 200, V3_OF("\"banned\":true", "{}"), VERDICT_SUSPENDED},
		{"deleted", 200, V3_OF("\"deleted\":true", "{}"), VERDICT_GONE},
		{"nothing written", 200,
			V3_OF("\"bio\":\"\"", "{\"post_count\":0,\"comment_count\":0}"),
			VERDICT_EMPTY},
		{"it counts what it does not show", 200,
			V3_OF("\"bio\":\"\"", "{\"post_count\":0,\"comment_count\":5}"),
			VERDICT_TRUNCATED},
		{"no counts prove nothing", 200, V3_OF("\"bio\":\"\"", "{}"), VERDICT_TRUNCATED},
		{"unknown, as old servers say it", 400,
			"{\"error\":\"couldnt_find_that_username_or_email\"}", VERDICT_NOT_FOUND},
		{"members only", 400, "{\"error\":\"instance_is_private\"}", VERDICT_AUTH_REQUIRED},
		{"too many requests", 400, "{\"error\":\"rate_limit_error\"}",
			VERDICT_RATE_LIMITED},
		{"a server error that names no verdict", 400, "{\"error\":\"?\"}", VERDICT_BLOCKED},
	};
	check_signs(asked[V3], rows, sizeof rows / sizeof *rows);
}

static void damaged_answers(void **state)
{
	(void)state;
	for (int i = V3; i <= CONTENT; i++) {
		check_cuts(&asked[i], files[i]);
		check_types(&asked[i], files[i]);
	}
}

static void a_known_answer(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"post", "post/8", KIND_POST, 1704067200, "https://lemmy.example/post/8",
			"My title\n\nbody **md**\n\nimage alt", NULL, 1},
		{"comment", "comment/11", KIND_REPLY, 1704164645,
			"https://lemmy.example/comment/11", "a *markdown* comment", "Other post",
			0},
	};
	size_t len;
	char *body = shared_page("platforms/lemmy/synthetic_api_v3_user.json", &len);
	if (!body)
		return;
	struct asked question = asked[V3];
	struct extract extract;
	question.subject = "testuser 1";
	answer(&question, body, len, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, sizeof rows / sizeof *rows);
	extract_release(&extract);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(account_and_posts_in_one_answer),
		cmocka_unit_test(the_newer_api),
		cmocka_unit_test(one_way_after_another),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(a_known_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
