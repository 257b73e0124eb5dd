/* daemon/history, stretch: how far a list is read in one scan, and what that shows, on a made-up site. */
#include "daemon/base/limits.h"
#include "daemon/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PROFILE "https://a.example/@ada"
#define HEAD    "https://a.example/list"
#define NOW_S   INT64_C(1800000000)
#define HOUR_S  INT64_C(3600)
#define DAY_S   (24 * HOUR_S)
#define WINDOW  (14 * DAY_S)
#define FULL    (30 * DAY_S)
#define A_PAGE  10
#define POSTS   4000

/* How the site says where a page begins. */
enum paging { BY_CURSOR, BY_NUMBER };

struct site {
	enum paging paging;
	int64_t times[POSTS]; /* the newest first; 0: no time */
	int ids[POSTS];
	size_t count;
	int last_id;
};

struct world {
	struct store *store;
	struct site site;
	const char *rules;
	int64_t now_s;
	bool once;
	bool seen[POSTS * 4]; /* by id: read at least once */
	/* what happens to pages behind the head */
	size_t fails_after; /* pages that are answered; 0: all are */
	enum verdict failure;
	bool forgets; /* cursors of scans before are not known any more */
	bool ignores; /* … and taken for none */

	/* the last scan */
	size_t n_asked;
	bool in_sight[POSTS * 4]; /* by id */
	struct outcome outcome;
	struct shown shown;
	struct list_memory memory;
	bool has_memory;
	char tell[1024];
	char lack[1024];
	struct arena *arena;
};

static int enter(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	assert_non_null(world);
	assert_int_equal(store_open(":memory:", true, &world->store), 0);
	world->rules = "rules-1";
	world->now_s = NOW_S;
	world->arena = arena_new(64u << 20);
	*state = world;
	return 0;
}

static int leave(void **state)
{
	struct world *world = *state;
	store_close(world->store);
	arena_free(world->arena);
	free(world);
	return 0;
}

/* ---- the site ---- */

static void publish(struct site *site, int64_t at_s)
{
	assert_true(site->count < POSTS);
	memmove(site->times + 1, site->times, site->count * sizeof *site->times);
	memmove(site->ids + 1, site->ids, site->count * sizeof *site->ids);
	site->times[0] = at_s;
	site->ids[0] = ++site->last_id;
	site->count++;
}

/* @count posts, one each @step_s, the last one now. */
static void fill(struct world *world, size_t count, int64_t step_s)
{
	for (size_t i = count; i-- > 0;)
		publish(&world->site, world->now_s - (int64_t)i * step_s);
}

static void take_down(struct site *site, size_t at, size_t count)
{
	memmove(site->times + at, site->times + at + count,
		(site->count - at - count) * sizeof *site->times);
	memmove(site->ids + at, site->ids + at + count,
		(site->count - at - count) * sizeof *site->ids);
	site->count -= count;
}

/* Where the page asked for at @url begins. */
static size_t start_of(const struct site *site, const char *url)
{
	const char *at = strchr(url, '=');
	if (!at)
		return 0;
	long number = strtol(at + 1, NULL, 10);
	if (site->paging == BY_NUMBER)
		return (size_t)(number - 1) * A_PAGE;
	size_t start = 0;
	while (start < site->count && site->ids[start] >= number)
		start++;
	return start;
}

static const char *next_of(struct world *world, size_t start)
{
	char url[96];
	const struct site *site = &world->site;
	if (start + A_PAGE >= site->count)
		return NULL;
	if (site->paging == BY_NUMBER)
		(void)snprintf(url, sizeof url, HEAD "?page=%zu", start / A_PAGE + 2);
	else
		(void)snprintf(url, sizeof url, HEAD "?before=%d", site->ids[start + A_PAGE - 1]);
	return arena_strdup(world->arena, url);
}

/* ---- a scan of it, as daemon/scan.c does it ---- */

static struct leaf read_leaf(
	struct world *world, const struct history_list *list, const struct follow *asked)
{
	const struct site *site = &world->site;
	size_t start = start_of(site, asked->url);
	struct post posts[A_PAGE];
	struct extract extract = {.posts = posts};
	for (size_t i = start; i < site->count && i < start + A_PAGE; i++) {
		posts[extract.n_posts++] = (struct post){.published_s = site->times[i]};
		world->seen[site->ids[i]] = true;
		world->in_sight[site->ids[i]] = true;
	}
	return (struct leaf){.asked = asked,
		.stretch = stretch_of(&extract),
		.n_younger = stretch_younger(&extract, history_list_top(list))};
}

static bool answers(const struct world *world, const struct follow *asked, bool first_behind)
{
	if (!strchr(asked->url, '='))
		return true;
	if (world->forgets && first_behind)
		return false;
	return world->fails_after == 0 || world->n_asked <= world->fails_after;
}

static void turn_pages(struct world *world, struct history *history, struct tally *tally)
{
	const struct follow head = {
		.url = HEAD, .source = "mastodon", .accept = ACCEPT_JSON, .relation = FOLLOW_NEXT};
	const struct follow *asked = &head;
	struct history_list *list = NULL;
	const char *promised = NULL; /* what a page of this scan led to */
	char before[128] = "";
	while (asked) {
		const struct follow *next = NULL;
		assert_int_equal(history_list(history, asked, HEAD, list, &list), 0);
		assert_string_not_equal(asked->url, before);
		(void)snprintf(before, sizeof before, "%s", asked->url);
		world->n_asked++;
		bool stale = !promised || strcmp(promised, asked->url) != 0;
		size_t room = LIMIT_PAGES_A_SCAN - world->n_asked;
		if (!answers(world, asked, stale)) {
			enum verdict verdict = world->failure ? world->failure : VERDICT_GONE;
			if (!history_bears(history, list, asked, verdict, room, &next)) {
				history_failed(list);
				assert_int_equal(tally_failed(tally, asked->url, asked->relation,
							 verdict, NULL, 0),
					0);
			}
			asked = next;
			continue;
		}
		struct follow really = *asked;
		if (world->ignores && stale)
			really.url = HEAD;
		struct leaf leaf = read_leaf(world, list, &really);
		leaf.asked = asked;
		promised = next_of(world, start_of(&world->site, really.url));
		const struct follow older = {.url = promised,
			.source = "mastodon",
			.accept = ACCEPT_JSON,
			.relation = FOLLOW_OLDER};
		leaf.older = promised ? &older : NULL;
		leaf.room = room;
		const struct coverage coverage = {.total = (int64_t)world->site.count};
		assert_int_equal(tally_page(tally, VERDICT_OK, &coverage, leaf.stretch.oldest_s,
					 leaf.stretch.n_posts, false),
			0);
		assert_int_equal(history_page(history, list, &leaf, &next), 0);
		if (next && strcmp(next->url, HEAD) == 0) /* as daemon/frontier.h does */
			history_known(list, &next);
		asked = next;
	}
}

static void scan(struct world *world)
{
	const struct history_options options = {.store = world->store,
		.profile = PROFILE,
		.rules_digest = world->rules,
		.now_s = world->now_s,
		.window_s = WINDOW,
		.full_s = FULL,
		.once = world->once};
	struct history *history;
	struct tally tally = tally_init();
	assert_int_equal(history_new(&options, &history), 0);
	world->n_asked = 0;
	memset(world->in_sight, 0, sizeof world->in_sight);
	turn_pages(world, history, &tally);
	assert_int_equal(history_close(history, &tally), 0);
	world->outcome = tally_outcome(&tally);
	assert_int_equal(history_tell(history, &tally, &world->outcome), 0);
	assert_int_equal(world->outcome.n_shown, 1);
	world->shown = world->outcome.shown[0];
	world->has_memory = world->shown.memory != NULL;
	if (world->has_memory) {
		world->memory = *world->shown.memory;
		world->memory.place = arena_strdup(world->arena, world->memory.place);
		assert_int_equal(store_set_list(world->store, PROFILE, world->shown.key,
					 &world->memory, world->now_s),
			0);
	}
	(void)snprintf(world->tell, sizeof world->tell, "%s",
		world->outcome.known.tell ? world->outcome.known.tell : "");
	(void)snprintf(world->lack, sizeof world->lack, "%s",
		world->outcome.lack ? world->outcome.lack : "");
	history_free(history);
	tally_release(&tally);
}

static void scan_after(struct world *world, int64_t time_s)
{
	world->now_s += time_s;
	scan(world);
}

static size_t unseen(const struct world *world)
{
	size_t count = 0;
	for (size_t i = 0; i < world->site.count; i++)
		count += !world->seen[world->site.ids[i]];
	return count;
}

/* Does the scan show that no post of @published_s is there but those it saw? */
static bool shows(const struct shown *shown, int64_t published_s)
{
	return shown->all || (shown->since_s != 0 && published_s >= shown->since_s) ||
	       (published_s >= shown->from_s && published_s < shown->before_s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

/* ---- a list that is known to its end ---- */

static void a_short_list_has_no_history(void **state)
{
	struct world *world = *state;
	fill(world, 7, DAY_S);
	scan(world);
	assert_int_equal(world->n_asked, 1);
	assert_true(world->shown.all);
	assert_false(world->has_memory);
	assert_string_equal(world->tell, "");
}

static void the_second_scan_reads_the_head_alone(void **state)
{
	struct world *world = *state;
	fill(world, 50, 3 * DAY_S);
	scan(world);
	assert_int_equal(world->n_asked, 5);
	assert_int_equal(world->outcome.verdict, VERDICT_OK);
	assert_true(world->shown.all);
	scan_after(world, 6 * HOUR_S);
	assert_int_equal(world->n_asked, 1);
	assert_int_equal(world->outcome.verdict, VERDICT_OK);
	assert_false(world->shown.all);
	assert_int_equal(world->shown.since_s, NOW_S - 9 * 3 * DAY_S);
	assert_true(world->outcome.known.whole);
	assert_int_equal(world->outcome.known.n_posts, 50);
	assert_string_equal(
		world->tell, "history: read back to 2026-12-19, the rest on 2027-01-15");
}

static void the_head_goes_as_far_as_the_window(void **state)
{
	struct world *world = *state;
	fill(world, 100, 12 * HOUR_S); /* 28 in the window */
	scan(world);
	scan_after(world, 6 * HOUR_S);
	assert_int_equal(world->n_asked, 3);
}

static void the_head_goes_as_far_as_what_is_known(void **state)
{
	struct world *world = *state;
	fill(world, 100, DAY_S);
	scan(world);
	for (int i = 0; i < 95; i++)
		publish(&world->site, world->now_s += DAY_S);
	scan(world); /* due, too: 95 days have passed */
	assert_int_equal(unseen(world), 0);
	world->memory.full_s = world->now_s;
	world->now_s += 20 * DAY_S; /* asleep for longer than the window */
	for (int i = 0; i < 35; i++)
		publish(&world->site, world->now_s - (35 - i) * 12 * HOUR_S);
	scan(world);
	assert_int_equal(unseen(world), 0);
	assert_int_equal(world->outcome.verdict, VERDICT_OK);
	assert_int_equal(world->outcome.known.n_posts, 230);
}

static void everything_is_read_anew_when_it_is_time(void **state)
{
	struct world *world = *state;
	fill(world, 50, 3 * DAY_S);
	scan(world);
	scan_after(world, FULL - 1);
	assert_true(world->n_asked < 5);
	scan_after(world, 1);
	assert_int_equal(world->n_asked, 5);
	assert_true(world->shown.all);
	scan_after(world, HOUR_S);
	assert_true(world->n_asked < 5);
}

static void other_rules_read_everything_anew(void **state)
{
	struct world *world = *state;
	fill(world, 50, 3 * DAY_S);
	scan(world);
	world->rules = "rules-2";
	scan_after(world, HOUR_S);
	assert_int_equal(world->n_asked, 5);
	scan_after(world, HOUR_S);
	assert_int_equal(world->n_asked, 1);
}

static void what_is_missing_is_looked_for_once_more(void **state)
{
	struct world *world = *state;
	fill(world, 50, 3 * DAY_S);
	scan(world);
	world->memory.again = true; /* as life_settle() does */
	assert_int_equal(store_set_list(world->store, PROFILE, HEAD, &world->memory, 1), 0);
	scan_after(world, HOUR_S);
	assert_int_equal(world->n_asked, 5);
	scan_after(world, HOUR_S);
	assert_int_equal(world->n_asked, 1);
}

static void a_counter_beyond_what_was_read_is_told(void **state)
{
	struct world *world = *state;
	fill(world, 50, 3 * DAY_S);
	scan(world);
	publish(&world->site, NOW_S - 100 * DAY_S); /* put in far back, out of order */
	take_down(&world->site, 0, 1);
	world->site.count++; /* the counter counts it, the head does not show it */
	world->site.times[50] = world->site.times[49] - 1;
	scan_after(world, HOUR_S);
	assert_int_equal(world->outcome.verdict, VERDICT_TRUNCATED);
}

/* ---- clocks ---- */

static void a_clock_that_was_ahead_puts_nothing_off(void **state)
{
	struct world *world = *state;
	fill(world, 50, 3 * DAY_S);
	world->now_s += 4000 * DAY_S;
	scan(world);
	world->now_s = NOW_S;
	scan(world);
	assert_int_equal(world->n_asked, 5); /* what was read in the future says nothing */
	scan_after(world, HOUR_S);
	assert_int_equal(world->n_asked, 1);
}

static void a_clock_that_goes_back_a_little_loops_not(void **state)
{
	struct world *world = *state;
	fill(world, 50, 3 * DAY_S);
	scan(world);
	for (int i = 0; i < 4; i++) {
		scan_after(world, -5 * HOUR_S);
		assert_true(world->n_asked <= 2);
	}
}

static void a_clock_before_all_posts_reads_them_all(void **state)
{
	struct world *world = *state;
	fill(world, 50, 3 * DAY_S);
	scan(world);
	world->now_s = DAY_S;
	scan(world);
	assert_int_equal(unseen(world), 0);
	world->now_s = NOW_S;
	scan_after(world, HOUR_S);
	scan_after(world, HOUR_S);
	assert_int_equal(world->n_asked, 1);
	assert_int_equal(world->outcome.verdict, VERDICT_OK);
}

/* ---- a long one ---- */

static void a_long_history_is_read_over_several_scans(void **state)
{
	struct world *world = *state;
	static const enum paging pagings[] = {BY_CURSOR, BY_NUMBER};
	for (size_t k = 0; k < 2; k++) {
		void *inner;
		(void)enter(&inner);
		world = inner;
		world->site.paging = pagings[k];
		fill(world, 1203, DAY_S);
		scan(world);
		assert_int_equal(world->n_asked, 2 + LIMIT_OLDER_A_SCAN);
		assert_int_equal(world->outcome.verdict, VERDICT_TRUNCATED);
		assert_false(world->outcome.known.whole);
		assert_string_equal(world->tell,
			"history: 520 of 1,203 posts read, back to 2025-08-14; the next scan goes "
			"on");
		publish(&world->site, world->now_s + HOUR_S);
		scan_after(world, 6 * HOUR_S);
		assert_int_equal(world->n_asked, 2 + LIMIT_OLDER_A_SCAN);
		assert_false(world->outcome.known.whole);
		publish(&world->site, world->now_s + HOUR_S);
		scan_after(world, 6 * HOUR_S);
		assert_int_equal(unseen(world), 0);
		assert_int_equal(world->outcome.verdict, VERDICT_OK);
		assert_true(world->outcome.known.whole);
		assert_in_range(world->outcome.known.n_posts, 1203, 1207);
		scan_after(world, 6 * HOUR_S);
		assert_int_equal(world->n_asked, 2);
		assert_int_equal(world->outcome.verdict, VERDICT_OK);
		(void)leave(&inner);
	}
}

static void who_will_not_come_back_reads_what_one_scan_may(void **state)
{
	struct world *world = *state;
	world->once = true;
	fill(world, 1203, DAY_S);
	scan(world);
	assert_int_equal(world->n_asked, 121);
	assert_int_equal(unseen(world), 0);
	assert_string_equal(world->tell, "");
}

static void who_will_not_come_back_is_told_what_is_left_out(void **state)
{
	struct world *world = *state;
	world->once = true;
	fill(world, 3000, DAY_S);
	scan(world);
	assert_int_equal(world->n_asked, LIMIT_PAGES_A_SCAN);
	assert_int_equal(world->outcome.verdict, VERDICT_TRUNCATED);
	assert_string_equal(world->lack, "there are more pages than one scan reads");
	assert_false(world->shown.all);
}

static void reading_anew_that_fails_at_once_leaves_what_was_known(void **state)
{
	struct world *world = *state;
	fill(world, 100, 12 * HOUR_S);
	scan(world);
	world->now_s += FULL;
	for (int i = 0; i < 12; i++)
		publish(&world->site, world->now_s - 12 + i);
	world->fails_after = 1;
	world->failure = VERDICT_SERVER_ERROR;
	scan(world);
	assert_int_equal(world->outcome.verdict, VERDICT_SERVER_ERROR);
	assert_false(world->has_memory);
	world->fails_after = 0;
	scan_after(world, HOUR_S);
	assert_int_equal(world->outcome.verdict, VERDICT_OK);
	assert_true(world->shown.all);
}

static void reading_anew_goes_on_over_several_scans_and_leaves_the_verdict(void **state)
{
	struct world *world = *state;
	fill(world, 700, DAY_S);
	for (int i = 0; i < 3; i++)
		scan_after(world, HOUR_S);
	assert_true(world->outcome.known.whole);
	scan_after(world, FULL);
	assert_int_equal(world->outcome.verdict, VERDICT_OK);
	assert_true(world->outcome.known.whole);
	assert_non_null(strstr(world->tell, "; read anew so far: "));
	scan_after(world, HOUR_S);
	assert_int_equal(world->outcome.verdict, VERDICT_OK);
	assert_null(strstr(world->tell, "anew"));
	scan_after(world, HOUR_S);
	assert_true(world->n_asked <= 5);
}

static void a_server_that_asks_to_wait_is_no_failure_behind_the_head(void **state)
{
	struct world *world = *state;
	fill(world, 700, DAY_S);
	world->fails_after = 20;
	world->failure = VERDICT_RATE_LIMITED;
	scan(world);
	assert_int_equal(world->outcome.verdict, VERDICT_TRUNCATED);
	assert_non_null(strstr(world->tell, "the server asks to wait; the next scan goes on"));
	for (int i = 0; i < 4; i++)
		scan_after(world, HOUR_S);
	assert_int_equal(unseen(world), 0);
	assert_int_equal(world->outcome.verdict, VERDICT_OK);
}

static void a_page_that_fails_fails_the_scan_and_not_the_place(void **state)
{
	struct world *world = *state;
	fill(world, 700, DAY_S);
	world->fails_after = 20;
	world->failure = VERDICT_SERVER_ERROR;
	scan(world);
	assert_int_equal(world->outcome.verdict, VERDICT_SERVER_ERROR);
	for (int i = 0; i < 4; i++)
		scan_after(world, HOUR_S);
	assert_int_equal(unseen(world), 0);
	world->fails_after = 1; /* the head itself */
	publish(&world->site, world->now_s);
	const struct list_memory was = world->memory;
	world->site.times[9] = 0;
	for (int i = 0; i < 12; i++)
		publish(&world->site, world->now_s + i);
	scan_after(world, HOUR_S);
	assert_int_equal(world->outcome.verdict, VERDICT_SERVER_ERROR);
	assert_false(world->has_memory);
	assert_int_equal(was.top_s, world->memory.top_s);
}

static void a_first_page_that_fails_behind_the_place_keeps_it(void **state)
{
	struct world *world = *state;
	fill(world, 1000, DAY_S);
	scan(world);
	const struct list_memory was = world->memory;
	world->fails_after = 2;
	world->failure = VERDICT_NETWORK_ERROR;
	scan_after(world, HOUR_S);
	assert_int_equal(world->outcome.verdict, VERDICT_NETWORK_ERROR);
	assert_string_equal(world->memory.place, was.place);
	assert_int_equal(world->memory.back_s, was.back_s);
	assert_int_equal(world->memory.n_read, was.n_read);
	world->fails_after = 0;
	scan_after(world, HOUR_S);
	assert_int_equal(unseen(world), 0);
}

/* ---- a place that is no more ---- */

static void a_lost_place_begins_anew_and_the_second_time_waits(void **state)
{
	struct world *world = *state;
	fill(world, 1203, DAY_S);
	scan(world);
	world->forgets = true;
	scan_after(world, HOUR_S);
	assert_int_equal(world->outcome.verdict, VERDICT_TRUNCATED);
	assert_non_null(strstr(world->tell,
		"history: the place where the last scan stopped was not found again; "));
	assert_int_equal(world->n_asked, 2 + LIMIT_OLDER_A_SCAN);
	scan_after(world, HOUR_S);
	assert_int_equal(world->n_asked, 3); /* lost again */
	scan_after(world, HOUR_S);
	assert_int_equal(world->n_asked, 2); /* the head */
	assert_int_equal(world->outcome.verdict, VERDICT_TRUNCATED);
	assert_non_null(strstr(world->tell, "the server keeps no place"));
	scan_after(world, FULL);
	assert_true(world->n_asked > LIMIT_OLDER_A_SCAN);
	world->forgets = false;
	scan_after(world, HOUR_S);
	scan_after(world, HOUR_S);
	assert_int_equal(unseen(world), 0);
	assert_int_equal(world->memory.n_lost, 0);
}

static void a_cursor_that_is_taken_for_none_is_a_lost_place(void **state)
{
	struct world *world = *state;
	fill(world, 1203, DAY_S);
	scan(world);
	world->ignores = true;
	scan_after(world, HOUR_S);
	assert_non_null(strstr(world->tell, "was not found again"));
	world->ignores = false;
	scan_after(world, HOUR_S);
	scan_after(world, HOUR_S);
	assert_int_equal(unseen(world), 0);
	assert_true(world->outcome.known.whole);
}

/* Pages by number move up when posts are deleted: what was behind the place is before it now. */
static void a_gap_before_the_place_is_no_place(void **state)
{
	struct world *world = *state;
	world->site.paging = BY_NUMBER;
	fill(world, 1203, DAY_S);
	scan(world);
	take_down(&world->site, 100, 50);
	scan_after(world, HOUR_S);
	assert_non_null(strstr(world->tell, "was not found again"));
	scan_after(world, HOUR_S);
	scan_after(world, HOUR_S);
	assert_int_equal(unseen(world), 0);
	assert_true(world->outcome.known.whole);
}

/* ---- whatever happens ---- */

/* What is there is never shown to be absent, what is gone from the window always is, and in the end all
 * was read. */
static void whatever_happens(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 60; seed++) {
		void *inner;
		(void)enter(&inner);
		struct world *world = inner;
		srandom(seed);
		world->site.paging = seed % 2 ? BY_CURSOR : BY_NUMBER;
		fill(world, 200 + (size_t)(random() % 900), 2 * HOUR_S + random() % DAY_S);
		for (int round = 0; round < 25; round++) {
			bool quiet = round >= 15;
			int64_t gone_s = 0;
			world->now_s += HOUR_S * (1 + random() % 60);
			for (long k = quiet ? 0 : random() % 25; k > 0; k--)
				publish(&world->site, world->now_s - k * 60);
			if (!quiet && random() % 3 == 0) {
				size_t at = (size_t)(random() % (long)(world->site.count / 2));
				gone_s = world->site.times[at];
				take_down(&world->site, at, 1 + (size_t)(random() % 20));
			}
			world->fails_after = !quiet && random() % 5 == 0 ? 3 + random() % 30 : 0;
			world->failure = random() % 2 ? VERDICT_RATE_LIMITED : VERDICT_SERVER_ERROR;
			world->forgets = !quiet && random() % 10 == 0;
			scan(world);
			bool proves = verdict_proves(world->outcome.verdict);
			for (size_t i = 0; proves && i < world->site.count; i++) {
				if (shows(&world->shown, world->site.times[i]) &&
					!world->in_sight[world->site.ids[i]])
					fail_msg("seed %u, round %d: post %zu was not looked at",
						seed, round, i);
			}
			if (proves && gone_s > world->now_s - WINDOW)
				assert_true(shows(&world->shown, gone_s));
			assert_true(world->n_asked <= LIMIT_PAGES_A_SCAN);
			if (world->outcome.known.whole && proves && unseen(world) > 0)
				fail_msg("seed %u, round %d: %zu posts unseen, told whole", seed,
					round, unseen(world));
		}
		assert_int_equal(unseen(world), 0);
		assert_true(world->outcome.known.whole);
		(void)leave(&inner);
	}
}

static void posts_without_times_are_all_read_every_time(void **state)
{
	struct world *world = *state;
	fill(world, 60, DAY_S);
	memset(world->site.times, 0, sizeof world->site.times);
	for (int i = 0; i < 3; i++) {
		scan_after(world, HOUR_S);
		assert_int_equal(world->n_asked, 6);
		assert_true(world->shown.all);
	}
}

static void more_than_a_scan_may_ask_is_no_whole(void **state)
{
	struct world *world = *state;
	fill(world, 3000, 60); /* all in the window */
	scan(world);
	assert_int_equal(world->n_asked, LIMIT_PAGES_A_SCAN);
	assert_int_equal(world->outcome.verdict, VERDICT_TRUNCATED);
	assert_int_equal(world->shown.since_s, world->site.times[1999]);
	scan_after(world, 20 * DAY_S);
	scan_after(world, HOUR_S);
	scan_after(world, HOUR_S);
	assert_int_equal(unseen(world), 0);
	assert_true(world->outcome.known.whole);
}

static void more_new_posts_than_a_scan_may_ask_for_leave_a_gap(void **state)
{
	struct world *world = *state;
	fill(world, 50, DAY_S);
	scan(world);
	assert_true(world->outcome.known.whole);
	world->now_s += DAY_S;
	for (int i = 0; i < 3000; i++)
		publish(&world->site, NOW_S + 1 + i * 20);
	scan(world);
	assert_int_equal(world->n_asked, LIMIT_PAGES_A_SCAN);
	assert_int_equal(world->outcome.verdict, VERDICT_TRUNCATED);
	assert_false(world->outcome.known.whole);
	scan_after(world, 15 * DAY_S);
	scan_after(world, HOUR_S);
	assert_false(world->outcome.known.whole);
	scan_after(world, HOUR_S);
	assert_int_equal(unseen(world), 0);
	assert_int_equal(world->outcome.verdict, VERDICT_OK);
}

static void reading_anew_that_does_not_reach_what_was_known_is_no_whole(void **state)
{
	struct world *world = *state;
	fill(world, 50, DAY_S);
	scan(world);
	world->now_s += 400 * DAY_S; /* asleep */
	for (int i = 0; i < 1000; i++)
		publish(&world->site, NOW_S + (i + 1) * 9 * HOUR_S);
	scan(world);
	assert_false(world->outcome.known.whole);
	assert_int_equal(world->outcome.verdict, VERDICT_TRUNCATED);
	scan_after(world, HOUR_S);
	scan_after(world, HOUR_S);
	assert_int_equal(unseen(world), 0);
	assert_int_equal(world->outcome.verdict, VERDICT_OK);
}

static void a_post_of_the_future_is_not_all_that_is_known(void **state)
{
	struct world *world = *state;
	fill(world, 50, DAY_S);
	publish(&world->site, NOW_S + 300 * DAY_S);
	scan(world);
	for (int i = 0; i < 22; i++) {
		world->now_s += DAY_S;
		publish(&world->site, world->now_s);
	}
	scan(world); /* the window does not reach the last scan; what was known does */
	assert_int_equal(unseen(world), 0);
}

/* ---- several lists ---- */

static void what_adds_to_a_list_of_posts_has_its_name(void **state)
{
	struct world *world = *state;
	const struct history_options options = {
		.store = world->store, .profile = PROFILE, .rules_digest = "r", .now_s = NOW_S};
	const struct follow first = {.url = HEAD, .relation = FOLLOW_INSTEAD};
	const struct follow next = {.url = HEAD "/2", .relation = FOLLOW_NEXT};
	const struct follow also = {.url = HEAD "/feed", .relation = FOLLOW_ALSO};
	const struct follow older = {
		.url = HEAD "/older", .source = "page", .relation = FOLLOW_OLDER};
	const struct leaf leaf = {.asked = &older, .stretch = {.n_posts = 1}};
	const struct follow *nothing;
	struct history *history;
	struct history_list *account, *list, *feed, *aside, *same;
	assert_int_equal(history_new(&options, &history), 0);
	assert_int_equal(history_list(history, &first, "account", NULL, &account), 0);
	assert_int_equal(history_list(history, &next, "list", account, &list), 0);
	assert_int_equal(history_page(history, list, &leaf, &nothing), 0);
	assert_int_equal(history_list(history, &also, "feed", list, &feed), 0);
	assert_int_equal(history_list(history, &older, "older", feed, &same), 0);
	assert_int_equal(history_list(history, &also, "aside", account, &aside), 0);
	assert_string_equal(history_list_name(account), "account");
	assert_string_equal(history_list_name(list), "list");
	assert_string_equal(history_list_name(feed), "list");
	assert_string_equal(history_list_key(feed), "feed");
	assert_string_equal(history_list_name(aside), "aside");
	assert_ptr_equal(feed, same);
	history_free(history);
}

/* ---- what one page covers ---- */

static void a_page_reaches_as_far_as_its_shortest_strand(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct post posts[4];
		size_t count;
		struct stretch stretch;
	} rows[] = {
		{"nothing", {{0}}, 0, {0, 0, 0, 0}},
		{"posts", {{.published_s = 9}, {.published_s = 5}}, 2, {9, 5, 5, 2}},
		{"in any order", {{.published_s = 5}, {.published_s = 9}}, 2, {9, 5, 5, 2}},
		{"one without a time", {{.published_s = 9}, {0}}, 2, {9, 9, 9, 2}},
		{"replies end earlier than posts",
			{{.published_s = 9, .kind = KIND_REPLY}, {.published_s = 7},
				{.published_s = 2}},
			3, {9, 2, 9, 3}},
		{"a repost with the date of what it repeats",
			{{.published_s = 9}, {.published_s = 1, .kind = KIND_REPOST},
				{.published_s = 7}},
			3, {9, 1, 7, 3}},
		{"a pinned one", {{.published_s = 1, .pinned = true}, {.published_s = 9}}, 2,
			{9, 9, 9, 2}},
		{"a bio and a handle",
			{{.published_s = 1, .kind = KIND_BIO},
				{.published_s = 2, .kind = KIND_HANDLE}, {.published_s = 9}},
			3, {9, 9, 9, 1}},
		{"what was liked",
			{{.published_s = 9, .kind = KIND_LIKE},
				{.published_s = 4, .kind = KIND_LIKE}},
			2, {9, 0, 4, 0}},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct extract extract = {
			.posts = (struct post *)rows[i].posts, .n_posts = rows[i].count};
		struct stretch stretch = stretch_of(&extract);
		if (memcmp(&stretch, &rows[i].stretch, sizeof stretch) != 0)
			fail_msg("%s: %d %d %d %zu", rows[i].why, (int)stretch.newest_s,
				(int)stretch.oldest_s, (int)stretch.reach_s, stretch.n_posts);
	}
}

static void a_post_on_several_pages_is_counted_once(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		const char *marks[3];
		size_t count;
		size_t repeats;
	} rows[] = {
		{"no page", {NULL}, 0, 0},
		{"one page", {"00000000000000010000000000000002"}, 1, 0},
		{"on two of two", {"0000000000000001", "0000000000000001"}, 2, 1},
		{"on three", {"0000000000000001", "0000000000000001", "0000000000000001"}, 3, 2},
		{"some of them",
			{"00000000000000010000000000000002", "00000000000000030000000000000002"}, 2,
			1},
		{"a permalink that is not the post's own",
			{"00000000000000010000000000000001", "0000000000000001"}, 2, 0},
		{"pages that nothing is known of", {"", "0000000000000001", ""}, 3, 0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t repeats;
		assert_int_equal(stretch_repeats(rows[i].marks, rows[i].count, &repeats), 0);
		if (repeats != rows[i].repeats)
			fail_msg("%s: %zu", rows[i].why, repeats);
	}
}

static void marks_are_of_permalinks(void **state)
{
	(void)state;
	struct post posts[] = {{.url = "https://a.example/1"}, {0}, {.url = "https://a.example/2"},
		{.url = "https://a.example/1"}, {.url = PROFILE, .kind = KIND_BIO}};
	struct extract extract = {.posts = posts, .n_posts = 5};
	struct arena *arena = arena_new(1 << 16);
	const char *marks = stretch_marks(arena, &extract);
	assert_non_null(marks);
	assert_int_equal(strlen(marks), 3 * MARK_CHARS);
	assert_memory_equal(marks, marks + 2 * MARK_CHARS, MARK_CHARS);
	assert_memory_not_equal(marks, marks + MARK_CHARS, MARK_CHARS);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_short_list_has_no_history),
		TEST(the_second_scan_reads_the_head_alone),
		TEST(the_head_goes_as_far_as_the_window),
		TEST(the_head_goes_as_far_as_what_is_known),
		TEST(everything_is_read_anew_when_it_is_time),
		TEST(other_rules_read_everything_anew),
		TEST(what_is_missing_is_looked_for_once_more),
		TEST(a_counter_beyond_what_was_read_is_told),
		TEST(a_clock_that_was_ahead_puts_nothing_off),
		TEST(a_clock_that_goes_back_a_little_loops_not),
		TEST(a_clock_before_all_posts_reads_them_all),
		TEST(a_long_history_is_read_over_several_scans),
		TEST(who_will_not_come_back_reads_what_one_scan_may),
		TEST(who_will_not_come_back_is_told_what_is_left_out),
		TEST(reading_anew_that_fails_at_once_leaves_what_was_known),
		TEST(reading_anew_goes_on_over_several_scans_and_leaves_the_verdict),
		TEST(a_server_that_asks_to_wait_is_no_failure_behind_the_head),
		TEST(a_page_that_fails_fails_the_scan_and_not_the_place),
		TEST(a_first_page_that_fails_behind_the_place_keeps_it),
		TEST(a_lost_place_begins_anew_and_the_second_time_waits),
		TEST(a_cursor_that_is_taken_for_none_is_a_lost_place),
		TEST(a_gap_before_the_place_is_no_place),
		cmocka_unit_test(whatever_happens),
		TEST(posts_without_times_are_all_read_every_time),
		TEST(more_than_a_scan_may_ask_is_no_whole),
		TEST(more_new_posts_than_a_scan_may_ask_for_leave_a_gap),
		TEST(reading_anew_that_does_not_reach_what_was_known_is_no_whole),
		TEST(a_post_of_the_future_is_not_all_that_is_known),
		TEST(what_adds_to_a_list_of_posts_has_its_name),
		cmocka_unit_test(a_page_reaches_as_far_as_its_shortest_strand),
		cmocka_unit_test(a_post_on_several_pages_is_counted_once),
		cmocka_unit_test(marks_are_of_permalinks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
