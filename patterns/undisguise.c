#include "patterns/normalise.h"

#include "daemon/base/text.h"
#include "patterns/emoji.h"
#include "patterns/lookalike.h"
#include "patterns/masked.h"

#include <string.h>
#include <utf8proc.h>

/*
 * Words that were made hard to match, spelt out.  Two readings are written side by side; whatever
 * is not disguised is copied to both.  Nothing is ever joined across a word: only single letters
 * with one and the same separator between them are (f u c k), and substitutes count inside words
 * that have letters of their own.
 */

/* A word is looked at as a whole up to here; longer ones are addresses, data or noise. */
#define WORD_B 64
/* Letters set apart that make a word: "a.m." and "U.S." have two. */
#define SPACED_LETTERS 3
/* As many of one letter in a row are a stretched one. */
#define STRETCH 3
/* How many times as long as the text a reading may be: an emoji has three bytes at least. */
#define GROWTH ((EMOJI_WORD_B + 2 + 2) / 3)

struct substitute {
	char first;  /* what it mostly stands for */
	char second; /* in the other reading */
	bool digit;
	bool inner; /* only between letters: elsewhere it is punctuation */
};

static const struct substitute substitutes[128] = {
	['0'] = {'o', 'o', true, false},
	['1'] = {'i', 'l', true, false},
	['3'] = {'e', 'e', true, false},
	['4'] = {'a', 'a', true, false},
	['5'] = {'s', 's', true, false},
	['6'] = {'g', 'b', true, false},
	['7'] = {'t', 't', true, false},
	['8'] = {'b', 'b', true, false},
	['9'] = {'g', 'g', true, false},
	['$'] = {'s', 's', false, false},
	['@'] = {'a', 'a', false, false},
	['!'] = {'i', 'l', false, true},
	['|'] = {'l', 'i', false, true},
	['+'] = {'t', 't', false, true},
	['('] = {'c', 'c', false, true},
};

/* One disguised word in its two readings; each byte with the bytes of the plain view it stands for.
 */
struct reading {
	char text[2 * WORD_B];
	struct span from[2 * WORD_B];
	size_t len;
};

struct spelling {
	const struct view *plain;
	const struct strings *masked;
	struct reading readings[2];
};

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_high(char c)
{
	return (unsigned char)c >= 0x80;
}

static bool in_word(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || is_high(c);
}

static const struct substitute *substitute_of(char c)
{
	const struct substitute *substitute = &substitutes[c & 0x7f];
	return !is_high(c) && substitute->first ? substitute : NULL;
}

/* The bytes around @at; a space beyond either end. */
static char before(const struct view *plain, size_t at)
{
	return at > 0 ? plain->text[at - 1] : ' ';
}

static char after(const struct view *plain, size_t at)
{
	return at + 1 < plain->len ? plain->text[at + 1] : ' ';
}

static void read_as(struct reading *reading, char c, struct span from)
{
	if (reading->len < sizeof reading->text) {
		reading->text[reading->len] = c;
		reading->from[reading->len++] = from;
	}
}

static void spell(struct spelling *spelling, char first, char second, struct span from)
{
	read_as(&spelling->readings[0], first, from);
	read_as(&spelling->readings[1], second, from);
}

static void start_over(struct spelling *spelling)
{
	spelling->readings[0].len = spelling->readings[1].len = 0;
}

/* ---- f*ck, f***, sh-t: words that people mask, from the rules' own list ---- */

/* Where the covered word that begins at @at ends; 0: what begins there is none. */
static size_t covered_end(const struct view *plain, size_t at)
{
	const char *word = plain->text + at;
	size_t len = 0;
	while (at + len < plain->len && len < WORD_B &&
		(is_letter(word[len]) || masked_cover(word[len])))
		len++;
	len = masked_trim(word, len, before(plain, at) == '*');
	return masked_tells(word, len) ? at + len : 0;
}

static size_t spell_masked(struct spelling *spelling, size_t at)
{
	const char *text = spelling->plain->text;
	size_t end = covered_end(spelling->plain, at);
	const char *word = end ? masked_word(spelling->masked, text + at, end - at) : NULL;
	if (!word || (end < spelling->plain->len && in_word(text[end])))
		return 0;
	size_t len = strlen(word);
	size_t same = 0; /* letters at the start that stand as they are */
	while (same < len && at + same < end && word[same] == text[at + same])
		same++;
	for (size_t i = 0; i < len; i++) {
		struct span from = {at + i, at + i + 1};
		if (i >= same && len != end - at)
			from = (struct span){at + same, end};
		spell(spelling, word[i], word[i], from);
	}
	return end;
}

/* ---- f u c k, f.u.c.k ---- */

/* A character that can be a letter when it is set apart. */
static bool is_lone(const struct view *plain, size_t at)
{
	if (at >= plain->len || in_word(after(plain, at)))
		return false;
	return is_letter(plain->text[at]) || substitute_of(plain->text[at]);
}

/* Where letters set apart from @at on, all by the same character, end; 0: there are none. */
static size_t spaced_end(const struct view *plain, size_t at)
{
	const char *text = plain->text;
	char separator = after(plain, at);
	if (!is_lone(plain, at) || !strchr(" .-_*~/,", separator))
		return 0;
	size_t count = 1;
	size_t end = at + 1;
	while (end + 1 < plain->len && text[end] == separator && is_lone(plain, end + 1) &&
		text[end + 1] != separator) {
		end += 2;
		count++;
	}
	return count >= SPACED_LETTERS ? end : 0;
}

static size_t spell_spaced(struct spelling *spelling, size_t at)
{
	const char *text = spelling->plain->text;
	size_t end = spaced_end(spelling->plain, at);
	for (size_t i = at; i < end; i += 2) {
		const struct substitute *substitute = substitute_of(text[i]);
		struct span from = {i, i + 1};
		read_as(&spelling->readings[0], substitute ? substitute->first : text[i], from);
		/* "I" and "a" are words: the second reading leaves one out at the start. */
		if (i == at && (text[i] == 'i' || text[i] == 'a') &&
			end - at > (size_t)2 * SPACED_LETTERS) {
			read_as(&spelling->readings[1], text[i], from);
			read_as(&spelling->readings[1], ' ', (struct span){i + 1, i + 2});
		} else {
			read_as(&spelling->readings[1], substitute ? substitute->second : text[i],
				from);
		}
	}
	return end;
}

/* ---- h4te, k!ll, fück, fuuuck ---- */

/* The ASCII letter under an accent or a stroke; 0: none. */
static char bare_letter(uint32_t c)
{
	static const struct {
		uint32_t c;
		char bare;
	} strokes[] = {{0xf8, 'o'}, {0x111, 'd'}, {0x127, 'h'}, {0x142, 'l'}, {0x167, 't'}};
	for (size_t i = 0; i < sizeof strokes / sizeof strokes[0]; i++) {
		if (strokes[i].c == c)
			return strokes[i].bare;
	}
	int32_t codes[4];
	int boundary = 0;
	utf8proc_ssize_t n = utf8proc_decompose_char(
		(utf8proc_int32_t)c, codes, 4, UTF8PROC_DECOMPOSE, &boundary);
	return n >= 1 && n <= 4 && codes[0] < 0x80 && is_letter((char)codes[0]) ? (char)codes[0]
										: 0;
}

/* Where the token that begins at @at ends: letters, and what may stand for letters there.  One that
 * is too long to be a word is not looked at to its end, for the next may begin within it. */
static size_t token_end(const struct view *plain, size_t at)
{
	size_t end = at;
	for (; end < plain->len && end - at <= WORD_B; end++) {
		char c = plain->text[end];
		if (in_word(c))
			continue;
		const struct substitute *substitute = substitute_of(c);
		if (!substitute)
			break;
		bool next = is_letter(after(plain, end)) || substitute_of(after(plain, end));
		if (substitute->inner ? !next || end == at || !is_letter(before(plain, end))
				      : c == '@' && !next)
			break;
	}
	return end;
}

/* Figures at the end are a number ("a55", "covid19"), a single one may be a letter ("boob5"). */
static size_t number_start(const struct view *plain, size_t at, size_t end)
{
	size_t start = end;
	while (start > at && plain->text[start - 1] >= '0' && plain->text[start - 1] <= '9')
		start--;
	return end - start >= 2 ? start : end;
}

/* Spell the letters of other scripts and with accents.  Returns the length; 0: not to be spelt. */
static size_t spell_high(struct spelling *spelling, size_t at, size_t end)
{
	uint32_t c;
	size_t step = text_decode(spelling->plain->text + at, end - at, &c);
	char letter = lookalike_letter(c);
	if (!letter)
		letter = bare_letter(c);
	if (!letter)
		return 0;
	spell(spelling, letter, letter, (struct span){at, at + step});
	return step;
}

/* A run of three and more of a letter: once in the first reading, twice in the second. */
static void shorten(struct reading *reading, size_t keep)
{
	size_t out = 0;
	for (size_t i = 0; i < reading->len;) {
		size_t run = 1;
		while (i + run < reading->len && reading->text[i + run] == reading->text[i])
			run++;
		size_t kept = run >= STRETCH && is_letter(reading->text[i]) ? keep : run;
		struct span last = reading->from[i + run - 1];
		for (size_t k = 0; k < kept; k++) {
			reading->text[out] = reading->text[i + k];
			reading->from[out++] = reading->from[i + k];
		}
		reading->from[out - 1].end = last.end;
		i += run;
	}
	reading->len = out;
}

static size_t spell_token(struct spelling *spelling, size_t at)
{
	const struct view *plain = spelling->plain;
	size_t end = token_end(plain, at);
	size_t number = number_start(plain, at, end);
	size_t letters = 0;
	if (end - at > WORD_B || end == at)
		return 0;
	for (size_t i = at; i < end;) {
		letters += is_letter(plain->text[i]) || is_high(plain->text[i]);
		if (is_high(plain->text[i])) {
			size_t step = spell_high(spelling, i, end);
			if (step == 0)
				return 0;
			i += step;
			continue;
		}
		const struct substitute *substitute =
			i < number ? substitute_of(plain->text[i]) : NULL;
		spell(spelling, substitute ? substitute->first : plain->text[i],
			substitute ? substitute->second : plain->text[i], (struct span){i, i + 1});
		i++;
	}
	shorten(&spelling->readings[0], 1);
	shorten(&spelling->readings[1], 2);
	return letters > 0 ? end : 0;
}

/* ---- emoji ---- */

/* What a flag is painted on: it has no word of its own. */
#define WHITE_FLAG 0x1f3f3

static void spell_word(struct spelling *spelling, const char *word, struct span from)
{
	for (; *word; word++)
		spell(spelling, *word, *word, from);
}

/* The word that an emoji stands for, with blanks where it has none around it. */
static size_t spell_emoji(struct spelling *spelling, size_t at)
{
	const struct view *plain = spelling->plain;
	uint32_t c;
	uint32_t tone = 0;
	size_t end = at + text_decode(plain->text + at, plain->len - at, &c);
	if (c == WHITE_FLAG && end < plain->len)
		end += text_decode(plain->text + end, plain->len - end, &c);
	const char *word = emoji_word(c);
	if (!word)
		return 0;
	size_t step =
		end < plain->len ? text_decode(plain->text + end, plain->len - end, &tone) : 0;
	const char *before_it = emoji_tone(tone);
	if (tone >= 0x1f3fb && tone <= 0x1f3ff) /* any of the five skin tones */
		end += step;
	start_over(spelling);
	struct span from = {at, end};
	spell_word(spelling, before(plain, at) == ' ' ? "" : " ", from);
	spell_word(spelling, before_it ? before_it : "", from);
	spell_word(spelling, word, from);
	spell_word(spelling, end < plain->len && plain->text[end] != ' ' ? " " : "", from);
	return end;
}

/* ---- the whole text ---- */

/* Could anything at @at be part of a disguise?  Says yes too often, never no wrongly. */
static bool suspect(const struct view *plain, size_t at)
{
	char c = plain->text[at];
	char last = before(plain, at);
	char next = after(plain, at);
	if (is_letter(c))
		return c == last && c == next;
	if (is_high(c))
		return true;
	const struct substitute *substitute = substitute_of(c);
	if (substitute && !substitute->inner)
		return is_letter(last) || is_letter(next);
	if (c == ' ')
		return is_letter(last) && after(plain, at + 1) == ' ' && next != ' ' &&
		       (at < 2 || plain->text[at - 2] == ' ');
	return is_letter(last) && (masked_cover(c) || substitute || strchr("~/,", c));
}

static bool anything_suspect(const struct view *plain)
{
	for (size_t i = 0; i < plain->len; i++) {
		if (suspect(plain, i))
			return true;
	}
	return false;
}

static void copy(const struct view *plain, struct page_view *page, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++) {
		struct span origin = view_origin(plain, (struct span){i, i + 1});
		page_add(page, plain->text + i, 1, origin);
	}
}

/* Write @reading of what stood at [@start, @end).  0 or -ENOMEM. */
static int write_reading(const struct view *plain, struct page_view *page,
	const struct reading *reading, size_t start, size_t end)
{
	if (reading->len == end - start &&
		memcmp(reading->text, plain->text + start, end - start) == 0) {
		copy(plain, page, start, end);
		return 0;
	}
	size_t at = page->view.len;
	for (size_t i = 0; i < reading->len; i++)
		page_add(page, reading->text + i, 1, view_origin(plain, reading->from[i]));
	return page_note(page, (struct span){at, page->view.len});
}

static bool same_text(const struct page_view *a, const struct page_view *b)
{
	return a->view.len == b->view.len && memcmp(a->text, b->text, a->view.len) == 0;
}

static int begin(struct page_view *page, size_t len)
{
	int r = page_reserve(page, len, true);
	page->view = (struct view){.text = page->text, .from = page->from, .to = page->to};
	page->empty = true;
	return r;
}

/* Spell what begins at @at.  Returns its end; 0: nothing is spelt otherwise there. */
static size_t spell_at(struct spelling *spelling, size_t at)
{
	static size_t (*const ways[])(struct spelling *, size_t) = {
		spell_masked, spell_spaced, spell_token};
	const struct view *plain = spelling->plain;
	char c = plain->text[at];
	/* The first byte of three or four: what emoji have. */
	size_t emoji = (unsigned char)c >= 0xe2 ? spell_emoji(spelling, at) : 0;
	if (emoji > 0)
		return emoji;
	if (in_word(before(plain, at)) || !(in_word(c) || substitute_of(c)))
		return 0;
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		start_over(spelling);
		size_t end = ways[i](spelling, at);
		if (end > 0)
			return end;
	}
	return 0;
}

int undisguise(const struct view *plain, const struct strings *masked, struct page_view *first,
	struct page_view *second)
{
	first->empty = second->empty = true;
	if (!anything_suspect(plain))
		return 0;
	/* Only emoji and masked words grow, these by MASK_GROWTH at most, and have three letters at least. */
	int r = begin(first, GROWTH * plain->len);
	if (r == 0)
		r = begin(second, GROWTH * plain->len);
	struct spelling spelling = {.plain = plain, .masked = masked};
	for (size_t i = 0; r == 0 && i < plain->len;) {
		size_t end = spell_at(&spelling, i);
		if (end == 0) {
			copy(plain, first, i, i + 1);
			copy(plain, second, i, i + 1);
			i++;
			continue;
		}
		r = write_reading(plain, first, &spelling.readings[0], i, end);
		if (r == 0)
			r = write_reading(plain, second, &spelling.readings[1], i, end);
		i = end;
	}
	if (r < 0)
		return r;
	memset(first->text + first->view.len, 0, VIEW_PAD);
	memset(second->text + second->view.len, 0, VIEW_PAD);
	first->empty = first->view.n_changed == 0;
	second->empty = second->view.n_changed == 0 || same_text(first, second);
	return 0;
}
