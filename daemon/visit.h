#ifndef DIRTWATCH_DAEMON_VISIT_H
#define DIRTWATCH_DAEMON_VISIT_H

#include "daemon/context.h"
#include "daemon/frontier.h"
#include "daemon/record.h"

/* The page that a scan is at: what is remembered of it, how it is asked for, what its answer says of
 * itself.  Zeroed: at none. */
struct visit {
	const struct follow *asked; /* NULL: at none */
	struct history_list *list;  /* the one that the page belongs to */
	struct page_name name;      /* key is set by visit_begin(), the others by the caller */
	struct arena *arena;        /* of what follows */
	struct page_memory memory;  /* of the last time; valid if remembered */
	struct standing standing;   /* what that stands for */
	bool remembered;
	struct page_memory fresh; /* what the answer says of itself */
	struct digest body_digest;
};

/** Go to the page @asked, which is borrowed, and recall what is known of it.  0, -errno. */
MUST_CHECK int visit_begin(struct visit *visit, const struct context *context, const char *profile,
	const struct follow *asked);
void visit_release(struct visit *visit); /* zeroed is fine */

/** How to ask for it: strings belong to @visit. */
struct fetch_request visit_request(const struct visit *visit);

/** Note what @result, its answer, says of itself.  *@ret_unchanged: the page is as it was: the server says
 *  so, or these are the same bytes, from one that does not know 304.  0, -ENOMEM. */
MUST_CHECK int visit_answer(struct visit *visit, const struct context *context,
	const struct fetch_result *result, bool *ret_unchanged);

/** @page with what asked for it filled in. */
struct page visit_page(const struct visit *visit, const struct context *context,
	const char *profile, const struct page *page);

#endif
