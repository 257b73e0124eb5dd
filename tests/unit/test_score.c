/* From a post to findings: the arithmetic of DESIGN, guards, places, limits. */
#include "engine.h"

#include <math.h>

#define DAY   ((int64_t)86400)
#define NOW_S ((int64_t)1800000000)

/* ---- one post against one set ---- */

struct scored {
	struct arena *arena;
	struct scorer *scorer;
	struct score score;
};

static void score_with(const struct ruleset *set, const struct post *post, struct scored *ret)
{
	ret->arena = arena_new(LIMIT_EXTRACT_B);
	assert_non_null(ret->arena);
	assert_int_equal(scorer_new(set, &ret->scorer), 0);
	assert_int_equal(score_post(ret->scorer, post, NOW_S, ret->arena, &ret->score), 0);
}

static void drop(struct scored *scored)
{
	scorer_free(scored->scorer);
	arena_free(scored->arena);
}

/* ---- what a hit weighs ---- */

static const char weights[] = RULES
	"  - {id: info, category: cat, severity: info, pattern: winfo}\n"
	"  - {id: low, category: cat, severity: low, pattern: wlow}\n"
	"  - {id: medium, category: cat, pattern: wmedium}\n"
	"  - {id: high, category: cat, severity: high, pattern: whigh}\n"
	"  - {id: critical, category: cat, severity: critical, pattern: wcritical}\n"
	"  - {id: half, category: cat, severity: high, confidence: 0.5, pattern: whalf}\n"
	"  - {id: weak, category: cat, severity: info, confidence: 0.4, pattern: wweak}\n"
	"  - {id: capped, category: top, pattern: wcapped}\n"
	"  - {id: slow, category: cat, pattern: wslow, decay: {half_life_days: 10, floor: 0.1}}\n"
	"  - {id: trial, category: cat, status: experimental, pattern: wtrial}\n"
	"  - {id: gone, category: cat, status: deprecated, pattern: wgone}\n"
	"  - {id: name, category: cat, kind: handle, pattern: wname}\n";

struct weight_row {
	const char *why;
	const char *text;
	enum post_kind kind;
	bool pinned;
	int64_t age_s; /* -1: no date */
	double want;   /* of the post; 0: no hit */
};

static const struct weight_row weight_rows[] = {
	{"info weighs 2", "winfo", KIND_POST, false, 0, 2},
	{"low weighs 10", "wlow", KIND_POST, false, 0, 10},
	{"medium weighs 30", "wmedium", KIND_POST, false, 0, 30},
	{"high weighs 60", "whigh", KIND_POST, false, 0, 60},
	{"critical weighs 95", "wcritical", KIND_POST, false, 0, 95},
	{"times the confidence", "whalf", KIND_POST, false, 0, 30},
	{"under 1 is none", "wweak", KIND_POST, false, 0, 0},
	{"half as much again in a bio", "wmedium", KIND_BIO, false, 0, 45},
	{"and in a handle", "wname", KIND_HANDLE, false, 0, 45},
	{"a rule for handles reads no posts", "wname", KIND_POST, false, 0, 0},
	{"a rule for posts reads no handles", "wmedium", KIND_HANDLE, false, 0, 0},
	{"pinned", "wmedium", KIND_POST, true, 0, 39},
	{"never over 100", "wcritical", KIND_BIO, true, 0, 100},
	{"half after five years", "wmedium", KIND_POST, false, 1826 * DAY + 21600, 15},
	{"never under three tenths", "wmedium", KIND_POST, false, 40 * 365 * DAY, 9},
	{"a rule's own half-life", "wslow", KIND_POST, false, 10 * DAY, 15},
	{"and floor", "wslow", KIND_POST, false, 100 * DAY, 3},
	{"no date, no age", "wmedium", KIND_POST, false, -1, 30},
	{"a date to come is none", "wmedium", KIND_POST, false, -2 * DAY, 30},
	{"a draft has no age", "wmedium", KIND_DRAFT, false, 1826 * DAY, 30},
	{"a category's cap", "wcapped", KIND_POST, false, 0, 40},
	{"experimental rules do not score", "wtrial", KIND_POST, false, 0, 0},
	{"deprecated ones are gone", "wgone", KIND_POST, false, 0, 0},
	{"two findings", "wmedium whigh", KIND_POST, false, 0, 72},
	{"two categories, one capped", "whigh wcapped", KIND_POST, false, 0, 76},
	{"passed on", "wmedium", KIND_REPOST, false, 0, 0},
	{"liked", "wmedium", KIND_LIKE, false, 0, 0},
	{"an empty post", "", KIND_POST, false, 0, 0},
};

static void test_weights(void **state)
{
	(void)state;
	struct ruleset *set = load_text(weights, NULL, false, NULL);
	for (size_t i = 0; i < COUNT(weight_rows); i++) {
		const struct weight_row *row = &weight_rows[i];
		struct post post = post_of(row->text);
		struct scored scored;
		post.kind = row->kind;
		post.pinned = row->pinned;
		post.published_s = row->age_s == -1 ? 0 : NOW_S - row->age_s;
		score_with(set, &post, &scored);
		if (fabs(scored.score.score - row->want) > 0.01)
			fail_msg("%s: %.3f, not %.3f (%s)", row->why, scored.score.score, row->want,
				scored.score.n_hits ? scored.score.hits[0].reasons : "no hit");
		assert_int_equal(scored.score.severity, severity_of_score(row->want));
		assert_false(scored.score.unscored);
		drop(&scored);
	}
	ruleset_free(set);
}

static void test_reasons(void **state)
{
	(void)state;
	struct ruleset *set = load_text(RULES
		"  - {id: _ctx.far, kind: context, reach: post, pattern: far}\n"
		"  - {id: _ctx.self, kind: context, reach: post, pattern: myself}\n"
		"  - {id: a, category: top, severity: critical, confidence: 0.9, pattern: word,\n"
		"     unless: [{rule: _ctx.far, discount: 0.5}], directed: {self: 2}}\n",
		NULL, false, NULL);
	struct post post = post_of("word, far from myself");
	struct scored scored;
	post.kind = KIND_BIO;
	post.pinned = true;
	post.published_s = NOW_S - 1826 * DAY - 21600;
	score_with(set, &post, &scored);
	assert_int_equal(scored.score.n_hits, 1);
	assert_string_equal(scored.score.hits[0].reasons,
		"critical 95 × confidence 0.90 × bio 1.5 × pinned 1.3 × age of 5.0 years 0.50; "
		"_ctx.far ×0.50; "
		"aimed at _ctx.self ×2.00; top capped at 40");
	assert_float_equal(scored.score.hits[0].confidence, 0.45, 0.0001);
	drop(&scored);
	ruleset_free(set);
}

/* ---- guards ---- */

static const char guards[] = RULES
	"  - {id: _ctx.quoted, kind: context, reach: cover, pattern: '\"[^\"]*\"'}\n"
	"  - {id: _ctx.touching, kind: context, reach: touch, pattern: 'tt\\w* \\w+'}\n"
	"  - {id: _ctx.sentence, kind: context, pattern: ss, unless: [_ctx.really]}\n"
	"  - {id: _ctx.really, kind: context, pattern: really}\n"
	"  - {id: _ctx.post, kind: context, reach: post, pattern: pp}\n"
	"  - {id: _ctx.near, kind: context, reach: {before: 3}, pattern: nn}\n"
	"  - {id: _ctx.off, kind: context, reach: post, status: deprecated, pattern: oo}\n"
	"  - {id: cover, category: cat, pattern: cover, unless: [_ctx.quoted]}\n"
	"  - {id: touch, category: cat, pattern: one touch, unless: [_ctx.touching]}\n"
	"  - {id: sentence, category: cat, pattern: sentence, unless: [_ctx.sentence]}\n"
	"  - {id: post, category: cat, pattern: post, unless: [_ctx.post]}\n"
	"  - {id: near, category: cat, pattern: near, unless: [_ctx.near]}\n"
	"  - {id: after, category: cat, pattern: after, unless: [{rule: _ctx.near, within: 4, "
	"side: after}]}\n"
	"  - {id: either, category: cat, pattern: either, unless: [{rule: _ctx.near, within: 2}]}\n"
	"  - {id: side, category: cat, pattern: side, unless: [{rule: _ctx.near, side: before}]}\n"
	"  - {id: needs, category: cat, pattern: needs, requires: [{rule: _ctx.post, within: 5, "
	"side: before}]}\n"
	"  - {id: both, category: cat, pattern: both, requires: [_ctx.post, _ctx.sentence]}\n"
	"  - {id: rule, category: cat, pattern: rule, requires: [cover]}\n"
	"  - {id: off, category: cat, pattern: off, unless: [_ctx.off]}\n"
	"  - {id: allow, category: cat, pattern: high, allow: [{match: high five, reason: "
	"idiom}]}\n";

struct guard_row {
	const char *why;
	const char *text;
	const char *rule;
	bool hit;
};

static const struct guard_row guard_rows[] = {
	{"outside", "\"x\" cover \"y\"", "cover", true},
	{"inside", "\"x cover y\"", "cover", false},
	{"one inside, one outside", "\"cover\" and cover", "cover", true},
	{"curly quotes", "\xe2\x80\x9cx cover y\xe2\x80\x9d", "cover", false},
	{"overlaps", "tt one touch", "touch", false},
	{"overlaps at its end", "one touch", "touch", true},
	{"same sentence", "ss and a sentence", "sentence", false},
	{"same sentence, behind", "a sentence, ss", "sentence", false},
	{"another sentence", "ss. A sentence", "sentence", true},
	{"a full stop inside a word ends none", "ss x.y sentence", "sentence", false},
	{"a line is a sentence", "ss\nsentence", "sentence", true},
	{"the context is itself cancelled", "really ss sentence", "sentence", true},
	{"anywhere", "pp. Xx.\n\nA post", "post", false},
	{"three before", "nn 12near", "near", false},
	{"four before", "nn 123near", "near", true},
	{"counted in characters", "nn\xc3\xa9\xc3\xa9\xc3\xa9near", "near", false},
	{"not behind", "near nn", "near", true},
	{"within, behind", "after 12 nn", "after", false},
	{"within, too far behind", "after 123 nn", "after", true},
	{"within, before does not count", "nn after", "after", true},
	{"either side", "nn either", "either", false},
	{"the other side", "either nn", "either", false},
	{"either side, too far", "nn 1 either", "either", true},
	{"a side without a distance", "nn 1 2 3 4 5 6 7 8 side", "side", false},
	{"and its other side", "side nn", "side", true},
	{"required", "pp 12 needs", "needs", true},
	{"required, too far", "pp 1234 needs", "needs", false},
	{"required, not there", "needs", "needs", false},
	{"both required", "pp ss both", "both", true},
	{"one of both", "pp both", "both", false},
	{"a rule may be required", "cover. A rule", "rule", true},
	{"and be missing", "a rule", "rule", false},
	{"a context that is off does nothing", "oo off", "off", true},
	{"an allowed phrase", "high five", "allow", false},
	{"and the same word elsewhere", "high five, so high", "allow", true},
};

static bool has_hit(const struct ruleset *set, const struct score *score, const char *id)
{
	for (size_t i = 0; i < score->n_hits; i++) {
		if (strcmp(ruleset_card(set, score->hits[i].rule)->id, id) == 0)
			return true;
	}
	return false;
}

static void test_guards(void **state)
{
	(void)state;
	struct ruleset *set = load_text(guards, NULL, false, NULL);
	for (size_t i = 0; i < COUNT(guard_rows); i++) {
		const struct guard_row *row = &guard_rows[i];
		struct post post = post_of(row->text);
		struct scored scored;
		score_with(set, &post, &scored);
		if (has_hit(set, &scored.score, row->rule) != row->hit)
			fail_msg("%s: \"%s\" %s", row->why, row->text,
				row->hit ? "is not found" : "is found");
		drop(&scored);
	}
	ruleset_free(set);
}

/* A category's guards hold for all its rules; a rule's own word on one goes before. */
static void test_category_guards(void **state)
{
	(void)state;
	struct ruleset *set =
		load_text(HEAD "categories: {cat: {title: C, class: illegal, severity: medium, "
			       "unless: [_ctx.no]}}\nrules:\n"
			       "  - {id: _ctx.no, kind: context, reach: post, pattern: nope}\n"
			       "  - {id: plain, category: cat, pattern: word}\n"
			       "  - {id: own, category: cat, pattern: word, unless: [{rule: "
			       "_ctx.no, discount: 0.5}]}\n",
			NULL, false, NULL);
	struct post post = post_of("nope, word");
	struct scored scored;
	score_with(set, &post, &scored);
	assert_int_equal(scored.score.n_hits, 1);
	assert_true(has_hit(set, &scored.score, "own"));
	assert_float_equal(scored.score.hits[0].score, 15, 0.001);
	drop(&scored);
	ruleset_free(set);
}

/* ---- places ---- */

static const char placed[] = RULES
	"  - {id: once, category: cat, severity: low, pattern: once}\n"
	"  - {id: twice, category: cat, severity: low, pattern: twice, max_hits: 2}\n"
	"  - {id: lap, category: cat, severity: low, pattern: ['aabb', 'bbcc'], max_hits: 5}\n"
	"  - {id: cased, category: cat, severity: low, pattern: 'Gap Inc', flags: [cased]}\n"
	"  - {id: plain, category: cat, severity: low, pattern: plainly, views: [plain]}\n"
	"  - {id: leet, category: cat, severity: high, pattern: hate}\n"
	"  - {id: link, category: cat, severity: low, kind: link, pattern: "
	"'^https://bad\\.example/'}\n";

struct place_row {
	const char *why;
	const char *text;
	const char *want; /* "rule start end; …" in the order of the hits */
};

static const struct place_row place_rows[] = {
	{"a rule hits once", "once, once", "once 0 4"},
	{"or as often as it may", "twice twice twice", "twice 0 5; twice 6 11"},
	{"overlapping hits are one", "aabbcc", "lap 0 4"},
	{"hits that do not overlap are two", "aabb bbcc", "lap 0 4; lap 5 9"},
	{"case matters to who asks", "gap inc Gap Inc", "cased 8 15"},
	{"plain text alone", "pl4inly", ""},
	{"the worst goes first", "once hate", "leet 5 9; once 0 4"},
	{"a disguise", "so h\xc3\xa4te", "leet 3 8"},
	{"once where both views show it", "hate", "leet 0 4"},
	{"a disguised one and a plain one are two places, the first counts", "h4te hate",
		"leet 0 4"},
	{"a link in the text", "see HTTPS://Bad.example/x ok", "link 4 25"},
	{"a link elsewhere", "see https://good.example/bad.example/", ""},
	{"a link is no text", "see https://once.example/", ""},
};

static void test_places(void **state)
{
	(void)state;
	struct ruleset *set = load_text(placed, NULL, false, NULL);
	for (size_t i = 0; i < COUNT(place_rows); i++) {
		const struct place_row *row = &place_rows[i];
		struct post post = post_of(row->text);
		struct scored scored;
		struct buf got = BUF_INIT(4096);
		score_with(set, &post, &scored);
		for (size_t k = 0; k < scored.score.n_hits; k++) {
			const struct hit *hit = &scored.score.hits[k];
			assert_int_equal(
				buf_addf(&got, "%s%s %zu %zu", k ? "; " : "",
					ruleset_card(set, hit->rule)->id, hit->start, hit->end),
				0);
		}
		if (strcmp(buf_str(&got), row->want) != 0)
			fail_msg("%s: \"%s\" gives \"%s\", not \"%s\"", row->why, row->text,
				buf_str(&got), row->want);
		buf_release(&got);
		drop(&scored);
	}
	ruleset_free(set);
}

/* A link card has no place in the text. */
static void test_link_card(void **state)
{
	(void)state;
	static const struct link links[] = {{"https://bad.example/", 0, 0},
		{"https://bad.example/again", 3, 5}, {"https://bad\xff\xff.example/", 0, 0}};
	struct ruleset *set = load_text(placed, NULL, false, NULL);
	struct post post = post_of("see this");
	struct scored scored;
	post.links = links;
	post.n_links = COUNT(links);
	score_with(set, &post, &scored);
	assert_int_equal(scored.score.n_hits, 1);
	assert_int_equal(scored.score.hits[0].start, 0);
	assert_int_equal(scored.score.hits[0].end, 0);
	drop(&scored);
	ruleset_free(set);
}

/* Somebody else's words are never the person's. */
static void test_others(void **state)
{
	(void)state;
	struct ruleset *set = load_text(placed, NULL, false, NULL);
	struct post post = post_of("what a thing to say");
	struct scored scored;
	post.kind = KIND_QUOTE;
	post.others = "hate hate hate";
	post.others_len = strlen(post.others);
	score_with(set, &post, &scored);
	assert_int_equal(scored.score.n_hits, 0);
	drop(&scored);
	ruleset_free(set);
}

/* ---- limits ---- */

static void test_long_post(void **state)
{
	(void)state;
	struct ruleset *set = load_text(placed, NULL, false, NULL);
	const size_t len = LIMIT_POST_TEXT_B + 100;
	char *text = malloc(len + 1);
	struct scored scored;
	assert_non_null(text);
	memset(text, 'x', len);
	memcpy(text, "hate ", 5);
	memcpy(text + len - 5, " once", 5);
	text[len] = '\0';
	struct post post = post_of(text);
	score_with(set, &post, &scored);
	assert_true(scored.score.unscored);
	assert_non_null(strstr(scored.score.unscored_why, "only the first 65536 of 65636 bytes"));
	assert_int_equal(scored.score.n_hits, 1); /* what was looked at counts */
	drop(&scored);
	free(text);
	ruleset_free(set);
}

static void test_gives_up(void **state)
{
	(void)state;
	struct ruleset *set =
		load_text(RULES "  - {id: slow, category: cat, pattern: '(?:\\w\\w?\\w?){1,90}!'}\n"
				"  - {id: fine, category: cat, pattern: fine}\n",
			NULL, false, NULL);
	struct post post = post_of(
		"fine "
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa !");
	struct scored scored;
	score_with(set, &post, &scored);
	assert_true(scored.score.unscored);
	assert_string_equal(scored.score.unscored_why, "rule slow gave up at its limit of steps");
	assert_true(has_hit(set, &scored.score, "fine"));
	drop(&scored);
	ruleset_free(set);
}

static void test_many_hits(void **state)
{
	(void)state;
	struct buf text = BUF_INIT(1u << 20);
	assert_int_equal(buf_adds(&text, RULES), 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(
			buf_addf(&text,
				"  - {id: r%d, category: cat, severity: %s, pattern: word}\n", i,
				i == 50 ? "high" : "low"),
			0);
	struct ruleset *set = load_text(buf_str(&text), NULL, false, NULL);
	struct post post = post_of("word");
	struct scored scored;
	score_with(set, &post, &scored);
	assert_int_equal(scored.score.n_hits, LIMIT_HITS);
	assert_string_equal(ruleset_card(set, scored.score.hits[0].rule)->id, "r50");
	drop(&scored);
	ruleset_free(set);
	buf_release(&text);
}

/* ---- the prefilter changes nothing ---- */

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13; /* xorshift32 (Marsaglia) */
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void test_prefilter_off(void **state)
{
	(void)state;
	static const char *const bits[] = {"a", "ass", "hate", "h4te", "my", "boss", "f u c k",
		"fuck", "fuuuck", " ", " ", " ", ", ", ".", "\n", "\"", "not", "@ada",
		"https://a.example/hate", "\xd1\x85\xd0\xb0te", "!", "b0ss"};
	static const char *const patterns[] = {"hate", "\\bfuck\\w*", "my\\s+boss", "\\w*ss\\b",
		"\\bmy\\b.{0,20}\\bboss", "(?:hate|fuck) (?:my )?(?:boss|ass)", "[ab]",
		"\\bhate(?! my)", "\\w{6,}", "(?<=my )\\w+", "@\\w+", "a\\b"};
	struct buf text = BUF_INIT(1u << 20);
	assert_int_equal(
		buf_adds(&text, RULES
			"  - {id: _ctx.q, kind: context, reach: cover, pattern: '\"[^\"]+\"'}\n"
			"  - {id: _ctx.n, kind: context, pattern: \\bnot\\b, reach: {before: "
			"20}}\n"),
		0);
	for (size_t i = 0; i < COUNT(patterns); i++)
		assert_int_equal(
			buf_addf(&text,
				"  - {id: r%zu, category: cat, pattern: '%s', max_hits: 3%s}\n", i,
				patterns[i],
				i % 2 ? ", unless: [_ctx.q, {rule: _ctx.n, discount: 0.5}]" : ""),
			0);
	struct ruleset *set = load_text(buf_str(&text), NULL, false, NULL);
	struct scorer *scorers[2];
	uint32_t seed = 42;
	size_t hits = 0;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(scorer_new(set, &scorers[i]), 0);
	scorer_everything(scorers[1], true);
	for (size_t n = 0; n < 3000; n++) {
		struct buf words = BUF_INIT(4096);
		struct score scores[2];
		struct arena *arena = arena_new(LIMIT_EXTRACT_B);
		for (size_t i = next_random(&seed) % 14; i > 0; i--)
			assert_int_equal(
				buf_adds(&words, bits[next_random(&seed) % COUNT(bits)]), 0);
		struct post post = post_of(buf_str(&words));
		for (size_t i = 0; i < 2; i++)
			assert_int_equal(
				score_post(scorers[i], &post, NOW_S, arena, &scores[i]), 0);
		assert_int_equal(scores[0].n_hits, scores[1].n_hits);
		for (size_t i = 0; i < scores[0].n_hits; i++) {
			assert_int_equal(scores[0].hits[i].rule, scores[1].hits[i].rule);
			assert_int_equal(scores[0].hits[i].start, scores[1].hits[i].start);
			assert_int_equal(scores[0].hits[i].end, scores[1].hits[i].end);
			assert_string_equal(scores[0].hits[i].reasons, scores[1].hits[i].reasons);
		}
		hits += scores[0].n_hits;
		arena_free(arena);
		buf_release(&words);
	}
	assert_true(hits > 3000);
	scorer_free(scorers[0]);
	scorer_free(scorers[1]);
	ruleset_free(set);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_guards),
		cmocka_unit_test(test_category_guards),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_link_card),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_long_post),
		cmocka_unit_test(test_gives_up),
		cmocka_unit_test(test_many_hits),
		cmocka_unit_test(test_prefilter_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
