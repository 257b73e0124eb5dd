#ifndef DIRTWATCH_CRAWLERS_NET_FETCH_H
#define DIRTWATCH_CRAWLERS_NET_FETCH_H

#include "crawlers/net/pace.h"
#include "crawlers/source.h"
#include "daemon/base/clock.h"
#include "daemon/base/terms.h"

#include <systemd/sd-event.h>

/*
 * HTTP: curl's multi interface driven by sd-event.  Concurrent across hosts, one request at a time
 * a host (pace.h decides when).  http and https only, TLS verified, cookies off, no proxy
 * (exchange.h says why), redirects followed by our own code hop by hop: at most LIMIT_REDIRECTS,
 * never https to http, never to a login page, never to a private or local address (checked on the
 * address really connected to) unless it is the trusted origin.  Sizes are enforced while bytes
 * arrive: libcurl 7.88's own limit stops neither a gzip bomb nor an endless body.  Bodies are never
 * looked at.
 */
struct fetch;

struct fetch_options {
	const char *user_agent; /* NULL: FETCH_USER_AGENT */
	const char *ca_file;    /* NULL: the system's */
	const struct clock *clock;
	const struct walls *walls;   /* borrowed: which paths lead to a log-in */
	struct pace *pace;           /* borrowed */
	const struct tokens *tokens; /* borrowed; NULL: none */
	int64_t connect_ms;          /* 0: LIMIT_CONNECT_S */
	int64_t transfer_ms;         /* each hop; 0: LIMIT_TRANSFER_S */
};

#define FETCH_USER_AGENT \
	"dirtwatch/" DIRTWATCH_VERSION " (+self-audit; the owner reads their own public profile)"

/* Longer than this nobody is kept waiting for a host that wants to be left alone: the transfer ends
 * as RATE_LIMITED, with the time. */
#define FETCH_PATIENCE_S 10

struct fetch_request {
	const char *url;
	enum accept accept;
	/* NULL: a GET; else the body of a POST, sent as application/json and without validators. */
	const char *json;
	const char *etag;           /* for If-None-Match; NULL: none */
	const char *last_modified;  /* for If-Modified-Since; NULL: none */
	const char *trusted_origin; /* "http://127.0.0.1:8080": the configured profile's own origin,
				     * the only one that may lie in a private network; NULL: none */
	const char *source; /* that the profile is known to be of by its URL: that platform's token
			     * may go along (token.h); a static string; NULL: none */
	bool side;          /* only adds to a profile: failing once says little of its host */
	bool robots;        /* a robots.txt: that it came does not end a back-off */
	bool obey_robots;   /* follow redirects only to where pace_robots() allows it */
	size_t max_b;       /* body ceiling, at most LIMIT_PAGE_B; 0: that */
};

struct fetch_result {
	/* AUTH_REQUIRED: a token was sent and refused.
	 * What the transfer itself proved: OK (any HTTP answer with a body worth reading, whatever
	 * its status: the reader decides), UNCHANGED (304), RATE_LIMITED (429; 403 with a time or
	 * nothing remaining; or not asked because of an earlier one), LOGIN_WALL (redirect to a
	 * log-in), ROBOTS_DENIED (only redirects, with obey_robots), NETWORK_ERROR, SERVER_ERROR
	 * (5xx), TOO_BIG. A failed check (TLS, private address, https to http, redirect loop) is
	 * NETWORK_ERROR with its reason in error, and so is whatever did not come whole. */
	enum verdict verdict;
	int status; /* 0: no answer */
	const char *final_url;
	const char *etag;          /* NULL: none */
	const char *last_modified; /* NULL: none */
	const char *content_type;  /* NULL: none */
	const char *link;          /* Link headers joined by ", "; NULL: none */
	bool authorised;           /* a token was sent */
	const char *location; /* of a redirect that was not followed, absolute if it can be; NULL */
	bool robots_unknown;  /* ROBOTS_DENIED because the robots.txt of the origin of location is
			       * not known: learn it, and ask again */
	bool moved_for_good;  /* there were redirects, and every one was 301 or 308 */
	const void *body;
	size_t body_len;
	int64_t retry_at_s; /* do not ask this host again before; 0: not told */
	const char *error;  /* one sentence for people; NULL: none.  May quote a server: clean it */
};

/* etag and last_modified are NULL for an answer to a POST, and after a redirect: they belong to the page that gave them, and the
 * next redirect may lead to another one, whose 304 would say nothing of this one. */

/* Called once for each fetch_get() that returned 0, from the event loop, never from inside
 * fetch_get().  @result and all it points to live until it returns.  It may call anything here,
 * fetch_free() too. */
typedef void fetch_done(const struct fetch_result *result, void *userdata);

/** 0, -ENOMEM, -errno of sd_event, -EOPNOTSUPP (libcurl resolves names in a blocking way, or lacks
 *  TLS). */
MUST_CHECK int fetch_new(sd_event *event, const struct fetch_options *options, struct fetch **ret);
/** Ends every transfer without calling back.  NULL is fine; returns NULL. */
struct fetch *fetch_free(struct fetch *fetch);

/** Ask for a URL as soon as its host may be asked.  Strings are copied.  0, -EINVAL (not an
 * absolute http(s) URL), -ENOMEM. */
struct transfer;
MUST_CHECK int fetch_get(struct fetch *fetch, const struct fetch_request *request, fetch_done *done,
	void *userdata, struct transfer **ret);
/** Drop a transfer whose fetch_done was not called yet: it never will be. */
void fetch_cancel(struct transfer *transfer);

#endif
