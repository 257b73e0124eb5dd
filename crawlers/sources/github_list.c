#include "crawlers/sources/github.h"

#include "crawlers/parse/json.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What a search shows at most, and what a page of any list has (docs.github.com/rest). */
#define SEARCH_MAX  1000
#define ROWS_A_PAGE 100

/* In the order of what they are worth, for without a token 60 requests an hour must do. */
static const struct list {
	const char *form; /* of the path: name, page */
	int pages;        /* so many are read, at most */
	bool search;      /* an object with total_count and items */
	bool acts;        /* interactions, or facts: no posts */
	enum accept accept;
	enum relation relation;
	github_writer *write;
	const char *lack; /* what the list never shows; NULL: nothing */
	const char *cut;  /* what to say when there are more pages than are read */
} lists[GITHUB_STEP_COUNT] = {
	[GITHUB_ISSUES] =
		{"/search/issues?q=author:%s&sort=created&order=desc&per_page=100&page=%d",
			SEARCH_MAX / ROWS_A_PAGE, true, false, ACCEPT_GITHUB, FOLLOW_NEXT,
			github_write_issue, NULL, NULL},
	[GITHUB_EVENTS] = {"/users/%s/events/public?per_page=100&page=%d", SEARCH_MAX / ROWS_A_PAGE,
		false, false, ACCEPT_GITHUB, FOLLOW_NEXT, github_write_event,
		"GitHub shows only the comments of the last weeks.", NULL},
	[GITHUB_REPOS] = {"/users/%s/repos?sort=pushed&per_page=100&page=%d", 1, false, false,
		ACCEPT_GITHUB, FOLLOW_ALSO, github_write_repo, NULL,
		"Only the 100 repositories pushed to last were looked at."},
	[GITHUB_COMMITS] = {"/search/commits?q=author:%s&sort=author-date&order=desc&per_page=100"
			    "&page=%d",
		1, true, false, ACCEPT_GITHUB, FOLLOW_ALSO, github_write_commit, NULL,
		"Only the newest 100 commits were looked at."},
	[GITHUB_ORGS] = {"/users/%s/orgs?per_page=100&page=%d", 1, false, true, ACCEPT_GITHUB,
		FOLLOW_ALSO, github_write_org, NULL,
		"Only the first 100 organisations were looked at."},
	[GITHUB_FOLLOWING] = {"/users/%s/following?per_page=100&page=%d", 5, false, true,
		ACCEPT_GITHUB, FOLLOW_ALSO, github_write_followed, NULL,
		"Only the first 500 accounts that it follows were looked at."},
	[GITHUB_STARRED] = {"/users/%s/starred?per_page=100&page=%d", 3, false, true,
		ACCEPT_GITHUB_STAR, FOLLOW_ALSO, github_write_starred, NULL,
		"Only the newest 300 stars were looked at."},
	[GITHUB_SOCIAL] = {"/users/%s/social_accounts?per_page=100&page=%d", 1, false, true,
		ACCEPT_GITHUB, FOLLOW_ALSO, github_write_social, NULL, NULL},
	[GITHUB_GISTS] = {"/users/%s/gists?per_page=100&page=%d", 1, false, false, ACCEPT_GITHUB,
		FOLLOW_ALSO, github_write_gist, NULL, "Only the newest 100 gists were looked at."},
};

/* @subject: "LOGIN PAGE". */
int github_ask_list(const struct page *page, struct extract *extract, enum github_step step,
	const char *login, int number)
{
	const struct list *list = &lists[step];
	const bool rest = list->relation == FOLLOW_NEXT;
	struct follow follow = {
		.source = source_github.name,
		.step = (int)step,
		.accept = list->accept,
		.relation = number > 1 && rest ? FOLLOW_OLDER : list->relation,
	};
	const char *origin = "", *path = "";
	struct arena *arena = extract->arena;
	int r = api_origin(arena, page, &origin);
	if (r == 0)
		r = api_format(arena, &follow.subject, "%s %d", login, number);
	if (r == 0)
		r = api_format(arena, &path, list->form, login, number);
	return r != 0 ? r : api_follow(extract, &follow, "%s%s", origin, path);
}

/* What a search says of how much there is. */
static void write_total(const struct list *list, const json_t *root, struct extract *extract)
{
	struct coverage *coverage = &extract->coverage;
	int64_t total = json_int64(root, "total_count", -1);
	if (list->pages > 1)
		coverage->total = total;
	if (total > SEARCH_MAX && list->pages > 1) {
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
	const struct list *list = &lists[page->step];
	int next = (int)strtol(number, NULL, 10) + 1; /* our own, or "" */
	if (n_rows < ROWS_A_PAGE)
		return 0;
	if (next <= list->pages)
		return github_ask_list(page, extract, (enum github_step)page->step, login, next);
	if (!list->cut)
		return 0;
	if (list->acts)
		return api_cut_acts(extract, list->cut);
	extract->coverage.window = true;
	extract->coverage.lack = list->cut;
	return 0;
}

/* GitHub shows the README of the repository that is called like its owner as the profile. */
static int ask_readme(
	const struct page *page, struct extract *extract, const json_t *row, const char *login)
{
	const char *name = json_words(row, "name"), *origin = "";
	const struct follow like = {
		.source = source_github.name,
		.step = GITHUB_README,
		.subject = login,
		.accept = ACCEPT_GITHUB,
		.relation = FOLLOW_ALSO,
	};
	if (page->step != GITHUB_REPOS || !name || strcasecmp(name, login) != 0)
		return 0;
	int r = api_origin(extract->arena, page, &origin);
	return r < 0 ? r
		     : api_follow(extract, &like, "%s/repos/%s/%s/readme", origin, login, login);
}

static int read_rows(const json_t *rows, const struct page *page, const char *login,
	struct extract *extract, size_t *ret_known)
{
	int r = 0;
	*ret_known = 0;
	for (size_t i = 0; r == 0 && i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		bool known = false;
		r = lists[page->step].write(row, login, extract, &known);
		if (r == 0 && known)
			r = ask_readme(page, extract, row, login);
		*ret_known += known;
	}
	return r;
}

static bool counts_but_lists_none(const json_t *root, size_t n_rows, const char *number)
{
	return n_rows == 0 && json_int64(root, "total_count", -1) != 0 && strcmp(number, "1") == 0;
}

int github_read_list(const json_t *root, const struct page *page, struct extract *extract)
{
	const struct list *list = &lists[page->step];
	const json_t *rows = list->search ? json_array_at(root, "items") : root;
	size_t n_rows = json_array_size(rows), n_known = 0;
	const char *words[2] = {"", ""};
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0 && (!json_is_array(rows) || *words[0] == '\0'))
		return api_drift(extract, "The answer is no list as GitHub's API gives it.");
	if (r == 0)
		r = read_rows(rows, page, words[0], extract, &n_known);
	if (r < 0)
		return r;
	extract->coverage.window = extract->coverage.window || list->lack;
	extract->coverage.lack = list->lack;
	if (list->search)
		write_total(list, root, extract);
	if (list->acts)
		api_judge_acts(extract, n_rows, n_known);
	else
		api_judge_list(extract, n_rows, n_known);
	if (list->search && counts_but_lists_none(root, n_rows, words[1]))
		return api_drift(extract, "The search counts posts, but lists none.");
	if (extract->verdict == VERDICT_PARSE_DRIFT)
		return 0;
	return follow_next(page, extract, words[0], words[1], n_rows);
}
