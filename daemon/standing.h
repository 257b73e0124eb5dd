#ifndef DIRTWATCH_DAEMON_STANDING_H
#define DIRTWATCH_DAEMON_STANDING_H

#include "crawlers/source.h"

/* What a page that has not changed still stands for, as JSON in the store: where it leads, what it
 * covers, whose profile it shows. */
struct standing {
	const struct follow *follows;
	size_t n_follows;
	struct coverage coverage;
	/* name, handle, headline, bio, location, photo_url, links and counts only */
	struct facts facts;
};

/** As JSON; *@ret is malloc'd.  0, -ENOMEM. */
MUST_CHECK int standing_write(const struct extract *extract, char **ret);

/** Back again; strings in @arena.  What is missing or of another shape is left at its default: the
 *  text is our own, so nothing more is to be told.  0, -ENOMEM. */
MUST_CHECK int standing_read(struct arena *arena, const char *json, struct standing *ret);

/** A copy in @arena of what is kept of @facts.  0, -ENOMEM. */
MUST_CHECK int standing_facts(struct arena *arena, const struct facts *facts, struct facts *ret);

/** Add to @facts what it lacks and @more says, and @more's links; copied into @arena, which holds
 *  @facts, too.  0, -ENOMEM. */
MUST_CHECK int standing_add_facts(
	struct arena *arena, const struct facts *more, struct facts *facts);

#endif
