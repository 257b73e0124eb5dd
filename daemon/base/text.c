#include "daemon/base/text.h"

#include <string.h>

#define REPLACEMENT 0xfffd

struct lead {
	unsigned char mask;
	unsigned char want;
	unsigned char bits; /* of the character, in the lead byte */
	size_t len;
	uint32_t least; /* anything below is an overlong form */
};

static const struct lead leads[] = {
	{0x80, 0x00, 0x7f, 1, 0},
	{0xe0, 0xc0, 0x1f, 2, 0x80},
	{0xf0, 0xe0, 0x0f, 3, 0x800},
	{0xf8, 0xf0, 0x07, 4, 0x10000},
};

static bool is_scalar(uint32_t c)
{
	return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

size_t text_decode(const char *text, size_t len, uint32_t *ret)
{
	const unsigned char *at = (const unsigned char *)text;
	*ret = REPLACEMENT;
	for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
		const struct lead *lead = &leads[i];
		if ((at[0] & lead->mask) != lead->want)
			continue;
		if (lead->len > len)
			return 1;
		uint32_t c = at[0] & lead->bits;
		for (size_t k = 1; k < lead->len; k++) {
			if ((at[k] & 0xc0) != 0x80)
				return 1;
			c = c << 6 | (at[k] & 0x3f);
		}
		if (c < lead->least || !is_scalar(c))
			return 1;
		*ret = c;
		return lead->len;
	}
	return 1;
}

size_t text_encode(uint32_t c, char out[4])
{
	if (!is_scalar(c))
		c = REPLACEMENT;
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t k = len - 1; k > 0; k--) {
		out[k] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	/* 110xxxxx, 1110xxxx, 11110xxx; high bits fall off */
	out[0] = (char)((0xf0 << (4 - len)) | c);
	return len;
}

/* True when the byte at @text is a well-formed character other than NUL; *@ret_len is its length. */
static bool well_formed(const char *text, size_t len, size_t *ret_len)
{
	uint32_t c;
	*ret_len = text_decode(text, len, &c);
	return c != 0 && (c != REPLACEMENT || *ret_len == 3);
}

bool text_valid(const char *text, size_t len)
{
	size_t step;
	for (size_t i = 0; i < len; i += step) {
		if (!well_formed(text + i, len - i, &step))
			return false;
	}
	return true;
}

int text_repair(struct buf *out, const char *bytes, size_t len)
{
	size_t good = 0; /* start of the well-formed run that is not appended yet */
	size_t step;
	for (size_t i = 0; i < len; i += step) {
		if (well_formed(bytes + i, len - i, &step))
			continue;
		int r = buf_add(out, bytes + good, i - good);
		if (r == 0)
			r = buf_adds(out, "\xef\xbf\xbd");
		if (r != 0)
			return r;
		good = i + step;
	}
	return buf_add(out, bytes + good, len - good);
}

size_t text_cut(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
		max--;
	return max;
}

/* Characters that act on what shows them instead of being shown (Unicode 15, UAX #9). */
static bool acts(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c ||
	       c == 0x2028 || c == 0x2029 || c == 0xfeff;
}

static int add_escaped(struct buf *out, uint32_t c)
{
	switch (c) {
	case '\n':
		return buf_adds(out, "\\n");
	case '\t':
		return buf_adds(out, "\\t");
	case '\r':
		return buf_adds(out, "\\r");
	default:
		return buf_addf(out, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
	}
}

/* In an excerpt, which is one line anyway, lines and columns are parted by a space. */
static bool parts(uint32_t c)
{
	return c == '\n' || c == '\t' || c == '\r';
}

static int add_clean(struct buf *out, const char *text, size_t len, size_t *ret_step)
{
	uint32_t c;
	*ret_step = text_decode(text, len, &c);
	if (acts(c))
		return add_escaped(out, c);
	char utf8[4];
	return buf_add(out, utf8, text_encode(c, utf8));
}

int text_clean(struct buf *out, const char *text, size_t len)
{
	size_t step;
	for (size_t i = 0; i < len; i += step) {
		int r = add_clean(out, text + i, len - i, &step);
		if (r != 0)
			return r;
	}
	return 0;
}

/* As text_clean(), with spaces for what parts lines and columns. */
static int add_shown(struct buf *out, const char *text, size_t len)
{
	size_t step;
	for (size_t i = 0; i < len; i += step) {
		uint32_t c;
		step = text_decode(text + i, len - i, &c);
		int r = parts(c) ? buf_addc(out, ' ') : add_clean(out, text + i, len - i, &step);
		if (r != 0)
			return r;
	}
	return 0;
}

/* Bytes that add_shown() appends. */
static size_t shown_size(const char *text, size_t len)
{
	size_t size = 0;
	size_t step;
	for (size_t i = 0; i < len; i += step) {
		uint32_t c;
		step = text_decode(text + i, len - i, &c);
		char utf8[4];
		if (parts(c))
			size++;
		else if (!acts(c))
			size += text_encode(c, utf8);
		else
			size += c < 0x100 ? 4 : 6;
	}
	return size;
}

/* One character back from @at. */
static size_t back(const char *text, size_t at)
{
	do {
		at--;
	} while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80);
	return at;
}

#define ELLIPSIS "\xe2\x80\xa6"

/* Widen [*from, *to) character by character, left and right in turn, while the cleaned text fits. */
static void widen(const char *text, size_t len, size_t room, size_t *from, size_t *to)
{
	size_t used = shown_size(text + *from, *to - *from);
	bool left = true;
	bool right = true;
	while (left || right) {
		if ((left = left && *from > 0)) {
			size_t at = back(text, *from);
			size_t more = shown_size(text + at, *from - at);
			if ((left = used + more <= room)) {
				used += more;
				*from = at;
			}
		}
		if ((right = right && *to < len)) {
			uint32_t c;
			size_t step = text_decode(text + *to, len - *to, &c);
			size_t more = shown_size(text + *to, step);
			if ((right = used + more <= room)) {
				used += more;
				*to += step;
			}
		}
	}
}

static bool is_gap(char c)
{
	return c == ' ' || c == '\n';
}

/* A cut that falls inside a word moves to the next space, unless that is farther than a long word. */
#define LONG_WORD_B 20

static size_t cut_before(const char *text, size_t from, size_t start)
{
	size_t at = from;
	while (at > 0 && at < start && at - from < LONG_WORD_B && !is_gap(text[at - 1]))
		at++;
	return at > 0 && at <= start && is_gap(text[at - 1]) ? at : from;
}

static size_t cut_behind(const char *text, size_t len, size_t end, size_t to)
{
	size_t at = to;
	while (at < len && at > end && to - at < LONG_WORD_B && !is_gap(text[at]))
		at--;
	return at < len && at >= end && is_gap(text[at]) ? at : to;
}

/* Where the part of the hit ends that fits into @room. */
static size_t fit_hit(const char *text, size_t len, const struct excerpt *hit, size_t room)
{
	size_t to = hit->start;
	size_t used = 0;
	while (to < hit->end) {
		uint32_t c;
		size_t step = text_decode(text + to, len - to, &c);
		used += shown_size(text + to, step);
		if (used > room)
			break;
		to += step;
	}
	return to;
}

int text_excerpt(struct buf *out, const char *text, size_t len, struct excerpt *excerpt)
{
	const bool marks = excerpt->max_b >= 2 * strlen(ELLIPSIS);
	const size_t room = marks ? excerpt->max_b - 2 * strlen(ELLIPSIS) : excerpt->max_b;
	struct excerpt hit = *excerpt;
	hit.start = hit.start > len ? len : hit.start;
	hit.end = hit.end > len ? len : hit.end;
	hit.end = fit_hit(text, len, &hit, room);
	size_t from = hit.start;
	size_t to = hit.end;
	widen(text, len, room, &from, &to);
	from = cut_before(text, from, hit.start);
	to = cut_behind(text, len, hit.end, to);
	int r = marks && from > 0 ? buf_adds(out, ELLIPSIS) : 0;
	if (r == 0)
		r = add_shown(out, text + from, hit.start - from);
	size_t shown_start = out->len;
	if (r == 0)
		r = add_shown(out, text + hit.start, hit.end - hit.start);
	size_t shown_end = out->len;
	if (r == 0)
		r = add_shown(out, text + hit.end, to - hit.end);
	if (r == 0 && marks && to < len)
		r = buf_adds(out, ELLIPSIS);
	if (r != 0)
		return r;
	excerpt->start = shown_start;
	excerpt->end = shown_end;
	return 0;
}
