#include "daemon/base/log.h"
#include "daemon/check.h"
#include "daemon/daemon.h"
#include "daemon/list.h"
#include "daemon/options.h"
#include "daemon/role.h"
#include "daemon/scan_now.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	struct options options;
	if (options_read(argc, argv, &options) != 0)
		return EXIT_USAGE;
	if (options.verbose)
		log_limit(LOG_DEBUG);
	else if (options.quiet)
		log_limit(LOG_WARNING);
	switch (options.command) {
	case COMMAND_DAEMON:
		return (int)daemon_run(&options);
	case COMMAND_SCAN_NOW:
		return (int)scan_now(&options);
	case COMMAND_CHECK:
		return (int)check_draft(&options);
	case COMMAND_CHECK_CONFIG:
		return (int)check_config(&options);
	case COMMAND_TEST_PATTERNS:
		return (int)check_patterns(&options);
	case COMMAND_LIST:
		return (int)list_findings(&options);
	case COMMAND_EXPLAIN:
		return (int)list_explain(&options);
	case COMMAND_READER:
		return role_reader(&options);
	case COMMAND_HELP:
		options_help();
		return EXIT_CLEAN;
	case COMMAND_VERSION:
		(void)puts("dirtwatch " DIRTWATCH_VERSION);
		return EXIT_CLEAN;
	}
	return EXIT_INTERNAL;
}
