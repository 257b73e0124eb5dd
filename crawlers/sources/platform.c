#include "crawlers/sources/platform.h"

#include "crawlers/sources/ghost.h"
#include "crawlers/sources/sources.h"
#include "crawlers/sources/wordpress.h"

#include <string.h>
#include <strings.h>

/* What a <meta> of this name says, beginning so. */
static const struct meta {
	const char *name;
	const char *content;
	const char *path; /* the page's begins so */
	const struct source *source;
	const char *why;
} metas[] = {
	{"generator", "WordPress.com", "/", &source_wordpresscom,
		"the page says that it is a blog on WordPress.com"},
	{"generator", "blogger", "/", &source_blogger,
		"the page says that it is a blog on Blogger"},
	{"generator", "Discourse ", "/u/", &source_discourse,
		"the page says that it is a forum's, of Discourse"},
	{"generator", "Ghost ", "/author/", &source_ghost, "the page says that it is a Ghost's"},
	{"al:android:package", "com.tumblr", "/", &source_tumblr,
		"the page says that it is a blog on Tumblr"},
	{"al:android:package", "com.medium.reader", "/", &source_medium,
		"the page says that it is on Medium"},
};

/* What a <link> of this relation leads to. */
static const struct head_link {
	const char *rel; /* NULL: any */
	const char *domain;
	const struct source *source;
	const char *why;
} head_links[] = {
	{"micropub", "micro.blog", &source_microblog,
		"the page says that it is a blog on Micro.blog"},
	{"authorization_endpoint", "micro.blog", &source_microblog,
		"the page says that it is a blog on Micro.blog"},
	{NULL, "substackcdn.com", &source_substack, "the page says that it is on Substack"},
};

struct look {
	struct arena *arena;
	const struct url *url;
	const struct source *source; /* NULL: none was seen yet */
	const char *why;
	const char *api;    /* of a WordPress, absolute; NULL: none */
	const char *author; /* as that API names them; NULL: nobody */
};

static void look_at_meta(struct look *look, const GumboNode *node)
{
	const char *content = dom_attr(node, "content");
	const char *name = dom_attr(node, "name");
	name = name ? name : dom_attr(node, "property");
	for (size_t i = 0; name && content && i < sizeof metas / sizeof *metas; i++) {
		const struct meta *meta = &metas[i];
		if (look->source || strcasecmp(name, meta->name) != 0 ||
			strncasecmp(content, meta->content, strlen(meta->content)) != 0 ||
			strncmp(look->url->path, meta->path, strlen(meta->path)) != 0)
			continue;
		look->source = meta->source;
		look->why = meta->why;
	}
}

static void look_at_domain(struct look *look, const char *rel, const struct url *there)
{
	for (size_t i = 0; i < sizeof head_links / sizeof *head_links; i++) {
		const struct head_link *link = &head_links[i];
		if (look->source || !url_host_in(there->host, link->domain) ||
			(link->rel && !dom_has_word(rel, link->rel)))
			continue;
		look->source = link->source;
		look->why = link->why;
	}
}

static int look_at_link(struct look *look, const GumboNode *node)
{
	const char *rel = dom_attr(node, "rel"), *href = dom_attr(node, "href");
	const char *type = dom_attr(node, "type"), *whole;
	struct url there;
	if (!rel || !href)
		return 0;
	int r = url_resolve(look->arena, look->url->whole, href, &whole);
	if (r == 0)
		r = url_parse(look->arena, whole, &there);
	if (r != 0)
		return r < 0 ? r : 0;
	if (dom_has_word(rel, "https://api.w.org/") && !look->api)
		look->api = whole;
	if (dom_has_word(rel, "alternate") && type && strcasecmp(type, "application/json") == 0 &&
		strstr(whole, "wp/v2/users/"))
		look->author = whole;
	look_at_domain(look, rel, &there);
	return 0;
}

/* What the platform's source asks a profile of its own for.  Ghost's is this page itself. */
static int ask_source(const struct look *look, struct platform *ret)
{
	ret->why = look->why;
	if (look->source == &source_ghost)
		return ghost_feed(look->arena, look->url, &ret->follow);
	return look->source->first(look->arena, look->url, &ret->follow);
}

int platform_find(struct arena *arena, struct dom *dom, const struct url *url, struct platform *ret)
{
	struct look look = {.arena = arena, .url = url};
	struct dom_walk walk = dom_walk(dom, dom->root);
	int r = 0;
	*ret = (struct platform){0};
	while (r == 0 && dom_step(&walk)) {
		if (walk.leaving)
			continue;
		if (dom_is(walk.at, GUMBO_TAG_META))
			look_at_meta(&look, walk.at);
		else if (dom_is(walk.at, GUMBO_TAG_LINK))
			r = look_at_link(&look, walk.at);
		else if (dom_is(walk.at, GUMBO_TAG_BODY))
			dom_skip(&walk);
	}
	if (r < 0)
		return r;
	if (look.source)
		return ask_source(&look, ret);
	if (!look.api)
		return 0;
	ret->why = "the page names the API of a WordPress";
	return wordpress_of_page(arena, look.api, look.author, url->whole, &ret->follow);
}
