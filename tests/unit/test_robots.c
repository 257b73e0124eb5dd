#include "crawlers/net/robots.h"

#include "crawlers/net/url.h"
#include "crawlers/sources/sources.h"
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

/* What @robots[0..@len) says to @token about @path. */
static bool ask(const char *token, const char *robots, size_t len, const char *path)
{
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct robots_rule *rules;
	size_t count;
	assert_non_null(arena);
	assert_int_equal(robots_parse(arena, token, robots, len, &rules, &count), 0);
	bool allowed = robots_allows(rules, count, path);
	arena_free(arena);
	return allowed;
}

struct row {
	const char *why;
	const char *robots;
	const char *path;
	bool allowed;
};

/* clang-format off */
static const struct row rows[] = {
	{"no rules allow everything",               "",                                                    "/a",            true },
	{"our group",                               "User-agent: dirtwatch\nDisallow: /a\n",               "/ab",           false},
	{"our group, named with a version",         "User-agent: dirtwatch/2.0\nDisallow: /a\n",           "/ab",           false},
	{"a longer token is somebody else",         "User-agent: dirtwatcher\nDisallow: /\n",              "/a",            true },
	{"a shorter token is somebody else",        "User-agent: dirt\nDisallow: /\n",                     "/a",            true },
	{"a hyphen belongs to the token",           "User-agent: dirtwatch-images\nDisallow: /\n",         "/a",            true },
	{"the star where nobody names us",          "User-agent: *\nDisallow: /a\n",                       "/a",            false},
	{"our group hides the star's",              "User-agent: *\nDisallow: /\nUser-agent: dirtwatch\nDisallow: /x\n", "/a", true},
	{"our empty group hides the star's",        "User-agent: dirtwatch\nDisallow:\n\nUser-agent: *\nDisallow: /\n", "/a", true},
	{"two groups of ours are merged (2.2.1)",   "User-agent: dirtwatch\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: dirtwatch\nDisallow: /b\n", "/b", false},
	{"merged: the first holds too",             "User-agent: dirtwatch\nDisallow: /a\n\nUser-agent: dirtwatch\nDisallow: /b\n", "/a", false},
	{"two groups of the star are merged",       "User-agent: *\nDisallow: /a\n\nUser-agent: *\nDisallow: /b\n", "/a", false},
	{"several agents share a group",            "User-agent: x\nUser-agent: dirtwatch\nUser-agent: y\nDisallow: /\n", "/a", false},
	{"a rule ends the list of agents",          "User-agent: dirtwatch\nAllow: /\nUser-agent: x\nDisallow: /\n", "/a", true},
	{"a sitemap does not (2.2.4)",              "User-agent: dirtwatch\nSitemap: http://x/\nUser-agent: x\nDisallow: /\n", "/a", false},
	{"an empty line neither",                   "User-agent: dirtwatch\n\n\nDisallow: /\n",             "/a",            false},
	{"rules before any agent are nobody's",     "Disallow: /\nUser-agent: x\nDisallow: /\n",           "/a",            true },
	{"the longest match wins",                  "User-agent: *\nDisallow: /a\nAllow: /a/b\n",          "/a/b/c",        true },
	{"order does not matter",                   "User-agent: *\nAllow: /a/b\nDisallow: /a\n",          "/a/b/c",        true },
	{"allow wins a tie",                        "User-agent: *\nDisallow: /a\nAllow: /a\n",            "/a",            true },
	{"allow wins a tie whatever the order",     "User-agent: *\nAllow: /a\nDisallow: /a\n",            "/a",            true },
	{"case counts in paths",                    "User-agent: *\nDisallow: /A\n",                       "/a",            true },
	{"robots.txt itself is allowed",            "User-agent: *\nDisallow: /\n",                        "/robots.txt",   true },
	{"a star stands for anything",              "User-agent: *\nDisallow: /a/*/c\n",                   "/a/x/y/c/d",    false},
	{"a star stands for nothing",               "User-agent: *\nDisallow: /a*b\n",                     "/ab",           false},
	{"a star in front",                         "User-agent: *\nDisallow: *.php\n",                    "/x/y.php",      false},
	{"two stars",                               "User-agent: *\nDisallow: /*a*b$\n",                   "/xaxbxb",       false},
	{"two stars, no end",                       "User-agent: *\nDisallow: /*a*b$\n",                   "/xaxbxc",       true },
	{"a dollar ends",                           "User-agent: *\nDisallow: /a$\n",                      "/ab",           true },
	{"a dollar ends: the same",                 "User-agent: *\nDisallow: /a$\n",                      "/a",            false},
	{"star and dollar",                         "User-agent: *\nDisallow: /*.gif$\n",                  "/a.gif.gif",    false},
	{"a dollar inside is itself",               "User-agent: *\nDisallow: /a$b\n",                     "/a$b",          false},
	{"an encoded star is itself (2.2.3)",       "User-agent: *\nDisallow: /a%2Ab\n",                   "/axb",          true },
	{"an encoded star meets a star",            "User-agent: *\nDisallow: /a%2ab\n",                   "/a*b",          false},
	{"an encoded dollar is no end",             "User-agent: *\nDisallow: /a%24\n",                    "/a$b",          false},
	{"the query is part of the path",           "User-agent: *\nDisallow: /*?id=\n",                   "/a?x&?id=1",    false},
	{"unreserved octets compare decoded",       "User-agent: *\nDisallow: /%62%61%7A\n",               "/baz",          false},
	{"unreserved octets of the path too",       "User-agent: *\nDisallow: /~joe\n",                    "/%7ejoe",       false},
	{"an encoded slash is no slash",            "User-agent: *\nDisallow: /a/b\n",                     "/a%2Fb",        true },
	{"hex in either case",                      "User-agent: *\nDisallow: /%e3%83%84\n",               "/%E3%83%84",    false},
	{"raw UTF-8 is encoded (2.2.2)",            "User-agent: *\nDisallow: /\xe3\x83\x84\n",            "/%E3%83%84",    false},
	{"bytes that are no UTF-8",                 "User-agent: *\nDisallow: /\xff\n",                    "/%FF",          false},
	{"half an escape is itself",                "User-agent: *\nDisallow: /a%2\n",                     "/a%2",          false},
	{"a per cent sign is its own escape",       "User-agent: *\nDisallow: /100%\n",                    "/100%25",       false},
	{"no escape at all",                        "User-agent: *\nDisallow: /a%zz\n",                    "/a%zz",         false},
	{"byte order mark",                         "\xef\xbb\xbfUser-agent: *\nDisallow: /\n",            "/a",            false},
	{"CR ends lines",                           "User-agent: *\rDisallow: /\r",                        "/a",            false},
	{"CRLF ends lines",                         "User-agent: *\r\nDisallow: /a\r\n",                   "/a",            false},
	{"no line end at the end",                  "User-agent: *\nDisallow: /",                          "/a",            false},
	{"white space around everything",           " \tUser-agent \t:\t * \n  Disallow\t: /a \t\n",       "/a",            false},
	{"a comment behind a rule",                 "User-agent: * # all\nDisallow: /a # not this\n",      "/a",            false},
	{"a comment cuts a pattern",                "User-agent: *\nDisallow: /a#b\n",                     "/ac",           false},
	{"names in any case",                       "USER-AGENT: DIRTWATCH\nDISALLOW: /\n",                "/a",            false},
	{"a forgotten colon",                       "User-agent dirtwatch\nDisallow /\n",                  "/a",            false},
	{"three words are a sentence",              "User-agent: *\nDisallow all robots\nDisallow x /\n",  "/a",            true },
	{"disalow",                                 "User-agent: *\nDisalow: /\n",                         "/a",            false},
	{"dissallow",                               "User-agent: *\nDissallow: /\n",                       "/a",            false},
	{"useragent",                               "Useragent: *\nDisallow: /\n",                         "/a",            false},
	{"user agent",                              "User agent: *\nDisallow: /\n",                        "/a",            false},
	{"a key that is none",                      "User-agent: *\nNoindex: /\n",                         "/a",            true },
	{"a pattern without its slash is none",     "User-agent: *\nDisallow: a\n",                        "/a",            true },
	{"an HTML page has no rules",               "<!DOCTYPE html>\n<title>Not: found</title>\n",        "/a",            true },
	{"a star behind a word is no star",         "User-agent: x*\nDisallow: /\n",                       "/a",            true },
	{"a star before a word is",                 "User-agent: * x\nDisallow: /\n",                      "/a",            false},
};
/* clang-format on */

static void says_what_the_rfc_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *row = &rows[i];
		bool got = ask("dirtwatch", row->robots, strlen(row->robots), row->path);
		if (got != row->allowed)
			fail_msg("%s: %s is %s", row->why, row->path, got ? "allowed" : "denied");
	}
}

/* Where Google's parser differs from RFC 9309, and we follow the RFC. */
static const struct {
	const char *url;
	const char *robots;
	const char *reason;
} differences[] = {
	{"http://foo.bar/foo/bar/\xe3\x83\x84", NULL,
		"§2.2.2: octets outside ASCII are percent-encoded prior to comparison, in the URI "
		"as in "
		"the pattern; Google leaves that to its caller"},
	{"http://foo.bar/foo/bar/baz", "/foo/bar/%62%61%7A",
		"§2.2.2: an encoded unreserved octet is decoded prior to comparison, and the RFC's "
		"own table "
		"has this very pair as a match"},
	{"http://foo.com/allowed-slash/", "index.html",
		"§2.2.2 knows no directory index: \"/x/index.html\" does not match \"/x/\""},
};

static bool is_argued(const char *url, const char *robots)
{
	for (size_t i = 0; i < sizeof differences / sizeof *differences; i++) {
		if (strcmp(url, differences[i].url) == 0 &&
			(!differences[i].robots || strstr(robots, differences[i].robots)))
			return true;
	}
	return false;
}

static const char *path_of(const char *url)
{
	const char *host = strstr(url, "://");
	const char *path = host ? strchr(host + 3, '/') : NULL;
	return path ? path : "/";
}

static void agrees_with_google(void **state)
{
	(void)state;
	const char *shared = getenv("DIRTWATCH_SHARED");
	char name[4096];
	(void)snprintf(name, sizeof name, "%s/suites/robotstxt/cases.jsonl",
		shared ? shared : "../shared");
	FILE *file = fopen(name, "r");
	if (!file) {
		print_message("%s is not there\n", name);
		skip();
	}
	size_t count = 0;
	size_t argued = 0;
	json_t *row;
	while ((row = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL))) {
		const char *robots = json_string_value(json_object_get(row, "robots"));
		const char *url = json_string_value(json_object_get(row, "url"));
		const char *agent = json_string_value(json_object_get(row, "agent"));
		bool want = json_is_true(json_object_get(row, "allowed"));
		bool got = ask(agent, robots, strlen(robots), path_of(url));
		count++;
		if (got != want && !is_argued(url, robots))
			fail_msg("%s: \"%s\" of\n%s\nis %s", agent, url, robots,
				got ? "allowed" : "denied");
		argued += got != want;
		json_decref(row);
	}
	(void)fclose(file);
	print_message("%zu of %zu as Google's parser, %zu as the RFC instead\n", count - argued,
		count, argued);
	assert_int_equal(count, 142);
	assert_int_equal(argued, 4);
}

static void reads_no_further_than_the_limit(void **state)
{
	(void)state;
	static const char head[] = "User-agent: *\nDisallow: /head\n";
	static const char tail[] = "Disallow: /tail/\n";
	char *text = malloc(LIMIT_ROBOTS_B + sizeof tail);
	assert_non_null(text);
	memset(text, '#', LIMIT_ROBOTS_B + sizeof tail);
	memcpy(text, head, sizeof head - 1);

	size_t at = LIMIT_ROBOTS_B - (sizeof tail - 1);
	text[at - 1] = '\n';
	memcpy(text + at, tail, sizeof tail - 1);
	assert_false(ask("x", text, LIMIT_ROBOTS_B, "/tail/"));
	assert_false(ask("x", text, LIMIT_ROBOTS_B + 1, "/tail/"));

	/* One byte further, the rule is cut to "Disallow: /tail/" without its end: it is left out.
	 */
	memmove(text + at + 1, text + at, sizeof tail - 1);
	text[at] = '\n';
	assert_true(ask("x", text, LIMIT_ROBOTS_B + 1, "/tail/"));
	assert_false(ask("x", text, LIMIT_ROBOTS_B + 1, "/head"));
	free(text);
}

static void keeps_every_rule(void **state)
{
	(void)state;
	static const char head[] = "user-agent:*\n";
	static const char rule[] = "allow:/\n";
	char *text = malloc(LIMIT_ROBOTS_B);
	assert_non_null(text);
	memset(text, '\n', LIMIT_ROBOTS_B);
	memcpy(text, head, sizeof head - 1);
	size_t want = 0;
	for (size_t at = sizeof head - 1; at + sizeof rule - 1 <= LIMIT_ROBOTS_B;
		at += sizeof rule - 1) {
		memcpy(text + at, rule, sizeof rule - 1);
		want++;
	}
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct robots_rule *rules;
	size_t count;
	assert_non_null(arena);
	assert_int_equal(robots_parse(arena, "x", text, LIMIT_ROBOTS_B, &rules, &count), 0);
	assert_int_equal(count, want);
	arena_free(arena);
	free(text);
}

/* Patterns made to take for ever: the answer comes, and it is no. */
static void gives_up_in_time(void **state)
{
	(void)state;
	struct robots_rule rules[4096];
	char pattern[2048];
	char path[LIMIT_URL_B];
	memset(path, 'a', sizeof path - 1);
	path[0] = '/';
	path[sizeof path - 1] = '\0';
	memset(pattern, 'a', sizeof pattern - 1);
	pattern[0] = '*';
	pattern[sizeof pattern - 2] = 'b';
	pattern[sizeof pattern - 1] = '\0';
	for (size_t i = 0; i < 4096; i++)
		rules[i] = (struct robots_rule){.allow = true, .pattern = pattern};
	assert_true(robots_allows(rules, 1, path));
	assert_false(robots_allows(rules, 4096, path));
}

/* Main takes no string of the reader's that is longer than any path. */
static void too_long_a_pattern_still_denies(void **state)
{
	(void)state;
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct buf file = BUF_INIT(LIMIT_ROBOTS_B);
	struct robots_rule *rules;
	size_t count;
	assert_int_equal(buf_adds(&file, "User-agent: *\nAllow: /a"), 0);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(buf_addc(&file, '*'), 0);
	assert_int_equal(buf_adds(&file, "\nDisallow: /a"), 0);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(buf_addc(&file, '*'), 0);
	assert_int_equal(robots_parse(arena, ROBOTS_TOKEN, file.data, file.len, &rules, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(strlen(rules[0].pattern), 3 * LIMIT_URL_B);
	assert_false(robots_allows(rules, count, "/a/b"));
	assert_true(robots_allows(rules, count, "/b"));
	buf_release(&file);
	arena_free(arena);
}

static void too_long_a_path_is_denied(void **state)
{
	(void)state;
	char path[4 * LIMIT_URL_B];
	memset(path, 'a', sizeof path - 1);
	path[0] = '/';
	path[sizeof path - 1] = '\0';
	assert_false(robots_allows(NULL, 0, path));
}

static void a_status_has_its_meaning(void **state)
{
	(void)state;
	static const struct {
		int status;
		enum robots_meaning want;
	} statuses[] = {
		{0, ROBOTS_DENY_ALL},
		{200, ROBOTS_READ},
		{204, ROBOTS_READ},
		{302, ROBOTS_ALLOW_ALL},
		{401, ROBOTS_ALLOW_ALL},
		{403, ROBOTS_ALLOW_ALL},
		{404, ROBOTS_ALLOW_ALL},
		{410, ROBOTS_ALLOW_ALL},
		{429, ROBOTS_DENY_ALL},
		{500, ROBOTS_DENY_ALL},
		{503, ROBOTS_DENY_ALL},
		{999, ROBOTS_DENY_ALL},
	};
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		if (robots_for_status(statuses[i].status) != statuses[i].want)
			fail_msg("status %d", statuses[i].status);
	}
}

static void is_a_source(void **state)
{
	(void)state;
	static const char body[] = "User-agent: dirtwatch\nDisallow: /secret # log in to view\n";
	const struct page page = {
		.url = "http://x.example/robots.txt",
		.final_url = "http://x.example/robots.txt",
		.profile = "http://x.example/",
		.source = "robots",
		.status = 200,
		.content_type = "text/plain",
		.body = body,
		.body_len = sizeof body - 1,
	};
	struct extract extract = {.arena = arena_new(LIMIT_EXTRACT_B)};
	assert_non_null(extract.arena);
	assert_int_equal(source_robots.read(&page, &extract), 0);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_robots, 1);
	assert_string_equal(extract.robots[0].pattern, "/secret");
	arena_free(extract.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_the_rfc_says),
		cmocka_unit_test(agrees_with_google),
		cmocka_unit_test(reads_no_further_than_the_limit),
		cmocka_unit_test(keeps_every_rule),
		cmocka_unit_test(gives_up_in_time),
		cmocka_unit_test(too_long_a_pattern_still_denies),
		cmocka_unit_test(too_long_a_path_is_denied),
		cmocka_unit_test(a_status_has_its_meaning),
		cmocka_unit_test(is_a_source),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
