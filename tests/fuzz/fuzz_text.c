/* Any bytes as text: repaired, cut, cleaned and quoted, always valid UTF-8 that obeys nothing. */
#include "daemon/base/text.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void characters(const char *text, size_t len)
{
	size_t step;
	for (size_t i = 0; i < len; i += step) {
		uint32_t c;
		char back[4];
		step = text_decode(text + i, len - i, &c);
		MUST(step >= 1 && step <= 4 && step <= len - i);
		if (c != 0xfffd || step == 3)
			MUST(text_encode(c, back) == step && memcmp(back, text + i, step) == 0);
	}
}

/* One line, without anything that a terminal obeys. */
static void shows(const char *text, size_t len)
{
	MUST(text_valid(text, len));
	for (size_t i = 0; i < len; i++)
		MUST((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
}

static void excerpt(const char *text, size_t len, size_t start, size_t end, size_t max)
{
	struct buf out = BUF_INIT(SIZE_MAX / 2);
	struct excerpt hit = {start, end, max};
	MUST(text_excerpt(&out, text, len, &hit) == 0);
	MUST(out.len <= max);
	MUST(hit.start <= hit.end && hit.end <= out.len);
	shows(buf_str(&out), out.len);
	MUST(is_boundary(buf_str(&out), out.len, hit.start));
	MUST(is_boundary(buf_str(&out), out.len, hit.end));
	buf_release(&out);
}

static void clean(const char *text, size_t len)
{
	struct buf once = BUF_INIT(6 * len + 1);
	struct buf twice = BUF_INIT(6 * len + 1);
	MUST(text_clean(&once, text, len) == 0);
	shows(buf_str(&once), once.len);
	MUST(text_clean(&twice, buf_str(&once), once.len) == 0);
	MUST(twice.len == once.len && strcmp(buf_str(&twice), buf_str(&once)) == 0);
	buf_release(&once);
	buf_release(&twice);
}

static void repair(const char *bytes, size_t len)
{
	struct buf once = BUF_INIT(3 * len + 1);
	MUST(text_repair(&once, bytes, len) == 0);
	MUST(text_valid(buf_str(&once), once.len));
	if (text_valid(bytes, len))
		MUST(once.len == len && memcmp(buf_str(&once), bytes, len) == 0);
	buf_release(&once);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = input_of(data, size);
	size_t start = input_number(&input);
	size_t end = input_number(&input);
	size_t max = input_number(&input) % 400;
	struct input again = input;
	size_t len;
	char *bytes = input_rest(&input, &len);
	characters(bytes, len);
	repair(bytes, len);
	clean(bytes, len);
	excerpt(bytes, len, start, end, max);
	free(bytes);
	char *text = input_text(&again, SIZE_MAX, &len);
	size_t cut = text_cut(text, len, max);
	MUST(cut <= max && cut <= len && (len <= max || max - cut < 4) && text_valid(text, cut));
	excerpt(text, len, start, end, max);
	free(text);
	return 0;
}
