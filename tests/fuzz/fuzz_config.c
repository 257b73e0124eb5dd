/* Any bytes as a config: no crash, no hang, and either a config or a reason why not. */
#include "config/config.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct problems *problems = problems_new();
	struct config *config = NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	if (!problems || !out)
		abort();
	int r = config_load("etc/f", (const char *)data, size, problems, &config);
	problems_print(problems, out);
	if (fclose(out) != 0 || r < 0)
		abort();
	if ((r == 0) != (config != NULL) || (r == 0) != (problems_count(problems) == 0))
		abort();
	free(text);
	config_free(config);
	problems_free(problems);
	return 0;
}
