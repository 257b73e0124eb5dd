#include "patterns/lookalike.h"

#include <stddef.h>
#include <utf8proc.h>

struct pair {
	uint32_t c;
	char ascii;
};

/* Sorted by code point.  Quotation marks, apostrophes and dashes that keyboards, word processors
 * and phones put in place of the plain ones; NFKC leaves all of them alone. */
static const struct pair marks[] = {
	{'`', '\''},
	{0x85, '\n'},
	{0xab, '"'},
	{0xb4, '\''},
	{0xbb, '"'},
	{0x2b9, '\''},
	{0x2bb, '\''},
	{0x2bc, '\''},
	{0x2c8, '\''},
	{0x2cb, '\''},
	{0x5f3, '\''},
	{0x5f4, '"'},
	{0x1680, ' '}, /* white space that NFKC makes no space of */
	{0x2010, '-'},
	{0x2011, '-'},
	{0x2012, '-'},
	{0x2013, '-'},
	{0x2014, '-'},
	{0x2015, '-'},
	{0x2018, '\''},
	{0x2019, '\''},
	{0x201a, '\''},
	{0x201b, '\''},
	{0x201c, '"'},
	{0x201d, '"'},
	{0x201e, '"'},
	{0x201f, '"'},
	{0x2028, '\n'},
	{0x2029, '\n'},
	{0x2032, '\''},
	{0x2033, '"'},
	{0x2035, '\''},
	{0x2039, '"'},
	{0x203a, '"'},
	{0x2043, '-'},
	{0x2212, '-'},
	{0x275b, '\''},
	{0x275c, '\''},
	{0x275d, '"'},
	{0x275e, '"'},
	{0x301d, '"'},
	{0x301e, '"'},
	{0xff02, '"'},
	{0xff07, '\''},
	{0xff40, '\''},
};

/* Latin small capitals (U+1D00 …) and other forms that NFKC does not undo. */
static const struct pair styled[] = {
	{0x131, 'i'},
	{0x192, 'f'},
	{0x251, 'a'},
	{0x261, 'g'},
	{0x262, 'g'},
	{0x269, 'i'},
	{0x26a, 'i'},
	{0x274, 'n'},
	{0x280, 'r'},
	{0x28b, 'v'},
	{0x28f, 'y'},
	{0x299, 'b'},
	{0x29c, 'h'},
	{0x29f, 'l'},
	{0x1d00, 'a'},
	{0x1d04, 'c'},
	{0x1d05, 'd'},
	{0x1d07, 'e'},
	{0x1d0a, 'j'},
	{0x1d0b, 'k'},
	{0x1d0d, 'm'},
	{0x1d0f, 'o'},
	{0x1d18, 'p'},
	{0x1d1b, 't'},
	{0x1d1c, 'u'},
	{0x1d20, 'v'},
	{0x1d21, 'w'},
	{0x1d22, 'z'},
	{0xa730, 'f'},
	{0xa731, 's'},
};

/* Letters of Greek, Cyrillic and Armenian that are drawn as Latin ones, in lower case or in upper
 * case (after Unicode's confusables.txt, without what only a machine confuses). */
static const struct pair letters[] = {
	{0x3b1, 'a'},
	{0x3b2, 'b'},
	{0x3b3, 'y'},
	{0x3b5, 'e'},
	{0x3b6, 'z'},
	{0x3b7, 'n'},
	{0x3b9, 'i'},
	{0x3ba, 'k'},
	{0x3bd, 'v'},
	{0x3bf, 'o'},
	{0x3c1, 'p'},
	{0x3c3, 'o'},
	{0x3c4, 't'},
	{0x3c5, 'u'},
	{0x3c7, 'x'},
	{0x3c9, 'w'},
	{0x3f2, 'c'},
	{0x3f3, 'j'},
	{0x430, 'a'},
	{0x432, 'b'},
	{0x435, 'e'},
	{0x43a, 'k'},
	{0x43c, 'm'},
	{0x43d, 'h'},
	{0x43e, 'o'},
	{0x440, 'p'},
	{0x441, 'c'},
	{0x442, 't'},
	{0x443, 'y'},
	{0x445, 'x'},
	{0x44a, 'b'},
	{0x44c, 'b'},
	{0x451, 'e'},
	{0x455, 's'},
	{0x456, 'i'},
	{0x457, 'i'},
	{0x458, 'j'},
	{0x461, 'w'},
	{0x475, 'v'},
	{0x491, 'r'},
	{0x4af, 'y'},
	{0x4bb, 'h'},
	{0x4cf, 'l'},
	{0x4d1, 'a'},
	{0x4d7, 'e'},
	{0x501, 'd'},
	{0x51b, 'q'},
	{0x51d, 'w'},
	{0x563, 'q'},
	{0x566, 'q'},
	{0x570, 'h'},
	{0x578, 'n'},
	{0x57d, 'u'},
	{0x581, 'g'},
	{0x585, 'o'},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static char find(const struct pair *pairs, size_t count, uint32_t c)
{
	size_t low = 0;
	while (low < count) {
		size_t mid = low + (count - low) / 2;
		if (pairs[mid].c == c)
			return pairs[mid].ascii;
		if (pairs[mid].c < c)
			low = mid + 1;
		else
			count = mid;
	}
	return 0;
}

char lookalike_mark(uint32_t c)
{
	return find(marks, COUNT(marks), c);
}

bool lookalike_invisible(uint32_t c)
{
	/* ™ ® © ℠ stand at the end of names; NFKC would write letters for two of them. */
	if (c == 0x2122 || c == 0xae || c == 0xa9 || c == 0x2120)
		return true;
	/* Default_Ignorable_Code_Point, and the variation selectors and tags among them. */
	return utf8proc_get_property((utf8proc_int32_t)c)->ignorable ||
	       (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
}

char lookalike_styled(uint32_t c)
{
	/* Negative circled, negative squared letters: 🅐 🅰 (U+1F150, U+1F170); squared are NFKC's.
	 */
	if (c >= 0x1f150 && c <= 0x1f169)
		return (char)('a' + (c - 0x1f150));
	if (c >= 0x1f170 && c <= 0x1f189)
		return (char)('a' + (c - 0x1f170));
	return find(styled, COUNT(styled), c);
}

char lookalike_letter(uint32_t c)
{
	if (c < 0x370 || c > 0x58f)
		return 0;
	uint32_t lower = (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
	char ascii = find(letters, COUNT(letters), lower);
	if (ascii == 0)
		return 0;
	return lower != c ? (char)(ascii - 'a' + 'A') : ascii;
}
