/* Any answer to the question what a server runs. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as("nodeinfo", data, size);
	return 0;
}
