#include "crawlers/sources/api.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * Lemmy: the API of 0.19 (v3), which gives account, posts and comments in one answer, page after
 * page; where it is not there, that of 1.0 (v4).  "/u/NAME" is also how Discourse writes its
 * accounts, so a server that answers neither is asked as one.
 */
enum step { STEP_V3, STEP_V4_PERSON, STEP_V4_CONTENT };

/* The most that a page of either API may have (lemmy/crates/db_schema/src/utils.rs). */
#define ROWS_A_PAGE 50

/* ---- whose profile it is ---- */

/* /u/NAME, /u/NAME@HOST of an account of another server. */
static bool name_of(const struct url *url, struct api_name *ret, const char **ret_host)
{
	if (!api_name(url->path, "/u/", API_PLAIN_DOT "@:", ret))
		return false;
	const char *host = memchr(ret->at, '@', (size_t)ret->len);
	*ret_host = host ? host + 1 : NULL;
	if (host)
		ret->len = (int)(host - ret->at);
	return ret->len > 0 && (!host || strcspn(host + 1, "/") > 0);
}

static bool lemmy_claims(const struct url *url, const char **ret_why)
{
	static const char *const others[] = {"reddit.com", "docker.com", "lobste.rs"};
	struct api_name name;
	const char *host;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (url_host_in(url->host, others[i]))
			return false;
	}
	*ret_why = "an address as Lemmy writes it";
	return name_of(url, &name, &host);
}

static int lemmy_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name = {.at = "", .rest = ""};
	const char *host = NULL, *origin = url->origin, *user, *subject = "";
	if (!name_of(url, &name, &host)) /* named in the config: the answer will tell */
		name = (struct api_name){.at = "", .rest = ""};
	int r = host ? api_format(arena, &origin, "https://%.*s", (int)strcspn(host, "/"), host)
		     : 0;
	if (r == 0)
		r = api_format(arena, &subject, "%.*s 1", name.len, name.at);
	if (r == 0)
		r = api_format(arena, &user,
			"%s/api/v3/user?username=%.*s&sort=New&limit=%d&page=1", origin, name.len,
			name.at, ROWS_A_PAGE);
	if (r < 0)
		return r;
	*ret = (struct follow){
		.url = user,
		.source = source_lemmy.name,
		.step = STEP_V3,
		.subject = subject,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* Another way: of v3 it is v4, of v4 it is Discourse. */
static int follow_instead(const struct page *page, struct extract *extract)
{
	const char *words[2] = {"", ""}, *origin = "";
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0)
		r = api_origin(extract->arena, page, &origin);
	if (r < 0 || page->step == STEP_V4_CONTENT || *words[0] == '\0')
		return r;
	struct follow like = {
		.source = source_lemmy.name,
		.step = STEP_V4_PERSON,
		.subject = page->subject,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	if (page->step == STEP_V3 && strcmp(words[1], "1") != 0)
		return 0; /* a later page: what fails is that page */
	if (page->step == STEP_V3)
		return api_follow(extract, &like, "%s/api/v4/person?username=%s", origin, words[0]);
	like.source = source_discourse.name;
	like.step = 0;
	like.subject = words[0];
	return api_follow(extract, &like, "%s/u/%s.json", origin, words[0]);
}

/* ---- the account ---- */

static void judge_person(const json_t *view, struct extract *extract)
{
	const json_t *person = json_object_at(view, "person");
	extract->verdict = VERDICT_OK;
	if (json_flag(person, "deleted")) {
		extract->verdict = VERDICT_GONE;
		extract->why = "The account was deleted.";
	} else if (json_flag(person, "banned") || json_flag(view, "banned")) {
		extract->verdict = VERDICT_SUSPENDED;
		extract->why = "The server has banned this account.";
	}
}

/* Counts stand beside the person in v3, in it in v4. */
static int write_person(const json_t *view, const struct page *page, struct extract *extract)
{
	const json_t *person = json_object_at(view, "person");
	const json_t *counts = json_object_at(view, "counts");
	const char *born = page->step == STEP_V3 ? "published" : "published_at";
	counts = counts ? counts : person;
	int64_t posts = json_int64(counts, "post_count", -1);
	int64_t comments = json_int64(counts, "comment_count", -1);
	const struct api_owner owner = {
		.handle = json_words(person, "name"),
		.name = json_words(person, "display_name"),
		.about = json_words(person, "bio"),
		.photo = json_words(person, "avatar"),
	};
	extract->facts.created_s = json_date(person, born);
	if (posts >= 0 && comments >= 0 && posts < INT32_MAX && comments < INT32_MAX)
		extract->facts.n_posts = posts + comments;
	extract->coverage.total = extract->facts.n_posts;
	return api_write_owner(extract, page, &owner);
}

/* ---- what it moderates ---- */

static int write_community(const json_t *community, struct extract *extract)
{
	const char *address = json_words(community, "actor_id");
	struct api_interaction membership = {
		.kind = KIND_MEMBERSHIP,
		.name = json_words(community, "title"),
		.about = json_words(community, "description"),
		.url = address ? address : json_words(community, "ap_id"),
	};
	const char *name = json_words(community, "name");
	struct url url;
	if (!name)
		return 0;
	int r = membership.url ? url_parse(extract->arena, membership.url, &url) : URL_E_BAD;
	if (r == 0)
		r = api_format(extract->arena, &membership.handle, "%s@%s", name, url.host);
	else if (r == URL_E_BAD)
		r = api_copy(extract->arena, name, &membership.handle);
	if (r == 0)
		r = api_format(extract->arena, &membership.id, "moderates/%s", membership.handle);
	return r == 0 ? api_add_interaction(extract, NULL, &membership) : r;
}

/* To which communities an account subscribes is not told. */
static int write_moderated(const json_t *root, struct extract *extract)
{
	const json_t *rows = json_array_at(root, "moderates");
	int r = 0;
	for (size_t i = 0; r == 0 && i < json_array_size(rows); i++)
		r = write_community(json_object_at(json_array_get(rows, i), "community"), extract);
	return r;
}

static bool is_person(const json_t *person, const char *name)
{
	const char *told = json_words(person, "name");
	return told && strcasecmp(told, name) == 0 && json_object_get(person, "id");
}

/* ---- what it wrote ---- */

static struct api_piece piece_of_comment(const json_t *comment, const json_t *post)
{
	return (struct api_piece){
		.body = json_words(comment, "content"),
		.others = json_words(post, "name"),
		.kind = KIND_REPLY,
	};
}

static struct api_piece piece_of_post(const json_t *post)
{
	return (struct api_piece){
		.title = json_words(post, "name"),
		.body = json_words(post, "body"),
		.caption = json_words(post, "alt_text"),
		.card = json_words(post, "url"),
		.kind = KIND_POST,
	};
}

/* "comment" and "post" in a row of comments, "post" in one of posts. */
static int write_row(
	const json_t *row, const char *id, const struct page *page, struct extract *extract)
{
	const json_t *post = json_object_at(row, "post");
	const json_t *comment = json_object_at(row, "comment");
	const json_t *own = comment ? comment : post;
	bool v3 = page->step == STEP_V3;
	struct api_piece piece = comment ? piece_of_comment(comment, post) : piece_of_post(post);
	piece.markup = API_MARKUP_MARKDOWN;
	piece.url = json_words(own, "ap_id");
	piece.published_s = json_date(own, v3 ? "published" : "published_at");
	piece.updated_s = json_date(own, v3 ? "updated" : "updated_at");
	int r = api_format(extract->arena, &piece.id, "%s/%s", comment ? "comment" : "post", id);
	return r < 0 ? r : api_add_piece(extract, page->url, &piece);
}

/* *@ret_known: a row as such a list has it, by @creator. */
static int read_row(const json_t *row, const char *creator, const struct page *page,
	struct extract *extract, bool *ret_known)
{
	const json_t *comment = json_object_at(row, "comment");
	const json_t *own = comment ? comment : json_object_at(row, "post");
	const char *id, *by = NULL;
	int r = json_id(extract->arena, own, "id", &id);
	if (r == 0)
		r = json_id(extract->arena, own, "creator_id", &by);
	if (r < 0)
		return r;
	/* What was taken back is listed, but shown to nobody. */
	bool shown = !json_flag(own, "deleted") && !json_flag(own, "removed");
	*ret_known = id && by && strcmp(by, creator) == 0 &&
		     (!shown || json_words(own, comment ? "content" : "name"));
	if (!*ret_known || !shown)
		return 0;
	return write_row(row, id, page, extract);
}

struct rows {
	size_t listed;
	size_t known;
};

static int read_rows(const json_t *list, const char *creator, const struct page *page,
	struct extract *extract, struct rows *rows)
{
	int r = 0;
	rows->listed += json_array_size(list);
	for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
		bool known = false;
		r = read_row(json_array_get(list, i), creator, page, extract, &known);
		rows->known += known;
	}
	return r;
}

/* ---- v3 ---- */

static int follow_v3(const struct page *page, struct extract *extract, const char *name, int number)
{
	struct follow like = {
		.source = source_lemmy.name,
		.step = STEP_V3,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_OLDER,
	};
	const char *origin = "";
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %d", name, number);
	if (r < 0)
		return r;
	return api_follow(extract, &like, "%s/api/v3/user?username=%s&sort=New&limit=%d&page=%d",
		origin, name, ROWS_A_PAGE, number);
}

/* Its posts and comments, which are the whole of the answer. */
static int read_lists(
	const json_t *root, const char *id, const struct page *page, struct extract *extract)
{
	struct rows rows = {0};
	int r = read_rows(json_array_at(root, "posts"), id, page, extract, &rows);
	if (r == 0)
		r = read_rows(json_array_at(root, "comments"), id, page, extract, &rows);
	if (r == 0)
		api_judge_list(extract, rows.listed, rows.known);
	return r;
}

static bool is_v3(const json_t *root, const char *name)
{
	const json_t *view = json_object_at(root, "person_view");
	return is_person(json_object_at(view, "person"), name) && json_array_at(root, "posts") &&
	       json_array_at(root, "comments");
}

static int read_v3(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *view = json_object_at(root, "person_view");
	const char *words[2] = {"", ""}, *id = NULL;
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0)
		r = json_id(extract->arena, json_object_at(view, "person"), "id", &id);
	if (r < 0)
		return r;
	if (!id || !is_v3(root, words[0])) {
		extract->why = "The answer is no account as Lemmy's API gives it.";
		return follow_instead(page, extract);
	}
	int number = (int)strtol(words[1], NULL, 10); /* our own */
	if (number == 1)
		r = write_person(view, page, extract);
	if (r == 0 && number == 1)
		r = write_moderated(root, extract);
	judge_person(view, extract);
	if (r == 0 && extract->verdict == VERDICT_OK)
		r = read_lists(root, id, page, extract);
	if (r < 0)
		return r;
	if (extract->verdict == VERDICT_EMPTY && number == 1 && extract->facts.n_posts != 0)
		extract->verdict = VERDICT_TRUNCATED; /* it counts what it does not show */
	return extract->verdict == VERDICT_OK ? follow_v3(page, extract, words[0], number + 1) : 0;
}

/* ---- v4 ---- */

/* @subject: "NAME ID". */
static int follow_content(
	const struct page *page, struct extract *extract, const char *subject, const char *cursor)
{
	const struct follow like = {
		.source = source_lemmy.name,
		.step = STEP_V4_CONTENT,
		.subject = subject,
		.accept = ACCEPT_JSON,
		.relation = cursor ? FOLLOW_OLDER : FOLLOW_NEXT,
	};
	const char *words[2] = {"", ""}, *origin = "";
	int r = api_split(extract->arena, subject, words, 2);
	if (r == 0)
		r = api_origin(extract->arena, page, &origin);
	const char *from = r == 0 && cursor ? url_escape(extract->arena, cursor) : "";
	if (r < 0 || !from)
		return -ENOMEM;
	return api_follow(extract, &like,
		"%s/api/v4/person/content?username=%s&type_=all&limit=%d%s%s", origin, words[0],
		ROWS_A_PAGE, cursor ? "&page_cursor=" : "", from);
}

static int read_v4_person(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *view = json_object_at(root, "person_view");
	const json_t *person = json_object_at(view, "person");
	const char *words[2] = {"", ""}, *id = NULL, *subject = "";
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0)
		r = json_id(extract->arena, person, "id", &id);
	if (r < 0)
		return r;
	if (!id || !is_person(person, words[0])) {
		extract->why = "The answer is no account as Lemmy's API gives it.";
		return follow_instead(page, extract);
	}
	judge_person(view, extract);
	r = write_person(view, page, extract);
	if (r == 0)
		r = write_moderated(root, extract);
	if (r == 0)
		r = api_format(extract->arena, &subject, "%s %s", words[0], id);
	if (r < 0 || extract->verdict != VERDICT_OK)
		return r;
	return follow_content(page, extract, subject, NULL);
}

static int read_v4_content(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *items = json_array_at(root, "items"); /* "content" before 1.0 */
	const json_t *list = items ? items : json_array_at(root, "content");
	const char *words[2] = {"", ""}, *cursor = json_words(root, "next_page");
	struct rows rows = {0};
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0 && (!list || *words[1] == '\0'))
		return api_drift(extract, "The answer is no list as Lemmy's API gives it.");
	if (r == 0)
		r = read_rows(list, words[1], page, extract, &rows);
	if (r < 0)
		return r;
	api_judge_list(extract, rows.listed, rows.known);
	bool more = cursor && extract->verdict == VERDICT_OK;
	return more ? follow_content(page, extract, page->subject, cursor) : 0;
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	switch ((enum step)page->step) {
	case STEP_V4_PERSON:
		return read_v4_person(root, page, extract);
	case STEP_V4_CONTENT:
		return read_v4_content(root, page, extract);
	case STEP_V3:
		break;
	}
	return read_v3(root, page, extract);
}

/* Without a word of Lemmy's own this may be something else. */
static int lemmy_walled(const struct page *page, struct extract *extract)
{
	bool shown;
	int r = wall_judge(page, extract, &shown);
	bool other = !shown && page->status != 429 && page->status < 500;
	return r == 0 && other ? follow_instead(page, extract) : r;
}

static int lemmy_read(const struct page *page, struct extract *extract)
{
	if (page->status >= 400)
		return lemmy_walled(page, extract);
	int r = api_read(page, extract, read_answer);
	bool json = page->body_len > 0 && *(const char *)page->body == '{';
	bool other = extract->verdict == VERDICT_PARSE_DRIFT && extract->n_follows == 0 && !json;
	return r == 0 && other ? follow_instead(page, extract) : r;
}

const struct source source_lemmy = {
	.name = "lemmy",
	.title = "Lemmy",
	.claims = lemmy_claims,
	.first = lemmy_first,
	.read = lemmy_read,
	.walled = lemmy_walled,
};
