#include "daemon/rating.h"

#include <math.h>
#include <string.h>

/* Ten more findings as bad as the worst one add about ten points: enough to be seen, too little to
 * drown the worst one. */
#define REST_POINTS 10.0

void rating_add(struct rating *rating, const struct finding *finding)
{
	if (finding->score > rating->worst) {
		rating->rest += rating->worst;
		rating->worst = finding->score;
	} else {
		rating->rest += finding->score;
	}
	if (finding->severity > rating->lights[finding->class])
		rating->lights[finding->class] = finding->severity;
}

void rating_sum(const struct rating *rating, struct scan_result *ret)
{
	double damped =
		rating->worst > 0 ? REST_POINTS * log10(1 + rating->rest / rating->worst) : 0;
	ret->rating = fmin(100, rating->worst + damped);
	memcpy(ret->lights, rating->lights, sizeof ret->lights);
}
