#include "patterns/finder.h"

#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "patterns/language.h"

#include <stdlib.h>
#include <string.h>

/* Matches of one expression that are looked at in one text: what a rule is wrong about in so many
 * places, it is wrong about in all. */
#define PLACES_MAX 64
/* After as many matches ended at a limit a post is hostile, and no more of it is tried. */
#define GIVE_UP_MAX 8

int spans_add(struct spans *spans, struct span span)
{
	if (spans->count == spans->room) {
		size_t room = spans->room ? spans->room * 2 : 64;
		struct span *items = realloc(spans->items, room * sizeof *items);
		if (!items)
			return -ENOMEM;
		spans->items = items;
		spans->room = room;
	}
	spans->items[spans->count++] = span;
	return 0;
}

int finder_init(struct finder *finder, const struct ruleset *set)
{
	*finder = (struct finder){.set = set};
	int r = views_new(&set->views, &finder->views);
	if (r == 0)
		r = sieve_init(&finder->sieve, set->prefilter);
	if (r == 0)
		r = matcher_new(&finder->matcher);
	if (r == 0)
		r = adder_init(&finder->adder, set->phrases);
	if (r < 0)
		finder_release(finder);
	return r;
}

void finder_release(struct finder *finder)
{
	views_free(finder->views);
	sieve_release(&finder->sieve);
	matcher_free(finder->matcher);
	adder_release(&finder->adder);
	page_release(&finder->link);
	free(finder->spans.items);
	free(finder->found);
	*finder = (struct finder){.set = NULL};
}

static int add_found(struct finder *finder, const struct rule *rule, struct span at)
{
	if (finder->n_found == finder->room) {
		size_t room = finder->room ? finder->room * 2 : 64;
		struct found *found = realloc(finder->found, room * sizeof *found);
		if (!found)
			return -ENOMEM;
		finder->found = found;
		finder->room = room;
	}
	finder->found[finder->n_found++] =
		(struct found){.rule = (uint32_t)(rule - finder->set->rules), .at = at};
	return 0;
}

/* What is searched for what: an expression of a rule, or a phrase that it allows. */
struct search {
	const struct rule *rule;
	const struct regex *regex;
	const struct view *view;
	const struct start *start; /* the next place where it may match; NULL with .anywhere: all */
	bool anywhere;
	size_t from;
};

/* The next match.  Returns as regex_find(). */
static int next_match(struct finder *finder, struct search *search, struct span *ret)
{
	const struct view *view = search->view;
	int r = REGEX_E_NONE;
	if (search->anywhere)
		r = regex_find(
			search->regex, finder->matcher, view->text, view->len, search->from, ret);
	while (r == REGEX_E_NONE && search->start) {
		size_t at = search->start->at;
		search->start = sieve_next_start(&finder->sieve, search->start);
		if (at >= search->from)
			r = regex_match_at(
				search->regex, finder->matcher, view->text, view->len, at, ret);
	}
	if (r == 0)
		search->from = ret->end;
	return r;
}

/* All matches, in bytes of the post; of a disguised view, where it was rewritten. */
static int match_all(struct finder *finder, struct search *search, struct spans *ret)
{
	struct span at;
	for (size_t n = 0; n < PLACES_MAX && finder->n_gave_up < GIVE_UP_MAX; n++) {
		int r = next_match(finder, search, &at);
		if (r == REGEX_E_NONE)
			return 0;
		if (r == REGEX_E_LIMIT) {
			finder->gave_up = finder->gave_up ? finder->gave_up : search->rule;
			finder->n_gave_up++;
			return 0;
		}
		if (r == 0 && (!search->view->changed || view_changed(search->view, at)))
			r = spans_add(ret, view_origin(search->view, at));
		if (r < 0)
			return r;
	}
	return 0;
}

/* @sieved: the sieve has passed over @view, and knows where @expression may match. */
static int match_expression(struct finder *finder, const struct expression *expression,
	const struct view *view, bool sieved, struct spans *ret)
{
	struct search search = {.rule = &finder->set->rules[expression->rule],
		.regex = expression->regex,
		.view = view};
	if (sieved && !finder->everything)
		search.start = sieve_starts(&finder->sieve, expression->number);
	search.anywhere = !search.start;
	return match_all(finder, &search, ret);
}

static int view_of(struct finder *finder, const struct rule *rule, const struct view **ret)
{
	return views_get(finder->views, rule->cased ? VIEW_CASED : VIEW_PLAIN, ret);
}

int finder_allowed(struct finder *finder, const struct allowance *allowance, struct spans *ret)
{
	const struct expression *match = &allowance->match;
	if (!finder->everything && !sieve_named(&finder->sieve, match->number))
		return 0;
	return match_expression(finder, match, finder->plain, true, ret);
}

int finder_places(struct finder *finder, const struct rule *rule, struct spans *ret)
{
	const struct view *view;
	int r = view_of(finder, rule, &view);
	for (size_t i = 0; r == 0 && i < rule->n_expressions && !rule->off; i++) {
		const struct expression *expression = &rule->expressions[i];
		if (finder->everything || sieve_named(&finder->sieve, expression->number))
			r = match_expression(finder, expression, view, !rule->cased, ret);
	}
	return r;
}

/* ---- languages ---- */

static uint32_t language_bit(const struct ruleset *set, uint64_t language)
{
	for (size_t i = 0; language && i < set->n_languages; i++) {
		if (set->languages[i] == language)
			return UINT32_C(1) << i;
	}
	return 0;
}

/* The languages whose rules are held against the post: the one that it was told to be in and those
 * that its words speak for, as what platforms tell is often only the language of their menus.  All,
 * when neither says anything: better a false alarm than rules that nobody looked at. */
static uint32_t find_languages(const struct finder *finder)
{
	const struct ruleset *set = finder->set;
	struct guess guess;
	uint32_t bits = language_bit(set, language_of_tag(finder->told));
	language_guess(finder->plain->text, finder->plain->len, &guess);
	for (size_t i = 0; i < guess.count; i++)
		bits |= language_bit(set, guess.items[i]);
	return bits ? bits : UINT32_MAX;
}

/* They are looked for when a rule first asks: most posts hold nothing that makes one ask. */
static bool in_language(struct finder *finder, const struct rule *rule)
{
	if (!rule->languages || finder->set->n_languages < 2)
		return true;
	if (!finder->languages)
		finder->languages = find_languages(finder);
	return (rule->languages & finder->languages) != 0;
}

/* ---- rules over one text ---- */

/* Which rules a text is for: their kind, the post's kind, and whether it is disguised. */
struct subject {
	const struct view *view;
	unsigned kinds; /* bits 1 << enum rule_kind */
	unsigned scope; /* the post's kind as a bit */
	bool disguised;
	const struct link *link; /* hits lie where it lies; NULL: where they are */
};

static bool reads(struct finder *finder, const struct rule *rule, const struct subject *subject)
{
	return !rule->off && (subject->kinds >> rule->kind & 1) && (rule->scope & subject->scope) &&
	       (!subject->disguised || rule->disguised) && in_language(finder, rule);
}

static int try_expression(
	struct finder *finder, const struct expression *expression, const struct subject *subject)
{
	const struct rule *rule = &finder->set->rules[expression->rule];
	const struct view *view = subject->view;
	int r = 0;
	if (expression->allows || !reads(finder, rule, subject))
		return 0;
	if (rule->cased && !subject->link)
		r = view_of(finder, rule, &view);
	finder->spans.count = 0;
	if (r == 0)
		r = match_expression(
			finder, expression, view, view == subject->view, &finder->spans);
	for (size_t i = 0; r == 0 && i < finder->spans.count; i++) {
		struct span at = finder->spans.items[i];
		if (subject->link)
			at = (struct span){subject->link->start, subject->link->end};
		r = add_found(finder, rule, at);
		if (subject->link)
			break;
	}
	return r;
}

static int try_subject(struct finder *finder, const struct subject *subject)
{
	const struct ruleset *set = finder->set;
	int r = sieve_pass(&finder->sieve, subject->view->text, subject->view->len);
	if (finder->everything) {
		for (size_t i = 0; r == 0 && i < set->n_expressions; i++)
			r = try_expression(finder, set->expressions[i], subject);
		return r;
	}
	for (size_t i = 0; r == 0 && i < finder->sieve.n_named; i++)
		r = try_expression(finder, set->expressions[finder->sieve.named[i]], subject);
	return r;
}

/* ---- links ---- */

/* An address in small letters; bytes that are no characters, which only a broken source tells, are "?". */
static int fold_link(struct page_view *page, const char *url)
{
	size_t len = text_cut(url, strlen(url), LIMIT_URL_B);
	bool valid = text_valid(url, len);
	int r = page_reserve(page, len, false);
	if (r < 0)
		return r;
	for (size_t i = 0; i < len; i++) {
		char c = url[i];
		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		page->text[i] = !valid && (unsigned char)c >= 0x80 ? '?' : c;
	}
	memset(page->text + len, 0, VIEW_PAD);
	page->view = (struct view){.text = page->text, .len = len};
	return 0;
}

static int try_link(struct finder *finder, const struct link *link, unsigned scope)
{
	const struct subject subject = {
		.view = &finder->link.view, .kinds = 1u << RULE_LINK, .scope = scope, .link = link};
	int r = fold_link(&finder->link, link->url);
	return r < 0 ? r : try_subject(finder, &subject);
}

/* The addresses in the text, then those that stand beside it. */
static int try_links(struct finder *finder, const struct post *post, unsigned scope)
{
	size_t n_masks;
	const struct mask *masks = views_masks(finder->views, &n_masks);
	int r = 0;
	for (size_t i = 0; r == 0 && i < n_masks && i < LIMIT_POST_LINKS; i++) {
		if (masks[i].kind != MASK_URL)
			continue;
		size_t len = masks[i].at.end - masks[i].at.start;
		char *url = strndup(post->text + masks[i].at.start, len);
		if (!url)
			return -ENOMEM;
		const struct link link = {url, masks[i].at.start, masks[i].at.end};
		r = try_link(finder, &link, scope);
		free(url);
	}
	for (size_t i = 0; r == 0 && i < post->n_links && i < LIMIT_POST_LINKS; i++)
		r = try_link(finder, &post->links[i], scope);
	return r;
}

/* Whom an interaction is about, as an address: "@handle", the first line of what is told of them. */
static int try_account(struct finder *finder, const struct post *post, unsigned scope)
{
	const char *others = post->others;
	if (!others || post->others_len < 2 || others[0] != '@')
		return 0;
	const char *end = memchr(others, '\n', post->others_len);
	size_t len = end ? (size_t)(end - others) : post->others_len;
	char *account = strndup(others, len);
	if (!account)
		return -ENOMEM;
	const struct link link = {.url = account};
	int r = try_link(finder, &link, scope);
	free(account);
	return r;
}

/* ---- phrases ---- */

/* The rules whose phrases add up to their threshold, where the heaviest of them stands. */
static int find_sums(struct finder *finder, unsigned scope)
{
	int r = 0;
	adder_end(&finder->adder);
	for (size_t i = 0; r == 0 && i < finder->adder.n_sums; i++) {
		const struct phrase_sum *sum = &finder->adder.sums[i];
		const struct rule *rule = &finder->set->rules[sum->list->rule];
		if (!in_language(finder, rule) || !(rule->scope & scope) || sum->n_told == 0 ||
			phrase_confidence(sum) < sum->list->threshold)
			continue;
		r = add_found(finder, rule, sum->told[0].at);
		if (r == 0)
			finder->found[finder->n_found - 1].sum = sum;
	}
	return r;
}

/* ---- posts ---- */

static int compare_found(const void *a_, const void *b_)
{
	const struct found *a = a_;
	const struct found *b = b_;
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	if (a->at.start != b->at.start)
		return a->at.start < b->at.start ? -1 : 1;
	return (a->at.end < b->at.end) - (a->at.end > b->at.end); /* the longer first */
}

int finder_run(struct finder *finder, const struct post *post)
{
	const unsigned scope = 1u << post->kind;
	size_t len = text_cut(post->text, post->len, LIMIT_POST_TEXT_B);
	finder->n_found = finder->n_gave_up = 0;
	finder->languages = 0;
	finder->told = post->lang;
	finder->gave_up = NULL;
	matcher_fit(finder->matcher, len);
	adder_begin(&finder->adder);
	int r = views_take(finder->views, post->text, len, post->kind != KIND_HANDLE);
	if (r == 0)
		r = views_get(finder->views, VIEW_PLAIN, &finder->plain);
	if (r == 0 && finder->set->any_links)
		r = try_links(finder, post, scope);
	if (r == 0 && finder->set->any_links && kind_is_interaction(post->kind))
		r = try_account(finder, post, scope);
	/* The plain view comes last: finder_places() asks the sieve about it. */
	static const enum view_name order[] = {VIEW_UNDISGUISED_2, VIEW_UNDISGUISED, VIEW_PLAIN};
	for (size_t i = 0; r == 0 && i < sizeof order / sizeof order[0]; i++) {
		struct subject subject = {.kinds = 1u << RULE_TEXT | 1u << RULE_HANDLE,
			.scope = scope,
			.disguised = order[i] != VIEW_PLAIN};
		r = views_get(finder->views, order[i], &subject.view);
		if (r == 0 && subject.view)
			r = try_subject(finder, &subject);
		if (r == 0 && subject.view)
			r = adder_add(&finder->adder, subject.view);
	}
	if (r == 0)
		r = find_sums(finder, scope);
	if (finder->n_found > 1)
		qsort(finder->found, finder->n_found, sizeof *finder->found, compare_found);
	return r;
}
