#ifndef DIRTWATCH_CRAWLERS_SOURCES_BLUESKY_H
#define DIRTWATCH_CRAWLERS_SOURCES_BLUESKY_H

#include "crawlers/sources/api.h"

/* Inside of the source "bluesky": one item of an author's feed to a post. */

struct bluesky_owner {
	const char *did;
	const char *pinned; /* URI of the pinned post; "": none */
};

/** True when @item is an app.bsky.feed.defs#feedViewPost. */
bool bluesky_is_item(const json_t *item);

/** Append @item as a post.  0, -ENOMEM. */
MUST_CHECK int bluesky_write_item(
	const json_t *item, const struct bluesky_owner *owner, struct extract *extract);

#endif
