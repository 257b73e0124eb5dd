#include "crawlers/sources/bluesky.h"

#include "crawlers/parse/json.h"

#include <string.h>

/* Names: the lexicons app.bsky.feed.post, app.bsky.feed.defs, app.bsky.richtext.facet and
 * app.bsky.embed.*. */

#define SITE BLUESKY_SITE

bool bluesky_is_item(const json_t *item)
{
	const json_t *post = json_object_at(item, "post");
	return json_words(post, "uri") && json_object_at(post, "record");
}

static bool is_type(const json_t *object, const char *name)
{
	const char *type = json_text(object, "$type");
	const char *local = type ? strrchr(type, '#') : NULL;
	return local && strcmp(local + 1, name) == 0;
}

/* ---- text ---- */

/* A place in @text that a link may begin or end at: within, and between characters. */
static bool is_place(const char *text, size_t len, int64_t at)
{
	return at >= 0 && (size_t)at <= len && ((size_t)at == len || (text[at] & 0xC0) != 0x80);
}

/* Facets count bytes of UTF-8, as we do. */
static int add_facet(
	struct compose *compose, const json_t *facet, const char *text, struct html_text *part)
{
	const json_t *features = json_array_at(facet, "features");
	const json_t *index = json_object_at(facet, "index");
	int64_t start = json_int64(index, "byteStart", -1), end = json_int64(index, "byteEnd", -1);
	size_t len = strlen(text);
	bool covers = is_place(text, len, start) && is_place(text, len, end) && start <= end;
	for (size_t i = 0; i < json_array_size(features); i++) {
		struct link link = {0};
		const char *uri = json_words(json_array_get(features, i), "uri");
		int r = api_url(compose->arena, SITE, uri, &link.url);
		if (r < 0)
			return r;
		if (!link.url || part->n_links == LIMIT_POST_LINKS)
			continue;
		link.start = covers ? (size_t)start : 0;
		link.end = covers ? (size_t)end : 0;
		struct link *links = arena_grow(
			compose->arena, (void *)part->links, part->n_links, sizeof *links);
		if (!links)
			return -ENOMEM;
		links[part->n_links++] = link;
		part->links = links;
	}
	return 0;
}

/* As it stands: the facets' places would be others were it trimmed. */
static int add_text(struct compose *compose, const json_t *record)
{
	const char *text = json_words(record, "text");
	const json_t *facets = json_array_at(record, "facets");
	if (!text)
		return 0;
	struct html_text part = {.text = text, .len = strlen(text)};
	int r = 0;
	for (size_t i = 0; r == 0 && i < json_array_size(facets); i++)
		r = add_facet(compose, json_array_get(facets, i), text, &part);
	return r < 0 ? r : compose_add(compose, &part);
}

/* Descriptions of pictures and films. */
static int add_media(struct compose *compose, const json_t *media)
{
	static const char *const lists[] = {"images", "items"};
	int r = compose_add_plain(compose, json_words(media, "alt"));
	if (r == 0)
		r = compose_add_plain(compose, json_words(json_object_at(media, "video"), "alt"));
	for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
		const json_t *list = json_array_at(media, lists[k]);
		for (size_t i = 0; r == 0 && i < json_array_size(list); i++)
			r = compose_add_plain(compose, json_words(json_array_get(list, i), "alt"));
	}
	return r;
}

/* A link card: the site's words, but the person's link. */
static int add_external(struct compose *compose, const json_t *external)
{
	int r = api_add_card(compose, SITE, json_words(external, "uri"));
	if (r == 0)
		r = api_add_others(compose, json_words(external, "title"));
	return r == 0 ? api_add_others(compose, json_words(external, "description")) : r;
}

static int add_tags(struct compose *compose, const json_t *tags)
{
	struct buf line = BUF_INIT(LIMIT_POST_TEXT_B);
	int r = 0;
	for (size_t i = 0; r == 0 && i < json_array_size(tags); i++) {
		const char *tag = json_string_value(json_array_get(tags, i));
		if (tag && *tag)
			r = buf_addf(&line, "%s#%s", line.len > 0 ? " " : "", tag);
	}
	compose->cut |= r == BUF_E_FULL;
	if (r >= 0)
		r = compose_add_plain(compose, buf_str(&line));
	buf_release(&line);
	return r;
}

/* All words of a post's record. */
static int add_record(struct compose *compose, const json_t *record)
{
	const json_t *embed = json_object_at(record, "embed");
	const json_t *media = json_object_at(embed, "media");
	const json_t *external = json_object_at(embed, "external");
	int r = add_text(compose, record);
	if (r == 0)
		r = add_media(compose, embed);
	if (r == 0)
		r = add_media(compose, media);
	if (r == 0)
		r = add_tags(compose, json_array_at(record, "tags"));
	if (r == 0)
		r = add_external(compose, external ? external : json_object_at(media, "external"));
	return r;
}

/* All words of @record as somebody else's. */
static int add_others(struct compose *compose, const json_t *record)
{
	struct compose theirs = COMPOSE_INIT(compose->arena);
	struct post post = {0};
	int r = add_record(&theirs, record);
	if (r == 0)
		r = compose_finish(&theirs, &post);
	compose->cut |= theirs.cut;
	compose_release(&theirs);
	if (r < 0)
		return r;
	struct html_text part = {.text = post.text,
		.len = post.len,
		.others = post.others,
		.others_len = post.others_len};
	return compose_add_others(compose, &part);
}

/* ---- what kind of post it is ---- */

/* Lists, feeds and packs are embedded the same way as posts: those are no quotes. */
static bool is_post_uri(const char *uri)
{
	return uri && !strstr(uri, "/app.bsky.graph.") && !strstr(uri, "/app.bsky.labeler.") &&
	       !strstr(uri, "/app.bsky.feed.generator/");
}

/* embed.record, or embed.record.record beside media, in record and view alike. */
static const json_t *embedded(const json_t *embed)
{
	const json_t *record = json_object_at(embed, "record");
	const json_t *inner = json_object_at(record, "record");
	return inner ? inner : record;
}

/* Who wrote it: its author or, without one, the repository that holds it: at://DID/… */
static bool is_own(const json_t *post, const char *did)
{
	const char *author = json_words(json_object_at(post, "author"), "did");
	const char *uri = json_text(post, "uri");
	size_t len = strlen(did);
	if (author)
		return strcmp(author, did) == 0;
	return strncmp(uri, "at://", 5) == 0 && strncmp(uri + 5, did, len) == 0 &&
	       uri[5 + len] == '/';
}

static enum post_kind kind_of(const json_t *item, const char *did)
{
	const json_t *post = json_object_at(item, "post");
	const json_t *record = json_object_at(post, "record");
	if (is_type(json_object_at(item, "reason"), "reasonRepost") || !is_own(post, did))
		return KIND_REPOST;
	if (is_post_uri(json_words(embedded(json_object_at(record, "embed")), "uri")))
		return KIND_QUOTE;
	return json_object_at(record, "reply") ? KIND_REPLY : KIND_POST;
}

/* ---- when, where, who ---- */

/* createdAt is the client's own say and may lie in the future; Bluesky sorts by the earlier. */
static int64_t written_s(const json_t *post)
{
	int64_t created_s = json_date(json_object_at(post, "record"), "createdAt");
	int64_t indexed_s = json_date(post, "indexedAt");
	if (created_s == 0 || indexed_s == 0)
		return created_s != 0 ? created_s : indexed_s;
	return created_s < indexed_s ? created_s : indexed_s;
}

/* at://DID/app.bsky.feed.post/KEY is shown at /profile/DID/post/KEY. */
int bluesky_permalink(struct arena *arena, const char *uri, const char **ret)
{
	static const char middle[] = "/app.bsky.feed.post/";
	const char *key = strstr(uri, middle);
	*ret = NULL;
	if (strncmp(uri, "at://", 5) != 0 || !key)
		return 0;
	const char *loose;
	int r = api_format(arena, &loose, SITE "/profile/%.*s/post/%s", (int)(key - uri - 5),
		uri + 5, key + sizeof middle - 1);
	return r < 0 ? r : api_url(arena, SITE, loose, ret);
}

static int write_head(const json_t *item, const struct bluesky_owner *owner, struct arena *arena,
	struct post *post)
{
	const json_t *view = json_object_at(item, "post");
	const json_t *reason = json_object_at(item, "reason");
	const json_t *langs = json_array_at(json_object_at(view, "record"), "langs");
	const char *uri = json_text(view, "uri");
	const char *again = json_words(reason, "uri");
	post->kind = kind_of(item, owner->did);
	post->pinned = strcmp(uri, owner->pinned) == 0 || is_type(reason, "reasonPin");
	post->published_s = written_s(view);
	if (post->kind == KIND_REPOST && json_date(reason, "indexedAt") != 0)
		post->published_s = json_date(reason, "indexedAt");
	/* One may pass on one's own post: then only the act has an id of its own. */
	int r = api_copy(arena, post->kind == KIND_REPOST && again ? again : uri, &post->id);
	if (r == 0)
		r = bluesky_permalink(arena, uri, &post->url);
	if (r == 0)
		r = api_copy(
			arena, json_words(json_object_at(view, "author"), "handle"), &post->author);
	if (r == 0)
		r = api_copy(arena, json_string_value(json_array_get(langs, 0)), &post->lang);
	return r;
}

int bluesky_write_item(const json_t *item, const struct bluesky_owner *owner,
	struct extract *extract, bool *ret_own)
{
	const json_t *view = json_object_at(item, "post");
	const json_t *record = json_object_at(view, "record");
	struct compose compose = COMPOSE_INIT(extract->arena);
	struct post post = {0};
	int r = write_head(item, owner, extract->arena, &post);
	*ret_own = post.kind != KIND_REPOST;
	if (r == 0)
		r = post.kind == KIND_REPOST ? add_others(&compose, record)
					     : add_record(&compose, record);
	if (r == 0 && post.kind == KIND_QUOTE) {
		const json_t *quoted = embedded(json_object_at(view, "embed"));
		r = add_others(&compose, json_object_at(quoted, "value"));
	}
	return api_add_post(extract, &compose, r, &post);
}
