#include "crawlers/sources/github.h"
#include "tests/unit/api_check.h"

#define API "https://api.github.com"

enum {
	USER = GITHUB_USER,
	ISSUES = GITHUB_ISSUES,
	EVENTS = GITHUB_EVENTS,
	REPOS = GITHUB_REPOS,
	COMMITS = GITHUB_COMMITS
};

#define ASKED(what, path)                                                                   \
	{                                                                                   \
		.source = "github", .url = API path, .profile = "https://github.com/ada-e", \
		.step = (what), .subject = "ada-e 1"                                        \
	}

#define COMMENTS "/repos/globex/widget/issues/7/comments"

static const struct asked asked[GITHUB_STEP_COUNT] = {
	[USER] = ASKED(USER, "/users/ada-e"),
	[ISSUES] = ASKED(ISSUES, "/search/issues"),
	[EVENTS] = ASKED(EVENTS, "/users/ada-e/events/public"),
	[REPOS] = ASKED(REPOS, "/users/ada-e/repos"),
	[COMMITS] = ASKED(COMMITS, "/search/commits"),
	[GITHUB_ORGS] = ASKED(GITHUB_ORGS, "/users/ada-e/orgs"),
	[GITHUB_FOLLOWING] = ASKED(GITHUB_FOLLOWING, "/users/ada-e/following"),
	[GITHUB_STARRED] = ASKED(GITHUB_STARRED, "/users/ada-e/starred"),
	[GITHUB_SOCIAL] = ASKED(GITHUB_SOCIAL, "/users/ada-e/social_accounts"),
	[GITHUB_GISTS] = ASKED(GITHUB_GISTS, "/users/ada-e/gists"),
	[GITHUB_COMMENTED] = ASKED(GITHUB_COMMENTED, "/search/issues"),
	[GITHUB_COMMENTS] = {"github", API COMMENTS, "https://github.com/ada-e", GITHUB_COMMENTS,
		"ada-e 1 " API COMMENTS " Is it slow?", 0, NULL, NULL},
	[GITHUB_README] = {"github", API "/repos/ada-e/ada-e/readme", "https://github.com/ada-e",
		GITHUB_README, "ada-e", 0, NULL, NULL},
};

static const char *const files[GITHUB_STEP_COUNT] = {
	[USER] = "tests/fixtures/github/user.json",
	[ISSUES] = "tests/fixtures/github/issues.json",
	[EVENTS] = "tests/fixtures/github/events.json",
	[REPOS] = "tests/fixtures/github/repos.json",
	[COMMITS] = "tests/fixtures/github/commits.json",
	[GITHUB_ORGS] = "tests/fixtures/github/orgs.json",
	[GITHUB_FOLLOWING] = "tests/fixtures/github/following.json",
	[GITHUB_STARRED] = "tests/fixtures/github/starred.json",
	[GITHUB_SOCIAL] = "tests/fixtures/github/social.json",
	[GITHUB_GISTS] = "tests/fixtures/github/gists.json",
	[GITHUB_COMMENTED] = "tests/fixtures/github/commented.json",
	[GITHUB_COMMENTS] = "tests/fixtures/github/comments.json",
	[GITHUB_README] = "tests/fixtures/github/readme.json",
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"an account", "https://github.com/ada-e", API "/users/ada-e"},
		{"with www and a slash", "https://www.github.com/ada-e/", API "/users/ada-e"},
		{"a repository", "https://github.com/ada-e/bridge", NULL},
		{"a page of GitHub's own", "https://github.com/Pricing", NULL},
		{"nobody", "https://github.com/", NULL},
		{"too long for a name",
			"https://github.com/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL},
		{"another host", "https://ada-e.github.io/ada", NULL},
	};
	check_claims("github", claims, sizeof claims / sizeof *claims);
}

static void the_account(void **state)
{
	(void)state;
	static const char *const urls[] = {
		API "/search/issues?q=author:ada-e&sort=created&order=desc&per_page=100&page=1",
		API "/users/ada-e/events/public?per_page=100&page=1",
		API "/users/ada-e/orgs?per_page=100&page=1",
		API "/users/ada-e/following?per_page=100&page=1",
		API "/users/ada-e/starred?per_page=100&page=1",
		API "/users/ada-e/social_accounts?per_page=100&page=1",
		API "/users/ada-e/repos?sort=pushed&per_page=100&page=1",
		API
		"/search/commits?q=author:ada-e&sort=author-date&order=desc&per_page=100&page=1",
	};
	struct extract extract;
	answer_file(&asked[USER], files[USER], &extract);
	const struct facts *facts = &extract.facts;
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(facts->name, "Ada Example");
	assert_string_equal(facts->handle, "ada-e");
	assert_string_equal(facts->bio, "Builds bridges");
	assert_string_equal(facts->headline, "Available for hire");
	assert_string_equal(facts->location, "Graz");
	assert_string_equal(facts->links[0], "https://ada.example/");
	assert_int_equal(facts->n_jobs, 1);
	assert_string_equal(facts->jobs[0].company, "initech");
	assert_int_equal(facts->created_s, 1278655806);
	assert_int_equal(facts->n_followers, 9);
	assert_int_equal(extract.n_follows, sizeof urls / sizeof *urls);
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		assert_string_equal(extract.follows[i].url, urls[i]);
		assert_string_equal(extract.follows[i].subject, "ada-e 1");
		assert_int_equal(extract.follows[i].relation, i < 2 ? FOLLOW_NEXT : FOLLOW_ALSO);
		assert_int_equal(
			extract.follows[i].accept, i == 4 ? ACCEPT_GITHUB_STAR : ACCEPT_GITHUB);
	}
	extract_release(&extract);
}

static void what_it_wrote(void **state)
{
	(void)state;
	static const struct post_row issues[] = {
		{"a form's words and quoted ones are not hers", "issue/501", KIND_POST, 1716115103,
			"https://github.com/globex/widget/issues/5",
			"It leaks\n\nIt does, see https://leaks.example/log (twice).",
			"You said it would not", 1},
		{"no body", "issue/502", KIND_POST, 1716201503,
			"https://github.com/globex/widget/pull/6", "Stop the leak", NULL, 0},
	};
	static const struct post_row events[] = {
		{"a comment", "event/900", KIND_REPLY, 1717200000,
			"https://github.com/globex/widget/issues/7#issuecomment-900",
			"Yes, **very**.", "Is it?\n\nIs it slow?", 0},
		{"a release; pushes and silent reviews have no words", "event/902", KIND_POST,
			1716940800, "https://github.com/ada-e/bridge/releases/1.0",
			"1.0\n\nFinally", NULL, 0},
	};
	static const struct post_row repos[] = {
		{"a fork's words are another's", "repository/300", KIND_POST, 1577836800,
			"https://github.com/ada-e/bridge", "bridge\n\nA bridge, drunk", NULL, 0},
	};
	static const struct post_row commits[] = {
		{"a commit's message", "commit/5bb654d26dd014d36794acd1e6ecf3736f12aad7", KIND_POST,
			1580544000, "https://github.com/ada-e/bridge/commit/5bb654d",
			"Fix the damn bridge\n\nAgain", NULL, 0},
	};
	static const struct {
		const struct post_row *rows;
		size_t count;
		bool window;
		int64_t total;
	} lists[] = {
		[ISSUES] = {issues, 2, false, 2},
		[EVENTS] = {events, 2, true, -1},
		[REPOS] = {repos, 1, false, -1},
		[COMMITS] = {commits, 1, false, -1},
	};
	for (int i = ISSUES; i <= COMMITS; i++) {
		struct extract extract;
		answer_file(&asked[i], files[i], &extract);
		assert_int_equal(extract.verdict, VERDICT_OK);
		assert_false(extract.coverage.cut);
		check_posts(&extract, lists[i].rows, lists[i].count);
		assert_int_equal(extract.coverage.window, lists[i].window);
		assert_int_equal(extract.coverage.total, lists[i].total);
		assert_int_equal(extract.n_follows, 0);
		extract_release(&extract);
	}
}

static void what_it_did(void **state)
{
	(void)state;
	static const struct post_row orgs[] = {
		{"an organisation", "membership/globex", KIND_MEMBERSHIP, 0, NULL, "",
			"@globex\n\nWidgets for all", 1},
		{"one that says nothing", "membership/bridge-club", KIND_MEMBERSHIP, 0, NULL, "",
			"@bridge-club", 1},
	};
	static const struct post_row following[] = {
		{"an account", "follow/globex-bot", KIND_FOLLOW, 0, NULL, "", "@globex-bot", 1},
		{"without an address of its page", "follow/bob", KIND_FOLLOW, 0, NULL, "", "@bob",
			1},
	};
	static const struct post_row starred[] = {
		{"with its time and the project's own page", "star/globex/widget", KIND_STAR,
			1714557600, NULL, "", "@globex\n\nglobex/widget\n\nA widget that works", 2},
		{"in the old form, with a page that is none", "star/bob/fish", KIND_STAR, 0, NULL,
			"", "@bob\n\nbob/fish", 1},
	};
	static const struct {
		int step;
		const struct post_row *rows;
	} lists[] = {{GITHUB_ORGS, orgs}, {GITHUB_FOLLOWING, following}, {GITHUB_STARRED, starred}};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct extract extract;
		answer_file(&asked[lists[i].step], files[lists[i].step], &extract);
		assert_int_equal(extract.verdict, VERDICT_OK);
		check_posts(&extract, lists[i].rows, 2);
		assert_int_equal(extract.coverage.n_interactions, 2);
		assert_false(extract.coverage.interactions_cut);
		assert_false(extract.coverage.window);
		assert_string_equal(extract.posts[1].links[0].url,
			lists[i].step == GITHUB_STARRED     ? "https://github.com/bob/fish"
			: lists[i].step == GITHUB_FOLLOWING ? "https://github.com/bob"
							    : "https://github.com/bridge-club");
		extract_release(&extract);
	}
}

static void facts_and_words_elsewhere(void **state)
{
	(void)state;
	static const struct post_row gists[] = {
		{"what it says of itself", "gist/aa5a315d61ae", KIND_POST, 1672628645,
			"https://gist.github.com/aa5a315d61ae", "How to build a damn bridge", NULL,
			0},
		{"else the name of its file", "gist/bb6b", KIND_POST, 1672715045,
			"https://gist.github.com/bb6b", "notes.md", NULL, 0},
	};
	struct extract extract;
	answer_file(&asked[GITHUB_GISTS], files[GITHUB_GISTS], &extract);
	check_posts(&extract, gists, 2);
	extract_release(&extract);
	answer_file(&asked[GITHUB_SOCIAL], files[GITHUB_SOCIAL], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.facts.n_links, 2);
	assert_string_equal(extract.facts.links[0], "https://mastodon.example/@ada");
	extract_release(&extract);
	answer_file(&asked[GITHUB_README], files[GITHUB_README], &extract);
	assert_int_equal(extract.n_posts, 1);
	assert_int_equal(extract.posts[0].kind, KIND_BIO);
	assert_non_null(strstr(extract.posts[0].text, "Hi, I'm Ada"));
	assert_non_null(strstr(extract.posts[0].text, "I build bridges – drunk."));
	assert_null(strstr(extract.posts[0].text, "secret"));
	extract_release(&extract);
}

/* The repository that is called like its owner has the profile's README. */
static void the_readme_is_asked_for(void **state)
{
	(void)state;
	json_t *root = json_load_file(files[REPOS], 0, NULL);
	struct extract extract;
	json_t *first = json_array_get(root, 0);
	json_object_set_new(first, "name", json_string("Ada-E"));
	char *text = json_dumps(root, 0);
	answer(&asked[REPOS], text, strlen(text), &extract);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, API "/repos/ada-e/ada-e/readme");
	assert_int_equal(extract.follows[0].relation, FOLLOW_ALSO);
	extract_release(&extract);
	free(text);
	json_decref(root);
}

/* Without a list by author they are looked for issue by issue. */
static void comments_with_a_token(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"its own, called as among the events", "event/900", KIND_REPLY, 1717200000,
			"https://github.com/globex/widget/issues/7#issuecomment-900",
			"Yes, **very**.", "Is it slow?", 0},
		{"in other letters", "event/903", KIND_REPLY, 1717286400,
			"https://github.com/globex/widget/issues/7#issuecomment-903",
			"It damn well is", "No\n\nIs it slow?", 0},
	};
	struct extract extract;
	answer_file(&asked[GITHUB_COMMENTED], files[GITHUB_COMMENTED], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_follows, 2); /* an issue of this API with comments; page 2 */
	assert_string_equal(extract.follows[0].url, API COMMENTS "?per_page=100&page=1");
	assert_string_equal(extract.follows[0].subject, "ada-e 1 " API COMMENTS " Is it slow?");
	assert_string_equal(extract.follows[1].url,
		API "/search/issues?q=commenter:ada-e&sort=updated&order=desc&per_page=25&page=2");
	extract_release(&extract);
	answer_file(&asked[GITHUB_COMMENTS], files[GITHUB_COMMENTS], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, 2);
	assert_int_equal(extract.posts[0].updated_s, 0);
	assert_int_equal(extract.posts[1].updated_s, 1717372800);
	extract_release(&extract);
	size_t len = 0;
	char *body = read_whole(files[USER], &len);
	answer_as(&asked[USER], true, body, len, &extract);
	free(body);
	const struct follow *last = &extract.follows[extract.n_follows - 1];
	assert_int_equal(last->step, GITHUB_COMMENTED);
	assert_string_equal(last->url,
		API "/search/issues?q=commenter:ada-e&sort=updated&order=desc&per_page=25&page=1");
	extract_release(&extract);
}

/* A list with @n rows like the first of the fixture. */
static void many(int what, const char *subject, size_t n, int64_t total, struct extract *ret)
{
	json_t *root = json_load_file(files[what], 0, NULL);
	json_t *rows = json_is_array(root) ? root : json_object_get(root, "items");
	while (json_array_size(rows) < n)
		json_array_append(rows, json_array_get(rows, 0));
	if (json_is_object(root))
		json_object_set_new(root, "total_count", json_integer(total));
	char *text = json_dumps(root, 0);
	struct asked question = asked[what];
	question.subject = subject;
	answer(&question, text, strlen(text), ret);
	free(text);
	json_decref(root);
}

static void page_after_page(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int what;
		const char *subject;
		size_t n;
		int64_t total;
		const char *next; /* NULL: it ends */
		bool window;
	} rows[] = {
		{"a full page has more behind it", ISSUES, "ada-e 1", 100, 250, "ada-e 2", false},
		{"the search ends at a thousand", ISSUES, "ada-e 10", 100, 4000, NULL, true},
		{"a short page is the last", ISSUES, "ada-e 3", 50, 250, NULL, false},
		{"events", EVENTS, "ada-e 2", 100, 0, "ada-e 3", true},
		{"only the newest repositories", REPOS, "ada-e 1", 100, 0, NULL, true},
		{"only the newest commits", COMMITS, "ada-e 1", 100, 900, NULL, true},
		{"stars", GITHUB_STARRED, "ada-e 2", 100, 0, "ada-e 3", false},
		{"the newest stars", GITHUB_STARRED, "ada-e 3", 100, 0, NULL, false},
		{"organisations", GITHUB_ORGS, "ada-e 1", 100, 0, NULL, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct extract extract;
		many(rows[i].what, rows[i].subject, rows[i].n, rows[i].total, &extract);
		const char *next = extract.n_follows > 0 ? extract.follows[0].subject : NULL;
		const bool acts = rows[i].what >= GITHUB_ORGS;
		const enum relation relation = acts ? FOLLOW_ALSO : FOLLOW_OLDER;
		bool fine = !next || extract.follows[0].relation == relation;
		if (!fine || extract.coverage.interactions_cut != (acts && !next) ||
			!same(next, rows[i].next) || extract.coverage.window != rows[i].window)
			fail_msg("%s: then %s", rows[i].name, next ? next : "nothing");
		extract_release(&extract);
	}
}

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row of_user[] = {
		{"no such account", 404, "{\"message\":\"Not Found\"}", VERDICT_NOT_FOUND},
		{"too many requests", 403,
			"{\"message\":\"API rate limit exceeded for 192.0.2.1.\"}",
			VERDICT_RATE_LIMITED},
		{"too fast", 403, "{\"message\":\"You have exceeded a secondary rate limit\"}",
			VERDICT_RATE_LIMITED},
		{"a list", 200, "[]", VERDICT_PARSE_DRIFT},
		{"another object", 200, "{\"login\":\"ada-e\"}", VERDICT_PARSE_DRIFT},
		{"a login that is none", 200, "{\"login\":\"a/../b\",\"public_repos\":1}",
			VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_issues[] = {
		{"none at all", 200, "{\"total_count\":0,\"items\":[]}", VERDICT_EMPTY},
		{"a count, but no rows", 200, "{\"total_count\":3,\"items\":[]}",
			VERDICT_PARSE_DRIFT},
		{"no count", 200, "{\"items\":[]}", VERDICT_PARSE_DRIFT},
		{"not to be searched", 422, "{\"message\":\"Validation Failed\",\"errors\":[]}",
			VERDICT_AUTH_REQUIRED},
		{"somebody else's", 200,
			"{\"total_count\":1,\"items\":[{\"id\":1,\"title\":\"t\",\"user\":{"
			"\"login\":\"bob\"}}]}",
			VERDICT_PARSE_DRIFT},
	};
	check_signs(asked[USER], of_user, sizeof of_user / sizeof *of_user);
	check_signs(asked[ISSUES], of_issues, sizeof of_issues / sizeof *of_issues);
}

static void damaged_answers(void **state)
{
	(void)state;
	for (int i = USER; i < GITHUB_STEP_COUNT; i++) {
		check_cuts(&asked[i], files[i]);
		check_types(&asked[i], files[i]);
	}
}

/* ---- what GitHub really gives ---- */

static json_t *shared_json(const char *path)
{
	size_t len;
	char *body = shared_page(path, &len);
	json_t *root = body ? json_loadb(body, len, JSON_DECODE_ANY, NULL) : NULL;
	free(body);
	return root;
}

static void give(int what, const char *subject, json_t *root, struct extract *ret)
{
	struct asked question = asked[what];
	char *text = json_dumps(root, JSON_ENCODE_ANY);
	question.subject = subject;
	answer(&question, text, strlen(text), ret);
	free(text);
}

static void genuine_issues(void **state)
{
	(void)state;
	json_t *issues = shared_json("platforms/github/dogsheep_issues.json");
	if (!issues)
		return;
	json_t *root = json_pack("{s:i,s:O}", "total_count", 2, "items", issues);
	struct extract extract;
	give(ISSUES, "simonw 1", root, &extract);
	assert_int_equal(extract.n_posts, json_array_size(issues));
	for (size_t i = 0; i < extract.n_posts; i++) {
		const struct post *post = &extract.posts[i];
		const json_t *issue = json_array_get(issues, i);
		const char *title = json_string_value(json_object_get(issue, "title"));
		assert_int_equal(strncmp(post->text, title, strlen(title)), 0);
		assert_int_equal(post->title_len, strlen(title));
		assert_string_equal(
			post->url, json_string_value(json_object_get(issue, "html_url")));
		assert_true(post->published_s > 1500000000);
	}
	print_message("%zu issues compared\n", extract.n_posts);
	extract_release(&extract);
	json_decref(root);
	json_decref(issues);
}

static void genuine_events(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		const char *object; /* NULL: no words */
	} rows[] = {
		{"commit_comment", "comment"},
		{"create", NULL},
		{"delete", NULL},
		{"fork", NULL},
		{"gollum", NULL},
		{"issue_comment", "comment"},
		{"issues", NULL},
		{"member", NULL},
		{"pull_request", NULL},
		{"pull_request_review_comment", "comment"},
		{"pull_request_review", "review"},
		{"push", NULL},
		{"release", "release"},
	};
	size_t n = 0;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char path[128], subject[128];
		(void)snprintf(
			path, sizeof path, "platforms/github/events/%s_event.json", rows[i].file);
		json_t *event = shared_json(path);
		if (!event)
			return;
		json_t *actor = json_object_get(event, "actor");
		(void)snprintf(subject, sizeof subject, "%s 1",
			json_string_value(json_object_get(actor, "login")));
		json_t *object = rows[i].object ? json_object_get(json_object_get(event, "payload"),
							  rows[i].object)
						: NULL;
		const char *body = json_string_value(json_object_get(object, "body"));
		bool words = body && *body;
		json_t *root = json_pack("[O]", event);
		struct extract extract;
		give(EVENTS, subject, root, &extract);
		if (extract.verdict != VERDICT_OK || extract.coverage.cut)
			fail_msg("%s: %s", rows[i].file, verdict_name(extract.verdict));
		if (words && (extract.n_posts != 1 || !strstr(extract.posts[0].text, body)))
			fail_msg("%s: not read: %s", rows[i].file, body);
		n += extract.n_posts;
		extract_release(&extract);
		json_decref(root);
		json_decref(event);
	}
	print_message("%zu events read, %zu with words\n", sizeof rows / sizeof *rows, n);
}

static void genuine_interactions(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		int step;
		enum post_kind kind;
		const char *key; /* of the handle, as a path */
		const char *inner;
	} rows[] = {
		{"platforms/github/rest_user_following.json", GITHUB_FOLLOWING, KIND_FOLLOW,
			"login", NULL},
		{"platforms/github/rest_user_orgs.json", GITHUB_ORGS, KIND_MEMBERSHIP, "login",
			NULL},
		{"platforms/github/rest_user_starred.json", GITHUB_STARRED, KIND_STAR, "full_name",
			NULL},
		{"platforms/github/dogsheep_starred.json", GITHUB_STARRED, KIND_STAR, "full_name",
			"repo"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *root = shared_json(rows[i].path);
		if (!root)
			return;
		struct extract extract;
		give(rows[i].step, "jacquev6 1", root, &extract);
		assert_int_equal(extract.verdict, VERDICT_OK);
		assert_int_equal(extract.n_posts, json_array_size(root));
		for (size_t k = 0; k < extract.n_posts; k++) {
			const json_t *row = json_array_get(root, k);
			row = rows[i].inner ? json_object_get(row, rows[i].inner) : row;
			const char *name = json_string_value(json_object_get(row, rows[i].key));
			assert_int_equal(extract.posts[k].kind, rows[i].kind);
			assert_non_null(strstr(extract.posts[k].others, name));
			assert_non_null(strstr(extract.posts[k].links[0].url, name));
		}
		print_message("%zu interactions compared\n", extract.n_posts);
		extract_release(&extract);
		json_decref(root);
	}
	json_t *comments = shared_json("platforms/github/rest_issue_comments.json");
	const json_t *user = json_object_get(json_array_get(comments, 0), "user");
	char subject[128];
	(void)snprintf(subject, sizeof subject, "%s 1 " API COMMENTS " Title",
		json_string_value(json_object_get(user, "login")));
	struct extract extract;
	give(GITHUB_COMMENTS, subject, comments, &extract);
	assert_true(extract.n_posts >= 1);
	assert_int_equal(extract.posts[0].kind, KIND_REPLY);
	extract_release(&extract);
	json_decref(comments);
}

static void genuine_accounts(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		int status;
		enum verdict verdict;
		const char *name;
	} rows[] = {
		{"platforms/github/rest_user.json", 200, VERDICT_OK, "Vincent Jacques"},
		{"platforms/github/dogsheep_user.json", 200, VERDICT_OK, "Simon Willison"},
		{"platforms/github/rest_user_404.json", 404, VERDICT_NOT_FOUND, NULL},
		{"platforms/github/rest_rate_limited_403.json", 403, VERDICT_RATE_LIMITED, NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct asked question = asked[USER];
		struct extract extract;
		size_t len;
		char *body = shared_page(rows[i].path, &len);
		if (!body)
			return;
		question.status = rows[i].status;
		answer(&question, body, len, &extract);
		if (extract.verdict != rows[i].verdict || !same(extract.facts.name, rows[i].name))
			fail_msg("%s: %s", rows[i].path, verdict_name(extract.verdict));
		extract_release(&extract);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_account),
		cmocka_unit_test(what_it_wrote),
		cmocka_unit_test(what_it_did),
		cmocka_unit_test(facts_and_words_elsewhere),
		cmocka_unit_test(the_readme_is_asked_for),
		cmocka_unit_test(comments_with_a_token),
		cmocka_unit_test(page_after_page),
		cmocka_unit_test(genuine_interactions),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(genuine_issues),
		cmocka_unit_test(genuine_events),
		cmocka_unit_test(genuine_accounts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
