#include "crawlers/sources/api.h"
#include "crawlers/sources/feed.h"
#include "crawlers/sources/sources.h"

#include <string.h>

/*
 * Medium, by the feed of a writer: the ten newest stories and responses.  What the feed says of
 * itself, and what stands under a story that is for members, is Medium's.
 */

#define HANDLE_CHARS API_PLAIN_DOT

static bool is_service(const char *host)
{
	static const char *const services[] = {"www.", "api.", "help.", "about.", "blog.", "cdn-",
		"policy.", "link.", "partner-program."};
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		if (strncmp(host, services[i], strlen(services[i])) == 0)
			return true;
	}
	return false;
}

/* medium.com/@NAME, its feed, NAME.medium.com */
static bool name_of(const struct url *url, struct api_name *ret)
{
	if (strcmp(url->host, "medium.com") == 0 || strcmp(url->host, "www.medium.com") == 0)
		return api_name(url->path, "/@", HANDLE_CHARS, ret) ||
		       api_name(url->path, "/feed/@", HANDLE_CHARS, ret);
	*ret = (struct api_name){url->host, (int)strcspn(url->host, "."), ""};
	return url_host_in(url->host, "medium.com") && !is_service(url->host);
}

static bool medium_claims(const struct url *url, const char **ret_why)
{
	struct api_name name;
	*ret_why = "a writer on Medium";
	return name_of(url, &name);
}

static int medium_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name = {0};
	*ret = (struct follow){
		.source = source_medium.name,
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_INSTEAD,
	};
	if (!name_of(url, &name)) /* a domain of the writer's own */
		return api_format(arena, &ret->url, "%s/feed", url->origin);
	int r = api_format(arena, &ret->subject, "%.*s", name.len, name.at);
	if (r < 0)
		return r;
	if (name.at == url->host)
		return api_format(arena, &ret->url, "%s/feed", url->origin);
	return api_format(arena, &ret->url, "https://medium.com/feed/@%.*s", name.len, name.at);
}

/* "<p class="medium-feed-link"><a …>Continue reading on Medium »</a></p>" is Medium's; true: it was
 * there, and the text is not the whole. */
static bool cut_link(struct feed_text *text)
{
	static const char *const marks[] = {
		"<p class=\"medium-feed-link\">", "<p class='medium-feed-link'>"};
	char *at = NULL;
	for (size_t i = 0; !at && text->text && i < sizeof marks / sizeof *marks; i++)
		at = memmem(text->text, text->len, marks[i], strlen(marks[i]));
	if (!at)
		return false;
	text->len = (size_t)(at - text->text);
	return true;
}

static int medium_read(const struct page *page, struct extract *extract)
{
	struct feed feed;
	bool cut = false;
	int r = feed_open(page, extract, &feed);
	if (r < 0 || !verdict_proves(extract->verdict))
		return r;
	for (size_t i = 0; i < feed.n_items; i++)
		cut |= !feed.items[i].content.text && cut_link(&feed.items[i].summary);
	extract->coverage.window = true;
	extract->coverage.lack =
		cut ? "Medium's feed has the newest 10 stories and responses, and only the first "
		      "words of those for members."
		    : "Medium's feed has the newest 10 stories and responses.";
	/* "Stories by Ada on Medium", twice */
	feed.title = feed.about = (struct feed_text){0};
	r = feed_write(&feed, extract);
	const struct api_owner owner = {
		.handle = page->subject, .name = extract->facts.name, .photo = feed.photo};
	return r < 0 ? r : api_write_owner(extract, page, &owner);
}

const struct source source_medium = {
	.name = "medium",
	.title = "Medium",
	.claims = medium_claims,
	.first = medium_first,
	.read = medium_read,
};
