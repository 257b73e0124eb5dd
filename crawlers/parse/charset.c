#include "crawlers/parse/charset.h"

#include "crawlers/parse/charset_labels.h"
#include "daemon/base/text.h"

#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Browsers look for <meta> in the first 1024 bytes and start again when the tree builder finds a
 * later one (HTML §13.2.3.4); looking farther at once comes to the same. */
#define PRESCAN_B (64u * 1024)
/* A label longer than the longest there is (19 bytes) is none. */
#define LABEL_MAX 32
/* Of what iconv writes at a time. */
#define CHUNK_B 4096

#define REPLACEMENT "\xef\xbf\xbd"

static const char utf8[] = "UTF-8";
static const char windows_1252[] = "windows-1252";
static const char user_defined[] = "x-user-defined";

static bool is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static int lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static int by_label(const void *key, const void *row)
{
	return strcmp(key, ((const struct charset_label *)row)->label);
}

const char *charset_of_label(const char *label, size_t len)
{
	char key[LABEL_MAX];
	while (len > 0 && is_space((unsigned char)label[0])) {
		label++;
		len--;
	}
	while (len > 0 && is_space((unsigned char)label[len - 1]))
		len--;
	if (len >= sizeof key)
		return NULL;
	for (size_t i = 0; i < len; i++)
		key[i] = (char)lower((unsigned char)label[i]);
	key[len] = '\0';
	const struct charset_label *row =
		bsearch(key, charset_labels, n_charset_labels, sizeof charset_labels[0], by_label);
	return row ? charsets[row->charset].name : NULL;
}

/* ---- what the page says of itself ---- */

struct scan {
	const char *at;
	const char *end;
};

struct span {
	const char *at;
	size_t len;
};

/* strchr() that does not take a NUL of the page for the end of the set. */
static bool one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

static bool starts(const struct scan *scan, const char *word)
{
	size_t len = strlen(word);
	return (size_t)(scan->end - scan->at) >= len && strncasecmp(scan->at, word, len) == 0;
}

static bool equals(const struct span *span, const char *word)
{
	return span->len == strlen(word) && strncasecmp(span->at, word, span->len) == 0;
}

static void skip_spaces(struct scan *scan)
{
	while (scan->at < scan->end && is_space((unsigned char)*scan->at))
		scan->at++;
}

/* The encoding in a Content-Type value: HTML §2.6.4, "extract a character encoding from a meta". */
static const char *charset_of_content(const char *value, size_t len)
{
	struct scan scan = {value, value + len};
	for (;;) {
		while (scan.at < scan.end && !starts(&scan, "charset"))
			scan.at++;
		if (scan.at == scan.end)
			return NULL;
		scan.at += strlen("charset");
		skip_spaces(&scan);
		if (scan.at < scan.end && *scan.at == '=')
			break;
	}
	scan.at++;
	skip_spaces(&scan);
	if (scan.at == scan.end)
		return NULL;
	if (*scan.at == '"' || *scan.at == '\'') {
		const char *close = memchr(scan.at + 1, *scan.at, (size_t)(scan.end - scan.at - 1));
		return close ? charset_of_label(scan.at + 1, (size_t)(close - scan.at - 1)) : NULL;
	}
	const char *start = scan.at;
	while (scan.at < scan.end && *scan.at != ';' && !is_space((unsigned char)*scan.at))
		scan.at++;
	return charset_of_label(start, (size_t)(scan.at - start));
}

static void read_value(struct scan *scan, struct span *value)
{
	char quote = *scan->at;
	if (quote == '"' || quote == '\'') {
		value->at = ++scan->at;
		while (scan->at < scan->end && *scan->at != quote)
			scan->at++;
		value->len = (size_t)(scan->at - value->at);
		if (scan->at < scan->end)
			scan->at++;
		return;
	}
	value->at = scan->at;
	while (scan->at < scan->end && *scan->at != '>' && !is_space((unsigned char)*scan->at))
		scan->at++;
	value->len = (size_t)(scan->at - value->at);
}

/* "Get an attribute" (HTML §13.2.3.2); false: the tag ends here, or the bytes do. */
static bool read_attribute(struct scan *scan, struct span *name, struct span *value)
{
	while (scan->at < scan->end && (is_space((unsigned char)*scan->at) || *scan->at == '/'))
		scan->at++;
	if (scan->at == scan->end || *scan->at == '>')
		return false;
	name->at = scan->at;
	while (scan->at < scan->end && !one_of(*scan->at, "/> \t\n\f\r") &&
		(*scan->at != '=' || scan->at == name->at))
		scan->at++;
	name->len = (size_t)(scan->at - name->at);
	*value = (struct span){scan->at, 0};
	skip_spaces(scan);
	if (scan->at == scan->end || *scan->at != '=')
		return scan->at < scan->end;
	scan->at++;
	skip_spaces(scan);
	if (scan->at == scan->end)
		return false;
	if (*scan->at != '>')
		read_value(scan, value);
	return scan->at < scan->end;
}

/* What a <meta> declares; NULL: nothing. */
static const char *meta_charset(struct scan *scan)
{
	struct span name;
	struct span value;
	struct span content = {NULL, 0};
	const char *charset = NULL;
	bool has_charset = false;
	bool pragma = false;
	while (read_attribute(scan, &name, &value)) {
		if (equals(&name, "http-equiv")) {
			pragma = pragma || equals(&value, "content-type");
		} else if (equals(&name, "content") && !content.at) {
			content = value;
		} else if (equals(&name, "charset") && !has_charset) {
			charset = charset_of_label(value.at, value.len);
			has_charset = true;
		}
	}
	if (scan->at == scan->end)
		return NULL; /* a tag that is not whole declares nothing */
	if (!has_charset && pragma && content.at)
		charset = charset_of_content(content.at, content.len);
	if (!charset)
		return NULL;
	/* A page whose <meta> can be read is not in UTF-16, whatever it says (same section). */
	if (strncmp(charset, "UTF-16", 6) == 0)
		return utf8;
	return strcmp(charset, user_defined) == 0 ? windows_1252 : charset;
}

static void skip_past(struct scan *scan, const char *close)
{
	const char *found = memmem(scan->at, (size_t)(scan->end - scan->at), close, strlen(close));
	scan->at = found ? found + strlen(close) : scan->end;
}

static bool is_letter(int c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static void skip_tag(struct scan *scan, const char *name)
{
	struct span ignored;
	scan->at = name;
	while (scan->at < scan->end && *scan->at != '>' && !is_space((unsigned char)*scan->at))
		scan->at++;
	while (read_attribute(scan, &ignored, &ignored))
		;
}

/* Go behind the markup that starts at a "<"; what a <meta> declares, or NULL. */
static const char *scan_markup(struct scan *scan)
{
	if (starts(scan, "<!--")) {
		scan->at += 2; /* "<!-->" is a whole comment */
		skip_past(scan, "-->");
		return NULL;
	}
	if (starts(scan, "<meta") && scan->end - scan->at > 5 &&
		one_of(scan->at[5], "/ \t\n\f\r")) {
		scan->at += 5;
		return meta_charset(scan);
	}
	const char *next = scan->at + 1;
	next += next < scan->end && *next == '/';
	if (next < scan->end && is_letter((unsigned char)*next))
		skip_tag(scan, next);
	else if (scan->at + 1 < scan->end && one_of(scan->at[1], "!/?"))
		skip_past(scan, ">");
	else
		scan->at++;
	return NULL;
}

static const char *prescan(const char *bytes, size_t len)
{
	struct scan scan = {bytes, bytes + (len < PRESCAN_B ? len : PRESCAN_B)};
	while (scan.at < scan.end) {
		const char *open = memchr(scan.at, '<', (size_t)(scan.end - scan.at));
		if (!open)
			return NULL;
		scan.at = open;
		const char *charset = scan_markup(&scan);
		if (charset)
			return charset;
	}
	return NULL;
}

/* Go behind @word, then "=" and the white space around it; false: they are not there. */
static bool skip_name(struct scan *scan, const char *word)
{
	while (scan->at < scan->end && !starts(scan, word))
		scan->at++;
	if (scan->at == scan->end)
		return false;
	scan->at += strlen(word);
	skip_spaces(scan);
	if (scan->at == scan->end || *scan->at != '=')
		return false;
	scan->at++;
	skip_spaces(scan);
	return scan->at < scan->end;
}

/* encoding="…" of an XML declaration (XML 1.0 §4.3.3). */
static const char *xml_charset(const char *bytes, size_t len)
{
	struct scan scan = {bytes, bytes + len};
	if (len >= 4 && memcmp(bytes, "<\0?\0", 4) == 0)
		return charset_of_label("utf-16le", 8);
	if (len >= 4 && memcmp(bytes, "\0<\0?", 4) == 0)
		return charset_of_label("utf-16be", 8);
	if (!starts(&scan, "<?xml"))
		return NULL;
	scan.end = memchr(bytes, '>', len < PRESCAN_B ? len : PRESCAN_B);
	if (!scan.end || !skip_name(&scan, "encoding") || !one_of(*scan.at, "\"'"))
		return NULL;
	struct span value;
	read_value(&scan, &value);
	const char *charset = charset_of_label(value.at, value.len);
	return charset && strncmp(charset, "UTF-16", 6) == 0 ? utf8 : charset;
}

struct mark {
	const char *bytes;
	size_t len;
	const char *label;
};

static const struct mark marks[] = {
	{"\xef\xbb\xbf", 3, "utf-8"},
	{"\xfe\xff", 2, "utf-16be"},
	{"\xff\xfe", 2, "utf-16le"},
};

static const struct mark *mark_of(const void *bytes, size_t len)
{
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		if (len >= marks[i].len && memcmp(bytes, marks[i].bytes, marks[i].len) == 0)
			return &marks[i];
	}
	return NULL;
}

/* Nothing is declared.  The standard lets a reader of the whole document look whether it is UTF-8
 * ("a highly detectable bit pattern", HTML §13.2.3.2 step 8). */
static const char *guess(const char *bytes, size_t len)
{
	uint32_t c;
	size_t step;
	bool beyond_ascii = false;
	for (size_t i = 0; i < len; i += step) {
		step = text_decode(bytes + i, len - i, &c);
		beyond_ascii = beyond_ascii || step > 1;
		if (step == 1 && (unsigned char)bytes[i] >= 0x80)
			return windows_1252;
	}
	return beyond_ascii ? utf8 : windows_1252;
}

const char *charset_detect(
	const char *content_type, const void *bytes, size_t len, enum charset_hint hint)
{
	const struct mark *mark = mark_of(bytes, len);
	if (mark)
		return charset_of_label(mark->label, strlen(mark->label));
	const char *charset = NULL;
	if (content_type)
		charset = charset_of_content(content_type, strlen(content_type));
	if (!charset && hint == CHARSET_HTML)
		charset = prescan(bytes, len);
	if (!charset && hint != CHARSET_TEXT)
		charset = xml_charset(bytes, len);
	if (!charset)
		charset = hint == CHARSET_XML ? utf8 : guess(bytes, len);
	return charset;
}

/* ---- decoding ---- */

/* x-user-defined (Encoding §14.5): the upper half goes to the private use area. */
static int decode_user_defined(const unsigned char *bytes, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len; i++) {
		char encoded[4];
		uint32_t c = bytes[i] < 0x80 ? bytes[i] : 0xf780u + (bytes[i] - 0x80u);
		int r = c == 0 ? buf_adds(out, REPLACEMENT)
			       : buf_add(out, encoded, text_encode(c, encoded));
		if (r != 0)
			return r;
	}
	return 0;
}

/* @unit: the size of what is replaced where the bytes make no sense. */
static int convert(iconv_t converter, char *in, size_t left, size_t unit, struct buf *out)
{
	char chunk[CHUNK_B];
	while (left > 0) {
		char *to = chunk;
		size_t room = sizeof chunk;
		size_t rest = iconv(converter, &in, &left, &to, &room);
		int error = errno;
		int r = text_repair(out, chunk, (size_t)(to - chunk));
		if (r != 0)
			return r;
		if (rest != (size_t)-1 || error == E2BIG)
			continue;
		/* Malformed, or cut off at the end: one unit is replaced, so that an ASCII byte
		 * behind a stray lead byte is never swallowed. */
		r = buf_adds(out, REPLACEMENT);
		if (r != 0)
			return r;
		size_t skip = left < unit ? left : unit;
		in += skip;
		left -= skip;
	}
	return 0;
}

static const struct charset *charset_find(const char *name)
{
	for (size_t i = 0; i < n_charsets; i++) {
		if (strcmp(charsets[i].name, name) == 0)
			return &charsets[i];
	}
	return NULL;
}

static int decode(const char *name, const char *bytes, size_t len, struct buf *out)
{
	const struct charset *charset = charset_find(name);
	if (!charset || strcmp(name, utf8) == 0)
		return text_repair(out, bytes, len);
	if (!charset->converter)
		return decode_user_defined((const unsigned char *)bytes, len, out);
	iconv_t converter = iconv_open(utf8, charset->converter);
	if (converter == (iconv_t)-1)
		return -errno;
	size_t unit = strncmp(name, "UTF-16", 6) == 0 ? 2 : 1;
	int r = convert(converter, (char *)bytes, len, unit, out); /* iconv() only reads there */
	(void)iconv_close(converter);                              /* fails for a bad handle only */
	return r;
}

int charset_to_utf8(const char *content_type, const void *bytes, size_t len, enum charset_hint hint,
	struct buf *out, const char **ret_name)
{
	const char *name = charset_detect(content_type, bytes, len, hint);
	const struct mark *mark = mark_of(bytes, len);
	size_t skip = mark ? mark->len : 0;
	int r = decode(name, (const char *)bytes + skip, len - skip, out);
	if (r == 0 && ret_name)
		*ret_name = name;
	return r;
}

int charset_prepare(void)
{
	/* Kept open for as long as the process lives: glibc unloads what nobody holds. */
	static iconv_t held[64];
	for (size_t i = 0; i < n_charsets && i < sizeof held / sizeof held[0]; i++) {
		if (!charsets[i].converter)
			continue;
		if (held[i])
			continue;
		iconv_t converter = iconv_open(utf8, charsets[i].converter);
		if (converter == (iconv_t)-1)
			return -errno;
		held[i] = converter;
	}
	return 0;
}
