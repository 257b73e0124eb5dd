#ifndef DIRTWATCH_CRAWLERS_PARSE_DATE_H
#define DIRTWATCH_CRAWLERS_PARSE_DATE_H

#include <stdbool.h>
#include <stdint.h>

/** Read a point in time as feeds, APIs and exports write it; @text is untrusted.
 *
 *    ISO 8601, RFC 3339   2022-09-10T01:52:13.5Z   2022-09-10 01:52:13 UTC   20220910   2022-09
 * 2022 RFC 822, 850, 5322   Sat, 10 Sep 22 01:52 EST   Saturday, 10-Sep-22 01:52:13 GMT   10 Sep
 * 2022 asctime and kin      Sat Sep 10 01:52:13 2022   Sat Sep 10 01:52:13 +0000 2022   Sep 2022
 *    since 1970           1662774733   1662774733.25   1662774733000 (milliseconds)
 *
 *  What is not written is taken as its first: the month January, the day 1, the time 00:00 and the
 *  zone UTC.  A named zone that we do not know is UTC too (RFC 5322 §4.3).  Years 1 to 9999.
 *  Returns false, and leaves *@ret_s alone, for anything else: a 31st of June, an hour 25, words.
 */
bool date_parse(const char *text, int64_t *ret_s);

#endif
