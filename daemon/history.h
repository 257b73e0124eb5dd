#ifndef DIRTWATCH_DAEMON_HISTORY_H
#define DIRTWATCH_DAEMON_HISTORY_H

#include "crawlers/source.h"
#include "daemon/stretch.h"
#include "daemon/tally.h"

/*
 * How far one scan reads the lists of a profile.
 *
 * A list is what begins at a page and goes on, page by page, with FOLLOW_OLDER.  Every scan reads its
 * head: back to the window (schedule.window) and to what the scan before had seen.  What is older is read
 * once to its end, and anew every schedule.full, or when the rules are others: the deep part, of which a
 * scan reads LIMIT_OLDER_A_SCAN pages and keeps its place for the next one.
 *
 * The place is the last page that was read, not the one behind it: whether it still shows what it showed
 * tells whether there is a gap, be the list paged by numbers or by cursors.  A place that is gone, or
 * would leave one, starts the deep part anew from behind the head; a second time in a row that waits for
 * schedule.full.
 */
struct history;
struct history_list;

struct history_options {
	struct store *store;
	const char *profile;      /* URL */
	const char *rules_digest; /* of the rules that pages are scored under now */
	int64_t now_s;
	int64_t window_s;
	int64_t full_s;
	bool once; /* no later scan will go on: nothing is kept for it */
};

/** Strings of @options are borrowed.  0, -ENOMEM. */
MUST_CHECK int history_new(const struct history_options *options, struct history **ret);
struct history *history_free(struct history *history); /* NULL is fine; returns NULL */

/** The list that the page @asked belongs to.  @key: what the page is remembered under; @from: the list
 *  of the page that led to it, NULL: none did.  Lists live as long as @history.  0, -errno. */
MUST_CHECK int history_list(struct history *history, const struct follow *asked, const char *key,
	struct history_list *from, struct history_list **ret);

/** How posts on pages of @list name it: what adds to a list of posts has that one's name. */
const char *history_list_name(const struct history_list *list);
/** How interactions do: what its first page is remembered under. */
const char *history_list_key(const struct history_list *list);
/** Its newest post as the scan before saw it; 0: none did. */
int64_t history_list_top(const struct history_list *list);

/* A page of a list that proved something. */
struct leaf {
	const struct follow *asked;
	struct stretch stretch;
	size_t n_younger;           /* posts younger than history_list_top() */
	size_t n_unscored;          /* posts */
	bool window;                /* the source, or a limit, leaves posts out */
	size_t n_more;              /* requests for single posts and the like that it leads to */
	const struct follow *older; /* NULL: the list ends here */
	size_t room; /* requests that the scan may still make, those just named taken off */
};

/** Count @leaf.  *@ret: what to ask for next of @list; NULL: nothing.  0, -ENOMEM. */
MUST_CHECK int history_page(struct history *history, struct history_list *list,
	const struct leaf *leaf, const struct follow **ret);

/** What history_page() last said need not be asked for: it was already.  *@ret: what else. */
void history_known(struct history_list *list, const struct follow **ret);

/** The page @asked of @list says @verdict, which proves nothing.  True: that says nothing of the profile,
 *  and *@ret is what to ask for next of the list, NULL: nothing.  Else history_failed(), unless another page
 *  stands in for this one. */
bool history_bears(struct history *history, struct history_list *list, const struct follow *asked,
	enum verdict verdict, size_t room, const struct follow **ret);
void history_failed(struct history_list *list);

/** All pages are read: count into @tally what was read before, and what was not.  0, -ENOMEM. */
MUST_CHECK int history_close(struct history *history, struct tally *tally);

/** After history_close(): what was shown and what is known, for @outcome, which is of @tally.  Strings
 *  belong to @history.  0, -ENOMEM. */
MUST_CHECK int history_tell(
	struct history *history, const struct tally *tally, struct outcome *outcome);

/** For progress: is a deep part being read, and how many posts of the lists are read by now? */
bool history_progress(const struct history *history, int64_t *ret_posts);

#endif
