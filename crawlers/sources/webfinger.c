#include "crawlers/sources/api.h"
#include "crawlers/sources/fediverse.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/sources.h"

#include <string.h>
#include <strings.h>

/*
 * WebFinger (RFC 7033): where the account "@user@host" is.  Its host may name an actor of another
 * server, and anybody may name anybody's: such an actor counts only when its own server, asked for the
 * same account, names it too.
 */
enum step { STEP_ASKED, STEP_CONFIRM };

#define ROUTE "/.well-known/webfinger?resource="

/* ---- what to ask for ---- */

static int ask(struct arena *arena, const char *origin, const char *account, struct follow *ret)
{
	const char *url;
	int r = api_format(arena, &url, "%s" ROUTE "acct:%s", origin, account);
	if (r == 0)
		*ret = (struct follow){
			.url = url,
			.source = source_webfinger.name,
			.accept = ACCEPT_JRD,
			.relation = FOLLOW_INSTEAD,
		};
	return r;
}

/* *@subject: "NAME@HOST". */
static int webfinger_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct fediverse_name name;
	const char *origin = url->origin, *account = "";
	(void)fediverse_name(url, &name); /* named in the config: the answer will tell */
	int r = fediverse_origin(arena, url, &name, &origin);
	if (r == 0)
		r = api_format(
			arena, &account, "%.*s@%s", name.len, name.at, strstr(origin, "://") + 3);
	if (r == 0)
		r = ask(arena, origin, account, ret);
	if (r == 0)
		ret->subject = account;
	return r;
}

/* ---- what the answer says ---- */

/* "ada@host" of "acct:ada@host", "@ada@host" and the like. */
static const char *account_of(const char *subject)
{
	if (strncasecmp(subject, "acct:", 5) == 0)
		subject += 5;
	return *subject == '@' ? subject + 1 : subject;
}

static size_t name_len(const char *account)
{
	const char *at = strrchr(account, '@');
	return at ? (size_t)(at - account) : strlen(account);
}

static bool same_name(const char *a, const char *b)
{
	size_t len = name_len(a);
	return len > 0 && len == name_len(b) && strncasecmp(a, b, len) == 0;
}

static bool is_rel(const json_t *link, const char *rel)
{
	const char *told = json_text(link, "rel");
	return told && strcasecmp(told, rel) == 0;
}

static bool is_actor_type(const char *type)
{
	return type && (strncasecmp(type, "application/activity+json", 25) == 0 ||
			       strncasecmp(type, "application/ld+json", 19) == 0);
}

/* The first address of such a link; *@ret_url->whole is NULL where there is none. */
static int find_link(
	struct arena *arena, const json_t *links, const char *rel, bool actor, struct url *ret_url)
{
	*ret_url = (struct url){0};
	for (size_t i = 0; i < json_array_size(links); i++) {
		const json_t *link = json_array_get(links, i);
		const char *href = json_words(link, "href");
		bool wanted =
			is_rel(link, rel) && (!actor || is_actor_type(json_text(link, "type")));
		int r = wanted && href ? url_parse(arena, href, ret_url) : URL_E_BAD;
		if (r <= 0)
			return r;
	}
	*ret_url = (struct url){0};
	return 0;
}

struct answer {
	const char *asked;    /* NAME@HOST */
	const char *expected; /* the actor to be confirmed; "": any */
	const char *subject;  /* NAME@HOST as the answer has it; NULL: it does not say */
	struct url here;      /* that was asked */
	struct url there;     /* that answered */
	struct url actor;     /* whole NULL: none */
	const json_t *links;
};

/* Does the answer speak of the account that was asked for? */
static bool is_of_asked(const struct answer *answer)
{
	if (answer->subject && strcasecmp(answer->subject, answer->asked) == 0)
		return true;
	/* A server that has accounts of another domain answers for them under that domain's name. */
	return *answer->expected == '\0' && answer->actor.whole &&
	       strcmp(answer->actor.host, answer->here.host) == 0 &&
	       (!answer->subject || same_name(answer->subject, answer->asked));
}

/* No actor: an older kind of server, or a page only. */
static int lead_to_page(const struct answer *answer, struct extract *extract)
{
	static const struct {
		const char *rel;
		const struct source *source;
		enum accept accept;
	} ways[] = {
		{"http://schemas.google.com/g/2010#updates-from", &source_feed, ACCEPT_FEED},
		{"http://webfinger.net/rel/profile-page", &source_page, ACCEPT_PAGE},
	};
	extract->why = "The server names no address of the account's posts.";
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		struct url url;
		int r = find_link(extract->arena, answer->links, ways[i].rel, false, &url);
		if (r < 0)
			return r;
		if (!url.whole || strcmp(url.host, answer->there.host) != 0)
			continue;
		const struct follow like = {
			.source = ways[i].source->name,
			.accept = ways[i].accept,
			.relation = FOLLOW_INSTEAD,
		};
		return api_follow(extract, &like, "%s", url.whole);
	}
	return 0;
}

static int ask_to_confirm(const struct answer *answer, struct extract *extract)
{
	struct follow follow = {0};
	int r = ask(extract->arena, answer->actor.origin, answer->asked, &follow);
	follow.step = STEP_CONFIRM;
	extract->why = "The account is on another server.";
	if (r == 0)
		r = api_format(extract->arena, &follow.subject, "%s %s", answer->asked,
			answer->actor.whole);
	return r < 0 ? r : api_follow(extract, &follow, "%s", follow.url);
}

static int go_on(const struct answer *answer, const struct page *page, struct extract *extract)
{
	bool confirmed = strcmp(answer->actor.host, answer->there.host) == 0;
	if (page->step == STEP_CONFIRM &&
		(!confirmed || strcmp(answer->actor.whole, answer->expected) != 0))
		return api_drift(extract,
			"The server that the account is said to be on does not confirm it.");
	if (!confirmed)
		return ask_to_confirm(answer, extract);
	extract->why = "WebFinger names the account.";
	return fediverse_ask_software(extract, answer->actor.origin, FEDIVERSE_FOUND, answer->asked,
		(int)name_len(answer->asked), answer->actor.whole);
}

static int judge_answer(
	const struct answer *answer, const struct page *page, struct extract *extract)
{
	if (answer->actor.whole
			? is_of_asked(answer)
			: answer->subject && strcasecmp(answer->subject, answer->asked) == 0)
		return answer->actor.whole ? go_on(answer, page, extract)
					   : lead_to_page(answer, extract);
	if (!answer->subject)
		return api_drift(extract, "The answer does not say which account it is about.");
	extract->verdict = VERDICT_MOVED;
	return api_format(extract->arena, &extract->why,
		"The server answers with another account, %.*s; watch that one if it is yours.",
		api_title_len(answer->subject), answer->subject);
}

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	struct arena *arena = extract->arena;
	const char *words[2] = {"", ""}, *subject = json_words(root, "subject");
	struct answer answer = {.links = json_array_at(root, "links")};
	if (!answer.links)
		return api_drift(extract, "The answer is none as WebFinger gives it.");
	int r = api_split(arena, page->subject, words, 2);
	if (r == 0)
		r = url_parse(arena, page->url, &answer.here);
	if (r == 0)
		r = url_parse(arena, page->final_url, &answer.there);
	if (r == 0)
		r = find_link(arena, answer.links, "self", true, &answer.actor);
	if (r != 0)
		return r < 0 ? r : 0; /* both parsed when they were asked for */
	answer.asked = words[0];
	answer.expected = words[1];
	answer.subject = subject ? account_of(subject) : NULL;
	return judge_answer(&answer, page, extract);
}

/* ---- the answer ---- */

/* A server that has no WebFinger, or not for us, may still have Mastodon's API. */
static int guess(const struct page *page, struct extract *extract)
{
	const char *words[2] = {"", ""}, *origin = "", *profile = "";
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0)
		r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &profile, "%s/@%.*s", origin,
			(int)name_len(words[0]), words[0]);
	if (r < 0 || page->step == STEP_CONFIRM)
		return r;
	return fediverse_lead(extract, &source_mastodon, profile, NULL);
}

static int webfinger_walled(const struct page *page, struct extract *extract)
{
	bool shown;
	int r = wall_judge(page, extract, &shown);
	bool other = !shown && page->status != 429 && page->status < 500;
	return r == 0 && other ? guess(page, extract) : r;
}

static int webfinger_read(const struct page *page, struct extract *extract)
{
	int r = api_read(page, extract, read_answer);
	bool json = page->body_len > 0 && *(const char *)page->body == '{';
	bool other = extract->verdict == VERDICT_PARSE_DRIFT && extract->n_follows == 0 && !json;
	return r == 0 && other ? guess(page, extract) : r;
}

const struct source source_webfinger = {
	.name = "webfinger",
	.title = "WebFinger",
	.first = webfinger_first,
	.read = webfinger_read,
	.walled = webfinger_walled,
};
