#ifndef DIRTWATCH_CRAWLERS_NET_RATE_H
#define DIRTWATCH_CRAWLERS_NET_RATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * When a server wants to be asked again, out of what its headers say: Retry-After (RFC 9110
 * §10.2.3) and the dialects of rate headers: RateLimit-*, X-RateLimit-* and X-Rate-Limit-* with a
 * remaining count and a reset as a date (Mastodon), seconds since 1970 (GitHub, Bluesky) or seconds
 * from now (Reddit, the IETF draft), and both forms of the draft's one RateLimit header.
 */
struct rate {
	int64_t retry_after_s; /* seconds since 1970; 0: not told */
	int64_t reset_s;       /* when the count starts anew; 0: not told */
	bool exhausted;        /* nothing remains of it */
};

/** Take in one header of an answer that came at @now_s; others than those above are passed over.
 *  @value is a stranger's. */
void rate_header(struct rate *rate, const char *name, const char *value, int64_t now_s);

/** Not to be asked before (seconds since 1970), given the answer's status; 0: not told, which a
 * time in the past is too. */
int64_t rate_retry_at_s(const struct rate *rate, int status, int64_t now_s);

/** The answer says "too many requests": 429, or 403 with a time or nothing remaining (GitHub). */
bool rate_is_limited(const struct rate *rate, int status);

#endif
