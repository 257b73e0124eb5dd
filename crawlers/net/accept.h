#ifndef DIRTWATCH_CRAWLERS_NET_ACCEPT_H
#define DIRTWATCH_CRAWLERS_NET_ACCEPT_H

#include "crawlers/source.h"

/* What each enum accept says to a server, and what kind of route it is for. */
struct accept_kind {
	const char *accept; /* value of the Accept header */
	const char *more;   /* one more header line, whole; NULL: none */
	/* A route that is made for programs: robots.txt, which is for visitors of pages, is not
	 * asked about it. */
	bool for_programs;
	/* One URL may stand for a page and for what programs read (content negotiation): what is
	 * remembered of the latter is kept under the URL with this fragment.  "": under the URL. */
	const char *fragment;
};

/** @accept is below ACCEPT_COUNT. */
const struct accept_kind *accept_kind(enum accept accept);

#endif
