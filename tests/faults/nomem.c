/*
 * Out of memory in the real program: preloaded, it lets one allocation fail, the first one that comes from the
 * NOMEM_AT-th place (a place: the callers, DEPTH deep, in the order in which they come).  With NOMEM_STAYS all
 * allocations from that place fail.  At the end it writes to the file NOMEM_LOG how many places there were.
 */
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <unwind.h>

#define DEPTH  5
#define PLACES 65536

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t places[PLACES]; /* hashes; 0: free */
static unsigned long n_places;
static unsigned long fail_at; /* 0: never */
static uint64_t failing;      /* the place that fails; 0: none yet */
static bool stays;
static bool says;
static bool ready;
static __thread bool inside;

struct trace {
	uint64_t hash;
	unsigned depth;
};

static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *userdata)
{
	struct trace *trace = userdata;
	/* The first two are this file's own. */
	if (trace->depth++ >= 2)
		trace->hash =
			(trace->hash ^ (uint64_t)_Unwind_GetIP(context)) * 0x9e3779b97f4a7c15u;
	return trace->depth < DEPTH + 2 ? _URC_NO_REASON : _URC_END_OF_STACK;
}

/* True when it was not known. */
static bool note_place(uint64_t place)
{
	size_t i = place % PLACES;
	while (places[i] != 0 && places[i] != place)
		i = (i + 1) % PLACES;
	if (places[i] == place || n_places >= PLACES / 2)
		return false;
	places[i] = place;
	n_places++;
	return true;
}

/* With NOMEM_SAY: which place it is, on standard error. */
static void say_where(void)
{
	void *callers[16];
	if (says)
		backtrace_symbols_fd(callers, backtrace(callers, 16), STDERR_FILENO);
}

static bool fails(void)
{
	if (!ready || inside)
		return false;
	inside = true;
	struct trace trace = {.hash = 1};
	(void)_Unwind_Backtrace(step, &trace);
	(void)pthread_mutex_lock(&lock);
	bool fail = stays && failing == trace.hash;
	if (note_place(trace.hash) && n_places == fail_at) {
		failing = trace.hash;
		fail = true;
	}
	(void)pthread_mutex_unlock(&lock);
	if (fail)
		say_where();
	inside = false;
	if (fail)
		errno = ENOMEM;
	return fail;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
	void *memory = fails() ? NULL : __libc_memalign(alignment, size);
	if (!memory)
		return ENOMEM;
	*ret = memory;
	return 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("NOMEM_AT");
	fail_at = at ? strtoul(at, NULL, 10) : 0;
	stays = getenv("NOMEM_STAYS") != NULL;
	says = getenv("NOMEM_SAY") != NULL;
	struct trace trace = {.hash = 1};
	(void)_Unwind_Backtrace(step, &trace); /* what the unwinder itself needs, once */
	ready = true;
}

__attribute__((destructor)) static void end(void)
{
	const char *log = getenv("NOMEM_LOG");
	ready = false;
	int fd = log ? open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	if (fd >= 0)
		(void)dprintf(fd, "%lu\n", n_places);
}
