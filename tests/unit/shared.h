#ifndef DIRTWATCH_TESTS_UNIT_SHARED_H
#define DIRTWATCH_TESTS_UNIT_SHARED_H

/* Other projects' data, tested against in place: ../shared, or where DIRTWATCH_SHARED says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline const char *shared_root(void)
{
	const char *root = getenv("DIRTWATCH_SHARED");
	return root ? root : "../shared";
}

/* The whole of a file with a NUL behind it, to be freed; NULL when there is none. */
static inline char *read_whole(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return NULL;
	char *bytes = NULL;
	size_t len = 0;
	size_t got;
	do {
		char *more = realloc(bytes, len + 65537);
		if (!more)
			abort();
		bytes = more;
		got = fread(bytes + len, 1, 65536, file);
		len += got;
	} while (got > 0);
	(void)fclose(file);
	bytes[len] = '\0';
	*ret_len = len;
	return bytes;
}

static inline char *read_shared(const char *path, size_t *ret_len)
{
	char *whole = NULL;
	if (asprintf(&whole, "%s/%s", shared_root(), path) < 0)
		abort();
	char *bytes = read_whole(whole, ret_len);
	free(whole);
	return bytes;
}

#endif
