#include "daemon/base/limits.h"
#include "daemon/life.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PROFILE  "https://mastodon.example/@ada"
#define LIST     PROFILE "/outbox"
#define PINNED   PROFILE "/pinned"
#define DAY_S    86400
#define DAY_ONE  1750000000
#define N_EVENTS 64

/* A store in memory, a clock that stands, and scans that a test makes of one profile. */
struct world {
	struct store *store;
	struct clock clock;
	struct life *life;
	struct shown shown; /* by outcome_of() */
	struct arena *arena;
	enum severity alert_at;
	enum post_kind kind; /* of what is seen */
	int scans;
	char scan[32];
	char told[N_EVENTS *
		  32]; /* events that were queued since the last look, parted by spaces */
};

static int enter(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	assert_non_null(world);
	world->clock = clock_fake((int64_t)DAY_ONE * 1000000);
	world->alert_at = SEVERITY_LOW;
	world->arena = arena_new(64u << 20);
	assert_non_null(world->arena);
	assert_int_equal(store_open(":memory:", true, &world->store), 0);
	*state = world;
	return 0;
}

static int leave(void **state)
{
	struct world *world = *state;
	life_end(world->life);
	store_close(world->store);
	arena_free(world->arena);
	free(world);
	return 0;
}

static void begin_scan(struct world *world)
{
	world->clock.fake_us += (int64_t)DAY_S * 1000000;
	(void)snprintf(world->scan, sizeof world->scan, "scan-%d", ++world->scans);
	const struct life_options options = {
		.store = world->store,
		.clock = &world->clock,
		.profile = PROFILE,
		.scan = world->scan,
		.alert_at = world->alert_at,
		.alert_after = 3,
	};
	world->life = life_end(world->life);
	assert_int_equal(life_begin(&options, &world->life), 0);
}

/* One list, of which all is shown, or under TRUNCATED what was published from @oldest_s on. */
static struct outcome outcome_of(struct world *world, enum verdict verdict, int64_t oldest_s)
{
	world->shown = (struct shown){.list = PROFILE "/list",
		.key = PROFILE "/list",
		.all = verdict != VERDICT_TRUNCATED,
		.since_s = oldest_s};
	return (struct outcome){
		.verdict = verdict,
		.oldest_s = oldest_s,
		.n_posts = 20,
		.total = -1,
		.next_due_s = DAY_ONE,
		.proven_all = verdict_proves(verdict),
		.shown = &world->shown,
		.n_shown = 1,
	};
}

static void settle(struct world *world, enum verdict verdict, int64_t oldest_s)
{
	const struct outcome outcome = outcome_of(world, verdict, oldest_s);
	assert_int_equal(life_settle(world->life, &outcome), 0);
	assert_false(store_in_transaction(world->store));
}

/* What a post's finding is called in these tests: its text. */
struct sighting {
	const char *text;
	const char *page;
	enum severity severity;
	int64_t published_s;
	const char *url;
};

static void id_of(const char *text, struct digest *ret)
{
	struct digest same;
	assert_int_equal(life_text(text, strlen(text), &same), 0);
	assert_int_equal(life_identity("rule", PROFILE, &same, ret), 0);
}

static void see(struct world *world, const struct sighting *sighting)
{
	struct digest id;
	id_of(sighting->text, &id);
	const struct finding finding = {
		.id = id.hex,
		.rule = "rule",
		.title = "a rule",
		.severity = sighting->severity,
		.score = 50,
		.profile = PROFILE,
		.page = sighting->page ? sighting->page : LIST,
		.url = sighting->url,
		.kind = world->kind,
		.published_s = sighting->published_s,
		.excerpt = sighting->text,
	};
	assert_int_equal(life_see(world->life, &finding), 0);
}

static void read_page(
	struct world *world, const char *page, const struct sighting *sightings, size_t count)
{
	assert_int_equal(store_begin(world->store), 0);
	assert_int_equal(life_page(world->life, page), 0);
	for (size_t i = 0; i < count; i++)
		see(world, &sightings[i]);
	assert_int_equal(store_commit(world->store), 0);
}

static void unchanged_page(struct world *world, const char *page)
{
	assert_int_equal(store_begin(world->store), 0);
	assert_int_equal(life_unchanged(world->life, page), 0);
	assert_int_equal(store_commit(world->store), 0);
}

static const struct sighting rude = {
	.text = "rude", .severity = SEVERITY_HIGH, .published_s = DAY_ONE};

/* One whole scan that shows @count posts on one page. */
static void scan(struct world *world, const struct sighting *sightings, size_t count)
{
	begin_scan(world);
	read_page(world, LIST, sightings, count);
	settle(world, VERDICT_OK, 0);
}

/* Take all queued alerts; *@ret_summaries counts the scans' summaries, the others stand in
 * world->told. */
static void take_alerts(struct world *world, int *ret_summaries)
{
	struct queued_alert alert;
	int r;
	world->told[0] = '\0';
	*ret_summaries = 0;
	while ((r = store_next_alert(world->store, world->arena, &alert)) == 0) {
		json_t *fields = json_loads(alert.fields, 0, NULL);
		assert_non_null(fields);
		const char *event = json_string_value(json_object_get(fields, "DIRTWATCH_EVENT"));
		assert_non_null(event);
		assert_string_equal(
			json_string_value(json_object_get(fields, "DIRTWATCH_PROFILE")), PROFILE);
		if (strcmp(event, "scan-summary") == 0) {
			++*ret_summaries;
		} else {
			strcat(strcat(world->told, world->told[0] ? " " : ""), event);
		}
		json_decref(fields);
		assert_int_equal(store_alert_sent(world->store, alert.number), 0);
	}
	assert_int_equal(r, STORE_E_NONE);
}

#define assert_told(world, want)                          \
	do {                                              \
		int told_summaries;                       \
		take_alerts(world, &told_summaries);      \
		assert_string_equal((world)->told, want); \
	} while (0)

static struct finding stored(struct world *world, const char *text)
{
	struct digest id;
	struct finding finding;
	id_of(text, &id);
	assert_int_equal(store_finding(world->store, world->arena, PROFILE, id.hex, &finding), 0);
	return finding;
}

static void assert_counts(
	const struct world *world, size_t opened, size_t reopened, size_t resolved, size_t standing)
{
	struct life_counts counts = life_counts(world->life);
	assert_int_equal(counts.opened, opened);
	assert_int_equal(counts.reopened, reopened);
	assert_int_equal(counts.resolved, resolved);
	assert_int_equal(counts.standing, standing);
}

/* ---- identity ---- */

struct identity_case {
	const char *name;
	const char *a;
	const char *b;
	bool same;
};

static const struct identity_case identity_cases[] = {
	{"equal", "so rude", "so rude", true},
	{"another word", "so rude", "so nude", false},
	{"re-spaced", "so rude", "  so\n\n\trude \r\n", true},
	{"no-break and ideographic space", "so rude", "so\xc2\xa0\xe3\x80\x80rude", true},
	{"line separator", "so rude", "so\xe2\x80\xa8rude", true},
	{"a word parted is another text", "so rude", "so ru de", false},
	{"case", "so rude", "SO Rude", true},
	{"sharp s",
		"stra\xc3\x9f"
		"e",
		"STRASSE", true},
	{"composed and decomposed", "caf\xc3\xa9", "cafe\xcc\x81", true},
	{"full-width letters", "rude", "\xef\xbd\x92\xef\xbd\x95\xef\xbd\x84\xef\xbd\x85", true},
	{"zero-width space is never shown", "rude",
		"ru\xe2\x80\x8b"
		"de",
		true},
	{"an accent is a letter's", "cafe", "caf\xc3\xa9", false},
	{"malformed bytes are still a text", "rude \xff", "rude \xfe", true},
	{"empty", "", " \n", true},
};

static void test_identity(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof identity_cases / sizeof identity_cases[0]; i++) {
		const struct identity_case *row = &identity_cases[i];
		struct digest a;
		struct digest b;
		assert_int_equal(life_text(row->a, strlen(row->a), &a), 0);
		assert_int_equal(life_text(row->b, strlen(row->b), &b), 0);
		if ((strcmp(a.hex, b.hex) == 0) != row->same)
			fail_msg("%s", row->name);
	}
}

static void test_identity_parts(void **state)
{
	(void)state;
	struct digest text;
	struct digest ids[4];
	assert_int_equal(life_text("x", 1, &text), 0);
	assert_int_equal(life_identity("rule", PROFILE, &text, &ids[0]), 0);
	assert_int_equal(life_identity("rule2", PROFILE, &text, &ids[1]), 0);
	assert_int_equal(life_identity("rule", PROFILE "2", &text, &ids[2]), 0);
	assert_int_equal(life_identity("rule", PROFILE, &text, &ids[3]), 0);
	assert_string_not_equal(ids[0].hex, ids[1].hex);
	assert_string_not_equal(ids[0].hex, ids[2].hex);
	assert_string_equal(ids[0].hex, ids[3].hex);
}

/* The worst texts that fit into a post: both took a second or overflowed a ceiling once. */
static void test_identity_of_hostile_text(void **state)
{
	(void)state;
	static const char *const pieces[] = {
		"\xcc\x81\xcc\x96", /* two marks that must change places, again and again */
		"\xef\xb7\xba",     /* eighteen letters in one character */
		"\xff",
		" ",
	};
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		size_t piece = strlen(pieces[i]);
		size_t count = LIMIT_POST_TEXT_B / piece;
		char *text = malloc(count * piece);
		struct digest id;
		assert_non_null(text);
		for (size_t k = 0; k < count; k++)
			memcpy(text + k * piece, pieces[i], piece);
		assert_int_equal(life_text(text, count * piece, &id), 0);
		free(text);
	}
}

/* ---- findings ---- */

static void test_opened_once(void **state)
{
	struct world *world = *state;
	scan(world, &rude, 1);
	assert_counts(world, 1, 0, 0, 0);
	assert_told(world, "finding-opened");
	scan(world, &rude, 1);
	assert_counts(world, 0, 0, 0, 1);
	assert_told(world, "");
	struct finding finding = stored(world, "rude");
	assert_int_equal(finding.state, FINDING_OPENED);
	assert_int_equal(finding.opened_s, DAY_ONE + DAY_S);
	assert_int_equal(finding.seen_s, DAY_ONE + 2 * DAY_S);
	assert_string_equal(finding.scan, "scan-2");
}

static void test_seen_twice_in_a_scan(void **state)
{
	struct world *world = *state;
	const struct sighting twice[] = {rude, rude};
	scan(world, twice, 2);
	assert_counts(world, 1, 0, 0, 0);
	assert_told(world, "finding-opened");
	scan(world, twice, 2);
	assert_counts(world, 0, 0, 0, 1);
}

static void test_resolved_after_two(void **state)
{
	struct world *world = *state;
	scan(world, &rude, 1);
	scan(world, NULL, 0);
	assert_told(world, "finding-opened");
	assert_int_equal(stored(world, "rude").missed, 1);
	scan(world, NULL, 0);
	assert_counts(world, 0, 0, 1, 0);
	assert_told(world, "finding-resolved");
	assert_int_equal(stored(world, "rude").state, FINDING_RESOLVED);
	assert_int_equal(stored(world, "rude").resolved_s, DAY_ONE + 3 * DAY_S);
	scan(world, NULL, 0);
	assert_counts(world, 0, 0, 0, 0);
	assert_told(world, "");
}

static void test_a_miss_between_is_forgotten(void **state)
{
	struct world *world = *state;
	scan(world, &rude, 1);
	scan(world, NULL, 0);
	scan(world, &rude, 1);
	scan(world, NULL, 0);
	assert_told(world, "finding-opened");
	assert_int_equal(stored(world, "rude").state, FINDING_OPENED);
}

static void test_reopened(void **state)
{
	struct world *world = *state;
	scan(world, &rude, 1);
	scan(world, NULL, 0);
	scan(world, NULL, 0);
	assert_told(world, "finding-opened finding-resolved");
	scan(world, &rude, 1);
	assert_counts(world, 0, 1, 0, 0);
	assert_told(world, "finding-reopened");
	struct finding finding = stored(world, "rude");
	assert_int_equal(finding.state, FINDING_REOPENED);
	assert_int_equal(finding.opened_s, DAY_ONE + DAY_S);
	assert_int_equal(finding.resolved_s, 0);
	scan(world, &rude, 1);
	assert_told(world, "");
	scan(world, NULL, 0);
	scan(world, NULL, 0);
	assert_told(world, "finding-resolved");
}

static void test_an_edit_opens_anew(void **state)
{
	struct world *world = *state;
	const struct sighting edited = {
		.text = "rude, sorry", .severity = SEVERITY_HIGH, .published_s = DAY_ONE};
	scan(world, &rude, 1);
	scan(world, &edited, 1);
	assert_told(world, "finding-opened finding-opened");
	scan(world, &edited, 1);
	assert_told(world, "finding-resolved");
	assert_int_equal(stored(world, "rude").state, FINDING_RESOLVED);
	assert_int_equal(stored(world, "rude, sorry").state, FINDING_OPENED);
}

/* Which outcomes leave a finding that was not seen as it is: two scans each. */
struct absence_case {
	const char *name;
	enum verdict verdict;
	bool failed; /* a page of it failed */
	int64_t oldest_s;
	int64_t published_s; /* of the finding's post */
	bool resolves;
};

static const struct absence_case absence_cases[] = {
	{"all was read", VERDICT_OK, false, 0, DAY_ONE, true},
	{"all was read, the post had no time", VERDICT_OK, false, 0, 0, true},
	{"all was read but for a page", VERDICT_OK, true, 0, DAY_ONE, false},
	{"nothing has changed since it was gone", VERDICT_UNCHANGED, false, 0, DAY_ONE, true},
	{"the account is empty", VERDICT_EMPTY, false, 0, DAY_ONE, true},
	{"inside the window", VERDICT_TRUNCATED, false, DAY_ONE - 1, DAY_ONE, true},
	{"at the window's edge", VERDICT_TRUNCATED, false, DAY_ONE, DAY_ONE, true},
	{"older than the window", VERDICT_TRUNCATED, false, DAY_ONE + 1, DAY_ONE, false},
	{"a window, and a post without a time", VERDICT_TRUNCATED, false, DAY_ONE - 1, 0, false},
	{"a window without times", VERDICT_TRUNCATED, false, 0, DAY_ONE, false},
	{"inside the window, but a page failed", VERDICT_TRUNCATED, true, DAY_ONE - 1, DAY_ONE,
		false},
	{"not found", VERDICT_NOT_FOUND, false, 0, DAY_ONE, false},
	{"gone", VERDICT_GONE, false, 0, DAY_ONE, false},
	{"suspended", VERDICT_SUSPENDED, false, 0, DAY_ONE, false},
	{"login wall", VERDICT_LOGIN_WALL, false, 0, DAY_ONE, false},
	{"network error", VERDICT_NETWORK_ERROR, false, 0, DAY_ONE, false},
	{"parse drift", VERDICT_PARSE_DRIFT, false, 0, DAY_ONE, false},
	{"unread", VERDICT_UNREAD, false, 0, DAY_ONE, false},
	{"a lie: all proven by a wall", VERDICT_BLOCKED, false, 0, DAY_ONE, false},
};

static void test_absences(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof absence_cases / sizeof absence_cases[0]; i++) {
		const struct absence_case *row = &absence_cases[i];
		void *inner;
		(void)enter(&inner);
		struct world *world = inner;
		const struct sighting post = {
			.text = "rude", .severity = SEVERITY_HIGH, .published_s = row->published_s};
		scan(world, &post, 1);
		struct outcome outcome = outcome_of(world, row->verdict, row->oldest_s);
		outcome.proven_all =
			row->verdict == VERDICT_BLOCKED || (outcome.proven_all && !row->failed);
		for (int k = 0; k < 2; k++) {
			begin_scan(world);
			assert_int_equal(life_settle(world->life, &outcome), 0);
		}
		bool resolved = stored(world, "rude").state == FINDING_RESOLVED;
		if (resolved != row->resolves)
			fail_msg("%s: %s", row->name, resolved ? "resolved" : "not resolved");
		(void)leave(&inner);
	}
}

/* What makes a follow, which is not seen any more, one that was taken back. */
struct act_case {
	const char *name;
	enum verdict verdict;
	int64_t oldest_s;    /* of the posts */
	int64_t published_s; /* of the act */
	enum post_kind kind;
	bool cut; /* not all interactions were shown */
	bool resolves;
};

static const struct act_case act_cases[] = {
	{"all were read", VERDICT_OK, 0, 0, KIND_FOLLOW, false, true},
	{"not all were read", VERDICT_OK, 0, 0, KIND_FOLLOW, true, false},
	{"older than the window of posts", VERDICT_TRUNCATED, DAY_ONE + 1, DAY_ONE, KIND_LIKE,
		false, true},
	{"inside that window, which is not theirs", VERDICT_TRUNCATED, DAY_ONE - 1, DAY_ONE,
		KIND_LIKE, true, false},
	{"the profile is blocked", VERDICT_BLOCKED, 0, 0, KIND_STAR, false, false},
};

static void test_absent_interactions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof act_cases / sizeof act_cases[0]; i++) {
		const struct act_case *row = &act_cases[i];
		void *inner;
		(void)enter(&inner);
		struct world *world = inner;
		const struct sighting act = {
			.text = "", .severity = SEVERITY_LOW, .published_s = row->published_s};
		world->kind = row->kind;
		scan(world, &act, 1);
		struct outcome outcome = outcome_of(world, row->verdict, row->oldest_s);
		outcome.interactions_cut = row->cut;
		for (int k = 0; k < 2; k++) {
			begin_scan(world);
			assert_int_equal(life_settle(world->life, &outcome), 0);
		}
		bool resolved = stored(world, "").state == FINDING_RESOLVED;
		if (resolved != row->resolves)
			fail_msg("%s: %s", row->name, resolved ? "resolved" : "not resolved");
		(void)leave(&inner);
	}
}

static void test_unproven_scans_between_do_not_count(void **state)
{
	struct world *world = *state;
	scan(world, &rude, 1);
	scan(world, NULL, 0);
	for (int i = 0; i < 2; i++) {
		begin_scan(world);
		settle(world, VERDICT_NETWORK_ERROR, 0);
	}
	assert_int_equal(stored(world, "rude").missed, 1);
	scan(world, NULL, 0);
	assert_told(world, "finding-opened finding-resolved");
}

static void test_crash_before_settling(void **state)
{
	struct world *world = *state;
	begin_scan(world);
	read_page(world, LIST, &rude, 1);
	assert_told(world, "finding-opened"); /* stored, and so told, page by page */
	scan(world, &rude, 1);
	assert_counts(world, 0, 0, 0, 1);
	begin_scan(world); /* nothing was read yet when it died: no absence is counted */
	scan(world, NULL, 0);
	assert_int_equal(stored(world, "rude").missed, 1);
}

/* ---- unchanged pages ---- */

static void test_unchanged_page(void **state)
{
	struct world *world = *state;
	scan(world, &rude, 1);
	assert_told(world, "finding-opened");
	for (int i = 0; i < 3; i++) {
		begin_scan(world);
		unchanged_page(world, LIST);
		assert_counts(world, 0, 0, 0, 1);
		settle(world, VERDICT_UNCHANGED, 0);
	}
	assert_told(world, "");
	assert_int_equal(stored(world, "rude").seen_s, DAY_ONE + 4 * DAY_S);
}

/* A post in the list and among the pinned ones stands as long as either page holds it. */
static void test_two_pages_hold_it(void **state)
{
	struct world *world = *state;
	struct sighting pinned = rude;
	pinned.page = PINNED;
	begin_scan(world);
	read_page(world, PINNED, &pinned, 1);
	read_page(world, LIST, &rude, 1);
	settle(world, VERDICT_OK, 0);
	for (int i = 0; i < 3; i++) { /* the list goes on to other posts */
		begin_scan(world);
		unchanged_page(world, PINNED);
		read_page(world, LIST, NULL, 0);
		settle(world, VERDICT_OK, 0);
	}
	assert_told(world, "finding-opened");
	begin_scan(world); /* unpinned: the list is unchanged, but it stands there no more */
	read_page(world, PINNED, NULL, 0);
	unchanged_page(world, LIST);
	settle(world, VERDICT_OK, 0);
	begin_scan(world);
	unchanged_page(world, PINNED);
	unchanged_page(world, LIST);
	settle(world, VERDICT_UNCHANGED, 0);
	assert_told(world, "finding-resolved");
}

static void test_edited_then_unchanged(void **state)
{
	struct world *world = *state;
	scan(world, &rude, 1);
	begin_scan(world);
	read_page(world, LIST, NULL, 0);
	const struct outcome failed = {.verdict = VERDICT_OK, .total = -1};
	assert_int_equal(
		life_settle(world->life, &failed), 0); /* another page failed: not counted */
	for (int i = 0; i < 2; i++) {
		begin_scan(world);
		unchanged_page(world, LIST);
		settle(world, VERDICT_UNCHANGED, 0);
	}
	assert_told(world, "finding-opened finding-resolved");
}

/* ---- severity and threshold ---- */

static void test_threshold(void **state)
{
	struct world *world = *state;
	world->alert_at = SEVERITY_HIGH;
	struct sighting post = rude;
	post.severity = SEVERITY_MEDIUM;
	scan(world, &post, 1);
	assert_counts(world, 1, 0, 0, 0);
	assert_told(world, "");
	post.severity = SEVERITY_HIGH; /* the rules have changed */
	scan(world, &post, 1);
	assert_told(world, "finding-opened");
	assert_int_equal(stored(world, "rude").severity, SEVERITY_HIGH);
	post.severity = SEVERITY_CRITICAL;
	scan(world, &post, 1);
	post.severity = SEVERITY_LOW;
	scan(world, &post, 1);
	post.severity = SEVERITY_CRITICAL;
	scan(world, &post, 1);
	assert_told(world, ""); /* it crossed the threshold once */
	scan(world, NULL, 0);
	scan(world, NULL, 0);
	assert_told(world, "finding-resolved");
}

static void test_never_told_never_taken_back(void **state)
{
	struct world *world = *state;
	world->alert_at = SEVERITY_HIGH;
	struct sighting post = rude;
	post.severity = SEVERITY_LOW;
	scan(world, &post, 1);
	scan(world, NULL, 0);
	scan(world, NULL, 0);
	assert_int_equal(stored(world, "rude").state, FINDING_RESOLVED);
	scan(world, &post, 1);
	assert_told(world, "");
	assert_int_equal(stored(world, "rude").state, FINDING_REOPENED);
	post.severity = SEVERITY_HIGH;
	scan(world, &post, 1);
	assert_told(world, "finding-opened");
}

static void test_threshold_comes_down(void **state)
{
	struct world *world = *state;
	world->alert_at = SEVERITY_CRITICAL;
	scan(world, &rude, 1);
	assert_told(world, "");
	world->alert_at = SEVERITY_LOW;
	for (int i = 0; i < 2; i++) {
		begin_scan(world);
		unchanged_page(world, LIST);
		settle(world, VERDICT_UNCHANGED, 0);
	}
	assert_told(world, "finding-opened");
}

/* ---- permalinks ---- */

static void test_permalink_gone(void **state)
{
	struct world *world = *state;
	struct digest id;
	id_of("rude", &id);
	scan(world, &rude, 1);
	begin_scan(world);
	assert_int_equal(life_gone(world->life, id.hex), 0);
	assert_counts(world, 0, 0, 1, 0);
	assert_int_equal(life_gone(world->life, id.hex), 0); /* already */
	assert_int_equal(life_gone(world->life, "unknown"), 0);
	settle(world, VERDICT_TRUNCATED, 0);
	assert_counts(world, 0, 0, 1, 0);
	assert_told(world, "finding-opened finding-resolved");
}

struct asked {
	char texts[64];
	int stop_at;
	int count;
};

static int note_asked(const struct finding *finding, void *userdata)
{
	struct asked *asked = userdata;
	strcat(strcat(asked->texts, finding->excerpt), " ");
	return ++asked->count == asked->stop_at ? -EIO : 0;
}

static void assert_doubtful(struct world *world, enum verdict verdict, size_t max, const char *want)
{
	struct asked asked = {0};
	const struct outcome outcome = outcome_of(world, verdict, DAY_ONE);
	assert_int_equal(life_doubtful(world->life, &outcome, max, note_asked, &asked), 0);
	assert_string_equal(asked.texts, want);
}

static void test_doubtful(void **state)
{
	struct world *world = *state;
	const struct sighting posts[] = {
		{"low", LIST, SEVERITY_LOW, DAY_ONE - 9, "https://p.example/low"},
		{"critical", LIST, SEVERITY_CRITICAL, DAY_ONE - 9, "https://p.example/critical"},
		{"unlinked", LIST, SEVERITY_CRITICAL, DAY_ONE - 9, NULL},
		{"high", LIST, SEVERITY_HIGH, DAY_ONE + 9, "https://p.example/high"},
		{"seen", LIST, SEVERITY_HIGH, DAY_ONE + 9, "https://p.example/seen"},
	};
	scan(world, posts, 5);
	begin_scan(world);
	read_page(world, LIST, &posts[4], 1);
	assert_doubtful(world, VERDICT_NETWORK_ERROR, 5, "");
	assert_doubtful(world, VERDICT_TRUNCATED, 0, "");
	assert_doubtful(world, VERDICT_TRUNCATED, 2, "critical high ");
	begin_scan(world);
	read_page(world, LIST, &posts[4], 1);
	assert_doubtful(
		world, VERDICT_TRUNCATED, 2, "low critical "); /* those not asked come first */
	begin_scan(world);
	assert_doubtful(world, VERDICT_OK, 9, "seen high critical low ");

	struct asked stopped = {.stop_at = 1};
	const struct outcome outcome = outcome_of(world, VERDICT_OK, 0);
	assert_int_equal(life_doubtful(world->life, &outcome, 9, note_asked, &stopped), -EIO);
	assert_int_equal(stopped.count, 1);
}

/* ---- the state of the profile ---- */

struct state_case {
	const char *name;
	enum verdict verdicts[12];
	int count;
	const char *told; /* one letter a scan: u unverified, r recovered, - nothing */
};

static const struct state_case state_cases[] = {
	{"told at the third in a row, once",
		{VERDICT_OK, VERDICT_BLOCKED, VERDICT_BLOCKED, VERDICT_BLOCKED, VERDICT_BLOCKED}, 5,
		"---u-"},
	{"recovery told once",
		{VERDICT_BLOCKED, VERDICT_BLOCKED, VERDICT_BLOCKED, VERDICT_OK, VERDICT_OK}, 5,
		"--ur-"},
	{"any proof is a recovery",
		{VERDICT_BLOCKED, VERDICT_BLOCKED, VERDICT_BLOCKED, VERDICT_TRUNCATED}, 4, "--ur"},
	{"never told, nothing to recover from",
		{VERDICT_BLOCKED, VERDICT_BLOCKED, VERDICT_OK, VERDICT_BLOCKED, VERDICT_BLOCKED}, 5,
		"-----"},
	{"whatever stands in the way each time",
		{VERDICT_NETWORK_ERROR, VERDICT_SERVER_ERROR, VERDICT_NETWORK_ERROR,
			VERDICT_SERVER_ERROR},
		4, "--u-"},
	{"another state that stands as long is told",
		{VERDICT_BLOCKED, VERDICT_BLOCKED, VERDICT_BLOCKED, VERDICT_SUSPENDED,
			VERDICT_SUSPENDED, VERDICT_SUSPENDED, VERDICT_SUSPENDED, VERDICT_EMPTY},
		8, "--u--u-r"},
	{"told again after a recovery",
		{VERDICT_GONE, VERDICT_GONE, VERDICT_GONE, VERDICT_OK, VERDICT_GONE, VERDICT_GONE,
			VERDICT_GONE},
		7, "--ur--u"},
};

static char told_letter(struct world *world)
{
	int summaries;
	take_alerts(world, &summaries);
	assert_int_equal(summaries, 1);
	if (strcmp(world->told, "profile-unverified") == 0)
		return 'u';
	if (strcmp(world->told, "profile-recovered") == 0)
		return 'r';
	return world->told[0] ? '?' : '-';
}

static void test_states(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof state_cases / sizeof state_cases[0]; i++) {
		const struct state_case *row = &state_cases[i];
		char told[13] = "";
		void *inner;
		(void)enter(&inner);
		struct world *world = inner;
		for (int k = 0; k < row->count; k++) {
			begin_scan(world);
			settle(world, row->verdicts[k], 0);
			told[k] = told_letter(world);
		}
		if (strcmp(told, row->told) != 0)
			fail_msg("%s: %s, wanted %s", row->name, told, row->told);
		(void)leave(&inner);
	}
}

static void test_state_is_stored(void **state)
{
	struct world *world = *state;
	struct profile_state stands;
	begin_scan(world);
	settle(world, VERDICT_OK, 0);
	assert_int_equal(store_profile(world->store, PROFILE, &stands), 0);
	assert_int_equal(stands.last_full_s, DAY_ONE + DAY_S);
	assert_int_equal(stands.next_due_s, DAY_ONE);
	for (int i = 0; i < 2; i++) {
		begin_scan(world);
		settle(world, VERDICT_RATE_LIMITED, 0);
	}
	assert_int_equal(store_profile(world->store, PROFILE, &stands), 0);
	assert_int_equal(stands.last_full_s, DAY_ONE + DAY_S);
	assert_int_equal(stands.last_scan_s, DAY_ONE + 3 * DAY_S);
	assert_int_equal(stands.verdict, VERDICT_RATE_LIMITED);
	assert_int_equal(stands.verdict_scans, 2);
	assert_int_equal(stands.verdict_since_s, DAY_ONE + 2 * DAY_S);
}

/* The first verdict of the enum is not mistaken for one that stood before the first scan. */
static void test_first_scan(void **state)
{
	struct world *world = *state;
	struct profile_state stands;
	begin_scan(world);
	settle(world, VERDICT_OK, 0);
	assert_int_equal(store_profile(world->store, PROFILE, &stands), 0);
	assert_int_equal(stands.verdict_scans, 1);
	assert_int_equal(stands.verdict_since_s, DAY_ONE + DAY_S);
}

/* ---- the summary ---- */

static json_t *only_summary(struct world *world)
{
	struct queued_alert alert;
	json_t *found = NULL;
	while (store_next_alert(world->store, world->arena, &alert) == 0) {
		json_t *fields = json_loads(alert.fields, 0, NULL);
		if (strcmp(json_string_value(json_object_get(fields, "DIRTWATCH_EVENT")),
			    "scan-summary") == 0) {
			assert_null(found);
			found = fields;
		} else {
			json_decref(fields);
		}
		assert_int_equal(store_alert_sent(world->store, alert.number), 0);
	}
	assert_non_null(found);
	return found;
}

static const char *field(const json_t *fields, const char *name)
{
	const char *text = json_string_value(json_object_get(fields, name));
	return text ? text : "(none)";
}

static void test_summary(void **state)
{
	struct world *world = *state;
	const struct sighting posts[] = {rude, {.text = "ruder", .severity = SEVERITY_LOW}};
	begin_scan(world);
	read_page(world, LIST, posts, 2);
	struct outcome outcome = outcome_of(world, VERDICT_TRUNCATED, 1709287200);
	outcome.total = 120;
	outcome.lack = "the feed shows the newest 20";
	assert_int_equal(life_settle(world->life, &outcome), 0);
	json_t *fields = only_summary(world);
	assert_string_equal(field(fields, "MESSAGE"),
		"scanned " PROFILE ": truncated; 2 new, 0 back again, 0 resolved, 0 standing; "
		"20 of 120 posts seen, the oldest of 2024-03-01; the feed shows the newest 20");
	assert_string_equal(field(fields, "PRIORITY"), "6");
	assert_string_equal(field(fields, "DIRTWATCH_VERDICT"), "truncated");
	assert_string_equal(field(fields, "DIRTWATCH_COVERAGE"),
		"20 of 120 posts seen, the oldest of 2024-03-01; the feed shows the newest 20");
	assert_string_equal(field(fields, "DIRTWATCH_POSTS"), "20");
	assert_string_equal(field(fields, "DIRTWATCH_OPENED"), "2");
	assert_string_equal(field(fields, "DIRTWATCH_STANDING"), "0");
	assert_string_equal(field(fields, "DIRTWATCH_SCAN"), "scan-1");
	json_decref(fields);
}

static void test_summary_says_why(void **state)
{
	struct world *world = *state;
	begin_scan(world);
	struct outcome outcome = outcome_of(world, VERDICT_BLOCKED, 0);
	outcome.n_posts = 0;
	assert_int_equal(life_settle(world->life, &outcome), 0);
	json_t *fields = only_summary(world);
	assert_string_equal(
		field(fields, "DIRTWATCH_COVERAGE"), "0 posts seen; the site refuses programs");
	json_decref(fields);
}

/* ---- bounds ---- */

static void test_findings_beyond_the_ceiling(void **state)
{
	struct world *world = *state;
	world->alert_at = SEVERITY_CRITICAL;
	begin_scan(world);
	assert_int_equal(store_begin(world->store), 0);
	char text[32];
	struct sighting post = {.text = text, .severity = SEVERITY_LOW};
	for (int i = 0; i < LIFE_FINDINGS_MAX + 7; i++) {
		(void)snprintf(text, sizeof text, "post %d", i);
		see(world, &post);
	}
	assert_int_equal(store_commit(world->store), 0);
	settle(world, VERDICT_OK, 0);
	assert_counts(world, LIFE_FINDINGS_MAX, 0, 0, 0);
	int64_t open;
	assert_int_equal(store_open_findings(world->store, PROFILE, &open), 0);
	assert_int_equal(open, LIFE_FINDINGS_MAX);
	json_t *fields = only_summary(world);
	assert_non_null(
		strstr(field(fields, "DIRTWATCH_COVERAGE"), "; 7 findings beyond the 20000 kept"));
	json_decref(fields);
	scan(world, NULL, 0); /* and all of them can be settled */
	scan(world, NULL, 0);
	assert_counts(world, 0, 0, LIFE_FINDINGS_MAX, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_identity_parts),
		cmocka_unit_test(test_identity_of_hostile_text),
		TEST(test_opened_once),
		TEST(test_seen_twice_in_a_scan),
		TEST(test_resolved_after_two),
		TEST(test_a_miss_between_is_forgotten),
		TEST(test_reopened),
		TEST(test_an_edit_opens_anew),
		cmocka_unit_test(test_absences),
		cmocka_unit_test(test_absent_interactions),
		TEST(test_unproven_scans_between_do_not_count),
		TEST(test_crash_before_settling),
		TEST(test_unchanged_page),
		TEST(test_two_pages_hold_it),
		TEST(test_edited_then_unchanged),
		TEST(test_threshold),
		TEST(test_never_told_never_taken_back),
		TEST(test_threshold_comes_down),
		TEST(test_permalink_gone),
		TEST(test_doubtful),
		cmocka_unit_test(test_states),
		TEST(test_state_is_stored),
		TEST(test_first_scan),
		TEST(test_summary),
		TEST(test_summary_says_why),
		TEST(test_findings_beyond_the_ceiling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
