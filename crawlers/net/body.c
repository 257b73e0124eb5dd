#include "crawlers/net/body.h"

#include <string.h>

/* Decoded at a time. */
#define CHUNK_B (32 * 1024)
/* zlib: the largest window, and a gzip header expected (inflateInit2). */
#define GZIP_WINDOW (15 + 16)
/* RFC 1952 §2.3.1: the first byte of a member. */
#define GZIP_ID1 0x1f

struct body body_init(size_t max_b)
{
	return (struct body){.bytes = BUF_INIT(max_b)};
}

void body_release(struct body *body)
{
	if (body->is_gzip)
		(void)inflateEnd(&body->gzip); /* only fails for a stream that is none */
	buf_release(&body->bytes);
	*body = (struct body){.bytes.max = body->bytes.max};
}

int body_begin(struct body *body, const char *coding)
{
	if (!coding || *coding == '\0' || strcasecmp(coding, "identity") == 0)
		return 0;
	/* RFC 9110 §8.4.1.3: "x-gzip" is the same */
	if (strcasecmp(coding, "gzip") != 0 && strcasecmp(coding, "x-gzip") != 0)
		return BODY_E_CODING;
	if (inflateInit2(&body->gzip, GZIP_WINDOW) != Z_OK)
		return -ENOMEM;
	body->is_gzip = true;
	return 0;
}

static int keep(struct body *body, const void *bytes, size_t len)
{
	int r = buf_add(&body->bytes, bytes, len);
	return r > 0 ? BODY_E_TOO_BIG : r;
}

/* A member ended: another may follow (RFC 1952 §2.2). */
static void member_ended(struct body *body)
{
	body->in_member = false;
	body->had_member = true;
	(void)inflateReset(&body->gzip); /* only fails for a stream that is none */
}

/* One call of inflate(): some input is used, or a chunk of output filled, so it comes to an end. */
static int decode_some(struct body *body)
{
	unsigned char chunk[CHUNK_B];
	body->in_member = true;
	body->gzip.next_out = chunk;
	body->gzip.avail_out = sizeof chunk;
	int z = inflate(&body->gzip, Z_NO_FLUSH);
	if (z == Z_MEM_ERROR)
		return -ENOMEM;
	if (z != Z_OK && z != Z_STREAM_END && z != Z_BUF_ERROR)
		return BODY_E_CORRUPT;
	int r = keep(body, chunk, sizeof chunk - body->gzip.avail_out);
	if (r == 0 && z == Z_STREAM_END)
		member_ended(body);
	return r;
}

static int decode(struct body *body, const void *raw, size_t len)
{
	body->gzip.next_in = (unsigned char *)raw; /* zlib does not write to it */
	body->gzip.avail_in = (unsigned)len;
	bool more = false; /* the chunk was full: zlib may hold back output */
	while (!body->ended && (body->gzip.avail_in > 0 || more)) {
		if (!body->in_member && body->had_member && *body->gzip.next_in != GZIP_ID1) {
			body->ended = true;
			break;
		}
		int r = decode_some(body);
		if (r != 0)
			return r;
		more = body->in_member && body->gzip.avail_out == 0;
	}
	return 0;
}

int body_add(struct body *body, const void *raw, size_t len)
{
	if (len > body->bytes.max - body->raw_b)
		return BODY_E_TOO_BIG;
	int r = body->is_gzip ? decode(body, raw, len) : keep(body, raw, len);
	body->raw_b += len;
	return r;
}

int body_end(const struct body *body)
{
	return body->in_member ? BODY_E_CUT : 0;
}
