#ifndef DIRTWATCH_CONFIG_YAML_MAP_H
#define DIRTWATCH_CONFIG_YAML_MAP_H

#include "config/duration.h"
#include "config/problems.h"
#include "daemon/base/arena.h"
#include "daemon/base/terms.h"
#include "daemon/base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * YAML files as the config and the rules read them: libyaml's document API, walked by tables of
 * keys.  The walk is strict (unknown and duplicate keys, wrong types and values out of range are
 * problems, each with its place) and goes on after a problem, so that one run tells all of them.
 * Aliases, anchors, tags, directives and further documents are refused: nothing here needs them,
 * and aliases make small files large. Files are the person's own, but nothing in them may crash or
 * hang us: size and depth are bounded.
 */
struct yaml_file;

/** Read and parse @path; @text/@len instead when @text is not NULL (then @path only names it, and
 *  no file is touched).  Problems of syntax go to @problems.  Returns 0 (also for a file with
 *  problems: *@ret is NULL when it can not be walked), -ENOENT and other -errno when it can not be
 *  read, -ENOMEM, -EINVAL when both are NULL.  The caller frees *@ret. */
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

/* Items of a list, pairs of a map; past the end there is no node (.file == NULL). */
size_t yaml_count(struct yaml node);
struct yaml yaml_item(struct yaml list, size_t i);
struct yaml yaml_key(struct yaml map, size_t i);
struct yaml yaml_value(struct yaml map, size_t i);
struct yaml yaml_find(struct yaml map, const char *key); /* .file == NULL: not there */

/* ---- the walk by tables ---- */

enum value_type {
	VALUE_STRING,   /* const char *  : any scalar but a blank one, copied into the arena */
	VALUE_BOOL,     /* bool          : true|false|yes|no|on|off */
	VALUE_INT,      /* int64_t       : within [min, max] */
	VALUE_REAL,     /* double        : within [min, max] */
	VALUE_DURATION, /* int64_t (s)   : "90s" "6h" "1w" "1h30m", within [min, max] s */
	VALUE_SEVERITY, /* enum severity : info to critical */
	VALUE_URL,      /* const char *  : absolute http(s) URL with a host, normalised */
	VALUE_DATE,     /* const char *  : YYYY[-MM[-DD]], a real date */
	VALUE_STRINGS,  /* struct strings: a list of scalars, or one scalar */
	VALUE_MAP,      /* a struct of its own: the keys of .table */
	VALUE_CUSTOM,   /* read(walk, node, into): the table's own function */
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
	bool hidden;   /* what stands here may be a secret: problems show neither line nor value */
};

struct key_table;

struct key {
	const char *name;
	enum value_type type;
	bool required;
	bool later;    /* read and kept, but nothing looks at it yet: noted */
	size_t offset; /* of the field in the struct that is filled */
	double min;    /* numbers and durations; both 0: any; an open end is INFINITY */
	double max;
	/* VALUE_CUSTOM: fills @into (the struct + offset).  Problems go to walk->problems; returns
	 * 0 or -ENOMEM. */
	int (*read)(struct walk *walk, struct yaml node, void *into);
	const struct key_table *table; /* VALUE_MAP */
};

struct key_table {
	const char *name; /* what it describes: "person" */
	const struct key *keys;
	size_t count;
};

/** Fill @into from the map @node by @keys[0..@count).  A field whose key is absent or wrong keeps
 *  what it held.  A section that was left empty (`schedule:`) is a map without keys.
 *  Returns 0 (see problems) or -ENOMEM. */
MUST_CHECK int walk_map(
	struct walk *walk, struct yaml node, const struct key *keys, size_t count, void *into);

/* Read one item of a list into *@ret, in walk->arena: its text checked, perhaps in another form.
 * After a problem *@ret stays NULL and the item is left out.  Returns 0 or -ENOMEM. */
typedef int walk_word(struct walk *walk, struct yaml node, const char **ret);

/** Read a list (or one item) of what @word reads; a blank @node leaves *@ret alone.  Returns as
 *  walk_map(). */
MUST_CHECK int walk_words(
	struct walk *walk, struct yaml node, walk_word *word, struct strings *ret);

/** The same for any text that is not blank. */
MUST_CHECK int walk_strings(struct walk *walk, struct yaml node, struct strings *ret);

/** For maps with keys of the person's own choosing: tell of every key of @map that is no scalar or
 *  that came before.  walk_map() does so itself.  Returns as walk_map(). */
MUST_CHECK int walk_check_keys(struct walk *walk, struct yaml map);

/** The text of the scalar @node, which stands for @name ("a rule's id"); NULL and a problem when it
 *  is a list, a map or blank. */
const char *walk_scalar(struct walk *walk, struct yaml node, const char *name);

/** Read a severity (info to critical).  False and a problem when it is none. */
bool walk_severity(struct walk *walk, struct yaml node, enum severity *ret);

/** Add a problem at @node. */
void walk_problem(struct walk *walk, struct yaml node, const char *format, ...) PRINTF_LIKE(3, 4);

/* A scalar for a "%.*s" in a message: no more of it than reads well. */
#define SHOWN(text) (int)text_cut((text), strlen(text), 80), (text)

/** True for a node that was left empty: `key:` with nothing behind it. */
bool yaml_blank(struct yaml node);

#endif
