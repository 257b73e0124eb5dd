#ifndef DIRTWATCH_PATTERNS_REGEX_H
#define DIRTWATCH_PATTERNS_REGEX_H

#include "daemon/base/buf.h"
#include "patterns/view.h"

/* PCRE2 behind our limits: interpreted (the process may not make memory executable), every match
 * bounded in steps, depth and memory. */
struct regex;

enum {
	REGEX_CASED = 1 << 0,     /* upper and lower case differ; else they do not */
	REGEX_MULTILINE = 1 << 1, /* ^ and $ at lines */
	REGEX_EXTENDED = 1 << 2,  /* blanks and # comments in the expression are ignored */
	REGEX_DOTALL = 1 << 3,    /* . matches a line's end too */
};

enum { REGEX_E_SYNTAX = 1, REGEX_E_NONE, REGEX_E_LIMIT };

/** Compile @pattern, valid UTF-8.  Returns 0; REGEX_E_SYNTAX with PCRE2's sentence in @reterr and
 * the byte in *@ret_at; -ENOMEM. */
MUST_CHECK int regex_compile(const char *pattern, unsigned flags, struct regex **ret,
	struct buf *reterr, size_t *ret_at);
struct regex *regex_free(struct regex *regex); /* NULL is fine; returns NULL */

/* What one thread needs to match. */
struct matcher;
MUST_CHECK int matcher_new(struct matcher **ret); /* 0, -ENOMEM */
struct matcher *matcher_free(struct matcher *matcher);

/** Set the steps that one match may take for texts of @len bytes: the longer, the fewer, so that a
 *  text costs no more than its length. */
void matcher_fit(struct matcher *matcher, size_t len);

/** The first match at or after byte @from of @text[0..@len); @text is a stranger's, valid UTF-8.
 *  Empty matches are passed over.  Returns 0 with *@ret set; REGEX_E_NONE; REGEX_E_LIMIT (gave up);
 *  -ENOMEM. */
MUST_CHECK int regex_find(const struct regex *regex, struct matcher *matcher, const char *text,
	size_t len, size_t from, struct span *ret);

/** The same for a match that begins at @at and nowhere else. */
MUST_CHECK int regex_match_at(const struct regex *regex, struct matcher *matcher, const char *text,
	size_t len, size_t at, struct span *ret);

#endif
