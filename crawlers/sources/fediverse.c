#include "crawlers/sources/fediverse.h"

#include "crawlers/sources/api.h"
#include "crawlers/sources/sources.h"

#include <string.h>

static const char *behind_prefix(const char *path)
{
	static const char *const prefixes[] = {"/web/@", "/@", "/users/"};
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		if (strncmp(path, prefixes[i], strlen(prefixes[i])) == 0)
			return path + strlen(prefixes[i]);
	}
	return NULL;
}

bool fediverse_name(const struct url *url, struct fediverse_name *ret)
{
	*ret = (struct fediverse_name){.at = ""};
	const char *at = behind_prefix(url->path);
	size_t len = at ? strspn(at, API_PLAIN_DOT) : 0;
	if (len == 0 || len > API_NAME_MAX_B)
		return false;
	const char *rest = at + len;
	const char *host = *rest == '@' ? rest + 1 : NULL;
	size_t host_len = host ? strspn(host, API_PLAIN_DOT ":") : 0;
	if (host && (host_len == 0 || host_len > API_NAME_MAX_B))
		return false;
	rest = host ? host + host_len : rest;
	if (strcmp(rest, "") != 0 && strcmp(rest, "/") != 0)
		return false;
	*ret = (struct fediverse_name){at, (int)len, host, (int)host_len};
	return true;
}

int fediverse_origin(struct arena *arena, const struct url *url, const struct fediverse_name *name,
	const char **ret)
{
	*ret = url->origin;
	return name->host ? api_format(arena, ret, "https://%.*s", name->host_len, name->host) : 0;
}

int fediverse_lead(struct extract *extract, const struct source *source, const char *profile,
	const char *subject)
{
	struct url url;
	struct follow follow = {0};
	int r = url_parse(extract->arena, profile, &url);
	if (r == 0)
		r = source->first(extract->arena, &url, &follow);
	if (r != 0)
		return r < 0 ? r : 0; /* a name that makes no URL leads nowhere */
	follow.relation = FOLLOW_INSTEAD;
	follow.subject = subject ? subject : follow.subject;
	return api_follow(extract, &follow, "%s", follow.url);
}

int fediverse_ask_software(struct extract *extract, const char *origin, const char *way,
	const char *name, int len, const char *actor)
{
	struct follow like = {
		.source = source_nodeinfo.name,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	int r = api_format(extract->arena, &like.subject, "%s %.*s %s", way, len, name, actor);
	return r < 0 ? r : api_follow(extract, &like, "%s/.well-known/nodeinfo", origin);
}
