#ifndef DIRTWATCH_CRAWLERS_PARSE_FACTS_H
#define DIRTWATCH_CRAWLERS_PARSE_FACTS_H

#include "daemon/base/arena.h"
#include "daemon/base/err.h"
#include "daemon/base/post.h"

/* Putting facts together from several places of a page: what is told first stands.  Strings are
 * kept as they are: they live in the arena.  Each returns 0 or -ENOMEM. */

#define FACTS_MAX 64 /* jobs, schools, links: of each */

/** Set *@field unless it is set, or @value is NULL or empty. */
void facts_set(const char **field, const char *value);
MUST_CHECK int facts_add_job(struct arena *arena, struct facts *facts, const struct job *job);
MUST_CHECK int facts_add_school(
	struct arena *arena, struct facts *facts, const struct school *school);
/** Append a link that is not there yet. */
MUST_CHECK int facts_add_link(struct arena *arena, struct facts *facts, const char *url);
/** "@first, @second" or the one that is there; *@ret NULL when none is. */
MUST_CHECK int facts_join(
	struct arena *arena, const char *first, const char *second, const char **ret);

/** True when anything is known of the person. */
bool facts_any(const struct facts *facts);

#endif
