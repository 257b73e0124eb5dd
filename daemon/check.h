#ifndef DIRTWATCH_DAEMON_CHECK_H
#define DIRTWATCH_DAEMON_CHECK_H

#include "daemon/options.h"

/* The jobs that need neither network nor store.  Each returns the exit status. */

/** --check: score a draft, the person's own text, in this process. */
enum exit_status check_draft(const struct options *options);

/** --check-config: everything that is wrong with the config, and what of it is not used yet. */
enum exit_status check_config(const struct options *options);

/** --test-patterns: the tests that stand in the rules, through the whole engine. */
enum exit_status check_patterns(const struct options *options);

#endif
