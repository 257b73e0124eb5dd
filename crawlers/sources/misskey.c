#include "crawlers/sources/misskey.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/api.h"
#include "crawlers/sources/fediverse.h"
#include "crawlers/sources/feed.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>

/*
 * Misskey and its kin (Sharkey, Firefish, Iceshrimp …): an API of POSTs.  The account, its notes page
 * after page, and whom it follows, where it shows that.  A server that closes its API to visitors may
 * still have the account's feed.
 *
 * The subject of the account is its name; of its notes "ID PINNED PINNED …"; of whom it follows
 * "ID PAGE".
 */
enum step { STEP_USER, STEP_NOTES, STEP_FOLLOWING };

/* The most that a page of either list may have. */
#define ROWS_A_PAGE "100"
/* Pinned notes that are remembered: servers allow five by default. */
#define PINNED_MAX 32

/* Ids and names that go into a body of ours as they are. */
static bool is_plain(const char *id)
{
	return api_is_plain(id, API_PLAIN_DOT) && strlen(id) <= 64;
}

/* ---- what to ask for ---- */

static int misskey_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct fediverse_name name;
	const char *origin = NULL, *user = "", *subject = "", *body = "";
	(void)fediverse_name(url, &name); /* named in the config: the answer will tell */
	int r = fediverse_origin(arena, url, &name, &origin);
	if (r == 0)
		r = api_format(arena, &user, "%s/api/users/show", origin);
	if (r == 0)
		r = api_format(arena, &subject, "%.*s", name.len, name.at);
	if (r == 0)
		r = api_format(arena, &body, "{\"username\":\"%s\",\"host\":null}", subject);
	*ret = (struct follow){
		.url = user,
		.source = source_misskey.name,
		.step = STEP_USER,
		.subject = subject,
		.json = body,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return r;
}

/* @subject: "ID …"; @last: the id behind which to go on, NULL: from the newest on. */
static int follow_list(const struct page *page, struct extract *extract, enum step step,
	enum relation relation, const char *subject, const char *last)
{
	struct follow like = {
		.source = source_misskey.name,
		.step = step,
		.subject = subject,
		.accept = ACCEPT_JSON,
		.relation = relation,
	};
	const char *words[2] = {"", ""}, *origin = "";
	int r = api_split(extract->arena, subject, words, 2);
	if (r == 0)
		r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.json,
			"{\"userId\":\"%s\",\"limit\":" ROWS_A_PAGE "%s%s%s%s}", words[0],
			last ? ",\"untilId\":\"" : "", last ? last : "", last ? "\"" : "",
			step == STEP_NOTES ? ",\"withReplies\":true,\"withRenotes\":true,"
					     "\"withChannelNotes\":true"
					   : "");
	return r < 0 ? r
		     : api_follow(extract, &like, "%s/api/users/%s", origin,
			       step == STEP_NOTES ? "notes" : "following");
}

/* The account's feed in place of this page. */
static int follow_feed(const struct page *page, struct extract *extract)
{
	const struct follow like = {
		.source = source_feed.name,
		.subject = FEED_OF_CLOSED,
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_INSTEAD,
	};
	const char *origin = "";
	int r = api_origin(extract->arena, page, &origin);
	if (r < 0 || !is_plain(page->subject))
		return r;
	return api_follow(extract, &like, "%s/@%s.atom", origin, page->subject);
}

/* ---- the account ---- */

static int judge_user(const json_t *user, struct extract *extract)
{
	extract->verdict = extract->facts.n_posts == 0 ? VERDICT_EMPTY : VERDICT_OK;
	if (json_flag(user, "isSuspended")) {
		extract->verdict = VERDICT_SUSPENDED;
		extract->why = "The server has suspended this account.";
	} else if (json_flag(user, "isDeleted")) {
		extract->verdict = VERDICT_GONE;
		extract->why = "The account was deleted.";
	} else if (extract->facts.moved_to) {
		extract->verdict = VERDICT_MOVED;
		return api_format(extract->arena, &extract->why,
			"The account has moved to %s; what it wrote here still stands.",
			extract->facts.moved_to);
	} else if (json_flag(user, "requireSigninToViewContents")) {
		extract->coverage.lack =
			"The account shows what it wrote to those only who are logged in.";
	} else if (json_flag(user, "isSilenced")) {
		extract->coverage.lack = "The server keeps this account out of its public lists.";
	}
	return 0;
}

static int follow_notes(
	const json_t *user, const char *id, const struct page *page, struct extract *extract)
{
	const json_t *pinned = json_array_at(user, "pinnedNoteIds");
	const char *subject = NULL;
	int r = api_copy(extract->arena, id, &subject);
	for (size_t i = 0; r == 0 && i < json_array_size(pinned) && i < PINNED_MAX; i++) {
		const char *note = json_string_value(json_array_get(pinned, i));
		if (is_plain(note))
			r = api_format(extract->arena, &subject, "%s %s", subject, note);
	}
	return r < 0 ? r : follow_list(page, extract, STEP_NOTES, FOLLOW_NEXT, subject, NULL);
}

/* Lists that the account keeps to itself need not be asked for. */
static bool shows_following(const json_t *user)
{
	const char *visibility = json_words(user, "followingVisibility");
	visibility = visibility ? visibility : json_words(user, "ffVisibility");
	return !visibility || strcmp(visibility, "public") == 0;
}

static int read_user(const json_t *user, const struct page *page, struct extract *extract)
{
	const char *id = json_text(user, "id"), *subject = NULL;
	if (!misskey_is_user(user) || !is_plain(id))
		return api_drift(extract, "The answer is no account as Misskey's API gives it.");
	int r = misskey_write_user(user, page, extract);
	if (r == 0)
		r = judge_user(user, extract);
	extract->coverage.total = extract->facts.n_posts;
	bool over = extract->verdict == VERDICT_SUSPENDED || extract->verdict == VERDICT_GONE;
	if (r < 0 || over)
		return r;
	r = follow_notes(user, id, page, extract);
	if (r == 0)
		r = api_format(extract->arena, &subject, "%s 1", id);
	return r == 0 && shows_following(user)
		       ? follow_list(page, extract, STEP_FOLLOWING, FOLLOW_ALSO, subject, NULL)
		       : r;
}

/* ---- its lists ---- */

/* The id of the last row, behind which the list goes on; NULL: none. */
static const char *last_id(const json_t *list)
{
	const char *id = json_text(json_array_get(list, json_array_size(list) - 1), "id");
	return json_array_size(list) > 0 && is_plain(id) ? id : NULL;
}

static int read_notes(const json_t *list, const struct page *page, struct extract *extract)
{
	struct misskey_owner owner = {.pinned = page->subject};
	const char *words[2] = {"", ""}, *last = last_id(list);
	size_t n_known = 0;
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0)
		r = api_origin(extract->arena, page, &owner.origin);
	owner.id = words[0];
	for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
		const json_t *note = json_array_get(list, i);
		if (!misskey_is_note(note))
			continue;
		n_known++;
		r = misskey_write_note(note, &owner, extract);
	}
	if (r < 0)
		return r;
	api_judge_list(extract, json_array_size(list), n_known);
	/* A page may have fewer rows than were asked for and others behind it all the same. */
	bool more = last && extract->verdict == VERDICT_OK;
	return more ? follow_list(page, extract, STEP_NOTES, FOLLOW_OLDER, page->subject, last) : 0;
}

static int read_following(const json_t *list, const struct page *page, struct extract *extract)
{
	const char *words[2] = {"", ""}, *origin = "", *subject = "", *last = last_id(list);
	size_t n_known = 0;
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0)
		r = api_origin(extract->arena, page, &origin);
	for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
		const json_t *row = json_array_get(list, i);
		n_known += json_words(json_object_at(row, "followee"), "username") != NULL;
		r = misskey_write_following(row, origin, extract);
	}
	if (r < 0)
		return r;
	int number = (int)strtol(words[1], NULL, 10); /* our own */
	api_judge_acts(extract, json_array_size(list), n_known);
	if (!last)
		return 0;
	if (number >= FEDIVERSE_ACT_PAGES)
		return api_cut_acts(extract, "Not all of whom the account follows is read.");
	r = api_format(extract->arena, &subject, "%s %d", words[0], number + 1);
	return r < 0 ? r : follow_list(page, extract, STEP_FOLLOWING, FOLLOW_ALSO, subject, last);
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	if (page->step == STEP_USER)
		return read_user(root, page, extract);
	if (!page->subject || !json_is_array(root))
		return api_drift(extract, "The answer is no list as Misskey's API gives it.");
	return page->step == STEP_NOTES ? read_notes(root, page, extract)
					: read_following(root, page, extract);
}

static int misskey_walled(const struct page *page, struct extract *extract)
{
	bool shown;
	int r = wall_judge(page, extract, &shown);
	bool later = page->status == 429 || page->status >= 500;
	bool closed = !shown || extract->verdict == VERDICT_AUTH_REQUIRED;
	bool feed = page->step == STEP_USER && closed && !later && page->status != 410;
	return r == 0 && feed ? follow_feed(page, extract) : r;
}

static int misskey_read(const struct page *page, struct extract *extract)
{
	return api_read(page, extract, read_answer);
}

const struct source source_misskey = {
	.name = "misskey",
	.title = "Misskey",
	.first = misskey_first,
	.read = misskey_read,
	.walled = misskey_walled,
};
