#include "daemon/choice.h"

#include <string.h>

int choice_make(struct arena *arena, const struct profile *profile, const struct tokens *tokens,
	struct choice *ret)
{
	*ret = (struct choice){0};
	int r = url_parse(arena, profile->url, &ret->url);
	if (r != 0)
		return r < 0 ? r : -EINVAL;
	const struct source *named = profile->source ? source_find(profile->source) : NULL;
	const struct source *finger = profile->account ? source_find("webfinger") : NULL;
	if (named && (named->first || named->known)) {
		ret->source = named;
		ret->why = "as the config says";
	} else if (finger) {
		ret->source = finger;
		ret->why = "its host says where the account is";
	} else {
		ret->source = source_pick(&ret->url, &ret->why);
	}
	ret->own = ret->source->name;
	if (ret->source->known) {
		ret->known = ret->source->known(&ret->url, &ret->known_why);
		return 0;
	}
	bool with_token =
		ret->source->first_with_token && tokens_serve(tokens, ret->own, &ret->url);
	r = (with_token ? ret->source->first_with_token : ret->source->first)(
		arena, &ret->url, &ret->first);
	if (ret->source == named && !ret->first.subject)
		ret->first.subject = SUBJECT_AS_NAMED;
	return r;
}

int choice_change(struct choice *choice, struct arena *arena, const struct follow *asked,
	bool first, const struct follow *instead, const char *why)
{
	const struct source *source = source_find(instead->source);
	bool leads = first || asked->relation == FOLLOW_INSTEAD;
	if (!leads || source == choice->source || strcmp(asked->source, choice->source->name) != 0)
		return 0;
	const char *copy = arena_strdup(arena, why ? why : "the page leads there");
	if (!copy)
		return -ENOMEM;
	choice->source = source;
	choice->why = copy;
	return 0;
}
