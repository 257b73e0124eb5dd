/* Alerts through a real journald, alone in namespaces: tests/scenario/journald.sh starts it and
 * runs this program again inside. */
#include "daemon/alert.h"
#include "daemon/base/clean.h"

#include <jansson.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define SOCKET  "/run/systemd/journal/socket"
#define PROFILE "https://mastodon.example/@ada"
#define SCRIPT  "tests/scenario/journald.sh"
#define CATALOG "config/dirtwatch.catalog"
#define CANNOT  77 /* the script's "not here" */

/* ---- journald ---- */

static pid_t journald;

static void wait_until_there(void)
{
	const struct timespec moment = {.tv_nsec = 5 * 1000000};
	for (int i = 0; i < 1000; i++) {
		if (access(SOCKET, F_OK) == 0)
			return;
		(void)nanosleep(&moment, NULL); /* another process is at work */
	}
	fail_msg("journald did not start");
}

static void start_journald(void)
{
	journald = fork();
	assert_true(journald >= 0);
	if (journald == 0) {
		if (!freopen("/run/journald.err", "a", stderr))
			_exit(126);
		(void)execl(getenv("JOURNALD"), getenv("JOURNALD"), NULL);
		_exit(127);
	}
	wait_until_there();
}

/* Ended without a chance to tidy up: its socket stays, and nobody reads it. */
static void kill_journald(void)
{
	CLEAN(clean_fd) int fd = pidfd_open(journald, 0);
	struct pollfd ended = {.fd = fd, .events = POLLIN};
	assert_true(fd >= 0);
	assert_int_equal(kill(journald, SIGKILL), 0);
	assert_int_equal(poll(&ended, 1, 10000), 1);
	(void)waitpid(journald, NULL, 0); /* the first one is the script's child, not ours */
}

/* ---- sending ---- */

struct world {
	struct store *store;
	sd_event *event;
	struct alert_sender *sender;
	char run[32]; /* DIRTWATCH_SCAN of all that this test sends */
};

static int enter(void **state)
{
	static int runs;
	struct world *world = calloc(1, sizeof *world);
	assert_non_null(world);
	(void)snprintf(world->run, sizeof world->run, "run-%d", ++runs);
	assert_int_equal(store_open(":memory:", true, &world->store), 0);
	assert_true(sd_event_new(&world->event) >= 0);
	assert_int_equal(
		alert_sender_new(world->event, world->store, ALERT_ROUTE_JOURNAL, &world->sender),
		0);
	*state = world;
	return 0;
}

static int leave(void **state)
{
	struct world *world = *state;
	alert_sender_free(world->sender);
	sd_event_unref(world->event);
	store_close(world->store);
	free(world);
	return 0;
}

static void queue(struct world *world, struct alert alert)
{
	char *fields;
	alert.scan = world->run;
	assert_int_equal(alert_fields(&alert, &fields), 0);
	assert_int_equal(store_queue_alert(world->store, fields), 0);
	free(fields);
}

static void queue_numbered(struct world *world, int count)
{
	for (int i = 0; i < count; i++) {
		char message[32];
		(void)snprintf(message, sizeof message, "number %d", i);
		queue(world, (struct alert){.kind = EVENT_FINDING_OPENED, .message = message});
	}
}

static int64_t waiting(struct world *world)
{
	int64_t count;
	assert_int_equal(store_alerts_waiting(world->store, &count), 0);
	return count;
}

static double now(void)
{
	struct timespec at;
	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* ---- reading back ---- */

/* All that journalctl prints with @options of what this test has sent; the caller frees it. */
static char *journalctl(const struct world *world, const char *options)
{
	char command[256];
	(void)snprintf(command, sizeof command,
		"journalctl --sync && journalctl -q --no-pager --all %s DIRTWATCH_SCAN=%s", options,
		world->run);
	FILE *pipe = popen(command, "re");
	assert_non_null(pipe);
	char *text = NULL;
	size_t len = 0;
	FILE *into = open_memstream(&text, &len);
	assert_non_null(into);
	for (int c = getc(pipe); c != EOF; c = getc(pipe))
		(void)putc(c, into);
	(void)fclose(into);
	if (pclose(pipe) != 0)
		fail_msg("%s", command);
	return text;
}

/* The entries as a JSON array. */
static json_t *entries(const struct world *world)
{
	CLEAN(clean_free) char *text = journalctl(world, "-o json");
	json_t *list = json_array();
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		json_t *entry = json_loads(line, 0, NULL);
		if (!entry)
			fail_msg("no JSON: %s", line);
		assert_int_equal(json_array_append_new(list, entry), 0);
	}
	return list;
}

static const char *field(const json_t *entry, const char *name)
{
	const char *text = json_string_value(json_object_get(entry, name));
	return text ? text : "(none)";
}

/* How often each of @count numbered alerts arrived: at least once, at most @most times. */
static void assert_all_arrived(const struct world *world, int count, int most)
{
	json_t *list = entries(world);
	for (int i = 0; i < count; i++) {
		char message[32];
		int times = 0;
		size_t k;
		json_t *entry;
		(void)snprintf(message, sizeof message, "number %d", i);
		json_array_foreach(list, k, entry)
			times += strcmp(field(entry, "MESSAGE"), message) == 0;
		if (times < 1 || times > most)
			fail_msg("%s arrived %d times", message, times);
	}
	json_decref(list);
}

/* ---- tests ---- */

static const struct finding finding = {
	.id = "0123456789abcdef0123456789abcdef",
	.rule = "unprofessional.badmouth.employer",
	.title = "badmouthing an employer",
	.class = CLASS_UNPROFESSIONAL,
	.category = "badmouth",
	.severity = SEVERITY_HIGH,
	.score = 57,
	.profile = PROFILE,
	.url = PROFILE "/109",
	.published_s = 1709287200,
	.excerpt = "worst\n<0>company\x1b[2J \xe2\x80\xae"
		   "ever caf\xc3\xa9",
	.advice = "Delete the post.",
};

static void test_fields_arrive(void **state)
{
	struct world *world = *state;
	queue(world, (struct alert){.kind = EVENT_FINDING_OPENED, .finding = &finding});
	assert_int_equal(alert_flush(world->sender, 10000), 0);
	const struct {
		const char *name;
		const char *want;
	} rows[] = {
		{"MESSAGE",
			"high: badmouthing an employer in a post of 2024-03-01 on " PROFILE "/109: "
			"\"worst\\n<0>company\\x1b[2J \\u202eever caf\xc3\xa9\""},
		{"MESSAGE_ID", event_message_id(EVENT_FINDING_OPENED)},
		{"PRIORITY", "3"},
		{"SYSLOG_IDENTIFIER", "dirtwatch"},
		{"DIRTWATCH_EVENT", "finding-opened"},
		{"DIRTWATCH_FINDING", finding.id},
		{"DIRTWATCH_RULE", finding.rule},
		{"DIRTWATCH_CLASS", "unprofessional"},
		{"DIRTWATCH_CATEGORY", "badmouth"},
		{"DIRTWATCH_SEVERITY", "high"},
		{"DIRTWATCH_SCORE", "57.0"},
		{"DIRTWATCH_PROFILE", PROFILE},
		{"DIRTWATCH_URL", PROFILE "/109"},
		{"DIRTWATCH_PUBLISHED", "2024-03-01T10:00:00Z"},
		{"DIRTWATCH_EXCERPT", "worst <0>company\\x1b[2J \\u202eever caf\xc3\xa9"},
		{"DIRTWATCH_ADVICE", "Delete the post."},
		{"DIRTWATCH_SCAN", world->run},
		{"CODE_FILE", "(none)"},
		{"_TRANSPORT", "journal"},
	};
	json_t *list = entries(world);
	assert_int_equal(json_array_size(list), 1);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *got = field(json_array_get(list, 0), rows[i].name);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s=%s, wanted %s", rows[i].name, got, rows[i].want);
	}
	json_decref(list);
}

static void assert_explained(const char *text, const char *want)
{
	if (!strstr(text, want))
		fail_msg("not explained: %s\n%s", want, text);
}

static void test_catalog_explains(void **state)
{
	struct world *world = *state;
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		bool of_finding = kind <= EVENT_FINDING_RESOLVED;
		queue(world, (struct alert){.kind = (enum event_kind)kind,
				     .finding = of_finding ? &finding : NULL,
				     .profile = PROFILE,
				     .verdict = VERDICT_LOGIN_WALL,
				     .has_verdict = !of_finding,
				     .coverage = "12 of 20 posts seen"});
	}
	assert_int_equal(alert_flush(world->sender, 10000), 0);
	CLEAN(clean_free) char *text = journalctl(world, "-x");
	assert_explained(text, "Subject: Something on your profile may put off an employer (high)");
	assert_explained(text, "Something that was gone from your profile is back (high)");
	assert_explained(text, "What to do: Delete the post.");
	assert_explained(text, "Score: 57.0 of 100 (unprofessional)");
	assert_explained(text, "dirtwatch --explain 0123456789abcdef0123456789abcdef");
	assert_explained(text, "Put right on your profile");
	assert_explained(text, "A profile cannot be verified (login-wall)");
	assert_explained(text, "A profile can be verified again");
	assert_explained(text, "Coverage: 12 of 20 posts seen");
	assert_explained(text, "A page was put aside");
	assert_explained(text, "The new config was not taken");
	assert_explained(text, "The store was damaged");
	assert_explained(text, "Documentation: man:dirtwatch(8)");
	char *left = strstr(text, "@DIRTWATCH_");
	if (left)
		fail_msg("not filled in: %.60s", left);
}

static void test_journal_is_missing(void **state)
{
	struct world *world = *state;
	kill_journald();
	assert_int_equal(unlink(SOCKET), 0);
	queue_numbered(world, 3);
	assert_int_equal(alert_flush(world->sender, 50), -ETIMEDOUT);
	assert_int_equal(waiting(world), 3);
	start_journald();
	assert_int_equal(alert_flush(world->sender, 10000), 0);
	assert_int_equal(waiting(world), 0);
	assert_all_arrived(world, 3, 1);
}

static void test_journal_is_dead(void **state)
{
	struct world *world = *state;
	kill_journald();
	struct stat st;
	assert_int_equal(stat(SOCKET, &st), 0); /* the socket is there, and nobody reads it */
	queue_numbered(world, 3);
	assert_int_equal(alert_flush(world->sender, 50), -ETIMEDOUT);
	assert_int_equal(waiting(world), 3);
	start_journald();
	assert_int_equal(alert_flush(world->sender, 10000), 0);
	assert_all_arrived(world, 3, 1);
}

static void test_journal_comes_back_by_itself(void **state)
{
	struct world *world = *state;
	kill_journald();
	queue_numbered(world, 2);
	alert_kick(world->sender);
	assert_true(sd_event_run(world->event, 1000000) >= 0); /* the kick */
	assert_true(sd_event_run(world->event, 1000000) >= 0); /* the refusal */
	assert_int_equal(waiting(world), 2);
	start_journald();
	for (int i = 0; i < 20 && waiting(world) > 0; i++)
		assert_true(sd_event_run(world->event, 3000000) >= 0);
	assert_int_equal(waiting(world), 0);
	assert_all_arrived(world, 2, 1);
}

#define MANY \
	40 /* more than the socket holds while nobody reads: ten, or net.unix.max_dgram_qlen \
	    */

static void test_journal_hangs(void **state)
{
	struct world *world = *state;
	assert_int_equal(kill(journald, SIGSTOP), 0);
	queue_numbered(world, MANY);
	double start = now();
	assert_int_equal(alert_flush(world->sender, 100), -ETIMEDOUT);
	assert_true(now() - start < 1);
	assert_true(waiting(world) > 0);
	start = now();
	world->sender = alert_sender_free(world->sender); /* a thread hangs in the library */
	assert_true(now() - start < 1);
	int64_t left = waiting(world);
	assert_true(left > 0 && left < MANY);
	assert_int_equal(kill(journald, SIGCONT), 0);
	assert_int_equal(
		alert_sender_new(world->event, world->store, ALERT_ROUTE_JOURNAL, &world->sender),
		0);
	assert_int_equal(alert_flush(world->sender, 10000), 0);
	assert_int_equal(waiting(world), 0);
	assert_all_arrived(world, MANY, 2); /* the one that hung may come twice, none is lost */
}

static void test_large_entry(void **state)
{
	struct world *world = *state;
	const size_t size = 8000;
	CLEAN(clean_free) char *url = malloc(size + 1);
	assert_non_null(url);
	memset(url, 'u', size);
	url[size] = '\0';
	struct finding large = finding;
	large.url = url;
	queue(world, (struct alert){.kind = EVENT_FINDING_OPENED, .finding = &large});
	assert_int_equal(alert_flush(world->sender, 10000), 0);
	json_t *list = entries(world);
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(field(json_array_get(list, 0), "DIRTWATCH_URL"), url);
	json_decref(list);
}

/* ---- */

/* Run this program again with a journald of its own. */
static int run_inside(char *program)
{
	pid_t pid = fork();
	if (pid < 0)
		return EXIT_FAILURE;
	if (pid == 0) {
		(void)execl(SCRIPT, SCRIPT, "--catalog", CATALOG, "--", program, NULL);
		_exit(127);
	}
	int status;
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return EXIT_FAILURE;
	if (WEXITSTATUS(status) == CANNOT)
		(void)puts("skipped: no journald of our own can be started here");
	return WEXITSTATUS(status) == CANNOT ? EXIT_SUCCESS : WEXITSTATUS(status);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(int argc, char **argv)
{
	const char *pid = getenv("JOURNALD_PID");
	if (!pid || argc < 1)
		return run_inside(argv[0]);
	journald = (pid_t)strtol(pid, NULL, 10);
	const struct CMUnitTest tests[] = {
		TEST(test_fields_arrive),
		TEST(test_catalog_explains),
		TEST(test_large_entry),
		TEST(test_journal_is_missing),
		TEST(test_journal_is_dead),
		TEST(test_journal_comes_back_by_itself),
		TEST(test_journal_hangs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
