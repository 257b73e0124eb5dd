#ifndef DIRTWATCH_TESTS_SOAK_SITE_H
#define DIRTWATCH_TESTS_SOAK_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The web as the soak knows it: profiles on loopback, each with its posts and what is wrong with it just now,
 * and a thread that serves them.  What is asked for is /PROFILE; the truth is changed only while nobody asks.
 */
enum fault {
	FAULT_NONE,
	/* of the page: the host is asked on */
	FAULT_NOT_FOUND,
	FAULT_GONE,
	FAULT_FORBIDDEN,
	FAULT_LOGIN,
	FAULT_GARBAGE,
	FAULT_LOOP,
	FAULT_TOO_BIG,
	/* of the host: it is left alone for a while */
	FAULT_BROKEN,
	FAULT_BUSY, /* 429, Retry-After */
	FAULT_DOWN, /* 503, Retry-After */
	FAULT_CUT,
	FAULT_RESET,
	FAULT_BAD_GZIP,
	FAULT_STALL,
	FAULT_COUNT,
};
#define FAULT_OF_HOSTS FAULT_BROKEN

/* Posts that a profile may show, a bit each; every one of them is dirt. */
#define SITE_POSTS 8

struct profile_truth {
	unsigned shown; /* bits */
	enum fault fault;
	/* since site_begin_round(): */
	bool served; /* the page as it is */
	bool failed; /* its fault */
};

struct site;
struct site *site_new(size_t profiles, size_t hosts);
void site_free(struct site *site); /* ends the thread */
/** The port that serves @profile. */
unsigned site_port(const struct site *site, size_t profile);
struct profile_truth *site_truth(struct site *site, size_t profile);
void site_begin_round(struct site *site);
size_t site_requests(const struct site *site);

#endif
