#include "crawlers/net/pace_internal.h"
#include "crawlers/net/robots.h"
#include "daemon/base/limits.h"

#include <stdlib.h>
#include <string.h>

/* Rules of all origins together: robots.txt of real sites are some kB, the largest allowed 1.5 MB. */
#define ROBOTS_SUM_B (64ul * 1024 * 1024)

void pace_drop_rules(struct pace *pace, struct host *host)
{
	pace->rules_b -= host->rules_b;
	free(host->rules);
	host->rules = NULL;
	host->n_rules = host->rules_b = 0;
	host->robots_until_s = 0;
}

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
	struct choice_of_host *choice = userdata;
	struct host *host = pace_host_at(node, visit);
	if (host && host != choice->but && host->rules &&
		(!choice->host || host->used < choice->host->used))
		choice->host = host;
}

static void forget_rules(struct pace *pace, const struct host *but)
{
	struct choice_of_host choice = {.pace = pace, .but = but};
	twalk_r(pace->hosts, choose_rules, &choice);
	if (choice.host)
		pace_drop_rules(pace, choice.host);
}

int pace_set_robots(struct pace *pace, const char *origin, const struct robots_rule *rules,
	size_t count, bool deny_all, int64_t until_s)
{
	struct host *host = pace_find_or_make(pace, origin);
	if (!host)
		return -ENOMEM;
	pace_drop_rules(pace, host);
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
	pace_settle(pace, host);
	while (pace->rules_b > ROBOTS_SUM_B && pace->rules_b > host->rules_b)
		forget_rules(pace, host);
	return 0;
}

enum robots_answer pace_robots(struct pace *pace, const struct url *url)
{
	const struct host *host = pace_find(pace, url->origin);
	if (!host || host->robots_until_s <= clock_now_s(pace->clock))
		return ROBOTS_UNKNOWN;
	if (host->deny_all)
		return ROBOTS_DENIED;
	const char *path = url->whole + strlen(url->origin);
	return robots_allows(host->rules, host->n_rules, path) ? ROBOTS_ALLOWED : ROBOTS_DENIED;
}
