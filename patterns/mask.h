#ifndef DIRTWATCH_PATTERNS_MASK_H
#define DIRTWATCH_PATTERNS_MASK_H

#include "patterns/view.h"

/* Web addresses, e-mail addresses and handles in running text. */

/** The first address at or after byte @from of @text[0..@len).  Any bytes are fine; time is linear
 *  in what is skipped.  False: none. */
bool mask_next(const char *text, size_t len, size_t from, struct mask *ret);

#endif
