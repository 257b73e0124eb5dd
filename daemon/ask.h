#ifndef DIRTWATCH_DAEMON_ASK_H
#define DIRTWATCH_DAEMON_ASK_H

#include "daemon/gate.h"

/*
 * Ask for a URL as a polite visitor does: robots.txt first (gate.h), then the page (fetch.h), and where a
 * redirect leads to a site whose robots.txt is not known, that one before it is followed.
 */
struct ask;

/** @request is copied; its obey_robots is set here, from its accept.  @done gets what fetch_get() would give,
 *  or a result with the gate's verdict and its reason in error.  Called from the event loop, never from inside
 *  ask_start().  0, -errno. */
MUST_CHECK int ask_start(struct gate *gate, const struct fetch_request *request, fetch_done *done,
	void *userdata, struct ask **ret);

/** Drop it without calling back.  NULL is fine; returns NULL. */
struct ask *ask_cancel(struct ask *ask);

#endif
