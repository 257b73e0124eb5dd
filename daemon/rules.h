#ifndef DIRTWATCH_DAEMON_RULES_H
#define DIRTWATCH_DAEMON_RULES_H

#include "crawlers/walls.h"
#include "daemon/paths.h"
#include "patterns/ruleset.h"

/* Config, rules and walls as every role of the program loads them, so that main and reader hold the
 * same. */

/** The config at paths->config, or the built-in defaults where there is none.
 *  0, CONFIG_E_BAD (see problems), -errno. */
MUST_CHECK int rules_config(
	const struct paths *paths, struct problems *problems, struct config **ret);

/* What for, and so what is told of them. */
enum rules_use {
	RULES_TO_NAME,  /* a catalogue: what main needs */
	RULES_TO_SCORE, /* all of them, with all their problems */
	RULES_TO_READ,  /* as TO_SCORE, beside a main that has told what a catalogue shows */
};

/** The shipped rules, then the person's own patterns.d, then the config's folders.  0, RULESET_E_BAD, -errno. */
MUST_CHECK int rules_load(const struct paths *paths, const struct config *config,
	enum rules_use use, struct problems *problems, struct ruleset **ret);

/** The shipped walls and the person's own.  0, WALLS_E_BAD (see problems), -ENOMEM. */
MUST_CHECK int rules_walls(
	const struct paths *paths, struct problems *problems, struct walls **ret);

/** A digest of all that says how a page is read: two processes with equal ones read alike, and a page
 *  that was read under another one has to be read again.  0, -ENOMEM. */
MUST_CHECK int rules_digest(
	const struct ruleset *ruleset, const struct walls *walls, struct digest *ret);

#endif
