/* daemon/tally, rating, standing: what a scan proved, what an unchanged page still stands for. */
#include "daemon/rating.h"
#include "daemon/standing.h"
#include "daemon/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct coverage whole = {.total = -1};
static const struct coverage window = {.total = -1, .window = true};

static void test_nothing_read_is_not_clean(void **state)
{
	(void)state;
	struct tally tally = tally_init();
	struct outcome outcome = tally_outcome(&tally);
	assert_int_equal(outcome.verdict, VERDICT_UNREAD);
	assert_false(outcome.proven_all);
	tally_release(&tally);
}

static void test_pages_add_up(void **state)
{
	(void)state;
	struct tally tally = tally_init();
	assert_int_equal(tally_page(&tally, VERDICT_OK, &whole, 200, 3, false), 0);
	assert_int_equal(tally_page(&tally, VERDICT_OK, &whole, 100, 2, true), 0);
	assert_int_equal(tally_page(&tally, VERDICT_OK, &whole, 0, 1, false), 0);
	struct outcome outcome = tally_outcome(&tally);
	assert_int_equal(outcome.verdict, VERDICT_OK);
	assert_int_equal(outcome.oldest_s, 100);
	assert_int_equal(outcome.n_posts, 6);
	assert_true(outcome.proven_all);
	tally_release(&tally);
}

static void test_interactions_are_counted_apart(void **state)
{
	(void)state;
	const struct coverage follows = {.total = -1, .n_interactions = 3};
	const struct coverage likes = {.total = -1, .n_interactions = 2, .interactions_cut = true};
	struct tally tally = tally_init();
	assert_int_equal(tally_page(&tally, VERDICT_OK, &whole, 200, 3, false), 0);
	assert_int_equal(tally_page(&tally, VERDICT_OK, &follows, 0, 0, true), 0);
	assert_false(tally_outcome(&tally).interactions_cut);
	assert_int_equal(tally_page(&tally, VERDICT_OK, &likes, 0, 0, false), 0);
	struct outcome outcome = tally_outcome(&tally);
	assert_int_equal(outcome.verdict, VERDICT_OK); /* of the posts all were seen */
	assert_int_equal(outcome.n_posts, 3);
	assert_int_equal(outcome.n_interactions, 5);
	assert_true(outcome.interactions_cut);
	tally_release(&tally);
	tally = tally_init();
	assert_int_equal(tally_page(&tally, VERDICT_OK, &whole, 200, 3, false), 0);
	assert_int_equal(tally_failed(&tally, "https://a.example/follows", FOLLOW_ALSO,
				 VERDICT_SERVER_ERROR, NULL, 0),
		0);
	assert_true(tally_outcome(&tally).interactions_cut); /* nobody knows what it would show */
	tally_release(&tally);
}

static void test_a_window_makes_it_truncated(void **state)
{
	(void)state;
	struct tally tally = tally_init();
	assert_int_equal(tally_page(&tally, VERDICT_OK, &window, 200, 3, false), 0);
	assert_int_equal(tally_outcome(&tally).verdict, VERDICT_TRUNCATED);
	tally_release(&tally);
}

static void test_a_counter_that_is_larger_makes_it_truncated(void **state)
{
	(void)state;
	struct tally tally = tally_init();
	const struct coverage counted = {.total = 10};
	assert_int_equal(tally_page(&tally, VERDICT_OK, &counted, 200, 3, false), 0);
	assert_int_equal(tally_outcome(&tally).verdict, VERDICT_TRUNCATED);
	tally_release(&tally);
}

static void test_what_was_read_before_counts_too(void **state)
{
	(void)state;
	struct tally tally = tally_init();
	const struct coverage counted = {.total = 10};
	assert_int_equal(tally_page(&tally, VERDICT_OK, &counted, 200, 3, false), 0);
	assert_true(tally_is_short(&tally));
	tally.n_before = 7;
	assert_false(tally_is_short(&tally));
	assert_int_equal(tally_outcome(&tally).verdict, VERDICT_OK);
	assert_int_equal(tally_outcome(&tally).n_posts, 3);
	tally_release(&tally);
}

static void test_what_is_cut_is_truncated(void **state)
{
	(void)state;
	struct tally tally = tally_init();
	assert_int_equal(tally_page(&tally, VERDICT_OK, &whole, 200, 3, false), 0);
	assert_int_equal(tally_cut(&tally, "there are more pages"), 0);
	assert_int_equal(tally_outcome(&tally).verdict, VERDICT_TRUNCATED);
	assert_string_equal(tally_outcome(&tally).lack, "there are more pages");
	tally_release(&tally);
}

static void test_empty_needs_a_proof(void **state)
{
	(void)state;
	struct tally tally = tally_init();
	assert_int_equal(tally_page(&tally, VERDICT_EMPTY, &whole, 0, 0, false), 0);
	assert_int_equal(tally_outcome(&tally).verdict, VERDICT_EMPTY);
	assert_int_equal(tally_page(&tally, VERDICT_OK, &whole, 5, 1, false), 0);
	assert_int_equal(tally_outcome(&tally).verdict, VERDICT_OK);
	tally_release(&tally);
}

static void test_a_page_that_had_to_be_read_fails_the_scan(void **state)
{
	(void)state;
	struct tally tally = tally_init();
	assert_int_equal(tally_page(&tally, VERDICT_OK, &whole, 5, 1, false), 0);
	assert_int_equal(tally_failed(&tally, "https://a.example/2", FOLLOW_NEXT,
				 VERDICT_SERVER_ERROR, "500", 77),
		0);
	assert_int_equal(
		tally_failed(&tally, "https://a.example/3", FOLLOW_NEXT, VERDICT_BLOCKED, "no", 0),
		0);
	struct outcome outcome = tally_outcome(&tally);
	assert_int_equal(outcome.verdict, VERDICT_SERVER_ERROR);
	assert_string_equal(outcome.why, "500");
	assert_false(outcome.proven_all);
	assert_int_equal(tally.retry_at_s, 77);
	tally_release(&tally);
}

static void test_a_page_beside_it_is_told_and_no_more(void **state)
{
	(void)state;
	struct tally tally = tally_init();
	assert_int_equal(tally_page(&tally, VERDICT_OK, &whole, 5, 1, false), 0);
	assert_int_equal(tally_failed(&tally, "https://a.example/feed", FOLLOW_ALSO,
				 VERDICT_NOT_FOUND, NULL, 0),
		0);
	struct outcome outcome = tally_outcome(&tally);
	assert_int_equal(outcome.verdict, VERDICT_OK);
	assert_non_null(strstr(outcome.lack, "https://a.example/feed"));
	assert_true(outcome.proven_all);
	tally_release(&tally);
}

static void test_unscored_posts_prove_no_absence(void **state)
{
	(void)state;
	struct tally tally = tally_init();
	assert_int_equal(tally_page(&tally, VERDICT_OK, &whole, 5, 1, false), 0);
	assert_int_equal(tally_unscored(&tally, 2, "rule x gave up"), 0);
	struct outcome outcome = tally_outcome(&tally);
	assert_false(outcome.proven_all);
	assert_non_null(strstr(outcome.lack, "2 posts could not be scored (rule x gave up)"));
	tally_release(&tally);
}

static void test_many_sentences_end_at_a_bound(void **state)
{
	(void)state;
	struct tally tally = tally_init();
	for (int i = 0; i < 10000; i++)
		assert_int_equal(tally_failed(&tally, "https://a.example/some/long/path",
					 FOLLOW_ALSO, VERDICT_GONE, NULL, 0),
			0);
	assert_true(strlen(tally_outcome(&tally).lack) < 10000);
	tally_release(&tally);
}

static void test_a_standing_comes_back(void **state)
{
	(void)state;
	const char *const links[] = {"https://m.example/@ada"};
	struct follow follow = {.url = "https://a.example/2",
		.source = "page",
		.step = 3,
		.subject = "7",
		.json = "{\"limit\":100}",
		.accept = ACCEPT_GITHUB_STAR,
		.relation = FOLLOW_ALSO};
	struct post posts[] = {{.published_s = 300}, {.published_s = 100}};
	struct extract extract = {.facts = FACTS_INIT,
		.posts = posts,
		.n_posts = 2,
		.follows = &follow,
		.n_follows = 1,
		.coverage = {.total = 12, .window = true, .lack = "boosts"}};
	extract.facts.name = "Ada \"E\" Example\n";
	extract.facts.links = links;
	extract.facts.n_links = 1;
	char *json;
	struct standing back;
	struct arena *arena = arena_new(1 << 20);
	assert_int_equal(standing_write(&extract, "00112233445566778899aabbccddeeff", &json), 0);
	assert_int_equal(standing_read(arena, json, &back), 0);
	assert_true(back.sound);
	assert_string_equal(back.marks, "00112233445566778899aabbccddeeff");
	assert_int_equal(back.newest_s, 300);
	assert_int_equal(back.reach_s, 100);
	assert_int_equal(back.n_follows, 1);
	assert_string_equal(back.follows[0].url, follow.url);
	assert_string_equal(back.follows[0].subject, "7");
	assert_int_equal(back.follows[0].step, 3);
	assert_string_equal(back.follows[0].json, follow.json);
	assert_int_equal(back.follows[0].accept, ACCEPT_GITHUB_STAR);
	assert_int_equal(back.follows[0].relation, FOLLOW_ALSO);
	assert_int_equal(back.coverage.total, 12);
	assert_true(back.coverage.window);
	assert_string_equal(back.coverage.lack, "boosts");
	assert_string_equal(back.facts.name, extract.facts.name);
	assert_int_equal(back.facts.n_followers, -1);
	assert_string_equal(back.facts.links[0], links[0]);
	free(json);
	arena_free(arena);
}

static void test_a_request_comes_back(void **state)
{
	(void)state;
	const struct follow follow = {.url = "https://a.example/9",
		.source = "mastodon",
		.step = 2,
		.subject = "42 7",
		.json = "{}",
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_OLDER};
	static const char *const broken[] = {"", "{", "[]", "7", "{\"url\":\"https://a.example/\"}",
		"{\"source\":\"page\"}", "{\"url\":1,\"source\":\"page\"}"};
	struct arena *arena = arena_new(1 << 20);
	struct follow back;
	char *json;
	assert_int_equal(standing_follow_write(&follow, &json), 0);
	assert_int_equal(standing_follow_read(arena, json, &back), 0);
	assert_string_equal(back.url, follow.url);
	assert_string_equal(back.source, follow.source);
	assert_string_equal(back.subject, follow.subject);
	assert_string_equal(back.json, follow.json);
	assert_int_equal(back.step, 2);
	assert_int_equal(back.accept, ACCEPT_JSON);
	assert_int_equal(back.relation, FOLLOW_OLDER);
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		assert_int_equal(standing_follow_read(arena, broken[i], &back), 0);
		assert_null(back.url);
	}
	free(json);
	arena_free(arena);
}

static void test_a_broken_standing_stands_for_nothing(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 20);
	static const char *const broken[] = {
		NULL, "", "{", "[]", "{\"follows\":7,\"facts\":[]}", "{\"total\":\"x\"}"};
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		struct standing back;
		assert_int_equal(standing_read(arena, broken[i], &back), 0);
		assert_int_equal(back.n_follows, 0);
		assert_int_equal(back.coverage.total, -1);
		assert_string_equal(back.marks, "");
		assert_int_equal(back.sound, broken[i] && *broken[i] == '{' && broken[i][1]);
	}
	arena_free(arena);
}

static void test_the_rating_falls_with_every_finding_put_right(void **state)
{
	(void)state;
	const double scores[] = {60, 30, 30, 10};
	double last = 101;
	for (size_t skip = 0; skip < 4; skip++) {
		struct rating rating = {0};
		struct scan_result sum = {0};
		for (size_t i = skip; i < 4; i++)
			rating_add(&rating, &(struct finding){.score = scores[i],
						    .class = CLASS_ILLEGAL,
						    .severity = severity_of_score(scores[i])});
		rating_sum(&rating, &sum);
		assert_true(sum.rating < last);
		assert_true(sum.rating >= scores[skip] && sum.rating <= 100);
		assert_int_equal(sum.lights[CLASS_ILLEGAL], severity_of_score(scores[skip]));
		assert_int_equal(sum.lights[CLASS_UNPROFESSIONAL], SEVERITY_NONE);
		last = sum.rating;
	}
}

/* The profile's page says who it is; other pages add what it leaves out, and change nothing. */
static void test_facts_add_up(void **state)
{
	(void)state;
	const char *const own[] = {"https://ada.example/", "https://a.example/"};
	const char *const others[] = {"https://a.example/", "https://b.example/"};
	struct arena *arena = arena_new(1u << 20);
	struct facts facts = FACTS_INIT, profile = FACTS_INIT, more = FACTS_INIT;
	profile.name = "Ada";
	profile.n_posts = 3;
	profile.links = own;
	profile.n_links = 2;
	profile.last_active_s = 5;
	more.name = "Bob";
	more.bio = "Bridges";
	more.n_posts = 9;
	more.n_following = 2;
	more.created_s = 7;
	more.last_active_s = 6;
	more.links = others;
	more.n_links = 2;
	assert_int_equal(standing_facts(arena, &profile, &facts), 0);
	assert_int_equal(standing_add_facts(arena, &more, &facts), 0);
	assert_string_equal(facts.name, "Ada");
	assert_string_equal(facts.bio, "Bridges");
	assert_null(facts.location);
	assert_int_equal(facts.n_posts, 3);
	assert_int_equal(facts.n_following, 2);
	assert_int_equal(facts.created_s, 7);
	assert_int_equal(facts.last_active_s, 6);
	assert_int_equal(facts.n_links, 3);
	assert_string_equal(facts.links[2], "https://b.example/");
	assert_ptr_not_equal(facts.links[2], others[1]);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_read_is_not_clean),
		cmocka_unit_test(test_pages_add_up),
		cmocka_unit_test(test_interactions_are_counted_apart),
		cmocka_unit_test(test_a_window_makes_it_truncated),
		cmocka_unit_test(test_a_counter_that_is_larger_makes_it_truncated),
		cmocka_unit_test(test_what_was_read_before_counts_too),
		cmocka_unit_test(test_what_is_cut_is_truncated),
		cmocka_unit_test(test_empty_needs_a_proof),
		cmocka_unit_test(test_a_page_that_had_to_be_read_fails_the_scan),
		cmocka_unit_test(test_a_page_beside_it_is_told_and_no_more),
		cmocka_unit_test(test_unscored_posts_prove_no_absence),
		cmocka_unit_test(test_many_sentences_end_at_a_bound),
		cmocka_unit_test(test_a_standing_comes_back),
		cmocka_unit_test(test_a_request_comes_back),
		cmocka_unit_test(test_a_broken_standing_stands_for_nothing),
		cmocka_unit_test(test_facts_add_up),
		cmocka_unit_test(test_the_rating_falls_with_every_finding_put_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
