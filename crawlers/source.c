#include "crawlers/source.h"

#include "crawlers/parse/wall.h"
#include "crawlers/sources/sources.h"

#include <string.h>

#define SOURCE_LISTED(name) &source_##name,
const struct source *const sources[] = {SOURCES(SOURCE_LISTED)};
/* NOLINTNEXTLINE(bugprone-sizeof-expression): its elements are pointers */
const size_t n_sources = sizeof sources / sizeof *sources;

const struct source *source_find(const char *name)
{
	for (size_t i = 0; i < n_sources; i++) {
		if (strcmp(sources[i]->name, name) == 0)
			return sources[i];
	}
	return NULL;
}

const struct source *source_pick(const struct url *url, const char **ret_why)
{
	for (size_t i = 0; i < n_sources; i++) {
		if (sources[i]->claims && sources[i]->claims(url, ret_why))
			return sources[i];
	}
	*ret_why = "any web page";
	return sources[n_sources - 1];
}

/* A source may know better what a status means, or another way to go.  What the page itself shows it
 * does not know better. */
static int read_wall(
	const struct source *source, const struct page *page, bool shown, struct extract *extract)
{
	enum verdict verdict = extract->verdict;
	const char *why = extract->why;
	int r = source->walled ? source->walled(page, extract) : 0;
	if (shown && extract->verdict != verdict) {
		extract->verdict = verdict;
		extract->why = why;
	}
	return r;
}

static int read_page_of(
	const struct source *source, const struct page *page, struct extract *extract)
{
	int r = wall_detect(page, extract);
	if (r == 0)
		return source->read(page, extract);
	return r < 0 ? r : read_wall(source, page, r == WALL_E_SHOWN, extract);
}

/* The newest post is the last that was heard of its writer, where the site does not say. */
static void note_active(const struct page *page, struct extract *extract)
{
	int64_t newest_s = 0;
	for (size_t i = 0; i < extract->n_posts; i++) {
		int64_t at_s = extract->posts[i].published_s;
		if (at_s > newest_s && at_s <= page->fetched_s)
			newest_s = at_s;
	}
	if (extract->facts.last_active_s == 0)
		extract->facts.last_active_s = newest_s;
}

int source_read(const struct walls *walls, const struct page *page, struct extract *extract)
{
	int r = extract_init(extract);
	if (r < 0)
		return r;
	const struct source *source = source_find(page->source);
	if (!source) {
		extract->why = "No source of this name is known to this version of dirtwatch.";
		return 0;
	}
	extract->walls = walls;
	r = read_page_of(source, page, extract);
	note_active(page, extract);
	for (size_t i = 0; i < extract->n_posts; i++)
		extract->coverage.n_interactions += kind_is_interaction(extract->posts[i].kind);
	return r;
}
