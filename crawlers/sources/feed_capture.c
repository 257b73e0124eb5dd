#include "crawlers/sources/feed_capture.h"

#include "crawlers/parse/base64.h"
#include "crawlers/parse/xml.h"
#include "daemon/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool feed_ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);
	return len >= n && strcasecmp(text + len - n, end) == 0;
}

const char *feed_local_name(const char *name)
{
	const char *colon = strchr(name, ':');
	return colon ? colon + 1 : name;
}

/* RFC 4287 §3.1.1 and §4.1.3, and Atom 0.3's mode. */
static void begin_typed(struct feed_capture *capture, const char *const *attrs)
{
	const char *type = xml_attr(attrs, "type");
	const char *mode = xml_attr(attrs, "mode");
	type = type ? type : "text";
	bool text = !strchr(type, '/') || strncasecmp(type, "text/", 5) == 0 ||
		    feed_ends_in(type, "xml");
	capture->html = feed_ends_in(type, "html");
	capture->base64 = mode && strcmp(mode, "base64") == 0;
	/* Other media types are no text, and with src= the text is not here. */
	capture->absent = xml_attr(attrs, "src") || !(text || capture->html || capture->base64);
}

void feed_capture_begin(
	struct feed_capture *capture, enum feed_markup markup, const char *const *attrs)
{
	buf_clear(&capture->text);
	capture->html = markup == TEXT_HTML;
	capture->base64 = capture->absent = capture->marked_up = false;
	if (markup == TEXT_TYPED)
		begin_typed(capture, attrs);
}

/* A text that does not fit is cut there. */
static int add(struct feed_capture *capture, const char *text, size_t len)
{
	struct buf *out = &capture->text;
	int r = buf_add(out, text, len);
	if (r == BUF_E_FULL) {
		capture->cut = true;
		r = buf_add(out, text, text_cut(text, len, out->max - out->len));
	}
	return r < 0 ? r : 0;
}

static int add_string(struct feed_capture *capture, const char *string)
{
	return add(capture, string, strlen(string));
}

static const char *escape_of(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	default:
		return NULL;
	}
}

static int add_escaped(struct feed_capture *capture, const char *text, size_t len)
{
	size_t plain = 0; /* start of what needs no escape and is not added yet */
	for (size_t i = 0; i < len; i++) {
		const char *escape = escape_of(text[i]);
		if (!escape)
			continue;
		int r = add(capture, text + plain, i - plain);
		if (r == 0)
			r = add_string(capture, escape);
		if (r < 0)
			return r;
		plain = i + 1;
	}
	return add(capture, text + plain, len - plain);
}

int feed_capture_text(struct feed_capture *capture, const char *text, size_t len)
{
	return capture->marked_up ? add_escaped(capture, text, len) : add(capture, text, len);
}

/* The first element: what stood before it was text, and becomes HTML with the rest. */
static int begin_markup(struct feed_capture *capture)
{
	capture->marked_up = true;
	if (capture->html) /* escaped HTML and elements mixed: the former is taken at its word */
		return 0;
	struct buf before = capture->text;
	capture->text = BUF_INIT(before.max);
	capture->html = true;
	int r = add_escaped(capture, buf_str(&before), before.len);
	buf_release(&before);
	return r;
}

int feed_capture_tag(struct feed_capture *capture, const char *name, const char *const *attrs)
{
	int r = capture->marked_up ? 0 : begin_markup(capture);
	if (r == 0)
		r = add_string(capture, "<");
	if (r == 0)
		r = add_string(capture, feed_local_name(name));
	for (; r == 0 && *attrs; attrs += 2) {
		r = add_string(capture, " ");
		if (r == 0)
			r = add_string(capture, attrs[0]);
		if (r == 0)
			r = add_string(capture, "=\"");
		if (r == 0)
			r = add_escaped(capture, attrs[1], strlen(attrs[1]));
		if (r == 0)
			r = add_string(capture, "\"");
	}
	return r == 0 ? add_string(capture, ">") : r;
}

int feed_capture_end_tag(struct feed_capture *capture, const char *name)
{
	/* HTML §13.1.2: an end tag of these is an error, and that of <br> another <br>. */
	static const char *const empty[] = {
		"area",
		"base",
		"br",
		"col",
		"embed",
		"hr",
		"img",
		"input",
		"link",
		"meta",
		"source",
		"track",
		"wbr",
	};
	name = feed_local_name(name);
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
		if (strcmp(name, empty[i]) == 0)
			return 0;
	}
	int r = add_string(capture, "</");
	if (r == 0)
		r = add_string(capture, name);
	return r == 0 ? add_string(capture, ">") : r;
}

static void trim(struct buf *text)
{
	static const char spaces[] = " \t\n\r\f\v";
	size_t from = 0;
	while (text->len > 0 && strchr(spaces, text->data[text->len - 1]))
		text->len--;
	while (from < text->len && strchr(spaces, text->data[from]))
		from++;
	if (text->data) {
		memmove(text->data, text->data + from, text->len - from);
		text->len -= from;
		text->data[text->len] = '\0';
	}
}

int feed_capture_end(struct feed_capture *capture)
{
	if (capture->absent && !capture->marked_up)
		buf_clear(&capture->text);
	trim(&capture->text);
	if (!capture->base64)
		return 0;
	/* RFC 4287 §4.1.3.3, and mode="base64" of Atom 0.3 */
	int r = base64_decode(&capture->text);
	trim(&capture->text);
	return r;
}
