#ifndef DIRTWATCH_PATTERNS_PREFILTER_H
#define DIRTWATCH_PATTERNS_PREFILTER_H

#include "patterns/literals.h"

#include <stdint.h>

/*
 * Which expressions could match a text at all: one pass over it looks for the literals of all of
 * them.  What it leaves out can not match (literals.h); what it names, PCRE2 confirms.
 */
struct prefilter;

/** @count expressions, numbered from 0, with what each requires; one that requires nothing is
 * always named.  The literals are copied.  0 with *@ret set, or -ENOMEM. */
MUST_CHECK int prefilter_new(
	const struct literals *expressions, size_t count, struct prefilter **ret);
struct prefilter *prefilter_free(struct prefilter *prefilter); /* NULL is fine; returns NULL */

/** How many expressions are always named. */
size_t prefilter_always(const struct prefilter *prefilter);

/* A place where matches of an expression may begin, and the next such place. */
struct start {
	uint32_t at;
	uint32_t next; /* index + 1; 0: the last */
};

/* A literal at a place of the text. */
struct meeting {
	uint32_t at;
	uint32_t needle;
};

/* What one thread needs to ask it. */
struct sieve {
	const struct prefilter *prefilter;
	uint32_t round;
	uint32_t *met;   /* a literal: the round in which it was last met */
	uint32_t *since; /* an expression: the round that its groups are of */
	uint8_t *groups; /* an expression: the groups that were met in that round */
	uint32_t *named; /* the answer */
	size_t n_named;
	struct meeting *meetings; /* with literals that matches begin with */
	size_t n_meetings;
	struct start *starts;
	size_t n_starts;
	uint32_t *first_start; /* an expression: its first start + 1, and its last */
	uint32_t *last_start;
	bool crowded;     /* there were too many meetings or starts: none is told */
	char *blanks;     /* a text with its runs of white space made single blanks … */
	uint32_t *places; /* … and where its bytes stood */
	size_t room;
};

MUST_CHECK int sieve_init(struct sieve *sieve, const struct prefilter *prefilter); /* 0, -ENOMEM */
void sieve_release(struct sieve *sieve);

/** Pass over @text[0..@len): folded, with 8 readable zero bytes behind it.  The answer is in
 *  sieve->named, each expression once, in no order, until the next call.  Returns 0 or -ENOMEM. */
MUST_CHECK int sieve_pass(struct sieve *sieve, const char *text, size_t len);

/** Where matches of @expression, which the last pass named, may begin: the first such place, the
 * others behind it by .next; NULL: anywhere. */
const struct start *sieve_starts(const struct sieve *sieve, uint32_t expression);

/** The next place after @start, or NULL. */
const struct start *sieve_next_start(const struct sieve *sieve, const struct start *start);

/** True when the last pass named @expression. */
bool sieve_named(const struct sieve *sieve, uint32_t expression);

#endif
