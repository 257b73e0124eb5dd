#include "tests/unit/api_check.h"

enum { OWNER, VIDEOS, DESCRIPTION };

#define HOST  "https://tube.example"
#define UUID  "baa6897-c2ad-4caf-beb4-0c85b8dc8d09"
#define WATCH HOST "/videos/watch/"

static const struct asked asked[] = {
	[OWNER] = {"peertube", HOST "/api/v1/accounts/ada", HOST "/a/ada/videos", OWNER,
		"accounts ada 0", 0, NULL, NULL},
	[VIDEOS] = {"peertube",
		HOST "/api/v1/accounts/ada/videos?start=0&count=30&sort=-publishedAt",
		HOST "/a/ada/videos", VIDEOS, "accounts ada 0", 0, NULL, NULL},
	[DESCRIPTION] = {"peertube", HOST "/api/v1/videos/2" UUID "/description",
		HOST "/a/ada/videos", DESCRIPTION, "2" UUID " 1744212727 - A long film", 0, NULL,
		NULL},
};

static const char *const files[] = {
	[OWNER] = "tests/fixtures/peertube/account.json",
	[VIDEOS] = "tests/fixtures/peertube/videos.json",
	[DESCRIPTION] = "tests/fixtures/peertube/description.json",
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"an account", HOST "/accounts/ada", HOST "/api/v1/accounts/ada"},
		{"the short address with a tab", "https://films.example/a/ada/video-channels",
			"https://films.example/api/v1/accounts/ada"},
		{"a channel", HOST "/c/bridges@far.example/videos",
			HOST "/api/v1/video-channels/bridges@far.example"},
		{"somebody else's short address", "https://films.example/a/ada", NULL},
		{"YouTube's", "https://www.youtube.com/c/ada/videos", NULL},
		{"an album", "https://imgur.com/a/ada", NULL},
	};
	check_claims("peertube", claims, sizeof claims / sizeof *claims);
}

static void the_account(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[OWNER], files[OWNER], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.name, "Ada Example");
	assert_string_equal(extract.facts.bio, "Films of bridges");
	assert_string_equal(extract.facts.photo_url, HOST "/lazy-static/avatars/l.png");
	assert_int_equal(extract.facts.n_followers, 98);
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, asked[VIDEOS].url);
	extract_release(&extract);
}

static void its_films(void **state)
{
	(void)state;
	static const struct post_row listed[] = {
		{"a film", "1" UUID, KIND_POST, 1744299127, WATCH "1" UUID,
			"A bridge \"falls\"\n\nIt fell.\n\nSee https://fall.example/", NULL, 1},
		{"without a description", "3" UUID, KIND_POST, 1744126327, WATCH "3" UUID,
			"No words", NULL, 0},
	};
	static const struct post_row whole[] = {
		{"the whole of what was cut", "2" UUID, KIND_POST, 1744212727, WATCH "2" UUID,
			"A long film\n\nIt begins and ends, drunk.", NULL, 0},
	};
	struct extract extract;
	answer_file(&asked[VIDEOS], files[VIDEOS], &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.coverage.total, 31);
	check_posts(&extract, listed, sizeof listed / sizeof *listed);
	assert_string_equal(extract.posts[0].lang, "fr");
	assert_int_equal(extract.n_follows, 2);
	assert_string_equal(extract.follows[0].url, asked[DESCRIPTION].url);
	assert_string_equal(extract.follows[0].subject, asked[DESCRIPTION].subject);
	assert_string_equal(extract.follows[1].url,
		HOST "/api/v1/accounts/ada/videos?start=30&count=30&sort=-publishedAt");
	assert_string_equal(extract.follows[1].subject, "accounts ada 30");
	assert_int_equal(extract.follows[1].relation, FOLLOW_OLDER);
	extract_release(&extract);
	answer_file(&asked[DESCRIPTION], files[DESCRIPTION], &extract);
	check_posts(&extract, whole, sizeof whole / sizeof *whole);
	assert_null(extract.posts[0].lang);
	extract_release(&extract);
}

static void a_long_title_is_cut_between_characters(void **state)
{
	(void)state;
	json_t *root = json_load_file(files[VIDEOS], 0, NULL);
	json_t *film = json_array_get(json_object_get(root, "data"), 1);
	char title[3001];
	title[0] = 'x';
	for (size_t i = 1; i < sizeof title - 1; i += 2)
		memcpy(title + i, "é", 2);
	title[2999] = '\0';
	json_object_set_new(film, "name", json_string(title));
	char *text = json_dumps(root, 0);
	struct extract extract;
	answer(&asked[VIDEOS], text, strlen(text), &extract);
	const char *subject = extract.follows[0].subject;
	assert_true(strlen(subject) < 1300);
	json_t *valid = json_string(subject); /* NULL for what is not UTF-8 */
	assert_non_null(valid);
	json_decref(valid);
	extract_release(&extract);
	free(text);
	json_decref(root);
}

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row of_owner[] = {
		{"nobody", 404,
			"{\"type\":\"about:blank\",\"title\":\"Not Found\",\"detail\":\"Account "
			"not "
			"found\",\"status\":404,\"error\":\"Account not found\"}",
			VERDICT_NOT_FOUND},
		{"another object", 200, "{\"name\":\"ada\"}", VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_videos[] = {
		{"none", 200, "{\"total\":0,\"data\":[]}", VERDICT_EMPTY},
		{"a count, but no rows", 200, "{\"total\":2,\"data\":[]}", VERDICT_PARSE_DRIFT},
		{"no count", 200, "{\"data\":[]}", VERDICT_PARSE_DRIFT},
		{"somebody else's", 200,
			"{\"total\":1,\"data\":[{\"uuid\":\"1\",\"name\":\"x\",\"account\":{"
			"\"name\":"
			"\"bob\"}}]}",
			VERDICT_PARSE_DRIFT},
	};
	static const struct sign_row of_description[] = {
		{"taken back meanwhile: the account is still there", 404, "{\"error\":\"x\"}",
			VERDICT_TRUNCATED},
		{"none", 200, "{}", VERDICT_PARSE_DRIFT},
	};
	check_signs(asked[OWNER], of_owner, sizeof of_owner / sizeof *of_owner);
	check_signs(asked[VIDEOS], of_videos, sizeof of_videos / sizeof *of_videos);
	check_signs(
		asked[DESCRIPTION], of_description, sizeof of_description / sizeof *of_description);
}

static void damaged_answers(void **state)
{
	(void)state;
	for (int i = OWNER; i <= DESCRIPTION; i++) {
		check_cuts(&asked[i], files[i]);
		check_types(&asked[i], files[i]);
	}
}

static void genuine_answers(void **state)
{
	(void)state;
	size_t len, i, n_posts = 0, n_cut = 0;
	char *body = shared_page("platforms/peertube/api_account_videos.json", &len);
	if (!body)
		return;
	json_t *root = json_loadb(body, len, 0, NULL), *film;
	struct asked question = asked[VIDEOS];
	struct extract extract;
	question.subject = "accounts framasoft 0";
	answer(&question, body, len, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_false(extract.coverage.cut);
	assert_int_equal(extract.coverage.total, 712);
	json_array_foreach(json_object_get(root, "data"), i, film) {
		const char *uuid = json_string_value(json_object_get(film, "uuid"));
		const char *name = json_string_value(json_object_get(film, "name"));
		const char *text = json_string_value(json_object_get(film, "description"));
		if (text && strlen(text) > 3 && strcmp(text + strlen(text) - 3, "...") == 0) {
			const struct follow *follow = &extract.follows[n_cut++];
			assert_non_null(strstr(follow->url, uuid));
			assert_non_null(strstr(follow->subject, name));
		} else {
			const struct post *post = &extract.posts[n_posts++];
			assert_string_equal(post->id, uuid);
			assert_int_equal(strncmp(post->text, name, strlen(name)), 0);
		}
	}
	assert_int_equal(extract.n_posts, n_posts);
	print_message("%zu films compared, %zu of them cut\n", i, n_cut);
	extract_release(&extract);
	json_decref(root);
	free(body);
	body = shared_page("platforms/peertube/api_account.json", &len);
	answer(&asked[OWNER], body, len, &extract);
	assert_string_equal(extract.facts.name, "Framasoft");
	extract_release(&extract);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_account),
		cmocka_unit_test(its_films),
		cmocka_unit_test(a_long_title_is_cut_between_characters),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(genuine_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
