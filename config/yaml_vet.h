#ifndef DIRTWATCH_CONFIG_YAML_VET_H
#define DIRTWATCH_CONFIG_YAML_VET_H

#include "config/problems.h"

#include <yaml.h>

/* What is looked at before libyaml composes a document: all of it in one pass over characters and
 * one over tokens, so that neither size nor depth nor cleverness of a file costs more than that. */

/** Check that @file (place.source[0..source_len)) is text that libyaml and a person's editor read
 *  alike, and that its tokens are within limits and use only what our files need.  Returns 0 with
 *  *@ret_good false (and problems) when the document must not be composed, or -ENOMEM. */
MUST_CHECK int yaml_vet(const struct place *file, struct problems *problems, bool *ret_good);

/** Tell what @parser failed at, in words for people.  0, or -ENOMEM when that was the failure. */
MUST_CHECK int yaml_tell_error(
	const yaml_parser_t *parser, const struct place *file, struct problems *problems);

#endif
