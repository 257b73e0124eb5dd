#include "crawlers/sources/api.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>

/*
 * Stack Overflow and the other sites of Stack Exchange, by their API 2.3 without a key: the account,
 * then its questions, answers and comments.  The filter "withbody" is built in; what the account says
 * of its owner needs a filter that is made first (api.stackexchange.com/docs/create-filter), the same
 * one each time.
 */
enum step {
	STEP_USER,
	STEP_QUESTIONS,
	STEP_ANSWERS,
	STEP_COMMENTS,
	STEP_FILTER,
	STEP_ABOUT,
	STEP_COUNT,
};

#define API "https://api.stackexchange.com"

/* A pause that is asked for may be this long: a week is no pause any more. */
#define PAUSE_MAX_S 604800
#define DAY_S       86400

static const struct list {
	const char *path;
	const char *id;      /* key of the row's id */
	const char *form;    /* of its address: site, id */
	const char *updated; /* key */
	enum post_kind kind;
} lists[STEP_COUNT] = {
	[STEP_QUESTIONS] = {"questions", "question_id", "https://%s/q/%s", "last_edit_date",
		KIND_POST},
	[STEP_ANSWERS] = {"answers", "answer_id", "https://%s/a/%s", "last_edit_date", KIND_REPLY},
	[STEP_COMMENTS] = {"comments", "comment_id", "https://%s/posts/comments/%s", NULL,
		KIND_REPLY},
};

/* ---- whose profile it is ---- */

static bool is_site(const char *host)
{
	static const char *const sites[] = {"stackexchange.com", "stackoverflow.com",
		"superuser.com", "serverfault.com", "askubuntu.com", "mathoverflow.net",
		"stackapps.com"};
	for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
		if (url_host_in(host, sites[i]))
			/* The network's own pages are of no site. */
			return i > 0 || strcmp(host, sites[0]) != 0;
	}
	return false;
}

static bool stackexchange_claims(const struct url *url, const char **ret_why)
{
	struct api_name id;
	*ret_why = "an account on a site of Stack Exchange";
	return is_site(url->host) && api_name(url->path, "/users/", API_DIGITS, &id);
}

/* A site is named by its host. */
static const char *site_of(const struct url *url)
{
	return strncmp(url->host, "www.", 4) == 0 ? url->host + 4 : url->host;
}

static int stackexchange_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name id = {.at = ""};
	(void)api_name(url->path, "/users/", API_DIGITS, &id); /* else the answer will tell */
	const char *user, *subject = "";
	int r = api_format(
		arena, &user, API "/2.3/users/%.*s?site=%s", id.len, id.at, site_of(url));
	if (r == 0)
		r = api_format(arena, &subject, "%s %.*s 1", site_of(url), id.len, id.at);
	if (r < 0)
		return r;
	*ret = (struct follow){
		.url = user,
		.source = source_stackexchange.name,
		.step = STEP_USER,
		.subject = subject,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* ---- what to ask for ---- */

struct place {
	const char *site;
	const char *id;
	int number; /* of the page, from 1 */
};

static int place_of(struct extract *extract, const struct page *page, struct place *ret)
{
	const char *words[3] = {"", "", ""};
	int r = api_split(extract->arena, page->subject, words, 3);
	if (r == 0)
		*ret = (struct place){words[0], words[1], (int)strtol(words[2], NULL, 10)};
	return r;
}

static int follow_list(
	const struct page *page, struct extract *extract, enum step step, const struct place *place)
{
	struct follow like = {
		.source = source_stackexchange.name,
		.step = (int)step,
		.accept = ACCEPT_JSON,
		.relation = place->number > 1 ? FOLLOW_OLDER : FOLLOW_NEXT,
	};
	const char *origin = "";
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %s %d", place->site, place->id,
			place->number);
	if (r < 0)
		return r;
	return api_follow(extract, &like,
		"%s/2.3/users/%s/%s?site=%s&pagesize=100&page=%d&order=desc&sort=creation"
		"&filter=withbody",
		origin, place->id, lists[step].path, place->site, place->number);
}

static int follow_also(
	const struct page *page, struct extract *extract, enum step step, const char *path)
{
	const struct follow like = {
		.source = source_stackexchange.name,
		.step = (int)step,
		.subject = page->subject,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_ALSO,
	};
	const char *origin = "";
	int r = api_origin(extract->arena, page, &origin);
	return r < 0 ? r : api_follow(extract, &like, "%s%s", origin, path);
}

/* ---- the account ---- */

static int write_user(const json_t *user, const struct page *page, struct extract *extract)
{
	struct api_owner owner = {
		.about = json_words(user, "about_me"),
		.about_html = true,
		.photo = json_words(user, "profile_image"),
		.site = json_words(user, "website_url"),
	};
	extract->facts.created_s = json_date(user, "creation_date");
	extract->facts.last_active_s = json_date(user, "last_access_date");
	int r = api_decode(extract, json_words(user, "display_name"), &owner.name);
	if (r == 0)
		r = api_decode(extract, json_words(user, "location"), &owner.location);
	/* The second look is at the same name. */
	owner.handle = page->step == STEP_USER ? owner.name : NULL;
	return r < 0 ? r : api_write_owner(extract, page, &owner);
}

static int read_user(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *items = json_array_at(root, "items"), *user = json_array_get(items, 0);
	struct place place = {"", "", 0};
	int r = place_of(extract, page, &place);
	if (r < 0)
		return r;
	if (items && json_array_size(items) == 0 &&
		json_is_false(json_object_get(root, "has_more"))) {
		extract->verdict = VERDICT_NOT_FOUND;
		return 0;
	}
	if (!json_words(user, "display_name") || !json_object_get(user, "user_id"))
		return api_drift(extract, "The answer is no account as Stack Exchange gives it.");
	extract->verdict = VERDICT_OK;
	r = write_user(user, page, extract);
	if (page->step == STEP_ABOUT)
		return r;
	if (json_date(user, "timed_penalty_date") > page->fetched_s)
		extract->coverage.lack = "The site has suspended this account for a time.";
	for (enum step step = STEP_QUESTIONS; r == 0 && step <= STEP_COMMENTS; step++)
		r = follow_list(page, extract, step, &place);
	if (r < 0)
		return r;
	return follow_also(page, extract, STEP_FILTER,
		"/2.3/filters/create?base=default&include=user.about_me&unsafe=false");
}

/* A filter's name has letters that a URL would take for its own. */
static int read_filter(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *filter = json_array_get(json_array_at(root, "items"), 0);
	const char *name = json_words(filter, "filter");
	struct place place = {"", "", 0};
	int r = place_of(extract, page, &place);
	if (r < 0)
		return r;
	if (!name || strlen(name) > 255)
		return api_drift(extract, "The answer is no filter as Stack Exchange gives it.");
	const char *escaped = url_escape(extract->arena, name), *path;
	if (!escaped)
		return -ENOMEM;
	extract->verdict = VERDICT_OK;
	r = api_format(extract->arena, &path, "/2.3/users/%s?site=%s&filter=%s", place.id,
		place.site, escaped);
	return r < 0 ? r : follow_also(page, extract, STEP_ABOUT, path);
}

/* ---- what it wrote ---- */

static bool is_by(const json_t *row, const char *id, struct arena *arena)
{
	const char *owner = NULL;
	int r = json_id(arena, json_object_at(row, "owner"), "user_id", &owner);
	return r == 0 && owner && strcmp(owner, id) == 0;
}

/* *@ret_known: a row as such a list has it, with its text, by this account. */
static int read_row(const json_t *row, const struct list *list, const struct place *place,
	struct extract *extract, bool *ret_known)
{
	struct arena *arena = extract->arena;
	const char *id;
	int r = json_id(arena, row, list->id, &id);
	struct api_piece piece = {
		.author = json_words(json_object_at(row, "owner"), "display_name"),
		.title = json_words(row, "title"),
		.title_html = true,
		.body = json_words(row, "body"),
		.markup = API_MARKUP_HTML,
		.published_s = json_date(row, "creation_date"),
		.updated_s = list->updated ? json_date(row, list->updated) : 0,
		.kind = list->kind,
	};
	*ret_known = r == 0 && id && piece.body && is_by(row, place->id, arena);
	if (!*ret_known)
		return r;
	r = api_format(arena, &piece.url, list->form, place->site, id);
	if (r == 0)
		r = api_format(arena, &piece.id, "%s/%s", list->path, id);
	if (r == 0)
		r = api_decode(extract, piece.author, &piece.author);
	return r < 0 ? r : api_add_piece(extract, piece.url, &piece);
}

static int read_list(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *items = json_array_at(root, "items");
	const json_t *has_more = json_object_get(root, "has_more");
	size_t n_rows = json_array_size(items), n_known = 0;
	struct place place = {"", "", 0};
	int r = place_of(extract, page, &place);
	if (r == 0 && (!items || !json_is_boolean(has_more) || *place.id == '\0'))
		return api_drift(extract, "The answer is no list as Stack Exchange gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		bool known = false;
		r = read_row(json_array_get(items, i), &lists[page->step], &place, extract, &known);
		n_known += known;
	}
	if (r < 0)
		return r;
	api_judge_list(extract, n_rows, n_known);
	if (!json_is_true(has_more) || extract->verdict != VERDICT_OK)
		return 0;
	place.number++;
	return follow_list(page, extract, (enum step)page->step, &place);
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	/* "must wait that many seconds before hitting the same method again" */
	int64_t pause_s = json_int64(root, "backoff", 0);
	if (pause_s > 0 && pause_s <= PAUSE_MAX_S)
		extract->retry_at_s = page->fetched_s + pause_s;
	/* Of the day's requests, which other programs at this address use, too; they are counted from
	 * midnight UTC on. */
	if (json_int64(root, "quota_remaining", 1) == 0)
		extract->retry_at_s = (page->fetched_s / DAY_S + 1) * DAY_S;
	if (page->step == STEP_FILTER)
		return read_filter(root, page, extract);
	if (page->step >= STEP_QUESTIONS && page->step <= STEP_COMMENTS)
		return read_list(root, page, extract);
	return read_user(root, page, extract);
}

/* "too many requests from this IP, more requests available in 82216 seconds" */
static int read_pause(const json_t *root, const struct page *page, struct extract *extract)
{
	static const char mark[] = "available in ";
	const char *message = json_text(root, "error_message");
	const char *at = message ? strcasestr(message, mark) : NULL;
	long seconds = at ? strtol(at + sizeof mark - 1, NULL, 10) : 0;
	if (seconds > 0 && seconds <= PAUSE_MAX_S)
		extract->retry_at_s = page->fetched_s + seconds;
	return 0;
}

static int stackexchange_walled(const struct page *page, struct extract *extract)
{
	json_t *root;
	int r = wall_judge(page, extract, NULL);
	if (r < 0 || extract->verdict != VERDICT_RATE_LIMITED)
		return r;
	r = json_read(page->body, page->body_len, &root);
	if (r != 0)
		return r < 0 ? r : 0;
	r = read_pause(root, page, extract);
	json_decref(root);
	return r;
}

static int stackexchange_read(const struct page *page, struct extract *extract)
{
	int r = api_read(page, extract, read_answer);
	return r == 0 && page->status >= 400 ? stackexchange_walled(page, extract) : r;
}

const struct source source_stackexchange = {
	.name = "stackexchange",
	.title = "Stack Exchange",
	.claims = stackexchange_claims,
	.first = stackexchange_first,
	.read = stackexchange_read,
	.walled = stackexchange_walled,
};
