#ifndef DIRTWATCH_BASE_TEXT_H
#define DIRTWATCH_BASE_TEXT_H

#include "daemon/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Spans of UTF-8 and what may be shown of a stranger's text. */

/** Decode the character at @text[0..@len), len > 0.  Returns its length in bytes (1–4) and writes
 *  it to *@ret; for a malformed byte returns 1 and U+FFFD.  Any bytes are fine. */
size_t text_decode(const char *text, size_t len, uint32_t *ret);

/** Encode @c (a scalar value; anything else is written as U+FFFD) into @out[4].  Returns its length. */
size_t text_encode(uint32_t c, char out[4]);

/** True when @text[0..@len) is well-formed UTF-8 (RFC 3629) without NUL. */
bool text_valid(const char *text, size_t len);

/** Append @bytes as valid UTF-8 without NUL to @out: each malformed byte and each NUL becomes
 *  U+FFFD.  Returns 0, BUF_E_FULL (what fitted stays) or -ENOMEM. */
MUST_CHECK int text_repair(struct buf *out, const char *bytes, size_t len);

/** The longest prefix of @text[0..@len) that is at most @max bytes and ends between characters. */
size_t text_cut(const char *text, size_t len, size_t max);

/** Append @text so that a terminal, a log or the journal shows it and obeys none of it: control
 *  characters (C0, C1, DEL), bidirectional overrides and isolates, and line and paragraph
 *  separators are written as \n, \t, \x1b or \u202e.  One line comes out.  Returns as text_repair(). */
MUST_CHECK int text_clean(struct buf *out, const char *text, size_t len);

struct excerpt {
	size_t start; /* of the hit, in the text; then, on 0, in what was appended */
	size_t end;
	size_t max_b; /* of what is appended */
};

/** Append what stands around @excerpt's hit in @text, cleaned as text_clean() does (but with spaces
 *  for line feeds and tabs), with "…" where something was left out, cut between characters and,
 *  where it can, between words.  Returns as text_repair(). */
MUST_CHECK int text_excerpt(struct buf *out, const char *text, size_t len, struct excerpt *excerpt);

#endif
