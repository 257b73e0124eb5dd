#ifndef DIRTWATCH_CRAWLERS_NET_MANNERS_H
#define DIRTWATCH_CRAWLERS_NET_MANNERS_H

#include <stdbool.h>
#include <stdint.h>

/* What a host is known to want beyond the usual pause between two requests, and beyond what its
 * answers say of themselves (rate.h). */
struct manners {
	int64_t delay_ms; /* between the end of one request and the start of the next; 0: the usual */
	int64_t requests; /* at most so many … 0: as many as the delay allows */
	int64_t per_s;    /* … in this time */
};

/** For @origin ("https://api.github.com"); @with_token: asked with the person's own.  Static, never
 *  NULL: all zeros for a host of which nothing is known. */
const struct manners *manners_for(const char *origin, bool with_token);

#endif
