#include "daemon/paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *join(struct arena *arena, const char *folder, const char *name)
{
	size_t len = strlen(folder) + 1 + strlen(name) + 1;
	char *path = arena_alloc(arena, len);
	if (path)
		(void)snprintf(path, len, "%s/%s", folder, name);
	return path;
}

static bool is_there(const char *path)
{
	return path && access(path, R_OK) == 0;
}

/* The first entry of a colon-separated list of folders from the environment, as systemd sets it. */
static const char *from_systemd(struct arena *arena, const char *variable)
{
	const char *value = getenv(variable);
	return value && value[0] == '/' ? arena_copy(arena, value, strcspn(value, ":")) : NULL;
}

/* @variable (an XDG folder), or @fallback below the home folder, and "dirtwatch" in it. */
static const char *from_xdg(struct arena *arena, const char *variable, const char *fallback)
{
	const char *base = getenv(variable);
	if (!base || base[0] != '/') {
		const char *home = getenv("HOME");
		if (!home || home[0] != '/')
			return NULL;
		base = fallback ? join(arena, home, fallback) : NULL;
	}
	return base ? join(arena, base, "dirtwatch") : NULL;
}

static const char *find_folder(struct arena *arena, const char *systemd_variable,
	const char *system, const char *xdg_variable, const char *xdg_fallback)
{
	const char *folder = from_systemd(arena, systemd_variable);
	if (!folder && geteuid() != 0)
		folder = from_xdg(arena, xdg_variable, xdg_fallback);
	return folder ? folder : system;
}

static int find_program(struct arena *arena, struct paths *paths)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
	if (len < 0)
		return -errno;
	paths->program = arena_copy(arena, path, (size_t)len);
	return paths->program ? 0 : -ENOMEM;
}

/* What is shipped with the program: beside it, or where it was built to be installed.  The last place
 * even where nothing is; NULL: no memory. */
static const char *find_shipped(struct arena *arena, const struct paths *paths,
	const char *const beside[2], const char *installed)
{
	const char *slash = paths->program ? strrchr(paths->program, '/') : NULL;
	const char *folder =
		arena_copy(arena, paths->program, slash ? (size_t)(slash - paths->program) : 0);
	for (size_t i = 0; folder && i < 2; i++) {
		const char *path = join(arena, folder, beside[i]);
		if (!path || is_there(path))
			return path;
	}
	return folder ? installed : NULL;
}

static int find_patterns(struct arena *arena, const struct options *options, struct paths *paths)
{
	static const char *const beside[] = {
		"../share/dirtwatch/patterns", /* PREFIX/bin */
		"../../patterns/rules",        /* the checkout's build/PROFILE */
	};
	paths->patterns = options->patterns ? options->patterns
					    : find_shipped(arena, paths, beside,
						      DIRTWATCH_PREFIX "/share/dirtwatch/patterns");
	if (!paths->patterns)
		return -ENOMEM;
	return is_there(paths->patterns) ? 0 : -ENOENT;
}

static int find_walls(struct arena *arena, const struct options *options, struct paths *paths)
{
	static const char *const beside[] = {
		"../share/dirtwatch/walls.yaml",
		"../../crawlers/walls.yaml",
	};
	paths->walls = options->walls ? options->walls
				      : find_shipped(arena, paths, beside,
						DIRTWATCH_PREFIX "/share/dirtwatch/walls.yaml");
	paths->own_walls = join(arena, paths->config_dir, "walls.yaml");
	return paths->walls && paths->own_walls ? 0 : -ENOMEM;
}

static int find_config(struct arena *arena, const struct options *options, struct paths *paths)
{
	paths->config_dir = find_folder(arena, "CONFIGURATION_DIRECTORY",
		DIRTWATCH_SYSCONFDIR "/dirtwatch", "XDG_CONFIG_HOME", ".config");
	if (options->config) {
		paths->config = options->config;
		const char *slash = strrchr(options->config, '/');
		paths->config_dir = slash ? arena_copy(arena, options->config,
						    (size_t)(slash - options->config))
					  : ".";
	} else {
		const char *usual = join(arena, paths->config_dir, "dirtwatch.yaml");
		/* One that is there and can not be read is an error to be told, not a config to do without. */
		paths->config = usual && access(usual, F_OK) == 0 ? usual : NULL;
	}
	if (!paths->config_dir)
		return -ENOMEM;
	paths->own_patterns = join(arena, paths->config_dir, "patterns.d");
	return paths->own_patterns ? 0 : -ENOMEM;
}

int paths_find(struct arena *arena, const struct options *options, struct paths *ret)
{
	struct paths paths = {0};
	int r = find_program(arena, &paths);
	if (r == 0)
		r = find_config(arena, options, &paths);
	if (r == 0)
		r = find_patterns(arena, options, &paths);
	if (r == 0)
		r = find_walls(arena, options, &paths);
	if (r != 0)
		return r;
	paths.state_dir = find_folder(
		arena, "STATE_DIRECTORY", "/var/lib/dirtwatch", "XDG_STATE_HOME", ".local/state");
	const char *run =
		find_folder(arena, "RUNTIME_DIRECTORY", "/run/dirtwatch", "XDG_RUNTIME_DIR", NULL);
	paths.store = join(arena, paths.state_dir, "dirtwatch.db");
	paths.control = join(arena, run, "control");
	if (!paths.store || !paths.control)
		return -ENOMEM;
	*ret = paths;
	return 0;
}

int paths_make_state(const struct paths *paths)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, "%s", paths->state_dir) >= (int)sizeof path)
		return -ENAMETOOLONG;
	for (char *at = path + 1;; at++) {
		if (*at != '/' && *at != '\0')
			continue;
		char was = *at;
		*at = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return -errno;
		if (was == '\0')
			return 0;
		*at = was;
	}
}
