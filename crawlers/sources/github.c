#include "crawlers/sources/github.h"

#include "crawlers/parse/base64.h"
#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/sources.h"
#include "daemon/base/limits.h"

#include <string.h>
#include <strings.h>

/*
 * GitHub, by its REST API: the account, then the lists of what it wrote and did.  Issues and pull
 * requests come whole from the search; comments, without a token, only while they are among the events,
 * which GitHub keeps for some weeks; the newest repositories, gists and commits add their descriptions;
 * organisations, follows and stars are interactions.  Without a token there are 60 requests an hour: what
 * is worth more is asked for first, and the coverage tells what was not read.
 */
#define API "https://api.github.com"
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
	return api_name(url->path, "/", GITHUB_LOGIN_CHARS, ret) && ret->len <= 39 &&
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
		.step = GITHUB_USER,
		.accept = ACCEPT_GITHUB,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
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

static int write_user(const json_t *root, const struct page *page, struct extract *extract)
{
	struct facts *facts = &extract->facts;
	static const struct api_elsewhere twitter = {"twitter_username", "https://x.com/"};
	const struct api_owner owner = {
		.handle = json_words(root, "login"),
		.name = json_words(root, "name"),
		/* as GitHub's settings call it */
		.headline = json_flag(root, "hireable") ? "Available for hire" : NULL,
		.about = json_words(root, "bio"),
		.location = json_words(root, "location"),
		.photo = json_words(root, "avatar_url"),
		.site = json_words(root, "blog"),
	};
	facts->created_s = json_date(root, "created_at");
	facts->n_followers = json_int64(root, "followers", -1);
	facts->n_following = json_int64(root, "following", -1);
	int r = api_write_owner(extract, page, &owner);
	if (r == 0)
		r = write_company(root, extract);
	return r == 0 ? api_add_elsewhere(extract, root, &twitter, 1) : r;
}

/* Is there anything in the list, by the count at @key?  Yes, where nothing is told. */
static bool has(const json_t *root, const char *key)
{
	return json_int64(root, key, 1) != 0;
}

static int ask_lists(const json_t *root, const struct page *page, struct extract *extract)
{
	const struct {
		enum github_step step;
		bool asked;
	} rows[] = {
		{GITHUB_ISSUES, true},
		{GITHUB_EVENTS, true},
		{GITHUB_ORGS, true},
		{GITHUB_FOLLOWING, has(root, "following")},
		{GITHUB_STARRED, true},
		{GITHUB_SOCIAL, true},
		{GITHUB_REPOS, has(root, "public_repos")},
		{GITHUB_GISTS, has(root, "public_gists")},
		{GITHUB_COMMITS, true},
	};
	const char *login = json_words(root, "login");
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof rows / sizeof *rows; i++)
		r = rows[i].asked ? github_ask_list(page, extract, rows[i].step, login, 1) : 0;
	return r == 0 && page->authorised ? github_ask_commented(page, extract, login) : r;
}

static int read_user(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *login = json_words(root, "login");
	if (!api_is_plain(login, GITHUB_LOGIN_CHARS "_[]") ||
		!json_object_get(root, "public_repos"))
		return api_drift(extract, "The answer is no account as GitHub's API gives it.");
	extract->verdict = VERDICT_OK;
	int r = write_user(root, page, extract);
	return r == 0 ? ask_lists(root, page, extract) : r;
}

/* What GitHub shows above the repositories, as the account's own page. */
int github_read_readme(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *content = json_text(root, "content");
	struct buf text = BUF_INIT(LIMIT_PAGE_B);
	if (!content || !json_words(root, "encoding"))
		return api_drift(extract, "The answer is no file as GitHub's API gives it.");
	int r = buf_adds(&text, content);
	if (r == 0 && strcmp(json_words(root, "encoding"), "base64") == 0)
		r = base64_decode(&text);
	const struct api_piece readme = {
		.id = "readme",
		.url = json_words(root, "html_url"),
		.body = buf_str(&text),
		.author = page->subject,
		.kind = KIND_BIO,
		.markup = API_MARKUP_MARKDOWN,
	};
	extract->verdict = VERDICT_OK;
	if (r == 0 && text.len > 0)
		r = api_add_piece(extract, GITHUB_SITE, &readme);
	buf_release(&text);
	return r < 0 ? r : 0;
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	static api_reader *const readers[GITHUB_STEP_COUNT] = {
		[GITHUB_USER] = read_user,
		[GITHUB_COMMENTED] = github_read_commented,
		[GITHUB_COMMENTS] = github_read_comments,
		[GITHUB_README] = github_read_readme,
	};
	if (page->step < 0 || page->step >= GITHUB_STEP_COUNT)
		return api_drift(extract, "Nothing that this version of dirtwatch asks GitHub.");
	api_reader *reader = readers[page->step];
	return reader ? reader(root, page, extract) : github_read_list(root, page, extract);
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
