#include "crawlers/sources/github.h"

#include "crawlers/parse/json.h"
#include "crawlers/sources/sources.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * Comments, of which GitHub has no list by author: a search tells the issues that the account commented on, and
 * each must be asked for its comments.  So only with a token, which is good for 5,000 requests an hour.
 */

/* A page of the search leads to as many requests, and one more. */
#define ISSUES_A_PAGE   25
#define ISSUE_PAGES     4
#define COMMENTS_A_PAGE 100
/* Of one issue; few have more. */
#define COMMENT_PAGES 5

static const char cut[] = "Comments were looked for on the 100 issues changed last, no more.";

static int ask_commented(
	const struct page *page, struct extract *extract, const char *login, int number)
{
	struct follow like = {
		.source = source_github.name,
		.step = GITHUB_COMMENTED,
		.accept = ACCEPT_GITHUB,
		.relation = FOLLOW_ALSO,
	};
	const char *origin = "";
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %d", login, number);
	return r < 0 ? r
		     : api_follow(extract, &like,
			       "%s/search/issues?q=commenter:%s&sort=updated&order=desc&per_page=%d"
			       "&page=%d",
			       origin, login, ISSUES_A_PAGE, number);
}

int github_ask_commented(const struct page *page, struct extract *extract, const char *login)
{
	return ask_commented(page, extract, login, 1);
}

/* @subject: "LOGIN PAGE ADDRESS TITLE". */
static int ask_comments(struct extract *extract, const char *login, int number, const char *address,
	const char *title)
{
	struct follow like = {
		.source = source_github.name,
		.step = GITHUB_COMMENTS,
		.accept = ACCEPT_GITHUB,
		.relation = FOLLOW_ALSO,
	};
	int r = api_format(extract->arena, &like.subject, "%s %d %s %.*s", login, number, address,
		api_title_len(title), title);
	return r < 0 ? r
		     : api_follow(extract, &like, "%s?per_page=%d&page=%d", address,
			       COMMENTS_A_PAGE, number);
}

/* The comments' address, if it is one of this API's own. */
static int comments_of(
	struct extract *extract, const json_t *issue, const struct page *page, const char **ret)
{
	struct url url, asked;
	const char *address = json_words(issue, "comments_url");
	*ret = NULL;
	if (!address || strchr(address, ' '))
		return 0;
	int r = url_parse(extract->arena, address, &url);
	if (r == 0)
		r = url_parse(extract->arena, page->url, &asked);
	if (r == 0 && url_same_origin(&url, &asked) && !url.query &&
		strncmp(url.path, "/repos/", strlen("/repos/")) == 0)
		*ret = url.whole;
	return r < 0 ? r : 0;
}

static int ask_issue(const json_t *issue, const struct page *page, const char *login,
	struct extract *extract, size_t *n_known)
{
	const char *address, *title = json_words(issue, "title");
	int r = comments_of(extract, issue, page, &address);
	if (r < 0 || !address || !title)
		return r;
	++*n_known;
	return json_int64(issue, "comments", 1) > 0
		       ? ask_comments(extract, login, 1, address, title)
		       : 0;
}

int github_read_commented(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *rows = json_array_at(root, "items");
	const char *words[2] = {"", ""};
	size_t n_rows = json_array_size(rows), n_known = 0;
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0 && !rows)
		return api_drift(extract, "The answer is no list as GitHub's API gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++)
		r = ask_issue(json_array_get(rows, i), page, words[0], extract, &n_known);
	if (r < 0)
		return r;
	if (n_rows > 0 && n_known == 0)
		return api_drift(extract, "The list holds nothing that this site's API gives.");
	int number = (int)strtol(words[1], NULL, 10);
	extract->verdict = VERDICT_OK;
	if (json_int64(root, "total_count", 0) <= (int64_t)ISSUES_A_PAGE * number)
		return 0;
	if (number < ISSUE_PAGES)
		return ask_commented(page, extract, words[0], number + 1);
	extract->coverage.window = true;
	extract->coverage.lack = cut;
	return 0;
}

int github_read_comments(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *words[4] = {"", "", "", ""};
	size_t n_rows = json_array_size(root), n_known = 0;
	int r = api_split(extract->arena, page->subject, words, 4);
	if (r == 0 && !json_is_array(root))
		return api_drift(extract, "The answer is no list as GitHub's API gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		bool known;
		r = github_write_comment(
			json_array_get(root, i), words[0], words[3], extract, &known);
		n_known += known;
	}
	if (r < 0)
		return r;
	if (n_rows > 0 && n_known == 0)
		return api_drift(extract, "The list holds nothing that this site's API gives.");
	extract->verdict = VERDICT_OK;
	extract->coverage.cut = n_known < n_rows;
	int number = (int)strtol(words[1], NULL, 10);
	if (n_rows < COMMENTS_A_PAGE || number >= COMMENT_PAGES)
		return 0;
	return ask_comments(extract, words[0], number + 1, words[2], words[3]);
}
