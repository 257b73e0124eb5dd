#include "crawlers/sources/feed.h"

#include "crawlers/sources/sources.h"
#include "daemon/base/limits.h"

#include <string.h>

/* RSS, RDF, Atom and JSON Feed, and the platforms whose profiles are best read as one of them. */

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);
	return len >= n && strcmp(text + len - n, end) == 0;
}

/* Addresses that only feeds have. */
static bool looks_like_feed(const struct url *url)
{
	static const char *const paths[] = {".rss", ".atom", ".rdf", ".rss.xml", ".atom.xml",
		"/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json", "/index.rdf",
		"/feed", "/feed/", "/rss", "/rss/", "/atom", "/atom/", "/feed/atom/", "/feed/rdf/",
		"/feeds/posts/default"};
	static const char *const queries[] = {"feed=rss", "feed=atom", "feed=rdf", "format=rss",
		"format=atom", "alt=rss", "feedformat=atom", "feedformat=rss"};
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		if (ends_in(url->path, paths[i]))
			return true;
	}
	for (size_t i = 0; url->query && i < sizeof queries / sizeof *queries; i++) {
		if (strstr(url->query, queries[i]))
			return true;
	}
	return false;
}

static bool feed_claims(const struct url *url, const char **ret_why)
{
	struct arena *arena = arena_new((size_t)2 * LIMIT_URL_B);
	const char *feed = NULL;
	int r = arena ? feed_of_platform(arena, url, &feed) : -ENOMEM;
	bool platform = r == 0 && feed;
	arena_free(arena);
	*ret_why =
		platform ? "a platform that shows its profiles as feeds" : "the address of a feed";
	return platform || looks_like_feed(url);
}

static int feed_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	const char *feed;
	int r = feed_of_platform(arena, url, &feed);
	if (r < 0)
		return r;
	*ret = (struct follow){
		.url = feed ? feed : url->whole,
		.source = source_feed.name,
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* The first byte that says something: what servers put before it is no part of the feed. */
static char first_byte(const struct page *page)
{
	const unsigned char *at = page->body;
	const unsigned char *end = at + page->body_len;
	while (at < end &&
		(*at <= ' ' || *at >= 0x80)) /* white space, byte order marks, UTF-16's NULs */
		at++;
	return at < end ? (char)*at : '\0';
}

static int follow_next(const struct feed *feed, const struct page *page, struct extract *extract)
{
	struct url next = {0}, here = {0};
	int r = url_parse(extract->arena, feed->next, &next);
	if (r == 0)
		r = url_parse(extract->arena, page->final_url, &here);
	if (r < 0)
		return r;
	if (r != 0 || !url_same_origin(&next, &here) || strcmp(next.whole, here.whole) == 0) {
		extract->coverage.window = true;
		extract->coverage.lack =
			"The feed goes on at an address that is not its own; that part is "
			"not read.";
		return 0;
	}
	struct follow follow = {
		.url = next.whole,
		.source = source_feed.name,
		.step = page->step + 1,
		.accept = ACCEPT_FEED,
		.relation = extract_next_relation(extract),
	};
	return extract_add_follow(extract, &follow);
}

/* A feed shows its newest posts, unless it has pages and this is one of them, or it says that it is
 * complete: then all are shown when all pages were read. */
static int cover(const struct feed *feed, const struct page *page, struct extract *extract)
{
	struct coverage *coverage = &extract->coverage;
	coverage->total = page->step == 0 ? feed->total : -1;
	if (feed->next && !feed->cut)
		return follow_next(feed, page, extract);
	bool whole = feed->complete || page->step > 0 ||
		     (feed->total >= 0 && (size_t)feed->total <= feed->n_items);
	/* The newest of none are none. */
	coverage->window = !whole && extract->verdict != VERDICT_EMPTY;
	return 0;
}

/* What @feed proves.  An empty list is "empty" only in a feed that is one to its end. */
static void judge(const struct feed *feed, struct extract *extract)
{
	extract->why = feed->broken;
	if (!feed->kind || !feed->channel || (feed->broken && feed->n_items == 0)) {
		extract->verdict = VERDICT_PARSE_DRIFT;
		if (feed->is_page)
			extract->why = "There is a web page where a feed is expected.";
		else if (!extract->why)
			extract->why = "The answer is no feed that dirtwatch knows.";
		return;
	}
	if (feed->broken)
		extract->verdict = VERDICT_TRUNCATED;
	else if (feed->n_items > 0)
		extract->verdict = VERDICT_OK;
	else
		extract->verdict = VERDICT_EMPTY;
}

int feed_open(const struct page *page, struct extract *extract, struct feed *feed)
{
	char first = first_byte(page);
	int r = 0;
	*feed = FEED_INIT;
	if (first == '{')
		r = feed_json_read(extract->arena, page, feed);
	else if (memchr(page->body, '<', page->body_len))
		r = feed_xml_read(extract->arena, page, feed);
	if (r < 0)
		return r;
	judge(feed, extract);
	if (verdict_proves(extract->verdict)) {
		extract->coverage.cut |= feed->cut || feed->broken;
		extract->coverage.lack = feed->broken;
	}
	return 0;
}

static int feed_read(const struct page *page, struct extract *extract)
{
	struct feed feed;
	int r = feed_open(page, extract, &feed);
	if (r < 0 || !verdict_proves(extract->verdict))
		return r;
	r = feed_write(&feed, extract);
	return r == 0 ? cover(&feed, page, extract) : r;
}

/* That a feed is not found means less than that of a page. */
static int feed_walled(const struct page *page, struct extract *extract)
{
	if (extract->verdict == VERDICT_NOT_FOUND && page->subject &&
		strcmp(page->subject, FEED_OF_CLOSED) == 0) {
		extract->verdict = VERDICT_AUTH_REQUIRED;
		extract->why = "The server shows this account only to those who are logged in.";
	}
	return 0;
}

const struct source source_feed = {
	.name = "feed",
	.title = "Feed (RSS, Atom, JSON Feed)",
	.claims = feed_claims,
	.first = feed_first,
	.read = feed_read,
	.walled = feed_walled,
};
