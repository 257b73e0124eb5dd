/*
 * The real pool over real processes: this program itself, started as `--role reader MODE`, in the
 * real sandbox where MODE is "serve", and without one where a reader is played that was taken over.
 */
#include "daemon/reader.h"

#include "crawlers/parse/charset.h"
#include "crawlers/parse/charset_labels.h"
#include "daemon/base/limits.h"
#include "daemon/message.h"
#include "daemon/role.h"
#include "tests/unit/reader_doubles.h"

#include <dirent.h>
#include <expat.h>
#include <fcntl.h>
#include <gumbo.h>
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define N_RULES 5
static struct ruleset rules = {.digest = {"00112233445566778899aabbccddeeff"}, .count = N_RULES};

/* ---- the child: what it does with a page stands in the page ---- */

static bool read_before;

static int add_posts(const struct page *page, size_t count, size_t text_len, struct reading *ret)
{
	struct extract *extract = &ret->extract;
	char *text = arena_alloc(extract->arena, text_len + 1);
	ret->scores = arena_array(extract->arena, count, sizeof *ret->scores);
	if (!text || !ret->scores)
		return -ENOMEM;
	memset(text, 'x', text_len);
	for (size_t i = 0; i < count; i++) {
		struct post *post;
		int r = extract_add_post(extract, &post);
		if (r < 0 || !post)
			return -ENOMEM;
		*post = (struct post){.id = page->url, .text = text, .len = text_len};
		struct hit *hit = arena_alloc(extract->arena, sizeof *hit);
		if (!hit)
			return -ENOMEM;
		*hit = (struct hit){
			.rule = i % N_RULES, .end = text_len, .confidence = 1, .score = 50};
		ret->scores[i] = (struct score){
			.score = 50, .severity = SEVERITY_HIGH, .hits = hit, .n_hits = 1};
	}
	/* The first page of a process says so. */
	extract->verdict = read_before ? VERDICT_OK : VERDICT_TRUNCATED;
	return 0;
}

static void spin(void)
{
	for (volatile int on = 1; on;)
		;
}

static void crash(void)
{
	__builtin_trap();
}

/* Everything that malloc gives, until it gives no more. */
static int hog(void)
{
	for (;;) {
		char *block = malloc(1 << 20);
		if (!block)
			return -ENOMEM;
		block[0] = 1;
	}
}

/* The mapping's own bytes, which both sides see, stay as main sealed them. */
static bool can_write(const void *body)
{
	return mprotect((void *)(uintptr_t)body, 1, PROT_READ | PROT_WRITE) == 0;
}

static void speak_out_of_turn(uint64_t number)
{
	const struct {
		struct packet_head head;
		int64_t body;
	} packet = {.head = {.kind = PACKET_ANSWER, .page = number, .last = 1}};
	(void)send(ROLE_SOCKET, &packet, sizeof packet, MSG_NOSIGNAL);
}

static int attack(const char *body, struct reading *ret)
{
	if (strcmp(body, "spin") == 0)
		spin();
	else if (strcmp(body, "crash") == 0 ||
		 (strcmp(body, "crash unless fresh") == 0 && read_before))
		crash();
	else if (strcmp(body, "open") == 0)
		(void)open("/etc/passwd", O_RDONLY);
	else if (strcmp(body, "hog") == 0)
		return hog();
	else if (strcmp(body, "unknown rule") == 0)
		((struct hit *)ret->scores[0].hits)->rule = N_RULES;
	else if (strcmp(body, "offset") == 0)
		((struct hit *)ret->scores[0].hits)->end = 1000;
	else if (strcmp(body, "utf-8") == 0)
		ret->extract.posts[0].author = "\xff";
	else if (strcmp(body, "page before") == 0)
		speak_out_of_turn(0);
	else if (strcmp(body, "page after") == 0)
		speak_out_of_turn(1000);
	return 0;
}

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Everything of libraries that opens files, asks the kernel or starts something when it is first
 * used, as far as sources, rules and readers use it. */
static bool use_libraries(void)
{
	bool fine = true;
	for (size_t i = 0; i < n_charset_labels; i++) {
		const char *label = charset_labels[i].label;
		char type[64];
		(void)snprintf(type, sizeof type, "text/html; charset=%s", label);
		struct buf out = BUF_INIT(1000);
		fine = fine &&
		       charset_to_utf8(type, "\xa4\xb3 x", 4, CHARSET_HTML, &out, NULL) == 0;
		buf_release(&out);
	}
	static int numbers[100000];
	for (size_t i = 0; i < 100000; i++)
		numbers[i] = (int)((i * 7919) % 100003);
	qsort(numbers, 100000, sizeof numbers[0], by_value);
	struct tm broken = {.tm_year = 126, .tm_mon = 1, .tm_mday = 2};
	time_t when = timegm(&broken);
	char date[64];
	fine = fine && localtime_r(&when, &broken) &&
	       strftime(date, sizeof date, "%A %B %Y %Z", &broken) > 0;
	json_t *json = json_loads("{\"a\": [1.5, \"b\"]}", 0, NULL);
	fine = fine && json && json_object_get(json, "a");
	json_decref(json);
	XML_Parser xml = XML_ParserCreate(NULL);
	fine = fine && xml && XML_Parse(xml, "<a b='c'>d</a>", 14, 1) == XML_STATUS_OK;
	XML_ParserFree(xml);
	GumboOutput *html = gumbo_parse("<p>a<b>c");
	fine = fine && html;
	gumbo_destroy_output(&kGumboDefaultOptions, html);
	struct digest digest;
	fine = fine && digest_bytes("x", 1, &digest) == 0;
	return fine && strtod("1.5e3", NULL) == 1500;
}

static int read_here(const struct page *page, struct reading *ret, void *userdata)
{
	(void)userdata;
	char body[32] = "";
	memcpy(body, page->body, page->body_len < sizeof body ? page->body_len : sizeof body - 1);
	int r = extract_init(&ret->extract);
	if (r == 0)
		r = strcmp(body, "large") == 0 ? add_posts(page, 3000, 1000, ret)
					       : add_posts(page, 3, 10, ret);
	if (r == 0)
		r = attack(body, ret);
	if (r == 0 && strcmp(body, "write page") == 0 && can_write(page->body))
		crash();
	if (r == 0 && strcmp(body, "libraries") == 0 && !use_libraries())
		crash();
	read_before = true;
	return r;
}

static void say_hello(const char *digest)
{
	struct buf packet = BUF_INIT(PACKET_B);
	const struct hello hello = {.digest = digest, .landlock_abi = 1};
	if (message_add_hello(&packet, &hello) == 0)
		(void)send(ROLE_SOCKET, packet.data, packet.len, MSG_NOSIGNAL);
	buf_release(&packet);
}

static uint64_t hear_request(void)
{
	struct packet_head head = {0};
	(void)recv(ROLE_SOCKET, &head, sizeof head, 0);
	return head.page;
}

static void flood(uint64_t number)
{
	static struct {
		struct packet_head head;
		char body[PACKET_BODY_B];
	} packet;
	packet.head = (struct packet_head){.kind = PACKET_ANSWER, .page = number};
	while (send(ROLE_SOCKET, &packet, sizeof packet, MSG_NOSIGNAL) > 0)
		packet.head.index++;
}

/* An answer's first packet that carries descriptors. */
static void pass_descriptors(uint64_t number)
{
	struct {
		struct packet_head head;
		int64_t body;
	} packet = {.head = {.kind = PACKET_ANSWER, .page = number}};
	int fds[8] = {0, 1, 2, 3, 0, 1, 2, 3};
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof fds)];
	} control = {0};
	struct iovec from = {.iov_base = &packet, .iov_len = sizeof packet};
	const struct msghdr message = {.msg_iov = &from,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control};
	control.head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof fds),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(&control.head), fds, sizeof fds);
	(void)sendmsg(ROLE_SOCKET, &message, MSG_NOSIGNAL);
}

static int child_main(const char *mode)
{
	const struct role role = {.digest = rules.digest, .read = read_here};
	if (strcmp(mode, "serve") == 0)
		return role_serve(&role) < 0 ? 9 : 0;
	(void)prctl(
		PR_SET_PDEATHSIG, SIGKILL); /* the players of evil have no other end of their own */
	if (strcmp(mode, "exit") == 0)
		return 3;
	if (strcmp(mode, "silent") == 0)
		return pause();
	if (strcmp(mode, "garbage") == 0)
		return (int)send(ROLE_SOCKET, "garbage", 7, 0) - pause();
	say_hello(strcmp(mode, "other rules") == 0 ? "ffffffffffffffffffffffffffffffff"
						   : rules.digest.hex);
	if (strcmp(mode, "unasked") == 0)
		speak_out_of_turn(1);
	uint64_t number = hear_request();
	if (strcmp(mode, "flood") == 0)
		flood(number);
	else if (strcmp(mode, "descriptors") == 0)
		pass_descriptors(number);
	else if (strcmp(mode, "two hellos") == 0)
		say_hello(rules.digest.hex);
	else if (strcmp(mode, "hang up") == 0)
		(void)close(ROLE_SOCKET);
	return pause();
}

/* ---- main's side ---- */

struct result {
	int calls;
	bool read;
	bool poison;
	enum verdict verdict;
	size_t n_posts;
	char id[64];
	char why[128];
};

static void note(const struct reading *reading, const char *why, bool poison, void *userdata)
{
	struct result *result = userdata;
	result->calls++;
	result->read = reading != NULL;
	result->poison = poison;
	if (reading) {
		result->verdict = reading->extract.verdict;
		result->n_posts = reading->extract.n_posts;
		if (result->n_posts > 0)
			(void)snprintf(
				result->id, sizeof result->id, "%s", reading->extract.posts[0].id);
	}
	if (why)
		(void)snprintf(result->why, sizeof result->why, "%s", why);
}

static struct page page_of(const char *url, const char *body)
{
	return (struct page){.url = url,
		.final_url = url,
		.profile = url,
		.source = "page",
		.status = 200,
		.fetched_s = 1700000000,
		.body = body,
		.body_len = strlen(body)};
}

struct pool {
	sd_event *event;
	const char *args[2];
	struct reader *reader;
};

static void pool_start(struct pool *pool, const char *mode, size_t processes, int64_t deadline_ms)
{
	pool->args[0] = mode;
	pool->args[1] = NULL;
	const struct reader_options options = {.program = "/proc/self/exe",
		.ruleset = &rules,
		.digest = rules.digest,
		.rule_args = pool->args,
		.processes = processes,
		.deadline_ms = deadline_ms};
	assert_true(sd_event_new(&pool->event) >= 0);
	assert_int_equal(reader_new(pool->event, &options, &pool->reader), 0);
}

static void pool_stop(struct pool *pool)
{
	pool->reader = reader_free(pool->reader);
	pool->event = sd_event_unref(pool->event);
	/* Every child was reaped. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* Run the loop until @result was told; the bound is far above every deadline used here. */
static void run_until_told(struct pool *pool, const struct result *result)
{
	for (int i = 0; i < 10000 && result->calls == 0; i++)
		assert_true(sd_event_run(pool->event, UINT64_C(30000000)) >= 0);
	assert_int_equal(result->calls, 1);
}

static void ask(struct pool *pool, const char *url, const char *body, struct result *result)
{
	const struct page page = page_of(url, body);
	*result = (struct result){0};
	assert_int_equal(read_page(pool->reader, &page, note, result, NULL), 0);
	assert_int_equal(result->calls, 0);
}

static size_t count_fds(void)
{
	size_t count = 0;
	DIR *folder = opendir("/proc/self/fd");
	assert_non_null(folder);
	while (readdir(folder))
		count++;
	(void)closedir(folder);
	return count;
}

/* ---- what pages and readers do ---- */

struct row {
	const char *why;
	const char *mode;
	const char *body;
	int64_t deadline_ms;
	bool read;
	bool poison;
	const char *told; /* in why */
};

#define LONG_MS 20000

/* clang-format off */
static const struct row rows[] = {
	{"a page",                                "serve",       "",             LONG_MS, true,  false, ""},
	{"an answer of many packets",             "serve",       "large",        LONG_MS, true,  false, ""},
	{"a page that needs every library",       "serve",       "libraries",    LONG_MS, true,  false, ""},
	{"a page that never ends",                "serve",       "spin",         300,     false, true,  "took too long"},
	{"a page that crashes",                   "serve",       "crash",        LONG_MS, false, true,  "signal 4"},
	{"a page that opens a file",              "serve",       "open",         LONG_MS, false, true,  "signal 31"},
	{"a page that writes to its own bytes",   "serve",       "write page",   LONG_MS, true,  false, ""},
	{"a page that takes all memory",          "serve",       "hog",          LONG_MS, false, false, "more memory"},
	{"a hit of a rule that there is not",     "serve",       "unknown rule", LONG_MS, false, true,  "malformed (rule of a hit)"},
	{"a hit outside the text",                "serve",       "offset",       LONG_MS, false, true,  "malformed (place of a hit)"},
	{"a string that is not UTF-8",            "serve",       "utf-8",        LONG_MS, false, true,  "malformed (author of a post)"},
	{"an answer for the page before",         "serve",       "page before",  LONG_MS, false, true,  "malformed (packet)"},
	{"an answer for a page to come",          "serve",       "page after",   LONG_MS, false, true,  "malformed (packet)"},
	{"a reader that ends at once",            "exit",        "",             LONG_MS, false, false, "ended with status 3"},
	{"a reader that never says hello",        "silent",      "",             300,     false, false, "took too long"},
	{"a reader that babbles",                 "garbage",     "",             LONG_MS, false, false, "malformed (hello)"},
	{"a reader with other rules",             "other rules", "",             LONG_MS, false, false, "walls on disk"},
	{"a reader that is asked and stays mute", "mute",        "",             300,     false, true,  "took too long"},
	{"a reader that never stops answering",   "flood",       "",             LONG_MS, false, true,  "malformed (packet)"},
	{"a reader that passes descriptors",      "descriptors", "",             300,     false, true,  "took too long"},
	{"a reader that starts anew",             "two hellos",  "",             LONG_MS, false, true,  "malformed (packet)"},
	{"a reader that hangs up and lives on",   "hang up",     "",             LONG_MS, false, true,  "closed its end"},
};
/* clang-format on */

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];
		if (SANITIZED && strcmp(row->body, "hog") == 0)
			continue; /* no RLIMIT_AS there */
		struct pool pool;
		struct result result;
		size_t fds = count_fds();
		pool_start(&pool, row->mode, 1, row->deadline_ms);
		ask(&pool, "https://a.example/", row->body, &result);
		run_until_told(&pool, &result);
		if (result.read != row->read || result.poison != row->poison ||
			!strstr(result.why, row->told))
			fail_msg("%s: read %d, poison %d, \"%s\"", row->why, result.read,
				result.poison, result.why);
		if (reader_outdated(pool.reader) != (strcmp(row->mode, "other rules") == 0))
			fail_msg("%s: outdated %d", row->why, reader_outdated(pool.reader));
		pool_stop(&pool);
		if (count_fds() != fds)
			fail_msg("%s: %zu descriptors before, %zu after", row->why, fds,
				count_fds());
	}
}

/* An answer that comes before its question can be seen in two places: waiting when the question is
 * asked, or before.  Either way the page is not read. */
static void test_answer_before_request(void **state)
{
	(void)state;
	struct pool pool;
	struct result result;
	pool_start(&pool, "unasked", 1, LONG_MS);
	ask(&pool, "https://a.example/", "", &result);
	run_until_told(&pool, &result);
	assert_false(result.read);
	assert_non_null(strstr(result.why, "malformed"));
	pool_stop(&pool);
}

static void test_second_try_on_a_fresh_reader(void **state)
{
	(void)state;
	struct pool pool;
	struct result result;
	pool_start(&pool, "serve", 1, LONG_MS);
	ask(&pool, "https://a.example/1", "", &result);
	run_until_told(&pool, &result);
	ask(&pool, "https://a.example/2", "crash unless fresh", &result);
	run_until_told(&pool, &result);
	assert_true(result.read);
	assert_int_equal(result.verdict, VERDICT_TRUNCATED);
	assert_string_equal(result.id, "https://a.example/2");
	pool_stop(&pool);
}

/* What one page did to its reader costs no other page anything. */
static void test_others_are_read(void **state)
{
	(void)state;
	static const char *const bodies[] = {"", "crash", "", "unknown rule", "", "open", "", ""};
	enum { N = sizeof bodies / sizeof bodies[0] };
	struct pool pool;
	struct result results[N];
	char urls[N][32];
	pool_start(&pool, "serve", 2, LONG_MS);
	for (size_t i = 0; i < N; i++) {
		(void)snprintf(urls[i], sizeof urls[i], "https://a.example/%zu", i);
		ask(&pool, urls[i], bodies[i], &results[i]);
	}
	for (size_t i = 0; i < N; i++) {
		run_until_told(&pool, &results[i]);
		assert_int_equal(results[i].read, bodies[i][0] == '\0');
		assert_int_equal(results[i].poison, bodies[i][0] != '\0');
		if (results[i].read)
			assert_string_equal(results[i].id, urls[i]);
	}
	pool_stop(&pool);
}

static void test_many_pages(void **state)
{
	(void)state;
	struct pool pool;
	static struct result results[READER_QUEUE_MAX];
	size_t fds = count_fds();
	pool_start(&pool, "serve", 3, LONG_MS);
	for (size_t i = 0; i < READER_QUEUE_MAX; i++)
		ask(&pool, "https://a.example/", "", &results[i]);
	const struct page page = page_of("https://a.example/", "");
	assert_int_equal(read_page(pool.reader, &page, note, NULL, NULL), -EAGAIN);
	for (size_t i = 0; i < READER_QUEUE_MAX; i++) {
		run_until_told(&pool, &results[i]);
		assert_true(results[i].read);
		assert_int_equal(results[i].n_posts, 3);
	}
	pool_stop(&pool);
	assert_int_equal(count_fds(), fds);
}

/* One child reads no more than its share; the pages after that are read by another. */
static void test_retirement(void **state)
{
	(void)state;
	struct pool pool;
	struct result result;
	pool_start(&pool, "serve", 1, LONG_MS);
	for (size_t i = 0; i < ROLE_PAGES_MAX; i++) {
		ask(&pool, "https://a.example/", "", &result);
		run_until_told(&pool, &result);
		assert_int_equal(result.verdict, i == 0 ? VERDICT_TRUNCATED : VERDICT_OK);
	}
	ask(&pool, "https://a.example/", "", &result);
	run_until_told(&pool, &result);
	assert_int_equal(result.verdict, VERDICT_TRUNCATED);
	pool_stop(&pool);
}

static void test_cancel(void **state)
{
	(void)state;
	struct pool pool;
	struct result queued = {0};
	struct result asked = {0};
	struct result last;
	struct read_job *first;
	struct read_job *second;
	pool_start(&pool, "serve", 1, LONG_MS);
	ask(&pool, "https://a.example/0", "", &last); /* so that the reader is up */
	run_until_told(&pool, &last);
	const struct page page = page_of("https://a.example/1", "large");
	assert_int_equal(read_page(pool.reader, &page, note, &asked, &first), 0);
	assert_int_equal(read_page(pool.reader, &page, note, &queued, &second), 0);
	assert_true(sd_event_run(pool.event, 0) >= 0); /* hands out the first one */
	read_cancel(second);
	read_cancel(first);
	ask(&pool, "https://a.example/2", "", &last);
	run_until_told(&pool, &last);
	assert_string_equal(last.id, "https://a.example/2");
	assert_int_equal(queued.calls, 0);
	assert_int_equal(asked.calls, 0);
	pool_stop(&pool);
}

static void test_free_with_pages_left(void **state)
{
	(void)state;
	struct pool pool;
	struct result results[4];
	size_t fds = count_fds();
	pool_start(&pool, "serve", 2, LONG_MS);
	for (size_t i = 0; i < 4; i++)
		ask(&pool, "https://a.example/", "spin", &results[i]);
	for (int i = 0; i < 4; i++)
		assert_true(sd_event_run(pool.event, 100000) >= 0);
	pool_stop(&pool);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(results[i].calls, 0);
	assert_int_equal(count_fds(), fds);
}

static void test_too_long(void **state)
{
	(void)state;
	struct pool pool;
	pool_start(&pool, "serve", 1, LONG_MS);
	char *longest = malloc(LIMIT_URL_B + 2);
	assert_non_null(longest);
	memset(longest, 'u', LIMIT_URL_B + 1);
	longest[LIMIT_URL_B + 1] = '\0';
	struct page page = page_of(longest, "");
	assert_int_equal(read_page(pool.reader, &page, note, NULL, NULL), -EMSGSIZE);
	page = page_of("https://a.example/", "");
	page.body_len = LIMIT_PAGE_B + 1;
	assert_int_equal(read_page(pool.reader, &page, note, NULL, NULL), -EMSGSIZE);
	free(longest);
	pool_stop(&pool);
}

static void test_no_program(void **state)
{
	(void)state;
	struct pool pool = {.args = {NULL}};
	struct result result;
	const struct reader_options options = {.program = "/nonexistent",
		.ruleset = &rules,
		.digest = rules.digest,
		.rule_args = pool.args,
		.processes = 1};
	assert_true(sd_event_new(&pool.event) >= 0);
	assert_int_equal(reader_new(pool.event, &options, &pool.reader), 0);
	ask(&pool, "https://a.example/", "", &result);
	run_until_told(&pool, &result);
	assert_false(result.read);
	assert_string_equal(result.why, "the reader could not be started");
	pool_stop(&pool);
}

/* ---- the parent's death ---- */

static void parent_with_busy_reader(int told)
{
	struct pool pool;
	struct result result;
	pool_start(&pool, "serve", 1, 1000 * 1000);
	ask(&pool, "https://a.example/", "", &result);
	run_until_told(&pool, &result);
	ask(&pool, "https://a.example/", "spin", &result);
	assert_true(sd_event_run(pool.event, 0) >= 0); /* hands it out */
	assert_int_equal(write(told, "x", 1), 1);
	(void)pause();
}

static void test_dies_with_parent(void **state)
{
	(void)state;
	int told[2];
	char byte;
	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	pid_t parent = fork();
	assert_true(parent >= 0);
	if (parent == 0) {
		parent_with_busy_reader(told[1]);
		_exit(1);
	}
	assert_int_equal(read(told[0], &byte, 1), 1);
	assert_int_equal(kill(parent, SIGKILL), 0);
	/* The reader spins and would never look at its socket again: only the signal ends it. */
	(void)alarm(20);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	int status;
	assert_true(waitpid(-1, &status, 0) > 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	(void)alarm(0);
	(void)close(told[0]);
	(void)close(told[1]);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "--role") == 0)
		return child_main(argv[3]);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_answer_before_request),
		cmocka_unit_test(test_second_try_on_a_fresh_reader),
		cmocka_unit_test(test_others_are_read),
		cmocka_unit_test(test_many_pages),
		cmocka_unit_test(test_retirement),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_free_with_pages_left),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_no_program),
		cmocka_unit_test(test_dies_with_parent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
