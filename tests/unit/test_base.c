/* daemon/base: bounded memory, text of strangers, the words and their names. */
#include "daemon/base/arena.h"
#include "daemon/base/buf.h"
#include "daemon/base/clock.h"
#include "daemon/base/digest.h"
#include "daemon/base/terms.h"
#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_buf_ends_at_its_ceiling(void **state)
{
	(void)state;
	struct buf buf = BUF_INIT(5);
	assert_int_equal(buf_adds(&buf, "1234"), 0);
	assert_int_equal(buf_adds(&buf, "56"), BUF_E_FULL);
	assert_string_equal(buf_str(&buf), "1234");
	assert_int_equal(buf_addf(&buf, "%d", 5), 0);
	assert_int_equal(buf_addf(&buf, "%d", 6), BUF_E_FULL);
	assert_string_equal(buf_str(&buf), "12345");
	buf_clear(&buf);
	assert_int_equal(buf_add(&buf, "\0a", 2), 0);
	assert_int_equal(buf.len, 2);
	buf_release(&buf);
	buf_release(&buf);
	assert_string_equal(buf_str(&buf), "");
}

static void test_arena_ends_at_its_ceiling(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1000);
	assert_non_null(arena_alloc(arena, 600));
	assert_null(arena_alloc(arena, 600));
	assert_non_null(arena_alloc(arena, 300));
	assert_null(arena_array(arena, SIZE_MAX / 2, 4));
	assert_null(arena_free(arena));
	assert_null(arena_free(NULL));
}

static void test_arena_grows_arrays(void **state)
{
	(void)state;
	struct arena *arena = arena_new(1 << 20);
	int *items = NULL;
	for (int i = 0; i < 1000; i++) {
		items = arena_grow(arena, items, (size_t)i, sizeof *items);
		assert_non_null(items);
		items[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	char *big = arena_alloc(arena, 300000);
	assert_non_null(big);
	assert_int_equal(big[299999], 0);
	arena_free(arena);
}

struct utf8_row {
	const char *why;
	const char *bytes;
	size_t len;
	bool valid;
	const char *repaired;
};

#define REPLACED "\xef\xbf\xbd"

static const struct utf8_row utf8_rows[] = {
	{"plain", "abc", 3, true, "abc"},
	{"two bytes", "\xc3\xa9", 2, true, "\xc3\xa9"},
	{"four bytes", "\xf0\x9f\x8e\x89", 4, true, "\xf0\x9f\x8e\x89"},
	{"a real replacement character", REPLACED, 3, true, REPLACED},
	{"NUL", "a\0b", 3, false, "a" REPLACED "b"},
	{"lone continuation", "a\x80", 2, false, "a" REPLACED},
	{"overlong slash", "\xc0\xaf", 2, false, REPLACED REPLACED},
	{"surrogate", "\xed\xa0\x80", 3, false, REPLACED REPLACED REPLACED},
	{"beyond the last plane", "\xf4\x90\x80\x80", 4, false,
		REPLACED REPLACED REPLACED REPLACED},
	{"cut in the middle", "\xe2\x82", 2, false, REPLACED REPLACED},
	{"good after bad", "\xff\xc3\xa9", 3, false, REPLACED "\xc3\xa9"},
};

static void test_utf8(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof utf8_rows / sizeof utf8_rows[0]; i++) {
		const struct utf8_row *row = &utf8_rows[i];
		struct buf out = BUF_INIT(100);
		print_message("%s\n", row->why);
		assert_int_equal(text_valid(row->bytes, row->len), row->valid);
		assert_int_equal(text_repair(&out, row->bytes, row->len), 0);
		assert_string_equal(buf_str(&out), row->repaired);
		assert_true(text_valid(out.data, out.len));
		buf_release(&out);
	}
}

static void test_every_scalar_survives(void **state)
{
	(void)state;
	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		char utf8[4];
		uint32_t back;
		size_t len = text_encode(c, utf8);
		if (text_decode(utf8, len, &back) != len || back != c)
			fail_msg("U+%04X came back as U+%04X", c, back);
	}
}

struct clean_row {
	const char *why;
	const char *text;
	const char *clean;
};

static const struct clean_row clean_rows[] = {
	{"letters and emoji stay", "caf\xc3\xa9 \xf0\x9f\x8e\x89", "caf\xc3\xa9 \xf0\x9f\x8e\x89"},
	{"a line feed", "a\nb", "a\\nb"},
	{"a terminal escape", "\x1b[31mred", "\\x1b[31mred"},
	{"C1 control as UTF-8",
		"\xc2\x9b"
		"31m",
		"\\x9b31m"},
	{"a bidirectional override",
		"\xe2\x80\xae"
		"abc",
		"\\u202eabc"},
	{"a line separator",
		"a\xe2\x80\xa8"
		"b",
		"a\\u2028b"},
	{"delete", "\x7f", "\\x7f"},
};

static void test_clean(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof clean_rows / sizeof clean_rows[0]; i++) {
		const struct clean_row *row = &clean_rows[i];
		struct buf out = BUF_INIT(100);
		print_message("%s\n", row->why);
		assert_int_equal(text_clean(&out, row->text, strlen(row->text)), 0);
		assert_string_equal(buf_str(&out), row->clean);
		buf_release(&out);
	}
}

static void test_excerpt(void **state)
{
	(void)state;
	const char *text =
		"The quick brown fox jumps over the lazy dog and then it rests for a long while.";
	const char *hit = strstr(text, "lazy");
	struct buf out = BUF_INIT(1000);
	struct excerpt excerpt = {(size_t)(hit - text), (size_t)(hit - text) + 4, 40};
	assert_int_equal(text_excerpt(&out, text, strlen(text), &excerpt), 0);
	assert_true(out.len <= 40);
	assert_memory_equal(out.data + excerpt.start, "lazy", 4);
	assert_int_equal(excerpt.end - excerpt.start, 4);
	assert_memory_equal(out.data, "\xe2\x80\xa6", 3);
	buf_clear(&out);
	excerpt = (struct excerpt){0, 3, 1000};
	assert_int_equal(text_excerpt(&out, text, strlen(text), &excerpt), 0);
	assert_string_equal(buf_str(&out), text);
	buf_release(&out);
}

static void test_excerpt_is_valid_wherever_it_is_cut(void **state)
{
	(void)state;
	const char text[] = "\xf0\x9f\x8e\x89 caf\xc3\xa9\n\x1b[0m \xe2\x82\xac\xe2\x80\xae word "
			    "\xf0\x9f\x91\x8d";
	const size_t len = sizeof text - 1;
	for (size_t max = 0; max < 60; max++) {
		for (size_t at = 0; at < len; at++) {
			if (((unsigned char)text[at] & 0xc0) == 0x80)
				continue;
			struct buf out = BUF_INIT(400);
			struct excerpt excerpt = {at, len, max};
			assert_int_equal(text_excerpt(&out, text, len, &excerpt), 0);
			assert_true(text_valid(buf_str(&out), out.len));
			assert_true(out.len <= max);
			buf_release(&out);
		}
	}
}

static void test_scores_become_severities(void **state)
{
	(void)state;
	const double scores[] = {0, 0.99, 1, 4.99, 5, 19.9, 20, 44.9, 45, 74.9, 75, 100};
	const enum severity severities[] = {SEVERITY_NONE, SEVERITY_NONE, SEVERITY_INFO,
		SEVERITY_INFO, SEVERITY_LOW, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_MEDIUM,
		SEVERITY_HIGH, SEVERITY_HIGH, SEVERITY_CRITICAL, SEVERITY_CRITICAL};
	for (size_t i = 0; i < sizeof scores / sizeof scores[0]; i++)
		assert_int_equal(severity_of_score(scores[i]), severities[i]);
	/* A sure finding has the severity of its rule. */
	for (int s = SEVERITY_INFO; s < SEVERITY_COUNT; s++)
		assert_int_equal(severity_of_score(severity_weight((enum severity)s)), s);
}

static void test_names_come_back(void **state)
{
	(void)state;
	for (int i = 0; i < SEVERITY_COUNT; i++) {
		enum severity back;
		assert_true(severity_parse(severity_name((enum severity)i), &back));
		assert_int_equal(back, i);
	}
	for (int i = 0; i < VERDICT_COUNT; i++) {
		enum verdict back;
		assert_true(verdict_parse(verdict_name((enum verdict)i), &back));
		assert_int_equal(back, i);
		assert_non_null(verdict_meaning((enum verdict)i));
	}
	for (int i = 0; i < KIND_COUNT; i++) {
		enum post_kind back;
		assert_true(kind_parse(kind_name((enum post_kind)i), &back));
		assert_int_equal(back, i);
	}
	for (int i = 0; i < CLASS_COUNT; i++) {
		enum finding_class back;
		assert_true(class_parse(class_name((enum finding_class)i), &back));
		assert_int_equal(back, i);
	}
	enum severity none;
	assert_false(severity_parse("dire", &none));
}

static void test_digest_tells_strings_apart(void **state)
{
	(void)state;
	struct digest a;
	struct digest b;
	const char *one[] = {"ab", "c"};
	const char *two[] = {"a", "bc"};
	assert_int_equal(digest_strings(one, 2, &a), 0);
	assert_int_equal(digest_strings(two, 2, &b), 0);
	assert_string_not_equal(a.hex, b.hex);
	assert_int_equal(strlen(a.hex), DIGEST_CHARS);
	/* SHA-256 of the empty string begins so (FIPS 180-4 test vectors). */
	assert_int_equal(digest_bytes("", 0, &a), 0);
	assert_string_equal(a.hex, "e3b0c44298fc1c149afbf4c8996fb924");
}

static void test_fake_clock_stands(void **state)
{
	(void)state;
	struct clock clock = clock_fake(1500000);
	assert_int_equal(clock_now_us(&clock), 1500000);
	assert_int_equal(clock_now_s(&clock), 1);
	clock.fake_us += 1000000;
	assert_int_equal(clock_now_s(&clock), 2);
	assert_true(clock_now_s(clock_real()) > 1700000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf_ends_at_its_ceiling),
		cmocka_unit_test(test_arena_ends_at_its_ceiling),
		cmocka_unit_test(test_arena_grows_arrays),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_every_scalar_survives),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_excerpt),
		cmocka_unit_test(test_excerpt_is_valid_wherever_it_is_cut),
		cmocka_unit_test(test_scores_become_severities),
		cmocka_unit_test(test_names_come_back),
		cmocka_unit_test(test_digest_tells_strings_apart),
		cmocka_unit_test(test_fake_clock_stands),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
