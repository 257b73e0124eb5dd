#ifndef DIRTWATCH_DAEMON_SCAN_NOW_H
#define DIRTWATCH_DAEMON_SCAN_NOW_H

#include "daemon/options.h"

/** --scan-now: the configured profiles, through the running daemon if there is one and no --config says
 *  otherwise, else in this process; or the targets of the command line, in this process, without
 *  touching the store or the journal.  Returns the exit status. */
enum exit_status scan_now(const struct options *options);

#endif
