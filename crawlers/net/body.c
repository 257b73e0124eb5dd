#include "crawlers/net/body.h"

#include <string.h>
#include <strings.h>

/* Decoded at a time. */
#define CHUNK_B (32 * 1024)

struct body body_init(size_t max_b)
{
	return (struct body){.bytes = BUF_INIT(max_b)};
}

void body_release(struct body *body)
{
	if (body->coding)
		body->coding->stop(body->state);
	buf_release(&body->bytes);
	*body = (struct body){.bytes.max = body->bytes.max};
}

int body_begin(struct body *body, const char *coding)
{
	if (!coding || *coding == '\0' || strcasecmp(coding, "identity") == 0)
		return 0;
	const struct coding *found = coding_find(coding);
	if (!found)
		return BODY_E_CODING;
	body->state = found->start();
	if (!body->state)
		return -ENOMEM;
	body->coding = found;
	return 0;
}

static int keep(struct body *body, const void *bytes, size_t len)
{
	int r = buf_add(&body->bytes, bytes, len);
	return r > 0 ? BODY_E_TOO_BIG : r;
}

static void stream_ended(struct body *body)
{
	body->in_stream = false;
	body->had_stream = true;
	if (body->coding->restart)
		body->coding->restart(body->state);
}

/* One call of the decoder: some input is used, or a chunk of output filled, so it comes to an end.
 * *@ret_full: the chunk was full, so that output may be held back. */
static int decode_some(struct body *body, struct stretch *stretch, bool *ret_full)
{
	unsigned char chunk[CHUNK_B];
	body->in_stream = true;
	stretch->out = chunk;
	stretch->out_len = sizeof chunk;
	int r = body->coding->decode(body->state, stretch);
	if (r < 0)
		return r;
	if (r == CODING_E_CORRUPT)
		return BODY_E_CORRUPT;
	int kept = keep(body, chunk, sizeof chunk - stretch->out_len);
	*ret_full = stretch->out_len == 0;
	if (kept == 0 && r == CODING_E_END) {
		stream_ended(body);
		*ret_full = false;
	}
	return kept;
}

/* Behind a whole stream: does another one begin with this byte? */
static bool goes_on(const struct body *body, unsigned char byte)
{
	return body->in_stream || !body->had_stream || byte == body->coding->again;
}

static int decode(struct body *body, const void *raw, size_t len)
{
	struct stretch stretch = {.in = raw, .in_len = len};
	bool full = false;
	while (!body->ended && (stretch.in_len > 0 || full)) {
		if (!full && !goes_on(body, *stretch.in)) {
			body->ended = true;
			break;
		}
		int r = decode_some(body, &stretch, &full);
		if (r != 0)
			return r;
	}
	return 0;
}

int body_add(struct body *body, const void *raw, size_t len)
{
	if (len > body->bytes.max - body->raw_b)
		return BODY_E_TOO_BIG;
	int r = body->coding ? decode(body, raw, len) : keep(body, raw, len);
	body->raw_b += len;
	return r;
}

int body_end(const struct body *body)
{
	return body->in_stream ? BODY_E_CUT : 0;
}
