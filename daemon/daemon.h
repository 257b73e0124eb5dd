#ifndef DIRTWATCH_DAEMON_DAEMON_H
#define DIRTWATCH_DAEMON_DAEMON_H

#include "daemon/options.h"

/** The daemon, in the foreground: Type=notify with watchdog; SIGHUP reloads, SIGUSR1 scans everything
 *  now, SIGTERM and SIGINT stop.  Returns the exit status. */
enum exit_status daemon_run(const struct options *options);

#endif
