#ifndef DIRTWATCH_PATTERNS_LANGUAGE_H
#define DIRTWATCH_PATTERNS_LANGUAGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Which language words are in.  A language is the primary subtag of a BCP 47 tag as a number: the
 * letters of "de" side by side.  0 stands for no language or any.
 */

/* Languages that language_guess() knows. */
#define LANGUAGE_GUESSES 5

struct guess {
	uint64_t items[LANGUAGE_GUESSES]; /* those that it may be in, the likeliest first */
	size_t count;
};

/** The language of @tag ("de", "pt-BR", "EN_us"), which may be a stranger's.  0: NULL, malformed, or
 *  a tag that says nothing ("und", "mul", "mis", "zxx", "any"). */
uint64_t language_of_tag(const char *tag);

/** What language @text[0..@len), folded to lower case, may be in: English, German, French, Spanish or
 *  Portuguese, by its small words and letters.  More than one where the evidence is mixed, none
 *  where there is too little of it. */
void language_guess(const char *text, size_t len, struct guess *ret);

#endif
