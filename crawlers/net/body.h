#ifndef DIRTWATCH_CRAWLERS_NET_BODY_H
#define DIRTWATCH_CRAWLERS_NET_BODY_H

#include "crawlers/net/coding.h"
#include "daemon/base/buf.h"

#include <stdbool.h>

/*
 * The body of an answer while it arrives: decoded, and never more of it than allowed.
 *
 * The decoding is ours to drive and not libcurl's: libcurl 7.88 takes a compressed stream that ends in
 * its midst for a whole one, and half a page must not pass for a page from which posts were taken
 * down.  So we ask for the codings that we know (CODINGS), and look at the end of the stream ourselves;
 * other codings, and several on top of each other, are refused.
 */
struct body {
	struct buf bytes;            /* decoded */
	const struct coding *coding; /* NULL: none */
	void *state;
	bool in_stream;  /* the stream has not come to its end */
	bool had_stream; /* a whole one has come */
	bool ended; /* what still comes belongs to no stream, and is passed over as gunzip does */
	size_t raw_b;
};

enum {
	BODY_E_TOO_BIG = 1,
	BODY_E_CODING,  /* a Content-Encoding that was not asked for */
	BODY_E_CORRUPT, /* not of that coding, or the check sum is wrong */
	BODY_E_CUT,     /* the compressed stream ended in its midst */
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
