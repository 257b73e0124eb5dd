#include "crawlers/net/rate.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW_S 1785585600ll /* 2026-08-01 12:00:00 UTC */
#define DAY   86400

struct row {
	const char *why;
	int status;
	const char *headers[4][2];
	int64_t want_s; /* from now; 0: not told */
};

/* clang-format off */
static const struct row rows[] = {
	{"nothing told",                          429, {{NULL}},                                             0},
	{"seconds",                               429, {{"Retry-After", "120"}},                             120},
	{"a date (RFC 9110)",                     429, {{"retry-after", "Sat, 01 Aug 2026 12:05:00 GMT"}},   300},
	{"seconds since 1970, against the RFC",   429, {{"Retry-After", "1785585660"}},                      60},
	{"a fraction is rounded up",              429, {{"Retry-After", "0.4"}},                             1},
	{"maintenance",                           503, {{"Retry-After", "60"}},                              60},
	{"Retry-After of a page that came",       200, {{"Retry-After", "60"}},                              0},
	{"Retry-After of a missing page",         404, {{"Retry-After", "60"}},                              0},
	{"GitHub's secondary limit",              403, {{"retry-after", "60"}},                              60},
	{"a date that is past",                   429, {{"Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"}},   0},
	{"zero seconds",                          429, {{"Retry-After", "0"}},                               0},
	{"below zero",                            429, {{"Retry-After", "-5"}},                              0},
	{"words",                                 429, {{"Retry-After", "soon"}},                            0},
	{"nothing",                               429, {{"Retry-After", ""}},                                0},
	{"a number with a unit is none",          429, {{"Retry-After", "120x"}},                            0},
	{"ten years are a day",                   429, {{"Retry-After", "315360000"}},                       DAY},
	{"a number beyond all",                   429, {{"Retry-After", "99999999999999999999999999999999"}}, 0},
	{"infinity",                              429, {{"Retry-After", "1e999"}},                           0},
	{"a date of the year 9999",               429, {{"Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"}},   DAY},

	{"Mastodon: ISO 8601",                    429, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "2026-08-01T12:05:00.123456Z"}}, 300},
	{"Mastodon, the last one was served",     200, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "2026-08-01T12:05:00Z"}}, 300},
	{"Mastodon, more remain",                 200, {{"X-RateLimit-Remaining", "1"}, {"X-RateLimit-Reset", "2026-08-01T12:05:00Z"}}, 0},
	{"GitHub: seconds since 1970",            403, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1785586200"}}, 600},
	{"a 403 with more remaining is a 403",    403, {{"x-ratelimit-remaining", "9"}, {"x-ratelimit-reset", "1785586200"}}, 0},
	{"Bluesky",                               429, {{"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "1785585700"}}, 100},
	{"Reddit: a float, and seconds from now", 200, {{"x-ratelimit-remaining", "0.0"}, {"x-ratelimit-reset", "77"}}, 77},
	{"Reddit, less than one left",            200, {{"x-ratelimit-remaining", "0.5"}, {"x-ratelimit-reset", "77"}}, 77},
	{"Reddit, some left",                     200, {{"x-ratelimit-remaining", "96.0"}, {"x-ratelimit-reset", "77"}}, 0},
	{"429 with a reset alone",                429, {{"x-ratelimit-reset", "77"}},                        77},
	{"X: with a hyphen",                      429, {{"x-rate-limit-remaining", "0"}, {"x-rate-limit-reset", "1785585660"}}, 60},
	{"milliseconds since 1970",               429, {{"x-ratelimit-reset", "1785585660000"}},             60},
	{"Discord: reset-after",                  429, {{"x-ratelimit-reset-after", "1.5"}},                 2},
	{"remaining, and no reset",               200, {{"x-ratelimit-remaining", "0"}},                     0},
	{"the later of the two",                  429, {{"Retry-After", "10"}, {"x-ratelimit-reset", "77"}}, 77},
	{"a reset that is past",                  429, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1485586200"}}, 0},
	{"a reset far ahead",                     200, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "9985586200"}}, DAY},

	{"draft 03 to 06",                        200, {{"RateLimit", "limit=100, remaining=0, reset=50"}},  50},
	{"draft 03 to 06, some left",             200, {{"RateLimit", "limit=100, remaining=5, reset=50"}},  0},
	{"draft 08 on",                           200, {{"RateLimit", "\"default\";r=0;t=50"}},              50},
	{"draft 08 on, turned round",             200, {{"RateLimit", "\"default\"; t=50; r=0"}},            50},
	{"draft 08 on, some left",                200, {{"RateLimit", "\"default\";r=3;t=50"}},              0},
	{"only the policy that is used up",       200, {{"RateLimit", "\"burst\";r=0;t=5, \"daily\";r=9;t=3600"}}, 5},
	{"only the policy that is used up, last", 200, {{"RateLimit", "\"burst\";r=9;t=3600,\"daily\";r=0;t=5"}}, 5},
	{"punctuation alone",                     200, {{"RateLimit", ";;,,= ;r=;t=,"}},                     0},
	{"the policy header has no count",        200, {{"RateLimit-Policy", "\"default\";q=0;w=60"}},       0},
};
/* clang-format on */

static void reads_every_dialect(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *row = &rows[i];
		struct rate rate = {0};
		for (size_t j = 0; j < 4 && row->headers[j][0]; j++)
			rate_header(&rate, row->headers[j][0], row->headers[j][1], NOW_S);
		int64_t got_s = rate_retry_at_s(&rate, row->status, NOW_S);
		int64_t want_s = row->want_s ? NOW_S + row->want_s : 0;
		if (got_s != want_s)
			fail_msg("%s: %" PRId64 " s from now, want %" PRId64, row->why,
				got_s - NOW_S, row->want_s);
	}
}

static void tells_a_limit_from_a_refusal(void **state)
{
	(void)state;
	struct rate nothing = {0};
	struct rate exhausted = {.exhausted = true};
	struct rate told = {.retry_after_s = NOW_S + 1};
	assert_true(rate_is_limited(&nothing, 429));
	assert_false(rate_is_limited(&nothing, 403));
	assert_true(rate_is_limited(&exhausted, 403));
	assert_true(rate_is_limited(&told, 403));
	assert_false(rate_is_limited(&exhausted, 200));
	assert_false(rate_is_limited(&told, 503));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_dialect),
		cmocka_unit_test(tells_a_limit_from_a_refusal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
