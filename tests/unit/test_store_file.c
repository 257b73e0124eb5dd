#include "tests/unit/store_room.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

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
		"CREATE TABLE future (x)",
		NULL, true, STORE_E_NEWER},
	{"newer, for a reader",
		"PRAGMA application_id = 0x44495254; PRAGMA user_version = 999;"
		"CREATE TABLE future (x)",
		NULL, false, STORE_E_NEWER},
	{"another program's database", "CREATE TABLE bookmarks (x)", NULL, true, -EMEDIUMTYPE},
	{"another program's, with its id", "PRAGMA application_id = 7; PRAGMA user_version = 1",
		NULL, true, -EMEDIUMTYPE},
	{"an older one, for a reader", "PRAGMA application_id = 0x44495254; CREATE TABLE past (x)",
		NULL, false, STORE_E_OLDER},
	{"an empty file, for a reader", NULL, "", false, STORE_E_OLDER},
	{"damaged, for a reader", NULL,
		"this is not a database, it only stands where one should be ....."
		"................................................................",
		false, -EUCLEAN},
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

/* Not even its -wal is written into it, which the last one to close a database does. */
static void test_newer_store_keeps_its_wal(void **state)
{
	struct room *room = *state;
	sqlite3 *db;
	char wal[128];
	struct stat before;
	struct stat after;
	(void)snprintf(wal, sizeof wal, "%s-wal", room->path);
	store_close(open_store(room->path));
	assert_int_equal(sqlite3_open(room->path, &db), SQLITE_OK);
	assert_int_equal(store_exec(db, "PRAGMA user_version = 999"), 0);
	assert_int_equal(
		sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(stat(wal, &before), 0);
	assert_true(before.st_size > 0);
	struct store *store = NULL;
	assert_int_equal(store_open(room->path, true, &store), STORE_E_NEWER);
	assert_int_equal(stat(wal, &after), 0);
	assert_int_equal(after.st_size, before.st_size);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_modes),
		TEST(test_one_daemon_many_readers),
		TEST(test_strange_files),
		TEST(test_newer_store_keeps_its_wal),
		TEST(test_damaged_files),
		TEST(test_disk_full),
		TEST(test_read_only),
		TEST(test_migration_is_whole),
		TEST(test_killed_at_any_moment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
