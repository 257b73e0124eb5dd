#ifndef DIRTWATCH_PATTERNS_RULESET_H
#define DIRTWATCH_PATTERNS_RULESET_H

#include "config/config.h"
#include "config/problems.h"
#include "daemon/base/digest.h"
#include "daemon/base/terms.h"

/*
 * The pattern set: rules from layered folders of YAML files (dirtwatch-patterns(5)) plus the rules
 * that the person's employer, target and competitors make.  Immutable once loaded.
 */
struct ruleset;

struct ruleset_options {
	const struct config *config; /* person, disable, severity overrides; never NULL */
	struct strings
		folders; /* the layers, the weakest first; a folder that is not there is skipped */
	struct strings files; /* single files after them (--test-patterns FILE) */
	bool catalogue;       /* read what rules say of themselves, compile no expression: what main
			       * needs to name findings; such a set can not score */
	const char
		*industry; /* strict: whose overlay holds, in place of the person's; NULL: none's */
	struct problems
		*known; /* where to put what a catalogue of the same rules tells as well; NULL:
				 * to the others */
	bool strict;    /* a bad rule is a problem; else it is left out, noted and the others run */
};

enum { RULESET_E_BAD = 1 }; /* nothing usable was loaded; see the problems */

/** Load.  0 with *@ret set (with notes in @problems for what was left out), RULESET_E_BAD, -errno.
 */
MUST_CHECK int ruleset_load(
	const struct ruleset_options *options, struct problems *problems, struct ruleset **ret);
struct ruleset *ruleset_free(struct ruleset *ruleset); /* NULL is fine; returns NULL */

/* What a rule says of itself; plain data owned by the rule set. */
struct rule_card {
	const char *id;
	const char *title;
	const char *category;
	enum finding_class class;
	enum severity severity; /* the rule's own: its impact */
	double confidence;      /* 0–1 */
	const char *why;
	const char *advice;
	const char *message; /* one line with %{match}; NULL: title */
	const char *file;    /* where it was written */
	size_t line;
};

/** Cards in the order of the set: the index is what hits carry. */
size_t ruleset_count(const struct ruleset *ruleset);
const struct rule_card *ruleset_card(const struct ruleset *ruleset, size_t index);
const struct rule_card *ruleset_find(
	const struct ruleset *ruleset, const char *id); /* NULL: none */

/** Whose overlay is in force; NULL: none's. */
const char *ruleset_industry(const struct ruleset *ruleset);

/** A digest of everything that could change a verdict: two processes that hold equal ones score
 *  alike, and a page scored under another one must be read again. */
const struct digest *ruleset_digest(const struct ruleset *ruleset);

/** Run the tests that stand in the rules (with an industry: in its overlay alone) through the whole engine.  Prints failures to @out as
 *  "file:line:column: rule id: …"; *@ret_run and *@ret_failed count them.  0, -ENOMEM. */
MUST_CHECK int ruleset_test(
	const struct ruleset *ruleset, FILE *out, size_t *ret_run, size_t *ret_failed);

#endif
