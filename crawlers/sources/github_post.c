#include "crawlers/sources/github.h"

#include "crawlers/parse/json.h"

#include <string.h>
#include <strings.h>

#define SITE "https://github.com"

static bool is_by(const json_t *object, const char *key, const char *login)
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
	*ret_known = r == 0 && piece.id && piece.title && is_by(row, "user", login);
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
	*ret_known = type && payload && is_by(row, "actor", login);
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
	*ret_known = r == 0 && piece.id && piece.title && is_by(row, "owner", login);
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
	*ret_known = piece.id && commit && is_by(row, "author", login);
	return *ret_known ? write_piece(&piece, "commit", login, extract) : 0;
}
