#include "tests/unit/api_check.h"

#define FIXTURE "tests/fixtures/steam/profile.xml"

static const struct asked profile = {
	.source = "steam",
	.url = "https://steamcommunity.com/id/ada_kills?xml=1",
	.profile = "https://steamcommunity.com/id/ada_kills",
	.content_type = "text/xml; charset=utf-8",
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"a chosen name", "https://steamcommunity.com/id/ada_kills/",
			"https://steamcommunity.com/id/ada_kills?xml=1"},
		{"a number", "https://steamcommunity.com/profiles/76561197960287930",
			"https://steamcommunity.com/profiles/76561197960287930?xml=1"},
		{"a group", "https://steamcommunity.com/groups/ada", NULL},
		{"no number", "https://steamcommunity.com/profiles/ada", NULL},
		{"another host", "https://steam.example/id/ada", NULL},
	};
	check_claims("steam", claims, sizeof claims / sizeof *claims);
}

static void the_account(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&profile, FIXTURE, &extract);
	const struct facts *facts = &extract.facts;
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(facts->handle, "Drunk & Ada");
	assert_string_equal(facts->name, "Ada Example");
	assert_string_equal(facts->headline, "Go away.");
	assert_string_equal(facts->location, "Graz, Austria");
	assert_string_equal(facts->photo_url, "https://avatars.example/b8_full.jpg");
	assert_int_equal(facts->created_s, 1150848000);
	assert_int_equal(extract.n_posts, 5);
	const struct post *group = post_called(&extract, "group/103582791429521412");
	assert_int_equal(group->kind, KIND_MEMBERSHIP);
	assert_string_equal(group->others, "@globex\n\nGlobex Players\n\nWe play");
	assert_string_equal(group->links[0].url, "https://steamcommunity.com/groups/globex");
	group = post_called(&extract, "group/103582791429521413");
	assert_null(group->others);
	assert_string_equal(
		group->links[0].url, "https://steamcommunity.com/gid/103582791429521413");
	assert_string_equal(post_called(&extract, "handle")->text, "Drunk & Ada");
	assert_string_equal(post_called(&extract, "address")->text, "ada_kills");
	assert_int_equal(post_called(&extract, "address")->kind, KIND_HANDLE);
	assert_string_equal(post_called(&extract, "bio")->text,
		"Ada Example\n\nGo away.\n\nWe jump that fence.\nSee here");
	assert_non_null(extract.coverage.lack);
	extract_release(&extract);
}

#define ID "<steamID64>7</steamID64><steamID>ada</steamID>"

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row rows[] = {
		{"nobody", 200,
			"<response><error><![CDATA[The specified profile could not be "
			"found.]]></error>"
			"</response>",
			VERDICT_NOT_FOUND},
		{"another error", 200, "<response><error>Try later</error></response>",
			VERDICT_PARSE_DRIFT},
		{"private", 200, "<profile>" ID "<privacyState>private</privacyState></profile>",
			VERDICT_PRIVATE},
		{"for friends", 200,
			"<profile>" ID "<privacyState>friendsonly</privacyState></profile>",
			VERDICT_PRIVATE},
		{"public, and nothing said", 200,
			"<profile>" ID "<privacyState>public</privacyState></profile>", VERDICT_OK},
		{"who may see it is not told", 200, "<profile>" ID "</profile>",
			VERDICT_PARSE_DRIFT},
		{"only a friend's", 200,
			"<profile><friends>" ID
			"<privacyState>public</privacyState></friends></profile>",
			VERDICT_PARSE_DRIFT},
		{"another document", 200, "<memberList>" ID "</memberList>", VERDICT_PARSE_DRIFT},
		{"no XML", 200, "hello", VERDICT_PARSE_DRIFT},
		{"nothing", 200, "", VERDICT_PARSE_DRIFT},
	};
	check_signs(profile, rows, sizeof rows / sizeof *rows);
}

static void damaged_answers(void **state)
{
	(void)state;
	check_cuts(&profile, FIXTURE);
}

/* An endless field ends at its limit. */
static void a_long_text(void **state)
{
	(void)state;
	static const char head[] = "<profile>" ID "<privacyState>public</privacyState><summary>";
	static const char tail[] = "</summary></profile>";
	size_t len = 300000;
	char *body = malloc(sizeof head + len + sizeof tail);
	assert_non_null(body);
	memcpy(body, head, sizeof head - 1);
	memset(body + sizeof head - 1, 'x', len);
	memcpy(body + sizeof head - 1 + len, tail, sizeof tail - 1);
	struct extract extract;
	answer(&profile, body, sizeof head - 1 + len + sizeof tail - 1, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_true(extract.coverage.cut);
	assert_true(post_called(&extract, "bio")->len > 60000);
	assert_true(post_called(&extract, "bio")->len <= 65536);
	extract_release(&extract);
	free(body);
}

static void a_genuine_account(void **state)
{
	(void)state;
	size_t len;
	char *body = shared_page("platforms/steam/profile_xml.xml", &len);
	if (!body)
		return;
	struct extract extract;
	answer(&profile, body, len, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.handle, "Son of Thor");
	assert_string_equal(extract.facts.name, "Torsten Zabka");
	assert_string_equal(extract.facts.bio, "We jump that fence when we get to it.");
	assert_string_equal(extract.facts.headline, "Dad serious.");
	assert_string_equal(extract.facts.location, "Bellevue, Washington, United States");
	assert_string_equal(post_called(&extract, "address")->text, "Son_of_Thor");
	size_t n_groups = 0;
	for (const char *at = body; (at = memmem(at, (size_t)(body + len - at), "<group ", 7));
		at++)
		n_groups++;
	assert_int_equal(extract.coverage.n_interactions, n_groups);
	print_message("%zu groups\n", n_groups);
	extract_release(&extract);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_account),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(a_long_text),
		cmocka_unit_test(a_genuine_account),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
