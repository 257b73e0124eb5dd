#include "daemon/visit.h"

#include <string.h>

/* Memory for what is remembered of the page, and for its request. */
#define MEMORY_B (4u * 1024 * 1024)

void visit_release(struct visit *visit)
{
	arena_free(visit->arena);
	*visit = (struct visit){0};
}

int visit_begin(struct visit *visit, const struct context *context, const char *profile,
	const struct follow *asked)
{
	visit_release(visit);
	visit->asked = asked;
	visit->arena = arena_new(MEMORY_B);
	if (!visit->arena)
		return -ENOMEM;
	visit->name.key = frontier_key(visit->arena, asked);
	if (!visit->name.key)
		return -ENOMEM;
	int r = store_page(context->store, visit->arena, profile, visit->name.key, &visit->memory);
	if (r < 0)
		return r;
	/* Scored under other rules, or not knowing any more what it stands for, it must be read again
	 * whether it changed or not. */
	bool known = r == 0 && visit->memory.rules_digest &&
		     strcmp(visit->memory.rules_digest, context->digest.hex) == 0;
	if (!known)
		return 0;
	r = standing_read(visit->arena, visit->memory.extract, &visit->standing);
	visit->remembered = r == 0 && visit->standing.sound;
	return r;
}

struct fetch_request visit_request(const struct visit *visit)
{
	return (struct fetch_request){
		.url = visit->asked->url,
		.accept = visit->asked->accept,
		.json = visit->asked->json,
		.etag = visit->remembered ? visit->memory.etag : NULL,
		.last_modified = visit->remembered ? visit->memory.last_modified : NULL,
	};
}

static int remember(
	struct visit *visit, const struct context *context, const struct fetch_result *result)
{
	struct arena *arena = visit->arena;
	int r = digest_bytes(result->body, result->body_len, &visit->body_digest);
	if (r < 0)
		return r;
	visit->fresh = (struct page_memory){
		.etag = arena_strdup(arena, result->etag),
		.last_modified = arena_strdup(arena, result->last_modified),
		.body_digest = visit->body_digest.hex,
		.rules_digest = context->digest.hex,
		.read_s = clock_now_s(context->clock),
	};
	return 0;
}

int visit_answer(struct visit *visit, const struct context *context,
	const struct fetch_result *result, bool *ret_unchanged)
{
	*ret_unchanged = result->verdict == VERDICT_UNCHANGED && visit->remembered;
	if (result->verdict != VERDICT_OK)
		return 0;
	int r = remember(visit, context, result);
	*ret_unchanged = r == 0 && visit->remembered && visit->memory.body_digest &&
			 strcmp(visit->memory.body_digest, visit->body_digest.hex) == 0;
	return r;
}

struct page visit_page(const struct visit *visit, const struct context *context,
	const char *profile, const struct page *page)
{
	struct page asked = *page;
	asked.url = visit->asked->url;
	asked.profile = profile;
	asked.source = visit->asked->source;
	asked.step = visit->asked->step;
	asked.subject = visit->asked->subject;
	asked.fetched_s = clock_now_s(context->clock);
	return asked;
}
