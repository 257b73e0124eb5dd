#include "daemon/base/limits.h"
#include "daemon/role.h"
#include "daemon/rules.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* What pages are read by. */
struct lore {
	struct config *config;
	struct ruleset *ruleset;
	struct walls *walls;
	struct scorer *scorer;
};

static int read_page_here(const struct page *page, struct reading *ret, void *userdata)
{
	const struct lore *lore = userdata;
	return reading_make(lore->scorer, lore->walls, page, ret);
}

static int serve_with(struct lore *lore)
{
	struct role role = {.read = read_page_here, .userdata = lore};
	int r = rules_digest(lore->ruleset, lore->walls, &role.digest);
	if (r == 0)
		r = scorer_new(lore->ruleset, &lore->scorer);
	return r == 0 ? role_serve(&role) : r;
}

/* Config, rules and walls were told on by main, which loads them first: here problems are only a
 * reason to end. */
static int load_and_serve(struct arena *arena, const struct options *options)
{
	struct paths paths;
	struct lore lore = {0};
	struct problems *problems = problems_new();
	int r = problems ? paths_find(arena, options, &paths) : -ENOMEM;
	if (r == 0 && paths.config && access(paths.config, F_OK) < 0)
		paths.config = NULL; /* main named the usual place, and there is none: the
					same defaults */
	if (r == 0)
		r = rules_config(&paths, problems, &lore.config);
	if (r == 0)
		r = rules_load(&paths, lore.config, false, problems, &lore.ruleset);
	if (r == 0)
		r = rules_walls(&paths, problems, &lore.walls);
	problems_free(problems);
	if (r == 0)
		r = serve_with(&lore);
	scorer_free(lore.scorer);
	walls_free(lore.walls);
	ruleset_free(lore.ruleset);
	config_free(lore.config);
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
