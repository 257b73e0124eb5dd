#include "patterns/prefilter.h"

#include <stdlib.h>
#include <string.h>

/*
 * A literal is found by its first bytes: up to four of them, its gram.  A bitmap says whether any
 * literal has a gram like the one at hand, small enough to stay in the first-level cache; a table
 * of chains then tells which.  Most literals begin with a word (\b in front of them), so they are
 * looked for only where a word begins: a fifth of the places.
 */
#define GRAM_B	    4
#define BITMAP_BITS 17
#define CHAIN_BITS  13

/* One expression that asks for a literal, as one of its group @group. */
struct asker {
	uint32_t expression;
	uint8_t group;
};

struct needle {
	const char *text;
	uint32_t len;
	bool word_start;
	uint32_t next;	 /* in the chain, +1; 0: the last */
	uint32_t askers; /* first in prefilter->askers */
	uint32_t n_askers;
};

/* The needles that are looked for at one kind of place. */
struct table {
	bool lengths[GRAM_B + 1]; /* gram lengths that occur */
	uint64_t bitmap[(1u << BITMAP_BITS) / 64];
	uint32_t heads[1u << CHAIN_BITS]; /* needle + 1 */
};

struct prefilter {
	struct needle *needles;
	size_t n_needles;
	struct asker *askers;
	uint8_t *wanted; /* per expression: the groups that must be met */
	size_t n_expressions;
	uint32_t *always;
	size_t n_always;
	char *bytes;
	struct table words;    /* where a word begins */
	struct table anywhere; /* at any byte */
};

static uint32_t gram_at(const char *text, size_t len)
{
	uint32_t gram;
	memcpy(&gram, text, sizeof gram);
	return len >= GRAM_B ? gram : gram & ((1u << (8 * len)) - 1);
}

/* Multiplicative hashing (Knuth, 6.4); grams of different lengths part by the zero bytes. */
static uint32_t gram_hash(uint32_t gram, size_t len)
{
	return (gram + (uint32_t)len) * 2654435761u;
}

/* One literal of one expression, while the needles are gathered. */
struct request {
	struct literal literal;
	struct asker asker;
};

static int compare_requests(const void *a, const void *b)
{
	const struct request *one = a;
	const struct request *two = b;
	const struct literal *x = &one->literal;
	const struct literal *y = &two->literal;
	int order = (int)x->word_start - (int)y->word_start;
	if (order == 0)
		order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
	if (order == 0)
		order = (x->len > y->len) - (x->len < y->len);
	if (order == 0)
		order = (one->asker.expression > two->asker.expression) -
			(one->asker.expression < two->asker.expression);
	return order;
}

static bool same_needle(const struct literal *a, const struct literal *b)
{
	return a->word_start == b->word_start && a->len == b->len &&
	       memcmp(a->text, b->text, a->len) == 0;
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
				requests[n++] = (struct request){
					group->items[k], {(uint32_t)i, (uint8_t)g}
				  };
		}
		if (expressions[i].count == 0)
			prefilter->always[prefilter->n_always++] = (uint32_t)i;
	}
	qsort(requests, n, sizeof *requests, compare_requests);
}

static void add_to_table(struct table *table, const struct prefilter *prefilter, size_t index)
{
	struct needle *needle = &prefilter->needles[index];
	size_t len = needle->len < GRAM_B ? needle->len : GRAM_B;
	char first[GRAM_B] = {0};
	memcpy(first, needle->text, len);
	uint32_t hash = gram_hash(gram_at(first, len), len);
	uint32_t bit = hash >> (32 - BITMAP_BITS);
	uint32_t *head = &table->heads[hash >> (32 - CHAIN_BITS)];
	table->lengths[len] = true;
	table->bitmap[bit / 64] |= (uint64_t)1 << (bit % 64);
	needle->next = *head;
	*head = (uint32_t)index + 1;
}

/* One needle for each distinct literal, with all that ask for it. */
static void make_needles(struct prefilter *prefilter, const struct request *requests, size_t count)
{
	char *bytes = prefilter->bytes;
	for (size_t i = 0; i < count; i++) {
		const struct literal *literal = &requests[i].literal;
		prefilter->askers[i] = requests[i].asker;
		if (i > 0 && same_needle(literal, &requests[i - 1].literal)) {
			prefilter->needles[prefilter->n_needles - 1].n_askers++;
			continue;
		}
		memcpy(bytes, literal->text, literal->len);
		prefilter->needles[prefilter->n_needles++] = (struct needle){.text = bytes,
			.len = (uint32_t)literal->len,
			.word_start = literal->word_start,
			.askers = (uint32_t)i,
			.n_askers = 1};
		bytes += literal->len;
	}
	for (size_t i = 0; i < prefilter->n_needles; i++)
		add_to_table(
			prefilter->needles[i].word_start ? &prefilter->words : &prefilter->anywhere,
			prefilter, i);
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
	prefilter->bytes = malloc(n_bytes + 1);
	if (!prefilter->needles || !prefilter->askers || !prefilter->wanted || !prefilter->always ||
		!prefilter->bytes)
		goto fail;
	gather(prefilter, expressions, requests);
	make_needles(prefilter, requests, n_literals);
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
	free(prefilter->bytes);
	free(prefilter);
	return NULL;
}

size_t prefilter_always(const struct prefilter *prefilter)
{
	return prefilter->n_always;
}

int sieve_init(struct sieve *sieve, const struct prefilter *prefilter)
{
	*sieve = (struct sieve){.prefilter = prefilter};
	sieve->met = calloc(prefilter->n_needles + 1, sizeof *sieve->met);
	sieve->since = calloc(prefilter->n_expressions + 1, sizeof *sieve->since);
	sieve->groups = calloc(prefilter->n_expressions + 1, sizeof *sieve->groups);
	sieve->named = calloc(prefilter->n_expressions + 1, sizeof *sieve->named);
	if (sieve->met && sieve->since && sieve->groups && sieve->named)
		return 0;
	sieve_release(sieve);
	return -ENOMEM;
}

void sieve_release(struct sieve *sieve)
{
	free(sieve->met);
	free(sieve->since);
	free(sieve->groups);
	free(sieve->named);
	*sieve = (struct sieve){.prefilter = NULL};
}

static void meet(struct sieve *sieve, uint32_t index)
{
	const struct prefilter *prefilter = sieve->prefilter;
	const struct needle *needle = &prefilter->needles[index];
	sieve->met[index] = sieve->round;
	for (uint32_t i = 0; i < needle->n_askers; i++) {
		const struct asker *asker = &prefilter->askers[needle->askers + i];
		uint32_t e = asker->expression;
		if (sieve->since[e] != sieve->round) {
			sieve->since[e] = sieve->round;
			sieve->groups[e] = 0;
		}
		uint8_t before = sieve->groups[e];
		sieve->groups[e] |= (uint8_t)(1u << asker->group);
		if (before != prefilter->wanted[e] && sieve->groups[e] == prefilter->wanted[e])
			sieve->named[sieve->n_named++] = e;
	}
}

/* The needles of one chain that stand at @at, with @left bytes of text from there. */
static void follow(struct sieve *sieve, uint32_t next, const char *at, size_t left)
{
	while (next) {
		const struct needle *needle = &sieve->prefilter->needles[next - 1];
		if (sieve->met[next - 1] != sieve->round && needle->len <= left &&
			memcmp(at, needle->text, needle->len) == 0)
			meet(sieve, next - 1);
		next = needle->next;
	}
}

static inline void look(struct sieve *sieve, const struct table *table, const char *at, size_t left)
{
	for (size_t len = 1; len <= GRAM_B; len++) {
		if (!table->lengths[len])
			continue;
		uint32_t hash = gram_hash(gram_at(at, len), len);
		uint32_t bit = hash >> (32 - BITMAP_BITS);
		if (table->bitmap[bit / 64] >> (bit % 64) & 1)
			follow(sieve, table->heads[hash >> (32 - CHAIN_BITS)], at, left);
	}
}

/* Could a word, as \b has it, begin behind @last?  Behind a byte of a longer character only PCRE2
 * knows, so the answer is yes. */
static inline bool may_part(unsigned char last)
{
	return !((last >= 'a' && last <= 'z') || (last >= '0' && last <= '9') || last == '_');
}

void sieve_pass(struct sieve *sieve, const char *text, size_t len)
{
	const struct prefilter *prefilter = sieve->prefilter;
	const struct table *anywhere = &prefilter->anywhere;
	bool all = anywhere->lengths[1] || anywhere->lengths[2] || anywhere->lengths[3] ||
		   anywhere->lengths[4];
	if (++sieve->round == 0) { /* four thousand million posts later */
		memset(sieve->met, 0, prefilter->n_needles * sizeof *sieve->met);
		memset(sieve->since, 0, prefilter->n_expressions * sizeof *sieve->since);
		sieve->round = 1;
	}
	sieve->n_named = 0;
	for (size_t i = 0; i < prefilter->n_always; i++) {
		uint32_t e = prefilter->always[i];
		sieve->named[sieve->n_named++] = e;
		sieve->since[e] = sieve->round;
		sieve->groups[e] = 0;
	}
	unsigned char last = ' ';
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (may_part(last) && !(c < 0x80 && may_part(c)))
			look(sieve, &prefilter->words, text + i, len - i);
		if (all)
			look(sieve, anywhere, text + i, len - i);
		last = c;
	}
}

bool sieve_named(const struct sieve *sieve, uint32_t expression)
{
	return sieve->since[expression] == sieve->round &&
	       sieve->groups[expression] == sieve->prefilter->wanted[expression];
}
