#include "tests/unit/api_check.h"

#define API    "https://hacker-news.firebaseio.com/v0/user/"
#define SEARCH "https://hn.algolia.com/api/v1/search_by_date?tags=author_Ada_e&hitsPerPage=1000"
#define ITEM   "https://news.ycombinator.com/item?id="

static const struct asked user = {
	.source = "hackernews",
	.url = API "Ada_e.json",
	.profile = "https://news.ycombinator.com/user?id=Ada_e",
	.step = 0,
	.subject = "Ada_e",
};

static const struct asked items = {
	.source = "hackernews",
	.url = SEARCH,
	.profile = "https://news.ycombinator.com/user?id=Ada_e",
	.step = 1,
	.subject = "Ada_e",
};

static const struct asked item = {
	.source = "hackernews",
	.url = "https://hacker-news.firebaseio.com/v0/item/106.json",
	.profile = "https://news.ycombinator.com/user?id=Ada_e",
	.step = 2,
	.subject = "Ada_e",
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"the account", "https://news.ycombinator.com/user?id=Ada_e", API "Ada_e.json"},
		{"its comments", "https://news.ycombinator.com/threads?id=ada", API "ada.json"},
		{"another value first", "https://news.ycombinator.com/user?x=1&id=ada",
			API "ada.json"},
		{"an item", "https://news.ycombinator.com/item?id=8863", NULL},
		{"no name", "https://news.ycombinator.com/user?id=", NULL},
		{"another value's name ends in id", "https://news.ycombinator.com/user?kid=ada",
			NULL},
		{"a name that is a path", "https://news.ycombinator.com/user?id=../x", NULL},
		{"another host", "https://ycombinator.com/user?id=ada", NULL},
	};
	check_claims("hackernews", claims, sizeof claims / sizeof *claims);
}

static void the_account(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&user, "tests/fixtures/hackernews/user.json", &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.handle, "Ada_e");
	assert_string_equal(extract.facts.bio, "Bridge builder.\n\nMail: ada at ada.example");
	assert_int_equal(extract.facts.created_s, 1173923446);
	assert_int_equal(extract.coverage.total, 4);
	assert_int_equal(post_called(&extract, "bio")->n_links, 1);
	assert_int_equal(extract.n_follows, 1);
	assert_int_equal(extract.follows[0].relation, FOLLOW_INSTEAD);
	assert_string_equal(extract.follows[0].url, SEARCH);
	assert_string_equal(extract.follows[0].subject, "Ada_e - 105 104 103 102");
	extract_release(&extract);
}

static void what_it_wrote(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"a comment, with whose story it is", "105", KIND_REPLY, 1735787045, ITEM "105",
			"No, it is not.\n\nSee https://bridges.example & think", "Bridges fall", 1},
		{"a title is no HTML, the text is", "104", KIND_POST, 1733011200, ITEM "104",
			"Ask HN: C<T> or <b>?\n\nBody of the post", NULL, 0},
		{"a link", "103", KIND_POST, 1730419200, ITEM "103", "A bridge", NULL, 1},
	};
	struct extract extract;
	answer_file(&items, "tests/fixtures/hackernews/items.json", &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, sizeof rows / sizeof *rows);
	assert_int_equal(extract.n_follows, 0);
	extract_release(&extract);
}

/* The search is late, and does not list what was killed: Hacker News itself is asked. */
static void what_the_search_does_not_know(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"a comment that was killed", "106", KIND_REPLY, 1735787100, ITEM "106",
			"Just now, you idiot\n\nSee & read", NULL, 0},
	};
	struct asked asked = items;
	struct extract extract;
	asked.subject = "Ada_e - 106 105 104 99";
	answer_file(&asked, "tests/fixtures/hackernews/items.json", &extract);
	assert_int_equal(extract.n_follows, 2);
	assert_string_equal(extract.follows[0].url, item.url);
	assert_string_equal(extract.follows[0].subject, "Ada_e");
	assert_int_equal(extract.follows[0].relation, FOLLOW_ALSO);
	assert_non_null(strstr(extract.follows[1].url, "/v0/item/99.json"));
	extract_release(&extract);
	answer_file(&item, "tests/fixtures/hackernews/item.json", &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, 1);
	assert_non_null(extract.coverage.lack);
	extract_release(&extract);
}

#define HIT(id, author, at)                                                                       \
	"{\"objectID\":\"" id "\",\"author\":\"" author "\",\"title\":\"t\",\"created_at_i\":" at \
	"}"

static void a_thousand_at_a_time(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *subject;
		const char *body;
		size_t n_posts;
		const char *next; /* NULL: it ends */
		const char *next_subject;
	} rows[] = {
		{"more than are listed", "Ada_e",
			"{\"nbHits\":5,\"hits\":[" HIT("9", "Ada_e", "900") "," HIT(
				"8", "Ada_e", "800") "]}",
			2, SEARCH "&numericFilters=created_at_i%3C801", "Ada_e 8"},
		{"the oldest of the page before comes again", "Ada_e 8",
			"{\"nbHits\":3,\"hits\":[" HIT("8", "Ada_e", "800") "," HIT(
				"7", "Ada_e", "800") "," HIT("6", "Ada_e", "600") "]}",
			2, NULL, NULL},
		{"somebody else's", "Ada_e",
			"{\"nbHits\":2,\"hits\":[" HIT("9", "ada_e", "900") "," HIT(
				"8", "Ada_e", "800") "]}",
			1, NULL, NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct asked asked = items;
		struct extract extract;
		asked.subject = rows[i].subject;
		answer(&asked, rows[i].body, strlen(rows[i].body), &extract);
		const struct follow *next = extract.n_follows > 0 ? extract.follows : NULL;
		if (extract.n_posts != rows[i].n_posts ||
			(next && next->relation != FOLLOW_OLDER) ||
			!same(next ? next->url : NULL, rows[i].next) ||
			!same(next ? next->subject : NULL, rows[i].next_subject))
			fail_msg("%s: %zu posts, then %s", rows[i].name, extract.n_posts,
				next ? next->url : "nothing");
		extract_release(&extract);
	}
}

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row of_user[] = {
		{"null with status 200 is an account that is not there", 200, "null",
			VERDICT_NOT_FOUND},
		{"another account", 200, "{\"id\":\"ada_e\",\"created\":1}", VERDICT_PARSE_DRIFT},
		{"no account", 200, "{\"error\":\"Permission denied\"}", VERDICT_PARSE_DRIFT},
		{"nothing", 200, "", VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_items[] = {
		{"an account that wrote nothing", 200, "{\"hits\":[],\"nbHits\":0}", VERDICT_EMPTY},
		{"a count, but no rows", 200, "{\"hits\":[],\"nbHits\":2}", VERDICT_PARSE_DRIFT},
		{"no count", 200, "{\"hits\":[]}", VERDICT_PARSE_DRIFT},
		{"only others' rows", 200, "{\"nbHits\":1,\"hits\":[" HIT("9", "bob", "900") "]}",
			VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_item[] = {
		{"it never was", 200, "null", VERDICT_OK},
		{"deleted by its author", 200,
			"{\"deleted\":true,\"id\":106,\"time\":1735787100,\"type\":\"comment\"}",
			VERDICT_OK},
		{"somebody else's", 200, "{\"by\":\"bob\",\"id\":106,\"type\":\"comment\"}",
			VERDICT_PARSE_DRIFT},
		{"a number", 200, "7", VERDICT_PARSE_DRIFT},
	};
	check_signs(item, of_item, sizeof of_item / sizeof *of_item);
	check_signs(user, of_user, sizeof of_user / sizeof *of_user);
	check_signs(items, of_items, sizeof of_items / sizeof *of_items);
}

static void damaged_answers(void **state)
{
	(void)state;
	check_cuts(&user, "tests/fixtures/hackernews/user.json");
	check_cuts(&items, "tests/fixtures/hackernews/items.json");
	check_types(&user, "tests/fixtures/hackernews/user.json");
	check_cuts(&item, "tests/fixtures/hackernews/item.json");
	check_types(&item, "tests/fixtures/hackernews/item.json");
	check_types(&items, "tests/fixtures/hackernews/items.json");
}

static void genuine_answers(void **state)
{
	(void)state;
	size_t len;
	struct asked asked = user;
	struct extract extract;
	char *body = shared_page("platforms/hackernews/firebase_user.json", &len);
	if (!body)
		return;
	asked.subject = "jl";
	answer(&asked, body, len, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.bio, "This is a test");
	assert_int_equal(extract.coverage.total, 30);
	extract_release(&extract);
	free(body);
	static const struct post_row rows[] = {
		{"comment", "42500001", KIND_REPLY, 1735787045, ITEM "42500001",
			"First line\n\nSecond para with <code> and https://example.org",
			"Show HN: Thing", 1},
		{"story", "42300000", KIND_POST, 1733011200, ITEM "42300000",
			"Ask HN: Something?\n\nBody of the self post", NULL, 0},
	};
	body = shared_page("platforms/hackernews/synthetic_algolia_search_by_date.json", &len);
	assert_non_null(body);
	asked = items;
	asked.subject = "testuser";
	answer(&asked, body, len, &extract);
	check_posts(&extract, rows, sizeof rows / sizeof *rows);
	extract_release(&extract);
	free(body);
	body = shared_page("platforms/hackernews/firebase_v0_item_14516538.json", &len);
	assert_non_null(body);
	json_t *given = json_loadb(body, len, 0, NULL);
	asked = item;
	asked.subject = json_string_value(json_object_get(given, "by"));
	answer(&asked, body, len, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_posts, 1);
	assert_int_equal(
		extract.posts[0].published_s, json_integer_value(json_object_get(given, "time")));
	extract_release(&extract);
	json_decref(given);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_account),
		cmocka_unit_test(what_it_wrote),
		cmocka_unit_test(what_the_search_does_not_know),
		cmocka_unit_test(a_thousand_at_a_time),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(genuine_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
