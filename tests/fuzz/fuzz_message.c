/* What main reads of a reader that was taken over: hello, packets, a whole answer. */
#include "daemon/message.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define N_RULES 7

static void whole_answer(const char *bytes, size_t len)
{
	struct reading reading;
	const char *wrong = NULL;
	struct buf again = BUF_INIT(ANSWER_B);
	if (message_read_reading(bytes, len, N_RULES, &reading, &wrong) != 0) {
		if (!wrong)
			abort(); /* there is memory enough: a refusal has a reason */
		return;
	}
	/* What was taken keeps what the headers promise, and says what the bytes said. */
	if (reading_check(&reading, N_RULES) || message_add_reading(&again, &reading) != 0 ||
		again.len != len || memcmp(again.data, bytes, len) != 0)
		abort();
	buf_release(&again);
	reading_release(&reading);
}

/* The same bytes as packets of some length each, as one recv() after the other gives them. */
static void packets(const char *bytes, size_t len)
{
	struct gathering gathering = {.page = 1, .bytes = BUF_INIT(LIMIT_PAGE_B)};
	size_t step = len > 0 ? (size_t)(unsigned char)bytes[0] + 1 : 1;
	int r = MESSAGE_E_MORE;
	for (size_t at = 0; at < len && r == MESSAGE_E_MORE; at += step)
		r = message_gather(&gathering, bytes + at, len - at < step ? len - at : step);
	if (gathering.bytes.len > len)
		abort();
	buf_release(&gathering.bytes);
}

static void hello(const char *bytes, size_t len)
{
	struct arena *arena = arena_new(PACKET_B);
	struct hello hello;
	if (!arena)
		return;
	if (message_read_hello(bytes, len, arena, &hello) == 0 &&
		strlen(hello.digest) > DIGEST_CHARS)
		abort();
	arena_free(arena);
}

/* The reader believes main; what it reads is still what main wrote. */
static void request(const char *bytes, size_t len)
{
	struct arena *arena = arena_new(2 * REQUEST_B);
	struct buf again = BUF_INIT(2 * REQUEST_B);
	struct page page;
	uint64_t number;
	MUST(arena);
	if (message_read_request(bytes, len, arena, &number, &page) == 0) {
		MUST(message_add_request(&again, number, &page) == 0);
		MUST(again.len == len);
		MUST(memcmp(again.data + sizeof(struct packet_head),
			     bytes + sizeof(struct packet_head),
			     len - sizeof(struct packet_head)) == 0);
	}
	buf_release(&again);
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	whole_answer(bytes, size);
	packets(bytes, size);
	hello(bytes, size);
	request(bytes, size);
	return 0;
}
