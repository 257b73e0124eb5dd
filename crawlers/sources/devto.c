#include "crawlers/sources/api.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * DEV (dev.to), by its API (developers.forem.com/api): the account, the list of its articles, and
 * each article, for the list has only their first words.
 */
enum step { STEP_USER, STEP_LIST, STEP_ARTICLE };

#define SITE "https://dev.to"

/* Each leads to one request, and one more to the next page: LIMIT_FOLLOWS. */
#define ROWS_A_PAGE 30

static bool name_of(const struct url *url, struct api_name *ret)
{
	static const char *const services[] = {"about", "api", "code-of-conduct", "contact",
		"enter", "feed", "help", "latest", "listings", "new", "pod", "privacy", "search",
		"settings", "t", "tags", "terms", "top", "videos"};
	bool plain = api_name(url->path, "/", API_PLAIN, ret) &&
		     (*ret->rest == '\0' || strcmp(ret->rest, "/") == 0);
	for (size_t i = 0; i < sizeof services / sizeof *services && plain; i++)
		plain = strlen(services[i]) != (size_t)ret->len ||
			strncasecmp(services[i], ret->at, (size_t)ret->len) != 0;
	return plain;
}

static bool devto_claims(const struct url *url, const char **ret_why)
{
	struct api_name name;
	*ret_why = "an account on DEV";
	return strcmp(url->host, "dev.to") == 0 && name_of(url, &name);
}

static int devto_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name = {.at = ""};
	(void)name_of(url, &name); /* named in the config: the answer will tell */
	const char *user;
	int r = api_format(arena, &user, SITE "/api/users/by_username?url=%.*s", name.len, name.at);
	if (r < 0)
		return r;
	*ret = (struct follow){
		.url = user,
		.source = source_devto.name,
		.step = STEP_USER,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* ---- the account ---- */

static int follow_list(
	const struct page *page, struct extract *extract, const char *name, int number)
{
	struct follow like = {
		.source = source_devto.name,
		.step = STEP_LIST,
		.accept = ACCEPT_JSON,
		.relation = number > 1 ? FOLLOW_OLDER : FOLLOW_NEXT,
	};
	const char *origin = "";
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %d", name, number);
	if (r < 0)
		return r;
	return api_follow(extract, &like, "%s/api/articles?username=%s&per_page=%d&page=%d", origin,
		name, ROWS_A_PAGE, number);
}

static int read_user(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *name = json_words(root, "username");
	if (!api_is_plain(name, API_PLAIN) || !json_object_get(root, "id"))
		return api_drift(extract, "The answer is no account as DEV's API gives it.");
	static const struct api_elsewhere elsewhere[] = {
		{"twitter_username", "https://x.com/"},
		{"github_username", "https://github.com/"},
	};
	const struct api_owner owner = {
		.handle = name,
		.name = json_words(root, "name"),
		.about = json_words(root, "summary"),
		.location = json_words(root, "location"),
		.photo = json_words(root, "profile_image"),
		.site = json_words(root, "website_url"),
	};
	extract->facts.created_s = json_date(root, "joined_at");
	extract->coverage.lack = "DEV's API does not give an account's comments.";
	extract->verdict = VERDICT_OK;
	int r = api_write_owner(extract, page, &owner);
	if (r == 0)
		r = api_add_elsewhere(
			extract, root, elsewhere, sizeof elsewhere / sizeof *elsewhere);
	return r < 0 ? r : follow_list(page, extract, name, 1);
}

/* ---- its articles ---- */

static bool is_by(const json_t *article, const char *name)
{
	const char *author = json_words(json_object_at(article, "user"), "username");
	return author && strcasecmp(author, name) == 0;
}

static int follow_article(
	const struct page *page, struct extract *extract, int64_t id, const char *name)
{
	struct follow like = {
		.source = source_devto.name,
		.step = STEP_ARTICLE,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_NEXT,
	};
	const char *origin = "";
	int r = api_copy(extract->arena, name, &like.subject);
	if (r == 0)
		r = api_origin(extract->arena, page, &origin);
	if (r != 0)
		return r;
	return api_follow(extract, &like, "%s/api/articles/%lld", origin, (long long)id);
}

static int read_list(const json_t *root, const struct page *page, struct extract *extract)
{
	size_t n_rows = json_array_size(root), n_known = 0;
	const char *words[2] = {"", ""};
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0 && (!json_is_array(root) || *words[0] == '\0'))
		return api_drift(extract, "The answer is no list as DEV's API gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		const json_t *row = json_array_get(root, i);
		int64_t id = json_int64(row, "id", -1);
		if (id < 0 || !is_by(row, words[0]))
			continue;
		n_known++;
		r = follow_article(page, extract, id, words[0]);
	}
	if (r < 0)
		return r;
	api_judge_list(extract, n_rows, n_known);
	int next = (int)strtol(words[1], NULL, 10) + 1; /* our own */
	bool more = extract->verdict == VERDICT_OK && n_rows >= ROWS_A_PAGE;
	return more ? follow_list(page, extract, words[0], next) : 0;
}

static int read_article(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *html = json_words(root, "body_html");
	struct api_piece piece = {
		.url = json_words(root, "url"),
		.author = page->subject,
		.lang = json_words(root, "language"),
		.title = json_words(root, "title"),
		.body = html ? html : json_words(root, "body_markdown"),
		.markup = html ? API_MARKUP_HTML : API_MARKUP_MARKDOWN,
		.published_s = json_date(root, "published_at"),
		.updated_s = json_date(root, "edited_at"),
		.kind = KIND_POST,
	};
	int r = json_id(extract->arena, root, "id", &piece.id);
	if (r < 0)
		return r;
	if (!piece.id || !piece.body || !page->subject || !is_by(root, page->subject))
		return api_drift(extract, "The answer is no article as DEV's API gives it.");
	extract->verdict = VERDICT_OK;
	return api_add_piece(extract, SITE, &piece);
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	switch ((enum step)page->step) {
	case STEP_LIST:
		return read_list(root, page, extract);
	case STEP_ARTICLE:
		return read_article(root, page, extract);
	case STEP_USER:
		break;
	}
	return read_user(root, page, extract);
}

static int devto_walled(const struct page *page, struct extract *extract)
{
	int r = wall_judge(page, extract, NULL);
	if (r == 0 && page->step == STEP_ARTICLE && extract->verdict == VERDICT_NOT_FOUND) {
		/* Taken back since the list was read: that says nothing of the account. */
		extract->verdict = VERDICT_TRUNCATED;
		extract->coverage.window = true;
		extract->coverage.lack = "An article that was listed is not there any more.";
	}
	return r;
}

static int devto_read(const struct page *page, struct extract *extract)
{
	int r = api_read(page, extract, read_answer);
	return r == 0 && page->status >= 400 ? devto_walled(page, extract) : r;
}

const struct source source_devto = {
	.name = "devto",
	.title = "DEV",
	.claims = devto_claims,
	.first = devto_first,
	.read = devto_read,
	.walled = devto_walled,
};
