#include "crawlers/sources/bluesky.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>

/*
 * Bluesky, by its AppView, which answers without a log-in: the profile, then all that the account
 * wrote and passed on, page after page, and whom it follows.  Where the pages hold fewer posts than the
 * profile counts, the account's repository has the rest.  Names: the lexicons
 * app.bsky.actor.getProfile and app.bsky.feed.getAuthorFeed.
 */

/* Knows the DID of every handle, by DNS too, whichever server the account is on. */
#define RESOLVER "https://bsky.social"

/* A handle is a host name; a DID has ":" (W3C DID §3.1), often percent-encoded. */
#define ACTOR_CHARS API_PLAIN_DOT ":%"

static bool bluesky_claims(const struct url *url, const char **ret_why)
{
	struct api_name actor;
	*ret_why = "a profile on bsky.app";
	return url_host_in(url->host, "bsky.app") &&
	       api_name(url->path, "/profile/", ACTOR_CHARS, &actor);
}

static int bluesky_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name actor = {.at = ""};
	(void)api_name(url->path, "/profile/", ACTOR_CHARS, &actor); /* else the answer will tell */
	const char *profile, *subject;
	int r = api_format(arena, &profile,
		BLUESKY_APPVIEW "/xrpc/app.bsky.actor.getProfile?actor=%.*s", actor.len, actor.at);
	if (r == 0)
		r = api_format(arena, &subject, "%.*s", actor.len, actor.at);
	if (r < 0)
		return r;
	*ret = (struct follow){
		.url = profile,
		.source = source_bluesky.name,
		.step = BLUESKY_PROFILE,
		.subject = subject,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* @subject: "DID PINNED|- TOTAL SEEN", the last two being posts of its own. */
static int follow_feed(
	const struct page *page, struct extract *extract, const char *subject, const char *cursor)
{
	const struct follow like = {
		.source = source_bluesky.name,
		.step = BLUESKY_FEED,
		.subject = subject,
		.accept = ACCEPT_JSON,
		.relation = cursor ? FOLLOW_OLDER : FOLLOW_NEXT,
	};
	const char *words[2] = {"", ""}, *origin = "";
	int r = api_split(extract->arena, subject, words, 2);
	if (r == 0)
		r = api_origin(extract->arena, page, &origin);
	const char *actor = r == 0 ? url_escape(extract->arena, words[0]) : NULL;
	const char *from = cursor ? url_escape(extract->arena, cursor) : "";
	if (!actor || !from)
		return -ENOMEM;
	return api_follow(extract, &like,
		"%s/xrpc/app.bsky.feed.getAuthorFeed?actor=%s&limit=100&filter=posts_with_replies"
		"%s%s",
		origin, actor, cursor ? "&cursor=" : "", from);
}

/* ---- the profile ---- */

bool bluesky_is_word(const char *string)
{
	return string && *string && strlen(string) < 2048 && !strpbrk(string, " \t\r\n");
}

static bool has_label(const json_t *labels, const char *name)
{
	for (size_t i = 0; i < json_array_size(labels); i++) {
		const char *value = json_text(json_array_get(labels, i), "val");
		if (value && strcmp(value, name) == 0)
			return true;
	}
	return false;
}

static int write_profile(const json_t *root, const struct page *page, struct extract *extract)
{
	struct facts *facts = &extract->facts;
	facts->created_s = json_date(root, "createdAt");
	facts->n_posts = json_int64(root, "postsCount", -1);
	facts->n_followers = json_int64(root, "followersCount", -1);
	facts->n_following = json_int64(root, "followsCount", -1);
	const struct api_owner owner = {
		.handle = json_words(root, "handle"),
		.name = json_words(root, "displayName"),
		.about = json_words(root, "description"),
		.photo = json_words(root, "avatar"),
		.site = json_words(root, "website"),
	};
	if (has_label(json_array_at(root, "labels"), "!no-unauthenticated"))
		extract->coverage.lack =
			"The account asks apps not to show it to visitors who are not logged in.";
	extract->coverage.total = facts->n_posts;
	return api_write_owner(extract, page, &owner);
}

static int read_profile(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *did = json_words(root, "did");
	const char *pinned = json_words(json_object_at(root, "pinnedPost"), "uri");
	if (!bluesky_is_word(did) || !json_words(root, "handle"))
		return api_drift(extract, "The answer is no profile as Bluesky's API gives it.");
	const char *subject = "";
	int r = write_profile(root, page, extract);
	if (r == 0)
		r = api_format(extract->arena, &subject, "%s %s %lld 0", did,
			bluesky_is_word(pinned) ? pinned : "-", (long long)extract->facts.n_posts);
	if (r != 0)
		return r;
	extract->verdict = extract->facts.n_posts == 0 ? VERDICT_EMPTY : VERDICT_OK;
	r = follow_feed(page, extract, subject, NULL);
	if (r == 0 && extract->facts.n_following != 0)
		r = bluesky_ask_follows(page, extract, did);
	return r == 0 ? bluesky_ask_did(extract, did, BLUESKY_ACTS, FOLLOW_ALSO) : r;
}

/* ---- its posts ---- */

/* Go on with the feed, which has shown @seen posts so far, or look for those that it did not show. */
static int go_on(const struct page *page, struct extract *extract, const char *const words[4],
	int64_t seen, const char *cursor)
{
	const char *subject;
	if (cursor) {
		int r = api_format(extract->arena, &subject, "%s %s %s %lld", words[0], words[1],
			words[2], (long long)seen);
		return r == 0 ? follow_feed(page, extract, subject, cursor) : r;
	}
	if (seen >= strtoll(words[2], NULL, 10))
		return 0;
	return bluesky_ask_did(extract, words[0], BLUESKY_REST, FOLLOW_ALSO);
}

static int read_feed(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *feed = json_array_at(root, "feed");
	const char *words[4], *cursor = json_words(root, "cursor");
	size_t n_known = 0;
	int r = api_split(extract->arena, page->subject, words, 4);
	if (r == 0 && (!feed || *words[0] == '\0'))
		return api_drift(extract, "The answer is no list of posts as Bluesky gives it.");
	const struct bluesky_owner owner = {.did = words[0], .pinned = words[1]};
	int64_t seen = strtoll(words[3], NULL, 10);
	for (size_t i = 0; r == 0 && i < json_array_size(feed); i++) {
		const json_t *item = json_array_get(feed, i);
		bool own;
		if (!bluesky_is_item(item))
			continue;
		n_known++;
		r = bluesky_write_item(item, &owner, extract, &own);
		seen += own;
	}
	if (r < 0)
		return r;
	api_judge_list(extract, json_array_size(feed), n_known);
	/* A page without posts, but with a cursor, has more behind it; one without it is the last. */
	return extract->verdict == VERDICT_PARSE_DRIFT ? 0
						       : go_on(page, extract, words, seen, cursor);
}

/* ---- */

static api_reader *const readers[BLUESKY_STEP_COUNT] = {
	[BLUESKY_PROFILE] = read_profile,
	[BLUESKY_FEED] = read_feed,
	[BLUESKY_FOLLOWS] = bluesky_read_follows,
	[BLUESKY_RESOLVE] = bluesky_read_resolved,
	[BLUESKY_DID] = bluesky_read_did,
	[BLUESKY_REPO] = bluesky_read_repo,
	[BLUESKY_POSTS] = bluesky_read_posts,
	[BLUESKY_OWN] = bluesky_read_own,
	[BLUESKY_NAMED] = bluesky_read_named,
	[BLUESKY_LIKES] = bluesky_read_likes,
	[BLUESKY_LIKED] = bluesky_read_liked,
};

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	if (page->step < 0 || page->step >= BLUESKY_STEP_COUNT)
		return api_drift(extract, "Nothing that this version of dirtwatch asks Bluesky.");
	return readers[page->step](root, page, extract);
}

/* Where the AppView does not answer, or refuses, the account's own server may not. */
static int bluesky_otherwise(struct arena *arena, const struct follow *asked, struct follow *ret)
{
	const char *actor = asked->subject;
	if (asked->step != BLUESKY_PROFILE || !api_is_plain(actor, ACTOR_CHARS))
		return SOURCE_E_NONE;
	if (strncmp(actor, "did:", 4) == 0)
		return bluesky_did_follow(arena, actor, BLUESKY_ALONE, FOLLOW_INSTEAD, ret);
	*ret = (struct follow){
		.source = source_bluesky.name,
		.step = BLUESKY_RESOLVE,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return api_format(arena, &ret->url,
		RESOLVER "/xrpc/com.atproto.identity.resolveHandle?handle=%s", actor);
}

static int ask_elsewhere(const struct page *page, struct extract *extract)
{
	const struct follow asked = {.step = page->step, .subject = page->subject};
	struct follow other;
	int r = bluesky_otherwise(extract->arena, &asked, &other);
	if (r == 0)
		r = extract_add_follow(extract, &other);
	return r < 0 ? r : 0;
}

static int bluesky_walled(const struct page *page, struct extract *extract)
{
	int r = wall_judge(page, extract, NULL);
	bool refused =
		extract->verdict == VERDICT_BLOCKED || extract->verdict == VERDICT_AUTH_REQUIRED;
	if (r == 0 && refused)
		r = ask_elsewhere(page, extract);
	return r;
}

static int bluesky_read(const struct page *page, struct extract *extract)
{
	int r = api_read(page, extract, read_answer);
	return r == 0 && page->status >= 400 ? bluesky_walled(page, extract) : r;
}

const struct source source_bluesky = {
	.name = "bluesky",
	.title = "Bluesky",
	.claims = bluesky_claims,
	.first = bluesky_first,
	.read = bluesky_read,
	.walled = bluesky_walled,
	.otherwise = bluesky_otherwise,
};
