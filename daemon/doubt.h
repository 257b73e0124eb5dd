#ifndef DIRTWATCH_DAEMON_DOUBT_H
#define DIRTWATCH_DAEMON_DOUBT_H

#include "daemon/gate.h"
#include "daemon/life.h"

/* Findings that a scan did not see any more, or whose post lies outside what the source shows: their
 * permalinks are asked, a few a scan, and 404 or 410 resolves them at once. */
struct doubts;

struct doubt_options {
	struct context *context;
	struct gate *gate;
	struct life *life;
	const struct outcome *outcome; /* of the pages read; used only by doubts_start() */
	const char *trusted_origin;    /* as in struct fetch_request */
};

/* All were asked; @r: 0, or the -errno that ended it early. */
typedef void doubts_done(int r, void *userdata);

enum { DOUBTS_E_NONE = 1 }; /* there is nothing to ask; done is not called */
MUST_CHECK int doubts_start(const struct doubt_options *options, doubts_done *done, void *userdata,
	struct doubts **ret);
/** Frees them; before the end done is never called.  NULL is fine; returns NULL. */
struct doubts *doubts_free(struct doubts *doubts);

#endif
