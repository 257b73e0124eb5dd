#include "crawlers/parse/htmltags.h"

#include "crawlers/parse/htmltext.h"

#include <string.h>
#include <strings.h>

enum {
	BREAK_NONE,
	BREAK_LINE,      /* stands on lines of its own */
	BREAK_PARAGRAPH, /* is parted from the rest by a blank line */
	HIDDEN,          /* not shown, or not text: form controls, embedded players */
};

static const unsigned char effects[GUMBO_TAG_LAST + 1] = {
	[GUMBO_TAG_ADDRESS] = HTML_LINE,
	[GUMBO_TAG_ARTICLE] = HTML_PARAGRAPH,
	[GUMBO_TAG_ASIDE] = HTML_PARAGRAPH,
	[GUMBO_TAG_BLOCKQUOTE] = HTML_PARAGRAPH,
	[GUMBO_TAG_BODY] = HTML_LINE,
	[GUMBO_TAG_CENTER] = HTML_LINE,
	[GUMBO_TAG_DD] = HTML_LINE,
	[GUMBO_TAG_DETAILS] = HTML_PARAGRAPH,
	[GUMBO_TAG_DIV] = HTML_LINE,
	[GUMBO_TAG_DL] = HTML_PARAGRAPH,
	[GUMBO_TAG_DT] = HTML_LINE,
	[GUMBO_TAG_FIELDSET] = HTML_PARAGRAPH,
	[GUMBO_TAG_FIGCAPTION] = HTML_PARAGRAPH,
	[GUMBO_TAG_FIGURE] = HTML_PARAGRAPH,
	[GUMBO_TAG_FOOTER] = HTML_PARAGRAPH,
	[GUMBO_TAG_FORM] = HTML_LINE,
	[GUMBO_TAG_H1] = HTML_PARAGRAPH,
	[GUMBO_TAG_H2] = HTML_PARAGRAPH,
	[GUMBO_TAG_H3] = HTML_PARAGRAPH,
	[GUMBO_TAG_H4] = HTML_PARAGRAPH,
	[GUMBO_TAG_H5] = HTML_PARAGRAPH,
	[GUMBO_TAG_H6] = HTML_PARAGRAPH,
	[GUMBO_TAG_HEADER] = HTML_PARAGRAPH,
	[GUMBO_TAG_HGROUP] = HTML_LINE,
	[GUMBO_TAG_HR] = HTML_PARAGRAPH,
	[GUMBO_TAG_LI] = HTML_LINE,
	[GUMBO_TAG_LISTING] = HTML_PARAGRAPH,
	[GUMBO_TAG_MAIN] = HTML_PARAGRAPH,
	[GUMBO_TAG_MENU] = HTML_PARAGRAPH,
	[GUMBO_TAG_NAV] = HTML_PARAGRAPH,
	[GUMBO_TAG_OL] = HTML_PARAGRAPH,
	[GUMBO_TAG_OPTGROUP] = HTML_LINE,
	[GUMBO_TAG_P] = HTML_PARAGRAPH,
	[GUMBO_TAG_PLAINTEXT] = HTML_PARAGRAPH,
	[GUMBO_TAG_PRE] = HTML_PARAGRAPH,
	[GUMBO_TAG_SECTION] = HTML_PARAGRAPH,
	[GUMBO_TAG_SUMMARY] = HTML_LINE,
	[GUMBO_TAG_TABLE] = HTML_PARAGRAPH,
	[GUMBO_TAG_TR] = HTML_LINE,
	[GUMBO_TAG_UL] = HTML_PARAGRAPH,
	[GUMBO_TAG_XMP] = HTML_PARAGRAPH,

	[GUMBO_TAG_APPLET] = HTML_HIDDEN,
	[GUMBO_TAG_AUDIO] = HTML_HIDDEN,
	[GUMBO_TAG_BUTTON] = HTML_HIDDEN,
	[GUMBO_TAG_CANVAS] = HTML_HIDDEN,
	[GUMBO_TAG_DATALIST] = HTML_HIDDEN,
	[GUMBO_TAG_EMBED] = HTML_HIDDEN,
	[GUMBO_TAG_HEAD] = HTML_HIDDEN,
	[GUMBO_TAG_IFRAME] = HTML_HIDDEN,
	[GUMBO_TAG_INPUT] = HTML_HIDDEN,
	[GUMBO_TAG_MATH] = HTML_HIDDEN,
	[GUMBO_TAG_NOEMBED] = HTML_HIDDEN,
	[GUMBO_TAG_NOFRAMES] = HTML_HIDDEN,
	[GUMBO_TAG_NOSCRIPT] = HTML_HIDDEN,
	[GUMBO_TAG_OBJECT] = HTML_HIDDEN,
	[GUMBO_TAG_RP] = HTML_HIDDEN,
	[GUMBO_TAG_SCRIPT] = HTML_HIDDEN,
	[GUMBO_TAG_SELECT] = HTML_HIDDEN,
	[GUMBO_TAG_STYLE] = HTML_HIDDEN,
	[GUMBO_TAG_SVG] = HTML_HIDDEN,
	[GUMBO_TAG_TEMPLATE] = HTML_HIDDEN,
	[GUMBO_TAG_TEXTAREA] = HTML_HIDDEN,
	[GUMBO_TAG_TITLE] = HTML_HIDDEN,
	[GUMBO_TAG_VIDEO] = HTML_HIDDEN,
};

/* Classes of text that is there for screen readers only: WordPress, Bootstrap, Drupal and others.
 */
static const char *const unseen_classes[] = {
	"screen-reader-text", "sr-only", "visually-hidden", "visuallyhidden", "u-hidden"};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static bool is_one_of(const char *word, size_t len, const char *const *classes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (((word[0] ^ classes[i][0]) & ~0x20) == 0 &&
			strncasecmp(word, classes[i], len) == 0 && classes[i][len] == '\0')
			return true;
	}
	return false;
}

bool html_has_class_of(const GumboNode *node, const char *const *classes, size_t count)
{
	const char *have = dom_attr(node, "class");
	size_t len;
	for (const char *word; (word = dom_word(&have, &len));) {
		if (is_one_of(word, len, classes, count))
			return true;
	}
	return false;
}

enum html_effect html_effect(const GumboNode *node)
{
	return (enum html_effect)effects[node->v.element.tag];
}

bool html_style_sets(const char *style, const char *property, const char *value)
{
	static const char spaces[] = " \t\n\f\r";
	if (!style)
		return false;
	while ((style = strcasestr(style, property))) {
		style += strlen(property);
		const char *at = style + strspn(style, spaces);
		if (*at != ':')
			continue;
		at++;
		at += strspn(at, spaces);
		if (strncasecmp(at, value, strlen(value)) == 0)
			return true;
	}
	return false;
}

/* Icons are drawn by a letter or a ligature that nobody reads, and marked so. */
static bool is_icon(const GumboNode *node)
{
	const char *hidden = dom_attr(node, "aria-hidden");
	if (!hidden || strcasecmp(hidden, "true") != 0)
		return false;
	const GumboVector *children = &node->v.element.children;
	if (children->length == 0)
		return true;
	const GumboNode *first = children->data[0];
	if (children->length > 1 || first->type != GUMBO_NODE_TEXT)
		return false;
	const char *class = dom_attr(node, "class");
	return strlen(first->v.text.text) <= 4 || (class && strcasestr(class, "icon"));
}

bool html_is_hidden(const GumboNode *node)
{
	if (!dom_is(node, GUMBO_TAG_UNKNOWN))
		return false;
	if (effects[node->v.element.tag] == HTML_HIDDEN || dom_attr(node, "hidden"))
		return true;
	const char *style = dom_attr(node, "style");
	if (style && (html_style_sets(style, "display", "none") ||
			     html_style_sets(style, "visibility", "hidden")))
		return true;
	return html_has_class_of(node, unseen_classes, COUNT(unseen_classes)) || is_icon(node);
}
