#ifndef DIRTWATCH_CRAWLERS_SOURCES_FEDIVERSE_H
#define DIRTWATCH_CRAWLERS_SOURCES_FEDIVERSE_H

#include "crawlers/source.h"

#include <stdbool.h>

/*
 * How one account of the fediverse is found, whatever software its server runs:
 *
 *     @user@host            webfinger  →  nodeinfo  →  the software's source, else activitypub
 *     https://host/@user    mastodon; where its API is not there: nodeinfo  →  the same
 *
 * Each of them leads to the next with FOLLOW_INSTEAD, so that a wrong guess costs a request and says
 * nothing about the profile.
 */

/* The account that an address names; both point into the address. */
struct fediverse_name {
	const char *at;
	int len;
	const char
		*host; /* of an account of another server, with its port; NULL: the address's own */
	int host_len;
};

/** /@NAME, /@NAME@HOST, /users/NAME, /web/@NAME; with a "/" behind, but no more.  False: no such
 *  address, and *@ret names nobody. */
bool fediverse_name(const struct url *url, struct fediverse_name *ret);

/** The origin of the account's own server.  0, -ENOMEM. */
MUST_CHECK int fediverse_origin(struct arena *arena, const struct url *url,
	const struct fediverse_name *name, const char **ret);

/** Let @source read, in place of this page, the profile at @profile, a URL of ours.  @subject: what it
 *  is to remember; NULL: its own.  0, -ENOMEM. */
MUST_CHECK int fediverse_lead(struct extract *extract, const struct source *source,
	const char *profile, const char *subject);

/* What nodeinfo is told of the way that led to it: the first word of its subject. */
#define FEDIVERSE_FOUND   "found"  /* WebFinger says where the account is */
#define FEDIVERSE_GUESSED "guess"  /* Mastodon's API is not there */
#define FEDIVERSE_CLOSED  "closed" /* something like it answers those only who are logged in */

/** Ask @origin in place of this page what software it runs, to go on with the account @name (@len
 *  bytes), whose actor is at @actor.  @way: FEDIVERSE_*.  0, -ENOMEM. */
MUST_CHECK int fediverse_ask_software(struct extract *extract, const char *origin, const char *way,
	const char *name, int len, const char *actor);

/* Subject of an actor whose server is known to list all that it shows in the outbox: an empty one then
 * means that there is nothing. */
#define FEDIVERSE_FULL_OUTBOX "full"
/* Subject of an actor of whose server nothing is known. */
#define FEDIVERSE_PLAIN "-"
/* Pages that are read of one list of whom an account follows, or what it likes: who follows a thousand
 * follows everybody, and posts come first. */
#define FEDIVERSE_ACT_PAGES 12
/* Subject of an actor that a web page names beside what it shows itself: all of it is FOLLOW_ALSO. */
#define FEDIVERSE_BESIDE_A_PAGE "also"

#endif
