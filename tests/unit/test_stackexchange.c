#include "tests/unit/api_check.h"

#define API "https://api.stackexchange.com/2.3"

enum { USER, QUESTIONS, ANSWERS, COMMENTS, FILTER, ABOUT };

#define ASKED(what, path)                                                                  \
	{                                                                                  \
		"stackexchange", API path, "https://stackoverflow.com/users/42/ada", what, \
			"stackoverflow.com 42 1", 0, NULL, NULL                            \
	}
#define LIST(name, page)                                                    \
	"/users/42/" name "?site=stackoverflow.com&pagesize=100&page=" page \
	"&order=desc&sort=creation&filter=withbody"

static const struct asked asked[] = {
	[USER] = ASKED(USER, "/users/42?site=stackoverflow.com"),
	[QUESTIONS] = ASKED(QUESTIONS, LIST("questions", "1")),
	[ANSWERS] = ASKED(ANSWERS, LIST("answers", "1")),
	[COMMENTS] = ASKED(COMMENTS, LIST("comments", "1")),
	[FILTER] = ASKED(FILTER, "/filters/create?base=default&include=user.about_me&unsafe=false"),
	[ABOUT] = ASKED(ABOUT, "/users/42?site=stackoverflow.com&filter=%21%2AMg4PjfgY%26%3Dx"),
};

static const char *const files[] = {
	[USER] = "tests/fixtures/stackexchange/user.json",
	[QUESTIONS] = "tests/fixtures/stackexchange/questions.json",
	[ANSWERS] = "tests/fixtures/stackexchange/answers.json",
	[COMMENTS] = "tests/fixtures/stackexchange/comments.json",
	[FILTER] = "tests/fixtures/stackexchange/filter.json",
	[ABOUT] = "tests/fixtures/stackexchange/about.json",
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"an account", "https://stackoverflow.com/users/42/ada",
			API "/users/42?site=stackoverflow.com"},
		{"www is not the site's name", "https://www.stackoverflow.com/users/42",
			API "/users/42?site=stackoverflow.com"},
		{"a smaller site", "https://physics.stackexchange.com/users/7/x?tab=profile",
			API "/users/7?site=physics.stackexchange.com"},
		{"a question", "https://stackoverflow.com/questions/1/x", NULL},
		{"no number", "https://stackoverflow.com/users/ada", NULL},
		{"the network itself", "https://stackexchange.com/users/42", NULL},
		{"another host", "https://stackoverflow.example/users/42", NULL},
	};
	check_claims("stackexchange", claims, sizeof claims / sizeof *claims);
}

static void the_account(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[USER], files[USER], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.name, "Ada \"Bridge\" Example");
	assert_string_equal(extract.facts.location, "Graz & Linz");
	assert_int_equal(extract.facts.created_s, 1222430705);
	assert_int_equal(extract.facts.last_active_s, 1637400000);
	assert_int_equal(extract.n_follows, 4);
	for (int i = 0; i < 4; i++) {
		assert_string_equal(extract.follows[i].url, asked[QUESTIONS + i].url);
		assert_int_equal(extract.follows[i].relation, i < 3 ? FOLLOW_NEXT : FOLLOW_ALSO);
	}
	extract_release(&extract);
	answer_file(&asked[FILTER], files[FILTER], &extract);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, asked[ABOUT].url);
	extract_release(&extract);
	answer_file(&asked[ABOUT], files[ABOUT], &extract);
	assert_string_equal(
		post_called(&extract, "bio")->text, "Ada\n\nI drink and I know things.");
	assert_int_equal(extract.n_posts, 1); /* the handle was had before */
	assert_int_equal(extract.n_follows, 0);
	extract_release(&extract);
}

static void what_it_wrote(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		[QUESTIONS] = {"entities in the title, HTML in the text", "questions/900",
			KIND_POST, 1301854365, "https://stackoverflow.com/q/900",
			"Why doesn't \"it\" hold?\n\nIt falls:\n\nSee this", "Bob says so", 1},
		[ANSWERS] = {"an answer", "answers/901", KIND_REPLY, 1301854366,
			"https://stackoverflow.com/a/901", "Use a < b.", NULL, 0},
		[COMMENTS] = {"a comment", "comments/902", KIND_REPLY, 1301854367,
			"https://stackoverflow.com/posts/comments/902",
			"Read the manual, you idiot", NULL, 0},
	};
	for (int i = QUESTIONS; i <= COMMENTS; i++) {
		struct extract extract;
		answer_file(&asked[i], files[i], &extract);
		assert_int_equal(extract.verdict, VERDICT_OK);
		check_posts(&extract, &rows[i], 1);
		if (i == QUESTIONS) {
			assert_int_equal(extract.posts[0].updated_s, 1637229878);
			assert_string_equal(extract.posts[0].author, "Ada \"Bridge\"");
			assert_int_equal(extract.n_follows, 1); /* has_more */
			assert_string_equal(extract.follows[0].url, API LIST("questions", "2"));
			assert_int_equal(extract.follows[0].relation, FOLLOW_OLDER);
			assert_int_equal(extract.retry_at_s, 1750000010); /* backoff */
		} else {
			assert_int_equal(extract.n_follows, 0);
			assert_int_equal(extract.retry_at_s, 0);
		}
		extract_release(&extract);
	}
}

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row of_user[] = {
		{"nobody", 200, "{\"items\":[],\"has_more\":false}", VERDICT_NOT_FOUND},
		{"no marker at all", 200, "{\"items\":[]}", VERDICT_PARSE_DRIFT},
		{"no such site", 400,
			"{\"error_id\":400,\"error_message\":\"No site found for name `x`\","
			"\"error_name\":\"bad_parameter\"}",
			VERDICT_NOT_FOUND},
		{"a key that it does not know", 400,
			"{\"error_id\":400,\"error_message\":\"`key` doesn't match a known "
			"application\",\"error_name\":\"bad_parameter\"}",
			VERDICT_AUTH_REQUIRED},
		{"too many requests", 400,
			"{\"error_id\":502,\"error_message\":\"too many requests from this IP, "
			"more requests available in 82216 seconds\",\"error_name\":"
			"\"throttle_violation\"}",
			VERDICT_RATE_LIMITED},
		{"out of order", 400,
			"{\"error_id\":503,\"error_name\":\"temporarily_unavailable\"}",
			VERDICT_SERVER_ERROR},
		{"a list", 200, "[]", VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_list[] = {
		{"nothing written", 200, "{\"items\":[],\"has_more\":false}", VERDICT_EMPTY},
		{"an end that is not told", 200, "{\"items\":[]}", VERDICT_PARSE_DRIFT},
		{"rows without their text", 200,
			"{\"items\":[{\"owner\":{\"user_id\":42},\"question_id\":1,\"title\":\"t\"}"
			"],"
			"\"has_more\":false}",
			VERDICT_PARSE_DRIFT},
		{"somebody else's", 200,
			"{\"items\":[{\"owner\":{\"user_id\":43},\"question_id\":1,\"body\":\"t\"}]"
			","
			"\"has_more\":false}",
			VERDICT_PARSE_DRIFT},
	};
	check_signs(asked[USER], of_user, sizeof of_user / sizeof *of_user);
	check_signs(asked[QUESTIONS], of_list, sizeof of_list / sizeof *of_list);
}

static void the_time_to_come_back_is_in_the_message(void **state)
{
	(void)state;
	static const char body[] = "{\"error_name\":\"throttle_violation\",\"error_message\":"
				   "\"more requests available in 82216 seconds\"}";
	struct asked question = asked[USER];
	struct extract extract;
	question.status = 400;
	answer(&question, body, sizeof body - 1, &extract);
	assert_int_equal(extract.retry_at_s, 1750000000 + 82216);
	extract_release(&extract);
}

static void a_spent_day_ends_at_midnight(void **state)
{
	(void)state;
	static const char body[] = "{\"items\":[],\"has_more\":false,\"quota_max\":300,"
				   "\"quota_remaining\":0}";
	struct extract extract;
	answer(&asked[QUESTIONS], body, sizeof body - 1, &extract);
	assert_int_equal(extract.verdict, VERDICT_EMPTY);
	assert_int_equal(extract.retry_at_s, 1750032000); /* the day after 1750000000 */
	extract_release(&extract);
}

static void damaged_answers(void **state)
{
	(void)state;
	for (int i = USER; i <= ABOUT; i++) {
		check_cuts(&asked[i], files[i]);
		check_types(&asked[i], files[i]);
	}
}

/* Genuine rows, which were asked for without their bodies: each is given one. */
static size_t compare_list(const char *path, int what, const char *key)
{
	size_t len, i;
	char *body = shared_page(path, &len);
	if (!body)
		return 0;
	json_t *root = json_loadb(body, len, 0, NULL), *row;
	json_t *items = json_object_get(root, "items");
	json_array_foreach(items, i, row)
		json_object_set_new(row, "body", json_string("<p>words</p>"));
	json_object_set_new(root, "has_more", json_false());
	char *text = json_dumps(root, 0);
	struct asked question = asked[what];
	struct extract extract;
	question.subject = "stackoverflow.com 22656 1";
	answer(&question, text, strlen(text), &extract);
	assert_int_equal(extract.n_posts, json_array_size(items));
	assert_false(extract.coverage.cut);
	json_array_foreach(items, i, row) {
		const struct post *post = &extract.posts[i];
		json_int_t id = json_integer_value(json_object_get(row, key));
		assert_int_equal(strtoll(strchr(post->id, '/') + 1, NULL, 10), id);
		assert_int_equal(post->published_s,
			json_integer_value(json_object_get(row, "creation_date")));
		assert_int_equal(post->updated_s,
			json_integer_value(json_object_get(row, "last_edit_date")));
		assert_string_equal(post->author, "Jon Skeet");
		assert_null(strstr(post->text, "&quot;"));
		assert_null(strstr(post->text, "&#39;"));
	}
	extract_release(&extract);
	free(text);
	json_decref(root);
	free(body);
	return i;
}

static void genuine_answers(void **state)
{
	(void)state;
	size_t n = compare_list(
		"platforms/stackexchange/api_2.3_questions.json", QUESTIONS, "question_id");
	n += compare_list("platforms/stackexchange/api_2.3_answers.json", ANSWERS, "answer_id");
	print_message("%zu posts compared\n", n);
	size_t len;
	char *user = shared_page("platforms/stackexchange/api_2.3_user.json", &len);
	if (!user)
		return;
	char *body;
	struct extract extract;
	assert_true(asprintf(&body, "{\"items\":[%s],\"has_more\":false}", user) > 0);
	answer(&asked[USER], body, strlen(body), &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.name, "Jon Skeet");
	extract_release(&extract);
	free(body);
	free(user);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_account),
		cmocka_unit_test(what_it_wrote),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(the_time_to_come_back_is_in_the_message),
		cmocka_unit_test(a_spent_day_ends_at_midnight),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(genuine_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
