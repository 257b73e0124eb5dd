/* Any page as a feed: RSS, RDF, Atom, JSON Feed. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as("feed", data, size);
	return 0;
}
