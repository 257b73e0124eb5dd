#include "crawlers/parse/article.h"

#include "crawlers/net/url.h"
#include "crawlers/parse/date.h"
#include "crawlers/parse/hints.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* ---- which elements are posts ---- */

static const char *const post_classes[] = {"hentry", "h-entry", "post", "entry", "blog-post",
	"blogpost", "post-preview", "post-card", "post-item", "post-entry", "article", "inlinepage",
	"story"};

static bool could_be_post(const GumboNode *node)
{
	if (!dom_is(node, GUMBO_TAG_UNKNOWN) || dom_is(node, GUMBO_TAG_BODY) ||
		dom_is(node, GUMBO_TAG_MAIN))
		return false;
	if (dom_is(node, GUMBO_TAG_ARTICLE) || dom_has_word(dom_attr(node, "role"), "article"))
		return true;
	if (dom_attr(node, "data-mw-revid")) /* MediaWiki's list of contributions */
		return true;
	const char *class = dom_attr(node, "class");
	for (size_t i = 0; class && i < COUNT(post_classes); i++) {
		if (dom_has_word(class, post_classes[i]))
			return true;
	}
	return false;
}

/* Several posts lie in it: it is their list. */
static bool is_list(struct dom *dom, const GumboNode *node)
{
	struct dom_walk walk = dom_walk(dom, node);
	size_t inside = 0;
	while (inside < 2 && dom_step(&walk)) {
		if (walk.leaving || !dom_is(walk.at, GUMBO_TAG_UNKNOWN))
			continue;
		if (hint_is_frame(walk.at)) {
			dom_skip(&walk);
		} else if (could_be_post(walk.at)) {
			inside++;
			dom_skip(&walk);
		}
	}
	return inside > 1;
}

/* ---- what is in one ---- */

struct card {
	struct dom *dom;
	const GumboNode *node;
	const GumboNode *heading;
	const GumboNode *link; /* the permalink */
	int link_rank;         /* how sure it is that */
	const GumboNode *time;
	const GumboNode *author;
	const GumboNode *body;
	bool body_whole;
};

static bool is_heading(const GumboNode *node)
{
	return node->v.element.tag >= GUMBO_TAG_H1 && node->v.element.tag <= GUMBO_TAG_H6;
}

static const GumboNode *around(const struct card *card, const GumboNode *node, GumboTag tag)
{
	for (; node && node != card->node; node = dom_up(card->dom, node)) {
		if (dom_is(node, tag))
			return node;
	}
	return NULL;
}

static bool in_heading(const struct card *card, const GumboNode *node)
{
	for (; node && node != card->node; node = dom_up(card->dom, node)) {
		if (node == card->heading || (dom_is(node, GUMBO_TAG_UNKNOWN) && is_heading(node)))
			return true;
	}
	return false;
}

/* How sure a link is the post's own address; 0: it is not. */
static int rank_link(const struct card *card, const GumboNode *node)
{
	const char *rel = dom_attr(node, "rel");
	if (rel && dom_has_word(rel, "bookmark"))
		return 5;
	if (dom_has_class(node, "mw-changeslist-date") || dom_has_class(node, "permalink"))
		return 4;
	if (in_heading(card, node))
		return 3;
	if (dom_find(card->dom, node, GUMBO_TAG_TIME))
		return 2;
	return hint_has_word(node->parent, "header") || hint_has_word(node->parent, "title") ? 1
											     : 0;
}

static void note_link(struct card *card, const GumboNode *node)
{
	const char *href = dom_attr(node, "href");
	int rank = href && href[0] != '#' ? rank_link(card, node) : 0;
	if (rank > card->link_rank) {
		card->link = node;
		card->link_rank = rank;
	}
}

/* A link around the heading is as good as one in it. */
static void note_heading(struct card *card, const GumboNode *node)
{
	const GumboNode *link = around(card, node, GUMBO_TAG_A);
	card->heading = node;
	if (link && dom_attr(link, "href") && card->link_rank < 3) {
		card->link = link;
		card->link_rank = 3;
	}
}

static bool is_author(const GumboNode *node)
{
	return dom_has_word(dom_attr(node, "rel"), "author") ||
	       dom_has_word(dom_attr(node, "itemprop"), "author") ||
	       hint_has_word(node, "author") || hint_has_word(node, "byline");
}

static bool is_time(const GumboNode *node)
{
	return dom_is(node, GUMBO_TAG_TIME) || dom_has_class(node, "mw-changeslist-date") ||
	       dom_has_class(node, "date") || dom_has_class(node, "published");
}

static void note(struct card *card, const GumboNode *node)
{
	bool whole;
	if (!card->heading && is_heading(node))
		note_heading(card, node);
	if (dom_is(node, GUMBO_TAG_A))
		note_link(card, node);
	if (!card->time && is_time(node))
		card->time = node;
	if (!card->author && is_author(node))
		card->author = node;
	if (hint_is_body(node, &whole) && (!card->body || (whole && !card->body_whole))) {
		card->body = node;
		card->body_whole = whole;
	}
}

static struct card look(struct dom *dom, const GumboNode *node)
{
	struct card card = {.dom = dom, .node = node};
	struct dom_walk walk = dom_walk(dom, node);
	while (dom_step(&walk)) {
		if (walk.leaving || !dom_is(walk.at, GUMBO_TAG_UNKNOWN))
			continue;
		/* Names and dates stand in footers, too; nothing else of the frame counts. */
		if (hint_is_frame(walk.at) && !dom_is(walk.at, GUMBO_TAG_FOOTER))
			dom_skip(&walk);
		else
			note(&card, walk.at);
		/* What is in its text or in its author's name says nothing of the post. */
		if ((walk.at == card.body && card.body_whole) ||
			(walk.at == card.author && hint_is_meta(dom, walk.at)))
			dom_skip(&walk);
	}
	if (!card.heading && card.link_rank == 1)
		card.heading = card.link;
	return card;
}

/* ---- making an entry of it ---- */

/* What is not the text: heading, data about the post, and the frame. */
static bool is_no_text(const GumboNode *node, const void *userdata)
{
	const struct card *card = userdata;
	if (node == card->heading || node == card->author || node == card->time)
		return true;
	if (dom_is(node, GUMBO_TAG_A) && node == card->link && card->link_rank < 3)
		return true;
	if (dom_has_class(node, "p-uid") || dom_has_class(node, "u-uid"))
		return true;
	return hint_is_frame(node) || hint_is_meta(card->dom, node);
}

/* A class on the body names it, the classes in it are the writer's; but sharing and the like stand
 * in there too. */
static bool is_frame(const GumboNode *node, const void *userdata)
{
	const struct card *card = userdata;
	return node == card->heading || hint_is_frame(node);
}

static int text_of(struct arena *arena, struct dom *dom, const GumboNode *node, const char **ret)
{
	struct html_text text;
	int r = node ? html_node_text(arena, dom, node, NULL, NULL, &text) : 0;
	if (r == 0 && node && text.len > 0)
		*ret = text.text;
	return r < 0 ? r : 0;
}

/* MediaWiki: the summary of an edit, and the page's name as the title. */
static const GumboNode *find_class(struct dom *dom, const GumboNode *top, const char *class)
{
	struct dom_walk walk = dom_walk(dom, top);
	while (dom_step(&walk)) {
		if (!walk.leaving && dom_has_class(walk.at, class))
			return walk.at;
	}
	return NULL;
}

static void look_at_contribution(struct card *card)
{
	if (!dom_attr(card->node, "data-mw-revid"))
		return;
	card->heading = find_class(card->dom, card->node, "mw-contributions-title");
	card->body = find_class(card->dom, card->node, "comment");
	card->body_whole = true;
}

static int64_t read_time(struct arena *arena, struct dom *dom, const GumboNode *node, int *ret)
{
	int64_t at_s = 0;
	const char *text = node ? dom_attr(node, "datetime") : NULL;
	if (node && !text)
		*ret = text_of(arena, dom, node, &text);
	if (!text || *ret != 0 || date_parse(text, &at_s))
		return at_s;
	/* MediaWiki: "19:03, 23 November 2026". */
	char swapped[64];
	const char *comma = strstr(text, ", ");
	if (!comma || strlen(text) >= sizeof swapped)
		return 0;
	(void)snprintf(swapped, sizeof swapped, "%s %.*s", comma + 2, (int)(comma - text), text);
	return date_parse(swapped, &at_s) ? at_s : 0;
}

/* "By Ada Example" names Ada. */
static const char *without_by(const char *name)
{
	return name && strncasecmp(name, "by ", 3) == 0 ? name + 3 : name;
}

static int read_link(
	struct arena *arena, const struct card *card, const char *base_url, struct entry *entry)
{
	if (!card->link)
		return 0;
	const char *url;
	int r = url_resolve(arena, base_url, dom_attr(card->link, "href"), &url);
	if (r < 0)
		return r;
	if (r == 0)
		entry->url = url;
	/* MediaWiki's feed of contributions names the same edit by "diff". */
	const char *old =
		r == 0 && dom_attr(card->node, "data-mw-revid") ? strstr(url, "&oldid=") : NULL;
	if (old) {
		size_t head = (size_t)(old - url);
		char *diff = arena_strdup(arena, url);
		if (!diff)
			return -ENOMEM;
		(void)snprintf(
			diff + head, strlen(url) - head + 1, "&diff=%s", old + strlen("&oldid="));
		entry->url = diff;
	}
	return 0;
}

static int read_body(
	struct arena *arena, struct card *card, const char *base_url, struct entry *entry)
{
	const struct html_select in_card = {.skip = is_no_text, .userdata = card};
	const struct html_select in_body = {.skip = is_frame, .userdata = card};
	int r = html_node_text(arena, card->dom, card->body ? card->body : card->node, base_url,
		card->body && !dom_attr(card->node, "data-mw-revid") ? &in_body
		: card->body                                         ? NULL
								     : &in_card,
		&entry->body);
	entry->whole = card->body && card->body_whole;
	entry->excerpt = card->body && !card->body_whole;
	return r < 0 ? r : 0;
}

static int read_card(struct card *card, const char *base_url, struct entries *entries)
{
	struct arena *arena = entries->arena;
	struct entry entry = {.node = card->node, .kind = KIND_POST};
	look_at_contribution(card);
	int r = read_link(arena, card, base_url, &entry);
	bool known = entries_find(entries, entry.url, card->node) != NULL;
	if (r != 0 || (!known && !entry.url && !card->heading && !card->body))
		return r;
	r = text_of(arena, card->dom, card->heading, &entry.title);
	if (r == 0)
		r = text_of(arena, card->dom, card->author, &entry.author);
	entry.author = without_by(entry.author);
	if (r == 0)
		entry.published_s = read_time(arena, card->dom, card->time, &r);
	if (r == 0)
		r = read_body(arena, card, base_url, &entry);
	bool says = entry.title || entry.body.len > 0;
	return r == 0 && says ? entries_add(entries, &entry) : r;
}

int article_read_entries(struct dom *dom, const char *base_url, struct entries *entries)
{
	struct dom_walk walk = dom_walk(dom, dom->root);
	int r = 0;
	while (r == 0 && dom_step(&walk)) {
		if (walk.leaving || !dom_is(walk.at, GUMBO_TAG_UNKNOWN))
			continue;
		if (hint_is_frame(walk.at) && !could_be_post(walk.at)) {
			dom_skip(&walk);
		} else if (could_be_post(walk.at) && !is_list(dom, walk.at)) {
			struct card card = look(dom, walk.at);
			r = read_card(&card, base_url, entries);
			dom_skip(&walk);
		}
	}
	return r;
}
