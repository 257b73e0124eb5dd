#include "crawlers/net/body.h"

#include <brotli/encode.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#define TEXT_B 100000
#define GZIP   31 /* window and header, as in inflateInit2() */

/* @len bytes that do not compress to nothing, packed; returns the packed length. */
static size_t pack(unsigned char *out, size_t room, const char *text, size_t len)
{
	z_stream stream = {0};
	assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_in = (unsigned char *)text;
	stream.avail_in = (unsigned)len;
	stream.next_out = out;
	stream.avail_out = (unsigned)room;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	size_t packed = room - stream.avail_out;
	assert_int_equal(deflateEnd(&stream), Z_OK);
	return packed;
}

static size_t pack_brotli(unsigned char *out, size_t room, const char *text, size_t len)
{
	assert_true(BrotliEncoderCompress(BROTLI_DEFAULT_QUALITY, BROTLI_DEFAULT_WINDOW,
		BROTLI_DEFAULT_MODE, len, (const uint8_t *)text, &room, out));
	return room;
}

static size_t pack_zstd(unsigned char *out, size_t room, const char *text, size_t len)
{
	size_t packed = ZSTD_compress(out, room, text, len, 3);
	assert_false(ZSTD_isError(packed));
	return packed;
}

struct packer {
	const char *coding;
	size_t (*pack)(unsigned char *out, size_t room, const char *text, size_t len);
};

static const struct packer packers[] = {
	{"gzip", pack},
	{"br", pack_brotli},
	{"zstd", pack_zstd},
};
#define N_PACKERS (sizeof packers / sizeof packers[0])

static struct {
	char text[TEXT_B];
	unsigned char packed[2 * TEXT_B];
	size_t len;
} data;

static int make_data(void **state)
{
	(void)state;
	uint32_t number = 1;
	for (size_t i = 0; i < TEXT_B; i++) {
		number = number * 1664525 + 1013904223;
		data.text[i] = (char)('a' + (number >> 28));
	}
	data.len = pack(data.packed, sizeof data.packed, data.text, TEXT_B);
	return 0;
}

/* Bytes in steps; returns what the last call said. */
static int feed(struct body *body, const unsigned char *bytes, size_t len, size_t step)
{
	for (size_t at = 0; at < len; at += step) {
		int r = body_add(body, bytes + at, len - at < step ? len - at : step);
		if (r != 0)
			return r;
	}
	return body_end(body);
}

static void codings_are_known_or_refused(void **state)
{
	(void)state;
	static const struct {
		const char *coding;
		int want;
	} rows[] = {
		{NULL, 0},
		{"", 0},
		{"identity", 0},
		{"gzip", 0},
		{"GZip", 0},
		{"x-gzip", 0},
		{"br", 0},
		{"ZSTD", 0},
		{"deflate", BODY_E_CODING},
		{"gzip, gzip", BODY_E_CODING},
		{"gzipped", BODY_E_CODING},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct body body = body_init(10);
		if (body_begin(&body, rows[i].coding) != rows[i].want)
			fail_msg("%s", rows[i].coding);
		body_release(&body);
	}
}

static void plain_bytes_stop_at_the_ceiling(void **state)
{
	(void)state;
	struct body body = body_init(10);
	assert_int_equal(body_begin(&body, NULL), 0);
	assert_int_equal(body_add(&body, "01234", 5), 0);
	assert_int_equal(body_add(&body, "56789", 5), 0);
	assert_int_equal(body_add(&body, "x", 1), BODY_E_TOO_BIG);
	assert_string_equal(buf_str(&body.bytes), "0123456789");
	assert_int_equal(body_end(&body), 0);
	body_release(&body);
	body_release(&body);
}

static void in_any_pieces(const struct packer *packer)
{
	static const size_t steps[] = {1, 2, 7, 1000, TEXT_B};
	size_t len = packer->pack(data.packed, sizeof data.packed, data.text, TEXT_B);
	print_message("%s\n", packer->coding);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct body body = body_init(TEXT_B);
		assert_int_equal(body_begin(&body, packer->coding), 0);
		assert_int_equal(feed(&body, data.packed, len, steps[i]), 0);
		assert_int_equal(body.bytes.len, TEXT_B);
		assert_memory_equal(body.bytes.data, data.text, TEXT_B);
		body_release(&body);
	}
}

static void each_coding_in_any_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_PACKERS; i++)
		in_any_pieces(&packers[i]);
}

/* Wherever the stream is cut, the half page does not pass for a page. */
static void every_cut_is_found(void **state)
{
	(void)state;
	unsigned char small[200];
	for (size_t i = 0; i < N_PACKERS; i++) {
		size_t len = packers[i].pack(small, sizeof small, data.text, 60);
		for (size_t cut = 1; cut < len; cut++) {
			struct body body = body_init(TEXT_B);
			assert_int_equal(body_begin(&body, packers[i].coding), 0);
			if (feed(&body, small, cut, len) != BODY_E_CUT)
				fail_msg("%s cut to %zu of %zu bytes", packers[i].coding, cut, len);
			body_release(&body);
		}
	}
}

static void every_changed_byte_is_found_or_harmless(void **state)
{
	(void)state;
	unsigned char small[200];
	size_t len = pack(small, sizeof small, data.text, 60);
	for (size_t at = 0; at < len; at++) {
		struct body body = body_init(TEXT_B);
		assert_int_equal(body_begin(&body, "gzip"), 0);
		small[at] ^= 0x55;
		int r = feed(&body, small, len, len);
		bool same = body.bytes.len == 60 && memcmp(body.bytes.data, data.text, 60) == 0;
		if (r == 0 && !same)
			fail_msg("byte %zu", at);
		small[at] ^= 0x55;
		body_release(&body);
	}
}

static void members_follow_each_other(void **state)
{
	(void)state;
	unsigned char two[400];
	for (size_t step = 1; step < 200; step += 198) {
		struct body body = body_init(TEXT_B);
		size_t len = pack(two, 200, data.text, 60);
		len += pack(two + len, 200, data.text + 60, 40);
		assert_int_equal(body_begin(&body, "gzip"), 0);
		assert_int_equal(feed(&body, two, len - 1, step), BODY_E_CUT);
		body_release(&body);
		assert_int_equal(body_begin(&body, "gzip"), 0);
		assert_int_equal(feed(&body, two, len, step), 0);
		assert_int_equal(body.bytes.len, 100);
		assert_memory_equal(body.bytes.data, data.text, 100);
		body_release(&body);
	}
}

static void what_follows_is_passed_over(void **state)
{
	(void)state;
	unsigned char bytes[400];
	size_t len = pack(bytes, 200, data.text, 60);
	memcpy(bytes + len, "\0\0junk\x1f\x8b", 8);
	for (size_t step = 1; step < 200; step += 198) {
		struct body body = body_init(TEXT_B);
		assert_int_equal(body_begin(&body, "gzip"), 0);
		assert_int_equal(feed(&body, bytes, len + 8, step), 0);
		assert_int_equal(body.bytes.len, 60);
		body_release(&body);
	}
}

static void a_bomb_stops_at_the_ceiling(void **state)
{
	(void)state;
	static char zeros[1024 * 1024];
	unsigned char packed[4096];
	for (size_t i = 0; i < N_PACKERS; i++) {
		size_t packed_b = packers[i].pack(packed, sizeof packed, zeros, sizeof zeros);
		struct body bomb = body_init(50000);
		assert_int_equal(body_begin(&bomb, packers[i].coding), 0);
		assert_int_equal(body_add(&bomb, packed, packed_b), BODY_E_TOO_BIG);
		assert_true(bomb.bytes.len <= 50000);
		body_release(&bomb);
	}
	/* members without content: what comes in is counted too */
	size_t len = pack(packed, sizeof packed, zeros, 0);
	struct body body = body_init(10 * len);
	assert_int_equal(body_begin(&body, "gzip"), 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(body_add(&body, packed, len), 0);
	assert_int_equal(body_add(&body, packed, len), BODY_E_TOO_BIG);
	body_release(&body);
}

static void nothing_is_nothing(void **state)
{
	(void)state;
	struct body body = body_init(10);
	assert_int_equal(body_begin(&body, "gzip"), 0);
	assert_int_equal(body_add(&body, "", 0), 0);
	assert_int_equal(body_end(&body), 0);
	body_release(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codings_are_known_or_refused),
		cmocka_unit_test(plain_bytes_stop_at_the_ceiling),
		cmocka_unit_test(each_coding_in_any_pieces),
		cmocka_unit_test(every_cut_is_found),
		cmocka_unit_test(every_changed_byte_is_found_or_harmless),
		cmocka_unit_test(members_follow_each_other),
		cmocka_unit_test(what_follows_is_passed_over),
		cmocka_unit_test(a_bomb_stops_at_the_ceiling),
		cmocka_unit_test(nothing_is_nothing),
	};
	return cmocka_run_group_tests(tests, make_data, NULL);
}
