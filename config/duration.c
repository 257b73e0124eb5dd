#include "config/duration.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
	char letter;
	int64_t s;
} units[] = {
	/* clang-format off */
	{'w', INT64_C(7) * 24 * 3600},
	{'d', INT64_C(24) * 3600},
	{'h', 3600},
	{'m', 60},
	{'s', 1},
	/* clang-format on */
};

enum { N_UNITS = sizeof units / sizeof units[0] };

static bool digits(const char **at, int64_t *ret)
{
	int64_t number = 0;
	const char *start = *at;
	for (; **at >= '0' && **at <= '9'; ++*at) {
		if (__builtin_mul_overflow(number, 10, &number) ||
			__builtin_add_overflow(number, **at - '0', &number))
			return false;
	}
	*ret = number;
	return *at > start;
}

bool duration_parse(const char *text, int64_t *ret_s)
{
	int64_t sum = 0;
	size_t unit = 0;
	do {
		int64_t part;
		if (!digits(&text, &part))
			return false;
		while (unit < N_UNITS && units[unit].letter != *text)
			unit++;
		if (unit == N_UNITS || __builtin_mul_overflow(part, units[unit].s, &part) ||
			__builtin_add_overflow(sum, part, &sum))
			return false;
		text++;
		unit++; /* each unit once, from the largest down */
	} while (*text != '\0');
	*ret_s = sum;
	return true;
}

void duration_format(int64_t s, char out[DURATION_CHARS])
{
	int len = 0;
	for (size_t i = 0; i < N_UNITS; i++) {
		int64_t count = s / units[i].s;
		s %= units[i].s;
		if (count > 0 || (i == N_UNITS - 1 && len == 0))
			len += snprintf(out + len, DURATION_CHARS - (size_t)len, "%" PRId64 "%c",
				count, units[i].letter);
	}
}
