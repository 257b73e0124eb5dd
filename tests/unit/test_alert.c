#include "daemon/alert_sender.h"
#include "daemon/base/limits.h"

#include <jansson.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PROFILE "https://mastodon.example/@ada"
#define CATALOG "config/dirtwatch.catalog"

/* ---- fields ---- */

static struct finding make_finding(void)
{
	return (struct finding){
		.id = "0123456789abcdef0123456789abcdef",
		.rule = "unprofessional.badmouth.employer",
		.title = "badmouthing an employer",
		.class = CLASS_UNPROFESSIONAL,
		.category = "badmouth",
		.severity = SEVERITY_HIGH,
		.score = 57.25,
		.profile = PROFILE,
		.page = PROFILE "/outbox",
		.url = PROFILE "/109",
		.published_s = 1709287200,
		.excerpt = "worst company ever",
		.advice = "Delete the post.",
	};
}

static json_t *fields_of(const struct alert *alert)
{
	char *text;
	assert_int_equal(alert_fields(alert, &text), 0);
	json_t *fields = json_loads(text, 0, NULL);
	assert_non_null(fields);
	free(text);
	return fields;
}

static const char *field(const json_t *fields, const char *name)
{
	const char *text = json_string_value(json_object_get(fields, name));
	return text ? text : "(none)";
}

static void test_finding_fields(void **state)
{
	(void)state;
	const struct finding finding = make_finding();
	const struct alert alert = {
		.kind = EVENT_FINDING_OPENED, .finding = &finding, .scan = "s1", .posts = 3};
	const struct {
		const char *name;
		const char *want;
	} rows[] = {
		{"MESSAGE", "high: badmouthing an employer in a post of 2024-03-01 on " PROFILE
			    "/109: \"worst company ever\""},
		{"MESSAGE_ID", event_message_id(EVENT_FINDING_OPENED)},
		{"PRIORITY", "3"},
		{"SYSLOG_IDENTIFIER", "dirtwatch"},
		{"DIRTWATCH_EVENT", "finding-opened"},
		{"DIRTWATCH_FINDING", "0123456789abcdef0123456789abcdef"},
		{"DIRTWATCH_RULE", "unprofessional.badmouth.employer"},
		{"DIRTWATCH_CLASS", "unprofessional"},
		{"DIRTWATCH_CATEGORY", "badmouth"},
		{"DIRTWATCH_SEVERITY", "high"},
		{"DIRTWATCH_SCORE", "57.3"},
		{"DIRTWATCH_PROFILE", PROFILE},
		{"DIRTWATCH_URL", PROFILE "/109"},
		{"DIRTWATCH_PUBLISHED", "2024-03-01T10:00:00Z"},
		{"DIRTWATCH_EXCERPT", "worst company ever"},
		{"DIRTWATCH_ADVICE", "Delete the post."},
		{"DIRTWATCH_SCAN", "s1"},
	};
	json_t *fields = fields_of(&alert);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strcmp(field(fields, rows[i].name), rows[i].want) != 0)
			fail_msg("%s=%s, wanted %s", rows[i].name, field(fields, rows[i].name),
				rows[i].want);
	}
	assert_int_equal(json_object_size(fields), sizeof rows / sizeof rows[0]);
	json_decref(fields);
}

struct message_case {
	const char *name;
	struct alert alert;
	struct finding finding; /* .rule NULL: none */
	const char *message;
	const char *priority;
};

static const struct message_case message_cases[] = {
	{"no time, no permalink", {.kind = EVENT_FINDING_OPENED},
		{.rule = "r",
			.category = "c",
			.title = "a title",
			.severity = SEVERITY_CRITICAL,
			.kind = KIND_REPLY,
			.page = "https://p/",
			.profile = "https://q/",
			.excerpt = "e"},
		"critical: a title in a reply on https://p/: \"e\"", "2"},
	{"the bio, and no title", {.kind = EVENT_FINDING_REOPENED},
		{.rule = "r",
			.category = "c",
			.severity = SEVERITY_MEDIUM,
			.kind = KIND_BIO,
			.profile = "https://q/",
			.excerpt = "e"},
		"medium, back again: c in the bio on https://q/: \"e\"", "4"},
	{"resolved is good news, and no excerpt", {.kind = EVENT_FINDING_RESOLVED},
		{.rule = "r",
			.severity = SEVERITY_CRITICAL,
			.kind = KIND_HANDLE,
			.profile = "https://q/"},
		"resolved: r in the handle on https://q/", "6"},
	{"a time beyond all calendars", {.kind = EVENT_FINDING_OPENED},
		{.rule = "r",
			.severity = SEVERITY_LOW,
			.profile = "https://q/",
			.published_s = INT64_MAX},
		"low: r in a post on https://q/", "5"},
	{"a time before them", {.kind = EVENT_FINDING_OPENED},
		{.rule = "r",
			.severity = SEVERITY_INFO,
			.profile = "https://q/",
			.published_s = INT64_MIN},
		"info: r in a post on https://q/", "6"},
	{"unverified",
		{.kind = EVENT_PROFILE_UNVERIFIED,
			.profile = "https://q/",
			.verdict = VERDICT_BLOCKED,
			.has_verdict = true},
		{0}, "cannot verify: https://q/: the site refuses programs", "4"},
	{"recovered",
		{.kind = EVENT_PROFILE_RECOVERED,
			.profile = "https://q/",
			.verdict = VERDICT_OK,
			.has_verdict = true,
			.coverage = "all read"},
		{0}, "verified again: https://q/: all read", "6"},
	{"a message of the caller's, and a priority",
		{.kind = EVENT_READER_POISONED,
			.priority = 2,
			.message = "two readers died",
			.profile = "https://q/"},
		{0}, "two readers died", "2"},
	{"nothing but a kind", {.kind = EVENT_CONFIG_REJECTED}, {0}, "config-rejected", "3"},
	{"a stranger's control characters", {.kind = EVENT_FINDING_OPENED},
		{.rule = "r",
			.severity = SEVERITY_LOW,
			.profile = "https://q/",
			.title = "t\n<0>x",
			.excerpt = "\x1b[31m\xe2\x80\xae"
				   "a\xff"},
		"low: t\\n<0>x in a post on https://q/: \"\\x1b[31m\\u202ea\xef\xbf\xbd\"", "5"},
};

static void test_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof message_cases / sizeof message_cases[0]; i++) {
		const struct message_case *row = &message_cases[i];
		struct alert alert = row->alert;
		if (row->finding.rule)
			alert.finding = &row->finding;
		json_t *fields = fields_of(&alert);
		if (strcmp(field(fields, "MESSAGE"), row->message) != 0 ||
			strcmp(field(fields, "PRIORITY"), row->priority) != 0)
			fail_msg("%s: <%s>%s", row->name, field(fields, "PRIORITY"),
				field(fields, "MESSAGE"));
		json_decref(fields);
	}
}

static void assert_one_clean_line(const json_t *fields)
{
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)fields, name, value) {
		for (const char *at = json_string_value(value); *at; at++) {
			if ((unsigned char)*at < 0x20 || *at == 0x7f)
				fail_msg("%s holds byte %d", name, *at);
		}
	}
}

/* Whatever a stranger writes, an entry comes out, of bounded size, each field one clean line. */
static void test_hostile_strings(void **state)
{
	(void)state;
	static const char *const pieces[] = {
		"\n", "\xe2\x80\xae", "\xff", "\xc2\x85", "A", "\"", "%s"};
	const size_t size = 100000;
	char *text = malloc(size + 8);
	assert_non_null(text);
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		size_t len = 0;
		while (len < size) {
			strcpy(text + len, pieces[i]);
			len += strlen(pieces[i]);
		}
		const struct finding finding = {.id = text,
			.rule = text,
			.title = text,
			.category = text,
			.severity = SEVERITY_HIGH,
			.score = 1e300,
			.profile = text,
			.page = text,
			.url = text,
			.excerpt = text,
			.mark_start = -5,
			.mark_end = INT64_MAX,
			.advice = text};
		const struct alert alert = {.kind = EVENT_FINDING_OPENED,
			.finding = &finding,
			.coverage = text,
			.scan = text};
		json_t *fields = fields_of(&alert);
		assert_one_clean_line(fields);
		assert_true(strlen(field(fields, "DIRTWATCH_EXCERPT")) <= LIMIT_EXCERPT_B);
		assert_true(strlen(field(fields, "DIRTWATCH_URL")) <= 4 * (LIMIT_URL_B + 4096));
		assert_string_equal(field(fields, "DIRTWATCH_SCORE"), "100.0");
		assert_int_equal(strncmp(field(fields, "MESSAGE"), "high: ", 6), 0);
		json_decref(fields);
		const struct alert summary = {.kind = EVENT_SCAN_SUMMARY,
			.profile = text,
			.coverage = text,
			.posts = INT64_MAX,
			.opened = INT64_MIN};
		fields = fields_of(&summary);
		assert_one_clean_line(fields);
		assert_int_equal(strncmp(field(fields, "MESSAGE"), "scanned ", 8), 0);
		json_decref(fields);
	}
	free(text);
}

/* ---- the catalog ---- */

struct catalog {
	char ids[EVENT_KIND_COUNT + 8][33];
	size_t count;
};

static const char *const known_fields[] = {"DIRTWATCH_FINDING", "DIRTWATCH_RULE", "DIRTWATCH_CLASS",
	"DIRTWATCH_SEVERITY", "DIRTWATCH_SCORE", "DIRTWATCH_PROFILE", "DIRTWATCH_URL",
	"DIRTWATCH_EXCERPT", "DIRTWATCH_ADVICE", "DIRTWATCH_VERDICT", "DIRTWATCH_COVERAGE",
	"DIRTWATCH_OPENED", "DIRTWATCH_REOPENED", "DIRTWATCH_RESOLVED", "DIRTWATCH_STANDING"};

static void check_references(const char *line)
{
	for (const char *at = strchr(line, '@'); at; at = strchr(at + 1, '@')) {
		const char *end = strchr(at + 1, '@');
		if (!end)
			fail_msg("an @ alone: %s", line);
		bool known = false;
		for (size_t i = 0; i < sizeof known_fields / sizeof known_fields[0]; i++)
			known = known || (strlen(known_fields[i]) == (size_t)(end - at - 1) &&
						 memcmp(at + 1, known_fields[i],
							 strlen(known_fields[i])) == 0);
		if (!known)
			fail_msg("no such field: %s", line);
		at = end;
	}
}

static void read_catalog(struct catalog *ret)
{
	FILE *file = fopen(CATALOG, "re");
	assert_non_null(file);
	char line[512];
	size_t headers = 0; /* Subject, Defined-By, Documentation */
	while (fgets(line, sizeof line, file)) {
		check_references(line);
		headers += strncmp(line, "Subject: ", 9) == 0;
		headers += strcmp(line, "Defined-By: dirtwatch\n") == 0;
		headers += strcmp(line, "Documentation: man:dirtwatch(8)\n") == 0;
		if (strncmp(line, "-- ", 3) != 0)
			continue;
		assert_true(ret->count < sizeof ret->ids / sizeof ret->ids[0]);
		assert_int_equal(strlen(line), 3 + 32 + 1);
		memcpy(ret->ids[ret->count++], line + 3, 32);
	}
	(void)fclose(file);
	assert_int_equal(headers, 3 * ret->count);
}

static void test_catalog_and_table_agree(void **state)
{
	(void)state;
	struct catalog catalog = {0};
	read_catalog(&catalog);
	for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
		const char *id = event_message_id((enum event_kind)kind);
		int found = 0;
		assert_int_equal(strspn(id, "0123456789abcdef"), 32);
		assert_int_equal(strlen(id), 32);
		assert_true(strlen(event_name((enum event_kind)kind)) > 0);
		for (size_t i = 0; i < catalog.count; i++)
			found += strcmp(catalog.ids[i], id) == 0;
		if (found != 1)
			fail_msg("%s: %d entries", event_name((enum event_kind)kind), found);
	}
	assert_int_equal(catalog.count, EVENT_KIND_COUNT); /* none that nobody sends */
}

/* ---- the sender ---- */

/* A journal that does as a test says. */
static struct {
	atomic_int refusals; /* so many entries are refused before one is taken */
	atomic_int calls;
	atomic_bool hangs; /* an entry waits for go_on */
	sem_t hanging;
	sem_t go_on;
	char taken[256]; /* messages, parted by spaces */
	char unlink[96]; /* this socket goes away while an entry is taken */
} journal;

static int take(const struct iovec *fields, int n_fields)
{
	journal.calls++;
	bool hung = journal.hangs;
	if (hung) {
		sem_post(&journal.hanging);
		sem_wait(&journal.go_on);
	}
	if (journal.refusals > 0) {
		journal.refusals--;
		return -ECONNREFUSED;
	}
	for (int i = 0; i < n_fields; i++) {
		if (fields[i].iov_len > 8 && memcmp(fields[i].iov_base, "MESSAGE=", 8) == 0) {
			strncat(journal.taken, (char *)fields[i].iov_base + 8,
				fields[i].iov_len - 8);
			strcat(journal.taken, " ");
		}
	}
	if (journal.unlink[0])
		(void)unlink(journal.unlink);
	if (hung)
		sem_post(&journal.hanging); /* no more */
	return 0;
}

struct world {
	char dir[64];
	char socket[96];
	struct alert_target target;
	struct store *store;
	struct arena *arena;
	sd_event *event;
	struct alert_sender *sender;
};

static void make_socket(const struct world *world)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	strcpy(address.sun_path, world->socket);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	close(fd); /* the file is all that is looked at */
}

static int enter(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	assert_non_null(world);
	(void)snprintf(world->dir, sizeof world->dir, "/tmp/dirtwatch-alert-XXXXXX");
	assert_non_null(mkdtemp(world->dir));
	(void)snprintf(world->socket, sizeof world->socket, "%s/socket", world->dir);
	make_socket(world);
	world->target = (struct alert_target){world->socket, take, 1000};
	world->arena = arena_new(1u << 24);
	assert_non_null(world->arena);
	assert_int_equal(store_open(":memory:", true, &world->store), 0);
	assert_true(sd_event_new(&world->event) >= 0);
	journal.refusals = 0;
	journal.calls = 0;
	journal.hangs = false;
	journal.taken[0] = '\0';
	journal.unlink[0] = '\0';
	assert_int_equal(sem_init(&journal.hanging, 0, 0), 0);
	assert_int_equal(sem_init(&journal.go_on, 0, 0), 0);
	*state = world;
	return 0;
}

static int leave(void **state)
{
	struct world *world = *state;
	alert_sender_free(world->sender);
	sd_event_unref(world->event);
	store_close(world->store);
	arena_free(world->arena);
	(void)unlink(world->socket);
	(void)rmdir(world->dir);
	free(world);
	return 0;
}

static void start_sender(struct world *world, enum alert_route route)
{
	assert_int_equal(alert_sender_new_for(
				 world->event, world->store, route, &world->target, &world->sender),
		0);
}

static void queue(struct world *world, const char *message)
{
	const struct alert alert = {.kind = EVENT_FINDING_OPENED, .message = message};
	char *fields;
	assert_int_equal(alert_fields(&alert, &fields), 0);
	assert_int_equal(store_queue_alert(world->store, fields), 0);
	free(fields);
}

static int64_t waiting(struct world *world)
{
	int64_t count;
	assert_int_equal(store_alerts_waiting(world->store, &count), 0);
	return count;
}

#define TURN_US 2000000 /* longer than any turn takes: it ends as soon as something happens */

/* Let the loop turn until @want alerts wait. */
static void turn_until(struct world *world, int64_t want)
{
	for (int i = 0; i < 1000 && waiting(world) != want; i++)
		assert_true(sd_event_run(world->event, TURN_US) >= 0);
	assert_int_equal(waiting(world), want);
}

static void test_sent_in_order(void **state)
{
	struct world *world = *state;
	queue(world, "one");
	queue(world, "two");
	start_sender(world, ALERT_ROUTE_JOURNAL);
	assert_int_equal(journal.calls, 0);
	alert_kick(world->sender);
	turn_until(world, 0);
	queue(world, "three");
	alert_kick(world->sender);
	alert_kick(world->sender);
	turn_until(world, 0);
	assert_string_equal(journal.taken, "one two three ");
}

static void test_refused_and_tried_again(void **state)
{
	struct world *world = *state;
	journal.refusals = 3;
	queue(world, "one");
	queue(world, "two");
	start_sender(world, ALERT_ROUTE_JOURNAL);
	alert_kick(world->sender);
	turn_until(world, 0);
	assert_string_equal(journal.taken, "one two ");
	assert_int_equal(journal.calls, 5);
}

static void test_no_socket(void **state)
{
	struct world *world = *state;
	(void)unlink(world->socket);
	queue(world, "one");
	start_sender(world, ALERT_ROUTE_JOURNAL);
	alert_kick(world->sender);
	for (int i = 0; i < 3; i++)
		assert_true(sd_event_run(world->event, TURN_US) >= 0);
	assert_int_equal(waiting(world), 1);
	assert_int_equal(journal.calls, 0); /* never even tried: it would be lost with a 0 */
	make_socket(world);
	turn_until(world, 0);
	assert_string_equal(journal.taken, "one ");
}

/* The library says 0 when the socket has just gone: the alert is sent again. */
static void test_socket_goes_away_meanwhile(void **state)
{
	struct world *world = *state;
	strcpy(journal.unlink, world->socket);
	queue(world, "one");
	start_sender(world, ALERT_ROUTE_JOURNAL);
	assert_int_equal(alert_flush(world->sender, 50), -ETIMEDOUT);
	assert_int_equal(waiting(world), 1);
	journal.unlink[0] = '\0';
	make_socket(world);
	assert_int_equal(alert_flush(world->sender, 60000), 0);
	assert_string_equal(journal.taken, "one one ");
}

static void test_flush(void **state)
{
	struct world *world = *state;
	start_sender(world, ALERT_ROUTE_JOURNAL);
	assert_int_equal(alert_flush(world->sender, 0), 0); /* nothing to send */
	queue(world, "one");
	queue(world, "two");
	journal.refusals = 1;
	assert_int_equal(alert_flush(world->sender, 60000), 0);
	assert_string_equal(journal.taken, "one two ");
	assert_int_equal(waiting(world), 0);
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void test_journal_hangs(void **state)
{
	struct world *world = *state;
	journal.hangs = true;
	queue(world, "one");
	start_sender(world, ALERT_ROUTE_JOURNAL);
	alert_kick(world->sender);
	assert_true(sd_event_run(world->event, TURN_US) >= 0);
	sem_wait(&journal.hanging);
	assert_int_equal(alert_flush(world->sender, 20), -ETIMEDOUT); /* we are not held up */
	assert_int_equal(waiting(world), 1);
	journal.hangs = false;
	sem_post(&journal.go_on);
	assert_int_equal(alert_flush(world->sender, 60000), 0);
	assert_string_equal(journal.taken, "one ");
}

static void test_stopped_while_it_hangs(void **state)
{
	struct world *world = *state;
	journal.hangs = true;
	queue(world, "one");
	start_sender(world, ALERT_ROUTE_JOURNAL);
	alert_kick(world->sender);
	assert_true(sd_event_run(world->event, TURN_US) >= 0);
	sem_wait(&journal.hanging);
	struct timespec start;
	(void)clock_gettime(CLOCK_MONOTONIC, &start);
	world->sender = alert_sender_free(world->sender);
	assert_true(seconds_since(&start) < 1);
	assert_int_equal(waiting(world), 1); /* not lost */
	journal.hangs = false;
	sem_post(&journal.go_on); /* the thread left behind ends by itself */
	sem_wait(&journal.hanging);
	start_sender(world, ALERT_ROUTE_JOURNAL);
	assert_int_equal(alert_flush(world->sender, 60000), 0);
	assert_int_equal(waiting(world), 0);
}

/* What is not committed is not sent: the change it tells of may still be taken back. */
static void test_not_before_the_commit(void **state)
{
	struct world *world = *state;
	start_sender(world, ALERT_ROUTE_JOURNAL);
	assert_int_equal(store_begin(world->store), 0);
	queue(world, "one");
	alert_kick(world->sender);
	assert_int_equal(journal.calls, 0);
	assert_int_equal(alert_flush(world->sender, 0), -EBUSY);
	store_rollback(world->store);
	assert_int_equal(alert_flush(world->sender, 0), 0);
	assert_int_equal(journal.calls, 0);
}

static void test_unreadable_alert_does_not_stop_the_others(void **state)
{
	struct world *world = *state;
	static const char *const broken[] = {"", "{", "[]", "{}", "{\"MESSAGE\":1}", "null"};
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
		assert_int_equal(store_queue_alert(world->store, broken[i]), 0);
	queue(world, "one");
	start_sender(world, ALERT_ROUTE_JOURNAL);
	assert_int_equal(alert_flush(world->sender, 60000), 0);
	assert_string_equal(journal.taken, "one ");
}

/* Standard error, caught in a file while @route sends what is queued. */
static void flush_caught(struct world *world, enum alert_route route, char *out, size_t size)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	int before = dup(STDERR_FILENO);
	assert_true(before >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
	world->sender = alert_sender_free(world->sender);
	start_sender(world, route);
	int r = alert_flush(world->sender, 60000);
	(void)dup2(before, STDERR_FILENO);
	close(before);
	assert_int_equal(r, 0);
	rewind(file);
	out[fread(out, 1, size - 1, file)] = '\0';
	(void)fclose(file);
}

static void test_standard_error(void **state)
{
	struct world *world = *state;
	char out[256];
	queue(world, "one");
	queue(world, "two\nlines");
	flush_caught(world, ALERT_ROUTE_STDERR, out, sizeof out);
	assert_string_equal(out, "<5>one\n<5>two\\nlines\n");
	assert_int_equal(journal.calls, 0);

	queue(world, "three"); /* the journal is there */
	flush_caught(world, ALERT_ROUTE_AUTO, out, sizeof out);
	assert_string_equal(out, "");
	assert_string_equal(journal.taken, "three ");

	(void)unlink(world->socket); /* and now it is not */
	queue(world, "four");
	flush_caught(world, ALERT_ROUTE_AUTO, out, sizeof out);
	assert_string_equal(out, "<5>four\n");
	assert_int_equal(waiting(world), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finding_fields),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_hostile_strings),
		cmocka_unit_test(test_catalog_and_table_agree),
		TEST(test_sent_in_order),
		TEST(test_refused_and_tried_again),
		TEST(test_no_socket),
		TEST(test_socket_goes_away_meanwhile),
		TEST(test_flush),
		TEST(test_journal_hangs),
		TEST(test_stopped_while_it_hangs),
		TEST(test_not_before_the_commit),
		TEST(test_unreadable_alert_does_not_stop_the_others),
		TEST(test_standard_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
