/* Any bytes to any source: the first says which one and which of its steps, the rest is the body. */
#include "tests/unit/source_check.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len == 0)
		return 0;
	const struct source *source = sources[bytes[0] % n_sources];
	struct page page =
		page_of(source->name, "https://ada.example/@ada", (const char *)bytes + 1, len - 1);
	page.step = bytes[0] / 4 % 16;
	page.subject = page.step > 0 ? "42 104" : NULL;
	struct extract extract;
	int r = source_read(shipped_walls(), &page, &extract);
	if (r != 0 && r != -ENOMEM)
		abort();
	if (r == 0 && broken_promise(&extract))
		abort();
	extract_release(&extract);
	return 0;
}
