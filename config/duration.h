#ifndef DIRTWATCH_CONFIG_DURATION_H
#define DIRTWATCH_CONFIG_DURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Durations as people write them: "90s", "15m", "6h", "2d", "1w", or several from the largest unit
 * down: "1h30m". */

/** @text to seconds; false: not a duration, or more than an int64_t holds. */
bool duration_parse(const char *text, int64_t *ret_s);

#define DURATION_CHARS 48

/** @s (0 or more) as duration_parse() reads it: "1h30m". */
void duration_format(int64_t s, char out[DURATION_CHARS]);

#endif
