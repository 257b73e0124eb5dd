#ifndef DIRTWATCH_CRAWLERS_PARSE_CHARSET_H
#define DIRTWATCH_CRAWLERS_PARSE_CHARSET_H

#include "daemon/base/buf.h"
#include "daemon/base/err.h"

#include <stddef.h>

/* Bytes of a page to UTF-8, by the rules that browsers follow (WHATWG Encoding, HTML §13.2.3). */

/* What the bytes are: it decides where else than in byte order mark and HTTP header the encoding
 * may be declared, and what is taken when nothing declares it. */
enum charset_hint {
	CHARSET_HTML, /* <meta> in the first 64 KiB; else UTF-8 when it is that, else windows-1252
		       */
	CHARSET_XML,  /* the XML declaration; else UTF-8 */
	CHARSET_TEXT, /* nothing (JSON, plain text): UTF-8 when it is that, else windows-1252 */
};

/** Append @bytes[0..@len) (anybody's) to @out as well-formed UTF-8 without NUL and without a byte
 *  order mark; what is malformed becomes U+FFFD.  @content_type: the header's value, or NULL.
 *  *@ret_name (may be NULL): the encoding's WHATWG name, static.
 *  Returns 0, BUF_E_FULL or -ENOMEM; @out may then hold a part. */
MUST_CHECK int charset_to_utf8(const char *content_type, const void *bytes, size_t len,
	enum charset_hint hint, struct buf *out, const char **ret_name);

/** The encoding that charset_to_utf8() would take; static, never NULL. */
const char *charset_detect(
	const char *content_type, const void *bytes, size_t len, enum charset_hint hint);

/** The encoding that @label[0..@len) stands for, in any case and with white space around it;
 * static; NULL: no such label, or the encoding "replacement", which decodes to nothing. */
const char *charset_of_label(const char *label, size_t len);

/** Load every converter.  They are files: a process that will have none any more calls this before
 *  it locks itself up.  0, or -errno when one is missing. */
MUST_CHECK int charset_prepare(void);

#endif
