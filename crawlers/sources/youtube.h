#ifndef DIRTWATCH_CRAWLERS_SOURCES_YOUTUBE_H
#define DIRTWATCH_CRAWLERS_SOURCES_YOUTUBE_H

#include "crawlers/source.h"

/* What the two ways to a channel share: youtube.c (its page and feed, for anybody) and youtube_api.c (the
 * Data API, for who has a key). */

enum youtube_step {
	YOUTUBE_CHANNEL, /* its page */
	YOUTUBE_ABOUT,   /* the same, beside the feed */
	YOUTUBE_FEED,
	YOUTUBE_CONFIRM, /* its page, because the feed is not there */
	YOUTUBE_API_CHANNEL,
	YOUTUBE_API_FILMS,
};

#define YOUTUBE_SITE "https://www.youtube.com"

/* "UC" and 22 characters of base64 for the web. */
#define YOUTUBE_ID_LEN 24

/* How an address names a channel: by its number, a handle, or one of the ways of older days. */
enum youtube_way { YOUTUBE_BY_ID, YOUTUBE_BY_HANDLE, YOUTUBE_BY_CUSTOM, YOUTUBE_BY_USER };

/** Ask the API for the channel called @name[0..@len).  False: the API does not know that @way.
 *  0 with *@ret_known, -ENOMEM. */
MUST_CHECK int youtube_api_first(struct arena *arena, enum youtube_way way, const char *name,
	int len, struct follow *ret, bool *ret_known);

/** Read an answer of the API.  0, -ENOMEM. */
MUST_CHECK int youtube_api_read(const struct page *page, struct extract *extract);

#endif
