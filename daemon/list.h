#ifndef DIRTWATCH_DAEMON_LIST_H
#define DIRTWATCH_DAEMON_LIST_H

#include "daemon/options.h"

/** --list: the findings that stand, from the store, beside a running daemon or without one. */
enum exit_status list_findings(const struct options *options);

/** --explain ID: everything about one finding or one rule. */
enum exit_status list_explain(const struct options *options);

#endif
