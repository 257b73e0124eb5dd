#ifndef DIRTWATCH_CRAWLERS_SOURCES_BLUESKY_H
#define DIRTWATCH_CRAWLERS_SOURCES_BLUESKY_H

#include "crawlers/sources/api.h"

/*
 * Inside of the source "bluesky".  The AppView (bluesky.c) shows the profile and the posts as people see
 * them.  The account's own repository (bluesky_repo.c), on the server that its DID document names, holds
 * all records and needs no log-in: what the AppView leaves out, likes, lists; and everything, when the
 * AppView does not answer.  bluesky_graph.c reads whom the account follows and what it likes.
 *
 * Every value in an answer is a stranger's.  All functions return 0 or -ENOMEM.
 */

#define BLUESKY_APPVIEW "https://public.api.bsky.app"
#define BLUESKY_SITE    "https://bsky.app"

/* What is asked for; the numbers are stored. */
enum bluesky_step {
	BLUESKY_PROFILE, /* AppView */
	BLUESKY_FEED,
	BLUESKY_FOLLOWS,
	BLUESKY_RESOLVE, /* a handle's DID */
	BLUESKY_DID,     /* the DID document */
	BLUESKY_REPO,    /* what the repository holds; subjects from here on: "DID PURPOSE …" */
	BLUESKY_POSTS,
	BLUESKY_OWN, /* the profile's record */
	BLUESKY_NAMED, /* lists, feeds and starter packs: names and descriptions are the person's words */
	BLUESKY_LIKES,
	BLUESKY_LIKED, /* AppView: the posts that were liked */
	BLUESKY_STEP_COUNT,
};

/* Why the repository is read. */
#define BLUESKY_ACTS  "acts"  /* for likes and lists, beside the AppView */
#define BLUESKY_REST  "rest"  /* for posts that the AppView does not show */
#define BLUESKY_ALONE "alone" /* for all, in the AppView's place */

/** A string that can be a word of a subject: not empty, not endless, no spaces. */
bool bluesky_is_word(const char *string);

/** One item of an author's feed to a post: @did is the account's, @pinned the URI of its pinned post, "" for
 *  none. */
struct bluesky_owner {
	const char *did;
	const char *pinned;
};
/** True when @item is an app.bsky.feed.defs#feedViewPost. */
bool bluesky_is_item(const json_t *item);
/** Append @item as a post; *@ret_own: it is the account's own. */
MUST_CHECK int bluesky_write_item(const json_t *item, const struct bluesky_owner *owner,
	struct extract *extract, bool *ret_own);
/** Where bsky.app shows the post at @uri; NULL: it is no post's. */
MUST_CHECK int bluesky_permalink(struct arena *arena, const char *uri, const char **ret);

/** What asks for the DID document of @did, which leads to the repository: 0, SOURCE_E_NONE (no DID whose
 *  document could be had), -ENOMEM. */
MUST_CHECK int bluesky_did_follow(struct arena *arena, const char *did, const char *purpose,
	enum relation relation, struct follow *ret);
/** Ask for it, where it can be had. */
MUST_CHECK int bluesky_ask_did(
	struct extract *extract, const char *did, const char *purpose, enum relation relation);
MUST_CHECK int bluesky_ask_follows(
	const struct page *page, struct extract *extract, const char *did);

api_reader bluesky_read_follows, bluesky_read_resolved, bluesky_read_did, bluesky_read_repo,
	bluesky_read_posts, bluesky_read_own, bluesky_read_named, bluesky_read_likes,
	bluesky_read_liked;

/** Ask @page's origin for the records of @collection, at most 100, from @cursor on (NULL: the newest). */
MUST_CHECK int bluesky_ask_records(const struct page *page, struct extract *extract,
	const struct follow *like, const char *did, const char *collection, const char *cursor);

#endif
