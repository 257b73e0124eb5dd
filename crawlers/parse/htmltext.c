#include "crawlers/parse/htmltext.h"

#include "crawlers/net/url.h"
#include "crawlers/parse/htmltags.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

/* Classes of pictures that stand for a character of the text. */
static const char *const emoji_classes[] = {
	"emoji", "emojione", "twemoji", "custom-emoji", "wp-smiley", "smiley", "emoticon"};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* ---- writing ---- */

/* One of the two texts that are written at once. */
struct side {
	struct buf buf;
	unsigned newlines; /* owed before the next character */
	bool space;        /* owed too, when no newline is */
	bool cut;
};

#define NOT_STARTED SIZE_MAX

struct writer {
	struct arena *arena;
	struct dom *dom;
	const char *base_url;
	const struct html_select *select;
	struct side own;
	struct side others;
	size_t quotes; /* open <blockquote> and the like */
	size_t pres;   /* open <pre> and the like */
	struct link *links;
	size_t n_links;
	bool in_link; /* links[n_links - 1] is open */
	const GumboNode *lang_node;
	size_t lang_end; /* length of the own text when lang_node was left */
};

static struct side *side_of(struct writer *writer)
{
	return writer->quotes > 0 ? &writer->others : &writer->own;
}

static int append(struct side *side, const char *bytes, size_t len)
{
	size_t room = side->buf.max - side->buf.len;
	if (side->cut || len > room) {
		len = side->cut ? 0 : text_cut(bytes, len, room);
		side->cut = true;
	}
	return buf_add(&side->buf, bytes, len);
}

/* Write characters, behind the white space that is owed. */
static int put(struct writer *writer, const char *bytes, size_t len)
{
	struct side *side = side_of(writer);
	int r = 0;
	if (side->buf.len > 0 && side->newlines > 0)
		r = append(side, "\n\n", side->newlines);
	else if (side->buf.len > 0 && side->space)
		r = append(side, " ", 1);
	side->newlines = 0;
	side->space = false;
	if (writer->in_link && side == &writer->own) {
		struct link *link = &writer->links[writer->n_links - 1];
		if (link->start == NOT_STARTED)
			link->start = side->buf.len;
	}
	return r != 0 ? r : append(side, bytes, len);
}

static void owe_newlines(struct writer *writer, unsigned newlines)
{
	struct side *sides[] = {&writer->own, &writer->others};
	for (size_t i = 0; i < COUNT(sides); i++) {
		if (sides[i]->newlines < newlines)
			sides[i]->newlines = newlines;
	}
}

static void owe_one_more(struct writer *writer)
{
	struct side *side = side_of(writer);
	if (side->newlines < 2)
		side->newlines++;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static int put_collapsed(struct writer *writer, const char *text)
{
	int r = 0;
	while (r == 0 && *text) {
		size_t len = strcspn(text, " \t\n\f\r");
		if (len > 0)
			r = put(writer, text, len);
		text += len;
		if (is_space(*text))
			side_of(writer)->space = true;
		text += strspn(text, " \t\n\f\r");
	}
	return r;
}

/* As it stands, but for trailing white space and more than one blank line. */
static int put_lines(struct writer *writer, const char *text)
{
	int r = 0;
	while (r == 0 && *text) {
		size_t len = strcspn(text, "\n\r");
		size_t shown = len;
		while (shown > 0 && is_space(text[shown - 1]))
			shown--;
		if (shown > 0)
			r = put(writer, text, shown);
		text += len;
		if (shown < len && *text == '\0')
			side_of(writer)->space = true;
		if (*text == '\n')
			owe_one_more(writer);
		if (*text)
			text++;
	}
	return r;
}

static int put_text(struct writer *writer, const char *text)
{
	return writer->pres > 0 ? put_lines(writer, text) : put_collapsed(writer, text);
}

/* ---- elements ---- */

static bool is_pre(const GumboNode *node)
{
	if (dom_is(node, GUMBO_TAG_PRE) || dom_is(node, GUMBO_TAG_XMP) ||
		dom_is(node, GUMBO_TAG_LISTING) || dom_is(node, GUMBO_TAG_PLAINTEXT))
		return true;
	return html_style_sets(dom_attr(node, "style"), "white-space", "pre");
}

static bool is_quote(const struct writer *writer, const GumboNode *node)
{
	if (dom_is(node, GUMBO_TAG_BLOCKQUOTE) || dom_is(node, GUMBO_TAG_Q) ||
		dom_is(node, GUMBO_TAG_CITE))
		return true;
	const struct html_select *select = writer->select;
	return select && select->others && select->others(node, select->userdata);
}

static bool is_skipped(const struct writer *writer, const GumboNode *node)
{
	const struct html_select *select = writer->select;
	return html_is_hidden(node) ||
	       (select && select->skip && select->skip(node, select->userdata));
}

static void close_link(struct writer *writer)
{
	if (!writer->in_link)
		return;
	struct link *link = &writer->links[writer->n_links - 1];
	link->end = writer->own.buf.len;
	if (link->start == NOT_STARTED)
		link->start = link->end;
	writer->in_link = false;
}

static int resolve(struct writer *writer, const char *href, const char **ret)
{
	if (writer->base_url)
		return url_resolve(writer->arena, writer->base_url, href, ret);
	struct url url;
	int r = url_parse(writer->arena, href, &url);
	if (r == 0)
		*ret = url.whole;
	return r;
}

static int open_link(struct writer *writer, const GumboNode *node)
{
	const char *href = dom_attr(node, "href");
	const char *url;
	close_link(writer);
	if (!href || href[0] == '#' || writer->quotes > 0 || writer->n_links == LIMIT_POST_LINKS)
		return 0;
	int r = resolve(writer, href, &url);
	if (r != 0)
		return r < 0 ? r : 0; /* mailto:, javascript: and the like */
	struct link *links =
		arena_grow(writer->arena, writer->links, writer->n_links, sizeof *links);
	if (!links)
		return -ENOMEM;
	links[writer->n_links++] = (struct link){.url = url, .start = NOT_STARTED};
	writer->links = links;
	writer->in_link = true;
	return 0;
}

/* A picture that stands for a character: by its class, or because its name is nothing else: an
 * emoji or a ":shortcode:". */
static bool is_emoji(const GumboNode *node, const char *alt)
{
	size_t len = strlen(alt);
	if (html_has_class_of(node, emoji_classes, COUNT(emoji_classes)))
		return true;
	if (len > 2 && alt[0] == ':' && alt[len - 1] == ':' && !strpbrk(alt, " \t\n"))
		return true;
	uint32_t c = 0;
	if (len > 0)
		(void)text_decode(alt, len, &c);
	return len <= 32 && !strpbrk(alt, " \t\n") && (c >= 0x1f000 || (c >= 0x2600 && c < 0x2800));
}

static int put_image(struct writer *writer, const GumboNode *node)
{
	const char *alt = dom_attr(node, "alt");
	if (!alt || !*alt)
		return 0;
	if (is_emoji(node, alt))
		return put_collapsed(writer, alt);
	owe_newlines(writer, 2);
	int r = put_collapsed(writer, alt);
	owe_newlines(writer, 2);
	return r;
}

static unsigned newlines_of(const GumboNode *node)
{
	switch (html_effect(node)) {
	case HTML_LINE:
		return 1;
	case HTML_PARAGRAPH:
		return 2;
	default:
		return 0;
	}
}

static int enter(struct writer *writer, const GumboNode *node)
{
	owe_newlines(writer, newlines_of(node));
	if (!writer->lang_node && writer->own.buf.len == 0 && dom_attr(node, "lang"))
		writer->lang_node = node;
	if (is_quote(writer, node))
		writer->quotes++;
	if (is_pre(node))
		writer->pres++;
	switch (node->v.element.tag) {
	case GUMBO_TAG_A:
		return open_link(writer, node);
	case GUMBO_TAG_BR:
		owe_one_more(writer);
		return 0;
	case GUMBO_TAG_IMG:
		return put_image(writer, node);
	case GUMBO_TAG_TD:
	case GUMBO_TAG_TH:
	case GUMBO_TAG_RT:
		side_of(writer)->space = true;
		return 0;
	default:
		return 0;
	}
}

static void leave(struct writer *writer, const GumboNode *node)
{
	if (dom_is(node, GUMBO_TAG_A))
		close_link(writer);
	if (is_pre(node))
		writer->pres--;
	if (is_quote(writer, node)) {
		writer->quotes--;
		writer->own.space = true; /* the words around a quotation do not join */
	}
	if (node == writer->lang_node)
		writer->lang_end = writer->own.buf.len;
	owe_newlines(writer, newlines_of(node));
}

static int write_all(struct writer *writer, const GumboNode *top)
{
	struct dom_walk walk = dom_walk(writer->dom, top);
	int r = 0;
	while (r == 0 && dom_step(&walk)) {
		const GumboNode *node = walk.at;
		if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
			node->type == GUMBO_NODE_CDATA)
			r = put_text(writer, node->v.text.text);
		else if (!dom_is(node, GUMBO_TAG_UNKNOWN))
			continue;
		else if (walk.leaving)
			leave(writer, node);
		else if (is_skipped(writer, node))
			dom_skip(&walk);
		else
			r = enter(writer, node);
	}
	close_link(writer);
	return r;
}

/* The language of the whole: of @top or what it lies in, or of one element that holds all text. */
static const char *language(struct writer *writer, const GumboNode *top)
{
	if (writer->lang_node && writer->lang_end == writer->own.buf.len)
		return dom_attr(writer->lang_node, "lang");
	for (const GumboNode *node = top; node; node = dom_up(writer->dom, node)) {
		const char *lang = dom_attr(node, "lang");
		if (lang)
			return lang;
	}
	return NULL;
}

static int finish(struct writer *writer, const GumboNode *top, struct html_text *ret)
{
	struct html_text done = {.links = writer->links, .n_links = writer->n_links};
	done.len = writer->own.buf.len;
	done.cut = writer->own.cut || writer->others.cut;
	done.text = arena_copy(writer->arena, buf_str(&writer->own.buf), done.len);
	const char *lang = language(writer, top);
	done.lang = arena_strdup(writer->arena, lang && *lang ? lang : NULL);
	if (!done.text || (lang && *lang && !done.lang))
		return -ENOMEM;
	if (writer->others.buf.len > 0) {
		done.others_len = writer->others.buf.len;
		done.others =
			arena_copy(writer->arena, buf_str(&writer->others.buf), done.others_len);
		if (!done.others)
			return -ENOMEM;
	}
	*ret = done;
	return 0;
}

int html_node_text(struct arena *arena, struct dom *dom, const GumboNode *node,
	const char *base_url, const struct html_select *select, struct html_text *ret)
{
	struct writer writer = {.arena = arena, .dom = dom, .base_url = base_url, .select = select};
	writer.own.buf = BUF_INIT(LIMIT_POST_TEXT_B);
	writer.others.buf = BUF_INIT(LIMIT_POST_TEXT_B);
	writer.pres = is_pre(node) ? 1 : 0;
	int r = write_all(&writer, node);
	if (r == 0 && dom->steps_left == 0)
		r = HTML_E_LIMIT;
	if (r == 0)
		r = finish(&writer, node, ret);
	buf_release(&writer.own.buf);
	buf_release(&writer.others.buf);
	return r;
}

int html_to_text(struct arena *arena, const char *html, size_t len, const char *base_url,
	struct html_text *ret)
{
	struct dom dom;
	int r = dom_parse(arena, html, len, &dom);
	if (r != 0)
		return r < 0 ? r : HTML_E_LIMIT;
	r = html_node_text(arena, &dom, dom.root, base_url, NULL, ret);
	dom_release(&dom);
	return r;
}
