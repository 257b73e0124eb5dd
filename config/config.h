#ifndef DIRTWATCH_CONFIG_CONFIG_H
#define DIRTWATCH_CONFIG_CONFIG_H

#include "config/problems.h"
#include "config/tokens.h"
#include "config/yaml_map.h"
#include "daemon/base/terms.h"

#include <stdint.h>

/* What the person says: dirtwatch.yaml(5).  Immutable once loaded; a reload builds a new one. */

struct organisation {
	const char *name;
	struct strings also_known_as;
	struct strings domains; /* "globex.example", lower case, without "www." */
	struct strings handles; /* as written, with or without "@" */
	struct strings products;
	struct strings tickers; /* "GLBX" */
	struct strings people;  /* its executives and the like */
	const char *since;      /* YYYY[-MM[-DD]]; NULL: not told */
	const char *until;      /* NULL: not told, or still */
};

/** Do @a and @b speak of one organisation: by a name, or by a domain or handle, which are one's alone? */
bool organisation_is_same(const struct organisation *a, const struct organisation *b);

struct organisations {
	const struct organisation *items;
	size_t count;
};

struct person {
	const char *name; /* NULL: not told */
	struct strings also_known_as;
	struct strings handles;
	const char *resume; /* path, resolved against the config's folder; NULL: none */
	const struct organisation *employer; /* NULL: none */
	const struct organisation *target;   /* whom they apply to; NULL: none */
	struct organisations competitors;
	struct organisations clients;
	struct organisations former_employers; /* of a competitor among them, ties are expected */
	const char *industry;                  /* one of industry.h; NULL: none */
};

struct profile {
	const char *url;    /* normalised, absolute */
	const char *source; /* a source's name that overrides the choice by URL; NULL: choose */
	bool account;       /* written "@user@host": the host is asked where it is */
	const char *export; /* path; NULL: none */
	int64_t every_s;    /* the schedule's where the profile says nothing */
};

struct severity_override {
	const char *rule; /* id, or a prefix that ends in ".*" */
	enum severity severity;
};

struct config {
	const char *path; /* where it came from; NULL: built in */
	struct person person;
	const struct profile *profiles;
	size_t n_profiles;
	int64_t every_s;        /* schedule.every: 6 h */
	int64_t jitter_s;       /* schedule.jitter: 10 min */
	int64_t window_s;       /* schedule.window: how far back every scan reads: 14 d */
	int64_t full_s;         /* schedule.full: time between two readings of everything: 30 d */
	enum severity alert_at; /* alert.at: low */
	int64_t alert_after;    /* alert.after: scans in a row before a state is told: 3 */
	struct strings disable; /* patterns.disable: ids or "prefix.*" */
	const struct severity_override *severities; /* patterns.severity */
	size_t n_severities;
	struct strings pattern_dirs; /* patterns.folders: beside the built-in layers */
	const char *user_agent;      /* fetch.user-agent; NULL: the built-in */
	int64_t delay_s;             /* fetch.delay: 1 s between requests to one host */
	const char *ca_file;         /* fetch.ca-file; NULL: the system's */
	struct token_files tokens;   /* tokens */
	struct arena *arena;         /* holds all of it */
};

/** Load @path; with @text != NULL parse that instead.  Everything wrong goes to @problems.
 *  Returns 0 with *@ret set when there are no problems; CONFIG_E_BAD when there are (nothing is
 *  loaded); -ENOENT and other -errno when the file can not be read.  The caller frees *@ret. */
enum { CONFIG_E_BAD = 1 };
MUST_CHECK int config_load(const char *path, const char *text, size_t len,
	struct problems *problems, struct config **ret);

/** The config without a file: no profiles, all defaults.  -ENOMEM is the only error. */
MUST_CHECK int config_default(struct config **ret);

struct config *config_free(struct config *config); /* NULL is fine; returns NULL */

#endif
