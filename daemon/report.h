#ifndef DIRTWATCH_DAEMON_REPORT_H
#define DIRTWATCH_DAEMON_REPORT_H

#include "daemon/events.h"
#include "daemon/options.h"

#include <stdio.h>

/* A scan's events as a report for people, or as JSON lines.  Takes events as they come (report_sink),
 * from a scan in this process or from the daemon's control socket: they have one shape. */
struct report;

/** @out is borrowed.  Colour is decided here: @options, and whether @out is a terminal (NO_COLOR is
 *  obeyed).  0, -ENOMEM. */
MUST_CHECK int report_new(const struct options *options, FILE *out, struct report **ret);
struct report *report_free(struct report *report); /* NULL is fine; returns NULL */

/** Where to send events: JSON lines are written at once, a text report is kept until report_end(). */
struct sink report_sink(struct report *report);

/** Write what is left.  Returns the exit status that the events call for: EXIT_CLEAN, EXIT_FINDINGS,
 *  EXIT_UNVERIFIED, or EXIT_INTERNAL when an event was lost or @out could not be written. */
enum exit_status report_end(struct report *report);

/** One finding event as text, as in the report: for --list and --explain. */
void report_finding(struct report *report, const json_t *finding);

#endif
