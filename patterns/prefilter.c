#include "patterns/prefilter_inside.h"

#include <stdlib.h>
#include <string.h>

/* One literal of one expression, while the needles are gathered. */
struct request {
	struct literal literal;
	struct asker asker;
	bool starting;
};

static int compare_needles(const struct literal *a, const struct literal *b)
{
	int order = (int)a->word_start - (int)b->word_start;
	if (order == 0)
		order = (int)a->word_end - (int)b->word_end;
	if (order == 0)
		order = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);
	return order ? order : (a->len > b->len) - (a->len < b->len);
}

/* By literal, those that ask where it stands first, then by expression. */
static int compare_requests(const void *a_, const void *b_)
{
	const struct request *a = a_;
	const struct request *b = b_;
	int order = compare_needles(&a->literal, &b->literal);
	if (order == 0)
		order = (int)b->starting - (int)a->starting;
	if (order == 0)
		order = (a->asker.expression > b->asker.expression) -
			(a->asker.expression < b->asker.expression);
	return order;
}

static void count_literals(
	const struct literals *expressions, size_t count, size_t *ret_literals, size_t *ret_bytes)
{
	*ret_literals = *ret_bytes = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t g = 0; g < expressions[i].count; g++) {
			*ret_literals += expressions[i].groups[g].count;
			for (size_t k = 0; k < expressions[i].groups[g].count; k++)
				*ret_bytes += expressions[i].groups[g].items[k].len;
		}
	}
}

static void gather(
	struct prefilter *prefilter, const struct literals *expressions, struct request *requests)
{
	size_t n = 0;
	for (size_t i = 0; i < prefilter->n_expressions; i++) {
		for (size_t g = 0; g < expressions[i].count; g++) {
			const struct literal_group *group = &expressions[i].groups[g];
			prefilter->wanted[i] |= (uint8_t)(1u << g);
			for (size_t k = 0; k < group->count; k++)
				requests[n++] = (struct request){.literal = group->items[k],
					.asker = {(uint32_t)i, (uint8_t)g},
					.starting = g == 0 && expressions[i].starts};
		}
		prefilter->starts[i] = expressions[i].count > 0 && expressions[i].starts;
		if (expressions[i].count == 0)
			prefilter->always[prefilter->n_always++] = (uint32_t)i;
	}
	qsort(requests, n, sizeof *requests, compare_requests);
}

/* A gram ends before a blank, which may be a run of them in the text. */
static size_t gram_len(const struct needle *needle)
{
	size_t len = 1;
	while (len < GRAM_B && len < needle->len && needle->text[len] != ' ')
		len++;
	return len;
}

static struct table *table_of(struct prefilter *prefilter, const struct needle *needle)
{
	return needle->word_start ? &prefilter->words : &prefilter->anywhere;
}

static uint32_t needle_gram(const struct needle *needle)
{
	char first[GRAM_B] = {0};
	memcpy(first, needle->text, gram_len(needle));
	return gram_at(first, GRAM_B);
}

/* Count a needle into its chain, or, once all are counted, put it there. */
static void enter(struct prefilter *prefilter, size_t index, bool count)
{
	struct needle *needle = &prefilter->needles[index];
	struct table *table = table_of(prefilter, needle);
	size_t len = gram_len(needle);
	uint32_t gram = needle_gram(needle);
	uint32_t hash = gram_hash(gram, len);
	uint32_t bit = hash >> (32 - BITMAP_BITS);
	uint32_t *head = &table->heads[hash >> (32 - CHAIN_BITS)];
	if (count) {
		table->lengths[len] = true;
		table->bitmap[bit / 64] |= (uint64_t)1 << (bit % 64);
		++*head;
		return;
	}
	struct entry *entry = &table->entries[--*head];
	*entry = (struct entry){.gram = gram, .needle = (uint32_t)index};
	size_t n = needle->len < sizeof entry->head ? needle->len : sizeof entry->head;
	memcpy(&entry->head, needle->text, n);
	memset(&entry->mask, 0xff, n);
}

/* Chains one behind another: first their lengths, then their ends, which entering moves back. */
static int make_table(struct table *table)
{
	uint32_t end = 0;
	for (size_t i = 0; i <= 1u << CHAIN_BITS; i++) {
		end += table->heads[i];
		table->heads[i] = end;
	}
	table->entries = calloc(end + 1, sizeof *table->entries);
	return table->entries ? 0 : -ENOMEM;
}

static int compare_entries(const void *a_, const void *b_)
{
	const struct entry *a = a_;
	const struct entry *b = b_;
	if (a->gram != b->gram)
		return a->gram < b->gram ? -1 : 1;
	if (a->mask != b->mask)
		return a->mask < b->mask ? -1 : 1;
	if (a->head != b->head)
		return a->head < b->head ? -1 : 1;
	return (a->needle > b->needle) - (a->needle < b->needle);
}

static void order_chains(struct table *table)
{
	for (size_t i = 0; i < 1u << CHAIN_BITS; i++) {
		uint32_t first = table->heads[i];
		uint32_t end = table->heads[i + 1];
		if (first == end)
			continue;
		qsort(table->entries + first, end - first, sizeof *table->entries, compare_entries);
		for (uint32_t k = end; k-- > first;) {
			struct entry *entry = &table->entries[k];
			bool same = k + 1 < end && entry[1].gram == entry->gram &&
				    entry[1].mask == entry->mask;
			entry->run = same ? entry[1].run + 1 : 1;
		}
	}
}

static int make_tables(struct prefilter *prefilter)
{
	for (size_t i = 0; i < prefilter->n_needles; i++)
		enter(prefilter, i, true);
	int r = make_table(&prefilter->words);
	if (r == 0)
		r = make_table(&prefilter->anywhere);
	for (size_t i = 0; r == 0 && i < prefilter->n_needles; i++)
		enter(prefilter, i, false);
	if (r == 0) {
		order_chains(&prefilter->words);
		order_chains(&prefilter->anywhere);
	}
	return r;
}

/* One needle for each distinct literal, with all that ask for it. */
static void make_needles(struct prefilter *prefilter, const struct request *requests, size_t count)
{
	char *bytes = prefilter->bytes;
	for (size_t i = 0; i < count; i++) {
		const struct literal *literal = &requests[i].literal;
		prefilter->askers[i] = requests[i].asker;
		if (i > 0 && compare_needles(literal, &requests[i - 1].literal) == 0) {
			prefilter->needles[prefilter->n_needles - 1].n_askers++;
			prefilter->needles[prefilter->n_needles - 1].n_starting +=
				requests[i].starting;
			continue;
		}
		memcpy(bytes, literal->text, literal->len);
		prefilter->needles[prefilter->n_needles++] = (struct needle){.text = bytes,
			.len = (uint32_t)literal->len,
			.word_start = literal->word_start,
			.word_end = literal->word_end,
			.askers = (uint32_t)i,
			.n_askers = 1,
			.n_starting = requests[i].starting};
		bytes += literal->len;
	}
}

int prefilter_new(const struct literals *expressions, size_t count, struct prefilter **ret)
{
	size_t n_literals;
	size_t n_bytes;
	count_literals(expressions, count, &n_literals, &n_bytes);
	struct request *requests = calloc(n_literals + 1, sizeof *requests);
	struct prefilter *prefilter = calloc(1, sizeof *prefilter);
	if (!prefilter || !requests)
		goto fail;
	prefilter->n_expressions = count;
	prefilter->needles = calloc(n_literals + 1, sizeof *prefilter->needles);
	prefilter->askers = calloc(n_literals + 1, sizeof *prefilter->askers);
	prefilter->wanted = calloc(count + 1, sizeof *prefilter->wanted);
	prefilter->always = calloc(count + 1, sizeof *prefilter->always);
	prefilter->starts = calloc(count + 1, sizeof *prefilter->starts);
	prefilter->bytes = malloc(n_bytes + 1);
	if (!prefilter->needles || !prefilter->askers || !prefilter->wanted || !prefilter->always ||
		!prefilter->starts || !prefilter->bytes)
		goto fail;
	gather(prefilter, expressions, requests);
	make_needles(prefilter, requests, n_literals);
	if (make_tables(prefilter) < 0)
		goto fail;
	free(requests);
	*ret = prefilter;
	return 0;
fail:
	free(requests);
	prefilter_free(prefilter);
	return -ENOMEM;
}

struct prefilter *prefilter_free(struct prefilter *prefilter)
{
	if (!prefilter)
		return NULL;
	free(prefilter->needles);
	free(prefilter->askers);
	free(prefilter->wanted);
	free(prefilter->always);
	free(prefilter->starts);
	free(prefilter->words.entries);
	free(prefilter->anywhere.entries);
	free(prefilter->bytes);
	free(prefilter);
	return NULL;
}

size_t prefilter_always(const struct prefilter *prefilter)
{
	return prefilter->n_always;
}
