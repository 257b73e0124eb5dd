#include "daemon/message.h"
#include "tests/unit/reader_doubles.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N_RULES 7

/* ---- a reading that is as it should be, and what it is made of ---- */

struct sample {
	struct reading reading;
	struct post posts[2];
	struct score scores[2];
	struct link links[1];
	struct hit hits[2];
	struct follow follows[1];
	struct robots_rule robots[1];
	struct job jobs[1];
	struct school schools[1];
	const char *own[2];
};

/* "é" takes bytes 3 and 4: 4 is inside a character. */
#define TEXT "caf\xc3\xa9 and beer"

static void sample_fill(struct sample *s)
{
	memset(s, 0, sizeof *s);
	s->links[0] = (struct link){.url = "https://a.example/x", .start = 6, .end = 9};
	s->posts[0] = (struct post){.id = "1",
		.url = "https://a.example/1",
		.kind = KIND_REPLY,
		.pinned = true,
		.published_s = 1700000000,
		.text = TEXT,
		.len = strlen(TEXT),
		.title_len = 5,
		.others = "theirs",
		.others_len = 6,
		.links = s->links,
		.n_links = 1};
	s->posts[1] = (struct post){.id = "2", .kind = KIND_REPOST, .text = ""};
	s->hits[0] = (struct hit){.rule = 6,
		.start = 10,
		.end = 14,
		.confidence = 0.5,
		.score = 30.25,
		.severity = SEVERITY_MEDIUM,
		.reasons = "medium 30"};
	s->hits[1] = (struct hit){
		.rule = 0, .start = 0, .end = strlen(TEXT), .confidence = 1, .score = 1};
	s->scores[0] = (struct score){
		.score = 31, .severity = SEVERITY_MEDIUM, .hits = s->hits, .n_hits = 2};
	s->scores[1] = (struct score){.unscored = true, .unscored_why = "cut"};
	s->follows[0] = (struct follow){.url = "https://a.example/?page=2",
		.source = "page",
		.step = -3,
		.subject = "17",
		.json = "{\"limit\":100}",
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_ALSO};
	s->robots[0] = (struct robots_rule){.allow = true, .pattern = "/*.html$"};
	s->jobs[0] = (struct job){.title = "Clerk", .company = "Initech", .start = "2021-04"};
	s->schools[0] = (struct school){.name = "Example School"};
	s->own[0] = "https://b.example/";
	s->own[1] = "https://c.example/";
	s->reading.scores = s->scores;
	s->reading.extract = (struct extract){.verdict = VERDICT_TRUNCATED,
		.why = "newest 20",
		.retry_at_s = 5,
		.posts = s->posts,
		.n_posts = 2,
		.facts = FACTS_INIT,
		.follows = s->follows,
		.n_follows = 1,
		.coverage = {.total = 40, .window = true, .lack = "x"},
		.robots = s->robots,
		.n_robots = 1};
	struct facts *facts = &s->reading.extract.facts;
	facts->name = "Ada";
	facts->bio = "b\xc3\xado";
	facts->jobs = s->jobs;
	facts->n_jobs = 1;
	facts->schools = s->schools;
	facts->n_schools = 1;
	facts->links = s->own;
	facts->n_links = 2;
	facts->n_posts = 40;
}

static struct buf encode(const struct sample *sample)
{
	struct buf bytes = BUF_INIT(ANSWER_B);
	assert_int_equal(message_add_reading(&bytes, &sample->reading), 0);
	return bytes;
}

/* From a block of exactly that size, so that the sanitizer sees a read past its end. */
static int decode(const char *bytes, size_t len, struct reading *ret, const char **wrong)
{
	char *exact = malloc(len ? len : 1);
	assert_non_null(exact);
	memcpy(exact, bytes, len);
	int r = message_read_reading(exact, len, N_RULES, ret, wrong);
	free(exact);
	return r;
}

static void test_round_trip(void **state)
{
	(void)state;
	struct sample sample;
	sample_fill(&sample);
	struct buf bytes = encode(&sample);
	struct reading reading;
	const char *wrong = NULL;
	assert_int_equal(decode(bytes.data, bytes.len, &reading, &wrong), 0);
	/* What was rebuilt says, byte for byte, what was said. */
	struct buf again = BUF_INIT(ANSWER_B);
	assert_int_equal(message_add_reading(&again, &reading), 0);
	assert_int_equal(again.len, bytes.len);
	assert_memory_equal(again.data, bytes.data, bytes.len);
	assert_string_equal(reading.extract.posts[0].text, TEXT);
	assert_int_equal(reading.extract.posts[0].title_len, 5);
	assert_null(reading.extract.posts[1].url);
	assert_int_equal(reading.extract.verdict, VERDICT_TRUNCATED);
	assert_true(reading.scores[0].hits[0].score == 30.25);
	assert_true(reading.scores[1].unscored);
	assert_int_equal(reading.extract.follows[0].step, -3);
	assert_string_equal(reading.extract.follows[0].json, "{\"limit\":100}");
	assert_string_equal(reading.extract.facts.links[1], "https://c.example/");
	assert_int_equal(reading.extract.facts.n_followers, -1);
	assert_true(reading.extract.robots[0].allow);
	buf_release(&again);
	buf_release(&bytes);
	reading_release(&reading);
}

/* A page with an endless name is read all the same; main takes no longer one from anybody. */
static void test_long_names_are_cut(void **state)
{
	(void)state;
	static char name[LIMIT_POST_TEXT_B + 4];
	struct sample sample;
	sample_fill(&sample);
	memset(name, 'n', sizeof name - 1);
	memcpy(name + LIMIT_POST_TEXT_B - 1, "\xc3\xa9",
		2); /* the limit falls into this character */
	sample.reading.extract.facts.name = name;
	sample.posts[0].id = name; /* as is one with an endless id */
	struct buf bytes = encode(&sample);
	struct reading reading;
	const char *wrong = NULL;
	assert_int_equal(decode(bytes.data, bytes.len, &reading, &wrong), 0);
	assert_int_equal(strlen(reading.extract.facts.name), LIMIT_POST_TEXT_B - 1);
	assert_int_equal(strlen(reading.extract.posts[0].id), LIMIT_POST_TEXT_B - 1);
	reading_release(&reading);
	buf_release(&bytes);
}

/* ---- lies: one field of the sample is set wrong ---- */

static char too_long[LIMIT_POST_TEXT_B + 2];
static struct follow many_follows[LIMIT_FOLLOWS + 1];

#define LIE(name, change)                  \
	static void name(struct sample *s) \
	{                                  \
		change;                    \
	}
LIE(verdict_beyond, s->reading.extract.verdict = VERDICT_COUNT)
LIE(verdict_negative, s->reading.extract.verdict = (enum verdict) - 1)
LIE(kind_beyond, s->posts[0].kind = KIND_COUNT)
LIE(severity_beyond, s->scores[0].severity = SEVERITY_COUNT)
LIE(hit_severity_beyond, s->hits[0].severity = SEVERITY_COUNT)
LIE(accept_beyond, s->follows[0].accept = ACCEPT_COUNT)
LIE(relation_beyond, s->follows[0].relation = FOLLOW_COUNT)
LIE(rule_unknown, s->hits[0].rule = N_RULES)
LIE(rule_huge, s->hits[0].rule = SIZE_MAX)
LIE(hit_past_end, s->hits[0].end = s->posts[0].len + 1)
LIE(hit_backwards, s->hits[0].start = 13; s->hits[0].end = 12)
LIE(hit_inside_character, s->hits[0].start = 4)
LIE(hit_end_inside_character, s->hits[0].start = 0; s->hits[0].end = 4)
LIE(hit_in_empty_post, s->scores[1] = s->scores[0])
LIE(hits_too_many, s->scores[0].n_hits = LIMIT_HITS + 1;
	s->scores[0].hits = calloc(LIMIT_HITS + 1, sizeof(struct hit)))
LIE(score_nan, s->scores[0].score = NAN)
LIE(score_infinite, s->hits[0].score = INFINITY)
LIE(score_above, s->hits[0].score = 100.5)
LIE(score_below, s->scores[0].score = -0.5)
LIE(confidence_nan, s->hits[0].confidence = NAN)
LIE(confidence_above, s->hits[0].confidence = 1.01)
LIE(text_not_utf8, s->posts[0].text = "caf\xe9"; s->posts[0].len = 4)
LIE(text_overlong, s->posts[0].text = "\xc0\xaf"; s->posts[0].len = 2)
LIE(text_missing, s->posts[0].text = NULL)
LIE(text_too_long, s->posts[0].text = too_long; s->posts[0].len = LIMIT_POST_TEXT_B + 1)
LIE(text_with_nul, s->posts[1].text = "a\0b"; s->posts[1].len = 3)
LIE(id_missing, s->posts[0].id = NULL)
LIE(name_not_utf8, s->reading.extract.facts.name = "\xff")
LIE(own_link_missing, s->own[0] = NULL)
LIE(reasons_surrogate, s->hits[0].reasons = "\xed\xa0\x80")
LIE(title_past_end, s->posts[0].title_len = s->posts[0].len + 1)
LIE(title_inside_character, s->posts[0].title_len = 4)
LIE(link_past_end, s->links[0].end = 99)
LIE(link_script, s->links[0].url = "javascript:alert(1)")
LIE(link_missing, s->links[0].url = NULL)
LIE(post_file, s->posts[0].url = "file:///etc/passwd")
LIE(links_too_many, s->posts[0].n_links = LIMIT_POST_LINKS + 1;
	s->posts[0].links = calloc(LIMIT_POST_LINKS + 1, sizeof(struct link)))
LIE(follow_file, s->follows[0].url = "file:///etc/passwd")
LIE(follow_relative, s->follows[0].url = "/next")
LIE(body_not_utf8, s->follows[0].json = "{\"a\":\"\xe9\"}")
LIE(body_too_long, too_long[LIMIT_REQUEST_BODY_B + 1] = '\0'; s->follows[0].json = too_long)
LIE(follow_unknown_source, s->follows[0].source = "nosuch")
LIE(follow_no_source, s->follows[0].source = NULL)
LIE(follows_too_many, s->reading.extract.follows = many_follows;
	s->reading.extract.n_follows = LIMIT_FOLLOWS + 1)
LIE(time_far, s->posts[0].published_s = INT64_MAX)
LIE(time_past, s->posts[0].updated_s = INT64_MIN)
LIE(total_below, s->reading.extract.coverage.total = -2)
LIE(pattern_missing, s->robots[0].pattern = NULL)

struct lie {
	const char *why;
	void (*tell)(struct sample *sample);
	const char *wrong;
};

/* clang-format off */
static const struct lie lies[] = {
	{"a verdict that there is not",             verdict_beyond,           "verdict"},
	{"a negative verdict",                      verdict_negative,         "verdict"},
	{"a kind that there is not",                kind_beyond,              "kind of a post"},
	{"a severity that there is not",            severity_beyond,          "severity of a post"},
	{"a hit's severity that there is not",      hit_severity_beyond,      "severity of a hit"},
	{"an Accept that there is not",             accept_beyond,            "format of a follow"},
	{"a relation that there is not",            relation_beyond,          "relation of a follow"},
	{"one rule more than there are",            rule_unknown,             "rule of a hit"},
	{"a rule index that is negative as int64",  rule_huge,                "rule of a hit"},
	{"a hit that ends behind the text",         hit_past_end,             "place of a hit"},
	{"a hit that ends before it starts",        hit_backwards,            "place of a hit"},
	{"a hit that starts inside a character",    hit_inside_character,     "place of a hit"},
	{"a hit that ends inside a character",      hit_end_inside_character, "place of a hit"},
	{"a hit in a post without text",            hit_in_empty_post,        "place of a hit"},
	{"more hits than are kept",                 hits_too_many,            "hits of a post"},
	{"a score that is no number",               score_nan,                "score of a post"},
	{"an infinite score",                       score_infinite,           "score of a hit"},
	{"a score above 100",                       score_above,              "score of a hit"},
	{"a score below 0",                         score_below,              "score of a post"},
	{"a confidence that is no number",          confidence_nan,           "confidence of a hit"},
	{"a confidence above 1",                    confidence_above,         "confidence of a hit"},
	{"a text in Latin-1",                       text_not_utf8,            "text of a post"},
	{"an overlong slash",                       text_overlong,            "text of a post"},
	{"no text at all",                          text_missing,             "text of a post"},
	{"a text over the limit",                   text_too_long,            "text of a post"},
	{"a NUL in a text",                         text_with_nul,            "text of a post"},
	{"no id",                                   id_missing,               "id of a post"},
	{"a name that is not UTF-8",                name_not_utf8,            "name of the profile"},
	{"a NULL among the profile's links",        own_link_missing,         "link of the profile"},
	{"a surrogate in the reasons",              reasons_surrogate,        "reasons of a hit"},
	{"a title longer than the text",            title_past_end,           "title of a post"},
	{"a title that ends inside a character",    title_inside_character,   "title of a post"},
	{"a link that covers more than the text",   link_past_end,            "place of a link"},
	{"a link that a report must never carry",   link_script,              "address of a link"},
	{"a link without an address",               link_missing,             "address of a link"},
	{"a permalink on this machine's disk",      post_file,                "address of a post"},
	{"more links than are kept",                links_too_many,           "links of a post"},
	{"a follow to this machine's disk",         follow_file,              "address of a follow"},
	{"a body in Latin-1",                       body_not_utf8,            "body of a follow"},
	{"a body over the limit",                   body_too_long,            "body of a follow"},
	{"a relative follow",                       follow_relative,          "address of a follow"},
	{"a follow for a source that is not there", follow_unknown_source,    "source of a follow"},
	{"a follow without a source",               follow_no_source,         "source of a follow"},
	{"more follows than are kept",              follows_too_many,         "follows"},
	{"a time that no calendar has",             time_far,                 "time of a post"},
	{"an edit before the year 1",               time_past,                "time of a post's edit"},
	{"fewer posts than none",                   total_below,              "total of posts"},
	{"a robots rule without a pattern",         pattern_missing,          "pattern of a robots rule"},
};
/* clang-format on */

static void test_lies(void **state)
{
	(void)state;
	memset(too_long, 'x', sizeof too_long - 1);
	for (size_t i = 0; i < LIMIT_FOLLOWS + 1; i++)
		many_follows[i] = (struct follow){.url = "https://a.example/", .source = "page"};
	for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
		struct sample sample;
		sample_fill(&sample);
		lies[i].tell(&sample);
		struct buf bytes = encode(&sample);
		struct reading reading;
		const char *wrong = NULL;
		int r = decode(bytes.data, bytes.len, &reading, &wrong);
		if (r != MESSAGE_E_BAD || !wrong || strcmp(wrong, lies[i].wrong) != 0)
			fail_msg("%s: %d, %s", lies[i].why, r, wrong ? wrong : "nothing wrong");
		buf_release(&bytes);
		if (sample.scores[0].n_hits > LIMIT_HITS)
			free((void *)sample.scores[0].hits);
		if (sample.posts[0].n_links > LIMIT_POST_LINKS)
			free((void *)sample.posts[0].links);
	}
}

/* ---- lies that no struct can tell: the bytes themselves ---- */

static void test_every_prefix(void **state)
{
	(void)state;
	struct sample sample;
	sample_fill(&sample);
	struct buf bytes = encode(&sample);
	for (size_t len = 0; len < bytes.len; len++) {
		struct reading reading;
		const char *wrong = NULL;
		if (decode(bytes.data, len, &reading, &wrong) != MESSAGE_E_BAD || !wrong)
			fail_msg("the first %zu of %zu bytes were taken for a whole answer", len,
				bytes.len);
	}
	assert_int_equal(buf_addc(&bytes, 0), 0);
	struct reading reading;
	const char *wrong = NULL;
	assert_int_equal(decode(bytes.data, bytes.len, &reading, &wrong), MESSAGE_E_BAD);
	assert_string_equal(wrong, "bytes behind the end");
	buf_release(&bytes);
}

/* Each of the answer's numbers in turn is made extreme: no crash, no huge allocation, and where it
 * is taken the result still keeps what the headers promise. */
static void test_every_number(void **state)
{
	(void)state;
	static const int64_t extremes[] = {INT64_MIN, -1, 10001, UINT32_MAX, INT64_MAX};
	struct sample sample;
	sample_fill(&sample);
	struct buf bytes = encode(&sample);
	for (size_t at = 0; at + sizeof(int64_t) <= bytes.len; at++) {
		for (size_t i = 0; i < sizeof extremes / sizeof extremes[0]; i++) {
			char was[sizeof(int64_t)];
			memcpy(was, bytes.data + at, sizeof was);
			memcpy(bytes.data + at, &extremes[i], sizeof was);
			struct reading reading;
			const char *wrong = NULL;
			if (decode(bytes.data, bytes.len, &reading, &wrong) == 0) {
				assert_null(reading_check(&reading, N_RULES));
				reading_release(&reading);
			}
			memcpy(bytes.data + at, was, sizeof was);
		}
	}
	buf_release(&bytes);
}

static void test_scores_fewer_than_posts(void **state)
{
	(void)state;
	struct sample sample;
	sample_fill(&sample);
	sample.reading.extract.n_posts = 0;
	struct buf bytes = encode(&sample);
	/* The answer ends with the count of scores, 0; one more with nothing in it is appended. */
	const int64_t one = 1;
	memcpy(bytes.data + bytes.len - sizeof one, &one, sizeof one);
	char empty_score[5 * sizeof(int64_t)] = {0};
	assert_int_equal(buf_add(&bytes, empty_score, sizeof empty_score), 0);
	struct reading reading;
	const char *wrong = NULL;
	assert_int_equal(decode(bytes.data, bytes.len, &reading, &wrong), MESSAGE_E_BAD);
	assert_string_equal(wrong, "number of scores");
	buf_release(&bytes);
}

/* ---- packets ---- */

struct packet_row {
	const char *why;
	struct packet_head head;
	size_t body;
	int want;
};

/* clang-format off */
static const struct packet_row first_packets[] = {
	{"the one and only",               {PACKET_ANSWER, 0, 9, 1},  8,                 0},
	{"the first of several",           {PACKET_ANSWER, 0, 9, 0},  8,                 MESSAGE_E_MORE},
	{"memory ran out",                 {PACKET_FAILED, 0, 9, 0},  0,                 MESSAGE_E_FAILED},
	{"the page before",                {PACKET_ANSWER, 0, 8, 1},  8,                 MESSAGE_E_BAD},
	{"the page after",                 {PACKET_ANSWER, 0, 10, 1}, 8,                 MESSAGE_E_BAD},
	{"failure of another page",        {PACKET_FAILED, 0, 8, 0},  0,                 MESSAGE_E_BAD},
	{"failure with a body",            {PACKET_FAILED, 0, 9, 0},  1,                 MESSAGE_E_BAD},
	{"the second comes first",         {PACKET_ANSWER, 1, 9, 1},  8,                 MESSAGE_E_BAD},
	{"an endless stream of nothing",   {PACKET_ANSWER, 0, 9, 0},  0,                 MESSAGE_E_BAD},
	{"more than a packet holds",       {PACKET_ANSWER, 0, 9, 1},  PACKET_BODY_B + 1, MESSAGE_E_BAD},
	{"neither last nor not",           {PACKET_ANSWER, 0, 9, 2},  8,                 MESSAGE_E_BAD},
	{"hello again",                    {PACKET_HELLO, 0, 9, 0},   8,                 MESSAGE_E_BAD},
	{"a request, from the wrong side", {PACKET_REQUEST, 0, 9, 0}, 8,                 MESSAGE_E_BAD},
	{"a kind that there is not",       {99, 0, 9, 1},             8,                 MESSAGE_E_BAD},
};
/* clang-format on */

static char packet[PACKET_B + 1];

static void test_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof first_packets / sizeof first_packets[0]; i++) {
		const struct packet_row *row = &first_packets[i];
		struct gathering gathering = {.page = 9, .bytes = BUF_INIT(ANSWER_B)};
		memcpy(packet, &row->head, sizeof row->head);
		int r = message_gather(&gathering, packet, sizeof row->head + row->body);
		if (r != row->want)
			fail_msg("%s: %d, not %d", row->why, r, row->want);
		buf_release(&gathering.bytes);
	}
	struct gathering gathering = {.page = 9, .bytes = BUF_INIT(ANSWER_B)};
	assert_int_equal(
		message_gather(&gathering, packet, sizeof(struct packet_head) - 1), MESSAGE_E_BAD);
}

static void test_packets_in_order_and_bounded(void **state)
{
	(void)state;
	struct gathering gathering = {.page = 9, .bytes = BUF_INIT(2 * PACKET_BODY_B)};
	struct packet_head head = {.kind = PACKET_ANSWER, .page = 9};
	memcpy(packet, &head, sizeof head);
	assert_int_equal(message_gather(&gathering, packet, PACKET_B), MESSAGE_E_MORE);
	assert_int_equal(message_gather(&gathering, packet, PACKET_B), MESSAGE_E_BAD); /* 0 again */
	head.index = 1;
	memcpy(packet, &head, sizeof head);
	assert_int_equal(message_gather(&gathering, packet, PACKET_B), MESSAGE_E_MORE);
	head.index = 2;
	memcpy(packet, &head, sizeof head);
	assert_int_equal(
		message_gather(&gathering, packet, PACKET_B), MESSAGE_E_BAD); /* past the ceiling */
	assert_int_equal(gathering.bytes.len, 2 * PACKET_BODY_B);
	buf_release(&gathering.bytes);
}

static void test_request(void **state)
{
	(void)state;
	const struct page page = {.url = "https://a.example/",
		.final_url = "https://a.example/b",
		.profile = "https://a.example/",
		.source = "page",
		.step = 2,
		.status = 200,
		.content_type = "text/html; charset=\xff",
		.authorised = true,
		.fetched_s = 1700000000,
		.body_len = 12};
	struct buf bytes = BUF_INIT(REQUEST_B);
	assert_int_equal(message_add_request(&bytes, 77, &page), 0);
	struct arena *arena = arena_new(REQUEST_B);
	struct page got;
	uint64_t number;
	assert_int_equal(message_read_request(bytes.data, bytes.len, arena, &number, &got), 0);
	assert_int_equal(number, 77);
	assert_string_equal(got.final_url, page.final_url);
	assert_string_equal(got.content_type, page.content_type);
	assert_null(got.subject);
	assert_true(got.authorised);
	assert_int_equal(got.step, 2);
	assert_int_equal(got.body_len, 12);
	for (size_t len = 0; len < bytes.len; len++)
		assert_int_equal(
			message_read_request(bytes.data, len, arena, &number, &got), MESSAGE_E_BAD);
	arena_free(arena);
	buf_release(&bytes);
}

/* The longest request there can be fits into one. */
static void test_request_fits(void **state)
{
	(void)state;
	char *most = malloc(LIMIT_URL_B + 1);
	assert_non_null(most);
	memset(most, 'u', LIMIT_URL_B);
	most[LIMIT_URL_B] = '\0';
	const struct page page = {.url = most,
		.final_url = most,
		.profile = most,
		.source = most,
		.subject = most,
		.content_type = most,
		.link = most,
		.location = most,
		.body_len = LIMIT_PAGE_B};
	struct buf bytes = BUF_INIT(REQUEST_B);
	assert_int_equal(message_add_request(&bytes, 1, &page), 0);
	buf_release(&bytes);
	free(most);
}

static void test_hello(void **state)
{
	(void)state;
	const struct hello hello = {.digest = "0123456789abcdef0123456789abcdef",
		.landlock_abi = 6,
		.problems = "a.yaml:1:2: bad\n"};
	struct buf bytes = BUF_INIT(PACKET_B);
	assert_int_equal(message_add_hello(&bytes, &hello), 0);
	struct arena *arena = arena_new(PACKET_B);
	struct hello got;
	assert_int_equal(message_read_hello(bytes.data, bytes.len, arena, &got), 0);
	assert_string_equal(got.digest, hello.digest);
	assert_int_equal(got.landlock_abi, 6);
	assert_string_equal(got.problems, hello.problems);
	for (size_t len = 0; len < bytes.len; len++)
		assert_int_equal(message_read_hello(bytes.data, len, arena, &got), MESSAGE_E_BAD);
	bytes.data[0] = PACKET_ANSWER;
	assert_int_equal(message_read_hello(bytes.data, bytes.len, arena, &got), MESSAGE_E_BAD);
	arena_free(arena);
	buf_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_long_names_are_cut),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_every_number),
		cmocka_unit_test(test_scores_fewer_than_posts),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_packets_in_order_and_bounded),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_request_fits),
		cmocka_unit_test(test_hello),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
