#include "daemon/worker.h"

#include "daemon/message.h"
#include "daemon/role.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define US_A_MS UINT64_C(1000)
#define US_A_S  UINT64_C(1000000)

/* A reader without work gives its memory back. */
#define IDLE_S 60
/* Deadlines need no precision: this lets the kernel wake us for several things at once. */
#define ACCURACY_US (50 * US_A_MS)
/* Packets taken before the loop looks after others. */
#define PACKETS_AT_ONCE 16

struct worker {
	struct worker_options options;
	enum worker_state state;
	pid_t pid;
	int pidfd;
	int socket;
	sd_event_source *on_packet;
	sd_event_source *on_death;
	sd_event_source *on_late;
	int64_t landlock_abi;
	char *problems; /* NULL: none */
	unsigned pages;
	bool greeted; /* it has said hello: it loaded what it reads pages by */
	bool outdated;
	struct gathering gathering;
	char why[128]; /* why we killed it; empty: it died by itself */
};

enum worker_state worker_state(const struct worker *worker)
{
	return worker->state;
}

int64_t worker_landlock(const struct worker *worker)
{
	return worker->landlock_abi;
}

const char *worker_problems(const struct worker *worker)
{
	return worker->problems;
}

static void tell(struct worker *worker, enum worker_news news, const struct reading *reading,
	const char *why)
{
	worker->options.callback(worker, news, reading, why, worker->options.userdata);
}

/* ---- the end ---- */

/* Nothing it says is heard any more, and no deadline runs. */
static void turn_away(struct worker *worker)
{
	worker->state = WORKER_DYING;
	worker->on_packet = sd_event_source_disable_unref(worker->on_packet);
	worker->on_late = sd_event_source_disable_unref(worker->on_late);
}

static void worker_kill(struct worker *worker, const char *why)
{
	if (worker->state == WORKER_DYING)
		return;
	turn_away(worker);
	(void)snprintf(worker->why, sizeof worker->why, "%s", why);
	(void)pidfd_send_signal(
		worker->pidfd, SIGKILL, NULL, 0); /* fails when it is dead already */
}

static void kill_malformed(struct worker *worker, const char *wrong)
{
	char why[sizeof worker->why];
	(void)snprintf(why, sizeof why, "the reader's answer was malformed (%s)", wrong);
	worker_kill(worker, why);
}

/* How it ended, from waitid(2).  A worker that we killed keeps our reason, unless it was faster:
 * the socket of one that crashed closes before its end can be reaped. */
static void explain_end(struct worker *worker, const siginfo_t *info)
{
	bool by_us = info->si_code == CLD_KILLED && info->si_status == SIGKILL && worker->why[0];
	if (by_us)
		return;
	/* main had loaded the same: it has changed since, and a reload tells what is wrong with it. */
	bool unloadable =
		!worker->greeted && info->si_code == CLD_EXITED && info->si_status == EXIT_USAGE;
	worker->outdated |= unloadable;
	if (unloadable)
		(void)snprintf(worker->why, sizeof worker->why,
			"config, rules or walls on disk can not be loaded");
	else if (info->si_code == CLD_EXITED)
		(void)snprintf(worker->why, sizeof worker->why, "the reader ended with status %d",
			info->si_status);
	else
		(void)snprintf(worker->why, sizeof worker->why,
			"the reader was killed by signal %d (%s)", info->si_status,
			sigdescr_np(info->si_status));
}

static int on_death(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct worker *worker = userdata;
	siginfo_t info = {0};
	(void)source;
	(void)events;
	if (waitid(P_PIDFD, (id_t)fd, &info, WEXITED | WNOHANG) == 0) {
		if (info.si_pid == 0)
			return 0;
		explain_end(worker, &info);
	}
	worker->pid = 0;
	turn_away(worker); /* it may have died unasked */
	worker->on_death = sd_event_source_disable_unref(worker->on_death);
	tell(worker, worker->outdated ? WORKER_NEWS_OUTDATED : WORKER_NEWS_LOST, NULL, worker->why);
	return 0;
}

struct worker *worker_free(struct worker *worker)
{
	if (!worker)
		return NULL;
	sd_event_source_disable_unref(worker->on_packet);
	sd_event_source_disable_unref(worker->on_death);
	sd_event_source_disable_unref(worker->on_late);
	if (worker->pid > 0) {
		siginfo_t info;
		(void)kill(worker->pid,
			SIGKILL); /* ours and not reaped: the number is still its own */
		while (waitid(P_PID, (id_t)worker->pid, &info, WEXITED) < 0 && errno == EINTR)
			;
	}
	if (worker->pidfd >= 0)
		(void)close(worker->pidfd);
	if (worker->socket >= 0)
		(void)close(worker->socket);
	buf_release(&worker->gathering.bytes);
	free(worker->problems);
	free(worker);
	return NULL;
}

/* ---- deadlines ---- */

static int on_late(sd_event_source *source, uint64_t at_us, void *userdata)
{
	struct worker *worker = userdata;
	(void)source;
	(void)at_us;
	if (worker->state == WORKER_IDLE)
		worker_kill(worker, "the reader had nothing to do");
	else
		worker_kill(worker, "the reader took too long");
	return 0;
}

static int arm(struct worker *worker, uint64_t after_us)
{
	int r = sd_event_source_set_time_relative(worker->on_late, after_us);
	return r < 0 ? r : sd_event_source_set_enabled(worker->on_late, SD_EVENT_ONESHOT);
}

static uint64_t deadline_us(const struct worker *worker)
{
	int64_t ms = worker->options.reader->deadline_ms;
	return ms > 0 ? (uint64_t)ms * US_A_MS : LIMIT_READER_S * US_A_S;
}

/* ---- what it says ---- */

static void take_hello(struct worker *worker, const char *packet, size_t len)
{
	struct hello hello;
	struct arena *arena = arena_new(PACKET_B);
	int r = arena ? message_read_hello(packet, len, arena, &hello) : -ENOMEM;
	const char *digest = worker->options.reader->digest.hex;
	if (r != 0) {
		kill_malformed(worker, "hello");
	} else if (strcmp(hello.digest, digest) != 0) {
		worker->outdated = true;
		worker_kill(worker, "the rules or walls on disk are not those that were loaded");
	} else {
		worker->greeted = true;
		worker->landlock_abi = hello.landlock_abi;
		/* Without memory they are not told; the next reader says them again. */
		worker->problems = hello.problems ? strdup(hello.problems) : NULL;
		worker->state = WORKER_IDLE;
	}
	arena_free(arena);
	if (worker->state != WORKER_IDLE)
		return;
	if (arm(worker, IDLE_S * US_A_S) < 0)
		worker_kill(worker, "the reader's clock could not be set");
	else
		tell(worker, WORKER_NEWS_READY, NULL, NULL);
}

/* The page is done with: idle again, or retired. */
static void end_page(struct worker *worker)
{
	buf_release(&worker->gathering.bytes);
	worker->state = WORKER_IDLE;
	worker->pages++;
	if (worker->pages >= ROLE_PAGES_MAX || arm(worker, IDLE_S * US_A_S) < 0)
		worker_kill(worker, "the reader has read its share");
}

static void take_whole_answer(struct worker *worker)
{
	const char *wrong = NULL;
	struct reading reading;
	const struct buf *bytes = &worker->gathering.bytes;
	size_t n_rules = ruleset_count(worker->options.reader->ruleset);
	int r = message_read_reading(bytes->data, bytes->len, n_rules, &reading, &wrong);
	if (r == MESSAGE_E_BAD) {
		kill_malformed(worker, wrong);
		return;
	}
	end_page(worker);
	if (r < 0) {
		tell(worker, WORKER_NEWS_UNREAD, NULL,
			"there was no memory for the reader's answer");
		return;
	}
	tell(worker, WORKER_NEWS_READING, &reading, NULL);
	reading_release(&reading);
}

static void take_answer(struct worker *worker, const char *packet, size_t len)
{
	switch (message_gather(&worker->gathering, packet, len)) {
	case 0:
		take_whole_answer(worker);
		break;
	case MESSAGE_E_MORE:
		break;
	case MESSAGE_E_FAILED:
		end_page(worker);
		tell(worker, WORKER_NEWS_UNREAD, NULL,
			"the page asks for more memory than the reader has");
		break;
	case MESSAGE_E_BAD:
		kill_malformed(worker, "packet");
		break;
	default:
		worker_kill(worker, "there was no memory for the reader's answer");
		break;
	}
}

static void take_packet(struct worker *worker, const char *packet, size_t len)
{
	if (worker->state == WORKER_STARTING)
		take_hello(worker, packet, len);
	else if (worker->state == WORKER_BUSY)
		take_answer(worker, packet, len);
	else
		kill_malformed(worker, "an answer that nobody asked for");
}

static int on_packet(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct worker *worker = userdata;
	char packet[PACKET_B];
	(void)source;
	(void)events;
	for (int i = 0; i < PACKETS_AT_ONCE && worker->state != WORKER_DYING; i++) {
		/* MSG_TRUNC: the real length, so that a packet too long is seen.  Descriptors that
		 * are passed along are closed by the kernel, as recv() has no room for them. */
		ssize_t len = recv(fd, packet, sizeof packet, MSG_DONTWAIT | MSG_TRUNC);
		if (len < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (len <= 0)
			worker_kill(worker, "the reader closed its end");
		else if ((size_t)len > sizeof packet)
			kill_malformed(worker, "length of a packet");
		else
			take_packet(worker, packet, (size_t)len);
	}
	return 0;
}

/* ---- asking ---- */

static int send_request(int socket, const struct buf *packet, int body_fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec from = {.iov_base = packet->data, .iov_len = packet->len};
	const struct msghdr message = {
		.msg_iov = &from,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control,
	};
	control.head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof body_fd),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(&control.head), &body_fd, sizeof body_fd);
	return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

void worker_ask(struct worker *worker, uint64_t number, const struct page *page, int body_fd)
{
	struct buf packet = BUF_INIT(REQUEST_B);
	int r = message_add_request(&packet, number, page);
	if (r == 0)
		r = send_request(worker->socket, &packet, body_fd);
	buf_release(&packet);
	if (r == 0)
		r = arm(worker, deadline_us(worker));
	worker->gathering = (struct gathering){.page = number, .bytes = BUF_INIT(ANSWER_B)};
	worker->state = WORKER_BUSY;
	if (r != 0)
		worker_kill(worker, "the reader could not be asked");
}

/* ---- the start ---- */

/* TZ: no file is looked for when a date is broken down; nothing else is needed of an environment.
 */
static char *const environment[] = {(char *)"TZ=UTC0", NULL};

static char **arguments_new(const struct reader_options *options)
{
	size_t n = 0;
	while (options->rule_args && options->rule_args[n])
		n++;
	char **args = calloc(n + 4, sizeof *args);
	if (!args)
		return NULL;
	args[0] = (char *)"dirtwatch";
	args[1] = (char *)"--role";
	args[2] = (char *)"reader";
	for (size_t i = 0; i < n; i++)
		args[3 + i] = (char *)options->rule_args[i];
	return args;
}

/* Each returns 0 or an errno value, as posix_spawn(3) does. */
static int plan_descriptors(posix_spawn_file_actions_t *actions, int socket)
{
	int r = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (r == 0)
		r = posix_spawn_file_actions_addopen(
			actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
#ifndef __SANITIZE_ADDRESS__ /* whose reports are for us; else nothing of a page comes this way */
	if (r == 0)
		r = posix_spawn_file_actions_addopen(
			actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#endif
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(actions, socket, ROLE_SOCKET);
	if (r == 0)
		r = posix_spawn_file_actions_addclosefrom_np(actions, ROLE_SOCKET + 1);
	return r;
}

static int plan_signals(posix_spawnattr_t *attributes)
{
	sigset_t none;
	sigset_t all;
	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	int r = posix_spawnattr_setsigmask(attributes, &none);
	if (r == 0)
		r = posix_spawnattr_setsigdefault(attributes, &all);
	if (r == 0) /* its own group: a ^C at the terminal is main's to handle */
		r = posix_spawnattr_setflags(attributes,
			POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	return r;
}

static int spawn(const struct reader_options *options, int socket, pid_t *ret)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char **args = arguments_new(options);
	if (!args)
		return -ENOMEM;
	(void)posix_spawn_file_actions_init(&actions); /* glibc's only fill in the struct */
	(void)posix_spawnattr_init(&attributes);
	int r = plan_descriptors(&actions, socket);
	if (r == 0)
		r = plan_signals(&attributes);
	if (r == 0)
		r = posix_spawn(ret, options->program, &actions, &attributes, args, environment);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	free(args);
	return -r;
}

static int start_process(struct worker *worker)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	worker->socket = pair[0];
	int r = spawn(worker->options.reader, pair[1], &worker->pid);
	(void)close(pair[1]); /* the child has its own */
	if (r < 0) {
		worker->pid = 0;
		return r;
	}
	worker->pidfd = pidfd_open(worker->pid, 0);
	return worker->pidfd < 0 ? -errno : 0;
}

static int watch_process(struct worker *worker)
{
	sd_event *event = worker->options.event;
	int r = sd_event_add_io(
		event, &worker->on_packet, worker->socket, EPOLLIN, on_packet, worker);
	if (r >= 0)
		r = sd_event_add_io(
			event, &worker->on_death, worker->pidfd, EPOLLIN, on_death, worker);
	if (r >= 0) /* what it said before it died is heard first */
		r = sd_event_source_set_priority(worker->on_death, SD_EVENT_PRIORITY_NORMAL + 1);
	if (r >= 0)
		r = sd_event_add_time_relative(event, &worker->on_late, CLOCK_MONOTONIC,
			deadline_us(worker), ACCURACY_US, on_late, worker);
	return r < 0 ? r : 0;
}

int worker_new(const struct worker_options *options, struct worker **ret)
{
	struct worker *worker = calloc(1, sizeof *worker);
	if (!worker)
		return -ENOMEM;
	*worker = (struct worker){.options = *options, .pidfd = -1, .socket = -1};
	int r = start_process(worker);
	if (r == 0)
		r = watch_process(worker);
	if (r < 0) {
		worker_free(worker);
		return r;
	}
	*ret = worker;
	return 0;
}
