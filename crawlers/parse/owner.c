#include "crawlers/parse/owner.h"

#include <string.h>
#include <strings.h>

static size_t bare(const char *url)
{
	size_t len = strlen(url);
	return len > 0 && url[len - 1] == '/' ? len - 1 : len;
}

bool owner_same_url(const char *a, const char *b)
{
	return a && b && bare(a) == bare(b) && strncmp(a, b, bare(a)) == 0;
}

bool owner_has_url(const struct owner *owner, const char *url)
{
	if (owner_same_url(url, owner->page_url) || owner_same_url(url, owner->profile))
		return true;
	for (size_t i = 0; i < owner->facts->n_links; i++) {
		if (owner_same_url(url, owner->facts->links[i]))
			return true;
	}
	for (size_t i = 0; i < owner->links->n_me; i++) {
		if (owner_same_url(url, owner->links->me[i]))
			return true;
	}
	return false;
}

/* "Ada" is "Ada Example", and "@ada" is "ada": one name lies in the other. */
static bool same_name(const char *a, const char *b)
{
	a += *a == '@';
	b += *b == '@';
	return *a && *b && (strcasestr(a, b) || strcasestr(b, a));
}

bool owner_wrote(const struct owner *owner, const struct entry *entry)
{
	const struct facts *facts = owner->facts;
	if (!entry->author && !entry->author_url)
		return true;
	if (entry->author_url && owner_has_url(owner, entry->author_url))
		return true;
	if (!facts->name && !facts->handle)
		return true;
	if (!entry->author)
		return false;
	return (facts->name && same_name(entry->author, facts->name)) ||
	       (facts->handle && same_name(entry->author, facts->handle));
}
