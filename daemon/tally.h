#ifndef DIRTWATCH_DAEMON_TALLY_H
#define DIRTWATCH_DAEMON_TALLY_H

#include "crawlers/source.h"
#include "daemon/base/buf.h"
#include "daemon/life.h"

/* What one scan of one profile proved, summed up over its pages. */
struct tally {
	enum verdict failed; /* the first page that had to be read and was not; VERDICT_OK: none */
	struct buf why;      /* on failed, or on what is left out */
	struct buf lack;     /* what the source could not show */
	int64_t retry_at_s;
	int64_t oldest_s; /* the oldest post shown; 0: none had a time */
	int64_t total;    /* posts as the source counts them; -1 */
	size_t n_posts;
	size_t n_before; /* posts that scans before read, and this one did not need to */
	size_t n_unscored;
	size_t n_pages;        /* that proved something */
	size_t n_unchanged;    /* of them */
	bool window;           /* a source shows only its newest posts */
	bool cut;              /* tally_cut() was called */
	bool empty;            /* a page proved that the account exists and shows nothing */
	size_t n_interactions; /* follows, likes … */
	bool interactions_cut; /* not all of them were seen */
};

struct tally tally_init(void);
void tally_release(struct tally *tally);

/** A page proved something: count it.  @unchanged: it was not read anew.  0, -ENOMEM. */
MUST_CHECK int tally_page(struct tally *tally, enum verdict verdict,
	const struct coverage *coverage, int64_t oldest_s, size_t n_posts, bool unchanged);

/** A page did not: @relation says what that means for the profile. */
MUST_CHECK int tally_failed(struct tally *tally, const char *url, enum relation relation,
	enum verdict verdict, const char *why, int64_t retry_at_s);

/** The server asks not to be asked before @retry_at_s; 0: it does not. */
void tally_hold(struct tally *tally, int64_t retry_at_s);

/** @count posts of a page could not be scored, for the reason @why. */
MUST_CHECK int tally_unscored(struct tally *tally, size_t count, const char *why);

/** Something was left out for the reason @why: the profile was seen in part.  0, -ENOMEM. */
MUST_CHECK int tally_cut(struct tally *tally, const char *why);

/** Older posts are still to be read, by later scans.  0, -ENOMEM. */
MUST_CHECK int tally_unfinished(struct tally *tally);

/** Does the source count more posts than were read, now or before? */
bool tally_is_short(const struct tally *tally);

/** The sum.  Strings belong to @tally.  @next_due_s is left 0. */
struct outcome tally_outcome(const struct tally *tally);

#endif
