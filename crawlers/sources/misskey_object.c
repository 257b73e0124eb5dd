#include "crawlers/sources/api.h"
#include "crawlers/sources/misskey.h"

#include "crawlers/parse/json.h"

#include <stdlib.h>
#include <string.h>

/* Field names: the API's own description at /api.json of any server (MeDetailed, Note, Following). */

/* ---- text ---- */

/* Functions within functions: Misskey itself stops at 20. */
#define MFM_DEPTH 64

static const char *const mfm_tags[] = {"<b>", "</b>", "<i>", "</i>", "<s>", "</s>", "<small>",
	"</small>", "<center>", "</center>", "<plain>", "</plain>"};

/* How long the tag at @at is; 0: there is none. */
static size_t tag_len(const char *at)
{
	for (size_t i = 0; i < sizeof mfm_tags / sizeof *mfm_tags; i++) {
		if (strncmp(at, mfm_tags[i], strlen(mfm_tags[i])) == 0)
			return strlen(mfm_tags[i]);
	}
	return 0;
}

/* How long "$[name.arguments " at @at is; 0: there is none. */
static size_t function_len(const char *at)
{
	if (strncmp(at, "$[", 2) != 0)
		return 0;
	size_t len = strspn(at + 2, API_PLAIN_DOT "=,");
	return len > 0 && at[2 + len] == ' ' ? 2 + len + 1 : 0;
}

int misskey_plain(struct arena *arena, const char *mfm, const char **ret)
{
	bool function[MFM_DEPTH]; /* what the open brackets are of */
	size_t depth = 0, n = 0, skip;
	char *plain = mfm ? arena_alloc(arena, strlen(mfm) * 2 + 1) : NULL;
	*ret = plain;
	if (!plain)
		return mfm ? -ENOMEM : 0;
	for (const char *at = mfm; *at; at += skip) {
		bool opens = function_len(at) > 0;
		skip = opens ? function_len(at) : tag_len(at);
		if ((opens || *at == '[') && depth < MFM_DEPTH)
			function[depth++] = opens;
		else if (*at == ']' && depth > 0 && function[--depth])
			skip = 1;
		if (skip > 0)
			continue;
		plain[n++] = *at;
		/* What starts a comment in Markdown is a reader's to see here. */
		if (strncmp(at, "<!--", 4) == 0)
			plain[n++] = ' ';
		skip = 1;
	}
	plain[n] = '\0';
	return 0;
}

static int add_mfm(struct compose *compose, const char *mfm)
{
	const char *plain;
	int r = misskey_plain(compose->arena, mfm, &plain);
	return r == 0 ? api_add_markdown(compose, plain) : r;
}

/* ---- the account ---- */

bool misskey_is_user(const json_t *object)
{
	return json_words(object, "id") && json_words(object, "username") &&
	       json_object_get(object, "notesCount");
}

/* Rows of its table, in @arena.  NULL: no memory. */
static const struct api_field *fields_of(struct arena *arena, const json_t *list)
{
	struct api_field *fields = arena_array(arena, json_array_size(list), sizeof *fields);
	for (size_t i = 0; fields && i < json_array_size(list); i++) {
		const json_t *field = json_array_get(list, i);
		fields[i] = (struct api_field){json_words(field, "name"), NULL};
		if (misskey_plain(arena, json_words(field, "value"), &fields[i].value) < 0)
			return NULL;
	}
	return fields;
}

/* The pages whose owner is the account's, as the server found, and what stands alone in a row. */
static int add_links(const json_t *user, const struct page *page, struct extract *extract)
{
	const json_t *verified = json_array_at(user, "verifiedLinks");
	const json_t *fields = json_array_at(user, "fields");
	const json_t *aliases = json_array_at(user, "alsoKnownAs");
	int r = 0;
	for (size_t i = 0; r == 0 && i < json_array_size(verified); i++) {
		const char *url = json_string_value(json_array_get(verified, i));
		r = url ? extract_add_link(extract, page->url, url) : 0;
	}
	for (size_t i = 0; r == 0 && i < json_array_size(fields); i++) {
		const char *value = json_words(json_array_get(fields, i), "value");
		bool web = value && (strncmp(value, "https://", 8) == 0 ||
					    strncmp(value, "http://", 7) == 0);
		r = web ? extract_add_link(extract, page->url, value) : 0;
	}
	for (size_t i = 0; r == 0 && i < json_array_size(aliases); i++) {
		const char *url = json_string_value(json_array_get(aliases, i));
		r = url ? extract_add_link(extract, page->url, url) : 0;
	}
	return r;
}

int misskey_write_user(const json_t *user, const struct page *page, struct extract *extract)
{
	struct facts *facts = &extract->facts;
	const json_t *fields = json_array_at(user, "fields");
	struct api_owner owner = {
		.handle = json_words(user, "username"),
		.name = json_words(user, "name"),
		.location = json_words(user, "location"),
		.photo = json_words(user, "avatarUrl"),
		.fields = fields_of(extract->arena, fields),
		.n_fields = json_array_size(fields),
	};
	facts->created_s = json_date(user, "createdAt");
	facts->last_active_s = json_date(user, "updatedAt");
	facts->n_posts = json_int64(user, "notesCount", -1);
	facts->n_followers = json_int64(user, "followersCount", -1);
	facts->n_following = json_int64(user, "followingCount", -1);
	int r = owner.fields ? misskey_plain(extract->arena, json_words(user, "description"),
				       &owner.about)
			     : -ENOMEM;
	if (r == 0)
		r = api_url(
			extract->arena, page->url, json_words(user, "movedTo"), &facts->moved_to);
	if (r == 0)
		r = add_links(user, page, extract);
	return r == 0 ? api_write_owner(extract, page, &owner) : r;
}

/* ---- notes ---- */

bool misskey_is_note(const json_t *object)
{
	return json_words(object, "id") && json_words(object, "userId") &&
	       json_object_get(object, "text");
}

static bool is_set(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return value && !json_is_null(value);
}

/* Does the note say anything of its own? */
static bool says(const json_t *note)
{
	return json_words(note, "text") || json_words(note, "cw") ||
	       json_array_size(json_array_at(note, "files")) > 0 || is_set(note, "poll");
}

static enum post_kind kind_of(const json_t *note, const struct misskey_owner *owner)
{
	/* Nothing that another account wrote counts as the person's, wherever it stands. */
	if (strcmp(json_text(note, "userId"), owner->id) != 0)
		return KIND_REPOST;
	if (is_set(note, "renoteId"))
		return says(note) ? KIND_QUOTE : KIND_REPOST;
	return is_set(note, "replyId") ? KIND_REPLY : KIND_POST;
}

/* The words of a note: warning, text, choices of a poll, descriptions of pictures. */
static int add_words(struct compose *compose, const json_t *note, const char *base_url)
{
	(void)base_url; /* nothing in it is relative */
	const json_t *choices = json_array_at(json_object_at(note, "poll"), "choices");
	const json_t *files = json_array_at(note, "files");
	const char *warning;
	int r = misskey_plain(compose->arena, json_words(note, "cw"), &warning);
	if (r == 0)
		r = api_add_title(compose, warning, false);
	if (r == 0)
		r = add_mfm(compose, json_words(note, "text"));
	for (size_t i = 0; r == 0 && i < json_array_size(choices); i++)
		r = compose_add_plain(compose, json_words(json_array_get(choices, i), "text"));
	for (size_t i = 0; r == 0 && i < json_array_size(files); i++)
		r = compose_add_plain(compose, json_words(json_array_get(files, i), "comment"));
	return r;
}

static int compose_note(struct compose *compose, const json_t *note, const struct post *post,
	const struct misskey_owner *owner)
{
	const json_t *renote = json_object_at(note, "renote");
	if (post->kind == KIND_REPOST)
		return api_add_others_of(compose, renote ? renote : note, owner->origin, add_words);
	int r = add_words(compose, note, owner->origin);
	if (r == 0 && post->kind == KIND_QUOTE)
		r = api_add_card(compose, owner->origin, json_words(renote, "uri"));
	if (r == 0 && post->kind == KIND_QUOTE)
		r = api_add_others_of(compose, renote, owner->origin, add_words);
	return r;
}

static bool is_pinned(const struct misskey_owner *owner, const char *id)
{
	const char *at = owner->pinned;
	size_t len = strlen(id);
	while ((at = strstr(at, id))) {
		if (at > owner->pinned && at[-1] == ' ' && (at[len] == ' ' || at[len] == '\0'))
			return true;
		at += len;
	}
	return false;
}

int misskey_write_note(
	const json_t *note, const struct misskey_owner *owner, struct extract *extract)
{
	struct arena *arena = extract->arena;
	const char *id = json_text(note, "id");
	struct post post = {
		.kind = kind_of(note, owner),
		.pinned = is_pinned(owner, id),
		.published_s = json_date(note, "createdAt"),
		.updated_s = json_date(note, "updatedAt"),
	};
	const char *page = NULL, *escaped = url_escape(arena, id);
	int r = escaped ? api_copy(arena, id, &post.id) : -ENOMEM;
	if (r == 0)
		r = api_format(arena, &page, "%s/notes/%s", owner->origin, escaped);
	if (r == 0)
		r = api_url(arena, NULL, page, &post.url);
	if (r == 0)
		r = api_copy(
			arena, json_words(json_object_at(note, "user"), "username"), &post.author);
	struct compose compose = COMPOSE_INIT(arena);
	if (r == 0)
		r = compose_note(&compose, note, &post, owner);
	return api_add_post(extract, &compose, r, &post);
}

/* ---- whom it follows ---- */

int misskey_write_following(const json_t *following, const char *origin, struct extract *extract)
{
	struct arena *arena = extract->arena;
	const json_t *whom = json_object_at(following, "followee");
	const char *username = json_words(whom, "username"), *host = json_words(whom, "host");
	const char *home = strstr(origin, "://"), *about;
	struct api_interaction told = {
		.kind = KIND_FOLLOW,
		.name = json_words(whom, "name"),
		.url = json_words(whom, "url"),
		.published_s = json_date(following, "createdAt"),
	};
	if (!username)
		return 0;
	int r = misskey_plain(arena, json_words(whom, "description"), &about);
	told.about = r == 0 ? about : NULL;
	if (r == 0)
		r = api_format(arena, &told.handle, "%s@%s", username,
			host   ? host
			: home ? home + 3
			       : "");
	if (r == 0 && !told.url)
		r = api_format(arena, &told.url, "%s/@%s%s%s", origin, username, host ? "@" : "",
			host ? host : "");
	return r < 0 ? r : api_add_interaction(extract, origin, &told);
}
