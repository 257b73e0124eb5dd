#ifndef DIRTWATCH_CONFIG_ADDRESS_H
#define DIRTWATCH_CONFIG_ADDRESS_H

#include "daemon/base/arena.h"

#include <stdbool.h>

/* Web addresses as people write them, checked through libcurl's CURLU so that what is accepted is
 * what can be fetched.  Nothing here asks the network. */

enum { ADDRESS_E_BAD = 1 }; /* *reterr_why is one sentence for the person, in @arena or static */

/** An absolute http(s) URL without user name: scheme and host lower case, other letters in the host
 *  as punycode, no default port, no fragment.  Returns 0, ADDRESS_E_BAD, -ENOMEM. */
MUST_CHECK int address_url(
	struct arena *arena, const char *text, const char **ret, const char **reterr_why);

/** A profile: a URL, or a fediverse account "@user@host", which becomes https://host/@user.
 *  Returns as address_url(). */
MUST_CHECK int address_profile(
	struct arena *arena, const char *text, const char **ret, const char **reterr_why);

/** True when @text is written as an account and not as a URL: it begins with "@". */
bool address_is_account(const char *text);

/** A domain name with a dot in it: lower case, punycode, without "www." and a dot at the end.
 *  Returns as address_url(). */
MUST_CHECK int address_domain(
	struct arena *arena, const char *text, const char **ret, const char **reterr_why);

#endif
