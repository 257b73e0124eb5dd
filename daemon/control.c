#include "daemon/control.h"

#include "daemon/base/buf.h"
#include "daemon/base/clean.h"
#include "daemon/base/log.h"
#include "daemon/json_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENTS_MAX 4
/* A request is one word; a client that sends more is cut off. */
#define REQUEST_B 64
/* What a client may leave unread: the events of a large scan, not more. */
#define BACKLOG_B (64u * 1024 * 1024)

/* Connections looked at in an interval. */
#define ACCEPT_INTERVAL_US 1000000ull
#define ACCEPT_BURST       20

#define ASK_SCAN  "scan-now\n"
#define ASK_POSTS "scan-now posts\n"

struct client {
	struct control *control;
	struct client *next;
	int fd;
	sd_event_source *io;
	struct buf request;
	struct buf backlog;
	size_t sent;
	bool scanning;
	bool ending; /* close when the backlog is sent */
};

struct control {
	struct control_options options;
	char *path;
	int fd;
	sd_event *event;
	sd_event_source *io;
	struct client *clients;
	size_t n_clients;
};

/* ---- clients ---- */

/* @client is out of the list. */
static void client_release(struct client *client)
{
	struct control *control = client->control;
	control->n_clients--;
	if (client->scanning)
		control->options.gone(client, control->options.userdata);
	sd_event_source_disable_unref(client->io);
	(void)close(client->fd);
	buf_release(&client->request);
	buf_release(&client->backlog);
	free(client);
}

static void client_free(struct client *client)
{
	struct client **at = &client->control->clients;
	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	client_release(client);
}

/* Send what the socket takes.  False: the client is gone (and freed). */
static bool client_flush(struct client *client)
{
	while (client->sent < client->backlog.len) {
		ssize_t sent = send(client->fd, client->backlog.data + client->sent,
			client->backlog.len - client->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN)
			break;
		if (sent < 0) {
			client_free(client);
			return false;
		}
		client->sent += (size_t)sent;
	}
	bool done = client->sent == client->backlog.len;
	if (done) {
		buf_clear(&client->backlog);
		client->sent = 0;
	}
	if (done && client->ending) {
		client_free(client);
		return false;
	}
	int r = sd_event_source_set_io_events(client->io, EPOLLIN | (done ? 0 : EPOLLOUT));
	if (r < 0) {
		client_free(client);
		return false;
	}
	return true;
}

/* Queue an event; it goes out when the loop finds the socket writable. */
static void client_emit(const json_t *event, void *userdata)
{
	struct client *client = userdata;
	char *line = json_line(event);
	int r = line ? buf_adds(&client->backlog, line) : -ENOMEM;
	if (r == 0)
		r = buf_addc(&client->backlog, '\n');
	free(line);
	if (r == 0)
		r = sd_event_source_set_io_events(client->io, EPOLLIN | EPOLLOUT);
	/* It does not read, or we have no memory: end it, and it will know that it was cut off. */
	if (r != 0)
		(void)shutdown(client->fd, SHUT_RDWR);
}

static int client_asked(struct client *client)
{
	bool posts = strcmp(buf_str(&client->request), ASK_POSTS) == 0;
	if (!posts && strcmp(buf_str(&client->request), ASK_SCAN) != 0)
		return -EPROTO;
	const struct sink sink = {.emit = client_emit, .userdata = client, .posts = posts};
	client->scanning = true;
	int r = client->control->options.scan(client, &sink, client->control->options.userdata);
	if (r < 0)
		client->scanning = false;
	return r;
}

static int client_receive(struct client *client)
{
	char bytes[REQUEST_B];
	ssize_t got = recv(client->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (got == 0)
		return -ECONNRESET;
	int r = buf_add(&client->request, bytes, (size_t)got);
	if (r != 0 || client->scanning)
		return -EPROTO;
	return bytes[got - 1] == '\n' ? client_asked(client) : 0;
}

static int on_client(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)fd;
	struct client *client = userdata;
	if (revents & EPOLLOUT && !client_flush(client))
		return 0;
	if (revents & (EPOLLIN | EPOLLHUP | EPOLLERR) && client_receive(client) < 0)
		client_free(client);
	return 0;
}

void control_end(struct client *client, size_t failed)
{
	json_t *end = json_pack("{s:s, s:i}", "type", "end", "failed", (int)failed);
	client->scanning = false;
	client->ending = true;
	if (end)
		client_emit(end, client);
	json_decref(end);
}

/* ---- listening ---- */

static int on_connect(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)revents;
	struct control *control = userdata;
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (peer < 0)
		return 0; /* it went away again, or we are short of descriptors: the next one is tried */
	struct client *client = control->n_clients < CLIENTS_MAX ? calloc(1, sizeof *client) : NULL;
	if (!client) {
		(void)close(peer);
		return 0;
	}
	*client = (struct client){.control = control,
		.next = control->clients,
		.fd = peer,
		.request = BUF_INIT(REQUEST_B),
		.backlog = BUF_INIT(BACKLOG_B)};
	control->clients = client;
	control->n_clients++;
	if (sd_event_add_io(control->event, &client->io, peer, EPOLLIN, on_client, client) < 0)
		client_free(client);
	return 0;
}

static int fill_address(const char *path, struct sockaddr_un *ret)
{
	if (strlen(path) >= sizeof ret->sun_path)
		return -ENAMETOOLONG;
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(ret->sun_path, path, strlen(path) + 1);
	return 0;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address;
	int r = fill_address(path, &address);
	if (r < 0)
		return r;
	char *folder = strndup(path, (size_t)(strrchr(path, '/') - path));
	if (!folder)
		return -ENOMEM;
	/* systemd made it (RuntimeDirectory=), or bind() fails and says why */
	(void)mkdir(folder, 0700);
	free(folder);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	(void)unlink(path); /* of a daemon before us: the store's lock says that it is gone */
	mode_t mask = umask(0177);
	r = bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
	(void)umask(mask);
	if (r == 0 && listen(fd, CLIENTS_MAX) < 0)
		r = -errno;
	if (r < 0) {
		(void)close(fd);
		return r;
	}
	return fd;
}

int control_new(sd_event *event, const struct control_options *options, struct control **ret)
{
	struct control *control = calloc(1, sizeof *control);
	if (!control)
		return -ENOMEM;
	control->options = *options;
	control->event = event;
	control->path = strdup(options->path);
	control->fd = control->path ? listen_at(options->path) : -ENOMEM;
	int r = control->fd < 0 ? control->fd : 0;
	if (r == 0)
		r = sd_event_add_io(event, &control->io, control->fd, EPOLLIN, on_connect, control);
	/* When no descriptor is left to accept with, the socket stays readable: do not spin on it. */
	if (r >= 0)
		r = sd_event_source_set_ratelimit(control->io, ACCEPT_INTERVAL_US, ACCEPT_BURST);
	if (r < 0) {
		control_free(control);
		return r;
	}
	*ret = control;
	return 0;
}

struct control *control_free(struct control *control)
{
	if (!control)
		return NULL;
	while (control->clients) {
		struct client *client = control->clients;
		control->clients = client->next;
		client_release(client);
	}
	sd_event_source_disable_unref(control->io);
	if (control->fd >= 0) {
		(void)close(control->fd);
		(void)unlink(control->path);
	}
	free(control->path);
	free(control);
	return NULL;
}

/* ---- the other side ---- */

/* One line of the daemon's; *@ret_end: it was the last one. */
static int take_line(
	const char *line, size_t len, const struct sink *sink, size_t *ret_failed, bool *ret_end)
{
	json_t *event = json_loadb(line, len, JSON_ALLOW_NUL, NULL);
	if (!event)
		return -EPROTO;
	const char *type = json_string_value(json_object_get(event, "type"));
	*ret_end = type && strcmp(type, "end") == 0;
	if (*ret_end)
		*ret_failed = (size_t)json_integer_value(json_object_get(event, "failed"));
	else
		sink->emit(event, sink->userdata);
	json_decref(event);
	return 0;
}

static int receive_all(FILE *stream, const struct sink *sink, size_t *ret_failed)
{
	CLEAN(clean_free) char *line = NULL;
	size_t room = 0;
	bool end = false;
	ssize_t len;
	while (!end && (len = getline(&line, &room, stream)) > 0) {
		int r = take_line(line, (size_t)len, sink, ret_failed, &end);
		if (r < 0)
			return r;
	}
	return end ? 0 : -EPROTO;
}

int control_ask(const char *path, bool posts, const struct sink *sink, size_t *ret_failed)
{
	struct sockaddr_un address;
	int r = fill_address(path, &address);
	if (r < 0)
		return r;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
		r = errno == ENOENT || errno == ECONNREFUSED ? CONTROL_E_NONE : -errno;
		(void)close(fd);
		return r;
	}
	CLEAN(clean_file) FILE *stream = fdopen(fd, "r+");
	if (!stream) {
		(void)close(fd);
		return -ENOMEM;
	}
	const char *ask = posts ? ASK_POSTS : ASK_SCAN;
	if (send(fd, ask, strlen(ask), MSG_NOSIGNAL) < 0)
		return -errno;
	return receive_all(stream, sink, ret_failed);
}
