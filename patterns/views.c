#include "patterns/mask.h"
#include "patterns/normalise.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Longer handles are nobody's. */
#define HANDLE_B 256

struct views {
	const struct views_options *options;
	const char *text;
	size_t len;
	struct mask *masks;
	size_t n_masks;
	size_t masks_room;
	struct page_view pages[VIEW_COUNT];
};

int page_reserve(struct page_view *page, size_t len, bool map)
{
	if (page->room < len || !page->text) {
		char *text = realloc(page->text, len + VIEW_PAD);
		if (!text)
			return -ENOMEM;
		page->text = text;
		page->room = len;
		free(page->from); /* the way back is as long as the text */
		page->from = page->to = NULL;
	}
	if (map && !page->from) {
		page->from = calloc(2 * page->room + 2, sizeof *page->from);
		if (!page->from)
			return -ENOMEM;
		page->to = page->from + page->room + 1;
	}
	return 0;
}

void page_release(struct page_view *page)
{
	free(page->text);
	free(page->from);
	free(page->changed);
	*page = (struct page_view){.made = false};
}

int page_note(struct page_view *page, struct span span)
{
	if (page->view.n_changed == page->changed_room) {
		size_t room = page->changed_room ? page->changed_room * 2 : 16;
		struct span *changed = realloc(page->changed, room * sizeof *changed);
		if (!changed)
			return -ENOMEM;
		page->changed = changed;
		page->changed_room = room;
	}
	page->changed[page->view.n_changed++] = span;
	page->view.changed = page->changed;
	return 0;
}

struct span view_origin(const struct view *view, struct span span)
{
	if (!view->from)
		return span;
	return (struct span){view->from[span.start], view->to[span.end - 1]};
}

bool view_changed(const struct view *view, struct span span)
{
	size_t low = 0;
	size_t high = view->n_changed;
	while (low < high) { /* the first rewritten place that ends behind the start */
		size_t mid = low + (high - low) / 2;
		if (view->changed[mid].end <= span.start)
			low = mid + 1;
		else
			high = mid;
	}
	return low < view->n_changed && view->changed[low].start < span.end;
}

int views_new(const struct views_options *options, struct views **ret)
{
	struct views *views = calloc(1, sizeof *views);
	if (!views)
		return -ENOMEM;
	views->options = options;
	*ret = views;
	return 0;
}

struct views *views_free(struct views *views)
{
	if (!views)
		return NULL;
	for (size_t i = 0; i < VIEW_COUNT; i++)
		page_release(&views->pages[i]);
	free(views->masks);
	free(views);
	return NULL;
}

static int add_mask(struct views *views, const struct mask *mask)
{
	if (views->n_masks == views->masks_room) {
		size_t room = views->masks_room ? views->masks_room * 2 : 16;
		struct mask *masks = realloc(views->masks, room * sizeof *masks);
		if (!masks)
			return -ENOMEM;
		views->masks = masks;
		views->masks_room = room;
	}
	views->masks[views->n_masks++] = *mask;
	return 0;
}

/* The cheap test that most posts fail: no "@", and no "." or ":" inside a word. */
static bool may_have_address(const char *text, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		char c = text[i];
		if (c == '@' || ((c == '.' || c == ':') && (unsigned char)text[i + 1] > ' '))
			return true;
	}
	return false;
}

static int compare_handles(const void *name, const void *item)
{
	return strcasecmp(name, *(const char *const *)item);
}

/* A handle that rules ask for stands in the text as it was written. */
static bool stays_visible(const struct views *views, const struct mask *mask)
{
	const struct strings *known = &views->options->handles;
	size_t len = mask->at.end - mask->at.start - 1;
	char name[HANDLE_B];
	if (mask->kind != MASK_HANDLE || known->count == 0 || len >= sizeof name)
		return false;
	memcpy(name, views->text + mask->at.start + 1, len);
	name[len] = '\0';
	return bsearch(name, known->items, known->count, sizeof *known->items, compare_handles);
}

int views_take(struct views *views, const char *text, size_t len, bool addresses)
{
	views->text = text;
	views->len = len;
	views->n_masks = 0;
	for (size_t i = 0; i < VIEW_COUNT; i++)
		views->pages[i].made = views->pages[i].empty = false;
	if (!addresses || !may_have_address(text, len))
		return 0;
	struct mask mask;
	for (size_t at = 0; mask_next(text, len, at, &mask); at = mask.at.end) {
		int r = stays_visible(views, &mask) ? 0 : add_mask(views, &mask);
		if (r < 0)
			return r;
	}
	return 0;
}

static int make_text(struct views *views, enum view_name name)
{
	struct page_view *page = &views->pages[name];
	int r = normalise(
		page, views->text, views->len, views->masks, views->n_masks, name != VIEW_CASED);
	page->made = r == 0;
	return r;
}

static int make_undisguised(struct views *views)
{
	const struct view *plain = NULL;
	int r = views_get(views, VIEW_PLAIN, &plain);
	if (r < 0 || !plain)
		return r < 0 ? r : -EINVAL; /* there always is a plain view */
	struct page_view *first = &views->pages[VIEW_UNDISGUISED];
	struct page_view *second = &views->pages[VIEW_UNDISGUISED_2];
	r = undisguise(plain, &views->options->masked, first, second);
	first->made = second->made = r == 0;
	return r;
}

int views_get(struct views *views, enum view_name name, const struct view **ret)
{
	struct page_view *page = &views->pages[name];
	int r = 0;
	if (!page->made)
		r = name == VIEW_PLAIN || name == VIEW_CASED ? make_text(views, name)
							     : make_undisguised(views);
	if (r == 0)
		*ret = page->empty ? NULL : &page->view;
	return r;
}

const struct mask *views_masks(const struct views *views, size_t *ret_count)
{
	*ret_count = views->n_masks;
	return views->masks;
}
