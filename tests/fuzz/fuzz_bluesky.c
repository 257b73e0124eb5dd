/* Any answer of Bluesky's AppView, of a repository or a register of DIDs, to any of its requests. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as("bluesky", data, size);
	return 0;
}
