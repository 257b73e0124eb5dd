#include "daemon/sandbox.h"

#include "daemon/base/limits.h"
#include "daemon/role.h"

#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* gcc says it by a macro, clang by a feature. */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* ---- rlimits ---- */

struct limit {
	enum sandbox_part part;
	int resource;
	rlim_t max;
};

/* What a reader may burn in all: its pages, each up to main's deadline.  The deadline stops a page;
 * this stops a reader whose main hangs, and never an honest one, which main retires before. */
#define CPU_S ((rlim_t)ROLE_PAGES_MAX * LIMIT_READER_S)

static const struct limit limits[] = {
	{SANDBOX_MEMORY, RLIMIT_AS, LIMIT_READER_B},
	{SANDBOX_USE, RLIMIT_CPU, CPU_S},
	{SANDBOX_USE, RLIMIT_NPROC, 0},
	{SANDBOX_USE, RLIMIT_FSIZE, 0},
	{SANDBOX_USE, RLIMIT_CORE, 0}, /* a core would be a copy of the page on disk */
	{SANDBOX_USE, RLIMIT_MEMLOCK, 0},
	{SANDBOX_USE, RLIMIT_MSGQUEUE, 0},
};

static int set_limit(int resource, rlim_t max)
{
	const struct rlimit limit = {.rlim_cur = max, .rlim_max = max};
	return setrlimit((__rlimit_resource_t)resource, &limit) < 0 ? -errno : 0;
}

static int enter_limits(unsigned parts, int descriptors)
{
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		if (!(parts & limits[i].part) || (limits[i].part == SANDBOX_MEMORY && SANITIZED))
			continue;
		int r = set_limit(limits[i].resource, limits[i].max);
		if (r < 0)
			return r;
	}
	return parts & SANDBOX_DESCRIPTORS ? set_limit(RLIMIT_NOFILE, (rlim_t)descriptors) : 0;
}

/* ---- Landlock ---- */

/* As in the kernel's include/uapi/linux/landlock.h; Debian 12's headers end before net and scoped.
 * A kernel takes a longer struct than its own when what it does not know is zero. */
struct landlock_rights {
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

#define LANDLOCK_VERSION 1u /* LANDLOCK_CREATE_RULESET_VERSION */

/* How many rights each version of the interface knows: bits 0 to n-1 are handled, so denied. */
struct landlock_version {
	int fs;
	int net;
	int scoped;
};

static const struct landlock_version versions[] = {
	{0, 0, 0}, {13, 0, 0}, /* 1, Linux 5.13: execute, write, read, list, remove, make */
	{14, 0, 0},            /* 2, 5.19: refer */
	{15, 0, 0},            /* 3, 6.2: truncate */
	{15, 2, 0},            /* 4, 6.7: bind, connect TCP */
	{16, 2, 0},            /* 5, 6.10: ioctl of devices */
	{16, 2, 2},            /* 6, 6.12: abstract sockets, signals */
};

static uint64_t low_bits(int count)
{
	return (UINT64_C(1) << count) - 1;
}

static int enter_landlock(int *ret_abi)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION);
	*ret_abi = abi > 0 ? (int)abi : 0;
	if (abi <= 0)
		return 0; /* ENOSYS, EOPNOTSUPP: main says so */
	const int newest = sizeof versions / sizeof versions[0] - 1;
	const struct landlock_version *known = &versions[abi < newest ? abi : newest];
	const struct landlock_rights rights = {.fs = low_bits(known->fs),
		.net = low_bits(known->net),
		.scoped = low_bits(known->scoped)};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rights, sizeof rights, 0);
	if (ruleset < 0)
		return -errno;
	int r = syscall(SYS_landlock_restrict_self, ruleset, 0) < 0 ? -errno : 0;
	(void)close(ruleset); /* nothing was written to it */
	return r;
}

/* ---- seccomp ---- */

/* A system call that is allowed: with any arguments, or only while argument number .argument has
 * none of the bits in .without. */
struct call {
	int number;
	unsigned argument;
	uint64_t without;
};

static const struct call calls[] = {
	/* main's requests come and answers go over the one socket; each request brings a memfd */
	{SCMP_SYS(recvmsg), 0, 0},
	{SCMP_SYS(sendto), 0, 0},
	{SCMP_SYS(close), 0, 0},
	/* malloc, and the mapping of the page: nothing becomes executable */
	{SCMP_SYS(mmap), 2, PROT_EXEC},
	{SCMP_SYS(mprotect), 2, PROT_EXEC},
	{SCMP_SYS(brk), 0, 0},
	{SCMP_SYS(munmap), 0, 0},
	{SCMP_SYS(mremap), 0, 0},
	{SCMP_SYS(madvise), 0, 0},
	/* qsort() asks how much memory there is before it sorts a large array */
	{SCMP_SYS(sysinfo), 0, 0},
	/* deadlines within a page, where the vDSO has no clock to read */
	{SCMP_SYS(clock_gettime), 0, 0},
	{SCMP_SYS(gettimeofday), 0, 0},
	/* seeds of hash tables: expat takes one a parser */
	{SCMP_SYS(getrandom), 0, 0},
	/* locks in libraries: with one thread nobody waits, but some wake in any case */
	{SCMP_SYS(futex), 0, 0},
	/* going on after SIGSTOP, as in a debugger's hands */
	{SCMP_SYS(restart_syscall), 0, 0},
	{SCMP_SYS(rt_sigreturn), 0, 0},
	/* the end */
	{SCMP_SYS(exit_group), 0, 0},
#if SANITIZED
	/* the sanitizer's report goes to standard error; it looks after stacks and signals of its
  own */
	{SCMP_SYS(write), 0, 0},
	{SCMP_SYS(gettid), 0, 0},
	{SCMP_SYS(getpid), 0, 0},
	{SCMP_SYS(sigaltstack), 0, 0},
	{SCMP_SYS(rt_sigaction), 0, 0},
	{SCMP_SYS(rt_sigprocmask), 0, 0},
	{SCMP_SYS(sched_yield), 0, 0},
#endif
};

static int allow(scmp_filter_ctx filter, const struct call *call)
{
	if (call->without == 0)
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call->number, 0);
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call->number, 1,
		SCMP_CMP(call->argument, SCMP_CMP_MASKED_EQ, call->without, 0));
}

static int enter_syscalls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return -ENOMEM;
	int r = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	for (size_t i = 0; r == 0 && i < sizeof calls / sizeof calls[0]; i++)
		r = allow(filter, &calls[i]);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}

/* ---- all of it ---- */

int sandbox_enter_parts(unsigned parts, int descriptors, struct sandbox_report *ret)
{
	struct sandbox_report report = {0};
	int r = enter_limits(parts, descriptors);
	if (r == 0 && parts & SANDBOX_PRIVACY && prctl(PR_SET_DUMPABLE, 0) < 0)
		r = -errno;
	if (r == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		r = -errno;
	if (r == 0 && parts & SANDBOX_LANDLOCK)
		r = enter_landlock(&report.landlock_abi);
	if (r == 0 && parts & SANDBOX_SYSCALLS)
		r = enter_syscalls();
	if (r == 0)
		*ret = report;
	return r;
}

int sandbox_enter(int descriptors, struct sandbox_report *ret)
{
	return sandbox_enter_parts(SANDBOX_ALL, descriptors, ret);
}
