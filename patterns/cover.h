#ifndef DIRTWATCH_PATTERNS_COVER_H
#define DIRTWATCH_PATTERNS_COVER_H

#include "patterns/score.h"

/** Is hit @i of @score only another name for a worse one?  True when a hit before it (they stand worst
 *  first) of a rule of the same class overlaps it, or is of the same rule: who is told that their boss
 *  must not be called an idiot need not be told of the idiot too.  What is covered counts in the post's
 *  score as before; it only makes no finding of its own. */
bool hit_is_covered(const struct ruleset *ruleset, const struct score *score, size_t i);

#endif
