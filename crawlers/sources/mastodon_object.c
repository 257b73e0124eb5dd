#include "crawlers/sources/mastodon.h"

#include "crawlers/parse/compose.h"
#include "crawlers/parse/json.h"

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

static int copy_string(struct arena *arena, const char *string, const char **ret)
{
	*ret = arena_strdup(arena, string);
	return string && !*ret ? -ENOMEM : 0;
}

static int copy_url(struct arena *arena, const char *base, const char *url, const char **ret)
{
	*ret = NULL;
	if (!url)
		return 0;
	int r = url_resolve(arena, base, url, ret);
	return r < 0 ? r : 0; /* a URL that is none is as good as none */
}

static int add_html(struct compose *compose, const char *html, const char *base)
{
	struct html_text part;
	int r = compose_read_html(compose, html, html ? strlen(html) : 0, base, &part);
	return r < 0 ? r : compose_add(compose, &part);
}

/* A post that was put together; @compose is released whatever comes of it. */
static int finish(struct compose *compose, struct extract *extract, struct post *post)
{
	int r = compose_finish(compose, post);
	extract->coverage.cut |= compose->cut || compose->unread;
	if (compose->unread)
		extract->coverage.lack = "Some posts are too big or too deeply nested to be read.";
	compose_release(compose);
	return r;
}

/* ---- account ---- */

/* "Pronouns: she/her", and the links in it as own pages. */
static int add_field(struct compose *compose, const json_t *field, const struct page *page,
	struct extract *extract)
{
	const char *html = json_words(field, "value");
	const char *name = json_words(field, "name");
	struct html_text value;
	int r = compose_read_html(compose, html, html ? strlen(html) : 0, page->final_url, &value);
	for (size_t i = 0; r == 0 && i < value.n_links; i++)
		r = extract_add_link(extract, page->final_url, value.links[i].url);
	if (r < 0 || value.len == 0)
		return r;
	struct buf line = BUF_INIT(LIMIT_POST_TEXT_B);
	r = buf_addf(&line, "%s: %s", name ? name : "", value.text);
	if (r == 0)
		r = compose_add_plain(compose, buf_str(&line));
	compose->cut |= r == BUF_E_FULL;
	buf_release(&line);
	return r < 0 ? r : 0;
}

static int write_bio(const json_t *account, const struct page *page, struct extract *extract)
{
	struct compose compose = COMPOSE_INIT(extract->arena);
	struct post bio = {.id = "bio", .kind = KIND_BIO, .url = page->profile};
	const json_t *fields = json_array_at(account, "fields");
	const char *note = json_words(account, "note");
	struct html_text words;
	int r = compose_read_html(&compose, note, note ? strlen(note) : 0, page->final_url, &words);
	if (r == 0)
		r = compose_add_plain(&compose, json_words(account, "display_name"));
	if (r == 0)
		r = compose_add(&compose, &words);
	for (size_t i = 0; r == 0 && i < json_array_size(fields); i++)
		r = add_field(&compose, json_array_get(fields, i), page, extract);
	if (r < 0) {
		compose_release(&compose);
		return r;
	}
	r = finish(&compose, extract, &bio);
	extract->facts.bio = words.len > 0 ? words.text : NULL;
	if (r < 0 || bio.len == 0)
		return r;
	struct post *post;
	r = extract_add_post(extract, &post);
	if (r == 0 && post)
		*post = bio;
	return r;
}

static int write_handle(const json_t *account, const struct page *page, struct extract *extract)
{
	struct post *post;
	const char *name = arena_strdup(extract->arena, json_text(account, "username"));
	int r = name ? extract_add_post(extract, &post) : -ENOMEM;
	if (r < 0 || !post)
		return r;
	*post = (struct post){
		.id = "handle", .kind = KIND_HANDLE, .url = page->profile, .text = name};
	post->len = strlen(name);
	extract->facts.handle = name;
	return 0;
}

/* What every account without a picture of its own has. */
static bool is_default_picture(const char *url)
{
	static const char name[] = "/missing.png";
	size_t len = strlen(url);
	return len >= sizeof name - 1 && strcmp(url + len - (sizeof name - 1), name) == 0;
}

static int write_photo(const json_t *account, const struct page *page, struct extract *extract)
{
	struct facts *facts = &extract->facts;
	const char *avatar = json_words(account, "avatar");
	if (!avatar || is_default_picture(avatar))
		return 0;
	int r = copy_url(extract->arena, page->final_url, avatar, &facts->photo_url);
	if (r < 0)
		return r;
	return copy_string(
		extract->arena, json_words(account, "avatar_description"), &facts->photo_alt);
}

int mastodon_write_account(const json_t *account, const struct page *page, struct extract *extract)
{
	struct facts *facts = &extract->facts;
	const char *name = json_words(account, "display_name");
	const char *moved = json_words(json_object_at(account, "moved"), "url");
	facts->created_s = json_date(account, "created_at");
	facts->last_active_s = json_date(account, "last_status_at");
	facts->n_posts = json_int64(account, "statuses_count", -1);
	facts->n_followers = json_int64(account, "followers_count", -1);
	facts->n_following = json_int64(account, "following_count", -1);
	int r = copy_string(
		extract->arena, name ? name : json_words(account, "username"), &facts->name);
	if (r == 0)
		r = copy_url(extract->arena, page->final_url, moved, &facts->moved_to);
	if (r == 0)
		r = write_photo(account, page, extract);
	if (r == 0)
		r = write_handle(account, page, extract);
	return r == 0 ? write_bio(account, page, extract) : r;
}

/* ---- status ---- */

/* The words of a status: warning, text, options of a poll, descriptions of pictures. */
static int add_words(struct compose *compose, const json_t *status, const char *base)
{
	const char *warning = json_words(status, "spoiler_text");
	const json_t *options = json_array_at(json_object_at(status, "poll"), "options");
	const json_t *media = json_array_at(status, "media_attachments");
	struct html_text title;
	int r = compose_read_plain(compose, warning, warning ? strlen(warning) : 0, &title);
	if (r == 0)
		r = compose_add_title(compose, &title);
	if (r == 0)
		r = add_html(compose, json_words(status, "content"), base);
	for (size_t i = 0; r == 0 && i < json_array_size(options); i++)
		r = compose_add_plain(compose, json_words(json_array_get(options, i), "title"));
	for (size_t i = 0; r == 0 && i < json_array_size(media); i++)
		r = compose_add_plain(compose, json_words(json_array_get(media, i), "description"));
	return r;
}

/* All words of @status as somebody else's. */
static int add_others(struct compose *compose, const json_t *status, const char *base)
{
	struct compose theirs = COMPOSE_INIT(compose->arena);
	struct post post = {0};
	int r = add_words(&theirs, status, base);
	if (r == 0)
		r = compose_finish(&theirs, &post);
	compose->cut |= theirs.cut;
	compose->unread |= theirs.unread;
	compose_release(&theirs);
	if (r < 0)
		return r;
	struct html_text part = {.text = post.text,
		.len = post.len,
		.others = post.others,
		.others_len = post.others_len};
	return compose_add_others(compose, &part);
}

/* The link that is shown as a card covers none of the text; most stand there as well. */
static int add_card(struct compose *compose, const json_t *status, const char *base)
{
	const char *url;
	int r = copy_url(
		compose->arena, base, json_words(json_object_at(status, "card"), "url"), &url);
	if (r < 0 || !url)
		return r;
	for (size_t i = 0; i < compose->n_links; i++) {
		if (strcmp(compose->links[i].url, url) == 0)
			return 0;
	}
	struct link link = {.url = url};
	struct html_text card = {.text = "", .links = &link, .n_links = 1};
	return compose_add(compose, &card);
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
		return add_others(compose, reblog ? reblog : status, base);
	}
	int r = add_words(compose, status, base);
	if (r == 0)
		r = add_card(compose, status, base);
	if (r == 0 && kind == KIND_QUOTE)
		r = add_others(compose, quoted_status(status), base);
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
	int r = copy_url(arena, page->final_url, url ? url : uri, &post->url);
	if (r == 0)
		r = copy_string(arena, json_words(json_object_at(status, "account"), "acct"),
			&post->author);
	if (r == 0)
		r = copy_string(arena, json_words(status, "language"), &post->lang);
	post->published_s = json_date(status, "created_at");
	post->updated_s = json_date(status, "edited_at");
	return r;
}

int mastodon_write_status(const json_t *status, const struct mastodon_owner *owner,
	const struct page *page, struct extract *extract)
{
	struct arena *arena = extract->arena;
	struct post *post;
	const char *id;
	int r = json_id(arena, status, "id", &id);
	if (r < 0 || !id)
		return r;
	r = extract_add_post(extract, &post);
	if (r < 0 || !post)
		return r;
	post->id = id;
	post->pinned = is_pinned(status, id, owner);
	r = write_head(status, page, arena, post);
	if (r == 0)
		r = kind_of(arena, status, owner, &post->kind);
	if (r < 0)
		return r;
	struct compose compose = COMPOSE_INIT(arena);
	r = compose_status(&compose, status, post->kind, page->final_url);
	if (r < 0) {
		compose_release(&compose);
		return r;
	}
	return finish(&compose, extract, post);
}
