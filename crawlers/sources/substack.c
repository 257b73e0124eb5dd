#include "crawlers/parse/json.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/api.h"
#include "crawlers/sources/feed.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>

/*
 * Substack, by what its own pages ask for.  A publication: the list of its posts and each post, for
 * the list has no texts; where that is closed, its feed.  A person: the profile, the notes and
 * comments, and the posts of the publications that are the person's.
 */
enum step { STEP_ARCHIVE, STEP_POST, STEP_FEED, STEP_PROFILE, STEP_NOTES };

#define SITE "https://substack.com"

/* What its pages ask for; each row leads to one request. */
#define ROWS_A_PAGE 12
/* Publications of one person that are read. */
#define PUBLICATIONS 5

/* ---- whose it is ---- */

static bool is_service(const char *host)
{
	static const char *const services[] = {
		"www", "open", "support", "on", "blog", "read", "api", "cdn", "email", "reader"};
	size_t len = strcspn(host, ".");
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		if (strlen(services[i]) == len && strncmp(host, services[i], len) == 0)
			return true;
	}
	return false;
}

static bool is_site(const char *host)
{
	return strcmp(host, "substack.com") == 0 || strcmp(host, "www.substack.com") == 0;
}

/* substack.com/@NAME, substack.com/profile/ID-NAME has no name that can be asked for */
static bool person_of(const struct url *url, struct api_name *ret)
{
	return is_site(url->host) && api_name(url->path, "/@", API_PLAIN, ret);
}

/* open.substack.com/pub/NAME */
static bool publication_of(const struct url *url, struct api_name *ret)
{
	return strcmp(url->host, "open.substack.com") == 0 &&
	       api_name(url->path, "/pub/", API_PLAIN, ret);
}

static bool substack_claims(const struct url *url, const char **ret_why)
{
	struct api_name name;
	*ret_why = "a person or publication on Substack";
	return person_of(url, &name) || publication_of(url, &name) ||
	       (url_host_in(url->host, "substack.com") && !is_site(url->host) &&
		       !is_service(url->host));
}

static int ask_archive(struct arena *arena, const char *origin, long offset, struct follow *ret)
{
	*ret = (struct follow){
		.source = source_substack.name,
		.step = STEP_ARCHIVE,
		.accept = ACCEPT_JSON,
		.relation = offset > 0 ? FOLLOW_NEXT : FOLLOW_INSTEAD,
	};
	int r = api_format(arena, &ret->subject, "%ld", offset);
	return r < 0 ? r
		     : api_format(arena, &ret->url,
			       "%s/api/v1/archive?sort=new&search=&offset=%ld&limit=%d", origin,
			       offset, ROWS_A_PAGE);
}

static int substack_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name;
	const char *origin = url->origin;
	if (person_of(url, &name)) {
		*ret = (struct follow){
			.source = source_substack.name,
			.step = STEP_PROFILE,
			.accept = ACCEPT_JSON,
			.relation = FOLLOW_INSTEAD,
		};
		return api_format(arena, &ret->url, SITE "/api/v1/user/%.*s/public_profile",
			name.len, name.at);
	}
	int r = publication_of(url, &name)
			? api_format(arena, &origin, "https://%.*s.substack.com", name.len, name.at)
			: 0;
	return r < 0 ? r : ask_archive(arena, origin, 0, ret);
}

/* ---- a publication ---- */

static int follow_post(struct extract *extract, const char *origin, const char *slug)
{
	const struct follow like = {
		.source = source_substack.name,
		.step = STEP_POST,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_NEXT,
	};
	return api_follow(extract, &like, "%s/api/v1/posts/%s", origin, slug);
}

static int read_archive(const json_t *root, const struct page *page, struct extract *extract)
{
	size_t n_rows = json_array_size(root), n_known = 0;
	long offset = page->subject ? strtol(page->subject, NULL, 10) : 0; /* our own */
	const char *origin = "";
	int r = api_origin(extract->arena, page, &origin);
	if (!json_is_array(root))
		return api_drift(extract, "The answer is no list as Substack gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		const json_t *row = json_array_get(root, i);
		const char *slug = json_words(row, "slug");
		if (!json_object_get(row, "id") || !api_is_plain(slug, API_PLAIN))
			continue;
		n_known++;
		r = follow_post(extract, origin, slug);
	}
	if (r < 0)
		return r;
	api_judge_list(extract, n_rows, n_known);
	struct follow next;
	if (extract->verdict != VERDICT_OK || n_rows < ROWS_A_PAGE)
		return 0;
	r = ask_archive(extract->arena, origin, offset + (long)n_rows, &next);
	return r < 0 ? r : extract_add_follow(extract, &next);
}

static const char *byline(const json_t *post)
{
	return json_words(json_path(post, "publishedBylines.0"), "name");
}

static int read_post(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *html = json_words(root, "body_html");
	const char *audience = json_words(root, "audience");
	const char *first = json_words(root, "truncated_body_text");
	struct api_piece piece = {
		.url = json_words(root, "canonical_url"),
		.author = byline(root),
		.title = json_words(root, "title"),
		.body = html ? html : first,
		.markup = html ? API_MARKUP_HTML : API_MARKUP_NONE,
		.caption = json_words(root, "subtitle"),
		.published_s = json_date(root, "post_date"),
		.updated_s = json_date(root, "updated_at"),
		.kind = KIND_POST,
	};
	int r = json_id(extract->arena, root, "id", &piece.id);
	if (r < 0)
		return r;
	if (!piece.id || *piece.id == '\0' || !json_words(root, "slug") || !piece.title)
		return api_drift(extract, "The answer is no post as Substack gives it.");
	if (piece.updated_s <= piece.published_s)
		piece.updated_s = 0;
	if (audience && strcmp(audience, "everyone") != 0) {
		extract->coverage.cut = true;
		extract->coverage.lack = "Of posts for subscribers only the beginning is shown.";
	}
	if (page->profile && !extract->facts.name)
		r = api_copy(extract->arena, piece.author, &extract->facts.name);
	extract->verdict = VERDICT_OK;
	return r < 0 ? r : api_add_piece(extract, page->url, &piece);
}

static int follow_feed(const struct page *page, struct extract *extract)
{
	const char *origin;
	const struct follow like = {
		.source = source_substack.name,
		.step = STEP_FEED,
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_INSTEAD,
	};
	int r = api_origin(extract->arena, page, &origin);
	return r < 0 ? r : api_follow(extract, &like, "%s/feed", origin);
}

static int read_feed(const struct page *page, struct extract *extract)
{
	struct feed feed;
	int r = feed_open(page, extract, &feed);
	if (r < 0 || !verdict_proves(extract->verdict))
		return r;
	extract->coverage.window = true;
	extract->coverage.lack = "Substack's feed has the newest 20 posts, and only the beginning "
				 "of those for subscribers.";
	extract->facts.photo_url = feed.photo;
	return feed_write(&feed, extract);
}

/* ---- a person ---- */

static int follow_notes(struct extract *extract, int64_t id, const char *handle, const char *cursor)
{
	struct follow like = {
		.source = source_substack.name,
		.step = STEP_NOTES,
		.accept = ACCEPT_JSON,
		.relation = cursor ? FOLLOW_OLDER : FOLLOW_NEXT,
	};
	long long number = id;
	int r = api_format(extract->arena, &like.subject, "%lld %s", number, handle);
	if (r < 0)
		return r;
	if (!cursor)
		return api_follow(extract, &like, SITE "/api/v1/reader/feed/profile/%lld", number);
	return api_follow(
		extract, &like, SITE "/api/v1/reader/feed/profile/%lld?cursor=%s", number, cursor);
}

/* Posts of a publication that is the person's, not one that the person writes for. */
static int follow_publications(const json_t *root, struct extract *extract)
{
	const json_t *rows = json_array_at(root, "publicationUsers");
	size_t n = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i < json_array_size(rows) && n < PUBLICATIONS; i++) {
		const json_t *row = json_array_get(rows, i);
		const char *role = json_words(row, "role");
		const char *name = json_words(json_object_at(row, "publication"), "subdomain");
		const char *origin;
		struct follow archive;
		if (!role || strcmp(role, "admin") != 0 || !api_is_plain(name, API_PLAIN))
			continue;
		n++;
		r = api_format(extract->arena, &origin, "https://%s.substack.com", name);
		if (r == 0)
			r = ask_archive(extract->arena, origin, 0, &archive);
		archive.relation = FOLLOW_ALSO;
		if (r == 0)
			r = extract_add_follow(extract, &archive);
		if (r == 0)
			r = extract_add_link(extract, SITE, origin);
	}
	return r;
}

static int read_profile(const json_t *root, const struct page *page, struct extract *extract)
{
	int64_t id = json_int64(root, "id", 0);
	const struct api_owner owner = {
		.handle = json_words(root, "handle"),
		.name = json_words(root, "name"),
		.about = json_words(root, "bio"),
		.photo = json_words(root, "photo_url"),
	};
	if (id <= 0 || !api_is_plain(owner.handle, API_PLAIN))
		return api_drift(extract, "The answer is no person as Substack gives it.");
	extract->verdict = VERDICT_OK;
	extract->facts.created_s = json_date(root, "profile_set_up_at");
	int r = api_write_owner(extract, page, &owner);
	if (r == 0)
		r = follow_notes(extract, id, owner.handle, NULL);
	return r == 0 ? follow_publications(root, extract) : r;
}

static int add_note(struct extract *extract, const json_t *note, const char *handle)
{
	const json_t *parent = json_object_at(note, "post");
	struct api_piece piece = {
		.author = json_words(note, "name"),
		.body = json_words(note, "body"),
		.published_s = json_date(note, "date"),
		.updated_s = json_date(note, "edited_at"),
		.others = json_words(parent, "title"),
		.kind = parent || json_words(note, "ancestor_path") ? KIND_REPLY : KIND_POST,
	};
	int r = json_id(extract->arena, note, "id", &piece.id);
	if (r < 0 || !piece.id || *piece.id == '\0') {
		extract->coverage.cut = true; /* nothing tells it from another */
		return r;
	}
	r = api_format(extract->arena, &piece.url, SITE "/@%s/note/c-%s", handle, piece.id);
	return r < 0 ? r : api_add_piece(extract, SITE, &piece);
}

/* Own notes and comments; posts are read where they stand, what others wrote is passed over. */
static int read_notes(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *rows = json_array_at(root, "items");
	const char *cursor = json_words(root, "nextCursor");
	size_t n_rows = json_array_size(rows), n_known = 0;
	const char *words[2];
	int r = api_split(extract->arena, page->subject, words, 2);
	int64_t id = r == 0 ? strtoll(words[0], NULL, 10) : 0;
	if (r == 0 && !rows)
		return api_drift(extract, "The answer is no list as Substack gives it.");
	for (size_t i = 0; r == 0 && i < n_rows; i++) {
		const json_t *row = json_array_get(rows, i);
		const json_t *note = json_object_at(row, "comment");
		n_known += json_words(row, "type") != NULL;
		if (json_object_get(note, "id") && json_words(note, "body") && id > 0 &&
			json_int64(note, "user_id", 0) == id)
			r = add_note(extract, note, words[1]);
	}
	if (r < 0)
		return r;
	api_judge_list(extract, n_rows, n_known);
	if (extract->verdict != VERDICT_OK || !cursor)
		return 0;
	cursor = url_escape(extract->arena, cursor);
	return cursor ? follow_notes(extract, id, words[1], cursor) : -ENOMEM;
}

/* ---- the answer ---- */

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	switch ((enum step)page->step) {
	case STEP_POST:
		return read_post(root, page, extract);
	case STEP_PROFILE:
		return read_profile(root, page, extract);
	case STEP_NOTES:
		return read_notes(root, page, extract);
	default:
		return read_archive(root, page, extract);
	}
}

static int substack_walled(const struct page *page, struct extract *extract)
{
	int r = page->step == STEP_FEED ? 0 : wall_judge(page, extract, NULL);
	if (r == 0 && page->step == STEP_POST && extract->verdict == VERDICT_NOT_FOUND) {
		/* Taken back since the list was read: that says nothing of the publication. */
		extract->verdict = VERDICT_TRUNCATED;
		extract->coverage.window = true;
		extract->coverage.lack = "A post that was listed is not there any more.";
	}
	bool first = page->step == STEP_ARCHIVE && (!page->subject || *page->subject == '0');
	bool closed = extract->verdict == VERDICT_BLOCKED ||
		      extract->verdict == VERDICT_NOT_FOUND ||
		      extract->verdict == VERDICT_AUTH_REQUIRED;
	return r == 0 && first && closed ? follow_feed(page, extract) : r;
}

static int substack_read(const struct page *page, struct extract *extract)
{
	if (page->status >= 400)
		return substack_walled(page, extract);
	if (page->step == STEP_FEED)
		return read_feed(page, extract);
	int r = api_read(page, extract, read_answer);
	bool drift = page->step == STEP_ARCHIVE && extract->verdict == VERDICT_PARSE_DRIFT;
	return r == 0 && drift ? follow_feed(page, extract) : r;
}

const struct source source_substack = {
	.name = "substack",
	.title = "Substack",
	.claims = substack_claims,
	.first = substack_first,
	.read = substack_read,
	.walled = substack_walled,
};
