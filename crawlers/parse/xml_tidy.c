#include "crawlers/parse/xml.h"

#include "daemon/base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The longest name in xml_entities.c is "thetasym". */
#define ENTITY_NAME_MAX 8
#define REPLACEMENT     "\xef\xbf\xbd"

struct tidy {
	struct buf *out;
	const char *at;
	const char *end;
};

static bool starts(const struct tidy *tidy, const char *word)
{
	size_t len = strlen(word);
	return (size_t)(tidy->end - tidy->at) >= len && memcmp(tidy->at, word, len) == 0;
}

/* Behind the next @word, or the end. */
static const char *behind(const struct tidy *tidy, const char *word)
{
	const char *found = memmem(tidy->at, (size_t)(tidy->end - tidy->at), word, strlen(word));
	return found ? found + strlen(word) : tidy->end;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* XML 1.0 §2.2.  Surrogates and NUL can not come here as bytes, but as character references. */
static bool is_char(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r';
	return c < 0xD800 || (c > 0xDFFF && c != 0xFFFE && c != 0xFFFF && c <= 0x10FFFF);
}

/* How many bytes of a character that XML forbids are at @at; 0: it is allowed. */
static size_t forbidden(const char *at, const char *end)
{
	if ((unsigned char)*at < 0x20)
		return *at != '\t' && *at != '\n' && *at != '\r';
	bool last = end - at >= 3 && memcmp(at, "\xef\xbf", 2) == 0 &&
		    (unsigned char)at[2] >= 0xBE; /* U+FFFE, U+FFFF */
	return last ? 3 : 0;
}

/* Copy up to @to as it is, but for forbidden characters. */
static int copy(struct tidy *tidy, const char *to)
{
	int r = 0;
	const char *from = tidy->at;
	while (r == 0 && tidy->at < to) {
		size_t bad = forbidden(tidy->at, to);
		if (bad == 0) {
			tidy->at++;
			continue;
		}
		r = buf_add(tidy->out, from, (size_t)(tidy->at - from));
		if (r == 0)
			r = buf_adds(tidy->out, REPLACEMENT);
		from = tidy->at += bad;
	}
	return r != 0 ? r : buf_add(tidy->out, from, (size_t)(to - from));
}

static int markup(struct tidy *tidy)
{
	if (starts(tidy, "<![CDATA["))
		return copy(tidy, behind(tidy, "]]>"));
	if (starts(tidy, "<!--")) {
		tidy->at = behind(tidy, "-->");
		return 0;
	}
	/* What it says of charset, version and standalone is settled already, or wrong. */
	if (starts(tidy, "<?xml ") || starts(tidy, "<?xml\n") || starts(tidy, "<?xml\t")) {
		tidy->at = behind(tidy, "?>");
		return 0;
	}
	char next = tidy->end - tidy->at > 1 ? tidy->at[1] : 'x';
	/* A name begins with a letter, "_" or anything beyond ASCII (XML 1.0 §2.3). */
	bool tag = is_letter(next) || strchr("/!?_:", next) || (unsigned char)next >= 0x80;
	tidy->at++;
	return buf_adds(tidy->out, tag ? "<" : "&lt;");
}

/* Windows-1252 for 0x80 to 0x9F: software that wrote its quotes and dashes as the bytes they were.
 * HTML reads such references so (§13.2.5.80); 0: it leaves them. */
static uint32_t from_windows(uint32_t c)
{
	static const uint16_t characters[32] = {0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020,
		0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019,
		0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,
		0x017E, 0x0178};
	return c >= 0x80 && c <= 0x9F ? characters[c - 0x80] : 0;
}

/* "&#233;", "&#xe9;" */
static int number_reference(struct tidy *tidy)
{
	const char *at = tidy->at + 2;
	uint32_t base = at < tidy->end && *at == 'x' ? 16 : 10;
	at += base == 16;
	const char *digits = at;
	uint32_t value = 0;
	for (; at < tidy->end; at++) {
		uint32_t digit = base;
		if (*at >= '0' && *at <= '9')
			digit = (uint32_t)(*at - '0');
		else if (is_letter(*at))
			digit = (uint32_t)((*at | 0x20) - 'a') + 10;
		if (digit >= base)
			break;
		if (value <= 0x10FFFF) /* beyond it stays beyond it */
			value = value * base + digit;
	}
	if (at == digits || at == tidy->end || *at != ';') {
		tidy->at++;
		return buf_adds(tidy->out, "&amp;");
	}
	const char *from = tidy->at;
	tidy->at = at + 1;
	if (!is_char(value))
		return buf_adds(tidy->out, REPLACEMENT);
	if (from_windows(value) != 0) {
		char bytes[4];
		return buf_add(tidy->out, bytes, text_encode(from_windows(value), bytes));
	}
	return buf_add(tidy->out, from, (size_t)(tidy->at - from));
}

static int reference(struct tidy *tidy)
{
	static const char *const predefined[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&apos;"};
	for (size_t i = 0; i < sizeof predefined / sizeof *predefined; i++) {
		if (starts(tidy, predefined[i])) {
			tidy->at += strlen(predefined[i]);
			return buf_adds(tidy->out, predefined[i]);
		}
	}
	if (starts(tidy, "&#"))
		return number_reference(tidy);
	const char *name = ++tidy->at;
	size_t len = 0;
	while (len <= ENTITY_NAME_MAX && name + len < tidy->end && name[len] != ';')
		len++;
	unsigned code = 0;
	if (len > 0 && len <= ENTITY_NAME_MAX && name + len < tidy->end)
		code = xml_entity(name, len);
	if (code == 0)
		return buf_adds(tidy->out, "&amp;");
	tidy->at += len + 1;
	char bytes[4];
	return buf_add(tidy->out, bytes, text_encode(code, bytes));
}

int xml_tidy(struct buf *out, const char *text, size_t len)
{
	struct tidy tidy = {out, text, text + len};
	int r = 0;
	/* Expat wants "<" first; what servers put before it is white space and their warnings. */
	const char *first = len > 0 ? memchr(text, '<', len) : NULL;
	tidy.at = first ? first : tidy.end;
	while (r == 0 && tidy.at < tidy.end) {
		const char *next = tidy.at;
		while (next < tidy.end && *next != '<' && *next != '&')
			next++;
		r = copy(&tidy, next);
		if (r == 0 && tidy.at < tidy.end)
			r = *tidy.at == '<' ? markup(&tidy) : reference(&tidy);
	}
	return r;
}
