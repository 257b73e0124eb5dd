#include "crawlers/sources/mastodon.h"

#include "crawlers/parse/json.h"
#include "crawlers/parse/links.h"
#include "crawlers/sources/fediverse.h"
#include "crawlers/sources/sources.h"
#include "daemon/base/limits.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The most accounts that a page can have (docs.joinmastodon.org/methods/accounts). */
#define FOLLOWING_A_PAGE 80

/* Requests of one page that are left for others than edited posts. */
#define REQUESTS_KEPT 2

/* ---- the next page ---- */

int mastodon_next(const struct page *page, struct extract *extract, const char **ret)
{
	struct links links = {0};
	struct url next = {0}, here = {0};
	bool named = page->link && strcasestr(page->link, "rel=\"next\"");
	*ret = NULL;
	int r = links_add_header(extract->arena, page->link, page->final_url, &links);
	if (r == 0 && links.next)
		r = url_parse(extract->arena, links.next, &next);
	if (r == 0 && links.next)
		r = url_parse(extract->arena, page->final_url, &here);
	if (r < 0 || (!links.next && !named))
		return r < 0 ? r : 0;
	if (r == 0 && links.next && url_same_origin(&next, &here) &&
		strcmp(next.path, here.path) == 0) {
		*ret = links.next;
		return 0;
	}
	if (page->step == MASTODON_FOLLOWING)
		return api_cut_acts(
			extract, "The server names another server for more of this list.");
	extract->coverage.cut = true;
	extract->coverage.lack =
		"The server names another server for older posts; they are not read.";
	return 0;
}

/* ---- earlier versions ---- */

/* Each state of an edited post is asked for once: what the edits before it left does not change.  The
 * subject is "OWNER STATUS URL". */
int mastodon_follow_versions(const json_t *status, const struct page *page, struct extract *extract)
{
	const struct post *post =
		extract->n_posts > 0 ? &extract->posts[extract->n_posts - 1] : NULL;
	const char *words[2] = {"", ""}, *origin = "";
	int64_t edited_s = json_date(status, "edited_at");
	if (!post || edited_s == 0 || post->kind == KIND_REPOST ||
		!api_is_plain(post->id, API_PLAIN_DOT))
		return 0;
	if (extract->n_follows + REQUESTS_KEPT >= LIMIT_FOLLOWS) {
		extract->coverage.lack = "The earlier versions of some posts were not asked for.";
		return 0;
	}
	struct follow like = {
		.source = source_mastodon.name,
		.step = MASTODON_VERSIONS,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_ONCE,
	};
	int r = api_split(extract->arena, page->subject, words, 2);
	if (r == 0)
		r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &like.subject, "%s %s %s", words[0], post->id,
			post->url ? post->url : "");
	return r < 0 ? r
		     : api_follow(extract, &like, "%s/api/v1/statuses/%s/history#%" PRId64, origin,
			       post->id, edited_s);
}

/* One sentence of one version. */
struct sentence {
	const char *at;
	size_t len;
	size_t version;
	size_t line; /* of the version's text */
	bool last;   /* no newer version has it */
};

struct sentences {
	struct arena *arena;
	struct sentence *items;
	size_t count;
};

/* Where the sentence at @at ends, within its line. */
static size_t sentence_len(const char *at)
{
	size_t len = 0;
	while (at[len] && at[len] != '\n') {
		bool stop = strchr(".!?", at[len]) != NULL;
		len++;
		if (stop && (at[len] == ' ' || at[len] == '\n'))
			break;
	}
	return len;
}

static int split(struct sentences *sentences, const char *text, size_t version)
{
	size_t line = 0;
	for (const char *at = text; *at;) {
		size_t len = sentence_len(at);
		struct sentence *items = arena_grow(
			sentences->arena, sentences->items, sentences->count, sizeof *items);
		if (!items)
			return -ENOMEM;
		sentences->items = items;
		if (len > 0)
			items[sentences->count++] =
				(struct sentence){at, len, version, line, false};
		at += len;
		for (; *at == ' ' || *at == '\n'; at++)
			line += *at == '\n';
	}
	return 0;
}

static int compare_words(const struct sentence *a, const struct sentence *b)
{
	int order = memcmp(a->at, b->at, a->len < b->len ? a->len : b->len);
	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

/* The same words stand together, in the newest version first. */
static int by_words(const void *a, const void *b)
{
	const struct sentence *x = *(const struct sentence *const *)a;
	const struct sentence *y = *(const struct sentence *const *)b;
	int order = compare_words(x, y);
	if (order == 0)
		order = (x->version < y->version) - (x->version > y->version);
	return order != 0 ? order : (x > y) - (x < y);
}

/* Mark each sentence where it stands last: one of the post as it is now, where it stands there. */
static int mark_last(struct sentences *sentences)
{
	struct sentence **sorted =
		arena_array(sentences->arena, sentences->count + 1, sizeof *sorted);
	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < sentences->count; i++)
		sorted[i] = &sentences->items[i];
	qsort(sorted, sentences->count, sizeof *sorted, by_words);
	for (size_t i = 0; i < sentences->count; i++) {
		sorted[i]->last = i == 0 || compare_words(sorted[i - 1], sorted[i]) != 0;
	}
	return 0;
}

static int read_words(
	struct extract *extract, const json_t *version, const char *base_url, const char **ret)
{
	struct compose compose = COMPOSE_INIT(extract->arena);
	struct post post = {0};
	int r = mastodon_add_words(&compose, version, base_url);
	if (r == 0)
		r = compose_finish(&compose, &post);
	extract->coverage.cut |= compose.cut || compose.unread;
	compose_release(&compose);
	if (r == 0)
		*ret = post.text;
	return r;
}

/* Sentences [from, to) are one version's: those that no newer one has, line by line. */
static int write_version(struct extract *extract, const struct sentences *sentences, size_t from,
	size_t to, const struct post *head)
{
	struct compose compose = COMPOSE_INIT(extract->arena);
	const struct sentence *last = NULL;
	int r = 0;
	for (size_t i = from; r == 0 && i < to; i++) {
		const struct sentence *sentence = &sentences->items[i];
		if (!sentence->last)
			continue;
		if (last)
			r = buf_adds(&compose.text, sentence->line == last->line ? " " : "\n");
		if (r == 0)
			r = buf_add(&compose.text, sentence->at, sentence->len);
		last = sentence;
	}
	compose.cut |= r == BUF_E_FULL;
	r = r < 0 ? r : 0;
	if (r == 0 && !last) {
		compose_release(&compose);
		return 0;
	}
	return api_add_post(extract, &compose, r, head);
}

static int write_versions(const json_t *const *versions, size_t count, const char *const words[3],
	struct extract *extract, const struct sentences *sentences)
{
	const char *url = "";
	size_t from = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i + 1 < count; i++) {
		size_t to = from;
		while (to < sentences->count && sentences->items[to].version == i)
			to++;
		struct post head = {
			.kind = KIND_VERSION,
			.published_s = json_date(versions[i], "created_at"),
		};
		r = api_format(extract->arena, &head.id, "%s/v%zu", words[1], i + 1);
		if (r == 0)
			r = api_format(extract->arena, &url, "%s#v%zu", words[2], i + 1);
		if (r == 0)
			r = api_permalink(extract->arena, NULL, url, &head.url);
		if (r == 0)
			r = write_version(extract, sentences, from, to, &head);
		from = to;
	}
	return r;
}

static bool is_version(const json_t *version, const char *owner)
{
	const char *id = json_text(json_object_at(version, "account"), "id");
	return json_text(version, "content") && json_date(version, "created_at") != 0 &&
	       (!id || strcmp(id, owner) == 0);
}

static int by_time(const void *a, const void *b)
{
	int64_t x_s = json_date(*(const json_t *const *)a, "created_at");
	int64_t y_s = json_date(*(const json_t *const *)b, "created_at");
	return (x_s > y_s) - (x_s < y_s);
}

/* The versions in the order of time, in the arena.  *@ret NULL: some of them is none. */
static int order_versions(
	const json_t *list, const char *owner, struct arena *arena, const json_t ***ret)
{
	size_t count = json_array_size(list);
	const json_t **versions = arena_array(arena, count + 1, sizeof *versions);
	*ret = NULL;
	if (!versions)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		versions[i] = json_array_get(list, i);
		if (!is_version(versions[i], owner))
			return 0;
	}
	qsort(versions, count, sizeof(const json_t *), by_time);
	*ret = count > 0 ? versions : NULL;
	return 0;
}

int mastodon_read_versions(const json_t *list, const struct page *page, struct extract *extract)
{
	struct sentences sentences = {.arena = extract->arena};
	const char *words[3] = {"", "", ""}, *text = "";
	const json_t **versions = NULL;
	size_t count = json_array_size(list);
	int r = api_split(extract->arena, page->subject, words, 3);
	if (r == 0)
		r = order_versions(list, words[0], extract->arena, &versions);
	if (r == 0 && !versions)
		return api_drift(extract,
			"The list is none of a post's versions as Mastodon's API gives it.");
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = read_words(extract, versions[i], page->final_url, &text);
		if (r == 0)
			r = split(&sentences, text, i);
	}
	if (r == 0)
		r = mark_last(&sentences);
	if (r == 0)
		r = write_versions(versions, count, words, extract, &sentences);
	if (r == 0)
		extract->verdict = VERDICT_OK;
	return r;
}

/* ---- whom it follows ---- */

/* *@subject: "ID PAGE". */
static int follow_following(struct extract *extract, const char *id, int number, const char *url)
{
	struct follow like = {
		.source = source_mastodon.name,
		.step = MASTODON_FOLLOWING,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_ALSO,
	};
	int r = api_format(extract->arena, &like.subject, "%s %d", id, number);
	return r < 0 ? r : api_follow(extract, &like, "%s", url);
}

int mastodon_follow_following(
	const json_t *account, const char *id, const struct page *page, struct extract *extract)
{
	const char *origin = "", *url = "";
	if (json_flag(account, "hide_collections")) {
		extract->coverage.interactions_cut = true;
		if (!extract->coverage.lack)
			extract->coverage.lack = "The account does not show whom it follows.";
		return 0;
	}
	if (extract->facts.n_following == 0)
		return 0;
	int r = api_origin(extract->arena, page, &origin);
	if (r == 0)
		r = api_format(extract->arena, &url, "%s/api/v1/accounts/%s/following?limit=%d",
			origin, id, FOLLOWING_A_PAGE);
	return r < 0 ? r : follow_following(extract, id, 1, url);
}

static int write_following(const json_t *whom, const struct page *page, struct extract *extract)
{
	struct url here = {.host = ""};
	const char *acct = json_words(whom, "acct");
	struct api_interaction told = {
		.kind = KIND_FOLLOW,
		.handle = acct,
		.name = json_words(whom, "display_name"),
		.about = json_words(whom, "note"),
		.url = json_words(whom, "url"),
		.about_html = true,
	};
	int r = url_parse(extract->arena, page->url, &here);
	/* Accounts of the server itself are named without it. */
	if (r == 0 && !strchr(acct, '@'))
		r = api_format(extract->arena, &told.handle, "%s@%s", acct, here.host);
	return r < 0 ? r : api_add_interaction(extract, page->final_url, &told);
}

int mastodon_read_following(const json_t *list, const struct page *page, struct extract *extract)
{
	const char *words[2] = {"", ""}, *next = NULL;
	size_t n_known = 0;
	int r = api_split(extract->arena, page->subject, words, 2);
	for (size_t i = 0; r == 0 && i < json_array_size(list); i++) {
		const json_t *whom = json_array_get(list, i);
		if (!json_words(whom, "acct") || !json_words(whom, "username"))
			continue;
		n_known++;
		r = write_following(whom, page, extract);
	}
	if (r < 0)
		return r;
	api_judge_acts(extract, json_array_size(list), n_known);
	r = mastodon_next(page, extract, &next);
	int number = (int)strtol(words[1], NULL, 10); /* our own */
	if (r < 0 || !next)
		return r;
	if (number >= FEDIVERSE_ACT_PAGES)
		return api_cut_acts(extract, "Not all of whom the account follows is read.");
	return follow_following(extract, words[0], number + 1, next);
}
