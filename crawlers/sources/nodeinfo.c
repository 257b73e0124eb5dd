#include "crawlers/sources/api.h"
#include "crawlers/sources/fediverse.h"

#include "crawlers/parse/json.h"
#include "crawlers/sources/feed.h"
#include "crawlers/sources/sources.h"

#include <ctype.h>
#include <string.h>

/*
 * NodeInfo (nodeinfo.diaspora.software): which software a server of the fediverse runs, and so which
 * source reads it.  What the table does not know is read as ActivityPub, which all of them speak.
 *
 * The subject is "WAY NAME ACTOR", see fediverse_ask_software().
 */
enum step { STEP_LINKS, STEP_SOFTWARE };

/* ---- which software is read by what ---- */

struct software {
	const char *name; /* as NodeInfo has it, in lower case */
	const struct source *source;
	const char *profile; /* the account's address there, as the source takes it */
	bool full;           /* its outbox lists all that it shows */
};

/* From their own documentation and NodeInfo; forks that call themselves otherwise have their own row. */
static const struct software softwares[] = {
	{"mastodon", &source_mastodon, "/@", true},
	{"hometown", &source_mastodon, "/@", true},
	{"fedibird", &source_mastodon, "/@", true},
	{"kmyblue", &source_mastodon, "/@", true},
	{"pleroma", &source_mastodon, "/@", true},
	{"akkoma", &source_mastodon, "/@", true},
	{"takahe", &source_mastodon, "/@", true},
	/* Signed requests only, but pages that show posts. */
	{"gotosocial", &source_page, "/@", false},
	/* Its outbox only counts; posts are in the Atom feed that its page names. */
	{"pixelfed", &source_page, "/", false},
	{"peertube", &source_peertube, "/a/", false},
	{"lemmy", &source_lemmy, "/u/", false},
	{"misskey", &source_misskey, "/@", false},
	{"sharkey", &source_misskey, "/@", false},
	{"firefish", &source_misskey, "/@", false},
	{"calckey", &source_misskey, "/@", false},
	{"foundkey", &source_misskey, "/@", false},
	{"iceshrimp", &source_misskey, "/@", false},
	{"cherrypick", &source_misskey, "/@", false},
	{"catodon", &source_misskey, "/@", false},
	{"magnetar", &source_misskey, "/@", false},
	{"friendica", &source_activitypub, NULL, true},
	{"wordpress", &source_activitypub, NULL, true},
	{"ghost", &source_activitypub, NULL, true},
	{"writefreely", &source_activitypub, NULL, true},
	{"gnusocial", &source_activitypub, NULL, true},
};

static const struct software *find_software(const char *name)
{
	for (size_t i = 0; i < sizeof softwares / sizeof *softwares; i++) {
		if (strcmp(softwares[i].name, name) == 0)
			return &softwares[i];
	}
	return NULL;
}

struct way {
	const char *way; /* FEDIVERSE_* */
	const char *name;
	const char *actor;
	const char *origin; /* that was asked */
};

static int way_of(struct arena *arena, const struct page *page, struct way *ret)
{
	const char *words[3] = {"", "", ""};
	int r = api_split(arena, page->subject, words, 3);
	if (r == 0)
		r = api_origin(arena, page, &ret->origin);
	if (r == 0) {
		ret->way = words[0];
		ret->name = words[1];
		ret->actor = words[2];
	}
	return r;
}

/* Mastodon's API did not answer, and yet it is that: what else it shows of the account. */
static int lead_past_mastodon(const struct way *way, bool full, struct extract *extract)
{
	const struct follow like = {
		.source = source_feed.name,
		.subject = FEED_OF_CLOSED,
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_INSTEAD,
	};
	if (strcmp(way->way, FEDIVERSE_CLOSED) == 0)
		return api_follow(extract, &like, "%s/@%s.rss", way->origin, way->name);
	return fediverse_lead(
		extract, &source_activitypub, way->actor, full ? FEDIVERSE_FULL_OUTBOX : NULL);
}

/* @software: NULL: unknown. */
static int lead(const struct way *way, const struct software *software, struct extract *extract)
{
	bool full = software && software->full;
	const char *profile = "";
	if (software && software->source == &source_mastodon &&
		strcmp(way->way, FEDIVERSE_FOUND) != 0)
		return lead_past_mastodon(way, full, extract);
	if (!software || !software->profile)
		return fediverse_lead(extract, &source_activitypub, way->actor,
			full ? FEDIVERSE_FULL_OUTBOX : NULL);
	int r = api_format(
		extract->arena, &profile, "%s%s%s", way->origin, software->profile, way->name);
	/* Mastodon's source knows another way where the actor is known; a page is to be only that. */
	bool mastodon = software->source == &source_mastodon;
	bool page = software->source == &source_page;
	return r < 0 ? r
		     : fediverse_lead(extract, software->source, profile,
			       mastodon ? way->actor
			       : page   ? SUBJECT_AS_NAMED
					: NULL);
}

/* ---- the answer ---- */

/* The newest schema that it has: 2.1 before 2.0 before 1.1. */
static const char *best_link(const json_t *links)
{
	const char *best = NULL, *best_rel = "";
	for (size_t i = 0; i < json_array_size(links); i++) {
		const json_t *link = json_array_get(links, i);
		const char *rel = json_words(link, "rel");
		const char *schema =
			rel ? strstr(rel, "nodeinfo.diaspora.software/ns/schema/") : NULL;
		if (schema && json_words(link, "href") && strcmp(schema, best_rel) > 0) {
			best = json_words(link, "href");
			best_rel = schema;
		}
	}
	return best;
}

static int read_links(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *href = best_link(json_array_at(root, "links")), *whole = NULL;
	struct url here = {.host = ""}, there = {.host = ""};
	int r = api_url(extract->arena, page->final_url, href, &whole);
	if (r == 0)
		r = url_parse(extract->arena, page->final_url, &here);
	if (r == 0 && whole)
		r = url_parse(extract->arena, whole, &there);
	if (r < 0)
		return r;
	if (!whole || strcmp(here.host, there.host) != 0)
		return api_drift(extract, "The server does not say what software it runs.");
	extract->why = "The server has a page about its software.";
	const struct follow like = {
		.source = source_nodeinfo.name,
		.step = STEP_SOFTWARE,
		.subject = page->subject,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return api_follow(extract, &like, "%s", whole);
}

static int read_software(const json_t *root, const struct page *page, struct extract *extract)
{
	char *name =
		arena_strdup(extract->arena, json_string_value(json_path(root, "software.name")));
	struct way way = {"", "", "", ""};
	int r = way_of(extract->arena, page, &way);
	if (!name || !api_is_plain(name, API_PLAIN_DOT))
		return r < 0 ? r : api_drift(extract, "The server names no software.");
	for (char *at = name; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	if (r == 0)
		r = api_format(extract->arena, &extract->why,
			"The server says that it runs \"%s\".", name);
	return r < 0 ? r : lead(&way, find_software(name), extract);
}

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	return page->step == STEP_LINKS ? read_links(root, page, extract)
					: read_software(root, page, extract);
}

/* Whatever does not say what it is may still speak ActivityPub. */
static int lead_unknown(const struct page *page, struct extract *extract)
{
	struct way way = {"", "", "", ""};
	int r = way_of(extract->arena, page, &way);
	return r < 0 ? r : lead(&way, NULL, extract);
}

static int nodeinfo_walled(const struct page *page, struct extract *extract)
{
	bool later = page->status == 429 || page->status >= 500;
	return later ? 0 : lead_unknown(page, extract);
}

static int nodeinfo_read(const struct page *page, struct extract *extract)
{
	int r = api_read(page, extract, read_answer);
	return r == 0 && extract->n_follows == 0 ? lead_unknown(page, extract) : r;
}

static int nodeinfo_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct fediverse_name name;
	const char *software, *subject;
	(void)fediverse_name(url, &name); /* named in the config: the answer will tell */
	int r = api_format(arena, &software, "%s/.well-known/nodeinfo", url->origin);
	if (r == 0)
		r = api_format(
			arena, &subject, FEDIVERSE_FOUND " %.*s %s", name.len, name.at, url->whole);
	if (r == 0)
		*ret = (struct follow){
			.url = software,
			.source = source_nodeinfo.name,
			.step = STEP_LINKS,
			.subject = subject,
			.accept = ACCEPT_JSON,
			.relation = FOLLOW_INSTEAD,
		};
	return r;
}

const struct source source_nodeinfo = {
	.name = "nodeinfo",
	.title = "NodeInfo",
	.first = nodeinfo_first,
	.read = nodeinfo_read,
	.walled = nodeinfo_walled,
};
