#include "crawlers/parse/readable.h"

#include "crawlers/parse/hints.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

/* A paragraph shorter than this says nothing of where the content is. */
#define PARAGRAPH_B 25
/* A page's text outside any element that claims to be its content must be this long. */
#define LOOSE_TEXT_B 140
/* Text looked at to tell what share of it is links. */
#define DENSITY_B 20000

/* Scores of elements in the order of the page, found by address through an open hash table. */
struct mark {
	const GumboNode *node;
	double score;
	size_t text; /* of paragraphs right in it */
	size_t commas;
};

struct marks {
	struct arena *arena;
	struct mark *items;
	size_t n;
	uint32_t *slots; /* index + 1 */
	size_t n_slots;  /* a power of two */
};

static uint32_t *slot_of(const struct marks *marks, const GumboNode *node)
{
	/* Fibonacci hashing: the golden ratio's fraction spreads what differs in few bits. */
	size_t i = (size_t)(((uintptr_t)node * 0x9e3779b97f4a7c15u) >> 20);
	for (;; i++) {
		uint32_t *slot = &marks->slots[i & (marks->n_slots - 1)];
		if (*slot == 0 || marks->items[*slot - 1].node == node)
			return slot;
	}
}

static int make_room(struct marks *marks)
{
	if (marks->n * 2 < marks->n_slots)
		return 0;
	size_t n_slots = marks->n_slots ? marks->n_slots * 2 : 256;
	uint32_t *slots = arena_array(marks->arena, n_slots, sizeof *slots);
	if (!slots)
		return -ENOMEM;
	marks->slots = slots;
	marks->n_slots = n_slots;
	for (size_t i = 0; i < marks->n; i++)
		*slot_of(marks, marks->items[i].node) = (uint32_t)i + 1;
	return 0;
}

/* The element's mark, a new one where it has none; valid until the next call. */
static int mark_of(struct marks *marks, const GumboNode *node, struct mark **ret)
{
	if (make_room(marks) != 0)
		return -ENOMEM;
	uint32_t *slot = slot_of(marks, node);
	if (*slot == 0) {
		struct mark *items =
			arena_grow(marks->arena, marks->items, marks->n, sizeof *items);
		if (!items)
			return -ENOMEM;
		marks->items = items;
		/* 25 for a telling name, as in Readability. */
		items[marks->n] =
			(struct mark){.node = node, .score = hint_is_content(node) ? 25 : 0};
		*slot = (uint32_t)++marks->n;
	}
	assert(marks->items); /* a slot that is taken has its item */
	*ret = &marks->items[*slot - 1];
	return 0;
}

/* ---- which element holds the content ---- */

static bool is_paragraph(const GumboNode *node)
{
	switch (node->v.element.tag) {
	case GUMBO_TAG_P:
	case GUMBO_TAG_PRE:
	case GUMBO_TAG_TD:
	case GUMBO_TAG_DIV:
	case GUMBO_TAG_SECTION:
	case GUMBO_TAG_ARTICLE:
	case GUMBO_TAG_BLOCKQUOTE:
	case GUMBO_TAG_LI:
	case GUMBO_TAG_BODY:
	case GUMBO_TAG_MAIN:
	case GUMBO_TAG_CENTER:
		return true;
	default:
		return false;
	}
}

/* The paragraph that the words of @text belong to; NULL: they are a link's. */
static const GumboNode *paragraph_of(struct dom *dom, const GumboNode *text)
{
	for (const GumboNode *node = dom_up(dom, text); node; node = dom_up(dom, node)) {
		if (!dom_is(node, GUMBO_TAG_UNKNOWN) || dom_is(node, GUMBO_TAG_A))
			return NULL;
		if (is_paragraph(node))
			return node;
	}
	return NULL;
}

static size_t count_commas(const char *text)
{
	/* Latin, Arabic, CJK and fullwidth. */
	static const char *const commas[] = {",", "\xd8\x8c", "\xe3\x80\x81", "\xef\xbc\x8c"};
	size_t count = 0;
	for (size_t i = 0; i < sizeof commas / sizeof commas[0]; i++) {
		for (const char *at = text; (at = strstr(at, commas[i])); at++)
			count++;
	}
	return count;
}

static int weigh_paragraphs(struct dom *dom, struct marks *paragraphs)
{
	struct dom_walk walk = dom_walk(dom, dom->root);
	int r = 0;
	while (r == 0 && dom_step(&walk)) {
		if (!walk.leaving && (html_is_hidden(walk.at) || hint_is_frame(walk.at))) {
			dom_skip(&walk);
			continue;
		}
		if (walk.at->type != GUMBO_NODE_TEXT)
			continue;
		const GumboNode *paragraph = paragraph_of(dom, walk.at);
		struct mark *mark;
		if (!paragraph)
			continue;
		r = mark_of(paragraphs, paragraph, &mark);
		if (r == 0) {
			mark->text += strlen(walk.at->v.text.text);
			mark->commas += count_commas(walk.at->v.text.text);
		}
	}
	return r;
}

/* A paragraph speaks for what holds it: wholly for its parent, less for those farther up. */
static int score_holders(struct dom *dom, const struct mark *paragraph, struct marks *holders)
{
	static const double shares[] = {1, 0.5, 1.0 / 6};
	double most = (double)paragraph->text / 100;
	double score = 1 + (double)paragraph->commas + (most < 3 ? most : 3);
	const GumboNode *node = paragraph->node;
	int r = 0;
	/* What holds text of its own beside paragraphs is a holder itself. */
	if (!dom_is(node, GUMBO_TAG_P) && !dom_is(node, GUMBO_TAG_PRE) && paragraph->text > 200) {
		struct mark *mark;
		r = mark_of(holders, node, &mark);
		if (r == 0)
			mark->score += score;
	}
	for (size_t i = 0; r == 0 && i < sizeof shares / sizeof shares[0]; i++) {
		struct mark *mark;
		node = dom_up(dom, node);
		if (!node || !dom_is(node, GUMBO_TAG_UNKNOWN) || dom_is(node, GUMBO_TAG_HTML))
			break;
		r = mark_of(holders, node, &mark);
		if (r == 0)
			mark->score += score * shares[i];
	}
	return r;
}

/* Text below @node that is no frame's, and how much of it is links'. */
static struct hint_size content_size(struct dom *dom, const GumboNode *node)
{
	struct hint_size size = {0};
	struct dom_walk walk = dom_walk(dom, node);
	const GumboNode *link = NULL;
	while (dom_step(&walk)) {
		if (walk.at->type == GUMBO_NODE_TEXT) {
			size_t len = strlen(walk.at->v.text.text);
			size.text += len;
			size.linked += link ? len : 0;
		} else if (walk.leaving) {
			link = link == walk.at ? NULL : link;
		} else if (html_is_hidden(walk.at) || hint_is_frame(walk.at)) {
			dom_skip(&walk);
		} else if (!link && dom_is(walk.at, GUMBO_TAG_A)) {
			link = walk.at;
		}
	}
	return size;
}

/* A text in parts (steps, chapters) is held by what holds the parts: go up as long as there is more
 * text, and not more links. */
static const GumboNode *go_up(struct dom *dom, const GumboNode *node)
{
	struct hint_size size = content_size(dom, node);
	const GumboNode *best = node;
	for (;;) {
		node = dom_up(dom, node);
		if (!node || !dom_is(node, GUMBO_TAG_UNKNOWN) || dom_is(node, GUMBO_TAG_HTML))
			return best;
		struct hint_size more = content_size(dom, node);
		if (more.linked * 5 > more.text)
			return best;
		if (more.text * 4 > size.text * 5) {
			best = node;
			size = more;
		}
	}
}

static double density(struct dom *dom, const GumboNode *node)
{
	struct hint_size size = hint_size(dom, node, DENSITY_B);
	return size.text ? (double)size.linked / (double)size.text : 0;
}

static int find_holder(struct dom *dom, const struct marks *paragraphs, struct marks *holders,
	const struct mark **ret)
{
	const struct mark *best = NULL;
	double best_score = 0;
	for (size_t i = 0; i < paragraphs->n; i++) {
		const struct mark *paragraph = &paragraphs->items[i];
		if (paragraph->text < PARAGRAPH_B)
			continue;
		int r = score_holders(dom, paragraph, holders);
		if (r != 0)
			return r;
	}
	for (size_t i = 0; i < holders->n; i++) {
		struct mark *mark = &holders->items[i];
		mark->score *= 1 - density(dom, mark->node);
		if (!best || mark->score > best_score) {
			best = mark;
			best_score = mark->score;
		}
	}
	*ret = best;
	return 0;
}

/* ---- its text ---- */

struct choice {
	struct dom *dom;
	const struct marks *holders;
	const GumboNode *parent; /* of the best holder; NULL: everything in the node read counts */
	double least;            /* score that lets a sibling of the best count too */
};

static double score_of(const struct marks *marks, const GumboNode *node)
{
	uint32_t slot = marks->n > 0 ? *slot_of(marks, node) : 0;
	return slot != 0 ? marks->items[slot - 1].score : 0;
}

/* Beside the best holder, its siblings count that are like it, or are paragraphs. */
static bool counts(const struct choice *choice, const GumboNode *node)
{
	if (score_of(choice->holders, node) >= choice->least)
		return true;
	if (!dom_is(node, GUMBO_TAG_P))
		return false;
	struct hint_size size = hint_size(choice->dom, node, DENSITY_B);
	return size.text > 80 && size.linked * 4 < size.text;
}

/* Boxes made of links are lists of other pages. */
static bool is_link_box(const struct choice *choice, const GumboNode *node)
{
	switch (node->v.element.tag) {
	case GUMBO_TAG_UL:
	case GUMBO_TAG_OL:
	case GUMBO_TAG_DL:
	case GUMBO_TAG_CENTER:
	case GUMBO_TAG_DIV:
	case GUMBO_TAG_SECTION:
	case GUMBO_TAG_TABLE: {
		struct hint_size size = hint_size(choice->dom, node, DENSITY_B);
		return size.text > 0 && size.linked * 2 > size.text;
	}
	default:
		return false;
	}
}

static bool is_left_out(const GumboNode *node, const void *userdata)
{
	const struct choice *choice = userdata;
	if (choice->parent && node->parent == choice->parent && !counts(choice, node))
		return true;
	return dom_is(node, GUMBO_TAG_H1) || hint_is_frame(node) ||
	       hint_is_meta(choice->dom, node) || is_link_box(choice, node);
}

static const GumboNode *named_content(struct dom *dom)
{
	struct dom_walk walk = dom_walk(dom, dom->root);
	while (dom_step(&walk)) {
		if (walk.leaving)
			continue;
		if (dom_is(walk.at, GUMBO_TAG_MAIN) || dom_is(walk.at, GUMBO_TAG_ARTICLE) ||
			dom_has_word(dom_attr(walk.at, "role"), "main"))
			return walk.at;
	}
	return NULL;
}

static int find_heading(struct arena *arena, struct dom *dom, struct readable *found)
{
	struct html_text text;
	const GumboNode *heading = dom_find(dom, dom->root, GUMBO_TAG_H1);
	if (!heading)
		return 0;
	int r = html_node_text(arena, dom, heading, NULL, NULL, &text);
	if (r == 0 && text.len > 0)
		found->heading = text.text;
	return r;
}

static int read_choice(struct arena *arena, struct dom *dom, const char *base_url,
	const struct marks *holders, const struct mark *best, struct readable *found)
{
	struct choice choice = {.dom = dom, .holders = holders};
	const GumboNode *named = named_content(dom);
	size_t least = 1;
	found->node = named;
	if (best && best->score > 0) {
		const GumboNode *parent = best->node->parent;
		const GumboNode *whole = go_up(dom, best->node);
		found->node = whole;
		if (whole == best->node && dom_is(parent, GUMBO_TAG_UNKNOWN) &&
			!dom_is(parent, GUMBO_TAG_HTML)) {
			choice.parent = found->node = parent;
			choice.least = best->score * 0.2 > 10 ? best->score * 0.2 : 10;
			if (choice.least > best->score)
				choice.least = best->score;
		}
	} else if (!named) {
		found->node = dom_find(dom, dom->root, GUMBO_TAG_BODY);
		least = LOOSE_TEXT_B;
	}
	if (!found->node)
		return READABLE_E_NONE;
	const struct html_select select = {.skip = is_left_out, .userdata = &choice};
	int r = html_node_text(arena, dom, found->node, base_url, &select, &found->text);
	if (r != 0)
		return r;
	return found->text.len >= least ? 0 : READABLE_E_NONE;
}

/* The element that says that it is the text of the one post here; NULL: none, or several do. */
static const GumboNode *only_body(struct dom *dom)
{
	struct dom_walk walk = dom_walk(dom, dom->root);
	const GumboNode *only = NULL;
	bool whole;
	while (dom_step(&walk)) {
		if (walk.leaving || !dom_is(walk.at, GUMBO_TAG_UNKNOWN) ||
			!hint_is_body(walk.at, &whole) || !whole)
			continue;
		if (only)
			return NULL;
		only = walk.at;
		dom_skip(&walk);
	}
	return only;
}

static bool is_frame(const GumboNode *node, const void *userdata)
{
	(void)userdata;
	return hint_is_frame(node);
}

static int read_body(
	struct arena *arena, struct dom *dom, const char *base_url, struct readable *found)
{
	static const struct html_select select = {.skip = is_frame};
	found->node = only_body(dom);
	int r = found->node
			? html_node_text(arena, dom, found->node, base_url, &select, &found->text)
			: READABLE_E_NONE;
	return r == 0 && found->text.len == 0 ? READABLE_E_NONE : r;
}

int readable_find(struct arena *arena, struct dom *dom, const char *base_url, struct readable *ret)
{
	struct readable found = {0};
	struct marks paragraphs = {.arena = arena};
	struct marks holders = {.arena = arena};
	const struct mark *best = NULL;
	int r = find_heading(arena, dom, &found);
	if (r == 0)
		r = read_body(arena, dom, base_url, &found);
	if (r <= 0) {
		if (r == 0)
			*ret = found;
		return r;
	}
	r = weigh_paragraphs(dom, &paragraphs);
	if (r == 0)
		r = find_holder(dom, &paragraphs, &holders, &best);
	if (r == 0)
		r = read_choice(arena, dom, base_url, &holders, best, &found);
	if (r == 0)
		*ret = found;
	return r > 0 ? READABLE_E_NONE : r;
}
