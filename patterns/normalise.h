#ifndef DIRTWATCH_PATTERNS_NORMALISE_H
#define DIRTWATCH_PATTERNS_NORMALISE_H

#include "patterns/view.h"

/*
 * The parts that views.c puts together.  A page is a view that is being written: text and, where it
 * is not the post's own bytes one by one, the way back.
 */
struct page_view {
	struct view view;
	char *text;
	uint32_t *from;
	uint32_t *to;
	size_t room; /* bytes of text that fit, without VIEW_PAD */
	struct span *changed;
	size_t changed_room;
	bool made;  /* for the post in hand */
	bool empty; /* made, and no different from the plain view */
};

/** Make room for @len bytes of text.  0 or -ENOMEM. */
MUST_CHECK int page_reserve(struct page_view *page, size_t len, bool map);
void page_release(struct page_view *page);

/** Append @len bytes that were read from @origin of the post; the room is there.  Inline: called
 * for every character. */
static inline void page_add(
	struct page_view *page, const char *bytes, size_t len, struct span origin)
{
	for (size_t i = 0; i < len; i++) {
		page->text[page->view.len] = bytes[i];
		page->from[page->view.len] = (uint32_t)origin.start;
		page->to[page->view.len++] = (uint32_t)origin.end;
	}
}

/** Note that @span of the text was rewritten.  0 or -ENOMEM. */
MUST_CHECK int page_note(struct page_view *page, struct span span);

/** Fill @page with the normalised text (view.h: plain when @fold, else cased), @masks blanked.
 *  0 or -ENOMEM. */
MUST_CHECK int normalise(struct page_view *page, const char *text, size_t len,
	const struct mask *masks, size_t n_masks, bool fold);

/** Fill @first and @second from the plain view; either may come out empty.  0 or -ENOMEM. */
MUST_CHECK int undisguise(const struct view *plain, const struct strings *masked,
	struct page_view *first, struct page_view *second);

#endif
