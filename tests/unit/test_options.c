/* daemon/options: the command line. */
#include "daemon/options.h"

#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MOST 6

struct row {
	const char *why;
	const char *args[MOST];
	int r;
	enum command command;
	size_t n_targets;
};

static const struct row rows[] = {
	{"nothing is the daemon", {NULL}, 0, COMMAND_DAEMON, 0},
	{"targets stand behind the job", {"--scan-now", "https://a.example/", "b.html"}, 0,
		COMMAND_SCAN_NOW, 2},
	{"options may stand behind targets", {"--scan-now", "x", "--format=json"}, 0,
		COMMAND_SCAN_NOW, 1},
	{"- is a target", {"--scan-now", "-"}, 0, COMMAND_SCAN_NOW, 1},
	{"a value in the next argument", {"--config", "f", "--check-config"}, 0,
		COMMAND_CHECK_CONFIG, 0},
	{"a target without a job", {"https://a.example/"}, OPTIONS_E_USAGE, COMMAND_DAEMON, 0},
	{"two jobs", {"--check", "--list"}, OPTIONS_E_USAGE, COMMAND_DAEMON, 0},
	{"the same job twice is one", {"--list", "--list"}, 0, COMMAND_LIST, 0},
	{"an unknown option", {"--scan-nwo"}, OPTIONS_E_USAGE, COMMAND_DAEMON, 0},
	{"an unknown format", {"--scan-now", "--format=pdf"}, OPTIONS_E_USAGE, COMMAND_DAEMON, 0},
	{"an unknown severity", {"--scan-now", "--fail-on=dire"}, OPTIONS_E_USAGE, COMMAND_DAEMON,
		0},
	{"none is no severity to fail on", {"--scan-now", "--fail-on=none"}, OPTIONS_E_USAGE,
		COMMAND_DAEMON, 0},
	{"a missing value", {"--config"}, OPTIONS_E_USAGE, COMMAND_DAEMON, 0},
	{"--jsonl belongs to --check", {"--list", "--jsonl"}, OPTIONS_E_USAGE, COMMAND_DAEMON, 0},
	{"--explain wants one id", {"--explain"}, OPTIONS_E_USAGE, COMMAND_DAEMON, 0},
	{"--explain with its id", {"--explain", "abcd"}, 0, COMMAND_EXPLAIN, 1},
	{"an unknown role", {"--role", "king"}, OPTIONS_E_USAGE, COMMAND_DAEMON, 0},
	{"the reader", {"--role", "reader", "--config", "c"}, 0, COMMAND_READER, 0},
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];
		char *argv[MOST + 2] = {(char *)"dirtwatch"};
		int argc = 1;
		while (argc <= MOST && row->args[argc - 1]) {
			argv[argc] = (char *)row->args[argc - 1];
			argc++;
		}
		struct options options;
		print_message("%s\n", row->why);
		optind = 0; /* glibc: begin anew */
		assert_int_equal(options_read(argc, argv, &options), row->r);
		if (row->r != 0)
			continue;
		assert_int_equal(options.command, row->command);
		assert_int_equal(options.n_targets, row->n_targets);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
