#include "daemon/options.h"

#include "config/problems.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

struct option_row {
	const char *name;
	const char *argument; /* NULL: none; in brackets: optional */
	const char *help;     /* NULL: not for people */
	int (*take)(struct options *options, const char *argument);
	enum command command; /* where take is NULL: the option names this job */
};

static int complain(const char *option, const char *argument, const char *known)
{
	(void)fprintf(stderr, "dirtwatch: --%s=%s: must be one of %s\n", option, argument, known);
	return OPTIONS_E_USAGE;
}

static int take_config(struct options *options, const char *argument)
{
	options->config = argument;
	return 0;
}

static int take_patterns(struct options *options, const char *argument)
{
	options->patterns = argument;
	return 0;
}

static int take_walls(struct options *options, const char *argument)
{
	options->walls = argument;
	return 0;
}

static int take_output(struct options *options, const char *argument)
{
	options->output = argument;
	return 0;
}

static int take_format(struct options *options, const char *argument)
{
	if (strcmp(argument, "text") == 0)
		options->format = FORMAT_TEXT;
	else if (strcmp(argument, "json") == 0)
		options->format = FORMAT_JSON;
	else
		return complain("format", argument, "text, json");
	return 0;
}

static int take_color(struct options *options, const char *argument)
{
	if (strcmp(argument, "auto") == 0)
		options->color = WHEN_AUTO;
	else if (strcmp(argument, "always") == 0)
		options->color = WHEN_ALWAYS;
	else if (strcmp(argument, "never") == 0)
		options->color = WHEN_NEVER;
	else
		return complain("color", argument, "auto, always, never");
	return 0;
}

static int take_fail_on(struct options *options, const char *argument)
{
	if (!severity_parse(argument, &options->fail_on) || options->fail_on == SEVERITY_NONE)
		return complain("fail-on", argument, "info, low, medium, high, critical");
	return 0;
}

static int take_quiet(struct options *options, const char *argument)
{
	(void)argument;
	options->quiet = true;
	return 0;
}

static int take_verbose(struct options *options, const char *argument)
{
	(void)argument;
	options->verbose = true;
	return 0;
}

static int take_lines(struct options *options, const char *argument)
{
	(void)argument;
	options->lines = true;
	return 0;
}

static int take_role(struct options *options, const char *argument)
{
	if (strcmp(argument, "reader") != 0)
		return complain("role", argument, "reader");
	options->command = COMMAND_READER;
	return 0;
}

static const struct option_row rows[] = {
	{"scan-now", NULL,
		"scan now: the TARGETs (URL, @user@host, saved page or feed, - for standard "
		"input), or the configured profiles",
		NULL, COMMAND_SCAN_NOW},
	{"check", NULL, "score a draft before you post it: a file, or standard input", NULL,
		COMMAND_CHECK},
	{"jsonl", NULL, "with --check: one {\"id\",\"text\"} a line in, one verdict a line out",
		take_lines, 0},
	{"list", NULL, "the findings that stand", NULL, COMMAND_LIST},
	{"explain", NULL, "what a finding or a rule is about, by its id", NULL, COMMAND_EXPLAIN},
	{"check-config", NULL, "say what is wrong with the config", NULL, COMMAND_CHECK_CONFIG},
	{"test-patterns", NULL,
		"run the tests that stand in the rules (of the FILEs, or of all) and in walls.yaml",
		NULL, COMMAND_TEST_PATTERNS},
	{"config", "FILE", "read this config", take_config, 0},
	{"patterns", "FOLDER", "take the shipped rules from this folder", take_patterns, 0},
	{"walls", "FILE", "take the shipped walls.yaml from here", take_walls, 0},
	{"format", "text|json", "how to report (default text)", take_format, 0},
	{"output", "FILE", "report to FILE", take_output, 0},
	{"fail-on", "SEVERITY", "exit 1 from this severity on (default low)", take_fail_on, 0},
	{"color", "WHEN", "auto, always or never", take_color, 0},
	{"quiet", NULL, "no progress, no hints", take_quiet, 0},
	{"verbose", NULL, "say more", take_verbose, 0},
	{"help", NULL, "this text", NULL, COMMAND_HELP},
	{"version", NULL, "the version", NULL, COMMAND_VERSION},
	{"role", "ROLE", NULL, take_role, 0},
};

#define N_ROWS (sizeof rows / sizeof rows[0])

void options_help(void)
{
	(void)printf("usage: dirtwatch [OPTION…] [TARGET…]\n\n"
		     "Watches a person's own public profiles for digital dirt.  Without options it "
		     "is the\n"
		     "daemon, in the foreground.\n\n");
	for (size_t i = 0; i < N_ROWS; i++) {
		if (!rows[i].help)
			continue;
		char name[64];
		(void)snprintf(name, sizeof name, "--%s%s%s", rows[i].name,
			rows[i].argument ? "=" : "", rows[i].argument ? rows[i].argument : "");
		(void)printf("  %-22s %s\n", name, rows[i].help);
	}
	(void)printf("\nExit status: 0 nothing at or above --fail-on; 1 findings; 2 usage, config "
		     "or rules;\n"
		     "3 a profile could not be verified; 4 internal error.  See dirtwatch(8).\n");
}

static void unknown_option(const char *given)
{
	const char *known[N_ROWS];
	for (size_t i = 0; i < N_ROWS; i++)
		known[i] = rows[i].name;
	const char *word = given + strspn(given, "-");
	const char *near = nearest_word(word, known, N_ROWS);
	(void)fprintf(stderr, "dirtwatch: unknown option %s%s%s%s; see --help\n", given,
		near ? ", did you mean --" : "", near ? near : "", near ? "?" : "");
}

static void to_getopt(struct option longs[N_ROWS + 1])
{
	for (size_t i = 0; i < N_ROWS; i++) {
		longs[i] = (struct option){.name = rows[i].name,
			.has_arg = rows[i].argument ? required_argument : no_argument,
			.val = (int)i};
	}
	longs[N_ROWS] = (struct option){0};
}

static bool takes_targets(const struct options *options)
{
	switch (options->command) {
	case COMMAND_SCAN_NOW:
	case COMMAND_CHECK:
	case COMMAND_TEST_PATTERNS:
	case COMMAND_EXPLAIN:
	case COMMAND_CHECK_CONFIG:
	case COMMAND_READER:
		return true;
	default:
		return false;
	}
}

static int check_whole(const struct options *options)
{
	if (options->n_targets > 0 && !takes_targets(options)) {
		(void)fprintf(stderr,
			"dirtwatch: \"%s\" stands alone; did you mean --scan-now %s?\n",
			options->targets[0], options->targets[0]);
		return OPTIONS_E_USAGE;
	}
	if (options->command == COMMAND_EXPLAIN && options->n_targets != 1) {
		(void)fprintf(stderr, "dirtwatch: --explain wants one id of a finding or a rule\n");
		return OPTIONS_E_USAGE;
	}
	if (options->lines && options->command != COMMAND_CHECK) {
		(void)fprintf(stderr, "dirtwatch: --jsonl goes with --check\n");
		return OPTIONS_E_USAGE;
	}
	return 0;
}

int options_read(int argc, char **argv, struct options *ret)
{
	struct options options = {.command = COMMAND_DAEMON, .fail_on = SEVERITY_LOW};
	struct option longs[N_ROWS + 1];
	to_getopt(longs);
	opterr = 0;
	bool named = false;
	for (;;) {
		int at = optind;
		int i = getopt_long(argc, argv, ":", longs, NULL);
		if (i == -1)
			break;
		if (i == '?') {
			unknown_option(argv[at]);
			return OPTIONS_E_USAGE;
		}
		if (i == ':') {
			(void)fprintf(stderr, "dirtwatch: %s wants a value\n", argv[at]);
			return OPTIONS_E_USAGE;
		}
		const struct option_row *row = &rows[i];
		if (!row->take) {
			if (named && options.command != row->command) {
				(void)fprintf(stderr, "dirtwatch: --%s and another job at once\n",
					row->name);
				return OPTIONS_E_USAGE;
			}
			options.command = row->command;
			named = true;
		} else if (row->take(&options, optarg) != 0) {
			return OPTIONS_E_USAGE;
		}
	}
	options.targets = argv + optind;
	options.n_targets = (size_t)(argc - optind);
	if (check_whole(&options) != 0)
		return OPTIONS_E_USAGE;
	*ret = options;
	return 0;
}
