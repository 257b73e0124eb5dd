#include "crawlers/sources/api.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * GitLab, gitlab.com or anybody's own, by its REST API without a token: the account by its name,
 * then its events, in which comments stand whole, issues and merge requests by their titles and
 * pushes by their last commit's; its projects' descriptions; whom it follows and what it starred.
 * What the profile says of its owner is often shown to members only.
 */
enum step {
	STEP_USER,
	STEP_EVENTS,
	STEP_ABOUT,
	STEP_PROJECTS, /* from here on: by the account's number, in lists[] */
	STEP_STARRED,
	STEP_FOLLOWING,
	STEP_COUNT,
};

#define ROWS_A_PAGE 100

static bool is_service(const struct api_name *name)
{
	static const char *const services[] = {"admin", "api", "dashboard", "explore", "groups",
		"help", "import", "profile", "projects", "public", "search", "uploads", "users"};
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		if (strlen(services[i]) == (size_t)name->len &&
			strncasecmp(services[i], name->at, (size_t)name->len) == 0)
			return true;
	}
	return false;
}

static bool name_of(const struct url *url, struct api_name *ret)
{
	return (api_name(url->path, "/users/", API_PLAIN_DOT, ret) ||
		       api_name(url->path, "/", API_PLAIN_DOT, ret)) &&
	       (*ret->rest == '\0' || strcmp(ret->rest, "/") == 0) && !is_service(ret);
}

static bool gitlab_claims(const struct url *url, const char **ret_why)
{
	struct api_name name;
	*ret_why = "an account on a GitLab server";
	return strncmp(url->host, "gitlab.", strlen("gitlab.")) == 0 && name_of(url, &name);
}

static int gitlab_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name = {.at = ""};
	(void)name_of(url, &name); /* named in the config: the answer will tell */
	const char *user, *subject = arena_copy(arena, name.at, (size_t)name.len);
	int r = api_format(
		arena, &user, "%s/api/v4/users?username=%.*s", url->origin, name.len, name.at);
	if (r < 0 || !subject)
		return -ENOMEM;
	*ret = (struct follow){
		.url = user,
		.source = source_gitlab.name,
		.step = STEP_USER,
		.subject = subject,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* ---- lists by the account's number ---- */

/* One row: *@ret_known: it is what such a list holds. */
typedef int row_writer(const json_t *row, const char *id, const struct page *page,
	struct extract *extract, bool *ret_known);

static int write_project(const json_t *row, const char *id, const struct page *page,
	struct extract *extract, bool *ret_known)
{
	struct api_piece piece = {
		.title = json_words(row, "name"),
		.body = json_words(row, "description"),
		.url = json_words(row, "web_url"),
		.published_s = json_date(row, "created_at"),
		.kind = KIND_POST,
		.markup = API_MARKUP_MARKDOWN,
	};
	*ret_known = piece.title;
	/* A fork's name and description are those of whom it was forked from. */
	if (!piece.title || json_object_at(row, "forked_from_project"))
		return 0;
	int r = api_format(extract->arena, &piece.id, "project/%s", id);
	return r == 0 ? api_add_piece(extract, page->url, &piece) : r;
}

static int write_starred(const json_t *row, const char *id, const struct page *page,
	struct extract *extract, bool *ret_known)
{
	const char *path = json_words(row, "path_with_namespace");
	struct api_interaction star = {
		.kind = KIND_STAR,
		.name = path,
		.about = json_words(row, "description"),
		.url = json_words(row, "web_url"),
	};
	*ret_known = path;
	if (!path)
		return 0;
	/* Groups have groups: whose it is stands first. */
	int r = api_format(extract->arena, &star.handle, "%.*s", (int)strcspn(path, "/"), path);
	if (r == 0)
		r = api_format(extract->arena, &star.id, "star/%s", id);
	return r == 0 ? api_add_interaction(extract, page->url, &star) : r;
}

static int write_followed(const json_t *row, const char *id, const struct page *page,
	struct extract *extract, bool *ret_known)
{
	struct api_interaction follow = {
		.kind = KIND_FOLLOW,
		.handle = json_words(row, "username"),
		.name = json_words(row, "name"),
		.url = json_words(row, "web_url"),
	};
	*ret_known = follow.handle;
	if (!follow.handle)
		return 0;
	int r = api_format(extract->arena, &follow.id, "follow/%s", id);
	return r == 0 ? api_add_interaction(extract, page->url, &follow) : r;
}

static const struct list {
	const char *name; /* in the path */
	int pages;        /* that are read */
	bool acts;
	row_writer *write;
	const char *cut; /* when there are more */
} lists[STEP_COUNT] = {
	[STEP_PROJECTS] = {"projects", 1, false, write_project,
		"Only the newest 100 projects were looked at."},
	[STEP_STARRED] = {"starred_projects", 3, true, write_starred,
		"Only 300 stars were looked at."},
	[STEP_FOLLOWING] = {"following", 5, true, write_followed,
		"Only 500 accounts that it follows were looked at."},
};

/* @subject: "ACCOUNT PAGE". */
static int ask_list(const struct page *page, struct extract *extract, enum step step,
	const char *account, int number)
{
	struct follow like = {
		.source = source_gitlab.name,
		.step = (int)step,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_ALSO,
	};
	const char *origin = "";
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %d", account, number);
	return r < 0 ? r
		     : api_follow(extract, &like, "%s/api/v4/users/%s/%s?per_page=%d&page=%d",
			       origin, account, lists[step].name, ROWS_A_PAGE, number);
}

static int read_list(const json_t *root, const struct page *page, struct extract *extract)
{
	const struct list *list = &lists[page->step];
	size_t n_rows = json_array_size(root), n_known = 0;
	const char *words[2] = {"", ""};
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0 && (!json_is_array(root) || *words[0] == '\0'))
		return api_drift(extract, "The answer is no list as GitLab's API gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		const json_t *row = json_array_get(root, i);
		const char *id;
		bool known = false;
		r = json_id(extract->arena, row, "id", &id);
		if (r == 0 && id)
			r = list->write(row, id, page, extract, &known);
		n_known += known;
	}
	if (r < 0)
		return r;
	/* No project and no star is nothing of the profile's: it has its events. */
	api_judge_acts(extract, n_rows, n_known);
	extract->coverage.cut |= !list->acts && n_known < n_rows;
	if (n_rows < ROWS_A_PAGE || extract->verdict == VERDICT_PARSE_DRIFT)
		return 0;
	int next = (int)strtol(words[1], NULL, 10) + 1; /* our own */
	if (next <= list->pages)
		return ask_list(page, extract, (enum step)page->step, words[0], next);
	if (list->acts)
		return api_cut_acts(extract, list->cut);
	extract->coverage.window = true;
	extract->coverage.lack = list->cut;
	return 0;
}

/* ---- the account ---- */

static struct api_owner owner_of(const json_t *user)
{
	return (struct api_owner){
		.name = json_words(user, "name"),
		.headline = json_words(user, "job_title"),
		.about = json_words(user, "bio"),
		.location = json_words(user, "location"),
		.photo = json_words(user, "avatar_url"),
		.site = json_words(user, "website_url"),
	};
}

static int follow(const struct page *page, struct extract *extract, enum step step,
	const char *name, int number)
{
	struct follow like = {
		.source = source_gitlab.name,
		.step = (int)step,
		.accept = ACCEPT_JSON,
		.relation = step == STEP_ABOUT ? FOLLOW_ALSO
			    : number > 1       ? FOLLOW_OLDER
					       : FOLLOW_NEXT,
	};
	const char *origin = "";
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %d", name, number);
	if (r < 0)
		return r;
	if (step == STEP_ABOUT)
		return api_follow(extract, &like, "%s/api/v4/users/%d", origin, number);
	return api_follow(extract, &like, "%s/api/v4/users/%s/events?per_page=%d&page=%d", origin,
		name, ROWS_A_PAGE, number);
}

/* What the server says of the account itself; states that close nothing are not listed. */
static void judge_state(const char *state, struct extract *extract)
{
	static const struct {
		const char *state;
		enum verdict verdict;
		const char *why;
	} closed[] = {
		{"blocked", VERDICT_SUSPENDED, "The server has blocked this account."},
		{"ldap_blocked", VERDICT_SUSPENDED, "The server has blocked this account."},
		{"banned", VERDICT_SUSPENDED, "The server has banned this account."},
		{"deactivated", VERDICT_GONE, "The account is deactivated."},
	};
	extract->verdict = VERDICT_OK;
	for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
		if (state && strcmp(state, closed[i].state) == 0) {
			extract->verdict = closed[i].verdict;
			extract->why = closed[i].why;
		}
	}
}

/* What is asked for of the account, beyond what it did. */
static int ask_more(const struct page *page, struct extract *extract, const char *name, int id)
{
	const char *account;
	int r = follow(page, extract, STEP_ABOUT, name, id);
	if (r == 0)
		r = api_format(extract->arena, &account, "%d", id);
	for (enum step step = STEP_PROJECTS; r == 0 && step < STEP_COUNT; step++)
		r = ask_list(page, extract, step, account, 1);
	return r;
}

static int read_user(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *user = json_array_get(root, 0);
	const char *name = json_words(user, "username"), *state = json_words(user, "state");
	int64_t id = json_int64(user, "id", -1);
	if (json_is_array(root) && json_array_size(root) == 0) {
		extract->verdict = VERDICT_NOT_FOUND;
		return 0;
	}
	if (!api_is_plain(name, API_PLAIN_DOT) || id < 0 || id > INT32_MAX || !page->subject ||
		strcasecmp(name, page->subject) != 0)
		return api_drift(extract, "The answer is no account as GitLab's API gives it.");
	struct api_owner owner = owner_of(user);
	owner.handle = name;
	int r = api_write_owner(extract, page, &owner);
	judge_state(state, extract);
	if (r < 0 || extract->verdict != VERDICT_OK)
		return r;
	r = follow(page, extract, STEP_EVENTS, name, 1);
	return r < 0 ? r : ask_more(page, extract, name, (int)id);
}

static int write_organisation(const json_t *user, struct extract *extract)
{
	const char *organisation = json_words(user, "organization");
	if (!organisation)
		return 0;
	struct job *job = arena_array(extract->arena, 1, sizeof *job);
	if (!job)
		return -ENOMEM;
	extract->facts.jobs = job;
	extract->facts.n_jobs = 1;
	return api_copy(extract->arena, organisation, &job->company);
}

/* What it says of its owner, where visitors may see it. */
static int read_about(const json_t *root, const struct page *page, struct extract *extract)
{
	static const struct api_elsewhere elsewhere[] = {
		{"twitter", "https://x.com/"},
		{"linkedin", "https://www.linkedin.com/in/"},
		{"github", "https://github.com/"},
	};
	const struct api_owner owner = owner_of(root);
	if (!json_words(root, "username"))
		return api_drift(extract, "The answer is no account as GitLab's API gives it.");
	extract->verdict = VERDICT_OK;
	extract->facts.created_s = json_date(root, "created_at");
	extract->facts.last_active_s = json_date(root, "last_activity_on");
	extract->facts.n_followers = json_int64(root, "followers", -1);
	extract->facts.n_following = json_int64(root, "following", -1);
	int r = api_write_owner(extract, page, &owner);
	if (r == 0)
		r = write_organisation(root, extract);
	return r == 0 ? api_add_elsewhere(
				extract, root, elsewhere, sizeof elsewhere / sizeof *elsewhere)
		      : r;
}

/* ---- its events ---- */

static bool is_action(const json_t *event, const char *action)
{
	const char *name = json_text(event, "action_name");
	return name && strncmp(name, action, strlen(action)) == 0;
}

static int write_event(const json_t *event, const char *id, const char *name,
	const struct page *page, struct extract *extract)
{
	const json_t *note = json_object_at(event, "note");
	const json_t *push = json_object_at(event, "push_data");
	const char *title = json_words(event, "target_title");
	/* Whoever closes or merges it need not have written it. */
	const char *own = is_action(event, "opened") ? title : json_words(push, "commit_title");
	struct api_piece piece = {
		.author = name,
		.title = note ? NULL : own,
		.body = json_words(note, "body"),
		.others = note ? title : NULL,
		.published_s = json_date(event, "created_at"),
		.kind = note ? KIND_REPLY : KIND_POST,
		.markup = API_MARKUP_MARKDOWN,
	};
	if (!piece.title && !piece.body)
		return 0;
	int r = api_format(extract->arena, &piece.id, "event/%s", id);
	return r < 0 ? r : api_add_piece(extract, page->url, &piece);
}

/* An event, by this account; of a comment, with the comment. */
static bool is_event(const json_t *event, const char *name)
{
	const char *author = json_words(event, "author_username");
	bool comment = is_action(event, "commented");
	return json_words(event, "action_name") && author && strcasecmp(author, name) == 0 &&
	       (!comment || json_text(json_object_at(event, "note"), "body"));
}

static int read_events(const json_t *root, const struct page *page, struct extract *extract)
{
	size_t n_rows = json_array_size(root), n_known = 0;
	const char *words[2] = {"", ""};
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0 && (!json_is_array(root) || *words[0] == '\0'))
		return api_drift(extract, "The answer is no list as GitLab's API gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		const json_t *event = json_array_get(root, i);
		const char *id;
		r = json_id(extract->arena, event, "id", &id);
		if (r < 0 || !id || !is_event(event, words[0]))
			continue;
		n_known++;
		r = write_event(event, id, words[0], page, extract);
	}
	if (r < 0)
		return r;
	extract->coverage.window = true;
	extract->coverage.lack = "GitLab shows titles, but not texts, of issues and merge requests,"
				 " and events of three years at most.";
	api_judge_list(extract, n_rows, n_known);
	int next = (int)strtol(words[1], NULL, 10) + 1; /* our own */
	bool more = extract->verdict == VERDICT_OK && n_rows >= ROWS_A_PAGE;
	return more ? follow(page, extract, STEP_EVENTS, words[0], next) : 0;
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	switch ((enum step)page->step) {
	case STEP_EVENTS:
		return read_events(root, page, extract);
	case STEP_ABOUT:
		return read_about(root, page, extract);
	case STEP_PROJECTS:
	case STEP_STARRED:
	case STEP_FOLLOWING:
		return read_list(root, page, extract);
	case STEP_USER:
	case STEP_COUNT:
		break;
	}
	return read_user(root, page, extract);
}

static int gitlab_walled(const struct page *page, struct extract *extract)
{
	/* The account was there a moment ago. */
	bool hidden = page->status == 403 || page->status == 404;
	if (page->step == STEP_EVENTS && hidden && api_says(page, "message")) {
		extract->verdict = VERDICT_PRIVATE;
		extract->why = "The account keeps its activity private.";
		return 0;
	}
	return wall_judge(page, extract, NULL);
}

static int gitlab_read(const struct page *page, struct extract *extract)
{
	int r = api_read(page, extract, read_answer);
	return r == 0 && page->status >= 400 ? gitlab_walled(page, extract) : r;
}

const struct source source_gitlab = {
	.name = "gitlab",
	.title = "GitLab",
	.claims = gitlab_claims,
	.first = gitlab_first,
	.read = gitlab_read,
	.walled = gitlab_walled,
};
