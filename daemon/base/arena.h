#ifndef DIRTWATCH_BASE_ARENA_H
#define DIRTWATCH_BASE_ARENA_H

#include "daemon/base/err.h"

#include <stddef.h>

/* Memory that is taken piece by piece and given back at once.  Whatever one page yields lives in
 * one arena: the ceiling bounds what the page can make us hold, and nothing in it needs a free. */
struct arena;

/** A new arena that never holds more than @max_b bytes in all.  NULL: out of memory. */
struct arena *arena_new(size_t max_b);

/** Free it and everything in it.  NULL is fine.  Returns NULL. */
struct arena *arena_free(struct arena *arena);

/** @size zeroed bytes, aligned for any type.  NULL: the ceiling, or out of memory. */
MUST_CHECK void *arena_alloc(struct arena *arena, size_t size);

/** @count zeroed objects of @size bytes.  NULL as arena_alloc(), and when the product overflows. */
MUST_CHECK void *arena_array(struct arena *arena, size_t count, size_t size);

/** A copy of @len bytes with a NUL behind it.  NULL as arena_alloc(). */
MUST_CHECK char *arena_copy(struct arena *arena, const char *bytes, size_t len);

/** A copy of a C string; NULL for a NULL @string too. */
MUST_CHECK char *arena_strdup(struct arena *arena, const char *string);

/** Make room for one more element in the array @items of *@count elements of @size bytes: returns
 *  the array (moved when it had to grow; the old one stays in the arena) or NULL as arena_alloc().
 *  The caller increments *@count.  The capacity is implied: arrays grow at powers of two. */
MUST_CHECK void *arena_grow(struct arena *arena, void *items, size_t count, size_t size);

/** Bytes handed out so far. */
size_t arena_used(const struct arena *arena);

#endif
