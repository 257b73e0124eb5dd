#include "daemon/store_internal.h"

/* ---- rows that others refer to ---- */

int store_know_profile(struct store *store, const char *profile)
{
	sqlite3_stmt *statement;
	int r = store_statement(store, STATEMENT_KNOW_PROFILE,
		"INSERT OR IGNORE INTO profile (url) VALUES (?)", &statement);
	if (r == 0)
		r = store_bind_text(statement, 1, profile);
	return r == 0 ? store_run(statement) : r;
}

int store_know_page(struct store *store, const char *profile, const char *url)
{
	int r = store_know_profile(store, profile);
	if (r < 0)
		return r;
	sqlite3_stmt *statement;
	r = store_statement(store, STATEMENT_KNOW_PAGE,
		"INSERT OR IGNORE INTO page (profile, url)"
		" VALUES ((SELECT number FROM profile WHERE url = ?1), ?2)",
		&statement);
	if (r == 0)
		r = store_bind_text(statement, 1, profile);
	if (r == 0)
		r = store_bind_text(statement, 2, url);
	return r == 0 ? store_run(statement) : r;
}

/* ---- the state of a profile ---- */

/* X(name, type, values of an enum) */
#define STATE_COLUMNS(X)                \
	X(next_due_s, INT, 0)           \
	X(last_scan_s, INT, 0)          \
	X(last_full_s, INT, 0)          \
	X(verdict, ENUM, VERDICT_COUNT) \
	X(verdict_scans, INT, 0)        \
	X(verdict_since_s, INT, 0)      \
	X(unproven_scans, INT, 0)       \
	X(alerted, BOOL, 0)             \
	X(alerted_verdict, ENUM, VERDICT_COUNT)

#define STATE_COLUMN(name, type, values) \
	{offsetof(struct profile_state, name), COLUMN_##type, values},
#define LISTED(name, type, values)     ", " #name
#define FREE_PLACE(name, type, values) ", ?"

static const struct column state_columns[] = {STATE_COLUMNS(STATE_COLUMN)};
#define N_STATE_COLUMNS (sizeof state_columns / sizeof state_columns[0])

int store_profile(struct store *store, const char *profile, struct profile_state *ret)
{
	sqlite3_stmt *statement;
	int r = store_statement(store, STATEMENT_PROFILE,
		"SELECT profile" STATE_COLUMNS(LISTED) " FROM state WHERE profile = (SELECT number "
						       "FROM profile WHERE url = ?)",
		&statement);
	if (r == 0)
		r = store_bind_text(statement, 1, profile);
	if (r == 0)
		r = store_step(statement);
	if (r != 0)
		return r;
	struct profile_state state;
	r = store_read(statement, 1, state_columns, N_STATE_COLUMNS, NULL, &state);
	(void)sqlite3_reset(statement); /* ends the read; its run succeeded */
	if (r == 0)
		*ret = state;
	return r;
}

int store_set_profile(struct store *store, const char *profile, const struct profile_state *state)
{
	int r = store_know_profile(store, profile);
	if (r < 0)
		return r;
	sqlite3_stmt *statement;
	r = store_statement(store, STATEMENT_SET_PROFILE,
		"REPLACE INTO state (profile" STATE_COLUMNS(
			LISTED) ") VALUES ((SELECT number FROM profile WHERE url = "
				"?1)" STATE_COLUMNS(FREE_PLACE) ")",
		&statement);
	if (r == 0)
		r = store_bind_text(statement, 1, profile);
	if (r == 0)
		r = store_bind(statement, 2, state_columns, N_STATE_COLUMNS, state);
	return r == 0 ? store_run(statement) : r;
}

/* ---- what is remembered of a page ---- */

#define PAGE_COLUMNS(X)                 \
	X(etag, TEXT, 0)                \
	X(last_modified, TEXT, 0)       \
	X(body_digest, TEXT, 0)         \
	X(rules_digest, TEXT, 0)        \
	X(verdict, ENUM, VERDICT_COUNT) \
	X(read_s, INT, 0)               \
	X(oldest_s, INT, 0)             \
	X(n_posts, INT, 0)              \
	X(extract, TEXT, 0)

#define PAGE_COLUMN(name, type, values) {offsetof(struct page_memory, name), COLUMN_##type, values},
#define SET_ANEW(name, type, values)    ", " #name " = excluded." #name

static const struct column page_columns[] = {PAGE_COLUMNS(PAGE_COLUMN)};
#define N_PAGE_COLUMNS (sizeof page_columns / sizeof page_columns[0])

int store_page(struct store *store, struct arena *arena, const char *profile, const char *url,
	struct page_memory *ret)
{
	sqlite3_stmt *statement;
	int r = store_statement(store, STATEMENT_PAGE,
		"SELECT number" PAGE_COLUMNS(LISTED) " FROM page WHERE profile = (SELECT number "
						     "FROM profile WHERE url = ?1)"
						     " AND url = ?2 AND verdict IS NOT NULL",
		&statement);
	if (r == 0)
		r = store_bind_text(statement, 1, profile);
	if (r == 0)
		r = store_bind_text(statement, 2, url);
	if (r == 0)
		r = store_step(statement);
	if (r != 0)
		return r;
	struct page_memory page;
	r = store_read(statement, 1, page_columns, N_PAGE_COLUMNS, arena, &page);
	(void)sqlite3_reset(statement); /* ends the read; its run succeeded */
	if (r == 0)
		*ret = page;
	return r;
}

/* URLs of pages change (…?max_id=123): without this they would pile up.  One that an open finding stands on
 * is kept: a version of a post, say, is shown nowhere else, and is not asked for again. */
static int forget_old_pages(struct store *store, const char *profile)
{
	sqlite3_stmt *statement;
	int r = store_statement(store, STATEMENT_FORGET_PAGES,
		"DELETE FROM page WHERE number IN ("
		"SELECT number FROM page WHERE profile = (SELECT number FROM profile WHERE url = "
		"?1)"
		" AND NOT EXISTS (SELECT 1 FROM sighting s JOIN finding f ON f.number = s.finding"
		"  WHERE s.page = page.number AND f.state <> 1)"
		" ORDER BY used_s DESC, number DESC LIMIT -1 OFFSET ?2)",
		&statement);
	if (r == 0)
		r = store_bind_text(statement, 1, profile);
	if (r == 0)
		r = store_bind_int(statement, 2, STORE_PAGES_KEPT);
	return r == 0 ? store_run(statement) : r;
}

int store_set_page(
	struct store *store, const char *profile, const char *url, const struct page_memory *page)
{
	int r = store_know_profile(store, profile);
	if (r < 0)
		return r;
	sqlite3_stmt *statement;
	r = store_statement(store, STATEMENT_SET_PAGE,
		"INSERT INTO page (profile, url, used_s" PAGE_COLUMNS(
			LISTED) ") VALUES ((SELECT number FROM profile WHERE url = ?1), "
				"?2, ?3" PAGE_COLUMNS(FREE_PLACE) ") ON CONFLICT (profile, "
								  "url) DO UPDATE SET "
								  "used_s = "
								  "excluded.used_"
								  "s" PAGE_COLUMNS(SET_ANEW),
		&statement);
	if (r == 0)
		r = store_bind_text(statement, 1, profile);
	if (r == 0)
		r = store_bind_text(statement, 2, url);
	if (r == 0)
		r = store_bind_int(statement, 3, page->read_s);
	if (r == 0)
		r = store_bind(statement, 4, page_columns, N_PAGE_COLUMNS, page);
	if (r == 0)
		r = store_run(statement);
	return r == 0 ? forget_old_pages(store, profile) : r;
}

/* ---- hosts ---- */

#define PACE_COLUMNS(X)         \
	X(retry_at_s, INT, 0)   \
	X(failures, INT, 0)     \
	X(ready_s, INT, 0)      \
	X(used_since_s, INT, 0) \
	X(n_used, INT, 0)

#define PACE_COLUMN(name, type, values) {offsetof(struct pace_row, name), COLUMN_##type, values},

static const struct column pace_columns[] = {
	{offsetof(struct pace_row, origin), COLUMN_TEXT, 0}, PACE_COLUMNS(PACE_COLUMN)};
#define N_PACE_COLUMNS (sizeof pace_columns / sizeof pace_columns[0])

int store_set_pace(struct store *store, const struct pace_row *row)
{
	bool nothing =
		row->retry_at_s == 0 && row->failures == 0 && row->ready_s == 0 && row->n_used == 0;
	sqlite3_stmt *statement;
	int r = nothing ? store_statement(store, STATEMENT_DROP_PACE,
				  "DELETE FROM pace WHERE origin = ?1", &statement)
			: store_statement(store, STATEMENT_SET_PACE,
				  "REPLACE INTO pace (origin" PACE_COLUMNS(
					  LISTED) ") VALUES (?" PACE_COLUMNS(FREE_PLACE) ")",
				  &statement);
	if (r == 0)
		r = nothing ? store_bind_text(statement, 1, row->origin)
			    : store_bind(statement, 1, pace_columns, N_PACE_COLUMNS, row);
	return r == 0 ? store_run(statement) : r;
}

int store_each_pace(struct store *store, struct arena *arena,
	int (*each)(const struct pace_row *row, void *userdata), void *userdata)
{
	sqlite3_stmt *statement = NULL;
	int r = store_statement(store, STATEMENT_EACH_PACE,
		"SELECT origin" PACE_COLUMNS(LISTED) " FROM pace ORDER BY origin", &statement);
	while (r == 0) {
		r = store_step(statement);
		if (r != 0)
			return r == STORE_E_NONE ? 0 : r;
		struct pace_row row;
		r = store_read(statement, 0, pace_columns, N_PACE_COLUMNS, arena, &row);
		if (r == 0)
			r = each(&row, userdata);
	}
	if (statement)
		(void)sqlite3_reset(statement); /* ends the read; its run succeeded */
	return r;
}
