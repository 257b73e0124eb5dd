/* daemon/life: what is absent, judged list by list; and what is remembered of lists. */
#include "daemon/life.h"

#include "daemon/base/buf.h"
#include "daemon/events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PROFILE "https://a.example/@ada"
#define POSTS   "https://a.example/posts"
#define ISSUES  "https://a.example/issues"
#define NOW_S   INT64_C(1800000000)
#define AGO(n)  (NOW_S - (n)*INT64_C(86400))

struct world {
	struct store *store;
	struct clock clock;
	struct arena *arena;
	char scan[32];
	int scans;
};

static int enter(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	assert_non_null(world);
	assert_int_equal(store_open(":memory:", true, &world->store), 0);
	world->clock = clock_fake(NOW_S * 1000000);
	world->arena = arena_new(16u << 20);
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

static struct finding finding_of(const char *list, enum post_kind kind, int64_t published_s)
{
	return (struct finding){.id = "aa",
		.rule = "rule",
		.title = "a rule",
		.severity = SEVERITY_HIGH,
		.score = 50,
		.profile = PROFILE,
		.page = POSTS,
		.list = list,
		.kind = kind,
		.published_s = published_s,
		.excerpt = "rude"};
}

/* A scan that sees @finding (NULL: nothing) on the page POSTS, and ends with @outcome. */
static void scan(struct world *world, const struct finding *finding, struct outcome outcome)
{
	(void)snprintf(world->scan, sizeof world->scan, "scan-%d", ++world->scans);
	const struct life_options options = {.store = world->store,
		.clock = &world->clock,
		.profile = PROFILE,
		.scan = world->scan,
		.alert_after = 3};
	struct life *life;
	outcome.verdict = VERDICT_OK;
	outcome.proven_all = true;
	outcome.total = -1;
	assert_int_equal(life_begin(&options, &life), 0);
	assert_int_equal(store_begin(world->store), 0);
	assert_int_equal(life_page(life, POSTS), 0);
	if (finding)
		assert_int_equal(life_see(life, finding), 0);
	assert_int_equal(store_commit(world->store), 0);
	assert_int_equal(life_settle(life, &outcome), 0);
	life_end(life);
}

static struct finding stored(struct world *world)
{
	struct finding finding;
	assert_int_equal(store_finding(world->store, world->arena, PROFILE, "aa", &finding), 0);
	return finding;
}

#define N_SHOWN 2

static void absent_where_its_list_shows_it_would_be(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		const char *list; /* of the finding */
		enum post_kind kind;
		int64_t published_s;
		struct shown shown[N_SHOWN]; /* list NULL: no more */
		bool resolves;
	} rows[] = {
		{"all of its list", POSTS, KIND_POST, AGO(9), {{POSTS, .all = true}}, true},
		{"all of its list, without a time", POSTS, KIND_POST, 0, {{POSTS, .all = true}},
			true},
		{"in the head", POSTS, KIND_POST, AGO(9), {{POSTS, .since_s = AGO(9)}}, true},
		{"behind the head", POSTS, KIND_POST, AGO(10), {{POSTS, .since_s = AGO(9)}}, false},
		{"a head, without a time", POSTS, KIND_POST, 0, {{POSTS, .since_s = AGO(9)}},
			false},
		{"behind the head, in the deep part", POSTS, KIND_POST, AGO(60),
			{{POSTS, .since_s = AGO(9), .from_s = AGO(80), .before_s = AGO(50)}}, true},
		{"between head and deep part", POSTS, KIND_POST, AGO(50),
			{{POSTS, .since_s = AGO(9), .from_s = AGO(80), .before_s = AGO(50)}},
			false},
		{"behind the deep part", POSTS, KIND_POST, AGO(81),
			{{POSTS, .since_s = AGO(9), .from_s = AGO(80), .before_s = AGO(50)}},
			false},
		{"a deep part that goes to the end", POSTS, KIND_POST, AGO(9000),
			{{POSTS, .since_s = AGO(9), .from_s = INT64_MIN, .before_s = AGO(50)}},
			true},
		{"a list that was not read", POSTS, KIND_POST, AGO(1), {{POSTS, .all = false}},
			false},
		{"that another list shows less of itself is not its affair", POSTS, KIND_POST,
			AGO(30), {{POSTS, .all = true}, {ISSUES, .since_s = AGO(9)}}, true},
		{"another list shows all, its own does not", POSTS, KIND_POST, AGO(30),
			{{POSTS, .since_s = AGO(9)}, {ISSUES, .all = true}}, false},
		{"what adds to a list shows less of it", POSTS, KIND_POST, AGO(30),
			{{POSTS, .all = true}, {POSTS, .since_s = AGO(9)}}, false},
		{"a list that is not known: in each head", NULL, KIND_POST, AGO(5),
			{{POSTS, .since_s = AGO(20)}, {ISSUES, .since_s = AGO(9)}}, true},
		{"a list that is not known: not in each head", NULL, KIND_POST, AGO(15),
			{{POSTS, .since_s = AGO(20)}, {ISSUES, .since_s = AGO(9)}}, false},
		{"a list that was not asked for", "https://a.example/else", KIND_POST, AGO(15),
			{{POSTS, .since_s = AGO(20)}, {ISSUES, .since_s = AGO(9)}}, false},
		{"a bio, whose page was read anew", NULL, KIND_BIO, 0,
			{{POSTS, .since_s = AGO(20)}}, true},
		{"a follow behind the head of its list", POSTS, KIND_FOLLOW, AGO(30),
			{{POSTS, .since_s = AGO(20)}}, false},
		{"a follow in a list beside one that shows less", ISSUES, KIND_FOLLOW, 0,
			{{POSTS, .since_s = AGO(20)}, {POSTS, .all = true, .key = ISSUES}}, true},
		{"a follow in the head of its list", POSTS, KIND_FOLLOW, AGO(10),
			{{POSTS, .since_s = AGO(20)}}, true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		void *inner;
		(void)enter(&inner);
		struct world *world = inner;
		const struct finding finding =
			finding_of(rows[i].list, rows[i].kind, rows[i].published_s);
		struct shown shown[N_SHOWN];
		size_t count = 0;
		for (; count < N_SHOWN && rows[i].shown[count].list; count++) {
			shown[count] = rows[i].shown[count];
			if (!shown[count].key)
				shown[count].key = shown[count].list;
		}
		const struct outcome outcome = {.shown = shown, .n_shown = count};
		scan(world, &finding, outcome);
		scan(world, NULL, outcome);
		assert_int_equal(stored(world).state, FINDING_OPENED);
		scan(world, NULL, outcome);
		bool resolved = stored(world).state == FINDING_RESOLVED;
		if (resolved != rows[i].resolves)
			fail_msg("%s: %s", rows[i].why, resolved ? "resolved" : "not resolved");
		(void)leave(&inner);
	}
}

static void what_is_pinned_keeps_the_list_it_was_seen_in(void **state)
{
	struct world *world = *state;
	const struct shown shown = {.list = POSTS, .since_s = AGO(9)};
	const struct outcome outcome = {.shown = &shown, .n_shown = 1};
	const struct finding in_list = finding_of(POSTS, KIND_POST, AGO(300));
	const struct finding pinned = finding_of(NULL, KIND_POST, AGO(300));
	scan(world, &in_list, outcome);
	scan(world, &pinned, outcome);
	assert_string_equal(stored(world).list, POSTS);
}

/* What is missing where the next scan will not look again is looked for once more. */
static void a_first_miss_behind_the_window_reads_everything_again(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		int64_t published_s;
		bool all;
		bool again;
	} rows[] = {
		{"behind the window", AGO(30), true, true},
		{"in the window of the next scan", AGO(5), true, false},
		{"without a time", 0, true, true},
		{"not shown to be missing", AGO(30), false, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		void *inner;
		(void)enter(&inner);
		struct world *world = inner;
		const struct finding finding = finding_of(POSTS, KIND_POST, rows[i].published_s);
		const struct list_memory memory = {.rules_digest = "r", .full_s = NOW_S};
		const struct shown shown = {
			.list = POSTS, .all = rows[i].all, .key = POSTS, .memory = &memory};
		const struct outcome outcome = {
			.shown = &shown, .n_shown = 1, .shown_again_s = AGO(14)};
		struct list_memory got;
		scan(world, &finding, outcome);
		assert_int_equal(store_list(world->store, world->arena, PROFILE, POSTS, &got), 0);
		assert_false(got.again);
		scan(world, NULL, outcome);
		assert_int_equal(store_list(world->store, world->arena, PROFILE, POSTS, &got), 0);
		if (got.again != rows[i].again)
			fail_msg("%s: %s", rows[i].why, got.again ? "again" : "not again");
		scan(world, NULL, outcome); /* the second miss resolves it: that is sure enough */
		assert_int_equal(store_list(world->store, world->arena, PROFILE, POSTS, &got), 0);
		assert_false(got.again);
		(void)leave(&inner);
	}
}

static void a_list_is_remembered_whole(void **state)
{
	struct world *world = *state;
	const struct list_memory want = {.rules_digest = "r",
		.full_s = 1,
		.n_posts = 2,
		.n_unscored = 3,
		.window = true,
		.top_s = 4,
		.place = "{}",
		.began_s = 5,
		.back_s = 6,
		.n_read = 7,
		.n_lost = 1,
		.again = true};
	struct list_memory got;
	assert_int_equal(
		store_list(world->store, world->arena, PROFILE, POSTS, &got), STORE_E_NONE);
	assert_int_equal(store_set_list(world->store, PROFILE, POSTS, &want, 9), 0);
	assert_int_equal(store_list(world->store, world->arena, PROFILE, POSTS, &got), 0);
	assert_string_equal(got.rules_digest, "r");
	assert_string_equal(got.place, "{}");
	assert_int_equal(got.full_s, 1);
	assert_int_equal(got.n_posts, 2);
	assert_int_equal(got.n_unscored, 3);
	assert_true(got.window);
	assert_int_equal(got.top_s, 4);
	assert_int_equal(got.began_s, 5);
	assert_int_equal(got.back_s, 6);
	assert_int_equal(got.n_read, 7);
	assert_int_equal(got.n_lost, 1);
	assert_true(got.again);
	assert_int_equal(store_list(world->store, world->arena, "https://b.example/", POSTS, &got),
		STORE_E_NONE);
}

static void lists_do_not_pile_up(void **state)
{
	struct world *world = *state;
	const struct list_memory memory = {.rules_digest = "r"};
	struct list_memory got;
	assert_int_equal(store_set_list(world->store, "https://b.example/", "old", &memory, 0), 0);
	for (int i = 0; i < STORE_LISTS_KEPT + 5; i++) {
		char name[32];
		(void)snprintf(name, sizeof name, "list?random=%d", i);
		assert_int_equal(store_set_list(world->store, PROFILE, name, &memory, i), 0);
	}
	assert_int_equal(store_list(world->store, world->arena, PROFILE, "list?random=4", &got),
		STORE_E_NONE);
	assert_int_equal(store_list(world->store, world->arena, PROFILE, "list?random=5", &got), 0);
	assert_int_equal(
		store_list(world->store, world->arena, "https://b.example/", "old", &got), 0);
}

static void the_event_tells_of_the_history(void **state)
{
	(void)state;
	struct profile_result result = {.url = PROFILE,
		.source = "mastodon",
		.source_why = "because",
		.outcome = {.verdict = VERDICT_TRUNCATED,
			.total = 14000,
			.known = {
				"history: 2,300 of 14,000 posts read", false, 2300, AGO(900), 0}}};
	json_t *event = event_profile(&result);
	const json_t *history = json_object_get(json_object_get(event, "coverage"), "history");
	assert_string_equal(json_string_value(json_object_get(history, "told")),
		"history: 2,300 of 14,000 posts read");
	assert_true(json_is_false(json_object_get(history, "whole")));
	assert_int_equal(json_integer_value(json_object_get(history, "posts")), 2300);
	assert_string_equal(
		json_string_value(json_object_get(history, "oldest")), "2024-07-29T08:00:00Z");
	assert_true(json_is_null(json_object_get(history, "read")));
	json_decref(event);
	result.outcome.known.tell = NULL;
	event = event_profile(&result);
	assert_true(json_is_null(json_object_get(json_object_get(event, "coverage"), "history")));
	json_decref(event);
}

static void numbers_have_commas(void **state)
{
	(void)state;
	static const struct {
		int64_t number;
		const char *shown;
	} rows[] = {{0, "0"}, {999, "999"}, {1000, "1,000"}, {14000, "14,000"},
		{1234567, "1,234,567"}, {-100, "-100"}, {-1000, "-1,000"},
		{INT64_MIN, "-9,223,372,036,854,775,808"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf buf = BUF_INIT(64);
		assert_int_equal(buf_add_number(&buf, rows[i].number), 0);
		assert_string_equal(buf_str(&buf), rows[i].shown);
		buf_release(&buf);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent_where_its_list_shows_it_would_be),
		TEST(what_is_pinned_keeps_the_list_it_was_seen_in),
		cmocka_unit_test(a_first_miss_behind_the_window_reads_everything_again),
		TEST(a_list_is_remembered_whole),
		TEST(lists_do_not_pile_up),
		cmocka_unit_test(the_event_tells_of_the_history),
		cmocka_unit_test(numbers_have_commas),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
