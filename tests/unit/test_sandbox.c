/*
 * Each attack is run in a child of its own: inside the whole sandbox, where it must fail; with each
 * single protection that claims to stop it, where it must fail too; and with all of those taken
 * away and the others left, where it must succeed, so that the test shows what stopped it.
 */
#include "daemon/sandbox.h"

#include "daemon/base/limits.h"
#include "daemon/role.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* A child's exit status; dying by a signal is a failure of the attack as well. */
enum { ATTACK_SUCCEEDED = 10, ATTACK_FAILED, ATTACK_NOT_READY };

static uint16_t port; /* where the test itself listens on loopback */

/* ---- attacks: true is success ---- */

static bool open_file(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool write_file(void)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	return fd >= 0 && write(fd, "x", 1) == 1;
}

static bool list_folder(void)
{
	return open("/", O_RDONLY | O_DIRECTORY) >= 0;
}

static bool connect_out(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
}

static bool send_datagram(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	return fd >= 0 && sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof to) == 1;
}

static bool exec_program(void)
{
	/* Its own success: the shell ends with the status that says so. */
	(void)execl("/bin/sh", "sh", "-c", "exit 10", (char *)NULL);
	return false;
}

static bool fork_some(void)
{
	for (int i = 0; i < 8; i++) {
		pid_t pid = fork();
		if (pid < 0)
			return false;
		if (pid == 0)
			_exit(0);
	}
	while (wait(NULL) > 0)
		;
	return true;
}

static bool trace_parent(void)
{
	return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0;
}

static bool signal_parent(void)
{
	return kill(getppid(), 0) == 0;
}

static bool map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0) != MAP_FAILED;
}

static bool make_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool hog_memory(void)
{
	/* In pieces, untouched: address space is what is limited. */
	for (size_t had = 0; had < LIMIT_READER_B; had += 1 << 20) {
		if (mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0) == MAP_FAILED)
			return false;
	}
	return true;
}

static bool flood_descriptors(void)
{
	for (int i = 0; i < 64; i++) {
		if (dup(STDERR_FILENO) < 0)
			return false;
	}
	return true;
}

static bool raise_limit(void)
{
	const struct rlimit limit = {.rlim_cur = 64, .rlim_max = 64};
	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static bool become_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 1) == 0;
}

static bool is_dumpable(void)
{
	return prctl(PR_GET_DUMPABLE) == 1;
}

static bool fill_disk(void)
{
	(void)signal(SIGXFSZ, SIG_IGN);
	int fd = memfd_create("x", 0);
	return fd >= 0 && write(fd, "x", 1) == 1;
}

static void *nothing(void *unused)
{
	return unused;
}

static bool start_thread(void)
{
	pthread_t thread;
	return pthread_create(&thread, NULL, nothing, NULL) == 0;
}

static bool use_io_uring(void)
{
	char parameters[256] = {0};
	return syscall(SYS_io_uring_setup, 1, parameters) >= 0;
}

static bool leave_namespace(void)
{
	return unshare(CLONE_NEWUSER) == 0 || errno == EPERM || errno == EUSERS || errno == ENOSPC;
}

/* ---- what must still work ---- */

static bool compute(void)
{
	char *memory = malloc(1 << 20);
	if (!memory)
		return false;
	memset(memory, 'x', 1 << 20);
	memory = realloc(memory, 8 << 20);
	struct timespec now;
	bool fine = memory && memory[1000] == 'x' && clock_gettime(CLOCK_MONOTONIC, &now) == 0;
	free(memory);
	return fine;
}

struct attack {
	const char *name;
	bool (*run)(void);
	unsigned stopped_by; /* each of them alone */
	unsigned needs_away; /* others that happen to stand in the way of showing it */
};

/* clang-format off */
#define MEMORY SANDBOX_MEMORY
#define DESCRIPTORS SANDBOX_DESCRIPTORS
#define USE SANDBOX_USE
#define PRIVACY SANDBOX_PRIVACY
#define LANDLOCK SANDBOX_LANDLOCK
#define SYSCALLS SANDBOX_SYSCALLS
static const struct attack attacks[] = {
	{"open a file",              open_file,         LANDLOCK | SYSCALLS,       DESCRIPTORS},
	{"write a file",             write_file,        LANDLOCK | SYSCALLS | USE, DESCRIPTORS},
	{"list a folder",            list_folder,       LANDLOCK | SYSCALLS,       DESCRIPTORS},
	{"connect",                  connect_out,       LANDLOCK | SYSCALLS,       DESCRIPTORS},
	{"send a datagram",          send_datagram,     SYSCALLS,                  DESCRIPTORS},
	{"exec",                     exec_program,      LANDLOCK | SYSCALLS,       DESCRIPTORS | MEMORY},
	{"fork",                     fork_some,         SYSCALLS,                  USE},
	{"start a thread",           start_thread,      SYSCALLS,                  USE},
	{"trace the parent",         trace_parent,      LANDLOCK | SYSCALLS,       0},
	{"signal the parent",        signal_parent,     LANDLOCK | SYSCALLS,       0},
	{"map code",                 map_code,          SYSCALLS,                  0},
	{"turn data into code",      make_code,         SYSCALLS,                  0},
	{"take more memory",         hog_memory,        MEMORY,                    0},
	{"take descriptors",         flood_descriptors, DESCRIPTORS | SYSCALLS,    0},
	{"raise a limit again",      raise_limit,       SYSCALLS,                  DESCRIPTORS},
	{"become dumpable again",    become_dumpable,   SYSCALLS,                  0},
	{"leave a core",             is_dumpable,       PRIVACY | SYSCALLS,        0},
	{"fill memory with a file",  fill_disk,         USE | SYSCALLS,            DESCRIPTORS},
	{"io_uring around the list", use_io_uring,      SYSCALLS,                  DESCRIPTORS | USE},
	{"try a user namespace",     leave_namespace,   SYSCALLS,                  0},
};
/* clang-format on */

static int landlock_abi(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, 1u);
}

static int run_child(bool (*run)(void), unsigned parts)
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct sandbox_report report;
		const struct rlimit no_core = {0};
		(void)setrlimit(RLIMIT_CORE, &no_core);
		(void)alarm(20); /* a test that hangs is a failure too */
		(void)syscall(SYS_close_range, 4, ~0u, 0);
		if (sandbox_enter_parts(parts, ROLE_DESCRIPTORS, &report) != 0)
			_exit(ATTACK_NOT_READY);
		_exit(run() ? ATTACK_SUCCEEDED : ATTACK_FAILED);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		return -WTERMSIG(status);
	return WEXITSTATUS(status);
}

static void expect(const struct attack *attack, unsigned parts, bool success)
{
	int got = run_child(attack->run, parts);
	if (got == ATTACK_NOT_READY || (got == ATTACK_SUCCEEDED) != success)
		fail_msg("%s with parts 0x%02x: %d, should %s", attack->name, parts, got,
			success ? "succeed" : "fail");
}

/* Protections that this kernel or build does not have prove nothing here. */
static unsigned present(void)
{
	unsigned parts = SANDBOX_ALL;
	if (SANITIZED)
		parts &= ~(unsigned)SANDBOX_MEMORY;
	if (landlock_abi() < 6) { /* signals and tracing; files and TCP came before */
		print_message("Landlock %d: not tested alone\n", landlock_abi());
		parts &= ~(unsigned)SANDBOX_LANDLOCK;
	}
	return parts;
}

static void test_attacks(void **state)
{
	(void)state;
	unsigned here = present();
	for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
		const struct attack *attack = &attacks[i];
		if (!(attack->stopped_by & here)) {
			print_message("%s: nothing here to stop it, skipped\n", attack->name);
			continue;
		}
		if (run_child(attack->run, 0) != ATTACK_SUCCEEDED) {
			print_message("%s: not possible here at all, skipped\n", attack->name);
			continue;
		}
		expect(attack, SANDBOX_ALL, false);
		for (unsigned part = 1; part <= SANDBOX_ALL; part <<= 1) {
			if (attack->stopped_by & here & part)
				expect(attack, part, false);
		}
		expect(attack, SANDBOX_ALL & ~(attack->stopped_by | attack->needs_away), true);
	}
}

static void test_work_goes_on(void **state)
{
	(void)state;
	assert_int_equal(run_child(compute, SANDBOX_ALL), ATTACK_SUCCEEDED);
}

/* What is not on the list ends the process, not just the call: an attacker gets no second try. */
static void test_killed_not_refused(void **state)
{
	(void)state;
	assert_int_equal(run_child(open_file, SANDBOX_SYSCALLS), -SIGSYS);
	assert_int_equal(run_child(map_code, SANDBOX_SYSCALLS), -SIGSYS);
}

static void test_report(void **state)
{
	(void)state;
	int abi = landlock_abi();
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct sandbox_report report;
		int r = sandbox_enter_parts(SANDBOX_LANDLOCK, ROLE_DESCRIPTORS, &report);
		_exit(r == 0 && report.landlock_abi == (abi > 0 ? abi : 0) ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int listen_somewhere(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	(void)state;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0 || listen(fd, 64) < 0 ||
		getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		return -1;
	port = ntohs(at.sin_port);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attacks),
		cmocka_unit_test(test_work_goes_on),
		cmocka_unit_test(test_killed_not_refused),
		cmocka_unit_test(test_report),
	};
	return cmocka_run_group_tests(tests, listen_somewhere, NULL);
}
