#include "tests/unit/api_check.h"

enum { ARCHIVE, POST, FEED, PROFILE, NOTES };

#define COUNT(a)  (sizeof(a) / sizeof(a)[0])
#define PUB       "https://ada.substack.com"
#define SITE      "https://substack.com"
#define FOLDER    "tests/fixtures/substack/"
#define FIRST_OF  "/api/v1/archive?sort=new&search=&offset=0&limit=12"
#define NOTES_URL SITE "/api/v1/reader/feed/profile/77"

static const struct asked asked[] = {
	[ARCHIVE] = {"substack", PUB FIRST_OF, PUB "/", ARCHIVE, "0", 0, NULL, NULL},
	[POST] = {"substack", PUB "/api/v1/posts/how-bridges-fall", PUB "/", POST, NULL, 0, NULL,
		NULL},
	[FEED] = {"substack", PUB "/feed", PUB "/", FEED, NULL, 0, "application/xml", NULL},
	[PROFILE] = {"substack", SITE "/api/v1/user/ada/public_profile", SITE "/@ada", PROFILE,
		NULL, 0, NULL, NULL},
	[NOTES] = {"substack", NOTES_URL, SITE "/@ada", NOTES, "77 ada", 0, NULL, NULL},
};

static const char *const files[] = {
	[ARCHIVE] = FOLDER "archive.json",
	[POST] = FOLDER "post.json",
	[FEED] = FOLDER "feed.xml",
	[PROFILE] = FOLDER "profile.json",
	[NOTES] = FOLDER "notes.json",
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"a publication", PUB "/", PUB FIRST_OF},
		{"a post of it", PUB "/p/how-bridges-fall", PUB FIRST_OF},
		{"as the app names it", "https://open.substack.com/pub/ada/p/x", PUB FIRST_OF},
		{"a person", SITE "/@ada", SITE "/api/v1/user/ada/public_profile"},
		{"a tab", "https://www.substack.com/@ada/notes",
			SITE "/api/v1/user/ada/public_profile"},
		{"the front page", SITE "/", NULL},
		{"a service", "https://support.substack.com/hc", NULL},
		{"another host", "https://notsubstack.com/@ada", NULL},
	};
	check_claims("substack", claims, COUNT(claims));
}

static void each_post_is_asked_for(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"title, text, subtitle; the quotation apart", "501", KIND_POST, 1714637700,
			PUB "/p/how-bridges-fall", "How bridges fall\n\nThey fall.\n\nDown, mostly",
			"Never.", 0},
	};
	struct extract extract;
	answer_file(&asked[ARCHIVE], files[ARCHIVE], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_follows, 2);
	assert_string_equal(extract.follows[0].url, asked[POST].url);
	assert_int_equal(extract.follows[0].relation, FOLLOW_NEXT);
	extract_release(&extract);
	answer_file(&asked[POST], files[POST], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, COUNT(rows));
	assert_int_equal(extract.posts[0].updated_s, 1714726800);
	assert_string_equal(extract.posts[0].author, "Ada Example");
	assert_false(extract.coverage.cut);
	extract_release(&extract);
}

static void a_full_page_has_more_behind_it(void **state)
{
	(void)state;
	json_t *list = json_load_file(files[ARCHIVE], 0, NULL);
	while (json_array_size(list) < 12)
		json_array_append(list, json_array_get(list, 0));
	char *body = json_dumps(list, 0);
	struct extract extract;
	answer(&asked[ARCHIVE], body, strlen(body), &extract);
	assert_int_equal(extract.n_follows, 13);
	assert_string_equal(
		extract.follows[12].url, PUB "/api/v1/archive?sort=new&search=&offset=12&limit=12");
	assert_string_equal(extract.follows[12].subject, "12");
	assert_false(extract.coverage.cut);
	extract_release(&extract);
	free(body);
	json_decref(list);
}

static void posts_for_subscribers_are_told(void **state)
{
	(void)state;
	static const char body[] =
		"{\"id\":500,\"slug\":\"x\",\"title\":\"For subscribers\",\"audience\":"
		"\"only_paid\",\"truncated_body_text\":\"The first words\"}";
	struct extract extract;
	answer(&asked[POST], body, strlen(body), &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.posts[0].text, "For subscribers\n\nThe first words");
	assert_true(extract.coverage.cut);
	assert_non_null(extract.coverage.lack);
	extract_release(&extract);
}

static void the_feed_stands_in(void **state)
{
	(void)state;
	static const int statuses[] = {403, 404, 401, 200};
	struct extract extract;
	for (size_t i = 0; i < COUNT(statuses); i++) {
		struct asked closed = asked[ARCHIVE];
		closed.status = statuses[i];
		answer(&closed, "<html>", 6, &extract);
		assert_false(verdict_proves(extract.verdict));
		assert_int_equal(extract.n_follows, 1);
		assert_string_equal(extract.follows[0].url, PUB "/feed");
		assert_int_equal(extract.follows[0].relation, FOLLOW_INSTEAD);
		extract_release(&extract);
	}
	answer_file(&asked[FEED], files[FEED], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_true(extract.coverage.window);
	assert_string_equal(extract.facts.photo_url, "https://cdn.example/logo.png");
	extract_release(&extract);
}

static void the_person(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[PROFILE], files[PROFILE], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.handle, "ada");
	assert_string_equal(extract.facts.name, "Ada Example");
	assert_string_equal(extract.facts.bio, "Bridges, drunk");
	assert_string_equal(extract.facts.photo_url, "https://bucket.example/ada.png");
	assert_int_equal(extract.facts.created_s, 1641092645);
	assert_string_equal(extract.facts.links[0], PUB "/");
	assert_int_equal(extract.n_follows, 2); /* what the person writes for is another's */
	assert_string_equal(extract.follows[0].url, NOTES_URL);
	assert_string_equal(extract.follows[1].url, PUB FIRST_OF);
	assert_int_equal(extract.follows[1].relation, FOLLOW_ALSO);
	extract_release(&extract);
}

static void own_notes_only(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"a note", "9", KIND_POST, 1714816800, SITE "/@ada/note/c-9", "A note of mine.",
			NULL, 0},
		{"a comment: the post's title is another's", "8", KIND_REPLY, 1714730400,
			SITE "/@ada/note/c-8", "Rubbish.", "Bob's post", 0},
	};
	struct extract extract;
	answer_file(&asked[NOTES], files[NOTES], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, COUNT(rows));
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, NOTES_URL "?cursor=eyJhIjox%2B%2F%3D%3D");
	assert_int_equal(extract.follows[0].relation, FOLLOW_OLDER);
	extract_release(&extract);
}

static void states(void **state)
{
	(void)state;
	static const struct sign_row of_profile[] = {
		{"nobody", 404, "{\"error\":\"profile not found\"}", VERDICT_NOT_FOUND},
		{"Cloudflare", 403, "", VERDICT_BLOCKED},
		{"something else", 200, "{\"id\":1}", VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_archive[] = {
		{"nothing written", 200, "[]", VERDICT_EMPTY},
		{"rows of nothing known", 200, "[{},1]", VERDICT_PARSE_DRIFT},
		{"broken", 502, "", VERDICT_SERVER_ERROR},
	};
	static const struct sign_row of_post[] = {
		{"taken back meanwhile", 404, "{\"error\":\"Not found\"}", VERDICT_TRUNCATED},
		{"without a title", 200, "{\"id\":1,\"slug\":\"x\"}", VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_notes[] = {
		{"no notes", 200, "{\"items\":[]}", VERDICT_EMPTY},
		{"no list", 200, "{}", VERDICT_PARSE_DRIFT},
	};
	check_signs(asked[PROFILE], of_profile, COUNT(of_profile));
	check_signs(asked[ARCHIVE], of_archive, COUNT(of_archive));
	check_signs(asked[POST], of_post, COUNT(of_post));
	check_signs(asked[NOTES], of_notes, COUNT(of_notes));
}

static void damaged_answers(void **state)
{
	(void)state;
	for (int i = ARCHIVE; i <= NOTES; i++) {
		if (i == FEED)
			continue;
		check_cuts(&asked[i], files[i]);
		check_types(&asked[i], files[i]);
	}
}

static void a_genuine_feed(void **state)
{
	(void)state;
	size_t len = 0;
	char *body = shared_page("platforms/substack/feed.rss.xml", &len);
	if (!body)
		return;
	struct extract extract;
	answer(&asked[FEED], body, len, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	const struct post *post =
		post_called(&extract, "https://heated.world/p/a-conversation-about-keystone-xl");
	assert_non_null(strstr(post->text, "A conversation about Keystone XL\n\n"));
	assert_non_null(strstr(extract.facts.photo_url, "cdn.substack.com/image"));
	extract_release(&extract);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(each_post_is_asked_for),
		cmocka_unit_test(a_full_page_has_more_behind_it),
		cmocka_unit_test(posts_for_subscribers_are_told),
		cmocka_unit_test(the_feed_stands_in),
		cmocka_unit_test(the_person),
		cmocka_unit_test(own_notes_only),
		cmocka_unit_test(states),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(a_genuine_feed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
