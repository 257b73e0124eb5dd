#include "crawlers/parse/mf2_value.h"

#include <string.h>

/* Classic microformats in the words of the new ones: microformats.org/wiki/microformats2-parsing
 * "backward compatibility", for the vocabularies that speak of people and what they write. */

struct root {
	const char *class;
	const char *type;
};

static const struct root roots[] = {
	{"adr", "h-adr"},
	{"geo", "h-geo"},
	{"hentry", "h-entry"},
	{"hfeed", "h-feed"},
	{"hresume", "h-resume"},
	{"hreview", "h-review"},
	{"vcard", "h-card"},
	{"vevent", "h-event"},
};

struct property {
	const char *type;
	const char *class;
	enum mf2_kind kind;
	const char *name;
};

/* clang-format off */
static const struct property properties[] = {
	{"h-card", "fn", MF2_TEXT, "name"},
	{"h-card", "honorific-prefix", MF2_TEXT, "honorific-prefix"},
	{"h-card", "given-name", MF2_TEXT, "given-name"},
	{"h-card", "additional-name", MF2_TEXT, "additional-name"},
	{"h-card", "family-name", MF2_TEXT, "family-name"},
	{"h-card", "honorific-suffix", MF2_TEXT, "honorific-suffix"},
	{"h-card", "nickname", MF2_TEXT, "nickname"},
	{"h-card", "sort-string", MF2_TEXT, "sort-string"},
	{"h-card", "email", MF2_URL, "email"},
	{"h-card", "logo", MF2_URL, "logo"},
	{"h-card", "photo", MF2_URL, "photo"},
	{"h-card", "url", MF2_URL, "url"},
	{"h-card", "uid", MF2_URL, "uid"},
	{"h-card", "category", MF2_TEXT, "category"},
	{"h-card", "adr", MF2_TEXT, "adr"},
	{"h-card", "geo", MF2_TEXT, "geo"},
	{"h-card", "label", MF2_TEXT, "label"},
	{"h-card", "extended-address", MF2_TEXT, "extended-address"},
	{"h-card", "street-address", MF2_TEXT, "street-address"},
	{"h-card", "locality", MF2_TEXT, "locality"},
	{"h-card", "region", MF2_TEXT, "region"},
	{"h-card", "postal-code", MF2_TEXT, "postal-code"},
	{"h-card", "country-name", MF2_TEXT, "country-name"},
	{"h-card", "tel", MF2_TEXT, "tel"},
	{"h-card", "note", MF2_TEXT, "note"},
	{"h-card", "bday", MF2_TIME, "bday"},
	{"h-card", "key", MF2_URL, "key"},
	{"h-card", "org", MF2_TEXT, "org"},
	{"h-card", "organization-name", MF2_TEXT, "organization-name"},
	{"h-card", "organization-unit", MF2_TEXT, "organization-unit"},
	{"h-card", "title", MF2_TEXT, "job-title"},
	{"h-card", "role", MF2_TEXT, "role"},
	{"h-card", "tz", MF2_TEXT, "tz"},
	{"h-card", "rev", MF2_TIME, "rev"},
	{"h-card", "class", MF2_TEXT, "class"},

	{"h-adr", "post-office-box", MF2_TEXT, "post-office-box"},
	{"h-adr", "extended-address", MF2_TEXT, "extended-address"},
	{"h-adr", "street-address", MF2_TEXT, "street-address"},
	{"h-adr", "locality", MF2_TEXT, "locality"},
	{"h-adr", "region", MF2_TEXT, "region"},
	{"h-adr", "postal-code", MF2_TEXT, "postal-code"},
	{"h-adr", "country-name", MF2_TEXT, "country-name"},

	{"h-geo", "latitude", MF2_TEXT, "latitude"},
	{"h-geo", "longitude", MF2_TEXT, "longitude"},

	{"h-entry", "entry-title", MF2_TEXT, "name"},
	{"h-entry", "entry-content", MF2_HTML, "content"},
	{"h-entry", "entry-summary", MF2_TEXT, "summary"},
	{"h-entry", "entry-date", MF2_TIME, "published"},
	{"h-entry", "published", MF2_TIME, "published"},
	{"h-entry", "updated", MF2_TIME, "updated"},
	{"h-entry", "author", MF2_TEXT, "author"},
	{"h-entry", "category", MF2_TEXT, "category"},
	{"h-entry", "geo", MF2_TEXT, "geo"},
	{"h-entry", "latitude", MF2_TEXT, "latitude"},
	{"h-entry", "longitude", MF2_TEXT, "longitude"},

	{"h-feed", "category", MF2_TEXT, "category"},
	{"h-feed", "author", MF2_TEXT, "author"},
	{"h-feed", "url", MF2_URL, "url"},
	{"h-feed", "photo", MF2_URL, "photo"},

	{"h-resume", "summary", MF2_TEXT, "summary"},
	{"h-resume", "contact", MF2_TEXT, "contact"},
	{"h-resume", "education", MF2_TEXT, "education"},
	{"h-resume", "experience", MF2_TEXT, "experience"},
	{"h-resume", "skill", MF2_TEXT, "skill"},
	{"h-resume", "affiliation", MF2_TEXT, "affiliation"},

	{"h-event", "summary", MF2_TEXT, "name"},
	{"h-event", "dtstart", MF2_TIME, "start"},
	{"h-event", "dtend", MF2_TIME, "end"},
	{"h-event", "duration", MF2_TIME, "duration"},
	{"h-event", "description", MF2_TEXT, "description"},
	{"h-event", "url", MF2_URL, "url"},
	{"h-event", "category", MF2_TEXT, "category"},
	{"h-event", "location", MF2_TEXT, "location"},
	{"h-event", "geo", MF2_TEXT, "geo"},
	{"h-event", "attendee", MF2_TEXT, "attendee"},

	{"h-review", "summary", MF2_TEXT, "name"},
	{"h-review", "fn", MF2_TEXT, "name"},
	{"h-review", "photo", MF2_URL, "photo"},
	{"h-review", "url", MF2_URL, "url"},
	{"h-review", "reviewer", MF2_TEXT, "author"},
	{"h-review", "dtreviewed", MF2_TIME, "reviewed"},
	{"h-review", "rating", MF2_TEXT, "rating"},
	{"h-review", "best", MF2_TEXT, "best"},
	{"h-review", "worst", MF2_TEXT, "worst"},
	{"h-review", "description", MF2_HTML, "content"},
};

static const struct property rels[] = {
	{"h-entry", "bookmark", MF2_URL, "url"},
	{"h-entry", "tag", MF2_TEXT, "category"},
	{"h-feed", "tag", MF2_TEXT, "category"},
	{"h-card", "tag", MF2_TEXT, "category"},
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static bool equals(const char *word, size_t len, const char *want)
{
	return strlen(want) == len && memcmp(word, want, len) == 0;
}

const char *mf2_classic_root(const char *word, size_t len)
{
	for (size_t i = 0; i < COUNT(roots); i++) {
		if (equals(word, len, roots[i].class))
			return roots[i].type;
	}
	return NULL;
}

bool mf2_classic_property(
	const struct mf2_item *item, const char *word, size_t len, bool rel, struct mf2_claim *ret)
{
	const struct property *table = rel ? rels : properties;
	size_t count = rel ? COUNT(rels) : COUNT(properties);
	for (size_t i = 0; i < count; i++) {
		if (!equals(word, len, table[i].class) || !mf2_is(item, table[i].type))
			continue;
		*ret = (struct mf2_claim){table[i].kind, table[i].name, strlen(table[i].name)};
		return true;
	}
	return false;
}
