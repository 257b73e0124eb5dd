#include "crawlers/sources/activitypub.h"
#include "crawlers/sources/api.h"
#include "crawlers/sources/fediverse.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/owner.h"

#include <string.h>
#include <strings.h>

/* Field names: https://www.w3.org/TR/activitystreams-vocabulary/ and what servers add to it
 * (docs.joinmastodon.org/spec/activitypub, misskey-hub.net/ns, FEP-044f, FEP-e232). */

/* ---- one or many ---- */

size_t activitypub_count(const json_t *value)
{
	if (json_is_array(value))
		return json_array_size(value);
	return value && !json_is_null(value) ? 1 : 0;
}

const json_t *activitypub_item(const json_t *value, size_t i)
{
	return json_is_array(value) ? json_array_get(value, i) : value;
}

const char *activitypub_id(const json_t *value)
{
	for (size_t i = 0; i < activitypub_count(value); i++) {
		const json_t *item = activitypub_item(value, i);
		const char *id =
			json_is_string(item) ? json_string_value(item) : json_words(item, "id");
		if (!id)
			id = json_words(item, "href");
		if (id && *id)
			return id;
	}
	return NULL;
}

bool activitypub_is(const json_t *object, const char *type)
{
	const json_t *types = json_object_get(object, "type");
	for (size_t i = 0; i < activitypub_count(types); i++) {
		const char *told = json_string_value(activitypub_item(types, i));
		if (told && strcmp(told, type) == 0)
			return true;
	}
	return false;
}

static bool is_any(const json_t *object, const char *const *types, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (activitypub_is(object, types[i]))
			return true;
	}
	return false;
}

bool activitypub_is_actor(const json_t *object)
{
	static const char *const types[] = {
		"Person", "Service", "Organization", "Group", "Application"};
	return is_any(object, types, sizeof types / sizeof *types) &&
	       json_words(object, "preferredUsername") && json_object_get(object, "outbox");
}

/* The words at @key or, failing that, in its map of languages; *@ret_lang where that says it. */
static const char *words_at(
	const json_t *object, const char *key, const char *map_key, const char **ret_lang)
{
	const char *words = json_words(object, key), *lang;
	const json_t *map = json_object_at(object, map_key), *value;
	*ret_lang = NULL;
	json_object_foreach((json_t *)map, lang, value) {
		const char *told = json_string_value(value);
		bool only = json_object_size(map) == 1;
		if (!told || !*told || (words && !only && strcmp(words, told) != 0))
			continue;
		*ret_lang = strcmp(lang, "und") != 0 ? lang : NULL;
		return words ? words : told;
	}
	return words;
}

/* The address that a person opens: of several, the one that is a web page. */
static const char *page_of(const json_t *object)
{
	const json_t *urls = json_object_get(object, "url");
	const char *first = NULL;
	for (size_t i = 0; i < activitypub_count(urls); i++) {
		const json_t *url = activitypub_item(urls, i);
		const char *href = activitypub_id(url), *type = json_words(url, "mediaType");
		if (href && type && strncasecmp(type, "text/html", 9) == 0)
			return href;
		first = first ? first : href;
	}
	return first;
}

/* ---- actors ---- */

/* Rows of its table, in @arena.  NULL: no memory. */
static const struct api_field *fields_of(
	struct arena *arena, const json_t *attachments, size_t *ret_count)
{
	size_t count = activitypub_count(attachments);
	struct api_field *fields = arena_array(arena, count, sizeof *fields);
	*ret_count = 0;
	for (size_t i = 0; fields && i < count; i++) {
		const json_t *item = activitypub_item(attachments, i);
		if (activitypub_is(item, "PropertyValue"))
			fields[(*ret_count)++] = (struct api_field){
				json_words(item, "name"), json_words(item, "value")};
	}
	return fields;
}

/* The accounts that the actor says are its own as well. */
static int write_aliases(const json_t *actor, const struct page *page, struct extract *extract)
{
	const json_t *aliases = json_object_get(actor, "alsoKnownAs");
	int r = 0;
	for (size_t i = 0; r == 0 && i < activitypub_count(aliases); i++) {
		const char *alias = activitypub_id(activitypub_item(aliases, i));
		if (alias)
			r = extract_add_link(extract, page->final_url, alias);
	}
	return r;
}

int activitypub_write_actor(const json_t *actor, const struct page *page, struct extract *extract)
{
	const char *lang, *moved = activitypub_id(json_object_get(actor, "movedTo"));
	const json_t *icon = activitypub_item(json_object_get(actor, "icon"), 0);
	struct api_owner owner = {
		.handle = json_text(actor, "preferredUsername"),
		.name = words_at(actor, "name", "nameMap", &lang),
		.about = words_at(actor, "summary", "summaryMap", &lang),
		.about_html = true,
		.location = json_words(actor, "vcard:Address"),
		.photo = json_is_object(icon) ? activitypub_id(json_object_get(icon, "url"))
					      : json_string_value(icon),
		.photo_alt = json_words(icon, "name"),
	};
	extract->facts.created_s = json_date(actor, "published");
	owner.fields =
		fields_of(extract->arena, json_object_get(actor, "attachment"), &owner.n_fields);
	if (!owner.fields)
		return -ENOMEM;
	int r = api_url(extract->arena, page->final_url, moved, &extract->facts.moved_to);
	if (r == 0)
		r = write_aliases(actor, page, extract);
	return r == 0 ? api_write_owner(extract, page, &owner) : r;
}

/* ---- objects ---- */

static bool is_written(const json_t *object)
{
	static const char *const types[] = {"Note", "Article", "Question", "Page", "Video", "Audio",
		"Image", "Document", "Event"};
	const char *lang;
	if (is_any(object, types, sizeof types / sizeof *types))
		return true;
	/* Reviews, quotations and the like of servers that have words of their own. */
	return json_words(object, "attributedTo") &&
	       words_at(object, "content", "contentMap", &lang);
}

static int add_content(
	struct compose *compose, const json_t *object, const char *content, const char *base_url)
{
	const char *type = json_words(object, "mediaType");
	if (type && strncasecmp(type, "text/markdown", 13) == 0)
		return api_add_markdown(compose, content);
	if (type && strncasecmp(type, "text/plain", 10) == 0)
		return compose_add_plain(compose, content);
	return api_add_html(compose, content, base_url);
}

/* What is said of pictures, and where other attachments lead. */
static int add_attachments(struct compose *compose, const json_t *list, const char *base_url)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < activitypub_count(list); i++) {
		const json_t *item = activitypub_item(list, i);
		r = compose_add_plain(compose, json_words(item, "name"));
		if (r == 0 && activitypub_is(item, "Link"))
			r = api_add_card(compose, base_url, json_words(item, "href"));
	}
	return r;
}

static int add_options(struct compose *compose, const json_t *list)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < activitypub_count(list); i++)
		r = compose_add_plain(compose, json_words(activitypub_item(list, i), "name"));
	return r;
}

/* A note's summary warns of its content; an article's says the same in short. */
static int add_words(struct compose *compose, const json_t *object, const char *base_url)
{
	const char *lang;
	const char *name = words_at(object, "name", "nameMap", &lang);
	const char *summary = words_at(object, "summary", "summaryMap", &lang);
	const char *content = words_at(object, "content", "contentMap", &lang);
	struct html_text short_text = {.text = ""};
	int r = compose_read_html(
		compose, summary, summary ? strlen(summary) : 0, base_url, &short_text);
	if (r == 0)
		r = api_add_title(compose, name, false);
	if (r == 0 && !name)
		r = compose_add_title(compose, &short_text);
	if (r == 0)
		r = add_content(compose, object, content, base_url);
	if (r == 0 && name)
		r = compose_add_once(compose, &short_text);
	if (r == 0)
		r = add_options(compose, json_object_get(object, "oneOf"));
	if (r == 0)
		r = add_options(compose, json_object_get(object, "anyOf"));
	if (r == 0)
		r = add_attachments(compose, json_object_get(object, "attachment"), base_url);
	return r == 0 ? add_attachments(compose, json_object_get(object, "image"), base_url) : r;
}

/* The address of the post that this one quotes, in every way of writing it; NULL: it quotes none. */
static const char *quoted(const json_t *object)
{
	static const char *const keys[] = {"quote", "quoteUrl", "quoteUri", "_misskey_quote"};
	const json_t *tags = json_object_get(object, "tag");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *url = activitypub_id(json_object_get(object, keys[i]));
		if (url)
			return url;
	}
	for (size_t i = 0; i < activitypub_count(tags); i++) {
		const json_t *tag = activitypub_item(tags, i);
		const char *type = json_words(tag, "mediaType");
		if (activitypub_is(tag, "Link") && type && strstr(type, "activitystreams"))
			return json_words(tag, "href");
	}
	return NULL;
}

static bool is_by(const json_t *object, const char *owner)
{
	const json_t *authors = json_object_get(object, "attributedTo");
	for (size_t i = 0; i < activitypub_count(authors); i++) {
		const char *author = activitypub_id(activitypub_item(authors, i));
		if (author && owner_same_url(author, owner))
			return true;
	}
	return activitypub_count(authors) == 0;
}

static enum post_kind kind_of(const json_t *object, const char *owner)
{
	/* Nothing that another account wrote counts as the person's, wherever it stands. */
	if (!is_by(object, owner))
		return KIND_REPOST;
	if (quoted(object))
		return KIND_QUOTE;
	return activitypub_id(json_object_get(object, "inReplyTo")) ? KIND_REPLY : KIND_POST;
}

/* @as: its id, where it stands beside an older state of itself; NULL: its own. */
static int write_object(const json_t *object, const char *as, const char *owner,
	const struct page *page, struct extract *extract)
{
	struct arena *arena = extract->arena;
	const char *id = json_words(object, "id"), *url = page_of(object), *lang = NULL;
	if (!id)
		return 0;
	struct post post = {
		.kind = kind_of(object, owner),
		.published_s = json_date(object, "published"),
		.updated_s = json_date(object, "updated"),
	};
	(void)words_at(object, "content", "contentMap", &lang);
	int r = api_copy(arena, as ? as : id, &post.id);
	if (r == 0)
		r = api_permalink(arena, page->final_url, url ? url : id, &post.url);
	if (r == 0)
		r = api_copy(arena, lang, &post.lang);
	if (r == 0)
		r = api_copy(arena, activitypub_id(json_object_get(object, "attributedTo")),
			&post.author);
	struct compose compose = COMPOSE_INIT(arena);
	if (r == 0)
		r = post.kind == KIND_REPOST
			    ? api_add_others_of(&compose, object, page->final_url, add_words)
			    : add_words(&compose, object, page->final_url);
	if (r == 0)
		r = api_add_card(&compose, page->final_url, quoted(object));
	return api_add_post(extract, &compose, r, &post);
}

/* ---- activities ---- */

/* Somebody else's post passed on.  Some servers give that act no page of its own, but a part of another. */
static int write_announce(const json_t *activity, const struct page *page, struct extract *extract)
{
	const json_t *object = activitypub_item(json_object_get(activity, "object"), 0);
	const char *id = json_words(activity, "id");
	struct post post = {.kind = KIND_REPOST, .published_s = json_date(activity, "published")};
	int r = api_copy(extract->arena, id, &post.id);
	if (r == 0)
		r = api_url(extract->arena, page->final_url,
			strchr(id, '#') ? activitypub_id(object) : id, &post.url);
	if (r == 0)
		r = api_copy(extract->arena,
			activitypub_id(json_object_get(object, "attributedTo")), &post.author);
	struct compose compose = COMPOSE_INIT(extract->arena);
	if (r == 0)
		r = api_add_card(&compose, page->final_url, activitypub_id(object));
	if (r == 0 && json_is_object(object))
		r = api_add_others_of(&compose, object, page->final_url, add_words);
	return api_add_post(extract, &compose, r, &post);
}

int activitypub_write_interaction(const json_t *about, const struct activitypub_act *act,
	const struct page *page, struct extract *extract)
{
	struct url url;
	struct fediverse_name name;
	const char *lang;
	const bool follow = act->kind == KIND_FOLLOW;
	const json_t *author = json_object_get(about, "attributedTo");
	const char *address = activitypub_id(about);
	const char *whom = follow ? address : activitypub_id(author);
	struct api_interaction told = {
		.kind = act->kind,
		.id = act->id,
		.name = follow ? words_at(about, "name", "nameMap", &lang) : NULL,
		.about = follow ? words_at(about, "summary", "summaryMap", &lang)
				: words_at(about, "content", "contentMap", &lang),
		.about_html = true,
		.url = page_of(about) ? page_of(about) : address,
		.published_s = act->published_s,
	};
	int r = whom ? url_parse(extract->arena, whom, &url) : URL_E_BAD;
	if (r == 0 && fediverse_name(&url, &name) && !name.host)
		r = api_format(
			extract->arena, &told.handle, "%.*s@%s", name.len, name.at, url.host);
	return r < 0 ? r : api_add_interaction(extract, page->final_url, &told);
}

static int write_activity(const json_t *row, const char *owner, const struct page *page,
	struct extract *extract, const char **ret_object)
{
	const json_t *object = activitypub_item(json_object_get(row, "object"), 0);
	const struct activitypub_act act = {
		.kind = activitypub_is(row, "Like") ? KIND_LIKE : KIND_FOLLOW,
		.id = json_words(row, "id"),
		.published_s = json_date(row, "published"),
	};
	if (activitypub_is(row, "Announce"))
		return write_announce(row, page, extract);
	if (activitypub_is(row, "Like") || activitypub_is(row, "Follow"))
		return activitypub_write_interaction(object, &act, page, extract);
	bool edit = activitypub_is(row, "Update");
	if (!edit && !activitypub_is(row, "Create"))
		return 0; /* took something back, pinned it, blocked somebody … */
	if (is_written(object))
		return write_object(
			object, edit ? json_text(row, "id") : NULL, owner, page, extract);
	if (json_is_string(object))
		*ret_object = json_string_value(object);
	return 0;
}

static bool is_activity(const json_t *row)
{
	static const char *const types[] = {"Create", "Update", "Announce", "Like", "Follow", "Add",
		"Remove", "Delete", "Undo", "Accept", "Reject", "Block", "Flag", "Move", "Dislike",
		"EmojiReact", "Listen", "Read", "View", "Arrive", "Join", "Leave", "Offer",
		"Invite", "TentativeAccept", "TentativeReject", "Travel", "Ignore"};
	return is_any(row, types, sizeof types / sizeof *types) && json_words(row, "id") &&
	       activitypub_count(json_object_get(row, "object")) > 0;
}

int activitypub_write_row(const json_t *row, const char *owner, const struct page *page,
	struct extract *extract, bool *ret_known, const char **ret_object)
{
	const char *actor = activitypub_id(json_object_get(row, "actor"));
	*ret_object = NULL;
	*ret_known = true;
	if (json_is_string(row)) {
		*ret_object = json_string_value(row);
		return 0;
	}
	if (activitypub_is(row, "Tombstone"))
		return 0; /* what was there is gone */
	if (is_activity(row)) {
		/* Another's activity, which some lists have as well, is none of the person's. */
		bool own = !actor || owner_same_url(actor, owner);
		return own ? write_activity(row, owner, page, extract, ret_object) : 0;
	}
	*ret_known = json_words(row, "id") && is_written(row);
	return *ret_known ? write_object(row, NULL, owner, page, extract) : 0;
}
