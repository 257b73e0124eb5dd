#ifndef DIRTWATCH_CRAWLERS_PARSE_OWNER_H
#define DIRTWATCH_CRAWLERS_PARSE_OWNER_H

#include "crawlers/parse/entry.h"
#include "crawlers/parse/links.h"
#include "daemon/base/post.h"

/* Whose page it is, so that what others wrote on it is not taken for the person's. */
struct owner {
	const char *page_url; /* where the page is */
	const char *profile;  /* the configured profile */
	const struct facts *facts;
	const struct links *links;
};

/** True unless the entry's author is told and is neither the owner's name nor one of the owner's
 *  addresses.  Where the page does not say who its owner is, every author counts. */
bool owner_wrote(const struct owner *owner, const struct entry *entry);

/** True when @url is the page, the profile, or an address that the owner gives for themself. */
bool owner_has_url(const struct owner *owner, const char *url);

/** True when two addresses are the same but for a slash at the end. */
bool owner_same_url(const char *a, const char *b);

#endif
