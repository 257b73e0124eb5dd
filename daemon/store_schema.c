#include "daemon/store_internal.h"

#include <stdio.h>

/*
 * The schema, as the steps that lead to it.  A step that was released is never changed: what is
 * wanted otherwise is a new step.  Times are seconds since 1970 UTC; 0 is "never" or "not told".
 * Enums are stored by their numbers, which are never reused (daemon/base/terms.h).
 *
 * Keys are (profile, …) pairs, so that the rows of one scan lie together: a unique key over digests
 * alone was measured seven times slower at a million rows.
 */
static const char first_step[] =
	"CREATE TABLE profile ("
	"	number INTEGER PRIMARY KEY,"
	"	url TEXT NOT NULL UNIQUE"
	") STRICT;"

	"CREATE TABLE state ("
	"	profile INTEGER PRIMARY KEY REFERENCES profile ON DELETE CASCADE,"
	"	next_due_s INTEGER NOT NULL,"
	"	last_scan_s INTEGER NOT NULL,"
	"	last_full_s INTEGER NOT NULL,"
	"	verdict INTEGER NOT NULL,"
	"	verdict_scans INTEGER NOT NULL,"
	"	verdict_since_s INTEGER NOT NULL,"
	"	unproven_scans INTEGER NOT NULL,"
	"	alerted INTEGER NOT NULL,"
	"	alerted_verdict INTEGER NOT NULL"
	") STRICT;"

	/* A page is known, with nothing remembered of it (verdict NULL), as soon as a finding is
	 * seen on it. */
	"CREATE TABLE page ("
	"	number INTEGER PRIMARY KEY,"
	"	profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,"
	"	url TEXT NOT NULL,"
	"	etag TEXT,"
	"	last_modified TEXT,"
	"	body_digest TEXT,"
	"	rules_digest TEXT,"
	"	verdict INTEGER,"
	"	read_s INTEGER NOT NULL DEFAULT 0,"
	"	oldest_s INTEGER NOT NULL DEFAULT 0,"
	"	n_posts INTEGER NOT NULL DEFAULT 0,"
	"	extract TEXT,"
	"	used_s INTEGER NOT NULL DEFAULT 0," /* read, or found unchanged */
	"	UNIQUE (profile, url)"
	") STRICT;"
	"CREATE INDEX page_by_age ON page (profile, used_s);"

	"CREATE TABLE finding ("
	"	number INTEGER PRIMARY KEY,"
	"	profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,"
	"	id TEXT NOT NULL,"
	"	rule TEXT NOT NULL,"
	"	title TEXT,"
	"	class INTEGER NOT NULL,"
	"	category TEXT,"
	"	severity INTEGER NOT NULL,"
	"	score REAL NOT NULL,"
	"	confidence REAL NOT NULL,"
	"	page TEXT,"
	"	url TEXT,"
	"	kind INTEGER NOT NULL,"
	"	published_s INTEGER NOT NULL,"
	"	excerpt TEXT,"
	"	mark_start INTEGER NOT NULL,"
	"	mark_end INTEGER NOT NULL,"
	"	why TEXT,"
	"	advice TEXT,"
	"	reasons TEXT,"
	"	state INTEGER NOT NULL,"
	"	opened_s INTEGER NOT NULL,"
	"	seen_s INTEGER NOT NULL,"
	"	resolved_s INTEGER NOT NULL,"
	"	missed INTEGER NOT NULL,"
	"	scan TEXT,"
	"	alerted INTEGER NOT NULL,"
	"	asked_s INTEGER NOT NULL,"
	"	UNIQUE (profile, id)"
	") STRICT;"
	/* 1 is FINDING_RESOLVED. */
	"CREATE INDEX finding_open ON finding (profile) WHERE state <> 1;"
	"CREATE INDEX finding_resolved ON finding (profile, resolved_s) WHERE state = 1;"

	/* Which pages hold a finding: the same post may stand in a list and among the pinned ones.
	 */
	"CREATE TABLE sighting ("
	"	page INTEGER NOT NULL REFERENCES page ON DELETE CASCADE,"
	"	finding INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,"
	"	PRIMARY KEY (page, finding)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX sighting_by_finding ON sighting (finding);"

	/* AUTOINCREMENT: a number that was sent is never given to another alert. */
	"CREATE TABLE alert ("
	"	number INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	fields TEXT NOT NULL"
	") STRICT;"

	"CREATE TABLE pace ("
	"	origin TEXT PRIMARY KEY,"
	"	retry_at_s INTEGER NOT NULL,"
	"	failures INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;";

/* A pause that a restart must not cut short, and what is spent of a host's budget. */
static const char pace_step[] =
	"ALTER TABLE pace ADD COLUMN ready_s INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE pace ADD COLUMN used_since_s INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE pace ADD COLUMN n_used INTEGER NOT NULL DEFAULT 0;";

/* How far back lists were read. */
static const char list_step[] =
	"CREATE TABLE list ("
	"	profile INTEGER NOT NULL REFERENCES profile ON DELETE CASCADE,"
	"	url TEXT NOT NULL," /* what its first page is remembered under */
	"	rules_digest TEXT,"
	"	full_s INTEGER NOT NULL,"
	"	n_posts INTEGER NOT NULL,"
	"	n_unscored INTEGER NOT NULL,"
	"	window INTEGER NOT NULL,"
	"	top_s INTEGER NOT NULL,"
	"	place TEXT,"
	"	began_s INTEGER NOT NULL,"
	"	back_s INTEGER NOT NULL,"
	"	n_read INTEGER NOT NULL,"
	"	n_lost INTEGER NOT NULL,"
	"	again INTEGER NOT NULL,"
	"	used_s INTEGER NOT NULL,"
	"	PRIMARY KEY (profile, url)"
	") STRICT, WITHOUT ROWID;"
	"ALTER TABLE finding ADD COLUMN list TEXT;";

const char *const store_steps[] = {
	first_step,
	pace_step,
	list_step,
};
const int store_n_steps = sizeof store_steps / sizeof store_steps[0];

_Static_assert(FINDING_RESOLVED == 1, "the indexes name it by its number");

int store_exec(sqlite3 *db, const char *sql)
{
	return store_errno(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

int store_number(sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *statement;
	int r = store_errno(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL));
	if (r == 0)
		r = store_step(statement);
	if (r == 0)
		*ret = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return r == STORE_E_NONE ? -EUCLEAN : r;
}

/* One step and the count of it, both or neither. */
static int take_step(sqlite3 *db, const char *step, int number)
{
	char count[96];
	(void)snprintf(count, sizeof count,
		"PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		STORE_APPLICATION_ID, number);
	int r = store_exec(db, "BEGIN EXCLUSIVE");
	if (r == 0)
		r = store_exec(db, step);
	if (r == 0)
		r = store_exec(db, count);
	if (r != 0 && !sqlite3_get_autocommit(db))
		(void)sqlite3_exec(
			db, "ROLLBACK", NULL, NULL, NULL); /* the first failure is told */
	return r;
}

int store_migrate(sqlite3 *db, const char *const *steps, int count)
{
	int64_t done = 0;
	int r = store_number(db, "PRAGMA user_version", &done);
	for (int64_t i = done; r == 0 && i < count; i++)
		r = take_step(db, steps[i], (int)i + 1);
	return r;
}
