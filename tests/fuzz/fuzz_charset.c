/* Any bytes under any declared charset: valid UTF-8, and the same when read once more. */
#include "crawlers/parse/charset.h"
#include "daemon/base/text.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* No converter makes more than this of one byte (U+FFFD for each one is three). */
#define GROWTH 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = input_of(data, size);
	enum charset_hint hint = input_byte(&input) % 3;
	char *content_type = input_line(&input);
	size_t len;
	char *bytes = input_rest(&input, &len);
	struct buf once = BUF_INIT(GROWTH * len + 16);
	struct buf twice = BUF_INIT(GROWTH * len + 16);
	const char *name = NULL;
	const char *declared = *content_type ? content_type : NULL;
	MUST(charset_to_utf8(declared, bytes, len, hint, &once, &name) == 0);
	const char *text = buf_str(&once);
	MUST(text_valid(text, once.len));
	MUST(name && strcmp(name, charset_detect(declared, bytes, len, hint)) == 0);
	const char *label = charset_of_label(name, strlen(name));
	MUST(label && strcmp(label, name) == 0);
	/* A second byte order mark is a character of the text: it would be taken away this time. */
	if (strncmp(text, "\xef\xbb\xbf", 3) != 0) {
		MUST(charset_to_utf8(
			     "text/html; charset=utf-8", text, once.len, hint, &twice, NULL) == 0);
		MUST(twice.len == once.len && memcmp(buf_str(&twice), text, once.len) == 0);
	}
	buf_release(&once);
	buf_release(&twice);
	free(content_type);
	free(bytes);
	return 0;
}
