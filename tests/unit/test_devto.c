#include "tests/unit/api_check.h"

enum { USER, LIST, ARTICLE };

static const struct asked asked[] = {
	[USER] = {"devto", "https://dev.to/api/users/by_username?url=ada_e", "https://dev.to/ada_e",
		USER, NULL, 0, NULL, NULL},
	[LIST] = {"devto", "https://dev.to/api/articles?username=ada_e&per_page=30&page=1",
		"https://dev.to/ada_e", LIST, "ada_e 1", 0, NULL, NULL},
	[ARTICLE] = {"devto", "https://dev.to/api/articles/501", "https://dev.to/ada_e", ARTICLE,
		"ada_e", 0, NULL, NULL},
};

static const char *const files[] = {
	[USER] = "tests/fixtures/devto/user.json",
	[LIST] = "tests/fixtures/devto/list.json",
	[ARTICLE] = "tests/fixtures/devto/article.json",
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"an account", "https://dev.to/ada_e",
			"https://dev.to/api/users/by_username?url=ada_e"},
		{"an article", "https://dev.to/ada_e/how-1", NULL},
		{"a page of its own", "https://dev.to/search", NULL},
		{"the front page", "https://dev.to/", NULL},
	};
	check_claims("devto", claims, sizeof claims / sizeof *claims);
}

static void the_account(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[USER], files[USER], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.handle, "ada_e");
	assert_string_equal(extract.facts.bio, "Bridges, drunk");
	assert_string_equal(extract.facts.location, "Graz");
	assert_int_equal(extract.facts.n_links, 2);
	assert_string_equal(extract.facts.links[1], "https://github.com/ada-e");
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, asked[LIST].url);
	extract_release(&extract);
}

static void each_article_is_asked_for(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"an article, its quotes apart", "501", KIND_POST, 1719335350,
			"https://dev.to/ada_e/how-bridges-fall-1",
			"How bridges fall\n\nFirst words, and Bob's.\n\nIdiot.", "Bob said", 1},
	};
	struct extract extract;
	answer_file(&asked[LIST], files[LIST], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_posts, 0);
	assert_int_equal(extract.n_follows, 2);
	assert_string_equal(extract.follows[0].url, asked[ARTICLE].url);
	assert_string_equal(extract.follows[0].subject, "ada_e");
	assert_int_equal(extract.follows[1].relation, FOLLOW_NEXT);
	extract_release(&extract);
	answer_file(&asked[ARTICLE], files[ARTICLE], &extract);
	check_posts(&extract, rows, 1);
	assert_int_equal(extract.posts[0].updated_s, 1719508150);
	assert_string_equal(extract.posts[0].lang, "en");
	assert_string_equal(extract.posts[0].links[0].url, "https://dev.to/bob");
	extract_release(&extract);
}

static void a_full_page_has_more_behind_it(void **state)
{
	(void)state;
	json_t *list = json_load_file(files[LIST], 0, NULL);
	while (json_array_size(list) < 30)
		json_array_append(list, json_array_get(list, 0));
	char *text = json_dumps(list, 0);
	struct extract extract;
	answer(&asked[LIST], text, strlen(text), &extract);
	assert_int_equal(extract.n_follows, 31);
	assert_int_equal(extract.follows[30].relation, FOLLOW_OLDER);
	assert_string_equal(extract.follows[30].url,
		"https://dev.to/api/articles?username=ada_e&per_page=30&page=2");
	assert_false(extract.coverage.cut);
	extract_release(&extract);
	free(text);
	json_decref(list);
}

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row of_user[] = {
		{"nobody", 404, "{\"error\":\"not found\",\"status\":404}", VERDICT_NOT_FOUND},
		{"another object", 200, "{\"username\":\"ada_e\"}", VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_list[] = {
		{"nothing written", 200, "[]", VERDICT_EMPTY},
		{"no list", 200, "{}", VERDICT_PARSE_DRIFT},
		{"rows of nothing known", 200, "[{},1]", VERDICT_PARSE_DRIFT},
		{"somebody else's", 200, "[{\"id\":1,\"user\":{\"username\":\"bob\"}}]",
			VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_article[] = {
		{"taken back meanwhile: the account is still there", 404,
			"{\"error\":\"not found\",\"status\":404}", VERDICT_TRUNCATED},
		{"without its text", 200,
			"{\"id\":1,\"title\":\"t\",\"user\":{\"username\":\"ada_e\"}}",
			VERDICT_PARSE_DRIFT},
	};
	check_signs(asked[USER], of_user, sizeof of_user / sizeof *of_user);
	check_signs(asked[LIST], of_list, sizeof of_list / sizeof *of_list);
	check_signs(asked[ARTICLE], of_article, sizeof of_article / sizeof *of_article);
}

static void damaged_answers(void **state)
{
	(void)state;
	for (int i = USER; i <= ARTICLE; i++) {
		check_cuts(&asked[i], files[i]);
		check_types(&asked[i], files[i]);
	}
}

static void a_genuine_row(void **state)
{
	(void)state;
	size_t len;
	char *row = shared_page("platforms/devto/api_article.json", &len);
	if (!row)
		return;
	char *body;
	struct asked question = asked[LIST];
	struct extract extract;
	question.subject = "cherryramatis 1";
	assert_true(asprintf(&body, "[%s]", row) > 0);
	answer(&question, body, strlen(body), &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, "https://dev.to/api/articles/1899196");
	extract_release(&extract);
	free(body);
	free(row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_account),
		cmocka_unit_test(each_article_is_asked_for),
		cmocka_unit_test(a_full_page_has_more_behind_it),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(a_genuine_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
