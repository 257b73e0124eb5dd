#ifndef DIRTWATCH_DAEMON_CONTEXT_H
#define DIRTWATCH_DAEMON_CONTEXT_H

#include "config/config.h"
#include "crawlers/net/fetch.h"
#include "crawlers/net/pace.h"
#include "crawlers/net/token.h"
#include "daemon/alert.h"
#include "daemon/base/clock.h"
#include "daemon/base/limits.h"
#include "daemon/paths.h"
#include "daemon/reader.h"
#include "daemon/store.h"
#include "patterns/ruleset.h"

#include <systemd/sd-event.h>

/*
 * What every scan stands on, started in order and stopped in reverse.  The daemon and --scan-now use
 * the same; a scan borrows it and owns nothing of it.
 */
struct context {
	const struct options *options;
	struct paths paths;
	struct arena *arena; /* of the paths */
	const struct clock *clock;
	sd_event *event;
	struct config *config;
	struct ruleset *ruleset; /* the catalogue: it can name findings, not score */
	struct walls *walls;
	struct digest digest;   /* of rules and walls */
	struct tokens *tokens;  /* the person's, for platforms */
	const char **rule_args; /* what makes a reader load the same */
	struct store *store;
	struct pace *pace;
	struct fetch *fetch;
	struct reader *reader;
	struct alert_sender *alerts; /* NULL with in_memory */
	bool in_memory; /* scans of targets named on the command line leave nothing behind */
};

/** Start everything.  What goes wrong is told on standard error.  0; CONTEXT_E_CONFIG: config or rules
 *  are bad; CONTEXT_E_BUSY: another dirtwatch holds the store; -errno.  On failure @context is as if
 *  context_stop() had been called. */
enum { CONTEXT_E_CONFIG = 1, CONTEXT_E_BUSY };
MUST_CHECK int context_start(
	struct context *context, const struct options *options, bool in_memory);
void context_stop(struct context *context); /* zeroed or half-started is fine */

/** Store when each host may be asked again, so that it is known after a crash too. */
void context_keep_hosts(const struct context *context);

/* Config, rules, walls and tokens as they are on disk now, not in use yet. */
struct fresh {
	struct config *config;
	struct ruleset *ruleset;
	struct walls *walls;
	struct digest digest;
	struct tokens *tokens;
};

/** Read them anew.  0: hand @ret to context_replace(); CONTEXT_E_CONFIG: told; -errno. */
MUST_CHECK int context_prepare(const struct context *context, struct fresh *ret);

/** Put @fresh, which is taken over, in the place of what was loaded before, with fresh readers and a
 *  fresh fetcher.  Nothing may hold on to the old ones: no scan is running.  0; -errno: @context can
 *  only be stopped. */
MUST_CHECK int context_replace(struct context *context, const struct fresh *fresh);

#endif
