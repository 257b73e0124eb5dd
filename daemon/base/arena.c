#include "daemon/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* First block; later ones double up to this many times it, so that a large page costs few mallocs. */
#define BLOCK_B     (16u * 1024)
#define BLOCK_MAX_B (1024u * 1024)

struct block {
	struct block *next;
	size_t size;
	size_t used;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct block *blocks; /* the newest first */
	size_t used;
	size_t max;
};

struct arena *arena_new(size_t max_b)
{
	struct arena *arena = calloc(1, sizeof *arena);
	if (arena)
		arena->max = max_b;
	return arena;
}

struct arena *arena_free(struct arena *arena)
{
	if (!arena)
		return NULL;
	struct block *next;
	for (struct block *block = arena->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
	return NULL;
}

static struct block *block_add(struct arena *arena, size_t size)
{
	size_t room = arena->blocks ? arena->blocks->size * 2 : BLOCK_B;
	if (room > BLOCK_MAX_B)
		room = BLOCK_MAX_B;
	if (room < size)
		room = size;
	struct block *block = malloc(sizeof *block + room);
	if (!block)
		return NULL;
	*block = (struct block){.next = arena->blocks, .size = room};
	arena->blocks = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	if (size > arena->max - arena->used || size > SIZE_MAX / 2)
		return NULL;
	size_t padded = (size + align - 1) / align * align;
	struct block *block = arena->blocks;
	if (!block || padded > block->size - block->used) {
		block = block_add(arena, padded);
		if (!block)
			return NULL;
	}
	void *at = block->data + block->used;
	block->used += padded;
	/* Padding may carry the sum past the ceiling by less than one alignment. */
	arena->used = padded > arena->max - arena->used ? arena->max : arena->used + padded;
	memset(at, 0, size);
	return at;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	return arena_alloc(arena, count * size);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t len)
{
	if (len == SIZE_MAX)
		return NULL;
	char *copy = arena_alloc(arena, len + 1);
	if (copy && len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *string)
{
	return string ? arena_copy(arena, string, strlen(string)) : NULL;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t size)
{
	if (count != 0 && (count & (count - 1)) != 0)
		return items; /* between powers of two there is room */
	void *grown = arena_array(arena, count ? count * 2 : 1, size);
	if (grown && count > 0)
		memcpy(grown, items, count * size);
	return grown;
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}
