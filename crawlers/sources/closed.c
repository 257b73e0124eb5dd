#include "crawlers/sources/sources.h"

#include <string.h>

/*
 * Sites that show a visitor nothing of a profile, or that refuse every program: they are not asked at
 * all, for the answer is known, and the person is told what to do instead.  Whoever wants to try
 * all the same writes "source: page" to the profile.
 */

#define INSTEAD "; ask it for your data, or save the page in a browser and scan the file"

static const struct site {
	const char *domain;
	const char *path; /* of profiles; NULL: all */
	enum verdict verdict;
	const char *why;
} sites[] = {
	{"x.com", NULL, VERDICT_LOGIN_WALL, "X shows profiles to members only" INSTEAD},
	{"twitter.com", NULL, VERDICT_LOGIN_WALL, "X shows profiles to members only" INSTEAD},
	{"instagram.com", NULL, VERDICT_LOGIN_WALL,
		"Instagram shows profiles to members only" INSTEAD},
	{"facebook.com", NULL, VERDICT_LOGIN_WALL,
		"Facebook shows profiles to members only" INSTEAD},
	{"fb.com", NULL, VERDICT_LOGIN_WALL, "Facebook shows profiles to members only" INSTEAD},
	{"threads.net", NULL, VERDICT_LOGIN_WALL, "Threads shows posts to browsers only" INSTEAD},
	{"threads.com", NULL, VERDICT_LOGIN_WALL, "Threads shows posts to browsers only" INSTEAD},
	{"tiktok.com", NULL, VERDICT_BLOCKED, "TikTok refuses programs" INSTEAD},
	{"quora.com", "/profile/", VERDICT_BLOCKED, "Quora refuses programs" INSTEAD},
	{"snapchat.com", NULL, VERDICT_LOGIN_WALL,
		"Snapchat shows profiles to members only" INSTEAD},
	{"discord.com", NULL, VERDICT_LOGIN_WALL,
		"Discord has no public profiles; ask it for your data"},
	{"discord.gg", NULL, VERDICT_LOGIN_WALL,
		"Discord has no public profiles; ask it for your data"},
	{"twitch.tv", NULL, VERDICT_AUTH_REQUIRED,
		"Twitch shows what is written there to registered programs only" INSTEAD},
};

static const struct site *site_of(const struct url *url)
{
	for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
		if (url_host_in(url->host, sites[i].domain) &&
			(!sites[i].path ||
				strncmp(url->path, sites[i].path, strlen(sites[i].path)) == 0))
			return &sites[i];
	}
	return NULL;
}

static bool closed_claims(const struct url *url, const char **ret_why)
{
	*ret_why = "a site that shows visitors nothing";
	return site_of(url) != NULL;
}

static enum verdict closed_known(const struct url *url, const char **ret_why)
{
	const struct site *site = site_of(url);
	*ret_why = site ? site->why : "the config says that the site shows visitors nothing";
	return site ? site->verdict : VERDICT_LOGIN_WALL;
}

/* Nobody asks; an answer that comes all the same is none. */
static int closed_read(const struct page *page, struct extract *extract)
{
	(void)page;
	extract->verdict = VERDICT_PARSE_DRIFT;
	extract->why = "This site is not read.";
	return 0;
}

const struct source source_closed = {
	.name = "closed",
	.title = "Sites that show visitors nothing",
	.claims = closed_claims,
	.known = closed_known,
	.read = closed_read,
};
