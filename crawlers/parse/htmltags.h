#ifndef DIRTWATCH_CRAWLERS_PARSE_HTMLTAGS_H
#define DIRTWATCH_CRAWLERS_PARSE_HTMLTAGS_H

#include "crawlers/parse/dom.h"

#include <stdbool.h>
#include <stddef.h>

/* What an element does to the text around it; part of htmltext.c. */
enum html_effect {
	HTML_INLINE,
	HTML_LINE,      /* stands on lines of its own */
	HTML_PARAGRAPH, /* is parted from the rest by a blank line */
	HTML_HIDDEN,    /* not shown, or not text: form controls, embedded players */
};

/** By its tag alone.  @node is an element. */
enum html_effect html_effect(const GumboNode *node);

/** True when @node has one of the @count classes. */
bool html_has_class_of(const GumboNode *node, const char *const *classes, size_t count);

/** True when the style attribute @style (may be NULL) sets @property to a value that begins so. */
bool html_style_sets(const char *style, const char *property, const char *value);

#endif
