#include "config/address.h"
#include "config/date.h"
#include "config/industry.h"
#include "config/keys.h"

/* What people and organisations are told by.  The text of the file is the person's own, but what is
 * kept here ends in patterns and comparisons, so its shape is checked. */

/* ---- lists of checked words ---- */

static int copy_word(struct walk *walk, const char *text, const char **ret)
{
	*ret = arena_strdup(walk->arena, text);
	return *ret ? 0 : -ENOMEM;
}

/* No blanks, and something behind an "@"; which letters there may be, each network decides. */
static int read_handle(struct walk *walk, struct yaml node, const char **ret)
{
	const char *text = walk_scalar(walk, node, "a handle");
	if (!text)
		return 0;
	if (strstr(text, "://"))
		walk_problem(walk, node,
			"a handle is a name such as \"@ada\"; URLs belong under profiles");
	else if (text[strcspn(text, " \t\n")] != '\0' || strcmp(text, "@") == 0)
		walk_problem(walk, node, "\"%.*s\" is not a handle such as \"@ada\"", SHOWN(text));
	else
		return copy_word(walk, text, ret);
	return 0;
}

static int read_domain(struct walk *walk, struct yaml node, const char **ret)
{
	const char *text = walk_scalar(walk, node, "a domain");
	const char *why;
	int r = text ? address_domain(walk->arena, text, ret, &why) : 0;
	if (r > 0)
		walk_problem(walk, node, "%s", why);
	return r < 0 ? r : 0;
}

/* "GLBX", "BRK.B", "7203.T", also with the "$" that posts put before it. */
static int read_ticker(struct walk *walk, struct yaml node, const char **ret)
{
	const char *text = walk_scalar(walk, node, "a ticker");
	if (!text)
		return 0;
	const char *symbol = text[0] == '$' ? text + 1 : text;
	const size_t longest = 12; /* Reuters codes with their exchange */
	size_t good = strspn(symbol, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
	if (good > 0 && good <= longest && symbol[good] == '\0')
		return copy_word(walk, symbol, ret);
	walk_problem(walk, node, "\"%.*s\" is not a ticker such as GLBX", SHOWN(text));
	return 0;
}

int read_handles(struct walk *walk, struct yaml node, void *into)
{
	return walk_words(walk, node, read_handle, into);
}

int read_domains(struct walk *walk, struct yaml node, void *into)
{
	return walk_words(walk, node, read_domain, into);
}

int read_tickers(struct walk *walk, struct yaml node, void *into)
{
	return walk_words(walk, node, read_ticker, into);
}

int read_industry(struct walk *walk, struct yaml node, void *into)
{
	const char *industry = industry_walk(walk, node);
	if (industry)
		*(const char **)into = industry;
	return 0;
}

/* ---- organisations ---- */

/* A map, or only a name. */
static int fill_organisation(struct walk *walk, struct yaml node, struct organisation *ret)
{
	if (yaml_text(node)) {
		const char *name = walk_scalar(walk, node, "a name");
		return name ? copy_word(walk, name, &ret->name) : 0;
	}
	int r = walk_map(walk, node, organisation_table.keys, organisation_table.count, ret);
	if (r == 0 && ret->since && ret->until && date_after(ret->since, ret->until))
		walk_problem(walk, yaml_find(node, "until"), "\"until\" is before \"since\"");
	return r;
}

int read_organisation(struct walk *walk, struct yaml node, void *into)
{
	if (yaml_blank(node))
		return 0;
	struct organisation *organisation = arena_alloc(walk->arena, sizeof *organisation);
	if (!organisation)
		return -ENOMEM;
	*(const struct organisation **)into = organisation;
	return fill_organisation(walk, node, organisation);
}

int read_organisations(struct walk *walk, struct yaml node, void *into)
{
	if (yaml_blank(node))
		return 0;
	const bool list = yaml_type(node) == YAML_TYPE_LIST;
	const size_t count = list ? yaml_count(node) : 1;
	struct organisation *items = arena_array(walk->arena, count, sizeof *items);
	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		int r = fill_organisation(walk, list ? yaml_item(node, i) : node, &items[i]);
		if (r < 0)
			return r;
	}
	*(struct organisations *)into = (struct organisations){items, count};
	return 0;
}

/* ---- */

static const char *bare(const char *handle)
{
	return *handle == '@' ? handle + 1 : handle;
}

static bool share_word(const struct strings *a, const struct strings *b)
{
	for (size_t i = 0; i < a->count; i++) {
		for (size_t k = 0; k < b->count; k++) {
			if (strcasecmp(bare(a->items[i]), bare(b->items[k])) == 0)
				return true;
		}
	}
	return false;
}

static bool is_called(const struct organisation *organisation, const char *name)
{
	const struct strings one = {&name, 1};
	return strcasecmp(organisation->name, name) == 0 ||
	       share_word(&organisation->also_known_as, &one);
}

bool organisation_is_same(const struct organisation *a, const struct organisation *b)
{
	return is_called(a, b->name) || is_called(b, a->name) ||
	       share_word(&a->also_known_as, &b->also_known_as) ||
	       share_word(&a->domains, &b->domains) || share_word(&a->handles, &b->handles);
}
