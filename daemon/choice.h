#ifndef DIRTWATCH_DAEMON_CHOICE_H
#define DIRTWATCH_DAEMON_CHOICE_H

#include "config/config.h"
#include "crawlers/net/token.h"
#include "crawlers/source.h"

/* Which source reads a profile, and why.  Strings are static, or live in the arena. */
struct choice {
	struct url url; /* of the profile */
	const struct source *source;
	const char *why;
	/* The source by URL or config alone: unlike ->source no page has a say in it. */
	const char *own;
	/* What the source knows of the profile without asking; why NULL: it must ask. */
	enum verdict known;
	const char *known_why;
	struct follow first; /* what it asks for first, if it must */
};

/** Choose for @profile, of a person who has @tokens (NULL: none).  0, -EINVAL (its URL is none),
 *  -ENOMEM. */
MUST_CHECK int choice_make(struct arena *arena, const struct profile *profile,
	const struct tokens *tokens, struct choice *ret);

/** The page @asked (@first: the profile's first one) led to @instead, for the reason @why (NULL: it gave
 *  none): where that is another source's, the profile is so, too.  0, -ENOMEM. */
MUST_CHECK int choice_change(struct choice *choice, struct arena *arena, const struct follow *asked,
	bool first, const struct follow *instead, const char *why);

#endif
