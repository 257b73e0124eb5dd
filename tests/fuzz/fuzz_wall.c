/* Any answer, asked whether it is a wall: then it has a verdict of its own, and never a clean one. */
#include "crawlers/parse/wall.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = input_of(data, size);
	struct page page = page_of(&input, "page");
	struct extract extract;
	MUST(extract_init(&extract) == 0);
	extract.walls = shipped_walls();
	int r = wall_detect(&page, &extract);
	MUST(r >= 0 || r == -ENOMEM);
	if (r > 0) {
		MUST(extract.verdict < VERDICT_COUNT && !verdict_proves(extract.verdict));
		MUST(!extract.why || *extract.why);
		MUST(extract.retry_at_s == 0 || extract.retry_at_s > page.fetched_s);
	} else if (r == 0) {
		MUST(page.status < 400);
	}
	MUST(extract.n_posts == 0);
	extract_holds(&extract);
	extract_release(&extract);
	page_drop(&page);
	return 0;
}
