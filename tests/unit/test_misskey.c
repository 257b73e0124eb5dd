#include "crawlers/sources/misskey.h"
#include "tests/unit/api_check.h"

enum { USER, NOTES, FOLLOWING };

#define HOST     "https://mk.example"
#define ID       "9ada000001"
#define FIXTURES "tests/fixtures/misskey/"

static const struct asked asked[] = {
	[USER] = {"misskey", HOST "/api/users/show", HOST "/@ada", USER, "ada", 0, NULL, NULL},
	[NOTES] = {"misskey", HOST "/api/users/notes", HOST "/@ada", NOTES, ID " 9note00007", 0,
		NULL, NULL},
	[FOLLOWING] = {"misskey", HOST "/api/users/following", HOST "/@ada", FOLLOWING, ID " 1", 0,
		NULL, NULL},
};

static void an_account_is_asked_for_by_name(void **state)
{
	(void)state;
	static const struct {
		const char *name; /* why the row exists */
		const char *url;
		const char *first;
		const char *json;
	} rows[] = {
		{"an account", HOST "/@ada", HOST "/api/users/show",
			"{\"username\":\"ada\",\"host\":null}"},
		{"of another server it is asked for there", HOST "/@ada@far.example",
			"https://far.example/api/users/show",
			"{\"username\":\"ada\",\"host\":null}"},
		{"what would end the string names nobody", HOST "/@a%22b", HOST "/api/users/show",
			"{\"username\":\"\",\"host\":null}"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *arena = arena_new(1u << 20);
		struct url url;
		struct follow first;
		assert_int_equal(url_parse(arena, rows[i].url, &url), 0);
		assert_int_equal(source_find("misskey")->first(arena, &url, &first), 0);
		if (strcmp(first.url, rows[i].first) != 0 || !same(first.json, rows[i].json))
			fail_msg("%s: %s with %s", rows[i].name, first.url, first.json);
		arena_free(arena);
	}
}

static void an_account_gives_facts(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[USER], FIXTURES "user.json", &extract);
	const struct facts *facts = &extract.facts;
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(facts->name, "Ada Example");
	assert_string_equal(facts->handle, "ada");
	assert_string_equal(facts->bio, "I build **engines**.\nmine");
	assert_string_equal(facts->location, "Example City");
	assert_string_equal(facts->photo_url, HOST "/ada.webp");
	assert_int_equal(facts->n_links, 2);
	assert_string_equal(facts->links[0], "https://ada.example/");
	assert_string_equal(facts->links[1], "https://old.example/users/ada");
	assert_int_equal(facts->n_posts, 8);
	assert_int_equal(facts->created_s, 1709280000);
	assert_string_equal(post_called(&extract, "bio")->text,
		"Ada Example\n\nI build **engines**.\nmine\n\nWeb: https://ada.example/\n\n"
		"Pronouns: she/her");
	assert_int_equal(extract.n_follows, 2);
	assert_string_equal(extract.follows[0].url, HOST "/api/users/notes");
	assert_string_equal(extract.follows[0].subject, ID " 9note00007");
	assert_string_equal(extract.follows[0].json,
		"{\"userId\":\"" ID "\",\"limit\":100,\"withReplies\":true,\"withRenotes\":true,"
		"\"withChannelNotes\":true}");
	assert_int_equal(extract.follows[0].relation, FOLLOW_NEXT);
	assert_string_equal(extract.follows[1].url, HOST "/api/users/following");
	assert_int_equal(extract.follows[1].relation, FOLLOW_ALSO);
	extract_release(&extract);
}

static void notes_are_what_they_are(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct post_row rows[] = {
		{"warning, text without its functions, poll and alt text", "9note00008", KIND_POST, 1778234400,
			HOST "/notes/9note00008",
			"long day\n\nI hate [them](https://globex.example/), see https://globex.example/2 now < !-- too\n\n"
			"this\n\nthat\n\nme, asleep", NULL, 2},
		{"a reply, and what it quotes", "9note00007", KIND_REPLY, 1778148000, HOST "/notes/9note00007",
			"no, I did not", "you said", 0},
		{"passed on without a word", "9note00006", KIND_REPOST, 1778061600, HOST "/notes/9note00006", "",
			"warned\n\nBob's words", 0},
		{"with words of one's own", "9note00005", KIND_QUOTE, 1777975200, HOST "/notes/9note00005", "Quite so.",
			"Numbers", 1},
		{"what another wrote is another's", "9note00004", KIND_REPOST, 1777888800, HOST "/notes/9note00004", "",
			"Not hers.", 0},
	};
	/* clang-format on */
	struct extract extract;
	answer_file(&asked[NOTES], FIXTURES "notes.json", &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, sizeof rows / sizeof *rows);
	assert_int_equal(post_called(&extract, "9note00008")->updated_s, 1778238000);
	assert_false(post_called(&extract, "9note00008")->pinned);
	assert_true(post_called(&extract, "9note00007")->pinned);
	assert_int_equal(extract.n_follows, 1);
	assert_non_null(strstr(extract.follows[0].json, ",\"untilId\":\"9note00004\","));
	assert_string_equal(extract.follows[0].subject, ID " 9note00007");
	assert_int_equal(extract.follows[0].relation, FOLLOW_OLDER);
	extract_release(&extract);
}

static void whom_it_follows(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct post_row rows[] = {
		{"of another server", "follow:https://far.example/@bob", KIND_FOLLOW, 1775124000, NULL, "",
			"@bob@far.example\n\nBob\n\nI do **widgets**", 1},
		{"of the same one", "follow:" HOST "/@eve", KIND_FOLLOW, 1775037600, NULL, "", "@eve@mk.example", 1},
	};
	/* clang-format on */
	struct asked question = asked[FOLLOWING];
	struct extract extract;
	answer_file(&question, FIXTURES "following.json", &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, sizeof rows / sizeof *rows);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].subject, ID " 2");
	assert_string_equal(extract.follows[0].json,
		"{\"userId\":\"" ID "\",\"limit\":100,\"untilId\":\"9flw000001\"}");
	extract_release(&extract);
	question.subject = ID " 12";
	answer_file(&question, FIXTURES "following.json", &extract);
	assert_int_equal(extract.n_follows, 0);
	assert_non_null(extract.coverage.lack);
	extract_release(&extract);
}

static void markup_is_taken_off(void **state)
{
	(void)state;
	static const struct {
		const char *name; /* why the row exists */
		const char *mfm;
		const char *plain;
	} rows[] = {
		{"nothing", "", ""},
		{"a function", "$[spin words]", "words"},
		{"with arguments", "$[spin.speed=2s,alternate words] rest", "words rest"},
		{"within another", "$[x2 $[shake a] b] c", "a b c"},
		{"a link in one keeps its brackets", "$[x2 [a](https://b.example)]",
			"[a](https://b.example)"},
		{"brackets of one's own", "[sic] ]", "[sic] ]"},
		{"no name", "$[ a]", "$[ a]"},
		{"no content", "$[spin]", "$[spin]"},
		{"one that does not end", "$[spin a", "a"},
		{"tags", "<b>a</b> <i>b</i> <center>c</center>", "a b c"},
		{"what is no tag", "a <3 b <x>", "a <3 b <x>"},
		{"a comment is shown", "a <!-- b", "a < !-- b"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *arena = arena_new(1u << 16);
		const char *plain;
		assert_int_equal(misskey_plain(arena, rows[i].mfm, &plain), 0);
		if (strcmp(plain, rows[i].plain) != 0)
			fail_msg("%s: [%s]", rows[i].name, plain);
		arena_free(arena);
	}
	char deep[4096] = "";
	struct arena *arena = arena_new(1u << 20);
	const char *plain;
	for (size_t i = 0; i < 1000; i++)
		memcpy(deep + 4 * i, "$[a ", 4);
	assert_int_equal(misskey_plain(arena, deep, &plain), 0);
	assert_string_equal(plain, "");
	arena_free(arena);
}

#define USER_OF(more) "{\"id\":\"" ID "\",\"username\":\"ada\",\"notesCount\":3" more "}"

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row rows[] = {
		{"nothing special", 200, USER_OF(""), VERDICT_OK},
		{"nothing written", 200, USER_OF(",\"notesCount\":0"), VERDICT_EMPTY},
		{"suspended", 200, USER_OF(",\"isSuspended\":true"), VERDICT_SUSPENDED},
		{"deleted", 200, USER_OF(",\"isDeleted\":true"), VERDICT_GONE},
		{"moved", 200, USER_OF(",\"movedTo\":\"https://new.example/users/ada\""),
			VERDICT_MOVED},
		{"unknown", 404, "{\"error\":{\"code\":\"NO_SUCH_USER\"}}", VERDICT_NOT_FOUND},
		{"unknown, as old servers say it", 400, "{\"error\":{\"code\":\"NO_SUCH_USER\"}}",
			VERDICT_NOT_FOUND},
		{"suspended, as it says itself", 400, "{\"error\":{\"code\":\"USER_SUSPENDED\"}}",
			VERDICT_SUSPENDED},
		{"members only", 401, "{\"error\":{\"code\":\"CREDENTIAL_REQUIRED\"}}",
			VERDICT_AUTH_REQUIRED},
		{"too many requests", 429, "{\"error\":{\"code\":\"RATE_LIMIT_EXCEEDED\"}}",
			VERDICT_RATE_LIMITED},
		{"an id that ends the string", 200,
			"{\"id\":\"x\\\",\\\"y\",\"username\":\"ada\",\"notesCount\":3}",
			VERDICT_PARSE_DRIFT},
		{"something else", 200, "[]", VERDICT_PARSE_DRIFT},
		{"a page", 200, "<!doctype html>", VERDICT_PARSE_DRIFT},
	};
	check_signs(asked[USER], rows, sizeof rows / sizeof *rows);
}

static void a_closed_api_has_a_feed(void **state)
{
	(void)state;
	static const char closed[] = "{\"error\":{\"code\":\"CREDENTIAL_REQUIRED\"}}";
	struct asked question = asked[USER];
	struct extract extract;
	question.status = 401;
	answer(&question, closed, strlen(closed), &extract);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, HOST "/@ada.atom");
	assert_string_equal(extract.follows[0].subject, "closed");
	extract_release(&extract);
}

static void a_private_list_is_not_asked_for(void **state)
{
	(void)state;
	static const char body[] = USER_OF(",\"followingVisibility\":\"followers\"");
	struct extract extract;
	answer(&asked[USER], body, strlen(body), &extract);
	assert_int_equal(extract.n_follows, 1);
	extract_release(&extract);
}

static void the_last_page_is_an_empty_one(void **state)
{
	(void)state;
	struct extract extract;
	answer(&asked[NOTES], "[]", 2, &extract);
	assert_int_equal(extract.verdict, VERDICT_EMPTY);
	assert_int_equal(extract.n_follows, 0);
	extract_release(&extract);
}

static void damaged_answers(void **state)
{
	(void)state;
	static const char *const files[] = {
		[USER] = FIXTURES "user.json",
		[NOTES] = FIXTURES "notes.json",
		[FOLLOWING] = FIXTURES "following.json",
	};
	for (int i = USER; i <= FOLLOWING; i++) {
		check_cuts(&asked[i], files[i]);
		check_types(&asked[i], files[i]);
	}
}

static void a_known_answer(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"a note", "9abcdefghi", KIND_POST, 1735787045, HOST "/notes/9abcdefghi",
			"Hello **MFM** @bob@example.net #tag https://example.org\n\nalt text here",
			NULL, 1},
		{"a renote", "9abcdefghj", KIND_REPOST, 1735689600, HOST "/notes/9abcdefghj", "",
			"boosted text", 0},
	};
	size_t len;
	char *body = shared_page("platforms/misskey/synthetic_users_notes.json", &len);
	if (!body)
		return;
	struct asked question = asked[NOTES];
	struct extract extract;
	question.subject = "9aaaaaaaaa";
	answer(&question, body, len, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, sizeof rows / sizeof *rows);
	extract_release(&extract);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_account_is_asked_for_by_name),
		cmocka_unit_test(an_account_gives_facts),
		cmocka_unit_test(notes_are_what_they_are),
		cmocka_unit_test(whom_it_follows),
		cmocka_unit_test(markup_is_taken_off),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(a_closed_api_has_a_feed),
		cmocka_unit_test(a_private_list_is_not_asked_for),
		cmocka_unit_test(the_last_page_is_an_empty_one),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(a_known_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
