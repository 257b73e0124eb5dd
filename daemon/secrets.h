#ifndef DIRTWATCH_DAEMON_SECRETS_H
#define DIRTWATCH_DAEMON_SECRETS_H

#include "config/config.h"
#include "crawlers/net/token.h"

/*
 * Where the person's tokens come from: systemd's credentials (LoadCredential=, by the names of
 * config/tokens.h) and the files that the config names.  Only main reads them, and once it has one it
 * can neither be dumped nor traced by others of its user.
 */

/** Read all tokens.  What is wrong with a file goes to @problems, at the place in the config that names
 *  it, and never shows what is in it.  0 with *@ret (perhaps none in it); SECRETS_E_BAD; -ENOMEM. */
enum { SECRETS_E_BAD = 1 };
MUST_CHECK int secrets_read(
	const struct config *config, struct problems *problems, struct tokens **ret);

/** Their names with ", " between them, for people; "" for none.  0, -ENOMEM. */
MUST_CHECK int secrets_names(const struct tokens *tokens, struct buf *out);

#endif
