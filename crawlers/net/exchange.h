#ifndef DIRTWATCH_CRAWLERS_NET_EXCHANGE_H
#define DIRTWATCH_CRAWLERS_NET_EXCHANGE_H

#include "crawlers/net/body.h"
#include "crawlers/net/headers.h"
#include "crawlers/net/token.h"
#include "crawlers/source.h"

#include <curl/curl.h>

/*
 * One request and its answer: how libcurl is set up for it, and what is let in.
 *
 * No proxy is used, the ones in the environment neither: with a proxy the address connected to
 * would be the proxy's, so that the ban on private addresses would be in the hands of a stranger's
 * DNS, and a variable left over in somebody's shell would see what is fetched.
 */
struct exchange_options {
	const char *url;
	enum accept accept;
	const char *json;          /* body of a POST; lives as long as the exchange; NULL: a GET */
	const char *etag;          /* sent as If-None-Match; NULL: none */
	const char *last_modified; /* sent as If-Modified-Since; NULL: none */
	const struct token *token; /* goes with it; outlives the exchange; NULL: none */
	const char *user_agent;
	const char *ca_file;  /* NULL: the system's */
	bool private_allowed; /* the host may have an address that is not public */
	size_t max_b;         /* body ceiling */
	int64_t connect_ms;
	int64_t transfer_ms;
	int64_t now_s;
};

/* Why we ended it ourselves. */
enum exchange_end {
	EXCHANGE_GOES_ON,
	EXCHANGE_NO_MEMORY,
	EXCHANGE_PRIVATE, /* the address is not public */
	EXCHANGE_HEADERS_BIG,
	EXCHANGE_BODY_BIG,
	EXCHANGE_BAD_LENGTH,
	EXCHANGE_BAD_CODING,
	EXCHANGE_CORRUPT,
	EXCHANGE_ECHO, /* the answer says the token back: nothing of it is kept */
	EXCHANGE_CUT,  /* found at the end: libcurl thought that it was whole */
};

struct exchange {
	CURL *easy;
	struct curl_slist *request_headers;
	const struct token *token;
	char *authorised_url; /* with a token in it; NULL: none */
	struct headers headers;
	struct body body;
	bool body_begun;
	bool private_allowed;
	bool refused_private; /* an address was not asked because it is not public */
	enum exchange_end end;
	CURLcode code;
	bool whole; /* the answer came whole and as it was meant */
	char error[CURL_ERROR_SIZE];
};

/** Set @easy (reset, borrowed until exchange_release()) up for @options.  The exchange must stay
 * where it is until then.  0, -ENOMEM. */
MUST_CHECK int exchange_init(
	struct exchange *exchange, CURL *easy, const struct exchange_options *options);
/** Give @easy back, reset; what was received stays until exchange_release(). */
CURL *exchange_let_go(struct exchange *exchange);
/** Lets go of @easy too.  Zeroed is fine. */
void exchange_release(struct exchange *exchange);

/** libcurl is done with it: sets ->whole. */
void exchange_finish(struct exchange *exchange, CURLcode code);

/** What went wrong, in a sentence, where it did not come whole. */
const char *exchange_error(const struct exchange *exchange);

/** The answer's status; 0: no answer.  Before exchange_let_go(). */
int exchange_status(const struct exchange *exchange);

#endif
