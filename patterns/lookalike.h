#ifndef DIRTWATCH_PATTERNS_LOOKALIKE_H
#define DIRTWATCH_PATTERNS_LOOKALIKE_H

#include <stdbool.h>
#include <stdint.h>

/* Characters that are drawn like others. */

/** What a punctuation mark or symbol is read as ('\'', '"', '-', '\n'); 0: as itself. */
char lookalike_mark(uint32_t c);

/** True for characters that show nothing, or only say how others are shown, and ™ and its like. */
bool lookalike_invisible(uint32_t c);

/** The ASCII letter that a styled Latin letter (small capital, boxed, turned to a symbol) stands
 *  for, whatever surrounds it; 0: none. */
char lookalike_styled(uint32_t c);

/** The ASCII letter that the letter @c of another script looks like; 0: none.  Upper case gives
 *  upper case. */
char lookalike_letter(uint32_t c);

#endif
