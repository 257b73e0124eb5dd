#include "daemon/fleet.h"

#include "daemon/base/log.h"
#include "daemon/clock_watch.h"
#include "daemon/rating.h"

#include <stdlib.h>
#include <string.h>
#include <systemd/sd-id128.h>

/* Scans under way at once: each holds one page at most, and hosts are asked one at a time anyway. */
#define SCANS_AT_ONCE 32

/* Timers may fire this much late, so that wake-ups coalesce (measured: 4 a second become 0.25). */
#define TIMER_ACCURACY_US (5 * 1000000ull)
#define US_A_S            1000000ull

/* Memory for reading findings back from the store, a profile at a time. */
#define FINDINGS_B (64u * 1024 * 1024)

struct watch {
	struct fleet *fleet;
	const struct profile *profile;
	const struct page *saved;
	struct scan *scan;
	sd_event_source *timer;
	bool wanted;   /* waits for its turn */
	bool scanned;  /* at least once in this process */
	bool verified; /* by the last scan */
	int64_t due_s;
	char scan_id[SD_ID128_STRING_MAX];
};

struct round {
	struct round *next;
	struct fleet *fleet;
	struct sink sink;
	round_done *done;
	void *userdata;
	sd_event_source *defer; /* tells that it is over; off until it is */
	bool *waits;            /* for each profile */
	size_t n_waits;
	size_t failed;
	struct scan_result sum;
	struct rating rating;
	char id[SD_ID128_STRING_MAX];
};

struct fleet {
	struct context *context;
	struct gate *gate;
	struct watch *watches;
	size_t n_watches;
	size_t n_active;
	struct round *rounds;
	bool scheduled;
	struct clock_watch *clock_watch; /* while it is scheduled */
	void (*changed)(void *userdata);
	void *changed_userdata;
};

static void start_wanted(struct fleet *fleet);
static int plan(struct watch *watch);

/* ---- making and ending ---- */

int fleet_new(struct context *context, const struct profile *profiles,
	const struct page *const *saved, size_t count, struct fleet **ret)
{
	struct fleet *fleet = calloc(1, sizeof *fleet);
	if (!fleet)
		return -ENOMEM;
	fleet->context = context;
	fleet->watches = calloc(count ? count : 1, sizeof *fleet->watches);
	int r = fleet->watches ? gate_new(context, &fleet->gate) : -ENOMEM;
	if (r < 0) {
		fleet_free(fleet);
		return r;
	}
	fleet->n_watches = count;
	for (size_t i = 0; i < count; i++) {
		fleet->watches[i] = (struct watch){
			.fleet = fleet, .profile = &profiles[i], .saved = saved ? saved[i] : NULL};
	}
	*ret = fleet;
	return 0;
}

static void round_free(struct round *round)
{
	sd_event_source_disable_unref(round->defer);
	free(round->waits);
	free(round);
}

void round_drop(struct round *round)
{
	struct round **at = &round->fleet->rounds;
	while (*at != round)
		at = &(*at)->next;
	*at = round->next;
	round_free(round);
}

struct fleet *fleet_free(struct fleet *fleet)
{
	if (!fleet)
		return NULL;
	for (size_t i = 0; i < fleet->n_watches; i++) {
		scan_cancel(fleet->watches[i].scan);
		sd_event_source_disable_unref(fleet->watches[i].timer);
	}
	while (fleet->rounds)
		round_drop(fleet->rounds);
	clock_watch_free(fleet->clock_watch);
	gate_free(fleet->gate);
	free(fleet->watches);
	free(fleet);
	return NULL;
}

static void tell_changed(const struct fleet *fleet)
{
	if (fleet->changed)
		fleet->changed(fleet->changed_userdata);
}

/* ---- rounds ---- */

static int on_round_over(sd_event_source *source, void *userdata)
{
	(void)source;
	struct round *round = userdata;
	round_done *done = round->done;
	void *theirs = round->userdata;
	round->sum.scan = round->id;
	rating_sum(&round->rating, &round->sum);
	if (sink_emit(&round->sink, event_scan(&round->sum)) < 0)
		round->failed++;
	size_t failed = round->failed;
	round_drop(round);
	done(failed, theirs);
	return 0;
}

/* The end is told from the loop: nobody is called back while a scan still holds its result. */
static void end_round(struct round *round)
{
	int r = sd_event_source_set_enabled(round->defer, SD_EVENT_ONESHOT);
	if (r < 0) /* who waits for it would wait for ever: better none goes on */
		(void)sd_event_exit(round->fleet->context->event, r);
}

struct emitting {
	const struct fleet *fleet;
	struct round *round;
};

static int emit_finding(const struct finding *finding, void *userdata)
{
	const struct emitting *emitting = userdata;
	const struct rule_card *card =
		ruleset_find(emitting->fleet->context->ruleset, finding->rule);
	rating_add(&emitting->round->rating, finding);
	return sink_emit(
		&emitting->round->sink, event_finding(finding, card ? card->title : finding->rule));
}

static int emit_findings(const struct watch *watch, struct round *round)
{
	struct emitting emitting = {.fleet = watch->fleet, .round = round};
	struct arena *arena = arena_new(FINDINGS_B);
	int r = arena ? store_each_finding(watch->fleet->context->store, arena, watch->profile->url,
				false, emit_finding, &emitting)
		      : -ENOMEM;
	arena_free(arena);
	return r;
}

static void tell_round(
	struct round *round, const struct watch *watch, const struct profile_result *result)
{
	round->sum.n_profiles++;
	if (!result) {
		round->failed++;
		return;
	}
	round->sum.n_verified += verdict_proves(result->outcome.verdict);
	round->sum.n_posts += (size_t)result->outcome.n_posts;
	round->sum.counts.opened += result->counts.opened;
	round->sum.counts.reopened += result->counts.reopened;
	round->sum.counts.resolved += result->counts.resolved;
	round->sum.counts.standing += result->counts.standing;
	int r = sink_emit(&round->sink, event_profile(result));
	if (r == 0)
		r = emit_findings(watch, round);
	if (r < 0) {
		log_err(r, "cannot tell the findings of %s", watch->profile->url);
		round->failed++;
	}
}

static void tell_rounds(const struct watch *watch, const struct profile_result *result)
{
	size_t index = (size_t)(watch - watch->fleet->watches);
	for (struct round *round = watch->fleet->rounds; round; round = round->next) {
		if (!round->waits[index])
			continue;
		round->waits[index] = false;
		tell_round(round, watch, result);
		if (--round->n_waits == 0)
			end_round(round);
	}
}

/* A post goes to every round that waits for its profile and wants posts. */
static void pass_on(const json_t *event, void *userdata)
{
	const struct watch *watch = userdata;
	size_t index = (size_t)(watch - watch->fleet->watches);
	for (struct round *round = watch->fleet->rounds; round; round = round->next) {
		if (round->waits[index] && round->sink.posts)
			round->sink.emit(event, round->sink.userdata);
	}
}

static bool posts_wanted(const struct fleet *fleet)
{
	for (const struct round *round = fleet->rounds; round; round = round->next) {
		if (round->sink.posts)
			return true;
	}
	return false;
}

static void new_id(char id[SD_ID128_STRING_MAX])
{
	sd_id128_t random = SD_ID128_NULL;
	(void)sd_id128_randomize(&random); /* an id of noughts is still an id */
	(void)sd_id128_to_string(random, id);
}

int fleet_round(struct fleet *fleet, const struct sink *sink, round_done *done, void *userdata,
	struct round **ret)
{
	struct round *round = calloc(1, sizeof *round);
	if (!round)
		return -ENOMEM;
	*round = (struct round){.fleet = fleet,
		.sink = *sink,
		.done = done,
		.userdata = userdata,
		.n_waits = fleet->n_watches};
	round->waits = calloc(fleet->n_watches ? fleet->n_watches : 1, sizeof *round->waits);
	int r = round->waits ? sd_event_add_defer(
				       fleet->context->event, &round->defer, on_round_over, round)
			     : -ENOMEM;
	if (r >= 0)
		r = sd_event_source_set_enabled(round->defer, SD_EVENT_OFF);
	if (r < 0) {
		round_free(round);
		return r;
	}
	new_id(round->id);
	round->next = fleet->rounds;
	fleet->rounds = round;
	for (size_t i = 0; i < fleet->n_watches; i++) {
		struct watch *watch = &fleet->watches[i];
		round->waits[i] = true;
		if (watch->scan || watch->wanted)
			continue; /* it shares the scan that is under way */
		watch->wanted = true;
		memcpy(watch->scan_id, round->id, sizeof round->id);
	}
	*ret = round;
	start_wanted(fleet);
	if (fleet->n_watches == 0)
		end_round(round);
	return 0;
}

/* ---- scans ---- */

static void scan_over(struct watch *watch, const struct profile_result *result)
{
	struct fleet *fleet = watch->fleet;
	watch->scan = NULL;
	watch->scanned = true;
	watch->verified = result && verdict_proves(result->outcome.verdict);
	fleet->n_active--;
	context_keep_hosts(fleet->context);
	tell_rounds(watch, result);
	if (fleet->scheduled) {
		int planned = plan(watch);
		if (planned < 0)
			log_err(planned, "cannot plan the next scan of %s", watch->profile->url);
	}
}

static void on_scanned(int r, const struct profile_result *result, void *userdata)
{
	(void)r; /* told by the scan */
	struct watch *watch = userdata;
	scan_over(watch, result);
	start_wanted(watch->fleet);
	tell_changed(watch->fleet);
}

static void start_scan(struct watch *watch)
{
	struct fleet *fleet = watch->fleet;
	const struct scan_options options = {
		.context = fleet->context,
		.gate = fleet->gate,
		.profile = watch->profile,
		.saved = watch->saved,
		.id = watch->scan_id,
		.sink = {.emit = pass_on, .userdata = watch, .posts = posts_wanted(fleet)},
	};
	watch->wanted = false;
	fleet->n_active++;
	int r = scan_start(&options, on_scanned, watch, &watch->scan);
	if (r < 0) {
		log_err(r, "cannot scan %s", watch->profile->url);
		scan_over(watch, NULL);
	}
}

static void start_wanted(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->n_watches && fleet->n_active < SCANS_AT_ONCE; i++) {
		if (fleet->watches[i].wanted && !fleet->watches[i].scan)
			start_scan(&fleet->watches[i]);
	}
}

/* ---- the schedule ---- */

static void want(struct watch *watch)
{
	if (watch->scan || watch->wanted)
		return;
	new_id(watch->scan_id);
	watch->wanted = true;
}

static int on_due(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	struct watch *watch = userdata;
	want(watch);
	start_wanted(watch->fleet);
	tell_changed(watch->fleet);
	return 0;
}

void fleet_wake(struct fleet *fleet)
{
	int64_t now_s = clock_now_s(fleet->context->clock);
	for (size_t i = 0; i < fleet->n_watches; i++) {
		if (fleet->scheduled && fleet->watches[i].due_s <= now_s)
			want(&fleet->watches[i]);
	}
	start_wanted(fleet);
	tell_changed(fleet);
}

/* A clock that jumped back must not put a scan off for years. */
static bool is_too_late(const struct watch *watch, int64_t due_s, int64_t now_s)
{
	return due_s >
	       now_s + 2 * watch->profile->every_s + watch->fleet->context->config->jitter_s;
}

/* When a scan could not even be recorded, it is tried again after its interval, not at once. */
static int64_t due_of(const struct watch *watch, const struct profile_state *state)
{
	int64_t now_s = clock_now_s(watch->fleet->context->clock);
	bool again_at_once = watch->scanned && state->next_due_s <= now_s;
	if (again_at_once || is_too_late(watch, state->next_due_s, now_s))
		return now_s + watch->profile->every_s;
	return state->next_due_s;
}

static int plan(struct watch *watch)
{
	struct profile_state state = {0};
	int r = store_profile(watch->fleet->context->store, watch->profile->url, &state);
	if (r < 0)
		return r;
	watch->due_s = due_of(watch, &state);
	watch->timer = sd_event_source_disable_unref(watch->timer);
	/* Wall-clock time: due times are kept across restarts, and a suspended machine catches up. */
	return sd_event_add_time(watch->fleet->context->event, &watch->timer, CLOCK_REALTIME,
		(uint64_t)watch->due_s * US_A_S, TIMER_ACCURACY_US, on_due, watch);
}

static void on_clock_set(void *userdata)
{
	struct fleet *fleet = userdata;
	int64_t now_s = clock_now_s(fleet->context->clock);
	for (size_t i = 0; i < fleet->n_watches; i++) {
		struct watch *watch = &fleet->watches[i];
		if (!watch->timer || !is_too_late(watch, watch->due_s, now_s))
			continue;
		watch->due_s = now_s + watch->profile->every_s;
		/* Only fails for a loop that has ended. */
		(void)sd_event_source_set_time(watch->timer, (uint64_t)watch->due_s * US_A_S);
	}
	tell_changed(fleet);
}

int fleet_schedule(struct fleet *fleet)
{
	fleet->scheduled = true;
	int r = clock_watch_new(fleet->context->event, on_clock_set, fleet, &fleet->clock_watch);
	for (size_t i = 0; i < fleet->n_watches && r == 0; i++)
		r = plan(&fleet->watches[i]);
	return r < 0 ? r : 0;
}

/* ---- how it stands ---- */

void fleet_listen(struct fleet *fleet, void (*changed)(void *userdata), void *userdata)
{
	fleet->changed = changed;
	fleet->changed_userdata = userdata;
}

bool fleet_has_rounds(const struct fleet *fleet)
{
	return fleet->rounds;
}

static void add_progress(struct fleet_status *status, struct scan_progress scan)
{
	status->n_posts += scan.n_posts;
	if (scan.where)
		status->where = scan.where;
	if (!scan.deep)
		return;
	status->n_history += scan.n_history;
	if (scan.total < 0 || status->n_in_all < 0)
		status->n_in_all = -1;
	else
		status->n_in_all += scan.total;
}

struct fleet_status fleet_status(const struct fleet *fleet)
{
	struct fleet_status status = {.n_profiles = fleet->n_watches, .n_active = fleet->n_active};
	for (size_t i = 0; i < fleet->n_watches; i++) {
		const struct watch *watch = &fleet->watches[i];
		status.n_scanned += watch->scanned;
		status.n_verified += watch->verified;
		if (watch->due_s != 0 &&
			(status.next_due_s == 0 || watch->due_s < status.next_due_s))
			status.next_due_s = watch->due_s;
		if (!watch->scan)
			continue;
		add_progress(&status, scan_progress(watch->scan));
	}
	return status;
}
