#ifndef DIRTWATCH_DAEMON_PATHS_H
#define DIRTWATCH_DAEMON_PATHS_H

#include "daemon/base/arena.h"
#include "daemon/options.h"

/*
 * Where things are.  What systemd says wins (CONFIGURATION_DIRECTORY, STATE_DIRECTORY,
 * RUNTIME_DIRECTORY); then the system's own places for root, and the XDG folders for a person.  The
 * shipped rules and walls are found beside the program, so that a checkout and any prefix work
 * without being told: in ../share/dirtwatch of the program's folder, or in the checkout's patterns/rules
 * and crawlers/walls.yaml.
 */
struct paths {
	const char *config;       /* the file to read; NULL: there is none anywhere usual */
	const char *config_dir;   /* the folder for config and patterns.d */
	const char *patterns;     /* folder of the shipped rules */
	const char *own_patterns; /* config_dir/patterns.d */
	const char *walls;        /* the shipped walls.yaml; may not be there: loading it says so */
	const char *own_walls;    /* config_dir/walls.yaml, which may not be there either */
	const char *state_dir;
	const char *store;   /* state_dir/dirtwatch.db */
	const char *control; /* socket of the running daemon; NULL: no place for it */
	const char *program; /* the program's own file */
};

/** 0; -ENOENT: no shipped rules anywhere (told by the caller); -errno.  Strings live in @arena. */
MUST_CHECK int paths_find(struct arena *arena, const struct options *options, struct paths *ret);

/** Create the state folder (0700) and what leads to it.  0, -errno. */
MUST_CHECK int paths_make_state(const struct paths *paths);

#endif
