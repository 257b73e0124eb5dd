#ifndef DIRTWATCH_CRAWLERS_WALLS_H
#define DIRTWATCH_CRAWLERS_WALLS_H

#include "config/yaml_map.h"
#include "daemon/base/digest.h"
#include "daemon/base/terms.h"

/*
 * What walls are known by: answers that are not what was asked for, such as error statuses, log-in
 * forms, challenges of bot walls and an API's words for "no such account".  Read from walls.yaml
 * (dirtwatch-walls(5)), the shipped file and the person's own on top, and immutable from then on.
 * The files are trusted not to lie, but checked: no entry can turn an answer into a verdict that
 * says anything about findings.
 *
 * This is data alone.  crawlers/parse/wall.h looks for it in pages.
 */

struct status_range {
	int first;
	int last;
};

struct status_ranges {
	const struct status_range *items;
	size_t count;
};

/* An answer that a sign has to know, or to leave alone. */
struct wall_example {
	bool wall; /* it is one; else it only looks like one */
	const char *url;
	const char *body;
	int64_t status;
	struct place place;
};

/* What one kind of wall shows.  Everything that is given has to be there; of several strings in one
 * place, any.  Nothing given (count 0, NULL) means anything will do. */
struct wall_sign {
	const char *id;
	struct status_ranges statuses;
	/* of pages; all but hosts are in lower case */
	struct strings hosts;   /* the page's host, or a domain above it */
	struct strings paths;   /* the address' path begins so */
	struct strings titles;  /* the whole title */
	struct strings starts;  /* the title begins so */
	struct strings bodies;  /* stands in the page's beginning */
	struct strings without; /* nothing of this does */
	/* of answers of an API */
	const char *source;  /* the source that asked */
	const char *at;      /* where in the JSON, as json_path(); NULL: the status is enough */
	struct strings says; /* stands in the string there, in any case; none: any string will do */

	enum verdict verdict; /* proves nothing: verdict_proves() is false of it */
	const char *why;      /* NULL: the verdict says it */
	const char *from;     /* how it is known, for those who mend it */
	struct wall_example *examples;
	size_t n_examples;
	struct place place;
};

struct wall_signs {
	struct wall_sign *items;
	size_t count;
};

/* What a status means that no sign says more about. */
struct wall_status {
	struct status_ranges statuses;
	enum verdict verdict;
	const char *why;
	const char *from;
};

struct wall_statuses {
	struct wall_status *items;
	size_t count;
};

struct walls {
	struct arena *arena; /* holds all of it */
	struct wall_statuses
		statuses;          /* the first that fits counts; none is left out from 400 on */
	struct wall_signs pages;   /* the first that fits counts */
	struct wall_signs answers; /* so too, of one source */
	struct strings log_in;     /* a part of a path that is one of these asks to log in */
	struct strings missing;    /* titles that say that there is no such page */
	struct digest digest;
};

struct walls_options {
	const char *shipped; /* this file has to be there */
	const char *own;     /* the person's own, which goes before it; NULL or not there: none */
	struct strings sources; /* the names that a sign may call a source by; none: any */
};

enum { WALLS_E_BAD = 1 }; /* nothing was loaded; see the problems */

/** Load.  Anything that is wrong with a file is a problem, and with a problem nothing is loaded: a
 *  wall that is not known for one might be read as a page.  0, WALLS_E_BAD, -ENOMEM. */
MUST_CHECK int walls_load(
	const struct walls_options *options, struct problems *problems, struct walls **ret);
struct walls *walls_free(struct walls *walls); /* NULL is fine; returns NULL */

/** What @status (400 to 999) means by itself.  Never NULL. */
const struct wall_status *walls_status(const struct walls *walls, int status);

/** True when @path, of a URL without its query, leads to a log-in: a part of it is one of
 *  walls->log_in, alone or with an ending (".php"). */
bool walls_is_log_in(const struct walls *walls, const char *path);

/** Is @status one of @statuses?  Any is, where none are named. */
bool status_is_in(const struct status_ranges *statuses, int64_t status);

#endif
