#include "crawlers/net/pace_internal.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define US_A_S  1000000
#define US_A_MS 1000

/* Origins remembered: one person's profiles lead to some dozens. */
#define HOSTS_MAX 4096

/* For taking one URL apart. */
#define SCRATCH_B (8ul * LIMIT_URL_B)

/* A row from the store with a later time than this (the year 5138) is spoilt: sums must not overflow. */
#define TIME_MAX_S 100000000000

#define BACKOFF_BASE_S 60
#define BACKOFF_MAX_S  (6ll * 60 * 60)

int pace_new(const struct clock *clock, int64_t delay_us, struct pace **ret)
{
	struct pace *pace = calloc(1, sizeof *pace);
	if (!pace)
		return -ENOMEM;
	pace->clock = clock;
	pace->delay_us = delay_us;
	/* Without random numbers hosts are asked in step with other machines; no more than that. */
	if (getrandom(&pace->seed, sizeof pace->seed, GRND_NONBLOCK) != sizeof pace->seed)
		pace->seed = (uint64_t)clock_now_us(clock);
	*ret = pace;
	return 0;
}

void pace_set_seed(struct pace *pace, uint64_t seed)
{
	pace->seed = seed;
}

void pace_use_tokens(struct pace *pace, const struct tokens *tokens)
{
	pace->tokens = tokens;
}

/* ---- hosts ---- */

static void host_free(void *at)
{
	struct host *host = at;
	free(host->rules);
	free(host->origin);
	free(host);
}

struct pace *pace_free(struct pace *pace)
{
	if (!pace)
		return NULL;
	tdestroy(pace->hosts, host_free);
	free(pace);
	return NULL;
}

static int by_origin(const void *a, const void *b)
{
	const struct host *left = a;
	const struct host *right = b;
	return strcmp(left->origin, right->origin);
}

struct host *pace_host_at(const void *node, VISIT visit)
{
	return visit == postorder || visit == leaf ? *(struct host *const *)node : NULL;
}

void pace_settle(const struct pace *pace, struct host *host)
{
	int64_t now_us = clock_now_us(pace->clock);
	int64_t now_s = now_us / US_A_S;
	if (host->ready_us > now_us + host->delay_us)
		host->ready_us = now_us + host->delay_us;
	if (host->retry_at_s > now_s + PACE_RETRY_MAX_S)
		host->retry_at_s = now_s + PACE_RETRY_MAX_S;
	if (host->robots_until_s > now_s + ROBOTS_MAX_S)
		host->robots_until_s = now_s + ROBOTS_MAX_S;
	if (host->used_since_s > now_s)
		host->used_since_s = now_s;
	if (host->used_since_s + host->manners->per_s <= now_s)
		host->n_used = 0;
}

struct host *pace_find(struct pace *pace, const char *origin)
{
	const struct host key = {.origin = (char *)origin}; /* only compared */
	void *node = tfind(&key, &pace->hosts, by_origin);
	if (!node)
		return NULL;
	struct host *host = *(struct host **)node;
	host->used = ++pace->uses;
	pace_settle(pace, host);
	return host;
}

/* Until when nothing more may be asked because the host's budget is spent; 0: it is not. */
static int64_t spent_until_s(const struct host *host)
{
	const struct manners *manners = host->manners;
	bool spent = manners->requests > 0 && host->n_used >= manners->requests;
	return spent ? host->used_since_s + manners->per_s : 0;
}

/* A pause that is longer than a restart takes. */
static int64_t long_pause_until_s(const struct pace *pace, const struct host *host)
{
	bool runs = host->delay_us > pace->delay_us && host->ready_us > clock_now_us(pace->clock);
	return runs ? (host->ready_us + US_A_S - 1) / US_A_S : 0;
}

static bool has_to_be_kept(const struct pace *pace, const struct host *host)
{
	int64_t now_s = clock_now_s(pace->clock);
	bool counts = host->n_used > 0 && host->used_since_s + host->manners->per_s > now_s;
	return host->failures > 0 || host->retry_at_s > now_s || counts ||
	       long_pause_until_s(pace, host) > 0;
}

static bool goes_before(const struct pace *pace, const struct host *a, const struct host *b)
{
	bool keep_a = has_to_be_kept(pace, a);
	bool keep_b = has_to_be_kept(pace, b);
	return keep_a != keep_b ? keep_b : a->used < b->used;
}

static void choose_host(const void *node, VISIT visit, void *userdata)
{
	struct choice_of_host *choice = userdata;
	struct host *host = pace_host_at(node, visit);
	if (host && !host->in_flight &&
		(!choice->host || goes_before(choice->pace, host, choice->host)))
		choice->host = host;
}

static void forget_one(struct pace *pace)
{
	struct choice_of_host choice = {.pace = pace};
	twalk_r(pace->hosts, choose_host, &choice);
	if (!choice.host)
		return; /* all in flight: the fetcher bounds those */
	(void)tdelete(choice.host, &pace->hosts, by_origin); /* it is in there */
	pace->rules_b -= choice.host->rules_b;
	host_free(choice.host);
	pace->n_hosts--;
}

static struct host *host_new(const struct pace *pace, const char *origin)
{
	struct host *host = calloc(1, sizeof *host);
	if (!host)
		return NULL;
	host->origin = strdup(origin);
	if (!host->origin) {
		host_free(host);
		return NULL;
	}
	host->manners = manners_for(origin, tokens_open(pace->tokens, origin));
	host->delay_us = host->manners->delay_ms * US_A_MS;
	if (host->delay_us < pace->delay_us)
		host->delay_us = pace->delay_us;
	return host;
}

struct host *pace_find_or_make(struct pace *pace, const char *origin)
{
	struct host *host = pace_find(pace, origin);
	if (host)
		return host;
	if (pace->n_hosts >= HOSTS_MAX)
		forget_one(pace);
	host = host_new(pace, origin);
	if (!host)
		return NULL;
	if (!tsearch(host, &pace->hosts, by_origin)) {
		host_free(host);
		return NULL;
	}
	host->used = ++pace->uses;
	pace->n_hosts++;
	return host;
}

/* ---- when ---- */

/* Until when the host is not to be asked, for whatever reason but the delay. */
static int64_t held_until_s(const struct host *host)
{
	int64_t spent_s = spent_until_s(host);
	return spent_s > host->retry_at_s ? spent_s : host->retry_at_s;
}

int64_t pace_ready_us(struct pace *pace, const char *origin)
{
	const struct host *host = pace_find(pace, origin);
	if (!host)
		return clock_now_us(pace->clock);
	if (host->in_flight)
		return INT64_MAX;
	int64_t retry_at_us = held_until_s(host) * US_A_S;
	return retry_at_us > host->ready_us ? retry_at_us : host->ready_us;
}

int64_t pace_retry_at_s(struct pace *pace, const char *origin)
{
	const struct host *host = pace_find(pace, origin);
	int64_t held_s = host ? held_until_s(host) : 0;
	return held_s > clock_now_s(pace->clock) ? held_s : 0;
}

int pace_began(struct pace *pace, const char *origin)
{
	struct host *host = pace_find_or_make(pace, origin);
	if (!host)
		return -ENOMEM;
	host->in_flight = true;
	return 0;
}

/* FNV-1a: another number for another host. */
static uint64_t hash(const char *text)
{
	uint64_t sum = 0xcbf29ce484222325;
	for (; *text; text++)
		sum = (sum ^ (unsigned char)*text) * 0x100000001b3;
	return sum;
}

/* One number out of another, as good as random (splitmix64). */
static uint64_t mix(uint64_t number)
{
	number += 0x9e3779b97f4a7c15;
	number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
	number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
	return number ^ (number >> 31);
}

static int64_t backoff_s(const struct pace *pace, const struct host *host)
{
	int64_t wait_s = BACKOFF_BASE_S;
	for (int64_t i = 1; i < host->failures && wait_s < BACKOFF_MAX_S; i++)
		wait_s *= 2;
	if (wait_s > BACKOFF_MAX_S)
		wait_s = BACKOFF_MAX_S;
	uint64_t random = mix(pace->seed ^ hash(host->origin) ^ (uint64_t)host->failures);
	return wait_s / 2 + (int64_t)(random % (uint64_t)(wait_s / 2 + 1));
}

static int64_t failures_after(const struct host *host, enum pace_end end)
{
	if (end != PACE_FAILED && end != PACE_STUMBLED)
		return end == PACE_GOOD ? 0 : host->failures;
	return host->failures < INT64_MAX ? host->failures + 1 : INT64_MAX;
}

static void count_use(struct host *host, int64_t now_s)
{
	if (host->n_used == 0) /* settle() saw the time end */
		host->used_since_s = now_s;
	if (host->n_used < INT64_MAX)
		host->n_used++;
}

void pace_ended(struct pace *pace, const char *origin, enum pace_end end, int64_t retry_at_s)
{
	struct host *host = pace_find(pace, origin);
	if (!host)
		return; /* none began */
	int64_t now_us = clock_now_us(pace->clock);
	host->in_flight = false;
	host->ready_us = now_us + (end == PACE_ROBOTS ? pace->delay_us : host->delay_us);
	host->retry_at_s = retry_at_s;
	host->failures = failures_after(host, end);
	if (end != PACE_ROBOTS)
		count_use(host, now_us / US_A_S);
	if (end == PACE_FAILED || (end == PACE_STUMBLED && host->failures > 1)) {
		int64_t again_s = now_us / US_A_S + backoff_s(pace, host);
		if (again_s > host->retry_at_s)
			host->retry_at_s = again_s;
	}
	pace_settle(pace, host);
}

/* The host of @url.  0; URL_E_BAD; -ENOMEM. */
static int host_of(struct pace *pace, const char *url, struct host **ret)
{
	struct arena *scratch = arena_new(SCRATCH_B);
	struct url parts;
	int r = scratch ? url_parse(scratch, url, &parts) : -ENOMEM;
	if (r == 0) {
		*ret = pace_find_or_make(pace, parts.origin);
		r = *ret ? 0 : -ENOMEM;
	}
	arena_free(scratch);
	return r;
}

int pace_hold(struct pace *pace, const char *url, int64_t until_s)
{
	struct host *host;
	if (until_s == 0)
		return 0;
	int r = host_of(pace, url, &host);
	if (r != 0)
		return r < 0 ? r
			     : 0; /* it was fetched from: a URL that is none comes from no page */
	int64_t latest_s = clock_now_s(pace->clock) + PACE_RETRY_MAX_S;
	if (until_s > latest_s)
		until_s = latest_s;
	if (until_s > host->retry_at_s)
		host->retry_at_s = until_s;
	return 0;
}

/* ---- across restarts ---- */

int pace_note(struct pace *pace, const struct pace_row *row)
{
	struct host *host = pace_find_or_make(pace, row->origin);
	if (!host)
		return -ENOMEM;
	host->put_back = true;
	host->retry_at_s = row->retry_at_s > 0 ? row->retry_at_s : 0;
	host->failures = row->failures > 0 ? row->failures : 0;
	host->ready_us = row->ready_s > 0 && row->ready_s < TIME_MAX_S ? row->ready_s * US_A_S : 0;
	host->used_since_s =
		row->used_since_s > 0 && row->used_since_s < TIME_MAX_S ? row->used_since_s : 0;
	host->n_used = row->n_used > 0 ? row->n_used : 0;
	pace_settle(pace, host);
	return 0;
}

struct telling {
	const struct pace *pace;
	void (*each)(const struct pace_row *row, void *userdata);
	void *userdata;
};

static void tell(const void *node, VISIT visit, void *userdata)
{
	const struct telling *telling = userdata;
	const struct host *host = pace_host_at(node, visit);
	if (!host)
		return;
	bool keep = has_to_be_kept(telling->pace, host);
	const struct pace_row row = {
		.origin = host->origin,
		.retry_at_s = keep ? host->retry_at_s : 0,
		.failures = host->failures,
		.ready_s = long_pause_until_s(telling->pace, host),
		.used_since_s = keep && host->manners->requests > 0 ? host->used_since_s : 0,
		.n_used = keep && host->manners->requests > 0 ? host->n_used : 0,
	};
	if (keep || host->put_back)
		telling->each(&row, telling->userdata);
}

void pace_each(
	struct pace *pace, void (*each)(const struct pace_row *row, void *userdata), void *userdata)
{
	struct telling telling = {.pace = pace, .each = each, .userdata = userdata};
	twalk_r(pace->hosts, tell, &telling);
}
