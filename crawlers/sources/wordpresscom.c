#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/api.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>

/*
 * Blogs on wordpress.com, by the API that it has for all of them
 * (developer.wordpress.com/docs/api): the blog, its posts, and the comments on it that are by the
 * one who wrote all of those.
 */
enum step { STEP_SITE, STEP_POSTS, STEP_COMMENTS };

#define API         "https://public-api.wordpress.com/rest/v1.1/sites"
#define ROWS_A_PAGE 50

/* ---- whose blog it is ---- */

static bool is_service(const char *host)
{
	static const char *const services[] = {"www", "public-api", "developer", "en", "support",
		"learn", "blog", "subscribe", "r-login", "dashboard"};
	size_t len = strcspn(host, ".");
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		if (strlen(services[i]) == len && strncmp(host, services[i], len) == 0)
			return true;
	}
	return false;
}

static bool wordpresscom_claims(const struct url *url, const char **ret_why)
{
	*ret_why = "a blog on wordpress.com";
	return url_host_in(url->host, "wordpress.com") && strcmp(url->host, "wordpress.com") != 0 &&
	       !is_service(url->host);
}

static int wordpresscom_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	*ret = (struct follow){
		.source = source_wordpresscom.name,
		.step = STEP_SITE,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	/* A blog with a domain of its own is known by that, too. */
	int r = api_copy(arena, url->host, &ret->subject);
	return r < 0 ? r : api_format(arena, &ret->url, API "/%s", url->host);
}

/* ---- what to ask for ---- */

/* What is remembered: "HOST OFFSET" of posts, "HOST AUTHOR" of comments. */
struct place {
	const char *host;
	const char *number;
};

static int place_of(struct extract *extract, const struct page *page, struct place *ret)
{
	const char *words[2] = {"", ""};
	int r = api_split(extract->arena, page->subject, words, 2);
	*ret = (struct place){words[0], words[1]};
	return r;
}

static int follow_posts(
	struct extract *extract, const struct page *page, const char *host, long offset)
{
	struct follow like = {
		.source = source_wordpresscom.name,
		.step = STEP_POSTS,
		.accept = ACCEPT_JSON,
		.relation = offset > 0 ? FOLLOW_OLDER : FOLLOW_NEXT,
	};
	const char *origin;
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %ld", host, offset);
	if (r < 0)
		return r;
	return api_follow(extract, &like, "%s/rest/v1.1/sites/%s/posts/?number=%d&offset=%ld",
		origin, host, ROWS_A_PAGE, offset);
}

static int follow_comments(
	struct extract *extract, const struct page *page, const char *host, int64_t author)
{
	struct follow like = {
		.source = source_wordpresscom.name,
		.step = STEP_COMMENTS,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_ALSO,
	};
	const char *origin;
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %lld", host, (long long)author);
	if (r < 0)
		return r;
	return api_follow(
		extract, &like, "%s/rest/v1.1/sites/%s/comments/?number=100", origin, host);
}

/* ---- the blog ---- */

static int read_site(const json_t *root, const struct page *page, struct extract *extract)
{
	struct place place;
	const char *name = NULL;
	if (json_int64(root, "ID", 0) <= 0 || !json_text(root, "name"))
		return api_drift(extract, "The answer is no blog as WordPress.com's API gives it.");
	if (json_flag(root, "is_private")) {
		extract->verdict = VERDICT_PRIVATE;
		extract->why = "The blog is private.";
		return 0;
	}
	extract->verdict = VERDICT_OK;
	int r = place_of(extract, page, &place);
	if (r == 0)
		r = api_decode(extract, json_text(root, "name"), &name);
	/* What a blog is called is not what its owner is called. */
	const struct api_owner owner = {
		.headline = name,
		.about = json_words(root, "description"),
		.about_html = true,
		.photo = json_words(json_object_at(root, "icon"), "img"),
		.site = json_words(root, "URL"),
	};
	extract->facts.n_posts = json_int64(root, "post_count", -1);
	extract->facts.n_followers = json_int64(root, "subscribers_count", -1);
	if (r == 0)
		r = api_write_owner(extract, page, &owner);
	return r < 0 ? r : follow_posts(extract, page, place.host, 0);
}

/* ---- its posts ---- */

static int add_row(
	struct extract *extract, const struct page *page, const json_t *row, enum post_kind kind)
{
	struct api_piece piece = {
		.url = json_words(row, "URL"),
		.author = json_words(json_object_at(row, "author"), "name"),
		.title = kind == KIND_POST ? json_words(row, "title") : NULL,
		.title_html = true,
		.body = json_words(row, kind == KIND_POST ? "content" : "raw_content"),
		.markup = API_MARKUP_HTML,
		.published_s = json_date(row, "date"),
		.updated_s = json_date(row, "modified"),
		.kind = kind,
	};
	if (!piece.body)
		piece.body = json_words(row, "content");
	if (piece.updated_s <= piece.published_s)
		piece.updated_s = 0;
	if (kind == KIND_POST && json_words(row, "password"))
		extract->coverage.lack = "Some posts are behind a password.";
	size_t n = extract->n_posts;
	int r = json_id(extract->arena, row, "ID", &piece.id);
	if (r == 0 && kind == KIND_REPLY)
		r = api_format(extract->arena, &piece.id, "comment-%s", piece.id);
	if (r == 0)
		r = api_add_piece(extract, page->url, &piece);
	if (r == 0 && extract->n_posts > n)
		extract->posts[n].pinned = json_flag(row, "sticky");
	return r;
}

static bool is_row(const json_t *row)
{
	return json_int64(row, "ID", 0) > 0 && json_text(row, "content") &&
	       json_object_at(row, "author");
}

static int64_t author_of(const json_t *row)
{
	return json_int64(json_object_at(row, "author"), "ID", 0);
}

/* Whoever wrote all of the posts is the one whose blog it is. */
static int write_author(struct extract *extract, const json_t *author)
{
	int r = api_copy(extract->arena, json_words(author, "name"), &extract->facts.name);
	if (r == 0)
		r = api_copy(extract->arena, json_words(author, "login"), &extract->facts.handle);
	if (r == 0 && !extract->facts.photo_url)
		r = api_url(extract->arena, NULL, json_words(author, "avatar_URL"),
			&extract->facts.photo_url);
	return r;
}

/* *@ret_author: who wrote all of them; 0: several did. */
static int add_posts(
	struct extract *extract, const struct page *page, const json_t *rows, int64_t *ret_author)
{
	size_t n_rows = json_array_size(rows), n_known = 0;
	int r = 0;
	*ret_author = author_of(json_array_get(rows, 0));
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		const json_t *row = json_array_get(rows, i);
		if (!is_row(row))
			continue;
		n_known++;
		if (author_of(row) != *ret_author)
			*ret_author = 0;
		r = add_row(extract, page, row, KIND_POST);
	}
	if (r < 0)
		return r;
	api_judge_list(extract, n_rows, n_known);
	if (n_rows > 0 && *ret_author == 0 && !extract->coverage.lack)
		extract->coverage.lack = "The blog has posts by several authors; all are read as "
					 "the person's own.";
	return 0;
}

static int read_posts(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *rows = json_array_at(root, "posts");
	size_t n_rows = json_array_size(rows);
	int64_t author = 0;
	struct place place;
	if (!rows || json_int64(root, "found", -1) < (int64_t)n_rows)
		return api_drift(extract, "The answer is no list as WordPress.com's API gives it.");
	int r = place_of(extract, page, &place);
	if (r == 0)
		r = add_posts(extract, page, rows, &author);
	long offset = strtol(place.number, NULL, 10); /* our own */
	extract->coverage.total = offset == 0 ? json_int64(root, "found", -1) : -1;
	if (r == 0 && offset == 0 && author > 0) {
		r = write_author(extract, json_object_at(json_array_get(rows, 0), "author"));
		if (r == 0)
			r = follow_comments(extract, page, place.host, author);
	}
	bool more = extract->verdict == VERDICT_OK && n_rows >= ROWS_A_PAGE;
	return r == 0 && more ? follow_posts(extract, page, place.host, offset + (long)n_rows) : r;
}

static int read_comments(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *rows = json_array_at(root, "comments");
	size_t n_rows = json_array_size(rows), n_known = 0;
	struct place place;
	int r = place_of(extract, page, &place);
	if (!rows)
		return api_drift(extract, "The answer is no list as WordPress.com's API gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		const json_t *row = json_array_get(rows, i);
		if (!is_row(row))
			continue;
		n_known++;
		if (author_of(row) > 0 && author_of(row) == strtoll(place.number, NULL, 10))
			r = add_row(extract, page, row, KIND_REPLY);
	}
	if (r < 0)
		return r;
	api_judge_list(extract, n_rows, n_known);
	if (json_int64(root, "found", 0) > (int64_t)n_rows)
		extract->coverage.lack = "Of the comments only the newest were looked through.";
	return 0;
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	switch ((enum step)page->step) {
	case STEP_POSTS:
		return read_posts(root, page, extract);
	case STEP_COMMENTS:
		return read_comments(root, page, extract);
	default:
		return read_site(root, page, extract);
	}
}

static int wordpresscom_walled(const struct page *page, struct extract *extract)
{
	return wall_judge(page, extract, NULL);
}

static int wordpresscom_read(const struct page *page, struct extract *extract)
{
	int r = api_read(page, extract, read_answer);
	return r == 0 && page->status >= 400 ? wordpresscom_walled(page, extract) : r;
}

const struct source source_wordpresscom = {
	.name = "wordpresscom",
	.title = "WordPress.com",
	.claims = wordpresscom_claims,
	.first = wordpresscom_first,
	.read = wordpresscom_read,
	.walled = wordpresscom_walled,
};
