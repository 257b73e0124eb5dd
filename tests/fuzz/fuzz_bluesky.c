/* Any answer of Bluesky's AppView, to both of its requests. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as("bluesky", data, size);
	return 0;
}
