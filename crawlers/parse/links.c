#include "crawlers/parse/links.h"

#include "crawlers/net/url.h"
#include "daemon/base/limits.h"

#include <string.h>
#include <strings.h>

/* Media types of feeds; "application/json" is left out, for any interface is that. */
static const char *const feed_types[] = {
	"application/rss+xml",
	"application/atom+xml",
	"application/feed+json",
	"application/rdf+xml",
};

struct link_parts {
	const char *href;
	const char *rel;
	const char *type;
	const char *title;
};

static const char *feed_type(const char *type)
{
	if (!type)
		return NULL;
	type += strspn(type, " \t");
	size_t len = strcspn(type, " \t;"); /* a charset may follow */
	for (size_t i = 0; i < sizeof feed_types / sizeof feed_types[0]; i++) {
		if (strlen(feed_types[i]) == len && strncasecmp(type, feed_types[i], len) == 0)
			return feed_types[i];
	}
	return NULL;
}

/* Feeds of what others write under the person's posts. */
static bool is_of_comments(const struct link_parts *parts, const char *url)
{
	if (parts->title && strcasestr(parts->title, "comment"))
		return true;
	return strstr(url, "/comments/") != NULL;
}

/* The page as ActivityPub has it. */
static bool is_activity_type(const char *type)
{
	return type && (strncasecmp(type, "application/activity+json", 25) == 0 ||
			       (strncasecmp(type, "application/ld+json", 19) == 0 &&
				       strstr(type, "activitystreams")));
}

static int add_feed(
	struct arena *arena, struct links *links, const struct link_parts *parts, const char *url)
{
	const char *type = feed_type(parts->type);
	if (!type || links->n_feeds == LINKS_MAX || is_of_comments(parts, url))
		return 0;
	for (size_t i = 0; i < links->n_feeds; i++) {
		if (strcmp(links->feeds[i].url, url) == 0)
			return 0;
	}
	struct feed_link *feeds = arena_grow(arena, links->feeds, links->n_feeds, sizeof *feeds);
	if (!feeds)
		return -ENOMEM;
	links->feeds = feeds;
	feeds[links->n_feeds++] = (struct feed_link){url, parts->title, type};
	return 0;
}

static int add_me(struct arena *arena, struct links *links, const char *url)
{
	for (size_t i = 0; i < links->n_me; i++) {
		if (strcmp(links->me[i], url) == 0)
			return 0;
	}
	if (links->n_me == LINKS_MAX)
		return 0;
	const char **me = arena_grow(arena, links->me, links->n_me, sizeof *me);
	if (!me)
		return -ENOMEM;
	links->me = me;
	me[links->n_me++] = url;
	return 0;
}

static void set_once(const char **where, const char *url)
{
	if (!*where)
		*where = url;
}

static int add_link(
	struct arena *arena, struct links *links, const char *base, const struct link_parts *parts)
{
	const char *url;
	int r = 0;
	if (!parts->rel || !parts->href || !*parts->href)
		return 0;
	r = url_resolve(arena, base, parts->href, &url);
	if (r != 0)
		return r < 0 ? r : 0;
	if (dom_has_word(parts->rel, "canonical"))
		set_once(&links->canonical, url);
	if (dom_has_word(parts->rel, "next"))
		set_once(&links->next, url);
	if (dom_has_word(parts->rel, "author"))
		set_once(&links->author, url);
	if (dom_has_word(parts->rel, "me"))
		r = add_me(arena, links, url);
	bool alternate = dom_has_word(parts->rel, "alternate");
	if (alternate && is_activity_type(parts->type))
		set_once(&links->actor, url);
	if (r == 0 && alternate)
		r = add_feed(arena, links, parts, url);
	return r;
}

static int find_base(struct arena *arena, struct dom *dom, const char *url, const char **ret)
{
	const GumboNode *base = dom_find(dom, dom->root, GUMBO_TAG_BASE);
	const char *href = base ? dom_attr(base, "href") : NULL;
	*ret = url;
	int r = href ? url_resolve(arena, url, href, ret) : 0;
	return r < 0 ? r : 0;
}

int links_read(struct arena *arena, struct dom *dom, const char *url, struct links *ret)
{
	struct links links = {0};
	int r = find_base(arena, dom, url, &links.base_url);
	struct dom_walk walk = dom_walk(dom, dom->root);
	while (r == 0 && dom_step(&walk)) {
		const GumboNode *node = walk.at;
		if (walk.leaving || !dom_attr(node, "rel"))
			continue;
		const struct link_parts parts = {dom_attr(node, "href"), dom_attr(node, "rel"),
			dom_attr(node, "type"), dom_attr(node, "title")};
		r = add_link(arena, &links, links.base_url, &parts);
	}
	if (r == 0)
		*ret = links;
	return r;
}

/* ---- which feed is the page's ---- */

/* A page of one author among several: a feed of the whole site would hold others' posts. */
static bool is_of_one_author(const char *url)
{
	static const char *const parts[] = {"/author/", "/authors/", "/user/", "/users/",
		"/people/", "/profile/", "/profiles/", "/member/", "/members/", "/u/", "/~", "/@",
		"/User:", "/tag/", "/tags/", "/category/"};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (strstr(url, parts[i]))
			return true;
	}
	return false;
}

/* The feed lies in the page's own folder. */
static bool is_under(const char *url, const char *page_url)
{
	const char *slash = strrchr(page_url, '/');
	return slash && strncmp(url, page_url, (size_t)(slash - page_url) + 1) == 0;
}

/* Feeds of both kinds say the same; these say more of it. */
static int rank_feed(const struct feed_link *feed, const char *page_url)
{
	bool under = is_under(feed->url, page_url);
	if (!under && is_of_one_author(page_url))
		return 0;
	int rank = strstr(feed->type, "json") ? 3 : strstr(feed->type, "atom") ? 2 : 1;
	return under ? rank + 3 : rank;
}

const struct feed_link *links_best_feed(const struct links *links, const char *page_url)
{
	const struct feed_link *best = NULL;
	int best_rank = 0;
	for (size_t i = 0; i < links->n_feeds; i++) {
		int rank = rank_feed(&links->feeds[i], page_url);
		if (rank > best_rank) {
			best = &links->feeds[i];
			best_rank = rank;
		}
	}
	return best;
}

/* ---- Link headers ---- */

/* The value of one parameter at *@at, unquoted; *@at goes behind it. */
static char *read_parameter(struct arena *arena, const char **at)
{
	const char *from = *at;
	if (*from == '"') {
		const char *close = strchr(++from, '"');
		size_t len = close ? (size_t)(close - from) : strlen(from);
		*at = close ? close + 1 : from + len;
		return arena_copy(arena, from, len);
	}
	size_t len = strcspn(from, ";, \t");
	*at = from + len;
	return arena_copy(arena, from, len);
}

static int read_parameters(struct arena *arena, const char **at, struct link_parts *parts)
{
	for (;;) {
		*at += strspn(*at, " \t;");
		size_t len = strcspn(*at, "=;, \t");
		if (len == 0)
			return 0;
		const char *name = *at;
		*at += len;
		if (**at != '=')
			continue;
		(*at)++;
		char *value = read_parameter(arena, at);
		if (!value)
			return -ENOMEM;
		if (len == 3 && strncasecmp(name, "rel", len) == 0)
			parts->rel = value;
		else if (len == 4 && strncasecmp(name, "type", len) == 0)
			parts->type = value;
		else if (len == 5 && strncasecmp(name, "title", len) == 0)
			parts->title = value;
	}
}

int links_add_header(struct arena *arena, const char *header, const char *url, struct links *links)
{
	int r = 0;
	while (r == 0 && header && (header = strchr(header, '<'))) {
		struct link_parts parts = {0};
		const char *close = strchr(header, '>');
		if (!close)
			return 0;
		parts.href = arena_copy(arena, header + 1, (size_t)(close - header - 1));
		if (!parts.href)
			return -ENOMEM;
		header = close + 1;
		r = read_parameters(arena, &header, &parts);
		if (r == 0)
			r = add_link(arena, links, url, &parts);
	}
	return r;
}
