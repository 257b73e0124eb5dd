#include "crawlers/net/redirect.h"

#include <string.h>

/* A part of a path that is one of these, alone or with an ending (".php"), asks to log in.  From
 * the walls of LinkedIn (authwall, uas/login, checkpoint), Instagram and Facebook (accounts/login,
 * checkpoint), X, Mastodon (auth/sign_in), WordPress and Google. */
static const char *const logins[] = {
	"login",
	"log-in",
	"log_in",
	"signin",
	"sign-in",
	"sign_in",
	"signup",
	"sign-up",
	"sign_up",
	"authwall",
	"checkpoint",
	"wp-login",
	"servicelogin",
};

bool redirect_is_one(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static bool is_login_part(const char *part, size_t len)
{
	for (size_t i = 0; i < sizeof logins / sizeof *logins; i++) {
		size_t word = strlen(logins[i]);
		if (len >= word && strncasecmp(part, logins[i], word) == 0 &&
			(len == word || part[word] == '.'))
			return true;
	}
	return false;
}

static bool is_login(const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "/");
		if (is_login_part(path, len))
			return true;
		path += len;
		path += *path == '/';
	}
	return false;
}

int redirect_target(
	struct arena *arena, const struct url *from, const char *location, struct url *ret)
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
	return is_login(target.path) ? REDIRECT_E_LOGIN : 0;
}
