#ifndef DIRTWATCH_PATTERNS_SOURCE_H
#define DIRTWATCH_PATTERNS_SOURCE_H

#include "config/yaml_map.h"
#include "patterns/rule.h"

/*
 * Rule files as they were written, gathered over all layers before anything is made of them: names
 * are resolved over the whole set.  Nodes stay valid as long as the sources.
 */

/* An expression with all its macros and lists in place: PCRE2 compiles 64 KiB of code at most. */
#define PATTERN_B ((size_t)256 * 1024)

/* A macro, a list or a category: a name and what stands behind it. */
struct definition {
	const char *name;
	struct yaml key;
	struct yaml value;
	size_t layer;
};

struct definitions {
	struct definition *items;
	size_t count;
};

/* A rule or a template, its simple values read, the others still nodes. */
struct rule_source {
	const char *id;
	const char *title;
	const char *status;
	const char *category;
	enum severity severity; /* SEVERITY_NONE: the category's */
	double confidence;
	const char *kind;
	const char *lang; /* the file's unless it has its own; NULL: any */
	struct strings scope;
	struct strings keywords;
	struct yaml pattern;
	struct yaml items; /* kind phrases: what it has instead of a pattern */
	double bias;
	double threshold;
	struct strings flags;
	struct strings views;
	struct yaml reach;
	struct yaml requires;
	struct yaml unless;
	struct yaml allow;
	int64_t max_hits;
	struct yaml directed;
	struct yaml decay;
	const char *message;
	const char *why;
	struct yaml advice;
	struct strings references;
	struct strings falsepositives;
	struct yaml tests;
	struct strings roles;   /* templates: the organisations that it is for */
	struct strings not_for; /* those that it is not for all the same */
	struct yaml node;
	size_t layer;
	size_t order;
	bool broken; /* something in it is wrong: told, and the rule is left out */
	const struct company *company; /* made from a template for it */
};

struct rule_sources {
	struct rule_source *items;
	size_t count;
};

struct override_source {
	const char *industry; /* in whose overlay it stands; NULL: it always holds */
	const char *id;       /* or "prefix.*" */
	enum severity severity;
	double confidence; /* < 0: as it is */
	const char *status;
	int64_t max_hits; /* 0: as it is */
	struct yaml unless;
	struct yaml tests;
	struct yaml node;
};

struct override_sources {
	struct override_source *items;
	size_t count;
};

struct sources {
	struct arena *arena;
	struct problems *problems;
	struct yaml_file **files;
	size_t n_files;
	struct definitions macros;
	struct definitions lists;
	const char **expanded; /* lists as expressions, once they were asked for; NULL: none was */
	struct definitions categories;
	struct definitions samples; /* organisations to test templates with, by role */
	struct rule_sources rules;
	struct rule_sources templates;
	struct override_sources overrides;
	struct strings disable; /* ids or "prefix.*" */
};

/** Read one file of layer @layer into @sources.  Returns 0 (see sources->problems), -ENOMEM, or
 *  another -errno when the file can not be read. */
MUST_CHECK int sources_read(struct sources *sources, const char *path, size_t layer);

/** Sort definitions and templates by name; of one name the highest layer stays, two in one layer
 * are a problem. */
void sources_merge(struct sources *sources);

/** The same for the rules, once those made from templates are among them. */
void sources_merge_rules(struct sources *sources);

/** The definition called @name; NULL: none. */
const struct definition *definition_find(const struct definitions *definitions, const char *name);

/** The name of @definitions nearest to @name, or NULL. */
const char *definition_nearest(const struct definitions *definitions, const char *name);

/** Free the files.  The arena and the problems are the caller's. */
void sources_release(struct sources *sources);

/** Is @id named by @pattern: the id itself, or "prefix.*"? */
bool id_matches(const char *pattern, const char *id);

#endif
