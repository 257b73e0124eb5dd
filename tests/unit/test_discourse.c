#include "tests/unit/api_check.h"

enum { USER, ACTIONS, POST };

#define HOST "https://forum.example"

static const struct asked asked[] = {
	[USER] = {"discourse", HOST "/u/ada.json", HOST "/u/ada/summary", USER, "ada", 0, NULL,
		NULL},
	[ACTIONS] = {"discourse", HOST "/user_actions.json?offset=0&username=ada&filter=4,5",
		HOST "/u/ada/summary", ACTIONS, "ada 0", 0, NULL, NULL},
	[POST] = {"discourse", HOST "/posts/46.json", HOST "/u/ada/summary", POST,
		"ada topic A long story", 0, NULL, NULL},
};

static const char *const files[] = {
	[USER] = "tests/fixtures/discourse/user.json",
	[ACTIONS] = "tests/fixtures/discourse/actions.json",
	[POST] = "tests/fixtures/discourse/post.json",
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"a forum by its name", HOST "/u/ada", HOST "/u/ada.json"},
		{"one of the tabs", "https://chat.example/u/ada/activity/replies",
			"https://chat.example/u/ada.json"},
		{"the older address", "https://chat.example/users/ada/summary",
			"https://chat.example/u/ada.json"},
		{"as Lemmy writes it", "https://chat.example/u/ada", NULL},
		{"as Mastodon writes it", "https://community.example/users/ada", NULL},
		{"a topic", HOST "/t/why/39", NULL},
	};
	check_claims("discourse", claims, sizeof claims / sizeof *claims);
}

static void the_account(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[USER], files[USER], &extract);
	const struct facts *facts = &extract.facts;
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(facts->name, "Ada Example");
	assert_string_equal(facts->handle, "ada");
	assert_string_equal(facts->headline, "Regular");
	assert_string_equal(facts->bio, "I drink");
	assert_string_equal(facts->photo_url, HOST "/user_avatar/forum.example/ada/120/59_1.png");
	assert_int_equal(facts->created_s, 1409832265);
	assert_int_equal(facts->last_active_s, 1470840769);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, asked[ACTIONS].url);
	extract_release(&extract);
}

static void what_it_wrote(void **state)
{
	(void)state;
	static const struct post_row actions[] = {
		{"a reply: the title is another's", "39/3", KIND_REPLY, 1467232075,
			HOST "/t/why-bridges/39/3", "No, that is & stays wrong", "Why bridges?", 1},
		{"a topic: the title is one's own", "38/1", KIND_POST, 1467145675,
			HOST "/t/bridges-fall/38/1", "Bridges fall\n\nThey fall", NULL, 0},
	};
	static const struct post_row post[] = {
		{"the whole of what was cut", "37/1", KIND_POST, 1467059275, HOST "/t/long/37/1",
			"A long story\n\nIt all began when we were drunk.", "Bob said", 0},
	};
	struct extract extract;
	answer_file(&asked[ACTIONS], files[ACTIONS], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_false(extract.coverage.cut);
	check_posts(&extract, actions, sizeof actions / sizeof *actions);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, asked[POST].url);
	assert_string_equal(extract.follows[0].subject, asked[POST].subject);
	assert_int_equal(extract.follows[0].relation, FOLLOW_NEXT);
	extract_release(&extract);
	answer_file(&asked[POST], files[POST], &extract);
	check_posts(&extract, post, sizeof post / sizeof *post);
	extract_release(&extract);
}

static void a_full_page_has_more_behind_it(void **state)
{
	(void)state;
	json_t *root = json_load_file(files[ACTIONS], 0, NULL);
	json_t *actions = json_object_get(root, "user_actions");
	while (json_array_size(actions) < 30)
		json_array_append(actions, json_array_get(actions, 2));
	char *text = json_dumps(root, 0);
	struct extract extract;
	answer(&asked[ACTIONS], text, strlen(text), &extract);
	assert_int_equal(extract.follows[extract.n_follows - 1].relation, FOLLOW_OLDER);
	assert_string_equal(extract.follows[extract.n_follows - 1].url,
		HOST "/user_actions.json?offset=30&username=ada&filter=4,5");
	assert_false(extract.coverage.cut);
	extract_release(&extract);
	free(text);
	json_decref(root);
}

#define USER_OF(more) "{\"user\":{\"id\":1,\"username\":\"ada\"," more "}}"
#define NOT_FOUND                                                              \
	"{\"errors\":[\"The requested URL or resource could not be found.\"]," \
	"\"error_type\":\"not_found\"}"

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row of_user[] = {
		{"nobody, or hidden from visitors", 404, NOT_FOUND, VERDICT_NOT_FOUND},
		{"members only", 403,
			"{\"errors\":[\"You need to be logged "
			"in\"],\"error_type\":\"not_logged_in\"}",
			VERDICT_AUTH_REQUIRED},
		{"not for visitors", 403, "{\"errors\":[\"x\"],\"error_type\":\"invalid_access\"}",
			VERDICT_AUTH_REQUIRED},
		{"suspended", 200, USER_OF("\"suspended_till\":\"2999-01-01T00:00:00Z\""),
			VERDICT_SUSPENDED},
		{"a suspension that is over", 200,
			USER_OF("\"suspended_till\":\"2015-01-01T00:00:00Z\""), VERDICT_OK},
		{"hidden", 200, USER_OF("\"profile_hidden\":true"), VERDICT_PRIVATE},
		{"something else", 200, "{\"users\":[]}", VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_post[] = {
		{"taken back meanwhile: the account is still there", 404, NOT_FOUND,
			VERDICT_TRUNCATED},
		{"somebody else's", 200,
			"{\"username\":\"bob\",\"cooked\":\"x\",\"topic_id\":1,\"post_number\":1}",
			VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_actions[] = {
		{"nothing written", 200, "{\"user_actions\":[]}", VERDICT_EMPTY},
		{"no list", 200, "{\"user_actions\":null}", VERDICT_PARSE_DRIFT},
		{"rows of nothing known", 200, "{\"user_actions\":[{},7]}", VERDICT_PARSE_DRIFT},
	};
	check_signs(asked[USER], of_user, sizeof of_user / sizeof *of_user);
	check_signs(asked[POST], of_post, sizeof of_post / sizeof *of_post);
	check_signs(asked[ACTIONS], of_actions, sizeof of_actions / sizeof *of_actions);
}

static void what_is_no_forum_is_a_page(void **state)
{
	(void)state;
	static const char html[] = "<!doctype html><title>x</title><p>hello";
	struct asked question = asked[USER];
	struct extract extract;
	answer(&question, html, sizeof html - 1, &extract);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].source, "page");
	assert_string_equal(extract.follows[0].url, question.profile);
	assert_int_equal(extract.follows[0].relation, FOLLOW_INSTEAD);
	extract_release(&extract);
}

static void the_time_to_come_back_is_in_the_body(void **state)
{
	(void)state;
	static const char body[] = "{\"errors\":[\"slow down\"],\"error_type\":\"rate_limit\","
				   "\"extras\":{\"wait_seconds\":34}}";
	struct asked question = asked[ACTIONS];
	struct extract extract;
	question.status = 429;
	answer(&question, body, sizeof body - 1, &extract);
	assert_int_equal(extract.verdict, VERDICT_RATE_LIMITED);
	assert_int_equal(extract.retry_at_s, 1750000034);
	extract_release(&extract);
}

static void damaged_answers(void **state)
{
	(void)state;
	for (int i = USER; i <= POST; i++) {
		check_cuts(&asked[i], files[i]);
		check_types(&asked[i], files[i]);
	}
}

static size_t compare_actions(const char *path)
{
	size_t len, i;
	char *body = shared_page(path, &len);
	if (!body)
		return 0;
	json_t *root = json_loadb(body, len, 0, NULL), *action;
	struct asked question = asked[ACTIONS];
	struct extract extract;
	question.subject = "testuser 0";
	answer(&question, body, len, &extract);
	json_t *actions = json_object_get(root, "user_actions");
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_posts, json_array_size(actions));
	json_array_foreach(actions, i, action) {
		const struct post *post = &extract.posts[i];
		const char *excerpt = json_string_value(json_object_get(action, "excerpt"));
		bool reply = json_integer_value(json_object_get(action, "action_type")) == 5;
		assert_int_equal(post->kind, reply ? KIND_REPLY : KIND_POST);
		assert_non_null(strstr(post->text, excerpt));
		assert_true(post->published_s > 1400000000);
	}
	extract_release(&extract);
	json_decref(root);
	free(body);
	return i;
}

static void genuine_answers(void **state)
{
	(void)state;
	size_t n = compare_actions("platforms/discourse/replies.json");
	n += compare_actions("platforms/discourse/replies_and_topics.json");
	print_message("%zu posts compared\n", n);
	size_t len;
	char *body = shared_page("platforms/discourse/user.json", &len);
	if (!body)
		return;
	struct extract extract;
	answer(&asked[USER], body, len, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.name, "Test User");
	assert_null(extract.facts.photo_url); /* a letter is no picture */
	assert_null(extract.facts.bio);
	extract_release(&extract);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_account),
		cmocka_unit_test(what_it_wrote),
		cmocka_unit_test(a_full_page_has_more_behind_it),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(what_is_no_forum_is_a_page),
		cmocka_unit_test(the_time_to_come_back_is_in_the_body),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(genuine_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
