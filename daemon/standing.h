#ifndef DIRTWATCH_DAEMON_STANDING_H
#define DIRTWATCH_DAEMON_STANDING_H

#include "daemon/stretch.h"

/* What a page that has not changed still stands for, as JSON in the store: where it leads, what it
 * covers, whose profile it shows. */
struct standing {
	bool sound;       /* it was read at all: otherwise it stands for nothing */
	int64_t newest_s; /* as in struct stretch */
	int64_t reach_s;
	const char *marks; /* stretch_marks(); "": none are known */
	const struct follow *follows;
	size_t n_follows;
	struct coverage coverage;
	/* name, handle, headline, bio, location, photo_url, links and counts only */
	struct facts facts;
};

/** As JSON; *@ret is malloc'd.  @marks: stretch_marks().  0, -ENOMEM. */
MUST_CHECK int standing_write(const struct extract *extract, const char *marks, char **ret);

/** Back again; strings in @arena.  What is missing or of another shape is left at its default: the
 *  text is our own, so nothing more is to be told.  0, -ENOMEM. */
MUST_CHECK int standing_read(struct arena *arena, const char *json, struct standing *ret);

/** One request as JSON, and back: *@ret has no url when @json is not what was written. */
MUST_CHECK int standing_follow_write(const struct follow *follow, char **ret);
MUST_CHECK int standing_follow_read(struct arena *arena, const char *json, struct follow *ret);

/** A copy in @arena of what is kept of @facts.  0, -ENOMEM. */
MUST_CHECK int standing_facts(struct arena *arena, const struct facts *facts, struct facts *ret);

/** Add to @facts what it lacks and @more says, and @more's links; copied into @arena, which holds
 *  @facts, too.  0, -ENOMEM. */
MUST_CHECK int standing_add_facts(
	struct arena *arena, const struct facts *more, struct facts *facts);

#endif
