#include "crawlers/net/fetch.h"

#include "crawlers/net/multi.h"
#include "crawlers/net/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US_A_S  1000000
#define MS_A_S  1000
#define US_A_MS 1000

/* The queue is looked through again at the latest after this, whatever the clock was set to. */
#define WAIT_MAX_US (30ll * US_A_S)

/* libcurl ends a transfer after transfer_ms; one that it lost for want of memory (7.88 does, without a word)
 * is ended by us, so much later. */
#define GRACE_US (2ll * US_A_S)

struct fetch {
	struct fetch_options options;
	char *user_agent;
	char *ca_file;
	struct multi *multi;
	sd_event_source *work; /* once there is something to start or to tell */
	sd_event_source *wait; /* until a host may be asked again */
	sd_event_source *late; /* until the first of the running ones should have ended */
	struct transfers queued;
	struct transfers running;
	struct transfers ended;
	size_t n_running;
	CURL *idle[LIMIT_TRANSFERS]; /* handles to be used again */
	size_t n_idle;
	bool telling; /* fetch_done is being called */
	bool dead;    /* fetch_free() was called in it: tell_ended() frees what is left */
};

/* Whatever changes, the work is done later and from the loop: start_ready(), then tell_ended(). */
static void kick(struct fetch *fetch)
{
	(void)sd_event_source_set_enabled(
		fetch->work, SD_EVENT_ONESHOT); /* fails when the loop ended */
}

static void move(struct transfer *transfer, struct transfers *to)
{
	if (transfer->in)
		TAILQ_REMOVE(transfer->in, transfer, entry);
	transfer->in = to;
	if (to)
		TAILQ_INSERT_TAIL(to, transfer, entry);
}

/* ---- ending ---- */

static void ended(struct transfer *transfer)
{
	move(transfer, &transfer->fetch->ended);
	kick(transfer->fetch);
}

static void end(struct transfer *transfer, enum verdict verdict, const char *error)
{
	transfer_end(transfer, verdict, error);
	ended(transfer);
}

/* The exchange is over: its handle is free for others, what it brought stays. */
static void let_go(struct transfer *transfer)
{
	struct fetch *fetch = transfer->fetch;
	CURL *easy = exchange_let_go(&transfer->exchange);
	if (fetch->n_idle < LIMIT_TRANSFERS)
		fetch->idle[fetch->n_idle++] = easy;
	else
		curl_easy_cleanup(easy);
	fetch->n_running--;
}

/* Out of the loop in its midst; no fault of the host. */
static void stop(struct transfer *transfer)
{
	struct fetch *fetch = transfer->fetch;
	multi_remove(fetch->multi, transfer->exchange.easy);
	pace_ended(fetch->options.pace, transfer->url.origin, PACE_NO_NEWS, 0);
	let_go(transfer);
}

/* ---- an answer, or none ---- */

static struct transfer *transfer_of(struct exchange *exchange)
{
	return (struct transfer *)((char *)exchange - offsetof(struct transfer, exchange));
}

static void on_done(CURL *easy, CURLcode code, void *userdata)
{
	struct fetch *fetch = userdata;
	struct pace *pace = fetch->options.pace;
	char *private = NULL;
	(void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private); /* set by exchange_init() */
	struct transfer *transfer = transfer_of((struct exchange *)private);
	struct transfer_report report =
		transfer_answered(transfer, code, clock_now_s(fetch->options.clock));
	pace_ended(pace, transfer->url.origin, report.end, report.retry_at_s);
	let_go(transfer);
	if (transfer_judge(transfer, pace)) {
		ended(transfer);
		return;
	}
	move(transfer, &fetch->queued);
	kick(fetch);
}

/* ---- lost ---- */

static int64_t monotonic_us(const struct fetch *fetch)
{
	uint64_t now_us = 0;
	(void)sd_event_now(sd_event_source_get_event(fetch->late), CLOCK_MONOTONIC,
		&now_us); /* can not fail */
	return (int64_t)now_us;
}

/* All take as long at most, so the first that started is the first to be late. */
static void watch_for_late(struct fetch *fetch)
{
	const struct transfer *first = TAILQ_FIRST(&fetch->running);
	/* These only fail for a loop that has ended. */
	if (first)
		(void)sd_event_source_set_time(fetch->late, (uint64_t)first->give_up_us);
	(void)sd_event_source_set_enabled(fetch->late, first ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static int on_late(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	struct fetch *fetch = userdata;
	int64_t now_us = monotonic_us(fetch);
	struct transfer *first;
	while ((first = TAILQ_FIRST(&fetch->running)) && first->give_up_us <= now_us) {
		stop(first);
		end(first, VERDICT_NETWORK_ERROR, "it did not end in time, and was given up");
	}
	watch_for_late(fetch);
	return 0;
}

/* ---- starting ---- */

static int prepare(struct transfer *transfer, CURL *easy)
{
	const struct fetch *fetch = transfer->fetch;
	const struct transfer_options options = {
		.user_agent = fetch->user_agent,
		.ca_file = fetch->ca_file,
		.connect_ms = fetch->options.connect_ms,
		.transfer_ms = fetch->options.transfer_ms,
		.now_s = clock_now_s(fetch->options.clock),
		.tokens = fetch->options.tokens,
	};
	return transfer_prepare(transfer, easy, &options);
}

static void start(struct transfer *transfer)
{
	struct fetch *fetch = transfer->fetch;
	struct pace *pace = fetch->options.pace;
	CURL *easy = fetch->n_idle > 0 ? fetch->idle[--fetch->n_idle] : curl_easy_init();
	int r = easy ? prepare(transfer, easy) : -ENOMEM;
	if (r < 0) {
		curl_easy_cleanup(easy);
		end(transfer, VERDICT_NETWORK_ERROR, "out of memory");
		return;
	}
	fetch->n_running++;
	r = pace_began(pace, transfer->url.origin);
	if (r == 0)
		r = multi_add(fetch->multi, easy);
	if (r < 0) {
		pace_ended(pace, transfer->url.origin, PACE_NO_NEWS, 0);
		let_go(transfer);
		end(transfer, VERDICT_NETWORK_ERROR, "out of memory");
		return;
	}
	transfer->give_up_us =
		monotonic_us(fetch) + fetch->options.transfer_ms * US_A_MS + GRACE_US;
	move(transfer, &fetch->running);
	if (TAILQ_FIRST(&fetch->running) == transfer)
		watch_for_late(fetch);
}

/* The host has said, or shown by failing, that it is not to be asked for long. */
static bool was_turned_away(struct transfer *transfer)
{
	struct fetch *fetch = transfer->fetch;
	int64_t retry_at_s = pace_retry_at_s(fetch->options.pace, transfer->url.origin);
	int64_t wait_s = retry_at_s - clock_now_s(fetch->options.clock);
	if (wait_s <= FETCH_PATIENCE_S)
		return false;
	transfer->result.retry_at_s = retry_at_s;
	(void)snprintf(transfer->sentence, sizeof transfer->sentence,
		"not asked: its host is to be left alone for %lld s more", (long long)wait_s);
	end(transfer, VERDICT_RATE_LIMITED, transfer->sentence);
	return true;
}

/* Start, end or leave the transfer; returns how long it has to wait, 0 when it need not any more.
 */
static int64_t consider(struct transfer *transfer)
{
	struct fetch *fetch = transfer->fetch;
	if (was_turned_away(transfer))
		return 0;
	int64_t wait_us = pace_ready_us(fetch->options.pace, transfer->url.origin) -
			  clock_now_us(fetch->options.clock);
	if (wait_us <= 0 && fetch->n_running < LIMIT_TRANSFERS) {
		start(transfer);
		return 0;
	}
	return wait_us > 0 && wait_us < WAIT_MAX_US ? wait_us : WAIT_MAX_US;
}

static void start_ready(struct fetch *fetch)
{
	int64_t wait_us = WAIT_MAX_US;
	struct transfer *next;
	for (struct transfer *at = TAILQ_FIRST(&fetch->queued); at; at = next) {
		next = TAILQ_NEXT(at, entry);
		int64_t own_us = consider(at);
		if (own_us > 0 && own_us < wait_us)
			wait_us = own_us;
	}
	if (TAILQ_EMPTY(&fetch->queued))
		return;
	/* These only fail for a loop that has ended. */
	(void)sd_event_source_set_time_relative(fetch->wait, (uint64_t)wait_us);
	(void)sd_event_source_set_enabled(fetch->wait, SD_EVENT_ONESHOT);
}

static void tell_ended(struct fetch *fetch)
{
	fetch->telling = true;
	while (!TAILQ_EMPTY(&fetch->ended)) {
		struct transfer *transfer = TAILQ_FIRST(&fetch->ended);
		move(transfer, NULL);
		transfer->done(&transfer->result, transfer->userdata);
		transfer_free(transfer);
	}
	fetch->telling = false;
	if (fetch->dead)
		free(fetch);
}

static int on_work(sd_event_source *source, void *userdata)
{
	(void)source;
	start_ready(userdata);
	tell_ended(userdata); /* last: it may free the fetch */
	return 0;
}

static int on_wait(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	kick(userdata);
	return 0;
}

/* ---- life ---- */

static bool libcurl_can_do_it(void)
{
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
	return (info->features & CURL_VERSION_ASYNCHDNS) && (info->features & CURL_VERSION_SSL);
}

static int copy_options(struct fetch *fetch, const struct fetch_options *options)
{
	fetch->options = *options;
	if (fetch->options.connect_ms == 0)
		fetch->options.connect_ms = (int64_t)LIMIT_CONNECT_S * MS_A_S;
	if (fetch->options.transfer_ms == 0)
		fetch->options.transfer_ms = (int64_t)LIMIT_TRANSFER_S * MS_A_S;
	fetch->user_agent = strdup(options->user_agent ? options->user_agent : FETCH_USER_AGENT);
	fetch->ca_file = options->ca_file ? strdup(options->ca_file) : NULL;
	return fetch->user_agent && (fetch->ca_file || !options->ca_file) ? 0 : -ENOMEM;
}

static int add_sources(struct fetch *fetch, sd_event *event)
{
	int r = sd_event_add_defer(event, &fetch->work, on_work, fetch);
	if (r >= 0)
		r = sd_event_source_set_enabled(fetch->work, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_time_relative(
			event, &fetch->wait, CLOCK_MONOTONIC, 0, US_A_MS, on_wait, fetch);
	if (r >= 0)
		r = sd_event_source_set_enabled(fetch->wait, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_time_relative(
			event, &fetch->late, CLOCK_MONOTONIC, 0, US_A_S, on_late, fetch);
	if (r >= 0)
		r = sd_event_source_set_enabled(fetch->late, SD_EVENT_OFF);
	return r < 0 ? r : 0;
}

int fetch_new(sd_event *event, const struct fetch_options *options, struct fetch **ret)
{
	/* Else libcurl writes the keys of each connection there, to be read with a token in it. */
	(void)unsetenv("SSLKEYLOGFILE"); /* fails for bad names only */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return -ENOMEM;
	int r = -ENOMEM;
	struct fetch *fetch = calloc(1, sizeof *fetch);
	if (!fetch) {
		curl_global_cleanup();
		return r;
	}
	TAILQ_INIT(&fetch->queued);
	TAILQ_INIT(&fetch->running);
	TAILQ_INIT(&fetch->ended);
	r = libcurl_can_do_it() ? copy_options(fetch, options) : -EOPNOTSUPP;
	if (r == 0)
		r = multi_new(event, on_done, fetch, &fetch->multi);
	if (r == 0)
		r = add_sources(fetch, event);
	if (r < 0) {
		fetch_free(fetch);
		return r;
	}
	*ret = fetch;
	return 0;
}

static void drop_all(struct transfers *transfers)
{
	while (!TAILQ_EMPTY(transfers)) {
		struct transfer *transfer = TAILQ_FIRST(transfers);
		if (transfer->in == &transfer->fetch->running)
			stop(transfer);
		move(transfer, NULL);
		transfer_free(transfer);
	}
}

struct fetch *fetch_free(struct fetch *fetch)
{
	if (!fetch)
		return NULL;
	drop_all(&fetch->queued);
	drop_all(&fetch->running);
	drop_all(&fetch->ended);
	while (fetch->n_idle > 0)
		curl_easy_cleanup(fetch->idle[--fetch->n_idle]);
	multi_free(fetch->multi);
	curl_global_cleanup();
	sd_event_source_disable_unref(fetch->work);
	sd_event_source_disable_unref(fetch->wait);
	sd_event_source_disable_unref(fetch->late);
	free(fetch->user_agent);
	free(fetch->ca_file);
	fetch->dead = true;
	if (!fetch->telling)
		free(fetch);
	return NULL;
}

/* ---- asking ---- */

int fetch_get(struct fetch *fetch, const struct fetch_request *request, fetch_done *done,
	void *userdata, struct transfer **ret)
{
	struct transfer *transfer;
	int r = transfer_new(request, &transfer);
	if (r < 0)
		return r;
	transfer->fetch = fetch;
	transfer->walls = fetch->options.walls;
	transfer->done = done;
	transfer->userdata = userdata;
	move(transfer, &fetch->queued);
	kick(fetch);
	*ret = transfer;
	return 0;
}

void fetch_cancel(struct transfer *transfer)
{
	if (!transfer->in)
		return; /* it is being told: freed when that returns */
	struct fetch *fetch = transfer->fetch;
	if (transfer->in == &fetch->running)
		stop(transfer);
	move(transfer, NULL);
	transfer_free(transfer);
	kick(fetch); /* its host is free for another */
}
