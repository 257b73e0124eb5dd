/* Any page: HTML, microformats, JSON-LD, OpenGraph, or words alone. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as("page", data, size);
	return 0;
}
