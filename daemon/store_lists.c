#include "daemon/store_internal.h"

/* X(name, type) */
#define LIST_COLUMNS(X)       \
	X(rules_digest, TEXT) \
	X(full_s, INT)        \
	X(n_posts, INT)       \
	X(n_unscored, INT)    \
	X(window, BOOL)       \
	X(top_s, INT)         \
	X(place, TEXT)        \
	X(began_s, INT)       \
	X(back_s, INT)        \
	X(n_read, INT)        \
	X(n_lost, INT)        \
	X(again, BOOL)

#define LIST_COLUMN(name, type) {offsetof(struct list_memory, name), COLUMN_##type, 0},
#define LISTED(name, type)      ", " #name
#define FREE_PLACE(name, type)  ", ?"

static const struct column list_columns[] = {LIST_COLUMNS(LIST_COLUMN)};
#define N_LIST_COLUMNS (sizeof list_columns / sizeof list_columns[0])

#define THE_PROFILE "(SELECT number FROM profile WHERE url = ?1)"

int store_list(struct store *store, struct arena *arena, const char *profile, const char *list,
	struct list_memory *ret)
{
	sqlite3_stmt *statement;
	int r = store_statement(store, STATEMENT_LIST,
		"SELECT used_s" LIST_COLUMNS(LISTED) " FROM list WHERE profile = " THE_PROFILE
						     " AND url = ?2",
		&statement);
	if (r == 0)
		r = store_bind_text(statement, 1, profile);
	if (r == 0)
		r = store_bind_text(statement, 2, list);
	if (r == 0)
		r = store_step(statement);
	if (r != 0)
		return r;
	struct list_memory memory;
	r = store_read(statement, 1, list_columns, N_LIST_COLUMNS, arena, &memory);
	(void)sqlite3_reset(statement); /* ends the read; its run succeeded */
	if (r == 0)
		*ret = memory;
	return r;
}

/* What its first page is called is the site's affair: without this a new name each time would pile up. */
static int forget_old_lists(struct store *store, const char *profile)
{
	sqlite3_stmt *statement;
	int r = store_statement(store, STATEMENT_FORGET_LISTS,
		"DELETE FROM list WHERE profile = " THE_PROFILE " AND url IN ("
		"SELECT url FROM list WHERE profile = " THE_PROFILE
		" ORDER BY used_s DESC, url LIMIT -1 OFFSET ?2)",
		&statement);
	if (r == 0)
		r = store_bind_text(statement, 1, profile);
	if (r == 0)
		r = store_bind_int(statement, 2, STORE_LISTS_KEPT);
	return r == 0 ? store_run(statement) : r;
}

int store_set_list(struct store *store, const char *profile, const char *list,
	const struct list_memory *memory, int64_t used_s)
{
	int r = store_know_profile(store, profile);
	if (r < 0)
		return r;
	sqlite3_stmt *statement;
	r = store_statement(store, STATEMENT_SET_LIST,
		"REPLACE INTO list (profile, url, used_s" LIST_COLUMNS(
			LISTED) ") VALUES (" THE_PROFILE ", ?2, ?3" LIST_COLUMNS(FREE_PLACE) ")",
		&statement);
	if (r == 0)
		r = store_bind_text(statement, 1, profile);
	if (r == 0)
		r = store_bind_text(statement, 2, list);
	if (r == 0)
		r = store_bind_int(statement, 3, used_s);
	if (r == 0)
		r = store_bind(statement, 4, list_columns, N_LIST_COLUMNS, memory);
	if (r == 0)
		r = store_run(statement);
	return r == 0 ? forget_old_lists(store, profile) : r;
}
