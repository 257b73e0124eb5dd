#include "config/config.h"

#include "config/keys.h"
#include "daemon/base/clean.h"
#include "daemon/base/limits.h"

#include <stdlib.h>

/* ---- the config without a file ---- */

struct config *config_free(struct config *config)
{
	if (!config)
		return NULL;
	arena_free(config->arena);
	free(config);
	return NULL;
}

int config_default(struct config **ret)
{
	struct config *config = malloc(sizeof *config);
	if (!config)
		return -ENOMEM;
	*config = (struct config){
		.every_s = INT64_C(6) * 3600,
		.jitter_s = INT64_C(10) * 60,
		.window_s = INT64_C(14) * 24 * 3600,
		.full_s = INT64_C(30) * 24 * 3600,
		.alert_at = SEVERITY_LOW,
		.alert_after = 3,
		.delay_s = 1,
		.arena = arena_new(LIMIT_CONFIG_ARENA_B),
	};
	if (!config->arena) {
		free(config);
		return -ENOMEM;
	}
	*ret = config;
	return 0;
}

/* ---- what the whole must keep to ---- */

struct seen {
	const char *url;
	struct yaml node;
};

static int compare_seen(const void *a_, const void *b_)
{
	const struct seen *a = a_;
	const struct seen *b = b_;
	int order = strcmp(a->url, b->url);
	return order != 0 ? order
			  : (a->node.index > b->node.index) - (a->node.index < b->node.index);
}

static int check_repeated(struct walk *walk, const struct loading *loading)
{
	CLEAN(clean_free) struct seen *seen = calloc(loading->n_profiles + 1, sizeof *seen);
	if (!seen)
		return -ENOMEM;
	size_t count = 0;
	for (size_t i = 0; i < loading->n_profiles; i++) {
		if (loading->profiles[i].url) /* else a problem already */
			seen[count++] = (struct seen){loading->profiles[i].url, loading->nodes[i]};
	}
	qsort(seen, count, sizeof *seen, compare_seen);
	for (size_t i = 1; i < count; i++) {
		if (strcmp(seen[i].url, seen[i - 1].url) == 0)
			walk_problem(walk, seen[i].node, "%.*s is watched already, by line %zu",
				SHOWN(seen[i].url), yaml_place(seen[i - 1].node).line);
	}
	return 0;
}

/* Fill in what profiles leave to the schedule.  *@ret_shortest: of all times between two scans. */
static void fill_every(struct loading *loading, int64_t every_s, int64_t *ret_shortest_s)
{
	*ret_shortest_s = every_s;
	for (size_t i = 0; i < loading->n_profiles; i++) {
		struct profile *profile = &loading->profiles[i];
		if (profile->every_s == 0)
			profile->every_s = every_s;
		if (profile->every_s < *ret_shortest_s)
			*ret_shortest_s = profile->every_s;
	}
}

/* A scan that may be late by more than the time between two is no schedule.  A jitter that was not
 * asked for gives way; one that was is told of. */
static void check_jitter(struct walk *walk, struct yaml root, int64_t shortest_s, int64_t *jitter_s)
{
	if (*jitter_s <= shortest_s)
		return;
	struct yaml node = yaml_find(yaml_find(root, "schedule"), "jitter");
	char every[DURATION_CHARS];
	duration_format(shortest_s, every);
	if (node.file)
		walk_problem(
			walk, node, "\"jitter\" is longer than the shortest \"every\" (%s)", every);
	else
		*jitter_s = shortest_s;
}

static int check_whole(
	struct walk *walk, struct yaml root, struct loading *loading, struct config *config)
{
	int64_t shortest_s;
	fill_every(loading, config->every_s, &shortest_s);
	check_jitter(walk, root, shortest_s, &config->jitter_s);
	config->profiles = loading->profiles;
	config->n_profiles = loading->n_profiles;
	return check_repeated(walk, loading);
}

/* ---- loading ---- */

/* The folder of @path in @arena; NULL for no path: paths in the file stay as they are. */
static int folder_of(struct arena *arena, const char *path, const char **ret)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	*ret = NULL;
	if (!slash)
		return 0;
	*ret = arena_copy(arena, path, (size_t)(slash - path));
	return *ret ? 0 : -ENOMEM;
}

static int read_config(struct yaml_file *file, struct problems *problems, struct config *config)
{
	struct loading loading = {0};
	struct walk walk = {.arena = config->arena, .problems = problems, .context = &loading};
	struct yaml root = yaml_root(file);
	struct place place = yaml_place(root);
	if (place.source_len > LIMIT_CONFIG_B) {
		place.line = 0;
		problems_add(problems, &place, "larger than %zu MiB", LIMIT_CONFIG_B >> 20);
		return 0;
	}
	int r = folder_of(config->arena, config->path, &loading.folder);
	if (r == 0)
		r = walk_map(&walk, root, config_table.keys, config_table.count, config);
	return r == 0 ? check_whole(&walk, root, &loading, config) : r;
}

int config_load(const char *path, const char *text, size_t len, struct problems *problems,
	struct config **ret)
{
	const size_t before = problems_count(problems);
	struct yaml_file *file = NULL;
	struct config *config = NULL;
	int r = yaml_file_read(path, text, len, problems, &file);
	if (r == 0 && !file)
		r = CONFIG_E_BAD;
	if (r == 0)
		r = config_default(&config);
	if (r == 0 && path && !(config->path = arena_strdup(config->arena, path)))
		r = -ENOMEM;
	if (r == 0)
		r = read_config(file, problems, config);
	if (r == 0 && problems_count(problems) > before)
		r = CONFIG_E_BAD;
	yaml_file_free(file);
	if (r == 0)
		*ret = config;
	else
		config_free(config);
	return r;
}
