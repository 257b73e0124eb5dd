#include "crawlers/net/multi.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>

/* Connections kept open for the next request: one a host of the last minutes. */
#define CONNECTIONS_KEPT 32l

#define US_A_MS 1000

/* libcurl asks for "at once" with a timer of 0 ms: sd_event's usual slack would cost each request more
 * than a millisecond. */
#define TIMER_ACCURACY_US 1

struct multi {
	sd_event *event;
	CURLM *curl;
	sd_event_source *timer; /* libcurl's one timer */
	multi_done *done;
	void *userdata;
};

/* ---- libcurl has done something ---- */

/* One wake-up may end several exchanges, so the messages are read until there are none. */
static void drain(struct multi *multi)
{
	const CURLMsg *message;
	int left;
	while ((message = curl_multi_info_read(multi->curl, &left))) {
		if (message->msg != CURLMSG_DONE)
			continue;
		CURL *easy = message->easy_handle;
		CURLcode code = message->data.result;
		multi_remove(multi, easy); /* @message is void from here on */
		multi->done(easy, code, multi->userdata);
	}
}

static void act(struct multi *multi, curl_socket_t fd, int events)
{
	int running;
	/* Its errors are about the multi as a whole (no memory); what stands still then runs into
	 * its time limit. */
	(void)curl_multi_socket_action(multi->curl, fd, events, &running);
	drain(multi);
}

/* ---- sd_event calls ---- */

static int on_socket(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	(void)source;
	int ready = 0;
	if (events & EPOLLIN)
		ready |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		ready |= CURL_CSELECT_OUT;
	if (events & (EPOLLERR | EPOLLHUP))
		ready |= CURL_CSELECT_ERR;
	act(userdata, fd, ready);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	act(userdata, CURL_SOCKET_TIMEOUT, 0);
	return 0;
}

/* ---- libcurl calls ---- */

static uint32_t events_of(int what)
{
	uint32_t events = 0;
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		events |= EPOLLIN;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		events |= EPOLLOUT;
	return events;
}

/* @socketp is the event source that was assigned to the socket.  Always 0: anything else would end
 * all exchanges for good; one that is not watched for want of memory runs into its time limit. */
static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *userdata, void *socketp)
{
	(void)easy;
	struct multi *multi = userdata;
	sd_event_source *source = socketp;
	if (what == CURL_POLL_REMOVE) {
		sd_event_source_disable_unref(source);
		(void)curl_multi_assign(multi->curl, fd, NULL); /* only fails for a fd it forgot */
	} else if (source) {
		(void)sd_event_source_set_io_events(source, events_of(what));
	} else if (sd_event_add_io(multi->event, &source, fd, events_of(what), on_socket, multi) >=
		   0) {
		(void)curl_multi_assign(multi->curl, fd, source);
	}
	return 0;
}

static int set_timer(CURLM *curl, long timeout_ms, void *userdata)
{
	(void)curl;
	struct multi *multi = userdata;
	int enabled = timeout_ms < 0 ? SD_EVENT_OFF : SD_EVENT_ONESHOT;
	/* These only fail for a loop that has ended. */
	if (timeout_ms >= 0)
		(void)sd_event_source_set_time_relative(
			multi->timer, (uint64_t)timeout_ms * US_A_MS);
	(void)sd_event_source_set_enabled(multi->timer, enabled);
	return 0;
}

/* ---- life ---- */

static bool set_up(struct multi *multi)
{
	CURLM *curl = multi->curl;
	return curl_multi_setopt(curl, CURLMOPT_SOCKETFUNCTION, watch_socket) == CURLM_OK &&
	       curl_multi_setopt(curl, CURLMOPT_SOCKETDATA, multi) == CURLM_OK &&
	       curl_multi_setopt(curl, CURLMOPT_TIMERFUNCTION, set_timer) == CURLM_OK &&
	       curl_multi_setopt(curl, CURLMOPT_TIMERDATA, multi) == CURLM_OK &&
	       curl_multi_setopt(curl, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT) == CURLM_OK;
}

int multi_new(sd_event *event, multi_done *done, void *userdata, struct multi **ret)
{
	int r = -ENOMEM;
	struct multi *multi = calloc(1, sizeof *multi);
	if (!multi)
		return r;
	multi->event = sd_event_ref(event);
	multi->done = done;
	multi->userdata = userdata;
	multi->curl = curl_multi_init();
	if (!multi->curl || !set_up(multi))
		goto fail;
	r = sd_event_add_time_relative(
		event, &multi->timer, CLOCK_MONOTONIC, 0, TIMER_ACCURACY_US, on_timer, multi);
	if (r >= 0)
		r = sd_event_source_set_enabled(multi->timer, SD_EVENT_OFF);
	if (r < 0)
		goto fail;
	*ret = multi;
	return 0;
fail:
	multi_free(multi);
	return r;
}

struct multi *multi_free(struct multi *multi)
{
	if (!multi)
		return NULL;
	/* First: closing the kept connections calls watch_socket(). */
	if (multi->curl)
		(void)curl_multi_cleanup(multi->curl); /* nothing is left to do about a failure */
	sd_event_source_disable_unref(multi->timer);
	sd_event_unref(multi->event);
	free(multi);
	return NULL;
}

int multi_add(struct multi *multi, CURL *easy)
{
	return curl_multi_add_handle(multi->curl, easy) == CURLM_OK ? 0 : -ENOMEM;
}

void multi_remove(struct multi *multi, CURL *easy)
{
	(void)curl_multi_remove_handle(
		multi->curl, easy); /* only fails for one that is not in it */
}
