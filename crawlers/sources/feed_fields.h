#ifndef DIRTWATCH_CRAWLERS_SOURCES_FEED_FIELDS_H
#define DIRTWATCH_CRAWLERS_SOURCES_FEED_FIELDS_H

#include "crawlers/sources/feed.h"

#include <stdbool.h>

/* Which element means what, in every dialect of RSS, RDF and Atom: one table, by the element's
 * place. */

/* Where in a feed an element stands, which says what its children may mean. */
enum feed_place {
	PLACE_OUTSIDE, /* nothing in it is known */
	PLACE_TOP,     /* the document itself */
	PLACE_ROOT,    /* <rss>, <rdf:RDF> */
	PLACE_FEED,    /* <channel>, <feed> */
	PLACE_ITEM,    /* <item>, <entry> */
	PLACE_PERSON,  /* <author> of feed or item */
	PLACE_MEDIA,   /* <media:group>, <media:content> */
	PLACE_IMAGE,   /* <image> of RSS */
	PLACE_FIELD,   /* the element's text is a field: enum feed_field */
};

/* What an element's text, or its attributes, are taken for. */
enum feed_field {
	FIELD_NONE,
	FIELD_TITLE,
	FIELD_CONTENT,
	FIELD_SUMMARY, /* of the feed: what it is about */
	FIELD_CAPTION,
	FIELD_ID,
	FIELD_LINK,
	FIELD_AUTHOR,
	FIELD_LANG,
	FIELD_PUBLISHED,
	FIELD_UPDATED,
	FIELD_TOTAL,
	FIELD_PHOTO,
	/* only attributes count */
	FIELD_ATOM_LINK,
	FIELD_REPLY,
	FIELD_COMPLETE,
	FIELD_COUNT,
};

/* How the text is meant. */
enum feed_markup {
	TEXT_PLAIN, /* plain */
	TEXT_HTML,  /* HTML, escaped or in a CDATA section */
	TEXT_TYPED, /* as the attributes type and mode say (Atom) */
};

struct feed_rule {
	enum feed_place in;
	const char *name; /* as xml.h names elements */
	enum feed_place to;
	enum feed_field field;
	enum feed_markup markup;
	int rank; /* of several elements for one field the highest counts; among equals the first */
};

/** What the element @name means in @place; NULL: nothing. */
const struct feed_rule *feed_rule_find(enum feed_place place, const char *name);

/** The name in a person as RSS writes it: "mail (name)", "name (mail)", "name <mail>", "name"; a
 * mail address alone names nobody.  0 with *@ret in @arena, or NULL; -ENOMEM. */
MUST_CHECK int feed_person(struct arena *arena, const char *text, const char **ret);

#endif
