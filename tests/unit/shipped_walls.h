#ifndef DIRTWATCH_TESTS_UNIT_SHIPPED_WALLS_H
#define DIRTWATCH_TESTS_UNIT_SHIPPED_WALLS_H

#include "crawlers/walls.h"

#include <stdio.h>
#include <stdlib.h>

/** The walls that dirtwatch ships with, read once a process. */
static inline const struct walls *shipped_walls(void)
{
	static struct walls *walls;
	const struct walls_options options = {.shipped = "crawlers/walls.yaml"};
	if (walls)
		return walls;
	struct problems *problems = problems_new();
	if (!problems || walls_load(&options, problems, &walls) != 0) {
		if (problems)
			problems_print(problems, stderr);
		abort();
	}
	problems_free(problems);
	return walls;
}

#endif
