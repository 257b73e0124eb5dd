/*
 * Out of memory at every place where a scan asks for some, in our code and in the libraries: the Nth
 * allocation fails, for N = 1, 2, 3 … until the work gets through.  Each time it ends with an error or with the
 * very result that it has with enough memory: nothing crashes, leaks (under AddressSanitizer), is stored by
 * half, or is called clean that was not read.
 */
#include "config/config.h"
#include "daemon/history.h"
#include "daemon/reader.h"
#include "daemon/record.h"
#include "tests/unit/engine.h"
#include "tests/unit/shipped_walls.h"

#include <errno.h>

/* ---- malloc(3), our own ---- */

/* The real ones: AddressSanitizer's, or glibc's. */
#ifdef __SANITIZE_ADDRESS__
#define REAL(name) __interceptor_##name
#else
#define REAL(name) __libc_##name
#endif
void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t count, size_t size);
void *REAL(realloc)(void *old, size_t size);

static long left = -1; /* allocations until one fails; -1: none does */
static bool for_good;  /* all that follow it fail too */
static long failed;

static bool fails(void)
{
	if (left < 0)
		return false;
	if (left > 0) {
		left--;
		return false;
	}
	failed++;
	if (!for_good)
		left = -1;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : REAL(malloc)(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : REAL(calloc)(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : REAL(realloc)(old, size);
}

/* libyaml loses a stack of its own when it has no memory for the first node. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:yaml_parser_load\n";
}

/* ---- the work ---- */

#define PROFILE "https://ada.example/"
#define NOW_S   1790000000

#define POSTS 3

static const char config_text[] =
	"person:\n"
	"  name: Ada Example\n"
	"  employer: {name: Initech, domains: [initech.example]}\n"
	"  competitors:\n"
	"    - {name: Globex, domains: [globex.example], products: [HyperWidget]}\n"
	"profiles:\n"
	"  - https://ada.example/\n"
	"  - {url: https://social.example/@ada, every: 2h}\n"
	"patterns: {severity: {own.word: low}}\n";

static const char rules_text[] = RULES "  - {id: own.word, title: A word, category: cat, severity: "
				       "high, confidence: 0.9, kind: text, "
				       "pattern: '\\bfrobnicator\\b', why: Secret., advice: Delete "
				       "it., tests: {hit: [a frobnicator, the "
				       "frobnicator], miss: [a widget, a gadget]}}\n"
				       "  - {id: own.more, title: More, category: top, severity: "
				       "low, confidence: 0.5, kind: text, "
				       "pattern: '\\b(?:ships?|shipped)\\b', why: Haste., advice: "
				       "Wait., tests: {hit: [it ships, shipped], "
				       "miss: [a widget, a gadget]}}\n";

#define ENTRY(n)                                                                           \
	"<article class=h-entry><p class=e-content>Our frobnicator ships, said " n ".</p>" \
	"<a class=u-url href=/posts/" n "><time class=dt-published datetime=2026-09-0" n   \
	"></time></a>"                                                                     \
	"</article>"
static const char html[] =
	"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Ada</title></head><body>"
	"<div class=h-card><a class='p-name u-url' rel=me href=/>Ada Example</a></div>"
	"<main class=h-feed>" ENTRY("1") ENTRY("2") ENTRY("3") "</main></body></html>";

#define ITEM(n)                                                                      \
	"<item><title>T</title><link>https://ada.example/posts/" n "</link><guid>" n \
	"</guid><pubDate>Tue, 0" n " Sep 2026 10:00:00 +0000</pubDate><description>" \
	"Our frobnicator ships, said " n ".</description></item>"
static const char rss[] = "<?xml version='1.0'?><rss version='2.0'><channel><title>Ada</title>"
			  "<link>https://ada.example/</link><description>x</description>" ITEM("1")
				  ITEM("2") ITEM("3") "</channel></rss>";

#define OBJECT(n)                                                  \
	"{\"id\":\"" n "\",\"url\":\"https://ada.example/posts/" n \
	"\",\"content_text\":\"Our frobnicator "                   \
	"ships, said " n ".\",\"date_published\":\"2026-09-0" n "T10:00:00Z\"}"
static const char json[] =
	"{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"Ada\",\"items\":[" OBJECT(
		"1") "," OBJECT("2") "," OBJECT("3") "]}";

static const char latin1[] = "<!DOCTYPE html><title>Ada</title><main class=h-feed>" ENTRY("1")
	ENTRY("2") ENTRY("3") "<p>Gr\xfc\xdf"
			      "e</p></main>";

struct kind {
	const char *name;
	const char *source;
	const char *content_type;
	const char *body;
};

static const struct kind kinds[] = {
	{"a web page", "page", "text/html", html},
	{"a web page of old", "page", "text/html; charset=windows-1252", latin1},
	{"a feed", "feed", "application/rss+xml", rss},
	{"a feed in JSON", "feed", "application/feed+json", json},
};

static struct page page_of(const struct kind *kind)
{
	return (struct page){
		.url = PROFILE,
		.final_url = PROFILE,
		.profile = PROFILE,
		.source = kind->source,
		.status = 200,
		.content_type = kind->content_type,
		.fetched_s = NOW_S,
		.body = kind->body,
		.body_len = strlen(kind->body),
	};
}

/* What the engine needs, made with memory enough. */
struct bench {
	struct ruleset *ruleset;
	struct scorer *scorer;
	struct clock clock;
};

static int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	assert_non_null(bench);
	bench->ruleset = load_text(rules_text, NULL, true, NULL);
	bench->clock = clock_fake(NOW_S * 1000000ll);
	assert_int_equal(scorer_new(bench->ruleset, &bench->scorer), 0);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;
	scorer_free(bench->scorer);
	ruleset_free(bench->ruleset);
	free(bench);
	return 0;
}

/* ---- N = 1, 2, 3 … ---- */

/* Do it with the @nth allocation failing; true: none had to. */
typedef bool attempt(void *what, long nth);

/* More than any of these needs; what never gets through would go on for ever. */
#define MOST 20000

static void sweep(attempt *try, void *what)
{
	for (int i = 0; i < 2; i++) {
		bool done = false;
		for (long n = 0; !done; n++) {
			if (n == MOST)
				fail_msg("not through with %d allocations", MOST);
			for_good = i == 1;
			done = try(what, n);
		}
	}
}

static void begin(long nth)
{
	failed = 0;
	left = nth;
}

/* True: nothing failed. */
static bool end(void)
{
	left = -1;
	return failed == 0;
}

static bool load_config(void *what, long nth)
{
	(void)what;
	struct config *config = NULL;
	begin(nth);
	struct problems *problems = problems_new();
	int r = problems ? config_load(
				   "test.yaml", config_text, strlen(config_text), problems, &config)
			 : -ENOMEM;
	bool through = end();
	if (r > 0)
		problems_print(problems, stderr);
	if (r != -ENOMEM &&
		(r != 0 || !config || config->n_profiles != 2 || config->n_severities != 1))
		fail_msg("allocation %ld: %d, %zu profiles", nth, r,
			config ? config->n_profiles : 0);
	assert_true(!through || r == 0);
	config_free(config);
	problems_free(problems);
	return through;
}

static void the_config(void **state)
{
	(void)state;
	sweep(load_config, NULL);
}

static bool load_rules(void *what, long nth)
{
	const char *folder = what;
	const struct ruleset_options options = {
		.config = &no_config, .folders = {&folder, 1}, .strict = true};
	struct ruleset *ruleset = NULL;
	struct scorer *scorer = NULL;
	begin(nth);
	struct problems *problems = problems_new();
	int r = problems ? ruleset_load(&options, problems, &ruleset) : -ENOMEM;
	if (r == 0)
		r = scorer_new(ruleset, &scorer);
	bool through = end();
	if (r > 0)
		problems_print(problems, stderr);
	if (r != -ENOMEM && (r != 0 || ruleset_count(ruleset) != 2))
		fail_msg("allocation %ld: %d", nth, r);
	assert_true(!through || r == 0);
	scorer_free(scorer);
	ruleset_free(ruleset);
	problems_free(problems);
	return through;
}

static void the_rules(void **state)
{
	(void)state;
	struct folder folder;
	folder_make(&folder);
	folder_add(&folder, rules_text);
	sweep(load_rules, folder.path);
	folder_drop(&folder);
}

struct reading_work {
	struct bench *bench;
	const struct kind *kind;
	size_t posts; /* with memory enough */
	size_t hits;
};

static size_t count_hits(const struct reading *reading)
{
	size_t hits = 0;
	for (size_t i = 0; i < reading->extract.n_posts; i++)
		hits += reading->scores[i].n_hits;
	return hits;
}

static bool is_unscored(const struct reading *reading)
{
	for (size_t i = 0; i < reading->extract.n_posts; i++) {
		if (reading->scores[i].unscored)
			return true;
	}
	return false;
}

static bool read_one(void *what, long nth)
{
	struct reading_work *work = what;
	const struct page page = page_of(work->kind);
	struct reading reading;
	begin(work->posts == 0 ? -1 : nth);
	int r = reading_make(work->bench->scorer, shipped_walls(), &page, &reading);
	bool through = end();
	bool proves = r == 0 && verdict_proves(reading.extract.verdict);
	if (r < 0 && r != -ENOMEM)
		fail_msg("%s, allocation %ld: %d", work->kind->name, nth, r);
	if (through && !proves)
		fail_msg("%s: %s", work->kind->name, verdict_name(reading.extract.verdict));
	if (work->posts == 0) {
		work->posts = reading.extract.n_posts;
		work->hits = count_hits(&reading);
		assert_true(work->posts >= POSTS && work->hits >= 2 * POSTS);
		through = false;
	}
	/* What says that it is all must be all. */
	if (proves && !is_unscored(&reading) &&
		(reading.extract.n_posts != work->posts || count_hits(&reading) != work->hits))
		fail_msg("%s, allocation %ld: %s, %zu posts, %zu hits", work->kind->name, nth,
			verdict_name(reading.extract.verdict), reading.extract.n_posts,
			count_hits(&reading));
	reading_release(&reading);
	return through;
}

static void the_readings(void **state)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct reading_work work = {*state, &kinds[i], 0, 0};
		sweep(read_one, &work);
	}
}

/* ---- recording ---- */

struct recording {
	struct bench *bench;
	struct store *store;
	const struct reading *reading;
	unsigned scans; /* of this store */
};

#define LIST PROFILE "list"
#define OLD  LIST "?page=7"

/* A list whose head meets what was known, and which goes on from the place of the last scan: two pages. */
static int turn_pages(struct history *history, const struct reading *reading)
{
	const struct follow head = {.url = LIST, .source = "page", .relation = FOLLOW_NEXT};
	const struct follow older = {.url = LIST "?page=2",
		.source = "page",
		.subject = "2",
		.json = "{}",
		.relation = FOLLOW_OLDER};
	const struct follow *asked = &head;
	struct history_list *list = NULL;
	int64_t shift_s = 0;
	int r = 0;
	while (r == 0 && asked) {
		struct leaf leaf = {.asked = asked, .room = 9, .older = &older};
		leaf.stretch = stretch_of(&reading->extract);
		leaf.stretch.newest_s -= shift_s;
		leaf.stretch.reach_s -= shift_s;
		shift_s += INT64_C(40) * 86400;
		r = history_list(history, asked, LIST, list, &list);
		if (r == 0 && strcmp(asked->url, OLD) == 0)
			leaf.older = NULL;
		if (r == 0)
			r = history_page(history, list, &leaf, &asked);
	}
	return r;
}

/* The scan's end, as daemon/scan_end.c has it. */
static int settle(const struct recording *recording, struct life *life, struct tally *tally)
{
	const struct history_options options = {.store = recording->store,
		.profile = PROFILE,
		.rules_digest = "x",
		.now_s = NOW_S,
		.window_s = 86400,
		.full_s = 30 * 86400};
	struct history *history = NULL;
	int r = history_new(&options, &history);
	if (r == 0)
		r = turn_pages(history, recording->reading);
	if (r == 0)
		r = history_close(history, tally);
	struct outcome outcome = tally_outcome(tally);
	if (r == 0)
		r = history_tell(history, tally, &outcome);
	if (r == 0)
		r = life_settle(life, &outcome);
	history_free(history);
	return r;
}

/* Where the scan before has stopped. */
static void leave_a_place(struct store *store)
{
	const struct follow place = {.url = OLD,
		.source = "page",
		.subject = "7",
		.json = "{}",
		.relation = FOLLOW_OLDER};
	struct list_memory memory = {.rules_digest = "x",
		.top_s = NOW_S,
		.began_s = NOW_S - 1,
		.back_s = NOW_S - INT64_C(100) * 86400,
		.n_posts = 9,
		.n_read = 9};
	char *text;
	assert_int_equal(standing_follow_write(&place, &text), 0);
	memory.place = text;
	assert_int_equal(store_set_list(store, PROFILE, LIST, &memory, 1), 0);
	free(text);
}

static int record_all(const struct recording *recording, struct life *life, struct tally *tally)
{
	const struct record_options options = {
		.store = recording->store,
		.life = life,
		.ruleset = recording->bench->ruleset,
		.profile = PROFILE,
	};
	const struct page_memory page = {.etag = "\"1\"", .rules_digest = "x", .read_s = NOW_S};
	const struct page_name name = {.key = PROFILE, .list = PROFILE, .side = PROFILE};
	struct record *record = NULL;
	int r = record_new(&options, &record);
	if (r == 0)
		r = record_page(record, &name, recording->reading, &page, tally);
	if (r == 0)
		r = record_commit(record, tally);
	record_free(record);
	return r < 0 ? r : settle(recording, life, tally);
}

static int scan(struct recording *recording)
{
	const struct life_options options = {
		.store = recording->store,
		.clock = &recording->bench->clock,
		.profile = PROFILE,
		.scan = recording->scans++ ? "0123" : "4567",
		.alert_at = SEVERITY_INFO,
		.alert_after = 3,
	};
	struct life *life = NULL;
	struct tally tally = tally_init();
	int r = life_begin(&options, &life);
	if (r == 0)
		r = record_all(recording, life, &tally);
	tally_release(&tally);
	life_end(life);
	return r;
}

static bool record_one(void *what, long nth)
{
	struct recording *recording = what;
	struct store *store = NULL;
	struct profile_state profile;
	int64_t findings;
	int64_t alerts;
	assert_int_equal(store_open(":memory:", true, &store), 0);
	recording->store = store;
	recording->scans = 0;
	leave_a_place(store);
	begin(nth);
	int r = scan(recording);
	bool through = end();
	assert_false(store_in_transaction(store));
	assert_int_equal(store_open_findings(store, PROFILE, &findings), 0);
	assert_int_equal(store_alerts_waiting(store, &alerts), 0);
	bool settled = store_profile(store, PROFILE, &profile) == 0;
	bool none = findings == 0 && alerts == 0 && !settled;
	/* Pages are recorded in one transaction, and what the scan proved in another. */
	bool pages = findings == 2 * POSTS && alerts == 2 * POSTS && !settled;
	bool all = findings == 2 * POSTS && alerts == 2 * POSTS + 1 && settled;
	struct list_memory list;
	struct arena *arena = arena_new(1 << 20);
	assert_int_equal(store_list(store, arena, PROFILE, LIST, &list), 0);
	/* The list is read to its end; or it is where it was; or that place could not be read, and all
	 * begins anew. */
	bool read = list.full_s == NOW_S && !list.place;
	bool as_it_was = list.full_s == 0 && list.place && strstr(list.place, OLD);
	bool anew = r == 0 && list.full_s == 0 && list.place && !as_it_was;
	if (all ? !read && !anew : !as_it_was)
		fail_msg("allocation %ld: %d, read on %lld, to go on at %s", nth, r,
			(long long)list.full_s, list.place ? list.place : "nothing");
	assert_true(!through || read);
	arena_free(arena);
	if (r == 0 ? !all : r != -ENOMEM || !(none || pages))
		fail_msg("allocation %ld: %d, %lld findings, %lld alerts, %s", nth, r,
			(long long)findings, (long long)alerts,
			settled ? "settled" : "not settled");
	/* The next scan finds the store in order. */
	assert_int_equal(scan(recording), 0);
	assert_int_equal(store_open_findings(store, PROFILE, &findings), 0);
	assert_int_equal(findings, 2 * POSTS);
	store_close(store);
	return through;
}

static void the_record(void **state)
{
	struct bench *bench = *state;
	const struct page page = page_of(&kinds[0]);
	struct reading reading;
	assert_int_equal(reading_make(bench->scorer, shipped_walls(), &page, &reading), 0);
	struct recording recording = {.bench = bench, .reading = &reading};
	sweep(record_one, &recording);
	reading_release(&reading);
}

static bool open_one(void *what, long nth)
{
	(void)what;
	struct store *store = NULL;
	begin(nth);
	int r = store_open(":memory:", true, &store);
	bool through = end();
	if (r != 0 && r != -ENOMEM)
		fail_msg("allocation %ld: %d", nth, r);
	assert_true((r == 0) == (store != NULL));
	assert_true(!through || r == 0);
	store_close(store);
	return through;
}

static void the_store(void **state)
{
	(void)state;
	sweep(open_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_config),
		cmocka_unit_test(the_rules),
		cmocka_unit_test_setup_teardown(the_readings, set_up, tear_down),
		cmocka_unit_test(the_store),
		cmocka_unit_test_setup_teardown(the_record, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
