/*
 * The machine's wall clock, set by a test for one program: preloaded, it adds to CLOCK_REALTIME the microseconds
 * that stand in the file SETCLOCK (a native int64), and when they change does to timers what the kernel does
 * when the clock is set: absolute ones are measured against the new time, and those with
 * TFD_TIMER_CANCEL_ON_SET become readable.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define FDS     1024
#define US_A_S  1000000
#define NS_A_S  1000000000
#define LOOK_NS 5000000

struct timer {
	bool wall;
	bool armed; /* absolute, and not off */
	int flags;
	struct itimerspec asked;
};

static volatile const int64_t *offset_us;
static struct timer timers[FDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int64_t offset(void)
{
	return offset_us ? *offset_us : 0;
}

static void add_us(struct timespec *time, int64_t us)
{
	int64_t ns = time->tv_nsec + us % US_A_S * 1000;
	time->tv_sec += us / US_A_S + (ns < 0 ? -1 : ns / NS_A_S);
	time->tv_nsec = (ns + NS_A_S) % NS_A_S;
}

/* ---- what time it is ---- */

int clock_gettime(clockid_t clock, struct timespec *ret)
{
	int r = (int)syscall(SYS_clock_gettime, clock, ret);
	if (r == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		add_us(ret, offset());
	return r;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
	(void)zone;
	struct timespec now;
	int r = clock_gettime(CLOCK_REALTIME, &now);
	*ret = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
	return r;
}

time_t time(time_t *ret)
{
	struct timespec now = {0};
	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (ret)
		*ret = now.tv_sec;
	return now.tv_sec;
}

/* ---- timers ---- */

static int set(int fd, int flags, const struct itimerspec *to, struct itimerspec *old)
{
	return (int)syscall(SYS_timerfd_settime, fd, flags, to, old);
}

int timerfd_create(int clock, int flags)
{
	int fd = (int)syscall(SYS_timerfd_create, clock, flags);
	if (fd >= 0 && fd < FDS) {
		(void)pthread_mutex_lock(&lock);
		timers[fd] = (struct timer){.wall = clock == CLOCK_REALTIME};
		(void)pthread_mutex_unlock(&lock);
	}
	return fd;
}

static int set_wall(int fd, const struct timer *timer)
{
	struct itimerspec real = timer->asked;
	add_us(&real.it_value, -offset());
	if (real.it_value.tv_sec < 0)
		real.it_value = (struct timespec){.tv_nsec = 1}; /* long past */
	return set(fd, timer->flags, &real, NULL);
}

int timerfd_settime(int fd, int flags, const struct itimerspec *to, struct itimerspec *old)
{
	bool wall = fd >= 0 && fd < FDS && timers[fd].wall && flags & TFD_TIMER_ABSTIME;
	if (!wall)
		return set(fd, flags, to, old);
	(void)pthread_mutex_lock(&lock);
	struct timer *timer = &timers[fd];
	timer->armed = to->it_value.tv_sec != 0 || to->it_value.tv_nsec != 0;
	timer->flags = flags;
	timer->asked = *to;
	int r = timer->armed ? set_wall(fd, timer) : set(fd, flags, to, old);
	(void)pthread_mutex_unlock(&lock);
	return r;
}

static void clock_was_set(void)
{
	static const struct itimerspec at_once = {.it_value = {.tv_nsec = 1}};
	(void)pthread_mutex_lock(&lock);
	for (int fd = 0; fd < FDS; fd++) {
		if (!timers[fd].armed)
			continue;
		if (timers[fd].flags & TFD_TIMER_CANCEL_ON_SET)
			(void)set(fd, 0, &at_once, NULL);
		else
			(void)set_wall(fd, &timers[fd]);
	}
	(void)pthread_mutex_unlock(&lock);
}

static void *watch(void *unused)
{
	(void)unused;
	int64_t last = offset();
	for (;;) {
		const struct timespec moment = {.tv_nsec = LOOK_NS};
		(void)nanosleep(&moment, NULL);
		if (offset() == last)
			continue;
		last = offset();
		clock_was_set();
	}
	return NULL;
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("SETCLOCK");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *mapped =
		fd >= 0 ? mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
	if (mapped == MAP_FAILED)
		return;
	offset_us = mapped;
	(void)close(fd);
	/* Signals are for the program's own threads. */
	sigset_t all, before;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_t thread;
	if (pthread_create(&thread, NULL, watch, NULL) != 0)
		abort();
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_detach(thread);
}
