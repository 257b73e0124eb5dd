#ifndef DIRTWATCH_PATTERNS_SCORER_H
#define DIRTWATCH_PATTERNS_SCORER_H

#include "patterns/score.h"
#include "patterns/view.h"

/* What tests of rules and of the engine ask of a scorer beyond score.h. */

/** Score experimental rules like the others. */
void scorer_trial(struct scorer *scorer, bool trial);

/** Try every expression on every post: what the prefilter must not change. */
void scorer_everything(struct scorer *scorer, bool everything);

/** The places of rule @rule of the set (a context's, past ruleset_count()) in the post that was
 * scored last, less those that its own contexts cancel; valid until the next call.  Returns 0 or
 * -ENOMEM. */
MUST_CHECK int scorer_places(
	struct scorer *scorer, size_t rule, const struct span **ret, size_t *ret_count);

#endif
