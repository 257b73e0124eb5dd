#include "crawlers/sources/api.h"
#include "crawlers/sources/feed.h"

#include <string.h>

/*
 * Profiles of which a feed shows all that a visitor can have: where the profile is, and where its
 * feed.  The name stands at the end of @path, made of @chars, and for "*" in the feed.  What follows
 * the name in the path does not matter.  Platforms of which there is more to say have a source of
 * their own.
 */
#define NSID API_DIGITS "@N"
/* clang-format off */
static const struct platform {
	const char *domain;
	const char *path;
	const char *chars;
	const char *feed;
} platforms[] = {
	{"letterboxd.com", "/",           API_PLAIN,     "https://letterboxd.com/*/rss/"},
	{"pinterest.com",  "/",           API_PLAIN,     "https://www.pinterest.com/*/feed.rss"},
	{"flickr.com",     "/photos/",    NSID,          "https://www.flickr.com/services/feeds/photos_public.gne?id=*&format=rss_200"},
	{"flickr.com",     "/people/",    NSID,          "https://www.flickr.com/services/feeds/photos_public.gne?id=*&format=rss_200"},
	{"goodreads.com",  "/user/show/", API_DIGITS,    "https://www.goodreads.com/review/list_rss/*?shelf=read"},
	{"vimeo.com",      "/",           API_PLAIN,     "https://vimeo.com/*/videos/rss"},
	{"codeberg.org",   "/",           API_PLAIN_DOT, "https://codeberg.org/*.rss"},
};
/* clang-format on */

/* Paths of the platforms themselves, which are nobody's. */
static bool is_service(const char *name, size_t len)
{
	static const char *const services[] = {"about", "admin", "api", "blog", "business",
		"categories", "channels", "contact", "explore", "film", "films", "help", "ideas",
		"journal", "journals", "legal", "list", "lists", "login", "members", "ondemand",
		"org", "pin", "privacy", "search", "settings", "show", "terms", "today", "user",
		"users", "watch"};
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		if (strlen(services[i]) == len && strncmp(services[i], name, len) == 0)
			return true;
	}
	return false;
}

/* "12345-ada": what readers may read stands behind the number. */
static bool matches(const struct platform *platform, const struct url *url, struct api_name *name)
{
	size_t len = strlen(platform->path);
	if (!url_host_in(url->host, platform->domain) ||
		strncmp(url->path, platform->path, len) != 0)
		return false;
	const char *at = url->path + len;
	size_t n = strspn(at, platform->chars);
	*name = (struct api_name){.at = at, .len = (int)n, .rest = at + n};
	return n > 0 && n < 100 && strchr("/-", at[n]) && !is_service(at, n);
}

int feed_of_platform(struct arena *arena, const struct url *url, const char **ret)
{
	*ret = NULL;
	for (size_t i = 0; i < sizeof platforms / sizeof *platforms; i++) {
		struct api_name name;
		const char *feed = platforms[i].feed;
		if (matches(&platforms[i], url, &name))
			return api_format(arena, ret, "%.*s%.*s%s", (int)strcspn(feed, "*"), feed,
				name.len, name.at, strchr(feed, '*') + 1);
	}
	return 0;
}
