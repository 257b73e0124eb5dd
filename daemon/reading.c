#include "daemon/reader.h"

/* As of when it was fetched, not as of now: a page that waited is scored like one that did not. */
static int score_all(struct scorer *scorer, int64_t now_s, struct reading *reading)
{
	struct extract *extract = &reading->extract;
	reading->scores = arena_array(extract->arena, extract->n_posts, sizeof *reading->scores);
	if (!reading->scores)
		return -ENOMEM;
	int r = 0;
	for (size_t i = 0; r == 0 && i < extract->n_posts; i++)
		r = score_post(
			scorer, &extract->posts[i], now_s, extract->arena, &reading->scores[i]);
	return r;
}

int reading_make(struct scorer *scorer, const struct walls *walls, const struct page *page,
	struct reading *ret)
{
	*ret = (struct reading){0};
	int r = source_read(walls, page, &ret->extract);
	return r == 0 ? score_all(scorer, page->fetched_s, ret) : r;
}

void reading_release(struct reading *reading)
{
	extract_release(&reading->extract);
	*reading = (struct reading){0};
}
