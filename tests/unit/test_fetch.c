/* The fetcher against tests/scenario/faultserver.py. */
#include "crawlers/net/fetch.h"

#include "daemon/base/buf.h"
#include "daemon/base/limits.h"
#include "tests/unit/shipped_walls.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <netdb.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#define S 1000000ll

/* A test that waits longer than this hangs. */
#define PATIENCE_US (30 * S)

/* ---- names ---- */

/* "rebound.example" leads home, as in DNS rebinding; "slow.example" leads nowhere until it may. */
static sem_t slow_may_go;
static sem_t slow_is_asked;

typedef int lookup_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(
	const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	lookup_fn *real = (lookup_fn *)dlsym(RTLD_NEXT, "getaddrinfo");
	if (node && strcmp(node, "slow.example") == 0) {
		sem_post(&slow_is_asked);
		sem_wait(&slow_may_go);
		return EAI_NONAME;
	}
	bool rebound = node && strcmp(node, "rebound.example") == 0;
	return real(rebound ? "127.0.0.1" : node, service, hints, ret);
}

/* ---- the server ---- */

static struct {
	pid_t pid;
	json_t *ports;
	char http[64];
	char other[64];
} server;

static void origin_of(char out[64], const char *scheme, const char *port)
{
	(void)snprintf(out, 64, "%s://127.0.0.1:%lld", scheme,
		(long long)json_integer_value(json_object_get(server.ports, port)));
}

static int start_server(void **state)
{
	(void)state;
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	server.pid = fork();
	if (server.pid == 0) {
		(void)dup2(fds[1], STDOUT_FILENO);
		(void)execl("/usr/bin/python3", "python3", "tests/scenario/faultserver.py",
			"--seconds", "120", (char *)NULL);
		_exit(127);
	}
	(void)close(fds[1]);
	FILE *out = fdopen(fds[0], "r");
	server.ports = json_loadf(out, JSON_DISABLE_EOF_CHECK, NULL);
	(void)fclose(out);
	if (!server.ports)
		fail_msg("faultserver.py did not start");
	origin_of(server.http, "http", "http");
	origin_of(server.other, "http", "other");
	(void)alarm(100); /* a loop that is held up would hang the tests; the server lives 120 s */
	assert_int_equal(sem_init(&slow_may_go, 0, 0), 0);
	assert_int_equal(sem_init(&slow_is_asked, 0, 0), 0);
	return 0;
}

static int stop_server(void **state)
{
	(void)state;
	(void)kill(server.pid, SIGTERM);
	(void)waitpid(server.pid, NULL, 0);
	json_decref(server.ports);
	return 0;
}

/* ---- a fetcher and what it told ---- */

struct bench {
	struct clock clock;
	struct pace *pace;
	struct fetch *fetch;
	sd_event *event;
};

struct got {
	bool told;
	enum verdict verdict;
	int status;
	char *final_url;
	char *etag;
	char *content_type;
	char *link;
	char *location;
	char *body;
	char *error;
	size_t body_len;
	bool moved_for_good;
	bool robots_unknown;
	int64_t retry_at_s;
	struct transfer *transfer;
	struct bench *bench;
};

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static void got_release(struct got *got)
{
	free(got->final_url);
	free(got->etag);
	free(got->content_type);
	free(got->link);
	free(got->location);
	free(got->body);
	free(got->error);
	*got = (struct got){0};
}

static void on_fetched(const struct fetch_result *result, void *userdata)
{
	struct got *got = userdata;
	assert_false(got->told);
	got->told = true;
	got->transfer = NULL;
	got->verdict = result->verdict;
	got->status = result->status;
	got->final_url = copy(result->final_url);
	got->etag = copy(result->etag);
	got->content_type = copy(result->content_type);
	got->link = copy(result->link);
	got->location = copy(result->location);
	got->error = copy(result->error);
	got->body = result->body_len < 4096
			    ? strndup(result->body ? result->body : "", result->body_len)
			    : strdup("(long)");
	got->body_len = result->body_len;
	got->moved_for_good = result->moved_for_good;
	got->robots_unknown = result->robots_unknown;
	got->retry_at_s = result->retry_at_s;
}

static void ask(struct bench *bench, const struct fetch_request *request, struct got *got)
{
	*got = (struct got){.bench = bench};
	assert_int_equal(fetch_get(bench->fetch, request, on_fetched, got, &got->transfer), 0);
	assert_false(got->told);
}

static uint64_t now_us(struct bench *bench)
{
	uint64_t now = 0;
	(void)sd_event_now(bench->event, CLOCK_MONOTONIC, &now);
	return now;
}

static void run_until(struct bench *bench, const bool *told)
{
	uint64_t end = now_us(bench) + PATIENCE_US;
	while (!*told) {
		assert_true(sd_event_run(bench->event, S) >= 0);
		if (now_us(bench) > end)
			fail_msg("still waiting after 30 s");
	}
}

static const struct fetch_request *request_for(const char *origin, const char *path)
{
	static char url[4096];
	static struct fetch_request request;
	(void)snprintf(url, sizeof url, "%s%s", origin, path);
	request = (struct fetch_request){.url = url, .trusted_origin = origin};
	return &request;
}

static void get(struct bench *bench, const struct fetch_request *request, struct got *got)
{
	ask(bench, request, got);
	run_until(bench, &got->told);
}

static void get_path(struct bench *bench, const char *path, struct got *got)
{
	get(bench, request_for(server.http, path), got);
}

static int make_bench(void **state, const struct fetch_options *more, int64_t delay_us)
{
	struct bench *bench = calloc(1, sizeof *bench);
	assert_non_null(bench);
	bench->clock = *clock_real();
	assert_int_equal(pace_new(&bench->clock, delay_us, &bench->pace), 0);
	assert_true(sd_event_new(&bench->event) >= 0);
	struct fetch_options options = *more;
	options.clock = &bench->clock;
	options.pace = bench->pace;
	options.walls = shipped_walls();
	assert_int_equal(fetch_new(bench->event, &options, &bench->fetch), 0);
	*state = bench;
	return 0;
}

static int set_up(void **state)
{
	const struct fetch_options options = {
		.ca_file = json_string_value(json_object_get(server.ports, "ca")),
		.transfer_ms = 20000,
	};
	return make_bench(state, &options, 0);
}

static int set_up_hasty(void **state)
{
	const struct fetch_options options = {.connect_ms = 300, .transfer_ms = 300};
	return make_bench(state, &options, 0);
}

static int set_up_polite(void **state)
{
	const struct fetch_options options = {0};
	return make_bench(state, &options, 60 * S);
}

static int tear_down(void **state)
{
	struct bench *bench = *state;
	assert_null(fetch_free(bench->fetch));
	pace_free(bench->pace);
	sd_event_unref(bench->event);
	free(bench);
	return 0;
}

/* The server's memory of this test: emptied, or as JSON; with a fetcher of its own. */
static void control(const char *path, json_t **ret)
{
	void *state;
	struct got got;
	set_up(&state);
	get(state, request_for(server.other, path), &got);
	assert_int_equal(got.verdict, VERDICT_OK);
	if (ret)
		*ret = json_loads(got.body, 0, NULL);
	got_release(&got);
	tear_down(&state);
}

/* ---- what comes of an answer ---- */

struct row {
	const char *why;
	const char *path;
	enum verdict verdict;
	int status;
	const char *error; /* a part of it; NULL: there is none */
	const char *body;  /* a part of it; NULL: any */
};

#define OK      VERDICT_OK
#define NETWORK VERDICT_NETWORK_ERROR
#define SERVER  VERDICT_SERVER_ERROR
#define BIG     VERDICT_TOO_BIG
#define LIMITED VERDICT_RATE_LIMITED

/* clang-format off */
static const struct row rows[] = {
	{"a page",                              "/ok",                    OK,      200, NULL,            "Hello."},
	{"chunks",                              "/chunked",               OK,      200, NULL,            "</html>\n"},
	{"gzip",                                "/gzip",                  OK,      200, NULL,            "Hello."},
	{"gzip in three members",               "/gzip?members=3",        OK,      200, NULL,            "</html>\n"},
	{"gzip and garbage, as gunzip has it",  "/gzip/garbage",          OK,      200, NULL,            "</html>\n"},
	{"nothing",                             "/empty",                 OK,      200, NULL,            ""},
	{"an interim answer",                   "/interim",               OK,      200, NULL,            "Hello."},
	{"404 is for the reader",               "/status/404",            OK,      404, NULL,            "Hello."},
	{"410",                                 "/status/410",            OK,      410, NULL,            "Hello."},
	{"403",                                 "/status/403",            OK,      403, NULL,            "Hello."},
	{"401",                                 "/status/401",            OK,      401, NULL,            "Hello."},
	{"LinkedIn's 999",                      "/status/999",            OK,      999, NULL,            "Hello."},
	{"204",                                 "/status/204",            OK,      204, NULL,            ""},
	{"a cookie is not sent back",           "/cookies",               OK,      200, NULL,            ""},
	{"a folded header",                     "/header/folded",         OK,      200, NULL,            ""},
	{"a header of 8 kB",                    "/header/huge?bytes=8000", OK,     200, NULL,            "Hello."},
	{"the largest page",                    "/big?bytes=8388608",     OK,      200, NULL,            NULL},

	{"500",                                 "/status/500",            SERVER,  500, NULL,            "Hello."},
	{"502",                                 "/status/502",            SERVER,  502, NULL,            "Hello."},
	{"503",                                 "/503",                   SERVER,  503, NULL,            "Hello."},
	{"429",                                 "/429",                   LIMITED, 429, NULL,            "Hello."},
	{"GitHub's 403",                        "/rate/github?status=403", LIMITED, 403, NULL,           "Hello."},

	{"a byte more than the largest page",   "/big?bytes=8388609",     BIG,     200, "too long",      ""},
	{"a body without end",                  "/endless/chunks",        BIG,     200, "too long",      ""},
	{"a bomb of gzip",                      "/gzip/bomb",             BIG,     200, "too long",      ""},
	{"headers without end",                 "/endless/header",        BIG,     200, "headers",       ""},
	{"interim answers without end",         "/endless/interim",       BIG,     -1,  "headers",       ""},

	{"a header of 1 MiB",                   "/header/huge",           BIG,     200, "headers",       ""},
	{"a line that is no header",            "/header/none",           NETWORK, 200, "colon",         ""},
	{"a NUL in a header",                   "/header/nul",            NETWORK, -1,  "",              ""},
	{"less than Content-Length",            "/cut/length",            NETWORK, 200, "",              ""},
	{"a chunk without its end",             "/cut/chunk",             NETWORK, 200, "",              ""},
	{"no last chunk",                       "/cut/last-chunk",        NETWORK, 200, "",              ""},
	{"half a header",                       "/cut/header",            NETWORK, 200, "cut off",              ""},
	{"half a gzip stream of the right length", "/cut/gzip",           NETWORK, 200, "cut off",       ""},
	{"a gzip stream without its trailer",   "/cut/gzip-close",        NETWORK, 200, "cut off",       ""},
	{"corrupt gzip",                        "/gzip/corrupt",          NETWORK, 200, "broken",        ""},
	{"gzip that is none",                   "/gzip/plain",            NETWORK, 200, "broken",        ""},
	{"gzip in gzip was not asked for",      "/gzip/bomb?layers=2",    NETWORK, 200, "not asked for", ""},
	{"brotli that is none",                 "/coding/br",             NETWORK, 200, "broken",        ""},
	{"a coding that there is not",          "/coding/nonsense",       NETWORK, 200, "not asked for", ""},
	{"RST in place of an answer",           "/rst/header",            NETWORK, 0,   "",              ""},
	{"RST in a body",                       "/rst/body",              NETWORK, 200, "",              ""},
	{"a length below zero",                 "/length/-5",             NETWORK, -1,  "",              ""},
	{"a length in words",                   "/length/many",           NETWORK, -1,  "",              ""},
	{"a length of 2^63",                    "/length/9223372036854775808", BIG, 200, "too long",   ""},
	{"two lengths",                         "/double-length",         NETWORK, 200, "length",        ""},
	{"HTTP/0.9",                            "/http09",                NETWORK, -1,  "",              ""},
	{"another protocol",                    "/icy",                   NETWORK, -1,  "",              ""},
	{"HTTP/3000",                           "/http3000",              NETWORK, -1,  "",              ""},
	{"not modified, without a condition",   "/unasked/304",           NETWORK, 304, "not modified",  ""},
	{"a part, without asking for one",      "/unasked/206",           NETWORK, 206, "a part",        NULL},

	{"a redirect to where we are",          "/redirect/relative",     OK,      200, NULL,            "Hello."},
	{"five redirects",                      "/redirect/chain?n=5",    OK,      200, NULL,            "Hello."},
	{"six redirects",                       "/redirect/chain?n=6",    NETWORK, 301, "too many",      ""},
	{"redirects without end",               "/redirect/endless",      NETWORK, 302, "too many",      ""},
	{"redirects in a circle",               "/redirect/loop",         NETWORK, 302, "circle",        ""},
	{"a redirect without a target",         "/redirect/nowhere",      NETWORK, 302, "target",        NULL},
	{"a redirect to a file",                "/redirect/to?url=file:///etc/passwd",  NETWORK, 302, "web address", ""},
	{"a redirect to another scheme",        "/redirect/to?url=gopher://127.0.0.1/", NETWORK, 302, "web address", ""},
	{"a redirect with a user",              "/redirect/to?url=http://u:p@127.0.0.1/", NETWORK, 302, "web address", ""},
	{"a redirect to another port at home",  "/redirect/other",        NETWORK, 0,   "private network address refused", ""},
	{"a redirect to the cloud's metadata",  "/redirect/to?url=http://169.254.169.254/", NETWORK, 0, "private network address refused", ""},
	{"so in hex",                           "/redirect/to?url=http://0xa9fea9fe/", NETWORK, 0, "private network address refused", ""},
	{"a redirect to loopback in IPv6",      "/redirect/to?url=http://[::1]:80/", NETWORK, 0, "private network address refused", ""},
	{"so as v4-mapped",                     "/redirect/to?url=http://[::ffff:127.0.0.1]/", NETWORK, 0, "private network address refused", ""},
	{"a redirect to a log-in",              "/redirect/to?url=/accounts/login/?next=/x", VERDICT_LOGIN_WALL, 302, "log-in", ""},
	{"LinkedIn's wall",                     "/redirect/to?url=/authwall", VERDICT_LOGIN_WALL, 302, "log-in", ""},
	{"Mastodon's",                          "/redirect/to?url=/auth/sign_in", VERDICT_LOGIN_WALL, 302, "log-in", ""},
	{"WordPress's",                         "/redirect/to?url=/wp-login.php", VERDICT_LOGIN_WALL, 302, "log-in", ""},
	{"a post about logging in is none",     "/redirect/to?url=/status/200?/login-tips", OK, 200, NULL, "Hello."},
};
/* clang-format on */

static bool has(const char *text, const char *part)
{
	return part ? text && strstr(text, part) : !text;
}

static void an_answer_gets_its_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *row = &rows[i];
		void *own; /* a fetcher each, for failures make it keep away */
		struct got got;
		set_up(&own);
		get_path(own, row->path, &got);
		bool good = got.verdict == row->verdict && has(got.error, row->error) &&
			    (row->status < 0 || got.status == row->status) &&
			    (!row->body || (*row->body ? strstr(got.body, row->body) != NULL
						       : got.body_len == 0));
		if (!good)
			fail_msg("%s (%s): %s, status %d, error \"%s\", body of %zu \"%s\"",
				row->why, row->path, verdict_name(got.verdict), got.status,
				got.error ? got.error : "(none)", got.body_len, got.body);
		got_release(&got);
		tear_down(&own);
	}
}

static const struct {
	const char *port;
	const char *path;
	enum verdict verdict;
	const char *error;
} tls_rows[] = {
	{"tls", "/ok", OK, NULL},
	{"tls", "/redirect/plain", NETWORK, "https to http"},
	{"tls", "/cut/length", NETWORK, ""},
	{"expired", "/ok", NETWORK, "expired"},
	{"notyet", "/ok", NETWORK, "not yet valid"},
	{"wronghost", "/ok", NETWORK, "127.0.0.1"},
	{"otherca", "/ok", NETWORK, "issuer"},
	{"selfsigned", "/ok", NETWORK, "self-signed"},
	{"plain", "/ok", NETWORK, ""},
};

static void certificates_are_checked(void **state)
{
	struct bench *bench = *state;
	for (size_t i = 0; i < sizeof tls_rows / sizeof *tls_rows; i++) {
		char origin[64];
		struct got got;
		origin_of(origin, "https", tls_rows[i].port);
		pace_ended(bench->pace, origin, PACE_GOOD, 0); /* whatever the row before did */
		get(bench, request_for(origin, tls_rows[i].path), &got);
		if (got.verdict != tls_rows[i].verdict || !has(got.error, tls_rows[i].error))
			fail_msg("%s%s: %s, \"%s\"", tls_rows[i].port, tls_rows[i].path,
				verdict_name(got.verdict), got.error ? got.error : "(none)");
		got_release(&got);
	}
}

static void the_systems_certificates_are_the_default(void **state)
{
	struct bench *bench = *state;
	struct got got;
	char origin[64];
	origin_of(origin, "https", "tls");
	get(bench, request_for(origin, "/ok"), &got);
	assert_int_equal(got.verdict, NETWORK);
	got_release(&got);
}

static void what_stalls_is_ended(void **state)
{
	static const char *const paths[] = {
		"/stall/header", "/stall/body", "/slow/header", "/slow/body"};
	(void)state;
	char mute[64];
	for (size_t i = 0; i < 5; i++) {
		void *own;
		struct got got;
		set_up_hasty(&own);
		origin_of(mute, "https", "mute");
		get(own, i < 4 ? request_for(server.http, paths[i]) : request_for(mute, "/"), &got);
		if (got.verdict != NETWORK || !has(got.error, "timed out"))
			fail_msg("%s: %s, \"%s\"", i < 4 ? paths[i] : "a mute handshake",
				verdict_name(got.verdict), got.error ? got.error : "(none)");
		got_release(&got);
		tear_down(&own);
	}
}

/* ---- what is told of it ---- */

static void the_result_says_what_was_found(void **state)
{
	struct bench *bench = *state;
	struct got got;
	get_path(bench, "/redirect/chain?n=2", &got);
	assert_true(got.moved_for_good);
	assert_non_null(strstr(got.final_url, "/ok"));
	assert_string_equal(got.content_type, "text/html; charset=utf-8");
	got_release(&got);
	get_path(bench, "/redirect/chain?n=2&status=302", &got);
	assert_false(got.moved_for_good);
	got_release(&got);
	get_path(bench, "/ok", &got);
	assert_false(got.moved_for_good);
	got_release(&got);
	get_path(bench, "/links", &got);
	assert_string_equal(got.link, "</a>; rel=next, </b>; rel=\"prev\"");
	got_release(&got);
	get_path(bench, "/chunked", &got);
	assert_string_equal(got.etag, "\"head\""); /* not the trailer's */
	got_release(&got);
	get_path(bench, "/interim", &got);
	assert_null(got.etag); /* not the interim answer's */
	assert_null(got.link);
	got_release(&got);
	get_path(bench, "/header/etag", &got);
	assert_null(got.etag); /* too long to keep */
	got_release(&got);
	get_path(bench, "/redirect/to?url=/login%3Fa%20b", &got);
	assert_non_null(strstr(got.location, "http://127.0.0.1:"));
	assert_non_null(strstr(got.location, "/login?a"));
	got_release(&got);
}

static void conditions_are_sent_and_answered(void **state)
{
	struct bench *bench = *state;
	struct got got;
	struct fetch_request request = *request_for(server.http, "/etag");
	get(bench, &request, &got);
	assert_int_equal(got.verdict, OK);
	assert_string_equal(got.etag, "\"1\"");
	request.etag = "\"1\"";
	got_release(&got);
	get(bench, &request, &got);
	assert_int_equal(got.verdict, VERDICT_UNCHANGED);
	assert_int_equal(got.status, 304);
	got_release(&got);
	request.etag = "\"0\"";
	get(bench, &request, &got);
	assert_int_equal(got.verdict, OK);
	got_release(&got);
	request = *request_for(server.http, "/modified");
	request.last_modified = "Tue, 14 Nov 2023 22:13:20 GMT";
	get(bench, &request, &got);
	assert_int_equal(got.verdict, VERDICT_UNCHANGED);
	got_release(&got);
}

static void conditions_do_not_follow_redirects(void **state)
{
	struct bench *bench = *state;
	struct got got;
	struct fetch_request request = *request_for(server.http, "/redirect/to?url=/etag");
	request.etag = "\"1\"";
	get(bench, &request, &got);
	assert_int_equal(got.verdict, OK);
	assert_null(got.etag);
	got_release(&got);
}

static void a_strange_etag_is_not_sent(void **state)
{
	struct bench *bench = *state;
	struct got got;
	json_t *log;
	control("/_reset", NULL);
	struct fetch_request request = *request_for(server.http, "/etag");
	request.etag = "\"1\"\r\nX-Injected: yes";
	get(bench, &request, &got);
	assert_int_equal(got.verdict, OK);
	got_release(&got);
	control("/_log", &log);
	json_t *headers = json_object_get(json_array_get(log, 0), "headers");
	assert_null(json_object_get(headers, "x-injected"));
	assert_null(json_object_get(headers, "if-none-match"));
	json_decref(log);
}

static void the_request_is_honest(void **state)
{
	struct bench *bench = *state;
	struct got got;
	json_t *log;
	control("/_reset", NULL);
	struct fetch_request request = *request_for(server.http, "/cookies");
	request.accept = ACCEPT_ACTIVITY;
	for (int i = 0; i < 2; i++) {
		get(bench, &request, &got);
		got_release(&got);
	}
	control("/_log", &log);
	json_t *headers = json_object_get(json_array_get(log, 1), "headers");
	const char *agent = json_string_value(json_object_get(headers, "user-agent"));
	assert_int_equal(strncmp(agent, "dirtwatch/", 10), 0);
	assert_non_null(
		strstr(json_string_value(json_object_get(headers, "accept")), "activity+json"));
	assert_string_equal(
		json_string_value(json_object_get(headers, "accept-encoding")), "gzip, br, zstd");
	assert_int_equal(json_object_size(headers), 4); /* and host: no cookie, no referer */
	json_decref(log);
}

/* The server's log of one request with @json for a body; the caller's to free. */
static json_t *log_of_post(struct bench *bench, const char *path, const char *json, struct got *got)
{
	json_t *log;
	control("/_reset", NULL);
	struct fetch_request request = *request_for(server.http, path);
	request.accept = ACCEPT_JSON;
	request.json = json;
	request.etag = "\"1\"";
	get(bench, &request, got);
	control("/_log", &log);
	return log;
}

static const char *logged(json_t *log, size_t index, const char *key)
{
	const char *text = json_string_value(json_object_get(json_array_get(log, index), key));
	return text ? text : "";
}

#define BODY "{\"username\":\"ad\xc3\xa9\"}"

static void a_body_is_posted(void **state)
{
	struct bench *bench = *state;
	struct got got;
	json_t *log = log_of_post(bench, "/etag", BODY, &got);
	assert_int_equal(got.verdict, OK);
	assert_null(got.etag); /* it would never be sent */
	assert_string_equal(logged(log, 0, "method"), "POST");
	assert_string_equal(logged(log, 0, "body"), BODY);
	json_t *headers = json_object_get(json_array_get(log, 0), "headers");
	assert_string_equal(
		json_string_value(json_object_get(headers, "content-type")), "application/json");
	assert_null(json_object_get(headers, "expect"));
	assert_null(json_object_get(headers, "if-none-match"));
	json_decref(log);
	got_release(&got);
	/* The handle is used again: nothing of it is left. */
	log = log_of_post(bench, "/ok", NULL, &got);
	assert_string_equal(logged(log, 0, "method"), "GET");
	assert_string_equal(logged(log, 0, "body"), "");
	json_decref(log);
	got_release(&got);
}

static void a_body_is_redirected_only_where_rfc_9110_says_how(void **state)
{
	static const struct {
		const char *why;
		int status;
		bool elsewhere;
		const char *method; /* of the second request; NULL: there is none */
		const char *body;
	} cases[] = {
		{"307 repeats it", 307, false, "POST", BODY},
		{"308 repeats it", 308, false, "POST", BODY},
		{"303 asks for what came of it", 303, false, "GET", ""},
		{"301 is answered in two ways", 301, false, NULL, NULL},
		{"302 is answered in two ways", 302, false, NULL, NULL},
		{"307 to another site", 307, true, NULL, NULL},
		{"303 to another site", 303, true, NULL, NULL},
	};
	struct bench *bench = *state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char path[256];
		struct got got;
		print_message("%s\n", cases[i].why);
		(void)snprintf(path, sizeof path, "/redirect/to?status=%d&url=%s/ok",
			cases[i].status, cases[i].elsewhere ? server.other : "");
		json_t *log = log_of_post(bench, path, BODY, &got);
		assert_int_equal(got.verdict, cases[i].method ? OK : NETWORK);
		assert_int_equal(json_array_size(log), cases[i].method ? 2 : 1);
		if (cases[i].method) {
			assert_string_equal(logged(log, 1, "method"), cases[i].method);
			assert_string_equal(logged(log, 1, "body"), cases[i].body);
		} else {
			assert_non_null(strstr(got.error, "with a body"));
		}
		json_decref(log);
		got_release(&got);
	}
}

static void each_format_is_asked_for_in_its_words(void **state)
{
	static const struct {
		enum accept accept;
		const char *part;
		const char *version; /* X-GitHub-Api-Version */
	} cases[] = {
		{ACCEPT_PAGE, "text/html", NULL},
		{ACCEPT_FEED, "application/atom+xml", NULL},
		{ACCEPT_JSON, "application/json", NULL},
		{ACCEPT_ACTIVITY, "application/activity+json", NULL},
		{ACCEPT_JRD, "application/jrd+json", NULL},
		{ACCEPT_GITHUB, "application/vnd.github+json", "2022-11-28"},
		{ACCEPT_GITHUB_STAR, "application/vnd.github.star+json", "2022-11-28"},
	};
	_Static_assert(sizeof cases / sizeof cases[0] == ACCEPT_COUNT, "each has a row");
	struct bench *bench = *state;
	for (size_t i = 0; i < ACCEPT_COUNT; i++) {
		struct got got;
		json_t *log;
		control("/_reset", NULL);
		struct fetch_request request = *request_for(server.http, "/ok");
		request.accept = cases[i].accept;
		get(bench, &request, &got);
		control("/_log", &log);
		json_t *headers = json_object_get(json_array_get(log, 0), "headers");
		const char *version =
			json_string_value(json_object_get(headers, "x-github-api-version"));
		assert_non_null(strstr(
			json_string_value(json_object_get(headers, "accept")), cases[i].part));
		assert_string_equal(
			version ? version : "", cases[i].version ? cases[i].version : "");
		json_decref(log);
		got_release(&got);
	}
}

static void proxies_in_the_environment_are_not_used(void **state)
{
	struct bench *bench = *state;
	struct got got;
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1/", 1), 0);
	assert_int_equal(setenv("ALL_PROXY", "http://127.0.0.1:1/", 1), 0);
	get_path(bench, "/ok", &got);
	assert_int_equal(got.verdict, OK);
	got_release(&got);
	(void)unsetenv("http_proxy");
	(void)unsetenv("ALL_PROXY");
}

static void max_b_is_a_ceiling(void **state)
{
	struct bench *bench = *state;
	struct got got;
	struct fetch_request request = *request_for(server.http, "/big?bytes=1001");
	request.max_b = 1000;
	get(bench, &request, &got);
	assert_int_equal(got.verdict, BIG);
	got_release(&got);
	request.max_b = 1001;
	get(bench, &request, &got);
	assert_int_equal(got.verdict, OK);
	got_release(&got);
	request = *request_for(server.http, "/big?bytes=9000000");
	request.max_b = SIZE_MAX;
	get(bench, &request, &got);
	assert_int_equal(got.verdict, BIG);
	got_release(&got);
}

static void a_request_must_make_sense(void **state)
{
	struct bench *bench = *state;
	struct transfer *transfer;
	struct fetch_request request = {.url = "ftp://a.example/"};
	assert_int_equal(fetch_get(bench->fetch, &request, on_fetched, NULL, &transfer), -EINVAL);
	request.url = "/relative";
	assert_int_equal(fetch_get(bench->fetch, &request, on_fetched, NULL, &transfer), -EINVAL);
	request.url = "http://u@a.example/";
	assert_int_equal(fetch_get(bench->fetch, &request, on_fetched, NULL, &transfer), -EINVAL);
}

/* ---- private addresses ---- */

static void private_addresses_need_trust(void **state)
{
	struct bench *bench = *state;
	struct got got;
	json_t *log;
	control("/_reset", NULL);
	struct fetch_request request = *request_for(server.http, "/ok");
	request.trusted_origin = NULL;
	get(bench, &request, &got);
	assert_int_equal(got.verdict, NETWORK);
	assert_string_equal(got.error, "private network address refused");
	got_release(&got);
	request.trusted_origin = server.other;
	get(bench, &request, &got);
	assert_int_equal(got.verdict, NETWORK);
	got_release(&got);
	control("/_log", &log);
	assert_int_equal(json_array_size(log), 0); /* not even asked */
	json_decref(log);
}

static void a_kept_connection_is_not_trusted_again(void **state)
{
	struct bench *bench = *state;
	struct got got;
	get_path(bench, "/connection", &got);
	assert_int_equal(got.verdict, OK);
	got_release(&got);
	struct fetch_request request = *request_for(server.http, "/connection");
	request.trusted_origin = NULL;
	get(bench, &request, &got);
	assert_int_equal(got.verdict, NETWORK);
	assert_string_equal(got.error, "private network address refused");
	got_release(&got);
}

static void a_name_that_leads_home_is_refused(void **state)
{
	struct bench *bench = *state;
	struct got got;
	char origin[64];
	(void)snprintf(
		origin, sizeof origin, "http://rebound.example%s", strrchr(server.http, ':'));
	struct fetch_request request = *request_for(origin, "/ok");
	get(bench, &request, &got);
	assert_int_equal(got.verdict, OK); /* the person's own name for it */
	got_release(&got);
	request.trusted_origin = server.http;
	get(bench, &request, &got);
	assert_int_equal(got.verdict, NETWORK);
	assert_string_equal(got.error, "private network address refused");
	got_release(&got);
	/* by way of a redirect */
	char path[128];
	(void)snprintf(path, sizeof path, "/redirect/to?url=%s/ok", origin);
	get_path(bench, path, &got);
	assert_int_equal(got.verdict, NETWORK);
	got_release(&got);
}

/* ---- pace ---- */

static void one_at_a_time_and_the_connection_is_kept(void **state)
{
	struct bench *bench = *state;
	struct got got[6];
	json_t *log;
	control("/_reset", NULL);
	for (int i = 0; i < 6; i++)
		ask(bench, request_for(i < 4 ? server.http : server.other, "/late?ms=50"), &got[i]);
	for (int i = 0; i < 6; i++)
		run_until(bench, &got[i].told);
	control("/_log", &log);
	assert_int_equal(json_array_size(log), 6);
	bool together = false;
	for (size_t i = 0; i < 6; i++) {
		json_t *a = json_array_get(log, i);
		for (size_t j = 0; j < i; j++) {
			json_t *b = json_array_get(log, j);
			bool same =
				json_equal(json_object_get(a, "port"), json_object_get(b, "port"));
			bool overlap = json_number_value(json_object_get(a, "started")) <
				       json_number_value(json_object_get(b, "ended"));
			if (same && overlap)
				fail_msg("requests %zu and %zu to one host at a time", j, i);
			if (same)
				assert_true(json_equal(json_object_get(a, "connection"),
					json_object_get(b, "connection")));
			together |= overlap;
		}
	}
	assert_true(together); /* different hosts need not wait for each other */
	json_decref(log);
	for (int i = 0; i < 6; i++)
		got_release(&got[i]);
}

static void between_requests_there_is_a_delay(void **state)
{
	struct bench *bench = *state;
	struct got first;
	struct got second;
	struct got other;
	bench->clock = clock_fake(1700000000 * S);
	ask(bench, request_for(server.http, "/ok"), &first);
	ask(bench, request_for(server.http, "/ok"), &second);
	run_until(bench, &first.told);
	bench->clock.fake_us += 59 * S;
	get(bench, request_for(server.other, "/ok"), &other);
	assert_false(second.told);
	bench->clock.fake_us += S;
	struct got kick;
	get(bench, request_for("http://169.254.0.1", "/"),
		&kick); /* ends at once, and wakes the queue */
	run_until(bench, &second.told);
	assert_int_equal(second.verdict, OK);
	got_release(&first);
	got_release(&second);
	got_release(&other);
	got_release(&kick);
}

static void what_the_server_says_is_obeyed(void **state)
{
	static const struct {
		const char *path;
		enum verdict verdict;
		int64_t from_s;
		int64_t to_s;
	} waits[] = {
		{"/429?ra=100", LIMITED, 98, 100},
		{"/429?ra=date&in=100", LIMITED, 97, 101},
		{"/429", LIMITED, 29, 60},
		{"/429?ra=soon", LIMITED, 29, 60},
		{"/429?ra=999999999", LIMITED, 86399, 86400},
		{"/503?ra=100", SERVER, 98, 100},
		{"/status/500", SERVER, 29, 60},
		{"/rate/mastodon?in=100", OK, 97, 101},
		{"/rate/github?in=100", OK, 97, 101},
		{"/rate/reddit?in=100", OK, 97, 101},
		{"/rate/draft?in=100", OK, 97, 101},
		{"/rate/mastodon?in=100&status=429", LIMITED, 97, 101},
	};
	(void)state;
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		void *own;
		struct got got;
		json_t *log;
		set_up(&own);
		struct bench *bench = own;
		control("/_reset", NULL);
		get_path(own, waits[i].path, &got);
		int64_t wait_s = got.retry_at_s - clock_now_s(&bench->clock);
		if (got.verdict != waits[i].verdict || wait_s < waits[i].from_s ||
			wait_s > waits[i].to_s)
			fail_msg("%s: %s, again in %lld s", waits[i].path,
				verdict_name(got.verdict), (long long)wait_s);
		int64_t retry_at_s = got.retry_at_s;
		got_release(&got);
		get_path(own, "/ok", &got);
		assert_int_equal(got.verdict, LIMITED);
		assert_int_equal(got.status, 0);
		assert_int_equal(got.retry_at_s, retry_at_s);
		assert_non_null(strstr(got.error, "left alone"));
		got_release(&got);
		control("/_log", &log);
		assert_int_equal(json_array_size(log), 1); /* not asked again */
		json_decref(log);
		tear_down(&own);
	}
}

static void a_short_wait_is_waited(void **state)
{
	struct bench *bench = *state;
	struct got got;
	bench->clock = clock_fake(1700000000 * S);
	get_path(bench, "/429?ra=5", &got);
	assert_int_equal(got.retry_at_s, 1700000005);
	got_release(&got);
	ask(bench, request_for(server.http, "/ok"), &got);
	for (int i = 0; i < 5; i++)
		assert_true(sd_event_run(bench->event, 1000) >= 0);
	assert_false(got.told);
	bench->clock.fake_us += 5 * S;
	struct got kick;
	get(bench, request_for(server.other, "/ok"), &kick);
	run_until(bench, &got.told);
	assert_int_equal(got.verdict, OK);
	got_release(&got);
	got_release(&kick);
}

static void redirects_obey_robots(void **state)
{
	struct bench *bench = *state;
	struct got got;
	const struct robots_rule rule = {.allow = false, .pattern = "/ok"};
	int64_t until_s = clock_now_s(&bench->clock) + 1000;
	struct fetch_request request = *request_for(server.http, "/redirect/relative");
	request.obey_robots = true;
	get(bench, &request, &got);
	assert_int_equal(got.verdict, VERDICT_ROBOTS_DENIED);
	assert_true(got.robots_unknown);
	assert_non_null(strstr(got.location, "/ok"));
	got_release(&got);
	assert_int_equal(pace_set_robots(bench->pace, server.http, &rule, 1, false, until_s), 0);
	get(bench, &request, &got);
	assert_int_equal(got.verdict, VERDICT_ROBOTS_DENIED);
	assert_false(got.robots_unknown);
	got_release(&got);
	assert_int_equal(pace_set_robots(bench->pace, server.http, NULL, 0, false, until_s), 0);
	get(bench, &request, &got);
	assert_int_equal(got.verdict, OK);
	got_release(&got);
}

/* ---- life ---- */

static void never(const struct fetch_result *result, void *userdata)
{
	(void)result;
	(void)userdata;
	fail_msg("a cancelled transfer was told");
}

static void spin(struct bench *bench, int times)
{
	for (int i = 0; i < times; i++)
		assert_true(sd_event_run(bench->event, 1000) >= 0);
}

static void cancelling_is_safe_at_any_moment(void **state)
{
	struct bench *bench = *state;
	for (int steps = 0; steps < 12; steps++) {
		struct transfer *transfer;
		struct got got;
		assert_int_equal(fetch_get(bench->fetch, request_for(server.http, "/stall/body"),
					 never, NULL, &transfer),
			0);
		spin(bench, steps);
		fetch_cancel(transfer);
		get_path(bench, "/ok", &got); /* the host is free again */
		assert_int_equal(got.verdict, OK);
		got_release(&got);
	}
}

struct chain {
	struct bench *bench;
	struct transfer *victim;
	struct got got;
	bool told;
};

static void cancel_other(const struct fetch_result *result, void *userdata)
{
	struct chain *chain = userdata;
	assert_int_equal(result->verdict, LIMITED);
	chain->told = true;
	fetch_cancel(chain->victim);
}

static void ended_transfers_can_be_cancelled(void **state)
{
	struct bench *bench = *state;
	struct chain chain = {.bench = bench};
	struct transfer *first;
	/* Turned away in the same turn: the second has ended when the first is told. */
	struct pace_row row = {
		.origin = server.http, .retry_at_s = clock_now_s(&bench->clock) + 100};
	assert_int_equal(pace_note(bench->pace, &row), 0);
	assert_int_equal(fetch_get(bench->fetch, request_for(server.http, "/"), cancel_other,
				 &chain, &first),
		0);
	assert_int_equal(
		fetch_get(bench->fetch, request_for(server.http, "/"), never, NULL, &chain.victim),
		0);
	run_until(bench, &chain.told);
	spin(bench, 5);
}

static void cancel_self(const struct fetch_result *result, void *userdata)
{
	struct chain *chain = userdata;
	(void)result;
	fetch_cancel(chain->victim);
	chain->told = true;
}

static void cancelling_what_is_being_told_does_nothing(void **state)
{
	struct bench *bench = *state;
	struct chain chain = {.bench = bench};
	assert_int_equal(fetch_get(bench->fetch, request_for(server.http, "/ok"), cancel_self,
				 &chain, &chain.victim),
		0);
	run_until(bench, &chain.told);
}

static void get_in_callback(const struct fetch_result *result, void *userdata)
{
	struct chain *chain = userdata;
	assert_int_equal(result->verdict, OK);
	ask(chain->bench, request_for(server.http, "/ok"), &chain->got);
	chain->told = true;
}

static void asking_from_the_callback_is_fine(void **state)
{
	struct bench *bench = *state;
	struct chain chain = {.bench = bench};
	struct transfer *transfer;
	assert_int_equal(fetch_get(bench->fetch, request_for(server.http, "/ok"), get_in_callback,
				 &chain, &transfer),
		0);
	run_until(bench, &chain.told);
	run_until(bench, &chain.got.told);
	assert_int_equal(chain.got.verdict, OK);
	got_release(&chain.got);
}

static void free_in_callback(const struct fetch_result *result, void *userdata)
{
	struct chain *chain = userdata;
	char *url = strdup(result->final_url);
	chain->bench->fetch = fetch_free(chain->bench->fetch);
	assert_string_equal(url, result->final_url); /* lives until we return */
	assert_non_null(strstr(result->body, "Hello."));
	chain->told = true;
	free(url);
}

static void freeing_from_the_callback_is_fine(void **state)
{
	struct bench *bench = *state;
	struct chain chain = {.bench = bench};
	struct transfer *transfer;
	assert_int_equal(fetch_get(bench->fetch, request_for(server.other, "/stall/body"), never,
				 NULL, &transfer),
		0);
	assert_int_equal(fetch_get(bench->fetch, request_for(server.http, "/ok"), free_in_callback,
				 &chain, &transfer),
		0);
	assert_int_equal(
		fetch_get(bench->fetch, request_for(server.http, "/late"), never, NULL, &transfer),
		0);
	run_until(bench, &chain.told);
	spin(bench, 3);
}

static void count(const struct fetch_result *result, void *userdata)
{
	(void)result;
	(*(int *)userdata)++;
}

/* Queued, running, stalled and ended ones. */
static void freeing_ends_everything(void **state)
{
	struct bench *bench = *state;
	struct transfer *transfer;
	const struct fetch_request *request;
	int told = 0;
	for (int i = 0; i < 40; i++) {
		char origin[64];
		(void)snprintf(origin, sizeof origin, "http://127.0.0.%d%s", i / 2 + 1,
			strrchr(server.http, ':'));
		request = request_for(origin, "/stall/body");
		assert_int_equal(fetch_get(bench->fetch, request, count, &told, &transfer), 0);
	}
	request = request_for(server.other, "/stall/header");
	assert_int_equal(fetch_get(bench->fetch, request, count, &told, &transfer), 0);
	spin(bench, 10);
	bench->fetch = fetch_free(bench->fetch);
	int before = told;
	spin(bench, 3);
	assert_int_equal(told, before);
}

static void a_silent_name_server_holds_up_nobody(void **state)
{
	struct bench *bench = *state;
	struct got got;
	struct transfer *slow[2];
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			fetch_get(bench->fetch,
				request_for(
					i ? "http://slow.example:81" : "http://slow.example", "/"),
				never, NULL, &slow[i]),
			0);
	get_path(bench, "/ok", &got);
	assert_int_equal(got.verdict, OK);
	got_release(&got);
	assert_int_equal(sem_wait(&slow_is_asked), 0);
	fetch_cancel(slow[0]);
	bench->fetch = fetch_free(bench->fetch);
	/* We are here, though the name server has not answered.  Now it may. */
	sem_post(&slow_may_go);
	sem_post(&slow_may_go);
}

static void more_than_the_limit_wait_their_turn(void **state)
{
	struct bench *bench = *state;
	struct got got[LIMIT_TRANSFERS + 8];
	for (int i = 0; i < LIMIT_TRANSFERS + 8; i++) {
		char origin[64];
		(void)snprintf(origin, sizeof origin, "http://127.0.1.%d%s", i + 1,
			strrchr(server.http, ':'));
		ask(bench, request_for(origin, "/late?ms=20"), &got[i]);
	}
	for (int i = 0; i < LIMIT_TRANSFERS + 8; i++) {
		run_until(bench, &got[i].told);
		/* the server listens on 127.0.0.1 alone: no connection, but an end for all */
		assert_int_equal(got[i].verdict, NETWORK);
		got_release(&got[i]);
	}
}

int main(void)
{
#define TEST(name)   cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define HASTY(name)  cmocka_unit_test_setup_teardown(name, set_up_hasty, tear_down)
#define POLITE(name) cmocka_unit_test_setup_teardown(name, set_up_polite, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_answer_gets_its_verdict),
		TEST(certificates_are_checked),
		HASTY(the_systems_certificates_are_the_default),
		HASTY(what_stalls_is_ended),
		TEST(the_result_says_what_was_found),
		TEST(conditions_are_sent_and_answered),
		TEST(conditions_do_not_follow_redirects),
		TEST(a_strange_etag_is_not_sent),
		TEST(the_request_is_honest),
		TEST(a_body_is_posted),
		TEST(a_body_is_redirected_only_where_rfc_9110_says_how),
		TEST(each_format_is_asked_for_in_its_words),
		TEST(proxies_in_the_environment_are_not_used),
		TEST(max_b_is_a_ceiling),
		TEST(a_request_must_make_sense),
		TEST(private_addresses_need_trust),
		TEST(a_kept_connection_is_not_trusted_again),
		TEST(a_name_that_leads_home_is_refused),
		TEST(one_at_a_time_and_the_connection_is_kept),
		POLITE(between_requests_there_is_a_delay),
		TEST(what_the_server_says_is_obeyed),
		TEST(a_short_wait_is_waited),
		TEST(redirects_obey_robots),
		TEST(cancelling_is_safe_at_any_moment),
		TEST(ended_transfers_can_be_cancelled),
		TEST(cancelling_what_is_being_told_does_nothing),
		TEST(asking_from_the_callback_is_fine),
		TEST(freeing_from_the_callback_is_fine),
		TEST(freeing_ends_everything),
		TEST(a_silent_name_server_holds_up_nobody),
		TEST(more_than_the_limit_wait_their_turn),
	};
	return cmocka_run_group_tests(tests, start_server, stop_server);
}
