/* daemon/record: what becomes of the likes, follows and stars of a page, from the shipped rules to the store. */
#include "daemon/record.h"
#include "tests/unit/engine.h"

#include <jansson.h>

#define PROFILE "https://social.example/@ada"
#define LIKES   PROFILE "/likes"
#define FOLLOWS PROFILE "/follows"
#define NOW_S   1750000000

static const char *const domains[] = {"globex.example"};
static const char *const handles[] = {"@globex"};
static const struct organisation globex = {
	.name = "Globex", .domains = {domains, 1}, .handles = {handles, 1}};
static const struct config config = {.person = {.competitors = {&globex, 1}}};

struct bench {
	struct ruleset *set;
	struct scorer *scorer;
	struct store *store;
	struct clock clock;
	struct arena *arena;
	struct life *life;
	struct record *record;
	struct tally tally;
	json_t *posts;
};

static void keep_post(const json_t *event, void *userdata)
{
	struct bench *bench = userdata;
	assert_int_equal(json_array_append_new(bench->posts, json_deep_copy(event)), 0);
}

static int enter(void **state)
{
	static const char *const file = "patterns/rules/60-company.yaml";
	const struct ruleset_options options = {.config = &config, .files = {&file, 1}};
	struct problems *problems = problems_new();
	struct bench *bench = calloc(1, sizeof *bench);
	assert_non_null(bench);
	assert_int_equal(ruleset_load(&options, problems, &bench->set), 0);
	problems_free(problems);
	assert_int_equal(scorer_new(bench->set, &bench->scorer), 0);
	assert_int_equal(store_open(":memory:", true, &bench->store), 0);
	bench->clock = clock_fake((int64_t)NOW_S * 1000000);
	bench->arena = arena_new(LIMIT_EXTRACT_B);
	bench->posts = json_array();
	*state = bench;
	return 0;
}

static int leave(void **state)
{
	struct bench *bench = *state;
	json_decref(bench->posts);
	arena_free(bench->arena);
	store_close(bench->store);
	scorer_free(bench->scorer);
	ruleset_free(bench->set);
	free(bench);
	return 0;
}

static void begin_scan(struct bench *bench, const char *scan)
{
	const struct life_options life = {.store = bench->store,
		.clock = &bench->clock,
		.profile = PROFILE,
		.scan = scan,
		.alert_at = SEVERITY_LOW,
		.alert_after = 3};
	assert_int_equal(life_begin(&life, &bench->life), 0);
	const struct record_options record = {.store = bench->store,
		.life = bench->life,
		.ruleset = bench->set,
		.sink = {.emit = keep_post, .userdata = bench, .posts = true},
		.profile = PROFILE};
	assert_int_equal(record_new(&record, &bench->record), 0);
	bench->tally = tally_init();
}

static void end_scan(struct bench *bench)
{
	assert_int_equal(record_commit(bench->record, &bench->tally), 0);
	const struct outcome outcome = tally_outcome(&bench->tally);
	assert_int_equal(life_settle(bench->life, &outcome), 0);
	record_free(bench->record);
	tally_release(&bench->tally);
	bench->life = life_end(bench->life);
}

static void record_posts(struct bench *bench, const char *url, struct post *posts, size_t count)
{
	struct score *scores = calloc(count + 1, sizeof *scores);
	const struct page_memory page = {.etag = "\"1\"", .rules_digest = "x", .read_s = NOW_S};
	struct reading reading = {.extract = {.verdict = VERDICT_OK,
					  .posts = posts,
					  .n_posts = count,
					  .facts = FACTS_INIT,
					  .coverage = {.total = -1, .n_interactions = count}},
		.scores = scores};
	assert_non_null(scores);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(
			score_post(bench->scorer, &posts[i], NOW_S, bench->arena, &scores[i]), 0);
	const struct page_name name = {.key = url, .list = url, .side = url};
	assert_int_equal(record_page(bench->record, &name, &reading, &page, &bench->tally), 0);
	free(scores);
}

static struct post act(
	enum post_kind kind, const char *others, const struct link *link, int64_t published_s)
{
	return (struct post){.id = others,
		.kind = kind,
		.text = "",
		.others = others,
		.others_len = strlen(others),
		.links = link,
		.n_links = 1,
		.published_s = published_s};
}

struct told {
	struct finding finding;
	size_t count;
	struct arena *arena;
};

static int note(const struct finding *finding, void *userdata)
{
	struct told *told = userdata;
	told->count++;
	told->finding = *finding;
	told->finding.excerpt = arena_strdup(told->arena, finding->excerpt);
	told->finding.url = arena_strdup(told->arena, finding->url);
	return 0;
}

static struct told open_findings(struct bench *bench)
{
	struct told told = {.arena = bench->arena};
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	assert_int_equal(store_each_finding(bench->store, arena, PROFILE, false, note, &told), 0);
	arena_free(arena);
	return told;
}

static const struct link globex_post = {.url = "https://social.example/@globex/1"};
static const struct link globex_home = {.url = "https://social.example/@globex"};
static const struct link bob_post = {.url = "https://social.example/@bob/1"};

#define OLD_S (NOW_S - 3 * 365 * 86400)

/* Of four likes and follows of one company there is one finding, the worst, and no post. */
static void test_one_finding_of_many(void **state)
{
	struct bench *bench = *state;
	struct post likes[] = {
		act(KIND_LIKE, "@globex\n\nGlobex\n\nold news", &globex_post, OLD_S),
		act(KIND_LIKE, "@bob\n\nBob\n\nGlobex is fine", &bob_post, NOW_S),
		act(KIND_LIKE, "@globex\n\nGlobex\n\nnews", &globex_post, NOW_S - 86400),
	};
	struct post follows[] = {
		act(KIND_FOLLOW, "@globex\n\nGlobex\n\nWidgets", &globex_home, 0),
		act(KIND_FOLLOW, "@bob\n\nBob", &bob_post, 0),
	};
	begin_scan(bench, "1");
	record_posts(bench, FOLLOWS, follows, 2);
	record_posts(bench, LIKES, likes, 3);
	const struct outcome outcome = tally_outcome(&bench->tally);
	assert_int_equal(outcome.n_posts, 0);
	assert_int_equal(outcome.n_interactions, 5);
	end_scan(bench);
	struct told told = open_findings(bench);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.finding.kind, KIND_FOLLOW);
	assert_int_equal(told.finding.severity, SEVERITY_LOW);
	assert_string_equal(told.finding.url, globex_home.url);
	assert_string_equal(told.finding.excerpt, "@globex  Globex  Widgets");
	assert_int_equal(json_array_size(bench->posts), 5);
}

/* It stands while any of them does, and is resolved when the last is taken back. */
static void test_taken_back(void **state)
{
	struct bench *bench = *state;
	struct post like[] = {act(KIND_LIKE, "@globex", &globex_post, NOW_S)};
	struct post follow[] = {act(KIND_FOLLOW, "@globex", &globex_home, 0)};
	static const char *const scans[] = {"1", "2", "3", "4", "5"};
	for (size_t i = 0; i < COUNT(scans); i++) {
		begin_scan(bench, scans[i]);
		record_posts(bench, FOLLOWS, follow, i < 1); /* unfollowed after the first */
		record_posts(bench, LIKES, like, i < 3);     /* unliked after the third */
		end_scan(bench);
		assert_int_equal(open_findings(bench).count, i < 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_finding_of_many, enter, leave),
		cmocka_unit_test_setup_teardown(test_taken_back, enter, leave),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
