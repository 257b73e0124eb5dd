#include "daemon/daemon.h"

#include "daemon/base/log.h"
#include "daemon/control.h"
#include "daemon/fleet.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

/* Files that are still being written may be outdated again at once. */
#define OUTDATED_EVERY_S 60

/* For alerts that are on their way when the daemon is told to stop. */
#define LAST_ALERTS_MS 500

struct daemon {
	struct context context;
	struct fleet *fleet;
	struct control *control;
	struct waiting *waiting; /* rounds that clients wait for */
	int64_t outdated_s;      /* when it last reloaded because the rules on disk had changed */
};

/* A round and the client that asked for it. */
struct waiting {
	struct waiting *next;
	struct daemon *daemon;
	struct client *client;
	struct round *round;
};

/* ---- telling systemd ---- */

/* Rules that changed under a running daemon are taken as if it had been asked to reload. */
static void reload_if_outdated(struct daemon *daemon)
{
	int64_t now_s = clock_now_s(daemon->context.clock);
	if (!reader_outdated(daemon->context.reader) ||
		now_s < daemon->outdated_s + OUTDATED_EVERY_S)
		return;
	daemon->outdated_s = now_s;
	log_notice("the rules or walls on disk have changed: reading them anew");
	(void)kill(getpid(), SIGHUP); /* to ourselves: can not fail */
}

static void tell_status(void *userdata)
{
	struct daemon *daemon = userdata;
	reload_if_outdated(daemon);
	struct fleet_status status = fleet_status(daemon->fleet);
	char due[sizeof "9999-12-31 23:59:59"] = "never";
	time_t next = (time_t)status.next_due_s;
	struct tm local;
	if (next != 0 && localtime_r(&next, &local))
		(void)strftime(due, sizeof due, "%F %T", &local);
	(void)sd_notifyf(0,
		"STATUS=%zu profile%s, %zu being scanned, %zu of %zu verified; next scan at %s",
		status.n_profiles, status.n_profiles == 1 ? "" : "s", status.n_active,
		status.n_verified, status.n_scanned, due);
}

static void tell_ready(struct daemon *daemon)
{
	(void)sd_notify(0, "READY=1"); /* without systemd nobody is told */
	tell_status(daemon);
}

/* ---- scans that clients ask for ---- */

static void waiting_drop(struct waiting *waiting)
{
	struct waiting **at = &waiting->daemon->waiting;
	while (*at != waiting)
		at = &(*at)->next;
	*at = waiting->next;
	free(waiting);
}

static void on_round_done(size_t failed, void *userdata)
{
	struct waiting *waiting = userdata;
	control_end(waiting->client, failed);
	waiting_drop(waiting);
}

static int on_client_scan(struct client *client, const struct sink *sink, void *userdata)
{
	struct daemon *daemon = userdata;
	struct waiting *waiting = calloc(1, sizeof *waiting);
	if (!waiting)
		return -ENOMEM;
	*waiting = (struct waiting){.next = daemon->waiting, .daemon = daemon, .client = client};
	daemon->waiting = waiting;
	int r = fleet_round(daemon->fleet, sink, on_round_done, waiting, &waiting->round);
	if (r < 0)
		waiting_drop(waiting);
	return r;
}

static void on_client_gone(struct client *client, void *userdata)
{
	struct daemon *daemon = userdata;
	for (struct waiting *waiting = daemon->waiting; waiting; waiting = waiting->next) {
		if (waiting->client != client)
			continue;
		round_drop(waiting->round);
		waiting_drop(waiting);
		return;
	}
}

/* The scans that they wait for are cancelled: say that nothing of it was proven. */
static void end_waiting(struct daemon *daemon)
{
	while (daemon->waiting) {
		struct waiting *waiting = daemon->waiting;
		daemon->waiting = waiting->next;
		round_drop(waiting->round);
		control_end(waiting->client, fleet_status(daemon->fleet).n_profiles);
		free(waiting);
	}
}

/* ---- signals ---- */

static void on_nothing(size_t failed, void *userdata)
{
	(void)failed; /* each was told by its scan */
	(void)userdata;
}

static void scan_everything(struct daemon *daemon, const char *reason)
{
	const struct sink nobody = {0};
	struct round *round;
	log_info("scanning everything now, %s", reason);
	int r = fleet_round(daemon->fleet, &nobody, on_nothing, NULL, &round);
	if (r < 0)
		log_err(r, "cannot scan now");
}

static int on_scan_signal(
	sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	(void)source;
	(void)info;
	struct daemon *daemon = userdata;
	scan_everything(daemon, "as asked by SIGUSR1");
	tell_status(daemon);
	return 0;
}

static int on_stop_signal(
	sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	(void)userdata;
	log_info("stopping, as asked by signal %u", info->ssi_signo);
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static void tell_rejected(struct daemon *daemon)
{
	const struct alert alert = {
		.kind = EVENT_CONFIG_REJECTED,
		.priority = LOG_WARNING,
		.message = "the new config was not taken: the old one stays (dirtwatch "
			   "--check-config says why)",
		ALERT_NO_COUNTS,
	};
	int r = alert_queue(&alert, daemon->context.store);
	if (r < 0)
		log_warn(r, "cannot tell the journal that the new config was not taken");
	alert_kick(daemon->context.alerts);
}

static int start_fleet(struct daemon *daemon)
{
	const struct config *config = daemon->context.config;
	int r = fleet_new(
		&daemon->context, config->profiles, NULL, config->n_profiles, &daemon->fleet);
	if (r < 0)
		return r;
	fleet_listen(daemon->fleet, tell_status, daemon);
	return fleet_schedule(daemon->fleet);
}

/* *@ret_asked: a scan of everything was under way that nobody waits for, and was cut short. */
static int replace_config(struct daemon *daemon, const struct fresh *fresh, bool *ret_asked)
{
	end_waiting(daemon);
	*ret_asked = fleet_has_rounds(daemon->fleet);
	daemon->fleet = fleet_free(daemon->fleet);
	int r = context_replace(&daemon->context, fresh);
	return r < 0 ? r : start_fleet(daemon);
}

static int on_reload_signal(
	sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	(void)info;
	struct daemon *daemon = userdata;
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
		(long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	const struct digest digest = daemon->context.digest;
	struct fresh fresh;
	int r = context_prepare(&daemon->context, &fresh);
	if (r != 0) {
		log_warn(r < 0 ? r : 0, "the new config was not taken: the old one stays");
		tell_rejected(daemon);
		tell_ready(daemon);
		return 0;
	}
	bool asked;
	r = replace_config(daemon, &fresh, &asked);
	if (r < 0) {
		log_err(r, "cannot go on with the new config");
		return sd_event_exit(sd_event_source_get_event(source), r);
	}
	log_info("config and rules were read anew: %zu profiles",
		daemon->context.config->n_profiles);
	/* What was scored under other rules, or not at all because they had changed, does not wait. */
	if (strcmp(digest.hex, daemon->context.digest.hex) != 0)
		scan_everything(daemon, "under the new rules");
	else if (asked)
		scan_everything(daemon, "as asked before the config was read anew");
	tell_ready(daemon);
	return 0;
}

struct signal_row {
	int number;
	sd_event_signal_handler_t handle;
};

static int heed_signals(struct daemon *daemon)
{
	static const struct signal_row rows[] = {
		{SIGTERM, on_stop_signal},
		{SIGINT, on_stop_signal},
		{SIGHUP, on_reload_signal},
		{SIGUSR1, on_scan_signal},
	};
	sigset_t signals;
	(void)sigemptyset(&signals);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		(void)sigaddset(&signals, rows[i].number);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return -errno;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int r = sd_event_add_signal(
			daemon->context.event, NULL, rows[i].number, rows[i].handle, daemon);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- run ---- */

static int start_control(struct daemon *daemon)
{
	const struct control_options options = {
		.path = daemon->context.paths.control,
		.scan = on_client_scan,
		.gone = on_client_gone,
		.userdata = daemon,
	};
	int r = control_new(daemon->context.event, &options, &daemon->control);
	if (r < 0) /* the daemon does its work without it */
		log_warn(r, "cannot listen at %s: --scan-now will not find this daemon",
			options.path);
	return 0;
}

static int serve(struct daemon *daemon)
{
	int r = heed_signals(daemon);
	if (r == 0)
		r = sd_event_set_watchdog(daemon->context.event, true);
	if (r >= 0)
		r = start_control(daemon);
	if (r == 0)
		r = start_fleet(daemon);
	if (r < 0)
		return r;
	alert_kick(daemon->context.alerts); /* what the last run could not send */
	log_info("watching %zu profile%s with %zu rules", daemon->context.config->n_profiles,
		daemon->context.config->n_profiles == 1 ? "" : "s",
		ruleset_count(daemon->context.ruleset));
	tell_ready(daemon);
	r = sd_event_loop(daemon->context.event);
	(void)sd_notify(0, "STOPPING=1");
	return r;
}

enum exit_status daemon_run(const struct options *options)
{
	struct daemon daemon = {0};
	int r = context_start(&daemon.context, options, false);
	if (r == CONTEXT_E_CONFIG)
		return EXIT_USAGE;
	if (r != 0)
		return EXIT_INTERNAL;
	if (daemon.context.config->n_profiles == 0)
		log_warn(0, "no profiles are configured in %s: nothing to watch",
			daemon.context.paths.config ? daemon.context.paths.config
						    : daemon.context.paths.config_dir);
	r = serve(&daemon);
	if (r < 0)
		log_err(r, "cannot go on");
	daemon.control = control_free(daemon.control);
	daemon.fleet = fleet_free(daemon.fleet);
	int left = alert_flush(daemon.context.alerts, LAST_ALERTS_MS);
	if (left < 0)
		log_notice("some alerts wait in the store for the next start");
	context_stop(&daemon.context);
	return r < 0 ? EXIT_INTERNAL : EXIT_CLEAN;
}
