#include "crawlers/sources/youtube.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/api.h"
#include "crawlers/sources/feed.h"
#include "crawlers/sources/sources.h"

#include <string.h>

/*
 * YouTube: a channel's page, for what it says of itself and, where the address has a name, for the
 * channel's number; then the feed of its newest films.  That the feed is not found means little, for
 * YouTube loses feeds of channels that are there: then the page decides.  With a key, the Data API has
 * all films (youtube_api.c).
 */
#define SITE   YOUTUBE_SITE
#define ID_LEN YOUTUBE_ID_LEN

static bool is_id(const char *at, size_t len)
{
	return len == ID_LEN && strncmp(at, "UC", 2) == 0 && strspn(at, API_PLAIN) >= len;
}

/* ---- whose channel it is ---- */

/* Names may be of any script: they are percent-encoded here. */
#define NAME_CHARS API_PLAIN_DOT "%"

static const char *const ways[] = {
	[YOUTUBE_BY_ID] = "/channel/",
	[YOUTUBE_BY_HANDLE] = "/@",
	[YOUTUBE_BY_CUSTOM] = "/c/",
	[YOUTUBE_BY_USER] = "/user/",
};

static bool name_of(const struct url *url, struct api_name *ret, enum youtube_way *ret_way)
{
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		*ret_way = (enum youtube_way)i;
		if (api_name(url->path, ways[i], NAME_CHARS, ret))
			return i != YOUTUBE_BY_ID || is_id(ret->at, (size_t)ret->len);
	}
	return false;
}

static bool is_youtube(const char *host)
{
	static const char *const hosts[] = {"youtube.com", "www.youtube.com", "m.youtube.com"};
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		if (strcmp(host, hosts[i]) == 0)
			return true;
	}
	return false;
}

static bool youtube_claims(const struct url *url, const char **ret_why)
{
	struct api_name name;
	enum youtube_way way;
	*ret_why = "a channel on YouTube";
	return is_youtube(url->host) && name_of(url, &name, &way);
}

static int ask_feed(struct arena *arena, const char *id, struct follow *ret)
{
	*ret = (struct follow){
		.source = source_youtube.name,
		.step = YOUTUBE_FEED,
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_INSTEAD,
	};
	int r = api_format(arena, &ret->subject, "%.*s", ID_LEN, id);
	return r < 0 ? r
		     : api_format(arena, &ret->url, SITE "/feeds/videos.xml?channel_id=%.*s",
			       ID_LEN, id);
}

static int youtube_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name = {.at = ""};
	enum youtube_way way;
	bool named = name_of(url, &name, &way); /* else the answer will tell */
	if (named && way == YOUTUBE_BY_ID)
		return ask_feed(arena, name.at, ret);
	*ret = (struct follow){
		.source = source_youtube.name,
		.step = YOUTUBE_CHANNEL,
		.accept = ACCEPT_PAGE,
		.relation = FOLLOW_INSTEAD,
	};
	return api_format(
		arena, &ret->url, SITE "%s%.*s", named ? ways[way] : "/", name.len, name.at);
}

static int youtube_first_with_token(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name = {.at = ""};
	enum youtube_way way;
	bool known = name_of(url, &name, &way);
	int r = known ? youtube_api_first(arena, way, name.at, name.len, ret, &known) : 0;
	return r < 0 || known ? r : youtube_first(arena, url, ret);
}

/* ---- the channel's page ---- */

/* The 24 characters behind @mark; NULL: there is none, or something else. */
static const char *id_behind(const struct page *page, const char *mark)
{
	size_t len = strlen(mark);
	const char *body = page->body, *end = body + page->body_len;
	for (const char *at = body; (at = memmem(at, (size_t)(end - at), mark, len));) {
		at += len;
		if ((size_t)(end - at) > ID_LEN && at[0] == 'U' && at[1] == 'C') {
			size_t n = 0;
			while (n < ID_LEN && strchr(API_PLAIN, at[n]) && at[n])
				n++;
			if (n == ID_LEN && !(at[n] && strchr(API_PLAIN, at[n])))
				return at;
		}
	}
	return NULL;
}

static const char *channel_of(const struct page *page)
{
	static const char *const marks[] = {"feeds/videos.xml?channel_id=", "\"externalId\":\"",
		"itemprop=\"identifier\" content=\"",
		"rel=\"canonical\" href=\"https://www.youtube.com/channel/"};
	const char *id = NULL;
	for (size_t i = 0; !id && i < sizeof marks / sizeof *marks; i++)
		id = id_behind(page, marks[i]);
	return id;
}

/* What the page says of its channel, without what it shows of other channels. */
static int read_about(const struct page *page, struct extract *extract)
{
	struct page about = *page;
	about.step = 0;
	about.subject = SUBJECT_AS_NAMED;
	int r = source_page.read(&about, extract);
	extract->n_follows = 0;
	extract->coverage = (struct coverage){.total = -1};
	size_t n = 0;
	for (size_t i = 0; r == 0 && i < extract->n_posts; i++) {
		if (extract->posts[i].kind == KIND_BIO)
			extract->posts[n++] = extract->posts[i];
	}
	extract->n_posts = n;
	return r;
}

static int read_channel(const struct page *page, struct extract *extract)
{
	struct follow feed;
	const char *id = channel_of(page);
	if (!id)
		return api_drift(extract, "The page does not name a channel of YouTube.");
	int r = read_about(page, extract);
	if (r < 0)
		return r;
	if (page->step == YOUTUBE_CONFIRM) {
		extract->verdict = VERDICT_SERVER_ERROR;
		extract->why = "The channel is there, but YouTube does not show its feed, which "
			       "happens now and then.";
		return 0;
	}
	extract->verdict = VERDICT_OK;
	if (page->step == YOUTUBE_ABOUT)
		return 0;
	r = ask_feed(extract->arena, id, &feed);
	feed.relation = FOLLOW_NEXT;
	return r < 0 ? r : extract_add_follow(extract, &feed);
}

/* ---- the feed ---- */

static int follow_channel(const struct page *page, struct extract *extract, enum youtube_step step)
{
	const struct follow like = {
		.source = source_youtube.name,
		.step = step,
		.subject = page->subject,
		.accept = ACCEPT_PAGE,
		.relation = step == YOUTUBE_ABOUT ? FOLLOW_ALSO : FOLLOW_INSTEAD,
	};
	struct url url;
	int r = url_parse(extract->arena, page->profile, &url);
	if (r < 0)
		return r;
	/* A profile with a name was led here by its page, which has been read. */
	if (step == YOUTUBE_ABOUT && (r != 0 || strncmp(url.path, "/channel/", 9) != 0))
		return 0;
	return api_follow(extract, &like, SITE "/channel/%s", page->subject);
}

static int read_feed(const struct page *page, struct extract *extract)
{
	struct feed feed;
	int r = feed_open(page, extract, &feed);
	if (r < 0 || !verdict_proves(extract->verdict))
		return r;
	extract->coverage.window = true;
	extract->coverage.lack =
		"YouTube's feed has the newest 15 films; comments, community posts "
		"and older films are not in it.";
	feed.title = (struct feed_text){0}; /* the channel's name, which the author is, too */
	r = feed_write(&feed, extract);
	return r == 0 && api_is_plain(page->subject, API_PLAIN)
		       ? follow_channel(page, extract, YOUTUBE_ABOUT)
		       : r;
}

/* ---- the answer ---- */

static int youtube_read(const struct page *page, struct extract *extract)
{
	if (page->step >= YOUTUBE_API_CHANNEL)
		return youtube_api_read(page, extract);
	return page->step == YOUTUBE_FEED ? read_feed(page, extract) : read_channel(page, extract);
}

static int youtube_walled(const struct page *page, struct extract *extract)
{
	struct url url;
	bool lost = page->step == YOUTUBE_FEED && extract->verdict == VERDICT_NOT_FOUND &&
		    api_is_plain(page->subject, API_PLAIN);
	if (page->step >= YOUTUBE_API_CHANNEL)
		return wall_judge(page, extract, NULL);
	if (lost)
		return follow_channel(page, extract, YOUTUBE_CONFIRM);
	int r = url_parse(extract->arena, page->final_url, &url);
	if (r == 0 && strcmp(url.host, "consent.youtube.com") == 0)
		extract->why = "YouTube asks visitors for their consent first; name the channel by "
			       "its number (youtube.com/channel/UC…) instead.";
	return r < 0 ? r : 0;
}

const struct source source_youtube = {
	.name = "youtube",
	.title = "YouTube",
	.claims = youtube_claims,
	.first = youtube_first,
	.first_with_token = youtube_first_with_token,
	.read = youtube_read,
	.walled = youtube_walled,
};
