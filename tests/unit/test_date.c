#include "crawlers/parse/date.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

struct row {
	const char *why;
	const char *text;
	int64_t want_s;
};

#define SEP10 1662774733 /* 2022-09-10 01:52:13 UTC */
#define DAY   1662768000 /* 2022-09-10 00:00:00 UTC */

static const struct row good[] = {
	{"RFC 3339 in UTC", "2022-09-10T01:52:13Z", SEP10},
	{"milliseconds, as Mastodon writes", "2022-09-10T01:52:13.123Z", SEP10},
	{"microseconds and a zone of zero", "2022-09-10T01:52:13.123456+00:00", SEP10},
	{"a comma before the fraction (ISO 8601)", "2022-09-10T01:52:13,5Z", SEP10},
	{"a zone east of UTC", "2022-09-10T03:52:13+02:00", SEP10},
	{"a zone west of UTC, without colon", "2022-09-09T21:52:13-0400", SEP10},
	{"a zone of half hours", "2022-09-10T07:22:13+05:30", SEP10},
	{"hours alone as zone", "2022-09-10T03:52:13+02", SEP10},
	{"small letters (RFC 3339 §5.6)", "2022-09-10t01:52:13z", SEP10},
	{"a space for the T and a word for the zone: Reddit's export", "2022-09-10 01:52:13 UTC",
		SEP10},
	{"no zone is UTC: TikTok, LinkedIn", "2022-09-10 01:52:13", SEP10},
	{"no seconds", "2022-09-10T01:52Z", SEP10 - 13},
	{"hours alone", "2022-09-10T01Z", DAY + 3600},
	{"packed", "20220910T015213Z", SEP10},
	{"packed without T", "20220910015213", SEP10},
	{"a day", "2022-09-10", DAY},
	{"a packed day", "20220910", DAY},
	{"a day with slashes", "2022/09/10 01:52:13", SEP10},
	{"short month and day", "2022-9-10", DAY},
	{"a month", "2022-09", 1661990400},
	{"a year", "2022", 1640995200},
	{"white space around", " \n2022-09-10\t", DAY},
	{"midnight at the end of the day", "2022-09-09T24:00:00Z", DAY},
	{"a leap second counts as the next", "2016-12-31T23:59:60Z", 1483228800},
	{"before 1970", "1969-12-31T23:59:59Z", -1},
	{"a leap day", "2000-02-29", 951782400},
	{"the first year", "0001-01-01T00:00:00Z", -62135596800},
	{"the last year", "9999-12-31T23:59:59Z", 253402300799},

	{"RFC 5322", "Sat, 10 Sep 2022 01:52:13 +0000", SEP10},
	{"RFC 822 with a name for the zone", "Fri, 09 Sep 2022 21:52:13 EDT", SEP10},
	{"EST is an hour behind EDT", "Fri, 09 Sep 2022 20:52:13 EST", SEP10},
	{"two-digit year in this century", "Sat, 10 Sep 22 01:52:13 GMT", SEP10},
	{"two-digit year in the last", "Sun, 06 Nov 94 08:49:37 GMT", 784111777},
	{"three-digit year (RFC 5322 §4.3)", "Sun, 06 Nov 094 08:49:37 GMT", 784111777},
	{"RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
	{"Z in RFC 822", "Sat, 10 Sep 2022 01:52:13 Z", SEP10},
	{"a military letter is UTC", "Sat, 10 Sep 2022 01:52:13 A", SEP10},
	{"a name nobody knows is UTC", "Sat, 10 Sep 2022 01:52:13 XYZT", SEP10},
	{"GMT with an offset", "Sat, 10 Sep 2022 03:52:13 GMT+0200", SEP10},
	{"UTC as a word in small letters", "Sat, 10 Sep 2022 01:52:13 utc", SEP10},
	{"a comment behind", "Sat, 10 Sep 2022 03:52:13 +0200 (CEST)", SEP10},
	{"no weekday, no seconds", "10 Sep 2022 01:52 GMT", SEP10 - 13},
	{"a wrong weekday does not matter", "Mon, 10 Sep 2022 01:52:13 GMT", SEP10},
	{"one-digit day", "Sat, 3 Sep 2022 01:52:13 GMT", SEP10 - 7 * 86400},
	{"names in full and no comma", "Saturday 10 September 2022 01:52:13 GMT", SEP10},
	{"Sept with a full stop", "10 Sept. 2022", DAY},
	{"names in capitals", "SAT, 10 SEP 2022 01:52:13 GMT", SEP10},
	{"asctime", "Sat Sep 10 01:52:13 2022", SEP10},
	{"asctime with a padded day", "Sat Sep  3 01:52:13 2022", SEP10 - 7 * 86400},
	{"X's archive", "Sat Sep 10 01:52:13 +0000 2022", SEP10},
	{"date(1)", "Sat Sep 10 01:52:13 UTC 2022", SEP10},
	{"LinkedIn's day", "10 Sep 2022", DAY},
	{"LinkedIn's month", "Sep 2022", 1661990400},
	{"American, with a clock of twelve hours", "September 10, 2022 1:52 PM",
		DAY + 13 * 3600 + 52 * 60},
	{"noon", "Sep 10, 2022 12:00 pm", DAY + 12 * 3600},
	{"midnight", "Sep 10, 2022 12:00 AM", DAY},
	{"an ordinal", "10th September 2022", DAY},

	{"seconds since 1970", "1662774733", SEP10},
	{"with a fraction: Reddit", "1662774733.25", SEP10},
	{"milliseconds", "1662774733123", SEP10},
};

static const char *const bad[] = {
	"",
	" ",
	"now",
	"yesterday",
	"0",
	"-1",
	"12",
	"123",
	"12345",
	"99999999",
	"16627747331",
	"2022-13",
	"2022-00",
	"2022-00-10",
	"2022-09-00",
	"2022-09-31",
	"2022-02-29",
	"1900-02-29",
	"2022-09-10T25:00",
	"2022-09-10T24:00:01",
	"2022-09-10T01:60",
	"2022-09-10T01:52:61",
	"2022-09-10T",
	"2022-09-10T1",
	"2022-09-10T01:5",
	"2022-09-10T01:52:13.",
	"2022-09-10T01:52:13+99:00",
	"2022-09-10T01:52:13+02:60",
	"2022-09-10T01:52:13Z nonsense",
	"2022-09-10 nonsense",
	"2022-09/10",
	"2022-09-",
	"22-09-10",
	"0000-01-01",
	"10000-01-01",
	"Sat",
	"Sep",
	"10 Sep",
	"32 Sep 2022",
	"31 Jun 2022",
	"10 Foo 2022",
	"10 Sep Sep 2022",
	"Sat Sun 10 Sep 2022",
	"10 11 Sep 2022 2023",
	"10 Sep 2022 01:52:13 +0200 +0300",
	"10 Sep 2022 13:00 PM",
	"10 Sep 2022 PM",
	"10xx Sep 2022",
	"Sep 10, 2022 +0000",
	"10 Se 2022",
	"10 Sep 2022 01:52:13 TOOLONG",
	"9/10/2022",
	"1e9",
	"0x10",
	"٢٠٢٢-٠٩-١٠",
	"1662774733x",
	"(",
	"((",
	"+",
	"-",
	":",
	"T",
	"Z",
	"2022T01:00",
};

static void reads_real_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		int64_t got = INT64_MIN;
		bool ok = date_parse(good[i].text, &got);
		if (!ok || got != good[i].want_s)
			fail_msg("%s: \"%s\": %s %" PRId64 ", want %" PRId64, good[i].why,
				good[i].text, ok ? "read as" : "refused", got, good[i].want_s);
	}
}

static void refuses_nonsense(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int64_t got = 42;
		if (date_parse(bad[i], &got))
			fail_msg("\"%s\" was read as %" PRId64, bad[i], got);
		if (got != 42)
			fail_msg("\"%s\" was refused, but the output was written", bad[i]);
	}
	int64_t got;
	assert_false(date_parse(NULL, &got));
}

/* Days spread over the years 1 to 9999, against the C library. */
static void agrees_with_timegm(void **state)
{
	(void)state;
	for (int year = 1; year <= 9999; year += 7) {
		for (int yday = 0; yday < 366; yday += 5) {
			struct tm tm = {.tm_year = year - 1900, .tm_mday = 1 + yday};
			int64_t want = timegm(&tm);
			char text[64];
			(void)snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z",
				tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
			int64_t got;
			if (tm.tm_year + 1900 > 9999)
				continue;
			if (!date_parse(text, &got) || got != want)
				fail_msg("%s: want %" PRId64, text, want);
		}
	}
}

static void every_prefix_is_harmless(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		size_t len = strlen(good[i].text);
		for (size_t cut = 0; cut <= len; cut++) {
			char *copy = strndup(good[i].text, cut);
			assert_non_null(copy);
			int64_t got;
			(void)date_parse(copy, &got); /* only that the sanitizers stay silent */
			free(copy);
		}
	}
}

/* A page may be of blanks: looked at once for each of them, these would take an hour. */
static void blanks_are_passed_over_once(void **state)
{
	(void)state;
	const size_t len = 4 * 1024 * 1024;
	static const char *const ends[] = {"2022", "x", "(", "-"};
	int64_t got = 0;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char *text = malloc(len + 8);
		assert_non_null(text);
		memset(text, ' ', len);
		memcpy(text, "10 Sep", 6);
		memcpy(text + len, ends[i], strlen(ends[i]) + 1);
		assert_true(date_parse(text, &got) == (i == 0));
		free(text);
	}
	assert_int_equal(got, 1662768000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_real_forms),
		cmocka_unit_test(refuses_nonsense),
		cmocka_unit_test(agrees_with_timegm),
		cmocka_unit_test(every_prefix_is_harmless),
		cmocka_unit_test(blanks_are_passed_over_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
