#ifndef DIRTWATCH_CRAWLERS_PARSE_ENTRY_H
#define DIRTWATCH_CRAWLERS_PARSE_ENTRY_H

#include "crawlers/parse/htmltext.h"
#include "crawlers/source.h"
#include "daemon/base/arena.h"
#include "daemon/base/err.h"
#include "daemon/base/post.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a page says of one post, gathered from several kinds of markup before it becomes a post.
 * A field that is zero was not told.  Strings live in the extract's arena.
 */
#define ENTRY_TARGETS  8 /* posts that one answers, passes on or likes */
#define ENTRY_PICTURES 8 /* descriptions of pictures outside the body */

struct entry {
	const GumboNode *node; /* the element it stands in */
	const char *uid;
	const char *url; /* permalink, absolute */
	const char *title;
	const char *author;
	const char *author_url;
	int64_t published_s;
	int64_t updated_s;
	enum post_kind kind;
	bool foreign;          /* by its place somebody else's: a comment, what was passed on */
	bool whole;            /* the body is known to be the whole text */
	bool excerpt;          /* it is known not to be */
	struct html_text body; /* text NULL: not told */
	const char *targets[ENTRY_TARGETS];
	size_t n_targets;
	const char *pictures[ENTRY_PICTURES];
	size_t n_pictures;
};

struct entries {
	struct arena *arena;
	struct entry *items;
	size_t n;
	uint32_t *slots; /* hash table of indices + 1: by URL and by element */
	size_t n_slots;  /* a power of two */
};

/** The entry at @url or, failing that, in the element @node (either may be NULL); NULL: none. */
struct entry *entries_find(struct entries *entries, const char *url, const GumboNode *node);

/** Add what @entry tells: to the entry of the same address or element what that one does not tell
 *  yet, else as a new one.  0, -ENOMEM. */
MUST_CHECK int entries_add(struct entries *entries, const struct entry *entry);

/** True when @title is no more than the beginning of @text ("…" and white space aside). */
bool entry_title_is_text(const char *title, const char *text);

/** Append @entry as a post.  0, -ENOMEM. */
MUST_CHECK int entry_write(const struct entry *entry, struct extract *extract);

#endif
