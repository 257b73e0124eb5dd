#include "tests/soak/site.h"

#include "daemon/base/buf.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connections that are left hanging; the oldest goes when there are more. */
#define STALLED_MAX 64

struct site {
	size_t n_profiles;
	size_t n_hosts;
	struct profile_truth *profiles;
	struct pollfd *listening;
	unsigned *ports;
	int stalled[STALLED_MAX];
	size_t n_stalled;
	atomic_size_t requests;
	atomic_bool stop;
	pthread_t thread;
};

/* ---- pages ---- */

static void add_page(struct buf *body, size_t profile, unsigned shown)
{
	int r = buf_addf(body,
		"<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Ada "
		"%zu</title></head><body>"
		"<div class=h-card><a class='p-name u-url' rel=me href=/%zu>Ada %zu</a></div><main "
		"class=h-feed>",
		profile, profile, profile);
	for (unsigned i = 0; r == 0 && i < SITE_POSTS; i++) {
		if (shown & 1u << i)
			r = buf_addf(body,
				"<article class=h-entry><p class=e-content>Our frobnicator number "
				"%u of %zu.</p>"
				"<a class=u-url href=/post/%zu/%u><time class=dt-published "
				"datetime=2099-06-0%u></time></a></article>",
				i, profile, profile, i, i + 1);
	}
	/* The oldest one is always there, so that all others lie within what is shown. */
	if (r == 0)
		r = buf_adds(body,
			"<article class=h-entry><p class=e-content>A sunny day.</p><a class=u-url "
			"href=/post/0>"
			"<time class=dt-published "
			"datetime=2099-01-01></time></a></article></main></body></html>");
	assert(r == 0);
}

static void send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
		if (sent <= 0)
			return; /* the client has gone: it may */
		bytes += sent;
		len -= (size_t)sent;
	}
}

static void answer(
	int fd, const char *status, const char *headers, const char *body, size_t len, size_t told)
{
	struct buf out = BUF_INIT(1u << 20);
	int r = buf_addf(&out,
		"HTTP/1.1 %s\r\nContent-Type: text/html\r\nConnection: close\r\n%sContent-Length: "
		"%zu\r\n\r\n",
		status, headers, told);
	if (r == 0)
		r = buf_add(&out, body, len);
	assert(r == 0);
	send_all(fd, out.data, out.len);
	buf_release(&out);
}

struct canned {
	const char *status;
	const char *headers;
	const char *body;
	size_t told; /* Content-Length; 0: the body's */
};

static const struct canned canned[FAULT_COUNT] = {
	[FAULT_NOT_FOUND] = {"404 Not Found", "", "<h1>No</h1>", 0},
	[FAULT_GONE] = {"410 Gone", "", "<h1>No</h1>", 0},
	[FAULT_FORBIDDEN] = {"403 Forbidden", "", "<h1>No</h1>", 0},
	[FAULT_LOGIN] = {"302 Found", "Location: /login\r\n", "", 0},
	[FAULT_GARBAGE] = {"200 OK", "", "<html><head><title>x</title></head><body></body></html>",
		0},
	[FAULT_LOOP] = {"302 Found", "Location: ?\r\n", "", 0},
	[FAULT_TOO_BIG] = {"200 OK", "", "<p>", 100u << 20},
	[FAULT_BROKEN] = {"500 Oh", "", "<h1>Oh</h1>", 0},
	[FAULT_BUSY] = {"429 Later", "Retry-After: 1200\r\n", "<h1>Later</h1>", 0},
	[FAULT_DOWN] = {"503 Later", "Retry-After: 7200\r\n", "<h1>Later</h1>", 0},
	[FAULT_CUT] = {"200 OK", "", "<!DOCTYPE html><p>", 1000},
	[FAULT_BAD_GZIP] = {"200 OK", "Content-Encoding: gzip\r\n", "this is no gzip stream", 0},
};

/* True: the connection stays open. */
static bool serve_fault(struct site *site, int fd, enum fault fault)
{
	const struct canned *as = &canned[fault];
	if (fault == FAULT_STALL) {
		if (site->n_stalled == STALLED_MAX)
			(void)close(site->stalled[--site->n_stalled]);
		site->stalled[site->n_stalled++] = fd;
		return true;
	}
	if (fault == FAULT_RESET) {
		const struct linger now = {.l_onoff = 1};
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
		return false;
	}
	size_t len = strlen(as->body);
	answer(fd, as->status, as->headers, as->body, len, as->told ? as->told : len);
	return false;
}

static void serve_page(int fd, size_t number, unsigned shown)
{
	struct buf body = BUF_INIT(1u << 16);
	add_page(&body, number, shown);
	answer(fd, "200 OK", "", body.data, body.len, body.len);
	buf_release(&body);
}

/* True: the connection stays open. */
static bool serve(struct site *site, int fd, const char *path)
{
	char *end;
	site->requests++;
	unsigned long number = strtoul(path + 1, &end, 10);
	if (strncmp(path, "/post/", 6) == 0) {
		answer(fd, "200 OK", "", "It is there.", 12, 12);
		return false;
	}
	if (end == path + 1 || number >= site->n_profiles) { /* robots.txt */
		answer(fd, "404 Not Found", "", "No", 2, 2);
		return false;
	}
	struct profile_truth *truth = &site->profiles[number];
	truth->served |= truth->fault == FAULT_NONE;
	truth->failed |= truth->fault != FAULT_NONE;
	if (truth->fault != FAULT_NONE)
		return serve_fault(site, fd, truth->fault);
	serve_page(fd, number, truth->shown);
	return false;
}

/* ---- the thread ---- */

static bool handle(struct site *site, int fd)
{
	char request[4096];
	size_t len = 0;
	while (len < sizeof request - 1) {
		ssize_t got = recv(fd, request + len, sizeof request - 1 - len, 0);
		if (got <= 0)
			return false;
		len += (size_t)got;
		request[len] = '\0';
		if (strstr(request, "\r\n\r\n"))
			break;
	}
	char *path = strchr(request, ' ');
	char *end = path ? strpbrk(path + 1, " ?") : NULL;
	if (!end)
		return false;
	*end = '\0';
	return serve(site, fd, path + 1);
}

static void *run(void *userdata)
{
	struct site *site = userdata;
	while (!site->stop) {
		if (poll(site->listening, site->n_hosts, 100) <= 0)
			continue;
		for (size_t i = 0; i < site->n_hosts; i++) {
			if (!(site->listening[i].revents & POLLIN))
				continue;
			int fd = accept4(site->listening[i].fd, NULL, NULL, SOCK_CLOEXEC);
			if (fd >= 0 && !handle(site, fd))
				(void)close(fd);
		}
	}
	return NULL;
}

static void listen_at(struct site *site, size_t host)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = bind(fd, (struct sockaddr *)&address, len) | listen(fd, 64) |
		getsockname(fd, (struct sockaddr *)&address, &len);
	if (fd < 0 || r != 0)
		abort(); /* no loopback, no soak */
	site->listening[host] = (struct pollfd){.fd = fd, .events = POLLIN};
	site->ports[host] = ntohs(address.sin_port);
}

struct site *site_new(size_t profiles, size_t hosts)
{
	struct site *site = calloc(1, sizeof *site);
	assert(site);
	site->n_profiles = profiles;
	site->n_hosts = hosts;
	site->profiles = calloc(profiles, sizeof *site->profiles);
	site->listening = calloc(hosts, sizeof *site->listening);
	site->ports = calloc(hosts, sizeof *site->ports);
	assert(site->profiles && site->listening && site->ports);
	for (size_t i = 0; i < hosts; i++)
		listen_at(site, i);
	if (pthread_create(&site->thread, NULL, run, site) != 0)
		abort();
	return site;
}

void site_free(struct site *site)
{
	site->stop = true;
	(void)pthread_join(site->thread, NULL);
	for (size_t i = 0; i < site->n_hosts; i++)
		(void)close(site->listening[i].fd);
	while (site->n_stalled > 0)
		(void)close(site->stalled[--site->n_stalled]);
	free(site->profiles);
	free(site->listening);
	free(site->ports);
	free(site);
}

unsigned site_port(const struct site *site, size_t profile)
{
	return site->ports[profile % site->n_hosts];
}

struct profile_truth *site_truth(struct site *site, size_t profile)
{
	return &site->profiles[profile];
}

void site_begin_round(struct site *site)
{
	for (size_t i = 0; i < site->n_profiles; i++)
		site->profiles[i].served = site->profiles[i].failed = false;
	while (site->n_stalled > 0)
		(void)close(site->stalled[--site->n_stalled]);
}

size_t site_requests(const struct site *site)
{
	return site->requests;
}
