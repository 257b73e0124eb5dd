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
	char *problems; /* of the rules; NULL: none */
};

static int read_page_here(const struct page *page, struct reading *ret, void *userdata)
{
	const struct lore *lore = userdata;
	return reading_make(lore->scorer, lore->walls, page, ret);
}

static int serve_with(struct lore *lore)
{
	struct role role = {.read = read_page_here, .userdata = lore, .problems = lore->problems};
	int r = rules_digest(lore->ruleset, lore->walls, &role.digest);
	if (r == 0)
		r = scorer_new(lore->ruleset, &lore->scorer);
	return r == 0 ? role_serve(&role) : r;
}

/* What main has not told, because it compiles no expression.  0, -ENOMEM. */
static int keep_problems(const struct problems *problems, struct lore *lore)
{
	if (problems_count(problems) + problems_notes(problems) == 0)
		return 0;
	size_t len = 0;
	FILE *out = open_memstream(&lore->problems, &len);
	if (!out)
		return -ENOMEM;
	problems_print(problems, out);
	return fclose(out) == 0 ? 0 : -ENOMEM;
}

/* Main loads config, rules and walls first and tells what is wrong with them; what only shows when expressions are
 * compiled is handed to it with the hello. */
static int load_and_serve(struct arena *arena, const struct options *options)
{
	struct paths paths;
	struct lore lore = {0};
	struct problems *told = problems_new();
	struct problems *problems = problems_new();
	int r = told && problems ? paths_find(arena, options, &paths) : -ENOMEM;
	if (r == 0 && paths.config && access(paths.config, F_OK) < 0)
		paths.config = NULL; /* main named the usual place, and there is none: the
					same defaults */
	if (r == 0)
		r = rules_config(&paths, told, &lore.config);
	if (r == 0)
		r = rules_load(&paths, lore.config, RULES_TO_READ, problems, &lore.ruleset);
	if (r == 0)
		r = keep_problems(problems, &lore);
	if (r == 0)
		r = rules_walls(&paths, told, &lore.walls);
	problems_free(told);
	problems_free(problems);
	if (r == 0)
		r = serve_with(&lore);
	scorer_free(lore.scorer);
	walls_free(lore.walls);
	ruleset_free(lore.ruleset);
	config_free(lore.config);
	free(lore.problems);
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
