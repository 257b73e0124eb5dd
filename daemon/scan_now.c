#include "daemon/scan_now.h"

#include "daemon/base/log.h"
#include "daemon/control.h"
#include "daemon/fleet.h"
#include "daemon/progress.h"
#include "daemon/report.h"
#include "daemon/target.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* How long the journal may take over this scan's alerts before the rest is left for the next run. */
#define FLUSH_MS 5000

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	(void)userdata;
	log_notice("stopped by signal %u", info->ssi_signo);
	return sd_event_exit(sd_event_source_get_event(source), -EINTR);
}

static int heed_signals(sd_event *event)
{
	sigset_t signals;
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return -errno;
	int r = sd_event_add_signal(event, NULL, SIGTERM, on_signal, NULL);
	return r < 0 ? r : sd_event_add_signal(event, NULL, SIGINT, on_signal, NULL);
}

struct one_round {
	sd_event *event;
	size_t failed;
};

static void on_done(size_t failed, void *userdata)
{
	struct one_round *one = userdata;
	one->failed = failed;
	(void)sd_event_exit(one->event, 0); /* fails only when the loop is over already */
}

/* Run the loop until every profile was scanned. */
static int run_round(
	struct context *context, struct fleet *fleet, struct report *report, size_t *ret_failed)
{
	struct one_round one = {.event = context->event};
	struct sink sink = report_sink(report);
	struct round *round;
	struct progress *progress = NULL;
	int r = heed_signals(context->event);
	if (r == 0 && !context->options->quiet && isatty(STDERR_FILENO))
		r = progress_new(context->event, fleet, &progress);
	if (r == 0)
		r = fleet_round(fleet, &sink, on_done, &one, &round);
	if (r == 0)
		r = sd_event_loop(context->event);
	progress_free(progress);
	*ret_failed = one.failed;
	return r;
}

static void flush_alerts(struct context *context)
{
	int r = context->alerts ? alert_flush(context->alerts, FLUSH_MS) : 0;
	if (r == -ETIMEDOUT)
		log_warn(0,
			"the journal did not take all alerts: the rest is sent by the next scan");
	else if (r < 0)
		log_warn(r, "cannot send all alerts: the rest is sent by the next scan");
}

static void hint(const struct context *context)
{
	if (context->options->quiet || context->options->format != FORMAT_TEXT)
		return;
	if (context->in_memory)
		(void)fputs("Nothing of this was stored.  What a finding means: dirtwatch "
			    "--explain RULE\n",
			stderr);
	else
		(void)fputs("Alerts, each once:  journalctl -t dirtwatch    explained:  journalctl "
			    "-t dirtwatch -x\n"
			    "What still stands:  dirtwatch --list           one of it:  dirtwatch "
			    "--explain ID\n",
			stderr);
}

static bool has_profiles(const struct context *context, const struct targets *targets)
{
	if (targets->count > 0 || context->config->n_profiles > 0)
		return true;
	if (context->paths.config)
		log_err(0, "%s lists no profiles", context->paths.config);
	else
		log_err(0,
			"there is no config; name a URL, or write %s/dirtwatch.yaml (see "
			"dirtwatch.yaml(5))",
			context->paths.config_dir);
	return false;
}

static enum exit_status scan_here(
	const struct options *options, const struct targets *targets, struct report *report)
{
	struct context context;
	struct fleet *fleet = NULL;
	bool named = targets->count > 0;
	size_t failed = 0;
	int r = context_start(&context, options, named);
	if (r != 0)
		return r == CONTEXT_E_CONFIG ? EXIT_USAGE : EXIT_INTERNAL;
	if (!has_profiles(&context, targets)) {
		context_stop(&context);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < targets->count; i++)
		targets->profiles[i].every_s = context.config->every_s;
	r = named ? fleet_new(&context, targets->profiles, targets->saved, targets->count, &fleet)
		  : fleet_new(&context, context.config->profiles, NULL, context.config->n_profiles,
			    &fleet);
	if (r == 0)
		r = run_round(&context, fleet, report, &failed);
	fleet_free(fleet);
	if (r == 0)
		flush_alerts(&context);
	enum exit_status status = r < 0 ? EXIT_INTERNAL : report_end(report);
	if (r < 0 && r != -EINTR)
		log_err(r, "cannot scan");
	if (r == 0)
		hint(&context);
	context_stop(&context);
	return failed > 0 ? EXIT_INTERNAL : status;
}

/* Through the daemon.  CONTROL_E_NONE: there is none. */
static int scan_there(const struct options *options, struct report *report, enum exit_status *ret)
{
	struct arena *arena = arena_new(LIMIT_CONFIG_B);
	struct paths paths;
	struct sink sink = report_sink(report);
	size_t failed = 0;
	int r = arena ? paths_find(arena, options, &paths) : -ENOMEM;
	if (r == 0 && !options->quiet && isatty(STDERR_FILENO))
		log_debug("asking the daemon at %s", paths.control);
	if (r == 0)
		r = control_ask(paths.control, sink.posts, &sink, &failed);
	else
		r = CONTROL_E_NONE; /* told in full when it is tried here */
	arena_free(arena);
	if (r == CONTROL_E_NONE)
		return r;
	if (r < 0)
		log_err(r, "the running daemon did not finish the scan");
	*ret = r < 0 || failed > 0 ? EXIT_INTERNAL : report_end(report);
	return 0;
}

static FILE *open_output(const struct options *options)
{
	FILE *out = options->output ? fopen(options->output, "we") : stdout;
	if (!out)
		log_err(-errno, "cannot write %s", options->output);
	return out;
}

static enum exit_status scan_to(
	const struct options *options, const struct targets *targets, FILE *out)
{
	struct report *report;
	enum exit_status status;
	if (report_new(options, out, &report) < 0)
		return EXIT_INTERNAL;
	if (targets->count > 0 || options->config || options->patterns || options->walls ||
		scan_there(options, report, &status) == CONTROL_E_NONE)
		status = scan_here(options, targets, report);
	report_free(report);
	return status;
}

enum exit_status scan_now(const struct options *options)
{
	struct targets targets;
	enum exit_status status = EXIT_INTERNAL;
	int r = targets_read(options->targets, options->n_targets, &targets);
	if (r != 0) {
		targets_release(&targets);
		return r == TARGET_E_BAD ? EXIT_USAGE : EXIT_INTERNAL;
	}
	FILE *out = open_output(options);
	if (out)
		status = scan_to(options, &targets, out);
	if (out && out != stdout && fclose(out) == EOF) {
		log_err(-errno, "cannot write %s", options->output);
		status = EXIT_INTERNAL;
	}
	targets_release(&targets);
	return status;
}
