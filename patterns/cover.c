#include "patterns/cover.h"

bool hit_is_covered(const struct ruleset *ruleset, const struct score *score, size_t i)
{
	const struct hit *hit = &score->hits[i];
	for (size_t k = 0; k < i; k++) {
		const struct hit *worse = &score->hits[k];
		if (worse->rule == hit->rule)
			return true;
		bool overlaps = worse->start < hit->end && hit->start < worse->end;
		if (overlaps && ruleset_card(ruleset, worse->rule)->class ==
					ruleset_card(ruleset, hit->rule)->class)
			return true;
	}
	return false;
}
