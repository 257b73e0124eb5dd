#ifndef DIRTWATCH_PATTERNS_WORDS_H
#define DIRTWATCH_PATTERNS_WORDS_H

#include "patterns/view.h"

/*
 * A view as a row of words, for phrases.  A word is letters, figures and apostrophes; a character
 * of U+2000 and above (an emoji, a Chinese character) is a word of its own.  Sentences, lines and
 * addresses part words: no phrase reaches from one to the next.
 */
struct word {
	uint32_t start; /* bytes of the view, half-open */
	uint32_t end;
	uint32_t hash;
	bool parted; /* from the word before it */
};

struct words {
	struct word *items;
	size_t count;
	size_t room;
};

/* Words of a phrase: longer ones hardly ever come twice. */
#define PHRASE_WORDS 3

/** Read @text[0..@len), a view's, into @words, which is overwritten.  0 or -ENOMEM. */
MUST_CHECK int words_read(struct words *words, const char *text, size_t len);
void words_release(struct words *words);

/** How many words, at most PHRASE_WORDS, the longest phrase that begins with word @at has. */
size_t words_reach(const struct words *words, size_t at);

/** The hash of the phrase of @count words from word @at on. */
uint32_t words_hash(const struct words *words, size_t at, size_t count);

/** The bytes that it takes. */
struct span words_span(const struct words *words, size_t at, size_t count);

/** Is it @phrase, words with one blank between them?  @text is what was read. */
bool words_are(
	const struct words *words, size_t at, size_t count, const char *text, const char *phrase);

#endif
