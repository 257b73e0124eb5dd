/* Any bytes to any source: the first line says which one, which of its steps and what it remembers
 * ("wordpress 3 https://a.example/wp-json/ 7 1"); the rest is the body. */
#include "tests/unit/source_check.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define LINE_MAX_B 255

/* A name that no source has stands for one of them all the same. */
static const struct source *source_called(const char *name)
{
	const struct source *source = source_find(name);
	return source ? source : sources[(unsigned char)*name % n_sources];
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const uint8_t *end = len > 0 ? memchr(bytes, '\n', len) : NULL;
	char line[LINE_MAX_B + 1] = "";
	if (!end || end - bytes > LINE_MAX_B)
		return 0;
	memcpy(line, bytes, (size_t)(end - bytes));
	char *rest = line;
	const char *name = strsep(&rest, " ");
	const char *step = strsep(&rest, " ");
	const char *body = (const char *)end + 1;
	struct page page = page_of(source_called(name)->name, "https://ada.example/@ada", body,
		len - (size_t)(end + 1 - bytes));
	page.step = step ? (int)strtol(step, NULL, 10) % 16 : 0;
	page.subject = rest;
	struct extract extract;
	int r = source_read(shipped_walls(), &page, &extract);
	if (r != 0 && r != -ENOMEM)
		abort();
	if (r == 0 && broken_promise(&extract))
		abort();
	extract_release(&extract);
	return 0;
}
