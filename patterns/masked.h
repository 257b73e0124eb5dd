#ifndef DIRTWATCH_PATTERNS_MASKED_H
#define DIRTWATCH_PATTERNS_MASKED_H

#include "config/yaml_map.h"

#include <stdbool.h>
#include <stddef.h>

/* Words that people mask: f*ck, f***, sh-t.  What is read is a stranger's, in small letters. */

/* How much longer than it was written a masked word may be: "f*k" for "fuck". */
#define MASK_GROWTH 2

/** Characters that stand for one letter; a run of stars stands for any number. */
bool masked_cover(char c);

/** The end of @word[0..@len) less what is not part of it: punctuation, and the stars of a footnote or an
 *  emphasis: one, or as many as there are where the emphasis has begun before the word. */
size_t masked_trim(const char *word, size_t len, bool emphasis);

/** Is enough of @word[0..@len) left to tell it by?  Of signs other than stars, where the rest of the word is
 *  all there. */
bool masked_tells(const char *word, size_t len);

/** The one of @known that @word[0..@len) is, masked; NULL: none. */
const char *masked_word(const struct strings *known, const char *word, size_t len);

#endif
