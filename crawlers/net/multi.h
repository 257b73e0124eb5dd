#ifndef DIRTWATCH_CRAWLERS_NET_MULTI_H
#define DIRTWATCH_CRAWLERS_NET_MULTI_H

#include "daemon/base/err.h"

#include <curl/curl.h>
#include <systemd/sd-event.h>

/* libcurl's multi interface on an sd_event loop: nothing in it blocks. */
struct multi;

/* An exchange has ended; @easy is out of the multi already.  Called from the loop, and from nothing
 * else here. */
typedef void multi_done(CURL *easy, CURLcode code, void *userdata);

/** 0, -ENOMEM, -errno of sd_event. */
MUST_CHECK int multi_new(sd_event *event, multi_done *done, void *userdata, struct multi **ret);
/** Every easy handle must have been taken out.  NULL is fine; returns NULL. */
struct multi *multi_free(struct multi *multi);

/** Start what @easy is set up for; it stays the caller's.  0, -ENOMEM. */
MUST_CHECK int multi_add(struct multi *multi, CURL *easy);
/** End it where it is; multi_done is not called. */
void multi_remove(struct multi *multi, CURL *easy);

#endif
