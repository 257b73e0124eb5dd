#include "daemon/store_internal.h"

static int insert_alert(struct store *store, const char *fields)
{
	sqlite3_stmt *statement;
	int r = store_statement(
		store, STATEMENT_QUEUE_ALERT, "INSERT INTO alert (fields) VALUES (?)", &statement);
	if (r == 0)
		r = store_bind_text(statement, 1, fields);
	if (r == 0)
		r = store_run(statement);
	if (r == 0)
		store->owes_sync = true;
	return r;
}

int store_queue_alert(struct store *store, const char *fields)
{
	if (store_in_transaction(store))
		return insert_alert(store, fields);
	int r = store_begin(store);
	if (r < 0)
		return r;
	r = insert_alert(store, fields);
	if (r < 0) {
		store_rollback(store);
		return r;
	}
	return store_commit(store);
}

static const struct column queued_columns[] = {
	{offsetof(struct queued_alert, number), COLUMN_INT, 0},
	{offsetof(struct queued_alert, fields), COLUMN_TEXT, 0},
};

int store_next_alert(struct store *store, struct arena *arena, struct queued_alert *ret)
{
	if (store_in_transaction(store))
		return -EBUSY; /* what is not committed may still be taken back */
	sqlite3_stmt *statement;
	int r = store_statement(store, STATEMENT_NEXT_ALERT,
		"SELECT number, fields FROM alert ORDER BY number LIMIT 1", &statement);
	if (r == 0)
		r = store_step(statement);
	if (r != 0)
		return r;
	struct queued_alert alert;
	r = store_read(statement, 0, queued_columns, 2, arena, &alert);
	(void)sqlite3_reset(statement); /* ends the read; its run succeeded */
	if (r == 0)
		*ret = alert;
	return r;
}

int store_alert_sent(struct store *store, int64_t number)
{
	int r = store_begin(store);
	if (r < 0)
		return r;
	sqlite3_stmt *statement;
	r = store_statement(
		store, STATEMENT_ALERT_SENT, "DELETE FROM alert WHERE number = ?", &statement);
	if (r == 0)
		r = store_bind_int(statement, 1, number);
	if (r == 0)
		r = store_run(statement);
	if (r < 0) {
		store_rollback(store);
		return r;
	}
	store->owes_sync = true; /* else a power cut brings it back, to be told twice */
	return store_commit(store);
}

int store_alerts_waiting(struct store *store, int64_t *ret)
{
	sqlite3_stmt *statement;
	/* Alerts leave from the old end, so the span of their numbers is their count, and is read
	 * from the two ends of the table. */
	int r = store_statement(store, STATEMENT_ALERTS_WAITING,
		"SELECT coalesce((SELECT max(number) FROM alert) - (SELECT min(number) FROM alert) "
		"+ 1, 0)",
		&statement);
	if (r == 0)
		r = store_step(statement);
	if (r != 0)
		return r == STORE_E_NONE ? -EUCLEAN : r;
	*ret = sqlite3_column_int64(statement, 0);
	(void)sqlite3_reset(statement); /* ends the read; its run succeeded */
	return 0;
}
