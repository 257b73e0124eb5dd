/* A page of the source that the first line names, read and scored as the reader does it: main takes
 * the answer, and it says the same there. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct scorer *scorer;
	struct input input = input_of(data, size);
	char *name = input_line(&input);
	const struct source *source = source_find(name);
	if (!source)
		source = sources[(unsigned char)name[0] % n_sources];
	struct page page = page_of(&input, source->name);
	struct reading reading;
	if (!scorer)
		MUST(scorer_new(small_rules(), &scorer) == 0);
	int r = reading_make(scorer, shipped_walls(), &page, &reading);
	MUST(r == 0 || r == -ENOMEM);
	for (size_t i = 0; r == 0 && i < reading.extract.n_posts; i++)
		score_holds(&reading.scores[i], &reading.extract.posts[i], small_rules());
	if (r == 0)
		reading_holds(&reading, ruleset_count(small_rules()));
	reading_release(&reading);
	page_drop(&page);
	free(name);
	return 0;
}
