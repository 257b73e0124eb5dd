/* Any answer to WebFinger's question, and to its confirmation. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as("webfinger", data, size);
	return 0;
}
