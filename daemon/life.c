#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "daemon/life_internal.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* One finding, as it is read back: every string of it is bounded by LIMIT_URL_B or less. */
#define FINDING_B (1u << 20)

struct life *life_end(struct life *life)
{
	if (!life)
		return NULL;
	arena_free(life->arena);
	free(life);
	return NULL;
}

int life_begin(const struct life_options *options, struct life **ret)
{
	struct life *life = calloc(1, sizeof *life);
	if (!life)
		return -ENOMEM;
	int r = -ENOMEM;
	life->options = *options;
	life->arena = arena_new(FINDING_B);
	if (!life->arena)
		goto fail;
	life->options.profile = arena_strdup(life->arena, options->profile);
	life->options.scan = arena_strdup(life->arena, options->scan);
	if (!life->options.profile || !life->options.scan)
		goto fail;
	r = store_open_findings(options->store, options->profile, &life->open);
	if (r < 0)
		goto fail;
	*ret = life;
	return 0;
fail:
	life_end(life);
	return r;
}

struct life_counts life_counts(const struct life *life)
{
	return life->counts;
}

/* ---- identity ---- */

static bool is_space(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	default:
		return c == 0x85 || (c >= '\t' && c <= '\r');
	}
}

/* Runs of white space become one space, and none at the ends. */
static int add_respaced(struct buf *out, const char *text, size_t len)
{
	bool parted = false;
	size_t step;
	for (size_t i = 0; i < len; i += step) {
		uint32_t c;
		step = text_decode(text + i, len - i, &c);
		if (is_space(c)) {
			parted = out->len > 0;
			continue;
		}
		int r = parted ? buf_addc(out, ' ') : 0;
		if (r == 0)
			r = buf_add(out, text + i, step);
		if (r != 0)
			return r;
		parted = false;
	}
	return 0;
}

/* Unicode's Stream-Safe Text Format (UAX #15 §13): no more than 30 combining marks in a row.
 * Sorting them takes utf8proc quadratic time, 64 KiB of them a second; real text has three. */
static int add_stream_safe(struct buf *out, const char *text, size_t len)
{
	const int longest = 30;
	int run = 0;
	size_t step;
	for (size_t i = 0; i < len; i += step) {
		uint32_t c;
		step = text_decode(text + i, len - i, &c);
		bool combines = utf8proc_get_property((utf8proc_int32_t)c)->combining_class != 0;
		run = combines ? run + 1 : 0;
		char utf8[4];
		int r = run <= longest ? buf_add(out, utf8, text_encode(c, utf8)) : 0;
		if (r != 0)
			return r;
	}
	return 0;
}

/* The text as it is compared: NFKC_Casefold (Unicode §3.13, which drops what is never shown), then
 * re-spaced.  Malformed bytes become three bytes, and no character more than eleven times itself
 * (U+FDFA), so that the ceilings are not met. */
static int normalise(const char *text, size_t len, struct buf *ret)
{
	struct buf safe = BUF_INIT(LIMIT_POST_TEXT_B * 3);
	utf8proc_uint8_t *folded = NULL;
	int r = add_stream_safe(&safe, text, text_cut(text, len, LIMIT_POST_TEXT_B));
	if (r == 0) {
		utf8proc_ssize_t size = utf8proc_map((const utf8proc_uint8_t *)buf_str(&safe),
			(utf8proc_ssize_t)safe.len, &folded,
			UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
				UTF8PROC_IGNORE);
		r = size < 0 ? -ENOMEM : add_respaced(ret, (const char *)folded, (size_t)size);
	}
	free(folded);
	buf_release(&safe);
	return r > 0 ? -ENOMEM : r;
}

int life_text(const char *text, size_t len, struct digest *ret)
{
	struct buf same = BUF_INIT(LIMIT_POST_TEXT_B * 11);
	int r = normalise(text, len, &same);
	if (r == 0)
		r = digest_bytes(buf_str(&same), same.len, ret);
	buf_release(&same);
	return r;
}

int life_identity(
	const char *rule, const char *profile, const struct digest *text, struct digest *ret)
{
	const char *const parts[] = {rule, profile, text->hex};
	return digest_strings(parts, 3, ret);
}

/* ---- findings ---- */

bool life_has_seen(const struct life *life, const struct finding *finding)
{
	return finding->scan && strcmp(finding->scan, life->options.scan) == 0;
}

int life_tell(struct life *life, enum event_kind kind, const struct finding *finding)
{
	const struct alert alert = {
		.kind = kind,
		.finding = finding,
		.scan = life->options.scan,
	};
	return alert_queue(&alert, life->options.store);
}

/* What the store keeps of a finding that was not there before. */
static void open_anew(struct finding *finding, int64_t now_s)
{
	finding->state = FINDING_OPENED;
	finding->opened_s = now_s;
	finding->alerted = false;
	finding->asked_s = 0;
}

/* The same for one that was: @known is as stored, @finding as it was read. */
static void carry_over(struct finding *finding, const struct finding *known)
{
	bool again = known->state == FINDING_RESOLVED;
	finding->state = again ? FINDING_REOPENED : known->state;
	finding->opened_s = known->opened_s;
	finding->alerted = known->alerted && !again;
	finding->asked_s = known->asked_s;
	if (!finding->list)
		finding->list = known->list;
}

/* An open finding is told once, when it has reached the severity to alert at. */
static int tell_once(struct life *life, enum event_kind kind, struct finding *finding)
{
	if (finding->alerted || finding->severity < life->options.alert_at)
		return 0;
	finding->alerted = true;
	return life_tell(life, kind, finding);
}

/* @known: as stored; NULL: not there. */
static void count_seen(struct life *life, const struct finding *known)
{
	if (known && known->state != FINDING_RESOLVED) {
		life->counts.standing += !life_has_seen(life, known);
		return;
	}
	life->open++;
	if (known)
		life->counts.reopened++;
	else
		life->counts.opened++;
}

static int see(struct life *life, const struct finding *finding, const struct finding *known)
{
	struct store *store = life->options.store;
	struct finding seen = *finding;
	int64_t now_s = clock_now_s(life->options.clock);
	if (known)
		carry_over(&seen, known);
	else
		open_anew(&seen, now_s);
	seen.seen_s = now_s;
	seen.resolved_s = 0;
	seen.missed = 0;
	seen.scan = life->options.scan;
	bool again = known && known->state == FINDING_RESOLVED;
	/* Of several that are one finding, as one company's likes are, the worst is kept. */
	if (known && !again && life_has_seen(life, known) && known->score > seen.score)
		seen = *known;
	int r = tell_once(life, again ? EVENT_FINDING_REOPENED : EVENT_FINDING_OPENED, &seen);
	if (r == 0)
		r = store_set_finding(store, &seen);
	if (r == 0 && finding->page)
		r = store_sight(store, seen.profile, finding->page, seen.id);
	if (r == 0)
		count_seen(life, known);
	return r;
}

/* Does the same post, as an unchanged page shows it, already stand for what this page shows in other
 * words (cut short, say)?  Then it opens nothing. */
static int stands_elsewhere(const struct life *life, const struct finding *finding, bool *ret)
{
	*ret = false;
	if (!finding->url || !finding->page)
		return 0;
	return store_seen_elsewhere(life->options.store, finding, life->options.scan, ret);
}

int life_see(struct life *life, const struct finding *finding)
{
	struct arena *arena = arena_new(FINDING_B);
	if (!arena)
		return -ENOMEM;
	struct finding known;
	int r = store_finding(life->options.store, arena, finding->profile, finding->id, &known);
	bool is_new = r == STORE_E_NONE;
	bool opens = is_new || (r == 0 && known.state == FINDING_RESOLVED);
	bool elsewhere = false;
	if (r >= 0 && opens) {
		int asked = stands_elsewhere(life, finding, &elsewhere);
		r = asked < 0 ? asked : r;
	}
	if (r >= 0 && elsewhere) {
		r = 0;
	} else if (r >= 0 && opens && life->open >= LIFE_FINDINGS_MAX) {
		life->left_out++;
		r = 0;
	} else if (r >= 0) {
		r = see(life, finding, is_new ? NULL : &known);
	}
	arena_free(arena);
	return r;
}

int life_page(struct life *life, const char *url)
{
	return store_clear_page(life->options.store, life->options.profile, url);
}

int life_unchanged(struct life *life, const char *url)
{
	int64_t stands;
	int r = store_page_stands(life->options.store, life->options.profile, url,
		life->options.scan, clock_now_s(life->options.clock), &stands);
	if (r == 0)
		life->counts.standing += (size_t)stands;
	return r;
}

int life_resolve(struct life *life, const struct finding *finding)
{
	struct finding resolved = *finding;
	resolved.state = FINDING_RESOLVED;
	resolved.resolved_s = clock_now_s(life->options.clock);
	int r = finding->alerted ? life_tell(life, EVENT_FINDING_RESOLVED, &resolved) : 0;
	if (r == 0)
		r = store_set_finding(life->options.store, &resolved);
	if (r == 0) {
		life->open--;
		life->counts.resolved++;
	}
	return r;
}

static int resolve_alone(struct life *life, const struct finding *finding)
{
	struct store *store = life->options.store;
	struct life before = *life;
	int r = store_begin(store);
	if (r < 0)
		return r;
	r = life_resolve(life, finding);
	if (r == 0)
		r = store_commit(store);
	if (r < 0) {
		store_rollback(store);
		*life = before;
	}
	return r;
}

int life_gone(struct life *life, const char *id)
{
	struct arena *arena = arena_new(FINDING_B);
	if (!arena)
		return -ENOMEM;
	struct finding known;
	int r = store_finding(life->options.store, arena, life->options.profile, id, &known);
	if (r == 0 && known.state != FINDING_RESOLVED)
		r = resolve_alone(life, &known);
	arena_free(arena);
	return r == STORE_E_NONE ? 0 : r;
}
