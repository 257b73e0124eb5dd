#ifndef DIRTWATCH_CRAWLERS_PARSE_STRIP_H
#define DIRTWATCH_CRAWLERS_PARSE_STRIP_H

#include "daemon/base/arena.h"
#include "daemon/base/buf.h"
#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * What a page says without what no reader sees: scripts, styles, vector pictures, comments,
 * templates and the like are half of the bytes and most of the parser's time.  One pass, linear
 * in the input whatever it holds.
 */
struct strip_span {
	const char *at; /* into the input */
	size_t len;
};

struct stripped {
	struct strip_span
		*jsonld; /* contents of <script type="application/ld+json">, in the arena */
	size_t n_jsonld;
	bool noscript; /* there was a <noscript> */
	bool scripts;  /* there was a script other than JSON-LD */
};

/** Append @html[0..@len) (a stranger's) to @out without those parts.  The tokens of what remains
 * are the tokens that an HTML parser sees there. Returns 0, BUF_E_FULL (the ceiling of @out),
 * -ENOMEM. */
MUST_CHECK int strip_html(
	struct arena *arena, const char *html, size_t len, struct buf *out, struct stripped *ret);

#endif
