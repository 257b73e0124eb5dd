#include "daemon/rules.h"

#include "crawlers/source.h"

#include <stdlib.h>

int rules_config(const struct paths *paths, struct problems *problems, struct config **ret)
{
	if (!paths->config)
		return config_default(ret);
	return config_load(paths->config, NULL, 0, problems, ret);
}

int rules_load(const struct paths *paths, const struct config *config, enum rules_use use,
	struct problems *problems, struct ruleset **ret)
{
	const size_t own = 2; /* shipped and patterns.d */
	const char **folders = calloc(own + config->pattern_dirs.count, sizeof *folders);
	struct problems *known = use == RULES_TO_READ ? problems_new() : NULL;
	if (!folders || (use == RULES_TO_READ && !known)) {
		free(folders);
		return -ENOMEM;
	}
	folders[0] = paths->patterns;
	folders[1] = paths->own_patterns;
	for (size_t i = 0; i < config->pattern_dirs.count; i++)
		folders[own + i] = config->pattern_dirs.items[i];
	const struct ruleset_options options = {
		.config = config,
		.folders = {.items = folders, .count = own + config->pattern_dirs.count},
		.catalogue = use == RULES_TO_NAME,
		.known = known,
	};
	int r = ruleset_load(&options, problems, ret);
	problems_free(known);
	free(folders);
	return r;
}

int rules_walls(const struct paths *paths, struct problems *problems, struct walls **ret)
{
	const char **names = calloc(n_sources, sizeof *names);
	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < n_sources; i++)
		names[i] = sources[i]->name;
	const struct walls_options options = {
		.shipped = paths->walls,
		.own = paths->own_walls,
		.sources = {.items = names, .count = n_sources},
	};
	int r = walls_load(&options, problems, ret);
	free(names);
	return r;
}

int rules_digest(const struct ruleset *ruleset, const struct walls *walls, struct digest *ret)
{
	const char *const parts[] = {ruleset_digest(ruleset)->hex, walls->digest.hex};
	return digest_strings(parts, 2, ret);
}
