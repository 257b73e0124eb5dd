#ifndef DIRTWATCH_CRAWLERS_NET_REDIRECT_H
#define DIRTWATCH_CRAWLERS_NET_REDIRECT_H

#include "crawlers/net/url.h"

struct walls; /* crawlers/walls.h */

/* Where a redirect leads, and whether anybody should go there. */

enum {
	REDIRECT_E_BAD = 1, /* no http(s) URL, or one with a user in it */
	REDIRECT_E_OPEN,    /* from https to http */
	REDIRECT_E_LOGIN,   /* to a form that asks to log in or to sign up; *@ret is written */
};

/** True for the answers that send the client elsewhere (RFC 9110 §15.4): 301, 302, 303, 307, 308.
 */
bool redirect_is_one(int status);

/** Resolve @location (a stranger's) against @from; @walls say which paths ask to log in.
 *  0, REDIRECT_E_*, -ENOMEM. */
MUST_CHECK int redirect_target(struct arena *arena, const struct walls *walls,
	const struct url *from, const char *location, struct url *ret);

#endif
