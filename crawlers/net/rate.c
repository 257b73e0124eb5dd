#include "crawlers/net/rate.h"

#include "crawlers/net/pace.h"
#include "crawlers/parse/date.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Numbers below are seconds from now, above them seconds since 1970: 1e9 was in 2001, and as a wait
 * it is 31 years.  From 1e12 on they are milliseconds since 1970. */
#define EPOCH_S_MIN  1e9
#define EPOCH_MS_MIN 1e12
/* What an int64_t takes with room for sums. */
#define NUMBER_MAX 1e17

enum meaning {
	MEANS_RETRY,
	MEANS_REMAINING,
	MEANS_RESET,
	MEANS_BOTH, /* RateLimit: the draft's one header */
};

static const struct {
	const char *name;
	enum meaning meaning;
} dialects[] = {
	{"retry-after", MEANS_RETRY},
	{"ratelimit", MEANS_BOTH},
	{"ratelimit-remaining", MEANS_REMAINING},
	{"x-ratelimit-remaining", MEANS_REMAINING},
	{"x-rate-limit-remaining", MEANS_REMAINING},
	{"ratelimit-reset", MEANS_RESET},
	{"x-ratelimit-reset", MEANS_RESET},
	{"x-rate-limit-reset", MEANS_RESET},
	{"x-ratelimit-reset-after", MEANS_RESET},
};

/* A number not below zero at the front of @text; false: none, or one that is no time. */
static bool read_number(const char *text, double *ret)
{
	if (*text < '0' || *text > '9')
		return false;
	char *end;
	double number = strtod(text, &end);
	if (!(number <= NUMBER_MAX) || (*end && !strchr(" \t,;", *end)))
		return false;
	*ret = number;
	return true;
}

/* The point in time that @text names; 0: none. */
static int64_t read_time(const char *text, int64_t now_s)
{
	double number;
	int64_t at_s;
	if (!read_number(text, &number))
		return date_parse(text, &at_s) ? at_s : 0;
	if (number >= EPOCH_MS_MIN)
		number /= 1000;
	int64_t whole_s = (int64_t)number;
	if ((double)whole_s < number)
		whole_s++;
	return number >= EPOCH_S_MIN ? whole_s : now_s + whole_s;
}

static void add_reset(struct rate *rate, int64_t at_s)
{
	if (at_s > rate->reset_s)
		rate->reset_s = at_s;
}

static bool is_zero(const char *text)
{
	double number;
	return read_number(text, &number) && number < 1;
}

static const char *value_of(const char *part, const char *key)
{
	size_t len = strlen(key);
	return strncmp(part, key, len) == 0 ? part + len : NULL;
}

/* The parameters in @text[0..@len): a reset only counts when nothing remains. */
static void read_policy(
	struct rate *rate, const char *text, size_t len, const char *const keys[2], int64_t now_s)
{
	bool zero = false;
	int64_t reset_s = 0;
	const char *end = text + len;
	while (text < end) {
		text += strspn(text, " \t,;");
		const char *remaining = value_of(text, keys[0]);
		const char *reset = value_of(text, keys[1]);
		zero |= remaining && is_zero(remaining);
		if (reset)
			reset_s = read_time(reset, now_s);
		text += strcspn(text, ",;");
	}
	rate->exhausted |= zero;
	if (zero)
		add_reset(rate, reset_s);
}

/* `limit=9, remaining=0, reset=50` (until draft 06), or `"a";r=0;t=50, "b";r=7;t=3600` (since 08),
 * in which each policy has a reset of its own. */
static void read_both(struct rate *rate, const char *text, int64_t now_s)
{
	static const char *const old_keys[2] = {"remaining=", "reset="};
	static const char *const new_keys[2] = {"r=", "t="};
	read_policy(rate, text, strlen(text), old_keys, now_s);
	while (*text) {
		size_t len = strcspn(text, ",");
		read_policy(rate, text, len, new_keys, now_s);
		text += len;
		text += *text == ',';
	}
}

void rate_header(struct rate *rate, const char *name, const char *value, int64_t now_s)
{
	size_t i = 0;
	size_t count = sizeof dialects / sizeof *dialects;
	while (i < count && strcasecmp(name, dialects[i].name) != 0)
		i++;
	if (i == count)
		return;
	switch (dialects[i].meaning) {
	case MEANS_RETRY:
		rate->retry_after_s = read_time(value, now_s);
		break;
	case MEANS_REMAINING:
		rate->exhausted |= is_zero(value);
		break;
	case MEANS_RESET:
		add_reset(rate, read_time(value, now_s));
		break;
	case MEANS_BOTH:
		read_both(rate, value, now_s);
		break;
	}
}

bool rate_is_limited(const struct rate *rate, int status)
{
	return status == 429 || (status == 403 && (rate->exhausted || rate->retry_after_s > 0));
}

int64_t rate_retry_at_s(const struct rate *rate, int status, int64_t now_s)
{
	int64_t at_s = 0;
	bool limited = rate_is_limited(rate, status);
	if (limited || status == 503 || rate->exhausted)
		at_s = rate->retry_after_s;
	if ((limited || rate->exhausted) && rate->reset_s > at_s)
		at_s = rate->reset_s;
	if (at_s <= now_s)
		return 0;
	return at_s > now_s + PACE_RETRY_MAX_S ? now_s + PACE_RETRY_MAX_S : at_s;
}
