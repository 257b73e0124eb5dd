#ifndef DIRTWATCH_DAEMON_CLOCK_WATCH_H
#define DIRTWATCH_DAEMON_CLOCK_WATCH_H

#include "daemon/base/err.h"

#include <systemd/sd-event.h>

/*
 * Tells when the machine's wall clock was set.  Timers on CLOCK_REALTIME follow a clock that is set
 * forward by themselves; one that is set back leaves them waiting for a time that may be years away.
 */
struct clock_watch;

typedef void clock_was_set(void *userdata);

/** Call @tell, from the loop, each time.  0, -errno. */
MUST_CHECK int clock_watch_new(
	sd_event *event, clock_was_set *tell, void *userdata, struct clock_watch **ret);
struct clock_watch *clock_watch_free(struct clock_watch *watch); /* NULL is fine; returns NULL */

#endif
