#ifndef DIRTWATCH_DAEMON_FLEET_H
#define DIRTWATCH_DAEMON_FLEET_H

#include "daemon/scan.h"

/*
 * All profiles under watch: which are scanned now, which are due when, and who waits for the outcome.
 * Each profile has at most one scan at a time; whoever asks for one that is under way shares it.
 */
struct fleet;

/** Watch @profiles[0..@count), borrowed like @context.  @saved: NULL, or for each profile the saved page
 *  to read instead of fetching (NULL entries: fetch).  0, -errno. */
MUST_CHECK int fleet_new(struct context *context, const struct profile *profiles,
	const struct page *const *saved, size_t count, struct fleet **ret);
/** Scans under way are cancelled, rounds end without being called.  NULL is fine; returns NULL. */
struct fleet *fleet_free(struct fleet *fleet);

/** From now on scan every profile when it is due, as the store remembers it.  0, -errno. */
MUST_CHECK int fleet_schedule(struct fleet *fleet);

/** Scan what is due by the context's clock.  Timers do so as long as that is the machine's clock; whoever
 *  moves another one calls this. */
void fleet_wake(struct fleet *fleet);

/* A round: one scan of every profile, told to one listener. */
struct round;
/* The round is over: everything was emitted.  @failed: scans that could not be recorded. */
typedef void round_done(size_t failed, void *userdata);
/** Scan everything now.  Events go to @sink as profiles are done: the posts (where wanted), the profile,
 *  its standing findings; in the end the scan.  Not called back from inside.  0, -errno. */
MUST_CHECK int fleet_round(struct fleet *fleet, const struct sink *sink, round_done *done,
	void *userdata, struct round **ret);
/** Listen no longer; the scans go on. */
void round_drop(struct round *round);

/** How it stands, for STATUS= and progress. */
struct fleet_status {
	size_t n_profiles;
	size_t n_active;
	size_t n_posts; /* read so far by the scans under way */
	int64_t n_history; /* posts read, now or before, of histories that are being read; 0: none is */
	int64_t n_in_all;   /* as the sources count them; -1: one does not say */
	const char *where;  /* a URL that is waited for; NULL: none */
	int64_t next_due_s; /* 0: nothing is scheduled */
	size_t n_verified;  /* of the profiles, after their last scan in this process */
	size_t n_scanned;
};
struct fleet_status fleet_status(const struct fleet *fleet);

/** Whether a round was begun that is not over. */
bool fleet_has_rounds(const struct fleet *fleet);

/** Tell @changed whenever the status changes in a way worth a line.  One listener; NULL: none. */
void fleet_listen(struct fleet *fleet, void (*changed)(void *userdata), void *userdata);

#endif
