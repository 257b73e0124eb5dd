#ifndef DIRTWATCH_DAEMON_RATING_H
#define DIRTWATCH_DAEMON_RATING_H

#include "daemon/events.h"

/* A person's rating: the worst finding plus a log-damped rest, with a traffic light per class.  It falls
 * with every finding that is put right. */
struct rating {
	double worst;
	double rest;
	enum severity lights[CLASS_COUNT];
};

void rating_add(struct rating *rating, const struct finding *finding);

/** Fill rating and lights of @ret. */
void rating_sum(const struct rating *rating, struct scan_result *ret);

#endif
