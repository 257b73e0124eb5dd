#include "patterns/phrases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Slots of the table for one phrase, so that most looks for a phrase that is not there end at once. */
#define SLOTS_A_PHRASE 4

/* Phrases of one text, which several lists may weigh: items[first..first + count). */
struct slot {
	uint32_t hash;
	uint32_t first;
	uint32_t count; /* 0: an empty slot */
};

struct phrases {
	const struct phrase *items;
	size_t count;
	const struct phrase_list *lists;
	size_t n_lists;
	struct slot *slots;
	uint32_t mask; /* slots, a power of two, less one */
};

static int compare_phrases(const void *a_, const void *b_)
{
	const struct phrase *a = a_;
	const struct phrase *b = b_;
	int order = strcmp(a->text, b->text);
	return order ? order : (a->list > b->list) - (a->list < b->list);
}

static void put(struct phrases *phrases, uint32_t hash, size_t first, size_t count)
{
	uint32_t at = hash & phrases->mask;
	while (phrases->slots[at].count > 0)
		at = (at + 1) & phrases->mask;
	phrases->slots[at] = (struct slot){hash, (uint32_t)first, (uint32_t)count};
}

static int put_all(struct phrases *phrases)
{
	struct words words = {.items = NULL};
	int r = 0;
	for (size_t i = 0, n; r == 0 && i < phrases->count; i += n) {
		const char *text = phrases->items[i].text;
		for (n = 1;
			i + n < phrases->count && strcmp(phrases->items[i + n].text, text) == 0;)
			n++;
		r = words_read(&words, text, strlen(text));
		if (r == 0)
			put(phrases, words_hash(&words, 0, words.count), i, n);
	}
	words_release(&words);
	return r;
}

int phrases_new(struct phrase *items, size_t count, const struct phrase_list *lists, size_t n_lists,
	struct arena *arena, const struct phrases **ret)
{
	struct phrases *phrases = arena_alloc(arena, sizeof *phrases);
	size_t slots = SLOTS_A_PHRASE;
	while (slots < count * SLOTS_A_PHRASE)
		slots *= 2;
	if (!phrases)
		return -ENOMEM;
	*phrases = (struct phrases){.items = items,
		.count = count,
		.lists = lists,
		.n_lists = n_lists,
		.slots = arena_array(arena, slots, sizeof(struct slot)),
		.mask = (uint32_t)slots - 1};
	if (!phrases->slots)
		return -ENOMEM;
	if (count)
		qsort(items, count, sizeof *items, compare_phrases);
	int r = put_all(phrases);
	if (r == 0)
		*ret = phrases;
	return r;
}

int phrase_valid(const char *text, bool *ret)
{
	struct words words = {.items = NULL};
	int r = words_read(&words, text, strlen(text));
	if (r == 0)
		*ret = words.count > 0 && words.count <= PHRASE_WORDS &&
		       words_reach(&words, 0) == words.count &&
		       words_are(&words, 0, words.count, text, text);
	words_release(&words);
	return r;
}

double phrase_confidence(const struct phrase_sum *sum)
{
	return 1 / (1 + exp(-sum->sum));
}

/* ---- one post after another ---- */

int adder_init(struct adder *adder, const struct phrases *phrases)
{
	*adder = (struct adder){.phrases = phrases};
	if (!phrases)
		return 0;
	adder->met = calloc(phrases->count + 1, sizeof *adder->met);
	adder->sums = calloc(phrases->n_lists + 1, sizeof *adder->sums);
	adder->place = calloc(phrases->n_lists + 1, sizeof *adder->place);
	if (adder->met && adder->sums && adder->place)
		return 0;
	adder_release(adder);
	return -ENOMEM;
}

void adder_release(struct adder *adder)
{
	words_release(&adder->words);
	free(adder->met);
	free(adder->sums);
	free(adder->place);
	*adder = (struct adder){.phrases = NULL};
}

void adder_begin(struct adder *adder)
{
	for (size_t i = 0; i < adder->n_sums; i++)
		adder->place[adder->sums[i].list - adder->phrases->lists] = 0;
	adder->n_sums = 0;
	if (adder->phrases && ++adder->round == 0) { /* once in four thousand million posts */
		memset(adder->met, 0, adder->phrases->count * sizeof *adder->met);
		adder->round = 1;
	}
}

static struct phrase_sum *sum_of(struct adder *adder, uint32_t list)
{
	if (adder->place[list] == 0) {
		const struct phrase_list *of = &adder->phrases->lists[list];
		adder->sums[adder->n_sums++] = (struct phrase_sum){.list = of};
		adder->place[list] = (uint32_t)adder->n_sums;
	}
	return &adder->sums[adder->place[list] - 1];
}

/* Keep @told among the heaviest; of two that weigh the same, the one that came first. */
static void tell(struct phrase_sum *sum, const struct phrase_told *told)
{
	size_t at = sum->n_told;
	while (at > 0 && sum->told[at - 1].phrase->weight < told->phrase->weight)
		at--;
	if (at == PHRASES_TOLD)
		return;
	if (sum->n_told < PHRASES_TOLD)
		sum->n_told++;
	for (size_t i = sum->n_told - 1; i > at; i--)
		sum->told[i] = sum->told[i - 1];
	sum->told[at] = *told;
}

static const struct slot *find(
	const struct adder *adder, const char *text, size_t at, size_t n_words)
{
	const struct phrases *phrases = adder->phrases;
	uint32_t hash = words_hash(&adder->words, at, n_words);
	uint32_t i = hash & phrases->mask;
	for (; phrases->slots[i].count > 0; i = (i + 1) & phrases->mask) {
		const struct slot *slot = &phrases->slots[i];
		if (slot->hash == hash && words_are(&adder->words, at, n_words, text,
						  phrases->items[slot->first].text))
			return slot;
	}
	return NULL;
}

static void count_phrase(
	struct adder *adder, const struct slot *slot, const struct view *view, struct span at)
{
	for (size_t i = slot->first; i < slot->first + slot->count; i++) {
		const struct phrase *phrase = &adder->phrases->items[i];
		if (adder->met[i] == adder->round ||
			(view->changed && !adder->phrases->lists[phrase->list].disguised))
			continue;
		adder->met[i] = adder->round;
		struct phrase_sum *sum = sum_of(adder, phrase->list);
		const struct phrase_told told = {phrase, view_origin(view, at)};
		sum->sum += phrase->weight;
		if (phrase->weight > 0)
			tell(sum, &told);
	}
}

int adder_add(struct adder *adder, const struct view *view)
{
	if (!adder->phrases)
		return 0;
	struct words *words = &adder->words;
	int r = words_read(words, view->text, view->len);
	for (size_t i = 0; r == 0 && i < words->count; i++) {
		size_t reach = words_reach(words, i);
		for (size_t n = 1; n <= reach; n++) {
			const struct slot *slot = find(adder, view->text, i, n);
			struct span at = words_span(words, i, n);
			if (slot && (!view->changed || view_changed(view, at)))
				count_phrase(adder, slot, view, at);
		}
	}
	return r;
}

void adder_end(struct adder *adder)
{
	double share = fmin(1, (double)PHRASE_POST_WORDS / fmax(1, (double)adder->words.count));
	for (size_t i = 0; i < adder->n_sums; i++) {
		struct phrase_sum *sum = &adder->sums[i];
		sum->sum = sum->list->bias + sum->sum * share;
	}
}
