/* Any answer of Mastodon's API, to each of its three requests. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as("mastodon", data, size);
	return 0;
}
