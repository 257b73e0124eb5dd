#ifndef DIRTWATCH_TESTS_UNIT_API_CHECK_H
#define DIRTWATCH_TESTS_UNIT_API_CHECK_H

/* What the tests of sources that read APIs share: a question, its answer from a file or a string,
 * and answers that were damaged in every place. */
#include "crawlers/source.h"
#include "daemon/base/limits.h"
#include "tests/unit/shared.h"
#include "tests/unit/shipped_walls.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* cmocka leaves the test by longjmp, which the compiler does not know. */
#define FAIL(...)                      \
	do {                           \
		fail_msg(__VA_ARGS__); \
		abort();               \
	} while (0)

struct asked {
	const char *source;
	const char *url;
	const char *profile;
	int step;
	const char *subject;
	int status; /* 0: 200 */
	const char *content_type;
	const char *link;
};

static inline bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The years 1 to 9999: what main takes from the reader. */
static inline bool is_time(int64_t time_s)
{
	return time_s >= INT64_C(-62135596800) && time_s <= INT64_C(253402300799);
}

/* What no answer may break, however hostile the page: NULL, or what is broken. */
static inline const char *broken(const struct extract *extract)
{
	const struct facts *facts = &extract->facts;
	if (extract->verdict >= VERDICT_COUNT)
		return "the verdict is none";
	if (facts->n_posts < -1 || facts->n_followers < -1 || facts->n_following < -1 ||
		extract->coverage.total < -1)
		return "a count below none";
	if (!is_time(facts->created_s) || !is_time(facts->last_active_s))
		return "a time of the account that is none";
	for (size_t i = 0; i < extract->n_posts; i++) {
		const struct post *post = &extract->posts[i];
		if (!post->id || !*post->id || !post->text || strlen(post->text) != post->len)
			return "a post without id or with a wrong length";
		if (!is_time(post->published_s) || !is_time(post->updated_s))
			return "a time that is none";
		if (post->title_len > post->len)
			return "a title longer than the text";
		if (extract->verdict == VERDICT_EMPTY && post->kind != KIND_BIO &&
			post->kind != KIND_HANDLE)
			return "empty, but there are posts";
		for (size_t k = 0; k < post->n_links; k++) {
			const struct link *link = &post->links[k];
			if (!link->url || link->start > link->end || link->end > post->len)
				return "a link outside of its text";
		}
	}
	for (size_t i = 0; i < extract->n_follows; i++) {
		const struct follow *follow = &extract->follows[i];
		if (!follow->url || !source_find(follow->source))
			return "a request for nothing";
		if (strlen(follow->url) > LIMIT_URL_B ||
			(follow->subject && strlen(follow->subject) > LIMIT_URL_B))
			return "a request that is too long";
	}
	return NULL;
}

/* @authorised: with the person's own token. */
static inline void answer_as(const struct asked *asked, bool authorised, const char *body,
	size_t len, struct extract *ret)
{
	struct page page = {
		.url = asked->url,
		.final_url = asked->url,
		.profile = asked->profile,
		.source = asked->source,
		.step = asked->step,
		.subject = asked->subject,
		.status = asked->status ? asked->status : 200,
		.content_type = asked->content_type ? asked->content_type : "application/json",
		.link = asked->link,
		.fetched_s = 1750000000,
		.authorised = authorised,
		.body = body,
		.body_len = len,
	};
	/* A copy without a NUL behind it, so that the sanitizers see a read past the end. */
	char *exact = malloc(len ? len : 1);
	assert_non_null(exact);
	memcpy(exact, body, len);
	page.body = exact;
	assert_int_equal(source_read(shipped_walls(), &page, ret), 0);
	free(exact);
	const char *what = broken(ret);
	if (what)
		fail_msg("%s: %s: %.200s", asked->url, what, body);
	if (!verdict_proves(ret->verdict) && ret->verdict == VERDICT_PARSE_DRIFT && !ret->why)
		fail_msg("%s: nothing known in it, and no reason given: %.200s", asked->url, body);
}

static inline void answer(
	const struct asked *asked, const char *body, size_t len, struct extract *ret)
{
	answer_as(asked, false, body, len, ret);
}

static inline void answer_file(const struct asked *asked, const char *path, struct extract *ret)
{
	size_t len = 0;
	char *body = read_whole(path, &len);
	if (!body)
		FAIL("%s is not there", path);
	answer(asked, body, len, ret);
	free(body);
}

/* Some page of ../shared, or NULL with a message. */
static inline char *shared_page(const char *path, size_t *ret_len)
{
	char *body = read_shared(path, ret_len);
	if (!body)
		print_message("skipped: no %s/%s\n", shared_root(), path);
	return body;
}

static inline const struct post *post_called(const struct extract *extract, const char *id)
{
	for (size_t i = 0; i < extract->n_posts; i++) {
		if (strcmp(extract->posts[i].id, id) == 0)
			return &extract->posts[i];
	}
	FAIL("no post \"%s\"", id);
}

struct post_row {
	const char *name; /* why the row exists */
	const char *id;
	enum post_kind kind;
	int64_t published_s;
	const char *url;
	const char *text;
	const char *others;
	size_t n_links;
};

/* The posts of @extract are those of @rows, in that order, behind what the profile says. */
static inline void check_posts(
	const struct extract *extract, const struct post_row *rows, size_t count)
{
	size_t n = 0;
	for (size_t i = 0; i < extract->n_posts; i++) {
		const struct post *post = &extract->posts[i];
		if (post->kind == KIND_BIO || post->kind == KIND_HANDLE)
			continue;
		if (n == count)
			FAIL("one post too many: %s: %s", post->id, post->text);
		const struct post_row *row = &rows[n++];
		if (!same(post->id, row->id) || post->kind != row->kind ||
			post->published_s != row->published_s || !same(post->url, row->url) ||
			!same(post->text, row->text) || !same(post->others, row->others) ||
			post->n_links != row->n_links)
			FAIL("%s: %s, %s, %lld, %s: [%s] (%s), %zu links", row->name, post->id,
				kind_name(post->kind), (long long)post->published_s,
				post->url ? post->url : "no URL", post->text,
				post->others ? post->others : "no others", post->n_links);
	}
	if (n < count)
		FAIL("no post: %s", rows[n].name);
}

/* ---- damaged answers ---- */

/* Every beginning of an answer that is not the whole of it proves nothing. */
static inline void check_cuts(const struct asked *asked, const char *path)
{
	size_t len = 0;
	char *body = read_whole(path, &len);
	if (!body)
		FAIL("%s is not there", path);
	while (len > 0 && strchr(" \t\r\n", body[len - 1]))
		len--;
	size_t stride = len > 3000 ? 7 : 1;
	for (size_t cut = 0; cut < len; cut += stride) {
		struct extract extract;
		answer(asked, body, cut, &extract);
		if (verdict_proves(extract.verdict))
			fail_msg("%s cut at %zu: %s", path, cut, verdict_name(extract.verdict));
		extract_release(&extract);
	}
	free(body);
}

static inline size_t count_values(json_t *value)
{
	const char *key;
	size_t i, n = 1;
	json_t *inner;
	json_object_foreach(value, key, inner)
		n += count_values(inner);
	json_array_foreach(value, i, inner)
		n += count_values(inner);
	return n;
}

/* Put @other in place of the value number *@n below @value. */
static inline bool replace_value(json_t *value, size_t *n, json_t *other)
{
	const char *key;
	size_t i;
	json_t *inner;
	json_object_foreach(value, key, inner) {
		if ((*n)-- == 0)
			return json_object_set(value, key, other) == 0;
		if (replace_value(inner, n, other))
			return true;
	}
	json_array_foreach(value, i, inner) {
		if ((*n)-- == 0)
			return json_array_set(value, i, other) == 0;
		if (replace_value(inner, n, other))
			return true;
	}
	return false;
}

/* With a value of another type in any one place, an answer that holds something is never taken for
 * one that shows that there is nothing. */
static inline void check_types(const struct asked *asked, const char *path)
{
	static const char *const others[] = {"null", "7", "-8", "9000000000000000000", "-1.5e300",
		"\"x\"", "\"\"", "true", "{}", "[[]]"};
	json_t *whole = json_load_file(path, JSON_DECODE_ANY, NULL);
	assert_non_null(whole);
	size_t count = count_values(whole) - 1;
	for (size_t i = 0; i < count * (sizeof others / sizeof *others); i++) {
		json_t *copy = json_deep_copy(whole);
		json_t *other = json_loads(others[i / count], JSON_DECODE_ANY, NULL);
		size_t n = i % count;
		assert_true(replace_value(copy, &n, other));
		char *text = json_dumps(copy, 0);
		struct extract extract;
		answer(asked, text, strlen(text), &extract);
		if (extract.verdict == VERDICT_EMPTY)
			fail_msg("%s: empty with %s as value %zu", path, others[i / count],
				i % count);
		extract_release(&extract);
		free(text);
		json_decref(other);
		json_decref(copy);
	}
	json_decref(whole);
}

/* ---- what is asked for first ---- */

struct claim {
	const char *name; /* why the row exists */
	const char *url;
	const char *first; /* NULL: not claimed */
};

static inline void check_claims(const char *source, const struct claim *claims, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct arena *arena = arena_new(1u << 20);
		struct url url;
		struct follow first;
		const char *why = NULL;
		assert_int_equal(url_parse(arena, claims[i].url, &url), 0);
		const struct source *found = source_find(source);
		if (found->claims(&url, &why) != (claims[i].first != NULL))
			fail_msg("%s: %s: claimed by %s", claims[i].name, claims[i].url, source);
		if (claims[i].first) {
			assert_non_null(why);
			if (strcmp(source_pick(&url, &why)->name, source) != 0)
				fail_msg("%s: %s: goes to %s", claims[i].name, claims[i].url,
					source_pick(&url, &why)->name);
			assert_int_equal(found->first(arena, &url, &first), 0);
			assert_string_equal(first.source, source);
			if (strcmp(first.url, claims[i].first) != 0)
				fail_msg("%s: asks for %s", claims[i].name, first.url);
		}
		arena_free(arena);
	}
}

/* ---- errors ---- */

struct sign_row {
	const char *name; /* why the row exists */
	int status;
	const char *body;
	enum verdict verdict;
};

static inline void check_signs(struct asked asked, const struct sign_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct extract extract;
		asked.status = rows[i].status;
		answer(&asked, rows[i].body, strlen(rows[i].body), &extract);
		if (extract.verdict != rows[i].verdict)
			fail_msg("%s: %s, not %s", rows[i].name, verdict_name(extract.verdict),
				verdict_name(rows[i].verdict));
		extract_release(&extract);
	}
}

#endif
