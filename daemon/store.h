#ifndef DIRTWATCH_DAEMON_STORE_H
#define DIRTWATCH_DAEMON_STORE_H

#include "crawlers/net/pace.h"
#include "daemon/base/arena.h"
#include "daemon/base/digest.h"
#include "daemon/base/terms.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * What is remembered: SQLite in WAL mode.  No SQL stands outside store*.c, and nothing that another
 * daemon could not take over stands in memory, so that a second back end can be put behind this
 * header.  Page bodies and posts' texts are never stored (a profile's name, bio and
 * links are, in page_memory.extract); of a post only an excerpt of at most
 * LIMIT_EXCERPT_B bytes around a finding is.  Files are created 0600 in a folder of 0700.
 *
 * Strings handed out live in the arena that the caller gave.
 */
struct store;

enum {
	STORE_E_NONE = 1, /* there is no such row */
	STORE_E_BUSY,     /* another dirtwatch holds this store */
	STORE_E_CORRUPT,  /* it was damaged: kept aside as PATH.damaged-TIME, a new one is open */
	STORE_E_NEWER,    /* written by a newer dirtwatch: not touched */
	STORE_E_OLDER,    /* written by an older one, and opened without @exclusive: not touched */
};

/** Open or create the store at @path (":memory:" for tests), check its pages, migrate it, and take
 *  the lock (PATH.lock) that keeps a second daemon away.
 *  @exclusive false: for --list and the like, beside a running daemon: nothing is created, mended
 *  or migrated; -ENOENT where there is no store yet, -EUCLEAN where it is damaged.
 *  Returns 0; STORE_E_CORRUPT (*@ret is set and usable); STORE_E_BUSY, STORE_E_NEWER,
 *  STORE_E_OLDER (*@ret is not set); -EMEDIUMTYPE: a database of another program: not touched;
 *  -errno. */
MUST_CHECK int store_open(const char *path, bool exclusive, struct store **ret);
struct store *store_close(struct store *store); /* NULL is fine; returns NULL */

/** Where the damaged file went after STORE_E_CORRUPT; NULL: nothing was put aside. */
const char *store_kept_aside(const struct store *store);

/** Everything between begin and commit is stored whole or not at all.  No nesting (-EINVAL); never
 *  left open when control goes back to the event loop.  When store_commit() returns 0 and an alert
 *  was queued in the transaction, it has reached the disk; one without an alert may be taken back
 *  by a power cut (never by a crash), together with all that came after it.  A commit that fails
 *  has rolled back. */
MUST_CHECK int store_begin(struct store *store);
MUST_CHECK int store_commit(struct store *store);
void store_rollback(struct store *store); /* without a transaction: nothing happens */
bool store_in_transaction(const struct store *store);

/* ---- profiles: when they are due, and what state they are in ---- */

struct profile_state {
	int64_t next_due_s;    /* 0: at once */
	int64_t last_scan_s;   /* 0: never */
	int64_t last_full_s;   /* last scan that proved everything; 0: never */
	enum verdict verdict;  /* of the last scan */
	int64_t verdict_scans; /* scans in a row with that verdict */
	int64_t verdict_since_s;
	int64_t unproven_scans; /* scans in a row that proved nothing, whatever their verdicts */
	bool alerted;           /* that nothing could be proven was told … */
	enum verdict alerted_verdict; /* … with this verdict */
};
MUST_CHECK int store_profile(
	struct store *store, const char *profile, struct profile_state *ret); /* STORE_E_NONE */
MUST_CHECK int store_set_profile(
	struct store *store, const char *profile, const struct profile_state *state);

/* ---- pages: what conditional requests and unchanged pages need ---- */

struct page_memory {
	const char *etag;          /* NULL: none */
	const char *last_modified; /* NULL: none */
	const char *body_digest;   /* hex; NULL: none */
	const char *rules_digest;  /* the rule set it was scored under */
	enum verdict verdict;      /* what it proved when it was read: OK, EMPTY or TRUNCATED */
	int64_t read_s;
	int64_t oldest_s; /* the oldest post on it; 0: none had a time */
	int64_t n_posts;
	const char *extract; /* JSON: what else an unchanged page still stands for (its follows,
			      * coverage and facts), written and read by daemon/standing.c */
};
/* Pages remembered of a profile, beside those that open findings stand on: those not used for longest are
 * forgotten beyond it.  Two scans of
 * LIMIT_PAGES_A_SCAN. */
#define STORE_PAGES_KEPT 400

MUST_CHECK int store_page(struct store *store, struct arena *arena, const char *profile,
	const char *url, struct page_memory *ret); /* STORE_E_NONE */
MUST_CHECK int store_set_page(
	struct store *store, const char *profile, const char *url, const struct page_memory *page);

/* ---- lists: how far back the posts of a profile were read ---- */

/* One list of posts, the newest first, that goes on over several pages.  It is known by what its first
 * page is remembered under. */
struct list_memory {
	const char *rules_digest; /* the rule set that all this was scored under */
	int64_t full_s;           /* when it was last read to its end; 0: never */
	int64_t n_posts;          /* how many it has, as far as is known */
	int64_t n_unscored;       /* of them, posts that could not be scored */
	bool window;              /* the source does not show all of it */
	int64_t top_s;            /* its newest post */

	/* a reading of all of it that is not done yet */
	const char *place; /* the last page that was read (struct follow as JSON); NULL: none is */
	int64_t began_s;
	int64_t back_s; /* how far back it has come */
	int64_t n_read; /* posts so far */
	int64_t n_lost; /* places in a row that could not be found again */

	bool again; /* something was missing: all is to be read once more to be sure */
};
/* Lists remembered of a profile: those not used for longest are forgotten beyond it.  A source has a
 * handful. */
#define STORE_LISTS_KEPT 50

MUST_CHECK int store_list(struct store *store, struct arena *arena, const char *profile,
	const char *list, struct list_memory *ret); /* STORE_E_NONE */
/** @used_s: now. */
MUST_CHECK int store_set_list(struct store *store, const char *profile, const char *list,
	const struct list_memory *memory, int64_t used_s);

/* ---- findings ---- */

enum finding_state { FINDING_OPENED, FINDING_RESOLVED, FINDING_REOPENED, FINDING_STATE_COUNT };
const char *finding_state_name(enum finding_state state); /* "opened" … */

struct finding {
	const char *id; /* digest of rule, profile and normalised text: stable */
	const char *rule;
	enum finding_class class;
	const char *title; /* what the rule is called: "badmouthing an employer" */
	const char *category;
	enum severity severity; /* effective */
	double score;
	double confidence;
	const char *profile;
	const char *page; /* URL of the page it was last seen on */
	const char *list; /* the list it was last seen in: struct shown; NULL: not known */
	const char *url;  /* permalink; NULL: none */
	enum post_kind kind;
	int64_t published_s; /* 0: not told */
	const char *excerpt; /* cleaned, at most LIMIT_EXCERPT_B */
	int64_t mark_start;  /* the matched words within the excerpt, bytes */
	int64_t mark_end;
	const char *why;
	const char *advice;
	const char *reasons;
	/* kept by the store: */
	enum finding_state state;
	int64_t opened_s;
	int64_t seen_s;     /* last proven sighting */
	int64_t resolved_s; /* 0: not */
	int64_t missed;     /* proven fetches in a row without it */
	const char *scan;   /* the scan of the last proven sighting */
	bool alerted;       /* its opening was told: it has reached the severity to alert at */
	int64_t asked_s;    /* when its permalink was last asked for; 0: never */
	bool sighted;       /* it stands on a page that was not read anew without it */
};

/** The finding @id of @profile (NULL: of whichever profile). */
MUST_CHECK int store_finding(struct store *store, struct arena *arena, const char *profile,
	const char *id, struct finding *ret); /* STORE_E_NONE */
/** Store all of @finding, new or not. */
MUST_CHECK int store_set_finding(struct store *store, const struct finding *finding);

/** Call @each for the findings of @profile (NULL: of all) that are not resolved (@resolved: for all
 *  of them), worst first.  All are read into @arena before the first call, so @each may write to
 *  the store.  @each returning non-zero ends it, and that is returned. */
MUST_CHECK int store_each_finding(struct store *store, struct arena *arena, const char *profile,
	bool resolved, int (*each)(const struct finding *finding, void *userdata), void *userdata);

/** How many findings of @profile are not resolved. */
MUST_CHECK int store_open_findings(struct store *store, const char *profile, int64_t *ret);
/** Forget the resolved findings of @profile beyond the last @keep. */
MUST_CHECK int store_forget_resolved(struct store *store, const char *profile, int64_t keep);

/* Which findings stand on which pages: what an unchanged page vouches for. */

/** The page at @url is about to be read anew: no finding stands on it until it is sighted there. */
MUST_CHECK int store_clear_page(struct store *store, const char *profile, const char *url);
/** The stored finding @id stands on the page at @url. */
MUST_CHECK int store_sight(
	struct store *store, const char *profile, const char *url, const char *id);
/** The page at @url is as it was: its findings that are not resolved were seen by @scan at @seen_s.
 *  *@ret: how many of them @scan had not seen before. */
MUST_CHECK int store_page_stands(struct store *store, const char *profile, const char *url,
	const char *scan, int64_t seen_s, int64_t *ret);

/** *@ret: was a finding of @like's rule and permalink seen by @scan on another page than @like's? */
MUST_CHECK int store_seen_elsewhere(
	struct store *store, const struct finding *like, const char *scan, bool *ret);

/* ---- alerts that the journal has not taken yet ---- */

struct queued_alert {
	int64_t number;
	const char *fields; /* JSON object of journal fields, as daemon/alert.c writes it */
};
/** Queue an alert, within the same transaction as the change it tells of; one that tells of no
 *  change in the store needs none and is durable when this returns. */
MUST_CHECK int store_queue_alert(struct store *store, const char *fields);
/** The oldest one not sent; STORE_E_NONE; -EBUSY within a transaction: what is not committed is not
 *  to be sent. */
MUST_CHECK int store_next_alert(struct store *store, struct arena *arena, struct queued_alert *ret);
/** The journal took it: forget it.  Durable when this returns.  A transaction of its own. */
MUST_CHECK int store_alert_sent(struct store *store, int64_t number);
/** About how many are queued: never less than there are. */
MUST_CHECK int store_alerts_waiting(struct store *store, int64_t *ret);

/* ---- hosts ---- */

/** What is kept of the host @row->origin; all else 0: nothing to remember. */
MUST_CHECK int store_set_pace(struct store *store, const struct pace_row *row);
MUST_CHECK int store_each_pace(struct store *store, struct arena *arena,
	int (*each)(const struct pace_row *row, void *userdata), void *userdata);

#endif
