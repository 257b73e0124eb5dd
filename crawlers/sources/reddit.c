#include "crawlers/parse/json.h"
#include "crawlers/sources/api.h"
#include "crawlers/sources/feed.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * Reddit.  Visitors get the feed of an account, a page now and then (crawlers/net says how seldom);
 * whoever has a token gets the listing of the API, which has what the feed leaves out.  Both end
 * after some thousand posts, and either is empty for an account that hides its history, so that an
 * empty one shows nothing.
 */
enum step { STEP_FEED, STEP_ABOUT, STEP_LISTING };

#define SITE        "https://www.reddit.com"
#define API         "https://oauth.reddit.com"
#define ROWS_A_PAGE 100
#define FULLNAME    API_LETTERS API_DIGITS "_"

static const char hidden[] =
	"Reddit shows no posts: there are none, or the account hides its history.";

/* ---- whose account it is ---- */

static bool name_of(const struct url *url, struct api_name *ret)
{
	return api_name(url->path, "/user/", API_PLAIN, ret) ||
	       api_name(url->path, "/u/", API_PLAIN, ret);
}

static bool reddit_claims(const struct url *url, const char **ret_why)
{
	struct api_name name;
	*ret_why = "an account on Reddit";
	return url_host_in(url->host, "reddit.com") && name_of(url, &name);
}

static int reddit_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name = {.at = ""};
	(void)name_of(url, &name); /* named in the config: the answer will tell */
	*ret = (struct follow){
		.source = source_reddit.name,
		.step = STEP_FEED,
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_INSTEAD,
	};
	int r = api_format(arena, &ret->subject, "%.*s", name.len, name.at);
	return r < 0 ? r
		     : api_format(arena, &ret->url, SITE "/user/%.*s/.rss?limit=%d", name.len,
			       name.at, ROWS_A_PAGE);
}

static int reddit_first_with_token(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name = {.at = ""};
	(void)name_of(url, &name);
	*ret = (struct follow){
		.source = source_reddit.name,
		.step = STEP_ABOUT,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	int r = api_format(arena, &ret->subject, "%.*s", name.len, name.at);
	return r < 0 ? r : api_format(arena, &ret->url, API "/user/%.*s/about", name.len, name.at);
}

/* ---- the feed ---- */

/* The person's words stand between two marks; behind them Reddit names writer, place and links. */
static void cut_content(struct feed_text *content)
{
	static const char from[] = "<!-- SC_OFF -->", to[] = "<!-- SC_ON -->";
	static const char by[] = "submitted by";
	if (!content->text)
		return;
	char *start = memmem(content->text, content->len, from, sizeof from - 1);
	if (!start) {
		/* A link, a picture: there is nothing but Reddit's own line. */
		if (memmem(content->text, content->len, by, sizeof by - 1))
			*content = (struct feed_text){0};
		return;
	}
	start += sizeof from - 1;
	size_t len = content->len - (size_t)(start - content->text);
	const char *end = memmem(start, len, to, sizeof to - 1);
	content->text = start;
	content->len = end ? (size_t)(end - start) : len;
}

/* Where the link that Reddit writes as "[link]" leads; NULL: to Reddit itself, or there is none. */
static int link_of(struct compose *compose, const struct feed_item *item, const char **ret)
{
	static const char mark[] = "[link]";
	struct html_text whole;
	struct url url;
	*ret = NULL;
	int r = compose_read_html(
		compose, item->content.text, item->content.len, item->base, &whole);
	for (size_t i = 0; r == 0 && i < whole.n_links; i++) {
		const struct link *link = &whole.links[i];
		size_t len = link->end - link->start;
		if (len != sizeof mark - 1 || memcmp(whole.text + link->start, mark, len) != 0)
			continue;
		r = url_parse(compose->arena, link->url, &url);
		*ret = r == 0 && !url_host_in(url.host, "reddit.com") ? url.whole : NULL;
	}
	return r < 0 ? r : 0;
}

static bool is_by(const char *author, const char *name)
{
	static const char prefix[] = "/u/";
	if (!author || !name)
		return false;
	if (strncmp(author, prefix, sizeof prefix - 1) == 0)
		author += sizeof prefix - 1;
	return strcasecmp(author, name) == 0;
}

/* "/u/ada on The title of what is answered" */
static int add_item(struct extract *extract, const char *name, struct feed_item *item)
{
	bool comment = strncmp(item->id, "t1_", 3) == 0;
	const char *link;
	struct html_text words;
	struct compose compose = COMPOSE_INIT(extract->arena);
	struct post post = {
		.id = item->id,
		.url = item->link,
		.author = name,
		.kind = comment ? KIND_REPLY : KIND_POST,
		/* A comment has but one time. */
		.published_s = item->published_s != 0 ? item->published_s : item->updated_s,
	};
	int r = link_of(&compose, item, &link);
	const char *title = item->title.text, *on = title ? strstr(title, " on ") : NULL;
	cut_content(&item->content);
	if (r == 0 && !comment)
		r = api_add_title(&compose, title, item->title.html);
	if (r == 0)
		r = compose_read_html(
			&compose, item->content.text, item->content.len, item->base, &words);
	if (r == 0)
		r = compose_add(&compose, &words);
	if (r == 0 && comment && on)
		r = api_add_others(&compose, on + 4);
	if (r == 0)
		r = api_add_card(&compose, NULL, comment ? NULL : link);
	return api_add_post(extract, &compose, r, &post);
}

static bool is_item(const struct feed_item *item)
{
	return item->id && (strncmp(item->id, "t1_", 3) == 0 || strncmp(item->id, "t3_", 3) == 0) &&
	       api_is_plain(item->id, FULLNAME);
}

static int follow_older(const struct page *page, struct extract *extract, const char *last)
{
	const struct follow like = {
		.source = source_reddit.name,
		.step = page->step,
		.subject = page->subject,
		.accept = page->step == STEP_FEED ? ACCEPT_FEED : ACCEPT_JSON,
		.relation = FOLLOW_OLDER,
	};
	int base = (int)strcspn(page->url, "?");
	return api_follow(extract, &like, "%.*s?limit=%d%s&after=%s", base, page->url, ROWS_A_PAGE,
		page->step == STEP_FEED ? "" : "&raw_json=1", last);
}

static bool is_first(const struct page *page)
{
	return strstr(page->url, "after=") == NULL;
}

/* Nothing of the account itself is in its feed but its name. */
static int write_name(struct extract *extract, const struct page *page)
{
	const struct api_owner owner = {.handle = page->subject};
	return is_first(page) ? api_write_owner(extract, page, &owner) : 0;
}

static int judge_none(const struct page *page, struct extract *extract)
{
	extract->verdict = is_first(page) ? VERDICT_TRUNCATED : VERDICT_EMPTY;
	extract->coverage.window = is_first(page);
	extract->coverage.lack = is_first(page) ? hidden : NULL;
	return write_name(extract, page);
}

static int read_feed(const struct page *page, struct extract *extract)
{
	struct feed feed;
	size_t n_known = 0;
	int r = feed_open(page, extract, &feed);
	if (r < 0 || !verdict_proves(extract->verdict))
		return r;
	if (feed.n_items == 0)
		return judge_none(page, extract);
	for (size_t i = 0; r == 0 && i < feed.n_items; i++) {
		struct feed_item *item = &feed.items[i];
		if (!is_item(item) || !is_by(item->author, page->subject))
			continue;
		n_known++;
		r = add_item(extract, page->subject, item);
	}
	if (r < 0)
		return r;
	api_judge_list(extract, feed.n_items, n_known);
	if (extract->verdict != VERDICT_OK)
		return 0;
	r = write_name(extract, page);
	bool more = feed.n_items >= ROWS_A_PAGE / 4; /* feeds may be shorter than asked for */
	return r == 0 && more ? follow_older(page, extract, feed.items[feed.n_items - 1].id) : r;
}

/* ---- the API ---- */

static int follow_listing(const struct page *page, struct extract *extract)
{
	const struct follow like = {
		.source = source_reddit.name,
		.step = STEP_LISTING,
		.subject = page->subject,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_NEXT,
	};
	return api_follow(extract, &like, API "/user/%s/overview?limit=%d&raw_json=1",
		page->subject, ROWS_A_PAGE);
}

static int read_about(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *data = json_object_at(root, "data");
	const json_t *own = json_object_at(data, "subreddit");
	const struct api_owner owner = {
		.handle = json_words(data, "name"),
		.name = json_words(own, "title"),
		.about = json_words(own, "public_description"),
		.photo = json_words(data, "icon_img"),
	};
	if (json_flag(data, "is_suspended")) {
		extract->verdict = VERDICT_SUSPENDED;
		return 0;
	}
	if (!owner.handle || !page->subject || strcasecmp(owner.handle, page->subject) != 0)
		return api_drift(extract, "The answer is no account as Reddit's API gives it.");
	extract->verdict = VERDICT_OK;
	extract->facts.created_s = json_int64(data, "created_utc", 0);
	extract->facts.n_followers = json_int64(own, "subscribers", -1);
	int r = api_write_owner(extract, page, &owner);
	return r < 0 ? r : follow_listing(page, extract);
}

/* Its text is gone, whoever took it away. */
static bool is_removed(const char *text)
{
	return text && (strcmp(text, "[removed]") == 0 || strcmp(text, "[deleted]") == 0);
}

/* Older answers have no address of a comment's own, but that of its thread. */
static int address_of(struct arena *arena, const json_t *data, const char **ret)
{
	const char *thread = json_words(data, "link_url");
	const char *id = json_words(data, "id");
	*ret = json_words(data, "permalink");
	if (*ret || !thread || !strstr(thread, "reddit.com/r/") || !api_is_plain(id, FULLNAME))
		return 0;
	return api_format(arena, ret, "%s%s/", thread, id);
}

static int add_comment(struct extract *extract, const json_t *data)
{
	struct api_piece piece = {
		.id = json_words(data, "name"),
		.author = json_words(data, "author"),
		.body = json_words(data, "body"),
		.markup = API_MARKUP_MARKDOWN,
		.others = json_words(data, "link_title"),
		.published_s = json_int64(data, "created_utc", 0),
		.updated_s = json_int64(data, "edited", 0), /* false: never */
		.kind = KIND_REPLY,
	};
	if (!piece.body || is_removed(piece.body))
		return 0;
	int r = address_of(extract->arena, data, &piece.url);
	return r < 0 ? r : api_add_piece(extract, SITE, &piece);
}

static int add_post(struct extract *extract, const json_t *data)
{
	const char *body = json_words(data, "selftext");
	const struct api_piece piece = {
		.id = json_words(data, "name"),
		.url = json_words(data, "permalink"),
		.author = json_words(data, "author"),
		.title = json_words(data, "title"),
		.body = is_removed(body) ? NULL : body,
		.markup = API_MARKUP_MARKDOWN,
		.card = json_flag(data, "is_self") ? NULL : json_words(data, "url"),
		.published_s = json_int64(data, "created_utc", 0),
		.updated_s = json_int64(data, "edited", 0),
		.kind = KIND_POST,
	};
	return api_add_piece(extract, SITE, &piece);
}

/* A post of the person's, or @ret_foreign; else it is nothing known. */
static bool is_row(const json_t *row, const char *name, bool *ret_comment, bool *ret_foreign)
{
	const json_t *data = json_object_at(row, "data");
	const char *kind = json_text(row, "kind"), *author = json_words(data, "author");
	*ret_comment = kind && strcmp(kind, "t1") == 0;
	*ret_foreign = author && name && strcasecmp(author, name) != 0;
	return kind && (*ret_comment || strcmp(kind, "t3") == 0) && author &&
	       json_words(data, "name");
}

static int read_listing(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *data = json_object_at(root, "data");
	const json_t *rows = json_array_at(data, "children");
	const char *after = json_words(data, "after");
	size_t n_rows = json_array_size(rows), n_known = 0;
	int r = 0;
	if (!rows)
		return api_drift(extract, "The answer is no listing as Reddit's API gives it.");
	if (n_rows == 0)
		return judge_none(page, extract);
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		const json_t *row = json_array_get(rows, i);
		bool comment, foreign;
		if (!is_row(row, page->subject, &comment, &foreign))
			continue;
		n_known++;
		if (!foreign)
			r = comment ? add_comment(extract, json_object_at(row, "data"))
				    : add_post(extract, json_object_at(row, "data"));
	}
	if (r < 0)
		return r;
	api_judge_list(extract, n_rows, n_known);
	bool more = extract->verdict == VERDICT_OK && api_is_plain(after, FULLNAME);
	return more ? follow_older(page, extract, after) : 0;
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	return page->step == STEP_LISTING ? read_listing(root, page, extract)
					  : read_about(root, page, extract);
}

static int reddit_walled(const struct page *page, struct extract *extract)
{
	(void)page;
	if (extract->verdict == VERDICT_NOT_FOUND)
		extract->why = "Reddit shows no such account: there is none, or Reddit hides it "
			       "from everybody else.";
	if (extract->verdict == VERDICT_BLOCKED)
		extract->why = "Reddit refuses programs; its data export has everything.";
	return 0;
}

static int reddit_read(const struct page *page, struct extract *extract)
{
	if (page->step != STEP_FEED) {
		int r = api_read(page, extract, read_answer);
		return r == 0 && page->status >= 400 ? reddit_walled(page, extract) : r;
	}
	return page->status >= 400 ? reddit_walled(page, extract) : read_feed(page, extract);
}

const struct source source_reddit = {
	.name = "reddit",
	.title = "Reddit",
	.claims = reddit_claims,
	.first = reddit_first,
	.first_with_token = reddit_first_with_token,
	.read = reddit_read,
	.walled = reddit_walled,
};
