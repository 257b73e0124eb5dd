#ifndef DIRTWATCH_BASE_CLEAN_H
#define DIRTWATCH_BASE_CLEAN_H

/*
 * CLEAN(fn) runs fn(&variable) when the variable leaves its scope: for descriptors, streams and
 * handles of libraries in leaf functions.  Objects of our own use one `fail:` label instead,
 * because the analysers follow a goto and not an attribute.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEAN(fn) __attribute__((cleanup(fn)))

static inline void clean_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* nothing left to do about a failure */
}

static inline void clean_file(FILE **file)
{
	if (*file)
		(void)fclose(*file); /* read-only streams: nothing is lost */
}

static inline void clean_free(void *at)
{
	free(*(void **)at);
}

#endif
