#include "crawlers/sources/activitypub.h"

#include "crawlers/parse/json.h"
#include "crawlers/sources/api.h"
#include "crawlers/sources/fediverse.h"
#include "crawlers/sources/sources.h"

#include <stdlib.h>
#include <string.h>

/*
 * ActivityPub as any server of the fediverse speaks it: the actor, then its outbox page after page, and
 * the lists of whom it follows and what it likes where they are public.  A server that wants requests
 * to be signed, or whose outbox only counts, may still show a web page.
 *
 * The subject of the actor is a mode, that of what comes after it "MODE ACTOR", with a page's number
 * behind it in the lists.
 */
enum step { STEP_ACTOR, STEP_OUTBOX, STEP_OBJECT, STEP_FOLLOWING, STEP_LIKED };

#define MODE_PLAIN FEDIVERSE_PLAIN
#define MODE_FULL  FEDIVERSE_FULL_OUTBOX
#define MODE_ALSO  FEDIVERSE_BESIDE_A_PAGE

/* Rows of one page that only name what they are about and are asked for one by one; the next page of
 * the list needs a request, too. */
#define OBJECTS_A_PAGE (LIMIT_FOLLOWS - 2)

struct subject {
	const char *mode;
	const char *actor; /* its id */
	int number;        /* of the page, in lists of interactions; 0: the first */
};

static int subject_of(struct arena *arena, const struct page *page, struct subject *ret)
{
	const char *words[3] = {"", "", ""};
	int r = api_split(arena, page->subject, words, 3);
	*ret = (struct subject){words[0], words[1], (int)strtol(words[2], NULL, 10)};
	return r;
}

/* ---- what to ask for ---- */

static int activitypub_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	const char *whole = arena_strdup(arena, url->whole);
	if (!whole)
		return -ENOMEM;
	*ret = (struct follow){
		.url = whole,
		.source = source_activitypub.name,
		.step = STEP_ACTOR,
		.subject = MODE_PLAIN,
		.accept = ACCEPT_ACTIVITY,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* The page that people see at @url. */
static int follow_page(struct extract *extract, const char *url)
{
	const struct follow like = {
		.source = source_page.name,
		.subject = SUBJECT_AS_NAMED,
		.accept = ACCEPT_PAGE,
		.relation = FOLLOW_INSTEAD,
	};
	return api_follow(extract, &like, "%s", url);
}

/* Ask for what stands at @url in the @subject's name: only on the server that was asked, for another
 * one is another's. */
static int follow_part(const struct page *page, struct extract *extract,
	const struct subject *subject, enum step step, enum relation relation, const char *url)
{
	struct arena *arena = extract->arena;
	const char *whole = NULL;
	struct url here = {0}, there = {0};
	struct follow like = {
		.source = source_activitypub.name,
		.step = step,
		.accept = ACCEPT_ACTIVITY,
		.relation = strcmp(subject->mode, MODE_ALSO) == 0 ? FOLLOW_ALSO : relation,
	};
	int r = api_url(arena, page->final_url, url, &whole);
	if (r < 0 || !whole)
		return r;
	r = url_parse(arena, page->url, &here);
	if (r == 0)
		r = url_parse(arena, whole, &there);
	if (r != 0)
		return r < 0 ? r : 0;
	if (!url_same_origin(&here, &there)) {
		extract->coverage.cut |= relation_is_rest(relation);
		extract->coverage.lack = "The server names another server for part of the account; "
					 "that is not read.";
		return 0;
	}
	r = subject->number > 0
		    ? api_format(arena, &like.subject, "%s %s %d", subject->mode, subject->actor,
			      subject->number)
		    : api_format(arena, &like.subject, "%s %s", subject->mode, subject->actor);
	return r < 0 ? r : api_follow(extract, &like, "%s", whole);
}

/* ---- the actor ---- */

static bool same_host(struct arena *arena, const char *a, const char *b)
{
	struct url x, y;
	return a && url_parse(arena, a, &x) == 0 && url_parse(arena, b, &y) == 0 &&
	       strcmp(x.host, y.host) == 0;
}

static bool same_origin(struct arena *arena, const char *a, const char *b)
{
	struct url x, y;
	return url_parse(arena, a, &x) == 0 && url_parse(arena, b, &y) == 0 &&
	       url_same_origin(&x, &y);
}

static int judge_actor(const json_t *actor, struct extract *extract)
{
	extract->verdict = VERDICT_OK;
	if (json_flag(actor, "suspended")) {
		extract->verdict = VERDICT_SUSPENDED;
		extract->why = "The server has suspended this account.";
	} else if (extract->facts.moved_to) {
		extract->verdict = VERDICT_MOVED;
		return api_format(extract->arena, &extract->why,
			"The account has moved to %s; what it wrote here still stands.",
			extract->facts.moved_to);
	} else if (json_flag(actor, "memorial")) {
		extract->coverage.lack = "The server keeps this account in memory of its owner.";
	}
	return 0;
}

static int follow_lists(const json_t *actor, const struct page *page, struct extract *extract,
	const struct subject *subject)
{
	int r = follow_part(page, extract, subject, STEP_OUTBOX, FOLLOW_NEXT,
		activitypub_id(json_object_get(actor, "outbox")));
	if (r == 0)
		r = follow_part(page, extract, subject, STEP_FOLLOWING, FOLLOW_ALSO,
			activitypub_id(json_object_get(actor, "following")));
	if (r == 0)
		r = follow_part(page, extract, subject, STEP_LIKED, FOLLOW_ALSO,
			activitypub_id(json_object_get(actor, "liked")));
	return r;
}

static int read_actor(const json_t *actor, const struct page *page, struct extract *extract)
{
	struct subject subject = {0};
	int r = subject_of(extract->arena, page, &subject);
	subject.actor = json_words(actor, "id");
	if (r < 0)
		return r;
	if (!same_host(extract->arena, subject.actor, page->final_url))
		return api_drift(extract, "The answer is about an account of another server.");
	/* What an actor leads to is bound to the server that was asked, so ask the right one. */
	if (!same_origin(extract->arena, page->url, page->final_url)) {
		const struct follow like = {
			.source = source_activitypub.name,
			.subject = page->subject,
			.accept = ACCEPT_ACTIVITY,
			.relation = FOLLOW_INSTEAD,
		};
		extract->why = "The account is on another server.";
		return api_follow(extract, &like, "%s", page->final_url);
	}
	r = activitypub_write_actor(actor, page, extract);
	if (r == 0)
		r = judge_actor(actor, extract);
	if (r < 0 || extract->verdict == VERDICT_SUSPENDED)
		return r;
	return follow_lists(actor, page, extract, &subject);
}

/* ---- its outbox ---- */

/* What a list only names must be asked for. */
static int follow_object(const struct page *page, struct extract *extract,
	const struct subject *subject, const char *url, size_t *n_named)
{
	if ((*n_named)++ < OBJECTS_A_PAGE)
		return follow_part(page, extract, subject, STEP_OBJECT, FOLLOW_ALSO, url);
	extract->coverage.cut = true;
	extract->coverage.lack = "The server only names its posts; not all were asked for.";
	return 0;
}

struct rows {
	size_t listed;
	size_t known;
	size_t named;
};

static int read_rows(const json_t *list, const struct subject *subject, const struct page *page,
	struct extract *extract, struct rows *rows)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < activitypub_count(list); i++) {
		bool known = false;
		const char *named = NULL;
		r = activitypub_write_row(
			activitypub_item(list, i), subject->actor, page, extract, &known, &named);
		if (r == 0 && named)
			r = follow_object(page, extract, subject, named, &rows->named);
		rows->listed++;
		rows->known += known;
	}
	return r;
}

/* The rows of a collection, or of a page of one; NULL: it has none itself. */
static const json_t *rows_of(const json_t *collection)
{
	const json_t *ordered = json_object_get(collection, "orderedItems");
	return ordered ? ordered : json_object_get(collection, "items");
}

static bool is_collection(const json_t *root)
{
	return activitypub_is(root, "OrderedCollection") || activitypub_is(root, "Collection") ||
	       activitypub_is(root, "OrderedCollectionPage") ||
	       activitypub_is(root, "CollectionPage");
}

/* A list without rows: is that all there is? */
static int judge_empty(
	const struct page *page, struct extract *extract, const struct subject *subject)
{
	int64_t total = extract->coverage.total;
	extract->verdict = VERDICT_TRUNCATED;
	if (total == 0 && strcmp(subject->mode, MODE_FULL) == 0) {
		extract->verdict = VERDICT_EMPTY;
		return 0;
	}
	extract->coverage.lack =
		total > 0 ? "The server counts posts that its outbox does not show."
			  : "The outbox is empty; some servers keep it so whatever was written.";
	if (strcmp(subject->mode, MODE_ALSO) == 0)
		return 0;
	const struct follow like = {
		.source = source_page.name,
		.subject = SUBJECT_AS_NAMED,
		.accept = ACCEPT_PAGE,
		.relation = FOLLOW_ALSO,
	};
	return same_host(extract->arena, subject->actor, page->url)
		       ? api_follow(extract, &like, "%s", subject->actor)
		       : 0;
}

/* What a collection lists, itself or in the first page that stands in it, and where it goes on. */
static void find_rows(const json_t *root, const json_t **ret_rows, const char **ret_next)
{
	const json_t *first = json_object_get(root, "first");
	const json_t *at = rows_of(root) || !json_is_object(first) ? root : first;
	*ret_rows = rows_of(at);
	*ret_next = activitypub_id(json_object_get(at, "next"));
	if (!*ret_next && activitypub_count(*ret_rows) == 0 && at == root)
		*ret_next = activitypub_id(first);
}

static int read_outbox(const json_t *root, const struct page *page, struct extract *extract)
{
	struct subject subject = {0};
	struct rows rows = {0};
	const json_t *list;
	const char *next;
	bool later = json_object_get(root, "partOf") != NULL; /* a page: others may be before it */
	if (!is_collection(root))
		return api_drift(extract, "The answer is no list as ActivityPub has it.");
	find_rows(root, &list, &next);
	int r = subject_of(extract->arena, page, &subject);
	if (r == 0)
		r = read_rows(list, &subject, page, extract, &rows);
	if (r < 0)
		return r;
	extract->coverage.total = later ? -1 : json_int64(root, "totalItems", -1);
	api_judge_list(extract, rows.listed, rows.known);
	/* A page without rows proves nothing of its own where there are others. */
	bool empty = extract->verdict == VERDICT_EMPTY;
	if (empty && !later && !next)
		return judge_empty(page, extract, &subject);
	if (empty)
		extract->verdict = VERDICT_OK;
	return follow_part(page, extract, &subject, STEP_OUTBOX,
		rows.listed > 0 ? extract_next_relation(extract) : FOLLOW_NEXT, next);
}

static int read_object(const json_t *root, const struct page *page, struct extract *extract)
{
	struct subject subject = {0};
	bool known = false;
	const char *named = NULL;
	int r = subject_of(extract->arena, page, &subject);
	if (r == 0)
		r = activitypub_write_row(root, subject.actor, page, extract, &known, &named);
	if (r == 0 && (!known || named))
		return api_drift(extract, "The answer is no post as ActivityPub has it.");
	if (r == 0)
		extract->verdict = VERDICT_OK;
	return r;
}

/* ---- whom it follows, what it likes ---- */

static int read_interactions(const json_t *root, const struct page *page, struct extract *extract)
{
	const struct activitypub_act act = {
		.kind = page->step == STEP_LIKED ? KIND_LIKE : KIND_FOLLOW};
	struct subject subject = {0};
	const json_t *list;
	const char *next;
	size_t n_known = 0;
	if (!is_collection(root))
		return api_drift(extract, "The answer is no list as ActivityPub has it.");
	find_rows(root, &list, &next);
	int r = subject_of(extract->arena, page, &subject);
	for (size_t i = 0; r == 0 && i < activitypub_count(list); i++) {
		const json_t *row = activitypub_item(list, i);
		n_known += activitypub_id(row) != NULL;
		r = activitypub_write_interaction(row, &act, page, extract);
	}
	if (r < 0)
		return r;
	api_judge_acts(extract, activitypub_count(list), n_known);
	if (!next && activitypub_count(list) == 0 && json_int64(root, "totalItems", 0) > 0)
		return api_cut_acts(extract,
			"The server only counts whom the account follows, or what it likes.");
	if (!next)
		return 0;
	if (subject.number >= FEDIVERSE_ACT_PAGES)
		return api_cut_acts(
			extract, "Not all of whom the account follows, or what it likes, is read.");
	subject.number++;
	return follow_part(page, extract, &subject, (enum step)page->step, FOLLOW_ALSO, next);
}

/* ---- the answer ---- */

/* At the account's address: the account, or one post of the person's own. */
static int read_first(const json_t *root, const struct page *page, struct extract *extract)
{
	if (activitypub_is_actor(root))
		return read_actor(root, page, extract);
	if (activitypub_is(root, "Tombstone")) {
		extract->verdict = VERDICT_GONE;
		extract->why = "The server says that the account was deleted.";
		return 0;
	}
	return api_drift(extract, "The answer is no account as ActivityPub has it.");
}

static int read_answer(const json_t *root, const struct page *page, struct extract *extract)
{
	switch ((enum step)page->step) {
	case STEP_OUTBOX:
		return read_outbox(root, page, extract);
	case STEP_OBJECT:
		return read_object(root, page, extract);
	case STEP_FOLLOWING:
	case STEP_LIKED:
		return read_interactions(root, page, extract);
	case STEP_ACTOR:
		break;
	}
	return read_first(root, page, extract);
}

/* A page for people, where this one is not for us. */
static int lead_to_page(const struct page *page, struct extract *extract)
{
	struct subject subject = {0};
	int r = subject_of(extract->arena, page, &subject);
	bool also = strcmp(subject.mode, MODE_ALSO) == 0;
	if (r < 0 || also || page->step > STEP_OUTBOX)
		return r;
	const char *url = page->step == STEP_OUTBOX ? subject.actor : page->url;
	return *url ? follow_page(extract, url) : 0;
}

static int activitypub_walled(const struct page *page, struct extract *extract)
{
	bool later = page->status == 429 || page->status >= 500;
	if (page->status == 401)
		extract->why = "The server answers signed requests only.";
	return later || page->status == 410 ? 0 : lead_to_page(page, extract);
}

static int activitypub_read(const struct page *page, struct extract *extract)
{
	int r = api_read(page, extract, read_answer);
	bool json = page->body_len > 0 && *(const char *)page->body == '{';
	return r == 0 && !json ? lead_to_page(page, extract) : r;
}

const struct source source_activitypub = {
	.name = "activitypub",
	.title = "ActivityPub",
	.first = activitypub_first,
	.read = activitypub_read,
	.walled = activitypub_walled,
};
