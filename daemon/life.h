#ifndef DIRTWATCH_DAEMON_LIFE_H
#define DIRTWATCH_DAEMON_LIFE_H

#include "daemon/alert.h"
#include "daemon/base/clock.h"
#include "daemon/store.h"

/*
 * The life of findings: opened → resolved → reopened, and of a profile's state.  Every change is
 * stored together with the alert that tells of it, so that neither is lost alone.
 *
 * One life per scan of one profile:  life_begin; for each page either life_page and life_see for
 * every finding on it, or life_unchanged; then life_settle.  A crash anywhere in between loses
 * nothing: what was seen is stored page by page, and only life_settle counts absences.
 */
struct life;

/* Open findings kept of one profile.  A person has some hundred; a site that makes up posts could
 * otherwise fill the disk and the journal. */
#define LIFE_FINDINGS_MAX 20000
/* Resolved findings kept of one profile, the last ones: to know a finding that comes back. */
#define LIFE_RESOLVED_MAX 20000
/* Scan summaries are left out while so many alerts wait for the journal; alerts never are. */
#define LIFE_WAITING_MAX 100000

struct life_options {
	struct store *store;
	const struct clock *clock;
	const char *profile;
	const char *scan;       /* the scan's id, never used before, for DIRTWATCH_SCAN */
	enum severity alert_at; /* findings below are stored and not alerted */
	int64_t alert_after;    /* scans in a row before a state that proves nothing is alerted */
};

MUST_CHECK int life_begin(const struct life_options *options, struct life **ret);
struct life *life_end(struct life *life); /* NULL is fine; returns NULL */

/** The digest of a post's text as it is compared: NFKC, case folded, white space run together, what
 *  is never shown left out.  @text is a stranger's, any bytes.  0, -ENOMEM. */
MUST_CHECK int life_text(const char *text, size_t len, struct digest *ret);

/** The id of a finding: the digest of rule, profile and life_text(), so that re-ordering, re-dating
 *  and re-spacing do not open it anew and an edit does.  0, -ENOMEM. */
MUST_CHECK int life_identity(
	const char *rule, const char *profile, const struct digest *text, struct digest *ret);

/** The page at @url was read anew: what stood on it so far stands there only if it is seen again.
 *  Inside the page's transaction, before its findings. */
MUST_CHECK int life_page(struct life *life, const char *url);

/** A finding was read on a page.  Inside the page's transaction.  Opens, reopens (with an alert) or
 *  just notes that it still stands.  Nothing opens when the same post, as an
 *  unchanged page of this scan shows it, already has a finding of this rule: it is told once.  Only what the caller knows of @finding is set (not the fields
 *  "kept by the store").  Beyond LIFE_FINDINGS_MAX open findings new ones are counted and told in
 *  the scan's summary, and not stored. */
MUST_CHECK int life_see(struct life *life, const struct finding *finding);

/** The page at @url is as it was: all its open findings still stand.  Inside a transaction. */
MUST_CHECK int life_unchanged(struct life *life, const char *url);

/** The permalink of finding @id answered 404 or 410: it is resolved at once.  Opens its own
 *  transaction. */
MUST_CHECK int life_gone(struct life *life, const char *id);

/* What a scan showed of one list of posts, and what is remembered of that list. */
struct shown {
	const char *
		list; /* as findings of posts name it: its first page, or that of the one it adds to */
	bool all;     /* every post of it was shown */
	/* Otherwise: all posts from @since_s on (0: none for sure), and those of [@from_s, @before_s)
	 * (before_s 0: none). */
	int64_t since_s;
	int64_t from_s;
	int64_t before_s;
	const char *key; /* as findings of interactions name it, and what @memory is stored under */
	const struct list_memory *memory; /* NULL: there is nothing to remember */
};

/* What is known of a profile's posts from scans before: daemon/history.h. */
struct known {
	const char *tell; /* a sentence; NULL: everything was read in this scan */
	bool whole;       /* every post was read, now or before */
	int64_t n_posts;  /* that were read, now or before */
	int64_t back_s;   /* how far back: the oldest post read; 0: not known */
	int64_t full_s;   /* when all was read the last time; 0: never yet */
};

/* What the whole scan of the profile proved. */
struct outcome {
	enum verdict verdict;
	const char *why;  /* NULL: verdict_meaning() */
	int64_t oldest_s; /* the oldest post shown, pinned ones apart; 0: no post had a time */
	int64_t n_posts;
	int64_t total;          /* as the source counts; -1 */
	int64_t n_interactions; /* follows, likes …: none of the posts */
	bool interactions_cut;  /* not all of them were shown */
	const char *lack;       /* what could not be shown; NULL */
	int64_t next_due_s;
	bool proven_all; /* verdict proves and no page failed, so absence on it counts */
	const struct shown *shown;
	size_t n_shown;
	/* Posts from here on are shown by the next scan too; what is missing among older ones is not
	 * looked for again before everything is. */
	int64_t shown_again_s;
	struct known known;
};

/** The scan is over: count absences (two proven scans without a finding resolve it, if its post would
 *  lie within what was shown of its list; where the list is not known, of all of them), tell a state
 *  that has stood, or its end, store the profile's state and the memories of its lists, queue the
 *  scan's summary entry.  One transaction. */
MUST_CHECK int life_settle(struct life *life, const struct outcome *outcome);

/** Open findings of this profile that the scan proved absent from what is shown, or which lie
 * outside the window, and that have a permalink: at most @max, for asking the permalink itself;
 * those not asked for longest come first, and it is noted that they were asked.  Call before
 * life_settle, outside a transaction. */
MUST_CHECK int life_doubtful(struct life *life, const struct outcome *outcome, size_t max,
	int (*each)(const struct finding *finding, void *userdata), void *userdata);

struct life_counts {
	size_t opened, reopened, resolved, standing;
};
struct life_counts life_counts(const struct life *life);

#endif
