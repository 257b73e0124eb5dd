#ifndef DIRTWATCH_DAEMON_STORE_H
#define DIRTWATCH_DAEMON_STORE_H

#include "daemon/base/arena.h"
#include "daemon/base/digest.h"
#include "daemon/base/terms.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * What is remembered: SQLite in WAL mode.  No SQL stands outside store*.c, and nothing that another
 * daemon could not take over stands in memory, so that a second back end can be put behind this
 * header.  Page bodies and posts' texts are never stored; of a post only an excerpt of at most
 * LIMIT_EXCERPT_B bytes around a finding is.  Files are created 0600 in a folder of 0700.
 *
 * Strings handed out live in the arena that the caller gave.
 */
struct store;

enum {
	STORE_E_NONE = 1,   /* there is no such row */
	STORE_E_BUSY,       /* another dirtwatch holds this store */
	STORE_E_CORRUPT,    /* the file was damaged: it was kept aside as PATH.damaged-TIME, a new one is open */
	STORE_E_NEWER,      /* written by a newer dirtwatch: not touched */
};

/** Open or create the store at @path (":memory:" for tests), migrate it, take the lock that keeps a
 *  second daemon away.  @exclusive false: for --list and the like, beside a running daemon.
 *  0; STORE_E_CORRUPT (*@ret is set and usable); STORE_E_BUSY, STORE_E_NEWER (*@ret is not set);
 *  -errno. */
MUST_CHECK int store_open(const char *path, bool exclusive, struct store **ret);
struct store *store_close(struct store *store); /* NULL is fine; returns NULL */

/** Everything between begin and commit is stored whole or not at all.  No nesting. */
MUST_CHECK int store_begin(struct store *store);
MUST_CHECK int store_commit(struct store *store);
void store_rollback(struct store *store); /* without a transaction: nothing happens */

/* ---- profiles: when they are due, and what state they are in ---- */

struct profile_state {
	int64_t next_due_s;      /* 0: at once */
	int64_t last_scan_s;     /* 0: never */
	int64_t last_full_s;     /* last scan that proved everything; 0: never */
	enum verdict verdict;    /* of the last scan */
	int64_t verdict_scans;   /* scans in a row with that verdict */
	int64_t verdict_since_s;
	bool alerted;            /* the standing state was told */
};
MUST_CHECK int store_profile(struct store *store, const char *profile, struct profile_state *ret); /* STORE_E_NONE */
MUST_CHECK int store_set_profile(struct store *store, const char *profile, const struct profile_state *state);

/* ---- pages: what conditional requests and unchanged pages need ---- */

struct page_memory {
	const char *etag;           /* NULL: none */
	const char *last_modified;  /* NULL: none */
	const char *body_digest;    /* hex; NULL: none */
	const char *rules_digest;   /* the rule set it was scored under */
	enum verdict verdict;       /* what it proved when it was read: OK, EMPTY or TRUNCATED */
	int64_t read_s;
	int64_t oldest_s;           /* the oldest post on it; 0: none had a time */
	int64_t n_posts;
	const char *extract;        /* JSON: what else an unchanged page still stands for (its follows,
	                             * coverage and facts), written and read by daemon/crawl.c */
};
MUST_CHECK int store_page(struct store *store, struct arena *arena, const char *profile, const char *url,
	struct page_memory *ret); /* STORE_E_NONE */
MUST_CHECK int store_set_page(
	struct store *store, const char *profile, const char *url, const struct page_memory *page);

/* ---- findings ---- */

enum finding_state { FINDING_OPENED, FINDING_RESOLVED, FINDING_REOPENED, FINDING_STATE_COUNT };
const char *finding_state_name(enum finding_state state); /* "opened" … */

struct finding {
	const char *id;        /* digest of rule, profile and normalised text: stable */
	const char *rule;
	enum finding_class class;
	const char *category;
	enum severity severity; /* effective */
	double score;
	double confidence;
	const char *profile;
	const char *page;      /* URL of the page it was last seen on */
	const char *url;       /* permalink; NULL: none */
	enum post_kind kind;
	int64_t published_s;   /* 0: not told */
	const char *excerpt;   /* cleaned, at most LIMIT_EXCERPT_B */
	int64_t mark_start;    /* the matched words within the excerpt, bytes */
	int64_t mark_end;
	const char *why;
	const char *advice;
	const char *reasons;
	/* kept by the store: */
	enum finding_state state;
	int64_t opened_s;
	int64_t seen_s;        /* last proven sighting */
	int64_t resolved_s;    /* 0: not */
	int64_t missed;        /* proven fetches in a row without it */
};
MUST_CHECK int store_finding(
	struct store *store, struct arena *arena, const char *id, struct finding *ret); /* STORE_E_NONE */
MUST_CHECK int store_set_finding(struct store *store, const struct finding *finding);

/** Call @each for the findings of @profile (NULL: of all) that are not resolved (@resolved: for all
 *  of them), worst first.  @each returning non-zero ends it, and that is returned. */
MUST_CHECK int store_each_finding(struct store *store, struct arena *arena, const char *profile,
	bool resolved, int (*each)(const struct finding *finding, void *userdata), void *userdata);

/* ---- alerts that the journal has not taken yet ---- */

struct queued_alert {
	int64_t number;
	const char *fields; /* JSON object of journal fields, as daemon/alert.c writes it */
};
/** Queue an alert, within the same transaction as the change it tells of. */
MUST_CHECK int store_queue_alert(struct store *store, const char *fields);
/** The oldest one not sent; STORE_E_NONE. */
MUST_CHECK int store_next_alert(struct store *store, struct arena *arena, struct queued_alert *ret);
/** The journal took it: forget it.  Durable when this returns. */
MUST_CHECK int store_alert_sent(struct store *store, int64_t number);

/* ---- hosts ---- */

MUST_CHECK int store_set_pace(struct store *store, const char *origin, int64_t retry_at_s, int64_t failures);
MUST_CHECK int store_each_pace(struct store *store, struct arena *arena,
	int (*each)(const char *origin, int64_t retry_at_s, int64_t failures, void *userdata), void *userdata);

#endif
