#ifndef DIRTWATCH_DAEMON_LIFE_INTERNAL_H
#define DIRTWATCH_DAEMON_LIFE_INTERNAL_H

#include "daemon/life.h"

/* What life.c (findings) and life_settle.c (the scan's end) share. */

struct life {
	struct life_options options; /* strings in the arena */
	struct arena *arena;
	int64_t open;     /* findings of the profile that are not resolved */
	int64_t left_out; /* findings beyond LIFE_FINDINGS_MAX */
	struct life_counts counts;
};

/** Queue the alert that tells of @finding's change. */
MUST_CHECK int life_tell(struct life *life, enum event_kind kind, const struct finding *finding);

/** @finding, as stored, is no more: store it as resolved and tell it where its opening was told. */
MUST_CHECK int life_resolve(struct life *life, const struct finding *finding);

/** Was @finding seen in this scan? */
bool life_has_seen(const struct life *life, const struct finding *finding);

#endif
