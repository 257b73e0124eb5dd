#ifndef DIRTWATCH_CRAWLERS_SOURCES_ACTIVITYPUB_H
#define DIRTWATCH_CRAWLERS_SOURCES_ACTIVITYPUB_H

#include "crawlers/source.h"

#include <jansson.h>

/*
 * Inside of the source "activitypub": objects of ActivityStreams 2.0 to what we keep of them.  Every
 * value in them is a stranger's and may be of any type; what may be one or many is written as a value
 * or as an array of them, and what may be an object also as its address.
 */

/** How many values stand at @value, and the @i-th of them. */
size_t activitypub_count(const json_t *value);
const json_t *activitypub_item(const json_t *value, size_t i);

/** The address of what stands at @value, the first of them; NULL: none. */
const char *activitypub_id(const json_t *value);
/** The type of @object is @type, alone or among others. */
bool activitypub_is(const json_t *object, const char *type);
bool activitypub_is_actor(const json_t *object);

/** Write facts, and what the actor says of itself as posts of kind bio and handle.  0, -ENOMEM. */
MUST_CHECK int activitypub_write_actor(
	const json_t *actor, const struct page *page, struct extract *extract);

/** Append what the actor @owner did, a row of its outbox, as a post if it is one.  *@ret_known: such a
 *  row is known, whether it says anything or not; *@ret_object: it only names what it is about, at this
 *  address, else NULL.  0, -ENOMEM. */
MUST_CHECK int activitypub_write_row(const json_t *row, const char *owner, const struct page *page,
	struct extract *extract, bool *ret_known, const char **ret_object);

/* What the person did to what is somebody else's. */
struct activitypub_act {
	enum post_kind kind; /* KIND_LIKE, KIND_FOLLOW */
	const char *id;      /* of the act; NULL: not told */
	int64_t published_s;
};

/** Append @act; @about is what is liked or followed, an object or its address.  0, -ENOMEM. */
MUST_CHECK int activitypub_write_interaction(const json_t *about, const struct activitypub_act *act,
	const struct page *page, struct extract *extract);

#endif
