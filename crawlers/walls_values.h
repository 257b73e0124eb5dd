#ifndef DIRTWATCH_CRAWLERS_WALLS_VALUES_H
#define DIRTWATCH_CRAWLERS_WALLS_VALUES_H

#include "config/yaml_map.h"

/* Inside crawlers/walls: what may stand behind a key of walls.yaml, for key.read of a table; each
 * fills @into as its comment says. */

/* Statuses there can be, and those that say that something is wrong (RFC 9110 §15; 999 is LinkedIn's). */
#define STATUS_LEAST 100
#define STATUS_WRONG 400
#define STATUS_MOST  999

int wall_read_statuses(struct walk *walk, struct yaml node, void *into); /* struct status_ranges */
int wall_read_verdict(struct walk *walk, struct yaml node, void *into);  /* enum verdict */
/* struct strings, all in lower case: */
int wall_read_lowers(struct walk *walk, struct yaml node, void *into);
int wall_read_paths(struct walk *walk, struct yaml node, void *into);
/* const char *, one of walls_build.sources; the walk's context is a struct walls_build */
int wall_read_source(struct walk *walk, struct yaml node, void *into);

/** One word in lower case; a walk_word. */
int wall_read_lower(struct walk *walk, struct yaml node, const char **ret);

#endif
