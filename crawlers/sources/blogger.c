#include "crawlers/sources/api.h"
#include "crawlers/sources/feed.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>

/*
 * Blogger, by the feeds that it has of every blog (developers.google.com/blogger/docs/2.0): all
 * posts, page by page, and of the comments those of the blog's owner.  The feed names its next page
 * on another host, so pages are counted here.
 */
enum step { STEP_POSTS, STEP_COMMENTS };

/* Blogger gives 150 with their texts, however many are asked for. */
#define ROWS_A_PAGE 150

/* Blogs have a host under blogspot.com, or blogspot.de, blogspot.co.uk … */
static bool blogger_claims(const struct url *url, const char **ret_why)
{
	const char *domain = strstr(url->host, ".blogspot.");
	*ret_why = "a blog on Blogger";
	return domain && domain > url->host && strncmp(url->host, "www.", 4) != 0 &&
	       strlen(domain) <= sizeof ".blogspot.com.xx" - 1;
}

static int ask(
	struct arena *arena, const char *origin, enum step step, long start, struct follow *ret)
{
	*ret = (struct follow){
		.source = source_blogger.name,
		.step = step,
		.accept = ACCEPT_FEED,
		.relation = start > 1 ? FOLLOW_OLDER : FOLLOW_INSTEAD,
	};
	int r = api_format(arena, &ret->subject, "%ld", start);
	if (r < 0)
		return r;
	return api_format(arena, &ret->url, "%s/feeds/%s/default?max-results=%d&start-index=%ld",
		origin, step == STEP_COMMENTS ? "comments" : "posts", ROWS_A_PAGE, start);
}

static int blogger_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	return ask(arena, url->origin, STEP_POSTS, 1, ret);
}

/* ---- comments ---- */

static int follow_comments(const struct feed *feed, const char *origin, struct extract *extract)
{
	struct follow comments;
	int r = ask(extract->arena, origin, STEP_COMMENTS, 1, &comments);
	comments.relation = FOLLOW_ALSO;
	comments.subject = feed->author;
	return r < 0 ? r : extract_add_follow(extract, &comments);
}

/* Everybody's comments are there: those that bear the owner's name are taken for the owner's. */
static int read_comments(struct feed *feed, const struct page *page, struct extract *extract)
{
	size_t n = 0;
	for (size_t i = 0; i < feed->n_items; i++) {
		const char *author = feed->items[i].author;
		if (!author || !page->subject || strcmp(author, page->subject) != 0)
			continue;
		feed->items[n] = feed->items[i];
		feed->items[n].title = (struct feed_text){0}; /* the comment's first words */
		feed->items[n++].reply = true;
	}
	size_t n_rows = feed->n_items;
	feed->n_items = n;
	feed->title = feed->about = (struct feed_text){0};
	extract->verdict = n_rows > 0 ? VERDICT_OK : VERDICT_EMPTY;
	if (feed->total > (int64_t)n_rows)
		extract->coverage.lack = "Of the comments only the newest were looked through.";
	return feed_write(feed, extract);
}

/* ---- posts ---- */

static int read_posts(const struct feed *feed, const struct page *page, struct extract *extract)
{
	struct follow next;
	const char *origin = "";
	long start = page->subject ? strtol(page->subject, NULL, 10) : 1; /* our own */
	extract->coverage.total = start == 1 ? feed->total : -1;
	int r = feed_write(feed, extract);
	if (r == 0)
		r = api_origin(extract->arena, page, &origin);
	if (r == 0 && start == 1 && feed->author)
		r = follow_comments(feed, origin, extract);
	if (r < 0 || feed->n_items == 0 || !feed->next)
		return r;
	r = ask(extract->arena, origin, STEP_POSTS, start + (long)feed->n_items, &next);
	return r < 0 ? r : extract_add_follow(extract, &next);
}

static int blogger_read(const struct page *page, struct extract *extract)
{
	struct feed feed;
	int r = feed_open(page, extract, &feed);
	if (r < 0 || !verdict_proves(extract->verdict))
		return r;
	return page->step == STEP_COMMENTS ? read_comments(&feed, page, extract)
					   : read_posts(&feed, page, extract);
}

/* A blog that is open to readers of its choice only leads to a page of Blogger's that says so. */
static int blogger_walled(const struct page *page, struct extract *extract)
{
	if (page->status == 401 || page->status == 403) {
		extract->verdict = VERDICT_PRIVATE;
		extract->why = "The blog is open to readers whom its owner invited only.";
	}
	return 0;
}

const struct source source_blogger = {
	.name = "blogger",
	.title = "Blogger",
	.claims = blogger_claims,
	.first = blogger_first,
	.read = blogger_read,
	.walled = blogger_walled,
};
