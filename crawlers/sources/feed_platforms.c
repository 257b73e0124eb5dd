#include "crawlers/sources/feed.h"

#include "daemon/base/buf.h"
#include "daemon/base/limits.h"

#include <string.h>

/*
 * Profiles that are read as a feed: a pattern of the address, and where the feed is.  A "*" in host
 * or path is the name, one label or segment long, and stands for it in the feed; a "$" is the host.
 * What stands behind the name in the path does not matter.
 */
/* clang-format off */
static const struct {
	const char *host;
	const char *path;
	const char *feed;
} platforms[] = {
	{"medium.com",      "/@*",        "https://medium.com/feed/@*"},
	{"*.medium.com",    "/",          "https://$/feed"},
	{"*.substack.com",  "/",          "https://$/feed"},
	{"*.tumblr.com",    "/",          "https://$/rss"},
	{"*.blogspot.com",  "/",          "https://$/feeds/posts/default?max-results=150"},
	{"*.wordpress.com", "/",          "https://$/feed/"},
	{"youtube.com",     "/channel/*", "https://www.youtube.com/feeds/videos.xml?channel_id=*"},
	{"www.youtube.com", "/channel/*", "https://www.youtube.com/feeds/videos.xml?channel_id=*"},
	{"dev.to",          "/*",         "https://dev.to/feed/*"},
	{"letterboxd.com",  "/*",         "https://letterboxd.com/*/rss/"},
};
/* clang-format on */

struct name {
	const char *at;
	size_t len;
};

/* Match @text against @pattern, whose one "*" takes the bytes up to the next of @ends. */
static bool match(const char *pattern, const char *text, const char *ends, struct name *name)
{
	size_t fixed = strcspn(pattern, "*");
	if (strncmp(pattern, text, fixed) != 0)
		return false;
	if (pattern[fixed] == '\0')
		return text[fixed] == '\0';
	*name = (struct name){text + fixed, strcspn(text + fixed, ends)};
	const char *rest = pattern + fixed + 1;
	const char *behind = name->at + name->len;
	bool matches = *rest ? strcmp(behind, rest) == 0 : *behind == '\0' || *behind == '/';
	return name->len > 0 && matches;
}

/* Host names of the platform itself, which are nobody's. */
static bool is_service(const struct name *name)
{
	static const char *const services[] = {"www", "api", "help", "about", "blog", "support"};
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		if (strlen(services[i]) == name->len &&
			memcmp(services[i], name->at, name->len) == 0)
			return true;
	}
	return false;
}

static int expand(struct arena *arena, const char *feed, const struct url *url,
	const struct name *name, const char **ret)
{
	struct buf out = BUF_INIT(LIMIT_URL_B);
	int r = 0;
	for (; r == 0 && *feed; feed++) {
		if (*feed == '*')
			r = buf_add(&out, name->at, name->len);
		else if (*feed == '$')
			r = buf_adds(&out, url->host);
		else
			r = buf_addc(&out, *feed);
	}
	if (r == 0) {
		*ret = arena_strdup(arena, buf_str(&out));
		r = *ret ? 0 : -ENOMEM;
	}
	buf_release(&out);
	return r < 0 ? r : 0; /* longer than a URL may be: no platform has such a name */
}

int feed_of_platform(struct arena *arena, const struct url *url, const char **ret)
{
	*ret = NULL;
	for (size_t i = 0; i < sizeof platforms / sizeof *platforms; i++) {
		struct name name = {0}, ignored = {0};
		bool by_host = platforms[i].host[0] == '*';
		if (match(platforms[i].host, url->host, ".", by_host ? &name : &ignored) &&
			match(platforms[i].path, url->path, "/", by_host ? &ignored : &name) &&
			!(by_host && is_service(&name)))
			return expand(arena, platforms[i].feed, url, &name, ret);
	}
	return 0;
}
