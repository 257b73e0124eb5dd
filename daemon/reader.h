#ifndef DIRTWATCH_DAEMON_READER_H
#define DIRTWATCH_DAEMON_READER_H

#include "crawlers/source.h"
#include "patterns/score.h"

#include <systemd/sd-event.h>

/*
 * Reading a page: extract and score.  The only door between main and a page's bytes.
 *
 * The work is done in a child of the same binary (`--role reader`, daemon/role.c) that is sandboxed
 * before its first byte; tests and fuzzers call reading_make(), the same code, in their own
 * process.
 */
struct reading {
	struct extract extract;
	struct score *scores; /* one a post, same order; in extract.arena */
};

/** Extract and score @page in this process.  0 with *@ret (initialised by this call, released by
 * the caller whatever is returned), -ENOMEM: the page counts as unread. */
MUST_CHECK int reading_make(struct scorer *scorer, const struct walls *walls,
	const struct page *page, struct reading *ret);
void reading_release(struct reading *reading); /* zeroed is fine */

/* A pool of reader processes.  They are started when first needed, given back to the system when
 * idle for a minute, and replaced after ROLE_PAGES_MAX pages. */
struct reader;

/* Borrowed until reader_free(). */
struct reader_options {
	const char *program;           /* what to exec: /proc/self/exe */
	const struct ruleset *ruleset; /* main's catalogue */
	struct digest digest;          /* of main's rules and walls: the child's must equal it */
	const char *const *rule_args;  /* that make the child load the same; NULL-ended */
	size_t processes;              /* 0: one a core */
	int64_t deadline_ms;           /* a page, or a start; 0: LIMIT_READER_S */
};

/** The pool.  0, -errno. */
MUST_CHECK int reader_new(
	sd_event *event, const struct reader_options *options, struct reader **ret);
/** Kills the children; pending pages are dropped without calling back.  Not from inside a
 *  reading_done.  NULL is fine; returns NULL. */
struct reader *reader_free(struct reader *reader);

/** True when a child found other rules or walls on disk than main holds: pages stay unread until they are
 *  loaded anew. */
bool reader_outdated(const struct reader *reader);

/* @reading: NULL when the page is unread, then @why says in a sentence what happened ("the reader
 * was killed by signal 9").  A page that already killed a reader in this process is tried on a
 * second one before it is given up; @poison says that both died.  @reading is checked: every count,
 * offset, enum and string is within bounds.  Both live until the call returns.  Called from the
 * event loop, never from inside read_page(). */
typedef void reading_done(
	const struct reading *reading, const char *why, bool poison, void *userdata);

/* Pages that may wait or be read at once, each with its body in memory. */
#define READER_QUEUE_MAX 512

/** Queue @page; its body is copied.  0, -EAGAIN (READER_QUEUE_MAX pages are queued), -EMSGSIZE (a
 *  string or the body is longer than its limit), -errno; then done is not called.  *@ret (may be
 *  NULL) is for read_cancel(), valid until done is called. */
struct read_job;
MUST_CHECK int read_page(struct reader *reader, const struct page *page, reading_done *done,
	void *userdata, struct read_job **ret);
void read_cancel(struct read_job *job);

#endif
