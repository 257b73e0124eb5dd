#ifndef DIRTWATCH_DAEMON_WORKER_H
#define DIRTWATCH_DAEMON_WORKER_H

#include "daemon/reader.h"

/*
 * One reader process as main sees it: started, asked one page at a time, timed out, killed, reaped.
 * It is believed in nothing: whatever is not the one right answer to the one open question ends it.
 * Ending is the same for all reasons: SIGKILL, then the pidfd tells when there is something to
 * reap, so that main never waits for it.
 */
struct worker;

enum worker_state {
	WORKER_STARTING, /* exec'd, no hello yet */
	WORKER_IDLE,
	WORKER_BUSY,
	WORKER_DYING, /* killed, not reaped yet */
};

enum worker_news {
	WORKER_NEWS_READY,    /* it said hello and is idle */
	WORKER_NEWS_READING,  /* @reading is there, checked, and lives until the call returns; idle
				 again */
	WORKER_NEWS_UNREAD,   /* it gave that page up and says why; idle again */
	WORKER_NEWS_LOST,     /* it is dead and reaped, with or without a page; @why says how.  Only
			       * worker_free() may follow */
	WORKER_NEWS_OUTDATED, /* as LOST: it had loaded other rules than main */
};

/* Called from the event loop, never from inside a worker_*() call. */
typedef void worker_callback(struct worker *worker, enum worker_news news,
	const struct reading *reading, const char *why, void *userdata);

struct worker_options {
	sd_event *event;
	const struct reader_options *reader; /* outlives the worker */
	worker_callback *callback;
	void *userdata;
};

/** Start a process.  0, -errno. */
MUST_CHECK int worker_new(const struct worker_options *options, struct worker **ret);
/** Kills it and waits for its end, which after SIGKILL is a matter of milliseconds.  NULL is fine.
 */
struct worker *worker_free(struct worker *worker);

enum worker_state worker_state(const struct worker *worker);
/** The kernel's Landlock version as it told; 0: none.  Known after READY. */
int64_t worker_landlock(const struct worker *worker);
/** What it found wrong with the rules when it compiled them; NULL: nothing.  Known after READY. */
const char *worker_problems(const struct worker *worker);

/** Ask an idle worker to read @page, whose body is in @body_fd (sealed).  One piece of news
 * follows: a worker that can not be asked is killed. */
void worker_ask(struct worker *worker, uint64_t number, const struct page *page, int body_fd);

#endif
