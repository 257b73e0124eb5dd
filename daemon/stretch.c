#include "daemon/stretch.h"

#include "daemon/base/digest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum strand { STRAND_POSTS, STRAND_REPLIES, STRAND_REPOSTS, STRAND_INTERACTIONS, STRAND_COUNT };

static enum strand strand_of(const struct post *post)
{
	switch (post->kind) {
	case KIND_REPLY:
		return STRAND_REPLIES;
	case KIND_REPOST:
		return STRAND_REPOSTS;
	default:
		return kind_is_interaction(post->kind) ? STRAND_INTERACTIONS : STRAND_POSTS;
	}
}

bool stretch_counts(const struct post *post)
{
	return kind_is_listed(post->kind);
}

static bool has_place(const struct post *post)
{
	bool listed = kind_is_listed(post->kind) || kind_is_interaction(post->kind);
	return listed && !post->pinned && post->published_s != 0;
}

struct stretch stretch_of(const struct extract *extract)
{
	struct stretch stretch = {0};
	int64_t oldest_s[STRAND_COUNT] = {0};
	for (size_t i = 0; i < extract->n_posts; i++) {
		const struct post *post = &extract->posts[i];
		stretch.n_posts += stretch_counts(post);
		if (!has_place(post))
			continue;
		int64_t *oldest = &oldest_s[strand_of(post)];
		if (*oldest == 0 || post->published_s < *oldest)
			*oldest = post->published_s;
		if (stretch.newest_s == 0 || post->published_s > stretch.newest_s)
			stretch.newest_s = post->published_s;
	}
	for (int i = 0; i < STRAND_COUNT; i++) {
		if (oldest_s[i] == 0)
			continue;
		if (i != STRAND_INTERACTIONS &&
			(stretch.oldest_s == 0 || oldest_s[i] < stretch.oldest_s))
			stretch.oldest_s = oldest_s[i];
		if (stretch.reach_s == 0 || oldest_s[i] > stretch.reach_s)
			stretch.reach_s = oldest_s[i];
	}
	return stretch;
}

size_t stretch_younger(const struct extract *extract, int64_t than_s)
{
	size_t count = 0;
	for (size_t i = 0; i < extract->n_posts; i++)
		count += has_place(&extract->posts[i]) && extract->posts[i].published_s > than_s;
	return count;
}

const char *stretch_marks(struct arena *arena, const struct extract *extract)
{
	char *marks = arena_alloc(arena, extract->n_posts * MARK_CHARS + 1);
	size_t len = 0;
	for (size_t i = 0; marks && i < extract->n_posts; i++) {
		const struct post *post = &extract->posts[i];
		struct digest digest;
		if (!post->url || !stretch_counts(post))
			continue;
		if (digest_bytes(post->url, strlen(post->url), &digest) < 0)
			return NULL;
		memcpy(marks + len, digest.hex, MARK_CHARS);
		len += MARK_CHARS;
	}
	if (marks)
		marks[len] = '\0';
	return marks;
}

struct mark {
	const char *at;
	size_t page;
};

static int by_mark(const void *a, const void *b)
{
	const struct mark *left = a;
	const struct mark *right = b;
	int order = memcmp(left->at, right->at, MARK_CHARS);
	if (order == 0 && left->page != right->page)
		return left->page < right->page ? -1 : 1;
	return order;
}

/* Of the marks at @marks that are the same as the first: how many, and how many too often. */
static size_t repeats_of(const struct mark *marks, size_t count, size_t *ret_repeats)
{
	size_t same = 1;
	bool shared = false;
	while (same < count && memcmp(marks[same].at, marks[0].at, MARK_CHARS) == 0) {
		shared |= marks[same].page == marks[same - 1].page;
		same++;
	}
	*ret_repeats = shared ? 0 : same - 1;
	return same;
}

int stretch_repeats(const char *const *marks, size_t count, size_t *ret)
{
	size_t n_marks = 0;
	for (size_t i = 0; i < count; i++)
		n_marks += strlen(marks[i]) / MARK_CHARS;
	struct mark *sorted = calloc(n_marks + 1, sizeof *sorted);
	if (!sorted)
		return -ENOMEM;
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		size_t of_page = strlen(marks[i]) / MARK_CHARS;
		for (size_t k = 0; k < of_page; k++)
			sorted[n++] = (struct mark){marks[i] + k * MARK_CHARS, i};
	}
	qsort(sorted, n, sizeof *sorted, by_mark);
	*ret = 0;
	for (size_t i = 0; i < n;) {
		size_t repeats;
		i += repeats_of(&sorted[i], n - i, &repeats);
		*ret += repeats;
	}
	free(sorted);
	return 0;
}
