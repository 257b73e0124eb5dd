#include "patterns/words.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a, and its prime to put hashes together: http://www.isthe.com/chongo/tech/comp/fnv/ */
#define FNV_BASIS 2166136261u
#define FNV_PRIME 16777619u

enum byte_kind {
	BYTE_BETWEEN, /* blanks, commas, quotation marks, hyphens, symbols */
	BYTE_PART,    /* ends a sentence, a line, or stands for an address */
	BYTE_WORD,
	BYTE_ALONE, /* the first of a character of three or four bytes, U+2000 and above */
};

static const unsigned char kinds[256] = {
	['\n'] = BYTE_PART,
	['!'] = BYTE_PART,
	['.'] = BYTE_PART,
	[':'] = BYTE_PART,
	[';'] = BYTE_PART,
	['?'] = BYTE_PART,
	['_'] = BYTE_PART,
	['\''] = BYTE_WORD,
	['0' ... '9'] = BYTE_WORD,
	['A' ... 'Z'] = BYTE_WORD,
	['a' ... 'z'] = BYTE_WORD,
	[0x80 ... 0xe1] = BYTE_WORD,
	[0xe2 ... 0xff] = BYTE_ALONE,
};

static int add_word(struct words *words, const struct word *word)
{
	if (words->count == words->room) {
		size_t room = words->room ? words->room * 2 : 128;
		struct word *items = realloc(words->items, room * sizeof *items);
		if (!items)
			return -ENOMEM;
		words->items = items;
		words->room = room;
	}
	words->items[words->count++] = *word;
	return 0;
}

/* Where the word that begins at @at ends. */
static size_t word_end(const char *text, size_t len, size_t at)
{
	size_t end = at + 1;
	if (kinds[(unsigned char)text[at]] == BYTE_ALONE) {
		while (end < len && ((unsigned char)text[end] & 0xc0) == 0x80)
			end++;
		return end;
	}
	while (end < len && kinds[(unsigned char)text[end]] == BYTE_WORD)
		end++;
	return end;
}

/* Apostrophes around a word are quotation marks. */
static void trim(const char *text, struct word *word)
{
	while (word->start < word->end && text[word->start] == '\'')
		word->start++;
	while (word->start < word->end && text[word->end - 1] == '\'')
		word->end--;
}

static uint32_t hash_bytes(const char *bytes, size_t len)
{
	uint32_t hash = FNV_BASIS;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * FNV_PRIME;
	return hash;
}

int words_read(struct words *words, const char *text, size_t len)
{
	bool parted = true;
	words->count = 0;
	for (size_t i = 0; i < len;) {
		unsigned char kind = kinds[(unsigned char)text[i]];
		if (kind == BYTE_BETWEEN || kind == BYTE_PART) {
			parted |= kind == BYTE_PART;
			i++;
			continue;
		}
		struct word word = {.start = (uint32_t)i, .parted = parted};
		i = word_end(text, len, i);
		word.end = (uint32_t)i;
		trim(text, &word);
		if (word.start == word.end)
			continue;
		word.hash = hash_bytes(text + word.start, word.end - word.start);
		int r = add_word(words, &word);
		if (r < 0)
			return r;
		parted = false;
	}
	return 0;
}

void words_release(struct words *words)
{
	free(words->items);
	*words = (struct words){.items = NULL};
}

size_t words_reach(const struct words *words, size_t at)
{
	size_t n = 1;
	while (n < PHRASE_WORDS && at + n < words->count && !words->items[at + n].parted)
		n++;
	return n;
}

uint32_t words_hash(const struct words *words, size_t at, size_t count)
{
	uint32_t hash = 0;
	for (size_t i = 0; i < count; i++)
		hash = (hash ^ words->items[at + i].hash) * FNV_PRIME;
	return hash ^ hash >> 15;
}

struct span words_span(const struct words *words, size_t at, size_t count)
{
	return (struct span){words->items[at].start, words->items[at + count - 1].end};
}

bool words_are(
	const struct words *words, size_t at, size_t count, const char *text, const char *phrase)
{
	for (size_t i = 0; i < count; i++) {
		const struct word *word = &words->items[at + i];
		size_t len = word->end - word->start;
		if (strncmp(phrase, text + word->start, len) != 0)
			return false;
		phrase += len;
		if (*phrase++ != (i + 1 < count ? ' ' : '\0'))
			return false;
	}
	return true;
}
