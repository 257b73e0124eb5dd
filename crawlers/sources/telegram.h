#ifndef DIRTWATCH_CRAWLERS_SOURCES_TELEGRAM_H
#define DIRTWATCH_CRAWLERS_SOURCES_TELEGRAM_H

#include "crawlers/parse/dom.h"
#include "crawlers/sources/api.h"

/* Inside of the source "telegram": one message of a channel's web preview to a post. */

/** True for the element of a message. */
bool telegram_is_message(const GumboNode *node);

/** Append the message at @node, if it is one of the channel @name and somebody wrote it.
 *  *@ret_known: it is one of the channel, with its time.  0, -ENOMEM. */
MUST_CHECK int telegram_write_message(struct dom *dom, const GumboNode *node, const char *name,
	struct extract *extract, bool *ret_known);

#endif
