#ifndef DIRTWATCH_DAEMON_STORE_INTERNAL_H
#define DIRTWATCH_DAEMON_STORE_INTERNAL_H

#include "daemon/store.h"

#include <sqlite3.h>

/* What the files of the store share.  Included by store*.c and their tests only. */

/* Every statement is prepared when it is first used and kept as long as the store. */
enum statement {
	STATEMENT_BEGIN,
	STATEMENT_COMMIT,
	STATEMENT_ROLLBACK,
	STATEMENT_KNOW_PROFILE,
	STATEMENT_PROFILE,
	STATEMENT_SET_PROFILE,
	STATEMENT_KNOW_PAGE,
	STATEMENT_PAGE,
	STATEMENT_SET_PAGE,
	STATEMENT_FORGET_PAGES,
	STATEMENT_LIST,
	STATEMENT_SET_LIST,
	STATEMENT_FORGET_LISTS,
	STATEMENT_FINDING,
	STATEMENT_FINDING_ANYWHERE,
	STATEMENT_SET_FINDING,
	STATEMENT_OPEN_COUNT,
	STATEMENT_EACH_OPEN,
	STATEMENT_EACH_OPEN_ANYWHERE,
	STATEMENT_EACH,
	STATEMENT_EACH_ANYWHERE,
	STATEMENT_FORGET_RESOLVED,
	STATEMENT_CLEAR_PAGE,
	STATEMENT_SIGHTING,
	STATEMENT_USE_PAGE,
	STATEMENT_STANDS,
	STATEMENT_SEEN_ELSEWHERE,
	STATEMENT_QUEUE_ALERT,
	STATEMENT_NEXT_ALERT,
	STATEMENT_ALERT_SENT,
	STATEMENT_ALERTS_WAITING,
	STATEMENT_SET_PACE,
	STATEMENT_DROP_PACE,
	STATEMENT_EACH_PACE,
	STATEMENT_COUNT,
};

struct store {
	sqlite3 *db;
	int lock_fd;      /* -1: opened beside a daemon, or in memory */
	bool owes_sync;   /* this transaction queued an alert: its end must reach the disk */
	char *kept_aside; /* NULL: nothing was */
	sqlite3_stmt *statements[STATEMENT_COUNT];
};

/** The -errno that says what SQLite's result code @rc means; 0 for success.  @db may be NULL. */
int store_errno(sqlite3 *db, int rc);

/** The statement of @sql, a constant, reset and without bindings.  0, -errno. */
MUST_CHECK int store_statement(
	struct store *store, enum statement which, const char *sql, sqlite3_stmt **ret);

/** Run to the end and reset; rows are passed over. */
MUST_CHECK int store_run(sqlite3_stmt *statement);

/** The next row: 0; STORE_E_NONE at the end; -errno.  Reset in the last two cases. */
MUST_CHECK int store_step(sqlite3_stmt *statement);

/** Bind text (NULL is NULL) that outlives the statement's run; a number. */
MUST_CHECK int store_bind_text(sqlite3_stmt *statement, int index, const char *text);
MUST_CHECK int store_bind_int(sqlite3_stmt *statement, int index, int64_t value);

/* How a field of a struct stands in a column. */
enum column_type {
	COLUMN_TEXT, /* const char *; NULL is NULL */
	COLUMN_INT,  /* int64_t */
	COLUMN_REAL, /* double */
	COLUMN_BOOL, /* bool */
	COLUMN_ENUM, /* an enum's number, below count */
};

struct column {
	size_t offset;
	enum column_type type;
	int count;
};

/** Bind the fields of the struct at @from to the parameters from @index on. */
MUST_CHECK int store_bind(sqlite3_stmt *statement, int index, const struct column *columns,
	size_t count, const void *from);

/** Fill the fields of the struct at @into from the columns from @index on; text is copied into
 *  @arena.  0, -ENOMEM, -EUCLEAN: a value that was never written by us. */
MUST_CHECK int store_read(sqlite3_stmt *statement, int index, const struct column *columns,
	size_t count, struct arena *arena, void *into);

/** There is a row for @profile. */
MUST_CHECK int store_know_profile(struct store *store, const char *profile);
/** There is a row for the page at @url, and so for @profile. */
MUST_CHECK int store_know_page(struct store *store, const char *profile, const char *url);

/* ---- store_schema.c ---- */

/* "DIRT": who looks at the file with file(1) sees whose it is. */
#define STORE_APPLICATION_ID 0x44495254

/** The steps that lead from an empty file to the present schema; user_version counts those done. */
extern const char *const store_steps[];
extern const int store_n_steps;

/** Take the steps that the file has not seen, each in a transaction of its own. */
MUST_CHECK int store_migrate(sqlite3 *db, const char *const *steps, int count);

/** Run @sql, statements without parameters. */
MUST_CHECK int store_exec(sqlite3 *db, const char *sql);
/** The number that @sql, a query of one number, gives. */
MUST_CHECK int store_number(sqlite3 *db, const char *sql, int64_t *ret);

/* ---- store_file.c ---- */

/** Take the lock that belongs to @path: 0, STORE_E_BUSY, -errno.  Makes the folders on the way
 * there, 0700, where they are missing. */
MUST_CHECK int store_file_lock(const char *path, int *ret_fd);
/** Create @path, mode 0600 whatever the umask; where it stands already nothing happens. */
MUST_CHECK int store_file_create(const char *path);
/** Rename @path and its -wal and -shm to PATH.damaged-TIME…; *@ret is malloc'd: the new name. */
MUST_CHECK int store_file_set_aside(const char *path, char **ret);

#endif
