#include "crawlers/parse/strip.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* HTML §13.2.5 (tokenization), as far as it decides where a tag, a comment or raw text ends. */

/* What becomes of an element by its name. */
enum fate {
	FATE_KEEP,     /* the tag is copied, the content scanned */
	FATE_TEXT,     /* content is text up to the end tag (RCDATA, RAWTEXT), and is kept */
	FATE_RAW,      /* the same, and is dropped */
	FATE_SCRIPT,   /* dropped, with the escapes that scripts may have */
	FATE_TEMPLATE, /* scanned as usual and dropped */
	FATE_SVG,      /* dropped up to the matching end tag */
};

struct rule {
	const char *name;
	enum fate fate;
};

static const struct rule rules[] = {
	{"iframe", FATE_RAW},
	{"noembed", FATE_RAW},
	{"noframes", FATE_RAW},
	{"noscript", FATE_RAW}, /* raw text for a browser that runs scripts */
	{"script", FATE_SCRIPT},
	{"style", FATE_RAW},
	{"svg", FATE_SVG},
	{"template", FATE_TEMPLATE},
	{"textarea", FATE_TEXT},
	{"title", FATE_TEXT},
	{"xmp", FATE_TEXT},
};

/* HTML §13.2.6.5: start tags that end foreign content, whatever was open in it. */
static const char *const breakouts[] = {"b", "big", "blockquote", "body", "br", "center", "code",
	"dd", "div", "dl", "dt", "em", "embed", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr",
	"i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p", "pre", "ruby", "s", "small",
	"span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var"};

struct strip {
	struct arena *arena;
	const char *at;
	const char *end;
	struct buf *out;
	struct stripped *found;
	size_t templates; /* open ones: nothing is copied */
	bool svg_open;    /* no </svg> is left: later <svg> tags are dropped alone */
};

struct tag {
	const char *name;
	size_t name_len;
	const char *attributes; /* behind the name */
	const char *end;        /* behind ">" */
	bool closing;
};

static bool named(const struct tag *tag, const char *name)
{
	return tag->name_len == strlen(name) && strncasecmp(tag->name, name, tag->name_len) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

enum where { NAME_NEXT, IN_NAME, NAME_DONE, VALUE_NEXT, IN_VALUE };

/* Where an attribute stands after the byte @c: quotes count only where a value may start. */
static enum where step(enum where where, char c)
{
	switch (where) {
	case VALUE_NEXT:
		return is_space(c) ? VALUE_NEXT : IN_VALUE;
	case IN_VALUE:
		return is_space(c) ? NAME_NEXT : IN_VALUE;
	case NAME_NEXT: /* a "=" here is part of the name */
		return is_space(c) || c == '/' ? NAME_NEXT : IN_NAME;
	case IN_NAME:
	case NAME_DONE:
		if (c == '=')
			return VALUE_NEXT;
		if (c == '/')
			return NAME_NEXT;
		return is_space(c) ? NAME_DONE : IN_NAME;
	}
	return NAME_NEXT;
}

/* Behind the ">" that ends the tag whose attributes start at @at; NULL: the page ends first. */
static const char *tag_end(const char *at, const char *end)
{
	enum where where = NAME_NEXT;
	while (at < end) {
		char c = *at++;
		if (c == '>')
			return at;
		if (where == VALUE_NEXT && (c == '"' || c == '\'')) {
			const char *close = memchr(at, c, (size_t)(end - at));
			at = close ? close + 1 : end;
			where = NAME_NEXT;
		} else {
			where = step(where, c);
		}
	}
	return NULL;
}

/* The tag at @at, which points to "<"; false: no tag. */
static bool read_tag(const char *at, const char *end, struct tag *tag)
{
	tag->closing = end - at > 1 && at[1] == '/';
	tag->name = at + 1 + tag->closing;
	if (tag->name >= end || !isalpha((unsigned char)*tag->name))
		return false;
	const char *p = tag->name;
	while (p < end && !is_space(*p) && *p != '/' && *p != '>')
		p++;
	tag->name_len = (size_t)(p - tag->name);
	tag->attributes = p;
	tag->end = tag_end(p, end);
	return true;
}

/* The end tag "</name" followed by space, "/" or ">" at or behind @at; NULL: none. */
static const char *find_close(const char *at, const char *end, const char *name, size_t name_len)
{
	while ((at = memchr(at, '<', (size_t)(end - at)))) {
		if ((size_t)(end - at) > name_len + 2 && at[1] == '/' &&
			strncasecmp(at + 2, name, name_len) == 0) {
			char c = at[2 + name_len];
			if (is_space(c) || c == '/' || c == '>')
				return at;
		}
		at++;
	}
	return NULL;
}

static bool starts(const char *at, const char *end, const char *text)
{
	size_t len = strlen(text);
	return (size_t)(end - at) >= len && strncasecmp(at, text, len) == 0;
}

/* @text and behind it what ends a tag's name. */
static bool starts_tag(const char *at, const char *end, const char *text)
{
	size_t len = strlen(text);
	return (size_t)(end - at) > len && starts(at, end, text) &&
	       (is_space(at[len]) || at[len] == '/' || at[len] == '>');
}

/* Where the script that starts at @at ends: at its "</script", unless that stands behind "<!--" and
 * another "<script" (the script data double escaped state). */
static const char *script_close(const char *at, const char *end)
{
	bool comment = false;
	bool inner = false;
	for (; at < end; at++) {
		if (*at != '<' && *at != '-')
			continue; /* most bytes */
		if (comment && starts(at, end, "-->")) {
			comment = inner = false;
		} else if (starts(at, end, "<!--")) {
			comment = true;
			at++; /* "<!-->" closes itself */
		} else if (comment && starts_tag(at, end, "<script")) {
			inner = true;
		} else if (starts_tag(at, end, "</script")) {
			if (!inner)
				return at;
			inner = false;
		}
	}
	return NULL;
}

static bool is_jsonld(const struct tag *tag)
{
	static const char type[] = "application/ld+json";
	for (const char *p = tag->attributes; p && tag->end && p < tag->end; p++) {
		if ((size_t)(tag->end - p) < sizeof type - 1)
			return false;
		if ((*p == 'a' || *p == 'A') && strncasecmp(p, type, sizeof type - 1) == 0)
			return true;
	}
	return false;
}

static int add_jsonld(struct strip *strip, const char *at, const char *end)
{
	struct stripped *found = strip->found;
	struct strip_span *spans =
		arena_grow(strip->arena, found->jsonld, found->n_jsonld, sizeof *spans);
	if (!spans)
		return -ENOMEM;
	found->jsonld = spans;
	spans[found->n_jsonld++] = (struct strip_span){at, (size_t)(end - at)};
	return 0;
}

static int copy(struct strip *strip, const char *from, const char *to)
{
	return strip->templates > 0 ? 0 : buf_add(strip->out, from, (size_t)(to - from));
}

/* To behind the end tag at @close, or to the end of the page. */
static void go_behind(struct strip *strip, const char *close)
{
	const char *end = close ? tag_end(close + 2, strip->end) : NULL;
	strip->at = end ? end : strip->end;
}

static int drop_script(struct strip *strip, const struct tag *tag)
{
	const char *close = script_close(tag->end, strip->end);
	int r = 0;
	if (!is_jsonld(tag))
		strip->found->scripts = true;
	else if (strip->templates == 0)
		r = add_jsonld(strip, tag->end, close ? close : strip->end);
	go_behind(strip, close);
	return r;
}

static bool breaks_out(const struct tag *tag)
{
	for (size_t i = 0; i < sizeof breakouts / sizeof breakouts[0]; i++) {
		if (named(tag, breakouts[i]))
			return true;
	}
	return false;
}

/* Inside these HTML may stand in a picture. */
static bool holds_html(const struct tag *tag)
{
	return named(tag, "foreignobject") || named(tag, "desc") || named(tag, "title");
}

/* Note in *@open, the number of open elements of a kind, that @tag opens or closes one. */
static void count(size_t *open, const struct tag *tag)
{
	if (tag->end[-2] == '/')
		return; /* "<svg/>" is whole */
	if (!tag->closing)
		++*open;
	else if (*open > 0)
		--*open;
}

/* Behind the </svg> that belongs to a <svg> whose content starts at @at, or at the tag that broke
 * out of it; NULL: the page ends first. */
static const char *svg_end(const char *at, const char *end)
{
	size_t depth = 1; /* open <svg> */
	size_t html = 0;  /* open elements that hold HTML */
	struct tag tag;
	for (; (at = memchr(at, '<', (size_t)(end - at))); at = tag.end) {
		if (!read_tag(at, end, &tag)) {
			tag.end = at + 1;
			continue;
		}
		if (!tag.end)
			return NULL;
		if (html == 0 && !tag.closing && breaks_out(&tag))
			return at;
		if (named(&tag, "svg"))
			count(&depth, &tag);
		else if (holds_html(&tag))
			count(&html, &tag);
		if (depth == 0)
			return tag.end;
	}
	return NULL;
}

static void drop_svg(struct strip *strip, const struct tag *tag)
{
	strip->at = tag->end;
	if (tag->closing || tag->end[-2] == '/' || strip->svg_open)
		return;
	const char *end = svg_end(tag->end, strip->end);
	if (end)
		strip->at = end;
	else
		strip->svg_open = true; /* never searched for again: the pass stays linear */
}

static enum fate fate_of(const struct tag *tag)
{
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		if (named(tag, rules[i].name))
			return rules[i].fate;
	}
	return FATE_KEEP;
}

static int drop_raw(struct strip *strip, const struct tag *tag)
{
	if (named(tag, "noscript"))
		strip->found->noscript = true;
	strip->at = tag->end;
	if (!tag->closing)
		go_behind(strip, find_close(tag->end, strip->end, tag->name, tag->name_len));
	return 0;
}

static int keep_text(struct strip *strip, const struct tag *tag, const char *from)
{
	const char *close = find_close(tag->end, strip->end, tag->name, tag->name_len);
	strip->at = close ? close : strip->end;
	return copy(strip, from, strip->at);
}

static void drop_template(struct strip *strip, const struct tag *tag)
{
	strip->at = tag->end;
	if (!tag->closing)
		strip->templates++;
	else if (strip->templates > 0)
		strip->templates--;
}

static int strip_tag(struct strip *strip, const struct tag *tag)
{
	const char *from = strip->at;
	enum fate fate = fate_of(tag);
	if (fate == FATE_SCRIPT && !tag->closing)
		return drop_script(strip, tag);
	if (fate == FATE_RAW)
		return drop_raw(strip, tag);
	if (fate == FATE_TEXT && !tag->closing)
		return keep_text(strip, tag, from);
	if (fate == FATE_SVG) {
		drop_svg(strip, tag);
		return 0;
	}
	if (fate == FATE_TEMPLATE) {
		drop_template(strip, tag);
		return 0;
	}
	strip->at = tag->end;
	return copy(strip, from, tag->end);
}

/* Behind the comment that starts at @at ("<!--"): at "-->" or "--!>", or at once for "<!-->" and
 * "<!--->". */
static const char *comment_end(const char *at, const char *end)
{
	at += 4;
	if (at < end && *at == '>')
		return at + 1;
	if (end - at > 1 && memcmp(at, "->", 2) == 0)
		return at + 2;
	while ((at = memchr(at, '-', (size_t)(end - at)))) {
		at++;
		if (end - at > 1 && memcmp(at, "->", 2) == 0)
			return at + 2;
		if (end - at > 2 && memcmp(at, "-!>", 3) == 0)
			return at + 3;
	}
	return end;
}

static int strip_markup(struct strip *strip)
{
	struct tag tag;
	if (read_tag(strip->at, strip->end, &tag)) {
		if (tag.end)
			return strip_tag(strip, &tag);
		strip->at = strip->end; /* a tag that is not whole shows nothing */
		return 0;
	}
	if (strip->end - strip->at > 3 && memcmp(strip->at, "<!--", 4) == 0) {
		strip->at = comment_end(strip->at, strip->end);
		return 0;
	}
	const char *from = strip->at++;
	if (from + 1 == strip->end || !strchr("!?/", from[1]) || from[1] == '\0')
		return copy(strip, from, strip->at); /* a "<" that is text */
	const char *close = memchr(from, '>', (size_t)(strip->end - from));
	strip->at = close ? close + 1 : strip->end;
	bool doctype = strip->end - from > 9 && strncasecmp(from, "<!doctype", 9) == 0;
	return doctype ? copy(strip, from, strip->at) : 0; /* else a bogus comment (§13.2.5.41) */
}

int strip_html(
	struct arena *arena, const char *html, size_t len, struct buf *out, struct stripped *ret)
{
	struct stripped found = {0};
	struct strip strip = {
		.arena = arena, .at = html, .end = html + len, .out = out, .found = &found};
	while (strip.at < strip.end) {
		const char *from = strip.at;
		const char *open = memchr(from, '<', (size_t)(strip.end - from));
		strip.at = open ? open : strip.end;
		int r = copy(&strip, from, strip.at);
		if (r == 0 && open)
			r = strip_markup(&strip);
		if (r != 0)
			return r;
	}
	*ret = found;
	return 0;
}
