#ifndef DIRTWATCH_DAEMON_EVENTS_H
#define DIRTWATCH_DAEMON_EVENTS_H

#include "daemon/life.h"
#include "daemon/reader.h"

#include <jansson.h>

/*
 * What a scan has to tell, as the JSON objects of dirtwatch(8), JSON OUTPUT: one shape for
 * --format=json, for the text report and for the control socket.  Each function returns a new
 * reference, NULL when out of memory.  Text of a stranger goes in as it is (JSON escapes control
 * characters); whoever shows it cleans it.
 */

/* Takes events one by one; NULL emit: nobody listens.  The event is borrowed. */
struct sink {
	void (*emit)(const json_t *event, void *userdata);
	void *userdata;
	bool posts; /* single posts too */
};

/** Hand @event to the sink and drop the reference.  0; -ENOMEM when @event is NULL: whoever listens
 *  must not take what is left for the whole. */
MUST_CHECK int sink_emit(const struct sink *sink, json_t *event);

json_t *event_post(const char *profile, const struct post *post, const struct score *score);
json_t *event_finding(const struct finding *finding, const char *title);

/* One profile's part in a scan. */
struct profile_result {
	const char *url;
	const char *source;
	const char *source_why; /* why that source was picked */
	struct outcome outcome;
	bool unchanged; /* nothing was read anew */
	size_t n_pages;
	size_t n_unscored;
	const struct facts *facts; /* NULL: none were read */
	struct life_counts counts;
};
json_t *event_profile(const struct profile_result *result);

/* A whole scan. */
struct scan_result {
	const char *scan;
	size_t n_profiles;
	size_t n_verified;
	size_t n_posts;
	struct life_counts counts;
	double rating;                     /* 0–100 */
	enum severity lights[CLASS_COUNT]; /* the worst standing finding a class */
};
json_t *event_scan(const struct scan_result *result);

/** A time as "2026-11-23T20:19:00Z"; NULL for 0. */
json_t *time_json(int64_t s);

/** One --check verdict: dirtwatch(8).  @id may be NULL. */
json_t *event_verdict(const json_t *id, const struct post *draft, const struct score *score,
	const struct ruleset *ruleset);

#endif
