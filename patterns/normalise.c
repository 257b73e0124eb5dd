#include "patterns/normalise.h"

#include "daemon/base/text.h"
#include "patterns/lookalike.h"

#include <string.h>
#include <utf8proc.h>

/* Marks kept on one letter: real orthographies need at most four; piles of them are decoration. */
#define MARKS_KEPT 4
/* What one character may become: NFKC turns U+FDFA into 33 bytes, which nobody writes rules for. */
#define CODES_A_CHARACTER 4
/* No input byte yields more: one becomes one; two or more become four characters of at most 4. */
#define GROWTH 8

struct writer {
	struct page_view *page;
	bool fold;
	size_t word; /* where the word that is being written began */
	bool latin;  /* it has an ASCII letter */
	bool alien;  /* it has a letter that only looks like one */
};

static bool is_mark(uint32_t c)
{
	if (c < 0x300)
		return false;
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

/* Scripts whose marks are accents; elsewhere (Indic, Arabic, Hebrew) they are part of the spelling.
 */
static bool takes_accents(uint32_t c)
{
	return c < 0x590 || (c >= 0x1e00 && c < 0x2000);
}

/* In a word that mixes scripts the letters that look Latin are Latin. */
static void unify_word(struct page_view *page, size_t word)
{
	size_t out = word;
	size_t step;
	for (size_t i = word; i < page->view.len; i += step) {
		uint32_t c;
		step = text_decode(page->text + i, page->view.len - i, &c);
		char ascii = lookalike_letter(c);
		for (size_t k = 0; k < (ascii ? 1 : step); k++) {
			page->text[out] = ascii ? ascii : page->text[i + k];
			page->from[out] = page->from[i + k];
			page->to[out++] = page->to[i + k];
		}
	}
	page->view.len = out;
}

static void end_word(struct writer *writer)
{
	if (writer->latin && writer->alien)
		unify_word(writer->page, writer->word);
	writer->latin = writer->alien = false;
	writer->word = writer->page->view.len;
}

static bool is_ascii_letter(uint32_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_letter(uint32_t c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ME;
}

static bool in_word(uint32_t c)
{
	return c < 0x80 ? is_ascii_letter(c) || (c >= '0' && c <= '9') || c == '_' : is_letter(c);
}

static void put(struct writer *writer, uint32_t c, struct span origin)
{
	bool inside = in_word(c);
	if (!inside)
		end_word(writer);
	writer->latin |= is_ascii_letter(c);
	writer->alien |= inside && lookalike_letter(c) != 0;
	char utf8[4] = {0};
	page_add(writer->page, utf8, text_encode(c, utf8), origin);
	if (!inside)
		writer->word = writer->page->view.len;
}

/* Compose @codes[0..@count) and write what becomes of them. */
static void put_composed(struct writer *writer, int32_t *codes, size_t count, struct span origin)
{
	utf8proc_ssize_t n = utf8proc_normalize_utf32(
		codes, (utf8proc_ssize_t)count, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	bool accents = n > 0 && takes_accents((uint32_t)codes[0]);
	for (utf8proc_ssize_t i = 0; i < n; i++) {
		if (i > 0 && accents && is_mark((uint32_t)codes[i]))
			continue; /* an accent that no letter comes with */
		put(writer, (uint32_t)codes[i], origin);
	}
}

/* Canonical order of the marks behind a letter (Unicode, D108): few, so insertion. */
static void order_marks(int32_t *codes, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		int32_t code = codes[i];
		unsigned class = (unsigned)utf8proc_get_property(code)->combining_class;
		size_t k = i;
		while (class > 0 && k > 0 &&
			(unsigned)utf8proc_get_property(codes[k - 1])->combining_class > class) {
			codes[k] = codes[k - 1];
			k--;
		}
		codes[k] = code;
	}
}

/* Append the compatibility decomposition of @c; as it is where that would be long. */
static size_t decompose(const struct writer *writer, uint32_t c, int32_t *codes, size_t room)
{
	int boundary = 0;
	utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE;
	if (writer->fold)
		options |= UTF8PROC_CASEFOLD;
	utf8proc_ssize_t n = utf8proc_decompose_char(
		(utf8proc_int32_t)c, codes, (utf8proc_ssize_t)room, options, &boundary);
	if (n >= 0 && (size_t)n <= CODES_A_CHARACTER)
		return (size_t)n;
	codes[0] = (int32_t)c;
	return 1;
}

/* A character that is not plain ASCII, or has marks behind it.  Returns where the next one begins.
 */
static size_t put_cluster(struct writer *writer, const char *text, size_t len, size_t at)
{
	int32_t codes[CODES_A_CHARACTER * (MARKS_KEPT + 1)];
	const size_t room = CODES_A_CHARACTER;
	uint32_t c;
	size_t end = at + text_decode(text + at, len - at, &c);
	if (lookalike_invisible(c))
		return end;
	char ascii = lookalike_mark(c);
	if (!ascii)
		ascii = lookalike_styled(c);
	if (ascii)
		c = (unsigned char)ascii;
	size_t count = decompose(writer, c, codes, room);
	for (size_t marks = 0; end < len && (unsigned char)text[end] >= 0x80; marks++) {
		uint32_t mark;
		size_t step = text_decode(text + end, len - end, &mark);
		if (!is_mark(mark))
			break;
		if (marks < MARKS_KEPT && !lookalike_invisible(mark))
			count += decompose(writer, mark, codes + count, room);
		end += step;
	}
	order_marks(codes, count);
	put_composed(writer, codes, count, (struct span){at, end});
	return end;
}

/* What stands for an address: a handle keeps its "@", so that rules see that somebody is addressed.
 */
static void blank(char *out, const char *text, const struct mask *mask)
{
	memset(out, '_', mask->at.end - mask->at.start);
	if (mask->kind == MASK_HANDLE)
		out[0] = text[mask->at.start];
}

static char fold_ascii(char c, bool fold)
{
	if (c == '`')
		return '\'';
	return fold && c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool all_ascii(const char *text, size_t len)
{
	unsigned char high = 0;
	for (size_t i = 0; i < len; i++)
		high |= (unsigned char)text[i];
	return high < 0x80;
}

/* Every byte of ASCII text stays where it is. */
static void normalise_ascii(struct page_view *page, const char *text, size_t len,
	const struct mask *masks, size_t n_masks, bool fold)
{
	for (size_t i = 0; i < len; i++)
		page->text[i] = fold_ascii(text[i], fold);
	for (size_t m = 0; m < n_masks; m++)
		blank(page->text + masks[m].at.start, text, &masks[m]);
	page->view.len = len;
}

static void put_mask(struct writer *writer, const char *text, const struct mask *mask)
{
	end_word(writer);
	size_t step;
	for (size_t i = mask->at.start; i < mask->at.end; i += step) {
		uint32_t c;
		step = text_decode(text + i, mask->at.end - i, &c);
		char shown = mask->kind == MASK_HANDLE && i == mask->at.start ? text[i] : '_';
		page_add(writer->page, &shown, 1, (struct span){i, i + step});
	}
	writer->word = writer->page->view.len;
}

static void normalise_unicode(struct page_view *page, const char *text, size_t len,
	const struct mask *masks, size_t n_masks, bool fold)
{
	struct writer writer = {.page = page, .fold = fold};
	size_t m = 0;
	for (size_t i = 0; i < len;) {
		if (m < n_masks && masks[m].at.start == i) {
			put_mask(&writer, text, &masks[m]);
			i = masks[m++].at.end;
		} else if ((unsigned char)text[i] < 0x80 &&
			   (i + 1 == len || (unsigned char)text[i + 1] < 0x80)) {
			put(&writer, (unsigned char)fold_ascii(text[i], fold),
				(struct span){i, i + 1});
			i++;
		} else {
			i = put_cluster(&writer, text, len, i);
		}
	}
	end_word(&writer);
}

int normalise(struct page_view *page, const char *text, size_t len, const struct mask *masks,
	size_t n_masks, bool fold)
{
	bool ascii = all_ascii(text, len);
	int r = page_reserve(page, ascii ? len : len * GROWTH, !ascii);
	if (r < 0)
		return r;
	page->view = (struct view){.text = page->text};
	if (ascii) {
		normalise_ascii(page, text, len, masks, n_masks, fold);
	} else {
		normalise_unicode(page, text, len, masks, n_masks, fold);
		page->view.from = page->from;
		page->view.to = page->to;
	}
	memset(page->text + page->view.len, 0, VIEW_PAD);
	return 0;
}
