#ifndef DIRTWATCH_DAEMON_ALERT_SENDER_H
#define DIRTWATCH_DAEMON_ALERT_SENDER_H

#include "daemon/alert.h"
#include "daemon/courier.h"

#include <stdint.h>

/* Where a sender's alerts go; tests put something else in the journal's place. */
struct alert_target {
	const char *socket; /* the journal's: where it is missing nothing is sent */
	courier_send *send;
	uint64_t pause_us; /* before the second try; each one after takes twice as long */
};

/** alert_sender_new() for another target, which outlives the sender. */
MUST_CHECK int alert_sender_new_for(sd_event *event, struct store *store, enum alert_route route,
	const struct alert_target *target, struct alert_sender **ret);

#endif
