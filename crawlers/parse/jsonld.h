#ifndef DIRTWATCH_CRAWLERS_PARSE_JSONLD_H
#define DIRTWATCH_CRAWLERS_PARSE_JSONLD_H

#include "crawlers/parse/entry.h"
#include "crawlers/parse/strip.h"
#include "daemon/base/arena.h"
#include "daemon/base/err.h"
#include "daemon/base/post.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * What a page says of itself in schema.org's words (JSON-LD): every object with a type, wherever it
 * stands: alone, in an array, in @graph or inside another one.  Wrong types are as good as absent.
 */
#define JSONLD_NODES 4096 /* of one page; what is beyond is dropped */

struct jsonld_node {
	const json_t *object;
	const char *key;     /* under which it stands in the object around it; NULL: top level */
	const json_t *owner; /* the nearest object with a type around it; NULL: none */
};

struct jsonld {
	json_t **roots; /* references held */
	size_t n_roots;
	struct jsonld_node *nodes; /* in the order of the page, outer ones before inner ones */
	size_t n_nodes;
	bool bad; /* some script was no JSON: it says nothing */
};

/** Read the scripts of @stripped.  *@ret is released by the caller with jsonld_release().
 *  0, -ENOMEM. */
MUST_CHECK int jsonld_read(
	struct arena *arena, const struct stripped *stripped, struct jsonld *ret);
void jsonld_release(struct jsonld *jsonld); /* zeroed is fine */

/** True when @object has the type, written with or without schema.org's address. */
bool jsonld_is(const json_t *object, const char *type);

/** The person whose page it is (ProfilePage's mainEntity, a Person at the top) as facts.  Strings
 *  are copied into @arena.  0, -ENOMEM. */
MUST_CHECK int jsonld_read_facts(struct arena *arena, const struct jsonld *jsonld,
	const char *page_url, struct facts *facts);

/** Its articles, posts and comments as entries.  0, -ENOMEM. */
MUST_CHECK int jsonld_read_entries(
	const struct jsonld *jsonld, const char *base_url, struct entries *entries);

#endif
