#ifndef DIRTWATCH_DAEMON_JSON_LINE_H
#define DIRTWATCH_DAEMON_JSON_LINE_H

#include "daemon/base/err.h"

#include <jansson.h>
#include <stdio.h>

/* JSON as text.  jansson 2.14's own json_dumps() leaves a key out, and says nothing, when memory runs out for it. */

/** @json as one line, malloc'd.  NULL: out of memory. */
char *json_line(const json_t *json);

/** Write that line to @out: whole, or not begun.  0, -ENOMEM, -EIO. */
MUST_CHECK int json_line_print(const json_t *json, FILE *out);

#endif
