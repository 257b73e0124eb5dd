#ifndef DIRTWATCH_DAEMON_RECORD_H
#define DIRTWATCH_DAEMON_RECORD_H

#include "daemon/events.h"
#include "daemon/standing.h"
#include "daemon/tally.h"

/*
 * From readings to the store.  What the pages of one scan show is gathered first and recorded at the end, in
 * one transaction, because a post may be seen on several of them: cut short in a list, whole in a feed.  Of
 * the versions of one permalink the longest stands for the post.  A scan that is cut off before its end leaves
 * everything as it was.
 */
struct record;

struct record_options {
	struct store *store;
	struct life *life;
	const struct ruleset *ruleset;
	struct sink sink;
	const char *profile; /* URL; borrowed */
};

/** 0, -ENOMEM. */
MUST_CHECK int record_new(const struct record_options *options, struct record **ret);
struct record *record_free(struct record *record); /* NULL is fine; returns NULL */

/* Which page it is. */
struct page_name {
	const char *key;  /* what it is remembered under: frontier_key() */
	const char *list; /* how findings of its posts name their list: daemon/history.h */
	const char *side; /* how findings of its interactions do */
};

/** Gather @reading, a proven reading of the page @name, and count it into @tally.  @page: what is to be
 *  remembered of it for next time, verdict and counts filled in here; NULL: nothing may be remembered.  What
 *  is handed in is copied.  0, -ENOMEM. */
MUST_CHECK int record_page(struct record *record, const struct page_name *name,
	const struct reading *reading, const struct page_memory *page, struct tally *tally);

/** Gather that the page @name is as it was, as @page remembers it; @standing is what it stood for. */
MUST_CHECK int record_unchanged(struct record *record, const struct page_name *name,
	const struct page_memory *page, const struct standing *standing, struct tally *tally);

/** Store all that was gathered, tell the sink of the posts, and take from @tally what was counted twice.
 *  0, -errno: nothing was stored. */
MUST_CHECK int record_commit(struct record *record, struct tally *tally);

#endif
