#ifndef DIRTWATCH_CRAWLERS_SOURCES_GITHUB_H
#define DIRTWATCH_CRAWLERS_SOURCES_GITHUB_H

#include "crawlers/sources/api.h"

/* Inside of the source "github": one row of a list to a post. */

/** Append what @login wrote in @row, if anything.  *@ret_known: the row is what such a list holds.
 *  0, -ENOMEM. */
typedef int github_writer(
	const json_t *row, const char *login, struct extract *extract, bool *ret_known);

github_writer github_write_issue;
github_writer github_write_event;
github_writer github_write_repo;
github_writer github_write_commit;

#endif
