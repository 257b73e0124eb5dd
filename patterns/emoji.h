#ifndef DIRTWATCH_PATTERNS_EMOJI_H
#define DIRTWATCH_PATTERNS_EMOJI_H

#include <stdint.h>

/* Longest word of an emoji, in bytes. */
#define EMOJI_WORD_B 12

/** The English word that people put the emoji @c in the place of, in small letters; NULL: it stands for none,
 *  or for too many to say. */
const char *emoji_word(uint32_t c);

/** What the skin tone @tone behind the emoji of a person adds in front of its word: "black "; NULL: nothing. */
const char *emoji_tone(uint32_t tone);

#endif
