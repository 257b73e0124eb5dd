/* Weak stand-ins for functions of other parts, so that a test links without what it does not need.
 */
#include "crawlers/source.h"
#include "patterns/score.h"

#include <string.h>

__attribute__((weak)) const struct source *source_find(const char *name)
{
	static const struct source page = {.name = "page"};
	return strcmp(name, "page") == 0 ? &page : NULL;
}

__attribute__((weak)) int source_read(
	const struct walls *walls, const struct page *page, struct extract *extract)
{
	(void)walls;
	(void)page;
	return extract_init(extract);
}

__attribute__((weak)) int score_post(struct scorer *scorer, const struct post *post, int64_t now_s,
	struct arena *arena, struct score *ret)
{
	(void)scorer;
	(void)post;
	(void)now_s;
	(void)arena;
	(void)ret;
	return 0;
}

/* A rule set that is nothing but a digest and a number of rules. */
struct ruleset {
	struct digest digest;
	size_t count;
};

__attribute__((weak)) size_t ruleset_count(const struct ruleset *ruleset)
{
	return ruleset->count;
}

__attribute__((weak)) const struct digest *ruleset_digest(const struct ruleset *ruleset)
{
	return &ruleset->digest;
}
