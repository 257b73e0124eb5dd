#include "crawlers/net/accept.h"

#include <assert.h>

/* GitHub's REST API answers as of a date: the one that its sources were written for. */
#define GITHUB_VERSION "X-GitHub-Api-Version: 2022-11-28"

static const struct accept_kind kinds[ACCEPT_COUNT] = {
	[ACCEPT_PAGE] = {.accept = "text/html, application/xhtml+xml, */*;q=0.5", .fragment = ""},
	[ACCEPT_FEED] = {.accept = "application/atom+xml, application/rss+xml, "
				   "application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
				   "*/*;q=0.5",
		.fragment = ""},
	[ACCEPT_JSON] = {.accept = "application/json, */*;q=0.5",
		.for_programs = true,
		.fragment = ""},
	/* ActivityPub §3.2, and what servers of older days know */
	[ACCEPT_ACTIVITY] = {.accept = "application/ld+json; "
				       "profile=\"https://www.w3.org/ns/activitystreams\", "
				       "application/activity+json",
		.for_programs = true,
		.fragment = "activity"},
	/* RFC 7033 §4.2; JSON by its old name is what some servers send */
	[ACCEPT_JRD] = {.accept = "application/jrd+json, application/json;q=0.9",
		.for_programs = true,
		.fragment = ""},
	[ACCEPT_GITHUB] = {.accept = "application/vnd.github+json",
		.more = GITHUB_VERSION,
		.for_programs = true,
		.fragment = ""},
	/* with the time of each star */
	[ACCEPT_GITHUB_STAR] = {.accept = "application/vnd.github.star+json",
		.more = GITHUB_VERSION,
		.for_programs = true,
		.fragment = ""},
};

const struct accept_kind *accept_kind(enum accept accept)
{
	assert(accept < ACCEPT_COUNT);
	return &kinds[accept];
}
