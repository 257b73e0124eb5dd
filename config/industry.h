#ifndef DIRTWATCH_CONFIG_INDUSTRY_H
#define DIRTWATCH_CONFIG_INDUSTRY_H

#include "config/yaml_map.h"

/* The trades that rules may have an overlay for: person.industry in the config, the names under
 * overlays in rule files. */
extern const char *const industries[];
extern const size_t n_industries;

/** The industry that the scalar @node names; NULL and a problem when it is none. */
const char *industry_walk(struct walk *walk, struct yaml node);

#endif
