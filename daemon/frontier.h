#ifndef DIRTWATCH_DAEMON_FRONTIER_H
#define DIRTWATCH_DAEMON_FRONTIER_H

#include "crawlers/source.h"

/* What is still to be fetched for one profile in one scan: a queue that asks for nothing twice and
 * ends at LIMIT_PAGES_A_SCAN.  Requests come from pages, so they are a stranger's wishes: only http(s)
 * URLs of known sources are taken, more of a list only within the origin of the page that asked, one with
 * a body only within that origin or the profile's. */
struct frontier;
struct history_list;

struct errand {
	struct follow follow;
	struct history_list
		*list; /* of the page that led to it: daemon/history.h; NULL: none did */
};

/** @profile: the configured profile's URL; copied.  0, -ENOMEM. */
MUST_CHECK int frontier_new(const char *profile, struct frontier **ret);
struct frontier *frontier_free(struct frontier *frontier);

/** Put @follow at the end.  @from: URL of the page that led to it, NULL for the first.  @list is
 *  handed back with it.  Strings are copied.  0 with *@ret_taken (may be NULL): false when it was known, refused or one too many;
 *  -ENOMEM. */
MUST_CHECK int frontier_add(struct frontier *frontier, const char *from,
	const struct follow *follow, struct history_list *list, bool *ret_taken);

/** The next request; it lives as long as @frontier.  NULL: nothing is left. */
const struct errand *frontier_next(struct frontier *frontier);

/** What the answer to @follow is remembered under: its URL, with a fragment where the URL alone does
 *  not tell what was asked for (a body, another format of the same page).  In @arena; NULL: -ENOMEM. */
const char *frontier_key(struct arena *arena, const struct follow *follow);

/** Some request was left out because there were too many. */
bool frontier_was_full(const struct frontier *frontier);

size_t frontier_asked(const struct frontier *frontier); /* handed out so far */
size_t frontier_room(const struct frontier *frontier);  /* that may still be added */

#endif
