#include "daemon/store_internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long a statement waits for another process's write (--list beside the daemon, say).  The
 * watchdog is far longer. */
#define BUSY_MS 2000

/* After a scan's burst the -wal is cut back to this. */
#define WAL_B "16777216"

#define BEGIN    "BEGIN IMMEDIATE"
#define COMMIT   "COMMIT"
#define ROLLBACK "ROLLBACK"

struct meaning {
	int code; /* SQLite's primary result code */
	int r;
};

static const struct meaning meanings[] = {
	{SQLITE_BUSY, -EBUSY},
	{SQLITE_LOCKED, -EBUSY},
	{SQLITE_NOMEM, -ENOMEM},
	{SQLITE_READONLY, -EROFS},
	{SQLITE_FULL, -ENOSPC},
	{SQLITE_CORRUPT, -EUCLEAN},
	{SQLITE_NOTADB, -EUCLEAN},
	{SQLITE_TOOBIG, -E2BIG},
	{SQLITE_CONSTRAINT, -EINVAL},
	{SQLITE_MISMATCH, -EINVAL},
	{SQLITE_RANGE, -EINVAL},
	{SQLITE_PERM, -EACCES},
	{SQLITE_PROTOCOL, -EBUSY},
	{SQLITE_INTERRUPT, -ECANCELED},
};

int store_errno(sqlite3 *db, int rc)
{
	int primary = rc & 0xff;
	if (primary == SQLITE_OK || primary == SQLITE_ROW || primary == SQLITE_DONE)
		return 0;
	for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
		if (meanings[i].code == primary)
			return meanings[i].r;
	}
	int system = db && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN)
			     ? sqlite3_system_errno(db)
			     : 0;
	return system > 0 ? -system : -EIO;
}

/* ---- statements ---- */

int store_statement(struct store *store, enum statement which, const char *sql, sqlite3_stmt **ret)
{
	sqlite3_stmt **kept = &store->statements[which];
	if (!*kept) {
		int rc = sqlite3_prepare_v3(
			store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, kept, NULL);
		if (rc != SQLITE_OK)
			return store_errno(store->db, rc);
	}
	(void)sqlite3_reset(*kept);          /* repeats what the last run returned */
	(void)sqlite3_clear_bindings(*kept); /* always succeeds */
	*ret = *kept;
	return 0;
}

int store_step(sqlite3_stmt *statement)
{
	int rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW)
		return 0;
	int r = store_errno(sqlite3_db_handle(statement), rc);
	(void)sqlite3_reset(statement); /* repeats what sqlite3_step() returned */
	return r < 0 ? r : STORE_E_NONE;
}

int store_run(sqlite3_stmt *statement)
{
	int r;
	do {
		r = store_step(statement);
	} while (r == 0);
	return r == STORE_E_NONE ? 0 : r;
}

int store_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
	int rc = text ? sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC)
		      : sqlite3_bind_null(statement, index);
	return store_errno(NULL, rc);
}

int store_bind_int(sqlite3_stmt *statement, int index, int64_t value)
{
	return store_errno(NULL, sqlite3_bind_int64(statement, index, value));
}

static int bind_column(
	sqlite3_stmt *statement, int index, const struct column *column, const void *field)
{
	switch (column->type) {
	case COLUMN_TEXT:
		return store_bind_text(statement, index, *(const char *const *)field);
	case COLUMN_INT:
		return store_bind_int(statement, index, *(const int64_t *)field);
	case COLUMN_REAL:
		return store_errno(
			NULL, sqlite3_bind_double(statement, index, *(const double *)field));
	case COLUMN_BOOL:
		return store_bind_int(statement, index, *(const bool *)field);
	case COLUMN_ENUM:
		return store_bind_int(statement, index, *(const int *)field);
	}
	return -EINVAL;
}

int store_bind(sqlite3_stmt *statement, int index, const struct column *columns, size_t count,
	const void *from)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = bind_column(statement, index + (int)i, &columns[i],
			(const char *)from + columns[i].offset);
	return r;
}

static int read_text(sqlite3_stmt *statement, int index, struct arena *arena, const char **ret)
{
	const char *text = (const char *)sqlite3_column_text(statement, index);
	if (!text && sqlite3_column_type(statement, index) != SQLITE_NULL)
		return -ENOMEM;
	*ret = text ? arena_copy(arena, text, (size_t)sqlite3_column_bytes(statement, index))
		    : NULL;
	return text && !*ret ? -ENOMEM : 0;
}

static int read_column(sqlite3_stmt *statement, int index, const struct column *column,
	struct arena *arena, void *field)
{
	int64_t number = column->type == COLUMN_TEXT ? 0 : sqlite3_column_int64(statement, index);
	switch (column->type) {
	case COLUMN_TEXT:
		return read_text(statement, index, arena, field);
	case COLUMN_INT:
		*(int64_t *)field = number;
		return 0;
	case COLUMN_REAL:
		*(double *)field = sqlite3_column_double(statement, index);
		return 0;
	case COLUMN_BOOL:
		*(bool *)field = number != 0;
		return 0;
	case COLUMN_ENUM:
		if (number < 0 || number >= column->count)
			return -EUCLEAN;
		*(int *)field = (int)number;
		return 0;
	}
	return -EINVAL;
}

int store_read(sqlite3_stmt *statement, int index, const struct column *columns, size_t count,
	struct arena *arena, void *into)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = read_column(statement, index + (int)i, &columns[i], arena,
			(char *)into + columns[i].offset);
	return r;
}

/* ---- opening ---- */

/* Whose file is it?  Nothing has been written to it when this fails. */
static int check_owner(sqlite3 *db, bool exclusive)
{
	int64_t application;
	int64_t version;
	int64_t objects;
	int r = store_number(db, "PRAGMA application_id", &application);
	if (r == 0)
		r = store_number(db, "PRAGMA user_version", &version);
	if (r == 0)
		r = store_number(db, "SELECT count(*) FROM sqlite_schema", &objects);
	if (r != 0)
		return r;
	bool blank = application == 0 && version == 0 && objects == 0;
	if (!blank && application != STORE_APPLICATION_ID)
		return -EMEDIUMTYPE;
	if (version > store_n_steps)
		return STORE_E_NEWER;
	return version < store_n_steps && !exclusive ? STORE_E_OLDER : 0;
}

/* quick_check gives one row, "ok", or a row for each fault. */
static int check_pages(sqlite3 *db)
{
	sqlite3_stmt *statement;
	int r = store_errno(
		db, sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &statement, NULL));
	if (r == 0)
		r = store_step(statement);
	if (r == 0) {
		const char *said = (const char *)sqlite3_column_text(statement, 0);
		if (!said || strcmp(said, "ok") != 0)
			r = -EUCLEAN;
	}
	sqlite3_finalize(statement);
	return r == STORE_E_NONE ? -EUCLEAN : r;
}

static int prepare_file(sqlite3 *db, bool exclusive)
{
	int r = check_owner(db, exclusive);
	if (r == 0 && exclusive)
		r = check_pages(db);
	if (r == 0 && exclusive)
		r = store_exec(db, "PRAGMA journal_mode = WAL");
	/* NORMAL: a power cut may take back the last transactions, whole and in order; the ends
	 * that may not be taken back are synced one by one (store_commit). */
	if (r == 0)
		r = store_exec(db, "PRAGMA synchronous = NORMAL;"
				   "PRAGMA foreign_keys = ON;"
				   "PRAGMA trusted_schema = OFF;"
				   "PRAGMA journal_size_limit = " WAL_B);
	if (r == 0 && exclusive)
		r = store_migrate(db, store_steps, store_n_steps);
	return r;
}

static int run_plain(struct store *store, enum statement which, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int r = store_statement(store, which, sql, &statement);
	return r == 0 ? store_run(statement) : r;
}

/* Made while there is memory: without it a transaction could not be taken back. */
static int prepare_transactions(struct store *store)
{
	sqlite3_stmt *statement = NULL;
	int r = store_statement(store, STATEMENT_BEGIN, BEGIN, &statement);
	if (r == 0)
		r = store_statement(store, STATEMENT_COMMIT, COMMIT, &statement);
	if (r == 0)
		r = store_statement(store, STATEMENT_ROLLBACK, ROLLBACK, &statement);
	return r;
}

static void close_database(struct store *store, bool untouched)
{
	for (size_t i = 0; i < STATEMENT_COUNT; i++) {
		sqlite3_finalize(store->statements[i]);
		store->statements[i] = NULL;
	}
	if (untouched && store->db)
		(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	(void)sqlite3_close(store->db); /* fails only with statements left */
	store->db = NULL;
}

static int open_database(struct store *store, const char *path, bool exclusive)
{
	int rc = sqlite3_open_v2(path, &store->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	int r = store_errno(store->db, rc);
	if (r == 0) {
		(void)sqlite3_busy_timeout(store->db, BUSY_MS);
		(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		r = prepare_file(store->db, exclusive);
	}
	if (r == 0)
		r = prepare_transactions(store);
	if (r != 0)
		close_database(store, true);
	return r;
}

/* The file is ours and damaged: keep it for whoever wants to look, and begin anew. */
static int replace_database(struct store *store, const char *path)
{
	int r = store_file_set_aside(path, &store->kept_aside);
	if (r == 0)
		r = store_file_create(path);
	if (r == 0)
		r = open_database(store, path, true);
	return r == 0 ? STORE_E_CORRUPT : r;
}

static int open_file(struct store *store, const char *path, bool exclusive)
{
	if (!exclusive)
		return access(path, F_OK) < 0 ? -errno : open_database(store, path, false);
	int r = store_file_lock(path, &store->lock_fd);
	if (r == 0)
		r = store_file_create(path);
	if (r == 0)
		r = open_database(store, path, true);
	return r == -EUCLEAN ? replace_database(store, path) : r;
}

int store_open(const char *path, bool exclusive, struct store **ret)
{
	struct store *store = calloc(1, sizeof *store);
	if (!store)
		return -ENOMEM;
	store->lock_fd = -1;
	int r = strcmp(path, ":memory:") == 0 ? open_database(store, path, true)
					      : open_file(store, path, exclusive);
	if (r == 0 || r == STORE_E_CORRUPT)
		*ret = store;
	else
		store_close(store);
	return r;
}

struct store *store_close(struct store *store)
{
	if (!store)
		return NULL;
	close_database(store, false);
	if (store->lock_fd >= 0)
		(void)close(store->lock_fd); /* gives the lock back */
	free(store->kept_aside);
	free(store);
	return NULL;
}

const char *store_kept_aside(const struct store *store)
{
	return store->kept_aside;
}

/* ---- transactions ---- */

int store_begin(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		return -EINVAL;
	store->owes_sync = false;
	return run_plain(store, STATEMENT_BEGIN, BEGIN);
}

/* What synchronous = FULL does after a commit, for this one: the -wal reaches the disk. */
static int sync_wal(sqlite3 *db)
{
	sqlite3_file *wal = NULL;
	int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
	if (rc == SQLITE_OK && wal && wal->pMethods) /* none in memory */
		rc = wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL);
	return store_errno(db, rc);
}

int store_commit(struct store *store)
{
	int r = run_plain(store, STATEMENT_COMMIT, COMMIT);
	if (r < 0)
		store_rollback(store);
	/* An alert may tell what is never found out again (a page put aside, a damaged store), and
	 * one that a person has read must name a finding that `--explain` knows, power cut or not.
	 */
	if (r == 0 && store->owes_sync)
		r = sync_wal(store->db);
	store->owes_sync = false;
	return r;
}

void store_rollback(struct store *store)
{
	store->owes_sync = false;
	if (!sqlite3_get_autocommit(store->db))
		(void)run_plain(store, STATEMENT_ROLLBACK, ROLLBACK); /* closing rolls back too */
}

bool store_in_transaction(const struct store *store)
{
	return !sqlite3_get_autocommit(store->db);
}
