/* What servers of the fediverse answer: actors, outboxes, posts, lists. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as("activitypub", data, size);
	return 0;
}
