#include "tests/unit/api_check.h"

enum { CHANNEL, ABOUT, FEED, CONFIRM, API_CHANNEL, API_FILMS };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define SITE     "https://www.youtube.com"
#define ID       "UCabcdefghijklmnopqrstuv"
#define FEED_URL SITE "/feeds/videos.xml?channel_id=" ID
#define HTML     "text/html; charset=utf-8"

static const struct asked named = {
	"youtube", SITE "/@ada", SITE "/@ada", CHANNEL, NULL, 0, HTML, NULL};
static const struct asked feed = {
	"youtube", FEED_URL, SITE "/channel/" ID, FEED, ID, 0, "text/xml; charset=UTF-8", NULL};

#define API       "https://www.googleapis.com/youtube/v3"
#define API_WHOLE API "/channels?part=snippet,statistics,contentDetails&"
#define LIST      "UUabcdefghijklmnopqrstuv"
#define API_LIST  API "/playlistItems?part=snippet,contentDetails&maxResults=50&playlistId=" LIST

static const struct asked api_channel = {"youtube", API_WHOLE "forHandle=@ada", SITE "/@ada",
	API_CHANNEL, NULL, 0, "application/json; charset=UTF-8", NULL};
static const struct asked api_films = {"youtube", API_LIST, SITE "/@ada", API_FILMS, LIST, 0,
	"application/json; charset=UTF-8", NULL};
static const char channel_file[] = "tests/fixtures/youtube/api_channel.json";
static const char films_file[] = "tests/fixtures/youtube/api_films.json";

static const char page_file[] = "tests/fixtures/youtube/channel.html";
static const char feed_file[] = "tests/fixtures/youtube/feed.xml";

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"by number: the feed is known", SITE "/channel/" ID, FEED_URL},
		{"a tab of it, on a phone", "https://m.youtube.com/channel/" ID "/videos",
			FEED_URL},
		{"by handle", "https://youtube.com/@ada", SITE "/@ada"},
		{"a tab of it", SITE "/@ada.e-x/videos?view=0", SITE "/@ada.e-x"},
		{"a handle of other letters", SITE "/@%C3%A4da", SITE "/@%C3%A4da"},
		{"the old ways", SITE "/c/ada/about", SITE "/c/ada"},
		{"the oldest way", SITE "/user/ada", SITE "/user/ada"},
		{"no number", SITE "/channel/ada", NULL},
		{"a number that is too short", SITE "/channel/UCabc", NULL},
		{"a film", SITE "/watch?v=abc", NULL},
		{"another host", "https://music.youtube.com/@ada", NULL},
	};
	check_claims("youtube", claims, COUNT(claims));
}

static void the_page_of_a_name_leads_to_the_feed(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&named, page_file, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.name, "Ada on bridges");
	assert_string_equal(extract.facts.bio, "Bridges, and how they fall.");
	assert_string_equal(extract.facts.photo_url, "https://yt3.example/ada.jpg");
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, FEED_URL);
	assert_string_equal(extract.follows[0].subject, ID);
	assert_int_equal(extract.follows[0].relation, FOLLOW_NEXT);
	/* It has no list of posts of its own. */
	assert_int_equal(extract.coverage.window, false);
	for (size_t i = 0; i < extract.n_posts; i++)
		assert_int_equal(extract.posts[i].kind, KIND_BIO);
	extract_release(&extract);
}

static void the_feed(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"title and description", "yt:video:abc123", KIND_POST, 1714637700,
			SITE "/watch?v=abc123", "A fall\n\nIt fell. See https://globex.example/",
			NULL, 0},
	};
	struct extract extract;
	answer_file(&feed, feed_file, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_true(extract.coverage.window);
	assert_non_null(strstr(extract.coverage.lack, "newest 15"));
	check_posts(&extract, rows, COUNT(rows));
	/* Named by its number, the channel's page was not read yet. */
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, SITE "/channel/" ID);
	assert_int_equal(extract.follows[0].relation, FOLLOW_ALSO);
	assert_int_equal(extract.follows[0].step, ABOUT);
	extract_release(&extract);
	struct asked by_name = feed;
	by_name.profile = SITE "/@ada";
	answer_file(&by_name, feed_file, &extract);
	assert_int_equal(extract.n_follows, 0);
	extract_release(&extract);
}

/* YouTube loses feeds of channels that are there. */
static void a_lost_feed_is_not_a_lost_channel(void **state)
{
	(void)state;
	struct asked question = feed;
	struct extract extract;
	question.status = 404;
	question.content_type = HTML;
	answer(&question, "", 0, &extract);
	assert_int_equal(extract.verdict, VERDICT_NOT_FOUND);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, SITE "/channel/" ID);
	assert_int_equal(extract.follows[0].relation, FOLLOW_INSTEAD);
	assert_int_equal(extract.follows[0].step, CONFIRM);
	extract_release(&extract);
	question = named;
	question.step = CONFIRM;
	answer_file(&question, page_file, &extract);
	assert_int_equal(extract.verdict, VERDICT_SERVER_ERROR);
	extract_release(&extract);
	static const struct sign_row gone[] = {{"the page is missing, too", 404,
		"<title>404 Not Found</title>", VERDICT_NOT_FOUND}};
	check_signs(question, gone, 1);
}

static void states_of_channels(void **state)
{
	(void)state;
	static const struct sign_row of_page[] = {
		{"nobody", 404, "<html><title>404 Not Found</title>", VERDICT_NOT_FOUND},
		{"no channel", 200, "<html><title>YouTube</title></html>", VERDICT_PARSE_DRIFT},
		{"a number that is none", 200, "<html>\"externalId\":\"UCshort\"</html>",
			VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_feed[] = {
		{"broken", 500, "", VERDICT_SERVER_ERROR},
		{"a page in its place", 200, "<html><body>x</body></html>", VERDICT_PARSE_DRIFT},
		{"nothing uploaded", 200,
			"<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>x</title></feed>",
			VERDICT_EMPTY},
	};
	check_signs(named, of_page, COUNT(of_page));
	check_signs(feed, of_feed, COUNT(of_feed));
}

static void a_question_of_consent_is_a_wall(void **state)
{
	(void)state;
	struct page page = {
		.url = SITE "/@ada",
		.final_url = "https://consent.youtube.com/m?continue=x",
		.profile = SITE "/@ada",
		.source = "youtube",
		.status = 200,
		.content_type = HTML,
		.body = "<html>Before you continue</html>",
		.body_len = strlen("<html>Before you continue</html>"),
	};
	struct extract extract;
	assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
	assert_int_equal(extract.verdict, VERDICT_BLOCKED);
	assert_non_null(strstr(extract.why, "by its number"));
	extract_release(&extract);
}

/* Every beginning of a page or feed: no post that was not there to its end, nothing "empty". */
static void cut_answers(void **state)
{
	(void)state;
	size_t len = 0;
	char *body = read_whole(feed_file, &len);
	for (size_t cut = 0; cut + 10 < len; cut += 3) {
		struct extract extract;
		answer(&feed, body, cut, &extract);
		if (extract.verdict == VERDICT_OK || extract.verdict == VERDICT_EMPTY)
			fail_msg("cut at %zu: %s", cut, verdict_name(extract.verdict));
		extract_release(&extract);
	}
	free(body);
}

static void genuine_feeds(void **state)
{
	(void)state;
	static const char *const files[] = {
		"platforms/youtube/channel_feed.xml", "platforms/youtube/channel_feed_2.xml"};
	for (size_t i = 0; i < COUNT(files); i++) {
		size_t len = 0, n = 0;
		char *body = shared_page(files[i], &len);
		if (!body)
			return;
		struct extract extract;
		answer(&feed, body, len, &extract);
		assert_int_equal(extract.verdict, VERDICT_OK);
		for (size_t k = 0; k < extract.n_posts; k++) {
			const struct post *post = &extract.posts[k];
			n += post->kind == KIND_POST && strncmp(post->id, "yt:video:", 9) == 0 &&
			     post->published_s > 1400000000 && strstr(post->url, "/watch?v=");
		}
		assert_int_equal(n, 15);
		extract_release(&extract);
		free(body);
	}
}

static void with_a_key_the_api_is_asked(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		const char *url;
		const char *first;
	} rows[] = {
		{"by number", SITE "/channel/" ID, API_WHOLE "id=" ID},
		{"by handle", SITE "/@ada/videos", API_WHOLE "forHandle=@ada"},
		{"by the name of older days", SITE "/user/ada", API_WHOLE "forUsername=ada"},
		{"a way that the API does not know", SITE "/c/ada", SITE "/c/ada"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *arena = arena_new(1u << 20);
		struct url url;
		struct follow first;
		const struct source *source = source_find("youtube");
		print_message("%s\n", rows[i].why);
		assert_int_equal(url_parse(arena, rows[i].url, &url), 0);
		assert_int_equal(source->first_with_token(arena, &url, &first), 0);
		assert_string_equal(first.url, rows[i].first);
		arena_free(arena);
	}
}

static void the_channel_by_the_api(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&api_channel, channel_file, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.name, "Ada on bridges");
	assert_string_equal(extract.facts.handle, "@ada");
	assert_string_equal(extract.facts.photo_url, "https://yt3.example/ada.jpg");
	assert_string_equal(extract.facts.location, "CH");
	assert_int_equal(extract.facts.created_s, 1556964000);
	assert_int_equal(extract.facts.n_posts, 4);
	assert_int_equal(extract.facts.n_followers, 12);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, API_LIST);
	assert_int_equal(extract.follows[0].relation, FOLLOW_NEXT);
	extract_release(&extract);
}

static void its_films_by_the_api(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"the same as in the feed", "yt:video:abc123", KIND_POST, 1714637700,
			SITE "/watch?v=abc123", "A fall\n\nIt fell. See https://globex.example/",
			NULL, 0},
		{"one without a description", "yt:video:def_456", KIND_POST, 1680423300,
			SITE "/watch?v=def_456", "A bridge", NULL, 0},
	};
	struct extract extract;
	answer_file(&api_films, films_file, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.coverage.total, 4);
	assert_int_equal(extract.n_posts, 2); /* what is not public is no post */
	check_posts(&extract, rows, COUNT(rows));
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, API_LIST "&pageToken=EAAaBlBUOkNESQ");
	assert_int_equal(extract.follows[0].relation, FOLLOW_OLDER);
	extract_release(&extract);
}

static void states_by_the_api(void **state)
{
	(void)state;
	static const struct sign_row of_channel[] = {
		{"nobody", 200, "{\"pageInfo\":{\"totalResults\":0},\"kind\":\"x\"}",
			VERDICT_NOT_FOUND},
		{"no marker at all", 200, "{}", VERDICT_PARSE_DRIFT},
		{"a list of nothing", 200, "{\"items\":[]}", VERDICT_PARSE_DRIFT},
		{"without its list", 200, "{\"items\":[{\"snippet\":{\"title\":\"x\"}}]}",
			VERDICT_PARSE_DRIFT},
		{"no films", 200,
			"{\"items\":[{\"snippet\":{\"title\":\"x\"},\"statistics\":{"
			"\"videoCount\":\"0\"},\"contentDetails\":{\"relatedPlaylists\":{"
			"\"uploads\":\"UUx\"}}}]}",
			VERDICT_EMPTY},
		{"a key that is none", 400,
			"{\"error\":{\"code\":400,\"message\":\"API key not valid. Please pass "
			"a valid API key.\"}}",
			VERDICT_AUTH_REQUIRED},
		{"a key of another project", 403,
			"{\"error\":{\"errors\":[{\"reason\":\"accessNotConfigured\"}]}}",
			VERDICT_AUTH_REQUIRED},
		{"the day is spent", 403,
			"{\"error\":{\"errors\":[{\"reason\":\"quotaExceeded\"}]}}",
			VERDICT_RATE_LIMITED},
		{"out of order", 503, "{\"error\":{\"code\":503}}", VERDICT_SERVER_ERROR},
	};
	static const struct sign_row of_films[] = {
		{"nothing left", 200, "{\"items\":[],\"pageInfo\":{\"totalResults\":0}}",
			VERDICT_EMPTY},
		{"no list", 200, "{\"pageInfo\":{\"totalResults\":0}}", VERDICT_PARSE_DRIFT},
		{"rows of something else", 200,
			"{\"items\":[{\"id\":1},7],\"pageInfo\":{\"totalResults\":2}}",
			VERDICT_PARSE_DRIFT},
	};
	check_signs(api_channel, of_channel, COUNT(of_channel));
	check_signs(api_films, of_films, COUNT(of_films));
}

static void damaged_answers_of_the_api(void **state)
{
	(void)state;
	check_cuts(&api_channel, channel_file);
	check_cuts(&api_films, films_file);
	check_types(&api_channel, channel_file);
	check_types(&api_films, films_file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_page_of_a_name_leads_to_the_feed),
		cmocka_unit_test(the_feed),
		cmocka_unit_test(a_lost_feed_is_not_a_lost_channel),
		cmocka_unit_test(states_of_channels),
		cmocka_unit_test(a_question_of_consent_is_a_wall),
		cmocka_unit_test(cut_answers),
		cmocka_unit_test(genuine_feeds),
		cmocka_unit_test(with_a_key_the_api_is_asked),
		cmocka_unit_test(the_channel_by_the_api),
		cmocka_unit_test(its_films_by_the_api),
		cmocka_unit_test(states_by_the_api),
		cmocka_unit_test(damaged_answers_of_the_api),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
