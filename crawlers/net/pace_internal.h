#ifndef DIRTWATCH_CRAWLERS_NET_PACE_INTERNAL_H
#define DIRTWATCH_CRAWLERS_NET_PACE_INTERNAL_H

#include "crawlers/net/manners.h"
#include "crawlers/net/pace.h"
#include "crawlers/net/token.h"

#include <search.h>

/* What the files of the pace share: pace.c (when), pace_robots.c (what). */

/* RFC 9309 §2.4: "Crawlers SHOULD NOT use the cached version for more than 24 hours". */
#define ROBOTS_MAX_S (24ll * 60 * 60)

struct host {
	char *origin;
	const struct manners *manners; /* static */
	int64_t delay_us;
	uint64_t used; /* the larger, the later */
	bool in_flight;
	bool put_back; /* the store has a row of it */
	int64_t ready_us;
	int64_t retry_at_s;
	int64_t failures;
	/* Requests since then that count against manners->requests. */
	int64_t used_since_s;
	int64_t n_used;

	/* robots.txt; rules and their patterns are one allocation */
	struct robots_rule *rules;
	size_t n_rules;
	size_t rules_b;
	bool deny_all;
	int64_t robots_until_s; /* 0: not known */
};

struct pace {
	const struct clock *clock;
	const struct tokens *tokens; /* borrowed; NULL: none */
	int64_t delay_us;
	uint64_t seed;
	uint64_t uses;
	void *hosts; /* tree by origin: tsearch(3) */
	size_t n_hosts;
	size_t rules_b; /* of all hosts */
};

/* A walk through all hosts for the one to be forgotten, or its rules. */
struct choice_of_host {
	const struct pace *pace;
	const struct host *but; /* never this one */
	struct host *host;      /* the best so far; NULL: none */
};

/** The host at a node that twalk_r(3) comes to; NULL: not now, for inner nodes are come to thrice. */
struct host *pace_host_at(const void *node, VISIT visit);

/** NULL: nothing is known of it. */
struct host *pace_find(struct pace *pace, const char *origin);
/** Made where it is not known yet; NULL: no memory. */
struct host *pace_find_or_make(struct pace *pace, const char *origin);

/** What a clock that was set back left too far in the future is brought near. */
void pace_settle(const struct pace *pace, struct host *host);

/** Forget its robots.txt. */
void pace_drop_rules(struct pace *pace, struct host *host);

#endif
