#ifndef DIRTWATCH_PATTERNS_PREFILTER_INSIDE_H
#define DIRTWATCH_PATTERNS_PREFILTER_INSIDE_H

#include "patterns/prefilter.h"

#include <string.h>

/*
 * A literal is found by its first bytes: up to four of them, its gram.  A bitmap says whether any
 * literal has a gram like the one at hand, small enough to stay in the first-level cache; a table
 * of chains then tells which.  Most literals begin with a word (\b in front of them), so they are
 * looked for only where a word begins: a fifth of the places.
 */
#define GRAM_B      4
#define BITMAP_BITS 17
#define CHAIN_BITS  13

/* One expression that asks for a literal, as one of its group @group. */
struct asker {
	uint32_t expression;
	uint8_t group;
};

struct needle {
	const char *text;
	uint32_t len;
	bool word_start;
	bool word_end;
	uint32_t askers; /* first in prefilter->askers */
	uint32_t n_askers;
	uint32_t n_starting; /* the first so many ask where it stands */
};

/* A needle under its gram, with as much of it as can be compared at once.  Of a chain those of one gram and
 * length stand together, ordered by head: hundreds begin with "the " or "like". */
struct entry {
	uint64_t head;
	uint64_t mask;
	uint32_t gram;
	uint32_t needle;
	uint32_t run; /* so many from here on have this gram and mask */
};

/* The needles that are looked for at one kind of place. */
struct table {
	bool lengths[GRAM_B + 1]; /* gram lengths that occur */
	uint64_t bitmap[(1u << BITMAP_BITS) / 64];
	uint32_t heads[(1u << CHAIN_BITS) + 1]; /* a chain is entries[heads[i]..heads[i + 1]) */
	struct entry *entries;
};

struct prefilter {
	struct needle *needles;
	size_t n_needles;
	struct asker *askers;
	uint8_t *wanted; /* per expression: the groups that must be met */
	bool *starts;    /* per expression: its first group is what matches begin with */
	size_t n_expressions;
	uint32_t *always;
	size_t n_always;
	char *bytes;
	struct table words;    /* where a word begins */
	struct table anywhere; /* at any byte */
};

static inline uint32_t gram_at(const char *text, size_t len)
{
	uint32_t gram;
	memcpy(&gram, text, sizeof gram);
	return len >= GRAM_B ? gram : gram & ((1u << (8 * len)) - 1);
}

/* Multiplicative hashing (Knuth, 6.4); grams of different lengths part by the zero bytes. */
static inline uint32_t gram_hash(uint32_t gram, size_t len)
{
	return (gram + (uint32_t)len) * 2654435761u;
}

#endif
