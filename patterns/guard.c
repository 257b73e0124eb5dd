#include "patterns/guard.h"

#include "daemon/base/limits.h"

#include <stdlib.h>
#include <string.h>

int surroundings_init(struct surroundings *around, struct finder *finder)
{
	size_t count = finder->set->n_rules + 1;
	*around = (struct surroundings){.finder = finder};
	around->since = calloc(count, sizeof *around->since);
	around->of = calloc(count, sizeof *around->of);
	if (around->since && around->of)
		return 0;
	surroundings_release(around);
	return -ENOMEM;
}

void surroundings_release(struct surroundings *around)
{
	free(around->since);
	free(around->of);
	free(around->places.items);
	free(around->own.items);
	free(around->nearby.items);
	free(around->breaks.items);
	*around = (struct surroundings){.finder = NULL};
}

void surroundings_take(struct surroundings *around, const struct post *post)
{
	around->post = post;
	around->len = text_cut(post->text, post->len, LIMIT_POST_TEXT_B);
	around->places.count = 0;
	around->breaks_made = false;
	if (++around->round == 0) {
		memset(around->since, 0, around->finder->set->n_rules * sizeof *around->since);
		around->round = 1;
	}
}

/* ---- sentences ---- */

static bool ends_sentence(const char *text, size_t len, size_t at)
{
	if (text[at] == '\n')
		return true;
	if (text[at] != '.' && text[at] != '!' && text[at] != '?')
		return false;
	return at + 1 == len || text[at + 1] == ' ' || text[at + 1] == '\n' || text[at + 1] == '\t';
}

static int make_breaks(struct surroundings *around)
{
	const char *text = around->post->text;
	int r = 0;
	if (around->breaks_made)
		return 0;
	around->breaks.count = 0;
	for (size_t i = 0; r == 0 && i < around->len; i++) {
		if (ends_sentence(text, around->len, i))
			r = spans_add(&around->breaks, (struct span){i, i});
	}
	around->breaks_made = r == 0;
	return r;
}

/* The number of the sentence that byte @at is in. */
static size_t sentence_of(const struct surroundings *around, size_t at)
{
	size_t low = 0;
	size_t high = around->breaks.count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (around->breaks.items[mid].start < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static size_t last_of(struct span span)
{
	return span.end > span.start ? span.end - 1 : span.start;
}

static bool same_sentence(const struct surroundings *around, struct span a, struct span b)
{
	return sentence_of(around, a.start) <= sentence_of(around, last_of(b)) &&
	       sentence_of(around, b.start) <= sentence_of(around, last_of(a));
}

/* ---- distance ---- */

static bool overlap(struct span a, struct span b)
{
	return a.start < b.end && b.start < a.end;
}

/* Are there at most @most characters in text[from..to)? */
static bool at_most(const struct surroundings *around, size_t from, size_t to, int64_t most)
{
	size_t count = 0;
	if (most < 0 || to - from > 4 * (size_t)most)
		return false;
	for (size_t i = from; i < to; i++)
		count += ((unsigned char)around->post->text[i] & 0xc0) != 0x80;
	return count <= (size_t)most;
}

static bool is_near(const struct surroundings *around, const struct reach *reach,
	struct span context, struct span hit)
{
	if (overlap(context, hit))
		return true;
	if (context.end <= hit.start)
		return at_most(around, context.end, hit.start, reach->before);
	return at_most(around, hit.end, context.start, reach->after);
}

static bool reaches(const struct surroundings *around, const struct reach *reach,
	struct span context, struct span hit)
{
	switch (reach->kind) {
	case REACH_COVER:
		return context.start <= hit.start && hit.end <= context.end;
	case REACH_TOUCH:
		return overlap(context, hit);
	case REACH_SENTENCE:
		return same_sentence(around, context, hit);
	case REACH_POST:
		return true;
	case REACH_NEAR:
		return is_near(around, reach, context, hit);
	}
	return false;
}

/* ---- contexts ---- */

static bool any_reaches(const struct surroundings *around, const struct reach *reach,
	const struct span *places, size_t count, struct span hit)
{
	for (size_t i = 0; i < count; i++) {
		if (reaches(around, reach, places[i], hit))
			return true;
	}
	return false;
}

/* Drop from @around->own what the context's own contexts cancel; those are taken as they match. */
static int drop_cancelled(struct surroundings *around, const struct rule *rule)
{
	const struct ruleset *set = around->finder->set;
	struct spans *own = &around->own;
	for (size_t g = 0; g < rule->unless.count && own->count > 0; g++) {
		const struct guard *guard = &rule->unless.items[g];
		around->nearby.count = 0;
		int r = finder_places(around->finder, &set->rules[guard->rule], &around->nearby);
		if (r < 0)
			return r;
		size_t kept = 0;
		for (size_t i = 0; i < own->count; i++) {
			if (!any_reaches(around, &guard->reach, around->nearby.items,
				    around->nearby.count, own->items[i]))
				own->items[kept++] = own->items[i];
		}
		own->count = kept;
	}
	return 0;
}

int guard_places(
	struct surroundings *around, size_t index, const struct span **ret, size_t *ret_count)
{
	if (around->since[index] != around->round) {
		const struct rule *rule = &around->finder->set->rules[index];
		size_t first = around->places.count;
		around->own.count = 0;
		int r = make_breaks(around);
		if (r == 0)
			r = finder_places(around->finder, rule, &around->own);
		if (r == 0)
			r = drop_cancelled(around, rule);
		for (size_t i = 0; r == 0 && i < around->own.count; i++)
			r = spans_add(&around->places, around->own.items[i]);
		if (r < 0)
			return r;
		around->of[index] = (struct span){first, around->places.count};
		around->since[index] = around->round;
	}
	*ret_count = around->of[index].end - around->of[index].start;
	*ret = *ret_count > 0 ? around->places.items + around->of[index].start : NULL;
	return 0;
}

int guard_holds(struct surroundings *around, const struct guard *guard, struct span hit, bool *ret)
{
	const struct span *places;
	size_t count;
	int r = guard_places(around, guard->rule, &places, &count);
	if (r == 0)
		*ret = any_reaches(around, &guard->reach, places, count, hit);
	return r;
}
