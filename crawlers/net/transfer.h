#ifndef DIRTWATCH_CRAWLERS_NET_TRANSFER_H
#define DIRTWATCH_CRAWLERS_NET_TRANSFER_H

#include "crawlers/net/exchange.h"
#include "crawlers/net/fetch.h"
#include "daemon/base/limits.h"

#include <sys/queue.h>

/*
 * One URL that was asked for: from the request over its hops to what was proved.  It knows what an
 * answer means; when and how to ask is fetch.c's.
 */
TAILQ_HEAD(transfers, transfer);

struct transfer {
	/* fetch.c's */
	TAILQ_ENTRY(transfer) entry;
	struct transfers *in; /* queued, running or ended; NULL while it is told */
	struct fetch *fetch;
	int64_t give_up_us; /* CLOCK_MONOTONIC; of a running one */
	const struct walls *walls;
	fetch_done *done;
	void *userdata;

	struct arena *arena;
	struct fetch_request request;          /* copied, checked, completed */
	struct url url;                        /* of this hop */
	const char *hops[LIMIT_REDIRECTS + 1]; /* asked so far, this one too */
	size_t n_hops;
	bool moved_for_good;
	bool strayed;     /* it has been at another origin than the first */
	bool posting;     /* this hop has request.json for a body */
	bool conditional; /* this hop is asked with etag or last_modified */
	struct exchange exchange;

	struct fetch_result result;
	char sentence[400]; /* for result.error */
};

/** 0, -EINVAL, -ENOMEM as fetch_get(). */
MUST_CHECK int transfer_new(const struct fetch_request *request, struct transfer **ret);
void transfer_free(
	struct transfer *transfer); /* NULL is fine; the exchange lets go of its handle */

/* What the transport adds to a request. */
struct transfer_options {
	const char *user_agent;
	const char *ca_file;
	int64_t connect_ms;
	int64_t transfer_ms;
	int64_t now_s;
	const struct tokens *tokens; /* borrowed; NULL: none */
};

/** Set @easy up for this hop.  0, -ENOMEM. */
MUST_CHECK int transfer_prepare(
	struct transfer *transfer, CURL *easy, const struct transfer_options *options);

/* What the answer means for its host, for pace_ended(). */
struct transfer_report {
	enum pace_end end;
	int64_t retry_at_s;
};

/** libcurl is done with this hop: put what came into the result, but the verdict. */
struct transfer_report transfer_answered(struct transfer *transfer, CURLcode code, int64_t now_s);

/** Judge what transfer_answered() saw, after the pace knows of it.  True: the transfer has ended,
 * with its verdict; false: it goes on with the next hop. */
bool transfer_judge(struct transfer *transfer, struct pace *pace);

/** End it without an answer.  @error: lives as long as the transfer. */
void transfer_end(struct transfer *transfer, enum verdict verdict, const char *error);

#endif
