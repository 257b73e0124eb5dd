#include "crawlers/sources/api.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/sources.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * Discourse, anybody's forum: the account, the list of its topics and replies, which has their first
 * words, and each post of which that is not all.
 */
enum step { STEP_USER, STEP_ACTIONS, STEP_POST };

/* Of a list (app/controllers/user_actions_controller.rb); each leads to one request at most. */
#define ROWS_A_PAGE 30

/* A pause that is asked for may be this long: a week is no pause any more. */
#define PAUSE_MAX_S 604800

/* user_action.rb: what an action is. */
enum action { ACTION_TOPIC = 4, ACTION_REPLY = 5 };

/* ---- whose profile it is ---- */

static bool name_of(const struct url *url, struct api_name *ret)
{
	return api_name(url->path, "/u/", API_PLAIN_DOT, ret) ||
	       api_name(url->path, "/users/", API_PLAIN_DOT, ret);
}

/* "/u/NAME" is also Lemmy's way; forums like to be called what they are, and have tabs. */
static bool looks_like_forum(const struct url *url, const struct api_name *name)
{
	static const char *const labels[] = {"discourse.", "forum.", "forums.", "community.",
		"discuss.", "meta.", "talk.", "users.", "discussion."};
	static const char *const tabs[] = {"/summary", "/activity", "/badges"};
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
		if (strncmp(name->rest, tabs[i], strlen(tabs[i])) == 0)
			return true;
	}
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		if (strncmp(url->host, labels[i], strlen(labels[i])) == 0)
			return strncmp(url->path, "/u/", 3) == 0;
	}
	return false;
}

static bool discourse_claims(const struct url *url, const char **ret_why)
{
	struct api_name name;
	*ret_why = "an account of a forum as Discourse writes it";
	return name_of(url, &name) && looks_like_forum(url, &name);
}

static int discourse_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name = {.at = ""};
	(void)name_of(url, &name); /* named in the config: the answer will tell */
	const char *user, *subject = arena_copy(arena, name.at, (size_t)name.len);
	int r = api_format(arena, &user, "%s/u/%.*s.json", url->origin, name.len, name.at);
	if (r < 0 || !subject)
		return -ENOMEM;
	*ret = (struct follow){
		.url = user,
		.source = source_discourse.name,
		.step = STEP_USER,
		.subject = subject,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* ---- the account ---- */

/* "/user_avatar/HOST/NAME/{size}/1.png" */
static int write_photo(const json_t *user, const char *base, struct extract *extract)
{
	static const char hole[] = "{size}";
	const char *template = json_words(user, "avatar_template");
	const char *at = template ? strstr(template, hole) : NULL;
	const char *photo;
	if (!at || strstr(template, "letter_avatar")) /* what those without a picture get */
		return 0;
	int r = api_format(extract->arena, &photo, "%.*s120%s", (int)(at - template), template,
		at + sizeof hole - 1);
	return r < 0 ? r : api_url(extract->arena, base, photo, &extract->facts.photo_url);
}

static void judge_user(const json_t *user, const struct page *page, struct extract *extract)
{
	extract->verdict = VERDICT_OK;
	if (json_date(user, "suspended_till") > page->fetched_s) {
		extract->verdict = VERDICT_SUSPENDED;
		extract->why = "The forum has suspended this account.";
	} else if (json_flag(user, "profile_hidden")) {
		extract->verdict = VERDICT_PRIVATE;
		extract->why = "The account hides its profile.";
	}
}

static int follow_actions(
	const struct page *page, struct extract *extract, const char *name, int offset)
{
	struct follow like = {
		.source = source_discourse.name,
		.step = STEP_ACTIONS,
		.accept = ACCEPT_JSON,
		.relation = offset > 0 ? FOLLOW_OLDER : FOLLOW_NEXT,
	};
	const char *origin = "";
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %d", name, offset);
	if (r < 0)
		return r;
	return api_follow(extract, &like, "%s/user_actions.json?offset=%d&username=%s&filter=4,5",
		origin, offset, name);
}

static int read_user(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *user = json_object_at(root, "user");
	const char *name = json_words(user, "username");
	if (!api_is_plain(name, API_PLAIN_DOT) || !json_object_get(user, "id"))
		return api_drift(extract, "The answer is no account as Discourse gives it.");
	const struct api_owner owner = {
		.handle = name,
		.name = json_words(user, "name"),
		.headline = json_words(user, "title"),
		.about = json_words(user, "bio_cooked"),
		.about_html = true,
		.location = json_words(user, "location"),
		.site = json_words(user, "website"),
	};
	extract->facts.created_s = json_date(user, "created_at");
	extract->facts.last_active_s = json_date(user, "last_posted_at");
	int r = api_write_owner(extract, page, &owner);
	if (r == 0)
		r = write_photo(user, page->url, extract);
	judge_user(user, page, extract);
	if (r < 0 || extract->verdict != VERDICT_OK)
		return r;
	return follow_actions(page, extract, name, 0);
}

/* ---- its posts ---- */

/* The list has 300 characters of each. */
static bool is_cut(const json_t *action)
{
	static const char *const marks[] = {"&hellip;", "…", "..."};
	const char *excerpt = json_text(action, "excerpt");
	size_t len = strlen(excerpt);
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t n = strlen(marks[i]);
		if (len >= n && strcmp(excerpt + len - n, marks[i]) == 0)
			return true;
	}
	return json_flag(action, "truncated");
}

/* @subject: "NAME KIND TITLE"; a post does not tell its topic's title. */
static int follow_post(const json_t *action, const char *id, const char *name,
	const struct page *page, struct extract *extract)
{
	const char *title = json_words(action, "title"), *origin;
	bool topic = json_int64(action, "action_type", 0) == ACTION_TOPIC;
	struct follow like = {
		.source = source_discourse.name,
		.step = STEP_POST,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_NEXT,
	};
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %s %.*s", name,
			topic ? "topic" : "reply", api_title_len(title), title ? title : "");
	return r < 0 ? r : api_follow(extract, &like, "%s/posts/%s.json", origin, id);
}

static int permalink(const json_t *post, const char *slug, const char *origin,
	struct extract *extract, const char **ret)
{
	return api_format(extract->arena, ret, "%s/t/%s/%" PRId64 "/%" PRId64, origin,
		json_words(post, slug) ? json_words(post, slug) : "-",
		json_int64(post, "topic_id", 0), json_int64(post, "post_number", 1));
}

/* @what: "topic" or "reply"; a topic's title is by whom it was opened. */
static int write_post(const struct api_piece *text, const char *what, const char *title,
	const struct page *page, struct extract *extract)
{
	bool topic = strcmp(what, "topic") == 0;
	struct api_piece piece = *text;
	piece.title = topic ? title : NULL;
	piece.others = topic ? NULL : title;
	piece.kind = topic ? KIND_POST : KIND_REPLY;
	piece.markup = API_MARKUP_HTML;
	return api_add_piece(extract, page->url, &piece);
}

static bool is_action(const json_t *action, const char *name)
{
	const char *author = json_words(action, "username");
	int64_t type = json_int64(action, "action_type", 0);
	return (type == ACTION_TOPIC || type == ACTION_REPLY) && author &&
	       strcasecmp(author, name) == 0 && json_text(action, "excerpt") &&
	       json_int64(action, "topic_id", -1) >= 0;
}

static int read_action(
	const json_t *action, const char *name, const struct page *page, struct extract *extract)
{
	const char *id = NULL, *origin = "";
	bool topic = json_int64(action, "action_type", 0) == ACTION_TOPIC;
	struct api_piece piece = {
		.author = name,
		.body = json_words(action, "excerpt"),
		.published_s = json_date(action, "created_at"),
	};
	if (json_flag(action, "deleted") || json_flag(action, "hidden"))
		return 0;
	int r = json_id(extract->arena, action, "post_id", &id);
	if (r == 0 && api_is_plain(id, API_DIGITS) && is_cut(action))
		return follow_post(action, id, name, page, extract);
	if (r == 0)
		r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = permalink(action, "slug", origin, extract, &piece.url);
	if (r == 0) /* the first post of a topic may be listed without its id */
		r = api_format(extract->arena, &piece.id, "%" PRId64 "/%" PRId64,
			json_int64(action, "topic_id", 0), json_int64(action, "post_number", 1));
	if (r < 0)
		return r;
	return write_post(
		&piece, topic ? "topic" : "reply", json_words(action, "title"), page, extract);
}

static int read_actions(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *actions = json_array_at(root, "user_actions");
	size_t n_rows = json_array_size(actions), n_known = 0;
	const char *words[2] = {"", ""};
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0 && (!actions || *words[0] == '\0'))
		return api_drift(extract, "The answer is no list as Discourse gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		const json_t *action = json_array_get(actions, i);
		if (!is_action(action, words[0]))
			continue;
		n_known++;
		r = read_action(action, words[0], page, extract);
	}
	if (r < 0)
		return r;
	api_judge_list(extract, n_rows, n_known);
	int next = (int)strtol(words[1], NULL, 10) + ROWS_A_PAGE; /* our own */
	bool more = extract->verdict == VERDICT_OK && n_rows >= ROWS_A_PAGE;
	return more ? follow_actions(page, extract, words[0], next) : 0;
}

static int read_post(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *words[3] = {"", "", ""}, *author = json_words(root, "username"), *origin;
	struct api_piece piece = {
		.author = author,
		.body = json_words(root, "cooked"),
		.published_s = json_date(root, "created_at"),
	};
	int r = api_split(extract->arena, page->subject, words, 3);
	if (r < 0)
		return r;
	if (!author || !piece.body || strcasecmp(author, words[0]) != 0 ||
		json_int64(root, "topic_id", -1) < 0)
		return api_drift(extract, "The answer is no post as Discourse gives it.");
	extract->verdict = VERDICT_OK;
	r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = permalink(root, "topic_slug", origin, extract, &piece.url);
	if (r == 0)
		r = api_format(extract->arena, &piece.id, "%" PRId64 "/%" PRId64,
			json_int64(root, "topic_id", 0), json_int64(root, "post_number", 1));
	return r < 0 ? r : write_post(&piece, words[1], words[2], page, extract);
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	switch ((enum step)page->step) {
	case STEP_ACTIONS:
		return read_actions(root, page, extract);
	case STEP_POST:
		return read_post(root, page, extract);
	case STEP_USER:
		break;
	}
	return read_user(root, page, extract);
}

/* This is no Discourse at all: the profile is read as the web page that it is. */
static int follow_page(const struct page *page, struct extract *extract)
{
	const struct follow like = {
		.source = source_page.name,
		.accept = ACCEPT_PAGE,
		.relation = FOLLOW_INSTEAD,
	};
	if (page->step != STEP_USER)
		return 0;
	return api_follow(extract, &like, "%s", page->profile);
}

static int read_pause(const json_t *root, const struct page *page, struct extract *extract)
{
	int64_t seconds = json_int64(json_object_at(root, "extras"), "wait_seconds", 0);
	if (seconds > 0 && seconds <= PAUSE_MAX_S)
		extract->retry_at_s = page->fetched_s + seconds;
	return 0;
}

static int discourse_walled(const struct page *page, struct extract *extract)
{
	bool shown;
	json_t *root;
	int r = wall_judge(page, extract, &shown);
	if (r < 0)
		return r;
	if (page->step == STEP_POST && (page->status == 404 || page->status == 403)) {
		/* Taken back since the list was read: that says nothing of the account. */
		extract->verdict = VERDICT_TRUNCATED;
		extract->coverage.window = true;
		extract->coverage.lack = "A post that was listed is not shown any more.";
		return 0;
	}
	if (!shown && page->status != 429 && page->status < 500)
		return follow_page(page, extract);
	r = json_read(page->body, page->body_len, &root);
	if (r != 0)
		return r < 0 ? r : 0;
	r = read_pause(root, page, extract);
	json_decref(root);
	return r;
}

static int discourse_read(const struct page *page, struct extract *extract)
{
	if (page->status >= 400)
		return discourse_walled(page, extract);
	int r = api_read(page, extract, read_answer);
	bool json = page->body_len > 0 && *(const char *)page->body == '{';
	bool other = extract->verdict == VERDICT_PARSE_DRIFT && !json;
	return r == 0 && other ? follow_page(page, extract) : r;
}

const struct source source_discourse = {
	.name = "discourse",
	.title = "Discourse",
	.claims = discourse_claims,
	.first = discourse_first,
	.read = discourse_read,
	.walled = discourse_walled,
};
