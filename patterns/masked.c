#include "patterns/masked.h"

#include <string.h>

bool masked_cover(char c)
{
	return c != '\0' && strchr("*#%-_.@$!", c);
}

/* @word[0..@len) fits @known, each cover standing for one letter. */
static bool fits(const char *word, size_t len, const char *known)
{
	size_t same = 0;
	while (same < len && known[same] && (word[same] == known[same] || masked_cover(word[same])))
		same++;
	return same == len && known[same] == '\0';
}

/* The same where stars in one place stand for any number of letters. */
static bool fits_stars(const char *word, size_t len, const char *known)
{
	size_t want = strlen(known);
	size_t least = len < want ? len : want;
	size_t head = 0;
	size_t tail = 0;
	while (head < least && word[head] == known[head])
		head++;
	while (head + tail < least && word[len - 1 - tail] == known[want - 1 - tail])
		tail++;
	for (size_t i = head; i < len - tail; i++) {
		if (word[i] != '*')
			return false;
	}
	return head > 0 && head + tail < want && want <= len + MASK_GROWTH;
}

const char *masked_word(const struct strings *known, const char *word, size_t len)
{
	static bool (*const ways[])(const char *, size_t, const char *) = {fits, fits_stars};
	for (size_t way = 0; way < sizeof ways / sizeof ways[0]; way++) {
		for (size_t i = 0; i < known->count; i++) {
			if (known->items[i][0] == word[0] && ways[way](word, len, known->items[i]))
				return known->items[i];
		}
	}
	return NULL;
}

size_t masked_trim(const char *word, size_t len, bool emphasis)
{
	while (len > 0 && masked_cover(word[len - 1]) && word[len - 1] != '*')
		len--;
	size_t stars = 0;
	while (stars < len && word[len - 1 - stars] == '*')
		stars++;
	return stars == 1 || emphasis ? len - stars : len;
}

bool masked_tells(const char *word, size_t len)
{
	size_t stars = 0;
	size_t others = 0;
	for (size_t i = 0; i < len; i++) {
		stars += word[i] == '*';
		others += masked_cover(word[i]) && word[i] != '*';
	}
	size_t covers = stars + others;
	if (len < 3 || covers == 0)
		return false;
	return others == 0 ? len > covers : covers <= 2 && len >= covers + 3;
}
