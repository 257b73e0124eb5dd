#ifndef DIRTWATCH_CONFIG_PROBLEMS_H
#define DIRTWATCH_CONFIG_PROBLEMS_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Everything that is wrong with the files a person wrote, gathered so that all of it is told at
 * once, each as
 *
 *     rules.yaml:7:5: unknown key "patern", did you mean "pattern"?
 *         patern: '\bfoo\b'
 *         ^
 */
struct problems;

struct place {
	const char *file;   /* as the person named it */
	const char *source; /* the whole file's text, for showing the line; NULL: the line is not
			       shown */
	size_t source_len;
	size_t line;   /* from 1; 0: no place in the file */
	size_t column; /* from 1, in characters */
};

struct problems *problems_new(void);
struct problems *problems_free(struct problems *problems); /* NULL is fine; returns NULL */

/** Add a problem.  @place is copied as far as it is shown.  Text of the file is cleaned
 *  (daemon/base/text.h) before it is kept.  LIMIT_PROBLEMS are kept, the others counted; both
 *  that and running out of memory is told at the end. */
void problems_add(struct problems *problems, const struct place *place, const char *format, ...)
	PRINTF_LIKE(3, 4);

/** The same for something to know that does not make the file bad ("not used yet"). */
void problems_note(struct problems *problems, const struct place *place, const char *format, ...)
	PRINTF_LIKE(3, 4);

size_t problems_count(const struct problems *problems); /* problems_add() only */
size_t problems_notes(const struct problems *problems);

/** Print problems, then notes, to @out: by files in the order they were first named in, then by
 *  line and column. */
void problems_print(const struct problems *problems, FILE *out);

/** The known word nearest to @word (Damerau-Levenshtein distance, at most a third of its length),
 *  or NULL.  @known is an array of @count strings. */
const char *nearest_word(const char *word, const char *const *known, size_t count);

#endif
