#include "daemon/role.h"

#include "crawlers/parse/charset.h"
#include "daemon/message.h"
#include "daemon/sandbox.h"

#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A page as it came from main; the strings in the arena. */
struct request {
	struct arena *arena;
	uint64_t number;
	struct page page;
	void *body; /* mapped read-only; NULL: empty */
};

static void request_release(struct request *request)
{
	if (request->body)
		(void)munmap(request->body, request->page.body_len); /* mapped as a whole */
	arena_free(request->arena);
}

static int send_packet(const char *bytes, size_t len)
{
	ssize_t sent;
	do {
		sent = send(ROLE_SOCKET, bytes, len, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

/* The memfd that came along, or -1. */
static int passed_fd(struct msghdr *message)
{
	int fd;
	const struct cmsghdr *head = CMSG_FIRSTHDR(message);
	if (!head || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS ||
		head->cmsg_len != CMSG_LEN(sizeof fd))
		return -1;
	memcpy(&fd, CMSG_DATA(head), sizeof fd);
	return fd;
}

/* One packet and its memfd.  Returns its length, 0 at the end, -errno. */
static ssize_t receive(char *packet, size_t size, int *ret_fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec into = {.iov_base = packet, .iov_len = size};
	struct msghdr message = {
		.msg_iov = &into,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control,
	};
	ssize_t len;
	do {
		len = recvmsg(ROLE_SOCKET, &message, MSG_CMSG_CLOEXEC);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return -errno;
	*ret_fd = passed_fd(&message);
	if (len > 0 && *ret_fd < 0)
		return -EPROTO;
	return len;
}

/* 0, 1: main closed the socket, -errno. */
static int take_request(char *packet, struct request *ret)
{
	struct request request = {0};
	int fd = -1;
	ssize_t len = receive(packet, REQUEST_B, &fd);
	if (len <= 0)
		return len == 0 ? 1 : (int)len;
	int r = -ENOMEM;
	request.arena = arena_new(REQUEST_B * 2); /* every string with its NUL and padding */
	if (request.arena)
		r = message_read_request(
			packet, (size_t)len, request.arena, &request.number, &request.page);
	if (r == 0 && request.page.body_len > 0) {
		void *body = mmap(NULL, request.page.body_len, PROT_READ, MAP_SHARED, fd, 0);
		if (body == MAP_FAILED)
			r = -errno;
		else
			request.body = body;
	}
	(void)close(fd); /* the mapping stays */
	if (r != 0) {
		request_release(&request);
		return r < 0 ? r : -EPROTO;
	}
	request.page.body = request.body ? request.body : "";
	*ret = request;
	return 0;
}

static int send_failed(uint64_t number)
{
	const struct packet_head head = {.kind = PACKET_FAILED, .page = number};
	return send_packet((const char *)&head, sizeof head);
}

static int send_answer(uint64_t number, const struct buf *answer, char *packet)
{
	struct packet_head head = {.kind = PACKET_ANSWER, .page = number};
	int r = 0;
	for (size_t at = 0; r == 0 && at < answer->len; head.index++) {
		size_t len = answer->len - at < PACKET_BODY_B ? answer->len - at : PACKET_BODY_B;
		head.last = at + len == answer->len;
		memcpy(packet, &head, sizeof head);
		memcpy(packet + sizeof head, answer->data + at, len);
		r = send_packet(packet, sizeof head + len);
		at += len;
	}
	return r;
}

static int answer_page(
	const struct role *role, const struct request *request, struct buf *answer, char *packet)
{
	struct reading reading = {0};
	int r = role->read(&request->page, &reading, role->userdata);
	buf_clear(answer);
	if (r == 0)
		r = message_add_reading(answer, &reading);
	reading_release(&reading);
	if (r != 0)
		return send_failed(
			request->number); /* out of memory, or past a ceiling: the page is unread */
	return send_answer(request->number, answer, packet);
}

/* An answer's memory is kept for the next page unless it was unusually large. */
#define KEEP_B (1024ul * 1024)

static int serve(const struct role *role, char *packet)
{
	struct buf answer = BUF_INIT(ANSWER_B);
	int r = 0;
	while (r == 0) {
		struct request request;
		r = take_request(packet, &request);
		if (r != 0)
			break;
		r = answer_page(role, &request, &answer, packet);
		request_release(&request);
		if (answer.cap > KEEP_B)
			buf_release(&answer);
	}
	buf_release(&answer);
	return r > 0 ? 0 : r;
}

static int say_hello(const struct role *role, const struct sandbox_report *report)
{
	struct buf packet = BUF_INIT(PACKET_B);
	const struct hello hello = {.digest = role->digest.hex,
		.landlock_abi = report->landlock_abi,
		.problems = role->problems};
	int r = message_add_hello(&packet, &hello);
	if (r == 0)
		r = send_packet(packet.data, packet.len);
	buf_release(&packet);
	return r < 0 ? r : r > 0 ? -EMSGSIZE : 0;
}

/* What libraries load or ask for when they are first used must be there before the doors close. */
static int warm_up(void)
{
	struct digest digest;
	tzset();             /* /etc/localtime, where TZ is not set */
	json_object_seed(0); /* /dev/urandom, where the kernel has no getrandom() */
	int r = digest_bytes("", 0, &digest); /* OpenSSL's configuration */
	return r == 0 ? charset_prepare() : r;
}

/* The signal comes only when the parent dies from now on; one that died before has closed the
 * socket. */
static int die_with_parent(void)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;
	struct pollfd socket = {.fd = ROLE_SOCKET};
	if (poll(&socket, 1, 0) < 0)
		return -errno;
	return socket.revents & (POLLHUP | POLLERR | POLLNVAL) ? -EPIPE : 0;
}

_Static_assert(REQUEST_B > PACKET_B, "one buffer serves requests and answers");

int role_serve(const struct role *role)
{
	struct sandbox_report report;
	int r = die_with_parent();
	char *packet = malloc(REQUEST_B);
	if (r == 0)
		r = warm_up();
	if (r == 0 && !packet)
		r = -ENOMEM;
	if (r == 0)
		r = sandbox_enter(ROLE_DESCRIPTORS, &report);
	if (r < 0) {
		free(packet);
		return r;
	}
	r = say_hello(role, &report);
	if (r == 0)
		r = serve(role, packet);
	_exit(r < 0 ? EXIT_INTERNAL
		    : EXIT_CLEAN); /* exit handlers of libraries may want more than is left */
}
