#include "daemon/base/log.h"
#include "daemon/scan_internal.h"

#include <stdlib.h>

static void next_page(struct scan *scan);

/* ---- making and ending ---- */

struct scan *scan_cancel(struct scan *scan)
{
	if (!scan)
		return NULL;
	ask_cancel(scan->ask);
	if (scan->job)
		read_cancel(scan->job);
	sd_event_source_disable_unref(scan->defer);
	doubts_free(scan->doubts);
	record_free(scan->record);
	life_end(scan->life);
	frontier_free(scan->frontier);
	tally_release(&scan->tally);
	visit_release(&scan->visit);
	history_free(scan->history);
	arena_free(scan->arena);
	free(scan);
	return NULL;
}

/* ---- record ---- */

/* Ask for what history says comes next of the list at hand; what was asked for already is passed over. */
static int follow_list(struct scan *scan, const struct follow *next)
{
	bool taken = false;
	int r = 0;
	while (r == 0 && next && !taken) {
		r = frontier_add(
			scan->frontier, scan->visit.asked->url, next, scan->visit.list, &taken);
		if (r == 0 && !taken)
			history_known(scan->visit.list, &next);
	}
	return r;
}

/* The page said nothing, and that need not be told: history goes on without it.  0 with *@ret, -ENOMEM. */
static int is_borne(struct scan *scan, enum verdict verdict, int64_t retry_at_s, bool *ret)
{
	const struct follow *next;
	*ret = history_bears(scan->history, scan->visit.list, scan->visit.asked, verdict,
		frontier_room(scan->frontier), &next);
	if (!*ret)
		return 0;
	tally_hold(&scan->tally, retry_at_s);
	return follow_list(scan, next);
}

static bool is_the_servers_own(enum verdict verdict)
{
	return verdict == VERDICT_SERVER_ERROR || verdict == VERDICT_NETWORK_ERROR ||
	       verdict == VERDICT_RATE_LIMITED;
}

/* The server failed or wants to be left alone, and the source knows of another to ask. */
static int ask_otherwise(struct scan *scan, enum verdict verdict, bool *ret_taken)
{
	const struct follow *asked = scan->visit.asked;
	const struct source *source = source_find(asked->source);
	struct follow other;
	*ret_taken = false;
	if (!is_the_servers_own(verdict) || !source || !source->otherwise || scan->options.saved)
		return 0;
	int r = source->otherwise(scan->visit.arena, asked, &other);
	if (r != 0)
		return r < 0 ? r : 0;
	return frontier_add(scan->frontier, NULL, &other, NULL, ret_taken);
}

/* The page said nothing about findings, and no other stands in for it. */
static void page_failed(
	struct scan *scan, enum verdict verdict, const char *why, int64_t retry_at_s)
{
	const struct follow *asked = scan->visit.asked;
	bool borne;
	int r = is_borne(scan, verdict, retry_at_s, &borne);
	if (r == 0 && !borne)
		r = ask_otherwise(scan, verdict, &borne);
	if (r == 0 && !borne) {
		history_failed(scan->visit.list);
		r = tally_failed(
			&scan->tally, asked->url, asked->relation, verdict, why, retry_at_s);
	}
	if (r < 0)
		scan_give_up(scan, r);
	else
		next_page(scan);
}

static int keep_facts(struct scan *scan, const struct facts *facts)
{
	/* The first page that speaks of its owner is the profile's own; others add to it. */
	if (scan->has_facts)
		return standing_add_facts(scan->arena, facts, &scan->facts);
	if (!facts->name && !facts->handle && !facts->bio)
		return 0;
	int r = standing_facts(scan->arena, facts, &scan->facts);
	scan->has_facts = r == 0;
	return r;
}

struct follows {
	const struct follow *items;
	size_t count;
	const char *why; /* something stands in for the page itself; NULL: no reason is given */
};

/* Queue what the page leads to, but for what is behind it in its list: that is noted in @leaf.
 * *@ret_instead: something stands in for the page itself. */
static int follow_all(
	struct scan *scan, const struct follows *follows, struct leaf *leaf, bool *ret_instead)
{
	const struct follow *asked = scan->visit.asked;
	*ret_instead = false;
	if (scan->options.saved)
		return 0; /* a saved page is read as it is; nothing is fetched for it */
	for (size_t i = 0; i < follows->count; i++) {
		if (follows->items[i].relation == FOLLOW_OLDER && !leaf->older) {
			leaf->older = &follows->items[i];
			continue;
		}
		bool taken = false;
		int r = frontier_add(
			scan->frontier, asked->url, &follows->items[i], scan->visit.list, &taken);
		bool instead = taken && follows->items[i].relation == FOLLOW_INSTEAD;
		if (r == 0 && instead && !*ret_instead)
			r = choice_change(&scan->choice, scan->arena, asked,
				frontier_asked(scan->frontier) == 1, &follows->items[i],
				follows->why);
		if (r < 0)
			return r;
		leaf->n_more += taken;
		*ret_instead |= instead;
	}
	return 0;
}

/* The page proved something: turn over to the next one of its list. */
static int turn_over(
	struct scan *scan, struct leaf *leaf, enum verdict verdict, const struct coverage *coverage)
{
	leaf->asked = scan->visit.asked;
	leaf->window = verdict == VERDICT_TRUNCATED || coverage->window || coverage->cut;
	leaf->room = frontier_room(scan->frontier);
	const struct follow *next;
	int r = history_page(scan->history, scan->visit.list, leaf, &next);
	return r == 0 ? follow_list(scan, next) : r;
}

static int take_standing(struct scan *scan)
{
	const struct visit *visit = &scan->visit;
	const struct standing *standing = &visit->standing;
	const struct follows follows = {standing->follows, standing->n_follows, NULL};
	struct leaf leaf = {.stretch = {standing->newest_s, visit->memory.oldest_s,
				    standing->reach_s, (size_t)visit->memory.n_posts}};
	bool instead;
	int r = keep_facts(scan, &standing->facts);
	if (r == 0)
		r = follow_all(scan, &follows, &leaf, &instead);
	if (r == 0)
		r = record_unchanged(
			scan->record, &visit->name, &visit->memory, standing, &scan->tally);
	return r == 0 ? turn_over(scan, &leaf, visit->memory.verdict, &standing->coverage) : r;
}

static void page_unchanged(struct scan *scan)
{
	int r = take_standing(scan);
	if (r < 0)
		scan_give_up(scan, r);
	else
		next_page(scan);
}

static int record_reading(struct scan *scan, const struct reading *reading, struct leaf *leaf)
{
	/* Only an answer that can be asked for conditionally, or compared, is worth remembering. */
	struct page_memory *page = scan->options.saved ? NULL : &scan->visit.fresh;
	const struct extract *extract = &reading->extract;
	size_t n_unscored = scan->tally.n_unscored;
	int r = keep_facts(scan, &extract->facts);
	if (r == 0)
		r = record_page(scan->record, &scan->visit.name, reading, page, &scan->tally);
	leaf->stretch = stretch_of(extract);
	leaf->n_younger = stretch_younger(extract, history_list_top(scan->visit.list));
	leaf->n_unscored = scan->tally.n_unscored - n_unscored;
	return r == 0 ? turn_over(scan, leaf, extract->verdict, &extract->coverage) : r;
}

static int tell_poison(struct scan *scan, const char *why)
{
	const struct alert alert = {
		.kind = EVENT_READER_POISONED,
		.priority = LOG_WARNING,
		.message = "a page killed two readers and was put aside",
		.profile = scan->options.profile->url,
		.scan = scan->options.id,
		.verdict = VERDICT_UNREAD,
		.has_verdict = true,
		.coverage = why,
		ALERT_NO_COUNTS,
	};
	return alert_queue(&alert, scan->options.context->store);
}

/* *@ret_stands_in: the page proved nothing, but something stands in for it. */
static int take_reading(struct scan *scan, const struct reading *reading, bool *ret_stands_in)
{
	const struct extract *extract = &reading->extract;
	const struct follows follows = {extract->follows, extract->n_follows, extract->why};
	struct leaf leaf = {0};
	bool borne = false;
	int r = pace_hold(scan->options.context->pace, scan->visit.asked->url, extract->retry_at_s);
	if (r == 0 && !verdict_proves(extract->verdict))
		r = is_borne(scan, extract->verdict, extract->retry_at_s, &borne);
	if (r == 0 && !borne)
		r = follow_all(scan, &follows, &leaf, ret_stands_in);
	*ret_stands_in |= borne;
	if (r == 0 && verdict_proves(extract->verdict))
		r = record_reading(scan, reading, &leaf);
	return r;
}

static void on_read(const struct reading *reading, const char *why, bool poison, void *userdata)
{
	struct scan *scan = userdata;
	scan->job = NULL;
	int r = poison ? tell_poison(scan, why) : 0;
	if (r < 0) {
		scan_give_up(scan, r);
		return;
	}
	if (!reading) {
		page_failed(scan, VERDICT_UNREAD, why, 0);
		return;
	}
	bool stands_in = false;
	r = take_reading(scan, reading, &stands_in);
	const struct extract *extract = &reading->extract;
	if (r < 0)
		scan_give_up(scan, r);
	else if (verdict_proves(extract->verdict) || stands_in)
		next_page(scan);
	else
		page_failed(scan, extract->verdict, extract->why, extract->retry_at_s);
}

/* ---- read ---- */

static int start_reading(struct scan *scan, const struct page *page)
{
	const struct context *context = scan->options.context;
	const struct page asked =
		visit_page(&scan->visit, context, scan->options.profile->url, page);
	return read_page(context->reader, &asked, on_read, scan, &scan->job);
}

static void on_fetched(const struct fetch_result *result, void *userdata)
{
	struct scan *scan = userdata;
	bool unchanged;
	scan->ask = NULL;
	int r = visit_answer(&scan->visit, scan->options.context, result, &unchanged);
	if (r == 0 && unchanged) {
		page_unchanged(scan);
		return;
	}
	if (r == 0 && result->verdict != VERDICT_OK) {
		page_failed(scan, result->verdict, result->error, result->retry_at_s);
		return;
	}
	const struct page page = {
		.final_url = result->final_url,
		.status = result->status,
		.content_type = result->content_type,
		.link = result->link,
		.location = result->location,
		.authorised = result->authorised,
		.body = result->body,
		.body_len = result->body_len,
	};
	if (r == 0)
		r = start_reading(scan, &page);
	if (r < 0)
		scan_give_up(scan, r);
}

/* ---- crawl ---- */

static int ask_page(struct scan *scan)
{
	struct fetch_request request = visit_request(&scan->visit);
	request.source = scan->choice.own;
	request.side = relation_adds(scan->visit.asked->relation);
	request.trusted_origin = scan->choice.url.origin;
	return ask_start(scan->options.gate, &request, on_fetched, scan, &scan->ask);
}

static int begin_page(struct scan *scan, const struct errand *errand)
{
	struct visit *visit = &scan->visit;
	int r = visit_begin(
		visit, scan->options.context, scan->options.profile->url, &errand->follow);
	if (r == 0)
		r = history_list(
			scan->history, visit->asked, visit->name.key, errand->list, &visit->list);
	if (r == 0)
		visit->name.list = history_list_name(visit->list);
	if (r == 0)
		visit->name.side = history_list_key(visit->list);
	return r;
}

static void next_page(struct scan *scan)
{
	const struct errand *errand = frontier_next(scan->frontier);
	if (!errand) {
		visit_release(&scan->visit);
		scan_end(scan);
		return;
	}
	int r = begin_page(scan, errand);
	if (r == 0 && errand->follow.relation == FOLLOW_ONCE && scan->visit.remembered) {
		page_unchanged(scan); /* it can not be otherwise */
		return;
	}
	if (r == 0)
		r = scan->options.saved ? start_reading(scan, scan->options.saved) : ask_page(scan);
	if (r < 0)
		scan_give_up(scan, r);
}

/* ---- start ---- */

static int on_start(sd_event_source *source, void *userdata)
{
	(void)source;
	struct scan *scan = userdata;
	const struct choice *choice = &scan->choice;
	scan->defer = sd_event_source_disable_unref(scan->defer);
	int r = choice->known_why ? tally_failed(&scan->tally, choice->url.whole, FOLLOW_NEXT,
					    choice->known, choice->known_why, 0)
				  : 0;
	if (r < 0)
		scan_give_up(scan, r);
	else
		next_page(scan);
	return 0;
}

static int start_history(struct scan *scan)
{
	const struct context *context = scan->options.context;
	const struct history_options options = {
		.store = context->store,
		.profile = scan->options.profile->url,
		.rules_digest = context->digest.hex,
		.now_s = clock_now_s(context->clock),
		.window_s = context->config->window_s,
		.full_s = context->config->full_s,
		.once = context->in_memory,
	};
	return history_new(&options, &scan->history);
}

static int start_record(struct scan *scan)
{
	const struct record_options options = {
		.store = scan->options.context->store,
		.life = scan->life,
		.ruleset = scan->options.context->ruleset,
		.sink = scan->options.sink,
		.profile = scan->options.profile->url,
	};
	return record_new(&options, &scan->record);
}

int scan_start(
	const struct scan_options *options, scan_done *done, void *userdata, struct scan **ret)
{
	struct scan *scan = calloc(1, sizeof *scan);
	if (!scan)
		return -ENOMEM;
	*scan = (struct scan){
		.options = *options, .done = done, .userdata = userdata, .tally = tally_init()};
	const struct context *context = options->context;
	const struct life_options life = {
		.store = context->store,
		.clock = context->clock,
		.profile = options->profile->url,
		.scan = options->id,
		.alert_at = context->config->alert_at,
		.alert_after = context->config->alert_after,
	};
	scan->arena = arena_new(LIMIT_EXTRACT_B);
	int r = scan->arena ? frontier_new(options->profile->url, &scan->frontier) : -ENOMEM;
	if (r == 0)
		r = choice_make(scan->arena, options->profile, context->tokens, &scan->choice);
	if (r == 0 && !scan->choice.known_why)
		r = frontier_add(scan->frontier, NULL, &scan->choice.first, NULL, NULL);
	if (r == 0)
		r = life_begin(&life, &scan->life);
	if (r == 0)
		r = start_history(scan);
	if (r == 0)
		r = start_record(scan);
	if (r == 0)
		r = sd_event_add_defer(context->event, &scan->defer, on_start, scan);
	if (r < 0) {
		scan_cancel(scan);
		return r;
	}
	*ret = scan;
	return 0;
}

struct scan_progress scan_progress(const struct scan *scan)
{
	struct scan_progress progress = {
		.where = scan->visit.asked ? scan->visit.asked->url : NULL,
		.n_posts = scan->tally.n_posts,
		.total = scan->tally.total,
	};
	progress.deep = history_progress(scan->history, &progress.n_history);
	return progress;
}
