#include "crawlers/net/exchange.h"

#include "crawlers/net/accept.h"
#include "crawlers/net/address.h"
#include "daemon/base/limits.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char *const ends[] = {
	[EXCHANGE_GOES_ON] = "it failed",
	[EXCHANGE_NO_MEMORY] = "out of memory",
	[EXCHANGE_PRIVATE] = "private network address refused",
	[EXCHANGE_HEADERS_BIG] = "the answer's headers are too long",
	[EXCHANGE_BODY_BIG] = "the answer is too long",
	[EXCHANGE_BAD_LENGTH] = "the answer says contradictory things of its length",
	[EXCHANGE_BAD_CODING] = "the answer is encoded in a way that was not asked for",
	[EXCHANGE_CORRUPT] = "the answer's compression is broken",
	[EXCHANGE_ECHO] = "the answer repeats the token that was sent: it is not kept",
	[EXCHANGE_CUT] = "the answer was cut off",
};

/* ---- what libcurl asks and tells ---- */

/* Ends the exchange: what libcurl's callbacks return to that end is up to them. */
static void end(struct exchange *exchange, enum exchange_end why)
{
	exchange->end = why;
}

/* Before the first packet to an address goes out, so that what a name leads to does not matter,
 * only where it really leads now. */
static curl_socket_t open_socket(
	void *userdata, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct exchange *exchange = userdata;
	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	if (!exchange->private_allowed && !address_is_public(&address->addr)) {
		exchange->refused_private = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Before the request goes out, on a connection kept from an earlier exchange too, which may have
 * been allowed more than this one. */
static int before_request(
	void *userdata, char *primary_ip, char *local_ip, int primary_port, int local_port)
{
	(void)local_ip;
	(void)primary_port;
	(void)local_port;
	struct exchange *exchange = userdata;
	if (exchange->private_allowed || address_text_is_public(primary_ip))
		return CURL_PREREQFUNC_OK;
	end(exchange, EXCHANGE_PRIVATE);
	return CURL_PREREQFUNC_ABORT;
}

static size_t take_header(char *line, size_t size, size_t count, void *userdata)
{
	struct exchange *exchange = userdata;
	size_t len = size * count; /* @size is 1 */
	int r = headers_line(&exchange->headers, line, len);
	if (r != 0)
		end(exchange, r < 0 ? EXCHANGE_NO_MEMORY : EXCHANGE_HEADERS_BIG);
	else if (exchange->headers.bad_length)
		end(exchange, EXCHANGE_BAD_LENGTH);
	return exchange->end == EXCHANGE_GOES_ON ? len : 0;
}

static enum exchange_end end_of(int body_r)
{
	static const enum exchange_end of[] = {
		[BODY_E_TOO_BIG] = EXCHANGE_BODY_BIG,
		[BODY_E_CODING] = EXCHANGE_BAD_CODING,
		[BODY_E_CORRUPT] = EXCHANGE_CORRUPT,
		[BODY_E_CUT] = EXCHANGE_CUT,
	};
	return body_r < 0 ? EXCHANGE_NO_MEMORY : of[body_r];
}

static size_t take_body(char *bytes, size_t size, size_t count, void *userdata)
{
	struct exchange *exchange = userdata;
	size_t len = size * count; /* @size is 1 */
	int r = 0;
	if (!exchange->body_begun)
		r = body_begin(&exchange->body, exchange->headers.content_encoding);
	exchange->body_begun = true;
	if (r == 0)
		r = body_add(&exchange->body, bytes, len);
	if (r != 0)
		end(exchange, end_of(r));
	return r == 0 ? len : 0;
}

/* ---- setting up ---- */

static int add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);
	if (!longer)
		return -ENOMEM;
	*list = longer;
	return 0;
}

static int add_header(struct curl_slist **list, const char *name, const char *value)
{
	struct buf line = BUF_INIT(2ul * LIMIT_HEADER_B);
	int r = buf_addf(&line, "%s: %s", name, value);
	if (r == 0)
		r = add_line(list, buf_str(&line));
	buf_release(&line);
	return r == 0 ? 0 : -ENOMEM; /* the ceiling can not be met: headers_may_send() */
}

static const char *if_sendable(const char *value)
{
	return value && headers_may_send(value) ? value : NULL;
}

static int make_headers(struct exchange *exchange, const struct exchange_options *options)
{
	struct curl_slist **list = &exchange->request_headers;
	const struct accept_kind *kind = accept_kind(options->accept);
	const struct {
		const char *name;
		const char *value; /* NULL: not sent */
	} rows[] = {
		{"Accept", kind->accept},
		{"Accept-Encoding", CODINGS},
		{"Content-Type", options->json ? "application/json" : NULL},
		{"If-None-Match", if_sendable(options->etag)},
		{"If-Modified-Since", if_sendable(options->last_modified)},
	};
	int r = kind->more ? add_line(list, kind->more) : 0;
	if (r == 0 && options->json)
		r = add_line(list, "Expect:"); /* bodies are short: none waits for leave */
	for (size_t i = 0; r == 0 && i < sizeof rows / sizeof rows[0]; i++)
		r = rows[i].value ? add_header(list, rows[i].name, rows[i].value) : 0;
	if (r == 0 && options->token)
		r = token_apply(options->token, options->url, list, &exchange->authorised_url);
	return r;
}

/* The same for every exchange. */
static const struct {
	CURLoption option;
	long value;
} settings[] = {
	{CURLOPT_NOSIGNAL, 1},
	{CURLOPT_FOLLOWLOCATION, 0}, /* redirects are followed in fetch.c */
	{CURLOPT_SSL_VERIFYPEER, 1},
	{CURLOPT_SSL_VERIFYHOST, 2},
	{CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
	{CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS},
	{CURLOPT_HTTP09_ALLOWED, 0},
	{CURLOPT_NETRC, CURL_NETRC_IGNORED},
	{CURLOPT_DISALLOW_USERNAME_IN_URL, 1},
	{CURLOPT_LOW_SPEED_LIMIT, LIMIT_SLOW_B_A_S},
	{CURLOPT_LOW_SPEED_TIME, LIMIT_SLOW_S},
	/* A name server that does not answer must not hold up the loop: else libcurl 7.88 waits for
	 * its resolver's thread when an exchange is ended.  The thread ends by itself. */
	{CURLOPT_QUICK_EXIT, 1},
};

static bool set_common(CURL *easy)
{
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		if (curl_easy_setopt(easy, settings[i].option, settings[i].value) != CURLE_OK)
			return false;
	}
	return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK;
}

static bool set_callbacks(struct exchange *exchange)
{
	CURL *easy = exchange->easy;
	return curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->error) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, exchange) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PREREQDATA, exchange) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange) == CURLE_OK;
}

static bool set_request(struct exchange *exchange, const struct exchange_options *options)
{
	CURL *easy = exchange->easy;
	const char *url = exchange->authorised_url ? exchange->authorised_url : options->url;
	bool good =
		curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
		curl_easy_setopt(easy, CURLOPT_USERAGENT, options->user_agent) == CURLE_OK &&
		curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->request_headers) == CURLE_OK &&
		curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_ms) ==
			CURLE_OK &&
		curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)options->transfer_ms) ==
			CURLE_OK &&
		curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)options->max_b) ==
			CURLE_OK;
	/* In this order: the length first, and the bytes are not copied. */
	if (good && options->json)
		good = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(options->json)) ==
			       CURLE_OK &&
		       curl_easy_setopt(easy, CURLOPT_POSTFIELDS, options->json) == CURLE_OK;
	if (good && options->ca_file)
		good = curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file) == CURLE_OK &&
		       curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK;
	return good;
}

int exchange_init(struct exchange *exchange, CURL *easy, const struct exchange_options *options)
{
	*exchange = (struct exchange){
		.easy = easy,
		.body = body_init(options->max_b),
		.private_allowed = options->private_allowed,
		.token = options->token,
	};
	int r = headers_init(&exchange->headers, options->now_s);
	if (r == 0)
		r = make_headers(exchange, options);
	/* curl_easy_setopt() fails for want of memory, and for options that this libcurl lacks,
	 * which fetch_new() has found out. */
	if (r == 0 &&
		(!set_common(easy) || !set_callbacks(exchange) || !set_request(exchange, options)))
		r = -ENOMEM;
	if (r < 0)
		exchange_release(exchange);
	return r;
}

CURL *exchange_let_go(struct exchange *exchange)
{
	CURL *easy = exchange->easy;
	if (easy)
		curl_easy_reset(easy); /* it points to us and to our list */
	token_wipe(exchange->token, exchange->request_headers, exchange->authorised_url);
	curl_slist_free_all(exchange->request_headers);
	exchange->request_headers = NULL;
	exchange->authorised_url = NULL;
	exchange->easy = NULL;
	return easy;
}

void exchange_release(struct exchange *exchange)
{
	(void)exchange_let_go(exchange); /* borrowed */
	headers_release(&exchange->headers);
	body_release(&exchange->body);
	*exchange = (struct exchange){0};
}

/* ---- what came of it ---- */

/* A server that says back what it was sent must not bring a token to where pages go: to the reader,
 * the store and reports. */
static bool says_token_back(const struct exchange *exchange)
{
	const struct headers *headers = &exchange->headers;
	const char *const kept[] = {headers->etag, headers->last_modified, headers->content_type,
		headers->link, headers->location, exchange->error};
	const struct secret *secret = exchange->token->secret;
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
		if (kept[i] && secret_is_in(secret, kept[i], strlen(kept[i])))
			return true;
	}
	return secret_is_in(secret, exchange->body.bytes.data, exchange->body.bytes.len);
}

/* What libcurl's word on the end means where we did not end it ourselves. */
static enum exchange_end end_by(struct exchange *exchange, CURLcode code)
{
	if (code == CURLE_FILESIZE_EXCEEDED)
		return EXCHANGE_BODY_BIG;
	/* What libcurl 7.88 calls a header line beyond its own limit of 100 KiB. */
	if (code == CURLE_OUT_OF_MEMORY && exchange_status(exchange) > 0 &&
		!exchange->headers.ended)
		return EXCHANGE_HEADERS_BIG;
	/* Only where nothing else was left to try: a name may have both kinds of addresses. */
	if (code != CURLE_OK && exchange->refused_private)
		return EXCHANGE_PRIVATE;
	/* libcurl 7.88 calls it a success when the connection ends in the headers, or in a gzip
	 * stream. */
	if (code == CURLE_OK && (!exchange->headers.ended || body_end(&exchange->body) != 0))
		return EXCHANGE_CUT;
	return EXCHANGE_GOES_ON;
}

void exchange_finish(struct exchange *exchange, CURLcode code)
{
	if (exchange->end == EXCHANGE_GOES_ON)
		end(exchange, end_by(exchange, code));
	if (exchange->token && says_token_back(exchange))
		end(exchange, EXCHANGE_ECHO);
	exchange->code = code;
	exchange->whole = code == CURLE_OK && exchange->end == EXCHANGE_GOES_ON;
}

const char *exchange_error(const struct exchange *exchange)
{
	if (exchange->end != EXCHANGE_GOES_ON)
		return ends[exchange->end];
	return exchange->error[0] ? exchange->error : curl_easy_strerror(exchange->code);
}

int exchange_status(const struct exchange *exchange)
{
	long status = 0;
	if (curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
		return 0;
	return (int)status;
}
