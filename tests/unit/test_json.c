#include "crawlers/parse/json.h"
#include "daemon/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct row {
	const char *why;
	const char *text;
	int want;
	const char *string; /* what root["s"] must be; NULL: not looked at */
};

static const struct row rows[] = {
	{"an object", "{\"s\":\"a\"}", 0, "a"},
	{"a byte order mark before it", "\xef\xbb\xbf{\"s\":\"a\"}", 0, "a"},
	{"any value is JSON (RFC 8259)", "null", 0, NULL},
	{"the last of two equal keys", "{\"s\":\"a\",\"s\":\"b\"}", 0, "b"},
	{"an escaped NUL does not end the string", "{\"s\":\"nice\\u0000bad\"}", 0,
		"nice\xef\xbf\xbd"
		"bad"},
	{"a NUL in a key", "{\"k\\u0000\":1,\"s\":\"a\"}", 0, "a"},
	{"a lone high surrogate", "{\"s\":\"\\ud83d!\"}", 0, "\xef\xbf\xbd!"},
	{"a lone low surrogate", "{\"s\":\"\\ude00!\"}", 0, "\xef\xbf\xbd!"},
	{"a high surrogate before another character", "{\"s\":\"\\ud83d\\u0041\"}", 0,
		"\xef\xbf\xbd"
		"A"},
	{"a pair stays", "{\"s\":\"\\ud83d\\ude00\"}", 0, "\xf0\x9f\x98\x80"},
	{"an escaped backslash before u", "{\"s\":\"\\\\u0000\"}", 0, "\\u0000"},
	{"an escaped quote does not end the string", "{\"s\":\"[\\\"[\"}", 0, "[\"["},
	{"brackets in a string are no nesting", "{\"s\":\"[[[[\"}", 0, "[[[["},
	{"Latin-1 bytes are mended", "{\"s\":\"caf\xe9\"}", 0, "caf\xef\xbf\xbd"},
	{"an integer beyond 64 bits", "{\"n\":123456789012345678901234567890,\"s\":\"a\"}", 0, "a"},
	{"a real beyond all bounds", "{\"n\":1e999}", JSON_E_BAD, NULL},
	{"nothing", "", JSON_E_CUT, NULL},
	{"white space", " \n", JSON_E_CUT, NULL},
	{"cut in a string", "{\"s\":\"a", JSON_E_CUT, NULL},
	{"cut in an escape", "{\"s\":\"\\u00", JSON_E_BAD, NULL},
	{"cut behind a value", "{\"s\":\"a\"", JSON_E_CUT, NULL},
	{"HTML", "<!doctype html>", JSON_E_BAD, NULL},
	{"something behind", "{} {}", JSON_E_BAD, NULL},
	{"closing brackets alone", "]]]]", JSON_E_BAD, NULL},
};

static void reads_what_is_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *root = NULL;
		int r = json_read(rows[i].text, strlen(rows[i].text), &root);
		if (r != rows[i].want)
			fail_msg("%s: returned %d, want %d", rows[i].why, r, rows[i].want);
		const char *got = json_text(root, "s");
		if (rows[i].string && (!got || strcmp(got, rows[i].string) != 0))
			fail_msg("%s: read \"%s\"", rows[i].why, got ? got : "(nothing)");
		json_decref(root);
	}
}

static int read_nested(size_t depth)
{
	char *text = malloc(depth * 2);
	assert_non_null(text);
	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	json_t *root = NULL;
	int r = json_read(text, depth * 2, &root);
	json_decref(root);
	free(text);
	return r;
}

static void nesting_ends_at_the_limit(void **state)
{
	(void)state;
	assert_int_equal(read_nested(LIMIT_JSON_DEPTH), 0);
	assert_int_equal(read_nested(LIMIT_JSON_DEPTH + 1), JSON_E_DEEP);
	assert_int_equal(read_nested(1000000), JSON_E_DEEP);
}

static void a_raw_nul_is_no_end(void **state)
{
	(void)state;
	static const char text[] = "{\"s\":\"nice\0bad\"}";
	json_t *root = NULL;
	assert_int_equal(json_read(text, sizeof text - 1, &root), 0);
	assert_string_equal(json_text(root, "s"), "nice\xef\xbf\xbd"
						  "bad");
	json_decref(root);
}

static const char tree[] = "{\"text\":\"a\",\"empty\":\"\",\"n\":7,\"real\":7.9,\"huge\":1e300,"
			   "\"digits\":\"0123\",\"long\":"
			   "\"99999999999999999999\",\"minus\":\"-1\",\"yes\":true,\"no\":false,"
			   "\"null\":null,\"o\":{\"a\":["
			   "{\"b\":\"deep\"}]},\"a\":[1],\"date\":\"2022-09-10\",\"epoch\":"
			   "1662774733.5,\"never\":\"never\"}";

static void getters_tolerate_every_type(void **state)
{
	(void)state;
	json_t *root = NULL;
	assert_int_equal(json_read(tree, sizeof tree - 1, &root), 0);
	struct arena *arena = arena_new(1 << 20);
	const char *key;
	json_t *value;
	json_object_foreach(root, key, value) {
		/* No type surprises any getter, be it asked of the object or of the value itself.
		 */
		const json_t *objects[] = {root, value, NULL};
		for (size_t i = 0; i < 3; i++) {
			const char *id;
			(void)json_text(objects[i], key);
			(void)json_words(objects[i], key);
			(void)json_int64(objects[i], key, 0);
			(void)json_flag(objects[i], key);
			(void)json_object_at(objects[i], key);
			(void)json_array_at(objects[i], key);
			(void)json_path(objects[i], key);
			(void)json_date(objects[i], key);
			assert_int_equal(json_id(arena, objects[i], key, &id), 0);
		}
	}
	assert_string_equal(json_text(root, "text"), "a");
	assert_null(json_text(root, "n"));
	assert_string_equal(json_text(root, "empty"), "");
	assert_null(json_words(root, "empty"));
	assert_int_equal(json_int64(root, "n", -1), 7);
	assert_int_equal(json_int64(root, "real", -1), 7);
	assert_int_equal(json_int64(root, "huge", -1), -1);
	assert_int_equal(json_int64(root, "digits", -1), 123);
	assert_int_equal(json_int64(root, "long", -1), -1);
	assert_int_equal(json_int64(root, "minus", -2), -2);
	assert_int_equal(json_int64(root, "o", -1), -1);
	assert_true(json_flag(root, "yes"));
	assert_false(json_flag(root, "n"));
	assert_null(json_object_at(root, "a"));
	assert_null(json_array_at(root, "o"));
	assert_string_equal(json_string_value(json_path(root, "o.a.0.b")), "deep");
	assert_null(json_path(root, "o.a.1.b"));
	assert_null(json_path(root, "o.a.b.b"));
	assert_null(json_path(root, "text.b"));
	assert_int_equal(json_date(root, "date"), 1662768000);
	assert_int_equal(json_date(root, "epoch"), 1662774733);
	assert_int_equal(json_date(root, "never"), 0);
	const char *id;
	assert_int_equal(json_id(arena, root, "n", &id), 0);
	assert_string_equal(id, "7");
	assert_int_equal(json_id(arena, root, "empty", &id), 0);
	assert_null(id);
	arena_free(arena);
	json_decref(root);
}

static void every_prefix_is_harmless(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < sizeof tree - 1; cut++) {
		json_t *root = NULL;
		int r = json_read(tree, cut, &root);
		if (r != JSON_E_CUT && r != JSON_E_BAD)
			fail_msg("cut at byte %zu: returned %d", cut, r);
		assert_null(root);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_json),
		cmocka_unit_test(nesting_ends_at_the_limit),
		cmocka_unit_test(a_raw_nul_is_no_end),
		cmocka_unit_test(getters_tolerate_every_type),
		cmocka_unit_test(every_prefix_is_harmless),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
