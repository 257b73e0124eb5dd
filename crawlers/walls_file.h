#ifndef DIRTWATCH_CRAWLERS_WALLS_FILE_H
#define DIRTWATCH_CRAWLERS_WALLS_FILE_H

#include "crawlers/walls.h"

/* Inside crawlers/walls: one walls.yaml into a set that may hold others already, read before it. */

/* An id that stands under "disable". */
struct disabled {
	const char *id;
	struct yaml node;
	bool found; /* there is such a sign */
};

/* What is being put together. */
struct walls_build {
	struct walls *walls;
	struct walk walk;
	struct strings sources; /* as in struct walls_options */
	struct disabled *disabled;
	size_t n_disabled;
	/* Of files read before this one: an id among their signs wins, what they disable is left out. */
	size_t n_earlier_pages;
	size_t n_earlier_answers;
	size_t n_earlier_disabled;
};

/** Put @file behind what @build holds, which borrows from it until it is done.  0 (see the problems),
 *  -ENOMEM. */
MUST_CHECK int walls_file_read(struct walls_build *build, struct yaml_file *file);

#endif
