#ifndef DIRTWATCH_CRAWLERS_NET_CODING_H
#define DIRTWATCH_CRAWLERS_NET_CODING_H

#include "daemon/base/err.h"

#include <stddef.h>

/* Content codings (RFC 9110 §8.4.1), each decoded by the library of its makers and with the same verbs.
 * The input is a stranger's. */

struct stretch {
	const unsigned char *in; /* moved on as it is used */
	size_t in_len;
	unsigned char *out; /* moved on as it is filled */
	size_t out_len;
};

enum {
	CODING_E_END = 1, /* a whole stream has come */
	CODING_E_CORRUPT,
};

struct coding {
	const char *name;
	const char *other_name; /* NULL: none */
	/* The first byte of a further stream behind a whole one; -1: there is never one. */
	int again;
	void *(*start)(void); /* NULL: no memory */
	void (*stop)(void *state);
	void (*restart)(void *state);
	/* Decode what there is; 0 when more input or more room is wanted, CODING_E_*, -ENOMEM. */
	int (*decode)(void *state, struct stretch *stretch);
};

/** The coding called @name, in any case; NULL: unknown. */
const struct coding *coding_find(const char *name);

/* All of them, for Accept-Encoding. */
#define CODINGS "gzip, br, zstd"

#endif
