#include "crawlers/sources/github.h"

#include "crawlers/parse/json.h"

#include <string.h>
#include <strings.h>

#define SITE GITHUB_SITE

bool github_is_by(const json_t *object, const char *key, const char *login)
{
	const char *name = json_words(json_object_at(object, key), "login");
	return name && strcasecmp(name, login) == 0;
}

/* Ids of GitHub's count each kind of thing for itself. */
static int write_piece(
	struct api_piece *piece, const char *what, const char *login, struct extract *extract)
{
	if (!piece->title && !piece->body)
		return 0; /* an approval without a word, say */
	int r = api_format(extract->arena, &piece->id, "%s/%s", what, piece->id);
	piece->author = login;
	piece->markup = API_MARKUP_MARKDOWN;
	return r < 0 ? r : api_add_piece(extract, SITE, piece);
}

int github_write_issue(
	const json_t *row, const char *login, struct extract *extract, bool *ret_known)
{
	struct api_piece piece = {
		.title = json_words(row, "title"),
		.body = json_words(row, "body"),
		.url = json_words(row, "html_url"),
		.published_s = json_date(row, "created_at"),
		.kind = KIND_POST,
	};
	int r = json_id(extract->arena, row, "id", &piece.id);
	*ret_known = r == 0 && piece.id && piece.title && github_is_by(row, "user", login);
	return *ret_known ? write_piece(&piece, "issue", login, extract) : r;
}

/* Where in an event's payload the words are; other events have none, or the search has them. */
static const struct event_words {
	const char *type;
	const char *object;
	const char *title;
	const char *time;
	enum post_kind kind;
} words_of[] = {
	{"IssueCommentEvent", "comment", NULL, "created_at", KIND_REPLY},
	{"CommitCommentEvent", "comment", NULL, "created_at", KIND_REPLY},
	{"PullRequestReviewCommentEvent", "comment", NULL, "created_at", KIND_REPLY},
	{"PullRequestReviewEvent", "review", NULL, "submitted_at", KIND_REPLY},
	{"ReleaseEvent", "release", "name", "published_at", KIND_POST},
};

static const struct event_words *words_find(const char *type)
{
	for (size_t i = 0; i < sizeof words_of / sizeof *words_of; i++) {
		if (strcmp(words_of[i].type, type) == 0)
			return &words_of[i];
	}
	return NULL;
}

int github_write_event(
	const json_t *row, const char *login, struct extract *extract, bool *ret_known)
{
	const char *type = json_words(row, "type");
	const json_t *payload = json_object_at(row, "payload");
	*ret_known = type && payload && github_is_by(row, "actor", login);
	const struct event_words *words = *ret_known ? words_find(type) : NULL;
	const json_t *object = words ? json_object_at(payload, words->object) : NULL;
	*ret_known = *ret_known && (!words || object);
	if (!object)
		return 0;
	int64_t written_s = json_date(object, words->time);
	struct api_piece piece = {
		.title = words->title ? json_words(object, words->title) : NULL,
		.body = json_words(object, "body"),
		.others = json_words(json_object_at(payload, "issue"), "title"),
		.url = json_words(object, "html_url"),
		.published_s = written_s != 0 ? written_s : json_date(row, "created_at"),
		.kind = words->kind,
	};
	int r = json_id(extract->arena, object, "id", &piece.id);
	return r == 0 && piece.id ? write_piece(&piece, "event", login, extract) : r;
}

int github_write_repo(
	const json_t *row, const char *login, struct extract *extract, bool *ret_known)
{
	struct api_piece piece = {
		.title = json_words(row, "name"),
		.body = json_words(row, "description"),
		.url = json_words(row, "html_url"),
		.published_s = json_date(row, "created_at"),
		.kind = KIND_POST,
	};
	int r = json_id(extract->arena, row, "id", &piece.id);
	*ret_known = r == 0 && piece.id && piece.title && github_is_by(row, "owner", login);
	/* A fork's name and description are those of whom it was forked from. */
	return *ret_known && !json_flag(row, "fork")
		       ? write_piece(&piece, "repository", login, extract)
		       : r;
}

int github_write_commit(
	const json_t *row, const char *login, struct extract *extract, bool *ret_known)
{
	const json_t *commit = json_object_at(row, "commit");
	struct api_piece piece = {
		.id = json_words(row, "sha"),
		.body = json_words(commit, "message"),
		.url = json_words(row, "html_url"),
		.published_s = json_date(json_object_at(commit, "author"), "date"),
		.kind = KIND_POST,
	};
	*ret_known = piece.id && commit && github_is_by(row, "author", login);
	return *ret_known ? write_piece(&piece, "commit", login, extract) : 0;
}

int github_write_comment(const json_t *row, const char *login, const char *title,
	struct extract *extract, bool *ret_known)
{
	struct api_piece piece = {
		.body = json_words(row, "body"),
		.others = title,
		.url = json_words(row, "html_url"),
		.published_s = json_date(row, "created_at"),
		.kind = KIND_REPLY,
	};
	int r = json_id(extract->arena, row, "id", &piece.id);
	*ret_known = r == 0 && piece.id && json_object_at(row, "user");
	if (!*ret_known || !github_is_by(row, "user", login))
		return r;
	int64_t updated_s = json_date(row, "updated_at");
	piece.updated_s = updated_s != piece.published_s ? updated_s : 0;
	return write_piece(&piece, "event", login, extract); /* as the events call it */
}

/* A gist's description is its title; without one its first file's name is. */
int github_write_gist(
	const json_t *row, const char *login, struct extract *extract, bool *ret_known)
{
	const json_t *files = json_object_at(row, "files");
	const char *file = json_object_iter_key(json_object_iter((json_t *)files));
	const char *description = json_words(row, "description");
	struct api_piece piece = {
		.id = json_words(row, "id"),
		.title = description ? description : file,
		.url = json_words(row, "html_url"),
		.published_s = json_date(row, "created_at"),
		.kind = KIND_POST,
	};
	*ret_known = piece.id && github_is_by(row, "owner", login);
	return *ret_known ? write_piece(&piece, "gist", login, extract) : 0;
}

/* ---- what it did ---- */

/* Old answers have no html_url. */
static int site_of(const json_t *account, const char *login, struct arena *arena, const char **ret)
{
	const char *site = json_words(account, "html_url");
	return site ? api_copy(arena, site, ret) : api_format(arena, ret, SITE "/%s", login);
}

static int write_account(
	const json_t *row, enum post_kind kind, struct extract *extract, bool *ret_known)
{
	struct api_interaction act = {
		.kind = kind,
		.handle = json_words(row, "login"),
		.about = json_words(row, "description"),
	};
	*ret_known = act.handle;
	if (!act.handle)
		return 0;
	int r = api_format(extract->arena, &act.id, "%s/%s", kind_name(kind), act.handle);
	if (r == 0)
		r = site_of(row, act.handle, extract->arena, &act.url);
	return r == 0 ? api_add_interaction(extract, SITE, &act) : r;
}

int github_write_org(const json_t *row, const char *login, struct extract *extract, bool *ret_known)
{
	(void)login;
	return write_account(row, KIND_MEMBERSHIP, extract, ret_known);
}

int github_write_followed(
	const json_t *row, const char *login, struct extract *extract, bool *ret_known)
{
	(void)login;
	return write_account(row, KIND_FOLLOW, extract, ret_known);
}

/* With the time of each star, or as repositories alone. */
int github_write_starred(
	const json_t *row, const char *login, struct extract *extract, bool *ret_known)
{
	const json_t *inner = json_object_at(row, "repo");
	const json_t *repo = inner ? inner : row;
	struct api_interaction star = {
		.kind = KIND_STAR,
		.handle = json_words(json_object_at(repo, "owner"), "login"),
		.name = json_words(repo, "full_name"),
		.about = json_words(repo, "description"),
		.url = json_words(repo, "html_url"),
		.site = json_words(repo, "homepage"),
		.published_s = json_date(row, "starred_at"),
	};
	(void)login;
	*ret_known = star.name && star.handle;
	if (!*ret_known)
		return 0;
	int r = api_format(extract->arena, &star.id, "star/%s", star.name);
	return r == 0 ? api_add_interaction(extract, NULL, &star) : r;
}

int github_write_social(
	const json_t *row, const char *login, struct extract *extract, bool *ret_known)
{
	const char *url = json_words(row, "url");
	(void)login;
	*ret_known = url;
	return url ? extract_add_link(extract, SITE, url) : 0;
}
