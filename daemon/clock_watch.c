#include "daemon/clock_watch.h"

#include "daemon/base/log.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* The year 2262, about as far as the kernel's nanoseconds reach. */
#define FAR_S 9223372036

struct clock_watch {
	int fd; /* a timer that never fires, but ends when the clock is set (timerfd_create(2)) */
	sd_event_source *source;
	clock_was_set *tell;
	void *userdata;
};

static int arm(const struct clock_watch *watch)
{
	const struct itimerspec far = {.it_value = {.tv_sec = FAR_S}};
	int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
	return timerfd_settime(watch->fd, flags, &far, NULL) < 0 ? -errno : 0;
}

static int on_set(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	(void)source;
	(void)events;
	struct clock_watch *watch = userdata;
	uint64_t times;
	/* ECANCELED: it was set.  Whatever else may wake us, looking at the clock does no harm. */
	if (read(fd, &times, sizeof times) < 0 && errno == EAGAIN)
		return 0;
	int r = arm(watch);
	if (r < 0)
		log_err(r, "cannot watch the clock any more");
	watch->tell(watch->userdata);
	return r; /* negative: this source is switched off, the loop goes on */
}

int clock_watch_new(sd_event *event, clock_was_set *tell, void *userdata, struct clock_watch **ret)
{
	struct clock_watch *watch = calloc(1, sizeof *watch);
	if (!watch)
		return -ENOMEM;
	*watch = (struct clock_watch){.tell = tell, .userdata = userdata};
	watch->fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	int r = watch->fd < 0 ? -errno : arm(watch);
	if (r == 0)
		r = sd_event_add_io(event, &watch->source, watch->fd, EPOLLIN, on_set, watch);
	if (r < 0) {
		clock_watch_free(watch);
		return r;
	}
	*ret = watch;
	return 0;
}

struct clock_watch *clock_watch_free(struct clock_watch *watch)
{
	if (!watch)
		return NULL;
	sd_event_source_disable_unref(watch->source);
	if (watch->fd >= 0)
		(void)close(watch->fd);
	free(watch);
	return NULL;
}
