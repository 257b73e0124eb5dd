#include "tests/unit/api_check.h"

#define API "https://gitlab.example/api/v4/users"

enum { USER, EVENTS, ABOUT, PROJECTS, STARRED, FOLLOWING, COUNT };

static const struct asked asked[] = {
	[USER] = {"gitlab", API "?username=ada.e", "https://gitlab.example/ada.e", USER, "ada.e", 0,
		NULL, NULL},
	[EVENTS] = {"gitlab", API "/ada.e/events?per_page=100&page=1",
		"https://gitlab.example/ada.e", EVENTS, "ada.e 1", 0, NULL, NULL},
	[ABOUT] = {"gitlab", API "/7", "https://gitlab.example/ada.e", ABOUT, "ada.e 7", 0, NULL,
		NULL},
	[PROJECTS] = {"gitlab", API "/7/projects?per_page=100&page=1",
		"https://gitlab.example/ada.e", PROJECTS, "7 1", 0, NULL, NULL},
	[STARRED] = {"gitlab", API "/7/starred_projects?per_page=100&page=1",
		"https://gitlab.example/ada.e", STARRED, "7 1", 0, NULL, NULL},
	[FOLLOWING] = {"gitlab", API "/7/following?per_page=100&page=1",
		"https://gitlab.example/ada.e", FOLLOWING, "7 1", 0, NULL, NULL},
};

static const char *const files[] = {
	[USER] = "tests/fixtures/gitlab/users.json",
	[EVENTS] = "tests/fixtures/gitlab/events.json",
	[ABOUT] = "tests/fixtures/gitlab/user.json",
	[PROJECTS] = "tests/fixtures/gitlab/projects.json",
	[STARRED] = "tests/fixtures/gitlab/starred.json",
	[FOLLOWING] = "tests/fixtures/gitlab/following.json",
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"gitlab.com", "https://gitlab.com/ada",
			"https://gitlab.com/api/v4/users?username=ada"},
		{"a server of one's own, and its port", "https://gitlab.example:8443/ada.e/",
			"https://gitlab.example:8443/api/v4/users?username=ada.e"},
		{"the long form", "https://gitlab.com/users/ada",
			"https://gitlab.com/api/v4/users?username=ada"},
		{"a project", "https://gitlab.com/ada/bridge", NULL},
		{"a page of GitLab's own", "https://gitlab.com/explore", NULL},
		{"another host", "https://git.example/ada", NULL},
	};
	check_claims("gitlab", claims, sizeof claims / sizeof *claims);
}

static void the_account(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[USER], files[USER], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.name, "Ada Example");
	assert_string_equal(extract.facts.handle, "ada.e");
	assert_int_equal(extract.n_follows, COUNT - EVENTS);
	for (int step = EVENTS; step < COUNT; step++) {
		const struct follow *follow = &extract.follows[step - EVENTS];
		assert_string_equal(follow->url, asked[step].url);
		assert_string_equal(follow->subject, asked[step].subject);
		assert_int_equal(follow->relation, step == EVENTS ? FOLLOW_NEXT : FOLLOW_ALSO);
	}
	extract_release(&extract);
	answer_file(&asked[ABOUT], files[ABOUT], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(
		post_called(&extract, "bio")->text, "Ada Example\n\nEngineer\n\nBridges and beer");
	assert_string_equal(extract.facts.location, "Graz");
	assert_string_equal(extract.facts.jobs[0].company, "Initech");
	assert_int_equal(extract.facts.created_s, 1337760058);
	assert_int_equal(extract.facts.last_active_s, 1716422400);
	assert_int_equal(extract.facts.n_followers, 3);
	assert_int_equal(extract.facts.n_links, 2);
	assert_string_equal(extract.facts.links[1], "https://x.com/ada_writes");
	extract_release(&extract);
}

static void its_events(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"a comment, whole", "event/31", KIND_REPLY, 1709287200, NULL,
			"Because Globex are idiots", "why?\n\nBob's question", 0},
		{"what it opened has its title", "event/32", KIND_POST, 1709373600, NULL,
			"It leaks again", NULL, 0},
		{"a push has a commit's; what it closed may be another's", "event/33", KIND_POST,
			1709460000, NULL, "Fix the damn leak", NULL, 0},
	};
	struct extract extract;
	answer_file(&asked[EVENTS], files[EVENTS], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_true(extract.coverage.window);
	assert_false(extract.coverage.cut);
	check_posts(&extract, rows, sizeof rows / sizeof *rows);
	assert_int_equal(extract.n_follows, 0);
	extract_release(&extract);
}

static void projects_stars_and_follows(void **state)
{
	(void)state;
	static const struct post_row projects[] = {
		{"its own project; a fork's words are another's", "project/4", KIND_POST,
			1696081562, "https://gitlab.example/ada/bridge",
			"Bridge\n\nA *damn* bridge", NULL, 0},
	};
	static const struct post_row starred[] = {
		{"of a group in a group", "star/31", KIND_STAR, 0, NULL, "",
			"@globex\n\nglobex/tools/widget\n\nWidgets", 1},
		{"without a description", "star/32", KIND_STAR, 0, NULL, "", "@bob\n\nbob/fish", 1},
	};
	static const struct post_row following[] = {
		{"an account", "follow/8", KIND_FOLLOW, 0, NULL, "", "@globex\n\nGlobex", 1},
		{"an address without a host", "follow/9", KIND_FOLLOW, 0, NULL, "", "@bob\n\nBob",
			1},
	};
	static const struct {
		int step;
		const struct post_row *rows;
		size_t count;
	} lists[] = {{PROJECTS, projects, 1}, {STARRED, starred, 2}, {FOLLOWING, following, 2}};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct extract extract;
		answer_file(&asked[lists[i].step], files[lists[i].step], &extract);
		assert_int_equal(extract.verdict, VERDICT_OK);
		assert_false(extract.coverage.cut);
		check_posts(&extract, lists[i].rows, lists[i].count);
		extract_release(&extract);
	}
}

static void a_full_page_has_more_behind_it(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int step;
		const char *subject;
		const char *next; /* NULL: no more is read */
		enum relation relation;
		bool window;
		bool acts_cut;
	} rows[] = {
		{"events", EVENTS, "ada.e 1", API "/ada.e/events?per_page=100&page=2", FOLLOW_OLDER,
			true, false},
		{"stars", STARRED, "7 2", API "/7/starred_projects?per_page=100&page=3",
			FOLLOW_ALSO, false, false},
		{"the last page of stars that is read", STARRED, "7 3", NULL, FOLLOW_ALSO, false,
			true},
		{"projects", PROJECTS, "7 1", NULL, FOLLOW_ALSO, true, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *list = json_load_file(files[rows[i].step], 0, NULL);
		while (json_array_size(list) < 100)
			json_array_append(list, json_array_get(list, 0));
		char *text = json_dumps(list, 0);
		struct asked question = asked[rows[i].step];
		question.subject = rows[i].subject;
		struct extract extract;
		answer(&question, text, strlen(text), &extract);
		const struct follow *next = extract.n_follows ? extract.follows : NULL;
		if (!same(next ? next->url : NULL, rows[i].next) ||
			(next && next->relation != rows[i].relation) ||
			extract.coverage.window != rows[i].window ||
			extract.coverage.interactions_cut != rows[i].acts_cut)
			fail_msg("%s: %s", rows[i].name, next ? next->url : "no more");
		extract_release(&extract);
		free(text);
		json_decref(list);
	}
}

#define USER_IN(state) "[{\"id\":7,\"username\":\"Ada.E\",\"state\":\"" state "\"}]"

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row of_user[] = {
		{"nobody", 200, "[]", VERDICT_NOT_FOUND},
		{"names are told in another case", 200, USER_IN("active"), VERDICT_OK},
		{"blocked", 200, USER_IN("blocked"), VERDICT_SUSPENDED},
		{"deactivated", 200, USER_IN("deactivated"), VERDICT_GONE},
		{"an unknown state", 200, USER_IN("new"), VERDICT_OK},
		{"another account", 200, "[{\"id\":8,\"username\":\"bob\"}]", VERDICT_PARSE_DRIFT},
		{"an object", 200, "{}", VERDICT_PARSE_DRIFT},
		{"members only", 403, "{\"message\":\"403 Forbidden\"}", VERDICT_AUTH_REQUIRED},
		{"a token is needed", 401, "{\"message\":\"401 Unauthorized\"}",
			VERDICT_AUTH_REQUIRED},
	};
	static const struct sign_row of_events[] = {
		{"a private profile", 404, "{\"message\":\"404 User Not Found\"}", VERDICT_PRIVATE},
		{"none", 200, "[]", VERDICT_EMPTY},
		{"an object", 200, "{\"message\":\"?\"}", VERDICT_PARSE_DRIFT},
		{"others' events", 200,
			"[{\"id\":1,\"action_name\":\"joined\",\"author_username\":\"bob\"}]",
			VERDICT_PARSE_DRIFT},
		{"a comment without its words", 200,
			"[{\"id\":1,\"action_name\":\"commented "
			"on\",\"author_username\":\"ada.e\"}]",
			VERDICT_PARSE_DRIFT},
	};
	check_signs(asked[USER], of_user, sizeof of_user / sizeof *of_user);
	check_signs(asked[EVENTS], of_events, sizeof of_events / sizeof *of_events);
}

static void damaged_answers(void **state)
{
	(void)state;
	for (int i = USER; i < COUNT; i++) {
		check_cuts(&asked[i], files[i]);
		check_types(&asked[i], files[i]);
	}
}

static void genuine_answers(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		int step;
		const char *subject;
		const char *name; /* facts; NULL: posts */
	} rows[] = {
		{"platforms/gitlab/api_users_search.json", USER, "user1", "John Doe1"},
		{"platforms/gitlab/api_user.json", ABOUT, "john_smith 1", "John Smith"},
		{"platforms/gitlab/api_events.json", EVENTS, "venky333 1", NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len;
		char *body = shared_page(rows[i].path, &len);
		if (!body)
			return;
		struct asked question = asked[rows[i].step];
		struct extract extract;
		question.subject = rows[i].subject;
		answer(&question, body, len, &extract);
		if (extract.verdict != VERDICT_OK || !same(extract.facts.name, rows[i].name))
			fail_msg("%s: %s", rows[i].path, verdict_name(extract.verdict));
		if (!rows[i].name)
			assert_string_equal(post_called(&extract, "event/1")->text,
				"Qui natus eos odio tempore et quaerat consequuntur ducimus "
				"cupiditate quis.");
		extract_release(&extract);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_account),
		cmocka_unit_test(its_events),
		cmocka_unit_test(projects_stars_and_follows),
		cmocka_unit_test(a_full_page_has_more_behind_it),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(genuine_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
