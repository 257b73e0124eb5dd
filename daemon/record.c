#include "daemon/record.h"

#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "patterns/cover.h"

#include <stdlib.h>
#include <string.h>

/* Escaping an excerpt byte by byte takes at most six for one ("\u202e" for three). */
#define EXCERPT_ROOM_B ((size_t)LIMIT_EXCERPT_B * 6)

/* All that one scan of one profile may gather: a finding takes about a kilobyte, a post a hundred bytes. */
#define RECORD_B ((size_t)128 * 1024 * 1024)

/* One post as one page shows it. */
struct version {
	const char *url; /* permalink; NULL: none */
	size_t len;
	size_t page;  /* index of the page */
	size_t order; /* as it came */
	bool listed;
	bool dropped; /* another version stands for the post */
	struct finding *findings;
	size_t n_findings;
	json_t *event; /* NULL: nobody wants posts */
};

struct seen_page {
	const char *url;
	const char *list; /* as in struct page_name */
	const char *side;
	const char *marks; /* of its posts */
	bool unchanged;
	bool remembered;
	struct page_memory memory;
};

struct record {
	struct record_options options;
	struct arena *arena;
	struct version *versions;
	size_t n_versions;
	struct seen_page *pages;
	size_t n_pages;
};

int record_new(const struct record_options *options, struct record **ret)
{
	struct record *record = calloc(1, sizeof *record);
	if (!record)
		return -ENOMEM;
	record->options = *options;
	record->arena = arena_new(RECORD_B);
	if (!record->arena) {
		record_free(record);
		return -ENOMEM;
	}
	*ret = record;
	return 0;
}

struct record *record_free(struct record *record)
{
	if (!record)
		return NULL;
	for (size_t i = 0; i < record->n_versions; i++)
		json_decref(record->versions[i].event);
	arena_free(record->arena);
	free(record);
	return NULL;
}

/* ---- gathering ---- */

static int copy_strings(struct arena *arena, const char **const *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *was = *fields[i];
		*fields[i] = arena_strdup(arena, was);
		if (was && !*fields[i])
			return -ENOMEM;
	}
	return 0;
}

/* What is pinned stands outside the list that it is a part of. */
static const char *list_of(const struct seen_page *page, const struct post *post)
{
	if (kind_is_interaction(post->kind))
		return page->side;
	return post->pinned ? NULL : page->list;
}

static int gather_hit(struct record *record, const struct seen_page *page, const struct post *post,
	const struct hit *hit, struct finding *ret)
{
	const struct rule_card *card = ruleset_card(record->options.ruleset, hit->rule);
	struct buf excerpt = BUF_INIT(EXCERPT_ROOM_B);
	struct excerpt mark = {hit->start, hit->end, LIMIT_EXCERPT_B};
	const bool act = kind_is_interaction(post->kind);
	const char *shown = act && post->others ? post->others : post->text;
	int r = text_excerpt(
		&excerpt, shown, shown == post->text ? post->len : post->others_len, &mark);
	if (r != 0) {
		buf_release(&excerpt);
		return r < 0 ? r : -ENOBUFS;
	}
	*ret = (struct finding){
		.rule = card->id,
		.title = card->title,
		.class = card->class,
		.category = card->category,
		.severity = hit->severity,
		.score = hit->score,
		.confidence = hit->confidence,
		.profile = record->options.profile,
		.page = page->url,
		.list = list_of(page, post),
		.url = act && post->n_links > 0 ? post->links[0].url : post->url,
		.kind = post->kind,
		.published_s = post->published_s,
		.excerpt = buf_str(&excerpt),
		.mark_start = (int64_t)mark.start,
		.mark_end = (int64_t)mark.end,
		.why = card->why,
		.advice = card->advice,
		.reasons = hit->reasons,
	};
	const char **const copied[] = {&ret->url, &ret->excerpt, &ret->reasons};
	r = copy_strings(record->arena, copied, sizeof copied / sizeof copied[0]);
	buf_release(&excerpt);
	return r;
}

static int gather_hits(struct record *record, const struct post *post, const struct score *score,
	struct version *version)
{
	const struct seen_page *page = &record->pages[version->page];
	struct digest text;
	int r = score->n_hits > 0 ? life_text(post->text, post->len, &text) : 0;
	version->findings = arena_array(record->arena, score->n_hits, sizeof *version->findings);
	if (!version->findings)
		return -ENOMEM;
	for (size_t k = 0; r == 0 && k < score->n_hits; k++) {
		if (hit_is_covered(record->options.ruleset, score, k))
			continue;
		struct finding *finding = &version->findings[version->n_findings];
		struct digest id;
		r = gather_hit(record, page, post, &score->hits[k], finding);
		if (r == 0)
			r = life_identity(finding->rule, record->options.profile, &text, &id);
		if (r < 0)
			return r;
		finding->id = arena_strdup(record->arena, id.hex);
		if (!finding->id)
			return -ENOMEM;
		version->n_findings++;
	}
	return r;
}

static int gather_post(
	struct record *record, size_t page, const struct post *post, const struct score *score)
{
	struct version *versions =
		arena_grow(record->arena, record->versions, record->n_versions, sizeof *versions);
	if (!versions)
		return -ENOMEM;
	record->versions = versions;
	struct version *version = &versions[record->n_versions];
	*version = (struct version){
		.url = arena_strdup(record->arena, post->url),
		.len = post->len,
		.page = page,
		.order = record->n_versions,
		.listed = stretch_counts(post),
	};
	record->n_versions++;
	if (post->url && !version->url)
		return -ENOMEM;
	if (record->options.sink.posts)
		version->event = event_post(record->options.profile, post, score);
	return gather_hits(record, post, score, version);
}

static struct seen_page *add_page(
	struct record *record, const struct page_name *name, const char *marks)
{
	struct seen_page *pages =
		arena_grow(record->arena, record->pages, record->n_pages, sizeof *pages);
	if (!pages)
		return NULL;
	record->pages = pages;
	struct seen_page *page = &pages[record->n_pages];
	*page = (struct seen_page){.url = arena_strdup(record->arena, name->key),
		.list = arena_strdup(record->arena, name->list),
		.side = arena_strdup(record->arena, name->side),
		.marks = arena_strdup(record->arena, marks)};
	if (!page->url || !page->list || !page->side || !page->marks)
		return NULL;
	record->n_pages++;
	return page;
}

static int tell_unscored(const struct reading *reading, struct tally *tally, size_t *ret_count)
{
	const char *why = NULL;
	size_t count = 0;
	for (size_t i = 0; i < reading->extract.n_posts; i++) {
		if (reading->scores[i].unscored) {
			count++;
			why = why ? why : reading->scores[i].unscored_why;
		}
	}
	*ret_count = count;
	return count > 0 ? tally_unscored(tally, count, why ? why : "a rule gave up") : 0;
}

static int gather_memory(struct record *record, const struct page_memory *page,
	const struct extract *extract, struct seen_page *seen)
{
	char *standing;
	int r = standing_write(extract, seen->marks, &standing);
	if (r < 0)
		return r;
	seen->memory = *page;
	seen->memory.extract = standing;
	seen->memory.verdict = extract->verdict;
	const char **const copied[] = {&seen->memory.etag, &seen->memory.last_modified,
		&seen->memory.body_digest, &seen->memory.rules_digest, &seen->memory.extract};
	r = copy_strings(record->arena, copied, sizeof copied / sizeof copied[0]);
	free(standing);
	seen->remembered = r == 0;
	return r;
}

int record_page(struct record *record, const struct page_name *name, const struct reading *reading,
	const struct page_memory *page, struct tally *tally)
{
	const struct extract *extract = &reading->extract;
	const struct stretch stretch = stretch_of(extract);
	const char *marks = stretch_marks(record->arena, extract);
	size_t n_unscored;
	int r = marks ? tell_unscored(reading, tally, &n_unscored) : -ENOMEM;
	struct seen_page *seen = r == 0 ? add_page(record, name, marks) : NULL;
	if (!seen)
		return r < 0 ? r : -ENOMEM;
	size_t index = record->n_pages - 1;
	/* A page that was not scored whole is asked for, and read, again. */
	const struct page_memory nothing = {0};
	if (page)
		r = gather_memory(record, n_unscored == 0 ? page : &nothing, extract, seen);
	seen->memory.oldest_s = stretch.oldest_s;
	seen->memory.n_posts = (int64_t)stretch.n_posts;
	for (size_t i = 0; r == 0 && i < extract->n_posts; i++)
		r = gather_post(record, index, &extract->posts[i], &reading->scores[i]);
	if (r < 0)
		return r;
	return tally_page(tally, extract->verdict, &extract->coverage, stretch.oldest_s,
		stretch.n_posts, false);
}

int record_unchanged(struct record *record, const struct page_name *name,
	const struct page_memory *page, const struct standing *standing, struct tally *tally)
{
	struct seen_page *seen = add_page(record, name, standing->marks);
	if (!seen)
		return -ENOMEM;
	seen->unchanged = true;
	return tally_page(tally, page->verdict, &standing->coverage, page->oldest_s,
		(size_t)page->n_posts, true);
}

/* ---- one post, one version ---- */

static int by_url(const void *a, const void *b)
{
	const struct version *left = *(const struct version *const *)a;
	const struct version *right = *(const struct version *const *)b;
	int order = strcmp(left->url, right->url);
	if (order == 0 && left->page != right->page)
		return left->page < right->page ? -1 : 1;
	return order != 0 ? order : left->order < right->order ? -1 : 1;
}

/* Versions [from, to) share a permalink.  Where one page shows several of them, the permalink is not the
 * post's own (it is the page's, say), and all are kept. */
static void choose(struct version *const *versions, size_t from, size_t to)
{
	struct version *best = versions[from];
	for (size_t i = from + 1; i < to; i++) {
		if (versions[i]->page == versions[i - 1]->page)
			return;
		if (versions[i]->len > best->len)
			best = versions[i];
	}
	for (size_t i = from; i < to; i++)
		versions[i]->dropped = versions[i] != best;
}

static int merge(struct record *record)
{
	struct version **linked = calloc(record->n_versions + 1, sizeof *linked);
	if (!linked)
		return -ENOMEM;
	size_t count = 0;
	for (size_t i = 0; i < record->n_versions; i++) {
		if (record->versions[i].url && record->versions[i].listed)
			linked[count++] = &record->versions[i];
	}
	qsort(linked, count, sizeof *linked, by_url);
	size_t from = 0;
	for (size_t i = 1; i <= count; i++) {
		if (i == count || strcmp(linked[i]->url, linked[from]->url) != 0) {
			choose(linked, from, i);
			from = i;
		}
	}
	free(linked);
	return 0;
}

/* ---- storing ---- */

static int store_pages(struct record *record)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < record->n_pages; i++) {
		const struct seen_page *page = &record->pages[i];
		r = page->unchanged ? life_unchanged(record->options.life, page->url)
				    : life_page(record->options.life, page->url);
		if (r == 0 && page->remembered)
			r = store_set_page(record->options.store, record->options.profile,
				page->url, &page->memory);
	}
	return r;
}

static int store_findings(struct record *record)
{
	for (size_t i = 0; i < record->n_versions; i++) {
		const struct version *version = &record->versions[i];
		for (size_t k = 0; !version->dropped && k < version->n_findings; k++) {
			int r = life_see(record->options.life, &version->findings[k]);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static void tell_posts(const struct record *record)
{
	for (size_t i = 0; i < record->n_versions; i++) {
		const struct version *version = &record->versions[i];
		if (version->event && !version->dropped)
			record->options.sink.emit(version->event, record->options.sink.userdata);
	}
}

/* The posts that stand on several pages, read anew or not. */
static int count_repeats(const struct record *record, size_t *ret)
{
	const char **marks = calloc(record->n_pages + 1, sizeof *marks);
	if (!marks)
		return -ENOMEM;
	for (size_t i = 0; i < record->n_pages; i++)
		marks[i] = record->pages[i].marks;
	int r = stretch_repeats(marks, record->n_pages, ret);
	free(marks);
	return r;
}

int record_commit(struct record *record, struct tally *tally)
{
	struct store *store = record->options.store;
	size_t n_repeats = 0;
	int r = merge(record);
	if (r == 0)
		r = count_repeats(record, &n_repeats);
	if (r == 0)
		r = store_begin(store);
	if (r < 0)
		return r;
	r = store_pages(record);
	if (r == 0)
		r = store_findings(record);
	if (r == 0)
		r = store_commit(store);
	if (r < 0) {
		store_rollback(store);
		return r;
	}
	tally->n_posts -= n_repeats;
	tell_posts(record);
	return 0;
}
