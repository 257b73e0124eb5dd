#ifndef DIRTWATCH_DAEMON_PROGRESS_H
#define DIRTWATCH_DAEMON_PROGRESS_H

#include "daemon/fleet.h"

/* One line on a terminal that says what a scan is doing, redrawn a few times a second. */
struct progress;

/** Show @fleet's progress on standard error from now on.  0, -errno. */
MUST_CHECK int progress_new(sd_event *event, const struct fleet *fleet, struct progress **ret);

/** Wipe the line.  NULL is fine; returns NULL. */
struct progress *progress_free(struct progress *progress);

#endif
