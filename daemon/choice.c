#include "daemon/choice.h"

int choice_make(struct arena *arena, const struct profile *profile, struct choice *ret)
{
	*ret = (struct choice){0};
	int r = url_parse(arena, profile->url, &ret->url);
	if (r != 0)
		return r < 0 ? r : -EINVAL;
	const struct source *named = profile->source ? source_find(profile->source) : NULL;
	ret->source = named ? named : source_pick(&ret->url, &ret->why);
	if (named)
		ret->why = "as the config says";
	if (ret->source->known) {
		ret->known = ret->source->known(&ret->url, &ret->known_why);
		return 0;
	}
	return ret->source->first(arena, &ret->url, &ret->first);
}
