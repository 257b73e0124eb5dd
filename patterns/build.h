#ifndef DIRTWATCH_PATTERNS_BUILD_H
#define DIRTWATCH_PATTERNS_BUILD_H

#include "patterns/set.h"
#include "patterns/source.h"

/* From sources to a rule set, step by step; each returns 0 or -ENOMEM and tells of problems. */

struct build {
	struct sources *sources; /* merged, templates filled in */
	const struct ruleset_options *options;
	struct ruleset *set;
	struct walk walk;        /* into the set's arena */
	struct rule_source **of; /* the source of each rule of the set */
};

/** The categories, without their guards. */
MUST_CHECK int build_categories(struct build *build);

/** The rules: what they say of themselves, overrides, tests; in their final order. */
MUST_CHECK int build_rules(struct build *build);

/** The guards of categories and rules. */
MUST_CHECK int build_guards(struct build *build);

/** The tests that stand in the rules, for ruleset_test(). */
MUST_CHECK int build_examples(struct build *build);

/** The expressions and the prefilter. */
MUST_CHECK int build_expressions(struct build *build);

/** The phrases of the rules of that kind. */
MUST_CHECK int build_phrases(struct build *build);
/** Does @override hold: is it of no overlay, or of that of the person's industry? */
bool override_holds(const struct build *build, const struct override_source *override);

/** The rule called @id, contexts among them; NULL: none. */
struct rule *build_find(struct build *build, const char *id);

/** Tell what is wrong with a rule, at @node, and leave the rule out. */
void build_bad(struct build *build, struct rule_source *source, struct yaml node,
	const char *format, ...) PRINTF_LIKE(4, 5);

#endif
