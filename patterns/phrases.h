#ifndef DIRTWATCH_PATTERNS_PHRASES_H
#define DIRTWATCH_PATTERNS_PHRASES_H

#include "daemon/base/arena.h"
#include "patterns/words.h"

/*
 * Rules of kind phrases: the weights of the phrases that a post holds, each counted once, are
 * summed, and a logistic makes a confidence of the sum.  All phrases of all rules stand in one hash
 * table, so that a post is read once whatever their number.
 */

/* A phrase of a rule: what it weighs there. */
struct phrase {
	const char *text; /* one to PHRASE_WORDS words as a view has them, one blank between them */
	double weight;
	uint32_t list; /* the number of its list */
};

/* The phrases of one rule. */
struct phrase_list {
	size_t rule; /* the index of the rule */
	double bias;
	double threshold; /* confidences below it are no finding */
	bool disguised;   /* it reads the undisguised views too */
};

struct phrases;

/** The table of @items[0..@count), which belong to @lists[0..@n_lists), in @arena.  @items is put
 *  into order; it, its texts and @lists are kept.  0 with *@ret set, or -ENOMEM. */
MUST_CHECK int phrases_new(struct phrase *items, size_t count, const struct phrase_list *lists,
	size_t n_lists, struct arena *arena, const struct phrases **ret);

/** Does @text read as one phrase, word for word?  0 with *@ret set, or -ENOMEM. */
MUST_CHECK int phrase_valid(const char *text, bool *ret);

/* Posts of more words hold more phrases of every kind: there the weights count by as much less. */
#define PHRASE_POST_WORDS 50

/* How many phrases explain a finding. */
#define PHRASES_TOLD 3

struct phrase_told {
	const struct phrase *phrase;
	struct span at; /* in the post */
};

/* What one list makes of a post. */
struct phrase_sum {
	const struct phrase_list *list;
	double sum; /* of the weights; once the post is at its end: of the bias and their share */
	size_t n_told;
	struct phrase_told told[PHRASES_TOLD]; /* the heaviest, above nought, first */
};

/** The chance that a finding of @sum is real: 0–1. */
double phrase_confidence(const struct phrase_sum *sum);

/* What one thread needs to sum up. */
struct adder {
	const struct phrases *phrases; /* NULL: there are none */
	struct words words;
	uint32_t round;
	uint32_t *met; /* a phrase: the round in which it last came up */
	struct phrase_sum *sums;
	size_t n_sums;   /* lists that have a phrase in the post in hand */
	uint32_t *place; /* a list: its index in sums + 1; 0: none */
};

MUST_CHECK int adder_init(struct adder *adder, const struct phrases *phrases); /* 0, -ENOMEM */
void adder_release(struct adder *adder);

/** A new post. */
void adder_begin(struct adder *adder);

/** Sum up what @view of the post in hand holds; of a disguised view, which counts for lists that
 *  read those, what was rewritten.  The plain view comes last.  0 or -ENOMEM. */
MUST_CHECK int adder_add(struct adder *adder, const struct view *view);

/** No more views of the post in hand: the sums stand. */
void adder_end(struct adder *adder);

#endif
