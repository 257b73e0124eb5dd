#include "crawlers/net/pace.h"

#include "crawlers/net/robots.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define US_A_S 1000000

/* Origins remembered: one person's profiles lead to some dozens. */
#define HOSTS_MAX 4096

/* Rules of all origins together: robots.txt of real sites are some kB, the largest allowed 1.5 MB.
 */
#define ROBOTS_SUM_B (64ul * 1024 * 1024)
/* RFC 9309 §2.4: "Crawlers SHOULD NOT use the cached version for more than 24 hours". */
#define ROBOTS_MAX_S (24ll * 60 * 60)

/* For taking one URL apart. */
#define SCRATCH_B (8ul * LIMIT_URL_B)

#define BACKOFF_BASE_S 60
#define BACKOFF_MAX_S  (6ll * 60 * 60)

/* Hosts that are known to want more than the usual delay; their subdomains too. */
static const struct {
	const char *domain;
	int64_t delay_us;
} slow[] = {
	/* feeds: one request a minute and address since June 2026, 429 beyond */
	{"reddit.com", 65ll * US_A_S},
	/* search without a token: ten requests a minute */
	{"api.github.com", 6ll * US_A_S},
};

struct host {
	char *origin;
	int64_t delay_us;
	uint64_t used; /* the larger, the later */
	bool in_flight;
	bool put_back; /* the store has a row of it */
	int64_t ready_us;
	int64_t retry_at_s;
	int64_t failures;

	/* robots.txt; rules and their patterns are one allocation */
	struct robots_rule *rules;
	size_t n_rules;
	size_t rules_b;
	bool deny_all;
	int64_t robots_until_s; /* 0: not known */
};

struct pace {
	const struct clock *clock;
	int64_t delay_us;
	uint64_t seed;
	uint64_t uses;
	void *hosts; /* tree by origin: tsearch(3) */
	size_t n_hosts;
	size_t rules_b; /* of all hosts */
};

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

/* ---- hosts ---- */

static void drop_rules(struct pace *pace, struct host *host)
{
	pace->rules_b -= host->rules_b;
	free(host->rules);
	host->rules = NULL;
	host->n_rules = host->rules_b = 0;
	host->robots_until_s = 0;
}

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

/* The host at a node that twalk_r(3) comes to; NULL: not now, for inner nodes are come to thrice. */
static struct host *host_at(const void *node, VISIT visit)
{
	return visit == postorder || visit == leaf ? *(struct host *const *)node : NULL;
}

/* What a clock that was set back left too far in the future is brought near. */
static void settle(const struct pace *pace, struct host *host)
{
	int64_t now_us = clock_now_us(pace->clock);
	int64_t now_s = now_us / US_A_S;
	if (host->ready_us > now_us + host->delay_us)
		host->ready_us = now_us + host->delay_us;
	if (host->retry_at_s > now_s + PACE_RETRY_MAX_S)
		host->retry_at_s = now_s + PACE_RETRY_MAX_S;
	if (host->robots_until_s > now_s + ROBOTS_MAX_S)
		host->robots_until_s = now_s + ROBOTS_MAX_S;
}

static struct host *find(struct pace *pace, const char *origin)
{
	const struct host key = {.origin = (char *)origin}; /* only compared */
	void *node = tfind(&key, &pace->hosts, by_origin);
	if (!node)
		return NULL;
	struct host *host = *(struct host **)node;
	host->used = ++pace->uses;
	settle(pace, host);
	return host;
}

static bool has_to_be_kept(const struct pace *pace, const struct host *host)
{
	return host->failures > 0 || host->retry_at_s > clock_now_s(pace->clock);
}

/* A walk through all hosts for the one to be forgotten. */
struct choice {
	const struct pace *pace;
	const struct host *but; /* never this one */
	struct host *host;      /* the best so far; NULL: none */
};

static bool goes_before(const struct pace *pace, const struct host *a, const struct host *b)
{
	bool keep_a = has_to_be_kept(pace, a);
	bool keep_b = has_to_be_kept(pace, b);
	return keep_a != keep_b ? keep_b : a->used < b->used;
}

static void choose_host(const void *node, VISIT visit, void *userdata)
{
	struct choice *choice = userdata;
	struct host *host = host_at(node, visit);
	if (host && !host->in_flight &&
		(!choice->host || goes_before(choice->pace, host, choice->host)))
		choice->host = host;
}

static void forget_one(struct pace *pace)
{
	struct choice choice = {.pace = pace};
	twalk_r(pace->hosts, choose_host, &choice);
	if (!choice.host)
		return; /* all in flight: the fetcher bounds those */
	(void)tdelete(choice.host, &pace->hosts, by_origin); /* it is in there */
	pace->rules_b -= choice.host->rules_b;
	host_free(choice.host);
	pace->n_hosts--;
}

static int64_t delay_for(const struct pace *pace, const char *origin)
{
	const char *host = strstr(origin, "://");
	for (size_t i = 0; host && i < sizeof slow / sizeof *slow; i++) {
		if (url_host_in(host + 3, slow[i].domain) && slow[i].delay_us > pace->delay_us)
			return slow[i].delay_us;
	}
	return pace->delay_us;
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
	host->delay_us = delay_for(pace, origin);
	return host;
}

/* The host of @origin, made where it is not known yet; NULL: no memory. */
static struct host *find_or_make(struct pace *pace, const char *origin)
{
	struct host *host = find(pace, origin);
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

int64_t pace_ready_us(struct pace *pace, const char *origin)
{
	const struct host *host = find(pace, origin);
	if (!host)
		return clock_now_us(pace->clock);
	if (host->in_flight)
		return INT64_MAX;
	int64_t retry_at_us = host->retry_at_s * US_A_S;
	return retry_at_us > host->ready_us ? retry_at_us : host->ready_us;
}

int64_t pace_retry_at_s(struct pace *pace, const char *origin)
{
	const struct host *host = find(pace, origin);
	return host && host->retry_at_s > clock_now_s(pace->clock) ? host->retry_at_s : 0;
}

int pace_began(struct pace *pace, const char *origin)
{
	struct host *host = find_or_make(pace, origin);
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
	if (end != PACE_FAILED)
		return end == PACE_GOOD ? 0 : host->failures;
	return host->failures < INT64_MAX ? host->failures + 1 : INT64_MAX;
}

void pace_ended(struct pace *pace, const char *origin, enum pace_end end, int64_t retry_at_s)
{
	struct host *host = find(pace, origin);
	if (!host)
		return; /* none began */
	int64_t now_us = clock_now_us(pace->clock);
	host->in_flight = false;
	host->ready_us = now_us + host->delay_us;
	host->retry_at_s = retry_at_s;
	host->failures = failures_after(host, end);
	if (end == PACE_FAILED) {
		int64_t again_s = now_us / US_A_S + backoff_s(pace, host);
		if (again_s > host->retry_at_s)
			host->retry_at_s = again_s;
	}
	settle(pace, host);
}

/* ---- robots.txt ---- */

static int copy_rules(struct host *host, const struct robots_rule *rules, size_t count)
{
	size_t size = count * sizeof *rules;
	for (size_t i = 0; i < count; i++)
		size += strlen(rules[i].pattern) + 1;
	struct robots_rule *copy = malloc(size);
	if (!copy)
		return -ENOMEM;
	char *text = (char *)(copy + count);
	for (size_t i = 0; i < count; i++) {
		copy[i] = (struct robots_rule){.allow = rules[i].allow, .pattern = text};
		text = stpcpy(text, rules[i].pattern) + 1;
	}
	host->rules = copy;
	host->n_rules = count;
	host->rules_b = size;
	return 0;
}

static void choose_rules(const void *node, VISIT visit, void *userdata)
{
	struct choice *choice = userdata;
	struct host *host = host_at(node, visit);
	if (host && host != choice->but && host->rules &&
		(!choice->host || host->used < choice->host->used))
		choice->host = host;
}

static void forget_rules(struct pace *pace, const struct host *but)
{
	struct choice choice = {.pace = pace, .but = but};
	twalk_r(pace->hosts, choose_rules, &choice);
	if (choice.host)
		drop_rules(pace, choice.host);
}

int pace_set_robots(struct pace *pace, const char *origin, const struct robots_rule *rules,
	size_t count, bool deny_all, int64_t until_s)
{
	struct host *host = find_or_make(pace, origin);
	if (!host)
		return -ENOMEM;
	drop_rules(pace, host);
	if (count > LIMIT_ROBOTS_RULES)
		deny_all = true; /* no file we read has as many */
	if (count > 0 && !deny_all) {
		int r = copy_rules(host, rules, count);
		if (r < 0)
			return r;
		pace->rules_b += host->rules_b;
	}
	host->deny_all = deny_all;
	host->robots_until_s = until_s;
	settle(pace, host);
	while (pace->rules_b > ROBOTS_SUM_B && pace->rules_b > host->rules_b)
		forget_rules(pace, host);
	return 0;
}

enum robots_answer pace_robots(struct pace *pace, const struct url *url)
{
	const struct host *host = find(pace, url->origin);
	if (!host || host->robots_until_s <= clock_now_s(pace->clock))
		return ROBOTS_UNKNOWN;
	if (host->deny_all)
		return ROBOTS_DENIED;
	const char *path = url->whole + strlen(url->origin);
	return robots_allows(host->rules, host->n_rules, path) ? ROBOTS_ALLOWED : ROBOTS_DENIED;
}

/* The host of @url.  0; URL_E_BAD; -ENOMEM. */
static int host_of(struct pace *pace, const char *url, struct host **ret)
{
	struct arena *scratch = arena_new(SCRATCH_B);
	struct url parts;
	int r = scratch ? url_parse(scratch, url, &parts) : -ENOMEM;
	if (r == 0) {
		*ret = find_or_make(pace, parts.origin);
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
	struct host *host = find_or_make(pace, row->origin);
	if (!host)
		return -ENOMEM;
	host->put_back = true;
	host->retry_at_s = row->retry_at_s > 0 ? row->retry_at_s : 0;
	host->failures = row->failures > 0 ? row->failures : 0;
	settle(pace, host);
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
	const struct host *host = host_at(node, visit);
	if (!host)
		return;
	bool keep = has_to_be_kept(telling->pace, host);
	const struct pace_row row = {
		.origin = host->origin,
		.retry_at_s = keep ? host->retry_at_s : 0,
		.failures = host->failures,
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
