#ifndef DIRTWATCH_CRAWLERS_PARSE_XML_H
#define DIRTWATCH_CRAWLERS_PARSE_XML_H

#include "daemon/base/buf.h"
#include "daemon/base/err.h"

#include <stddef.h>

/*
 * XML from strangers, through expat, one event after another; nothing is held but the stack of name
 * spaces.  Feeds in the wild are often not quite XML, so the bytes are tidied first (xml_tidy()).
 * No external entity is ever looked for, and a document that declares entities of its own is
 * refused.
 *
 * Names are "space:local", where space is our own word for a name space that feeds use, whatever
 * prefix the document gave it ("atom:entry", "dc:creator", "content:encoded"; see xml.c), the
 * document's prefix for any other, and absent ("item") without one and for all of RSS.
 * Names of attributes are as written.
 */

enum {
	XML_E_BAD = 1, /* not well-formed */
	XML_E_CUT,     /* the document ends in the middle, or is empty */
	XML_E_DEEP,    /* nested beyond LIMIT_XML_DEPTH */
	XML_E_ENTITY,  /* declares entities */
};

/* Strings live until the handler returns.  A handler returns 0, or -errno to end the parse. */
struct xml_events {
	/* @attrs: name, value, name, value, …, NULL */
	int (*start)(void *userdata, const char *name, const char *const *attrs);
	int (*end)(void *userdata, const char *name);
	/* One run of text may come in pieces. */
	int (*text)(void *userdata, const char *text, size_t len);
};

/** Parse @bytes, whose charset its byte order mark, @content_type (NULL: none) or XML declaration
 *  names.  What stands behind the end of the root element is not looked at.
 *  Returns 0, XML_E_* after the events up to there, or -errno (a handler's, -ENOMEM). */
MUST_CHECK int xml_read(const void *bytes, size_t len, const char *content_type,
	const struct xml_events *events, void *userdata);

/** The value of the attribute @name; NULL: not there. */
const char *xml_attr(const char *const *attrs, const char *name);

/** Append @text (well-formed UTF-8 without NUL) to @out with its usual slips mended: XML
 * declaration and comments left out, HTML's named entities written as characters, a bare "&" or "<"
 * escaped, characters that XML forbids replaced by U+FFFD.  CDATA sections stay as they are but for
 * those.
 *  @out may grow to five times @len.  0, BUF_E_FULL, -ENOMEM. */
MUST_CHECK int xml_tidy(struct buf *out, const char *text, size_t len);

/** The code point of HTML 4's entity @name[0..@len) ("eacute"); 0: no such. */
unsigned xml_entity(const char *name, size_t len);

#endif
