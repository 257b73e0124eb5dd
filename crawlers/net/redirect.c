#include "crawlers/net/redirect.h"

#include "crawlers/walls.h"

#include <string.h>

bool redirect_is_one(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

int redirect_target(struct arena *arena, const struct walls *walls, const struct url *from,
	const char *location, struct url *ret)
{
	const char *whole;
	struct url target;
	int r = url_resolve(arena, from->whole, location, &whole);
	if (r == 0)
		r = url_parse(arena, whole, &target);
	if (r != 0)
		return r < 0 ? r : REDIRECT_E_BAD;
	if (strcmp(from->scheme, "https") == 0 && strcmp(target.scheme, "http") == 0)
		return REDIRECT_E_OPEN;
	*ret = target;
	return walls_is_log_in(walls, target.path) ? REDIRECT_E_LOGIN : 0;
}
