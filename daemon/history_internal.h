#ifndef DIRTWATCH_DAEMON_HISTORY_INTERNAL_H
#define DIRTWATCH_DAEMON_HISTORY_INTERNAL_H

#include "daemon/history.h"

/* What history.c (how far to read) and history_tell.c (what that makes) share. */

enum mode {
	MODE_READ, /* all of it anew, from the head on */
	MODE_HEAD, /* the head; all else was read before */
	MODE_JOIN, /* the head, and then on from the place */
	MODE_REST, /* from the place on */
};

struct history_list {
	struct history_list *next; /* in the order they came */
	const char *key;
	const char *name; /* of the list that this one adds to, else the key */
	struct list_memory was;
	enum mode mode;
	bool chain;    /* it goes on behind a page */
	bool ended;    /* its last page was read */
	bool failed;   /* a page was not read */
	bool joined;   /* the head came back to what was known */
	bool resuming; /* the place is asked for */
	bool resumed;  /* … and was found */
	bool lost;     /* … or not */
	bool farther;  /* the head came farther than the place: it is not needed */
	bool held;     /* the server asked to wait */
	bool window;

	struct follow last;    /* the last page read */
	struct follow place;   /* of the scan before */
	struct follow skipped; /* what would have come behind the head; url NULL: nothing was */

	int64_t low_s; /* everything from here on was shown, in one piece from the head on */
	int64_t newest_s;
	int64_t rest_low_s; /* … and from here on behind the place */
	size_t n_pages;
	int64_t n_shown; /* posts */
	int64_t n_new;   /* of them, younger than was.top_s */
	int64_t n_rest;  /* of them, behind the place */
	int64_t n_unscored;

	struct list_memory is; /* from history_close() on */
	bool whole;            /* all of it was read, now or before */
};

struct history {
	struct history_options options;
	struct arena *arena;
	struct history_list *first;
	struct history_list **end;
	size_t n_deep; /* requests made for deep parts */
};

/** Places in a row that are lost before a list is left alone for a while. */
#define LOST_MAX 2

/** Was all of @list shown by this scan? */
bool history_all_shown(const struct history_list *list);
/** Did the head come as far as the scan before had? */
bool history_meets(const struct history_list *list);

#endif
