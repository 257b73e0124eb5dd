#ifndef DIRTWATCH_BASE_CLOCK_H
#define DIRTWATCH_BASE_CLOCK_H

#include <stdint.h>

/* What time it is.  Everything that depends on time asks a clock that it was given, so that tests
 * can make a week pass at once.  Seconds are since 1970-01-01 UTC. */
struct clock {
	int64_t (*now_us)(const struct clock *clock); /* wall clock, microseconds since 1970 */
	int64_t fake_us;                              /* what the fake clock says */
};

/** The machine's own clock; static, never freed. */
const struct clock *clock_real(void);

/** A clock that stands at @us until its fake_us is changed. */
struct clock clock_fake(int64_t us);

/** Now, in microseconds and in whole seconds. */
int64_t clock_now_us(const struct clock *clock);
int64_t clock_now_s(const struct clock *clock);

#endif
