#ifndef DIRTWATCH_DAEMON_GATE_H
#define DIRTWATCH_DAEMON_GATE_H

#include "daemon/context.h"

/*
 * May this URL be fetched?  Asks the site's robots.txt first where it is not known (RFC 9309): it is
 * fetched once a day and origin, read by the reader like any page, and kept by the pace.  Routes that
 * are made for programs (crawlers/net/accept.h) are not asked about.
 */
struct gate;

MUST_CHECK int gate_new(struct context *context, struct gate **ret);
/** Open questions are dropped without an answer.  NULL is fine. */
struct gate *gate_free(struct gate *gate);

/** Its context, as given to gate_new(). */
struct context *gate_context(const struct gate *gate);

/** Is robots.txt asked about at all for what @accept names? */
bool gate_applies(enum accept accept);

/* OK: go ahead.  ROBOTS_DENIED, or what kept us from reading robots.txt (NETWORK_ERROR, SERVER_ERROR,
 * RATE_LIMITED …) with @why and, where told, @retry_at_s.  Called from the event loop, never from
 * inside gate_ask(). */
typedef void gate_answer(enum verdict verdict, const char *why, int64_t retry_at_s, void *userdata);

struct question;
struct gate_request {
	const char *url;
	const char *trusted_origin; /* as in struct fetch_request */
	enum accept accept;
};
/** Ask.  Strings are copied.  0, -errno. */
MUST_CHECK int gate_ask(struct gate *gate, const struct gate_request *request, gate_answer *answer,
	void *userdata, struct question **ret);
/** Drop a question that was not answered yet. */
void gate_drop(struct question *question);

#endif
