#include "daemon/base/clock.h"

#include <time.h>

#define US_A_S 1000000

static int64_t real_now_us(const struct clock *clock)
{
	(void)clock;
	struct timespec now;
	(void)clock_gettime(CLOCK_REALTIME, &now); /* can not fail with this clock */
	return (int64_t)now.tv_sec * US_A_S + now.tv_nsec / 1000;
}

static int64_t fake_now_us(const struct clock *clock)
{
	return clock->fake_us;
}

const struct clock *clock_real(void)
{
	static const struct clock real = {.now_us = real_now_us};
	return &real;
}

struct clock clock_fake(int64_t us)
{
	return (struct clock){.now_us = fake_now_us, .fake_us = us};
}

int64_t clock_now_us(const struct clock *clock)
{
	return clock->now_us(clock);
}

int64_t clock_now_s(const struct clock *clock)
{
	return clock->now_us(clock) / US_A_S;
}
