#ifndef DIRTWATCH_BASE_DIGEST_H
#define DIRTWATCH_BASE_DIGEST_H

#include "daemon/base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Stable names for contents: the first 128 bits of SHA-256 (OpenSSL's), in hexadecimal. */
#define DIGEST_CHARS 32

struct digest {
	char hex[DIGEST_CHARS + 1];
};

/** The digest of @count strings, each counted with its length, so that ("ab","c") and ("a","bc")
 *  differ; a NULL string counts as "".  Returns 0 or -ENOMEM. */
MUST_CHECK int digest_strings(const char *const *strings, size_t count, struct digest *ret);

/** The digest of @len bytes. */
MUST_CHECK int digest_bytes(const void *bytes, size_t len, struct digest *ret);

#endif
