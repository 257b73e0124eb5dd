#include "crawlers/sources/api.h"
#include "crawlers/sources/sources.h"

#include <string.h>

/*
 * LinkedIn: what the public page of a member says of them to search engines (JSON-LD): name, headline,
 * jobs, schools, and the headlines of articles.  Posts and comments are for members: a profile here
 * is never seen whole.  Programs are mostly refused, and its robots.txt denies them.
 */

/* Any letter may stand in a name, percent-encoded. */
#define SLUG_CHARS API_PLAIN "%"

static bool slug_of(const struct url *url, struct api_name *ret)
{
	return api_name(url->path, "/in/", SLUG_CHARS, ret);
}

static bool linkedin_claims(const struct url *url, const char **ret_why)
{
	struct api_name slug;
	*ret_why = "a member of LinkedIn";
	return url_host_in(url->host, "linkedin.com") && slug_of(url, &slug);
}

static int linkedin_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name slug = {.at = ""};
	(void)slug_of(url, &slug); /* named in the config: the answer will tell */
	*ret = (struct follow){
		.source = source_linkedin.name,
		.accept = ACCEPT_PAGE,
		.relation = FOLLOW_INSTEAD,
	};
	return api_format(arena, &ret->url, "https://www.linkedin.com/in/%.*s", slug.len, slug.at);
}

/* Articles stay, and what the profile says; what others wrote on the page was left out already. */
static int linkedin_read(const struct page *page, struct extract *extract)
{
	struct page profile = *page;
	profile.step = 0;
	profile.subject = SUBJECT_AS_NAMED;
	int r = source_page.read(&profile, extract);
	extract->n_follows = 0;
	if (r < 0 || !verdict_proves(extract->verdict)) {
		extract->why =
			extract->why ? extract->why : "The page is no profile of LinkedIn's.";
		return r;
	}
	if (extract->facts.n_jobs == 0 && extract->facts.n_schools == 0 &&
		!extract->facts.headline) {
		extract->n_posts = 0;
		extract->facts = FACTS_INIT;
		extract->verdict = VERDICT_LOGIN_WALL;
		extract->why = "LinkedIn shows this profile to members only; ask it for your data.";
		return 0;
	}
	extract->verdict = VERDICT_TRUNCATED;
	extract->coverage.window = true;
	extract->coverage.lack = "LinkedIn shows visitors no posts or comments, and of articles "
				 "only headlines; ask it for your data.";
	return 0;
}

static int linkedin_walled(const struct page *page, struct extract *extract)
{
	(void)page;
	if (extract->verdict == VERDICT_BLOCKED)
		extract->why = "LinkedIn refuses programs; ask it for your data.";
	else if (extract->verdict == VERDICT_LOGIN_WALL)
		extract->why = "LinkedIn shows this profile to members only; ask it for your data.";
	return 0;
}

const struct source source_linkedin = {
	.name = "linkedin",
	.title = "LinkedIn",
	.claims = linkedin_claims,
	.first = linkedin_first,
	.read = linkedin_read,
	.walled = linkedin_walled,
};
