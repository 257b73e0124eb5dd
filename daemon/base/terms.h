#ifndef DIRTWATCH_BASE_TERMS_H
#define DIRTWATCH_BASE_TERMS_H

#include <stdbool.h>
#include <stddef.h>

/* The words of dirtwatch as values, and their names as they stand in config, rules, JSON and
 * journal.  The numbers travel between processes, so a value is never reused. */

enum severity {
	SEVERITY_NONE,
	SEVERITY_INFO,
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL,
	SEVERITY_COUNT,
};

enum finding_class {
	CLASS_UNPROFESSIONAL,
	CLASS_ILLEGAL,
	CLASS_CONFLICT, /* "conflict-of-interest" */
	CLASS_INCONSISTENCY,
	CLASS_PRESENCE,
	CLASS_COUNT,
};

enum post_kind {
	KIND_POST,
	KIND_REPLY,
	KIND_REPOST,     /* somebody else's words passed on without a word of one's own */
	KIND_QUOTE,      /* one's own words about quoted ones */
	KIND_BIO,        /* what the profile says of its owner */
	KIND_HANDLE,     /* the screen name */
	KIND_LIKE,       /* one's name under somebody else's words */
	KIND_FOLLOW,     /* of an account, a channel, a page: to read what it publishes */
	KIND_DRAFT,      /* not published yet: it has no age */
	KIND_STAR,       /* a project marked as worth coming back to */
	KIND_MEMBERSHIP, /* in an organisation or a group, or moderating one */
	KIND_VERSION, /* what a post said before it was edited, where the site still shows that */
	KIND_COUNT,
};

/* What a fetch proved. */
enum verdict {
	VERDICT_OK,
	VERDICT_UNCHANGED, /* 304, or the same content as before */
	VERDICT_EMPTY,     /* the account exists and shows nothing */
	VERDICT_TRUNCATED, /* the source shows only a window of what there is */
	VERDICT_NOT_FOUND,
	VERDICT_GONE,
	VERDICT_SUSPENDED,
	VERDICT_MOVED,
	VERDICT_PRIVATE,
	VERDICT_LOGIN_WALL,
	VERDICT_BLOCKED,
	VERDICT_RATE_LIMITED,
	VERDICT_ROBOTS_DENIED,
	VERDICT_AUTH_REQUIRED,
	VERDICT_SERVER_ERROR,
	VERDICT_NETWORK_ERROR,
	VERDICT_TOO_BIG,
	VERDICT_PARSE_DRIFT, /* 200, but nothing known in it */
	VERDICT_UNREAD,      /* the reader died, was late or answered nonsense */
	VERDICT_COUNT,
};

/** "none", "info", … "critical". */
const char *severity_name(enum severity severity);
/** The severity called @name; false: no such. */
bool severity_parse(const char *name, enum severity *ret);
/** Scores become severities by one table: under 1 none, from 1 info, 5 low, 20 medium, 45 high,
 *  75 critical. */
enum severity severity_of_score(double score);
/** What a sure finding of a rule of this severity weighs: 0, 2, 10, 30, 60, 95. */
double severity_weight(enum severity severity);
/** Its syslog priority: critical 2, high 3, medium 4, low 5, info and none 6. */
int severity_priority(enum severity severity);

/** "unprofessional", "illegal", "conflict-of-interest", "inconsistency", "presence". */
const char *class_name(enum finding_class class);
bool class_parse(const char *name, enum finding_class *ret);

/** "post", "reply", "repost", "quote", "bio", "handle", "like", "follow", "draft", "star", "membership",
 *  "version". */
const char *kind_name(enum post_kind kind);
bool kind_parse(const char *name, enum post_kind *ret);
/** True for what the person did without a word: like, follow, star, membership.  (A repost is among the
 *  posts, where readers see it.) */
bool kind_is_interaction(enum post_kind kind);
/** True for what stands in the list of what the person wrote: not for bio and handle, interactions, and
 *  versions of what stands there. */
bool kind_is_listed(enum post_kind kind);

/** "ok", "unchanged", … "unread". */
const char *verdict_name(enum verdict verdict);
bool verdict_parse(const char *name, enum verdict *ret);
/** One sentence for people: what it means for the profile. */
const char *verdict_meaning(enum verdict verdict);
/** True for the four verdicts that say anything about findings: ok, unchanged, empty, truncated. */
bool verdict_proves(enum verdict verdict);

#endif
