#include "crawlers/sources/api.h"

#include "crawlers/parse/json.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

#include <stdlib.h>
#include <string.h>

/* A title that is remembered until its text is read; YouTube and PeerTube allow 120 characters,
 * Discourse 255. */
#define TITLE_MAX_B 1200

bool api_name(const char *path, const char *prefix, const char *chars, struct api_name *ret)
{
	size_t prefix_len = strlen(prefix);
	if (strncmp(path, prefix, prefix_len) != 0)
		return false;
	const char *at = path + prefix_len;
	size_t len = strspn(at, chars);
	if (len == 0 || len > API_NAME_MAX_B || (at[len] != '\0' && at[len] != '/'))
		return false;
	*ret = (struct api_name){.at = at, .len = (int)len, .rest = at + len};
	return true;
}

bool api_is_plain(const char *string, const char *chars)
{
	size_t len = string ? strlen(string) : 0;
	return len > 0 && len <= API_NAME_MAX_B && strspn(string, chars) == len;
}

/* ---- strings ---- */

static int format_args(struct arena *arena, const char **ret, const char *form, va_list args)
{
	char *text;
	int n = vasprintf(&text, form, args);
	if (n < 0)
		return -ENOMEM;
	const char *copy = arena_copy(arena, text, (size_t)n);
	free(text);
	if (!copy)
		return -ENOMEM;
	*ret = copy;
	return 0;
}

int api_format(struct arena *arena, const char **ret, const char *form, ...)
{
	va_list args;
	va_start(args, form);
	int r = format_args(arena, ret, form, args);
	va_end(args);
	return r;
}

int api_copy(struct arena *arena, const char *string, const char **ret)
{
	*ret = arena_strdup(arena, string);
	return string && !*ret ? -ENOMEM : 0;
}

int api_url(struct arena *arena, const char *base, const char *url, const char **ret)
{
	*ret = NULL;
	if (!url || *url == '\0')
		return 0;
	struct url whole;
	int r = base ? url_resolve(arena, base, url, ret) : url_parse(arena, url, &whole);
	if (r == 0 && !base)
		*ret = whole.whole;
	return r < 0 ? r : 0; /* a URL that is none is as good as none */
}

int api_permalink(struct arena *arena, const char *base, const char *url, const char **ret)
{
	/* What RFC 3986 §3.5 allows there. */
	static const char allowed[] = API_PLAIN ".~%!$&'()*+,;=:@/?";
	int r = api_url(arena, base, url, ret);
	const char *place = r == 0 && *ret ? strchr(url, '#') : NULL;
	bool whole = place && place[1] && place[1 + strspn(place + 1, allowed)] == '\0' &&
		     strlen(*ret) + strlen(place) <= LIMIT_URL_B;
	return whole ? api_format(arena, ret, "%s%s", *ret, place) : r;
}

int api_origin(struct arena *arena, const struct page *page, const char **ret)
{
	struct url url;
	*ret = "";
	int r = url_parse(arena, page->url, &url);
	if (r == 0)
		*ret = url.origin;
	return r < 0 ? r : 0; /* it parsed when it was asked for */
}

int api_split(struct arena *arena, const char *subject, const char *words[], size_t count)
{
	char *rest = arena_strdup(arena, subject ? subject : "");
	for (size_t i = 0; i < count; i++)
		words[i] = "";
	if (!rest)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		words[i] = !rest ? "" : i + 1 < count ? strsep(&rest, " ") : rest;
	return 0;
}

int api_title_len(const char *title)
{
	return title ? (int)text_cut(title, strlen(title), TITLE_MAX_B) : 0;
}

/* ---- what to ask for next ---- */

int api_follow(struct extract *extract, const struct follow *like, const char *form, ...)
{
	struct follow follow = *like;
	va_list args;
	va_start(args, form);
	int r = format_args(extract->arena, &follow.url, form, args);
	va_end(args);
	if (r < 0)
		return r;
	struct url url;
	r = url_parse(extract->arena, follow.url, &url);
	if (r < 0)
		return r;
	if (r == URL_E_BAD || strlen(follow.url) > LIMIT_URL_B ||
		(follow.subject && strlen(follow.subject) > LIMIT_URL_B)) {
		extract->coverage.cut = true;
		extract->coverage.lack = "The server leads to addresses that can not be asked for.";
		return 0;
	}
	return extract_add_follow(extract, &follow);
}

/* ---- the answer as a whole ---- */

static const char *json_trouble(int outcome)
{
	switch (outcome) {
	case JSON_E_CUT:
		return "The server's answer ends in the middle.";
	case JSON_E_DEEP:
		return "The server's answer is nested deeper than any answer of this site.";
	default:
		return "The server does not answer as this site's API does.";
	}
}

static void bound_time(int64_t *time_s)
{
	/* The years 1 and 9999, as date_parse() has them. */
	if (*time_s < INT64_C(-62135596800) || *time_s > INT64_C(253402300799))
		*time_s = 0;
}

static void bound_count(int64_t *count)
{
	if (*count < 0)
		*count = -1;
}

/* Numbers that no site gives are as good as none. */
static void bound_numbers(struct extract *extract)
{
	struct facts *facts = &extract->facts;
	bound_time(&facts->created_s);
	bound_time(&facts->last_active_s);
	bound_count(&facts->n_posts);
	bound_count(&facts->n_followers);
	bound_count(&facts->n_following);
	bound_count(&extract->coverage.total);
	for (size_t i = 0; i < extract->n_posts; i++) {
		bound_time(&extract->posts[i].published_s);
		bound_time(&extract->posts[i].updated_s);
	}
}

int api_read(const struct page *page, struct extract *extract, api_reader *reader)
{
	json_t *root;
	if (page->status >= 400) {
		extract->why = extract->why ? extract->why : "The server answers with an error.";
		return 0;
	}
	int r = json_read(page->body, page->body_len, &root);
	if (r > 0) {
		extract->why = json_trouble(r);
		return 0;
	}
	if (r < 0)
		return r;
	r = reader(root, page, extract);
	bound_numbers(extract);
	json_decref(root);
	return r;
}

bool api_says(const struct page *page, const char *key)
{
	json_t *root;
	if (json_read(page->body, page->body_len, &root) != 0)
		return false;
	bool says = json_words(root, key) != NULL;
	json_decref(root);
	return says;
}

int api_drift(struct extract *extract, const char *why)
{
	extract->verdict = VERDICT_PARSE_DRIFT;
	extract->why = why;
	return 0;
}

void api_judge_list(struct extract *extract, size_t n_rows, size_t n_known)
{
	if (n_rows > 0 && n_known == 0) {
		(void)api_drift(extract, "The list holds nothing that this site's API gives.");
		return;
	}
	if (n_known < n_rows) {
		extract->coverage.cut = true;
		extract->coverage.lack =
			"Some of what the server lists is nothing that its API gives.";
	}
	extract->verdict = n_rows > 0 ? VERDICT_OK : VERDICT_EMPTY;
}
