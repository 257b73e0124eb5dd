#include "crawlers/sources/mastodon.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/api.h"
#include "crawlers/sources/fediverse.h"
#include "crawlers/sources/feed.h"
#include "crawlers/sources/sources.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"

#include <string.h>

/*
 * Mastodon and the servers that speak its API.  Three requests in a row, each led to by the one
 * before: the account, its pinned statuses (only which ones they are), then all of its statuses,
 * page after page.  Where the API is closed the account's RSS feed stands in; where it is none, the
 * server is asked what it runs instead.
 *
 * Beside them: whom the account follows, and what edited statuses said before (mastodon_aside.c).
 *
 * The subject of the account is the actor's address, where it is known; of what comes after, the id.
 */

/* The most that a page of statuses can have (docs.joinmastodon.org/methods/accounts). */
#define STATUSES_A_PAGE 40
/* Pinned statuses that are remembered: servers allow five by default. */
#define PINNED_MAX 32

/* ---- whose profile it is ---- */

/* Sites that write their users' pages the same way and have no such API. */
static bool is_other_site(const char *host)
{
	static const char *const sites[] = {"youtube.com", "medium.com", "tiktok.com",
		"threads.net", "threads.com", "substack.com", "flipboard.com", "telegram.me",
		"t.me", "instagram.com", "hackernoon.com", "dev.to", "micro.blog", "codepen.io",
		"npmjs.com", "vimeo.com", "odysee.com", "rumble.com", "linktr.ee", "ko-fi.com",
		"soundcloud.com"};
	for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
		if (url_host_in(host, sites[i]))
			return true;
	}
	return false;
}

static bool mastodon_claims(const struct url *url, const char **ret_why)
{
	struct fediverse_name name;
	if (!fediverse_name(url, &name) || is_other_site(url->host))
		return false;
	*ret_why = "an address as Mastodon and its kin write it";
	return true;
}

/* ---- what to ask for ---- */

static int mastodon_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct fediverse_name name;
	const char *origin = NULL, *lookup = NULL;
	(void)fediverse_name(url, &name); /* named in the config: then the answer will tell */
	int r = fediverse_origin(arena, url, &name, &origin);
	if (r == 0)
		r = api_format(arena, &lookup, "%s/api/v1/accounts/lookup?acct=%.*s", origin,
			name.len, name.at);
	if (r < 0)
		return r;
	*ret = (struct follow){
		.url = lookup,
		.source = source_mastodon.name,
		.step = MASTODON_ACCOUNT,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* Whose profile it is, and on which server; false: the profile's address does not name it. */
struct place {
	struct fediverse_name name;
	const char *origin; /* that was asked */
	const char *home;   /* of the account's address */
};

static int place_of(
	struct extract *extract, const struct page *page, struct place *ret, bool *ret_named)
{
	struct url url = {0};
	int r = url_parse(extract->arena, page->profile, &url);
	if (r < 0)
		return r;
	*ret_named = r == 0 && fediverse_name(&url, &ret->name);
	r = api_origin(extract->arena, page, &ret->origin);
	if (r == 0 && *ret_named)
		r = fediverse_origin(extract->arena, &url, &ret->name, &ret->home);
	return r;
}

/* The account's feed in place of this page. */
static int follow_feed(const struct page *page, struct extract *extract)
{
	struct place place = {0};
	bool named = false;
	const struct follow like = {
		.source = source_feed.name,
		.subject = page->status == 401 || page->status == 403 ? FEED_OF_CLOSED : NULL,
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_INSTEAD,
	};
	int r = place_of(extract, page, &place, &named);
	if (r < 0 || !named)
		return r;
	return api_follow(
		extract, &like, "%s/@%.*s.rss", place.origin, place.name.len, place.name.at);
}

/* There is no account as Mastodon's API gives it: what else may the server be? */
static int follow_instead(const struct page *page, struct extract *extract)
{
	struct place place = {0};
	bool named = false, closed = page->status == 401 || page->status == 403;
	const char *actor = "";
	if (page->subject) /* WebFinger found the actor */
		return fediverse_lead(extract, &source_activitypub, page->subject, NULL);
	int r = place_of(extract, page, &place, &named);
	if (r < 0 || !named)
		return r;
	r = api_format(
		extract->arena, &actor, "%s/@%.*s", place.home, place.name.len, place.name.at);
	if (r < 0)
		return r;
	return fediverse_ask_software(extract, place.origin,
		closed ? FEDIVERSE_CLOSED : FEDIVERSE_GUESSED, place.name.at, place.name.len,
		place.name.host ? actor : page->profile);
}

static int follow_statuses(const struct page *page, struct extract *extract,
	enum mastodon_step step, const char *subject, enum relation relation)
{
	struct url url = {0};
	const char *list;
	size_t id_len = strcspn(subject, " ");
	int r = url_parse(extract->arena, page->final_url, &url);
	if (r != 0) /* final_url is our own; it parsed when it was asked for */
		return r < 0 ? r : 0;
	r = api_format(extract->arena, &list, "%s/api/v1/accounts/%.*s/statuses?%s", url.origin,
		(int)id_len, subject, step == MASTODON_PINNED ? "pinned=true" : "limit=40");
	if (r < 0)
		return r;
	const struct follow follow = {
		.url = list,
		.source = source_mastodon.name,
		.step = step,
		.subject = subject,
		.accept = ACCEPT_JSON,
		.relation = relation,
	};
	return extract_add_follow(extract, &follow);
}

/* ---- the account ---- */

/* States that the account itself tells of. */
static int judge_account(const json_t *account, struct extract *extract)
{
	const char *moved_to = extract->facts.moved_to;
	if (json_flag(account, "suspended")) {
		extract->verdict = VERDICT_SUSPENDED;
		extract->why = "The server has suspended this account.";
		return 0;
	}
	if (json_object_at(account, "moved")) {
		extract->verdict = VERDICT_MOVED;
		return api_format(extract->arena, &extract->why,
			"The account has moved to %s; what it wrote here still stands.",
			moved_to ? moved_to : "another address");
	}
	if (json_flag(account, "limited"))
		extract->coverage.lack = "The server hides this account behind a warning.";
	else if (json_flag(account, "memorial"))
		extract->coverage.lack = "The server keeps this account in memory of its owner.";
	extract->verdict = extract->facts.n_posts == 0 ? VERDICT_EMPTY : VERDICT_OK;
	return 0;
}

/* Only such ids go into a URL of ours. */
static bool is_plain_id(const char *id)
{
	return api_is_plain(id, API_PLAIN_DOT) && strlen(id) <= 64;
}

static int read_account(const json_t *account, const struct page *page, struct extract *extract)
{
	const char *id;
	int r = json_id(extract->arena, account, "id", &id);
	if (r < 0)
		return r;
	if (!mastodon_is_account(account) || !is_plain_id(id)) {
		extract->why = "The answer is no account as Mastodon's API gives it.";
		return follow_instead(page, extract);
	}
	r = mastodon_write_account(account, page, extract);
	if (r == 0)
		r = judge_account(account, extract);
	extract->coverage.total = extract->facts.n_posts;
	if (r < 0 || extract->verdict == VERDICT_SUSPENDED)
		return r;
	r = follow_statuses(page, extract, MASTODON_PINNED, id, FOLLOW_NEXT);
	return r == 0 ? mastodon_follow_following(account, id, page, extract) : r;
}

/* ---- its statuses ---- */

/* The pinned ones go on in the subject: "ID PINNED PINNED …". */
static int read_pinned(const json_t *list, const struct page *page, struct extract *extract)
{
	struct buf subject = BUF_INIT(LIMIT_URL_B);
	int r = buf_adds(&subject, page->subject);
	for (size_t i = 0; r == 0 && i < json_array_size(list) && i < PINNED_MAX; i++) {
		const char *id;
		r = json_id(extract->arena, json_array_get(list, i), "id", &id);
		if (r == 0 && is_plain_id(id))
			r = buf_addf(&subject, " %s", id);
	}
	const char *copy = r == 0 ? arena_strdup(extract->arena, buf_str(&subject)) : NULL;
	buf_release(&subject);
	if (!copy)
		return -ENOMEM;
	extract->verdict = VERDICT_OK;
	return follow_statuses(page, extract, MASTODON_STATUSES, copy, FOLLOW_NEXT);
}

static int split_subject(struct arena *arena, const char *subject, struct mastodon_owner *ret)
{
	char *at = arena_strdup(arena, subject);
	const char **pinned = arena_array(arena, PINNED_MAX, sizeof *pinned);
	if (!at || !pinned)
		return -ENOMEM;
	char *rest = at;
	*ret = (struct mastodon_owner){.id = strsep(&rest, " "), .pinned = pinned};
	while (rest && ret->n_pinned < PINNED_MAX)
		pinned[ret->n_pinned++] = strsep(&rest, " ");
	return 0;
}

/* A full page without a Link header has more behind it all the same: some proxies drop the header.
 */
static int next_by_id(const struct page *page, const struct extract *extract, size_t n_rows,
	struct follow *follow)
{
	if (page->link || n_rows < STATUSES_A_PAGE || extract->n_posts == 0)
		return 0;
	const char *last = extract->posts[extract->n_posts - 1].id;
	if (!is_plain_id(last))
		return 0;
	return api_format(extract->arena, &follow->url, "%.*s?limit=%d&max_id=%s",
		(int)strcspn(page->final_url, "?"), page->final_url, STATUSES_A_PAGE, last);
}

static int follow_older(const struct page *page, struct extract *extract, size_t n_rows)
{
	struct follow follow = {
		.source = source_mastodon.name,
		.step = MASTODON_STATUSES,
		.subject = page->subject,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_OLDER,
	};
	if (n_rows == 0)
		return 0;
	int r = mastodon_next(page, extract, &follow.url);
	if (r == 0 && !follow.url)
		r = next_by_id(page, extract, n_rows, &follow);
	return r < 0 || !follow.url ? r : extract_add_follow(extract, &follow);
}

static int read_statuses(const json_t *list, const struct page *page, struct extract *extract)
{
	struct mastodon_owner owner;
	int r = split_subject(extract->arena, page->subject, &owner);
	for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
		const json_t *status = json_array_get(list, i);
		if (!mastodon_is_status(status))
			continue;
		r = mastodon_write_status(status, &owner, page, extract);
		if (r == 0)
			r = mastodon_follow_versions(status, page, extract);
	}
	if (r < 0)
		return r;
	if (extract->n_posts < json_array_size(list)) {
		extract->coverage.cut = true;
		extract->coverage.lack =
			"Some of what the server lists is no post as Mastodon's API gives it.";
	}
	if (json_array_size(list) > 0 && extract->n_posts == 0) {
		extract->why = "The list holds nothing that is a post as Mastodon's API gives it.";
		return 0;
	}
	/* That the account is there was seen before this was asked for: its id is the subject. */
	extract->verdict = extract->n_posts > 0 ? VERDICT_OK : VERDICT_EMPTY;
	return follow_older(page, extract, json_array_size(list));
}

/* ---- the answer ---- */

static int read_json(const json_t *root, const struct page *page, struct extract *extract)
{
	if (page->step == MASTODON_ACCOUNT)
		return read_account(root, page, extract);
	if (!page->subject || !json_is_array(root)) {
		extract->why = "The answer is no list as Mastodon's API gives it.";
		return page->step <= MASTODON_STATUSES ? follow_feed(page, extract) : 0;
	}
	if (page->step == MASTODON_VERSIONS)
		return mastodon_read_versions(root, page, extract);
	if (page->step == MASTODON_FOLLOWING)
		return mastodon_read_following(root, page, extract);
	if (page->step == MASTODON_PINNED)
		return read_pinned(root, page, extract);
	return read_statuses(root, page, extract);
}

static int mastodon_read(const struct page *page, struct extract *extract)
{
	json_t *root;
	int r = json_read(page->body, page->body_len, &root);
	if (r == JSON_E_CUT && page->body_len > 0) {
		extract->why = "The server's answer ends in the middle.";
		return 0;
	}
	if (r > 0) {
		extract->why = "The server does not answer as Mastodon's API does.";
		if (page->step > MASTODON_STATUSES)
			return 0;
		return page->step == MASTODON_ACCOUNT ? follow_instead(page, extract)
						      : follow_feed(page, extract);
	}
	if (r < 0)
		return r;
	r = read_json(root, page, extract);
	json_decref(root);
	return r;
}

static int account_walled(const struct page *page, struct extract *extract)
{
	bool later = page->status == 429 || page->status >= 500, shown;
	int r = wall_judge(page, extract, &shown);
	if (r < 0 || later)
		return r;
	if (shown)
		return page->status == 401 ? follow_feed(page, extract) : 0;
	return follow_instead(page, extract);
}

static int mastodon_walled(const struct page *page, struct extract *extract)
{
	bool closed = page->status == 401 || page->status == 403;
	bool missing = page->status == 404;
	/* What the person's own token does not open: what a stranger sees would pass for the whole. */
	if (closed && page->authorised)
		return wall_judge(page, extract, NULL);
	if (page->step == MASTODON_ACCOUNT)
		return account_walled(page, extract);
	if (page->step > MASTODON_STATUSES)
		return wall_judge(page, extract, NULL);
	/* Which statuses are pinned can be done without. */
	if (page->step == MASTODON_PINNED && page->subject && (closed || missing))
		return follow_statuses(
			page, extract, MASTODON_STATUSES, page->subject, FOLLOW_INSTEAD);
	bool page_instead = page->status == 200; /* a log-in form, a proof of work … */
	return closed || missing || page_instead ? follow_feed(page, extract) : 0;
}

const struct source source_mastodon = {
	.name = "mastodon",
	.title = "Mastodon",
	.claims = mastodon_claims,
	.first = mastodon_first,
	.read = mastodon_read,
	.walled = mastodon_walled,
};
