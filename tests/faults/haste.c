/*
 * A clock in haste, for one program in a test: preloaded, it lets HASTE seconds of wall time go by with every look at
 * CLOCK_REALTIME, from HASTE_FROM seconds after the machine's own time on.  Politeness counts in wall time, so
 * whatever a host is due to be left alone for has passed when it is looked at next, and a scan that would take an
 * hour takes a second.  All limits on requests themselves count in CLOCK_MONOTONIC, which runs as ever.  The program
 * needs no switch for it, and has none.
 */
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int64_t step_s, from_s;
static atomic_int_least64_t looks;

int clock_gettime(clockid_t clock, struct timespec *ret)
{
	int r = (int)syscall(SYS_clock_gettime, clock, ret);
	if (r == 0 && clock == CLOCK_REALTIME)
		ret->tv_sec += from_s + step_s * (atomic_fetch_add(&looks, 1) + 1);
	return r;
}

__attribute__((constructor)) static void begin(void)
{
	const char *step = getenv("HASTE"), *from = getenv("HASTE_FROM");
	step_s = step ? strtol(step, NULL, 10) : 0;
	from_s = from ? strtol(from, NULL, 10) : 0;
}
