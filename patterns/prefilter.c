#include "patterns/prefilter.h"

#include <stdlib.h>
#include <string.h>

/*
 * A literal is found by its first bytes: up to four of them, its gram.  A bitmap says whether any
 * literal has a gram like the one at hand, small enough to stay in the first-level cache; a table
 * of chains then tells which.  Most literals begin with a word (\b in front of them), so they are
 * looked for only where a word begins: a fifth of the places.
 */
#define GRAM_B      4
#define BITMAP_BITS 17
#define CHAIN_BITS  13
/* What one text may have in places where matches may begin; a text with more is searched for them
 * by PCRE2 itself. */
#define MEETINGS_MAX 16384
#define STARTS_MAX   65536
/* Bytes that are compared at once, and may be read behind a text. */
#define PAD sizeof(uint64_t)

/* One expression that asks for a literal, as one of its group @group. */
struct asker {
	uint32_t expression;
	uint8_t group;
};

struct needle {
	const char *text;
	uint32_t len;
	bool word_start;
	bool word_end;
	uint32_t askers; /* first in prefilter->askers */
	uint32_t n_askers;
	uint32_t n_starting; /* the first so many ask where it stands */
};

/* A needle under its gram, with as much of it as can be compared at once. */
struct entry {
	uint64_t head;
	uint64_t mask;
	uint32_t gram;
	uint32_t needle;
};

/* The needles that are looked for at one kind of place. */
struct table {
	bool lengths[GRAM_B + 1]; /* gram lengths that occur */
	uint64_t bitmap[(1u << BITMAP_BITS) / 64];
	uint32_t heads[(1u << CHAIN_BITS) + 1]; /* a chain is entries[heads[i]..heads[i + 1]) */
	struct entry *entries;
};

struct prefilter {
	struct needle *needles;
	size_t n_needles;
	struct asker *askers;
	uint8_t *wanted; /* per expression: the groups that must be met */
	bool *starts;    /* per expression: its first group is what matches begin with */
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

static int make_tables(struct prefilter *prefilter)
{
	for (size_t i = 0; i < prefilter->n_needles; i++)
		enter(prefilter, i, true);
	int r = make_table(&prefilter->words);
	if (r == 0)
		r = make_table(&prefilter->anywhere);
	for (size_t i = 0; r == 0 && i < prefilter->n_needles; i++)
		enter(prefilter, i, false);
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

int sieve_init(struct sieve *sieve, const struct prefilter *prefilter)
{
	*sieve = (struct sieve){.prefilter = prefilter};
	sieve->met = calloc(prefilter->n_needles + 1, sizeof *sieve->met);
	sieve->since = calloc(prefilter->n_expressions + 1, sizeof *sieve->since);
	sieve->groups = calloc(prefilter->n_expressions + 1, sizeof *sieve->groups);
	sieve->named = calloc(prefilter->n_expressions + 1, sizeof *sieve->named);
	sieve->first_start = calloc(prefilter->n_expressions + 1, sizeof *sieve->first_start);
	sieve->last_start = calloc(prefilter->n_expressions + 1, sizeof *sieve->last_start);
	sieve->meetings = calloc(MEETINGS_MAX, sizeof *sieve->meetings);
	sieve->starts = calloc(STARTS_MAX, sizeof *sieve->starts);
	if (sieve->met && sieve->since && sieve->groups && sieve->named && sieve->first_start &&
		sieve->last_start && sieve->meetings && sieve->starts)
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
	free(sieve->first_start);
	free(sieve->last_start);
	free(sieve->meetings);
	free(sieve->starts);
	free(sieve->blanks);
	free(sieve->places);
	*sieve = (struct sieve){.prefilter = NULL};
}

/* The first meeting with a needle: count it for all that ask for it. */
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

/* Could a word, as \b has it, end or begin beside @c?  Beside a byte of a longer character only
 * PCRE2 knows, so the answer is yes. */
static inline bool may_part(unsigned char c)
{
	return !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
}

static inline bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A text that is passed over: its white space is single blanks, as in the needles.  (Normalised text has
 * no white space but ASCII's.) */
struct passing {
	const char *text;
	size_t len;
	const uint32_t *places; /* where its bytes stood; NULL: where they are */
};

static bool stands(const struct needle *needle, const struct passing *passing, size_t at)
{
	const char *text = passing->text + at;
	if (needle->len > passing->len - at || memcmp(text, needle->text, needle->len) != 0)
		return false;
	return !needle->word_end || may_part((unsigned char)text[needle->len]);
}

/* @needle stands at @at: the first time in this text, all that ask for it are told. */
static void note(struct sieve *sieve, uint32_t index, size_t at)
{
	if (sieve->met[index] != sieve->round)
		meet(sieve, index);
	if (sieve->prefilter->needles[index].n_starting == 0)
		return;
	if (sieve->n_meetings < MEETINGS_MAX)
		sieve->meetings[sieve->n_meetings++] = (struct meeting){(uint32_t)at, index};
	else
		sieve->crowded = true;
}

/* The needles of a chain with @gram that stand at @at. */
static void follow(struct sieve *sieve, const struct table *table, const struct passing *passing,
	size_t at, uint32_t gram, uint32_t chain)
{
	uint64_t head;
	memcpy(&head, passing->text + at, sizeof head);
	for (uint32_t i = table->heads[chain]; i < table->heads[chain + 1]; i++) {
		const struct entry *entry = &table->entries[i];
		if (entry->gram != gram || (head & entry->mask) != entry->head)
			continue;
		const struct needle *needle = &sieve->prefilter->needles[entry->needle];
		bool done = sieve->met[entry->needle] == sieve->round &&
			    (needle->n_starting == 0 || sieve->crowded);
		if (!done && stands(needle, passing, at))
			note(sieve, entry->needle, passing->places ? passing->places[at] : at);
	}
}

static inline void look(
	struct sieve *sieve, const struct table *table, const struct passing *passing, size_t at)
{
	for (size_t len = 1; len <= GRAM_B; len++) {
		if (!table->lengths[len])
			continue;
		uint32_t gram = gram_at(passing->text + at, len);
		uint32_t hash = gram_hash(gram, len);
		uint32_t bit = hash >> (32 - BITMAP_BITS);
		if (table->bitmap[bit / 64] >> (bit % 64) & 1)
			follow(sieve, table, passing, at, gram, hash >> (32 - CHAIN_BITS));
	}
}

/* Are all blanks of the text single spaces already? */
static bool single_blanks(const char *text, size_t len)
{
	bool single = true;
	for (size_t i = 0; i < len; i++)
		single &= !is_blank(text[i]) || (text[i] == ' ' && !is_blank(text[i + 1]));
	return single;
}

static int reserve_blanks(struct sieve *sieve, size_t len)
{
	if (sieve->room >= len + PAD)
		return 0;
	free(sieve->blanks);
	free(sieve->places);
	sieve->blanks = malloc(len + PAD);
	sieve->places = calloc(len + PAD, sizeof *sieve->places);
	sieve->room = sieve->blanks && sieve->places ? len + PAD : 0;
	return sieve->room ? 0 : -ENOMEM;
}

/* Write @text with single blanks, and look there. */
static int make_single(struct sieve *sieve, const char *text, size_t len, struct passing *ret)
{
	int r = reserve_blanks(sieve, len);
	if (r < 0)
		return r;
	size_t out = 0;
	for (size_t i = 0; i < len; i++) {
		if (is_blank(text[i]) && out > 0 && sieve->blanks[out - 1] == ' ')
			continue;
		sieve->blanks[out] = is_blank(text[i]) ? ' ' : text[i];
		sieve->places[out++] = (uint32_t)i;
	}
	memset(sieve->blanks + out, 0, PAD);
	*ret = (struct passing){sieve->blanks, out, sieve->places};
	return 0;
}

static void begin_round(struct sieve *sieve)
{
	const struct prefilter *prefilter = sieve->prefilter;
	if (++sieve->round == 0) { /* four thousand million posts later */
		memset(sieve->met, 0, prefilter->n_needles * sizeof *sieve->met);
		memset(sieve->since, 0, prefilter->n_expressions * sizeof *sieve->since);
		sieve->round = 1;
	}
	sieve->n_named = sieve->n_meetings = sieve->n_starts = 0;
	sieve->crowded = false;
	for (size_t i = 0; i < prefilter->n_always; i++) {
		uint32_t e = prefilter->always[i];
		sieve->named[sieve->n_named++] = e;
		sieve->since[e] = sieve->round;
		sieve->groups[e] = 0;
	}
}

static void add_start(struct sieve *sieve, uint32_t expression, uint32_t at)
{
	uint32_t last = sieve->last_start[expression];
	if (last && sieve->starts[last - 1].at == at)
		return;
	if (sieve->n_starts == STARTS_MAX) {
		sieve->crowded = true;
		return;
	}
	sieve->starts[sieve->n_starts++] = (struct start){at, 0};
	if (last)
		sieve->starts[last - 1].next = (uint32_t)sieve->n_starts;
	else
		sieve->first_start[expression] = (uint32_t)sieve->n_starts;
	sieve->last_start[expression] = (uint32_t)sieve->n_starts;
}

/* Tell the named expressions where their matches may begin. */
static void spread_starts(struct sieve *sieve)
{
	const struct prefilter *prefilter = sieve->prefilter;
	for (size_t i = 0; i < sieve->n_named; i++)
		sieve->first_start[sieve->named[i]] = sieve->last_start[sieve->named[i]] = 0;
	for (size_t i = 0; i < sieve->n_meetings && !sieve->crowded; i++) {
		const struct needle *needle = &prefilter->needles[sieve->meetings[i].needle];
		for (uint32_t k = 0; k < needle->n_starting; k++) {
			uint32_t e = prefilter->askers[needle->askers + k].expression;
			if (sieve_named(sieve, e))
				add_start(sieve, e, sieve->meetings[i].at);
		}
	}
}

static void pass(struct sieve *sieve, const struct passing *passing)
{
	const struct prefilter *prefilter = sieve->prefilter;
	const struct table *anywhere = &prefilter->anywhere;
	bool all = anywhere->lengths[1] || anywhere->lengths[2] || anywhere->lengths[3] ||
		   anywhere->lengths[4];
	unsigned char last = ' ';
	for (size_t i = 0; i < passing->len; i++) {
		unsigned char c = (unsigned char)passing->text[i];
		if (may_part(last) && !(c < 0x80 && may_part(c)))
			look(sieve, &prefilter->words, passing, i);
		if (all)
			look(sieve, anywhere, passing, i);
		last = c;
	}
}

int sieve_pass(struct sieve *sieve, const char *text, size_t len)
{
	struct passing passing = {text, len, NULL};
	int r = single_blanks(text, len) ? 0 : make_single(sieve, text, len, &passing);
	if (r < 0)
		return r;
	begin_round(sieve);
	pass(sieve, &passing);
	spread_starts(sieve);
	return 0;
}

bool sieve_named(const struct sieve *sieve, uint32_t expression)
{
	return sieve->since[expression] == sieve->round &&
	       sieve->groups[expression] == sieve->prefilter->wanted[expression];
}

const struct start *sieve_starts(const struct sieve *sieve, uint32_t expression)
{
	if (!sieve->prefilter->starts[expression] || sieve->crowded)
		return NULL;
	return &sieve->starts[sieve->first_start[expression] - 1];
}

const struct start *sieve_next_start(const struct sieve *sieve, const struct start *start)
{
	return start->next ? &sieve->starts[start->next - 1] : NULL;
}
