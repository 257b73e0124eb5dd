#ifndef DIRTWATCH_PATTERNS_LITERAL_SETS_H
#define DIRTWATCH_PATTERNS_LITERAL_SETS_H

#include "patterns/literals.h"

#include <stdint.h>

/* Inside of literals.c: sets of strings, and what is known of parts of an expression.  Memory is the
 * reader's arena; running out of it is noted in reader->error, and what comes back is then of no use. */

/* Strings that an exact set may have before it is taken as it stands. */
#define SET_MAX 8192
/* A product of two sets is made up to here, unless one of them is a single string. */
#define PRODUCT_MAX 64
/* As much of a string as tells it from other text; what agrees so far is one literal then. */
#define LITERAL_B 14

struct set {
	struct literal *items;
	size_t count;
	size_t room;
};

/*
 * What is known of a part of an expression.  An exact part is one of a set of strings, and the
 * empty string with word_start among them is \b.  Of any other part it is known what it requires,
 * and perhaps what it begins with.
 */
struct piece {
	bool exact;
	struct set strings;       /* exact */
	struct literals required; /* the others */
	struct set first;
	bool first_known;
	bool nullable;   /* it may be empty */
	bool apart;      /* it is a character that parts words */
	bool ends_apart; /* it ends with one */
};

struct reader {
	const char *at;
	bool extended;
	bool lost; /* something was met that could mean anything anywhere */
	size_t depth;
	struct arena *arena;
	int error;
};

/** A part of which nothing is known; @apart: it is a character that parts words. */
struct piece piece_unknown(bool apart);

/** The string @text[0..@len), @word_start: behind \b. */
struct piece piece_string(struct reader *reader, const char *text, size_t len, bool word_start);

/** The empty string, which with @boundary is \b. */
struct piece piece_nothing(struct reader *reader, bool boundary);

/** White space: one blank in a literal stands for any run of it. */
struct piece piece_blank(struct reader *reader);

/** The character @c as it stands in folded text; unknown where folding makes several of it. */
struct piece piece_character(struct reader *reader, uint32_t c);

/** Every string of @a followed by every string of @b. */
struct piece piece_product(struct reader *reader, const struct set *a, const struct set *b);

/** Add @more to @set. */
void set_add(struct reader *reader, struct set *set, const struct set *more);

/** Does every string of @set end where words part?  An empty set does not. */
bool set_ends_apart(const struct set *set);

/** Does a string of @set begin with white space?  A match of that does not begin where the literal does. */
bool set_begins_blank(const struct set *set);

#endif
