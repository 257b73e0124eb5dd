#ifndef DIRTWATCH_TESTS_FUZZ_FUZZ_H
#define DIRTWATCH_TESTS_FUZZ_FUZZ_H

#include "crawlers/source.h"
#include "daemon/reader.h"
#include "patterns/score.h"
#include "tests/unit/shipped_walls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the fuzz targets share.  A target takes any bytes, holds what it calls to what the headers
 * promise, and gives back all memory. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** End the process, and say why, when @what does not hold. */
#define MUST(what) ((what) ? (void)0 : broken(#what, __FILE__, __LINE__))
_Noreturn void broken(const char *what, const char *file, int line);

/* ---- the input, taken apart ---- */

/* Bytes that are not taken yet. */
struct input {
	const char *at;
	size_t left;
};

struct input input_of(const uint8_t *data, size_t size);

/** The next byte; 0 at the end. */
unsigned char input_byte(struct input *input);
/** A number of two bytes; 0 at the end. */
size_t input_number(struct input *input);
/** The bytes up to the next line end, or all that are left, as a C string of exactly that size: a
 *  NUL in them ends it.  The caller frees it. */
char *input_line(struct input *input);
/** What is left, in memory of exactly that size; the caller frees it. */
char *input_rest(struct input *input, size_t *ret_len);
/** The same as valid UTF-8 without NUL, at most @max_b bytes of it. */
char *input_text(struct input *input, size_t max_b, size_t *ret_len);

/* ---- pages ---- */

/** A page of @source.  The first line of the input is "STEP STATUS CONTENT-TYPE", the second one the
 *  Link header, the third one what the source wanted to remember; each may be empty.  The rest is
 *  the body.  page_drop() frees what page_of() made. */
struct page page_of(struct input *input, const char *source);
void page_drop(struct page *page);

/** Hold @reading to its headers' promises, and to going to main and back unchanged. */
void reading_holds(struct reading *reading, size_t n_rules);
/** The same for an extract without scores. */
void extract_holds(struct extract *extract);

/** Read the page in the input as @source does, and hold what comes out. */
void read_as(const char *source, const uint8_t *data, size_t size);

/* ---- rules ---- */

/** A small set with all kinds of rules, loaded once and never freed. */
const struct ruleset *small_rules(void);

/** Hold @score to its header's promises for @post and @ruleset. */
void score_holds(const struct score *score, const struct post *post, const struct ruleset *ruleset);

/** True when @at is the start of a character of the valid text @text[0..@len), or its end. */
bool is_boundary(const char *text, size_t len, size_t at);

#endif
