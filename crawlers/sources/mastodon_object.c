#include "crawlers/sources/mastodon.h"

#include "crawlers/parse/json.h"
#include "crawlers/sources/api.h"

#include <string.h>

/* Field names: https://docs.joinmastodon.org/entities/Account/ and …/Status/ */

bool mastodon_is_account(const json_t *object)
{
	return json_object_get(object, "id") && json_words(object, "username") &&
	       json_object_get(object, "note");
}

bool mastodon_is_status(const json_t *object)
{
	/* The text of one that only passes on another's is empty, but it is there. */
	return json_object_get(object, "id") && json_object_at(object, "account") &&
	       json_text(object, "content");
}

/* ---- account ---- */

/* What every account without a picture of its own has. */
static bool is_default_picture(const char *url)
{
	static const char name[] = "/missing.png";
	size_t len = strlen(url);
	return len >= sizeof name - 1 && strcmp(url + len - (sizeof name - 1), name) == 0;
}

/* Rows of its table, in @arena.  NULL: no memory. */
static const struct api_field *fields_of(struct arena *arena, const json_t *list)
{
	struct api_field *fields = arena_array(arena, json_array_size(list), sizeof *fields);
	for (size_t i = 0; fields && i < json_array_size(list); i++) {
		const json_t *field = json_array_get(list, i);
		fields[i] =
			(struct api_field){json_words(field, "name"), json_words(field, "value")};
	}
	return fields;
}

int mastodon_write_account(const json_t *account, const struct page *page, struct extract *extract)
{
	struct facts *facts = &extract->facts;
	const json_t *fields = json_array_at(account, "fields");
	const char *moved = json_words(json_object_at(account, "moved"), "url");
	const char *avatar = json_words(account, "avatar");
	const struct api_owner owner = {
		.handle = json_text(account, "username"),
		.name = json_words(account, "display_name"),
		.about = json_words(account, "note"),
		.about_html = true,
		.photo = avatar && !is_default_picture(avatar) ? avatar : NULL,
		.photo_alt = json_words(account, "avatar_description"),
		.fields = fields_of(extract->arena, fields),
		.n_fields = json_array_size(fields),
	};
	facts->created_s = json_date(account, "created_at");
	facts->last_active_s = json_date(account, "last_status_at");
	facts->n_posts = json_int64(account, "statuses_count", -1);
	facts->n_followers = json_int64(account, "followers_count", -1);
	facts->n_following = json_int64(account, "following_count", -1);
	int r = owner.fields ? api_url(extract->arena, page->final_url, moved, &facts->moved_to)
			     : -ENOMEM;
	return r == 0 ? api_write_owner(extract, page, &owner) : r;
}

/* ---- status ---- */

int mastodon_add_words(struct compose *compose, const json_t *status, const char *base)
{
	const char *warning = json_words(status, "spoiler_text");
	const json_t *options = json_array_at(json_object_at(status, "poll"), "options");
	const json_t *media = json_array_at(status, "media_attachments");
	struct html_text title;
	int r = compose_read_plain(compose, warning, warning ? strlen(warning) : 0, &title);
	if (r == 0)
		r = compose_add_title(compose, &title);
	if (r == 0)
		r = api_add_html(compose, json_words(status, "content"), base);
	for (size_t i = 0; r == 0 && i < json_array_size(options); i++)
		r = compose_add_plain(compose, json_words(json_array_get(options, i), "title"));
	for (size_t i = 0; r == 0 && i < json_array_size(media); i++)
		r = compose_add_plain(compose, json_words(json_array_get(media, i), "description"));
	return r;
}

/* Mastodon 4.4 wraps the quoted status, its kin has it there itself. */
static const json_t *quoted_status(const json_t *status)
{
	const json_t *quote = json_object_at(status, "quote");
	return mastodon_is_status(quote) ? quote : json_object_at(quote, "quoted_status");
}

static int compose_status(
	struct compose *compose, const json_t *status, enum post_kind kind, const char *base)
{
	if (kind == KIND_REPOST) {
		const json_t *reblog = json_object_at(status, "reblog");
		return api_add_others_of(
			compose, reblog ? reblog : status, base, mastodon_add_words);
	}
	int r = mastodon_add_words(compose, status, base);
	if (r == 0)
		r = api_add_card(compose, base, json_words(json_object_at(status, "card"), "url"));
	if (r == 0 && kind == KIND_QUOTE)
		r = api_add_others_of(compose, quoted_status(status), base, mastodon_add_words);
	return r;
}

static bool is_set(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return value && !json_is_null(value);
}

static int kind_of(struct arena *arena, const json_t *status, const struct mastodon_owner *owner,
	enum post_kind *ret)
{
	const char *author = NULL;
	int r = json_id(arena, json_object_at(status, "account"), "id", &author);
	if (r < 0)
		return r;
	/* Nothing that another account wrote counts as the person's, wherever it stands. */
	bool own = author && owner->id && strcmp(author, owner->id) == 0;
	if (is_set(status, "reblog") || !own)
		*ret = KIND_REPOST;
	else if (is_set(status, "quote"))
		*ret = KIND_QUOTE;
	else if (is_set(status, "in_reply_to_id"))
		*ret = KIND_REPLY;
	else
		*ret = KIND_POST;
	return 0;
}

static bool is_pinned(const json_t *status, const char *id, const struct mastodon_owner *owner)
{
	bool pinned = json_flag(status, "pinned");
	for (size_t i = 0; i < owner->n_pinned && !pinned; i++)
		pinned = strcmp(owner->pinned[i], id) == 0;
	return pinned;
}

static int write_head(
	const json_t *status, const struct page *page, struct arena *arena, struct post *post)
{
	const char *url = json_words(status, "url");
	const char *uri = json_words(status, "uri");
	int r = api_url(arena, page->final_url, url ? url : uri, &post->url);
	if (r == 0)
		r = api_copy(arena, json_words(json_object_at(status, "account"), "acct"),
			&post->author);
	if (r == 0)
		r = api_copy(arena, json_words(status, "language"), &post->lang);
	post->published_s = json_date(status, "created_at");
	post->updated_s = json_date(status, "edited_at");
	return r;
}

int mastodon_write_status(const json_t *status, const struct mastodon_owner *owner,
	const struct page *page, struct extract *extract)
{
	struct compose compose = COMPOSE_INIT(extract->arena);
	struct post post = {0};
	int r = json_id(extract->arena, status, "id", &post.id);
	if (r < 0 || !post.id)
		return r;
	post.pinned = is_pinned(status, post.id, owner);
	r = write_head(status, page, extract->arena, &post);
	if (r == 0)
		r = kind_of(extract->arena, status, owner, &post.kind);
	if (r == 0)
		r = compose_status(&compose, status, post.kind, page->final_url);
	return api_add_post(extract, &compose, r, &post);
}
