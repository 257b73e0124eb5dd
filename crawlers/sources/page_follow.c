#include "crawlers/sources/page_reading.h"

#include "crawlers/parse/facts.h"
#include "crawlers/sources/fediverse.h"
#include "crawlers/sources/platform.h"

#include <string.h>

/* Where a web page leads: to the source of the platform that made it, to a feed, to the rest of its
 * list. */

/* The front page of a site, an author's, or a list: what is there is what the platform has of it. */
static bool is_profile_page(const struct reading *reading, const struct url *url)
{
	bool front = strcmp(url->path, "/") == 0 || strstr(url->path, "/author/");
	return !reading->about &&
	       (front || reading->n_own > 1 || strncmp(url->path, "/u/", 3) == 0);
}

/* The person, or who led here, wants this page and no other source's. */
static bool is_named(const struct reading *reading)
{
	const char *subject = reading->page->subject;
	return subject && strcmp(subject, SUBJECT_AS_NAMED) == 0;
}

/* The platform's own source reads all of what this page shows a part of, or knows of a feed that the
 * page does not name. */
static int follow_platform(struct reading *reading)
{
	const struct page *page = reading->page;
	struct platform platform;
	struct url url;
	int r = url_parse(reading->arena, reading->url, &url);
	if (r != 0 || is_named(reading) || page->step != PAGE_FIRST ||
		!is_profile_page(reading, &url))
		return r < 0 ? r : 0;
	r = platform_find(reading->arena, &reading->dom, &url, &platform);
	if (r < 0 || !platform.follow.url)
		return r;
	reading->instead = platform.follow.relation == FOLLOW_INSTEAD;
	if (reading->instead)
		reading->extract->why = platform.why;
	return extract_add_follow(reading->extract, &platform.follow);
}

static bool same_host(struct arena *arena, const char *a, const char *b)
{
	struct url x;
	struct url y;
	return url_parse(arena, a, &x) == 0 && url_parse(arena, b, &y) == 0 &&
	       strcmp(x.host, y.host) == 0;
}

/* The account that the site itself has in the fediverse: its outbox goes back further than page and feed, and
 * has what it passes on.  Another server's is another profile. */
static int follow_actor(struct reading *reading, bool says)
{
	const char *actor = reading->links.actor;
	if (!actor || reading->about || is_named(reading) || reading->page->step != PAGE_FIRST ||
		!same_host(reading->arena, actor, reading->url))
		return 0;
	const struct follow follow = {.url = actor,
		.source = "activitypub",
		.subject = says ? FEDIVERSE_BESIDE_A_PAGE : FEDIVERSE_PLAIN,
		.accept = ACCEPT_ACTIVITY,
		.relation = says ? FOLLOW_ALSO : FOLLOW_INSTEAD};
	reading->extract->why =
		says ? reading->extract->why : "The page names its ActivityPub account.";
	return extract_add_follow(reading->extract, &follow);
}

static int follow_feed(struct reading *reading)
{
	const struct feed_link *best = links_best_feed(&reading->links, reading->url);
	if (!best || reading->about || reading->page->step != PAGE_FIRST)
		return 0;
	/* A page that says nothing itself is not worth a verdict; one that does shows what the
	 * feed, which is often cut to the newest, may not. */
	bool says = reading->extract->n_posts > 0 || facts_any(&reading->extract->facts);
	const struct follow follow = {.url = best->url,
		.source = "feed",
		.accept = ACCEPT_FEED,
		.relation = says ? FOLLOW_ALSO : FOLLOW_INSTEAD};
	return extract_add_follow(reading->extract, &follow);
}

static bool same_origin(struct arena *arena, const char *a, const char *b)
{
	struct url x;
	struct url y;
	return url_parse(arena, a, &x) == 0 && url_parse(arena, b, &y) == 0 &&
	       url_same_origin(&x, &y);
}

/* The rest of a list; of a post's own page "next" is another post. */
static int follow_next(struct reading *reading)
{
	const char *next = reading->links.next;
	if (!next || reading->about || reading->n_own < 2 || owner_same_url(next, reading->url) ||
		!same_origin(reading->arena, next, reading->url))
		return 0;
	const struct follow follow = {.url = next,
		.source = "page",
		.step = PAGE_MORE,
		.accept = ACCEPT_PAGE,
		.relation = extract_next_relation(reading->extract)};
	return extract_add_follow(reading->extract, &follow);
}

int page_follow(struct reading *reading)
{
	int r = follow_platform(reading);
	if (r < 0 || reading->instead)
		return r;
	bool says = reading->extract->n_posts > 0 || facts_any(&reading->extract->facts);
	r = follow_feed(reading);
	if (r == 0)
		r = follow_actor(reading, says || reading->extract->n_follows > 0);
	return r == 0 ? follow_next(reading) : r;
}
