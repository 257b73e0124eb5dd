#include "daemon/message.h"

#include "daemon/wire.h"

#include <limits.h>
#include <string.h>

/* ---- what the structs are made of ---- */

/* Strings that are shown, not fetched: nothing that a page says of itself is longer than a post.
 * The reader cuts them, so that a page with an endless title is still read. */
#define STRING_B LIMIT_POST_TEXT_B
/* Jobs, schools and links of a profile: as many as there may be posts. */
#define LIST_MAX LIMIT_POSTS
/* The years 1 and 9999 (ISO 8601 without agreement on more digits), in seconds since 1970. */
#define YEAR_1_S    INT64_C(-62135596800)
#define YEAR_9999_S INT64_C(253402300799)

/* One line a field; the argument s is the struct's name without "struct". */
/* clang-format off */
#define AT(s, f) .offset = offsetof(struct s, f)
#define STRING(n, s, f) {.name = (n), .type = FIELD_STRING, AT(s, f), .max = STRING_B, .cut = true}
#define URL(n, s, f) {.name = (n), .type = FIELD_STRING, AT(s, f), .max = LIMIT_URL_B}
#define NEED(n, s, f, most) {.name = (n), .type = FIELD_STRING, AT(s, f), .max = (most), .required = true}
#define BOOL(n, s, f) {.name = (n), .type = FIELD_BOOL, AT(s, f), .max = 1}
#define ENUM(n, s, f, count) {.name = (n), .type = FIELD_ENUM, AT(s, f), .max = (count) - 1}
#define SIZE(n, s, f, most) {.name = (n), .type = FIELD_SIZE, AT(s, f), .max = (most)}
#define REAL(n, s, f, most) {.name = (n), .type = FIELD_REAL, AT(s, f), .max = (most)}
#define COUNT(n, s, f) {.name = (n), .type = FIELD_INT64, AT(s, f), .min = -1, .max = INT64_MAX}
#define TIME(n, s, f) {.name = (n), .type = FIELD_INT64, AT(s, f), .min = YEAR_1_S, .max = YEAR_9999_S}
#define WITHIN(n, s, f, r) {.name = (n), .type = FIELD_LAYOUT, AT(s, f), .layout = &(r)}
#define ARRAY(n, s, f, count, most, r) {.name = (n), .type = FIELD_ARRAY, AT(s, f), \
		.length = offsetof(struct s, count), .max = (most), .layout = &(r)}
#define BYTES(n, s, f, need) {.name = (n), .type = FIELD_BYTES, AT(s, f), .max = LIMIT_URL_B, .required = (need)}
/* clang-format on */

static const struct field link_fields[] = {
	NEED("address of a link", link, url, LIMIT_URL_B),
	SIZE("start of a link", link, start, LIMIT_POST_TEXT_B),
	SIZE("end of a link", link, end, LIMIT_POST_TEXT_B),
};
static const struct layout link_layout = LAYOUT(struct link, link_fields);

static const struct field post_fields[] = {
	{.name = "id of a post",
		.type = FIELD_STRING,
		AT(post, id),
		.max = STRING_B,
		.required = true,
		.cut = true},
	URL("address of a post", post, url),
	STRING("author of a post", post, author),
	STRING("language of a post", post, lang),
	ENUM("kind of a post", post, kind, KIND_COUNT),
	BOOL("pinning of a post", post, pinned),
	TIME("time of a post", post, published_s),
	TIME("time of a post's edit", post, updated_s),
	{.name = "text of a post",
		.type = FIELD_TEXT,
		AT(post, text),
		.length = offsetof(struct post, len),
		.max = LIMIT_POST_TEXT_B,
		.required = true},
	SIZE("title of a post", post, title_len, LIMIT_POST_TEXT_B),
	{.name = "others' words in a post",
		.type = FIELD_TEXT,
		AT(post, others),
		.length = offsetof(struct post, others_len),
		.max = LIMIT_PAGE_B},
	ARRAY("links of a post", post, links, n_links, LIMIT_POST_LINKS, link_layout),
};
static const struct layout post_layout = LAYOUT(struct post, post_fields);

static const struct field hit_fields[] = {
	SIZE("rule of a hit", hit, rule, LIMIT_RULES),
	SIZE("start of a hit", hit, start, LIMIT_POST_TEXT_B),
	SIZE("end of a hit", hit, end, LIMIT_POST_TEXT_B),
	REAL("confidence of a hit", hit, confidence, 1),
	REAL("score of a hit", hit, score, 100),
	ENUM("severity of a hit", hit, severity, SEVERITY_COUNT),
	STRING("reasons of a hit", hit, reasons),
};
static const struct layout hit_layout = LAYOUT(struct hit, hit_fields);

static const struct field score_fields[] = {
	REAL("score of a post", score, score, 100),
	ENUM("severity of a post", score, severity, SEVERITY_COUNT),
	BOOL("whether a post was scored", score, unscored),
	STRING("why a post was not scored", score, unscored_why),
	ARRAY("hits of a post", score, hits, n_hits, LIMIT_HITS, hit_layout),
};
static const struct layout score_layout = LAYOUT(struct score, score_fields);

static const struct field job_fields[] = {
	STRING("title of a job", job, title),
	STRING("company of a job", job, company),
	STRING("address of a company", job, url),
	STRING("start of a job", job, start),
	STRING("end of a job", job, end),
};
static const struct layout job_layout = LAYOUT(struct job, job_fields);

static const struct field school_fields[] = {
	STRING("name of a school", school, name),
	STRING("degree of a school", school, degree),
	STRING("start of a school", school, start),
	STRING("end of a school", school, end),
};
static const struct layout school_layout = LAYOUT(struct school, school_fields);

/* An element of an array of strings. */
struct item {
	const char *string;
};
static const struct field item_fields[] = {
	NEED("link of the profile", item, string, STRING_B),
};
static const struct layout item_layout = LAYOUT(struct item, item_fields);

static const struct field facts_fields[] = {
	STRING("name of the profile", facts, name),
	STRING("handle of the profile", facts, handle),
	STRING("headline of the profile", facts, headline),
	STRING("bio of the profile", facts, bio),
	STRING("location of the profile", facts, location),
	STRING("photo of the profile", facts, photo_url),
	STRING("description of the photo", facts, photo_alt),
	STRING("new address of the profile", facts, moved_to),
	ARRAY("jobs of the profile", facts, jobs, n_jobs, LIST_MAX, job_layout),
	ARRAY("schools of the profile", facts, schools, n_schools, LIST_MAX, school_layout),
	ARRAY("links of the profile", facts, links, n_links, LIST_MAX, item_layout),
	TIME("age of the profile", facts, created_s),
	TIME("last activity of the profile", facts, last_active_s),
	COUNT("number of posts", facts, n_posts),
	COUNT("number of followers", facts, n_followers),
	COUNT("number of followed", facts, n_following),
};
static const struct layout facts_layout = LAYOUT(struct facts, facts_fields);

static const struct field follow_fields[] = {
	NEED("address of a follow", follow, url, LIMIT_URL_B),
	NEED("source of a follow", follow, source, STRING_B),
	{.name = "step of a follow",
		.type = FIELD_INT,
		AT(follow, step),
		.min = INT_MIN,
		.max = INT_MAX},
	URL("subject of a follow", follow, subject),
	{.name = "body of a follow",
		.type = FIELD_STRING,
		AT(follow, json),
		.max = LIMIT_REQUEST_BODY_B},
	ENUM("format of a follow", follow, accept, ACCEPT_COUNT),
	ENUM("relation of a follow", follow, relation, FOLLOW_COUNT),
};
static const struct layout follow_layout = LAYOUT(struct follow, follow_fields);

static const struct field coverage_fields[] = {
	COUNT("total of posts", coverage, total),
	BOOL("whether the source shows a window", coverage, window),
	BOOL("whether posts were cut", coverage, cut),
	STRING("what the source lacks", coverage, lack),
	SIZE("number of interactions", coverage, n_interactions, LIMIT_POSTS),
	BOOL("whether interactions were cut", coverage, interactions_cut),
};
static const struct layout coverage_layout = LAYOUT(struct coverage, coverage_fields);

static const struct field robots_fields[] = {
	BOOL("kind of a robots rule", robots_rule, allow),
	NEED("pattern of a robots rule", robots_rule, pattern, STRING_B),
};
static const struct layout robots_layout = LAYOUT(struct robots_rule, robots_fields);

/* A reading with the number of its scores, which must be that of the posts. */
struct answer {
	struct reading reading;
	size_t n_scores;
};

static const struct field answer_fields[] = {
	ENUM("verdict", answer, reading.extract.verdict, VERDICT_COUNT),
	STRING("reason of the verdict", answer, reading.extract.why),
	TIME("time to come back", answer, reading.extract.retry_at_s),
	ARRAY("posts", answer, reading.extract.posts, reading.extract.n_posts, LIMIT_POSTS,
		post_layout),
	WITHIN("facts", answer, reading.extract.facts, facts_layout),
	ARRAY("follows", answer, reading.extract.follows, reading.extract.n_follows, LIMIT_FOLLOWS,
		follow_layout),
	WITHIN("coverage", answer, reading.extract.coverage, coverage_layout),
	ARRAY("robots rules", answer, reading.extract.robots, reading.extract.n_robots,
		LIMIT_ROBOTS_RULES, robots_layout),
	ARRAY("scores", answer, reading.scores, n_scores, LIMIT_POSTS, score_layout),
};
static const struct layout answer_layout = LAYOUT(struct answer, answer_fields);

_Static_assert(LIMIT_HEADER_B <= LIMIT_URL_B, "REQUEST_B counts every string as LIMIT_URL_B");

static const struct field page_fields[] = {
	BYTES("url", page, url, true),
	BYTES("final url", page, final_url, true),
	BYTES("profile", page, profile, true),
	BYTES("source", page, source, true),
	{.name = "step", .type = FIELD_INT, AT(page, step), .min = INT_MIN, .max = INT_MAX},
	BYTES("subject", page, subject, false),
	{.name = "status", .type = FIELD_INT, AT(page, status), .min = 0, .max = INT_MAX},
	BYTES("content type", page, content_type, false),
	BYTES("link", page, link, false),
	BYTES("location", page, location, false),
	BOOL("whether a token was sent", page, authorised),
	{.name = "time",
		.type = FIELD_INT64,
		AT(page, fetched_s),
		.min = YEAR_1_S,
		.max = YEAR_9999_S},
	SIZE("size", page, body_len, LIMIT_PAGE_B),
};
static const struct layout page_layout = LAYOUT(struct page, page_fields);

static const struct field hello_fields[] = {
	NEED("digest of the rules", hello, digest, DIGEST_CHARS),
	{.name = "Landlock",
		.type = FIELD_INT64,
		AT(hello, landlock_abi),
		.min = 0,
		.max = INT_MAX},
	{.name = "problems of rules",
		.type = FIELD_STRING,
		AT(hello, problems),
		.max = PACKET_BODY_B / 2,
		.cut = true},
};
static const struct layout hello_layout = LAYOUT(struct hello, hello_fields);

/* ---- packets ---- */

static int add_head(struct buf *out, enum packet_kind kind, uint64_t page)
{
	const struct packet_head head = {.kind = kind, .page = page};
	return buf_add(out, &head, sizeof head);
}

static bool take_head(struct cursor *in, struct packet_head *ret)
{
	if (in->left < sizeof *ret)
		return false;
	memcpy(ret, in->at, sizeof *ret);
	in->at += sizeof *ret;
	in->left -= sizeof *ret;
	return true;
}

/* One layout and nothing behind it. */
static int read_whole(
	struct cursor *in, const struct layout *layout, struct arena *arena, void *into)
{
	int r = wire_read(in, layout, arena, into);
	if (r < 0)
		return r;
	if (r == 0 && in->left == 0)
		return 0;
	if (!in->wrong)
		in->wrong = "bytes behind the end";
	return MESSAGE_E_BAD;
}

int message_add_hello(struct buf *out, const struct hello *hello)
{
	int r = add_head(out, PACKET_HELLO, 0);
	return r == 0 ? wire_write(out, &hello_layout, hello) : r;
}

int message_read_hello(const char *packet, size_t len, struct arena *arena, struct hello *ret)
{
	struct cursor in = {.at = packet, .left = len};
	struct packet_head head;
	struct hello hello = {0};
	if (!take_head(&in, &head) || head.kind != PACKET_HELLO)
		return MESSAGE_E_BAD;
	int r = read_whole(&in, &hello_layout, arena, &hello);
	if (r == 0)
		*ret = hello;
	return r;
}

int message_add_request(struct buf *out, uint64_t number, const struct page *page)
{
	int r = add_head(out, PACKET_REQUEST, number);
	return r == 0 ? wire_write(out, &page_layout, page) : r;
}

int message_read_request(
	const char *packet, size_t len, struct arena *arena, uint64_t *ret_number, struct page *ret)
{
	struct cursor in = {.at = packet, .left = len};
	struct packet_head head;
	struct page page = {0};
	if (!take_head(&in, &head) || head.kind != PACKET_REQUEST)
		return MESSAGE_E_BAD;
	int r = read_whole(&in, &page_layout, arena, &page);
	if (r != 0)
		return r;
	*ret_number = head.page;
	*ret = page;
	return 0;
}

/* ---- readings ---- */

int message_add_reading(struct buf *out, const struct reading *reading)
{
	const struct answer answer = {.reading = *reading, .n_scores = reading->extract.n_posts};
	return wire_write(out, &answer_layout, &answer);
}

int message_gather(struct gathering *gathering, const char *packet, size_t len)
{
	struct cursor in = {.at = packet, .left = len};
	struct packet_head head;
	if (!take_head(&in, &head) || head.page != gathering->page || head.index != gathering->next)
		return MESSAGE_E_BAD;
	if (head.kind == PACKET_FAILED)
		return in.left == 0 && head.index == 0 ? MESSAGE_E_FAILED : MESSAGE_E_BAD;
	/* Empty packets would let a reader keep us busy without ever reaching the ceiling. */
	if (head.kind != PACKET_ANSWER || head.last > 1 || in.left == 0 || in.left > PACKET_BODY_B)
		return MESSAGE_E_BAD;
	int r = buf_add(&gathering->bytes, in.at, in.left);
	if (r != 0)
		return r < 0 ? r : MESSAGE_E_BAD;
	gathering->next++;
	return head.last ? 0 : MESSAGE_E_MORE;
}

int message_read_reading(const char *bytes, size_t len, size_t n_rules, struct reading *ret,
	const char **reterr_wrong)
{
	struct cursor in = {.at = bytes, .left = len};
	struct answer answer = {0};
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	if (!arena)
		return -ENOMEM;
	int r = read_whole(&in, &answer_layout, arena, &answer);
	answer.reading.extract.arena = arena;
	if (r == 0 && answer.n_scores != answer.reading.extract.n_posts)
		in.wrong = "number of scores";
	else if (r == 0)
		in.wrong = reading_check(&answer.reading, n_rules);
	if (r == 0 && !in.wrong) {
		*ret = answer.reading;
		return 0;
	}
	arena_free(arena);
	*reterr_wrong = in.wrong;
	return r < 0 ? r : MESSAGE_E_BAD;
}
