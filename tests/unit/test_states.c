/* Every state of every source: tests/fixtures/SOURCE/states.yaml says for each verdict how an answer
 * comes to it, or why none can.
 *
 *     profile: https://social.example/@ada    whose first request is asked unless a case says more
 *     ok: {file: account.json}                a file beside it
 *     empty: {step: 2, subject: '42', body: '[]'}
 *     private: the API has no such state      why there is no such answer
 *
 * More of a case: status, type (the content type), url, shared (a file below ../shared, tried where it
 * is there); several make a list.  What any source may meet is tried for each without being named, and
 * so are the states that main alone knows (tests/scenario/test_states.py); a key of that name
 * takes the place of what is usual. */
#include "config/yaml_map.h"
#include "crawlers/source.h"
#include "daemon/base/limits.h"
#include "tests/unit/shared.h"
#include "tests/unit/shipped_walls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MAIN "main tells it of any source; see tests/scenario/test_states.py"

struct usual {
	const char *never; /* NULL: there is a case */
	int64_t status;
	const char *type; /* NULL: what was asked for */
	const char *body;
};

/* What holds for every source whose file says nothing of it; all NULL: the file must. */
static const struct usual usual[VERDICT_COUNT] = {
	[VERDICT_UNCHANGED] = {.never = MAIN},
	[VERDICT_NETWORK_ERROR] = {.never = MAIN},
	[VERDICT_TOO_BIG] = {.never = MAIN},
	[VERDICT_ROBOTS_DENIED] = {.never = MAIN},
	[VERDICT_UNREAD] = {.never = MAIN},
	[VERDICT_NOT_FOUND] = {.status = 404, .body = ""},
	[VERDICT_GONE] = {.status = 410, .body = ""},
	[VERDICT_MOVED] = {.status = 301, .body = ""},
	[VERDICT_AUTH_REQUIRED] = {.status = 401, .body = ""},
	[VERDICT_RATE_LIMITED] = {.status = 429, .body = ""},
	[VERDICT_SERVER_ERROR] = {.status = 503, .body = ""},
	[VERDICT_PARSE_DRIFT] = {.status = 200, .body = "?"},
	[VERDICT_BLOCKED] = {.status = 403,
		.type = "text/html",
		.body = "<title>Just a moment...</title>"
			"<script src=/cdn-cgi/challenge-platform/x></script>"},
	[VERDICT_LOGIN_WALL] = {.status = 200,
		.type = "text/html",
		.body = "<h1>Log in</h1><form><input name=name><input type=password name=word>"
			"</form>"},
};

struct test_case {
	const char *url;
	const char *subject;
	const char *type;
	const char *file;
	const char *shared;
	const char *body;
	int64_t step;
	int64_t status;
	int64_t retry; /* seconds until it may be asked again; 0: not told */
	struct place place;
};

struct cases {
	const char *never;
	struct test_case *items;
	size_t count;
	bool given;
};

struct states {
	const char *profile;
	struct cases of[VERDICT_COUNT];
};

#define AT(field) .offset = offsetof(struct test_case, field)

static const struct key case_keys[] = {
	{.name = "url", .type = VALUE_STRING, AT(url)},
	{.name = "subject", .type = VALUE_STRING, AT(subject)},
	{.name = "type", .type = VALUE_STRING, AT(type)},
	{.name = "file", .type = VALUE_STRING, AT(file)},
	{.name = "shared", .type = VALUE_STRING, AT(shared)},
	{.name = "body", .type = VALUE_STRING, AT(body)},
	{.name = "step", .type = VALUE_INT, AT(step), .min = 0, .max = 99},
	{.name = "status", .type = VALUE_INT, AT(status), .min = 100, .max = 999},
	{.name = "retry", .type = VALUE_INT, AT(retry), .min = 1, .max = 86400},
};

static int read_case(struct walk *walk, struct yaml node, struct test_case *ret)
{
	*ret = (struct test_case){.step = -1, .place = yaml_place(node)};
	return walk_map(walk, node, case_keys, sizeof case_keys / sizeof *case_keys, ret);
}

static int read_cases(struct walk *walk, struct yaml node, void *into)
{
	struct cases *cases = into;
	bool list = yaml_type(node) == YAML_TYPE_LIST;
	cases->given = true;
	if (yaml_text(node)) {
		cases->never = walk_scalar(walk, node, "a reason");
		return 0;
	}
	cases->count = list ? yaml_count(node) : 1;
	cases->items = arena_array(walk->arena, cases->count + 1, sizeof *cases->items);
	int r = cases->items ? 0 : -ENOMEM;
	for (size_t i = 0; r == 0 && i < cases->count; i++)
		r = read_case(walk, list ? yaml_item(node, i) : node, &cases->items[i]);
	return r;
}

static int read_states(struct walk *walk, struct yaml root, struct states *ret)
{
	struct key keys[VERDICT_COUNT + 1] = {
		{.name = "profile",
			.type = VALUE_STRING,
			.required = true,
			.offset = offsetof(struct states, profile)},
	};
	for (size_t i = 0; i < VERDICT_COUNT; i++) {
		keys[i + 1] = (struct key){.name = verdict_name((enum verdict)i),
			.type = VALUE_CUSTOM,
			.offset = offsetof(struct states, of) + i * sizeof(struct cases),
			.read = read_cases};
	}
	return walk_map(walk, root, keys, VERDICT_COUNT + 1, ret);
}

/* ---- one source ---- */

struct trial {
	const struct source *source;
	struct arena *arena;
	const char *profile;
	struct follow first;
	size_t tried;
	size_t skipped;
	size_t failed;
};

static const char *type_of(enum accept accept)
{
	switch (accept) {
	case ACCEPT_PAGE:
		return "text/html; charset=utf-8";
	case ACCEPT_FEED:
		return "application/xml";
	case ACCEPT_ACTIVITY:
		return "application/activity+json";
	default:
		return "application/json";
	}
}

static bool has_way_instead(const struct extract *extract)
{
	for (size_t i = 0; i < extract->n_follows; i++) {
		if (extract->follows[i].relation == FOLLOW_INSTEAD)
			return true;
	}
	return false;
}

#define NOW_S 1750000000

/* The file or the text that is answered, to be freed; NULL: it is not there. */
static char *body_of(const struct trial *trial, const struct test_case *test, size_t *ret_len)
{
	char *path = NULL;
	char *body = NULL;
	if (test->shared)
		return read_shared(test->shared, ret_len);
	if (!test->file) {
		*ret_len = test->body ? strlen(test->body) : 0;
		return strdup(test->body ? test->body : "");
	}
	assert_true(asprintf(&path, "tests/fixtures/%s/%s", trial->source->name, test->file) > 0);
	body = read_whole(path, ret_len);
	if (!body)
		fail_msg("%s is not there", path);
	free(path);
	return body;
}

static void try_case(
	struct trial *trial, enum verdict want, const struct test_case *test, bool may_lead_away)
{
	size_t len = 0;
	char *body = body_of(trial, test, &len);
	if (!body) {
		trial->skipped++;
		return;
	}
	const char *url = test->url ? test->url : trial->first.url;
	const struct page page = {
		.url = url,
		.final_url = url,
		.profile = trial->profile,
		.source = trial->source->name,
		.step = test->step >= 0 ? (int)test->step : trial->first.step,
		.subject = test->subject ? test->subject : trial->first.subject,
		.status = test->status ? (int)test->status : 200,
		.content_type = test->type ? test->type : type_of(trial->first.accept),
		.location = test->status == 301 ? "https://elsewhere.example/" : NULL,
		.fetched_s = NOW_S,
		.body = body,
		.body_len = len,
	};
	struct extract extract;
	assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
	bool led_away = may_lead_away && has_way_instead(&extract);
	int64_t retry = extract.retry_at_s ? extract.retry_at_s - NOW_S : 0;
	if (extract.verdict != want && !(led_away && !verdict_proves(extract.verdict))) {
		print_message("%s:%zu: %s is %s (%s)\n", trial->source->name, test->place.line,
			verdict_name(want), verdict_name(extract.verdict),
			extract.why ? extract.why : "no reason given");
		trial->failed++;
	} else if (test->retry && retry != test->retry) {
		print_message("%s:%zu: to be asked again in %lld s\n", trial->source->name,
			test->place.line, (long long)retry);
		trial->failed++;
	}
	trial->tried++;
	extract_release(&extract);
	free(body);
}

static void try_state(struct trial *trial, enum verdict verdict, const struct cases *cases)
{
	const struct usual *row = &usual[verdict];
	if (cases->given) {
		for (size_t i = 0; i < cases->count; i++)
			try_case(trial, verdict, &cases->items[i], false);
		return;
	}
	if (row->never)
		return;
	if (!row->body) {
		print_message("%s: states.yaml does not say how it comes to \"%s\", or why not\n",
			trial->source->name, verdict_name(verdict));
		trial->failed++;
		return;
	}
	const struct test_case test = {
		.step = -1, .status = row->status, .type = row->type, .body = row->body};
	try_case(trial, verdict, &test, true);
}

static void ask_first(struct trial *trial, const char *profile)
{
	struct url url;
	assert_int_equal(url_parse(trial->arena, profile, &url), 0);
	trial->profile = profile;
	trial->first = (struct follow){.url = profile, .source = trial->source->name};
	if (trial->source->first)
		assert_int_equal(trial->source->first(trial->arena, &url, &trial->first), 0);
}

static void try_source(struct trial *trial)
{
	char *path = NULL;
	struct yaml_file *file = NULL;
	struct states states = {0};
	struct problems *problems = problems_new();
	trial->arena = arena_new(LIMIT_CONFIG_ARENA_B);
	struct walk walk = {.arena = trial->arena, .problems = problems};
	assert_true(asprintf(&path, "tests/fixtures/%s/states.yaml", trial->source->name) > 0);
	int r = yaml_file_read(path, NULL, 0, problems, &file);
	if (r < 0)
		fail_msg("%s: %s; test_states.c says what belongs into it", path, strerror(-r));
	if (file)
		assert_int_equal(read_states(&walk, yaml_root(file), &states), 0);
	problems_print(problems, stdout);
	assert_int_equal(problems_count(problems), 0);
	ask_first(trial, states.profile);
	for (size_t i = 0; i < VERDICT_COUNT; i++)
		try_state(trial, (enum verdict)i, &states.of[i]);
	yaml_file_free(file);
	problems_free(problems);
	arena_free(trial->arena);
	free(path);
}

static void every_source_comes_to_every_state_it_can(void **state)
{
	(void)state;
	struct trial all = {0};
	for (size_t i = 0; i < n_sources; i++) {
		struct trial trial = {.source = sources[i]};
		try_source(&trial);
		all.tried += trial.tried;
		all.skipped += trial.skipped;
		all.failed += trial.failed;
	}
	print_message("%zu answers of %zu sources; %zu skipped, for %s is not there\n", all.tried,
		n_sources, all.skipped, shared_root());
	assert_int_equal(all.failed, 0);
}

/* A source numbers its steps from 0; no one has more. */
#define STEPS 16

static void read_wall_as(const struct source *source, int step, const struct wall_sign *sign,
	const struct wall_example *example)
{
	static const char *const subjects[] = {NULL, "42", "ada 1"};
	for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
		const struct page page = {
			.url = "https://ada.example/@ada",
			.final_url = "https://ada.example/@ada",
			.profile = "https://ada.example/@ada",
			.source = source->name,
			.step = step,
			.subject = subjects[i],
			.status = example->status            ? (int)example->status
				  : sign->statuses.count > 0 ? sign->statuses.items[0].first
							     : 200,
			.content_type = "text/html",
			.fetched_s = NOW_S,
			.body = example->body,
			.body_len = strlen(example->body),
		};
		struct extract extract;
		assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
		if (extract.verdict != sign->verdict && source != source_find("robots"))
			fail_msg("%s, step %d: %s is %s", source->name, step, sign->id,
				verdict_name(extract.verdict));
		extract_release(&extract);
	}
}

/* Whatever was asked for, a wall that any site may put up is that wall. */
static void no_source_takes_a_wall_for_its_own_answer(void **state)
{
	(void)state;
	const struct wall_signs *signs = &shipped_walls()->pages;
	size_t n = 0;
	for (size_t i = 0; i < signs->count; i++) {
		const struct wall_sign *sign = &signs->items[i];
		for (size_t k = 0; k < sign->n_examples && sign->hosts.count == 0; k++) {
			if (!sign->examples[k].wall)
				continue;
			for (size_t source = 0; source < n_sources; source++) {
				for (int step = 0; step < STEPS; step++, n++)
					read_wall_as(
						sources[source], step, sign, &sign->examples[k]);
			}
		}
	}
	assert_true(n > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_source_takes_a_wall_for_its_own_answer),
		cmocka_unit_test(every_source_comes_to_every_state_it_can),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
