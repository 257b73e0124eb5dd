#include "crawlers/sources/bluesky.h"
#include "tests/unit/api_check.h"

#define API     "https://public.api.bsky.app/xrpc/"
#define DID     "did:plc:quackquackquackquackquac"
#define PIN     "at://" DID "/app.bsky.feed.post/3kaaa"
#define POST(k) "at://" DID "/app.bsky.feed.post/" k

static const struct asked profile = {
	.source = "bluesky",
	.url = API "app.bsky.actor.getProfile?actor=ada.example",
	.profile = "https://bsky.app/profile/ada.example",
	.step = 0,
};

static const struct asked feed = {
	.source = "bluesky",
	.url = API "app.bsky.feed.getAuthorFeed?actor=did%3Aplc%3Aquack",
	.profile = "https://bsky.app/profile/ada.example",
	.step = 1,
	.subject = DID " " PIN,
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"a handle", "https://bsky.app/profile/ada.example",
			API "app.bsky.actor.getProfile?actor=ada.example"},
		{"a DID", "https://bsky.app/profile/" DID,
			API "app.bsky.actor.getProfile?actor=" DID},
		{"one of the profile's tabs", "https://bsky.app/profile/ada.example/lists",
			API "app.bsky.actor.getProfile?actor=ada.example"},
		{"no profile", "https://bsky.app/about", NULL},
		{"no name", "https://bsky.app/profile/", NULL},
		{"another host", "https://notbsky.app/profile/ada.example", NULL},
	};
	check_claims("bluesky", claims, sizeof claims / sizeof *claims);
}

static void the_profile(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&profile, "tests/fixtures/bluesky/profile.json", &extract);
	const struct facts *facts = &extract.facts;
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(facts->name, "Ada Example 🦆");
	assert_string_equal(facts->handle, "ada.example");
	assert_string_equal(facts->bio, "Bridges, mostly.\nOpinions are my own.");
	assert_string_equal(facts->photo_url, "https://cdn.example/avatar/ada.jpeg");
	assert_int_equal(facts->created_s, 1689903231);
	assert_int_equal(facts->n_posts, 6);
	assert_int_equal(facts->n_followers, 41);
	assert_int_equal(facts->n_following, 12);
	assert_int_equal(facts->n_links, 1);
	assert_int_equal(extract.coverage.total, 6);
	assert_non_null(extract.coverage.lack); /* !no-unauthenticated */
	assert_int_equal(extract.n_posts, 2);
	assert_string_equal(post_called(&extract, "handle")->text, "ada.example");
	assert_string_equal(post_called(&extract, "bio")->text,
		"Ada Example 🦆\n\nBridges, mostly.\nOpinions are my own.");
	assert_int_equal(extract.n_follows, 1);
	assert_int_equal(extract.follows[0].relation, FOLLOW_NEXT);
	assert_string_equal(extract.follows[0].subject, DID " " PIN);
	assert_string_equal(extract.follows[0].url,
		API "app.bsky.feed.getAuthorFeed?actor=did%3Aplc%3Aquackquackquackquackquac"
		    "&limit=100&filter=posts_with_replies");
	extract_release(&extract);
}

static void its_posts(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *id;
		enum post_kind kind;
		int64_t published_s;
		const char *text;
		const char *others;
		size_t n_links;
	} rows[] = {
		{"facets, tags and languages", POST("3kaaa"), KIND_POST, 1709287200,
			"Überall Brücken: see bridges.example and @bob.example\n\n#bridges #work",
			NULL, 2},
		{"descriptions of pictures; a date in the future", POST("3kbbb"), KIND_POST,
			1709200800, "two pictures\n\nme asleep at my desk\n\nthe bridge", NULL, 0},
		{"a quote beside a film", POST("3kccc"), KIND_QUOTE, 1709114400,
			"how wrong this is\n\na film of mine", "Bridges are a hoax", 0},
		{"a reply, without what it answers", POST("3kddd"), KIND_REPLY, 1709028000,
			"That is not so", NULL, 0},
		{"a repost is not one's own words", "at://" DID "/app.bsky.feed.repost/3krrr",
			KIND_REPOST, 1708941600, "", "Bob was there", 0},
		{"a link card", POST("3keee"), KIND_POST, 1708855200, "a good read",
			"Headline\n\nWhat it says", 1},
		{"a list is no quote", POST("3kfff"), KIND_POST, 1708768800, "my list", NULL, 0},
	};
	struct extract extract;
	answer_file(&feed, "tests/fixtures/bluesky/feed.json", &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_posts, sizeof rows / sizeof *rows);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct post *post = post_called(&extract, rows[i].id);
		if (post->kind != rows[i].kind || post->published_s != rows[i].published_s ||
			!same(post->text, rows[i].text) || !same(post->others, rows[i].others) ||
			post->n_links != rows[i].n_links || post->pinned != (i == 0))
			fail_msg("%s: %s at %lld: %s (%s)", rows[i].name, kind_name(post->kind),
				(long long)post->published_s, post->text,
				post->others ? post->others : "no others");
	}
	extract_release(&extract);
}

static void links_stand_where_the_facets_say(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&feed, "tests/fixtures/bluesky/feed.json", &extract);
	const struct post *post = post_called(&extract, POST("3kaaa"));
	assert_string_equal(post->links[0].url, "https://bridges.example/x?y=1");
	assert_memory_equal(post->text + post->links[0].start, "bridges.example", 15);
	assert_int_equal(post->links[0].end - post->links[0].start, 15);
	assert_string_equal(post->links[1].url, "https://astray.example/");
	assert_int_equal(post->links[1].end, post->links[1].start);
	assert_string_equal(post->lang, "en");
	assert_string_equal(post->url, "https://bsky.app/profile/" DID "/post/3kaaa");
	assert_string_equal(post->author, "ada.example");
	extract_release(&extract);
}

static void the_list_goes_on_while_there_is_a_cursor(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *body;
		enum verdict verdict;
		const char *cursor; /* NULL: it ends */
	} rows[] = {
		{"no posts, but more behind", "{\"feed\":[],\"cursor\":\"a b&c\"}", VERDICT_EMPTY,
			"&cursor=a%20b%26c"},
		{"the end", "{\"feed\":[]}", VERDICT_EMPTY, NULL},
		{"no list", "{\"cursor\":\"a\"}", VERDICT_PARSE_DRIFT, NULL},
		{"a list of nothing known", "{\"feed\":[1,{}],\"cursor\":\"a\"}",
			VERDICT_PARSE_DRIFT, NULL},
		{"an object instead of the list", "{\"feed\":{}}", VERDICT_PARSE_DRIFT, NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct extract extract;
		answer(&feed, rows[i].body, strlen(rows[i].body), &extract);
		bool goes_on = extract.n_follows == 1;
		if (extract.verdict != rows[i].verdict || goes_on != (rows[i].cursor != NULL) ||
			(goes_on && (!strstr(extract.follows[0].url, rows[i].cursor) ||
					    extract.follows[0].relation != FOLLOW_OLDER)))
			fail_msg("%s: %s", rows[i].name, verdict_name(extract.verdict));
		extract_release(&extract);
	}
}

static void an_endless_cursor_is_not_followed(void **state)
{
	(void)state;
	char *cursor = malloc(20001), *body;
	assert_non_null(cursor);
	memset(cursor, 'c', 20000);
	cursor[20000] = '\0';
	assert_true(asprintf(&body, "{\"feed\":[],\"cursor\":\"%s\"}", cursor) > 0);
	struct extract extract;
	answer(&feed, body, strlen(body), &extract);
	assert_int_equal(extract.n_follows, 0);
	assert_true(extract.coverage.cut);
	assert_non_null(extract.coverage.lack);
	extract_release(&extract);
	free(body);
	free(cursor);
}

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row rows[] = {
		{"unknown", 400, "{\"error\":\"InvalidRequest\",\"message\":\"Profile not found\"}",
			VERDICT_NOT_FOUND},
		{"taken down", 400,
			"{\"error\":\"AccountTakedown\",\"message\":\"Account has been "
			"suspended\"}",
			VERDICT_SUSPENDED},
		{"deactivated", 400,
			"{\"error\":\"AccountDeactivated\",\"message\":\"Account is deactivated\"}",
			VERDICT_GONE},
		{"no handle at all", 400,
			"{\"error\":\"InvalidRequest\",\"message\":\"Error: actor must be a valid "
			"did or a handle\"}",
			VERDICT_NOT_FOUND},
		{"too many requests", 429,
			"{\"error\":\"RateLimitExceeded\",\"message\":\"Rate Limit Exceeded\"}",
			VERDICT_RATE_LIMITED},
		{"an error with status 200", 200, "{\"error\":\"InternalServerError\"}",
			VERDICT_PARSE_DRIFT},
		{"a page instead", 200, "<!doctype html><p>hello", VERDICT_PARSE_DRIFT},
		{"nothing", 200, "", VERDICT_PARSE_DRIFT},
		{"nothing written yet", 200,
			"{\"did\":\"did:plc:x\",\"handle\":\"x.example\",\"postsCount\":0}",
			VERDICT_EMPTY},
		{"a count that is none does not make it empty", 200,
			"{\"did\":\"did:plc:x\",\"handle\":\"x.example\",\"postsCount\":\"?\"}",
			VERDICT_OK},
	};
	check_signs(profile, rows, sizeof rows / sizeof *rows);
}

static void damaged_answers(void **state)
{
	(void)state;
	check_cuts(&profile, "tests/fixtures/bluesky/profile.json");
	check_cuts(&feed, "tests/fixtures/bluesky/feed.json");
	check_types(&profile, "tests/fixtures/bluesky/profile.json");
	check_types(&feed, "tests/fixtures/bluesky/feed.json");
}

/* ---- what Bluesky's own server and its tests give ---- */

static const json_t *at(const json_t *object, const char *a, const char *b)
{
	return json_object_get(json_object_get(object, a), b);
}

/* The same from the answer itself, by another way: kind and words. */
static void compare_item(const json_t *item, const struct post *post, const char *did)
{
	const json_t *view = json_object_get(item, "post");
	const json_t *record = json_object_get(view, "record");
	const char *text = json_string_value(json_object_get(record, "text"));
	const char *author = json_string_value(at(view, "author", "did"));
	const char *reason = json_string_value(at(item, "reason", "$type"));
	bool repost = (reason && strstr(reason, "Repost")) || strcmp(author, did) != 0;
	const char *embed = json_string_value(at(record, "embed", "$type"));
	bool quote = embed && strncmp(embed, "app.bsky.embed.record", 21) == 0;
	bool reply = json_object_get(record, "reply") != NULL;
	enum post_kind kind = repost  ? KIND_REPOST
			      : quote ? KIND_QUOTE
			      : reply ? KIND_REPLY
				      : KIND_POST;
	assert_int_equal(post->kind, kind);
	const char *words = repost ? post->others : post->text;
	assert_int_equal(strncmp(words ? words : "", text, strlen(text)), 0);
	if (repost)
		assert_string_equal(post->text, "");
	assert_int_equal(post->lang != NULL, json_object_get(record, "langs") != NULL);
	const json_t *images = at(record, "embed", "images");
	images = images ? images : at(json_object_get(record, "embed"), "media", "images");
	size_t i;
	json_t *image;
	json_array_foreach((json_t *)images, i, image) {
		const char *alt = json_string_value(json_object_get(image, "alt"));
		assert_non_null(strstr(words, alt));
	}
}

static size_t compare_feed(const char *path, const char *did)
{
	size_t len;
	char *body = shared_page(path, &len);
	if (!body)
		return 0;
	json_t *root = json_loadb(body, len, 0, NULL);
	json_t *list = json_is_array(root) ? root : json_object_get(root, "feed");
	json_t *whole = json_pack("{s:O}", "feed", list);
	char *text = json_dumps(whole, 0);
	struct asked asked = feed;
	asked.subject = did;
	struct extract extract;
	answer(&asked, text, strlen(text), &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	size_t n = json_array_size(list);
	assert_int_equal(extract.n_posts, n);
	assert_false(extract.coverage.cut);
	for (size_t i = 0; i < n; i++)
		compare_item(json_array_get(list, i), &extract.posts[i], did);
	extract_release(&extract);
	free(text);
	json_decref(whole);
	json_decref(root);
	free(body);
	return n;
}

static void feeds_of_real_servers(void **state)
{
	(void)state;
	static const char alice[] = "did:plc:ohz7qltd4lugpzobiopqokk5";
	size_t n = compare_feed("servers/bluesky/getAuthorFeed.json", alice);
	n += compare_feed("servers/bluesky/getAuthorFeed-page1.json", alice);
	n += compare_feed("servers/bluesky/getAuthorFeed-page2.json", alice);
	n += compare_feed("servers/bluesky/getAuthorFeed-after-delete.json", alice);
	n += compare_feed("platforms/bluesky/appview_author_feed_0.json", "user(0)");
	n += compare_feed("platforms/bluesky/appview_author_feed_1.json", "user(0)");
	n += compare_feed("platforms/bluesky/appview_author_feed_2.json", "user(2)");
	print_message("%zu posts compared\n", n);
}

static void profiles_of_real_servers(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		int status;
		enum verdict verdict;
		int64_t total;
	} rows[] = {
		{"servers/bluesky/getProfile.json", 200, VERDICT_OK, 7},
		{"servers/bluesky/getProfile-unknown.json", 400, VERDICT_NOT_FOUND, -1},
		{"servers/bluesky/getProfile-deactivated.json", 400, VERDICT_GONE, -1},
		{"platforms/bluesky/appview_profile_1.json", 200, VERDICT_OK, 4},
		{"platforms/bluesky/appview_profile_2.json", 200, VERDICT_OK, -2},
		{"platforms/bluesky/error_400_account_takedown.json", 400, VERDICT_SUSPENDED, -1},
		{"platforms/bluesky/error_400_account_deactivated.json", 400, VERDICT_GONE, -1},
		{"platforms/bluesky/error_400_profile_not_found.json", 400, VERDICT_NOT_FOUND, -1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len;
		char *body = shared_page(rows[i].path, &len);
		if (!body)
			continue;
		struct asked asked = profile;
		asked.status = rows[i].status;
		struct extract extract;
		answer(&asked, body, len, &extract);
		if (extract.verdict != rows[i].verdict ||
			(rows[i].total >= -1 && extract.coverage.total != rows[i].total))
			fail_msg("%s: %s, %lld posts", rows[i].path, verdict_name(extract.verdict),
				(long long)extract.coverage.total);
		extract_release(&extract);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_profile),
		cmocka_unit_test(its_posts),
		cmocka_unit_test(links_stand_where_the_facets_say),
		cmocka_unit_test(the_list_goes_on_while_there_is_a_cursor),
		cmocka_unit_test(an_endless_cursor_is_not_followed),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(feeds_of_real_servers),
		cmocka_unit_test(profiles_of_real_servers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
