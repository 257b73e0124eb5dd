#ifndef DIRTWATCH_DAEMON_COURIER_H
#define DIRTWATCH_DAEMON_COURIER_H

#include "daemon/base/arena.h"

#include <stdbool.h>
#include <sys/uio.h>

/*
 * A thread that hands one entry at a time to the journal, so that a journal that hangs holds up the
 * thread and nobody else.  The main thread gives an entry, goes on with its work, and finds the
 * descriptor readable when the entry was taken or refused.
 */
struct courier;

/* One entry: fields as "NAME=value", all in its own arena. */
struct entry {
	struct arena *arena; /* the entry itself lies in it, too */
	struct iovec *fields;
	int n_fields;
	bool to_stderr; /* as a `<PRIORITY>MESSAGE` line on standard error, not to the journal */
};

/** From the JSON object of strings that alert_fields() made.  0, -ENOMEM, -EBADMSG: no such. */
MUST_CHECK int entry_new(const char *json, struct entry **ret);
struct entry *entry_free(struct entry *entry); /* NULL is fine; returns NULL */

/* What takes an entry: sd_journal_sendv(), but for tests. */
typedef int courier_send(const struct iovec *fields, int n_fields);

MUST_CHECK int courier_new(courier_send *send, struct courier **ret);

/** Ends the thread; waits half a second for an entry under way.  A thread that hangs for longer is
 *  left behind with its memory, and frees it when it ever comes back.  NULL is fine. */
struct courier *courier_free(struct courier *courier);

/** Readable when an entry is done; stays the courier's. */
int courier_fd(const struct courier *courier);

/** Hand over @entry, which is the courier's from now on.  Only when none is under way. */
void courier_give(struct courier *courier, struct entry *entry);

/** Is the entry done?  Then *@ret_r says how: 0 taken, or a -errno. */
bool courier_done(struct courier *courier, int *ret_r);

#endif
