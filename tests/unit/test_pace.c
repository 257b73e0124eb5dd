#include "crawlers/net/manners.h"
#include "crawlers/net/pace.h"

#include "daemon/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define S     1000000ll
#define DAY_S 86400
#define NOW_S 1700000000ll
#define HOST  "https://a.example"

struct bench {
	struct clock clock;
	struct pace *pace;
};

static int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	assert_non_null(bench);
	bench->clock = clock_fake(NOW_S * S);
	assert_int_equal(pace_new(&bench->clock, S, &bench->pace), 0);
	pace_set_seed(bench->pace, 1);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;
	assert_null(pace_free(bench->pace));
	free(bench);
	return 0;
}

static void request(struct bench *bench, const char *origin, bool failed, int64_t retry_at_s)
{
	assert_int_equal(pace_began(bench->pace, origin), 0);
	pace_ended(bench->pace, origin, failed ? PACE_FAILED : PACE_GOOD, retry_at_s);
}

static int64_t wait_us(struct bench *bench, const char *origin)
{
	return pace_ready_us(bench->pace, origin) - clock_now_us(&bench->clock);
}

static void an_unknown_host_may_be_asked_at_once(void **state)
{
	struct bench *bench = *state;
	assert_true(wait_us(bench, HOST) <= 0);
	assert_int_equal(pace_retry_at_s(bench->pace, HOST), 0);
}

static void one_in_flight_then_a_delay_from_its_end(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(pace_began(bench->pace, HOST), 0);
	assert_true(pace_ready_us(bench->pace, HOST) == INT64_MAX);
	assert_true(wait_us(bench, "http://a.example") <= 0);
	bench->clock.fake_us += 5 * S;
	pace_ended(bench->pace, HOST, PACE_GOOD, 0);
	assert_int_equal(wait_us(bench, HOST), S);
	assert_int_equal(pace_retry_at_s(bench->pace, HOST), 0);
	bench->clock.fake_us += S;
	assert_int_equal(wait_us(bench, HOST), 0);
}

static void a_slow_host_gets_its_delay(void **state)
{
	struct bench *bench = *state;
	request(bench, "https://www.reddit.com", false, 0);
	assert_int_equal(wait_us(bench, "https://www.reddit.com"), 65 * S);
	request(bench, "https://notreddit.com", false, 0);
	assert_int_equal(wait_us(bench, "https://notreddit.com"), S);
}

static void a_robots_txt_is_followed_by_the_usual_delay(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(pace_began(bench->pace, "https://www.reddit.com"), 0);
	pace_ended(bench->pace, "https://www.reddit.com", PACE_ROBOTS, 0);
	assert_int_equal(wait_us(bench, "https://www.reddit.com"), S);
}

static void each_known_host_gets_its_manners(void **state)
{
	static const struct {
		const char *why;
		const char *origin;
		bool with_token;
		int64_t delay_ms;
		int64_t requests;
	} cases[] = {
		{"nothing is known", "https://ada.example", false, 0, 0},
		{"nor by a token", "https://ada.example", true, 0, 0},
		{"a host below", "https://old.reddit.com", false, 65000, 0},
		{"the particular before the general", "https://oauth.reddit.com", false, 1000, 100},
		{"anybody", "https://api.github.com", false, 6000, 60},
		{"with a token", "https://api.github.com", true, 2000, 5000},
		{"its pages are another host", "https://github.com", true, 0, 0},
		{"a key", "https://api.stackexchange.com", true, 1000, 10000},
		{"a port makes another server", "https://api.stackexchange.com:8443", false, 0, 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct manners *manners = manners_for(cases[i].origin, cases[i].with_token);
		print_message("%s\n", cases[i].why);
		assert_int_equal(manners->delay_ms, cases[i].delay_ms);
		assert_int_equal(manners->requests, cases[i].requests);
		assert_int_equal(manners->per_s > 0, manners->requests > 0);
	}
}

#define STACK "https://api.stackexchange.com"

static void spend(struct bench *bench, int count)
{
	for (int i = 0; i < count; i++) {
		assert_int_equal(pace_retry_at_s(bench->pace, STACK), 0);
		request(bench, STACK, false, 0);
		bench->clock.fake_us += 2 * S;
	}
}

static void what_a_day_allows_is_spent(void **state)
{
	struct bench *bench = *state;
	spend(bench, 300);
	assert_int_equal(pace_retry_at_s(bench->pace, STACK), NOW_S + DAY_S);
	bench->clock.fake_us = (NOW_S + DAY_S) * S;
	assert_int_equal(pace_retry_at_s(bench->pace, STACK), 0);
	assert_true(wait_us(bench, STACK) <= 0);
	spend(bench, 1); /* and a new day begins */
	bench->clock.fake_us = (NOW_S + DAY_S + 60) * S;
	spend(bench, 299);
	assert_int_equal(pace_retry_at_s(bench->pace, STACK), NOW_S + 2ll * DAY_S);
	bench->clock.fake_us = NOW_S / 2 * S; /* a clock that is set back holds it no longer */
	assert_int_equal(pace_retry_at_s(bench->pace, STACK), NOW_S / 2 + DAY_S);
}

static void a_robots_txt_is_not_counted(void **state)
{
	struct bench *bench = *state;
	for (int i = 0; i < 301; i++) {
		assert_int_equal(pace_began(bench->pace, STACK), 0);
		pace_ended(bench->pace, STACK, PACE_ROBOTS, 0);
	}
	assert_int_equal(pace_retry_at_s(bench->pace, STACK), 0);
}

static void what_the_server_says_holds(void **state)
{
	struct bench *bench = *state;
	request(bench, HOST, false, NOW_S + 30);
	assert_int_equal(wait_us(bench, HOST), 30 * S);
	assert_int_equal(pace_retry_at_s(bench->pace, HOST), NOW_S + 30);
	bench->clock.fake_us += 30 * S;
	assert_int_equal(pace_retry_at_s(bench->pace, HOST), 0);
	request(bench, HOST, false, 0);
	assert_int_equal(wait_us(bench, HOST), S);
}

static void what_an_answer_asks_for_holds(void **state)
{
	struct bench *bench = *state;
	request(bench, HOST, false, 0);
	assert_int_equal(pace_hold(bench->pace, HOST, NOW_S + 30), 0);
	assert_int_equal(pace_retry_at_s(bench->pace, HOST), NOW_S + 30);
	assert_int_equal(pace_hold(bench->pace, HOST, NOW_S + 10), 0);
	assert_int_equal(pace_retry_at_s(bench->pace, HOST), NOW_S + 30);
	assert_int_equal(pace_hold(bench->pace, HOST, NOW_S + 10 * DAY_S), 0);
	assert_int_equal(pace_retry_at_s(bench->pace, HOST), NOW_S + DAY_S);
}

static void nobody_makes_us_wait_longer_than_a_day(void **state)
{
	struct bench *bench = *state;
	request(bench, HOST, false, INT64_MAX);
	assert_int_equal(pace_retry_at_s(bench->pace, HOST), NOW_S + DAY_S);
	request(bench, "http://b.example", false, INT64_MIN);
	assert_int_equal(pace_retry_at_s(bench->pace, "http://b.example"), 0);
}

static void stumble(struct bench *bench)
{
	assert_int_equal(pace_began(bench->pace, HOST), 0);
	pace_ended(bench->pace, HOST, PACE_STUMBLED, 0);
}

static void the_first_stumble_costs_the_delay(void **state)
{
	struct bench *bench = *state;
	stumble(bench);
	assert_int_equal(wait_us(bench, HOST), S);
	assert_int_equal(pace_retry_at_s(bench->pace, HOST), 0);
	stumble(bench);
	assert_true(
		wait_us(bench, HOST) >= 60 * S); /* the second in a row, at least half of 120 s */
	bench->clock.fake_us += 120 * S;
	request(bench, HOST, false, 0);
	stumble(bench); /* the first again */
	assert_int_equal(wait_us(bench, HOST), S);
	request(bench, HOST, true, 0);
	bench->clock.fake_us += 120 * S;
	stumble(bench);
	assert_true(
		wait_us(bench, HOST) >= 60 * S); /* the first stumble, but not the first failure */
}

static void failures_back_off(void **state)
{
	struct bench *bench = *state;
	int64_t full_s = 60;
	for (int i = 0; i < 20; i++) {
		request(bench, HOST, true, 0);
		int64_t wait_s = wait_us(bench, HOST) / S;
		if (wait_s < full_s / 2 || wait_s > full_s)
			fail_msg("failure %d: %lld s, want %lld to %lld", i + 1, (long long)wait_s,
				(long long)full_s / 2, (long long)full_s);
		full_s = full_s * 2 > 21600 ? 21600 : full_s * 2;
		bench->clock.fake_us += wait_s * S;
	}
	request(bench, HOST, false, 0);
	assert_int_equal(pace_retry_at_s(bench->pace, HOST), 0);
	request(bench, HOST, true, 0);
	assert_true(wait_us(bench, HOST) <= 60 * S);
}

static void no_news_leaves_the_back_off_as_it_is(void **state)
{
	struct bench *bench = *state;
	for (int i = 0; i < 3; i++) {
		request(bench, HOST, true, 0);
		bench->clock.fake_us += wait_us(bench, HOST);
		assert_int_equal(pace_began(bench->pace, HOST), 0);
		pace_ended(bench->pace, HOST, PACE_NO_NEWS, 0);
		assert_int_equal(pace_retry_at_s(bench->pace, HOST), 0);
		bench->clock.fake_us += S;
	}
	request(bench, HOST, true, 0);
	assert_true(wait_us(bench, HOST) >= 240 * S); /* the fourth in a row */
}

static void the_longer_of_back_off_and_server_holds(void **state)
{
	struct bench *bench = *state;
	request(bench, HOST, true, NOW_S + 3600);
	assert_int_equal(wait_us(bench, HOST), 3600 * S);
	request(bench, "http://b.example", true, NOW_S + 1);
	assert_true(wait_us(bench, "http://b.example") >= 30 * S);
}

static void jitter_comes_from_the_seed(void **state)
{
	struct bench *bench = *state;
	int64_t first[3];
	for (uint64_t seed = 0; seed < 3; seed++) {
		pace_set_seed(bench->pace, seed);
		for (int i = 0; i < 2; i++) {
			struct pace_row row = {.origin = HOST, .failures = 8};
			assert_int_equal(pace_note(bench->pace, &row), 0);
			request(bench, HOST, true, 0);
			int64_t wait = wait_us(bench, HOST);
			if (i == 0)
				first[seed] = wait;
			assert_int_equal(wait, first[seed]);
		}
	}
	assert_true(first[0] != first[1] || first[1] != first[2]);
}

static void a_clock_set_back_does_not_stop_us(void **state)
{
	struct bench *bench = *state;
	struct robots_rule rule = {.allow = true, .pattern = "/"};
	request(bench, HOST, false, NOW_S + 100);
	assert_int_equal(pace_set_robots(bench->pace, HOST, &rule, 1, false, NOW_S + DAY_S), 0);
	bench->clock.fake_us -= 365ll * DAY_S * S;
	assert_int_equal(wait_us(bench, HOST), DAY_S * S);
	request(bench, "http://b.example", false, 0);
	bench->clock.fake_us -= 365ll * DAY_S * S;
	assert_int_equal(wait_us(bench, "http://b.example"), S);
}

static struct url url_of(struct arena *arena, const char *text)
{
	struct url url;
	assert_int_equal(url_parse(arena, text, &url), 0);
	return url;
}

static void robots_are_kept_for_a_day(void **state)
{
	struct bench *bench = *state;
	struct arena *arena = arena_new(16 * LIMIT_URL_B);
	struct url open = url_of(arena, HOST "/open?a");
	struct url shut = url_of(arena, HOST "/shut?b");
	struct url other = url_of(arena, "http://a.example/open");
	char pattern[] = "/shut?";
	struct robots_rule rule = {.allow = false, .pattern = pattern};

	assert_int_equal(pace_robots(bench->pace, &open), ROBOTS_UNKNOWN);
	assert_int_equal(pace_set_robots(bench->pace, HOST, &rule, 1, false, NOW_S + 2 * DAY_S), 0);
	memset(pattern, 'x', sizeof pattern - 1); /* rules are copied */
	assert_int_equal(pace_robots(bench->pace, &open), ROBOTS_ALLOWED);
	assert_int_equal(pace_robots(bench->pace, &shut), ROBOTS_DENIED);
	assert_int_equal(pace_robots(bench->pace, &other), ROBOTS_UNKNOWN);
	bench->clock.fake_us += (DAY_S - 1) * S;
	assert_int_equal(pace_robots(bench->pace, &open), ROBOTS_ALLOWED);
	bench->clock.fake_us += S;
	assert_int_equal(pace_robots(bench->pace, &open), ROBOTS_UNKNOWN);

	int64_t until_s = clock_now_s(&bench->clock) + 10;
	assert_int_equal(pace_set_robots(bench->pace, HOST, NULL, 0, false, until_s), 0);
	assert_int_equal(pace_robots(bench->pace, &shut), ROBOTS_ALLOWED);
	assert_int_equal(pace_set_robots(bench->pace, HOST, NULL, 0, true, until_s), 0);
	assert_int_equal(pace_robots(bench->pace, &open), ROBOTS_DENIED);
	arena_free(arena);
}

static void robots_of_many_hosts_are_bounded(void **state)
{
	struct bench *bench = *state;
	struct arena *arena = arena_new(16 * LIMIT_URL_B);
	char *pattern = malloc(1024 * 1024);
	assert_non_null(pattern);
	memset(pattern, 'a', 1024 * 1024);
	pattern[0] = '/';
	pattern[1024 * 1024 - 1] = '\0';
	struct robots_rule rule = {.allow = false, .pattern = pattern};
	for (int i = 0; i < 70; i++) {
		char origin[64];
		(void)snprintf(origin, sizeof origin, "http://host%d.example", i);
		assert_int_equal(
			pace_set_robots(bench->pace, origin, &rule, 1, false, NOW_S + 100), 0);
	}
	struct url first = url_of(arena, "http://host0.example/");
	struct url last = url_of(arena, "http://host69.example/");
	assert_int_equal(pace_robots(bench->pace, &first), ROBOTS_UNKNOWN);
	assert_int_equal(pace_robots(bench->pace, &last), ROBOTS_ALLOWED);
	free(pattern);
	arena_free(arena);
}

static void idle_hosts_are_forgotten_first(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(pace_began(bench->pace, "http://flying.example"), 0);
	request(bench, "http://waiting.example", true, 0);
	request(bench, "http://idle.example", false, 0);
	for (int i = 0; i < 4096; i++) {
		char origin[64];
		(void)snprintf(origin, sizeof origin, "http://host%d.example", i);
		request(bench, origin, false, 0);
	}
	assert_true(pace_ready_us(bench->pace, "http://flying.example") == INT64_MAX);
	assert_true(pace_retry_at_s(bench->pace, "http://waiting.example") > 0);
	assert_true(wait_us(bench, "http://idle.example") <= 0);
	assert_int_equal(wait_us(bench, "http://host4095.example"), S);
}

struct rows {
	struct pace_row row[4];
	size_t count;
};

static void collect(const struct pace_row *row, void *userdata)
{
	struct rows *rows = userdata;
	assert_true(rows->count < 4);
	rows->row[rows->count++] = *row;
}

static void survives_a_restart(void **state)
{
	struct bench *bench = *state;
	struct rows rows = {.count = 0};
	request(bench, "http://fine.example", false, 0);
	request(bench, HOST, true, NOW_S + 500);
	pace_each(bench->pace, collect, &rows);
	assert_int_equal(rows.count, 1);
	assert_string_equal(rows.row[0].origin, HOST);
	assert_int_equal(rows.row[0].retry_at_s, NOW_S + 500);
	assert_int_equal(rows.row[0].failures, 1);

	struct pace *next;
	assert_int_equal(pace_new(&bench->clock, S, &next), 0);
	assert_int_equal(pace_note(next, &rows.row[0]), 0);
	assert_int_equal(pace_retry_at_s(next, HOST), NOW_S + 500);
	bench->clock.fake_us += 500 * S;
	assert_int_equal(pace_began(next, HOST), 0);
	pace_ended(next, HOST, PACE_GOOD, 0);
	rows.count = 0;
	pace_each(next, collect, &rows);
	assert_int_equal(rows.count, 1); /* so that the store learns that it recovered */
	assert_int_equal(rows.row[0].retry_at_s, 0);
	assert_int_equal(rows.row[0].failures, 0);
	pace_free(next);
}

static void budgets_and_long_pauses_survive_a_restart(void **state)
{
	struct bench *bench = *state;
	struct rows rows = {.count = 0};
	spend(bench, 299);
	request(bench, "https://www.reddit.com", false, 0);
	int64_t left_us = wait_us(bench, "https://www.reddit.com");
	pace_each(bench->pace, collect, &rows);
	assert_int_equal(rows.count, 2);

	struct bench next = {.clock = bench->clock};
	assert_int_equal(pace_new(&next.clock, S, &next.pace), 0);
	for (size_t i = 0; i < rows.count; i++)
		assert_int_equal(pace_note(next.pace, &rows.row[i]), 0);
	assert_int_equal(wait_us(&next, "https://www.reddit.com"), left_us);
	spend(&next, 1);
	assert_int_equal(pace_retry_at_s(next.pace, STACK), NOW_S + DAY_S);
	/* A day later there is nothing to keep of either. */
	next.clock.fake_us += DAY_S * S;
	rows.count = 0;
	pace_each(next.pace, collect, &rows);
	assert_int_equal(rows.count, 2);
	for (size_t i = 0; i < rows.count; i++)
		assert_int_equal(
			rows.row[i].n_used + rows.row[i].ready_s + rows.row[i].retry_at_s, 0);
	pace_free(next.pace);
}

static void a_spoilt_row_does_no_harm(void **state)
{
	struct bench *bench = *state;
	struct pace_row row = {.origin = HOST, .retry_at_s = INT64_MAX, .failures = INT64_MIN};
	assert_int_equal(pace_note(bench->pace, &row), 0);
	assert_int_equal(wait_us(bench, HOST), DAY_S * S);
	row = (struct pace_row){.origin = HOST, .retry_at_s = INT64_MIN, .failures = INT64_MAX - 1};
	assert_int_equal(pace_note(bench->pace, &row), 0);
	assert_true(wait_us(bench, HOST) <= 0);
	request(bench, HOST, true, 0);
	assert_true(wait_us(bench, HOST) <= 21600 * S);
	row = (struct pace_row){.origin = STACK,
		.ready_s = INT64_MAX,
		.used_since_s = INT64_MAX,
		.n_used = INT64_MAX};
	assert_int_equal(pace_note(bench->pace, &row), 0);
	assert_true(wait_us(bench, STACK) <= DAY_S * S);
	row = (struct pace_row){.origin = STACK,
		.ready_s = INT64_MIN,
		.used_since_s = INT64_MIN,
		.n_used = INT64_MIN};
	assert_int_equal(pace_note(bench->pace, &row), 0);
	assert_true(wait_us(bench, STACK) <= 0);
	request(bench, STACK, false, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_unknown_host_may_be_asked_at_once),
		TEST(one_in_flight_then_a_delay_from_its_end),
		TEST(a_slow_host_gets_its_delay),
		TEST(a_robots_txt_is_followed_by_the_usual_delay),
		TEST(each_known_host_gets_its_manners),
		TEST(what_a_day_allows_is_spent),
		TEST(a_robots_txt_is_not_counted),
		TEST(the_first_stumble_costs_the_delay),
		TEST(budgets_and_long_pauses_survive_a_restart),
		TEST(what_the_server_says_holds),
		TEST(what_an_answer_asks_for_holds),
		TEST(nobody_makes_us_wait_longer_than_a_day),
		TEST(failures_back_off),
		TEST(no_news_leaves_the_back_off_as_it_is),
		TEST(the_longer_of_back_off_and_server_holds),
		TEST(jitter_comes_from_the_seed),
		TEST(a_clock_set_back_does_not_stop_us),
		TEST(robots_are_kept_for_a_day),
		TEST(robots_of_many_hosts_are_bounded),
		TEST(idle_hosts_are_forgotten_first),
		TEST(survives_a_restart),
		TEST(a_spoilt_row_does_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
