#include "crawlers/net/coding.h"

#include <brotli/decode.h>
#include <limits.h>
#include <stdlib.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>

/* ---- gzip: RFC 1952, zlib's ---- */

/* The largest window, and a gzip header expected (inflateInit2). */
#define GZIP_WINDOW (15 + 16)
/* RFC 1952 §2.3.1: the first byte of a member; §2.2: another may follow. */
#define GZIP_ID1 0x1f

static void *gzip_start(void)
{
	z_stream *stream = calloc(1, sizeof *stream);
	if (stream && inflateInit2(stream, GZIP_WINDOW) != Z_OK) {
		free(stream);
		return NULL;
	}
	return stream;
}

static void gzip_stop(void *state)
{
	(void)inflateEnd(state); /* only fails for a stream that is none */
	free(state);
}

static void gzip_restart(void *state)
{
	(void)inflateReset(state); /* only fails for a stream that is none */
}

static unsigned at_most(size_t len)
{
	return len > UINT_MAX ? UINT_MAX : (unsigned)len;
}

static int gzip_decode(void *state, struct stretch *stretch)
{
	z_stream *stream = state;
	unsigned in_len = at_most(stretch->in_len);
	unsigned out_len = at_most(stretch->out_len);
	stream->next_in = (unsigned char *)stretch->in; /* zlib does not write to it */
	stream->avail_in = in_len;
	stream->next_out = stretch->out;
	stream->avail_out = out_len;
	int z = inflate(stream, Z_NO_FLUSH);
	stretch->in += in_len - stream->avail_in;
	stretch->in_len -= in_len - stream->avail_in;
	stretch->out += out_len - stream->avail_out;
	stretch->out_len -= out_len - stream->avail_out;
	if (z == Z_MEM_ERROR)
		return -ENOMEM;
	if (z == Z_STREAM_END)
		return CODING_E_END;
	return z == Z_OK || z == Z_BUF_ERROR ? 0 : CODING_E_CORRUPT;
}

/* ---- br: RFC 7932, Brotli's ---- */

static void *brotli_start(void)
{
	return BrotliDecoderCreateInstance(NULL, NULL, NULL);
}

static void brotli_stop(void *state)
{
	BrotliDecoderDestroyInstance(state);
}

static int brotli_decode(void *state, struct stretch *stretch)
{
	BrotliDecoderResult result = BrotliDecoderDecompressStream(
		state, &stretch->in_len, &stretch->in, &stretch->out_len, &stretch->out, NULL);
	if (result == BROTLI_DECODER_RESULT_SUCCESS)
		return CODING_E_END;
	return result == BROTLI_DECODER_RESULT_ERROR ? CODING_E_CORRUPT : 0;
}

/* ---- zstd: RFC 8878, Zstandard's ---- */

/* RFC 9659 §3: a window of at most 8 MB in the content coding. */
#define ZSTD_WINDOW_LOG 23
/* RFC 8878 §3.1.1: the first byte of a frame's magic number; frames may follow one another. */
#define ZSTD_MAGIC_1 0x28

static void *zstd_start(void)
{
	ZSTD_DStream *stream = ZSTD_createDStream();
	if (stream && ZSTD_isError(ZSTD_DCtx_setParameter(
			      stream, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG))) {
		(void)ZSTD_freeDStream(stream);
		return NULL;
	}
	return stream;
}

static void zstd_stop(void *state)
{
	(void)ZSTD_freeDStream(state); /* frees, whatever it says */
}

static void zstd_restart(void *state)
{
	(void)ZSTD_DCtx_reset(state, ZSTD_reset_session_only); /* a session can always be reset */
}

static int zstd_decode(void *state, struct stretch *stretch)
{
	ZSTD_inBuffer in = {.src = stretch->in, .size = stretch->in_len};
	ZSTD_outBuffer out = {.dst = stretch->out, .size = stretch->out_len};
	size_t left = ZSTD_decompressStream(state, &out, &in);
	stretch->in += in.pos;
	stretch->in_len -= in.pos;
	stretch->out += out.pos;
	stretch->out_len -= out.pos;
	if (ZSTD_isError(left))
		return CODING_E_CORRUPT;
	return left == 0 ? CODING_E_END : 0;
}

static const struct coding codings[] = {
	{"gzip", "x-gzip", GZIP_ID1, gzip_start, gzip_stop, gzip_restart, gzip_decode},
	{"br", NULL, -1, brotli_start, brotli_stop, NULL, brotli_decode},
	{"zstd", NULL, ZSTD_MAGIC_1, zstd_start, zstd_stop, zstd_restart, zstd_decode},
};

const struct coding *coding_find(const char *name)
{
	for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++) {
		const struct coding *coding = &codings[i];
		if (strcasecmp(name, coding->name) == 0 ||
			(coding->other_name && strcasecmp(name, coding->other_name) == 0))
			return coding;
	}
	return NULL;
}
