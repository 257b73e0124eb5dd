/* Any answer of Misskey's API, to each of its requests. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as("misskey", data, size);
	return 0;
}
