#ifndef DIRTWATCH_PATTERNS_GUARD_H
#define DIRTWATCH_PATTERNS_GUARD_H

#include "patterns/finder.h"

/* What stands around a hit and bears on it: negation, quotation, news, whom it is aimed at. */

struct surroundings {
	struct finder *finder;
	const struct post *post;
	size_t len; /* of the text that is looked at */
	uint32_t round;
	uint32_t *since; /* a rule: the round that its places are of */
	struct span *of; /* a rule: its places, as indices into .places */
	struct spans places;
	struct spans own;    /* scratch */
	struct spans nearby; /* scratch */
	struct spans breaks; /* where sentences end; only .start counts */
	bool breaks_made;
};

MUST_CHECK int surroundings_init(
	struct surroundings *around, struct finder *finder); /* 0, -ENOMEM */
void surroundings_release(struct surroundings *around);

/** A new post, which finder_run() was just called for. */
void surroundings_take(struct surroundings *around, const struct post *post);

/** Does the context of @guard bear on a hit at @hit?  Returns 0 with *@ret set, or -ENOMEM. */
MUST_CHECK int guard_holds(
	struct surroundings *around, const struct guard *guard, struct span hit, bool *ret);

/** The places of @rule in the post in hand, less those that its own contexts cancel.  Valid until
 * the next call.  Returns 0 or -ENOMEM. */
MUST_CHECK int guard_places(
	struct surroundings *around, size_t rule, const struct span **ret, size_t *ret_count);

#endif
