#ifndef DIRTWATCH_CRAWLERS_SOURCE_H
#define DIRTWATCH_CRAWLERS_SOURCE_H

#include "crawlers/net/url.h"
#include "crawlers/page.h"
#include "daemon/base/arena.h"
#include "daemon/base/post.h"

/*
 * A source knows how to read one kind of profile.  One file each in crawlers/sources/, one line in
 * the table of source.c, all with the same three verbs:
 *
 *     claims(url)  could this be mine?            main process, the person's own URL
 *     first(url)   what to ask for first          main process, the person's own URL
 *     read(page)   what is in the answer          reader process, hostile bytes
 *
 * read() never asks for anything itself: it says in extract.follows what should be fetched next,
 * and main decides whether that is allowed.
 */

struct walls; /* crawlers/walls.h */

/* What the request's Accept header asks for (crawlers/net/accept.c).  Their numbers are stored: a new
 * one goes to the end. */
enum accept {
	ACCEPT_PAGE,
	ACCEPT_FEED,
	ACCEPT_JSON,
	ACCEPT_ACTIVITY,
	ACCEPT_JRD,         /* WebFinger */
	ACCEPT_GITHUB,      /* GitHub's REST API */
	ACCEPT_GITHUB_STAR, /* the same, for /users/NAME/starred with the time of each star */
	ACCEPT_COUNT,
};

/* How a further request stands to the page that led to it. */
enum relation {
	FOLLOW_NEXT,    /* more of the same list: failing makes the profile unverified */
	FOLLOW_INSTEAD, /* another way to the same: this page's verdict is dropped for that one's */
	FOLLOW_ALSO,    /* adds what it can: failing is told in the coverage, no more */
	FOLLOW_OLDER, /* FOLLOW_NEXT, and all that is behind it is older than what is on this page */
	/* FOLLOW_ALSO of what never changes: it is asked for once, and again when it is to be scored under
	 * other rules.  What tells one state of it from another may stand in the URL's fragment. */
	FOLLOW_ONCE,
	FOLLOW_COUNT,
};

/** Does failing make the profile unverified, and is it bound to the origin of the page it stands on? */
static inline bool relation_is_rest(enum relation relation)
{
	return relation == FOLLOW_NEXT || relation == FOLLOW_OLDER;
}

/** Does it only add what it can? */
static inline bool relation_adds(enum relation relation)
{
	return relation == FOLLOW_ALSO || relation == FOLLOW_ONCE;
}

struct follow {
	const char *url;     /* absolute, http(s) */
	const char *source;  /* name of the source that reads it; static string */
	int step;            /* that source's own number */
	const char *subject; /* handed back in page.subject; NULL: none; at most LIMIT_URL_B */
	/* NULL: a GET.  Else a POST with this body, of the type application/json, at most
	 * LIMIT_REQUEST_BODY_B long.  It goes only to the origin of the page that led to it or of the
	 * profile; a redirect never takes it to another. */
	const char *json;
	enum accept accept;
	enum relation relation;
};

/* Subject of a first request to a source that the config names: what a page says of itself, which
 * would lead to another source, does not count. */
#define SUBJECT_AS_NAMED "as-named"

struct coverage {
	int64_t total;         /* posts the source says there are; -1: it does not say */
	bool window;           /* the source shows only its newest posts, never all */
	bool cut;              /* a limit of ours left posts out */
	const char *lack;      /* what the source could not show, one sentence; NULL: nothing */
	size_t n_interactions; /* of the page: follows, likes …; counted by source_read() */
	bool interactions_cut; /* this page or what it leads to shows not all there are of them */
};

/* What the rules of a robots.txt say to us (only from the source "robots"). */
struct robots_rule {
	bool allow;
	const char *pattern; /* path pattern with * and $, percent-encoding normalised */
};

struct extract {
	const struct walls *walls; /* what walls are known by; borrowed, NULL once it was read */
	struct arena *arena;       /* holds everything below */
	enum verdict verdict;
	const char *
		why; /* one sentence on the verdict, shown to the person; NULL: verdict_meaning() */
	int64_t retry_at_s; /* the body named a time before which not to come back; 0: no */
	struct post *posts;
	size_t n_posts;
	struct facts facts;
	struct follow *follows;
	size_t n_follows;
	struct coverage coverage;
	struct robots_rule *robots;
	size_t n_robots;
};

struct source {
	const char *name;  /* stable: stands in config, store and JSON */
	const char *title; /* for people */
	/* Could the profile at @url be mine?  *@ret_why: a few words, static.  NULL: never by URL.
	 */
	bool (*claims)(const struct url *url, const char **ret_why);
	/* The first request for the profile at @url, strings in @arena.  0, -ENOMEM. */
	int (*first)(struct arena *arena, const struct url *url, struct follow *ret);
	/* Asked in place of first() where the person has configured a token for this source: what
	 * is open to its owner only (Reddit's API at oauth.reddit.com, say).  The source never sees
	 * the token: it is put into requests to the platform's own API on their way out, and
	 * page.authorised says that it was.  NULL: first() serves both. */
	int (*first_with_token)(struct arena *arena, const struct url *url, struct follow *ret);
	/* Asked in place of first() by a source of sites that are not worth asking, for the answer
	 * is known: the verdict, and *@ret_why for the person, static.  NULL: the site is asked. */
	enum verdict (*known)(const struct url *url, const char **ret_why);
	/* Read @page into @extract, which is initialised (extract_init()).  Sets a verdict for
	 * every page, however broken: 0 with verdict PARSE_DRIFT rather than an error.  -ENOMEM
	 * when the arena's ceiling or memory ran out: the page counts as unread. */
	int (*read)(const struct page *page, struct extract *extract);
	/* Asked in place of read() when the page is a wall: an error status, a log-in form … (see
	 * crawlers/parse/wall.h).  @extract has the verdict and why; the source may know better, or
	 * another way to go.  NULL: that verdict stands. */
	int (*walled)(const struct page *page, struct extract *extract);
	/* Another way to what @asked, one of this source's own requests, was for, when its server failed,
	 * could not be reached or wants to be left alone: main process, so nothing a page said but @asked's own subject.
	 * 0 with *@ret, strings in @arena; SOURCE_E_NONE; -ENOMEM.  NULL: there is none. */
	int (*otherwise)(struct arena *arena, const struct follow *asked, struct follow *ret);
};

enum { SOURCE_E_NONE = 1 };

/** All sources, the most particular first; the last one ("page") claims every URL. */
extern const struct source *const sources[];
extern const size_t n_sources;

/** The source called @name; NULL: none. */
const struct source *source_find(const char *name);

/** The source for the profile at @url and, in a few words, why.  Never NULL. */
const struct source *source_pick(const struct url *url, const char **ret_why);

/** An empty extract with an arena of its own (LIMIT_EXTRACT_B).  0, -ENOMEM. */
MUST_CHECK int extract_init(struct extract *extract);
void extract_release(struct extract *extract); /* zeroed is fine */

/** Read @page with the source that asked for it: walled() where it is a wall that any site may put
 * up (crawlers/parse/wall.h), else read().  This is all that the reader calls of crawlers/.
 *  @extract is initialised by this call and released by the caller whatever is returned.
 *  Returns 0 with a verdict, or -ENOMEM (the page counts as unread). */
MUST_CHECK int source_read(
	const struct walls *walls, const struct page *page, struct extract *extract);

/* ---- for sources: adding to an extract; each returns 0 or -ENOMEM ---- */

/** Append a zeroed post and point *@ret at it.  Past LIMIT_POSTS sets coverage.cut and *@ret to
 *  NULL, and returns 0. */
MUST_CHECK int extract_add_post(struct extract *extract, struct post **ret);
/** How the next page of the list that @extract holds stands to it: FOLLOW_OLDER where its posts, two
 *  at least, are all dated and the newest come first (pinned ones aside), else FOLLOW_NEXT.  For
 *  lists whose order is the site's own affair. */
enum relation extract_next_relation(const struct extract *extract);
/** Append a request; past LIMIT_FOLLOWS it is dropped, and coverage.cut set when posts go with it.
 */
MUST_CHECK int extract_add_follow(struct extract *extract, const struct follow *follow);
/** Append an own page elsewhere to facts.links, unless it stands there already; past
 *  LIMIT_POST_LINKS, and for a URL that is none, it is dropped.  @url is resolved against @base. */
MUST_CHECK int extract_add_link(struct extract *extract, const char *base, const char *url);

#endif
