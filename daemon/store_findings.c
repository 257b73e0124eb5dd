#include "daemon/store_internal.h"

const char *finding_state_name(enum finding_state state)
{
	static const char *const names[FINDING_STATE_COUNT] = {
		[FINDING_OPENED] = "opened",
		[FINDING_RESOLVED] = "resolved",
		[FINDING_REOPENED] = "reopened",
	};
	return names[state];
}

/* Every column but the profile: X(name, type, values of an enum) */
#define FINDING_COLUMNS(X)                  \
	X(id, TEXT, 0)                      \
	X(rule, TEXT, 0)                    \
	X(title, TEXT, 0)                   \
	X(class, ENUM, CLASS_COUNT)         \
	X(category, TEXT, 0)                \
	X(severity, ENUM, SEVERITY_COUNT)   \
	X(score, REAL, 0)                   \
	X(confidence, REAL, 0)              \
	X(page, TEXT, 0)                    \
	X(url, TEXT, 0)                     \
	X(kind, ENUM, KIND_COUNT)           \
	X(published_s, INT, 0)              \
	X(excerpt, TEXT, 0)                 \
	X(mark_start, INT, 0)               \
	X(mark_end, INT, 0)                 \
	X(why, TEXT, 0)                     \
	X(advice, TEXT, 0)                  \
	X(reasons, TEXT, 0)                 \
	X(state, ENUM, FINDING_STATE_COUNT) \
	X(opened_s, INT, 0)                 \
	X(seen_s, INT, 0)                   \
	X(resolved_s, INT, 0)               \
	X(missed, INT, 0)                   \
	X(scan, TEXT, 0)                    \
	X(alerted, BOOL, 0)                 \
	X(asked_s, INT, 0)                  \
	X(list, TEXT, 0)

#define AS_COLUMN(name, type, values)  {offsetof(struct finding, name), COLUMN_##type, values},
#define LISTED(name, type, values)     ", " #name
#define SELECTED(name, type, values)   ", f." #name
#define FREE_PLACE(name, type, values) ", ?"
#define SET_ANEW(name, type, values)   ", " #name " = excluded." #name

#define SELECT_FINDING                                                                     \
	"SELECT p.url" FINDING_COLUMNS(                                                    \
		SELECTED) ", EXISTS (SELECT 1 FROM sighting s WHERE s.finding = f.number)" \
			  " FROM profile p CROSS JOIN finding f"
#define WORST_FIRST " ORDER BY f.severity DESC, f.score DESC, f.opened_s DESC, f.id"

/* As a query of findings gives them: the profile, then the rest, then what is not a column. */
static const struct column columns[] = {
	{offsetof(struct finding, profile), COLUMN_TEXT, 0},
	FINDING_COLUMNS(AS_COLUMN){offsetof(struct finding, sighted), COLUMN_BOOL, 0},
};
#define N_READ    (sizeof columns / sizeof columns[0])
#define N_COLUMNS (N_READ - 1) /* those that are written */

int store_finding(struct store *store, struct arena *arena, const char *profile, const char *id,
	struct finding *ret)
{
	/* CROSS JOIN keeps the order: for each profile one look into its index. */
	sqlite3_stmt *statement;
	int r = profile ? store_statement(store, STATEMENT_FINDING,
				  SELECT_FINDING
				  " WHERE f.id = ?1 AND f.profile = p.number AND p.url = ?2",
				  &statement)
			: store_statement(store, STATEMENT_FINDING_ANYWHERE,
				  SELECT_FINDING " WHERE f.id = ?1 AND f.profile = p.number",
				  &statement);
	if (r == 0)
		r = store_bind_text(statement, 1, id);
	if (r == 0 && profile)
		r = store_bind_text(statement, 2, profile);
	if (r == 0)
		r = store_step(statement);
	if (r != 0)
		return r;
	struct finding finding;
	r = store_read(statement, 0, columns, N_READ, arena, &finding);
	(void)sqlite3_reset(statement); /* ends the read; its run succeeded */
	if (r == 0)
		*ret = finding;
	return r;
}

int store_set_finding(struct store *store, const struct finding *finding)
{
	int r = store_know_profile(store, finding->profile);
	if (r < 0)
		return r;
	sqlite3_stmt *statement;
	r = store_statement(store, STATEMENT_SET_FINDING,
		"INSERT INTO finding (profile" FINDING_COLUMNS(
			LISTED) ") VALUES ((SELECT number FROM profile WHERE url = "
				"?1)" FINDING_COLUMNS(FREE_PLACE) ") ON CONFLICT (profile, id) DO "
								  "UPDATE SET id = "
								  "id" FINDING_COLUMNS(SET_ANEW),
		&statement);
	if (r == 0)
		r = store_bind(statement, 1, columns, N_COLUMNS, finding);
	return r == 0 ? store_run(statement) : r;
}

struct each_query {
	enum statement which;
	const char *sql;
};

#define OF_PROFILE " WHERE f.profile = p.number AND p.url = ?1"
#define OF_ALL     " WHERE f.profile = p.number"
#define OPEN       " AND f.state <> 1" /* written out: the partial index is found by it */

static const struct each_query each_queries[2][2] = {
	/* [of one profile][resolved ones too] */
	{{STATEMENT_EACH_OPEN_ANYWHERE, SELECT_FINDING OF_ALL OPEN WORST_FIRST},
		{STATEMENT_EACH_ANYWHERE, SELECT_FINDING OF_ALL WORST_FIRST}},
	{{STATEMENT_EACH_OPEN, SELECT_FINDING OF_PROFILE OPEN WORST_FIRST},
		{STATEMENT_EACH, SELECT_FINDING OF_PROFILE WORST_FIRST}},
};

struct findings {
	struct finding *items;
	size_t count;
};

static int gather(sqlite3_stmt *statement, struct arena *arena, struct findings *ret)
{
	*ret = (struct findings){0};
	int r;
	while ((r = store_step(statement)) == 0) {
		ret->items = arena_grow(arena, ret->items, ret->count, sizeof *ret->items);
		r = ret->items ? store_read(statement, 0, columns, N_READ, arena,
					 &ret->items[ret->count])
			       : -ENOMEM;
		if (r != 0) {
			(void)sqlite3_reset(statement); /* ends the read; its run succeeded */
			return r;
		}
		ret->count++;
	}
	return r == STORE_E_NONE ? 0 : r;
}

int store_each_finding(struct store *store, struct arena *arena, const char *profile, bool resolved,
	int (*each)(const struct finding *finding, void *userdata), void *userdata)
{
	const struct each_query *query = &each_queries[profile != NULL][resolved];
	sqlite3_stmt *statement;
	int r = store_statement(store, query->which, query->sql, &statement);
	if (r == 0 && profile)
		r = store_bind_text(statement, 1, profile);
	struct findings found;
	if (r == 0)
		r = gather(statement, arena, &found);
	for (size_t i = 0; r == 0 && i < found.count; i++)
		r = each(&found.items[i], userdata);
	return r;
}

int store_open_findings(struct store *store, const char *profile, int64_t *ret)
{
	sqlite3_stmt *statement;
	int r = store_statement(store, STATEMENT_OPEN_COUNT,
		"SELECT count(*) FROM finding"
		" WHERE state <> 1 AND profile = (SELECT number FROM profile WHERE url = ?)",
		&statement);
	if (r == 0)
		r = store_bind_text(statement, 1, profile);
	if (r == 0)
		r = store_step(statement);
	if (r != 0)
		return r == STORE_E_NONE ? -EUCLEAN : r;
	*ret = sqlite3_column_int64(statement, 0);
	(void)sqlite3_reset(statement); /* ends the read; its run succeeded */
	return 0;
}

int store_forget_resolved(struct store *store, const char *profile, int64_t keep)
{
	sqlite3_stmt *statement;
	int r = store_statement(store, STATEMENT_FORGET_RESOLVED,
		"DELETE FROM finding WHERE number IN ("
		"SELECT number FROM finding"
		" WHERE state = 1 AND profile = (SELECT number FROM profile WHERE url = ?1)"
		" ORDER BY resolved_s DESC, number DESC LIMIT -1 OFFSET ?2)",
		&statement);
	if (r == 0)
		r = store_bind_text(statement, 1, profile);
	if (r == 0)
		r = store_bind_int(statement, 2, keep);
	return r == 0 ? store_run(statement) : r;
}

/* ---- which findings stand on which pages ---- */

#define THE_PAGE                                  \
	"(SELECT number FROM page WHERE url = ?2" \
	" AND profile = (SELECT number FROM profile WHERE url = ?1))"

static int bind_page(sqlite3_stmt *statement, const char *profile, const char *url)
{
	int r = store_bind_text(statement, 1, profile);
	return r == 0 ? store_bind_text(statement, 2, url) : r;
}

int store_clear_page(struct store *store, const char *profile, const char *url)
{
	sqlite3_stmt *statement;
	int r = store_statement(store, STATEMENT_CLEAR_PAGE,
		"DELETE FROM sighting WHERE page = " THE_PAGE, &statement);
	if (r == 0)
		r = bind_page(statement, profile, url);
	return r == 0 ? store_run(statement) : r;
}

int store_sight(struct store *store, const char *profile, const char *url, const char *id)
{
	int r = store_know_page(store, profile, url);
	if (r < 0)
		return r;
	sqlite3_stmt *statement;
	r = store_statement(store, STATEMENT_SIGHTING,
		"INSERT OR IGNORE INTO sighting (page, finding) SELECT " THE_PAGE
		", number FROM finding"
		" WHERE id = ?3 AND profile = (SELECT number FROM profile WHERE url = ?1)",
		&statement);
	if (r == 0)
		r = bind_page(statement, profile, url);
	if (r == 0)
		r = store_bind_text(statement, 3, id);
	return r == 0 ? store_run(statement) : r;
}

static int use_page(struct store *store, const char *profile, const char *url, int64_t now_s)
{
	sqlite3_stmt *statement;
	int r = store_statement(store, STATEMENT_USE_PAGE,
		"UPDATE page SET used_s = ?3 WHERE number = " THE_PAGE, &statement);
	if (r == 0)
		r = bind_page(statement, profile, url);
	if (r == 0)
		r = store_bind_int(statement, 3, now_s);
	return r == 0 ? store_run(statement) : r;
}

int store_page_stands(struct store *store, const char *profile, const char *url, const char *scan,
	int64_t seen_s, int64_t *ret)
{
	int r = use_page(store, profile, url, seen_s);
	if (r < 0)
		return r;
	sqlite3_stmt *statement;
	r = store_statement(store, STATEMENT_STANDS,
		"UPDATE finding SET scan = ?3, seen_s = ?4, missed = 0 WHERE state <> 1 AND scan "
		"IS NOT ?3"
		" AND number IN (SELECT finding FROM sighting WHERE page = " THE_PAGE ")",
		&statement);
	if (r == 0)
		r = bind_page(statement, profile, url);
	if (r == 0)
		r = store_bind_text(statement, 3, scan);
	if (r == 0)
		r = store_bind_int(statement, 4, seen_s);
	if (r == 0)
		r = store_run(statement);
	if (r == 0)
		*ret = sqlite3_changes64(store->db);
	return r;
}

int store_seen_elsewhere(
	struct store *store, const struct finding *like, const char *scan, bool *ret)
{
	sqlite3_stmt *statement;
	int r = store_statement(store, STATEMENT_SEEN_ELSEWHERE,
		"SELECT 1 FROM finding f WHERE f.state <> 1 AND f.rule = ?3 AND f.url = ?4 AND "
		"f.scan = ?5"
		" AND f.profile = (SELECT number FROM profile WHERE url = ?1)"
		" AND EXISTS (SELECT 1 FROM sighting s"
		"  WHERE s.finding = f.number AND s.page IS NOT " THE_PAGE ")",
		&statement);
	if (r == 0)
		r = bind_page(statement, like->profile, like->page);
	if (r == 0)
		r = store_bind_text(statement, 3, like->rule);
	if (r == 0)
		r = store_bind_text(statement, 4, like->url);
	if (r == 0)
		r = store_bind_text(statement, 5, scan);
	if (r == 0)
		r = store_step(statement);
	if (r < 0)
		return r;
	*ret = r == 0;
	(void)sqlite3_reset(statement); /* ends the read; its run succeeded */
	return 0;
}
