/* Any bytes as a body, gzip or not: the same in one piece and in many, and never more than allowed. */
#include "crawlers/net/body.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define MOST_B ((size_t)256 * 1024)

static int receive(
	struct body *body, const char *coding, const char *bytes, size_t len, size_t step)
{
	*body = body_init(MOST_B);
	int r = body_begin(body, coding);
	for (size_t at = 0; r == 0 && at < len; at += step)
		r = body_add(body, bytes + at, len - at < step ? len - at : step);
	MUST(body->bytes.len <= MOST_B);
	return r == 0 ? body_end(body) : r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = input_of(data, size);
	size_t step = (size_t)input_byte(&input) + 1;
	char *coding = input_line(&input);
	size_t len;
	char *bytes = input_rest(&input, &len);
	struct body whole, pieces;
	int r = receive(&whole, coding, bytes, len, SIZE_MAX);
	MUST(r >= 0);
	/* What is too big and corrupt may be found to be either first. */
	MUST((receive(&pieces, coding, bytes, len, step) == 0) == (r == 0));
	if (r == 0) {
		MUST(whole.bytes.len == pieces.bytes.len);
		MUST(whole.bytes.len == 0 ||
			memcmp(whole.bytes.data, pieces.bytes.data, whole.bytes.len) == 0);
	}
	body_release(&whole);
	body_release(&pieces);
	free(coding);
	free(bytes);
	return 0;
}
