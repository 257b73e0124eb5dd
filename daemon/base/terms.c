#include "daemon/base/terms.h"

#include <string.h>
#include <syslog.h>

struct severity_row {
	const char *name;
	double from;   /* the least score of this severity */
	double weight; /* of a sure finding */
	int priority;
};

static const struct severity_row severities[SEVERITY_COUNT] = {
	[SEVERITY_NONE] = {"none", 0, 0, LOG_INFO},
	[SEVERITY_INFO] = {"info", 1, 2, LOG_INFO},
	[SEVERITY_LOW] = {"low", 5, 10, LOG_NOTICE},
	[SEVERITY_MEDIUM] = {"medium", 20, 30, LOG_WARNING},
	[SEVERITY_HIGH] = {"high", 45, 60, LOG_ERR},
	[SEVERITY_CRITICAL] = {"critical", 75, 95, LOG_CRIT},
};

static const char *const classes[CLASS_COUNT] = {
	[CLASS_UNPROFESSIONAL] = "unprofessional",
	[CLASS_ILLEGAL] = "illegal",
	[CLASS_CONFLICT] = "conflict-of-interest",
	[CLASS_INCONSISTENCY] = "inconsistency",
	[CLASS_PRESENCE] = "presence",
};

static const char *const kinds[KIND_COUNT] = {
	[KIND_POST] = "post",
	[KIND_REPLY] = "reply",
	[KIND_REPOST] = "repost",
	[KIND_QUOTE] = "quote",
	[KIND_BIO] = "bio",
	[KIND_HANDLE] = "handle",
	[KIND_LIKE] = "like",
	[KIND_FOLLOW] = "follow",
	[KIND_DRAFT] = "draft",
	[KIND_STAR] = "star",
	[KIND_MEMBERSHIP] = "membership",
	[KIND_VERSION] = "version",
};

struct verdict_row {
	const char *name;
	const char *meaning;
};

static const struct verdict_row verdicts[VERDICT_COUNT] = {
	[VERDICT_OK] = {"ok", "everything the profile shows was read"},
	[VERDICT_UNCHANGED] = {"unchanged", "nothing has changed since the last scan"},
	[VERDICT_EMPTY] = {"empty", "the account exists and shows nothing"},
	[VERDICT_TRUNCATED] = {"truncated", "the source shows only part of what there is"},
	[VERDICT_NOT_FOUND] = {"not-found", "there is no such page"},
	[VERDICT_GONE] = {"gone", "the page was removed for good"},
	[VERDICT_SUSPENDED] = {"suspended", "the account is suspended"},
	[VERDICT_MOVED] = {"moved", "the account has moved elsewhere"},
	[VERDICT_PRIVATE] = {"private", "the account is hidden from visitors"},
	[VERDICT_LOGIN_WALL] = {"login-wall", "the site asks visitors to log in"},
	[VERDICT_BLOCKED] = {"blocked", "the site refuses programs"},
	[VERDICT_RATE_LIMITED] = {"rate-limited", "the site asked us to come back later"},
	[VERDICT_ROBOTS_DENIED] = {"robots-denied", "the site's robots.txt does not allow it"},
	[VERDICT_AUTH_REQUIRED] = {"auth-required", "the site wants a token"},
	[VERDICT_SERVER_ERROR] = {"server-error", "the site's server failed"},
	[VERDICT_NETWORK_ERROR] = {"network-error", "the site could not be reached"},
	[VERDICT_TOO_BIG] = {"too-big", "the page is larger than we read"},
	[VERDICT_PARSE_DRIFT] = {"parse-drift", "the page holds nothing that we know how to read"},
	[VERDICT_UNREAD] = {"unread", "the page could not be read safely"},
};

/* The index of @name among @count names that stand @stride bytes apart; -1: not among them. */
static int index_of(const char *name, const void *names, size_t count, size_t stride)
{
	for (size_t i = 0; i < count; i++) {
		const char *const *at = (const void *)((const char *)names + i * stride);
		if (strcmp(*at, name) == 0)
			return (int)i;
	}
	return -1;
}

const char *severity_name(enum severity severity)
{
	return severities[severity].name;
}

bool severity_parse(const char *name, enum severity *ret)
{
	int i = index_of(name, &severities[0].name, SEVERITY_COUNT, sizeof severities[0]);
	if (i >= 0)
		*ret = (enum severity)i;
	return i >= 0;
}

enum severity severity_of_score(double score)
{
	int i = SEVERITY_CRITICAL;
	while (i > SEVERITY_NONE && score < severities[i].from)
		i--;
	return (enum severity)i;
}

double severity_weight(enum severity severity)
{
	return severities[severity].weight;
}

int severity_priority(enum severity severity)
{
	return severities[severity].priority;
}

const char *class_name(enum finding_class class)
{
	return classes[class];
}

bool class_parse(const char *name, enum finding_class *ret)
{
	int i = index_of(name, classes, CLASS_COUNT, sizeof classes[0]);
	if (i >= 0)
		*ret = (enum finding_class)i;
	return i >= 0;
}

const char *kind_name(enum post_kind kind)
{
	return kinds[kind];
}

bool kind_parse(const char *name, enum post_kind *ret)
{
	int i = index_of(name, kinds, KIND_COUNT, sizeof kinds[0]);
	if (i >= 0)
		*ret = (enum post_kind)i;
	return i >= 0;
}

bool kind_is_interaction(enum post_kind kind)
{
	return kind == KIND_LIKE || kind == KIND_FOLLOW || kind == KIND_STAR ||
	       kind == KIND_MEMBERSHIP;
}

bool kind_is_listed(enum post_kind kind)
{
	return kind != KIND_BIO && kind != KIND_HANDLE && kind != KIND_VERSION &&
	       !kind_is_interaction(kind);
}

const char *verdict_name(enum verdict verdict)
{
	return verdicts[verdict].name;
}

bool verdict_parse(const char *name, enum verdict *ret)
{
	int i = index_of(name, &verdicts[0].name, VERDICT_COUNT, sizeof verdicts[0]);
	if (i >= 0)
		*ret = (enum verdict)i;
	return i >= 0;
}

const char *verdict_meaning(enum verdict verdict)
{
	return verdicts[verdict].meaning;
}

bool verdict_proves(enum verdict verdict)
{
	return verdict <= VERDICT_TRUNCATED;
}
