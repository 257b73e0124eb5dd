#include "daemon/base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer messages are cut: a line in the journal that nobody can read helps nobody. */
#define LINE_B 1024

static int limit = LOG_INFO;

void log_limit(int priority)
{
	limit = priority;
}

void log_line(int priority, int r, const char *format, ...)
{
	if (priority > limit)
		return;
	char line[LINE_B];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(line, sizeof line, format, args);
	va_end(args);
	char reason[128] = "";
	if (r < 0)
		(void)snprintf(reason, sizeof reason, ": %s",
			strerrordesc_np(-r) ? strerrordesc_np(-r) : "unknown error");
	if (getenv("JOURNAL_STREAM"))
		(void)fprintf(stderr, "<%d>%s%s\n", priority, line, reason);
	else
		(void)fprintf(stderr, "dirtwatch: %s%s\n", line, reason);
}
