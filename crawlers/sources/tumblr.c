#include "crawlers/parse/json.h"
#include "crawlers/sources/api.h"
#include "crawlers/sources/feed.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>

/*
 * Tumblr, by the API that every blog has without a key (tumblr.com/docs/en/api/v1): JSON inside of a
 * call.  Where a blog does not give it, its feed, page by page.  In a reblog everything but what was
 * added to it is somebody else's.
 */
enum step { STEP_API, STEP_FEED };

#define ROWS_A_PAGE 50 /* the most it gives */

/* ---- whose blog it is ---- */

static bool is_service(const char *name, size_t len)
{
	static const char *const services[] = {"www", "api", "assets", "engineering", "static",
		"media", "about", "dashboard", "docs", "explore", "help", "login", "policy",
		"privacy", "register", "search", "settings", "tagged", "blog"};
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		if (strlen(services[i]) == len && strncmp(services[i], name, len) == 0)
			return true;
	}
	return false;
}

/* NAME.tumblr.com, tumblr.com/NAME, tumblr.com/blog/NAME, tumblr.com/blog/view/NAME */
static bool name_of(const struct url *url, struct api_name *ret)
{
	static const char *const ways[] = {"/blog/view/", "/blog/", "/@", "/"};
	bool site =
		strcmp(url->host, "tumblr.com") == 0 || strcmp(url->host, "www.tumblr.com") == 0;
	for (size_t i = 0; site && i < sizeof ways / sizeof *ways; i++) {
		if (api_name(url->path, ways[i], API_PLAIN, ret))
			return !is_service(ret->at, (size_t)ret->len);
	}
	*ret = (struct api_name){url->host, (int)strcspn(url->host, "."), ""};
	return !site && url_host_in(url->host, "tumblr.com") &&
	       !is_service(ret->at, (size_t)ret->len);
}

static bool tumblr_claims(const struct url *url, const char **ret_why)
{
	struct api_name name;
	*ret_why = "a blog on Tumblr";
	return name_of(url, &name);
}

static int ask(struct arena *arena, const char *origin, long start, struct follow *ret)
{
	*ret = (struct follow){
		.source = source_tumblr.name,
		.step = STEP_API,
		.accept = ACCEPT_JSON,
		.relation = start > 0 ? FOLLOW_OLDER : FOLLOW_INSTEAD,
	};
	int r = api_format(arena, &ret->subject, "%ld", start);
	return r < 0 ? r
		     : api_format(arena, &ret->url, "%s/api/read/json?num=%d&start=%ld", origin,
			       ROWS_A_PAGE, start);
}

static int tumblr_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name;
	const char *origin = url->origin; /* a domain of the blog's own */
	int r = name_of(url, &name)
			? api_format(arena, &origin, "https://%.*s.tumblr.com", name.len, name.at)
			: 0;
	return r < 0 ? r : ask(arena, origin, 0, ret);
}

/* ---- posts ---- */

#define TRAIL "class=\"tumblr_blog\""

/* The paragraph around the trail's name behind @at: [*@ret_from, *@ret_to).  False: there is none. */
static bool find_trail(const char *at, const char **ret_from, const char **ret_to)
{
	static const char end[] = "</p>";
	const char *name = strstr(at, TRAIL);
	const char *to = name ? strstr(name, end) : NULL;
	*ret_from = NULL;
	for (const char *p = at; to && (p = strstr(p, "<p")) && p < name; p++)
		*ret_from = p;
	*ret_to = to ? to + sizeof end - 1 : NULL;
	return *ret_from != NULL;
}

/* "<p><a class="tumblr_blog" …>bob</a>:</p>" stands before what was reblogged: written by Tumblr.  The
 * paragraph becomes a quotation, which is what it introduces. */
static int mark_trail(struct arena *arena, const char *html, const char **ret)
{
	struct buf out = BUF_INIT(LIMIT_HTML_B);
	const char *from, *to;
	int r = 0;
	*ret = html;
	if (!html || !strstr(html, TRAIL))
		return 0;
	for (; r == 0 && find_trail(html, &from, &to); html = to) {
		r = buf_add(&out, html, (size_t)(from - html));
		if (r == 0)
			r = buf_adds(&out, "<blockquote>");
		if (r == 0)
			r = buf_add(&out, from, (size_t)(to - from));
		if (r == 0)
			r = buf_adds(&out, "</blockquote>");
	}
	if (r == 0)
		r = buf_adds(&out, html);
	const char *marked = r == 0 ? arena_strdup(arena, buf_str(&out)) : NULL;
	buf_release(&out);
	if (r != 0)
		return r < 0 ? r : 0; /* too long: read as it is */
	*ret = marked;
	return marked ? 0 : -ENOMEM;
}

/* Where the words of each type of post stand.  What is passed on is the original's; what was added to
 * it is in the last. */
static const struct {
	const char *key;
	bool html;
	bool passed_on; /* in a reblog: the original's */
} parts[] = {
	{"regular-title", false, true},
	{"link-text", false, true},
	{"quote-text", true, true},
	{"quote-source", true, true},
	{"question", false, true},
	{"conversation-title", false, true},
	{"conversation-text", false, true},
	{"regular-body", true, false},
	{"photo-caption", true, false},
	{"video-caption", true, false},
	{"audio-caption", true, false},
	{"link-description", true, false},
	{"answer", true, false},
};

static int add_part(
	struct compose *compose, const json_t *row, size_t i, bool reblog, const char *base_url)
{
	const char *text = json_words(row, parts[i].key);
	/* A quotation and a question are nobody's but others', in an own post, too. */
	bool others = strcmp(parts[i].key, "quote-text") == 0 ||
		      strcmp(parts[i].key, "question") == 0 || (reblog && parts[i].passed_on);
	int r = 0;
	if (!text)
		return 0;
	if (!parts[i].html)
		return others ? api_add_others(compose, text) : compose_add_plain(compose, text);
	if (others)
		return api_add_others_html(compose, text, base_url);
	r = mark_trail(compose->arena, text, &text);
	return r < 0 ? r : api_add_html(compose, text, base_url);
}

static int add_row(struct extract *extract, const struct page *page, const json_t *row)
{
	struct compose compose = COMPOSE_INIT(extract->arena);
	bool reblog =
		json_words(row, "reblogged-from-name") || json_words(row, "reblogged-from-url");
	const char *slugged = json_words(row, "url-with-slug");
	struct post post = {
		.kind = KIND_POST,
		.published_s = json_int64(row, "unix-timestamp", 0),
		.pinned = json_flag(row, "is-pinned"),
	};
	int r = json_id(extract->arena, row, "id", &post.id);
	if (r < 0 || !post.id || *post.id == '\0') {
		extract->coverage.cut = true; /* nothing tells it from another */
		return r;
	}
	r = api_url(
		extract->arena, page->url, slugged ? slugged : json_words(row, "url"), &post.url);
	for (size_t i = 0; r == 0 && i < sizeof parts / sizeof *parts; i++)
		r = add_part(&compose, row, i, reblog, page->url);
	if (r == 0 && !reblog)
		r = api_add_card(&compose, page->url, json_words(row, "link-url"));
	if (reblog)
		post.kind = compose.text.len > 0 ? KIND_QUOTE : KIND_REPOST;
	return api_add_post(extract, &compose, r, &post);
}

/* ---- the blog ---- */

static int write_blog(
	const json_t *blog, const struct page *page, const char *origin, struct extract *extract)
{
	const char *name = json_words(blog, "name"), *photo;
	if (!name)
		return 0;
	int r = api_format(extract->arena, &photo,
		"https://api.tumblr.com/v2/blog/%s.tumblr.com/avatar/512", name);
	const struct api_owner owner = {
		.handle = name,
		.headline = json_words(blog, "title"),
		.about = json_words(blog, "description"),
		.about_html = true,
		.photo = api_is_plain(name, API_PLAIN) ? photo : NULL,
		.site = origin,
	};
	return r < 0 ? r : api_write_owner(extract, page, &owner);
}

static int add_rows(struct extract *extract, const struct page *page, const json_t *rows)
{
	size_t n_rows = json_array_size(rows), n_known = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		const json_t *row = json_array_get(rows, i);
		if (!json_words(row, "type") || !json_object_get(row, "id") ||
			!json_words(row, "url"))
			continue;
		n_known++;
		r = add_row(extract, page, row);
	}
	if (r == 0)
		api_judge_list(extract, n_rows, n_known);
	return r;
}

static int read_blog(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *blog = json_object_at(root, "tumblelog");
	const json_t *rows = json_array_at(root, "posts");
	int64_t total = json_int64(root, "posts-total", -1);
	long start = page->subject ? strtol(page->subject, NULL, 10) : 0; /* our own */
	long next_start = start + (long)json_array_size(rows);
	const char *origin = "";
	struct follow next;
	if (!json_text(blog, "title") || !rows || total < 0)
		return api_drift(extract, "The answer is no blog as Tumblr's API gives it.");
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = add_rows(extract, page, rows);
	if (extract->verdict == VERDICT_EMPTY && total > start) {
		extract->verdict = VERDICT_TRUNCATED;
		extract->coverage.lack = "The blog has posts that it does not show to visitors.";
	}
	if (r == 0 && start == 0) {
		extract->coverage.total = extract->facts.n_posts = total;
		r = write_blog(blog, page, origin, extract);
	}
	if (r < 0 || extract->verdict != VERDICT_OK || next_start >= total)
		return r;
	r = ask(extract->arena, origin, next_start, &next);
	return r < 0 ? r : extract_add_follow(extract, &next);
}

/* ---- its feed ---- */

static int follow_feed(const struct page *page, struct extract *extract)
{
	const char *origin;
	const struct follow like = {
		.source = source_tumblr.name,
		.step = STEP_FEED,
		.subject = "1",
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_INSTEAD,
	};
	int r = api_origin(extract->arena, page, &origin);
	return r < 0 ? r : api_follow(extract, &like, "%s/rss", origin);
}

/* In a reblog only what was added is the person's, and the title is the original's. */
static int mark_trails(struct arena *arena, struct feed *feed)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < feed->n_items; i++) {
		struct feed_text *text = &feed->items[i].summary;
		const char *marked = text->text;
		r = mark_trail(arena, text->text, &marked);
		if (marked == text->text)
			continue;
		*text = (struct feed_text){marked, strlen(marked), text->html};
		feed->items[i].title = (struct feed_text){0};
	}
	return r;
}

static int read_feed(const struct page *page, struct extract *extract)
{
	struct feed feed = FEED_INIT;
	struct feed_part place = {0};
	struct follow like = {
		.source = source_tumblr.name,
		.step = STEP_FEED,
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_OLDER,
	};
	const char *origin = "";
	int r = feed_part_read(extract->arena, page->subject, &place);
	if (r == 0)
		r = feed_open(page, extract, &feed);
	if (r < 0 || !verdict_proves(extract->verdict))
		return r;
	bool ends = feed_ends(&feed, &place);
	r = feed_part_write(extract->arena, &feed, &place, &like.subject);
	if (r == 0)
		r = mark_trails(extract->arena, &feed);
	if (r == 0)
		r = feed_write(&feed, extract);
	if (r == 0)
		r = api_origin(extract->arena, page, &origin);
	if (r < 0 || ends || extract->verdict != VERDICT_OK)
		return r;
	return api_follow(extract, &like, "%s/page/%ld/rss", origin, place.number + 1);
}

/* ---- the answer ---- */

/* var tumblr_api_read = {…}; */
static int read_call(const struct page *page, struct extract *extract)
{
	const char *body = page->body;
	const char *open = memchr(body, '{', page->body_len);
	const char *close = memrchr(body, '}', page->body_len);
	struct page inner = *page;
	if (open && close && close > open) {
		inner.body = open;
		inner.body_len = (size_t)(close - open) + 1;
	}
	return api_read(&inner, extract, read_blog);
}

static int tumblr_walled(const struct page *page, struct extract *extract)
{
	bool walled = extract->verdict == VERDICT_NOT_FOUND ||
		      extract->verdict == VERDICT_BLOCKED ||
		      extract->verdict == VERDICT_AUTH_REQUIRED;
	if (page->step == STEP_API && walled)
		return follow_feed(page, extract);
	if (page->step == STEP_FEED && extract->verdict == VERDICT_NOT_FOUND) {
		extract->why =
			"Tumblr shows no such blog: there is none, or it is for members only.";
		/* Behind the last page of a feed there is nothing. */
		if (page->subject && strtol(page->subject, NULL, 10) > 1) {
			extract->verdict = VERDICT_EMPTY;
			extract->why = NULL;
		}
	}
	return 0;
}

static int tumblr_read(const struct page *page, struct extract *extract)
{
	if (page->status >= 400)
		return tumblr_walled(page, extract);
	if (page->step == STEP_FEED)
		return read_feed(page, extract);
	int r = read_call(page, extract);
	return r == 0 && extract->verdict == VERDICT_PARSE_DRIFT ? follow_feed(page, extract) : r;
}

const struct source source_tumblr = {
	.name = "tumblr",
	.title = "Tumblr",
	.claims = tumblr_claims,
	.first = tumblr_first,
	.read = tumblr_read,
	.walled = tumblr_walled,
};
