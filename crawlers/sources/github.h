#ifndef DIRTWATCH_CRAWLERS_SOURCES_GITHUB_H
#define DIRTWATCH_CRAWLERS_SOURCES_GITHUB_H

#include "crawlers/sources/api.h"

/* Inside of the source "github": github.c reads the account, github_list.c its lists, github_comments.c
 * the comments, github_post.c turns one row into a post.  All functions: 0, -ENOMEM. */

#define GITHUB_SITE        "https://github.com"
#define GITHUB_LOGIN_CHARS API_LETTERS API_DIGITS "-"

/* What is asked for; the numbers are stored. */
enum github_step {
	GITHUB_USER,
	GITHUB_ISSUES,
	GITHUB_EVENTS,
	GITHUB_REPOS,
	GITHUB_COMMITS,
	GITHUB_ORGS,
	GITHUB_FOLLOWING,
	GITHUB_STARRED,
	GITHUB_SOCIAL,
	GITHUB_GISTS,
	GITHUB_COMMENTED, /* with a token: which issues the account commented on */
	GITHUB_COMMENTS,  /* … and the comments of one of them */
	GITHUB_README,    /* of the repository that GitHub shows as the profile */
	GITHUB_STEP_COUNT,
};

/** Ask for page @number of the list @step of @login. */
MUST_CHECK int github_ask_list(const struct page *page, struct extract *extract,
	enum github_step step, const char *login, int number);
api_reader github_read_list, github_read_commented, github_read_comments, github_read_readme;

/** Ask which issues @login commented on. */
MUST_CHECK int github_ask_commented(
	const struct page *page, struct extract *extract, const char *login);

/** Append what @row says that @login wrote or did, if anything.  *@ret_known: the row is what such a list
 *  holds. */
typedef int github_writer(
	const json_t *row, const char *login, struct extract *extract, bool *ret_known);

github_writer github_write_issue, github_write_event, github_write_repo, github_write_commit,
	github_write_gist, github_write_org, github_write_followed, github_write_starred,
	github_write_social;

/** Append a comment of @login's on the issue called @title (NULL: not told). */
MUST_CHECK int github_write_comment(const json_t *row, const char *login, const char *title,
	struct extract *extract, bool *ret_known);
/** True when @object's @key is the account @login. */
bool github_is_by(const json_t *object, const char *key, const char *login);

#endif
