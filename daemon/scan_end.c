#include "daemon/base/log.h"
#include "daemon/scan_internal.h"

#include <sys/random.h>

void scan_give_up(struct scan *scan, int r)
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
	int r = life_settle(scan->life, &scan->outcome);
	if (r < 0)
		return r;
	*ret = (struct profile_result){
		.url = scan->options.profile->url,
		.source = scan->choice.source->name,
		.source_why = scan->choice.why,
		.outcome = scan->outcome,
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
		scan_give_up(scan, r);
		return;
	}
	if (scan->options.context->alerts)
		alert_kick(scan->options.context->alerts);
	scan->done(0, &result, scan->userdata);
	scan_cancel(scan);
}

/* ---- doubts ---- */

static void on_doubts_settled(int r, void *userdata)
{
	struct scan *scan = userdata;
	scan->doubts = doubts_free(scan->doubts);
	if (r < 0)
		scan_give_up(scan, r);
	else
		finish(scan);
}

/* Ask the permalinks of what is out of sight, then finish. */
static void ask_doubts(struct scan *scan)
{
	const struct doubt_options options = {
		.context = scan->options.context,
		.gate = scan->options.gate,
		.life = scan->life,
		.outcome = &scan->outcome,
		.trusted_origin = scan->choice.url.origin,
	};
	int r = scan->options.saved
			? DOUBTS_E_NONE
			: doubts_start(&options, on_doubts_settled, scan, &scan->doubts);
	if (r < 0)
		scan_give_up(scan, r);
	else if (r == DOUBTS_E_NONE)
		finish(scan);
}

/* ---- all pages are read ---- */

/* What the pages proved, together with what was known. */
static int conclude(struct scan *scan)
{
	int r = history_close(scan->history, &scan->tally);
	if (r < 0)
		return r;
	scan->outcome = tally_outcome(&scan->tally);
	scan->outcome.next_due_s = next_due(scan);
	scan->outcome.shown_again_s =
		scan->outcome.next_due_s - scan->options.context->config->window_s;
	return history_tell(scan->history, &scan->tally, &scan->outcome);
}

void scan_end(struct scan *scan)
{
	int r = frontier_was_full(scan->frontier)
			? tally_cut(&scan->tally, "there are more pages than one scan reads")
			: 0;
	if (r == 0)
		r = record_commit(scan->record, &scan->tally);
	if (r == 0)
		r = conclude(scan);
	if (r < 0)
		scan_give_up(scan, r);
	else
		ask_doubts(scan);
}
