#include "patterns/prefilter_inside.h"

#include <stdlib.h>
#include <string.h>

/* What one text may have in places where matches may begin; a text with more is searched for them
 * by PCRE2 itself. */
#define MEETINGS_MAX 16384
#define STARTS_MAX   65536
/* Bytes that are compared at once, and may be read behind a text. */
#define PAD sizeof(uint64_t)

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

/* The first entry of run[0..count), ordered by head, whose head is @head or above. */
static const struct entry *run_from(const struct entry *run, size_t count, uint64_t head)
{
	while (count > 0) {
		size_t half = count / 2;
		bool below = run[half].head < head;
		run = below ? run + half + 1 : run;
		count = below ? count - half - 1 : half;
	}
	return run;
}

/* The needles of a chain with @gram that stand at @at. */
static void follow(struct sieve *sieve, const struct table *table, const struct passing *passing,
	size_t at, uint32_t gram, uint32_t chain)
{
	const struct entry *end = table->entries + table->heads[chain + 1];
	uint64_t text;
	memcpy(&text, passing->text + at, sizeof text);
	for (const struct entry *run = table->entries + table->heads[chain]; run < end;
		run += run->run) {
		uint64_t head = text & run->mask;
		if (run->gram != gram)
			continue;
		const struct entry *entry = run_from(run, run->run, head);
		for (; entry < run + run->run && entry->head == head; entry++) {
			const struct needle *needle = &sieve->prefilter->needles[entry->needle];
			bool done = sieve->met[entry->needle] == sieve->round &&
				    (needle->n_starting == 0 || sieve->crowded);
			if (!done && stands(needle, passing, at))
				note(sieve, entry->needle,
					passing->places ? passing->places[at] : at);
		}
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
