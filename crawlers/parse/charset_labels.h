#ifndef DIRTWATCH_CRAWLERS_PARSE_CHARSET_LABELS_H
#define DIRTWATCH_CRAWLERS_PARSE_CHARSET_LABELS_H

#include <stddef.h>

/* The tables of charset.c. */
struct charset {
	const char *name;      /* WHATWG */
	const char *converter; /* iconv's; NULL: charset.c decodes it itself */
};

struct charset_label {
	const char *label; /* lower case */
	int charset;       /* index into charsets */
};

extern const struct charset charsets[];
extern const size_t n_charsets;
extern const struct charset_label charset_labels[]; /* sorted by label */
extern const size_t n_charset_labels;

#endif
