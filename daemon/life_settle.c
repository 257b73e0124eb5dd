#include "daemon/base/buf.h"
#include "daemon/base/limits.h"
#include "daemon/life_internal.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* A scan's absences: LIFE_FINDINGS_MAX findings of a kilobyte or two each. */
#define FINDINGS_B (LIFE_FINDINGS_MAX * 4096u)

/* Proven fetches in a row without a finding that resolve it: one may be a site's hiccup. */
#define MISSES_TO_RESOLVE 2

/* A coverage line: two sentences of a source and a few numbers. */
#define COVERAGE_B 2048

/* ---- absences ---- */

/* Would a post of @published_s be among those that @shown shows of its list? */
static bool is_shown(const struct shown *shown, int64_t published_s)
{
	if (shown->all)
		return true;
	if (published_s == 0)
		return false;
	return (shown->since_s != 0 && published_s >= shown->since_s) ||
	       (published_s >= shown->from_s && published_s < shown->before_s);
}

static bool is_list_of(const struct shown *shown, const struct finding *finding)
{
	const char *name = kind_is_interaction(finding->kind) ? shown->key : shown->list;
	return finding->list && strcmp(name, finding->list) == 0;
}

/* Would @finding's post lie among those that @outcome shows, if it still were there?  Where its list is
 * not known it could be in any of them.  A bio or a handle lies in no list: it is gone once the
 * pages that showed it were read anew without it.  So is an interaction, or when all of them were read, but
 * for what its list does not show. */
static bool is_within(const struct outcome *outcome, const struct finding *finding)
{
	bool all = true;
	bool in_its_own = true;
	bool in_each = true;
	bool known = false;
	for (size_t i = 0; i < outcome->n_shown; i++) {
		const struct shown *shown = &outcome->shown[i];
		bool within = is_shown(shown, finding->published_s);
		bool own = is_list_of(shown, finding);
		known |= own;
		all &= shown->all;
		in_each &= within;
		in_its_own &= within || !own;
	}
	if (kind_is_interaction(finding->kind))
		return in_its_own && (!finding->sighted || !outcome->interactions_cut);
	/* Only the page that showed a version says that it is no more. */
	if (finding->kind == KIND_VERSION)
		return !finding->sighted;
	if (finding->kind == KIND_BIO || finding->kind == KIND_HANDLE)
		return all || !finding->sighted;
	return known ? in_its_own : in_each;
}

static bool counts_absences(const struct outcome *outcome)
{
	return verdict_proves(outcome->verdict) && outcome->proven_all;
}

struct settling {
	struct life *life;
	const struct outcome *outcome;
	bool again; /* what is missing is not looked for again before everything is read anew */
};

static int miss(struct settling *settling, const struct finding *finding)
{
	struct finding missed = *finding;
	missed.missed++;
	if (missed.missed >= MISSES_TO_RESOLVE)
		return life_resolve(settling->life, &missed);
	settling->again |= finding->published_s < settling->outcome->shown_again_s;
	return store_set_finding(settling->life->options.store, &missed);
}

/* It still stands on a page that was not scored again, and the config's threshold has come down. */
static int tell_late(struct life *life, const struct finding *finding)
{
	struct finding told = *finding;
	told.alerted = true;
	int r = life_tell(life, EVENT_FINDING_OPENED, &told);
	return r == 0 ? store_set_finding(life->options.store, &told) : r;
}

static int settle_finding(const struct finding *finding, void *userdata)
{
	struct settling *settling = userdata;
	struct life *life = settling->life;
	if (!life_has_seen(life, finding)) {
		bool absent =
			counts_absences(settling->outcome) && is_within(settling->outcome, finding);
		return absent ? miss(settling, finding) : 0;
	}
	bool late = !finding->alerted && finding->severity >= life->options.alert_at;
	return late ? tell_late(life, finding) : 0;
}

static int settle_findings(struct life *life, const struct outcome *outcome, bool *ret_again)
{
	struct settling settling = {.life = life, .outcome = outcome};
	struct arena *arena = arena_new(FINDINGS_B);
	int r = arena ? store_each_finding(life->options.store, arena, life->options.profile, false,
				settle_finding, &settling)
		      : -ENOMEM;
	arena_free(arena);
	if (r == 0)
		r = store_forget_resolved(
			life->options.store, life->options.profile, LIFE_RESOLVED_MAX);
	*ret_again = settling.again;
	return r;
}

/* @again: all of them are to be read anew, to be sure that what is missing is gone. */
static int settle_lists(struct life *life, const struct outcome *outcome, bool again)
{
	int64_t now_s = clock_now_s(life->options.clock);
	int r = 0;
	for (size_t i = 0; r == 0 && i < outcome->n_shown; i++) {
		if (!outcome->shown[i].memory)
			continue;
		struct list_memory memory = *outcome->shown[i].memory;
		memory.again |= again;
		r = store_set_list(life->options.store, life->options.profile,
			outcome->shown[i].key, &memory, now_s);
	}
	return r;
}

/* ---- the profile's state ---- */

static void add_verdict(
	struct profile_state *state, const struct outcome *outcome, bool first, int64_t now_s)
{
	bool same = !first && state->verdict == outcome->verdict;
	state->verdict_scans = same ? state->verdict_scans + 1 : 1;
	state->verdict_since_s = same ? state->verdict_since_s : now_s;
	state->verdict = outcome->verdict;
	state->unproven_scans = verdict_proves(outcome->verdict) ? 0 : state->unproven_scans + 1;
	state->next_due_s = outcome->next_due_s;
	state->last_scan_s = now_s;
	if (counts_absences(outcome))
		state->last_full_s = now_s;
}

/* Told once when nothing was proven for so many scans, whatever stood in the way each time; again
 * only when another verdict has stood as long, so that one that comes and goes is not told twice.
 */
static bool is_to_tell(const struct life *life, const struct profile_state *state)
{
	if (verdict_proves(state->verdict) || state->unproven_scans < life->options.alert_after)
		return false;
	return !state->alerted || (state->alerted_verdict != state->verdict &&
					  state->verdict_scans >= life->options.alert_after);
}

static const char *why_of(const struct outcome *outcome)
{
	return outcome->why ? outcome->why : verdict_meaning(outcome->verdict);
}

static int tell_state(struct life *life, enum event_kind kind, const struct outcome *outcome,
	const struct profile_state *state)
{
	struct buf why = BUF_INIT(COVERAGE_B);
	int r = buf_adds(&why, why_of(outcome));
	if (r == 0 && kind == EVENT_PROFILE_UNVERIFIED)
		r = buf_addf(&why, "; nothing could be proven for %" PRId64 " scans in a row",
			state->unproven_scans);
	const struct alert alert = {
		.kind = kind,
		.profile = life->options.profile,
		.scan = life->options.scan,
		.verdict = outcome->verdict,
		.has_verdict = true,
		.coverage = buf_str(&why),
	};
	if (r >= 0) /* a sentence too long for a line is told without what follows it */
		r = alert_queue(&alert, life->options.store);
	buf_release(&why);
	return r;
}

static int settle_state(struct life *life, const struct outcome *outcome)
{
	struct profile_state state = {0};
	int r = store_profile(life->options.store, life->options.profile, &state);
	if (r < 0)
		return r;
	add_verdict(&state, outcome, r == STORE_E_NONE, clock_now_s(life->options.clock));
	r = 0;
	if (is_to_tell(life, &state)) {
		r = tell_state(life, EVENT_PROFILE_UNVERIFIED, outcome, &state);
		state.alerted = true;
		state.alerted_verdict = outcome->verdict;
	} else if (state.alerted && verdict_proves(outcome->verdict)) {
		r = tell_state(life, EVENT_PROFILE_RECOVERED, outcome, &state);
		state.alerted = false;
	}
	return r == 0 ? store_set_profile(life->options.store, life->options.profile, &state) : r;
}

/* ---- the summary ---- */

static int add_oldest(struct buf *out, int64_t oldest_s)
{
	time_t at = oldest_s;
	struct tm utc;
	char day[sizeof "9999-12-31"];
	if (oldest_s == 0 || !gmtime_r(&at, &utc) ||
		strftime(day, sizeof day, "%Y-%m-%d", &utc) == 0)
		return 0;
	return buf_addf(out, ", the oldest of %s", day);
}

static int add_interactions(struct buf *out, int64_t count)
{
	if (count == 0)
		return 0;
	return buf_addf(out, "; %" PRId64 " interaction%s (follows, likes …)", count,
		count == 1 ? "" : "s");
}

static int add_sentences(struct buf *out, const struct outcome *outcome)
{
	bool has_why = outcome->why || !verdict_proves(outcome->verdict);
	const char *const sentences[] = {
		outcome->known.tell, outcome->lack, has_why ? why_of(outcome) : NULL};
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof sentences / sizeof *sentences; i++) {
		if (sentences[i])
			r = buf_addf(out, "; %s", sentences[i]);
	}
	return r;
}

static int add_coverage(struct buf *out, const struct life *life, const struct outcome *outcome)
{
	int r = buf_addf(out, "%" PRId64, outcome->n_posts);
	if (r == 0 && outcome->total >= 0)
		r = buf_addf(out, " of %" PRId64, outcome->total);
	if (r == 0)
		r = buf_adds(out,
			outcome->n_posts == 1 && outcome->total < 0 ? " post seen" : " posts seen");
	if (r == 0)
		r = add_oldest(out, outcome->oldest_s);
	if (r == 0)
		r = add_interactions(out, outcome->n_interactions);
	if (r == 0 && life->left_out > 0)
		r = buf_addf(out, "; %" PRId64 " findings beyond the %d kept are left out",
			life->left_out, LIFE_FINDINGS_MAX);
	return r == 0 ? add_sentences(out, outcome) : r;
}

static int tell_summary(struct life *life, const struct outcome *outcome)
{
	int64_t waiting;
	int r = store_alerts_waiting(life->options.store, &waiting);
	if (r < 0 || waiting >= LIFE_WAITING_MAX)
		return r;
	struct buf coverage = BUF_INIT(COVERAGE_B);
	r = add_coverage(&coverage, life, outcome);
	const struct alert alert = {
		.kind = EVENT_SCAN_SUMMARY,
		.profile = life->options.profile,
		.scan = life->options.scan,
		.verdict = outcome->verdict,
		.has_verdict = true,
		.coverage = buf_str(&coverage),
		.posts = outcome->n_posts,
		.opened = (int64_t)life->counts.opened,
		.reopened = (int64_t)life->counts.reopened,
		.resolved = (int64_t)life->counts.resolved,
		.standing = (int64_t)life->counts.standing,
	};
	if (r >= 0) /* what did not fit into the line is left out */
		r = alert_queue(&alert, life->options.store);
	buf_release(&coverage);
	return r;
}

int life_settle(struct life *life, const struct outcome *outcome)
{
	struct store *store = life->options.store;
	const struct life before = *life;
	int r = store_begin(store);
	if (r < 0)
		return r;
	bool again = false;
	r = settle_findings(life, outcome, &again);
	if (r == 0)
		r = settle_lists(life, outcome, again);
	if (r == 0)
		r = settle_state(life, outcome);
	if (r == 0)
		r = tell_summary(life, outcome);
	if (r == 0)
		r = store_commit(store);
	if (r < 0) {
		store_rollback(store);
		*life = before; /* the counts are those of what is stored */
	}
	return r;
}

/* ---- doubts ---- */

struct doubts {
	const struct life *life;
	const struct finding **items;
	size_t count;
	size_t max;
};

/* Keep the @max asked longest ago, in that order; equals stay as they come, the worst first. */
static int note_doubt(const struct finding *finding, void *userdata)
{
	struct doubts *doubts = userdata;
	/* The address of an interaction is somebody else's page, which says nothing about it. */
	if (life_has_seen(doubts->life, finding) || !finding->url ||
		kind_is_interaction(finding->kind))
		return 0;
	size_t at = doubts->count;
	while (at > 0 && doubts->items[at - 1]->asked_s > finding->asked_s)
		at--;
	if (at == doubts->max)
		return 0;
	size_t moved = doubts->count - at - (doubts->count == doubts->max);
	memmove(&doubts->items[at + 1], &doubts->items[at], moved * sizeof *doubts->items);
	doubts->items[at] = finding;
	doubts->count += doubts->count < doubts->max;
	return 0;
}

static int note_asked(const struct life *life, const struct doubts *doubts)
{
	struct store *store = life->options.store;
	int r = store_begin(store);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < doubts->count; i++) {
		struct finding asked = *doubts->items[i];
		asked.asked_s = clock_now_s(life->options.clock);
		r = store_set_finding(store, &asked);
	}
	if (r == 0)
		r = store_commit(store);
	if (r < 0)
		store_rollback(store);
	return r;
}

int life_doubtful(struct life *life, const struct outcome *outcome, size_t max,
	int (*each)(const struct finding *finding, void *userdata), void *userdata)
{
	if (!counts_absences(outcome) || max == 0)
		return 0;
	struct arena *arena = arena_new(FINDINGS_B);
	struct doubts doubts = {.life = life, .max = max};
	int r = arena ? 0 : -ENOMEM;
	if (r == 0) {
		doubts.items = arena_array(arena, max, sizeof *doubts.items);
		r = doubts.items ? store_each_finding(life->options.store, arena,
					   life->options.profile, false, note_doubt, &doubts)
				 : -ENOMEM;
	}
	if (r == 0 && doubts.count > 0)
		r = note_asked(life, &doubts);
	for (size_t i = 0; r == 0 && i < doubts.count; i++)
		r = each(doubts.items[i], userdata);
	arena_free(arena);
	return r;
}
