#ifndef DIRTWATCH_CONFIG_DATE_H
#define DIRTWATCH_CONFIG_DATE_H

#include <stdbool.h>

/** True when @text is YYYY, YYYY-MM or YYYY-MM-DD, from 1900 on, and there is such a day. */
bool date_valid(const char *text);

/** True when @since lies behind @until, as far as both tell; both valid. */
bool date_after(const char *since, const char *until);

#endif
