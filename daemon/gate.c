#include "daemon/gate.h"

#include "crawlers/net/accept.h"
#include "daemon/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* RFC 9309 §2.4: a robots.txt should not be used for more than a day. */
#define ROBOTS_KEEP_S (24 * 60 * 60)

/* Scratch for taking a URL apart. */
#define SCRATCH_B (8 * LIMIT_URL_B)

/* Room for a reason: a sentence that may quote a server. */
#define WHY_B 512

struct question {
	struct gate *gate;
	struct question *next;
	char *url;
	char *origin;
	char *trusted_origin;
	gate_answer *answer;
	void *userdata;
	sd_event_source *defer; /* calls the answer; off until it is settled */
	bool settled;
	enum verdict verdict;
	char why[WHY_B]; /* "": none */
	int64_t retry_at_s;
};

/* One robots.txt on its way. */
struct asking {
	struct gate *gate;
	struct asking *next;
	char *origin;
	char *url;
	struct transfer *transfer;
	struct read_job *job;
};

struct gate {
	struct context *context;
	struct question *questions;
	struct asking *askings;
};

int gate_new(struct context *context, struct gate **ret)
{
	struct gate *gate = calloc(1, sizeof *gate);
	if (!gate)
		return -ENOMEM;
	gate->context = context;
	*ret = gate;
	return 0;
}

struct context *gate_context(const struct gate *gate)
{
	return gate->context;
}

bool gate_applies(enum accept accept)
{
	return !accept_kind(accept)->for_programs;
}

static void question_free(struct question *question)
{
	sd_event_source_disable_unref(question->defer);
	free(question->url);
	free(question->origin);
	free(question->trusted_origin);
	free(question);
}

static void asking_free(struct asking *asking)
{
	if (asking->transfer)
		fetch_cancel(asking->transfer);
	if (asking->job)
		read_cancel(asking->job);
	free(asking->origin);
	free(asking->url);
	free(asking);
}

struct gate *gate_free(struct gate *gate)
{
	if (!gate)
		return NULL;
	while (gate->questions) {
		struct question *next = gate->questions->next;
		question_free(gate->questions);
		gate->questions = next;
	}
	while (gate->askings) {
		struct asking *next = gate->askings->next;
		asking_free(gate->askings);
		gate->askings = next;
	}
	free(gate);
	return NULL;
}

void gate_drop(struct question *question)
{
	struct question **at = &question->gate->questions;
	while (*at != question)
		at = &(*at)->next;
	*at = question->next;
	question_free(question);
}

static void asking_drop(struct asking *asking)
{
	struct asking **at = &asking->gate->askings;
	while (*at != asking)
		at = &(*at)->next;
	*at = asking->next;
	asking_free(asking);
}

static int on_answer(sd_event_source *source, void *userdata)
{
	(void)source;
	struct question *question = userdata;
	gate_answer *answer = question->answer;
	void *theirs = question->userdata;
	enum verdict verdict = question->verdict;
	int64_t retry_at_s = question->retry_at_s;
	char why[WHY_B];
	memcpy(why, question->why, sizeof why);
	gate_drop(question); /* first: the caller may ask again, or free the gate */
	answer(verdict, *why ? why : NULL, retry_at_s, theirs);
	return 0;
}

/* The answer is given from the loop, so that no caller is called back while it still asks. */
static void settle(
	struct question *question, enum verdict verdict, const char *why, int64_t retry_at_s)
{
	question->settled = true;
	question->verdict = verdict;
	question->retry_at_s = retry_at_s;
	size_t len = why ? text_cut(why, strlen(why), sizeof question->why - 1) : 0;
	memcpy(question->why, why ? why : "", len);
	question->why[len] = '\0';
	int r = sd_event_source_set_enabled(question->defer, SD_EVENT_ONESHOT);
	if (r < 0) /* a question without an answer would keep its scan for ever: better none goes on */
		(void)sd_event_exit(question->gate->context->event, r);
}

/* Settles @question from what is known; false: robots.txt must be had first. */
static bool settle_from_pace(struct question *question)
{
	struct arena *scratch = arena_new(SCRATCH_B);
	struct url url;
	enum robots_answer answer = ROBOTS_UNKNOWN;
	if (scratch && url_parse(scratch, question->url, &url) == 0)
		answer = pace_robots(question->gate->context->pace, &url);
	arena_free(scratch);
	if (answer == ROBOTS_UNKNOWN)
		return false;
	settle(question, answer == ROBOTS_ALLOWED ? VERDICT_OK : VERDICT_ROBOTS_DENIED, NULL, 0);
	return true;
}

/* Answer every question about this origin: from its rules, or with what went wrong. */
static void answer_all(
	struct asking *asking, enum verdict verdict, const char *why, int64_t retry_at_s)
{
	for (struct question *question = asking->gate->questions; question;
		question = question->next) {
		if (question->settled || strcmp(question->origin, asking->origin) != 0)
			continue;
		if (verdict != VERDICT_OK)
			settle(question, verdict, why, retry_at_s);
		else if (!settle_from_pace(question))
			settle(question, VERDICT_UNREAD, "robots.txt could not be kept", 0);
	}
	asking_drop(asking);
}

static void keep_rules(struct asking *asking, const struct robots_rule *rules, size_t count)
{
	struct context *context = asking->gate->context;
	int64_t until_s = clock_now_s(context->clock) + ROBOTS_KEEP_S;
	int r = pace_set_robots(context->pace, asking->origin, rules, count, false, until_s);
	answer_all(asking, r == 0 ? VERDICT_OK : VERDICT_UNREAD, "out of memory for robots.txt", 0);
}

static void on_read(const struct reading *reading, const char *why, bool poison, void *userdata)
{
	(void)poison; /* the page is told as unread by the scan that wanted to pass */
	struct asking *asking = userdata;
	asking->job = NULL;
	if (!reading)
		answer_all(asking, VERDICT_UNREAD, why, 0);
	else
		keep_rules(asking, reading->extract.robots, reading->extract.n_robots);
}

static void read_rules(struct asking *asking, const struct fetch_result *result)
{
	const struct page page = {
		.url = asking->url,
		.final_url = result->final_url,
		.profile = asking->url,
		.source = "robots",
		.status = result->status,
		.content_type = result->content_type,
		.fetched_s = clock_now_s(asking->gate->context->clock),
		.body = result->body,
		.body_len = result->body_len,
	};
	int r = read_page(asking->gate->context->reader, &page, on_read, asking, &asking->job);
	if (r < 0)
		answer_all(asking, VERDICT_UNREAD, "robots.txt could not be read", 0);
}

static void on_fetched(const struct fetch_result *result, void *userdata)
{
	struct asking *asking = userdata;
	asking->transfer = NULL;
	bool answered = result->status >= 200 && result->status < 300;
	if (result->verdict == VERDICT_OK && answered) {
		read_rules(asking, result);
		return;
	}
	/* RFC 9309 §2.3.1.3: a 4xx means that there are no rules; so does a redirect to nowhere. */
	if (result->verdict == VERDICT_OK || result->verdict == VERDICT_LOGIN_WALL) {
		keep_rules(asking, NULL, 0);
		return;
	}
	/* §2.3.1.4: unreachable means that nothing may be fetched. */
	char why[LIMIT_EXCERPT_B];
	(void)snprintf(why, sizeof why, "its robots.txt could not be had: %s",
		result->error ? result->error : verdict_meaning(result->verdict));
	answer_all(asking, result->verdict, why, result->retry_at_s);
}

static int ask_origin(struct gate *gate, const struct question *question)
{
	for (struct asking *asking = gate->askings; asking; asking = asking->next) {
		if (strcmp(asking->origin, question->origin) == 0)
			return 0; /* already on its way */
	}
	struct asking *asking = calloc(1, sizeof *asking);
	if (!asking)
		return -ENOMEM;
	asking->gate = gate;
	asking->next = gate->askings;
	gate->askings = asking;
	asking->origin = strdup(question->origin);
	if (asprintf(&asking->url, "%s/robots.txt", question->origin) < 0)
		asking->url = NULL;
	const struct fetch_request request = {
		.url = asking->url,
		.accept = ACCEPT_PAGE,
		.trusted_origin = question->trusted_origin,
		.robots = true,
	};
	int r = asking->origin && asking->url ? fetch_get(gate->context->fetch, &request,
							on_fetched, asking, &asking->transfer)
					      : -ENOMEM;
	if (r < 0)
		asking_drop(asking);
	return r;
}

static char *origin_of(const char *url)
{
	struct arena *scratch = arena_new(SCRATCH_B);
	struct url parsed;
	char *origin = NULL;
	if (scratch && url_parse(scratch, url, &parsed) == 0)
		origin = strdup(parsed.origin);
	arena_free(scratch);
	return origin;
}

/* Made now, when there is somebody to tell that it can not be. */
static int add_defer(struct question *question)
{
	int r = sd_event_add_defer(
		question->gate->context->event, &question->defer, on_answer, question);
	if (r >= 0)
		r = sd_event_source_set_enabled(question->defer, SD_EVENT_OFF);
	return r < 0 ? r : 0;
}

int gate_ask(struct gate *gate, const struct gate_request *request, gate_answer *answer,
	void *userdata, struct question **ret)
{
	const char *trusted = request->trusted_origin;
	struct question *question = calloc(1, sizeof *question);
	if (!question)
		return -ENOMEM;
	question->gate = gate;
	question->next = gate->questions;
	gate->questions = question;
	question->answer = answer;
	question->userdata = userdata;
	question->url = strdup(request->url);
	question->origin = origin_of(request->url);
	question->trusted_origin = trusted ? strdup(trusted) : NULL;
	bool copied = question->url && question->origin && (!trusted || question->trusted_origin);
	int r = copied ? add_defer(question) : -ENOMEM;
	if (r == 0 && !gate_applies(request->accept))
		settle(question, VERDICT_OK, NULL, 0);
	else if (r == 0 && !settle_from_pace(question))
		r = ask_origin(gate, question);
	if (r < 0) {
		gate_drop(question);
		return r;
	}
	*ret = question;
	return 0;
}
