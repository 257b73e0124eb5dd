#ifndef DIRTWATCH_CRAWLERS_PARSE_JSON_H
#define DIRTWATCH_CRAWLERS_PARSE_JSON_H

#include "daemon/base/arena.h"
#include "daemon/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* JSON from strangers, through jansson.  Nesting is counted before it parses (it recurses), and
 * what would make it refuse a whole page over one character is mended first, so that no string of a
 * tree read here is cut at a NUL or holds anything but valid UTF-8. */

enum {
	JSON_E_BAD = 1, /* not JSON */
	JSON_E_CUT,     /* JSON that ends in the middle */
	JSON_E_DEEP,    /* nested beyond LIMIT_JSON_DEPTH */
};

/** Read the one value in @bytes.  A byte order mark is skipped; malformed UTF-8, \u0000 and lone
 *  surrogates become U+FFFD; integers beyond 64 bits become reals.
 *  *@ret: a new reference, for json_decref() or json_auto_t.  0, JSON_E_*, -ENOMEM. */
MUST_CHECK int json_read(const void *bytes, size_t len, json_t **ret);

/*
 * Looking into a tree whose shape nobody promised: a key that is missing, a value of another type
 * and an @object that is none or NULL all give "nothing".  What is returned belongs to the tree.
 */

/** The string at @key; NULL: nothing. */
const char *json_text(const json_t *object, const char *key);
/** The same, but an empty string, too, is nothing. */
const char *json_words(const json_t *object, const char *key);
/** The integer at @key, also when it is written as a real or as a string of digits; else @fallback.
 */
int64_t json_int64(const json_t *object, const char *key, int64_t fallback);
/** The value at @key is true. */
bool json_flag(const json_t *object, const char *key);
/** The object, or the array, at @key; NULL: nothing. */
const json_t *json_object_at(const json_t *object, const char *key);
const json_t *json_array_at(const json_t *object, const char *key);
/** The value at a path of keys and array indices parted by dots ("data.0.name"); NULL: nothing. */
const json_t *json_path(const json_t *root, const char *path);
/** The time at @key, as date_parse() reads it or as a number of seconds since 1970; 0: nothing. */
int64_t json_date(const json_t *object, const char *key);
/** The id at @key, a string or an integer, as a string in @arena.  0 with *@ret NULL for nothing,
 *  -ENOMEM. */
MUST_CHECK int json_id(
	struct arena *arena, const json_t *object, const char *key, const char **ret);

#endif
