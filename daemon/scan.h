#ifndef DIRTWATCH_DAEMON_SCAN_H
#define DIRTWATCH_DAEMON_SCAN_H

#include "daemon/context.h"
#include "daemon/events.h"
#include "daemon/gate.h"

/* One profile, one scan: crawl, read, record, alert.  Only scan.c and scan_end.c name all the steps. */
struct scan;

struct scan_options {
	struct context *context;
	struct gate *gate;
	const struct profile *profile; /* borrowed until the end */
	const struct page *saved;      /* a saved page to be read instead; NULL: fetch */
	const char *id;                /* of the whole scan, for DIRTWATCH_SCAN */
	struct sink sink;
};

/* Called once, from the event loop, when the scan is over; @r: 0, or a -errno that kept it from being
 * recorded (told on standard error already).  @result lives until it returns. */
typedef void scan_done(int r, const struct profile_result *result, void *userdata);

/** Start.  0, -errno. */
MUST_CHECK int scan_start(
	const struct scan_options *options, scan_done *done, void *userdata, struct scan **ret);

/** End a scan that is not over, without calling back: what was recorded stays, absences are not
 *  counted.  NULL is fine.  Returns NULL. */
struct scan *scan_cancel(struct scan *scan);

/* What a scan is doing. */
struct scan_progress {
	const char *where; /* the URL it waits for; NULL: it is about to end */
	size_t n_posts;    /* seen */
	bool deep;         /* it reads what is older than the window: */
	int64_t n_history; /* posts read of that, now or before */
	int64_t total;     /* as the source counts; -1: it does not say */
};
struct scan_progress scan_progress(const struct scan *scan);

#endif
