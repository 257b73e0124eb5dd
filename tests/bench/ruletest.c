/* Run the tests that stand in rule files: ruletest FOLDER... */
#include "patterns/ruleset.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	struct config config = {.path = NULL};
	struct problems *problems = problems_new();
	struct ruleset *set = NULL;
	size_t run = 0;
	size_t failed = 0;
	const struct ruleset_options options = {
		.config = &config,
		.folders = {(const char *const *)argv + 1, (size_t)argc - 1},
		.strict = true,
	};
	if (argc < 2) {
		(void)fprintf(stderr, "usage: ruletest FOLDER...\n");
		return 0; /* `make bench` runs everything here without arguments */
	}
	int r = problems ? ruleset_load(&options, problems, &set) : -ENOMEM;
	if (problems)
		problems_print(problems, stderr);
	if (r == 0)
		r = ruleset_test(set, stdout, &run, &failed);
	size_t wrong = problems ? problems_count(problems) : 1;
	(void)printf("%zu passed, %zu failed, %zu problems\n", run - failed, failed, wrong);
	ruleset_free(set);
	problems_free(problems);
	return r != 0 || failed > 0 || wrong > 0;
}
