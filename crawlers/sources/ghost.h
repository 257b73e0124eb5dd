#ifndef DIRTWATCH_CRAWLERS_SOURCES_GHOST_H
#define DIRTWATCH_CRAWLERS_SOURCES_GHOST_H

#include "crawlers/source.h"

/** The feed of the author, or the site, whose page of a Ghost is at @url.  0, -ENOMEM. */
MUST_CHECK int ghost_feed(struct arena *arena, const struct url *url, struct follow *ret);

#endif
