#ifndef DIRTWATCH_PATTERNS_RULE_H
#define DIRTWATCH_PATTERNS_RULE_H

#include "patterns/literals.h"
#include "patterns/regex.h"
#include "patterns/ruleset.h"

/* One rule as the engine uses it: plain data in the rule set's arena. */

enum rule_kind {
	RULE_TEXT,
	RULE_CONTEXT, /* finds nothing by itself: others name it in requires, unless, directed */
	RULE_HANDLE,  /* reads the screen name */
	RULE_LINK,    /* reads where links lead */
	RULE_PHRASES, /* sums up the weights of phrases (phrases.h) */
	RULE_KIND_COUNT,
};

enum rule_status {
	STATUS_EXPERIMENTAL, /* looked for, never scored */
	STATUS_TEST,
	STATUS_STABLE,
	STATUS_DEPRECATED, /* never looked for; its id stays taken */
	STATUS_COUNT,
};

/* Where a context must lie to bear on a hit. */
enum reach_kind {
	REACH_COVER,    /* the hit lies inside it */
	REACH_TOUCH,    /* they overlap */
	REACH_SENTENCE, /* in one sentence of the hit */
	REACH_POST,     /* anywhere */
	REACH_NEAR, /* it ends at most .before characters before the hit, or begins at most .after
		     * characters behind it, or overlaps it; a negative number: not on that side */
};

struct reach {
	enum reach_kind kind;
	int64_t before;
	int64_t after;
};

/* One rule that bears on another. */
struct guard {
	size_t rule;
	struct reach reach;
	double factor;    /* unless: 0 cancels; directed: a multiplier */
	const char *name; /* as it is told in the reasons */
};

struct guards {
	const struct guard *items;
	size_t count;
};

struct expression {
	struct regex *regex;
	struct literals literals; /* emptied once the prefilter is built */
	uint32_t rule;
	uint32_t number; /* in the prefilter */
	bool allows;     /* it is an allowance's */
};

/* A phrase in which a rule is wrong. */
struct allowance {
	struct expression match;
	const char *reason;
};

struct decay {
	double half_life_days;
	double floor;
};

struct example {
	const char *text;
	const char *others; /* NULL: none */
	enum post_kind kind;
	bool hit;               /* the rule must be found in it; else it must not */
	bool todo;              /* known not to work: told, not counted */
	const char *lang;       /* the post's, as told; NULL: not told */
	enum severity severity; /* that the hit must have; SEVERITY_NONE: any */
	int64_t start;          /* where the hit must begin; -1: anywhere */
	int64_t end;
	const char *file;
	size_t line;
	size_t column;
};

/* Tests of what an override makes of the rules that it names. */
struct trial {
	const char *rules;    /* an id, or "prefix.*" */
	const char *industry; /* whose overlay it stands in; NULL: none's */
	const struct example *examples;
	size_t n_examples;
};

struct category {
	const char *name;
	const char *title;
	enum finding_class class;
	enum severity severity;
	double max_score;
	const char *why;
	const char *advice;
	struct guards unless;
};

struct rule {
	struct rule_card card;
	enum rule_kind kind;
	enum rule_status status;
	bool off;           /* disabled, deprecated, or broken: never looked for */
	unsigned scope;     /* bits 1 << enum post_kind */
	uint32_t languages; /* bits of the set's languages; 0: any */
	bool cased;         /* reads the cased view */
	bool disguised;     /* reads the undisguised views too */
	size_t category;    /* index; of a context rule 0 */
	struct expression *expressions;
	size_t n_expressions;
	struct reach reach; /* context */
	struct guards requires;
	struct guards unless; /* its own and its category's */
	struct guards directed;
	struct allowance *allow;
	size_t n_allow;
	size_t max_hits;
	struct decay decay;
	const struct example *examples;
	size_t n_examples;
};

#endif
