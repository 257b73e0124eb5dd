#include "crawlers/sources/ghost.h"

#include "crawlers/sources/api.h"
#include "crawlers/sources/sources.h"

#include <string.h>

/*
 * Ghost: the pages of the site or of one author, which go back to the first post, and the feed beside
 * them, which has the newest fifteen whole.  Its API lies where its robots.txt lets no program go.
 */

/* /author/NAME/, with its slash; else the whole site. */
static int base_of(struct arena *arena, const struct url *url, const char **ret)
{
	struct api_name name;
	if (api_name(url->path, "/author/", API_PLAIN, &name))
		return api_format(arena, ret, "%s/author/%.*s/", url->origin, name.len, name.at);
	return api_format(arena, ret, "%s/", url->origin);
}

static bool ghost_claims(const struct url *url, const char **ret_why)
{
	*ret_why = "a site of Ghost's own hosting";
	return url_host_in(url->host, "ghost.io") && strcmp(url->host, "ghost.io") != 0 &&
	       strncmp(url->host, "www.", 4) != 0;
}

static int ghost_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	*ret = (struct follow){
		.source = source_ghost.name,
		.accept = ACCEPT_PAGE,
		.relation = FOLLOW_INSTEAD,
	};
	return base_of(arena, url, &ret->url);
}

int ghost_feed(struct arena *arena, const struct url *url, struct follow *ret)
{
	const char *base;
	*ret = (struct follow){
		.source = source_feed.name,
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_ALSO,
	};
	int r = base_of(arena, url, &base);
	return r < 0 ? r : api_format(arena, &ret->url, "%srss/", base);
}

/* A page links to the feed of the whole site only; each author has one, too. */
static int ghost_read(const struct page *page, struct extract *extract)
{
	struct url url;
	struct follow feed = {0};
	struct page plain = *page;
	plain.subject = SUBJECT_AS_NAMED;
	int r = source_page.read(&plain, extract);
	if (r == 0 && extract->verdict == VERDICT_PARSE_DRIFT && !extract->why)
		extract->why = "The page holds nothing that Ghost's pages do.";
	if (r < 0 || page->step != 0 || !verdict_proves(extract->verdict))
		return r;
	r = url_parse(extract->arena, page->final_url, &url);
	if (r == 0)
		r = ghost_feed(extract->arena, &url, &feed);
	return r == 0 ? extract_add_follow(extract, &feed) : r < 0 ? r : 0;
}

const struct source source_ghost = {
	.name = "ghost",
	.title = "Ghost",
	.claims = ghost_claims,
	.first = ghost_first,
	.read = ghost_read,
};
