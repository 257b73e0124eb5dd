#include "daemon/tally.h"

#include "daemon/base/limits.h"

/* Sentences on one profile's coverage: a few lines, not a page. */
#define SENTENCES_B 2048

struct tally tally_init(void)
{
	return (struct tally){
		.why = BUF_INIT(SENTENCES_B), .lack = BUF_INIT(SENTENCES_B), .total = -1};
}

void tally_release(struct tally *tally)
{
	buf_release(&tally->why);
	buf_release(&tally->lack);
}

/* Add a sentence; when there is no more room, what stands must do. */
static int add_sentence(struct buf *buf, const char *sentence)
{
	int r = buf->len > 0 ? buf_adds(buf, "; ") : 0;
	if (r == 0)
		r = buf_adds(buf, sentence);
	return r < 0 ? r : 0;
}

static void note_oldest(struct tally *tally, int64_t oldest_s)
{
	if (oldest_s != 0 && (tally->oldest_s == 0 || oldest_s < tally->oldest_s))
		tally->oldest_s = oldest_s;
}

int tally_page(struct tally *tally, enum verdict verdict, const struct coverage *coverage,
	int64_t oldest_s, size_t n_posts, bool unchanged)
{
	tally->n_pages++;
	tally->n_unchanged += unchanged;
	tally->n_posts += n_posts;
	tally->empty |= verdict == VERDICT_EMPTY;
	tally->window |= verdict == VERDICT_TRUNCATED || coverage->window || coverage->cut;
	if (coverage->total >= 0)
		tally->total = coverage->total;
	note_oldest(tally, oldest_s);
	tally->n_interactions += coverage->n_interactions;
	tally->interactions_cut |= coverage->interactions_cut;
	return coverage->lack ? add_sentence(&tally->lack, coverage->lack) : 0;
}

void tally_hold(struct tally *tally, int64_t retry_at_s)
{
	if (retry_at_s > tally->retry_at_s)
		tally->retry_at_s = retry_at_s;
}

int tally_failed(struct tally *tally, const char *url, enum relation relation, enum verdict verdict,
	const char *why, int64_t retry_at_s)
{
	const char *meaning = why ? why : verdict_meaning(verdict);
	tally_hold(tally, retry_at_s);
	/* What this page would have led to, nobody knows. */
	tally->interactions_cut = true;
	if (relation_adds(relation)) {
		struct buf sentence = BUF_INIT(LIMIT_URL_B);
		int r = buf_addf(&sentence, "%s was not read (%s)", url, meaning);
		if (r == 0)
			r = add_sentence(&tally->lack, buf_str(&sentence));
		buf_release(&sentence);
		return r < 0 ? r : 0;
	}
	if (tally->failed != VERDICT_OK)
		return 0; /* the first one is the one to mend */
	tally->failed = verdict;
	return add_sentence(&tally->why, meaning);
}

int tally_unscored(struct tally *tally, size_t count, const char *why)
{
	tally->n_unscored += count;
	struct buf sentence = BUF_INIT(SENTENCES_B);
	int r = buf_addf(&sentence, "%zu post%s could not be scored (%s)", count,
		count == 1 ? "" : "s", why);
	if (r == 0)
		r = add_sentence(&tally->lack, buf_str(&sentence));
	buf_release(&sentence);
	return r < 0 ? r : 0;
}

int tally_cut(struct tally *tally, const char *why)
{
	tally->cut = tally->interactions_cut = true;
	return add_sentence(&tally->lack, why);
}

int tally_unfinished(struct tally *tally)
{
	tally->window = true;
	return tally->failed == VERDICT_OK
		       ? add_sentence(&tally->why, "older posts are still to be read")
		       : 0;
}

bool tally_is_short(const struct tally *tally)
{
	return tally->total >= 0 && (size_t)tally->total > tally->n_posts + tally->n_before;
}

static enum verdict sum_up(const struct tally *tally)
{
	if (tally->failed != VERDICT_OK)
		return tally->failed;
	if (tally->n_pages == 0)
		return VERDICT_UNREAD;
	if (tally->window || tally->cut || tally_is_short(tally))
		return VERDICT_TRUNCATED;
	if (tally->n_posts == 0 && tally->empty)
		return VERDICT_EMPTY;
	return VERDICT_OK;
}

struct outcome tally_outcome(const struct tally *tally)
{
	enum verdict verdict = sum_up(tally);
	return (struct outcome){
		.verdict = verdict,
		.why = tally->why.len > 0 ? buf_str(&tally->why) : NULL,
		.oldest_s = tally->oldest_s,
		.n_posts = (int64_t)tally->n_posts,
		.total = tally->total,
		.n_interactions = (int64_t)tally->n_interactions,
		.interactions_cut = tally->interactions_cut,
		.lack = tally->lack.len > 0 ? buf_str(&tally->lack) : NULL,
		/* A post that could not be scored may still hold the finding that seems to be gone. */
		.proven_all = verdict_proves(verdict) && tally->n_unscored == 0,
	};
}
