/* Any string as a point in time, a date of a job, a duration: refused, or the same once more. */
#include "config/date.h"
#include "config/duration.h"
#include "crawlers/parse/date.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define YEAR_1_S    INT64_C(-62135596800)
#define YEAR_9999_S INT64_C(253402300799)
#define UNTOUCHED   INT64_C(0x5a5a5a5a5a5a5a5a)

static void point_in_time(const char *text)
{
	int64_t s = UNTOUCHED;
	if (!date_parse(text, &s)) {
		MUST(s == UNTOUCHED);
		return;
	}
	/* A zone may lead a day out of the years that can be written. */
	MUST(s >= YEAR_1_S - 86400 && s <= YEAR_9999_S + 86400);
	if (s < YEAR_1_S || s > YEAR_9999_S)
		return;
	time_t time = (time_t)s;
	struct tm tm;
	char iso[64];
	int64_t back = UNTOUCHED;
	MUST(gmtime_r(&time, &tm));
	(void)snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	MUST(date_parse(iso, &back) && back == s);
}

static void duration(const char *text)
{
	int64_t s = UNTOUCHED;
	int64_t back = UNTOUCHED;
	char again[DURATION_CHARS];
	if (!duration_parse(text, &s)) {
		MUST(s == UNTOUCHED);
		return;
	}
	MUST(s >= 0);
	duration_format(s, again);
	MUST(duration_parse(again, &back) && back == s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = input_of(data, size);
	char *first = input_line(&input);
	char *second = input_line(&input);
	point_in_time(first);
	duration(first);
	if (date_valid(first) && date_valid(second))
		MUST(!date_after(first, second) || !date_after(second, first));
	free(first);
	free(second);
	return 0;
}
