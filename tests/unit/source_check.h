#ifndef DIRTWATCH_TESTS_UNIT_SOURCE_CHECK_H
#define DIRTWATCH_TESTS_UNIT_SOURCE_CHECK_H

/* What the tests of sources share: pages made of strings, and a look at what was read. */
#include "crawlers/source.h"
#include "tests/unit/shipped_walls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline struct page page_of(const char *source, const char *url, const char *body, size_t len)
{
	return (struct page){
		.url = url,
		.final_url = url,
		.profile = url,
		.source = source,
		.status = 200,
		.fetched_s = 1700000000,
		.body = body,
		.body_len = len,
	};
}

static inline bool is_listed(const struct post *post)
{
	return post->kind != KIND_BIO && post->kind != KIND_HANDLE;
}

/* Posts but for what the profile says of its owner. */
static inline size_t n_listed(const struct extract *extract)
{
	size_t n = 0;
	for (size_t i = 0; i < extract->n_posts; i++)
		n += is_listed(&extract->posts[i]);
	return n;
}

/* The @n-th of them; NULL: there are fewer. */
static inline const struct post *listed(const struct extract *extract, size_t n)
{
	for (size_t i = 0; i < extract->n_posts; i++) {
		if (is_listed(&extract->posts[i]) && n-- == 0)
			return &extract->posts[i];
	}
	return NULL;
}

static inline const struct post *post_of_kind(const struct extract *extract, enum post_kind kind)
{
	for (size_t i = 0; i < extract->n_posts; i++) {
		if (extract->posts[i].kind == kind)
			return &extract->posts[i];
	}
	return NULL;
}

static inline bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* What no answer of any source may break, however hostile the page: NULL, or what is broken. */
static inline const char *broken_promise(const struct extract *extract)
{
	if (extract->verdict >= VERDICT_COUNT)
		return "the verdict is none";
	if (extract->verdict == VERDICT_EMPTY && n_listed(extract) > 0)
		return "empty, but there are posts";
	for (size_t i = 0; i < extract->n_posts; i++) {
		const struct post *post = &extract->posts[i];
		if (!post->id || !post->text || strlen(post->text) != post->len)
			return "a post without id or with a wrong length";
		if (post->title_len > post->len)
			return "a title longer than the text";
		if (post->others && strlen(post->others) != post->others_len)
			return "others of a wrong length";
		for (size_t k = 0; k < post->n_links; k++) {
			const struct link *link = &post->links[k];
			if (!link->url || link->start > link->end || link->end > post->len)
				return "a link outside of its text";
		}
	}
	for (size_t i = 0; i < extract->n_follows; i++) {
		if (!extract->follows[i].url || !extract->follows[i].source)
			return "a request for nothing";
	}
	return NULL;
}

#endif
