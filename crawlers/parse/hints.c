#include "crawlers/parse/hints.h"

#include "crawlers/parse/htmltext.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
/* Data about a post is shorter than this. */
#define META_B 300
/* The longest word below has 15 letters. */
#define WORD_MAX 20

/* Each sorted, for bsearch(). */
static const char *const frame_words[] = {"ad", "ads", "advert", "aside", "banner", "breadcrumb",
	"breadcrumbs", "catlinks", "comment", "comments", "consent", "cookie", "cookies", "disqus",
	"editsection", "feedlink", "follow", "footer", "jump", "login", "masthead", "menu", "modal",
	"nav", "navbar", "navigation", "newsletter", "noprint", "outbrain", "overlay", "pagination",
	"popup", "printfooter", "promo", "recommendations", "recommended", "related", "respond",
	"share", "sharedaddy", "sharing", "sidebar", "sitemap", "skip", "skyscraper", "social",
	"sponsor", "sponsored", "subscribe", "suggested", "suggestions", "taboola", "toolbar",
	"widget"};

static const char *const meta_words[] = {"author", "byline", "cat", "categories", "category",
	"credit", "date", "edit", "info", "inlinefooter", "meta", "metadata", "more", "permalink",
	"published", "readmore", "tag", "tags", "taxonomy", "terms", "time", "timestamp", "updated",
	"vcard", "views"};

static const char *const content_words[] = {"article", "articlebody", "blog", "body", "content",
	"entry", "main", "post", "story", "text"};

static const char *const frame_roles[] = {"alert", "alertdialog", "banner", "complementary",
	"contentinfo", "dialog", "menu", "menubar", "navigation", "search", "toolbar"};

static const char *const whole_classes[] = {"e-content", "entry-content", "post-content",
	"post-body", "article-content", "article-body", "article__body", "blog-post-content",
	"wp-block-post-content", "gh-content", "inlinecontent", "markdown-body", "mw-parser-output",
	"post-full-content", "post__content", "story-body"};

static const char *const part_classes[] = {"entry-summary", "post-excerpt", "excerpt", "p-summary",
	"wp-block-post-excerpt", "gh-card-excerpt", "post-summary", "post-card-excerpt"};

/* The next word of a list like "wp-block postDate", in small letters; words end where letters and
 * digits do.  false: no more.  Words longer than any we know are cut: they match none. */
static bool next_word(const char **at, char word[WORD_MAX])
{
	size_t len = 0;
	const char *p = *at;
	while (*p && !isalnum((unsigned char)*p))
		p++;
	for (; isalnum((unsigned char)*p); p++) {
		if (len + 1 < WORD_MAX)
			word[len++] = (char)tolower((unsigned char)*p);
	}
	word[len] = '\0';
	*at = p;
	return len > 0;
}

static int by_word(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

/* True when @list (may be NULL) has one of the @count sorted words. */
static bool list_has_of(const char *list, const char *const *words, size_t count)
{
	char word[WORD_MAX];
	while (list && next_word(&list, word)) {
		if (bsearch(word, words, count, sizeof *words, by_word))
			return true;
	}
	return false;
}

/* The id, unless it is a whole heading ("sharing-with-several-people"): then it says what the text is
 * about, not what it is for. */
static const char *short_id(const GumboNode *node)
{
	const char *id = dom_attr(node, "id");
	size_t hyphens = 0;
	for (const char *at = id; at && *at; at++)
		hyphens += *at == '-' || *at == '_';
	return hyphens < 3 ? id : NULL;
}

bool hint_has_word(const GumboNode *node, const char *word)
{
	return list_has_of(dom_attr(node, "class"), &word, 1) ||
	       list_has_of(short_id(node), &word, 1);
}

static bool has_word_of(const GumboNode *node, const char *const *words, size_t count)
{
	return list_has_of(dom_attr(node, "class"), words, count) ||
	       list_has_of(short_id(node), words, count);
}

static bool is_root(const GumboNode *node)
{
	return dom_is(node, GUMBO_TAG_HTML) || dom_is(node, GUMBO_TAG_BODY) ||
	       dom_is(node, GUMBO_TAG_MAIN) || dom_is(node, GUMBO_TAG_ARTICLE);
}

/* Words of the text itself are no frame, whatever their class says. */
static bool is_inline(const GumboNode *node)
{
	switch (node->v.element.tag) {
	case GUMBO_TAG_P:
	case GUMBO_TAG_B:
	case GUMBO_TAG_STRONG:
	case GUMBO_TAG_EM:
	case GUMBO_TAG_I:
	case GUMBO_TAG_CODE:
	case GUMBO_TAG_PRE:
	case GUMBO_TAG_BLOCKQUOTE:
		return true;
	default:
		return false;
	}
}

bool hint_is_frame(const GumboNode *node)
{
	const char *role = dom_attr(node, "role");
	if (!dom_is(node, GUMBO_TAG_UNKNOWN))
		return false;
	switch (node->v.element.tag) {
	case GUMBO_TAG_NAV:
	case GUMBO_TAG_ASIDE:
	case GUMBO_TAG_FOOTER:
	case GUMBO_TAG_FORM:
	case GUMBO_TAG_MENU:
		return true;
	default:
		break;
	}
	for (size_t i = 0; role && i < COUNT(frame_roles); i++) {
		if (strcasecmp(role, frame_roles[i]) == 0)
			return true;
	}
	if (is_root(node) || is_inline(node))
		return false;
	return has_word_of(node, frame_words, COUNT(frame_words));
}

struct hint_size hint_size(struct dom *dom, const GumboNode *node, size_t most)
{
	struct hint_size size = {0};
	struct dom_walk walk = dom_walk(dom, node);
	const GumboNode *link = NULL;
	while (size.text < most && dom_step(&walk)) {
		if (dom_is(walk.at, GUMBO_TAG_A)) {
			if (!walk.leaving && !link)
				link = walk.at;
			else if (walk.leaving && link == walk.at)
				link = NULL;
		} else if (walk.at->type == GUMBO_NODE_TEXT) {
			size_t len = strlen(walk.at->v.text.text);
			size.text += len;
			size.linked += link ? len : 0;
		} else if (!walk.leaving && html_is_hidden(walk.at)) {
			dom_skip(&walk);
		}
	}
	return size;
}

bool hint_is_meta(struct dom *dom, const GumboNode *node)
{
	if (!dom_is(node, GUMBO_TAG_UNKNOWN))
		return false;
	if (dom_is(node, GUMBO_TAG_TIME) || dom_is(node, GUMBO_TAG_ADDRESS))
		return true;
	const char *rel = dom_attr(node, "rel");
	if (rel && (dom_has_word(rel, "tag") || dom_has_word(rel, "author")))
		return true;
	return has_word_of(node, meta_words, COUNT(meta_words)) &&
	       hint_size(dom, node, META_B).text < META_B;
}

bool hint_is_content(const GumboNode *node)
{
	return has_word_of(node, content_words, COUNT(content_words)) ||
	       dom_is(node, GUMBO_TAG_ARTICLE) || dom_is(node, GUMBO_TAG_MAIN);
}

bool hint_is_body(const GumboNode *node, bool *ret_whole)
{
	const char *class = dom_attr(node, "class");
	*ret_whole = true;
	if (dom_has_word(dom_attr(node, "itemprop"), "articleBody"))
		return true;
	for (size_t i = 0; class && i < COUNT(whole_classes); i++) {
		if (dom_has_word(class, whole_classes[i]))
			return true;
	}
	*ret_whole = false;
	for (size_t i = 0; class && i < COUNT(part_classes); i++) {
		if (dom_has_word(class, part_classes[i]))
			return true;
	}
	return false;
}
