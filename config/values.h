#ifndef DIRTWATCH_CONFIG_VALUES_H
#define DIRTWATCH_CONFIG_VALUES_H

#include "config/yaml_map.h"

/* One value of a map: what walk_map() calls for each key. */

/** Read @node as @key says into @into (the struct + offset).  As walk_map(). */
MUST_CHECK int value_read(struct walk *walk, const struct key *key, struct yaml node, void *into);

#endif
