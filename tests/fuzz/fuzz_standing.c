/* Any text in the store as what a page stands for; what comes out of it is written and read alike. */
#include "daemon/base/limits.h"
#include "daemon/standing.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static char *written(const struct standing *standing)
{
	const struct extract extract = {
		.follows = (struct follow *)standing->follows,
		.n_follows = standing->n_follows,
		.coverage = standing->coverage,
		.facts = standing->facts,
	};
	char *text;
	MUST(standing_write(&extract, standing->marks, &text) == 0);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = input_of(data, size);
	struct input line = input;
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct standing standing, again;
	size_t len;
	char *text = input_text(&line, SIZE_MAX, &len);
	MUST(arena && standing_read(arena, text, &standing) == 0);
	size_t repeats;
	const char *const marks[] = {standing.marks, standing.marks};
	MUST(stretch_repeats(marks, 2, &repeats) == 0);
	MUST(repeats <= strlen(standing.marks) / MARK_CHARS);
	char *once = written(&standing);
	MUST(standing_read(arena, once, &again) == 0);
	char *twice = written(&again);
	MUST(strcmp(once, twice) == 0);
	free(once);
	free(twice);
	free(text);
	arena_free(arena);
	return 0;
}
