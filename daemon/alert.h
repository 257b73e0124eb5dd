#ifndef DIRTWATCH_DAEMON_ALERT_H
#define DIRTWATCH_DAEMON_ALERT_H

#include "daemon/store.h"

#include <systemd/sd-event.h>

/*
 * Alerts: one journal entry per change of state (dirtwatch(8), JOURNAL FIELDS).  First the store,
 * then the journal: an alert is queued in the transaction of the change it tells of, and forgotten
 * only after the journal took it.  After a crash one may come twice, never zero times.
 *
 * Measured of sd_journal_sendv (systemd 252): it returns 0 when the journal's socket is missing
 * (the entry is lost), -ECONNREFUSED when nobody reads it, and blocks for ever when journald hangs
 * after ten messages.  So the socket is checked before and after, and sending happens on a thread
 * of its own (daemon/courier.h).
 */

enum event_kind {
	EVENT_FINDING_OPENED,
	EVENT_FINDING_REOPENED,
	EVENT_FINDING_RESOLVED,
	EVENT_PROFILE_UNVERIFIED, /* nothing could be proven for alert_after scans */
	EVENT_PROFILE_RECOVERED,
	EVENT_SCAN_SUMMARY,    /* after every scan, whatever it found: a record, not an alert */
	EVENT_READER_POISONED, /* a page killed two readers and was put aside */
	EVENT_CONFIG_REJECTED, /* a reload met a bad file: the old config stays */
	EVENT_STORE_DAMAGED,
	EVENT_KIND_COUNT,
};

/** "finding-opened" … as in DIRTWATCH_EVENT; and its MESSAGE_ID (32 hex digits). */
const char *event_name(enum event_kind kind);
const char *event_message_id(enum event_kind kind);

/* One entry, before it is turned into fields.  Strings may be NULL: the field is left out.
 * A stranger's text is cleaned here, and cut where it is longer than a field may be. */
struct alert {
	enum event_kind kind;
	int priority;        /* syslog; 0: what the kind, or the finding's severity, calls for */
	const char *message; /* one line, readable alone; NULL: made of what stands below */
	const struct finding *finding;
	const char *profile; /* where there is no finding */
	const char *scan;
	enum verdict verdict; /* for profile and scan events */
	bool has_verdict;
	const char *coverage; /* one line: what was seen, what could not be, or why */
	int64_t posts, opened, reopened, resolved, standing; /* scan summary; -1: left out */
};
#define ALERT_NO_COUNTS .posts = -1, .opened = -1, .reopened = -1, .resolved = -1, .standing = -1

/** The fields of @alert as a JSON object, for store_queue_alert().  *@ret is malloc'd.
 *  0, -ENOMEM. */
MUST_CHECK int alert_fields(const struct alert *alert, char **ret);

/** Put @alert into the queue of @store, inside its transaction if there is one.  0, -errno. */
MUST_CHECK int alert_queue(const struct alert *alert, struct store *store);

/* Takes queued alerts from the store to the journal. */
struct alert_sender;

enum alert_route {
	ALERT_ROUTE_JOURNAL, /* the journal; until it can be reached alerts wait in the store */
	ALERT_ROUTE_STDERR,  /* `<PRIORITY>MESSAGE` lines on standard error */
	ALERT_ROUTE_AUTO,    /* the journal where its socket is, else standard error */
};

MUST_CHECK int alert_sender_new(
	sd_event *event, struct store *store, enum alert_route route, struct alert_sender **ret);
/** Stops within a second even when journald hangs: then the thread is left behind, to end with the
 *  process or with the hang.  What was not taken stays in the store. */
struct alert_sender *alert_sender_free(struct alert_sender *sender); /* NULL is fine */

/** There may be something to send: the next turn of the event loop looks at the store and goes on
 *  by itself.  While the journal is away this changes nothing. */
void alert_kick(struct alert_sender *sender);

/** Send all that is queued, waiting at most @timeout_ms: for --scan-now, before it exits.
 *  0: all sent; -ETIMEDOUT: the rest waits in the store; -errno. */
MUST_CHECK int alert_flush(struct alert_sender *sender, int64_t timeout_ms);

#endif
