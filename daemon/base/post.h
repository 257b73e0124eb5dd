#ifndef DIRTWATCH_BASE_POST_H
#define DIRTWATCH_BASE_POST_H

#include "daemon/base/terms.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What crawlers take out of a page and patterns score.  Plain data, filled once and then const;
 * every pointer lives as long as the arena of the extract that holds it.  All text is a
 * stranger's: valid UTF-8 without NUL, but with any other character in it.
 */

/* A link in a post: where it leads (absolute, http or https) and which bytes of the text it covers;
 * start == end where it covers none (a link card, say). */
struct link {
	const char *url;
	size_t start;
	size_t end;
};

struct post {
	const char *id;     /* the source's own, unique within the profile; never NULL */
	const char *url;    /* permalink, absolute; NULL: none, as of an interaction */
	const char *author; /* name or handle as shown; NULL: not told */
	const char *lang;   /* BCP 47, as told; NULL: not told */
	/* Of a version, text has what the post no longer says, id and url are its own: the post's with "/v1"
	 * or "#v1" behind, and published_s is when it said so. */
	enum post_kind kind;
	bool pinned;
	int64_t published_s; /* seconds since 1970 UTC; 0: not told */
	int64_t updated_s;   /* 0: never, or not told */

	/* The person's own words: plain text, paragraphs parted by a blank line, lines by '\n'.  A
	 * title, where the post has one, is its first paragraph: text[0..title_len).  Descriptions of
	 * pictures (alt text) stand in it as paragraphs of their own.  Never NULL; "" for a repost and
	 * for an interaction (kind_is_interaction). */
	const char *text;
	size_t len;
	size_t title_len;

	/* Somebody else's words that were quoted or passed on: context, never scored as the person's.
	 * Of an interaction: who or what was followed, liked, starred or joined, as paragraphs: name,
	 * handle, and what it says of itself (or the words liked), cut to LIMIT_TARGET_B by the
	 * source.  NULL: none. */
	const char *others;
	size_t others_len;

	/* Of an interaction: the addresses of who or what it is about, pages that people open first. */
	const struct link *links;
	size_t n_links;
};

struct job {
	const char *title;
	const char *company;
	const char *url;   /* of the company; NULL: not told */
	const char *start; /* YYYY[-MM[-DD]] as told; NULL: not told */
	const char *end;   /* NULL: not told, or still there */
};

struct school {
	const char *name;
	const char *degree;
	const char *start;
	const char *end;
};

/* What a profile says of its owner.  Strings are NULL where it says nothing. */
struct facts {
	const char *name;
	const char *handle;
	const char *headline;
	const char *bio;
	const char *location;
	const char *photo_url;
	const char *photo_alt;
	const char *moved_to; /* the account's new address */
	const struct job *jobs;
	size_t n_jobs;
	const struct school *schools;
	size_t n_schools;
	const char *const *links; /* own pages elsewhere: rel=me, sameAs, profile fields */
	size_t n_links;
	int64_t created_s;     /* 0: not told */
	int64_t last_active_s; /* 0: not told */
	int64_t n_posts;       /* as the source counts them; -1: not told */
	int64_t n_followers;   /* -1: not told */
	int64_t n_following;   /* -1: not told */
};

#define FACTS_INIT ((struct facts){.n_posts = -1, .n_followers = -1, .n_following = -1})

#endif
