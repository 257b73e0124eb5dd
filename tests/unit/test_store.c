#include "daemon/store_internal.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PROFILE "https://mastodon.example/@ada"
#define OTHER	"https://ada.example/"
#define ARENA_B (64u * 1024 * 1024)

/* A folder of its own for each test, and a name for a store in it. */
struct room {
	char dir[64];
	char path[96];
	struct arena *arena;
};

static int enter(void **state)
{
	struct room *room = calloc(1, sizeof *room);
	assert_non_null(room);
	(void)snprintf(room->dir, sizeof room->dir, "/tmp/dirtwatch-store-XXXXXX");
	assert_non_null(mkdtemp(room->dir));
	(void)snprintf(room->path, sizeof room->path, "%s/test.db", room->dir);
	room->arena = arena_new(ARENA_B);
	assert_non_null(room->arena);
	*state = room;
	return 0;
}

static int leave(void **state)
{
	struct room *room = *state;
	char command[128];
	(void)snprintf(command, sizeof command, "rm -rf %s", room->dir);
	arena_free(room->arena);
	free(room);
	return system(command);
}

static struct store *open_store(const char *path)
{
	struct store *store = NULL;
	assert_int_equal(store_open(path, true, &store), 0);
	return store;
}

static struct finding make_finding(const char *id, enum severity severity, double score)
{
	return (struct finding){
		.id = id,
		.rule = "unprofessional.badmouth.employer",
		.title = "badmouthing an employer",
		.class = CLASS_UNPROFESSIONAL,
		.category = "badmouth",
		.severity = severity,
		.score = score,
		.confidence = 0.75,
		.profile = PROFILE,
		.page = PROFILE "/outbox",
		.url = PROFILE "/1",
		.kind = KIND_REPLY,
		.published_s = 1709287200,
		.excerpt = "worst company ever",
		.mark_start = 0,
		.mark_end = 13,
		.why = "employers read it",
		.advice = "delete the post",
		.reasons = "high 60 × 0.75",
		.state = FINDING_OPENED,
		.opened_s = 100,
		.seen_s = 200,
		.missed = 1,
		.scan = "scan-1",
		.alerted = true,
		.asked_s = 50,
	};
}

/* ---- the file ---- */

static mode_t mode_of(const char *path, const char *suffix)
{
	char name[128];
	struct stat st;
	(void)snprintf(name, sizeof name, "%s%s", path, suffix);
	assert_int_equal(stat(name, &st), 0);
	return st.st_mode & 07777;
}

static void test_modes(void **state)
{
	struct room *room = *state;
	char path[128];
	(void)snprintf(path, sizeof path, "%s/a/b/test.db", room->dir);
	const mode_t masks[] = {0, 0277, 0777};
	for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
		char folder[128];
		(void)snprintf(folder, sizeof folder, "%s/mask%zu.db", room->dir, i);
		mode_t before = umask(masks[i]);
		struct store *store = open_store(folder);
		assert_int_equal(store_begin(store), 0);
		assert_int_equal(store_queue_alert(store, "{}"), 0);
		assert_int_equal(store_commit(store), 0);
		umask(before);
		assert_int_equal(mode_of(folder, ""), 0600);
		assert_int_equal(mode_of(folder, "-wal"), 0600);
		assert_int_equal(mode_of(folder, "-shm"), 0600);
		assert_int_equal(mode_of(folder, ".lock") & 0077, 0);
		store_close(store);
	}
	store_close(open_store(path));
	(void)snprintf(path, sizeof path, "%s/a", room->dir);
	assert_int_equal(mode_of(path, ""), 0700);
	assert_int_equal(mode_of(path, "/b"), 0700);
}

static void test_one_daemon_many_readers(void **state)
{
	struct room *room = *state;
	struct store *reader = NULL;
	assert_int_equal(store_open(room->path, false, &reader), -ENOENT);
	assert_null(reader);

	struct store *daemon = open_store(room->path);
	struct store *second = NULL;
	assert_int_equal(store_open(room->path, true, &second), STORE_E_BUSY);
	assert_null(second);

	/* A reader sees what is committed, and only that, while the daemon writes. */
	assert_int_equal(store_open(room->path, false, &reader), 0);
	struct finding finding = make_finding("aa", SEVERITY_HIGH, 50);
	int64_t count;
	assert_int_equal(store_begin(daemon), 0);
	assert_int_equal(store_set_finding(daemon, &finding), 0);
	assert_int_equal(store_open_findings(reader, PROFILE, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(store_commit(daemon), 0);
	assert_int_equal(store_open_findings(reader, PROFILE, &count), 0);
	assert_int_equal(count, 1);

	store_close(daemon);
	daemon = open_store(room->path); /* the reader does not hold the lock */
	store_close(reader);
	store_close(daemon);
}

struct content {
	char bytes[1 << 16];
	size_t len;
};

static void slurp(const char *path, struct content *ret)
{
	FILE *file = fopen(path, "re");
	assert_non_null(file);
	ret->len = fread(ret->bytes, 1, sizeof ret->bytes, file);
	(void)fclose(file);
}

/* What happens to a file that is not a store of today, and whether it is left as it was. */
struct strange_case {
	const char *name;
	const char *sql;  /* makes the file, through SQLite … */
	const char *text; /* … or is it */
	bool exclusive;
	int want;
};

static const struct strange_case strange_cases[] = {
	{"a newer dirtwatch wrote it",
		"PRAGMA application_id = 0x44495254; PRAGMA user_version = 999;"
		"CREATE TABLE future (x)",							      NULL, true,  STORE_E_NEWER},
	{"newer, for a reader",
		"PRAGMA application_id = 0x44495254; PRAGMA user_version = 999;"
		"CREATE TABLE future (x)",							      NULL, false, STORE_E_NEWER},
	{"another program's database",     "CREATE TABLE bookmarks (x)",				     NULL, true,	 -EMEDIUMTYPE },
	{"another program's, with its id", "PRAGMA application_id = 7; PRAGMA user_version = 1",
		NULL,												true,  -EMEDIUMTYPE },
	{"an older one, for a reader",     "PRAGMA application_id = 0x44495254; CREATE TABLE past (x)",
		NULL,												false, STORE_E_OLDER},
	{"an empty file, for a reader",	NULL,							"",	  false, STORE_E_OLDER},
	{"damaged, for a reader",	  NULL,
		"this is not a database, it only stands where one should be ....."
		"................................................................",			   false, -EUCLEAN     },
};

static void make_strange(const char *path, const struct strange_case *row)
{
	if (row->text) {
		FILE *file = fopen(path, "we");
		assert_non_null(file);
		assert_int_equal(fwrite(row->text, 1, strlen(row->text), file), strlen(row->text));
		(void)fclose(file);
		return;
	}
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, row->sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_strange_files(void **state)
{
	struct room *room = *state;
	static struct content before;
	static struct content after;
	for (size_t i = 0; i < sizeof strange_cases / sizeof strange_cases[0]; i++) {
		const struct strange_case *row = &strange_cases[i];
		char path[128];
		(void)snprintf(path, sizeof path, "%s/strange%zu.db", room->dir, i);
		make_strange(path, row);
		slurp(path, &before);
		struct store *store = NULL;
		int r = store_open(path, row->exclusive, &store);
		slurp(path, &after);
		if (r != row->want || store || before.len != after.len ||
			memcmp(before.bytes, after.bytes, before.len) != 0)
			fail_msg("%s: %d, wanted %d%s", row->name, r, row->want,
				before.len == after.len ? "" : "; touched");
	}
}

static void open_damaged(struct room *room, const char *what)
{
	struct store *store = NULL;
	int r = store_open(room->path, true, &store);
	if (r != STORE_E_CORRUPT)
		fail_msg("%s: %d", what, r);
	const char *aside = store_kept_aside(store);
	assert_non_null(aside);
	assert_int_equal(strncmp(aside, room->path, strlen(room->path)), 0);
	assert_non_null(strstr(aside, ".damaged-"));
	assert_int_equal(access(aside, F_OK), 0);
	struct finding finding = make_finding("aa", SEVERITY_HIGH, 50);
	assert_int_equal(store_set_finding(store, &finding), 0);
	store_close(store);
	store = open_store(room->path); /* the new one is whole */
	assert_null(store_kept_aside(store));
	store_close(store);
}

static void fill(struct store *store, int count)
{
	assert_int_equal(store_begin(store), 0);
	for (int i = 0; i < count; i++) {
		char id[33];
		(void)snprintf(id, sizeof id, "%032x", i * 2654435761u);
		struct finding finding = make_finding(id, SEVERITY_LOW, 6);
		assert_int_equal(store_set_finding(store, &finding), 0);
	}
	assert_int_equal(store_commit(store), 0);
}

static void test_damaged_files(void **state)
{
	struct room *room = *state;
	make_strange(room->path, &strange_cases[6]);
	open_damaged(room, "no database at all");

	/* Twice within a second: the first copy is not overwritten. */
	make_strange(room->path, &strange_cases[6]);
	open_damaged(room, "no database at all, again");

	struct store *store = open_store(room->path);
	fill(store, 2000);
	store_close(store);
	struct stat st;
	assert_int_equal(stat(room->path, &st), 0);
	int fd = open(room->path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	for (off_t at = 8192; at < st.st_size; at += 16384)
		assert_int_equal(pwrite(fd, "garbage garbage garbage", 23, at), 23);
	close(fd);
	open_damaged(room, "pages overwritten");

	store = open_store(room->path);
	fill(store, 2000);
	store_close(store);
	assert_int_equal(truncate(room->path, 20000), 0);
	open_damaged(room, "cut short");
}

/* In a child of its own: @act, whose result it returns as its status. */
static int in_child(int (*act)(struct room *room), struct room *room)
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(-act(room));
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return -WEXITSTATUS(status);
}

static int write_until_full(struct room *room)
{
	(void)signal(SIGXFSZ, SIG_IGN); /* then write() fails with EFBIG */
	const struct rlimit limit = {.rlim_cur = 400 << 10, .rlim_max = 400 << 10};
	struct store *store = NULL;
	if (store_open(room->path, true, &store) != 0 || setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return -255;
	int r = 0;
	for (int round = 0; r == 0 && round < 1000; round++) {
		r = store_begin(store);
		for (int i = 0; r == 0 && i < 50; i++) {
			char id[33];
			(void)snprintf(id, sizeof id, "%032d", round * 50 + i);
			struct finding finding = make_finding(id, SEVERITY_LOW, 6);
			r = store_set_finding(store, &finding);
		}
		if (r == 0)
			r = store_commit(store);
		else
			store_rollback(store);
	}
	/* What was stored can still be read. */
	int64_t count;
	if (store_open_findings(store, PROFILE, &count) != 0 || count == 0 || count % 50 != 0)
		return -254;
	store_close(store);
	return r;
}

static void test_disk_full(void **state)
{
	struct room *room = *state;
	int r = in_child(write_until_full, room);
	assert_true(r == -ENOSPC || r == -EFBIG || r == -EIO);
	struct store *store = open_store(room->path); /* whole, not damaged */
	store_close(store);
}

#define NOT_ALLOWED 253

static int open_read_only(struct room *room)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount(room->dir, room->dir, NULL, MS_BIND, NULL) < 0 ||
		mount(NULL, room->dir, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return -NOT_ALLOWED;
	struct store *store = NULL;
	int r = store_open(room->path, true, &store);
	return store ? -254 : r;
}

static void test_read_only(void **state)
{
	struct room *room = *state;
	int r = in_child(open_read_only, room);
	if (r == -NOT_ALLOWED) {
		print_message("skipped: a read-only mount needs root\n");
		skip();
	}
	assert_int_equal(r, -EROFS); /* where there is no store yet */
	store_close(open_store(room->path));
	assert_int_equal(in_child(open_read_only, room), -EROFS);
}

static void test_migration_is_whole(void **state)
{
	(void)state;
	static const char *const steps[] = {
		"CREATE TABLE a (x)", "CREATE TABLE b (x)",
		"CREATE TABLE c (x); CREATE TABLE a (x)", /* fails half-way */
	};
	sqlite3 *db;
	int64_t number;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(store_migrate(db, steps, 1), 0);
	assert_int_equal(store_number(db, "PRAGMA user_version", &number), 0);
	assert_int_equal(number, 1);
	assert_true(store_migrate(db, steps, 3) < 0);
	assert_int_equal(store_number(db, "PRAGMA user_version", &number), 0);
	assert_int_equal(number, 2); /* the step before stays, the failing one left nothing */
	assert_int_equal(store_number(db, "SELECT count(*) FROM sqlite_schema", &number), 0);
	assert_int_equal(number, 2);
	assert_true(sqlite3_get_autocommit(db));
	sqlite3_close(db);
}

/* ---- rows ---- */

static void test_profiles(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct profile_state got = {0};
	assert_int_equal(store_profile(store, PROFILE, &got), STORE_E_NONE);
	const struct profile_state want = {
		.next_due_s = 1,
		.last_scan_s = 2,
		.last_full_s = 3,
		.verdict = VERDICT_RATE_LIMITED,
		.verdict_scans = 4,
		.verdict_since_s = 5,
		.unproven_scans = 6,
		.alerted = true,
		.alerted_verdict = VERDICT_BLOCKED,
	};
	const struct profile_state other = {.verdict = VERDICT_OK};
	assert_int_equal(store_set_profile(store, PROFILE, &other), 0);
	assert_int_equal(store_set_profile(store, PROFILE, &want), 0);
	assert_int_equal(store_set_profile(store, OTHER, &other), 0);
	store_close(store);
	store = open_store(room->path);
	assert_int_equal(store_profile(store, PROFILE, &got), 0);
	assert_int_equal(got.next_due_s, 1);
	assert_int_equal(got.last_scan_s, 2);
	assert_int_equal(got.last_full_s, 3);
	assert_int_equal(got.verdict, VERDICT_RATE_LIMITED);
	assert_int_equal(got.verdict_scans, 4);
	assert_int_equal(got.verdict_since_s, 5);
	assert_int_equal(got.unproven_scans, 6);
	assert_true(got.alerted);
	assert_int_equal(got.alerted_verdict, VERDICT_BLOCKED);
	store_close(store);
}

static void test_pages(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct page_memory got;
	const struct page_memory first = {.etag = "\"1\"",
		.last_modified = "yesterday",
		.body_digest = "b",
		.rules_digest = "r",
		.verdict = VERDICT_TRUNCATED,
		.read_s = 10,
		.oldest_s = 9,
		.n_posts = 8,
		.extract = "{}"};
	const struct page_memory next = {
		.rules_digest = "r2", .verdict = VERDICT_EMPTY, .read_s = 11};
	assert_int_equal(store_page(store, room->arena, PROFILE, "u", &got), STORE_E_NONE);
	assert_int_equal(store_set_page(store, PROFILE, "u", &first), 0);
	assert_int_equal(store_page(store, room->arena, OTHER, "u", &got), STORE_E_NONE);
	assert_int_equal(store_page(store, room->arena, PROFILE, "u", &got), 0);
	assert_string_equal(got.etag, "\"1\"");
	assert_string_equal(got.last_modified, "yesterday");
	assert_string_equal(got.body_digest, "b");
	assert_string_equal(got.rules_digest, "r");
	assert_string_equal(got.extract, "{}");
	assert_int_equal(got.verdict, VERDICT_TRUNCATED);
	assert_int_equal(got.read_s, 10);
	assert_int_equal(got.oldest_s, 9);
	assert_int_equal(got.n_posts, 8);
	assert_int_equal(store_set_page(store, PROFILE, "u", &next), 0);
	assert_int_equal(store_page(store, room->arena, PROFILE, "u", &got), 0);
	assert_null(got.etag);
	assert_null(got.extract);
	assert_string_equal(got.rules_digest, "r2");

	/* A page that is only known because a finding stands on it remembers nothing. */
	struct finding finding = make_finding("aa", SEVERITY_HIGH, 50);
	assert_int_equal(store_set_finding(store, &finding), 0);
	assert_int_equal(store_sight(store, PROFILE, "v", "aa"), 0);
	assert_int_equal(store_page(store, room->arena, PROFILE, "v", &got), STORE_E_NONE);
	store_close(store);
}

static void test_pages_do_not_pile_up(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct page_memory page = {.verdict = VERDICT_OK};
	struct page_memory got;
	int64_t stands;
	assert_int_equal(store_set_page(store, OTHER, "other", &page), 0);
	assert_int_equal(store_set_page(store, PROFILE, "steady", &page), 0);
	assert_int_equal(store_begin(store), 0);
	for (int i = 1; i <= 2 * STORE_PAGES_KEPT; i++) {
		char url[64];
		(void)snprintf(url, sizeof url, "page?max_id=%d", i);
		page.read_s = i;
		assert_int_equal(store_set_page(store, PROFILE, url, &page), 0);
		assert_int_equal(store_page_stands(store, PROFILE, "steady", "s", i, &stands), 0);
	}
	assert_int_equal(store_commit(store), 0);
	int64_t count;
	assert_int_equal(store_number(store->db, "SELECT count(*) FROM page", &count), 0);
	assert_int_equal(count, STORE_PAGES_KEPT + 1);
	assert_int_equal(store_page(store, room->arena, PROFILE, "steady", &got), 0);
	assert_int_equal(store_page(store, room->arena, OTHER, "other", &got), 0);
	assert_int_equal(
		store_page(store, room->arena, PROFILE, "page?max_id=1", &got), STORE_E_NONE);
	store_close(store);
}

static void assert_same_finding(const struct finding *got, const struct finding *want)
{
	assert_string_equal(got->id, want->id);
	assert_string_equal(got->rule, want->rule);
	assert_string_equal(got->title, want->title);
	assert_int_equal(got->class, want->class);
	assert_string_equal(got->category, want->category);
	assert_int_equal(got->severity, want->severity);
	assert_true(got->score == want->score && got->confidence == want->confidence);
	assert_string_equal(got->profile, want->profile);
	assert_string_equal(got->page, want->page);
	assert_string_equal(got->url, want->url);
	assert_int_equal(got->kind, want->kind);
	assert_int_equal(got->published_s, want->published_s);
	assert_string_equal(got->excerpt, want->excerpt);
	assert_int_equal(got->mark_start, want->mark_start);
	assert_int_equal(got->mark_end, want->mark_end);
	assert_string_equal(got->why, want->why);
	assert_string_equal(got->advice, want->advice);
	assert_string_equal(got->reasons, want->reasons);
	assert_int_equal(got->state, want->state);
	assert_int_equal(got->opened_s, want->opened_s);
	assert_int_equal(got->seen_s, want->seen_s);
	assert_int_equal(got->resolved_s, want->resolved_s);
	assert_int_equal(got->missed, want->missed);
	assert_string_equal(got->scan, want->scan);
	assert_int_equal(got->alerted, want->alerted);
	assert_int_equal(got->asked_s, want->asked_s);
}

static void test_findings(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct finding want = make_finding("aa", SEVERITY_HIGH, 50.25);
	struct finding got;
	assert_int_equal(store_finding(store, room->arena, PROFILE, "aa", &got), STORE_E_NONE);
	assert_int_equal(store_set_finding(store, &want), 0);
	assert_int_equal(store_finding(store, room->arena, PROFILE, "aa", &got), 0);
	assert_same_finding(&got, &want);
	assert_int_equal(store_finding(store, room->arena, OTHER, "aa", &got), STORE_E_NONE);
	assert_int_equal(store_finding(store, room->arena, NULL, "aa", &got), 0);
	assert_same_finding(&got, &want);

	want.state = FINDING_RESOLVED;
	want.resolved_s = 300;
	want.severity = SEVERITY_CRITICAL;
	want.excerpt = "'; DROP TABLE finding; --";
	assert_int_equal(store_set_finding(store, &want), 0);
	assert_int_equal(store_finding(store, room->arena, PROFILE, "aa", &got), 0);
	assert_same_finding(&got, &want);

	want.url = want.page = want.advice = NULL; /* what may be unknown */
	assert_int_equal(store_set_finding(store, &want), 0);
	assert_int_equal(store_finding(store, room->arena, PROFILE, "aa", &got), 0);
	assert_null(got.url);
	assert_null(got.advice);
	store_close(store);
}

struct seen {
	char ids[64];
	struct store *store;
	int stop_at;
	int count;
};

static int note_id(const struct finding *finding, void *userdata)
{
	struct seen *seen = userdata;
	strncat(seen->ids, finding->id, sizeof seen->ids - strlen(seen->ids) - 1);
	if (seen->store) { /* changing what is walked over does not disturb the walk */
		struct finding changed = *finding;
		changed.state = FINDING_RESOLVED;
		changed.severity = SEVERITY_CRITICAL;
		assert_int_equal(store_set_finding(seen->store, &changed), 0);
	}
	seen->count++;
	return seen->count == seen->stop_at ? STORE_E_NONE : 0;
}

static void assert_ids(struct store *store, struct room *room, const char *profile, bool resolved,
	const char *want)
{
	struct seen seen = {0};
	assert_int_equal(
		store_each_finding(store, room->arena, profile, resolved, note_id, &seen), 0);
	assert_string_equal(seen.ids, want);
}

static void test_each_finding(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	const struct {
		const char *id;
		enum severity severity;
		double score;
		enum finding_state state;
		const char *profile;
	} rows[] = {
		{"a", SEVERITY_LOW,	    6,  FINDING_OPENED,   PROFILE},
		{"b", SEVERITY_CRITICAL, 80, FINDING_REOPENED, PROFILE},
		{"c", SEVERITY_CRITICAL, 90, FINDING_OPENED,   PROFILE},
		{"d", SEVERITY_HIGH,     50, FINDING_RESOLVED, PROFILE},
		{"e", SEVERITY_MEDIUM,   30, FINDING_OPENED,   OTHER	},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct finding finding = make_finding(rows[i].id, rows[i].severity, rows[i].score);
		finding.state = rows[i].state;
		finding.profile = rows[i].profile;
		assert_int_equal(store_set_finding(store, &finding), 0);
	}
	assert_ids(store, room, PROFILE, false, "cba");
	assert_ids(store, room, PROFILE, true, "cbda");
	assert_ids(store, room, NULL, false, "cbea");
	assert_ids(store, room, NULL, true, "cbdea");
	assert_ids(store, room, "https://nobody.example/", true, "");

	struct seen stopped = {.stop_at = 2};
	assert_int_equal(store_each_finding(store, room->arena, NULL, true, note_id, &stopped),
		STORE_E_NONE);
	assert_string_equal(stopped.ids, "cb");

	int64_t open;
	assert_int_equal(store_open_findings(store, PROFILE, &open), 0);
	assert_int_equal(open, 3);
	struct seen changing = {.store = store};
	assert_int_equal(
		store_each_finding(store, room->arena, PROFILE, false, note_id, &changing), 0);
	assert_string_equal(changing.ids, "cba");
	assert_ids(store, room, PROFILE, false, "");
	store_close(store);
}

static void test_resolved_ones_are_forgotten(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	for (int i = 0; i < 9; i++) {
		char id[2] = {(char)('a' + i), '\0'};
		struct finding finding = make_finding(id, SEVERITY_LOW, 6);
		finding.state = i < 6 ? FINDING_RESOLVED : FINDING_OPENED;
		finding.resolved_s = i < 6 ? 100 - i : 0;
		assert_int_equal(store_set_finding(store, &finding), 0);
		assert_int_equal(store_sight(store, PROFILE, "u", id), 0);
	}
	assert_int_equal(store_forget_resolved(store, PROFILE, 2), 0);
	assert_ids(store, room, PROFILE, true, "abghi");
	assert_int_equal(store_forget_resolved(store, OTHER, 0), 0);
	assert_ids(store, room, PROFILE, true, "abghi");
	store_close(store);
}

static void test_what_a_page_vouches_for(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	const char *const ids[] = {"a", "b", "c"};
	int64_t stands;
	for (size_t i = 0; i < 3; i++) {
		struct finding finding = make_finding(ids[i], SEVERITY_LOW, 6);
		finding.state = i == 2 ? FINDING_RESOLVED : FINDING_OPENED;
		assert_int_equal(store_set_finding(store, &finding), 0);
		assert_int_equal(store_sight(store, PROFILE, "list", ids[i]), 0);
	}
	assert_int_equal(store_sight(store, PROFILE, "pinned", "a"), 0);
	assert_int_equal(store_sight(store, PROFILE, "pinned", "a"), 0); /* twice is once */

	assert_int_equal(store_page_stands(store, PROFILE, "pinned", "s2", 500, &stands), 0);
	assert_int_equal(stands, 1);
	assert_int_equal(store_page_stands(store, PROFILE, "list", "s2", 501, &stands), 0);
	assert_int_equal(stands, 1); /* "a" was counted already, "c" is resolved */
	struct finding got;
	assert_int_equal(store_finding(store, room->arena, PROFILE, "b", &got), 0);
	assert_int_equal(got.missed, 0);
	assert_int_equal(got.seen_s, 501);
	assert_string_equal(got.scan, "s2");
	assert_int_equal(store_finding(store, room->arena, PROFILE, "c", &got), 0);
	assert_string_equal(got.scan, "scan-1");

	assert_int_equal(store_clear_page(store, PROFILE, "list"), 0);
	assert_int_equal(store_page_stands(store, PROFILE, "list", "s3", 600, &stands), 0);
	assert_int_equal(stands, 0);
	assert_int_equal(store_page_stands(store, PROFILE, "pinned", "s3", 600, &stands), 0);
	assert_int_equal(stands, 1);
	store_close(store);
}

/* ---- alerts and transactions ---- */

static void queue(struct store *store, const char *fields)
{
	assert_int_equal(store_begin(store), 0);
	assert_int_equal(store_queue_alert(store, fields), 0);
	assert_int_equal(store_commit(store), 0);
}

static void test_alerts_in_order(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct queued_alert alert;
	int64_t waiting;
	assert_int_equal(store_next_alert(store, room->arena, &alert), STORE_E_NONE);
	assert_int_equal(store_alerts_waiting(store, &waiting), 0);
	assert_int_equal(waiting, 0);
	assert_int_equal(store_queue_alert(store, "one"), 0); /* by itself */
	assert_false(store_in_transaction(store));
	queue(store, "two");
	store_close(store);

	store = open_store(room->path);
	assert_int_equal(store_alerts_waiting(store, &waiting), 0);
	assert_int_equal(waiting, 2);
	assert_int_equal(store_next_alert(store, room->arena, &alert), 0);
	assert_string_equal(alert.fields, "one");
	int64_t first = alert.number;
	assert_int_equal(store_alert_sent(store, first), 0);
	assert_int_equal(store_alert_sent(store, first), 0); /* again: nothing else is forgotten */
	assert_int_equal(store_next_alert(store, room->arena, &alert), 0);
	assert_string_equal(alert.fields, "two");
	assert_int_equal(store_alert_sent(store, alert.number), 0);
	int64_t second = alert.number;
	assert_int_equal(store_next_alert(store, room->arena, &alert), STORE_E_NONE);
	queue(store, "three");
	assert_int_equal(store_next_alert(store, room->arena, &alert), 0);
	assert_true(alert.number > second); /* numbers are not used again */
	store_close(store);
}

static void test_whole_or_not_at_all(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct queued_alert alert;
	struct finding finding = make_finding("aa", SEVERITY_HIGH, 50);
	store_rollback(store); /* nothing to take back */
	assert_int_equal(store_begin(store), 0);
	assert_true(store_in_transaction(store));
	assert_int_equal(store_begin(store), -EINVAL);
	assert_int_equal(store_set_finding(store, &finding), 0);
	assert_int_equal(store_queue_alert(store, "{}"), 0);
	assert_int_equal(store_next_alert(store, room->arena, &alert), -EBUSY);
	assert_int_equal(store_alert_sent(store, 1), -EINVAL);
	assert_true(store_in_transaction(store)); /* still ours */
	store_rollback(store);
	assert_false(store_in_transaction(store));
	assert_int_equal(store_next_alert(store, room->arena, &alert), STORE_E_NONE);
	assert_ids(store, room, NULL, true, "");
	store_close(store);
}

static int sum_hosts(const char *origin, int64_t retry_at_s, int64_t failures, void *userdata)
{
	int64_t *sum = userdata;
	*sum += retry_at_s * (origin[8] == 'a' ? 1 : 10) + failures;
	return failures == 99 ? STORE_E_NONE : 0;
}

static void test_hosts(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	int64_t sum = 0;
	assert_int_equal(store_set_pace(store, "https://a.example", 100, 1), 0);
	assert_int_equal(store_set_pace(store, "https://a.example", 200, 2), 0);
	assert_int_equal(store_set_pace(store, "https://b.example", 5, 3), 0);
	assert_int_equal(store_each_pace(store, room->arena, sum_hosts, &sum), 0);
	assert_int_equal(sum, 200 + 2 + 50 + 3);
	assert_int_equal(store_set_pace(store, "https://a.example", 0, 0), 0);
	sum = 0;
	assert_int_equal(store_each_pace(store, room->arena, sum_hosts, &sum), 0);
	assert_int_equal(sum, 53);
	assert_int_equal(store_set_pace(store, "https://b.example", 0, 99), 0);
	assert_int_equal(store_each_pace(store, room->arena, sum_hosts, &sum), STORE_E_NONE);
	store_close(store);
}

static void test_foreign_values(void **state)
{
	struct room *room = *state;
	struct store *store = open_store(room->path);
	struct finding finding = make_finding("aa", SEVERITY_HIGH, 50);
	struct finding got;
	assert_int_equal(store_set_finding(store, &finding), 0);
	assert_int_equal(store_exec(store->db, "UPDATE finding SET kind = 4711"), 0);
	assert_int_equal(store_finding(store, room->arena, PROFILE, "aa", &got), -EUCLEAN);
	assert_int_equal(store_exec(store->db, "UPDATE finding SET kind = -1"), 0);
	assert_int_equal(store_finding(store, room->arena, PROFILE, "aa", &got), -EUCLEAN);
	store_close(store);
}

/* ---- killed at any moment ---- */

#define ROUNDS 30

/* Open findings, each with its alert, until somebody ends us. */
_Noreturn static void write_for_ever(const char *path, int round)
{
	struct store *store = NULL;
	if (store_open(path, true, &store) != 0)
		_exit(1);
	for (int i = 0;; i++) {
		char id[33];
		(void)snprintf(id, sizeof id, "%08x%024x", (unsigned)round, (unsigned)i);
		struct finding finding = make_finding(id, SEVERITY_LOW, 6);
		if (store_begin(store) != 0 || store_set_finding(store, &finding) != 0 ||
			store_sight(store, PROFILE, "u", id) != 0 ||
			store_queue_alert(store, id) != 0 || store_commit(store) != 0)
			_exit(1);
	}
}

static void assert_whole(const char *path)
{
	struct store *store = open_store(path);
	sqlite3_stmt *statement;
	assert_int_equal(
		sqlite3_prepare_v2(store->db, "PRAGMA integrity_check", -1, &statement, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(statement, 0), "ok");
	sqlite3_finalize(statement);
	int64_t lone;
	assert_int_equal(
		store_number(store->db, "SELECT count(*) FROM pragma_foreign_key_check", &lone), 0);
	assert_int_equal(lone, 0);
	assert_int_equal(
		store_number(store->db,
			"SELECT count(*) FROM finding WHERE id NOT IN (SELECT fields FROM alert)",
			&lone),
		0);
	assert_int_equal(lone, 0);
	assert_int_equal(
		store_number(store->db,
			"SELECT count(*) FROM alert WHERE fields NOT IN (SELECT id FROM finding)",
			&lone),
		0);
	assert_int_equal(lone, 0);
	store_close(store);
}

static void test_killed_at_any_moment(void **state)
{
	struct room *room = *state;
	srandom(20260101);
	for (int round = 0; round < ROUNDS; round++) {
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			write_for_ever(room->path, round);
		const struct timespec moment = {.tv_nsec = (random() % 12000) * 1000};
		(void)nanosleep(&moment, NULL); /* the moment is the test's input, not a wait */
		assert_int_equal(kill(pid, SIGKILL), 0);
		int status;
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_whole(room->path);
	}
	struct store *store = open_store(room->path);
	int64_t count;
	assert_int_equal(store_open_findings(store, PROFILE, &count), 0);
	assert_true(count > 0); /* else nothing was tried */
	print_message("%lld findings written by %d killed writers\n", (long long)count, ROUNDS);
	store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_modes),
		TEST(test_one_daemon_many_readers),
		TEST(test_strange_files),
		TEST(test_damaged_files),
		TEST(test_disk_full),
		TEST(test_read_only),
		TEST(test_migration_is_whole),
		TEST(test_profiles),
		TEST(test_pages),
		TEST(test_pages_do_not_pile_up),
		TEST(test_findings),
		TEST(test_each_finding),
		TEST(test_resolved_ones_are_forgotten),
		TEST(test_what_a_page_vouches_for),
		TEST(test_alerts_in_order),
		TEST(test_whole_or_not_at_all),
		TEST(test_hosts),
		TEST(test_foreign_values),
		TEST(test_killed_at_any_moment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
