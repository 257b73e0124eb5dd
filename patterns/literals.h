#ifndef DIRTWATCH_PATTERNS_LITERALS_H
#define DIRTWATCH_PATTERNS_LITERALS_H

#include "daemon/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * What a text must hold for an expression to match at all: read off the expression, so that most
 * posts never reach PCRE2.  Groups are all required; of a group, one literal is.
 */

struct literal {
	const char *text; /* case-folded, not empty once it is in a group */
	size_t len;
	bool word_start; /* only where a word begins */
	bool word_end;   /* only where a word ends */
};

struct literal_group {
	const struct literal *items;
	size_t count;
	size_t odds; /* posts of a hundred thousand that hold one, roughly */
};

/* More groups than this cost the prefilter more than they save. */
#define LITERAL_GROUPS 3

struct literals {
	struct literal_group groups[LITERAL_GROUPS];
	size_t count; /* 0: nothing is known, the expression must always be tried */
	bool starts;  /* every match begins with a literal of the first group */
};

/** Read @pattern, PCRE2 syntax that PCRE2 has accepted already; @extended: with PCRE2_EXTENDED.
 *  Whatever is not understood is taken to match anything, so the answer is never too narrow.
 *  Memory comes from @arena.  Returns 0 or -ENOMEM. */
MUST_CHECK int literals_read(
	const char *pattern, bool extended, struct arena *arena, struct literals *ret);

/** One group of @count declared keywords, folded.  Returns as literals_read(). */
MUST_CHECK int literals_declare(
	const char *const *keywords, size_t count, struct arena *arena, struct literals *ret);

#endif
