#include "crawlers/sources/feed_fields.h"

#include <string.h>

/*
 * RSS 0.90–2.0: https://www.rssboard.org/rss-specification and rss-history; RSS 1.0 and its modules
 * dc and content; Atom 1.0: RFC 4287; Atom 0.3: draft-ietf-atompub-format-00 (tagline, modified,
 * issued, created); thr: RFC 4685; fh: RFC 5005; media: https://www.rssboard.org/media-rss.
 */
/* clang-format off */
static const struct feed_rule rules[] = {
	/* in, element, to, field, markup, rank */
	{PLACE_TOP,    "rss",                     PLACE_ROOT,   FIELD_NONE,      TEXT_PLAIN, 0},
	{PLACE_TOP,    "rdf:RDF",                 PLACE_ROOT,   FIELD_NONE,      TEXT_PLAIN, 0},
	{PLACE_TOP,    "atom:feed",               PLACE_FEED,   FIELD_NONE,      TEXT_PLAIN, 0},
	{PLACE_TOP,    "atom:entry",              PLACE_ITEM,   FIELD_NONE,      TEXT_PLAIN, 0},
	{PLACE_ROOT,   "channel",                 PLACE_FEED,   FIELD_NONE,      TEXT_PLAIN, 0},
	{PLACE_ROOT,   "item",                    PLACE_ITEM,   FIELD_NONE,      TEXT_PLAIN, 0},
	{PLACE_FEED,   "item",                    PLACE_ITEM,   FIELD_NONE,      TEXT_PLAIN, 0},
	{PLACE_FEED,   "atom:entry",              PLACE_ITEM,   FIELD_NONE,      TEXT_PLAIN, 0},

	{PLACE_FEED,   "title",                   PLACE_FIELD,  FIELD_TITLE,     TEXT_HTML,  3},
	{PLACE_FEED,   "atom:title",              PLACE_FIELD,  FIELD_TITLE,     TEXT_TYPED, 2},
	{PLACE_FEED,   "dc:title",                PLACE_FIELD,  FIELD_TITLE,     TEXT_HTML,  1},
	{PLACE_FEED,   "description",             PLACE_FIELD,  FIELD_SUMMARY,   TEXT_HTML,  4},
	{PLACE_FEED,   "atom:subtitle",           PLACE_FIELD,  FIELD_SUMMARY,   TEXT_TYPED, 3},
	{PLACE_FEED,   "atom:tagline",            PLACE_FIELD,  FIELD_SUMMARY,   TEXT_TYPED, 3},
	{PLACE_FEED,   "dc:description",          PLACE_FIELD,  FIELD_SUMMARY,   TEXT_HTML,  2},
	{PLACE_FEED,   "itunes:summary",          PLACE_FIELD,  FIELD_SUMMARY,   TEXT_HTML,  1},
	{PLACE_FEED,   "link",                    PLACE_FIELD,  FIELD_LINK,      TEXT_PLAIN, 2},
	{PLACE_FEED,   "atom:link",               PLACE_FIELD,  FIELD_ATOM_LINK, TEXT_PLAIN, 3},
	{PLACE_FEED,   "language",                PLACE_FIELD,  FIELD_LANG,      TEXT_PLAIN, 2},
	{PLACE_FEED,   "dc:language",             PLACE_FIELD,  FIELD_LANG,      TEXT_PLAIN, 1},
	{PLACE_FEED,   "managingEditor",          PLACE_FIELD,  FIELD_AUTHOR,    TEXT_PLAIN, 3},
	{PLACE_FEED,   "dc:creator",              PLACE_FIELD,  FIELD_AUTHOR,    TEXT_PLAIN, 2},
	{PLACE_FEED,   "dc:author",               PLACE_FIELD,  FIELD_AUTHOR,    TEXT_PLAIN, 2},
	{PLACE_FEED,   "itunes:author",           PLACE_FIELD,  FIELD_AUTHOR,    TEXT_PLAIN, 1},
	{PLACE_FEED,   "atom:author",             PLACE_PERSON, FIELD_NONE,      TEXT_PLAIN, 0},
	{PLACE_FEED,   "opensearch:totalResults", PLACE_FIELD,  FIELD_TOTAL,     TEXT_PLAIN, 0},
	{PLACE_FEED,   "fh:complete",             PLACE_FIELD,  FIELD_COMPLETE,  TEXT_PLAIN, 0},
	{PLACE_FEED,   "image",                   PLACE_IMAGE,  FIELD_NONE,      TEXT_PLAIN, 0},
	{PLACE_IMAGE,  "url",                     PLACE_FIELD,  FIELD_PHOTO,     TEXT_PLAIN, 2},
	{PLACE_FEED,   "atom:logo",               PLACE_FIELD,  FIELD_PHOTO,     TEXT_PLAIN, 1},
	{PLACE_PERSON, "atom:name",               PLACE_FIELD,  FIELD_AUTHOR,    TEXT_PLAIN, 4},

	{PLACE_ITEM,   "title",                   PLACE_FIELD,  FIELD_TITLE,     TEXT_HTML,  3},
	{PLACE_ITEM,   "atom:title",              PLACE_FIELD,  FIELD_TITLE,     TEXT_TYPED, 2},
	{PLACE_ITEM,   "dc:title",                PLACE_FIELD,  FIELD_TITLE,     TEXT_HTML,  1},
	{PLACE_ITEM,   "content:encoded",         PLACE_FIELD,  FIELD_CONTENT,   TEXT_HTML,  3},
	{PLACE_ITEM,   "atom:content",            PLACE_FIELD,  FIELD_CONTENT,   TEXT_TYPED, 2},
	{PLACE_ITEM,   "xhtml:body",              PLACE_FIELD,  FIELD_CONTENT,   TEXT_HTML,  1},
	{PLACE_ITEM,   "description",             PLACE_FIELD,  FIELD_SUMMARY,   TEXT_HTML,  4},
	{PLACE_ITEM,   "atom:summary",            PLACE_FIELD,  FIELD_SUMMARY,   TEXT_TYPED, 3},
	{PLACE_ITEM,   "dc:description",          PLACE_FIELD,  FIELD_SUMMARY,   TEXT_HTML,  2},
	{PLACE_ITEM,   "itunes:summary",          PLACE_FIELD,  FIELD_SUMMARY,   TEXT_HTML,  1},
	{PLACE_ITEM,   "link",                    PLACE_FIELD,  FIELD_LINK,      TEXT_PLAIN, 2},
	{PLACE_ITEM,   "atom:link",               PLACE_FIELD,  FIELD_ATOM_LINK, TEXT_PLAIN, 3},
	{PLACE_ITEM,   "guid",                    PLACE_FIELD,  FIELD_ID,        TEXT_PLAIN, 3},
	{PLACE_ITEM,   "atom:id",                 PLACE_FIELD,  FIELD_ID,        TEXT_PLAIN, 3},
	{PLACE_ITEM,   "dc:identifier",           PLACE_FIELD,  FIELD_ID,        TEXT_PLAIN, 2},
	{PLACE_ITEM,   "dc:creator",              PLACE_FIELD,  FIELD_AUTHOR,    TEXT_PLAIN, 3},
	{PLACE_ITEM,   "author",                  PLACE_FIELD,  FIELD_AUTHOR,    TEXT_PLAIN, 2},
	{PLACE_ITEM,   "dc:author",               PLACE_FIELD,  FIELD_AUTHOR,    TEXT_PLAIN, 2},
	{PLACE_ITEM,   "itunes:author",           PLACE_FIELD,  FIELD_AUTHOR,    TEXT_PLAIN, 1},
	{PLACE_ITEM,   "atom:author",             PLACE_PERSON, FIELD_NONE,      TEXT_PLAIN, 0},
	{PLACE_ITEM,   "language",                PLACE_FIELD,  FIELD_LANG,      TEXT_PLAIN, 2},
	{PLACE_ITEM,   "dc:language",             PLACE_FIELD,  FIELD_LANG,      TEXT_PLAIN, 1},
	{PLACE_ITEM,   "pubDate",                 PLACE_FIELD,  FIELD_PUBLISHED, TEXT_PLAIN, 4},
	{PLACE_ITEM,   "atom:published",          PLACE_FIELD,  FIELD_PUBLISHED, TEXT_PLAIN, 4},
	{PLACE_ITEM,   "atom:issued",             PLACE_FIELD,  FIELD_PUBLISHED, TEXT_PLAIN, 4},
	{PLACE_ITEM,   "atom:created",            PLACE_FIELD,  FIELD_PUBLISHED, TEXT_PLAIN, 3},
	{PLACE_ITEM,   "dc:date",                 PLACE_FIELD,  FIELD_PUBLISHED, TEXT_PLAIN, 2},
	{PLACE_ITEM,   "dcterms:created",         PLACE_FIELD,  FIELD_PUBLISHED, TEXT_PLAIN, 1},
	{PLACE_ITEM,   "atom:updated",            PLACE_FIELD,  FIELD_UPDATED,   TEXT_PLAIN, 3},
	{PLACE_ITEM,   "atom:modified",           PLACE_FIELD,  FIELD_UPDATED,   TEXT_PLAIN, 2},
	{PLACE_ITEM,   "dcterms:modified",        PLACE_FIELD,  FIELD_UPDATED,   TEXT_PLAIN, 1},
	{PLACE_ITEM,   "thr:in-reply-to",         PLACE_FIELD,  FIELD_REPLY,     TEXT_PLAIN, 0},
	{PLACE_ITEM,   "media:group",             PLACE_MEDIA,  FIELD_NONE,      TEXT_PLAIN, 0},
	{PLACE_ITEM,   "media:content",           PLACE_MEDIA,  FIELD_NONE,      TEXT_PLAIN, 0},
	{PLACE_ITEM,   "media:description",       PLACE_FIELD,  FIELD_CAPTION,   TEXT_TYPED, 0},
	{PLACE_MEDIA,  "media:content",           PLACE_MEDIA,  FIELD_NONE,      TEXT_PLAIN, 0},
	{PLACE_MEDIA,  "media:description",       PLACE_FIELD,  FIELD_CAPTION,   TEXT_TYPED, 0},
};
/* clang-format on */

const struct feed_rule *feed_rule_find(enum feed_place place, const char *name)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		if (rules[i].in == place && strcmp(rules[i].name, name) == 0)
			return &rules[i];
	}
	return NULL;
}

static bool is_edge(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == '"';
}

/* The bytes of @text that are no white space at its ends. */
static const char *trimmed(const char *text, size_t *len)
{
	while (*len > 0 && is_edge(*text)) {
		text++;
		--*len;
	}
	while (*len > 0 && is_edge(text[*len - 1]))
		--*len;
	return text;
}

int feed_person(struct arena *arena, const char *text, const char **ret)
{
	*ret = NULL;
	size_t outside = strcspn(text, "(<");
	const char *name = text;
	size_t len = outside;
	if (text[outside] == '(' && memchr(text, '@', outside)) { /* mail (name) */
		name = text + outside + 1;
		len = strcspn(name, ")");
	}
	name = trimmed(name, &len);
	if (len == 0 || (memchr(name, '@', len) && !memchr(name, ' ', len) && *name != '@'))
		return 0;
	*ret = arena_copy(arena, name, len);
	return *ret ? 0 : -ENOMEM;
}
