#ifndef DIRTWATCH_PATTERNS_FINDER_H
#define DIRTWATCH_PATTERNS_FINDER_H

#include "daemon/base/post.h"
#include "patterns/normalise.h"
#include "patterns/set.h"

/* Where rules match a post, before anything is made of it. */

struct spans {
	struct span *items;
	size_t count;
	size_t room;
};

struct found {
	uint32_t rule;
	struct span at; /* in the post's text; empty for a link that covers none of it */
	const struct phrase_sum *sum; /* of a rule of phrases; NULL: of another */
};

struct finder {
	const struct ruleset *set;
	struct views *views;
	struct sieve sieve;
	struct matcher *matcher;
	struct adder adder;
	struct page_view link; /* the link in hand */
	struct spans spans;    /* scratch */
	struct found *found;   /* the answer: by rule, then place */
	size_t n_found;
	size_t room;
	const struct view *plain;   /* of the post in hand */
	const char *told;           /* its language, as told */
	uint32_t languages;         /* bits of those that it may be in; 0: not looked for yet */
	size_t n_gave_up;           /* matches that ended at a limit */
	const struct rule *gave_up; /* the first of them */
	bool everything;            /* try every expression: for tests of the prefilter */
};

MUST_CHECK int finder_init(struct finder *finder, const struct ruleset *set); /* 0, -ENOMEM */
void finder_release(struct finder *finder);

/** Match @post, whose text is a stranger's.  The answer is in finder->found until the next call.
 *  Returns 0 (see n_gave_up) or -ENOMEM. */
MUST_CHECK int finder_run(struct finder *finder, const struct post *post);

/** Where @rule, a context mostly, matches the plain view (the cased one for a cased rule) of the
 * post in hand, in the post's bytes, added to @ret.  Returns 0 or -ENOMEM. */
MUST_CHECK int finder_places(struct finder *finder, const struct rule *rule, struct spans *ret);

/** Where @allowance matches the plain view of the post in hand, in the post's bytes, added to @ret.
 *  Returns 0 or -ENOMEM. */
MUST_CHECK int finder_allowed(
	struct finder *finder, const struct allowance *allowance, struct spans *ret);

/** Append @span.  0 or -ENOMEM. */
MUST_CHECK int spans_add(struct spans *spans, struct span span);

#endif
