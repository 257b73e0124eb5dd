#ifndef DIRTWATCH_CRAWLERS_NET_PACE_H
#define DIRTWATCH_CRAWLERS_NET_PACE_H

#include "crawlers/source.h"
#include "daemon/base/clock.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Politeness: when a host may be asked again, and what of it.  One request in flight a host; a
 * delay between requests; Retry-After and the rate headers obeyed; exponential back-off with jitter
 * after failures; robots.txt (RFC 9309) kept for a day.  What must survive a restart is read and
 * written through pace_note/pace_each, so that the store can keep it.
 *
 * Origins are as in struct url.  A few thousand are remembered; then those go that were not asked
 * for longest, first of them those with nothing to keep, never one in flight.  A wall clock that is
 * set back makes nobody wait longer than he could have had to at first.
 */
struct pace;
struct tokens; /* token.h */

/* Nobody makes us wait longer than a day at a time: that is as long as robots.txt may be kept
 * (RFC 9309 §2.4), one request a day is polite under any reading, and a server that says "in ten
 * years" must not be able to switch the watch off. */
#define PACE_RETRY_MAX_S (24ll * 60 * 60)

/** @delay_us between the end of one request and the start of the next to the same origin; hosts
 * that are known to want more get more (manners.h). */
MUST_CHECK int pace_new(const struct clock *clock, int64_t delay_us, struct pace **ret);
struct pace *pace_free(struct pace *pace); /* NULL is fine; returns NULL */

/** What hosts want of whom they know by a token is other than what they want of anybody.  Borrowed; before any
 * host is asked or noted. */
void pace_use_tokens(struct pace *pace, const struct tokens *tokens);

/** Make jitter predictable, for tests. */
void pace_set_seed(struct pace *pace, uint64_t seed);

/** When a request to @origin may start (microseconds, same clock): now or earlier means at once;
 *  INT64_MAX while one is in flight. */
int64_t pace_ready_us(struct pace *pace, const char *origin);
/** Until when @origin must not be asked because it said so, because it failed, or because what it
 * allows in a day or an hour is spent: seconds since 1970; 0: it may be asked.  The delay between requests does not count. */
int64_t pace_retry_at_s(struct pace *pace, const char *origin);
/** A request to @origin starts: 0, or -ENOMEM (then it must not). */
MUST_CHECK int pace_began(struct pace *pace, const char *origin);
enum pace_end {
	PACE_GOOD,   /* what was asked for came: failures are forgotten */
	PACE_FAILED, /* no answer, 5xx, or "too many requests" without a time: back off, for half to
		       * the whole of 60 s, doubled with each failure in a row, at most 6 h */
	PACE_STUMBLED, /* 5xx without a time, to what only adds to a profile: the first in a row
			* costs no more than the delay, for it may be that one route */
	PACE_NO_NEWS,  /* neither: given up by us */
	PACE_ROBOTS,   /* a robots.txt, which many a host still serves while its pages fail; it
			* counts against no budget, and the usual delay follows it */
};
/** It has ended.  @retry_at_s: the server named a time; 0: no. */
void pace_ended(struct pace *pace, const char *origin, enum pace_end end, int64_t retry_at_s);

/** Keep what the robots.txt of @origin says until @until_s (at most a day from now).  Rules are
 * copied.
 *  @deny_all: the file could not be had because of a server error (RFC 9309 §2.3.1.4); no rules:
 *  everything is allowed.  0, -ENOMEM. */
MUST_CHECK int pace_set_robots(struct pace *pace, const char *origin,
	const struct robots_rule *rules, size_t count, bool deny_all, int64_t until_s);

enum robots_answer { ROBOTS_UNKNOWN, ROBOTS_ALLOWED, ROBOTS_DENIED };
/** May @url be fetched?  UNKNOWN: fetch the origin's robots.txt first. */
enum robots_answer pace_robots(struct pace *pace, const struct url *url);

/** What was read at @url asks not to come back to its host before @until_s (a `backoff` in the answer,
 *  say; 0: it asks for nothing); at most PACE_RETRY_MAX_S from now.  0, -ENOMEM. */
MUST_CHECK int pace_hold(struct pace *pace, const char *url, int64_t until_s);

/* What is kept across restarts, one row an origin. */
struct pace_row {
	const char *origin;
	int64_t retry_at_s;
	int64_t failures;     /* in a row */
	int64_t ready_s;      /* the end of a pause longer than the usual one; 0: none */
	int64_t used_since_s; /* what was asked of the host's budget (manners.h), and since when */
	int64_t n_used;
};
/** Put a row back after a restart; 0, -ENOMEM. */
MUST_CHECK int pace_note(struct pace *pace, const struct pace_row *row);
/** Call @each for every origin with something to keep, and, with zeros, for every one that was put
 *  back and has recovered since. */
void pace_each(struct pace *pace, void (*each)(const struct pace_row *row, void *userdata),
	void *userdata);

#endif
