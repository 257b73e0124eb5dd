#include "crawlers/sources/bluesky.h"

#include "crawlers/parse/json.h"
#include "crawlers/sources/sources.h"
#include "daemon/base/limits.h"

#include <stdlib.h>
#include <string.h>

/* Names: the lexicons app.bsky.graph.getFollows, app.bsky.feed.like, app.bsky.feed.getPosts. */

/* Pages of 100 that are read of an account's follows and likes in one scan.  Of ten accounts nine follow
 * fewer than 2,000.  A page of likes costs five requests, for it tells only addresses. */
#define FOLLOW_PAGES 20
#define LIKE_PAGES   2
/* As many as getPosts takes. */
#define POSTS_A_REQUEST 25
/* "at://did:plc:…/app.bsky.feed.post/3l…" has 70 bytes. */
#define URI_B 200

static int64_t count_of(const char *word)
{
	return strtoll(word, NULL, 10);
}

/* ---- whom it follows ---- */

static int ask_follows(const struct page *page, struct extract *extract, const char *did,
	const char *cursor, int64_t n_pages)
{
	struct follow like = {
		.source = source_bluesky.name,
		.step = BLUESKY_FOLLOWS,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_ALSO,
	};
	const char *origin = "", *actor = url_escape(extract->arena, did);
	const char *from = cursor ? url_escape(extract->arena, cursor) : "";
	int r = actor && from ? api_origin(extract->arena, page, &origin) : -ENOMEM;
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %lld", did, (long long)n_pages);
	if (r < 0)
		return r;
	return api_follow(extract, &like,
		"%s/xrpc/app.bsky.graph.getFollows?actor=%s&limit=100%s%s", origin, actor,
		cursor ? "&cursor=" : "", from);
}

int bluesky_ask_follows(const struct page *page, struct extract *extract, const char *did)
{
	return ask_follows(page, extract, did, NULL, 1);
}

static int write_follow(const json_t *account, struct extract *extract)
{
	const char *did = json_words(account, "did");
	const char *handle = json_words(account, "handle");
	/* What the AppView shows of a handle that is not, or no longer, the account's. */
	bool sound = handle && strcmp(handle, "handle.invalid") != 0;
	struct api_interaction follow = {
		.kind = KIND_FOLLOW,
		.handle = sound ? handle : NULL,
		.name = json_words(account, "displayName"),
		.about = json_words(account, "description"),
	};
	int r = api_format(extract->arena, &follow.id, "follow:%s", did);
	if (r == 0)
		r = api_format(extract->arena, &follow.url, BLUESKY_SITE "/profile/%s",
			sound ? handle : did);
	return r == 0 ? api_add_interaction(extract, NULL, &follow) : r;
}

int bluesky_read_follows(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *follows = json_array_at(root, "follows");
	const char *words[2] = {"", ""}, *cursor = json_words(root, "cursor");
	size_t n_known = 0;
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0 && !follows)
		return api_drift(extract, "The answer is no list of follows as Bluesky gives it.");
	for (size_t i = 0; r == 0 && i < json_array_size(follows); i++) {
		const json_t *account = json_array_get(follows, i);
		if (!json_words(account, "did"))
			continue;
		n_known++;
		r = write_follow(account, extract);
	}
	if (r < 0)
		return r;
	api_judge_acts(extract, json_array_size(follows), n_known);
	if (!cursor || extract->verdict == VERDICT_PARSE_DRIFT)
		return 0;
	if (count_of(words[1]) < FOLLOW_PAGES)
		return ask_follows(page, extract, words[0], cursor, count_of(words[1]) + 1);
	return api_cut_acts(
		extract, "Only the newest 2,000 accounts that it follows were looked at.");
}

/* ---- what it likes ---- */

/* The posts that were liked, a few at a time. */
struct batch {
	struct buf uris;  /* of the request */
	struct buf liked; /* "URI TIME URI TIME …" */
	size_t count;
};

static int ask_batch(struct extract *extract, struct batch *batch)
{
	const struct follow like = {
		.source = source_bluesky.name,
		.step = BLUESKY_LIKED,
		.subject = arena_strdup(extract->arena, buf_str(&batch->liked)),
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_ALSO,
	};
	int r = like.subject ? api_follow(extract, &like,
				       BLUESKY_APPVIEW "/xrpc/app.bsky.feed.getPosts?%s",
				       buf_str(&batch->uris))
			     : -ENOMEM;
	buf_clear(&batch->uris);
	buf_clear(&batch->liked);
	batch->count = 0;
	return r;
}

static bool is_post(const char *uri)
{
	return bluesky_is_word(uri) && strlen(uri) <= URI_B && strncmp(uri, "at://", 5) == 0 &&
	       strstr(uri, "/app.bsky.feed.post/");
}

/* One like; those of feeds and labellers are no posts. */
static int add_like(struct extract *extract, struct batch *batch, const json_t *like)
{
	const char *uri = json_words(json_object_at(like, "subject"), "uri");
	if (!is_post(uri))
		return 0;
	const char *escaped = url_escape(extract->arena, uri);
	const char *parted = batch->count > 0 ? "&" : "";
	int r = escaped ? buf_addf(&batch->uris, "%suris=%s", parted, escaped) : -ENOMEM;
	if (r == 0)
		r = buf_addf(&batch->liked, "%s%s %lld", batch->count > 0 ? " " : "", uri,
			(long long)json_date(like, "createdAt"));
	if (r == 0 && ++batch->count == POSTS_A_REQUEST)
		r = ask_batch(extract, batch);
	return r;
}

static int add_likes(struct extract *extract, const json_t *records, size_t *ret_known)
{
	struct batch batch = {.uris = BUF_INIT(LIMIT_URL_B), .liked = BUF_INIT(LIMIT_URL_B)};
	int r = 0;
	*ret_known = 0;
	for (size_t i = 0; r == 0 && i < json_array_size(records); i++) {
		const json_t *like = json_object_at(json_array_get(records, i), "value");
		*ret_known += like != NULL;
		r = add_like(extract, &batch, like);
	}
	if (r == 0 && batch.count > 0)
		r = ask_batch(extract, &batch);
	buf_release(&batch.uris);
	buf_release(&batch.liked);
	return r < 0 ? r : 0; /* 25 addresses of URI_B, escaped, fit */
}

static int ask_likes(const struct page *page, struct extract *extract, const char *did,
	const char *cursor, int64_t n_pages)
{
	struct follow like = {
		.source = source_bluesky.name,
		.step = BLUESKY_LIKES,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_ALSO,
	};
	int r = api_format(
		extract->arena, &like.subject, "%s " BLUESKY_ACTS " %lld", did, (long long)n_pages);
	if (r < 0)
		return r;
	return bluesky_ask_records(page, extract, &like, did, "app.bsky.feed.like", cursor);
}

int bluesky_read_likes(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *records = json_array_at(root, "records");
	const char *words[3] = {"", "", ""}, *cursor = json_words(root, "cursor");
	size_t n_known = 0;
	int r = api_split(extract->arena, page->subject, words, 3);
	if (r == 0 && !records)
		return api_drift(extract, "The answer is no list of records as a repository's.");
	if (r == 0)
		r = add_likes(extract, records, &n_known);
	if (r < 0)
		return r;
	size_t n_rows = json_array_size(records);
	int64_t n_pages = count_of(words[2]);
	api_judge_acts(extract, n_rows, n_known);
	if (!cursor || n_rows == 0 || extract->verdict == VERDICT_PARSE_DRIFT)
		return 0;
	if (n_pages < LIKE_PAGES)
		return ask_likes(page, extract, words[0], cursor, n_pages + 1);
	return api_cut_acts(extract, "Only the newest 200 likes were looked at.");
}

/* When the post at @uri was liked, as @subject says: "URI TIME …"; 0: not told. */
static int64_t liked_s(const char *subject, const char *uri)
{
	size_t len = strlen(uri);
	const char *at = subject ? subject : "";
	while ((at = strstr(at, uri)) != NULL) {
		if (at[len] == ' ' && (at == subject || at[-1] == ' '))
			return count_of(at + len + 1);
		at += len;
	}
	return 0;
}

static int write_liked(const json_t *post, const char *subject, struct extract *extract)
{
	const json_t *author = json_object_at(post, "author");
	const char *uri = json_words(post, "uri");
	struct api_interaction like = {
		.kind = KIND_LIKE,
		.handle = json_words(author, "handle"),
		.name = json_words(author, "displayName"),
		.about = json_words(json_object_at(post, "record"), "text"),
		.published_s = liked_s(subject, uri),
	};
	int r = api_format(extract->arena, &like.id, "like:%s", uri);
	if (r == 0)
		r = bluesky_permalink(extract->arena, uri, &like.url);
	return r == 0 ? api_add_interaction(extract, NULL, &like) : r;
}

int bluesky_read_liked(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *posts = json_array_at(root, "posts");
	size_t n_known = 0;
	int r = 0;
	if (!posts)
		return api_drift(extract, "The answer is no list of posts as Bluesky gives it.");
	for (size_t i = 0; r == 0 && i < json_array_size(posts); i++) {
		const json_t *post = json_array_get(posts, i);
		if (!json_words(post, "uri"))
			continue;
		n_known++;
		r = write_liked(post, page->subject, extract);
	}
	/* Those that were deleted since are left out: none of them may be there. */
	api_judge_acts(extract, json_array_size(posts), n_known);
	return r;
}
