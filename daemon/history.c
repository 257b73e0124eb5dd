#include "daemon/base/limits.h"
#include "daemon/history_internal.h"
#include "daemon/standing.h"

#include <stdlib.h>
#include <string.h>

#define DAY_S INT64_C(86400)

/* The lists of one scan: for each page two keys, a place and the requests around it. */
#define HISTORY_B ((size_t)LIMIT_PAGES_A_SCAN * 16 * LIMIT_URL_B)

int history_new(const struct history_options *options, struct history **ret)
{
	struct history *history = calloc(1, sizeof *history);
	if (!history)
		return -ENOMEM;
	history->options = *options;
	history->end = &history->first;
	history->arena = arena_new(HISTORY_B);
	if (!history->arena) {
		history_free(history);
		return -ENOMEM;
	}
	*ret = history;
	return 0;
}

struct history *history_free(struct history *history)
{
	if (!history)
		return NULL;
	arena_free(history->arena);
	free(history);
	return NULL;
}

const char *history_list_name(const struct history_list *list)
{
	return list->name;
}

const char *history_list_key(const struct history_list *list)
{
	return list->key;
}

int64_t history_list_top(const struct history_list *list)
{
	return list->was.top_s;
}

bool history_all_shown(const struct history_list *list)
{
	return list->ended && !list->window && !list->resumed && !list->failed;
}

bool history_meets(const struct history_list *list)
{
	return list->low_s != 0 && list->low_s < list->was.top_s;
}

/* ---- how a list is read ---- */

/* Has so much time passed since @since_s?  A time that lies ahead by more than a clock is ever put right
 * by was told by a wrong clock: it counts as long past, lest nothing be read until then. */
static bool has_passed(const struct history *history, int64_t since_s, int64_t time_s)
{
	int64_t now_s = history->options.now_s;
	return since_s > now_s + DAY_S || now_s - since_s >= time_s;
}

static enum mode choose_mode(const struct history *history, struct history_list *list)
{
	const struct list_memory *was = &list->was;
	int64_t full_s = history->options.full_s;
	if (was->place)
		return MODE_JOIN;
	if (was->again)
		return MODE_READ;
	if (was->n_lost >= LOST_MAX)
		return has_passed(history, was->began_s, full_s) ? MODE_READ : MODE_HEAD;
	bool due = was->full_s == 0 || has_passed(history, was->full_s, full_s);
	return due ? MODE_READ : MODE_HEAD;
}

static int recall(struct history *history, struct history_list *list)
{
	const struct history_options *options = &history->options;
	int r = store_list(options->store, history->arena, options->profile, list->key, &list->was);
	if (r < 0)
		return r;
	/* What was scored by other rules is as good as not read. */
	if (r != 0 || !list->was.rules_digest ||
		strcmp(list->was.rules_digest, options->rules_digest) != 0)
		list->was = (struct list_memory){0};
	if (list->was.place) {
		r = standing_follow_read(history->arena, list->was.place, &list->place);
		if (r < 0)
			return r;
		list->place.relation = FOLLOW_OLDER;
		if (!list->place.url)
			list->was.place = NULL;
	}
	list->mode = choose_mode(history, list);
	return 0;
}

int history_list(struct history *history, const struct follow *asked, const char *key,
	struct history_list *from, struct history_list **ret)
{
	if (asked->relation == FOLLOW_OLDER && from) {
		*ret = from;
		return 0;
	}
	struct history_list *list = arena_array(history->arena, 1, sizeof *list);
	if (!list)
		return -ENOMEM;
	list->key = arena_strdup(history->arena, key);
	if (!list->key)
		return -ENOMEM;
	/* What adds to a list of posts shows some of them once more (the feed of a page); what adds to an
	 * account alone is something else (its commits beside its issues). */
	bool adds = relation_adds(asked->relation) && from && from->n_shown > 0;
	list->name = adds ? from->name : list->key;
	int r = recall(history, list);
	if (r < 0)
		return r;
	*history->end = list;
	history->end = &list->next;
	*ret = list;
	return 0;
}

/* ---- a page ---- */

static int copy_follow(struct history *history, const struct follow *follow, struct follow *ret)
{
	struct arena *arena = history->arena;
	struct follow copy = *follow;
	copy.url = arena_strdup(arena, follow->url);
	copy.source = arena_strdup(arena, follow->source);
	copy.subject = arena_strdup(arena, follow->subject);
	copy.json = arena_strdup(arena, follow->json);
	if (!copy.url || !copy.source || (follow->subject && !copy.subject) ||
		(follow->json && !copy.json))
		return -ENOMEM;
	*ret = copy;
	return 0;
}

/* Is the window shown? */
static bool covers_window(const struct history *history, const struct history_list *list)
{
	return list->low_s != 0 && list->low_s < history->options.now_s - history->options.window_s;
}

static bool is_deep(const struct history *history, const struct history_list *list)
{
	return list->mode == MODE_REST || (list->mode == MODE_READ && covers_window(history, list));
}

static bool may_go_deeper(const struct history *history, size_t room)
{
	size_t most = history->options.once ? LIMIT_PAGES_A_SCAN : LIMIT_OLDER_A_SCAN;
	return room > 0 && history->n_deep < most;
}

static int64_t lower(int64_t a, int64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

static int count(struct history *history, struct history_list *list, const struct leaf *leaf)
{
	list->n_pages++;
	list->n_shown += (int64_t)leaf->stretch.n_posts;
	list->n_unscored += (int64_t)leaf->n_unscored;
	list->window |= leaf->window;
	if (leaf->stretch.newest_s > list->newest_s)
		list->newest_s = leaf->stretch.newest_s;
	if (list->resumed)
		list->rest_low_s = lower(list->rest_low_s, leaf->stretch.reach_s);
	else
		list->low_s = lower(list->low_s, leaf->stretch.reach_s);
	/* The place itself was counted when it was left. */
	if (list->resumed && !list->resuming)
		list->n_rest += (int64_t)leaf->stretch.n_posts;
	if (!list->resumed)
		list->n_new += (int64_t)leaf->n_younger;
	if (is_deep(history, list))
		history->n_deep += leaf->n_more;
	return copy_follow(history, leaf->asked, &list->last);
}

/* The place shows what lies between what was read before and what was not, and is not the head again
 * (some servers take a cursor that they do not know for none). */
static bool is_the_place(const struct history_list *list, const struct leaf *leaf)
{
	int64_t newest_s = leaf->stretch.newest_s;
	return newest_s != 0 && newest_s >= list->was.back_s && newest_s < list->newest_s;
}

static const struct follow *go_deeper(
	struct history *history, struct history_list *list, const struct follow *older, size_t room)
{
	if (!may_go_deeper(history, room))
		return NULL;
	history->n_deep++;
	list->skipped = *older;
	return &list->skipped;
}

/* The place is no more.  Begin again behind the head, unless that was in vain before. */
static const struct follow *lose(struct history *history, struct history_list *list, size_t room)
{
	list->lost = true;
	list->resuming = list->resumed = false;
	list->mode = MODE_READ;
	if (list->was.n_lost + 1 >= LOST_MAX || !list->skipped.url)
		return NULL;
	return go_deeper(history, list, &list->skipped, room);
}

/* The head meets what was known: go on from the place, or from here where that is farther. */
static int join(struct history *history, struct history_list *list, const struct leaf *leaf,
	const struct follow **ret)
{
	list->joined = true;
	if (list->mode != MODE_JOIN)
		return 0;
	list->mode = MODE_REST;
	int r = copy_follow(history, leaf->older, &list->skipped);
	if (r < 0)
		return r;
	list->farther = list->was.back_s != 0 && list->low_s <= list->was.back_s;
	if (!may_go_deeper(history, leaf->room))
		return 0;
	history->n_deep++;
	list->resumed = list->resuming = !list->farther;
	*ret = list->farther ? &list->skipped : &list->place;
	return 0;
}

int history_page(struct history *history, struct history_list *list, const struct leaf *leaf,
	const struct follow **ret)
{
	*ret = NULL;
	if (list->resuming && !is_the_place(list, leaf)) {
		*ret = lose(history, list, leaf->room);
		return 0;
	}
	int r = count(history, list, leaf);
	list->resuming = false;
	list->ended = r == 0 && !leaf->older;
	if (r < 0 || list->ended)
		return r;
	list->chain = true;
	if (is_deep(history, list)) {
		struct follow older;
		r = copy_follow(history, leaf->older, &older);
		*ret = r == 0 ? go_deeper(history, list, &older, leaf->room) : NULL;
		return r;
	}
	if (list->mode != MODE_READ && covers_window(history, list) && history_meets(list))
		return join(history, list, leaf, ret);
	if (leaf->room == 0)
		return 0;
	r = copy_follow(history, leaf->older, &list->skipped);
	*ret = r == 0 ? &list->skipped : NULL;
	return r;
}

void history_known(struct history_list *list, const struct follow **ret)
{
	list->farther |= list->resuming;
	*ret = list->resuming ? &list->skipped : NULL;
	list->resuming = list->resumed = false;
}

bool history_bears(struct history *history, struct history_list *list, const struct follow *asked,
	enum verdict verdict, size_t room, const struct follow **ret)
{
	*ret = NULL;
	bool gone = verdict == VERDICT_NOT_FOUND || verdict == VERDICT_GONE ||
		    verdict == VERDICT_PARSE_DRIFT;
	if (list->resuming && gone) {
		*ret = lose(history, list, room);
		return true;
	}
	list->resumed &= !list->resuming;
	list->resuming = false;
	/* Politeness is no failure: what was read stands, and the rest waits. */
	list->held |= verdict == VERDICT_RATE_LIMITED && asked->relation == FOLLOW_OLDER &&
		      is_deep(history, list);
	return list->held;
}

void history_failed(struct history_list *list)
{
	list->failed = true;
}

bool history_progress(const struct history *history, int64_t *ret_posts)
{
	bool deep = false;
	*ret_posts = 0;
	for (const struct history_list *list = history->first; list; list = list->next) {
		deep |= list->chain && is_deep(history, list);
		*ret_posts += list->n_shown + (list->mode == MODE_REST ? list->was.n_read : 0);
	}
	return deep;
}
