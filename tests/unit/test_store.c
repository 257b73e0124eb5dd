#include "tests/unit/store_room.h"

static void test_profiles(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct profile_state got = {0};
	assert_int_equal(store_profile(store, PROFILE, &got), STORE_E_NONE);
	const struct profile_state want = {
		.next_due_s = 1,
		.last_scan_s = 2,
		.last_full_s = 3,
		.verdict = VERDICT_RATE_LIMITED,
		.verdict_scans = 4,
		.verdict_since_s = 5,
		.unproven_scans = 6,
		.alerted = true,
		.alerted_verdict = VERDICT_BLOCKED,
	};
	const struct profile_state other = {.verdict = VERDICT_OK};
	assert_int_equal(store_set_profile(store, PROFILE, &other), 0);
	assert_int_equal(store_set_profile(store, PROFILE, &want), 0);
	assert_int_equal(store_set_profile(store, OTHER, &other), 0);
	store_close(store);
	store = open_store(room->path);
	assert_int_equal(store_profile(store, PROFILE, &got), 0);
	assert_int_equal(got.next_due_s, 1);
	assert_int_equal(got.last_scan_s, 2);
	assert_int_equal(got.last_full_s, 3);
	assert_int_equal(got.verdict, VERDICT_RATE_LIMITED);
	assert_int_equal(got.verdict_scans, 4);
	assert_int_equal(got.verdict_since_s, 5);
	assert_int_equal(got.unproven_scans, 6);
	assert_true(got.alerted);
	assert_int_equal(got.alerted_verdict, VERDICT_BLOCKED);
	store_close(store);
}

static void test_pages(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct page_memory got;
	const struct page_memory first = {.etag = "\"1\"",
		.last_modified = "yesterday",
		.body_digest = "b",
		.rules_digest = "r",
		.verdict = VERDICT_TRUNCATED,
		.read_s = 10,
		.oldest_s = 9,
		.n_posts = 8,
		.extract = "{}"};
	const struct page_memory next = {
		.rules_digest = "r2", .verdict = VERDICT_EMPTY, .read_s = 11};
	assert_int_equal(store_page(store, room->arena, PROFILE, "u", &got), STORE_E_NONE);
	assert_int_equal(store_set_page(store, PROFILE, "u", &first), 0);
	assert_int_equal(store_page(store, room->arena, OTHER, "u", &got), STORE_E_NONE);
	assert_int_equal(store_page(store, room->arena, PROFILE, "u", &got), 0);
	assert_string_equal(got.etag, "\"1\"");
	assert_string_equal(got.last_modified, "yesterday");
	assert_string_equal(got.body_digest, "b");
	assert_string_equal(got.rules_digest, "r");
	assert_string_equal(got.extract, "{}");
	assert_int_equal(got.verdict, VERDICT_TRUNCATED);
	assert_int_equal(got.read_s, 10);
	assert_int_equal(got.oldest_s, 9);
	assert_int_equal(got.n_posts, 8);
	assert_int_equal(store_set_page(store, PROFILE, "u", &next), 0);
	assert_int_equal(store_page(store, room->arena, PROFILE, "u", &got), 0);
	assert_null(got.etag);
	assert_null(got.extract);
	assert_string_equal(got.rules_digest, "r2");

	/* A page that is only known because a finding stands on it remembers nothing. */
	struct finding finding = make_finding("aa", SEVERITY_HIGH, 50);
	assert_int_equal(store_set_finding(store, &finding), 0);
	assert_int_equal(store_sight(store, PROFILE, "v", "aa"), 0);
	assert_int_equal(store_page(store, room->arena, PROFILE, "v", &got), STORE_E_NONE);
	store_close(store);
}

static void test_pages_do_not_pile_up(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct page_memory page = {.verdict = VERDICT_OK};
	struct page_memory got;
	int64_t stands;
	assert_int_equal(store_set_page(store, OTHER, "other", &page), 0);
	assert_int_equal(store_set_page(store, PROFILE, "steady", &page), 0);
	assert_int_equal(store_begin(store), 0);
	for (int i = 1; i <= 2 * STORE_PAGES_KEPT; i++) {
		char url[64];
		(void)snprintf(url, sizeof url, "page?max_id=%d", i);
		page.read_s = i;
		assert_int_equal(store_set_page(store, PROFILE, url, &page), 0);
		assert_int_equal(store_page_stands(store, PROFILE, "steady", "s", i, &stands), 0);
	}
	assert_int_equal(store_commit(store), 0);
	int64_t count;
	assert_int_equal(store_number(store->db, "SELECT count(*) FROM page", &count), 0);
	assert_int_equal(count, STORE_PAGES_KEPT + 1);
	assert_int_equal(store_page(store, room->arena, PROFILE, "steady", &got), 0);
	assert_int_equal(store_page(store, room->arena, OTHER, "other", &got), 0);
	assert_int_equal(
		store_page(store, room->arena, PROFILE, "page?max_id=1", &got), STORE_E_NONE);
	store_close(store);
}

static void test_a_page_with_an_open_finding_is_not_forgotten(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct page_memory page = {.verdict = VERDICT_OK};
	struct finding open = make_finding("aa", SEVERITY_HIGH, 50);
	struct finding resolved = make_finding("bb", SEVERITY_HIGH, 50);
	struct page_memory got;
	resolved.state = FINDING_RESOLVED;
	assert_int_equal(store_begin(store), 0);
	assert_int_equal(store_set_page(store, PROFILE, "open", &page), 0);
	assert_int_equal(store_set_page(store, PROFILE, "resolved", &page), 0);
	assert_int_equal(store_set_finding(store, &open), 0);
	assert_int_equal(store_set_finding(store, &resolved), 0);
	assert_int_equal(store_sight(store, PROFILE, "open", "aa"), 0);
	assert_int_equal(store_sight(store, PROFILE, "resolved", "bb"), 0);
	for (int i = 1; i <= STORE_PAGES_KEPT; i++) {
		char url[64];
		(void)snprintf(url, sizeof url, "page?max_id=%d", i);
		page.read_s = i;
		assert_int_equal(store_set_page(store, PROFILE, url, &page), 0);
	}
	assert_int_equal(store_commit(store), 0);
	assert_int_equal(store_page(store, room->arena, PROFILE, "open", &got), 0);
	assert_int_equal(store_page(store, room->arena, PROFILE, "resolved", &got), STORE_E_NONE);
	assert_int_equal(store_finding(store, room->arena, PROFILE, "aa", &open), 0);
	assert_true(open.sighted);
	store_close(store);
}

static void assert_same_finding(const struct finding *got, const struct finding *want)
{
	assert_string_equal(got->id, want->id);
	assert_string_equal(got->rule, want->rule);
	assert_string_equal(got->title, want->title);
	assert_int_equal(got->class, want->class);
	assert_string_equal(got->category, want->category);
	assert_int_equal(got->severity, want->severity);
	assert_true(got->score == want->score && got->confidence == want->confidence);
	assert_string_equal(got->profile, want->profile);
	assert_string_equal(got->page, want->page);
	assert_string_equal(got->url, want->url);
	assert_int_equal(got->kind, want->kind);
	assert_int_equal(got->published_s, want->published_s);
	assert_string_equal(got->excerpt, want->excerpt);
	assert_int_equal(got->mark_start, want->mark_start);
	assert_int_equal(got->mark_end, want->mark_end);
	assert_string_equal(got->why, want->why);
	assert_string_equal(got->advice, want->advice);
	assert_string_equal(got->reasons, want->reasons);
	assert_int_equal(got->state, want->state);
	assert_int_equal(got->opened_s, want->opened_s);
	assert_int_equal(got->seen_s, want->seen_s);
	assert_int_equal(got->resolved_s, want->resolved_s);
	assert_int_equal(got->missed, want->missed);
	assert_string_equal(got->scan, want->scan);
	assert_int_equal(got->alerted, want->alerted);
	assert_int_equal(got->asked_s, want->asked_s);
}

static void test_findings(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct finding want = make_finding("aa", SEVERITY_HIGH, 50.25);
	struct finding got;
	assert_int_equal(store_finding(store, room->arena, PROFILE, "aa", &got), STORE_E_NONE);
	assert_int_equal(store_set_finding(store, &want), 0);
	assert_int_equal(store_finding(store, room->arena, PROFILE, "aa", &got), 0);
	assert_same_finding(&got, &want);
	assert_int_equal(store_finding(store, room->arena, OTHER, "aa", &got), STORE_E_NONE);
	assert_int_equal(store_finding(store, room->arena, NULL, "aa", &got), 0);
	assert_same_finding(&got, &want);

	want.state = FINDING_RESOLVED;
	want.resolved_s = 300;
	want.severity = SEVERITY_CRITICAL;
	want.excerpt = "'; DROP TABLE finding; --";
	assert_int_equal(store_set_finding(store, &want), 0);
	assert_int_equal(store_finding(store, room->arena, PROFILE, "aa", &got), 0);
	assert_same_finding(&got, &want);

	want.url = want.page = want.advice = NULL; /* what may be unknown */
	assert_int_equal(store_set_finding(store, &want), 0);
	assert_int_equal(store_finding(store, room->arena, PROFILE, "aa", &got), 0);
	assert_null(got.url);
	assert_null(got.advice);
	store_close(store);
}

struct seen {
	char ids[64];
	struct store *store;
	int stop_at;
	int count;
};

static int note_id(const struct finding *finding, void *userdata)
{
	struct seen *seen = userdata;
	strncat(seen->ids, finding->id, sizeof seen->ids - strlen(seen->ids) - 1);
	if (seen->store) { /* changing what is walked over does not disturb the walk */
		struct finding changed = *finding;
		changed.state = FINDING_RESOLVED;
		changed.severity = SEVERITY_CRITICAL;
		assert_int_equal(store_set_finding(seen->store, &changed), 0);
	}
	seen->count++;
	return seen->count == seen->stop_at ? STORE_E_NONE : 0;
}

static void assert_ids(struct store *store, struct room *room, const char *profile, bool resolved,
	const char *want)
{
	struct seen seen = {0};
	assert_int_equal(
		store_each_finding(store, room->arena, profile, resolved, note_id, &seen), 0);
	assert_string_equal(seen.ids, want);
}

static void test_each_finding(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	const struct {
		const char *id;
		enum severity severity;
		double score;
		enum finding_state state;
		const char *profile;
	} rows[] = {
		{"a", SEVERITY_LOW, 6, FINDING_OPENED, PROFILE},
		{"b", SEVERITY_CRITICAL, 80, FINDING_REOPENED, PROFILE},
		{"c", SEVERITY_CRITICAL, 90, FINDING_OPENED, PROFILE},
		{"d", SEVERITY_HIGH, 50, FINDING_RESOLVED, PROFILE},
		{"e", SEVERITY_MEDIUM, 30, FINDING_OPENED, OTHER},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct finding finding = make_finding(rows[i].id, rows[i].severity, rows[i].score);
		finding.state = rows[i].state;
		finding.profile = rows[i].profile;
		assert_int_equal(store_set_finding(store, &finding), 0);
	}
	assert_ids(store, room, PROFILE, false, "cba");
	assert_ids(store, room, PROFILE, true, "cbda");
	assert_ids(store, room, NULL, false, "cbea");
	assert_ids(store, room, NULL, true, "cbdea");
	assert_ids(store, room, "https://nobody.example/", true, "");

	struct seen stopped = {.stop_at = 2};
	assert_int_equal(store_each_finding(store, room->arena, NULL, true, note_id, &stopped),
		STORE_E_NONE);
	assert_string_equal(stopped.ids, "cb");

	int64_t open;
	assert_int_equal(store_open_findings(store, PROFILE, &open), 0);
	assert_int_equal(open, 3);
	struct seen changing = {.store = store};
	assert_int_equal(
		store_each_finding(store, room->arena, PROFILE, false, note_id, &changing), 0);
	assert_string_equal(changing.ids, "cba");
	assert_ids(store, room, PROFILE, false, "");
	store_close(store);
}

static void test_resolved_ones_are_forgotten(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	for (int i = 0; i < 9; i++) {
		char id[2] = {(char)('a' + i), '\0'};
		struct finding finding = make_finding(id, SEVERITY_LOW, 6);
		finding.state = i < 6 ? FINDING_RESOLVED : FINDING_OPENED;
		finding.resolved_s = i < 6 ? 100 - i : 0;
		assert_int_equal(store_set_finding(store, &finding), 0);
		assert_int_equal(store_sight(store, PROFILE, "u", id), 0);
	}
	assert_int_equal(store_forget_resolved(store, PROFILE, 2), 0);
	assert_ids(store, room, PROFILE, true, "abghi");
	assert_int_equal(store_forget_resolved(store, OTHER, 0), 0);
	assert_ids(store, room, PROFILE, true, "abghi");
	store_close(store);
}

static void test_what_a_page_vouches_for(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	const char *const ids[] = {"a", "b", "c"};
	int64_t stands;
	for (size_t i = 0; i < 3; i++) {
		struct finding finding = make_finding(ids[i], SEVERITY_LOW, 6);
		finding.state = i == 2 ? FINDING_RESOLVED : FINDING_OPENED;
		assert_int_equal(store_set_finding(store, &finding), 0);
		assert_int_equal(store_sight(store, PROFILE, "list", ids[i]), 0);
	}
	assert_int_equal(store_sight(store, PROFILE, "pinned", "a"), 0);
	assert_int_equal(store_sight(store, PROFILE, "pinned", "a"), 0); /* twice is once */

	assert_int_equal(store_page_stands(store, PROFILE, "pinned", "s2", 500, &stands), 0);
	assert_int_equal(stands, 1);
	assert_int_equal(store_page_stands(store, PROFILE, "list", "s2", 501, &stands), 0);
	assert_int_equal(stands, 1); /* "a" was counted already, "c" is resolved */
	struct finding got;
	assert_int_equal(store_finding(store, room->arena, PROFILE, "b", &got), 0);
	assert_int_equal(got.missed, 0);
	assert_int_equal(got.seen_s, 501);
	assert_string_equal(got.scan, "s2");
	assert_int_equal(store_finding(store, room->arena, PROFILE, "c", &got), 0);
	assert_string_equal(got.scan, "scan-1");

	assert_int_equal(store_clear_page(store, PROFILE, "list"), 0);
	assert_int_equal(store_page_stands(store, PROFILE, "list", "s3", 600, &stands), 0);
	assert_int_equal(stands, 0);
	assert_int_equal(store_page_stands(store, PROFILE, "pinned", "s3", 600, &stands), 0);
	assert_int_equal(stands, 1);
	store_close(store);
}

/* ---- alerts and transactions ---- */

static void queue(struct store *store, const char *fields)
{
	assert_int_equal(store_begin(store), 0);
	assert_int_equal(store_queue_alert(store, fields), 0);
	assert_int_equal(store_commit(store), 0);
}

static void test_alerts_in_order(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct queued_alert alert;
	int64_t waiting;
	assert_int_equal(store_next_alert(store, room->arena, &alert), STORE_E_NONE);
	assert_int_equal(store_alerts_waiting(store, &waiting), 0);
	assert_int_equal(waiting, 0);
	assert_int_equal(store_queue_alert(store, "one"), 0); /* by itself */
	assert_false(store_in_transaction(store));
	queue(store, "two");
	store_close(store);

	store = open_store(room->path);
	assert_int_equal(store_alerts_waiting(store, &waiting), 0);
	assert_int_equal(waiting, 2);
	assert_int_equal(store_next_alert(store, room->arena, &alert), 0);
	assert_string_equal(alert.fields, "one");
	int64_t first = alert.number;
	assert_int_equal(store_alert_sent(store, first), 0);
	assert_int_equal(store_alert_sent(store, first), 0); /* again: nothing else is forgotten */
	assert_int_equal(store_next_alert(store, room->arena, &alert), 0);
	assert_string_equal(alert.fields, "two");
	assert_int_equal(store_alert_sent(store, alert.number), 0);
	int64_t second = alert.number;
	assert_int_equal(store_next_alert(store, room->arena, &alert), STORE_E_NONE);
	queue(store, "three");
	assert_int_equal(store_next_alert(store, room->arena, &alert), 0);
	assert_true(alert.number > second); /* numbers are not used again */
	store_close(store);
}

static void test_whole_or_not_at_all(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct queued_alert alert;
	struct finding finding = make_finding("aa", SEVERITY_HIGH, 50);
	store_rollback(store); /* nothing to take back */
	assert_int_equal(store_begin(store), 0);
	assert_true(store_in_transaction(store));
	assert_int_equal(store_begin(store), -EINVAL);
	assert_int_equal(store_set_finding(store, &finding), 0);
	assert_int_equal(store_queue_alert(store, "{}"), 0);
	assert_int_equal(store_next_alert(store, room->arena, &alert), -EBUSY);
	assert_int_equal(store_alert_sent(store, 1), -EINVAL);
	assert_true(store_in_transaction(store)); /* still ours */
	store_rollback(store);
	assert_false(store_in_transaction(store));
	assert_int_equal(store_next_alert(store, room->arena, &alert), STORE_E_NONE);
	assert_ids(store, room, NULL, true, "");
	store_close(store);
}

static int sum_hosts(const struct pace_row *row, void *userdata)
{
	int64_t *sum = userdata;
	*sum += row->retry_at_s * (row->origin[8] == 'a' ? 1 : 10) + row->failures;
	*sum += 1000 * row->ready_s + 10000 * row->used_since_s + 100000 * row->n_used;
	return row->failures == 99 ? STORE_E_NONE : 0;
}

static int set_host(struct store *store, const char *origin, int64_t retry_at_s, int64_t failures)
{
	const struct pace_row row = {
		.origin = origin, .retry_at_s = retry_at_s, .failures = failures};
	return store_set_pace(store, &row);
}

static void test_hosts(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	int64_t sum = 0;
	assert_int_equal(set_host(store, "https://a.example", 100, 1), 0);
	assert_int_equal(set_host(store, "https://a.example", 200, 2), 0);
	assert_int_equal(set_host(store, "https://b.example", 5, 3), 0);
	assert_int_equal(store_each_pace(store, room->arena, sum_hosts, &sum), 0);
	assert_int_equal(sum, 200 + 2 + 50 + 3);
	assert_int_equal(set_host(store, "https://a.example", 0, 0), 0);
	sum = 0;
	assert_int_equal(store_each_pace(store, room->arena, sum_hosts, &sum), 0);
	assert_int_equal(sum, 53);
	assert_int_equal(set_host(store, "https://b.example", 0, 99), 0);
	assert_int_equal(store_each_pace(store, room->arena, sum_hosts, &sum), STORE_E_NONE);
	sum = 0;
	const struct pace_row all = {"https://a.example", 1, 2, 3, 4, 5};
	assert_int_equal(set_host(store, "https://b.example", 0, 0), 0);
	assert_int_equal(store_set_pace(store, &all), 0);
	assert_int_equal(store_each_pace(store, room->arena, sum_hosts, &sum), 0);
	assert_int_equal(sum, 1 + 2 + 3000 + 40000 + 500000);
	store_close(store);
}

static void test_foreign_values(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct finding finding = make_finding("aa", SEVERITY_HIGH, 50);
	struct finding got;
	assert_int_equal(store_set_finding(store, &finding), 0);
	assert_int_equal(store_exec(store->db, "UPDATE finding SET kind = 4711"), 0);
	assert_int_equal(store_finding(store, room->arena, PROFILE, "aa", &got), -EUCLEAN);
	assert_int_equal(store_exec(store->db, "UPDATE finding SET kind = -1"), 0);
	assert_int_equal(store_finding(store, room->arena, PROFILE, "aa", &got), -EUCLEAN);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_profiles),
		TEST(test_pages),
		TEST(test_pages_do_not_pile_up),
		TEST(test_a_page_with_an_open_finding_is_not_forgotten),
		TEST(test_findings),
		TEST(test_each_finding),
		TEST(test_resolved_ones_are_forgotten),
		TEST(test_what_a_page_vouches_for),
		TEST(test_alerts_in_order),
		TEST(test_whole_or_not_at_all),
		TEST(test_hosts),
		TEST(test_foreign_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
