#ifndef DIRTWATCH_CRAWLERS_PARSE_BASE64_H
#define DIRTWATCH_CRAWLERS_PARSE_BASE64_H

#include "daemon/base/buf.h"

/** Replace @text, a stranger's base64 (RFC 4648 §4, white space skipped), by what it stands for, made valid
 *  UTF-8; by nothing when it is none.  0, -ENOMEM. */
MUST_CHECK int base64_decode(struct buf *text);

#endif
