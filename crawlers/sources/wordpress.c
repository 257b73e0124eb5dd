#include "crawlers/sources/wordpress.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/links.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/api.h"
#include "crawlers/sources/feed.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>

/*
 * WordPress on anybody's host, by its REST API (developer.wordpress.org/rest-api/reference): the
 * author, or the site, then the posts and the comments that the author left.  Where the API is
 * closed the feed is read, which has pages.  Blogs on wordpress.com: wordpresscom.c.
 */
enum step { STEP_SITE, STEP_USERS, STEP_USER, STEP_POSTS, STEP_COMMENTS, STEP_FEED };

/* The API allows 100; half of them leave 160 kB of LIMIT_PAGE_B to each post. */
#define ROWS_A_PAGE 50

#define POST_FIELDS    "id,date_gmt,modified_gmt,link,title,content,excerpt,author,sticky"
#define COMMENT_FIELDS "id,author,author_name,date_gmt,content,link"

/* An author, or page, number of ours or of an API that was asked before. */
#define ANYBODY "0"

/* ---- what is asked for first ---- */

static bool author_of(const char *path, struct api_name *ret)
{
	const char *at = strstr(path, "/author/");
	return at && api_name(at, "/author/", API_PLAIN_DOT "%", ret);
}

static int first_of(struct arena *arena, const char *root, const char *path, struct follow *ret)
{
	struct api_name name;
	bool query = strchr(root, '?') != NULL; /* without rewriting: /?rest_route=/ */
	char mark = query ? '&' : '?';
	*ret = (struct follow){
		.source = source_wordpress.name,
		.step = STEP_SITE,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	int r = api_copy(arena, root, &ret->subject);
	if (r == 0 && author_of(path, &name)) {
		ret->step = STEP_USERS;
		r = api_format(arena, &ret->url, "%swp/v2/users%cslug=%.*s", root, mark, name.len,
			name.at);
	} else if (r == 0) {
		r = api_format(
			arena, &ret->url, "%s%c_fields=name,description,url,home", root, mark);
	}
	return r;
}

static int wordpress_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	const char *root;
	int r = api_format(arena, &root, "%s/wp-json/", url->origin);
	return r < 0 ? r : first_of(arena, root, url->path, ret);
}

/* The end of an API's address that paths can be put behind. */
static bool is_root(const char *root)
{
	static const char *const ends[] = {"/wp-json/", "rest_route=/"};
	size_t len = strlen(root);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t n = strlen(ends[i]);
		if (len >= n && strcmp(root + len - n, ends[i]) == 0)
			return strchr(root, ' ') == NULL;
	}
	return false;
}

int wordpress_of_page(struct arena *arena, const char *root, const char *author,
	const char *page_url, struct follow *ret)
{
	struct url here, there;
	*ret = (struct follow){0};
	int r = url_parse(arena, page_url, &here);
	if (r == 0)
		r = url_parse(arena, root, &there);
	if (r != 0 || !url_same_origin(&here, &there) || !is_root(there.whole))
		return r < 0 ? r : 0;
	r = first_of(arena, there.whole, here.path, ret);
	size_t len = strlen(there.whole);
	if (r < 0 || !author || strncmp(author, there.whole, len) != 0 ||
		strncmp(author + len, "wp/v2/users/", 12) != 0 ||
		!api_is_plain(author + len + 12, API_DIGITS))
		return r;
	ret->step = STEP_USER;
	return api_copy(arena, author, &ret->url);
}

/* ---- the person's place in the API ---- */

/* What is remembered from answer to answer: "ROOT AUTHOR NUMBER". */
struct place {
	const char *root;
	const char *author; /* digits; ANYBODY: the whole site */
	int number;         /* of the page, from 1 */
};

static int place_of(struct extract *extract, const struct page *page, struct place *ret)
{
	const char *words[3] = {"", "", ""};
	int r = api_split(extract->arena, page->subject, words, 3);
	*ret = (struct place){
		words[0], *words[1] ? words[1] : ANYBODY, (int)strtol(words[2], NULL, 10)};
	return r;
}

static int follow_list(
	struct extract *extract, const struct place *place, enum step step, const char *search)
{
	struct arena *arena = extract->arena;
	char mark = strchr(place->root, '?') ? '&' : '?';
	const char *author = "", *words = search ? url_escape(arena, search) : NULL;
	struct follow like = {
		.source = source_wordpress.name,
		.step = step,
		.accept = ACCEPT_JSON,
		.relation = place->number > 1 ? FOLLOW_OLDER : FOLLOW_NEXT,
	};
	if (search && !words)
		return -ENOMEM;
	if (step == STEP_COMMENTS)
		like.relation = FOLLOW_ALSO;
	int r = api_format(
		arena, &like.subject, "%s %s %d", place->root, place->author, place->number);
	if (r == 0 && step == STEP_POSTS && strcmp(place->author, ANYBODY) != 0)
		r = api_format(arena, &author, "author=%s&", place->author);
	if (r < 0)
		return r;
	if (step == STEP_COMMENTS)
		return api_follow(extract, &like,
			"%swp/v2/comments%csearch=%s&per_page=%d&page=%d&_fields=" COMMENT_FIELDS,
			place->root, mark, words ? words : "", ROWS_A_PAGE, place->number);
	return api_follow(extract, &like,
		"%swp/v2/posts%c%sper_page=%d&page=%d&_fields=" POST_FIELDS, place->root, mark,
		author, ROWS_A_PAGE, place->number);
}

/* A full page has more behind it unless the Link header, which most servers send, says that it was
 * the last. */
static int follow_rest(struct extract *extract, const struct page *page, struct place place,
	enum step step, size_t n_rows)
{
	struct links links = {0};
	if (extract->verdict != VERDICT_OK || place.number < 1)
		return 0;
	int r = links_add_header(extract->arena, page->link, page->final_url, &links);
	if (r < 0 || (!links.next && (page->link || n_rows < ROWS_A_PAGE)))
		return r;
	place.number++;
	return follow_list(extract, &place, step, NULL);
}

/* ---- the site, the author ---- */

static int read_site(const json_t *root, const struct page *page, struct extract *extract)
{
	struct place place;
	const char *name = NULL;
	if (!json_text(root, "name") || !json_words(root, "home"))
		return api_drift(extract, "The answer is no site as WordPress gives it.");
	extract->verdict = VERDICT_OK;
	int r = place_of(extract, page, &place);
	if (r == 0)
		r = api_decode(extract, json_text(root, "name"), &name);
	/* What a site is called is not what its owner is called. */
	const struct api_owner owner = {
		.headline = name,
		.about = json_words(root, "description"),
		.about_html = true,
		.site = json_words(root, "home"),
	};
	if (r == 0)
		r = api_write_owner(extract, page, &owner);
	place.number = 1;
	return r < 0 ? r : follow_list(extract, &place, STEP_POSTS, NULL);
}

static int read_user(const json_t *user, const struct page *page, struct extract *extract)
{
	struct place place;
	struct api_owner owner = {
		.handle = json_words(user, "slug"),
		.about = json_words(user, "description"),
		.about_html = true,
		.photo = json_words(json_object_at(user, "avatar_urls"), "96"),
		.site = json_words(user, "url"),
	};
	int64_t id = json_int64(user, "id", 0);
	if (id <= 0 || !owner.handle || !json_text(user, "name"))
		return api_drift(extract, "The answer is no author as WordPress gives it.");
	extract->verdict = VERDICT_OK;
	int r = place_of(extract, page, &place);
	bool whole = strcmp(place.author, ANYBODY) == 0;
	if (r == 0)
		r = api_decode(extract, json_text(user, "name"), &owner.name);
	if (r == 0)
		r = api_format(extract->arena, &place.author, "%lld", (long long)id);
	if (r == 0)
		r = api_write_owner(extract, page, &owner);
	place.number = 1;
	if (r == 0 && whole) /* else the posts led here */
		r = follow_list(extract, &place, STEP_POSTS, NULL);
	return r == 0 && owner.name ? follow_list(extract, &place, STEP_COMMENTS, owner.name) : r;
}

static int read_users(const json_t *root, const struct page *page, struct extract *extract)
{
	if (json_is_array(root) && json_array_size(root) == 0) {
		extract->verdict = VERDICT_NOT_FOUND;
		extract->why = "WordPress shows no author of this name who has written anything.";
		return 0;
	}
	return read_user(json_array_get(root, 0), page, extract);
}

/* ---- posts ---- */

static int add_post(struct extract *extract, const struct page *page, const json_t *row)
{
	const json_t *content = json_object_at(row, "content");
	struct api_piece piece = {
		.url = json_words(row, "link"),
		.title = json_words(json_object_at(row, "title"), "rendered"),
		.title_html = true,
		.body = json_text(content, "rendered"),
		.markup = API_MARKUP_HTML,
		.published_s = json_date(row, "date_gmt"),
		.updated_s = json_date(row, "modified_gmt"),
		.kind = KIND_POST,
	};
	if (piece.updated_s <= piece.published_s)
		piece.updated_s = 0;
	if (json_flag(content, "protected"))
		extract->coverage.lack = "Some posts are behind a password.";
	int r = json_id(extract->arena, row, "id", &piece.id);
	size_t n = extract->n_posts;
	if (r == 0)
		r = api_add_piece(extract, page->url, &piece);
	if (r == 0 && extract->n_posts > n)
		extract->posts[n].pinned = json_flag(row, "sticky");
	return r;
}

static bool is_post(const json_t *row)
{
	return json_int64(row, "id", 0) > 0 && json_words(row, "link") &&
	       json_text(json_object_at(row, "content"), "rendered");
}

/* Who wrote all of a site's posts. */
static int follow_author(struct extract *extract, const struct place *place, int64_t author)
{
	struct follow like = {
		.source = source_wordpress.name,
		.step = STEP_USER,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_ALSO,
	};
	long long id = author;
	int r = api_format(extract->arena, &like.subject, "%s %lld", place->root, id);
	return r < 0 ? r : api_follow(extract, &like, "%swp/v2/users/%lld", place->root, id);
}

static int read_posts(const json_t *root, const struct page *page, struct extract *extract)
{
	size_t n_rows = json_array_size(root), n_known = 0;
	int64_t only = 0, author;
	bool several = false;
	struct place place;
	int r = place_of(extract, page, &place);
	if (!json_is_array(root))
		return api_drift(extract, "The answer is no list as WordPress gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		const json_t *row = json_array_get(root, i);
		if (!is_post(row))
			continue;
		n_known++;
		author = json_int64(row, "author", 0);
		several |= only != 0 && author != only;
		only = author;
		r = add_post(extract, page, row);
	}
	if (r < 0)
		return r;
	api_judge_list(extract, n_rows, n_known);
	if (several && !extract->coverage.lack)
		extract->coverage.lack = "The site has posts by several authors; all are read as "
					 "the person's own.";
	bool anybody = strcmp(place.author, ANYBODY) == 0;
	if (anybody && !several && only > 0 && place.number == 1)
		r = follow_author(extract, &place, only);
	return r < 0 ? r : follow_rest(extract, page, place, STEP_POSTS, n_rows);
}

/* ---- comments: the API finds those in which the person's name stands anywhere ---- */

static int read_comments(const json_t *root, const struct page *page, struct extract *extract)
{
	size_t n_rows = json_array_size(root), n_known = 0;
	struct place place;
	int r = place_of(extract, page, &place);
	if (!json_is_array(root))
		return api_drift(extract, "The answer is no list as WordPress gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		const json_t *row = json_array_get(root, i);
		const char *html = json_text(json_object_at(row, "content"), "rendered");
		struct api_piece piece = {
			.url = json_words(row, "link"),
			.author = json_words(row, "author_name"),
			.body = html,
			.markup = API_MARKUP_HTML,
			.published_s = json_date(row, "date_gmt"),
			.kind = KIND_REPLY,
		};
		int64_t id = json_int64(row, "id", 0), author = json_int64(row, "author", -1);
		if (id <= 0 || author < 0 || !html)
			continue;
		n_known++;
		if (author != strtoll(place.author, NULL, 10))
			continue; /* a guest's, or another member's */
		r = api_format(extract->arena, &piece.id, "comment-%lld", (long long)id);
		if (r == 0)
			r = api_add_piece(extract, page->url, &piece);
	}
	if (r < 0)
		return r;
	api_judge_list(extract, n_rows, n_known);
	if (n_rows >= ROWS_A_PAGE)
		extract->coverage.lack = "Of the comments only the newest were looked through.";
	return 0;
}

/* ---- the feed ---- */

/* In the page's own folder: an author's is of that author alone. */
static int follow_feed(struct extract *extract, const struct page *page)
{
	struct url url;
	struct follow like = {
		.source = source_wordpress.name,
		.step = STEP_FEED,
		.subject = "1",
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_INSTEAD,
	};
	int r = url_parse(extract->arena, page->profile, &url);
	if (r != 0)
		return r < 0 ? r : 0;
	size_t len = strlen(url.path);
	return api_follow(extract, &like, "%s%s%sfeed/", url.origin, url.path,
		url.path[len - 1] == '/' ? "" : "/");
}

static int read_feed(const struct page *page, struct extract *extract)
{
	struct feed feed = FEED_INIT;
	struct feed_part place = {0};
	struct follow like = {
		.source = source_wordpress.name,
		.step = STEP_FEED,
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_OLDER,
	};
	int r = feed_part_read(extract->arena, page->subject, &place);
	if (r == 0)
		r = feed_open(page, extract, &feed);
	if (r < 0 || !verdict_proves(extract->verdict))
		return r;
	if (feed_ends(&feed, &place))
		return feed_write(&feed, extract);
	r = feed_write(&feed, extract);
	if (r == 0)
		r = feed_part_write(extract->arena, &feed, &place, &like.subject);
	if (r < 0 || extract->verdict != VERDICT_OK)
		return r;
	return api_follow(extract, &like, "%.*s?paged=%ld", (int)strcspn(page->url, "?"), page->url,
		place.number + 1);
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	switch ((enum step)page->step) {
	case STEP_USERS:
		return read_users(root, page, extract);
	case STEP_USER:
		return read_user(root, page, extract);
	case STEP_POSTS:
		return read_posts(root, page, extract);
	case STEP_COMMENTS:
		return read_comments(root, page, extract);
	default:
		return read_site(root, page, extract);
	}
}

/* Behind the last page there is nothing, and WordPress says so with an error. */
static bool is_behind_last(const struct page *page, long number)
{
	static const char code[] = "\"rest_post_invalid_page_number\"";
	if (number < 2)
		return false;
	if (page->step == STEP_FEED)
		return page->status == 404;
	return page->step == STEP_POSTS && page->status == 400 &&
	       memmem(page->body, page->body_len, code, sizeof code - 1);
}

/* Closed, switched off or in the way: the feed may be open all the same. */
static bool is_closed(const struct page *page, enum verdict verdict)
{
	bool first = page->step == STEP_SITE || page->step == STEP_USERS || page->step == STEP_USER;
	return first && (verdict == VERDICT_AUTH_REQUIRED || verdict == VERDICT_BLOCKED ||
				verdict == VERDICT_NOT_FOUND || verdict == VERDICT_PARSE_DRIFT);
}

static int wordpress_walled(const struct page *page, struct extract *extract)
{
	struct place place;
	int r = place_of(extract, page, &place);
	long number = page->step == STEP_FEED && page->subject
			      ? (int)strtol(page->subject, NULL, 10)
			      : place.number;
	if (r == 0 && is_behind_last(page, number)) {
		extract->verdict = VERDICT_EMPTY;
		extract->why = NULL;
		return 0;
	}
	if (r == 0 && page->step != STEP_FEED)
		r = wall_judge(page, extract, NULL);
	return r == 0 && is_closed(page, extract->verdict) ? follow_feed(extract, page) : r;
}

static int wordpress_read(const struct page *page, struct extract *extract)
{
	if (page->step == STEP_FEED)
		return page->status >= 400 ? wordpress_walled(page, extract)
					   : read_feed(page, extract);
	int r = api_read(page, extract, read_answer);
	if (r == 0 && page->status >= 400)
		return wordpress_walled(page, extract);
	return r == 0 && is_closed(page, extract->verdict) ? follow_feed(extract, page) : r;
}

const struct source source_wordpress = {
	.name = "wordpress",
	.title = "WordPress",
	.first = wordpress_first,
	.read = wordpress_read,
	.walled = wordpress_walled,
};
