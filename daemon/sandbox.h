#ifndef DIRTWATCH_DAEMON_SANDBOX_H
#define DIRTWATCH_DAEMON_SANDBOX_H

#include "daemon/base/err.h"

/*
 * The box of a process that looks at strangers' bytes: after sandbox_enter() it can compute, read
 * and write the descriptors it holds, and end.  Everything it will ever need from files (rules,
 * converters, locale) must be in memory before.
 *
 * Memory is never writable and executable, and nothing becomes executable any more: so no JIT.
 * PCRE2's would be 4 to 6 times faster on the text it sees (67–100 against 15.6 MB/s), but behind
 * the literal prefilter few rules reach PCRE2 at all, and a writable page of code is what an
 * attacker looks for; nor could the unit keep MemoryDenyWriteExecute=.
 */

/* What protects.  Tests leave parts out to see that each attack succeeds without them. */
enum sandbox_part {
	SANDBOX_MEMORY = 1 << 0,      /* RLIMIT_AS; not under a sanitizer, which maps terabytes */
	SANDBOX_DESCRIPTORS = 1 << 1, /* RLIMIT_NOFILE */
	SANDBOX_USE = 1 << 2,         /* the other rlimits: CPU, processes, file size, core */
	SANDBOX_PRIVACY =
		1 << 3, /* not dumpable: no core, no ptrace, no /proc/PID/mem by its own user */
	SANDBOX_LANDLOCK =
		1 << 4, /* no file, no TCP port, no signal outwards, as far as the kernel knows */
	SANDBOX_SYSCALLS = 1 << 5, /* seccomp: a list of what is allowed; anything else kills */
	SANDBOX_ALL = (1 << 6) - 1,
};

struct sandbox_report {
	int landlock_abi; /* 0: this kernel has no Landlock, and seccomp stands alone */
};

/** Enter it; there is no way back.  @descriptors: how many it may hold, so that every number below
 * is in use but those it needs to receive.  0, -errno: then the caller must end. */
MUST_CHECK int sandbox_enter(int descriptors, struct sandbox_report *ret);

/** Only @parts of it (enum sandbox_part), for tests. */
MUST_CHECK int sandbox_enter_parts(unsigned parts, int descriptors, struct sandbox_report *ret);

#endif
