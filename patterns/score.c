#include "patterns/score.h"

#include "daemon/base/limits.h"
#include "patterns/guard.h"
#include "patterns/scorer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Seconds of a day, days of a year. */
#define DAY_S  86400.0
#define YEAR_D 365.25
/* A reason is a line that people read. */
#define REASON_B 2000

struct scorer {
	struct finder finder;
	struct surroundings around;
	struct spans allowed; /* scratch */
	double *categories;   /* per category: ∏(1−s/100) so far */
	bool trial;
	/* for the post in hand */
	struct arena *arena;
	int64_t now_s;
	struct hit *hits;
	size_t n_hits;
	struct buf reason;
};

int scorer_new(const struct ruleset *set, struct scorer **ret)
{
	struct scorer *scorer = calloc(1, sizeof *scorer);
	if (!scorer)
		return -ENOMEM;
	scorer->reason = BUF_INIT(REASON_B);
	scorer->categories = calloc(set->n_categories + 1, sizeof *scorer->categories);
	int r = scorer->categories ? finder_init(&scorer->finder, set) : -ENOMEM;
	if (r == 0)
		r = surroundings_init(&scorer->around, &scorer->finder);
	if (r < 0) {
		scorer_free(scorer);
		return r;
	}
	*ret = scorer;
	return 0;
}

struct scorer *scorer_free(struct scorer *scorer)
{
	if (!scorer)
		return NULL;
	surroundings_release(&scorer->around);
	finder_release(&scorer->finder);
	buf_release(&scorer->reason);
	free(scorer->allowed.items);
	free(scorer->categories);
	free(scorer);
	return NULL;
}

void scorer_trial(struct scorer *scorer, bool trial)
{
	scorer->trial = trial;
}

void scorer_everything(struct scorer *scorer, bool everything)
{
	scorer->finder.everything = everything;
}

int scorer_places(struct scorer *scorer, size_t rule, const struct span **ret, size_t *ret_count)
{
	return guard_places(&scorer->around, rule, ret, ret_count);
}

/* ---- one hit ---- */

/* What a hit weighs, factor by factor. */
struct weighing {
	const struct rule *rule;
	const struct post *post;
	struct span at;
	const struct phrase_sum *sum; /* as struct found */
	double confidence;
	double factor; /* all but weight and confidence */
	bool cancelled;
};

/* Add to the reasons; a line that is too long loses its end. */
static int because(struct scorer *scorer, const char *format, const char *name, double factor)
{
	int r = buf_addf(&scorer->reason, format, name, factor);
	return r < 0 ? r : 0;
}

/* Is the hit a phrase in which the rule is known to be wrong? */
static int weigh_allow(struct scorer *scorer, struct weighing *weighing)
{
	const struct rule *rule = weighing->rule;
	for (size_t i = 0; i < rule->n_allow && !weighing->cancelled; i++) {
		scorer->allowed.count = 0;
		int r = finder_allowed(&scorer->finder, &rule->allow[i], &scorer->allowed);
		if (r < 0)
			return r;
		for (size_t k = 0; k < scorer->allowed.count; k++) {
			const struct span *span = &scorer->allowed.items[k];
			weighing->cancelled |=
				span->start < weighing->at.end && weighing->at.start < span->end;
		}
	}
	return 0;
}

static int weigh_requires(struct scorer *scorer, struct weighing *weighing)
{
	const struct guards *guards = &weighing->rule->requires;
	for (size_t i = 0; i < guards->count && !weighing->cancelled; i++) {
		bool holds;
		int r = guard_holds(&scorer->around, &guards->items[i], weighing->at, &holds);
		if (r < 0)
			return r;
		weighing->cancelled = !holds;
	}
	return 0;
}

static int weigh_unless(struct scorer *scorer, struct weighing *weighing)
{
	const struct guards *guards = &weighing->rule->unless;
	for (size_t i = 0; i < guards->count && !weighing->cancelled; i++) {
		const struct guard *guard = &guards->items[i];
		bool holds;
		int r = guard_holds(&scorer->around, guard, weighing->at, &holds);
		if (r == 0 && holds) {
			weighing->cancelled = guard->factor == 0;
			weighing->confidence *= guard->factor;
			r = because(scorer, "; %s ×%.2f", guard->name, guard->factor);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

/* The first context that holds says whom the words are aimed at. */
static int weigh_direction(struct scorer *scorer, struct weighing *weighing)
{
	const struct guards *guards = &weighing->rule->directed;
	for (size_t i = 0; i < guards->count; i++) {
		bool holds;
		int r = guard_holds(&scorer->around, &guards->items[i], weighing->at, &holds);
		if (r < 0)
			return r;
		if (holds) {
			weighing->factor *= guards->items[i].factor;
			return because(scorer, "; aimed at %s ×%.2f", guards->items[i].name,
				guards->items[i].factor);
		}
	}
	return 0;
}

/* DESIGN: place (bio and handle ×1.5, pinned ×1.3). */
static int weigh_place(struct scorer *scorer, struct weighing *weighing)
{
	int r = 0;
	if (weighing->post->kind == KIND_BIO || weighing->post->kind == KIND_HANDLE) {
		weighing->factor *= 1.5;
		r = because(scorer, " × %s %.1f", kind_name(weighing->post->kind), 1.5);
	}
	if (r == 0 && weighing->post->pinned) {
		weighing->factor *= 1.3;
		r = because(scorer, " × %s %.1f", "pinned", 1.3);
	}
	return r;
}

/* DESIGN: old words weigh less, to a floor; a draft has no age, and neither has what has no date.
 */
static int weigh_age(struct scorer *scorer, struct weighing *weighing)
{
	const struct decay *decay = &weighing->rule->decay;
	const struct post *post = weighing->post;
	if (post->kind == KIND_DRAFT || post->published_s == 0 ||
		post->published_s >= scorer->now_s)
		return 0;
	double days = (double)(scorer->now_s - post->published_s) / DAY_S;
	double factor = fmax(decay->floor, exp2(-days / decay->half_life_days));
	weighing->factor *= factor;
	int r = buf_addf(&scorer->reason, " × age of %.1f years %.2f", days / YEAR_D, factor);
	return r < 0 ? r : 0;
}

/* A rule of phrases is as sure as they make it; the heaviest of them say why. */
static int weigh_phrases(struct scorer *scorer, struct weighing *weighing)
{
	const struct phrase_sum *sum = weighing->sum;
	if (!sum)
		return 0;
	double confidence = phrase_confidence(sum);
	weighing->confidence *= confidence;
	int r = because(scorer, " × %s %.2f", "phrases", confidence);
	for (size_t i = 0; r == 0 && i < sum->n_told; i++)
		r = because(scorer, i == 0 ? " (\"%s\" %+.2f" : ", \"%s\" %+.2f",
			sum->told[i].phrase->text, sum->told[i].phrase->weight);
	return r == 0 ? because(scorer, "%s", ")", 0) : r;
}

static int weigh_rule(struct scorer *scorer, struct weighing *weighing)
{
	const struct rule_card *card = &weighing->rule->card;
	buf_clear(&scorer->reason);
	weighing->confidence = card->confidence;
	weighing->factor = 1;
	return because(scorer, "%s %.0f", severity_name(card->severity),
		       severity_weight(card->severity)) < 0 ||
			       because(scorer, "%s × confidence %.2f", "", card->confidence) < 0
		       ? -ENOMEM
		       : 0;
}

static int weigh(struct scorer *scorer, struct weighing *weighing)
{
	static int (*const steps[])(struct scorer *, struct weighing *) = {weigh_rule,
		weigh_phrases, weigh_place, weigh_age, weigh_allow, weigh_requires, weigh_unless,
		weigh_direction};
	for (size_t i = 0; i < sizeof steps / sizeof steps[0] && !weighing->cancelled; i++) {
		int r = steps[i](scorer, weighing);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- the hits of one rule ---- */

static bool overlaps_kept(const struct scorer *scorer, size_t first, struct span at)
{
	for (size_t i = first; i < scorer->n_hits; i++) {
		const struct hit *hit = &scorer->hits[i];
		if ((at.start < hit->end && hit->start < at.end) ||
			(at.start == hit->start && at.end == hit->end))
			return true;
	}
	return false;
}

/* Put @hit in its place among the rule's hits from @first on, the worst first, at most max_hits. */
static int keep_hit(struct scorer *scorer, size_t first, size_t max_hits, const struct hit *hit)
{
	size_t at = scorer->n_hits;
	while (at > first && scorer->hits[at - 1].score < hit->score)
		at--;
	if (at - first >= max_hits)
		return 0;
	if (scorer->n_hits - first < max_hits) {
		void *grown = arena_grow(
			scorer->arena, scorer->hits, scorer->n_hits, sizeof *scorer->hits);
		if (!grown)
			return -ENOMEM;
		scorer->hits = grown;
		scorer->n_hits++;
	}
	for (size_t i = scorer->n_hits - 1; i > at; i--)
		scorer->hits[i] = scorer->hits[i - 1];
	scorer->hits[at] = *hit;
	return 0;
}

/* A score without the last bits' noise, so that 30 × 1.5 is no less than the 45 of severity high. */
static double exact(double score)
{
	const double steps = 1e6;
	return round(score * steps) / steps;
}

static int score_found(struct scorer *scorer, const struct rule *rule, const struct post *post,
	const struct found *found, size_t first)
{
	const struct category *category = &scorer->finder.set->categories[rule->category];
	struct weighing weighing = {.rule = rule, .post = post, .at = found->at, .sum = found->sum};
	int r = weigh(scorer, &weighing);
	if (r < 0 || weighing.cancelled)
		return r;
	double weight = severity_weight(rule->card.severity);
	double score = exact(fmin(100, weight * weighing.confidence * weighing.factor));
	if (score > category->max_score) {
		score = category->max_score;
		r = because(scorer, "; %s capped at %.0f", category->name, score);
	}
	if (r < 0 || score < 1)
		return r;
	struct hit hit = {
		.rule = (size_t)(rule - scorer->finder.set->rules),
		.start = found->at.start,
		.end = found->at.end,
		.confidence = weighing.confidence,
		.score = score,
		.severity = severity_of_score(score),
		.reasons = arena_strdup(scorer->arena, buf_str(&scorer->reason)),
	};
	return hit.reasons ? keep_hit(scorer, first, rule->max_hits, &hit) : -ENOMEM;
}

/* All that one rule found: @found[0..@count). */
static int score_rule(
	struct scorer *scorer, const struct post *post, const struct found *found, size_t count)
{
	const struct rule *rule = &scorer->finder.set->rules[found->rule];
	size_t first = scorer->n_hits;
	if (rule->status == STATUS_EXPERIMENTAL && !scorer->trial)
		return 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		if (!overlaps_kept(scorer, first, found[i].at))
			r = score_found(scorer, rule, post, &found[i], first);
	}
	return r;
}

/* ---- the post ---- */

static int compare_hits(const void *a_, const void *b_)
{
	const struct hit *a = a_;
	const struct hit *b = b_;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->rule > b->rule) - (a->rule < b->rule);
}

/* DESIGN: per category the findings are capped, then summed as 100·(1−∏(1−sᵢ/100)). */
static double sum_up(struct scorer *scorer)
{
	const struct ruleset *set = scorer->finder.set;
	double clean = 1;
	for (size_t i = 0; i < set->n_categories; i++)
		scorer->categories[i] = 1;
	for (size_t i = 0; i < scorer->n_hits; i++) {
		const struct rule *rule = &set->rules[scorer->hits[i].rule];
		scorer->categories[rule->category] *= 1 - scorer->hits[i].score / 100;
	}
	for (size_t i = 0; i < set->n_categories; i++) {
		double score =
			fmin(set->categories[i].max_score, 100 * (1 - scorer->categories[i]));
		clean *= 1 - score / 100;
	}
	return exact(100 * (1 - clean));
}

/* A post that could not be looked at whole is not clean, whatever was found in the rest. */
static int tell_unscored(struct scorer *scorer, const struct post *post, struct score *score)
{
	const struct rule *rule = scorer->finder.gave_up;
	struct buf *why = &scorer->reason;
	int r = 0;
	buf_clear(why);
	if (rule)
		r = buf_addf(why, "rule %s gave up at its limit of steps", rule->card.id);
	if (r == 0 && post->len > LIMIT_POST_TEXT_B)
		r = buf_addf(why, "%sonly the first %zu of %zu bytes were looked at",
			why->len ? "; " : "", LIMIT_POST_TEXT_B, post->len);
	if (r < 0 || why->len == 0)
		return r < 0 ? r : 0;
	score->unscored = true;
	score->unscored_why = arena_strdup(scorer->arena, buf_str(why));
	return score->unscored_why ? 0 : -ENOMEM;
}

static int score_all(struct scorer *scorer, const struct post *post)
{
	struct finder *finder = &scorer->finder;
	int r = finder_run(finder, post);
	surroundings_take(&scorer->around, post);
	for (size_t i = 0, n; r == 0 && i < finder->n_found; i += n) {
		for (n = 1; i + n < finder->n_found &&
			    finder->found[i + n].rule == finder->found[i].rule;)
			n++;
		r = score_rule(scorer, post, finder->found + i, n);
	}
	if (scorer->n_hits > 1)
		qsort(scorer->hits, scorer->n_hits, sizeof *scorer->hits, compare_hits);
	return r;
}

/* What is passed on is nobody's own words.  Of what was liked, followed and so on the addresses count. */
static bool is_scored(const struct post *post)
{
	if (kind_is_interaction(post->kind))
		return post->others_len > 0 || post->n_links > 0;
	return post->kind != KIND_REPOST && (post->len > 0 || post->n_links > 0);
}

int score_post(struct scorer *scorer, const struct post *post, int64_t now_s, struct arena *arena,
	struct score *ret)
{
	struct score score = {.score = 0};
	scorer->arena = arena;
	scorer->now_s = now_s;
	scorer->hits = NULL;
	scorer->n_hits = 0;
	int r = is_scored(post) ? score_all(scorer, post) : 0;
	if (r == 0 && is_scored(post))
		r = tell_unscored(scorer, post, &score);
	if (r < 0)
		return r;
	score.score = scorer->n_hits ? sum_up(scorer) : 0;
	score.severity = severity_of_score(score.score);
	score.hits = scorer->hits;
	score.n_hits = scorer->n_hits < LIMIT_HITS ? scorer->n_hits : LIMIT_HITS;
	*ret = score;
	return 0;
}
