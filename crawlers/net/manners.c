#include "crawlers/net/manners.h"

#include "crawlers/net/url.h"

#include <stddef.h>
#include <string.h>

#define S     1000
#define MIN   60
#define HOUR  (60 * MIN)
#define DAY   (24 * HOUR)
#define MONTH (30 * DAY)

/* One row a host, which stands for all below it, too; the particular before the general.  Where two
 * rows could be argued for, the politer one stands.  Hosts that are not here get the usual second:
 * Mastodon (300 requests in 5 minutes), the Bluesky AppView and a PDS (3000 in 5 minutes), Substack and
 * Forem (about one a second) allow that, and say in their answers when it is too much. */
static const struct row {
	const char *host;
	struct manners anybody;
	struct manners with_token;
	const char *from; /* where the numbers come from */
} rows[] = {
	{"oauth.reddit.com", {S, 100, MIN}, {S, 100, MIN},
		"Reddit's API rules: 100 queries a minute and OAuth client"},
	{"reddit.com", {65 * S, 0, 0}, {65 * S, 0, 0},
		"feeds: about one request a minute and address since June 2026, 429 beyond, as "
		"several feed readers report"},
	{"api.github.com", {6 * S, 60, HOUR}, {2 * S, 5000, HOUR},
		"docs.github.com/rest: 60 requests an hour, 5000 with a token; searches 10 a "
		"minute, 30 with a token"},
	{"api.stackexchange.com", {S, 300, DAY}, {S, 10000, DAY},
		"api.stackexchange.com/docs/throttle: 300 requests a day and address, 10,000 with "
		"a key"},
	{"www.googleapis.com", {S, 10000, DAY}, {S, 10000, DAY},
		"developers.google.com/youtube/v3: 10,000 units a day, of which each list takes "
		"one"},
	{"hn.algolia.com", {S, 10000, HOUR}, {S, 10000, HOUR},
		"hn.algolia.com/api: 10,000 requests an hour and address"},
	{"news.ycombinator.com", {30 * S, 0, 0}, {30 * S, 0, 0},
		"Crawl-delay: 30 in its robots.txt"},
	{"letterboxd.com", {60 * S, 2, DAY}, {60 * S, 2, DAY},
		"its terms forbid bots since 2026: no more of its feed than a reader would take"},
	{"linkedin.com", {60 * S, 2, MONTH}, {60 * S, 2, MONTH},
		"robots.txt forbids unknown bots: where a person asks all the same, hardly ever"},
};

static const struct manners usual;

const struct manners *manners_for(const char *origin, bool with_token)
{
	const char *start = strstr(origin, "://");
	const char *host = start ? start + strlen("://") : origin;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (url_host_in(host, rows[i].host))
			return with_token ? &rows[i].with_token : &rows[i].anybody;
	}
	return &usual;
}
