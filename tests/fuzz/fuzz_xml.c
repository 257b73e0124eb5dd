/* Any bytes as XML: events in pairs, valid strings, and tidied text that needs no more tidying. */
#include "crawlers/parse/xml.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static int start(void *userdata, const char *name, const char *const *attrs)
{
	size_t *depth = userdata;
	MUST(text_valid(name, strlen(name))); /* "": one too long to be any */
	for (size_t i = 0; attrs[i]; i += 2) {
		MUST(text_valid(attrs[i], strlen(attrs[i])) && attrs[i + 1]);
		MUST(text_valid(attrs[i + 1], strlen(attrs[i + 1])));
		MUST(xml_attr(attrs, attrs[i]));
	}
	MUST(++*depth <= LIMIT_XML_DEPTH);
	return 0;
}

static int end(void *userdata, const char *name)
{
	size_t *depth = userdata;
	MUST(name && *depth > 0);
	--*depth;
	return 0;
}

static int text(void *userdata, const char *run, size_t len)
{
	size_t *depth = userdata;
	MUST(*depth > 0 && text_valid(run, len));
	return 0;
}

static void tidy(struct input input)
{
	size_t len;
	char *utf8 = input_text(&input, SIZE_MAX, &len);
	struct buf once = BUF_INIT(5 * len + 1);
	struct buf twice = BUF_INIT(25 * len + 1);
	MUST(xml_tidy(&once, utf8, len) == 0);
	MUST(text_valid(buf_str(&once), once.len));
	MUST(xml_tidy(&twice, buf_str(&once), once.len) == 0);
	MUST(text_valid(buf_str(&twice), twice.len));
	buf_release(&once);
	buf_release(&twice);
	free(utf8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct xml_events events = {.start = start, .end = end, .text = text};
	struct input input = input_of(data, size);
	char *content_type = input_line(&input);
	size_t depth = 0;
	size_t len;
	tidy(input);
	char *bytes = input_rest(&input, &len);
	int r = xml_read(bytes, len, *content_type ? content_type : NULL, &events, &depth);
	MUST(r >= 0 && r <= XML_E_ENTITY);
	MUST(r != 0 || depth == 0);
	free(bytes);
	free(content_type);
	return 0;
}
