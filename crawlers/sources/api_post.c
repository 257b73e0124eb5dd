#include "crawlers/sources/api.h"

#include "crawlers/parse/json.h"
#include "daemon/base/limits.h"

#include <string.h>

/* ---- parts of a post ---- */

int api_add_html(struct compose *compose, const char *html, const char *base_url)
{
	struct html_text part;
	int r = compose_read_html(compose, html, html ? strlen(html) : 0, base_url, &part);
	return r < 0 ? r : compose_add(compose, &part);
}

int api_add_others_html(struct compose *compose, const char *html, const char *base_url)
{
	struct html_text part;
	int r = compose_read_html(compose, html, html ? strlen(html) : 0, base_url, &part);
	return r < 0 ? r : compose_add_others(compose, &part);
}

int api_add_others(struct compose *compose, const char *text)
{
	struct html_text part;
	int r = compose_read_plain(compose, text, text ? strlen(text) : 0, &part);
	return r < 0 ? r : compose_add_others(compose, &part);
}

int api_add_others_of(
	struct compose *compose, const json_t *object, const char *base_url, api_adder *add)
{
	struct compose theirs = COMPOSE_INIT(compose->arena);
	struct post post = {0};
	int r = object ? add(&theirs, object, base_url) : 0;
	if (r == 0)
		r = compose_finish(&theirs, &post);
	compose->cut |= theirs.cut;
	compose->unread |= theirs.unread;
	compose_release(&theirs);
	if (r < 0)
		return r;
	const struct html_text part = {.text = post.text,
		.len = post.len,
		.others = post.others,
		.others_len = post.others_len};
	return compose_add_others(compose, &part);
}

int api_add_title(struct compose *compose, const char *text, bool html)
{
	struct html_text part;
	size_t len = text ? strlen(text) : 0;
	int r = html ? compose_read_html(compose, text, len, NULL, &part)
		     : compose_read_plain(compose, text, len, &part);
	return r < 0 ? r : compose_add_title(compose, &part);
}

int api_add_card(struct compose *compose, const char *base_url, const char *url)
{
	struct link link = {0};
	int r = api_url(compose->arena, base_url, url, &link.url);
	if (r < 0 || !link.url)
		return r;
	for (size_t i = 0; i < compose->n_links; i++) {
		if (strcmp(compose->links[i].url, link.url) == 0)
			return 0; /* most stand in the text as well */
	}
	struct html_text card = {.text = "", .links = &link, .n_links = 1};
	return compose_add(compose, &card);
}

int api_decode(struct extract *extract, const char *html, const char **ret)
{
	struct compose compose = COMPOSE_INIT(extract->arena);
	struct html_text text;
	int r = compose_read_html(&compose, html, html ? strlen(html) : 0, NULL, &text);
	compose_release(&compose);
	if (r == 0)
		*ret = text.len > 0 ? text.text : NULL;
	return r;
}

/* ---- posts ---- */

static int add_body(struct compose *compose, const char *base_url, const struct api_piece *piece)
{
	switch (piece->markup) {
	case API_MARKUP_HTML:
		return api_add_html(compose, piece->body, base_url);
	case API_MARKUP_MARKDOWN:
		return api_add_markdown(compose, piece->body);
	case API_MARKUP_NONE:
		break;
	}
	return compose_add_plain(compose, piece->body);
}

static int add_piece(struct compose *compose, const char *base_url, const struct api_piece *piece)
{
	int r = api_add_title(compose, piece->title, piece->title_html);
	if (r == 0)
		r = add_body(compose, base_url, piece);
	if (r == 0)
		r = compose_add_plain(compose, piece->caption);
	if (r == 0)
		r = api_add_card(compose, base_url, piece->card);
	return r == 0 ? api_add_others(compose, piece->others) : r;
}

int api_add_piece(struct extract *extract, const char *base_url, const struct api_piece *piece)
{
	struct arena *arena = extract->arena;
	struct compose compose = COMPOSE_INIT(arena);
	struct post post = {
		.kind = piece->kind,
		.published_s = piece->published_s,
		.updated_s = piece->updated_s,
	};
	int r = api_copy(arena, piece->id, &post.id);
	if (r == 0)
		r = api_permalink(arena, base_url, piece->url, &post.url);
	if (r == 0)
		r = api_copy(arena, piece->author, &post.author);
	if (r == 0)
		r = api_copy(arena, piece->lang, &post.lang);
	if (r == 0)
		r = add_piece(&compose, base_url, piece);
	return api_add_post(extract, &compose, r, &post);
}

int api_add_post(struct extract *extract, struct compose *compose, int r, const struct post *head)
{
	struct post *post = NULL;
	struct post whole = *head;
	if (r == 0)
		r = compose_finish(compose, &whole);
	if (r == 0)
		r = extract_add_post(extract, &post);
	if (r == 0 && post)
		*post = whole;
	extract->coverage.cut |= compose->cut || compose->unread;
	if (compose->unread)
		extract->coverage.lack = "Some posts are too big or too deeply nested to be read.";
	compose_release(compose);
	return r;
}

static int write_handle(struct extract *extract, const struct page *page, const char *handle)
{
	struct compose compose = COMPOSE_INIT(extract->arena);
	struct post post = {.id = "handle", .kind = KIND_HANDLE, .url = page->profile};
	int r = compose_add_plain(&compose, handle);
	return api_add_post(extract, &compose, r, &post);
}

/* "Web: ada.example", and the links in it as own pages. */
static int add_field(struct extract *extract, struct compose *compose, const struct page *page,
	const struct api_field *field, bool html)
{
	struct html_text value;
	const char *line = NULL;
	size_t len = field->value ? strlen(field->value) : 0;
	int r = html ? compose_read_html(compose, field->value, len, page->final_url, &value)
		     : compose_read_plain(compose, field->value, len, &value);
	for (size_t i = 0; r == 0 && i < value.n_links; i++)
		r = extract_add_link(extract, page->final_url, value.links[i].url);
	if (r == 0 && value.len > 0)
		r = api_format(compose->arena, &line, "%s: %s", field->name ? field->name : "",
			value.text);
	return r == 0 ? compose_add_plain(compose, line) : r;
}

static int write_bio(
	struct extract *extract, const struct page *page, const struct api_owner *owner)
{
	struct compose compose = COMPOSE_INIT(extract->arena);
	struct post post = {.id = "bio", .kind = KIND_BIO, .url = page->profile};
	struct html_text about;
	size_t len = owner->about ? strlen(owner->about) : 0;
	int r = owner->about_html
			? compose_read_html(&compose, owner->about, len, page->url, &about)
			: compose_read_plain(&compose, owner->about, len, &about);
	if (r == 0)
		r = compose_add_plain(&compose, owner->name);
	if (r == 0)
		r = compose_add_plain(&compose, owner->headline);
	if (r == 0)
		r = compose_add(&compose, &about);
	for (size_t i = 0; r == 0 && i < owner->n_fields; i++)
		r = add_field(extract, &compose, page, &owner->fields[i], owner->about_html);
	if (r == 0 && about.len > 0)
		extract->facts.bio = about.text;
	if (r < 0 || compose.text.len == 0) {
		compose_release(&compose);
		return r;
	}
	return api_add_post(extract, &compose, r, &post);
}

/* "ada.example": an address as people write it in a form. */
static int add_site(struct extract *extract, const struct page *page, const char *site)
{
	const char *whole = site;
	if (!site || *site == '\0')
		return 0;
	int r = strstr(site, "://") ? 0 : api_format(extract->arena, &whole, "https://%s", site);
	return r < 0 ? r : extract_add_link(extract, page->url, whole);
}

int api_write_owner(struct extract *extract, const struct page *page, const struct api_owner *owner)
{
	struct facts *facts = &extract->facts;
	struct arena *arena = extract->arena;
	int r = api_copy(arena, owner->handle, &facts->handle);
	if (r == 0)
		r = api_copy(arena, owner->name ? owner->name : owner->handle, &facts->name);
	if (r == 0)
		r = api_copy(arena, owner->headline, &facts->headline);
	if (r == 0)
		r = api_copy(arena, owner->location, &facts->location);
	if (r == 0)
		r = api_url(arena, page->url, owner->photo, &facts->photo_url);
	if (r == 0 && facts->photo_url)
		r = api_copy(arena, owner->photo_alt, &facts->photo_alt);
	if (r == 0)
		r = add_site(extract, page, owner->site);
	if (r == 0 && owner->handle)
		r = write_handle(extract, page, owner->handle);
	return r == 0 ? write_bio(extract, page, owner) : r;
}

int api_add_elsewhere(struct extract *extract, const json_t *account,
	const struct api_elsewhere *rows, size_t count)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		const char *name = json_words(account, rows[i].key);
		if (name)
			r = extract_add_link(extract, rows[i].site, name);
	}
	return r;
}
