#include "config/problems.h"

#include <ctype.h>
#include <string.h>

/* No key is nearly as long; it bounds the table below and so the work. */
#define LONGEST 64

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Damerau-Levenshtein distance (optimal string alignment) without regard to case.  Both at most
 * LONGEST bytes. */
static size_t distance(const char *a, const char *b)
{
	const size_t a_len = strlen(a);
	const size_t b_len = strlen(b);
	size_t rows[LONGEST + 1][LONGEST + 1];
	for (size_t i = 0; i <= a_len; i++)
		rows[i][0] = i;
	for (size_t k = 0; k <= b_len; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= a_len; i++) {
		for (size_t k = 1; k <= b_len; k++) {
			size_t best = least(rows[i - 1][k], rows[i][k - 1]) + 1;
			best = least(best, rows[i - 1][k - 1] + !same(a[i - 1], b[k - 1]));
			if (i > 1 && k > 1 && same(a[i - 1], b[k - 2]) && same(a[i - 2], b[k - 1]))
				best = least(best, rows[i - 2][k - 2] + 1);
			rows[i][k] = best;
		}
	}
	return rows[a_len][b_len];
}

const char *nearest_word(const char *word, const char *const *known, size_t count)
{
	const size_t len = strlen(word);
	if (len > LONGEST)
		return NULL;
	const char *nearest = NULL;
	size_t limit = len / 3 + 1; /* what must be undercut */
	for (size_t i = 0; i < count; i++) {
		if (strlen(known[i]) > LONGEST)
			continue;
		size_t d = distance(word, known[i]);
		if (d < limit) {
			limit = d;
			nearest = known[i];
		}
	}
	return nearest;
}
