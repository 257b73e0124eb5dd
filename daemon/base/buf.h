#ifndef DIRTWATCH_BASE_BUF_H
#define DIRTWATCH_BASE_BUF_H

#include "daemon/base/err.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A growable run of bytes that is created with its ceiling and never passes it.  data[len] is
 * always a NUL once anything was appended, so text may be read as a C string. */
struct buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max;
};

enum {
	BUF_E_FULL = 1, /* the ceiling: nothing was appended */
};

#define BUF_INIT(max_b) ((struct buf){.max = (max_b)})

/** Free the bytes; @buf may be zeroed or released already, and can be used again with its max. */
void buf_release(struct buf *buf);

/** Forget the content, keep the memory. */
void buf_clear(struct buf *buf);

/** Append @len bytes.  Returns 0, BUF_E_FULL or -ENOMEM; on failure @buf is as it was. */
MUST_CHECK int buf_add(struct buf *buf, const void *bytes, size_t len);

/** Append a C string, without its NUL. */
MUST_CHECK int buf_adds(struct buf *buf, const char *string);

/** Append one byte. */
MUST_CHECK int buf_addc(struct buf *buf, char byte);

/** Append as printf does. */
MUST_CHECK int buf_addf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/** A number with commas between its thousands: "14,000". */
MUST_CHECK int buf_add_number(struct buf *buf, int64_t number);

/** The content as a C string: "" when nothing was appended yet.  Owned by @buf. */
const char *buf_str(const struct buf *buf);

#endif
