#ifndef DIRTWATCH_PATTERNS_SET_H
#define DIRTWATCH_PATTERNS_SET_H

#include "patterns/phrases.h"
#include "patterns/prefilter.h"
#include "patterns/rule.h"

/* The inside of a rule set, for the files of this folder. */

/* Languages that a set may have rules for. */
#define SET_LANGUAGES 32

struct ruleset {
	struct arena *arena;
	struct rule *rules; /* those that score first, then contexts; each part sorted by id */
	size_t n_rules;
	size_t n_scoring;
	struct category *categories;
	size_t n_categories;
	struct prefilter *prefilter;           /* NULL: a catalogue */
	const struct expression **expressions; /* by their number in the prefilter */
	size_t n_expressions;
	const struct phrases *phrases;     /* NULL: there are none */
	uint64_t languages[SET_LANGUAGES]; /* that some rules are for (language.h) */
	size_t n_languages;
	const char *industry; /* whose overlay is in force; NULL: none */
	const struct trial *trials;
	size_t n_trials;
	struct views_options views;
	bool any_links; /* some rule reads links */
	struct digest digest;
};

#endif
