#include "crawlers/parse/opengraph.h"

#include "crawlers/net/url.h"
#include "crawlers/parse/htmltext.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

struct property {
	const char *name;
	size_t field;
};

#define AT(field) offsetof(struct opengraph, field)

/* The first that is there counts: of one <meta> kind before another, in this order. */
static const struct property properties[] = {
	{"og:title", AT(og_title)},
	{"og:description", AT(description)},
	{"og:type", AT(type)},
	{"og:image", AT(image)},
	{"og:image:alt", AT(image_alt)},
	{"og:url", AT(url)},
	{"og:site_name", AT(site_name)},
	{"profile:first_name", AT(first_name)},
	{"profile:last_name", AT(last_name)},
	{"profile:username", AT(username)},
	{"article:published_time", AT(published)},
	{"article:modified_time", AT(modified)},
	{"author", AT(author)},
	{"article:author", AT(author)},
	{"dc.creator", AT(author)},
	{"description", AT(description)},
	{"twitter:title", AT(og_title)},
	{"twitter:description", AT(description)},
	{"dc.title", AT(og_title)},
	{"date", AT(published)},
};

#define COUNT (sizeof properties / sizeof properties[0])

static int read_title(struct arena *arena, struct dom *dom, const char **ret)
{
	struct html_text text;
	const GumboNode *title = dom_find(dom, dom->root, GUMBO_TAG_TITLE);
	if (!title)
		return 0;
	int r = html_node_text(arena, dom, title, NULL, NULL, &text);
	if (r == 0 && text.len > 0)
		*ret = text.text;
	return r < 0 ? r : 0;
}

static void read_meta(const GumboNode *node, const char *values[COUNT])
{
	const char *content = dom_attr(node, "content");
	const char *names[] = {dom_attr(node, "property"), dom_attr(node, "name")};
	if (!content || !*content)
		return;
	for (size_t i = 0; i < COUNT; i++) {
		for (size_t k = 0; k < 2 && !values[i]; k++) {
			if (dom_has_word(names[k], properties[i].name))
				values[i] = content;
		}
	}
}

static int resolve(struct arena *arena, const char *base_url, const char **url)
{
	if (!*url)
		return 0;
	int r = url_resolve(arena, base_url, *url, url);
	if (r > 0)
		*url = NULL;
	return r < 0 ? r : 0;
}

int opengraph_read(
	struct arena *arena, struct dom *dom, const char *base_url, struct opengraph *ret)
{
	struct opengraph found = {0};
	const char *values[COUNT] = {0};
	struct dom_walk walk = dom_walk(dom, dom->root);
	while (dom_step(&walk)) {
		if (!walk.leaving && dom_is(walk.at, GUMBO_TAG_META))
			read_meta(walk.at, values);
	}
	for (size_t i = 0; i < COUNT; i++) {
		const char **field = (const char **)((char *)&found + properties[i].field);
		if (*field || !values[i])
			continue;
		*field = arena_strdup(arena, values[i]);
		if (!*field)
			return -ENOMEM;
	}
	int r = read_title(arena, dom, &found.title);
	if (r == 0)
		r = resolve(arena, base_url, &found.image);
	if (r == 0)
		r = resolve(arena, base_url, &found.url);
	if (r == 0)
		*ret = found;
	return r;
}
