#ifndef DIRTWATCH_CRAWLERS_NET_BODY_H
#define DIRTWATCH_CRAWLERS_NET_BODY_H

#include "daemon/base/buf.h"

#include <zlib.h>

/*
 * The body of an answer while it arrives: decoded, and never more of it than allowed.
 *
 * The decoding is zlib's and not libcurl's: libcurl 7.88 takes a gzip stream that ends in its midst
 * for a whole one, and half a page must not pass for a page from which posts were taken down.  So
 * we ask for gzip alone (BODY_CODINGS) and look at the end of the stream ourselves; other codings
 * than those asked for are refused.
 */
struct body {
	struct buf bytes; /* decoded */
	z_stream gzip;
	bool is_gzip;
	bool in_member;	 /* the gzip stream has not come to its end */
	bool had_member; /* a whole one has come */
	bool ended;	 /* what still comes is no gzip, and passed over as gunzip does */
	size_t raw_b;
};

/* For Accept-Encoding. */
#define BODY_CODINGS "gzip"

enum {
	BODY_E_TOO_BIG = 1,
	BODY_E_CODING,	/* a Content-Encoding that was not asked for */
	BODY_E_CORRUPT, /* no gzip, or the check sum is wrong */
	BODY_E_CUT,	/* the gzip stream ended in its midst */
};

/** A body of at most @max_b bytes, as it comes and as it is decoded. */
struct body body_init(size_t max_b);
void body_release(struct body *body); /* zeroed is fine */

/** Before the first byte: the Content-Encoding, anybody's; NULL: none.  0, BODY_E_CODING, -ENOMEM.
 */
MUST_CHECK int body_begin(struct body *body, const char *coding);
/** Take in bytes as they came.  0, BODY_E_TOO_BIG, BODY_E_CORRUPT, -ENOMEM. */
MUST_CHECK int body_add(struct body *body, const void *raw, size_t len);
/** The server says that this was all.  0, BODY_E_CUT. */
MUST_CHECK int body_end(const struct body *body);

#endif
