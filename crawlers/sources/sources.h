#ifndef DIRTWATCH_CRAWLERS_SOURCES_SOURCES_H
#define DIRTWATCH_CRAWLERS_SOURCES_SOURCES_H

#include "crawlers/source.h"

/* What stands in the table of crawlers/source.c. */
extern const struct source source_robots;
extern const struct source source_bluesky;
extern const struct source source_hackernews;
extern const struct source source_github;
extern const struct source source_gitlab;
extern const struct source source_stackexchange;
extern const struct source source_devto;
extern const struct source source_steam;
extern const struct source source_telegram;
extern const struct source source_feed;
extern const struct source source_mastodon;
extern const struct source source_peertube;
extern const struct source source_discourse;
extern const struct source source_lemmy;
extern const struct source source_page;

#endif
