#include "crawlers/sources/github.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/sources.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * GitHub, by its REST API without a token: the account, then the lists of what it wrote.  Issues and
 * pull requests come whole from the search; comments only while they are among the events, which
 * GitHub keeps for some weeks; the newest repositories and commits add their descriptions.
 */
#define API         "https://api.github.com"
#define LOGIN_CHARS API_LETTERS API_DIGITS "-"

/* What a search shows at most, and what a page of any list has (docs.github.com/rest). */
#define SEARCH_MAX  1000
#define ROWS_A_PAGE 100

enum step { STEP_USER, STEP_ISSUES, STEP_EVENTS, STEP_REPOS, STEP_COMMITS, STEP_COUNT };

static const struct list {
	const char *form; /* of the path: name, page */
	bool search;      /* an object with total_count and items */
	bool pages;       /* all of them are read */
	enum relation relation;
	github_writer *write;
	const char *lack;
} lists[STEP_COUNT] = {
	[STEP_ISSUES] = {"/search/issues?q=author:%s&sort=created&order=desc&per_page=100&page=%d",
		true, true, FOLLOW_NEXT, github_write_issue, NULL},
	[STEP_EVENTS] = {"/users/%s/events/public?per_page=100&page=%d", false, true, FOLLOW_NEXT,
		github_write_event, "GitHub shows only the comments of the last weeks."},
	[STEP_REPOS] = {"/users/%s/repos?sort=pushed&per_page=100&page=%d", false, false,
		FOLLOW_ALSO, github_write_repo, NULL},
	[STEP_COMMITS] = {"/search/commits?q=author:%s&sort=author-date&order=desc&per_page=100"
			  "&page=%d",
		true, false, FOLLOW_ALSO, github_write_commit, NULL},
};

/* Paths of GitHub's own that look like an account. */
static bool is_service(const struct api_name *name)
{
	static const char *const services[] = {"about", "apps", "blog", "collections", "contact",
		"customer-stories", "enterprise", "events", "explore", "features", "issues", "join",
		"login", "marketplace", "new", "notifications", "orgs", "pricing", "pulls",
		"search", "security", "sessions", "settings", "signup", "site", "sponsors", "stars",
		"team", "topics", "trending"};
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		if (strlen(services[i]) == (size_t)name->len &&
			strncasecmp(services[i], name->at, (size_t)name->len) == 0)
			return true;
	}
	return false;
}

/* /NAME and no more: /NAME/REPOSITORY is no profile. */
static bool name_of(const struct url *url, struct api_name *ret)
{
	return api_name(url->path, "/", LOGIN_CHARS, ret) && ret->len <= 39 &&
	       (*ret->rest == '\0' || strcmp(ret->rest, "/") == 0) && !is_service(ret);
}

static bool github_claims(const struct url *url, const char **ret_why)
{
	struct api_name name;
	bool host =
		strcmp(url->host, "github.com") == 0 || strcmp(url->host, "www.github.com") == 0;
	*ret_why = "an account on GitHub";
	return host && name_of(url, &name);
}

static int github_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name = {.at = ""};
	(void)name_of(url, &name); /* named in the config: the answer will tell */
	const char *user;
	int r = api_format(arena, &user, API "/users/%.*s", name.len, name.at);
	if (r < 0)
		return r;
	*ret = (struct follow){
		.url = user,
		.source = source_github.name,
		.step = STEP_USER,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* ---- what to ask for ---- */

/* @subject: "LOGIN PAGE". */
static int follow_list(const struct page *page, struct extract *extract, enum step step,
	const char *login, int number)
{
	struct follow follow = {
		.source = source_github.name,
		.step = (int)step,
		.accept = ACCEPT_JSON,
		.relation = number > 1 ? FOLLOW_OLDER : lists[step].relation,
	};
	const char *origin = "", *path = "";
	struct arena *arena = extract->arena;
	int r = api_origin(arena, page, &origin);
	if (r == 0)
		r = api_format(arena, &follow.subject, "%s %d", login, number);
	if (r == 0)
		r = api_format(arena, &path, lists[step].form, login, number);
	return r != 0 ? r : api_follow(extract, &follow, "%s%s", origin, path);
}

/* ---- the account ---- */

static int write_company(const json_t *root, struct extract *extract)
{
	const char *company = json_words(root, "company");
	if (!company)
		return 0;
	struct job *job = arena_array(extract->arena, 1, sizeof *job);
	if (!job)
		return -ENOMEM;
	extract->facts.jobs = job;
	extract->facts.n_jobs = 1;
	return api_copy(extract->arena, company + (*company == '@'), &job->company);
}

static int read_user(const json_t *root, const struct page *page, struct extract *extract)
{
	struct facts *facts = &extract->facts;
	const char *login = json_words(root, "login");
	if (!api_is_plain(login, LOGIN_CHARS "_[]") || !json_object_get(root, "public_repos"))
		return api_drift(extract, "The answer is no account as GitHub's API gives it.");
	const struct api_owner owner = {
		.handle = login,
		.name = json_words(root, "name"),
		.about = json_words(root, "bio"),
		.location = json_words(root, "location"),
		.photo = json_words(root, "avatar_url"),
		.site = json_words(root, "blog"),
	};
	facts->created_s = json_date(root, "created_at");
	facts->n_followers = json_int64(root, "followers", -1);
	facts->n_following = json_int64(root, "following", -1);
	extract->verdict = VERDICT_OK;
	int r = api_write_owner(extract, page, &owner);
	if (r == 0)
		r = write_company(root, extract);
	for (enum step step = STEP_ISSUES; r == 0 && step < STEP_COUNT; step++)
		r = follow_list(page, extract, step, login, 1);
	return r;
}

/* ---- lists ---- */

/* What a list says of how much there is. */
static void write_coverage(
	const struct list *list, const json_t *root, size_t n_rows, struct extract *extract)
{
	struct coverage *coverage = &extract->coverage;
	int64_t total = list->search ? json_int64(root, "total_count", -1) : -1;
	coverage->window |= list->lack != NULL || (!list->pages && n_rows >= ROWS_A_PAGE);
	if (list->lack)
		coverage->lack = list->lack;
	if (list->pages && list->search)
		coverage->total = total;
	if (total > SEARCH_MAX && list->pages) {
		coverage->window = true;
		coverage->lack = "GitHub's search shows the newest 1,000 issues, no more.";
	}
	if (json_flag(root, "incomplete_results")) {
		coverage->window = true;
		coverage->lack = "GitHub's search ran out of time before it had seen everything.";
	}
}

static int follow_next(const struct page *page, struct extract *extract, const char *login,
	const char *number, size_t n_rows)
{
	int next = (int)strtol(number, NULL, 10) + 1; /* our own, or "" */
	bool more = lists[page->step].pages && n_rows >= ROWS_A_PAGE;
	if (!more || next > SEARCH_MAX / ROWS_A_PAGE)
		return 0;
	return follow_list(page, extract, (enum step)page->step, login, next);
}

static int read_list(const json_t *root, const struct page *page, struct extract *extract)
{
	const struct list *list = &lists[page->step];
	const json_t *rows = list->search ? json_array_at(root, "items") : root;
	size_t n_rows = json_array_size(rows), n_known = 0;
	const char *words[2] = {"", ""};
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0 && (!json_is_array(rows) || *words[0] == '\0'))
		return api_drift(extract, "The answer is no list as GitHub's API gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		bool known = false;
		r = list->write(json_array_get(rows, i), words[0], extract, &known);
		n_known += known;
	}
	if (r < 0)
		return r;
	write_coverage(list, root, n_rows, extract);
	api_judge_list(extract, n_rows, n_known);
	if (list->search && n_rows == 0 && json_int64(root, "total_count", -1) != 0 &&
		strcmp(words[1], "1") == 0)
		return api_drift(extract, "The search counts posts, but lists none.");
	if (extract->verdict == VERDICT_PARSE_DRIFT)
		return 0;
	return follow_next(page, extract, words[0], words[1], n_rows);
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	if (page->step > STEP_USER && page->step < STEP_COUNT)
		return read_list(root, page, extract);
	return read_user(root, page, extract);
}

static int github_walled(const struct page *page, struct extract *extract)
{
	return wall_judge(page, extract, NULL);
}

static int github_read(const struct page *page, struct extract *extract)
{
	int r = api_read(page, extract, read_answer);
	return r == 0 && page->status >= 400 ? github_walled(page, extract) : r;
}

const struct source source_github = {
	.name = "github",
	.title = "GitHub",
	.claims = github_claims,
	.first = github_first,
	.read = github_read,
	.walled = github_walled,
};
