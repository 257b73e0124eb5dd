#include "crawlers/net/url.h"

#include "daemon/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#define ARENA_B (16 * LIMIT_URL_B)

struct row {
	const char *why;
	const char *text;
	const char *whole; /* NULL: refused */
};

/* clang-format off */
static const struct row parsed[] = {
	{"the simplest",                          "http://a.example",                    "http://a.example/"},
	{"scheme and host in lower case",         "HTTPS://A.Example/B",                 "https://a.example/B"},
	{"no default port",                       "http://a.example:80/",                "http://a.example/"},
	{"no default port of https",              "https://a.example:443/",              "https://a.example/"},
	{"the other's default port stays",        "https://a.example:80/",               "https://a.example:80/"},
	{"an empty port is the default",          "http://a.example:/",                  "http://a.example/"},
	{"leading zeros of a port",               "http://a.example:0081/",              "http://a.example:81/"},
	{"no fragment",                           "http://a.example/#b",                 "http://a.example/"},
	{"the query stays",                       "http://a.example/?b=%20&c",           "http://a.example/?b=%20&c"},
	{"an empty query stays",                  "http://a.example/?",                  "http://a.example/?"},
	{"dot segments",                          "http://a.example/b/./../c/..",        "http://a.example/"},
	{"encoded dot segments",                  "http://a.example/b/%2e%2E/c",         "http://a.example/c"},
	{"a tab within an encoded dot",           "http://a.example/b/%2\te%2e/c",       "http://a.example/c"},
	{"letters beyond ASCII in path, query",   "http://a.example/\xc3\xbc?\xc3\xbc",  "http://a.example/%C3%BC?%C3%BC"},
	{"hex in upper case",                     "http://a.example/%c3%bc",             "http://a.example/%C3%BC"},
	{"a space",                               "http://a.example/b c",                "http://a.example/b%20c"},
	{"white space around it",                 " \n http://a.example/ \t",            "http://a.example/"},
	{"a line break in it",                    "http://a.exa\r\n\tmple/",             "http://a.example/"},
	{"a name beyond ASCII",                   "https://b\xc3\xbc" "cher.example/",   "https://xn--bcher-kva.example/"},
	{"the root's dot",                        "http://a.example./",                  "http://a.example/"},
	{"an IPv6 address",                       "http://[2001:DB8::1]:8080/",          "http://[2001:db8::1]:8080/"},
	{"an IPv4 address in one number",         "http://2130706433/",                  "http://127.0.0.1/"},
	{"an IPv4 address in hex",                "http://0x7f.1/",                      "http://127.0.0.1/"},
	{"an IPv4 address in wide digits",        "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/", "http://127.0.0.1/"},
	{"an IPv4 address and a dot",             "http://127.0.0.1./",                  "http://127.0.0.1/"},
	{"a backslash is a slash to browsers",    "http://a.example\\@b.example/",       "http://a.example/@b.example/"},
	{"a backslash in a query is itself",      "http://a.example/?\\",                "http://a.example/?\\"},
	{"a name with an underscore exists",      "http://a_b.example/",                 "http://a_b.example/"},

	{"nothing",                               "",                                    NULL},
	{"only a fragment",                       "#a",                                  NULL},
	{"no scheme",                             "a.example/b",                         NULL},
	{"a path",                                "/b",                                  NULL},
	{"no host",                               "http://",                             NULL},
	{"another scheme",                        "ftp://a.example/",                    NULL},
	{"a file",                                "file:///etc/passwd",                  NULL},
	{"a script",                              "javascript:alert(1)",                 NULL},
	{"a scheme nobody knows",                 "gopherus://a.example/",               NULL},
	{"a user",                                "http://u@a.example/",                 NULL},
	{"an empty user",                         "http://@a.example/",                  NULL},
	{"a user that looks like a host",         "http://a.example:80@b.example/",      NULL},
	{"one slash: two readings",               "http:/a.example/",                    NULL},
	{"no slash: two readings",                "http:a.example/",                     NULL},
	{"port 0",                                "http://a.example:0/",                 NULL},
	{"a port too high",                       "http://a.example:65536/",             NULL},
	{"a port in words",                       "http://a.example:http/",              NULL},
	{"a control character",                   "http://a.example/\x01/",              NULL},
	{"a NUL in the host",                     "http://a%00.example/",                NULL},
	{"a slash in the host",                   "http://a%2fb/",                       NULL},
	{"a space in the host",                   "http://a b/",                         NULL},
	{"an empty label",                        "http://a..example/",                  NULL},
	{"only the root",                         "http://./",                           NULL},
	{"an address of this link",               "http://[fe80::1%25eth0]/",            NULL},
	{"half an IPv6 address",                  "http://[::1/",                        NULL},
	{"an address out of range",               "http://256.0.0.1/",                   NULL},
	{"an address with 08, which is no octal", "http://1.2.3.08/",                    NULL},
	{"a name that ends in a number",          "http://a.example.1/",                 NULL},
	{"a name that ends in hex",               "http://a.0x7f/",                      NULL},
};

/* RFC 3986 §5.4, base http://a/b/c/d;p?q; fragments are dropped. */
static const struct row resolved[] = {
	{"5.4.1", "g",             "http://a/b/c/g"},
	{"5.4.1", "./g",           "http://a/b/c/g"},
	{"5.4.1", "g/",            "http://a/b/c/g/"},
	{"5.4.1", "/g",            "http://a/g"},
	{"5.4.1", "//g",           "http://g/"},
	{"5.4.1", "?y",            "http://a/b/c/d;p?y"},
	{"5.4.1", "g?y",           "http://a/b/c/g?y"},
	{"5.4.1", "#s",            "http://a/b/c/d;p?q"},
	{"5.4.1", "g#s",           "http://a/b/c/g"},
	{"5.4.1", "g?y#s",         "http://a/b/c/g?y"},
	{"5.4.1", ";x",            "http://a/b/c/;x"},
	{"5.4.1", "g;x",           "http://a/b/c/g;x"},
	{"5.4.1", "g;x?y#s",       "http://a/b/c/g;x?y"},
	{"5.4.1", "",              "http://a/b/c/d;p?q"},
	{"5.4.1", ".",             "http://a/b/c/"},
	{"5.4.1", "./",            "http://a/b/c/"},
	{"5.4.1", "..",            "http://a/b/"},
	{"5.4.1", "../",           "http://a/b/"},
	{"5.4.1", "../g",          "http://a/b/g"},
	{"5.4.1", "../..",         "http://a/"},
	{"5.4.1", "../../",        "http://a/"},
	{"5.4.1", "../../g",       "http://a/g"},
	{"5.4.2", "../../../g",    "http://a/g"},
	{"5.4.2", "../../../../g", "http://a/g"},
	{"5.4.2", "/./g",          "http://a/g"},
	{"5.4.2", "/../g",         "http://a/g"},
	{"5.4.2", "g.",            "http://a/b/c/g."},
	{"5.4.2", ".g",            "http://a/b/c/.g"},
	{"5.4.2", "g..",           "http://a/b/c/g.."},
	{"5.4.2", "..g",           "http://a/b/c/..g"},
	{"5.4.2", "./../g",        "http://a/b/g"},
	{"5.4.2", "./g/.",         "http://a/b/c/g/"},
	{"5.4.2", "g/./h",         "http://a/b/c/g/h"},
	{"5.4.2", "g/../h",        "http://a/b/c/h"},
	{"5.4.2", "g;x=1/./y",     "http://a/b/c/g;x=1/y"},
	{"5.4.2", "g;x=1/../y",    "http://a/b/c/y"},
	{"5.4.2", "g?y/./x",       "http://a/b/c/g?y/./x"},
	{"5.4.2", "g?y/../x",      "http://a/b/c/g?y/../x"},
	{"5.4.1: a scheme we do not fetch", "g:h",     NULL},
	{"5.4.2: strict parsers do not read it", "http:g", NULL},
	{"another host and scheme", "https://b:8/c",   "https://b:8/c"},
	{"a scheme-relative user",  "//u@b/",          NULL},
	{"mail",                    "mailto:a@b",      NULL},
	{"data",                    "data:,a",         NULL},
	{"browsers go to b",        "\\\\b\\c",        "http://b/c"},
	{"a line break in a link",  "x\n y",           "http://a/b/c/x%20y"},
};
/* clang-format on */

static void check_row(const struct row *row, int r, const char *whole)
{
	if (!row->whole && r != URL_E_BAD)
		fail_msg("%s: \"%s\": %d, \"%s\"", row->why, row->text, r, r == 0 ? whole : "");
	if (row->whole && (r != 0 || strcmp(whole, row->whole) != 0))
		fail_msg("%s: \"%s\": %d, \"%s\"", row->why, row->text, r, r == 0 ? whole : "");
}

static void parses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof parsed / sizeof *parsed; i++) {
		struct arena *arena = arena_new(ARENA_B);
		struct url url = {0};
		int r = url_parse(arena, parsed[i].text, &url);
		check_row(&parsed[i], r, url.whole);
		struct url again = {0};
		if (r == 0 && (url_parse(arena, url.whole, &again) != 0 ||
				      strcmp(again.whole, url.whole) != 0))
			fail_msg("\"%s\" is not its own normal form", url.whole);
		arena_free(arena);
	}
}

static void resolves(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof resolved / sizeof *resolved; i++) {
		struct arena *arena = arena_new(ARENA_B);
		const char *whole = NULL;
		int r = url_resolve(arena, "http://a/b/c/d;p?q#f", resolved[i].text, &whole);
		check_row(&resolved[i], r, whole);
		arena_free(arena);
	}
}

static void has_parts(void **state)
{
	(void)state;
	struct arena *arena = arena_new(ARENA_B);
	struct url url;
	assert_int_equal(url_parse(arena, "HTTPS://A.example:8443/b?c=d#e", &url), 0);
	assert_string_equal(url.scheme, "https");
	assert_string_equal(url.host, "a.example");
	assert_int_equal(url.port, 8443);
	assert_string_equal(url.path, "/b");
	assert_string_equal(url.query, "c=d");
	assert_string_equal(url.origin, "https://a.example:8443");
	assert_int_equal(url_parse(arena, "http://a.example", &url), 0);
	assert_null(url.query);
	assert_int_equal(url.port, 80);
	assert_string_equal(url.origin, "http://a.example");
	arena_free(arena);
}

static void length_is_bounded(void **state)
{
	(void)state;
	char text[LIMIT_URL_B + 2];
	struct url url;
	struct arena *arena = arena_new(ARENA_B);
	memset(text, 'a', sizeof text);
	memcpy(text, "http://b/", 9);
	text[LIMIT_URL_B] = '\0';
	assert_int_equal(url_parse(arena, text, &url), 0);
	text[LIMIT_URL_B] = 'a';
	text[LIMIT_URL_B + 1] = '\0';
	assert_int_equal(url_parse(arena, text, &url), URL_E_BAD);
	/* Short as written, too long when encoded. */
	memset(text + 9, '\xff', LIMIT_URL_B - 9);
	text[LIMIT_URL_B] = '\0';
	assert_int_equal(url_parse(arena, text, &url), URL_E_BAD);
	arena_free(arena);
}

static void without_memory_says_so(void **state)
{
	(void)state;
	struct arena *arena = arena_new(8);
	struct url url;
	assert_int_equal(url_parse(arena, "http://a.example/", &url), -ENOMEM);
	arena_free(arena);
}

static void compares(void **state)
{
	(void)state;
	struct arena *arena = arena_new(ARENA_B);
	struct url a;
	struct url b;
	assert_int_equal(url_parse(arena, "http://a.example/x", &a), 0);
	assert_int_equal(url_parse(arena, "HTTP://A.EXAMPLE:80/y", &b), 0);
	assert_true(url_same_origin(&a, &b));
	assert_int_equal(url_parse(arena, "https://a.example/x", &b), 0);
	assert_false(url_same_origin(&a, &b));
	assert_true(url_host_in("globex.example", "globex.example"));
	assert_true(url_host_in("www.globex.example", "globex.example"));
	assert_false(url_host_in("notglobex.example", "globex.example"));
	assert_false(url_host_in("globex.example", "www.globex.example"));
	assert_false(url_host_in("globex.example", ""));
	assert_string_equal(url_escape(arena, "a b&\xc3\xbc"), "a%20b%26%C3%BC");
	assert_string_equal(url_escape(arena, ""), "");
	arena_free(arena);
}

static const char *text_of(json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));
	return text ? text : "";
}

/* The host of a browser's href, which has no user left where we accepted it. */
static size_t host_len(const char *href)
{
	const char *host = strstr(href, "://");
	return host ? strcspn(host + 3, "/?#") + (size_t)(host + 3 - href) : 0;
}

/* 1 where we went the browser's way, 0 where we refused to go; another host than the browser's
 * would be a way to lead us astray. */
static int check_browser(json_t *row)
{
	const char *base = text_of(row, "base");
	const char *href = text_of(row, "href");
	bool fails = json_is_true(json_object_get(row, "failure"));
	if (json_string_length(json_object_get(row, "input")) != strlen(text_of(row, "input")))
		return 0; /* a NUL in it: can not come as a C string */
	struct arena *arena = arena_new(ARENA_B);
	struct url url;
	const char *whole = NULL;
	int r = *base ? url_resolve(arena, base, text_of(row, "input"), &whole)
		      : url_parse(arena, text_of(row, "input"), &url);
	if (r == 0 && !*base)
		whole = url.whole;
	if (r == 0 && fails)
		fail_msg("\"%s\": a browser refuses it, we go to %s", text_of(row, "input"), whole);
	size_t len = host_len(href);
	bool dotted = len > 0 && href[len - 1] == '.'; /* we drop the root's dot */
	bool compressed = strchr(href, '[') != NULL;   /* and do not rewrite IPv6 addresses */
	if (r == 0 && !compressed && strncmp(href, whole, len - dotted) != 0)
		fail_msg("\"%s\": a browser goes to %s, we to %s", text_of(row, "input"), href,
			whole);
	arena_free(arena);
	return r == 0;
}

static void goes_where_browsers_go(void **state)
{
	(void)state;
	const char *shared = getenv("DIRTWATCH_SHARED");
	char name[4096];
	(void)snprintf(name, sizeof name, "%s/suites/wpturl/tests/wpt/urltestdata.json",
		shared ? shared : "../shared");
	json_t *rows = json_load_file(name, JSON_ALLOW_NUL, NULL);
	if (!rows) {
		print_message("%s is not there\n", name);
		skip();
	}
	size_t index;
	size_t same = 0;
	json_t *row;
	json_array_foreach(rows, index, row) {
		if (json_is_object(row))
			same += (size_t)check_browser(row);
	}
	print_message("%zu URLs lead where a browser goes, none elsewhere\n", same);
	assert_true(same > 150);
	json_decref(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(resolves),
		cmocka_unit_test(has_parts),
		cmocka_unit_test(length_is_bounded),
		cmocka_unit_test(without_memory_says_so),
		cmocka_unit_test(compares),
		cmocka_unit_test(goes_where_browsers_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
