#ifndef DIRTWATCH_CRAWLERS_SOURCES_FEED_H
#define DIRTWATCH_CRAWLERS_SOURCES_FEED_H

#include "crawlers/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Inside of the source "feed": what a feed says, as it says it, in one shape for all of its
 * formats.
 *
 *     feed_xml_read(), feed_json_read()   bytes  →  struct feed    feed_xml.c, feed_json.c
 *     feed_write()                        struct feed  →  posts    feed_post.c
 *
 * Strings are in the arena, a stranger's, valid UTF-8; NULL: not told.  URLs are absolute.
 */
struct feed_text {
	const char *text; /* NULL: not told */
	size_t len;
	bool html;
};

struct feed_item {
	struct feed_text title;
	struct feed_text content; /* the whole of it */
	struct feed_text summary;
	struct feed_text *captions; /* descriptions of pictures and films */
	size_t n_captions;
	const char *id;
	const char *link;
	const char *author; /* the name in it, where it is "mail (name)" or the like */
	const char *lang;
	const char *base; /* what its relative URLs stand to */
	bool reply;
	int64_t published_s;
	int64_t updated_s;
};

struct feed {
	const char *kind; /* "RSS", "RDF", "Atom", "JSON Feed"; NULL: this is no feed */
	bool is_page;     /* but a web page */
	struct feed_text title;
	struct feed_text about;
	const char *link;
	const char *author;
	const char *photo; /* the feed's picture; of its owner only where a platform says so */
	const char *lang;
	const char *base;   /* what the relative URLs of title and about stand to */
	const char *next;   /* where more of it is */
	int64_t total;      /* posts there are, as it says; -1 */
	bool complete;      /* it says that it holds all there are (RFC 5005 §2) */
	bool channel;       /* what describes the feed itself was there */
	bool cut;           /* LIMIT_POSTS, or a text beyond LIMIT_HTML_B */
	const char *broken; /* where its end should be: why there is no more, one sentence */
	struct feed_item *items;
	size_t n_items;
};

/* Subject of a feed that stands in for an API which answered "log in first": that there is no such
 * feed then does not mean that there is no such account. */
#define FEED_OF_CLOSED "closed"

#define FEED_INIT ((struct feed){.total = -1})

/** Read a feed in XML, or in JSON, from @page.  0 with *@feed filled as far as it could be read
 * (see kind and broken), -ENOMEM. */
MUST_CHECK int feed_xml_read(struct arena *arena, const struct page *page, struct feed *feed);
MUST_CHECK int feed_json_read(struct arena *arena, const struct page *page, struct feed *feed);

/** Read @page in whichever format, and judge it: @extract gets verdict, why and, of a feed that breaks
 *  off, what is missing; nothing else, so that a platform's own source can put right what the feed
 *  says before feed_write().
 *  0 with *@feed filled, -ENOMEM. */
MUST_CHECK int feed_open(const struct page *page, struct extract *extract, struct feed *feed);

/* Pages of a feed whose addresses are counted: a server that does not count sends the first page again
 * and again, so each page is asked for with the number and the first item of the one before. */
struct feed_part {
	long number;       /* of the page, from 1 */
	const char *first; /* of the page before: link or id of its first item; "": none */
};

/** Read and write the subject of such a page.  0, -ENOMEM. */
MUST_CHECK int feed_part_read(struct arena *arena, const char *subject, struct feed_part *ret);
MUST_CHECK int feed_part_write(struct arena *arena, const struct feed *feed,
	const struct feed_part *place, const char **ret);
/** True when @feed is the page before @place, or has nothing: it was the last one. */
bool feed_ends(const struct feed *feed, const struct feed_part *place);

/** Append an item.  *@ret NULL past LIMIT_POSTS, and feed->cut is set.  0, -ENOMEM. */
MUST_CHECK int feed_add_item(struct arena *arena, struct feed *feed, struct feed_item **ret);

/** Write facts and posts of @feed to @extract; it sets no verdict.  0, -ENOMEM. */
MUST_CHECK int feed_write(const struct feed *feed, struct extract *extract);

/** The feed of the profile at @url on a platform that shows its posts in a feed.  0 with *@ret NULL
 *  for any other URL, -ENOMEM. */
MUST_CHECK int feed_of_platform(struct arena *arena, const struct url *url, const char **ret);

#endif
