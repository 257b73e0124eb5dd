#ifndef DIRTWATCH_CONFIG_YAML_MAP_H
#define DIRTWATCH_CONFIG_YAML_MAP_H

#include "config/problems.h"
#include "daemon/base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * YAML files as the config and the rules read them: libyaml's document API, walked by tables of
 * keys.  The walk is strict (unknown and duplicate keys, wrong types and values out of range are
 * problems, each with its place) and goes on after a problem, so that one run tells all of them.
 * Aliases and anchors are refused: nothing here needs them, and they make small files large.
 * Files are the person's own, but nothing in them may crash or hang us: size and depth are bounded.
 */
struct yaml_file;

/** Read and parse @path; @text/@len instead when @text is not NULL (then @path only names it).
 *  Syntax errors go to @problems.  Returns 0 (also for a file with problems: then *@ret may be
 *  NULL), -ENOENT and other -errno when it can not be read, -ENOMEM.  The caller frees *@ret. */
MUST_CHECK int yaml_file_read(const char *path, const char *text, size_t len,
	struct problems *problems, struct yaml_file **ret);
struct yaml_file *yaml_file_free(struct yaml_file *file); /* NULL is fine; returns NULL */

enum yaml_type { YAML_TYPE_NONE, YAML_TYPE_SCALAR, YAML_TYPE_LIST, YAML_TYPE_MAP };

/* One node of a file; plain value, valid as long as its file. */
struct yaml {
	struct yaml_file *file; /* NULL: no node */
	int index;
};

struct yaml yaml_root(struct yaml_file *file); /* an empty file gives a node of TYPE_NONE */
enum yaml_type yaml_type(struct yaml node);
struct place yaml_place(struct yaml node);

/** The scalar's text, NUL-terminated (a NUL inside a scalar is a problem at read time), and whether
 *  it was quoted; NULL when @node is no scalar. */
const char *yaml_text(struct yaml node);
bool yaml_quoted(struct yaml node);

size_t yaml_count(struct yaml node);                  /* items of a list, pairs of a map */
struct yaml yaml_item(struct yaml list, size_t i);    /* i < yaml_count() */
struct yaml yaml_key(struct yaml map, size_t i);      /* i < yaml_count() */
struct yaml yaml_value(struct yaml map, size_t i);    /* i < yaml_count() */
struct yaml yaml_find(struct yaml map, const char *key); /* .file == NULL: not there */

/* ---- the walk by tables ---- */

enum value_type {
	VALUE_STRING,   /* const char *  : any scalar, copied into the arena */
	VALUE_BOOL,     /* bool          : true|false|yes|no|on|off */
	VALUE_INT,      /* int64_t       : within [min, max] */
	VALUE_REAL,     /* double        : within [min, max] */
	VALUE_DURATION, /* int64_t (s)   : "90s" "90m" "6h" "2d" "1w" or "1h30m", within [min, max] s */
	VALUE_SEVERITY, /* enum severity */
	VALUE_URL,      /* const char *  : absolute http(s) URL with a host */
	VALUE_DATE,     /* const char *  : YYYY[-MM[-DD]], a real date */
	VALUE_STRINGS,  /* struct strings: a list of scalars, or one scalar */
	VALUE_CUSTOM,   /* read(walk, key, node, into): the table's own function */
	VALUE_KEPT,     /* accepted, checked to be well-formed YAML, not used yet: noted */
};

struct strings {
	const char *const *items;
	size_t count;
};

struct walk {
	struct arena *arena;
	struct problems *problems;
	void *context; /* for VALUE_CUSTOM functions */
};

struct key {
	const char *name;
	enum value_type type;
	size_t offset; /* of the field in the struct that is filled */
	double min;    /* numbers and durations; both 0: any */
	double max;
	bool required;
	/* VALUE_CUSTOM: fills @into (the struct + offset).  Problems go to walk->problems; returns 0
	 * or -ENOMEM. */
	int (*read)(struct walk *walk, struct yaml node, void *into);
};

/** Fill @into from the map @node by @keys[0..@count).  A field whose key is absent or wrong keeps
 *  what it held.  Returns 0 (see problems) or -ENOMEM. */
MUST_CHECK int walk_map(
	struct walk *walk, struct yaml node, const struct key *keys, size_t count, void *into);

/** Read a list (or one scalar) of strings.  Returns as walk_map(). */
MUST_CHECK int walk_strings(struct walk *walk, struct yaml node, struct strings *ret);

/** "6h" to seconds; false: not a duration. */
bool duration_parse(const char *text, int64_t *ret_s);

#endif
