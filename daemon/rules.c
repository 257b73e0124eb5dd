#include "daemon/rules.h"

#include <stdlib.h>

int rules_config(const struct paths *paths, struct problems *problems, struct config **ret)
{
	if (!paths->config)
		return config_default(ret);
	return config_load(paths->config, NULL, 0, problems, ret);
}

int rules_load(const struct paths *paths, const struct config *config, bool catalogue,
	struct problems *problems, struct ruleset **ret)
{
	const size_t own = 2; /* shipped and patterns.d */
	const char **folders = calloc(own + config->pattern_dirs.count, sizeof *folders);
	if (!folders)
		return -ENOMEM;
	folders[0] = paths->patterns;
	folders[1] = paths->own_patterns;
	for (size_t i = 0; i < config->pattern_dirs.count; i++)
		folders[own + i] = config->pattern_dirs.items[i];
	const struct ruleset_options options = {
		.config = config,
		.folders = {.items = folders, .count = own + config->pattern_dirs.count},
		.catalogue = catalogue,
	};
	int r = ruleset_load(&options, problems, ret);
	free(folders);
	return r;
}
