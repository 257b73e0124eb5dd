#ifndef DIRTWATCH_CRAWLERS_SOURCES_SOURCES_H
#define DIRTWATCH_CRAWLERS_SOURCES_SOURCES_H

#include "crawlers/source.h"

/* What stands in the table of crawlers/source.c. */
#define SOURCE extern const struct source __attribute__((weak))

SOURCE source_mastodon;
SOURCE source_feed;
SOURCE source_page;
SOURCE source_robots;

bool wall_detect(const struct page *page, struct extract *extract) __attribute__((weak));

#endif
