#include "daemon/record.h"

#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "daemon/standing.h"
#include "patterns/cover.h"

#include <stdlib.h>
#include <string.h>

/* Escaping an excerpt byte by byte takes at most six for one ("\u202e" for three). */
#define EXCERPT_ROOM_B (LIMIT_EXCERPT_B * 6)

/* @text: the digest of the post's. */
static int see_hit(const struct record *record, const char *url, const struct post *post,
	const struct digest *text, const struct hit *hit)
{
	const struct rule_card *card = ruleset_card(record->ruleset, hit->rule);
	struct digest id;
	struct buf excerpt = BUF_INIT(EXCERPT_ROOM_B);
	size_t mark_start = 0;
	size_t mark_end = 0;
	int r = life_identity(card->id, record->profile, text, &id);
	if (r == 0)
		r = text_excerpt(&excerpt, post->text, post->len, hit->start, hit->end, LIMIT_EXCERPT_B,
			&mark_start, &mark_end);
	if (r != 0) {
		buf_release(&excerpt);
		return r < 0 ? r : -ENOBUFS;
	}
	const struct finding finding = {
		.id = id.hex,
		.rule = card->id,
		.title = card->title,
		.class = card->class,
		.category = card->category,
		.severity = hit->severity,
		.score = hit->score,
		.confidence = hit->confidence,
		.profile = record->profile,
		.page = url,
		.url = post->url,
		.kind = post->kind,
		.published_s = post->published_s,
		.excerpt = buf_str(&excerpt),
		.mark_start = (int64_t)mark_start,
		.mark_end = (int64_t)mark_end,
		.why = card->why,
		.advice = card->advice,
		.reasons = hit->reasons,
	};
	r = life_see(record->life, &finding);
	buf_release(&excerpt);
	return r;
}

static int see_hits(const struct record *record, const char *url, const struct post *post,
	const struct score *score)
{
	struct digest text;
	int r = score->n_hits > 0 ? life_text(post->text, post->len, &text) : 0;
	for (size_t k = 0; r == 0 && k < score->n_hits; k++) {
		if (!hit_is_covered(record->ruleset, score, k))
			r = see_hit(record, url, post, &text, &score->hits[k]);
	}
	return r;
}

static int see_posts(const struct record *record, const char *url, const struct reading *reading)
{
	for (size_t i = 0; i < reading->extract.n_posts; i++) {
		const struct post *post = &reading->extract.posts[i];
		const struct score *score = &reading->scores[i];
		int r = see_hits(record, url, post, score);
		if (r < 0)
			return r;
		if (record->sink.posts)
			sink_emit(&record->sink, event_post(record->profile, post, score));
	}
	return 0;
}

/* Bios and handles are not posts: they have no place in a list and no time. */
static bool is_listed(const struct post *post)
{
	return post->kind != KIND_BIO && post->kind != KIND_HANDLE;
}

static void sum_posts(const struct reading *reading, int64_t *ret_oldest_s, size_t *ret_n)
{
	*ret_oldest_s = 0;
	*ret_n = 0;
	for (size_t i = 0; i < reading->extract.n_posts; i++) {
		const struct post *post = &reading->extract.posts[i];
		*ret_n += is_listed(post);
		/* A pinned post may be of any age: it says nothing about the window. */
		if (is_listed(post) && !post->pinned && post->published_s != 0 &&
			(*ret_oldest_s == 0 || post->published_s < *ret_oldest_s))
			*ret_oldest_s = post->published_s;
	}
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

static int remember(const struct record *record, const char *url, const struct extract *extract,
	struct page_memory *page)
{
	char *standing;
	int r = standing_write(extract, &standing);
	if (r < 0)
		return r;
	page->extract = standing;
	r = store_set_page(record->store, record->profile, url, page);
	page->extract = NULL;
	free(standing);
	return r;
}

int record_page(const struct record *record, const char *url, const struct reading *reading,
	struct page_memory *page, struct tally *tally)
{
	const struct extract *extract = &reading->extract;
	int64_t oldest_s;
	size_t n_posts;
	size_t n_unscored;
	sum_posts(reading, &oldest_s, &n_posts);
	int r = tell_unscored(reading, tally, &n_unscored);
	if (r == 0)
		r = store_begin(record->store);
	if (r < 0)
		return r;
	r = life_page(record->life, url);
	if (r == 0)
		r = see_posts(record, url, reading);
	if (r == 0 && page && n_unscored == 0) { /* a page that was not scored whole is read again */
		page->verdict = extract->verdict;
		page->oldest_s = oldest_s;
		page->n_posts = (int64_t)n_posts;
		r = remember(record, url, extract, page);
	}
	if (r == 0)
		r = store_commit(record->store);
	if (r < 0) {
		store_rollback(record->store);
		return r;
	}
	return tally_page(tally, extract->verdict, &extract->coverage, oldest_s, n_posts, false);
}

int record_unchanged(const struct record *record, const char *url, const struct page_memory *page,
	const struct coverage *coverage, struct tally *tally)
{
	int r = store_begin(record->store);
	if (r < 0)
		return r;
	r = life_unchanged(record->life, url);
	if (r == 0)
		r = store_commit(record->store);
	if (r < 0) {
		store_rollback(record->store);
		return r;
	}
	return tally_page(tally, page->verdict, coverage, page->oldest_s, (size_t)page->n_posts, true);
}
