#include "daemon/frontier.h"

#include "crawlers/net/url.h"
#include "daemon/base/limits.h"

#include <stdlib.h>
#include <string.h>

struct frontier {
	struct arena *arena;
	struct follow *items;
	size_t count;
	size_t next;
	bool full;
};

/* Room for every request a scan may make, with the longest URL and subject each. */
#define FRONTIER_B ((size_t)LIMIT_PAGES_A_SCAN * 3 * LIMIT_URL_B)

int frontier_new(struct frontier **ret)
{
	struct frontier *frontier = calloc(1, sizeof *frontier);
	if (!frontier)
		return -ENOMEM;
	frontier->arena = arena_new(FRONTIER_B);
	if (frontier->arena)
		frontier->items =
			arena_array(frontier->arena, LIMIT_PAGES_A_SCAN, sizeof *frontier->items);
	if (!frontier->items) {
		frontier_free(frontier);
		return -ENOMEM;
	}
	*ret = frontier;
	return 0;
}

struct frontier *frontier_free(struct frontier *frontier)
{
	if (!frontier)
		return NULL;
	arena_free(frontier->arena);
	free(frontier);
	return NULL;
}

static bool is_known(const struct frontier *frontier, const struct follow *follow)
{
	for (size_t i = 0; i < frontier->count; i++) {
		if (strcmp(frontier->items[i].url, follow->url) == 0 &&
			frontier->items[i].accept == follow->accept)
			return true;
	}
	return false;
}

/* More of a list never leads to another site: a page could send us anywhere. */
static int may_lead_to(
	struct arena *scratch, const char *from, const struct follow *follow, bool *ret)
{
	struct url there;
	struct url here;
	int r = url_parse(scratch, follow->url, &there);
	if (r == 0 && from && relation_is_rest(follow->relation))
		r = url_parse(scratch, from, &here);
	if (r < 0)
		return r;
	bool anywhere = !from || !relation_is_rest(follow->relation);
	*ret = r == 0 && (anywhere || url_same_origin(&here, &there));
	return 0;
}

int frontier_add(
	struct frontier *frontier, const char *from, const struct follow *follow, bool *ret_taken)
{
	if (ret_taken)
		*ret_taken = false;
	const struct source *source = source_find(follow->source);
	if (!source || follow->accept >= ACCEPT_COUNT || follow->relation >= FOLLOW_COUNT)
		return 0;
	struct arena *scratch = arena_new(8 * LIMIT_URL_B);
	if (!scratch)
		return -ENOMEM;
	bool fine = false;
	int r = may_lead_to(scratch, from, follow, &fine);
	arena_free(scratch);
	if (r < 0 || !fine || is_known(frontier, follow))
		return r;
	if (frontier->count == LIMIT_PAGES_A_SCAN) {
		frontier->full = true;
		return 0;
	}
	struct follow copy = *follow;
	copy.url = arena_strdup(frontier->arena, follow->url);
	copy.source = source->name;
	copy.subject = arena_strdup(frontier->arena, follow->subject);
	if (!copy.url || (follow->subject && !copy.subject))
		return -ENOMEM;
	frontier->items[frontier->count++] = copy;
	if (ret_taken)
		*ret_taken = true;
	return 0;
}

const struct follow *frontier_next(struct frontier *frontier)
{
	return frontier->next < frontier->count ? &frontier->items[frontier->next++] : NULL;
}

bool frontier_was_full(const struct frontier *frontier)
{
	return frontier->full;
}

size_t frontier_asked(const struct frontier *frontier)
{
	return frontier->next;
}

size_t frontier_waiting(const struct frontier *frontier)
{
	return frontier->count - frontier->next;
}
