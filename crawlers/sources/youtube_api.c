#include "crawlers/parse/json.h"
#include "crawlers/sources/api.h"
#include "crawlers/sources/sources.h"
#include "crawlers/sources/youtube.h"

#include <string.h>

/*
 * YouTube's Data API (developers.google.com/youtube/v3/docs), which asks for a key: the channel, then
 * the list of all its films with what is written below them, newest first.  What a channel wrote below
 * other films is not in it.
 */
#define API "https://www.googleapis.com/youtube/v3"

/* The most that a page of the list may have. */
#define ROWS_A_PAGE 50

int youtube_api_first(struct arena *arena, enum youtube_way way, const char *name, int len,
	struct follow *ret, bool *ret_known)
{
	static const char *const filters[] = {
		[YOUTUBE_BY_ID] = "id=",
		[YOUTUBE_BY_HANDLE] = "forHandle=@",
		[YOUTUBE_BY_CUSTOM] = NULL,
		[YOUTUBE_BY_USER] = "forUsername=",
	};
	*ret_known = filters[way] != NULL;
	if (!filters[way])
		return 0;
	*ret = (struct follow){
		.source = source_youtube.name,
		.step = YOUTUBE_API_CHANNEL,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return api_format(arena, &ret->url,
		API "/channels?part=snippet,statistics,contentDetails&%s%.*s", filters[way], len,
		name);
}

/* ---- the channel ---- */

static int follow_films(
	struct extract *extract, const char *list, const char *token, enum relation relation)
{
	struct follow like = {
		.source = source_youtube.name,
		.step = YOUTUBE_API_FILMS,
		.accept = ACCEPT_JSON,
		.relation = relation,
	};
	int r = api_copy(extract->arena, list, &like.subject);
	if (r < 0)
		return r;
	return api_follow(extract, &like,
		API "/playlistItems?part=snippet,contentDetails&maxResults=%d&playlistId=%s%s%s",
		ROWS_A_PAGE, list, token ? "&pageToken=" : "", token ? token : "");
}

/* 1: a channel was looked for and is not there. */
static bool is_nobody(const json_t *root)
{
	return json_int64(json_object_at(root, "pageInfo"), "totalResults", -1) == 0 &&
	       json_array_size(json_array_at(root, "items")) == 0;
}

static int read_channel(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *channel = json_path(root, "items.0");
	const json_t *snippet = json_object_at(channel, "snippet");
	const json_t *numbers = json_object_at(channel, "statistics");
	const json_t *uploads = json_path(channel, "contentDetails.relatedPlaylists.uploads");
	const char *list = json_string_value(uploads);
	if (is_nobody(root)) {
		extract->verdict = VERDICT_NOT_FOUND;
		extract->why = "YouTube knows no such channel.";
		return 0;
	}
	if (!snippet || !api_is_plain(list, API_PLAIN))
		return api_drift(extract, "The answer is no channel as YouTube's API gives it.");
	const struct api_owner owner = {
		.handle = json_words(snippet, "customUrl"),
		.name = json_words(snippet, "title"),
		.about = json_words(snippet, "description"),
		.location = json_words(snippet, "country"),
		.photo = json_string_value(json_path(snippet, "thumbnails.high.url")),
	};
	extract->facts.created_s = json_date(snippet, "publishedAt");
	extract->facts.n_posts = json_int64(numbers, "videoCount", -1);
	extract->facts.n_followers = json_flag(numbers, "hiddenSubscriberCount")
					     ? -1
					     : json_int64(numbers, "subscriberCount", -1);
	extract->coverage.lack = "YouTube does not list comments and community posts of a channel.";
	extract->verdict = extract->facts.n_posts == 0 ? VERDICT_EMPTY : VERDICT_OK;
	int r = api_write_owner(extract, page, &owner);
	/* YouTube has no list of a channel without films. */
	return r < 0 || extract->facts.n_posts == 0
		       ? r
		       : follow_films(extract, list, NULL, FOLLOW_NEXT);
}

/* ---- its films ---- */

/* What stands in the place of a film that is not public. */
static bool is_hidden(const json_t *row)
{
	const char *title = json_words(json_object_at(row, "snippet"), "title");
	return json_date(json_object_at(row, "contentDetails"), "videoPublishedAt") == 0 && title &&
	       (strcmp(title, "Private video") == 0 || strcmp(title, "Deleted video") == 0);
}

static int read_film(const json_t *row, struct extract *extract, bool *ret_known)
{
	const json_t *snippet = json_object_at(row, "snippet");
	const json_t *details = json_object_at(row, "contentDetails");
	struct api_piece piece = {
		.id = json_words(details, "videoId"),
		.author = json_words(snippet, "channelTitle"),
		.title = json_words(snippet, "title"),
		.body = json_words(snippet, "description"),
		.published_s = json_date(details, "videoPublishedAt"),
		.kind = KIND_POST,
	};
	*ret_known = is_hidden(row);
	if (*ret_known || !piece.title || !api_is_plain(piece.id, API_PLAIN))
		return 0;
	*ret_known = true;
	int r = api_format(extract->arena, &piece.url, YOUTUBE_SITE "/watch?v=%s", piece.id);
	/* As the feed has it: the same film is the same post with and without a key. */
	if (r == 0)
		r = api_format(extract->arena, &piece.id, "yt:video:%s", piece.id);
	return r < 0 ? r : api_add_piece(extract, YOUTUBE_SITE, &piece);
}

static int read_films(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *items = json_array_at(root, "items");
	const char *token = json_words(root, "nextPageToken");
	size_t n_rows = json_array_size(items), n_known = 0;
	int r = 0;
	if (!items || !json_object_at(root, "pageInfo") || !api_is_plain(page->subject, API_PLAIN))
		return api_drift(extract, "The answer is no list as YouTube's API gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		bool known = false;
		r = read_film(json_array_get(items, i), extract, &known);
		n_known += known;
	}
	if (r < 0)
		return r;
	extract->coverage.total = json_int64(json_object_at(root, "pageInfo"), "totalResults", -1);
	api_judge_list(extract, n_rows, n_known);
	bool more = extract->verdict == VERDICT_OK && api_is_plain(token, API_PLAIN);
	return more ? follow_films(extract, page->subject, token, extract_next_relation(extract))
		    : 0;
}

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	return page->step == YOUTUBE_API_FILMS ? read_films(root, page, extract)
					       : read_channel(root, page, extract);
}

int youtube_api_read(const struct page *page, struct extract *extract)
{
	return api_read(page, extract, read_answer);
}
