#ifndef DIRTWATCH_DAEMON_SCAN_INTERNAL_H
#define DIRTWATCH_DAEMON_SCAN_INTERNAL_H

#include "daemon/ask.h"
#include "daemon/choice.h"
#include "daemon/doubt.h"
#include "daemon/history.h"
#include "daemon/scan.h"
#include "daemon/visit.h"

/* What scan.c (page after page) and scan_end.c (what they prove together) share. */

struct scan {
	struct scan_options options;
	scan_done *done;
	void *userdata;
	struct arena *arena; /* of the scan: the profile's URL taken apart, facts */
	struct choice choice;
	struct frontier *frontier;
	struct history *history;
	struct life *life;
	struct record *record;
	struct tally tally;
	struct outcome outcome; /* when all pages are read */
	struct facts facts;
	bool has_facts;

	struct visit visit; /* the page at hand */

	/* what is waited for: at most one of them */
	struct ask *ask;
	struct read_job *job;
	sd_event_source *defer;
	struct doubts *doubts;
};

/** All pages are read: record them, ask what is in doubt, settle, and call back.  Frees @scan. */
void scan_end(struct scan *scan);

/** The scan can not go on, for the reason @r: nothing more is recorded of it.  Calls back, frees @scan. */
void scan_give_up(struct scan *scan, int r);

#endif
