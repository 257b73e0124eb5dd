#include "daemon/context.h"

#include "daemon/base/log.h"
#include "daemon/rules.h"
#include "daemon/secrets.h"

#include <inttypes.h>
#include <stdlib.h>

#define US_A_S 1000000

/* ---- config and rules ---- */

static void fresh_release(const struct fresh *fresh)
{
	tokens_free(fresh->tokens);
	walls_free(fresh->walls);
	ruleset_free(fresh->ruleset);
	config_free(fresh->config);
}

/* 0, or what is bad or failed (positive or -errno) about config, tokens, rules or walls; told, but for problems. */
static int load_each(const struct paths *paths, struct problems *problems, struct fresh *fresh)
{
	int r = rules_config(paths, problems, &fresh->config);
	if (r < 0)
		log_err(r, "cannot read %s", paths->config ? paths->config : "the config");
	if (r == 0)
		r = secrets_read(fresh->config, problems, &fresh->tokens);
	if (r != 0)
		return r;
	r = rules_load(paths, fresh->config, RULES_TO_NAME, problems, &fresh->ruleset);
	if (r < 0)
		log_err(r, "cannot load the rules in %s", paths->patterns);
	if (r > 0 && problems_count(problems) + problems_notes(problems) == 0)
		log_err(0, "there are no rules in %s", paths->patterns);
	if (r == 0)
		r = rules_walls(paths, problems, &fresh->walls);
	if (r == 0)
		r = rules_digest(fresh->ruleset, fresh->walls, &fresh->digest);
	return r;
}

static int load_rules(const struct paths *paths, struct fresh *ret)
{
	struct problems *problems = problems_new();
	struct fresh fresh = {0};
	if (!problems)
		return -ENOMEM;
	int r = load_each(paths, problems, &fresh);
	problems_print(problems, stderr);
	problems_free(problems);
	if (r == 0) {
		*ret = fresh;
		return 0;
	}
	fresh_release(&fresh);
	/* An unreadable config is the person's to mend, like a bad one. */
	return r == -ENOMEM ? r : CONTEXT_E_CONFIG;
}

static void tell_tokens(const struct tokens *tokens)
{
	struct buf names = BUF_INIT(LIMIT_CONFIG_B);
	if (tokens_count(tokens) > 0 && secrets_names(tokens, &names) == 0)
		log_info("tokens in use: %s", buf_str(&names));
	buf_release(&names);
}

static void use_rules(struct context *context, const struct fresh *fresh)
{
	context->config = fresh->config;
	context->ruleset = fresh->ruleset;
	context->walls = fresh->walls;
	context->digest = fresh->digest;
	context->tokens = fresh->tokens;
	tell_tokens(context->tokens);
}

static int start_rules(struct context *context)
{
	struct fresh fresh;
	int r = load_rules(&context->paths, &fresh);
	if (r == 0)
		use_rules(context, &fresh);
	return r;
}

static void stop_rules(struct context *context)
{
	context->tokens = tokens_free(context->tokens);
	context->walls = walls_free(context->walls);
	context->ruleset = ruleset_free(context->ruleset);
	context->config = config_free(context->config);
}

/* ---- store and what is kept of hosts ---- */

static int tell_damaged(struct context *context)
{
	const char *aside = store_kept_aside(context->store);
	log_err(0, "%s was damaged: it was kept as %s, and all profiles are read anew",
		context->paths.store, aside ? aside : "nothing");
	const struct alert alert = {
		.kind = EVENT_STORE_DAMAGED,
		.coverage = aside,
		ALERT_NO_COUNTS,
	};
	return alert_queue(&alert, context->store);
}

static int start_store(struct context *context)
{
	if (context->in_memory)
		return store_open(":memory:", true, &context->store);
	int r = paths_make_state(&context->paths);
	if (r < 0) {
		log_err(r, "cannot create %s", context->paths.state_dir);
		return r;
	}
	r = store_open(context->paths.store, true, &context->store);
	switch (r) {
	case STORE_E_CORRUPT:
		return tell_damaged(context);
	case STORE_E_BUSY:
		log_err(0, "another dirtwatch holds %s", context->paths.store);
		return CONTEXT_E_BUSY;
	case STORE_E_NEWER:
		log_err(0, "%s was written by a newer dirtwatch: not touched",
			context->paths.store);
		return -EPROTO;
	case -EMEDIUMTYPE:
		log_err(0, "%s is a database of another program: not touched",
			context->paths.store);
		return r;
	default:
		if (r < 0)
			log_err(r, "cannot open %s", context->paths.store);
		return r;
	}
}

static void stop_store(struct context *context)
{
	context->store = store_close(context->store);
}

static int note_host(const struct pace_row *row, void *userdata)
{
	return pace_note(userdata, row);
}

static int start_pace(struct context *context)
{
	int r = pace_new(context->clock, context->config->delay_s * US_A_S, &context->pace);
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	if (r == 0)
		pace_use_tokens(context->pace, context->tokens);
	if (r == 0)
		r = arena ? store_each_pace(context->store, arena, note_host, context->pace)
			  : -ENOMEM;
	arena_free(arena);
	return r;
}

static void keep_host(const struct pace_row *row, void *userdata)
{
	struct store *store = userdata;
	int r = store_set_pace(store, row);
	if (r < 0)
		log_warn(r, "cannot keep when %s may be asked again, ignoring", row->origin);
}

void context_keep_hosts(const struct context *context)
{
	pace_each(context->pace, keep_host, context->store);
}

static void stop_pace(struct context *context)
{
	if (context->pace && context->store)
		context_keep_hosts(context);
	context->pace = pace_free(context->pace);
}

/* ---- fetching and reading ---- */

static int start_fetch(struct context *context)
{
	const struct fetch_options options = {
		.user_agent = context->config->user_agent,
		.ca_file = context->config->ca_file,
		.clock = context->clock,
		.walls = context->walls,
		.pace = context->pace,
		.tokens = context->tokens,
	};
	return fetch_new(context->event, &options, &context->fetch);
}

static void stop_fetch(struct context *context)
{
	context->fetch = fetch_free(context->fetch);
}

static int start_reader(struct context *context)
{
	const struct reader_options options = {
		.program = "/proc/self/exe",
		.ruleset = context->ruleset,
		.digest = context->digest,
		.rule_args = context->rule_args,
	};
	return reader_new(context->event, &options, &context->reader);
}

static void stop_reader(struct context *context)
{
	context->reader = reader_free(context->reader);
}

static int start_alerts(struct context *context)
{
	if (context->in_memory)
		return 0; /* a look at somebody's page is no news for the journal */
	return alert_sender_new(context->event, context->store, ALERT_ROUTE_AUTO, &context->alerts);
}

static void stop_alerts(struct context *context)
{
	context->alerts = alert_sender_free(context->alerts);
}

/* ---- places and loop ---- */

/* The reader is told the config's path even where there is no such file: it then takes the same
 * defaults, and the same patterns.d beside it. */
static int make_rule_args(struct context *context)
{
	size_t len = snprintf(NULL, 0, "%s/dirtwatch.yaml", context->paths.config_dir) + 1;
	char *usual = arena_alloc(context->arena, len);
	const char **args = arena_array(context->arena, 7, sizeof *args);
	if (!usual || !args)
		return -ENOMEM;
	(void)snprintf(usual, len, "%s/dirtwatch.yaml", context->paths.config_dir);
	args[0] = "--config";
	args[1] = context->paths.config ? context->paths.config : usual;
	args[2] = "--patterns";
	args[3] = context->paths.patterns;
	args[4] = "--walls";
	args[5] = context->paths.walls;
	context->rule_args = args;
	return 0;
}

static int start_ground(struct context *context)
{
	context->clock = clock_real();
	context->arena = arena_new(LIMIT_CONFIG_B);
	if (!context->arena)
		return -ENOMEM;
	int r = paths_find(context->arena, context->options, &context->paths);
	if (r == -ENOENT) {
		log_err(0, "no shipped rules in %s; name their folder with --patterns",
			context->paths.patterns ? context->paths.patterns : "the usual places");
		return CONTEXT_E_CONFIG;
	}
	if (r == 0)
		r = make_rule_args(context);
	if (r == 0)
		r = sd_event_default(&context->event); /* 1: it is a new one */
	return r < 0 ? r : 0;
}

static void stop_ground(struct context *context)
{
	context->event = sd_event_unref(context->event);
	context->arena = arena_free(context->arena);
}

/* ---- the order ---- */

struct stage {
	const char *verb;
	int (*start)(struct context *context);
	void (*stop)(struct context *context);
	bool reloads; /* built anew from a new config */
};

static const struct stage stages[] = {
	{"find its places", start_ground, stop_ground, false},
	{"load the rules", start_rules, stop_rules, false},
	{"open the store", start_store, stop_store, false},
	{"start the pace", start_pace, stop_pace, true},
	{"start fetching", start_fetch, stop_fetch, true},
	{"start the reader", start_reader, stop_reader, true},
	{"start alerts", start_alerts, stop_alerts, false},
};

#define N_STAGES (sizeof stages / sizeof stages[0])

int context_start(struct context *context, const struct options *options, bool in_memory)
{
	*context = (struct context){.options = options, .in_memory = in_memory};
	for (size_t i = 0; i < N_STAGES; i++) {
		int r = stages[i].start(context);
		if (r == 0)
			continue;
		if (r < 0)
			log_err(r, "cannot %s", stages[i].verb);
		context_stop(context);
		return r;
	}
	return 0;
}

void context_stop(struct context *context)
{
	for (size_t i = N_STAGES; i-- > 0;)
		stages[i].stop(context);
}

int context_prepare(const struct context *context, struct fresh *ret)
{
	return load_rules(&context->paths, ret);
}

int context_replace(struct context *context, const struct fresh *fresh)
{
	int r = 0;
	for (size_t i = N_STAGES; i-- > 0;) {
		if (stages[i].reloads)
			stages[i].stop(context);
	}
	stop_rules(context);
	use_rules(context, fresh);
	for (size_t i = 0; i < N_STAGES && r == 0; i++) {
		if (stages[i].reloads)
			r = stages[i].start(context);
	}
	return r;
}
