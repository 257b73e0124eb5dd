#ifndef DIRTWATCH_DAEMON_MESSAGE_H
#define DIRTWATCH_DAEMON_MESSAGE_H

#include "daemon/base/buf.h"
#include "daemon/base/digest.h"
#include "daemon/base/limits.h"
#include "daemon/reader.h"

/*
 * What main and reader say to each other over a SOCK_SEQPACKET pair: one packet is one send, and
 * starts with a struct packet_head.
 *
 *     reader  HELLO    once, when it is ready: which rules it loaded, how it is boxed in
 *     main    REQUEST  page number and all of struct page but the body, which comes as a sealed
 * memfd reader  ANSWER   the reading, in as many packets as it takes, numbered from 0, the last one
 * marked reader  FAILED   instead: memory ran out over that page
 *
 * The reader believes main.  Main believes nothing: everything that ends in _read_ here takes an
 * attacker's bytes.
 */

enum packet_kind { PACKET_HELLO = 1, PACKET_REQUEST, PACKET_ANSWER, PACKET_FAILED };

struct packet_head {
	uint32_t kind;
	uint32_t index; /* ANSWER: 0, 1, 2 … */
	uint64_t page;  /* number of the page; HELLO: 0 */
	uint64_t last;  /* ANSWER: 1 in the last packet */
};

/* What a packet carries behind its head: a quarter of the socket buffer that Linux gives by
 * default. */
#define PACKET_BODY_B (48ul * 1024)
#define PACKET_B      (sizeof(struct packet_head) + PACKET_BODY_B)
/* An answer: a page's extract and what the rules say to it. */
#define ANSWER_B LIMIT_EXTRACT_B
/* A request: eight strings of at most LIMIT_URL_B or LIMIT_HEADER_B, and a few numbers. */
#define REQUEST_STRINGS 8ul
#define REQUEST_B       (REQUEST_STRINGS * LIMIT_URL_B + 512)

enum {
	MESSAGE_E_BAD = 1, /* malformed, or not what may come now */
	MESSAGE_E_MORE,    /* the answer goes on in the next packet */
	MESSAGE_E_FAILED,  /* the reader says that memory ran out */
};

struct hello {
	const char *digest;   /* of the rules; in the arena given */
	int64_t landlock_abi; /* 0: the kernel has none */
	const char *
		problems; /* what is wrong with rules, as problems_print() puts it; NULL: nothing */
};

MUST_CHECK int message_add_hello(struct buf *out, const struct hello *hello);
/** 0, MESSAGE_E_BAD, -ENOMEM. */
MUST_CHECK int message_read_hello(
	const char *packet, size_t len, struct arena *arena, struct hello *ret);

/** Everything of @page but its body.  0, BUF_E_FULL (@out is made with REQUEST_B), -ENOMEM. */
MUST_CHECK int message_add_request(struct buf *out, uint64_t number, const struct page *page);
/** body_len says how long the body in the memfd is; body stays NULL.  0, MESSAGE_E_BAD, -ENOMEM. */
MUST_CHECK int message_read_request(const char *packet, size_t len, struct arena *arena,
	uint64_t *ret_number, struct page *ret);

/** The bytes of a whole answer, without heads.  0, BUF_E_FULL, -ENOMEM. */
MUST_CHECK int message_add_reading(struct buf *out, const struct reading *reading);

/* An answer while its packets come in. */
struct gathering {
	uint64_t page;
	uint32_t next;
	struct buf bytes; /* made with ANSWER_B */
};

/** Take one packet of the answer to page gathering->page.  0: it was the last one; MESSAGE_E_MORE,
 *  MESSAGE_E_FAILED, MESSAGE_E_BAD (another page, out of order, too much), -ENOMEM. */
MUST_CHECK int message_gather(struct gathering *gathering, const char *packet, size_t len);

/** Rebuild a reading from a whole answer: every count, enum, number, string and offset is within
 *  bounds, rule indices are below @n_rules, every follow names a source and an http(s) URL, and no
 *  byte is left over.  *@ret owns an arena of LIMIT_EXTRACT_B: reading_release().
 *  0; MESSAGE_E_BAD with *@reterr_wrong naming the field (static); -ENOMEM. */
MUST_CHECK int message_read_reading(const char *bytes, size_t len, size_t n_rules,
	struct reading *ret, const char **reterr_wrong);

/** The part of it that looks at what fields say together.  NULL: @reading keeps what its headers
 *  promise; else what is wrong, static.  Follows' source names are replaced by the sources' own. */
const char *reading_check(struct reading *reading, size_t n_rules);

#endif
