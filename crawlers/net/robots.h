#ifndef DIRTWATCH_CRAWLERS_NET_ROBOTS_H
#define DIRTWATCH_CRAWLERS_NET_ROBOTS_H

#include "crawlers/source.h"
#include "daemon/base/buf.h"

/* The Robots Exclusion Protocol (RFC 9309).  The file itself is read in the reader, by
 * crawlers/sources/robots.c; main only matches the rules that came out of it. */

/* The product token that groups of rules are addressed to (§2.2.1), and part of our User-Agent. */
#define ROBOTS_TOKEN "dirtwatch"

/** Read the file @bytes[0..@len), anybody's: the rules, in @arena, of all groups that speak to
 * @token; if there are none, of all that speak to "*".  Whatever is no rule is passed over, as is
 * what lies beyond LIMIT_ROBOTS_B.  No rules: everything is allowed.  0, -ENOMEM. */
MUST_CHECK int robots_parse(struct arena *arena, const char *token, const char *bytes, size_t len,
	struct robots_rule **ret, size_t *ret_count);

/** Does the longest matching rule allow @path (with "?query", as in a URL)?  An allow wins over an
 *  equally long disallow; no match allows; "/robots.txt" itself is allowed.  A file so made that an
 *  answer would take more than some 30 ms denies. */
bool robots_allows(const struct robots_rule *rules, size_t count, const char *path);

/* What the answer to a request for robots.txt means (§2.3.1). */
enum robots_meaning {
	ROBOTS_READ,      /* 2xx: the rules are in the body */
	ROBOTS_ALLOW_ALL, /* there is no file: 4xx, or a redirect that leads nowhere */
	ROBOTS_DENY_ALL,  /* it can not be had now: no answer, 5xx, 429 */
};

/** @status: of the last answer; 0: none came. */
enum robots_meaning robots_for_status(int status);

/* Which way robots_normalise() reads "*" and "$". */
enum robots_text {
	ROBOTS_PATTERN, /* "*" and a "$" at the end are special, and stay */
	ROBOTS_PATH,    /* both are themselves, and are encoded */
};

/** Append @text[0..@len) to @out in the one spelling in which octets are compared (§2.2.2, §2.2.3).
 *  At most three times as long.  Returns as buf_add(). */
MUST_CHECK int robots_normalise(
	struct buf *out, const char *text, size_t len, enum robots_text kind);

#endif
