#include "config/industry.h"

const char *const industries[] = {
	"education",
	"finance",
	"healthcare",
	"hospitality",
	"law",
	"public-service",
	"security",
	"software",
};

const size_t n_industries = sizeof industries / sizeof industries[0];

const char *industry_walk(struct walk *walk, struct yaml node)
{
	const char *text = walk_scalar(walk, node, "an industry");
	if (!text)
		return NULL;
	for (size_t i = 0; i < n_industries; i++) {
		if (strcmp(industries[i], text) == 0)
			return industries[i];
	}
	const char *near = nearest_word(text, industries, n_industries);
	if (near)
		walk_problem(walk, node, "unknown industry \"%.*s\", did you mean \"%s\"?",
			SHOWN(text), near);
	else
		walk_problem(walk, node,
			"unknown industry \"%.*s\": there are education, finance, healthcare, "
			"hospitality, law, public-service, security and software",
			SHOWN(text));
	return NULL;
}
