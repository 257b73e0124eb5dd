#include "crawlers/sources/api.h"
#include "crawlers/sources/feed.h"
#include "crawlers/sources/sources.h"

#include <string.h>

/*
 * Micro.blog, by its JSON Feeds (help.micro.blog/t/json-api): the account's posts and replies as
 * Micro.blog shows them, and the blog that it hosts for the account.
 */
enum step { STEP_TIMELINE, STEP_BLOG };

#define SITE "https://micro.blog"

static bool is_service(const struct api_name *name)
{
	static const char *const services[] = {"about", "account", "books", "discover", "help",
		"hybrid", "new", "posts", "signin", "register", "www", "api", "cdn"};
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		if (strlen(services[i]) == (size_t)name->len &&
			strncmp(services[i], name->at, (size_t)name->len) == 0)
			return true;
	}
	return false;
}

/* micro.blog/NAME, NAME.micro.blog */
static bool name_of(const struct url *url, struct api_name *ret)
{
	if (strcmp(url->host, "micro.blog") == 0 || strcmp(url->host, "www.micro.blog") == 0)
		return api_name(url->path, "/", API_PLAIN, ret) && !is_service(ret);
	*ret = (struct api_name){url->host, (int)strcspn(url->host, "."), ""};
	return url_host_in(url->host, "micro.blog") && !is_service(ret);
}

static bool microblog_claims(const struct url *url, const char **ret_why)
{
	struct api_name name;
	*ret_why = "an account on Micro.blog";
	return name_of(url, &name);
}

static int microblog_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name = {0};
	*ret = (struct follow){
		.source = source_microblog.name,
		.step = STEP_TIMELINE,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	if (!name_of(url, &name)) { /* a blog under a domain of its own */
		ret->step = STEP_BLOG;
		return api_format(arena, &ret->url, "%s/feed.json", url->origin);
	}
	int r = api_format(arena, &ret->subject, "%.*s", name.len, name.at);
	return r < 0 ? r : api_format(arena, &ret->url, SITE "/posts/%.*s", name.len, name.at);
}

static int follow_blog(const struct page *page, struct extract *extract, enum relation relation)
{
	const struct follow like = {
		.source = source_microblog.name,
		.step = STEP_BLOG,
		.subject = page->subject,
		.accept = ACCEPT_JSON,
		.relation = relation,
	};
	return api_follow(extract, &like, "https://%s.micro.blog/feed.json", page->subject);
}

/* Replies live on Micro.blog itself: micro.blog/NAME/NUMBER. */
static void mark_replies(struct feed *feed, const char *name)
{
	size_t len = strlen(SITE "/");
	size_t name_len = name ? strlen(name) : 0;
	for (size_t i = 0; i < feed->n_items; i++) {
		const char *link = feed->items[i].link;
		feed->items[i].reply = link && name && strncmp(link, SITE "/", len) == 0 &&
				       strncmp(link + len, name, name_len) == 0 &&
				       link[len + name_len] == '/';
	}
}

static int microblog_read(const struct page *page, struct extract *extract)
{
	struct feed feed;
	int r = feed_open(page, extract, &feed);
	if (r < 0 || !verdict_proves(extract->verdict))
		return r;
	extract->coverage.window = true; /* neither says that it is all */
	mark_replies(&feed, page->subject);
	if (page->step == STEP_TIMELINE)
		feed.title = (struct feed_text){0}; /* "Micro.blog - ada" */
	r = feed_write(&feed, extract);
	if (r < 0 || page->step != STEP_TIMELINE)
		return r;
	const struct api_owner owner = {
		.handle = page->subject, .name = feed.author, .photo = feed.photo};
	r = api_write_owner(extract, page, &owner);
	return r == 0 && api_is_plain(page->subject, API_PLAIN)
		       ? follow_blog(page, extract, FOLLOW_ALSO)
		       : r;
}

/* The timeline is shown to members here and there; the blog is a web site. */
static int microblog_walled(const struct page *page, struct extract *extract)
{
	bool closed = extract->verdict == VERDICT_AUTH_REQUIRED ||
		      extract->verdict == VERDICT_BLOCKED || extract->verdict == VERDICT_NOT_FOUND;
	if (!closed || page->step != STEP_TIMELINE || !api_is_plain(page->subject, API_PLAIN))
		return 0;
	return follow_blog(page, extract, FOLLOW_INSTEAD);
}

const struct source source_microblog = {
	.name = "microblog",
	.title = "Micro.blog",
	.claims = microblog_claims,
	.first = microblog_first,
	.read = microblog_read,
	.walled = microblog_walled,
};
