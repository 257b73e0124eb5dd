#ifndef DIRTWATCH_CRAWLERS_NET_URL_H
#define DIRTWATCH_CRAWLERS_NET_URL_H

#include "daemon/base/arena.h"
#include "daemon/base/err.h"

#include <stdbool.h>

/*
 * URLs, through libcurl's CURLU so that what is checked is what is fetched.  Input may be a
 * stranger's.  Spellings that libcurl and browsers read differently ("http:/x", "1.2.3.08") are
 * refused, so that nobody is led to a host that a person would not have read in the link.
 */

enum { URL_E_BAD = 1 }; /* not an absolute http(s) URL, or longer than LIMIT_URL_B */

/* The parts of a URL that decisions hang on; strings live in the arena given to url_parse(). */
struct url {
	const char *whole;  /* normalised: scheme and host lower case, no default port, no fragment,
			     * dot segments removed, other letters percent-encoded or punycode */
	const char *scheme; /* "http" or "https" */
	const char *host;   /* lower case, IPv6 in brackets, without a dot at the end */
	int port;           /* the default one where none is written */
	const char *path;   /* starts with "/" */
	const char *query;  /* without "?"; NULL: none */
	const char *origin; /* "https://host" or "https://host:8443" */
};

/** Parse an absolute http(s) URL.  User names and passwords in it are refused.
 *  Returns 0, URL_E_BAD, -ENOMEM. */
MUST_CHECK int url_parse(struct arena *arena, const char *text, struct url *ret);

/** Resolve @reference (from a page) against the absolute @base (RFC 3986 §5).
 *  *@ret is absolute, http(s), normalised, without fragment, in @arena.
 *  Returns as url_parse(). */
MUST_CHECK int url_resolve(
	struct arena *arena, const char *base, const char *reference, const char **ret);

/** True when both have the same scheme, host and port. */
bool url_same_origin(const struct url *a, const struct url *b);

/** True when @host is @domain or lies below it ("www.globex.example" in "globex.example").
 *  Both lower case. */
bool url_host_in(const char *host, const char *domain);

/** @text percent-encoded for use as one query value, in @arena; NULL: no memory. */
const char *url_escape(struct arena *arena, const char *text);

#endif
