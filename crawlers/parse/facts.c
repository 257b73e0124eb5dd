#include "crawlers/parse/facts.h"

#include <stdio.h>
#include <string.h>

void facts_set(const char **field, const char *value)
{
	if (!*field && value && *value)
		*field = value;
}

/* The arrays of struct facts are const to their readers; they were made here. */
static void *grow(struct arena *arena, const void *items, size_t count, size_t size)
{
	return arena_grow(arena, (void *)items, count, size);
}

int facts_add_job(struct arena *arena, struct facts *facts, const struct job *job)
{
	if (facts->n_jobs == FACTS_MAX || (!job->title && !job->company))
		return 0;
	struct job *jobs = grow(arena, facts->jobs, facts->n_jobs, sizeof *jobs);
	if (!jobs)
		return -ENOMEM;
	jobs[facts->n_jobs++] = *job;
	facts->jobs = jobs;
	return 0;
}

int facts_add_school(struct arena *arena, struct facts *facts, const struct school *school)
{
	if (facts->n_schools == FACTS_MAX || !school->name)
		return 0;
	struct school *schools = grow(arena, facts->schools, facts->n_schools, sizeof *schools);
	if (!schools)
		return -ENOMEM;
	schools[facts->n_schools++] = *school;
	facts->schools = schools;
	return 0;
}

int facts_add_link(struct arena *arena, struct facts *facts, const char *url)
{
	for (size_t i = 0; i < facts->n_links; i++) {
		if (strcmp(facts->links[i], url) == 0)
			return 0;
	}
	if (facts->n_links == FACTS_MAX)
		return 0;
	const char **links = grow(arena, facts->links, facts->n_links, sizeof *links);
	if (!links)
		return -ENOMEM;
	links[facts->n_links++] = url;
	facts->links = links;
	return 0;
}

int facts_join(struct arena *arena, const char *first, const char *second, const char **ret)
{
	if (!first || !*first || !second || !*second) {
		*ret = first && *first ? first : second && *second ? second : NULL;
		return 0;
	}
	size_t size = strlen(first) + strlen(second) + 3;
	char *both = arena_alloc(arena, size);
	if (!both)
		return -ENOMEM;
	(void)snprintf(both, size, "%s, %s", first, second);
	*ret = both;
	return 0;
}

bool facts_any(const struct facts *facts)
{
	return facts->name || facts->handle || facts->headline || facts->bio || facts->location ||
	       facts->photo_url || facts->n_jobs > 0 || facts->n_schools > 0;
}
