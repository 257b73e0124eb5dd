#ifndef DIRTWATCH_DAEMON_CONTROL_H
#define DIRTWATCH_DAEMON_CONTROL_H

#include "daemon/events.h"
#include "daemon/options.h"

#include <systemd/sd-event.h>

/*
 * The daemon's control socket: a client asks for a scan and is told its events, as the JSON lines of
 * dirtwatch(8), ended by {"type":"end","failed":N}.  Only the daemon's own user and root may connect
 * (mode 0600); what they send is at most one short line.
 */
struct control;

/* A client asked for a scan of everything; start a round that emits to @sink and call
 * control_end(@client) when it is over.  0, -errno: the client is told that it failed. */
struct client;
typedef int control_scan(struct client *client, const struct sink *sink, void *userdata);
/* The client went away: nothing may be emitted to it any more. */
typedef void control_gone(struct client *client, void *userdata);

struct control_options {
	const char *path;
	control_scan *scan;
	control_gone *gone;
	void *userdata;
};

/** Listen.  0, -errno. */
MUST_CHECK int control_new(
	sd_event *event, const struct control_options *options, struct control **ret);
/** Clients are cut off, their `gone` called.  NULL is fine; returns NULL. */
struct control *control_free(struct control *control);

/** The scan that @client asked for is over. */
void control_end(struct client *client, size_t failed);

/* ---- the other side ---- */

enum { CONTROL_E_NONE = 1 /* no daemon is listening */ };

/** Ask the daemon at @path for a scan and pass its events to @sink until the end.  @posts: single posts
 *  too.  *@ret_failed: scans that could not be recorded.  0; CONTROL_E_NONE; -EPROTO: the daemon ended
 *  before the scan did; -EACCES and other -errno. */
MUST_CHECK int control_ask(
	const char *path, bool posts, const struct sink *sink, size_t *ret_failed);

#endif
