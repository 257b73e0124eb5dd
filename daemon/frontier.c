#include "daemon/frontier.h"

#include "crawlers/net/accept.h"
#include "crawlers/net/url.h"
#include "daemon/base/buf.h"
#include "daemon/base/digest.h"
#include "daemon/base/limits.h"

#include <stdlib.h>
#include <string.h>

struct frontier {
	struct arena *arena;
	const char *profile;
	struct errand *items;
	size_t count;
	size_t next;
	bool full;
};

/* Room for every request a scan may make, with the longest URL, subject and body each. */
#define FRONTIER_B ((size_t)LIMIT_PAGES_A_SCAN * (3 * LIMIT_URL_B + LIMIT_REQUEST_BODY_B))

/* Scratch for taking apart the three URLs that matter to one request. */
#define SCRATCH_B ((size_t)16 * LIMIT_URL_B)

int frontier_new(const char *profile, struct frontier **ret)
{
	struct frontier *frontier = calloc(1, sizeof *frontier);
	if (!frontier)
		return -ENOMEM;
	frontier->arena = arena_new(FRONTIER_B);
	if (frontier->arena) {
		frontier->profile = arena_strdup(frontier->arena, profile);
		frontier->items =
			arena_array(frontier->arena, LIMIT_PAGES_A_SCAN, sizeof *frontier->items);
	}
	if (!frontier->profile || !frontier->items) {
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

static bool same_body(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_known(const struct frontier *frontier, const struct follow *follow)
{
	for (size_t i = 0; i < frontier->count; i++) {
		const struct follow *item = &frontier->items[i].follow;
		if (strcmp(item->url, follow->url) == 0 && item->accept == follow->accept &&
			same_body(item->json, follow->json))
			return true;
	}
	return false;
}

/* 0 with *@ret; -ENOMEM.  A @url that is none has no origin. */
static int has_origin(struct arena *scratch, const char *url, const struct url *other, bool *ret)
{
	struct url taken_apart;
	int r = url_parse(scratch, url, &taken_apart);
	*ret = r == 0 && url_same_origin(&taken_apart, other);
	return r < 0 ? r : 0;
}

/* More of a list never leads to another site, for a page could send us anywhere; and what is in a body
 * is for the one who asked for it, or for the profile's own server. */
static int may_lead_to(const struct frontier *frontier, struct arena *scratch, const char *from,
	const struct follow *follow, bool *ret)
{
	struct url there;
	bool same = true;
	bool own = false;
	int r = url_parse(scratch, follow->url, &there);
	if (r != 0)
		return r < 0 ? r : 0;
	if (from)
		r = has_origin(scratch, from, &there, &same);
	if (r == 0 && follow->json)
		r = has_origin(scratch, frontier->profile, &there, &own);
	if (r < 0)
		return r;
	bool next_fine = same || !relation_is_rest(follow->relation);
	bool body_fine = !follow->json || own || (from && same);
	*ret = next_fine && body_fine;
	return 0;
}

static bool is_sound(const struct follow *follow)
{
	return follow->accept < ACCEPT_COUNT && follow->relation < FOLLOW_COUNT &&
	       (!follow->json || strlen(follow->json) <= LIMIT_REQUEST_BODY_B);
}

int frontier_add(struct frontier *frontier, const char *from, const struct follow *follow,
	struct history_list *list, bool *ret_taken)
{
	if (ret_taken)
		*ret_taken = false;
	const struct source *source = source_find(follow->source);
	if (!source || !is_sound(follow))
		return 0;
	struct arena *scratch = arena_new(SCRATCH_B);
	if (!scratch)
		return -ENOMEM;
	bool fine = false;
	int r = may_lead_to(frontier, scratch, from, follow, &fine);
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
	copy.json = arena_strdup(frontier->arena, follow->json);
	if (!copy.url || (follow->subject && !copy.subject) || (follow->json && !copy.json))
		return -ENOMEM;
	frontier->items[frontier->count++] = (struct errand){copy, list};
	if (ret_taken)
		*ret_taken = true;
	return 0;
}

const struct errand *frontier_next(struct frontier *frontier)
{
	return frontier->next < frontier->count ? &frontier->items[frontier->next++] : NULL;
}

const char *frontier_key(struct arena *arena, const struct follow *follow)
{
	const char *fragment = accept_kind(follow->accept)->fragment;
	struct digest digest = {0};
	if (!follow->json && !*fragment)
		return arena_strdup(arena, follow->url);
	if (follow->json && digest_bytes(follow->json, strlen(follow->json), &digest) < 0)
		return NULL;
	struct buf key = BUF_INIT(LIMIT_URL_B + sizeof digest + 64);
	int r = buf_addf(&key, "%s#%s%s", follow->url, fragment, digest.hex);
	const char *copy = r == 0 ? arena_copy(arena, buf_str(&key), key.len) : NULL;
	buf_release(&key);
	return copy;
}

bool frontier_was_full(const struct frontier *frontier)
{
	return frontier->full;
}

size_t frontier_asked(const struct frontier *frontier)
{
	return frontier->next;
}

size_t frontier_room(const struct frontier *frontier)
{
	return LIMIT_PAGES_A_SCAN - frontier->count;
}
