#ifndef DIRTWATCH_CRAWLERS_NET_HEADERS_H
#define DIRTWATCH_CRAWLERS_NET_HEADERS_H

#include "crawlers/net/rate.h"
#include "daemon/base/arena.h"
#include "daemon/base/buf.h"
#include "daemon/base/err.h"

#include <stddef.h>

/* What is kept of the headers of one exchange.  All of it is a stranger's; a value is at most
 * LIMIT_HEADER_B long, without controls, and NULL where it was not sent or was longer. */
struct headers {
	const char *etag;
	const char *last_modified;
	const char *content_type;
	const char *content_encoding; /* joined by ", " where sent more than once */
	const char *link;             /* so too */
	const char *location;
	const char *bad_length; /* a Content-Length that is none, or a second one that differs;
				   NULL: fine */
	struct rate rate;

	const char *content_length;
	struct buf codings; /* what content_encoding and link point to */
	struct buf links;
	struct arena *arena; /* holds the rest */
	int64_t now_s;
	size_t seen_b;
	bool ended;
};

enum { HEADERS_E_TOO_BIG = 1 }; /* more than LIMIT_HEADERS_B in all */

/** 0, -ENOMEM.  @now_s: when the answer comes, for waits told in seconds. */
MUST_CHECK int headers_init(struct headers *headers, int64_t now_s);
void headers_release(struct headers *headers); /* zeroed is fine */

/** Take in one line as it came (with its line end): a status line, a header, or the empty line that
 *  ends them.  A status line starts anew: what came before was an interim answer (1xx).  Trailers,
 *  behind the empty line, are passed over.
 *  0, HEADERS_E_TOO_BIG, -ENOMEM. */
MUST_CHECK int headers_line(struct headers *headers, const char *line, size_t len);

/** True when @value may be sent in a request: not empty, at most LIMIT_HEADER_B, no controls. */
bool headers_may_send(const char *value);

#endif
