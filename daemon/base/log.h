#ifndef DIRTWATCH_BASE_LOG_H
#define DIRTWATCH_BASE_LOG_H

#include "daemon/base/err.h"

#include <syslog.h>

/*
 * What the program says of itself, to standard error: as `<PRIORITY>text` when systemd reads it
 * (JOURNAL_STREAM is set), else as `dirtwatch: text`.  Only daemon/ logs above debug, once a
 * failure, where it is decided what happens next.  A stranger's text goes through text_clean()
 * first.  Alerts do not pass here: daemon/alert.h.
 */

/** Messages with a priority above (numerically) @priority are left out.  The default is LOG_INFO. */
void log_limit(int priority);

/** One line.  @r: a -errno to be named at the end (": No such file …"), or 0. */
void log_line(int priority, int r, const char *format, ...) PRINTF_LIKE(3, 4);

#define log_err(r, ...)  log_line(LOG_ERR, (r), __VA_ARGS__)
#define log_warn(r, ...) log_line(LOG_WARNING, (r), __VA_ARGS__)
#define log_notice(...)  log_line(LOG_NOTICE, 0, __VA_ARGS__)
#define log_info(...)    log_line(LOG_INFO, 0, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_DEBUG, 0, __VA_ARGS__)

#endif
