#ifndef DIRTWATCH_PATTERNS_LITERAL_SYNTAX_H
#define DIRTWATCH_PATTERNS_LITERAL_SYNTAX_H

#include "patterns/literal_sets.h"

/* Inside of literals.c: the syntax of PCRE2, as far as literals are concerned.  Whatever is not understood
 * is a part of which nothing is known; what could change the meaning of the rest sets reader->lost. */

/** One element at the reader: a character, an escape, a class or a group. */
struct piece syntax_atom(struct reader *reader);

/** A quantifier at the reader.  False: there is none. */
bool syntax_bounds(struct reader *reader, size_t *ret_min, size_t *ret_max);

/** Go behind the next @end. */
void syntax_skip_behind(struct reader *reader, char end);

/** Alternatives up to a ")" or the end: what a group holds (literals.c). */
void literals_choice(struct reader *reader, struct piece *ret);

#endif
