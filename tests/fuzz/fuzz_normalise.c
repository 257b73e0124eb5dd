/* Any post in all of its views: bounded, valid, and every byte of them leads back to a character. */
#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "patterns/mask.h"
#include "patterns/set.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* The most that NFKC makes of a character of three bytes: U+FDFA becomes 33. */
#define GROWTH 11

static void way_back(const struct view *view, const char *text, size_t len)
{
	for (size_t i = 0; i < view->len; i++) {
		struct span at = view_origin(view, (struct span){i, i + 1});
		MUST(at.start < at.end && at.end <= len);
		MUST(is_boundary(text, len, at.start) || !view->from);
		MUST(is_boundary(text, len, at.end) || !view->from);
		MUST(i == 0 || !view->from ||
			(view->from[i - 1] <= view->from[i] && view->to[i - 1] <= view->to[i]));
	}
}

static void holds(const struct view *view, const char *text, size_t len)
{
	static const char zeros[VIEW_PAD];
	MUST(view->len <= GROWTH * len);
	MUST(memcmp(view->text + view->len, zeros, VIEW_PAD) == 0);
	MUST(text_valid(view->text, view->len));
	way_back(view, text, len);
	size_t end = 0;
	for (size_t i = 0; i < view->n_changed; i++) {
		MUST(view->changed[i].start >= end &&
			view->changed[i].start <= view->changed[i].end);
		MUST(view->changed[i].end <= view->len);
		end = view->changed[i].end;
	}
}

static void addresses(const struct views *views, const char *text, size_t len)
{
	size_t count;
	size_t end = 0;
	const struct mask *masks = views_masks(views, &count);
	for (size_t i = 0; i < count; i++) {
		MUST(masks[i].at.start >= end && masks[i].at.start < masks[i].at.end);
		end = masks[i].at.end;
		MUST(end <= len && is_boundary(text, len, end) &&
			is_boundary(text, len, masks[i].at.start));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct views *views;
	struct input input = input_of(data, size);
	bool mask = input_byte(&input) & 1;
	size_t len;
	if (!views)
		MUST(views_new(&small_rules()->views, &views) == 0);
	char *text = input_text(&input, LIMIT_POST_TEXT_B, &len);
	MUST(views_take(views, text, len, mask) == 0);
	addresses(views, text, len);
	for (enum view_name name = 0; name < VIEW_COUNT; name++) {
		const struct view *view;
		MUST(views_get(views, name, &view) == 0);
		MUST(view || name == VIEW_UNDISGUISED || name == VIEW_UNDISGUISED_2);
		if (view)
			holds(view, text, len);
	}
	free(text);
	return 0;
}
