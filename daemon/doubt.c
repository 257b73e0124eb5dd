#include "daemon/doubt.h"

#include "daemon/ask.h"

#include <stdlib.h>
#include <string.h>

/* Permalinks asked in one scan: polite, and in a few scans all are asked. */
#define DOUBTS_A_SCAN 5

struct doubt {
	char *id;
	char *url;
};

struct doubts {
	struct doubt_options options;
	doubts_done *done;
	void *userdata;
	struct ask *ask;
	struct doubt items[DOUBTS_A_SCAN];
	size_t count;
	size_t next;
};

static int ask_next(struct doubts *doubts);

struct doubts *doubts_free(struct doubts *doubts)
{
	if (!doubts)
		return NULL;
	ask_cancel(doubts->ask);
	for (size_t i = 0; i < doubts->count; i++) {
		free(doubts->items[i].id);
		free(doubts->items[i].url);
	}
	free(doubts);
	return NULL;
}

static int note(const struct finding *finding, void *userdata)
{
	struct doubts *doubts = userdata;
	/* Counted half-made too: it is freed. */
	struct doubt *doubt = &doubts->items[doubts->count++];
	doubt->id = strdup(finding->id);
	doubt->url = strdup(finding->url);
	return doubt->id && doubt->url ? 0 : -ENOMEM;
}

/* The one at hand is settled: go on, or end. */
static void go_on(struct doubts *doubts, int r)
{
	if (r == 0 && doubts->next < doubts->count)
		r = ask_next(doubts);
	else if (r == 0)
		r = DOUBTS_E_NONE;
	if (r != 0)
		doubts->done(r < 0 ? r : 0, doubts->userdata);
}

static void on_fetched(const struct fetch_result *result, void *userdata)
{
	struct doubts *doubts = userdata;
	const struct doubt *doubt = &doubts->items[doubts->next++];
	doubts->ask = NULL;
	/* One that may not be asked, or does not answer, leaves its finding as it is. */
	bool gone =
		result->verdict == VERDICT_OK && (result->status == 404 || result->status == 410);
	go_on(doubts, gone ? life_gone(doubts->options.life, doubt->id) : 0);
}

static int ask_next(struct doubts *doubts)
{
	const struct fetch_request request = {
		.url = doubts->items[doubts->next].url,
		.accept = ACCEPT_PAGE,
		.trusted_origin = doubts->options.trusted_origin,
	};
	return ask_start(doubts->options.gate, &request, on_fetched, doubts, &doubts->ask);
}

int doubts_start(
	const struct doubt_options *options, doubts_done *done, void *userdata, struct doubts **ret)
{
	struct doubts *doubts = calloc(1, sizeof *doubts);
	if (!doubts)
		return -ENOMEM;
	*doubts = (struct doubts){.options = *options, .done = done, .userdata = userdata};
	int r = life_doubtful(options->life, options->outcome, DOUBTS_A_SCAN, note, doubts);
	doubts->options.outcome = NULL;
	if (r == 0)
		r = doubts->count > 0 ? ask_next(doubts) : DOUBTS_E_NONE;
	if (r != 0) {
		doubts_free(doubts);
		return r;
	}
	*ret = doubts;
	return 0;
}
