#include "config/address.h"
#include "config/keys.h"

int read_profile_url(struct walk *walk, struct yaml node, void *into)
{
	const char *text = walk_scalar(walk, node, "a URL");
	const char *url;
	const char *why;
	if (!text)
		return 0;
	int r = address_profile(walk->arena, text, &url, &why);
	if (r == 0)
		*(const char **)into = url;
	else if (r > 0)
		walk_problem(walk, node, "%s", why);
	return r < 0 ? r : 0;
}

/* A map, or only an address. */
static int read_profile(struct walk *walk, struct yaml node, struct profile *profile)
{
	const bool bare = yaml_type(node) == YAML_TYPE_SCALAR;
	const char *address = yaml_text(bare ? node : yaml_find(node, "url"));
	profile->account = address && address_is_account(address);
	if (bare)
		return read_profile_url(walk, node, &profile->url);
	return walk_map(walk, node, profile_table.keys, profile_table.count, profile);
}

int read_profiles(struct walk *walk, struct yaml node, void *into)
{
	(void)into; /* the profiles are not complete before the schedule is known */
	struct loading *loading = walk->context;
	if (yaml_blank(node))
		return 0;
	const bool list = yaml_type(node) == YAML_TYPE_LIST;
	const size_t count = list ? yaml_count(node) : 1;
	loading->profiles = arena_array(walk->arena, count, sizeof *loading->profiles);
	loading->nodes = arena_array(walk->arena, count, sizeof *loading->nodes);
	if (!loading->profiles || !loading->nodes)
		return -ENOMEM;
	loading->n_profiles = count;
	for (size_t i = 0; i < count; i++) {
		loading->nodes[i] = list ? yaml_item(node, i) : node;
		int r = read_profile(walk, loading->nodes[i], &loading->profiles[i]);
		if (r < 0)
			return r;
	}
	return 0;
}
