#include "crawlers/net/headers.h"

#include "daemon/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int line(struct headers *headers, const char *text)
{
	return headers_line(headers, text, strlen(text));
}

static void feed(struct headers *headers, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n") + 1;
		assert_int_equal(headers_line(headers, text, len), 0);
		text += len;
	}
}

static bool same(const char *got, const char *want)
{
	return want ? got && strcmp(got, want) == 0 : !got;
}

struct row {
	const char *why;
	const char *text;
	const char *etag;
	const char *link;
	const char *coding;
	bool bad_length;
};

/* clang-format off */
static const struct row rows[] = {
	{"names in any case",              "HTTP/1.1 200\r\nETAG: \"a\"\r\nlink: <b>\r\nContent-encoding: gzip\r\n\r\n", "\"a\"", "<b>", "gzip", false},
	{"white space around values",      "HTTP/1.1 200\r\nETag:\t \"a\" \t\r\n\r\n",                     "\"a\"", NULL, NULL, false},
	{"none around values",             "HTTP/1.1 200\r\nETag:\"a\"\r\n\r\n",                           "\"a\"", NULL, NULL, false},
	{"line ends without CR",           "HTTP/1.1 200\nETag: \"a\"\n\n",                                "\"a\"", NULL, NULL, false},
	{"the first of two counts",        "HTTP/1.1 200\r\nETag: \"a\"\r\nETag: \"b\"\r\n\r\n",           "\"a\"", NULL, NULL, false},
	{"lists are joined",               "HTTP/1.1 200\r\nLink: <a>\r\nLink: <b>\r\n\r\n",               NULL, "<a>, <b>", NULL, false},
	{"codings are a list",             "HTTP/1.1 200\r\nContent-Encoding: gzip\r\nContent-Encoding: br\r\n\r\n", NULL, NULL, "gzip, br", false},
	{"an interim answer is forgotten", "HTTP/1.1 103\r\nETag: \"a\"\r\nLink: <a>\r\nContent-Encoding: x\r\n\r\nHTTP/1.1 200\r\nLink: <b>\r\n\r\n", NULL, "<b>", NULL, false},
	{"a trailer does not count",       "HTTP/1.1 200\r\n\r\nETag: \"a\"\r\n\r\n",                      NULL, NULL, NULL, false},
	{"controls in a value",            "HTTP/1.1 200\r\nETag: \"a\x01\"\r\n\r\n",                      NULL, NULL, NULL, false},
	{"no colon",                       "HTTP/1.1 200\r\nETag\r\n\r\n",                                 NULL, NULL, NULL, false},
	{"an empty name",                  "HTTP/1.1 200\r\n: \"a\"\r\n\r\n",                              NULL, NULL, NULL, false},
	{"an empty value",                 "HTTP/1.1 200\r\nETag:\r\n\r\n",                                "", NULL, NULL, false},
	{"a name with a space is another", "HTTP/1.1 200\r\nETag : \"a\"\r\n\r\n",                         NULL, NULL, NULL, false},
	{"a length",                       "HTTP/1.1 200\r\nContent-Length: 12\r\n\r\n",                   NULL, NULL, NULL, false},
	{"the same length twice",          "HTTP/1.1 200\r\nContent-Length: 12\r\nContent-Length: 12\r\n\r\n", NULL, NULL, NULL, false},
	{"two lengths",                    "HTTP/1.1 200\r\nContent-Length: 12\r\nContent-Length: 13\r\n\r\n", NULL, NULL, NULL, true},
	{"a length below zero",            "HTTP/1.1 200\r\nContent-Length: -1\r\n\r\n",                   NULL, NULL, NULL, true},
	{"a length in hex",                "HTTP/1.1 200\r\nContent-Length: 0x1\r\n\r\n",                  NULL, NULL, NULL, true},
	{"an empty length",                "HTTP/1.1 200\r\nContent-Length:\r\n\r\n",                      NULL, NULL, NULL, true},
	{"the largest length",             "HTTP/1.1 200\r\nContent-Length: 9223372036854775807\r\n\r\n",  NULL, NULL, NULL, false},
	{"a length beyond it",             "HTTP/1.1 200\r\nContent-Length: 9223372036854775808\r\n\r\n",  NULL, NULL, NULL, true},
};
/* clang-format on */

static void keeps_what_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct headers headers;
		assert_int_equal(headers_init(&headers, 1), 0);
		feed(&headers, rows[i].text);
		if (!same(headers.etag, rows[i].etag) || !same(headers.link, rows[i].link) ||
			!same(headers.content_encoding, rows[i].coding) ||
			(headers.bad_length != NULL) != rows[i].bad_length)
			fail_msg("%s: ETag %s, Link %s, coding %s, bad length %s", rows[i].why,
				headers.etag, headers.link, headers.content_encoding,
				headers.bad_length);
		assert_true(headers.ended);
		headers_release(&headers);
	}
}

static void long_values_are_as_good_as_absent(void **state)
{
	(void)state;
	char *text = malloc(3 * LIMIT_HEADER_B);
	struct headers headers;
	assert_non_null(text);
	assert_int_equal(headers_init(&headers, 1), 0);
	for (int over = 0; over < 2; over++) {
		(void)snprintf(
			text, 3 * LIMIT_HEADER_B, "ETag: %0*d\r\n", LIMIT_HEADER_B + over, 0);
		assert_int_equal(line(&headers, "HTTP/1.1 200\r\n"), 0);
		assert_int_equal(line(&headers, text), 0);
		assert_int_equal(headers.etag == NULL, over);
		(void)snprintf(text, 3 * LIMIT_HEADER_B, "Content-Encoding: %0*d\r\n",
			LIMIT_HEADER_B + over, 0);
		assert_int_equal(line(&headers, text), 0);
		assert_int_equal(strlen(headers.content_encoding), over ? 1 : LIMIT_HEADER_B);
	}
	(void)snprintf(text, 3 * LIMIT_HEADER_B, "Link: %0*d\r\n", LIMIT_HEADER_B - 4, 0);
	assert_int_equal(line(&headers, "Link: <a>\r\n"), 0);
	assert_int_equal(line(&headers, text), 0);
	assert_string_equal(headers.link, "<a>");
	headers_release(&headers);
	free(text);
}

static void all_of_it_is_bounded(void **state)
{
	(void)state;
	static const char *const floods[] = {
		"HTTP/1.1 103\r\n", "etag:a\r\n", "link:a\r\n", "content-length:1\r\n", "a:b\r\n"};
	for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
		struct headers headers;
		int r = 0;
		size_t sent = 0;
		assert_int_equal(headers_init(&headers, 1), 0);
		while (r == 0 && sent <= LIMIT_HEADERS_B) {
			/* the worst: anew each time, so that each value is kept once more */
			r = line(&headers, "HTTP/1.1 103\r\n");
			if (r == 0)
				r = line(&headers, floods[i]);
			sent += strlen(floods[i]) + 14;
		}
		assert_int_equal(r, HEADERS_E_TOO_BIG);
		headers_release(&headers);
	}
}

static void some_values_may_be_sent(void **state)
{
	(void)state;
	char text[LIMIT_HEADER_B + 2];
	assert_true(headers_may_send("\"a\""));
	assert_true(headers_may_send("W/\"\xc3\xbc\""));
	assert_false(headers_may_send(""));
	assert_false(headers_may_send("a\r\nb: c"));
	assert_false(headers_may_send("a\nb"));
	assert_false(headers_may_send("a\x7f"));
	memset(text, 'a', sizeof text);
	text[LIMIT_HEADER_B] = '\0';
	assert_true(headers_may_send(text));
	text[LIMIT_HEADER_B] = 'a';
	text[LIMIT_HEADER_B + 1] = '\0';
	assert_false(headers_may_send(text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_counts),
		cmocka_unit_test(long_values_are_as_good_as_absent),
		cmocka_unit_test(all_of_it_is_bounded),
		cmocka_unit_test(some_values_may_be_sent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
