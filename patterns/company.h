#ifndef DIRTWATCH_PATTERNS_COMPANY_H
#define DIRTWATCH_PATTERNS_COMPANY_H

#include "patterns/expand.h"
#include "patterns/source.h"

/*
 * Rules about the organisations in the person's config, made from the templates in the rule files:
 * the language is in YAML, here is only what a name, a handle or a domain looks like in a pattern.
 */
struct company;

/** Make a rule of each template for each organisation that it is for.  With options->strict the
 *  files' samples stand in for the config's organisations.  Writes the handles that rules look for
 *  (folded, without "@", sorted) to *@ret_handles.  Memory is sources->arena's.
 *  Returns 0 (see problems) or -ENOMEM. */
MUST_CHECK int companies_fill(struct sources *sources, const struct ruleset_options *options,
	struct strings *ret_handles);

/** What the placeholders of @company's patterns stand for; NULL for a rule that is of no company.
 */
const struct placeholders *company_placeholders(const struct company *company);

/** @text with %{company}, %{handle}, %{domain}, %{product} and %{person} replaced by @company's first of
 *  each; as it is for a rule that is of no company.  *@ret is NULL when it asks for what the company does
 *  not have.  Returns 0 or -ENOMEM. */
MUST_CHECK int company_text(
	const struct company *company, struct arena *arena, const char *text, const char **ret);

#endif
