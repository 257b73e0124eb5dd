#ifndef DIRTWATCH_DAEMON_OPTIONS_H
#define DIRTWATCH_DAEMON_OPTIONS_H

#include "daemon/base/err.h"
#include "daemon/base/terms.h"

#include <stdbool.h>
#include <stddef.h>

/* The command line: dirtwatch(8). */

enum command {
	COMMAND_DAEMON,
	COMMAND_SCAN_NOW,
	COMMAND_CHECK,
	COMMAND_CHECK_CONFIG,
	COMMAND_TEST_PATTERNS,
	COMMAND_LIST,
	COMMAND_EXPLAIN,
	COMMAND_READER, /* --role reader: only ever started by dirtwatch itself */
	COMMAND_HELP,
	COMMAND_VERSION,
};

enum format { FORMAT_TEXT, FORMAT_JSON };
enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

/* What the program ends with. */
enum exit_status {
	EXIT_CLEAN = 0, /* nothing at or above --fail-on */
	EXIT_FINDINGS = 1,
	EXIT_USAGE = 2,      /* the command line, the config or the rules */
	EXIT_UNVERIFIED = 3, /* some profile could not be verified, and no findings */
	EXIT_INTERNAL = 4,
};

struct options {
	enum command command;
	char **targets; /* what stands behind the options; NULL-ended, points into argv */
	size_t n_targets;
	const char *config;   /* NULL: the usual places */
	const char *patterns; /* the folder of shipped rules; NULL: the usual place */
	const char *walls;    /* the shipped walls.yaml; NULL: the usual place */
	const char *output;   /* NULL: standard output */
	enum format format;
	enum when color;
	enum severity fail_on;
	bool quiet;
	bool verbose;
	bool lines; /* --jsonl */
};

enum { OPTIONS_E_USAGE = 1 }; /* told on standard error */

/** Read the arguments.  0, OPTIONS_E_USAGE.  *@ret borrows from @argv. */
MUST_CHECK int options_read(int argc, char **argv, struct options *ret);

/** The text of --help, to standard output. */
void options_help(void);

#endif
