#include "daemon/alert.h"

#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "daemon/json_line.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

/* A field's text is cut here before it is cleaned: the longest is a message, a sentence around a
 * URL and an excerpt.  Cleaning makes at most four bytes of one ("\x1b"). */
#define FIELD_B (LIMIT_URL_B + 4096u)
/* What a message may hold of the pieces that others wrote: together they stay below FIELD_B. */
#define TITLE_B    256u
#define COVERAGE_B 2048u

#define RFC3339 "%Y-%m-%dT%H:%M:%SZ"

struct event {
	const char *name;
	const char *message_id; /* systemd-id128 new; config/dirtwatch.catalog explains each */
	int priority;           /* 0: by the finding's severity */
};

static const struct event events[EVENT_KIND_COUNT] = {
	[EVENT_FINDING_OPENED] = {"finding-opened", "5c8e53d33c6140839e1dd2b8970aa635", 0},
	[EVENT_FINDING_REOPENED] = {"finding-reopened", "a1f3113b34b14317b80e6fab8d5bcc1e", 0},
	[EVENT_FINDING_RESOLVED] = {"finding-resolved", "d9ec5b6fd47b495ea68ce3d1faa70c0c",
		LOG_INFO},
	[EVENT_PROFILE_UNVERIFIED] = {"profile-unverified", "a4ab549026f04aad86471caf930fad12",
		LOG_WARNING},
	[EVENT_PROFILE_RECOVERED] = {"profile-recovered", "e51465525279429b83a3c06034397a60",
		LOG_INFO},
	[EVENT_SCAN_SUMMARY] = {"scan-summary", "452da240123a4386980f17c5fd95e7fe", LOG_INFO},
	[EVENT_READER_POISONED] = {"reader-poisoned", "15066fb32387432f92acc687ab6e0cac",
		LOG_WARNING},
	[EVENT_CONFIG_REJECTED] = {"config-rejected", "08b48429ed664cc3b2a2bba5af39a2e7", LOG_ERR},
	[EVENT_STORE_DAMAGED] = {"store-damaged", "1573500d7f684a3da3f998741d637b70", LOG_ERR},
};

const char *event_name(enum event_kind kind)
{
	return events[kind].name;
}

const char *event_message_id(enum event_kind kind)
{
	return events[kind].message_id;
}

static int priority_of(const struct alert *alert)
{
	if (alert->priority > 0)
		return alert->priority;
	int priority = events[alert->kind].priority;
	if (priority == 0)
		priority =
			alert->finding ? severity_priority(alert->finding->severity) : LOG_NOTICE;
	return priority;
}

/* ---- the message ---- */

/* @time_s by strftime's @format; "" when it is not told, or no date that people write. */
static const char *date_text(int64_t time_s, const char *format, char *out, size_t size)
{
	time_t at = time_s;
	struct tm utc;
	out[0] = '\0';
	if (time_s == 0 || !gmtime_r(&at, &utc) || utc.tm_year < -1900 ||
		utc.tm_year > 9999 - 1900 || strftime(out, size, format, &utc) == 0)
		out[0] = '\0';
	return out;
}

static const char *name_of(const struct finding *finding)
{
	if (finding->title)
		return finding->title;
	return finding->category ? finding->category : finding->rule;
}

static const char *place_of(const struct finding *finding)
{
	if (finding->url)
		return finding->url;
	return finding->page ? finding->page : finding->profile;
}

static int add_cut(struct buf *out, const char *text, size_t max)
{
	return buf_add(out, text, text_cut(text, strlen(text), max));
}

/* "in a post of 2024-03-01 on https://…: "…"" */
static int say_where(struct buf *out, const struct finding *finding)
{
	char day[sizeof "9999-12-31"];
	(void)date_text(finding->published_s, "%Y-%m-%d", day, sizeof day);
	bool own = finding->kind == KIND_BIO || finding->kind == KIND_HANDLE; /* there is but one */
	int r = buf_addf(out, " %s %s %s%s%s on ", kind_is_interaction(finding->kind) ? "by" : "in",
		own ? "the" : "a", kind_name(finding->kind), day[0] ? " of " : "", day);
	if (r == 0)
		r = add_cut(out, place_of(finding), LIMIT_URL_B);
	if (r != 0 || !finding->excerpt || !finding->excerpt[0])
		return r;
	r = buf_adds(out, ": \"");
	if (r == 0)
		r = add_cut(out, finding->excerpt, LIMIT_EXCERPT_B);
	return r == 0 ? buf_addc(out, '"') : r;
}

static int say_finding(struct buf *out, const struct alert *alert)
{
	const struct finding *finding = alert->finding;
	bool resolved = alert->kind == EVENT_FINDING_RESOLVED;
	int r = buf_addf(out, "%s%s: ", resolved ? "resolved" : severity_name(finding->severity),
		alert->kind == EVENT_FINDING_REOPENED ? ", back again" : "");
	if (r == 0)
		r = add_cut(out, name_of(finding), TITLE_B);
	return r == 0 ? say_where(out, finding) : r;
}

static int say_summary(struct buf *out, const struct alert *alert)
{
	int r = buf_adds(out, "scanned ");
	if (r == 0)
		r = add_cut(out, alert->profile, LIMIT_URL_B);
	if (r == 0)
		r = buf_addf(out,
			": %s; %" PRId64 " new, %" PRId64 " back again, %" PRId64
			" resolved, %" PRId64 " standing",
			verdict_name(alert->verdict), alert->opened, alert->reopened,
			alert->resolved, alert->standing);
	if (r == 0 && alert->coverage)
		r = buf_adds(out, "; ");
	return r == 0 && alert->coverage ? add_cut(out, alert->coverage, COVERAGE_B) : r;
}

static int say_profile(struct buf *out, const struct alert *alert)
{
	const char *because = alert->coverage ? alert->coverage : verdict_meaning(alert->verdict);
	bool again = alert->kind == EVENT_PROFILE_RECOVERED;
	int r = buf_adds(out, again ? "verified again: " : "cannot verify: ");
	if (r == 0)
		r = add_cut(out, alert->profile, LIMIT_URL_B);
	if (r == 0)
		r = buf_adds(out, ": ");
	return r == 0 ? add_cut(out, because, COVERAGE_B) : r;
}

static int say(struct buf *out, const struct alert *alert)
{
	if (alert->message)
		return add_cut(out, alert->message, FIELD_B);
	if (alert->finding)
		return say_finding(out, alert);
	if (alert->kind == EVENT_SCAN_SUMMARY && alert->profile)
		return say_summary(out, alert);
	if (alert->has_verdict && alert->profile)
		return say_profile(out, alert);
	return buf_adds(out, events[alert->kind].name);
}

/* ---- fields ---- */

/* What is NULL or empty is left out. */
static int put(json_t *fields, const char *name, const char *text)
{
	if (!text || !text[0])
		return 0;
	struct buf clean = BUF_INIT(FIELD_B * 4);
	int r = text_clean(&clean, text, text_cut(text, strlen(text), FIELD_B));
	if (r == 0)
		r = json_object_set_new(fields, name, json_string(buf_str(&clean))) < 0 ? -ENOMEM
											: 0;
	buf_release(&clean);
	return r > 0 ? -ENOMEM : r;
}

static int put_number(json_t *fields, const char *name, int64_t number)
{
	char text[sizeof "-9223372036854775808"];
	(void)snprintf(text, sizeof text, "%" PRId64, number);
	return put(fields, name, text);
}

static int put_message(json_t *fields, const struct alert *alert)
{
	struct buf message = BUF_INIT(FIELD_B);
	int r = say(&message, alert);
	if (r == 0)
		r = put(fields, "MESSAGE", buf_str(&message));
	buf_release(&message);
	return r > 0 ? -ENOMEM : r;
}

static int put_excerpt(json_t *fields, const struct finding *finding)
{
	if (!finding->excerpt)
		return 0;
	struct buf excerpt = BUF_INIT(LIMIT_EXCERPT_B * 4);
	size_t len = strlen(finding->excerpt);
	struct excerpt shown = {
		.start = finding->mark_start > 0 ? (size_t)finding->mark_start : 0,
		.end = finding->mark_end > 0 ? (size_t)finding->mark_end : 0,
		.max_b = LIMIT_EXCERPT_B,
	};
	int r = text_excerpt(&excerpt, finding->excerpt, len, &shown);
	if (r == 0)
		r = put(fields, "DIRTWATCH_EXCERPT", buf_str(&excerpt));
	buf_release(&excerpt);
	return r > 0 ? -ENOMEM : r;
}

/* Tenths, without the locale's decimal comma. */
static int put_score(json_t *fields, double score)
{
	char text[sizeof "100.0" + 16];
	unsigned tenths = isfinite(score) ? (unsigned)lround(fmin(fmax(score, 0), 100) * 10) : 0;
	(void)snprintf(text, sizeof text, "%u.%u", tenths / 10, tenths % 10);
	return put(fields, "DIRTWATCH_SCORE", text);
}

static int put_finding(json_t *fields, const struct finding *finding)
{
	char when[sizeof "9999-12-31T23:59:59Z"];
	const struct {
		const char *name;
		const char *text;
	} texts[] = {
		{"DIRTWATCH_FINDING", finding->id},
		{"DIRTWATCH_RULE", finding->rule},
		{"DIRTWATCH_CLASS", class_name(finding->class)},
		{"DIRTWATCH_CATEGORY", finding->category},
		{"DIRTWATCH_SEVERITY", severity_name(finding->severity)},
		{"DIRTWATCH_URL", place_of(finding)},
		{"DIRTWATCH_PUBLISHED",
			date_text(finding->published_s, RFC3339, when, sizeof when)},
		{"DIRTWATCH_ADVICE", finding->advice},
	};
	int r = put_score(fields, finding->score);
	for (size_t i = 0; r == 0 && i < sizeof texts / sizeof texts[0]; i++)
		r = put(fields, texts[i].name, texts[i].text);
	return r == 0 ? put_excerpt(fields, finding) : r;
}

static int put_counts(json_t *fields, const struct alert *alert)
{
	const struct {
		const char *name;
		int64_t number;
	} counts[] = {
		{"DIRTWATCH_POSTS", alert->posts},
		{"DIRTWATCH_OPENED", alert->opened},
		{"DIRTWATCH_REOPENED", alert->reopened},
		{"DIRTWATCH_RESOLVED", alert->resolved},
		{"DIRTWATCH_STANDING", alert->standing},
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof counts / sizeof counts[0]; i++) {
		if (counts[i].number >= 0)
			r = put_number(fields, counts[i].name, counts[i].number);
	}
	return r;
}

static int put_all(json_t *fields, const struct alert *alert)
{
	const char *profile = alert->finding ? alert->finding->profile : alert->profile;
	int r = put_message(fields, alert);
	if (r == 0)
		r = put(fields, "MESSAGE_ID", events[alert->kind].message_id);
	if (r == 0)
		r = put_number(fields, "PRIORITY", priority_of(alert));
	if (r == 0)
		r = put(fields, "SYSLOG_IDENTIFIER", "dirtwatch");
	if (r == 0)
		r = put(fields, "DIRTWATCH_EVENT", events[alert->kind].name);
	if (r == 0)
		r = put(fields, "DIRTWATCH_PROFILE", profile);
	if (r == 0 && alert->finding)
		r = put_finding(fields, alert->finding);
	if (r == 0 && alert->has_verdict)
		r = put(fields, "DIRTWATCH_VERDICT", verdict_name(alert->verdict));
	if (r == 0)
		r = put(fields, "DIRTWATCH_COVERAGE", alert->coverage);
	if (r == 0 && alert->kind == EVENT_SCAN_SUMMARY)
		r = put_counts(fields, alert);
	return r == 0 ? put(fields, "DIRTWATCH_SCAN", alert->scan) : r;
}

int alert_fields(const struct alert *alert, char **ret)
{
	json_t *fields = json_object();
	int r = fields ? put_all(fields, alert) : -ENOMEM;
	char *text = r == 0 ? json_line(fields) : NULL;
	json_decref(fields);
	if (r == 0 && !text)
		r = -ENOMEM;
	if (r == 0)
		*ret = text;
	return r;
}

int alert_queue(const struct alert *alert, struct store *store)
{
	char *fields;
	int r = alert_fields(alert, &fields);
	if (r != 0)
		return r;
	r = store_queue_alert(store, fields);
	free(fields);
	return r;
}
