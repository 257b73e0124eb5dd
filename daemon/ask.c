#include "daemon/ask.h"

#include <stdlib.h>
#include <string.h>

struct ask {
	struct gate *gate;
	fetch_done *done;
	void *userdata;
	struct fetch_request request; /* strings are ours */
	struct arena *arena;
	struct question *question;
	struct transfer *transfer;
	int detours; /* robots.txt of other sites asked for on the way */
};

/* A request's strings: the URL, two validators, an origin, a body. */
#define ASK_B ((size_t)5 * LIMIT_URL_B)

static int begin(struct ask *ask, const char *url);

struct ask *ask_cancel(struct ask *ask)
{
	if (!ask)
		return NULL;
	if (ask->question)
		gate_drop(ask->question);
	if (ask->transfer)
		fetch_cancel(ask->transfer);
	arena_free(ask->arena);
	free(ask);
	return NULL;
}

static void end(struct ask *ask, const struct fetch_result *result)
{
	fetch_done *done = ask->done;
	void *userdata = ask->userdata;
	ask_cancel(ask); /* first: the caller may ask again */
	done(result, userdata);
}

static void end_with(struct ask *ask, enum verdict verdict, const char *why, int64_t retry_at_s)
{
	const struct fetch_result result = {
		.verdict = verdict, .error = why, .retry_at_s = retry_at_s};
	end(ask, &result);
}

static void on_fetched(const struct fetch_result *result, void *userdata)
{
	struct ask *ask = userdata;
	ask->transfer = NULL;
	if (!result->robots_unknown || ++ask->detours > LIMIT_REDIRECTS) {
		end(ask, result);
		return;
	}
	if (begin(ask, result->location) < 0)
		end_with(ask, VERDICT_UNREAD, "out of memory", 0);
}

static void on_gate(enum verdict verdict, const char *why, int64_t retry_at_s, void *userdata)
{
	struct ask *ask = userdata;
	ask->question = NULL;
	if (verdict != VERDICT_OK) {
		end_with(ask, verdict, why, retry_at_s);
		return;
	}
	struct fetch *fetch = gate_context(ask->gate)->fetch;
	if (fetch_get(fetch, &ask->request, on_fetched, ask, &ask->transfer) < 0)
		end_with(ask, VERDICT_UNREAD, "the request could not be made", 0);
}

/* Learn whether @url, the one asked for or one that a redirect named, may be fetched; then fetch from the
 * start, now that it is known. */
static int begin(struct ask *ask, const char *url)
{
	const struct gate_request request = {url, ask->request.trusted_origin, ask->request.accept};
	return gate_ask(ask->gate, &request, on_gate, ask, &ask->question);
}

static int copy_request(struct ask *ask, const struct fetch_request *request)
{
	ask->request = *request;
	ask->request.obey_robots = gate_applies(request->accept);
	const char **const strings[] = {&ask->request.url, &ask->request.json, &ask->request.etag,
		&ask->request.last_modified, &ask->request.trusted_origin};
	for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
		const char *was = *strings[i];
		*strings[i] = arena_strdup(ask->arena, was);
		if (was && !*strings[i])
			return -ENOMEM;
	}
	return 0;
}

int ask_start(struct gate *gate, const struct fetch_request *request, fetch_done *done,
	void *userdata, struct ask **ret)
{
	struct ask *ask = calloc(1, sizeof *ask);
	if (!ask)
		return -ENOMEM;
	*ask = (struct ask){
		.gate = gate, .done = done, .userdata = userdata, .arena = arena_new(ASK_B)};
	int r = ask->arena ? copy_request(ask, request) : -ENOMEM;
	if (r == 0)
		r = begin(ask, ask->request.url);
	if (r < 0) {
		ask_cancel(ask);
		return r;
	}
	*ret = ask;
	return 0;
}
