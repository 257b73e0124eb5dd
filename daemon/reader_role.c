#include "daemon/base/limits.h"
#include "daemon/role.h"
#include "daemon/rules.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static int read_page_here(const struct page *page, struct reading *ret, void *userdata)
{
	return reading_make(userdata, page, ret);
}

static int serve_with(const struct ruleset *ruleset)
{
	struct role role = {.digest = *ruleset_digest(ruleset), .read = read_page_here};
	struct scorer *scorer = NULL;
	int r = scorer_new(ruleset, &scorer);
	role.userdata = scorer;
	if (r == 0)
		r = role_serve(&role);
	scorer_free(scorer);
	return r;
}

/* Config and rules were told on by main, which loads them first: here problems
 * are only a reason to end. */
static int load_and_serve(struct arena *arena, const struct options *options)
{
	struct paths paths;
	struct config *config = NULL;
	struct ruleset *ruleset = NULL;
	struct problems *problems = problems_new();
	int r = problems ? paths_find(arena, options, &paths) : -ENOMEM;
	if (r == 0 && paths.config && access(paths.config, F_OK) < 0)
		paths.config = NULL; /* main named the usual place, and there is none: the
					same defaults */
	if (r == 0)
		r = rules_config(&paths, problems, &config);
	if (r == 0)
		r = rules_load(&paths, config, false, problems, &ruleset);
	problems_free(problems);
	if (r == 0)
		r = serve_with(ruleset);
	ruleset_free(ruleset);
	config_free(config);
	return r;
}

/* `systemctl kill` and Ctrl-C reach every process of the service: what they ask for is main's to do. */
static void leave_signals_to_main(void)
{
	static const int mains[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1};
	for (size_t i = 0; i < sizeof mains / sizeof mains[0]; i++)
		(void)signal(mains[i], SIG_IGN); /* can not fail for these */
}

int role_reader(const struct options *options)
{
	leave_signals_to_main();
	struct arena *arena = arena_new(LIMIT_CONFIG_B);
	int r = arena ? load_and_serve(arena, options) : -ENOMEM;
	arena_free(arena);
	return r < 0 ? EXIT_INTERNAL : EXIT_USAGE;
}
