#ifndef DIRTWATCH_CRAWLERS_SOURCES_SOURCES_H
#define DIRTWATCH_CRAWLERS_SOURCES_SOURCES_H

#include "crawlers/source.h"

/* The table of all sources: X(NAME) is source_NAME, in crawlers/sources/NAME.c, with its fixtures in
 * tests/fixtures/NAME.  The most particular first: the first one that claims a profile gets it.
 * "robots" claims none and "page" every one. */
/* clang-format off */
#define SOURCES(X)       \
	X(robots)        \
	X(bluesky)       \
	X(hackernews)    \
	X(github)        \
	X(gitlab)        \
	X(stackexchange) \
	X(devto)         \
	X(steam)         \
	X(telegram)      \
	X(wordpresscom)  \
	X(wordpress)     \
	X(reddit)        \
	X(youtube)       \
	X(blogger)       \
	X(tumblr)        \
	X(medium)        \
	X(substack)      \
	X(microblog)     \
	X(ghost)         \
	X(linkedin)      \
	X(closed)        \
	X(feed)          \
	X(mastodon)      \
	X(webfinger)     \
	X(nodeinfo)      \
	X(activitypub)   \
	X(misskey)       \
	X(peertube)      \
	X(discourse)     \
	X(lemmy)         \
	X(page)
/* clang-format on */

#define SOURCE_DECLARED(name) extern const struct source source_##name;
SOURCES(SOURCE_DECLARED)

#endif
