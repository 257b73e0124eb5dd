#include "daemon/scan.h"

#include "crawlers/net/url.h"
#include "daemon/ask.h"
#include "daemon/base/log.h"
#include "daemon/choice.h"
#include "daemon/doubt.h"
#include "daemon/frontier.h"
#include "daemon/record.h"
#include "daemon/standing.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Memory for what is remembered of the page at hand. */
#define MEMORY_B (4u * 1024 * 1024)

struct scan {
	struct scan_options options;
	scan_done *done;
	void *userdata;
	struct arena *arena; /* of the scan: the profile's URL taken apart, facts */
	struct choice choice;
	struct frontier *frontier;
	struct life *life;
	struct record *record;
	struct tally tally;
	struct facts facts;
	bool has_facts;

	/* the page at hand */
	const struct follow *asked;
	const char *key; /* what it is remembered under: frontier_key() */
	struct arena *page_arena;
	struct page_memory memory; /* of the last time */
	bool remembered;
	struct page_memory fresh; /* what the answer says of itself */
	struct digest body_digest;

	/* what is waited for: at most one of them */
	struct ask *ask;
	struct read_job *job;
	sd_event_source *defer;
	struct doubts *doubts;
};

static void next_page(struct scan *scan);
static void ask_doubts(struct scan *scan);

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
	arena_free(scan->page_arena);
	arena_free(scan->arena);
	free(scan);
	return NULL;
}

/* The scan can not go on: nothing more is recorded of it. */
static void give_up(struct scan *scan, int r)
{
	log_err(r, "cannot record the scan of %s", scan->options.profile->url);
	scan_done *done = scan->done;
	void *userdata = scan->userdata;
	scan_cancel(scan);
	done(r, NULL, userdata);
}

static int64_t next_due(const struct scan *scan)
{
	const struct config *config = scan->options.context->config;
	int64_t now_s = clock_now_s(scan->options.context->clock);
	uint32_t spread = 0;
	if (config->jitter_s > 0 &&
		getrandom(&spread, sizeof spread, GRND_NONBLOCK) == sizeof spread)
		spread %= (uint32_t)config->jitter_s;
	int64_t due_s = now_s + scan->options.profile->every_s + spread;
	return due_s > scan->tally.retry_at_s ? due_s : scan->tally.retry_at_s;
}

static int settle(struct scan *scan, struct profile_result *ret)
{
	struct outcome outcome = tally_outcome(&scan->tally);
	outcome.next_due_s = next_due(scan);
	int r = life_settle(scan->life, &outcome);
	if (r < 0)
		return r;
	*ret = (struct profile_result){
		.url = scan->options.profile->url,
		.source = scan->choice.source->name,
		.source_why = scan->choice.why,
		.outcome = outcome,
		.unchanged =
			scan->tally.n_pages > 0 && scan->tally.n_unchanged == scan->tally.n_pages,
		.n_pages = frontier_asked(scan->frontier),
		.n_unscored = scan->tally.n_unscored,
		.facts = scan->has_facts ? &scan->facts : NULL,
		.counts = life_counts(scan->life),
	};
	return 0;
}

static void finish(struct scan *scan)
{
	struct profile_result result;
	int r = settle(scan, &result);
	if (r < 0) {
		give_up(scan, r);
		return;
	}
	if (scan->options.context->alerts)
		alert_kick(scan->options.context->alerts);
	scan->done(0, &result, scan->userdata);
	scan_cancel(scan);
}

/* ---- record ---- */

/* The page said nothing about findings.  Another way to the same, where it names one, decides instead. */
static void page_failed(
	struct scan *scan, enum verdict verdict, const char *why, int64_t retry_at_s)
{
	int r = tally_failed(
		&scan->tally, scan->asked->url, scan->asked->relation, verdict, why, retry_at_s);
	if (r < 0)
		give_up(scan, r);
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

/* Queue what the page leads to.  *@ret_instead: one of them stands in for the page itself, for the reason
 * @why (NULL: it gives none). */
static int follow_all(struct scan *scan, const struct follow *follows, size_t count,
	const char *why, bool *ret_instead)
{
	*ret_instead = false;
	if (scan->options.saved)
		return 0; /* a saved page is read as it is; nothing is fetched for it */
	for (size_t i = 0; i < count; i++) {
		bool taken = false;
		int r = frontier_add(scan->frontier, scan->asked->url, &follows[i], &taken);
		bool instead = taken && follows[i].relation == FOLLOW_INSTEAD;
		if (r == 0 && instead && !*ret_instead)
			r = choice_change(&scan->choice, scan->arena, scan->asked,
				frontier_asked(scan->frontier) == 1, &follows[i], why);
		if (r < 0)
			return r;
		*ret_instead |= instead;
	}
	return 0;
}

static void page_unchanged(struct scan *scan)
{
	struct standing standing;
	bool instead;
	int r = standing_read(scan->page_arena, scan->memory.extract, &standing);
	if (r == 0)
		r = keep_facts(scan, &standing.facts);
	if (r == 0)
		r = follow_all(scan, standing.follows, standing.n_follows, NULL, &instead);
	if (r == 0)
		r = record_unchanged(
			scan->record, scan->key, &scan->memory, &standing.coverage, &scan->tally);
	if (r < 0)
		give_up(scan, r);
	else
		next_page(scan);
}

static int record_reading(struct scan *scan, const struct reading *reading)
{
	/* Only an answer that can be asked for conditionally, or compared, is worth remembering. */
	struct page_memory *page = scan->options.saved ? NULL : &scan->fresh;
	int r = keep_facts(scan, &reading->extract.facts);
	if (r == 0)
		r = record_page(scan->record, scan->key, reading, page, &scan->tally);
	return r;
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

static void on_read(const struct reading *reading, const char *why, bool poison, void *userdata)
{
	struct scan *scan = userdata;
	scan->job = NULL;
	int r = poison ? tell_poison(scan, why) : 0;
	if (r < 0) {
		give_up(scan, r);
		return;
	}
	if (!reading) {
		page_failed(scan, VERDICT_UNREAD, why, 0);
		return;
	}
	const struct extract *extract = &reading->extract;
	bool instead = false;
	r = pace_hold(scan->options.context->pace, scan->asked->url, extract->retry_at_s);
	if (r == 0)
		r = follow_all(scan, extract->follows, extract->n_follows, extract->why, &instead);
	if (r == 0 && verdict_proves(extract->verdict))
		r = record_reading(scan, reading);
	if (r < 0)
		give_up(scan, r);
	else if (verdict_proves(extract->verdict) || instead)
		next_page(scan);
	else
		page_failed(scan, extract->verdict, extract->why, extract->retry_at_s);
}

/* ---- read ---- */

static int start_reading(struct scan *scan, const struct page *page)
{
	struct page asked = *page;
	asked.url = scan->asked->url;
	asked.profile = scan->options.profile->url;
	asked.source = scan->asked->source;
	asked.step = scan->asked->step;
	asked.subject = scan->asked->subject;
	asked.fetched_s = clock_now_s(scan->options.context->clock);
	return read_page(scan->options.context->reader, &asked, on_read, scan, &scan->job);
}

static int remember_answer(struct scan *scan, const struct fetch_result *result)
{
	struct arena *arena = scan->page_arena;
	int r = digest_bytes(result->body, result->body_len, &scan->body_digest);
	if (r < 0)
		return r;
	scan->fresh = (struct page_memory){
		.etag = arena_strdup(arena, result->etag),
		.last_modified = arena_strdup(arena, result->last_modified),
		.body_digest = scan->body_digest.hex,
		.rules_digest = scan->options.context->digest.hex,
		.read_s = clock_now_s(scan->options.context->clock),
	};
	return 0;
}

/* The same bytes as last time, under the same rules, from a server that does not know 304. */
static bool is_same_body(const struct scan *scan)
{
	return scan->remembered && scan->memory.body_digest &&
	       strcmp(scan->memory.body_digest, scan->body_digest.hex) == 0;
}

static void on_fetched(const struct fetch_result *result, void *userdata)
{
	struct scan *scan = userdata;
	scan->ask = NULL;
	if (result->verdict == VERDICT_UNCHANGED && scan->remembered) {
		page_unchanged(scan);
		return;
	}
	if (result->verdict != VERDICT_OK) {
		page_failed(scan, result->verdict, result->error, result->retry_at_s);
		return;
	}
	int r = remember_answer(scan, result);
	if (r == 0 && is_same_body(scan)) {
		page_unchanged(scan);
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
		give_up(scan, r);
}

/* ---- crawl ---- */

static int recall(struct scan *scan)
{
	const struct context *context = scan->options.context;
	arena_free(scan->page_arena);
	scan->page_arena = arena_new(MEMORY_B);
	scan->remembered = false;
	scan->key = frontier_key(scan->arena, scan->asked);
	if (!scan->page_arena || !scan->key)
		return -ENOMEM;
	int r = store_page(context->store, scan->page_arena, scan->options.profile->url, scan->key,
		&scan->memory);
	if (r < 0)
		return r;
	/* Scored under other rules, it must be read again whether it changed or not. */
	scan->remembered = r == 0 && scan->memory.rules_digest &&
			   strcmp(scan->memory.rules_digest, context->digest.hex) == 0;
	return 0;
}

static int ask_page(struct scan *scan)
{
	const struct fetch_request request = {
		.url = scan->asked->url,
		.accept = scan->asked->accept,
		.json = scan->asked->json,
		.source = scan->choice.own,
		.side = scan->asked->relation == FOLLOW_ALSO,
		.etag = scan->remembered ? scan->memory.etag : NULL,
		.last_modified = scan->remembered ? scan->memory.last_modified : NULL,
		.trusted_origin = scan->choice.url.origin,
	};
	return ask_start(scan->options.gate, &request, on_fetched, scan, &scan->ask);
}

/* All pages are read. */
static void pages_done(struct scan *scan)
{
	int r = frontier_was_full(scan->frontier)
			? tally_cut(&scan->tally, "there are more pages than one scan reads")
			: 0;
	if (r == 0)
		r = record_commit(scan->record, &scan->tally);
	if (r < 0)
		give_up(scan, r);
	else
		ask_doubts(scan);
}

static void next_page(struct scan *scan)
{
	scan->asked = frontier_next(scan->frontier);
	if (!scan->asked) {
		pages_done(scan);
		return;
	}
	int r = recall(scan);
	if (r == 0)
		r = scan->options.saved ? start_reading(scan, scan->options.saved) : ask_page(scan);
	if (r < 0)
		give_up(scan, r);
}

/* ---- doubts ---- */

static void on_doubts_settled(int r, void *userdata)
{
	struct scan *scan = userdata;
	scan->doubts = doubts_free(scan->doubts);
	if (r < 0)
		give_up(scan, r);
	else
		finish(scan);
}

/* Ask the permalinks of what is out of sight, then finish. */
static void ask_doubts(struct scan *scan)
{
	const struct outcome outcome = tally_outcome(&scan->tally);
	const struct doubt_options options = {
		.context = scan->options.context,
		.gate = scan->options.gate,
		.life = scan->life,
		.outcome = &outcome,
		.trusted_origin = scan->choice.url.origin,
	};
	int r = scan->options.saved
			? DOUBTS_E_NONE
			: doubts_start(&options, on_doubts_settled, scan, &scan->doubts);
	if (r < 0)
		give_up(scan, r);
	else if (r == DOUBTS_E_NONE)
		finish(scan);
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
		give_up(scan, r);
	else
		next_page(scan);
	return 0;
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
		r = frontier_add(scan->frontier, NULL, &scan->choice.first, NULL);
	if (r == 0)
		r = life_begin(&life, &scan->life);
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

const char *scan_where(const struct scan *scan, size_t *ret_posts)
{
	*ret_posts = scan->tally.n_posts;
	return scan->asked ? scan->asked->url : NULL;
}
