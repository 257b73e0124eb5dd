#ifndef DIRTWATCH_DAEMON_WIRE_H
#define DIRTWATCH_DAEMON_WIRE_H

#include "daemon/base/arena.h"
#include "daemon/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Structs as bytes and back, by tables of their fields, so that what is written, what is read and
 * what is checked can not drift apart.  Both ends are the same program on the same machine: numbers
 * are eight bytes in its own order, a string is its length (-1: NULL) and its bytes, an array its
 * count and its elements, and nothing lies between fields.
 */

enum field_type {
	FIELD_STRING, /* const char *: valid UTF-8 without NUL, at most max bytes */
	FIELD_BYTES,  /* const char *: any bytes but NUL, at most max */
	FIELD_TEXT,   /* const char * with its length in the size_t at .length; else as FIELD_STRING
		       */
	FIELD_BOOL,   /* bool */
	FIELD_ENUM,   /* enum, in [min, max] */
	FIELD_INT,    /* int, in [min, max] */
	FIELD_INT64,  /* int64_t, in [min, max] */
	FIELD_SIZE,   /* size_t, at most max */
	FIELD_REAL,   /* double, finite, in [min, max] */
	FIELD_LAYOUT, /* a struct within: .layout */
	FIELD_ARRAY,  /* pointer to at most max .layout, their count in the size_t at .length */
};

struct layout;

struct field {
	const char *name; /* for people: "text of a post" */
	size_t offset;
	size_t length; /* offset of a length or count */
	int64_t min;
	int64_t max;
	const struct layout *layout;
	enum field_type type;
	bool required; /* strings: not NULL */
	bool cut;      /* FIELD_STRING: a longer one is written cut between characters */
};

struct layout {
	size_t size;
	const struct field *fields;
	size_t n_fields;
};

#define LAYOUT(type, table)                                  \
	{                                                    \
		.size = sizeof(type), .fields = (table),     \
		.n_fields = sizeof(table) / sizeof(table)[0] \
	}

/* Bytes that are being read. */
struct cursor {
	const char *at;
	size_t left;
	const char *wrong; /* which field was wrong; static */
};

enum { WIRE_E_BAD = 1 }; /* see cursor.wrong */

/** Append the struct at @from.  0, BUF_E_FULL, -ENOMEM; on failure @out may hold a part of it. */
MUST_CHECK int wire_write(struct buf *out, const struct layout *layout, const void *from);

/** Fill the zeroed struct at @into from bytes that may be an attacker's; strings and arrays are
 *  copied into @arena.  Every field is checked against its table; what fields say together is the
 *  caller's to check.  0, WIRE_E_BAD, -ENOMEM (also: the arena's ceiling). */
MUST_CHECK int wire_read(
	struct cursor *in, const struct layout *layout, struct arena *arena, void *into);

#endif
