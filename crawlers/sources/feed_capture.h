#ifndef DIRTWATCH_CRAWLERS_SOURCES_FEED_CAPTURE_H
#define DIRTWATCH_CRAWLERS_SOURCES_FEED_CAPTURE_H

#include "crawlers/sources/feed_fields.h"
#include "daemon/base/buf.h"

#include <stdbool.h>

/* The text of one element of a feed, gathered from the parser's events: escaped HTML, elements in
 * line (xhtml, or HTML that nobody escaped), base64, or plain. */
struct feed_capture {
	struct buf text;
	bool html;
	bool base64;
	bool absent;    /* what is in the element is no text, or elsewhere */
	bool marked_up; /* there were elements: text is HTML, with "<" and "&" escaped */
	bool cut;       /* some capture so far did not fit; never reset */
};

/** A new text, in an element with @attrs. */
void feed_capture_begin(
	struct feed_capture *capture, enum feed_markup markup, const char *const *attrs);

/** Text, and elements, in it.  0, -ENOMEM. */
MUST_CHECK int feed_capture_text(struct feed_capture *capture, const char *text, size_t len);
MUST_CHECK int feed_capture_tag(
	struct feed_capture *capture, const char *name, const char *const *attrs);
MUST_CHECK int feed_capture_end_tag(struct feed_capture *capture, const char *name);

/** It is whole: decoded and without white space at its ends in capture->text; capture->html says
 * how to read it.  0, -ENOMEM. */
MUST_CHECK int feed_capture_end(struct feed_capture *capture);

/** True when @text ends in @end, in any case. */
bool feed_ends_in(const char *text, const char *end);
/** @name without the name space. */
const char *feed_local_name(const char *name);

#endif
