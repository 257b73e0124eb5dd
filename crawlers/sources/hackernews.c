#include "crawlers/sources/api.h"

#include "crawlers/parse/json.h"
#include "crawlers/sources/sources.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"

#include <inttypes.h>
#include <string.h>

/*
 * Hacker News: the account from its own API (github.com/HackerNews/API), then what it wrote from
 * Algolia's search, which gives a thousand items a request (hn.algolia.com/api).  The search is some
 * minutes late, and leaves out what was killed by moderators, who hide it from few: those of the newest
 * items that it does not know are asked for one by one.
 */
enum step { STEP_USER, STEP_ITEMS, STEP_ITEM };

/* Newest items that are looked for in the search. */
#define NEWEST 20

#define SITE   "https://news.ycombinator.com"
#define API    "https://hacker-news.firebaseio.com/v0"
#define SEARCH "https://hn.algolia.com/api/v1/search_by_date"

/* ---- whose profile it is ---- */

/* /user?id=NAME, /threads?id=NAME, /submitted?id=NAME; names are case-sensitive. */
static bool name_of(const struct url *url, struct api_name *ret)
{
	static const char *const pages[] = {"/user", "/threads", "/submitted"};
	const char *id = url->query ? strstr(url->query, "id=") : NULL;
	if (!id || (id != url->query && id[-1] != '&'))
		return false;
	size_t len = strcspn(id += strlen("id="), "&");
	*ret = (struct api_name){.at = id, .len = (int)len, .rest = id + len};
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		if (strcmp(url->path, pages[i]) == 0)
			return len > 0 && len < 64 && strspn(id, API_PLAIN) == len;
	}
	return false;
}

static bool hackernews_claims(const struct url *url, const char **ret_why)
{
	struct api_name name;
	*ret_why = "an account of Hacker News";
	return strcmp(url->host, "news.ycombinator.com") == 0 && name_of(url, &name);
}

static int hackernews_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name;
	if (!name_of(url, &name)) /* named in the config: the answer will tell */
		name = (struct api_name){.at = ""};
	const char *user, *subject = arena_copy(arena, name.at, (size_t)name.len);
	int r = api_format(arena, &user, API "/user/%.*s.json", name.len, name.at);
	if (r < 0 || !subject)
		return -ENOMEM;
	*ret = (struct follow){
		.url = user,
		.source = source_hackernews.name,
		.step = STEP_USER,
		.subject = subject,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* ---- the account ---- */

/* "NAME - ID ID …": whose items, none of which was listed yet, and the newest of them. */
static int add_newest(
	struct arena *arena, const char *name, const json_t *submitted, const char **ret)
{
	struct buf subject = BUF_INIT(LIMIT_URL_B);
	int r = buf_addf(&subject, "%s -", name);
	for (size_t i = 0; r == 0 && i < NEWEST && i < json_array_size(submitted); i++) {
		const json_t *id = json_array_get(submitted, i);
		if (json_is_integer(id) && json_integer_value(id) > 0)
			r = buf_addf(&subject, " %" PRId64, (int64_t)json_integer_value(id));
	}
	if (r == 0)
		r = api_copy(arena, buf_str(&subject), ret);
	buf_release(&subject);
	return r;
}

static int read_user(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *name = json_words(root, "id");
	const json_t *submitted = json_array_at(root, "submitted");
	struct follow like = {
		.source = source_hackernews.name,
		.step = STEP_ITEMS,
		.accept = ACCEPT_JSON,
		/* On another host; what the account wrote decides over the whole profile. */
		.relation = FOLLOW_INSTEAD,
	};
	if (json_is_null(root)) {
		extract->verdict = VERDICT_NOT_FOUND;
		extract->why = "Hacker News knows no account of this name.";
		return 0;
	}
	if (!name || !page->subject || strcmp(name, page->subject) != 0)
		return api_drift(extract, "The answer is no account as Hacker News gives it.");
	const struct api_owner owner = {
		.handle = name, .about = json_words(root, "about"), .about_html = true};
	extract->facts.created_s = json_date(root, "created");
	if (submitted)
		extract->facts.n_posts = (int64_t)json_array_size(submitted);
	extract->coverage.total = extract->facts.n_posts;
	extract->verdict = VERDICT_OK;
	int r = api_write_owner(extract, page, &owner);
	if (r == 0)
		r = add_newest(extract->arena, name, submitted, &like.subject);
	if (r != 0)
		return r < 0 ? r : -ENOMEM; /* a name and twenty numbers fit */
	return api_follow(extract, &like, SEARCH "?tags=author_%s&hitsPerPage=1000", page->subject);
}

/* ---- what it wrote ---- */

static int add_words(struct compose *compose, const json_t *hit)
{
	const char *comment = json_words(hit, "comment_text");
	int r = api_add_title(compose, json_words(hit, "title"), false);
	if (r == 0)
		r = api_add_html(compose, json_words(hit, "story_text"), SITE);
	if (r == 0)
		r = api_add_html(compose, comment, SITE);
	if (r == 0)
		r = api_add_card(compose, SITE, json_words(hit, "url"));
	return r == 0 && comment ? api_add_others(compose, json_words(hit, "story_title")) : r;
}

static int write_hit(const json_t *hit, const char *id, struct extract *extract)
{
	struct compose compose = COMPOSE_INIT(extract->arena);
	struct post post = {
		.kind = json_words(hit, "comment_text") ? KIND_REPLY : KIND_POST,
		.published_s = json_date(hit, "created_at_i"),
	};
	int r = api_copy(extract->arena, id, &post.id);
	if (r == 0)
		r = api_format(extract->arena, &post.url, SITE "/item?id=%s", id);
	if (r == 0)
		r = api_copy(extract->arena, json_words(hit, "author"), &post.author);
	if (r == 0)
		r = add_words(&compose, hit);
	return api_add_post(extract, &compose, r, &post);
}

/* How far the walk through the search has come. */
struct walk {
	const char *name; /* whose items */
	const char *last; /* id of the last one of the page before; "": none */
	int64_t oldest_s;
	const char *oldest;
};

/* *@ret_known: it is an item of this account. */
static int read_hit(const json_t *hit, struct walk *walk, struct extract *extract, bool *ret_known)
{
	const char *id = json_words(hit, "objectID"), *author = json_words(hit, "author");
	int64_t created_s = json_date(hit, "created_at_i");
	*ret_known = api_is_plain(id, API_DIGITS) && author && strcmp(author, walk->name) == 0 &&
		     created_s > 0;
	if (!*ret_known)
		return 0;
	if (walk->oldest_s == 0 || created_s < walk->oldest_s) {
		walk->oldest_s = created_s;
		walk->oldest = id;
	}
	return strcmp(id, walk->last) == 0 ? 0 : write_hit(hit, id, extract);
}

/* No query gives more than a thousand, so older ones are asked for by time.  The second of the
 * oldest is asked for again, for it may hold another item; the oldest itself is then left out. */
static int follow_older(const struct page *page, struct extract *extract, const struct walk *walk)
{
	struct follow like = {
		.source = source_hackernews.name,
		.step = STEP_ITEMS,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_OLDER,
	};
	const char *origin = "";
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %s", walk->name, walk->oldest);
	if (r < 0)
		return r;
	return api_follow(extract, &like,
		"%s/api/v1/search_by_date?tags=author_%s&hitsPerPage=1000"
		"&numericFilters=created_at_i%%3C%" PRId64,
		origin, walk->name, walk->oldest_s + 1);
}

static bool is_listed(const json_t *hits, const char *id)
{
	for (size_t i = 0; i < json_array_size(hits); i++) {
		const char *listed = json_words(json_array_get(hits, i), "objectID");
		if (listed && strcmp(listed, id) == 0)
			return true;
	}
	return false;
}

/* Ask for those of @newest, "ID ID …", that the search does not list. */
static int ask_unlisted(
	const json_t *hits, const char *name, const char *newest, struct extract *extract)
{
	const struct follow like = {
		.source = source_hackernews.name,
		.step = STEP_ITEM,
		.subject = name,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_ALSO,
	};
	int r = 0;
	for (const char *at = newest; r == 0 && *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");
		const char *id = arena_copy(extract->arena, at, len);
		if (!id)
			return -ENOMEM;
		if (!is_listed(hits, id))
			r = api_follow(extract, &like, API "/item/%s.json", id);
		at += len;
	}
	return r;
}

static int read_items(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *hits = json_array_at(root, "hits");
	size_t n_hits = json_array_size(hits), n_known = 0;
	int64_t total = json_int64(root, "nbHits", -1);
	const char *words[3] = {"", "", ""};
	int r = api_split(extract->arena, page->subject, words, 3);
	struct walk walk = {.name = words[0], .last = words[1]};
	if (r == 0 && (!hits || total < 0))
		return api_drift(extract, "The answer is no list as Algolia's search gives it.");
	for (size_t i = 0; r == 0 && i < n_hits; i++) {
		bool known;
		r = read_hit(json_array_get(hits, i), &walk, extract, &known);
		n_known += known;
	}
	if (r < 0)
		return r;
	api_judge_list(extract, n_hits, n_known);
	if (n_hits == 0 && total > 0)
		return api_drift(extract, "The search counts posts, but lists none.");
	if (extract->verdict != VERDICT_PARSE_DRIFT)
		r = ask_unlisted(hits, words[0], words[2], extract);
	bool more = n_known > 0 && (uint64_t)total > n_hits;
	return r == 0 && more ? follow_older(page, extract, &walk) : r;
}

/* One item, as Hacker News itself gives it: null, or without an author, when it was deleted. */
static int read_item(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *type = json_words(root, "type"), *by = json_words(root, "by"), *id;
	bool comment = type && strcmp(type, "comment") == 0;
	struct api_piece piece = {
		.author = by,
		.title = json_words(root, "title"),
		.title_html = true,
		.body = json_words(root, "text"),
		.card = json_words(root, "url"),
		.published_s = json_date(root, "time"),
		.kind = comment ? KIND_REPLY : KIND_POST,
		.markup = API_MARKUP_HTML,
	};
	extract->verdict = VERDICT_OK;
	if (json_is_null(root) || json_flag(root, "deleted"))
		return 0;
	int r = json_id(extract->arena, root, "id", &id);
	if (r < 0)
		return r;
	if (!id || !type || !by || !page->subject || strcmp(by, page->subject) != 0)
		return api_drift(extract, "The answer is no item as Hacker News gives it.");
	piece.id = id;
	if (json_flag(root, "dead"))
		extract->coverage.lack = "Some items were killed: members may still see them.";
	r = api_format(extract->arena, &piece.url, SITE "/item?id=%s", id);
	return r == 0 ? api_add_piece(extract, SITE, &piece) : r;
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	if (page->step == STEP_ITEM)
		return read_item(root, page, extract);
	return page->step == STEP_USER ? read_user(root, page, extract)
				       : read_items(root, page, extract);
}

static int hackernews_read(const struct page *page, struct extract *extract)
{
	return api_read(page, extract, read_answer);
}

const struct source source_hackernews = {
	.name = "hackernews",
	.title = "Hacker News",
	.claims = hackernews_claims,
	.first = hackernews_first,
	.read = hackernews_read,
};
