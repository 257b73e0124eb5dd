#include "crawlers/sources/feed.h"

#include "crawlers/parse/json.h"

#include <string.h>

/* JSON Feed 1.0 and 1.1: https://www.jsonfeed.org/version/1.1/ */

struct feed_json {
	struct arena *arena;
	const char *base;
};

static int copy_string(struct arena *arena, const char *string, const char **ret)
{
	*ret = arena_strdup(arena, string);
	return string && !*ret ? -ENOMEM : 0;
}

static int copy_text(struct arena *arena, const char *text, bool html, struct feed_text *ret)
{
	*ret = (struct feed_text){.html = html};
	int r = copy_string(arena, text, &ret->text);
	if (r == 0 && text)
		ret->len = strlen(text);
	return r;
}

static int copy_url(const struct feed_json *in, const char *url, const char **ret)
{
	*ret = NULL;
	if (!url)
		return 0;
	int r = url_resolve(in->arena, in->base, url, ret);
	return r < 0 ? r : 0; /* a URL that is none is as good as none */
}

/* The first one's name: 1.1 has "authors", 1.0 "author". */
static const char *author_of(const json_t *object)
{
	const json_t *authors = json_array_at(object, "authors");
	const char *name = NULL;
	for (size_t i = 0; !name && i < json_array_size(authors); i++)
		name = json_words(json_array_get(authors, i), "name");
	return name ? name : json_words(json_object_at(object, "author"), "name");
}

static const char *avatar_of(const json_t *root)
{
	const char *avatar = json_words(json_path(root, "authors.0"), "avatar");
	return avatar ? avatar : json_words(json_object_at(root, "author"), "avatar");
}

static int read_content(const struct feed_json *in, const json_t *object, struct feed_item *item)
{
	const char *html = json_words(object, "content_html");
	const char *content = html ? html : json_words(object, "content_text");
	int r = copy_text(in->arena, content, html != NULL, &item->content);
	if (r == 0)
		r = copy_text(in->arena, json_words(object, "title"), false, &item->title);
	if (r == 0)
		r = copy_text(in->arena, json_words(object, "summary"), false, &item->summary);
	return r;
}

static int read_item(const struct feed_json *in, const json_t *object, struct feed_item *item)
{
	const char *url = json_words(object, "url");
	const char *lang = json_words(object, "language");
	int r = read_content(in, object, item);
	if (r == 0)
		r = json_id(in->arena, object, "id", &item->id);
	if (r == 0)
		r = copy_url(in, url ? url : json_words(object, "external_url"), &item->link);
	if (r == 0)
		r = copy_string(in->arena, author_of(object), &item->author);
	if (r == 0)
		r = copy_string(in->arena, lang, &item->lang);
	item->base = item->link ? item->link : in->base;
	item->published_s = json_date(object, "date_published");
	item->updated_s = json_date(object, "date_modified");
	return r;
}

static int read_feed(const struct feed_json *in, const json_t *root, struct feed *feed)
{
	int r = copy_text(in->arena, json_words(root, "title"), false, &feed->title);
	if (r == 0)
		r = copy_text(in->arena, json_words(root, "description"), false, &feed->about);
	if (r == 0)
		r = copy_url(in, json_words(root, "home_page_url"), &feed->link);
	if (r == 0)
		r = copy_url(in, json_words(root, "next_url"), &feed->next);
	if (r == 0)
		r = copy_string(in->arena, author_of(root), &feed->author);
	if (r == 0)
		r = copy_url(in, avatar_of(root), &feed->photo);
	if (r == 0)
		r = copy_string(in->arena, json_words(root, "language"), &feed->lang);
	return r;
}

/* "version" is "https://jsonfeed.org/version/1.1"; feeds made by hand write "1.1", or leave it out.
 */
static bool is_feed(const json_t *root)
{
	const char *version = json_words(root, "version");
	if (version && strstr(version, "jsonfeed.org/version/"))
		return true;
	return json_array_at(root, "items") && (version || json_words(root, "title"));
}

static int read_items(const struct feed_json *in, const json_t *items, struct feed *feed)
{
	size_t i;
	const json_t *object;
	json_array_foreach(items, i, object) {
		struct feed_item *item;
		if (!json_is_object(object)) {
			feed->cut = true;
			continue;
		}
		int r = feed_add_item(in->arena, feed, &item);
		if (r == 0 && item)
			r = read_item(in, object, item);
		if (r < 0 || !item)
			return r;
	}
	return 0;
}

static int read_root(const struct feed_json *in, const json_t *root, struct feed *feed)
{
	if (!is_feed(root))
		return 0;
	feed->kind = "JSON Feed";
	const json_t *items = json_array_at(root, "items");
	/* Without a list of items nothing says that there are none. */
	feed->channel = items != NULL;
	int r = read_feed(in, root, feed);
	if (r == 0)
		r = read_items(in, items, feed);
	/* A list of something else is not an empty one. */
	feed->channel &= feed->n_items > 0 || json_array_size(items) == 0;
	return r;
}

int feed_json_read(struct arena *arena, const struct page *page, struct feed *feed)
{
	*feed = FEED_INIT;
	json_t *root;
	int r = json_read(page->body, page->body_len, &root);
	if (r < 0)
		return r;
	if (r == JSON_E_CUT)
		feed->broken = "The feed's JSON ends in the middle.";
	else if (r == JSON_E_DEEP)
		feed->broken = "The feed's JSON is nested too deeply to be read.";
	else if (r != 0)
		feed->broken = "The feed is not valid JSON.";
	if (r != 0)
		return 0;
	struct feed_json in = {.arena = arena, .base = page->final_url};
	feed->base = page->final_url;
	r = read_root(&in, root, feed);
	json_decref(root);
	return r;
}
