#include "crawlers/sources/api.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/sources.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * PeerTube: an account or a channel, its films, and the whole of each description of which the list
 * has only the beginning (docs.joinpeertube.org/api-rest-reference).
 */
enum step { STEP_OWNER, STEP_VIDEOS, STEP_DESCRIPTION };

/* Each leads to one request at most, and one more to the next page: LIMIT_FOLLOWS. */
#define ROWS_A_PAGE 30

#define NAME_CHARS API_PLAIN_DOT "@:"

/* ---- whose profile it is ---- */

/* In an address, and in the API. */
static const struct way {
	const char *prefix;
	const char *route;
} ways[] = {
	{"/accounts/", "accounts"},
	{"/a/", "accounts"},
	{"/video-channels/", "video-channels"},
	{"/c/", "video-channels"},
};

static const struct way *way_of(const struct url *url, struct api_name *ret)
{
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (api_name(url->path, ways[i].prefix, NAME_CHARS, ret))
			return &ways[i];
	}
	return NULL;
}

/* Its short addresses are others', too: those are PeerTube's only with one of its tabs. */
static bool peertube_claims(const struct url *url, const char **ret_why)
{
	static const char *const tabs[] = {
		"/videos", "/video-channels", "/about", "/playlists", "/video-playlists"};
	static const char *const others[] = {"youtube.com", "imgur.com", "patreon.com"};
	struct api_name name;
	const struct way *way = way_of(url, &name);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (!way || url_host_in(url->host, others[i]))
			return false;
	}
	*ret_why = "an address as PeerTube writes it";
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
		if (strncmp(name.rest, tabs[i], strlen(tabs[i])) == 0)
			return true;
	}
	return strcmp(way->prefix, "/video-channels/") == 0 || strstr(url->host, "tube") ||
	       strstr(url->host, "video");
}

/* *@subject: "ROUTE NAME START". */
static int peertube_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name = {.at = ""};
	const struct way *way = way_of(url, &name);
	const char *route = way ? way->route : "accounts", *owner, *subject = "";
	int r = api_format(
		arena, &owner, "%s/api/v1/%s/%.*s", url->origin, route, name.len, name.at);
	if (r == 0)
		r = api_format(arena, &subject, "%s %.*s 0", route, name.len, name.at);
	if (r < 0)
		return r;
	*ret = (struct follow){
		.url = owner,
		.source = source_peertube.name,
		.step = STEP_OWNER,
		.subject = subject,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* ---- the account ---- */

struct place {
	const char *route;
	const char *name;
	int start;
};

static int place_of(struct extract *extract, const struct page *page, struct place *ret)
{
	const char *words[3] = {"", "", ""};
	int r = api_split(extract->arena, page->subject, words, 3);
	if (r == 0)
		*ret = (struct place){words[0], words[1], (int)strtol(words[2], NULL, 10)};
	return r;
}

static int follow_videos(
	const struct page *page, struct extract *extract, const struct place *place)
{
	struct follow like = {
		.source = source_peertube.name,
		.step = STEP_VIDEOS,
		.accept = ACCEPT_JSON,
		.relation = place->start > 0 ? FOLLOW_OLDER : FOLLOW_NEXT,
	};
	const char *origin = "";
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %s %d", place->route, place->name,
			place->start);
	if (r < 0)
		return r;
	return api_follow(extract, &like,
		"%s/api/v1/%s/%s/videos?start=%d&count=%d&sort=-publishedAt", origin, place->route,
		place->name, place->start, ROWS_A_PAGE);
}

/* The largest picture stands last. */
static const char *avatar_of(const json_t *owner)
{
	const json_t *avatars = json_array_at(owner, "avatars");
	size_t n = json_array_size(avatars);
	return n > 0 ? json_words(json_array_get(avatars, n - 1), "path") : NULL;
}

static int read_owner(const json_t *root, const struct page *page, struct extract *extract)
{
	struct place place = {"", "", 0};
	const char *name = json_words(root, "name");
	int r = place_of(extract, page, &place);
	if (r < 0)
		return r;
	if (!name || !json_words(root, "displayName") || !json_words(root, "url") ||
		*place.name == '\0')
		return api_drift(extract, "The answer is no account as PeerTube's API gives it.");
	const struct api_owner owner = {
		.handle = name,
		.name = json_words(root, "displayName"),
		.about = json_words(root, "description"),
		.photo = avatar_of(root),
	};
	extract->facts.created_s = json_date(root, "createdAt");
	extract->facts.n_followers = json_int64(root, "followersCount", -1);
	extract->facts.n_following = json_int64(root, "followingCount", -1);
	extract->coverage.lack = "PeerTube does not list what an account wrote below films.";
	extract->verdict = VERDICT_OK;
	r = api_write_owner(extract, page, &owner);
	return r < 0 ? r : follow_videos(page, extract, &place);
}

/* ---- its films ---- */

/* @subject: "UUID PUBLISHED LANG TITLE", for a description tells nothing but itself. */
static int follow_description(const json_t *video, const struct page *page, struct extract *extract)
{
	struct follow like = {
		.source = source_peertube.name,
		.step = STEP_DESCRIPTION,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_NEXT,
	};
	const char *lang = json_words(json_object_at(video, "language"), "id"), *origin;
	const char *uuid = json_words(video, "uuid"), *title = json_words(video, "name");
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %" PRId64 " %s %.*s", uuid,
			json_date(video, "publishedAt"), api_is_plain(lang, API_PLAIN) ? lang : "-",
			api_title_len(title), title);
	return r < 0 ? r
		     : api_follow(extract, &like, "%s/api/v1/videos/%s/description", origin, uuid);
}

static bool is_cut(const json_t *video)
{
	const char *text = json_words(video, "description");
	size_t len = text ? strlen(text) : 0;
	return len >= 3 && (strcmp(text + len - 3, "...") == 0 || strcmp(text + len - 3, "…") == 0);
}

static int write_video(const struct api_piece *text, const char *uuid, const struct page *page,
	struct extract *extract)
{
	struct api_piece piece = *text;
	const char *origin = "";
	piece.id = uuid;
	piece.kind = KIND_POST;
	piece.markup = API_MARKUP_MARKDOWN;
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &piece.url, "%s/videos/watch/%s", origin, uuid);
	return r < 0 ? r : api_add_piece(extract, origin, &piece);
}

static int read_video(const json_t *video, const struct page *page, struct extract *extract)
{
	const struct api_piece piece = {
		.title = json_words(video, "name"),
		.body = json_words(video, "description"),
		.caption = json_words(video, "nsfwSummary"),
		.lang = json_words(json_object_at(video, "language"), "id"),
		.published_s = json_date(video, "publishedAt"),
	};
	if (is_cut(video))
		return follow_description(video, page, extract);
	return write_video(&piece, json_words(video, "uuid"), page, extract);
}

/* A film by this account, or in this channel; either may be told with its host. */
static bool is_video(const json_t *video, const struct place *place)
{
	bool channel = strcmp(place->route, "accounts") != 0;
	const json_t *owner = json_object_at(video, channel ? "channel" : "account");
	const char *name = json_words(owner, "name");
	size_t len = strcspn(place->name, "@");
	return api_is_plain(json_words(video, "uuid"), API_PLAIN) && json_words(video, "name") &&
	       name && strlen(name) == len && strncasecmp(name, place->name, len) == 0;
}

static int read_videos(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *data = json_array_at(root, "data");
	size_t n_rows = json_array_size(data), n_known = 0;
	int64_t total = json_int64(root, "total", -1);
	struct place place = {"", "", 0};
	int r = place_of(extract, page, &place);
	if (r == 0 && (!data || total < 0 || *place.name == '\0'))
		return api_drift(extract, "The answer is no list as PeerTube's API gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		const json_t *video = json_array_get(data, i);
		if (!is_video(video, &place))
			continue;
		n_known++;
		r = read_video(video, page, extract);
	}
	if (r < 0)
		return r;
	extract->coverage.total = total;
	api_judge_list(extract, n_rows, n_known);
	if (n_rows == 0 && total > place.start)
		return api_drift(extract, "The server counts films, but lists none.");
	place.start += ROWS_A_PAGE;
	bool more = extract->verdict == VERDICT_OK && total > place.start;
	return more ? follow_videos(page, extract, &place) : 0;
}

static int read_description(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *words[4] = {"", "", "", ""};
	int r = api_split(extract->arena, page->subject, words, 4);
	const struct api_piece piece = {
		.title = r == 0 ? words[3] : NULL,
		.body = json_text(root, "description"),
		.lang = r == 0 && strcmp(words[2], "-") != 0 ? words[2] : NULL,
		.published_s = r == 0 ? strtoll(words[1], NULL, 10) : 0, /* our own */
	};
	if (r < 0)
		return r;
	if (!piece.body || *words[0] == '\0')
		return api_drift(extract, "The answer is no description as PeerTube gives it.");
	extract->verdict = VERDICT_OK;
	return write_video(&piece, words[0], page, extract);
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	switch ((enum step)page->step) {
	case STEP_VIDEOS:
		return read_videos(root, page, extract);
	case STEP_DESCRIPTION:
		return read_description(root, page, extract);
	case STEP_OWNER:
		break;
	}
	return read_owner(root, page, extract);
}

/* This is no PeerTube at all: the profile is read as the web page that it is. */
static int follow_page(const struct page *page, struct extract *extract)
{
	const struct follow like = {
		.source = source_page.name,
		.accept = ACCEPT_PAGE,
		.relation = FOLLOW_INSTEAD,
	};
	return page->step == STEP_OWNER ? api_follow(extract, &like, "%s", page->profile) : 0;
}

static int peertube_walled(const struct page *page, struct extract *extract)
{
	bool shown;
	int r = wall_judge(page, extract, &shown);
	if (r == 0 && page->step == STEP_DESCRIPTION && page->status == 404) {
		/* Taken back since the list was read: that says nothing of the account. */
		extract->verdict = VERDICT_TRUNCATED;
		extract->coverage.window = true;
		extract->coverage.lack = "A film that was listed is not there any more.";
		return 0;
	}
	bool other = !shown && page->status != 429 && page->status < 500;
	return r == 0 && other ? follow_page(page, extract) : r;
}

static int peertube_read(const struct page *page, struct extract *extract)
{
	if (page->status >= 400)
		return peertube_walled(page, extract);
	int r = api_read(page, extract, read_answer);
	bool json = page->body_len > 0 && *(const char *)page->body == '{';
	bool other = extract->verdict == VERDICT_PARSE_DRIFT && !json;
	return r == 0 && other ? follow_page(page, extract) : r;
}

const struct source source_peertube = {
	.name = "peertube",
	.title = "PeerTube",
	.claims = peertube_claims,
	.first = peertube_first,
	.read = peertube_read,
	.walled = peertube_walled,
};
