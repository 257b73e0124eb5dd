#include "crawlers/source.h"
#include "daemon/base/limits.h"

#include <string.h>

int extract_init(struct extract *extract)
{
	*extract = (struct extract){
		.verdict = VERDICT_PARSE_DRIFT,
		.facts = FACTS_INIT,
		.coverage = {.total = -1},
	};
	extract->arena = arena_new(LIMIT_EXTRACT_B);
	return extract->arena ? 0 : -ENOMEM;
}

void extract_release(struct extract *extract)
{
	arena_free(extract->arena);
	*extract = (struct extract){};
}

int extract_add_post(struct extract *extract, struct post **ret)
{
	if (extract->n_posts >= LIMIT_POSTS) {
		extract->coverage.cut = true;
		*ret = NULL;
		return 0;
	}
	struct post *posts =
		arena_grow(extract->arena, extract->posts, extract->n_posts, sizeof *posts);
	if (!posts)
		return -ENOMEM;
	extract->posts = posts;
	*ret = &posts[extract->n_posts++];
	**ret = (struct post){.id = "", .text = ""};
	return 0;
}

enum relation extract_next_relation(const struct extract *extract)
{
	int64_t last_s = INT64_MAX;
	size_t n_dated = 0;
	for (size_t i = 0; i < extract->n_posts; i++) {
		const struct post *post = &extract->posts[i];
		if (post->pinned || !kind_is_listed(post->kind))
			continue;
		if (post->published_s == 0 || post->published_s > last_s)
			return FOLLOW_NEXT;
		last_s = post->published_s;
		n_dated++;
	}
	return n_dated >= 2 ? FOLLOW_OLDER : FOLLOW_NEXT;
}

int extract_add_follow(struct extract *extract, const struct follow *follow)
{
	if (extract->n_follows >= LIMIT_FOLLOWS) {
		if (relation_is_rest(follow->relation))
			extract->coverage.cut = true;
		return 0;
	}
	struct follow *follows =
		arena_grow(extract->arena, extract->follows, extract->n_follows, sizeof *follows);
	if (!follows)
		return -ENOMEM;
	extract->follows = follows;
	follows[extract->n_follows++] = *follow;
	return 0;
}

int extract_add_link(struct extract *extract, const char *base, const char *url)
{
	struct facts *facts = &extract->facts;
	const char *whole;
	if (facts->n_links >= LIMIT_POST_LINKS)
		return 0;
	int r = url_resolve(extract->arena, base, url, &whole);
	if (r < 0)
		return r;
	if (r == URL_E_BAD)
		return 0;
	for (size_t i = 0; i < facts->n_links; i++) {
		if (strcmp(facts->links[i], whole) == 0)
			return 0;
	}
	/* facts.links is const to its readers; the array itself is ours to fill. */
	const char **links =
		arena_grow(extract->arena, (void *)facts->links, facts->n_links, sizeof *links);
	if (!links)
		return -ENOMEM;
	links[facts->n_links++] = whole;
	facts->links = links;
	return 0;
}
