#include "daemon/base/buf.h"
#include "tests/unit/shared.h"
#include "tests/unit/source_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { ACCOUNT, PINNED, STATUSES, VERSIONS, FOLLOWING }; /* the source's steps */

#define PROFILE  "https://social.example/@ada"
#define LOOKUP   "https://social.example/api/v1/accounts/lookup?acct=ada"
#define LIST     "https://social.example/api/v1/accounts/42/statuses?limit=40"
#define FEED     "https://social.example/@ada.rss"
#define SOFTWARE "https://social.example/.well-known/nodeinfo"

static struct page answer(int step, const char *body, size_t len)
{
	struct page page = page_of("mastodon", step == ACCOUNT ? LOOKUP : LIST, body, len);
	page.profile = PROFILE;
	page.step = step;
	page.subject = step == ACCOUNT ? NULL : "42";
	page.content_type = "application/json; charset=utf-8";
	return page;
}

static struct extract read_page_of(const struct page *page)
{
	struct extract extract;
	assert_int_equal(source_read(shipped_walls(), page, &extract), 0);
	const char *broken = broken_promise(&extract);
	if (broken)
		fail_msg("%s: \"%.200s\"", broken, (const char *)page->body);
	if (!verdict_proves(extract.verdict) && !extract.why)
		fail_msg("no reason given: \"%.200s\"", (const char *)page->body);
	return extract;
}

static struct extract read_text(int step, const char *body)
{
	struct page page = answer(step, body, strlen(body));
	return read_page_of(&page);
}

static char *fixture(const char *name, size_t *ret_len)
{
	char *path;
	*ret_len = 0;
	assert_true(asprintf(&path, "tests/fixtures/mastodon/%s", name) > 0);
	char *bytes = read_whole(path, ret_len);
	free(path);
	assert_non_null(bytes);
	return bytes;
}

static struct extract read_fixture(int step, const char *name)
{
	size_t len = 0;
	char *bytes = fixture(name, &len);
	struct page page = answer(step, bytes, len);
	struct extract extract = read_page_of(&page);
	free(bytes);
	return extract;
}

static bool follows(const struct extract *extract, const char *url, int step, const char *subject,
	enum relation relation)
{
	const struct follow *follow = extract->follows;
	return extract->n_follows > 0 && same(follow->url, url) && follow->step == step &&
	       same(follow->subject, subject) && follow->relation == relation;
}

/* ---- the account ---- */

static void an_account_gives_facts(void **state)
{
	(void)state;
	struct extract extract = read_fixture(ACCOUNT, "account.json");
	const struct facts *facts = &extract.facts;
	const struct post *bio = post_of_kind(&extract, KIND_BIO);
	const struct post *handle = post_of_kind(&extract, KIND_HANDLE);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(facts->name, "Ada Example :gear:");
	assert_string_equal(facts->handle, "ada");
	assert_string_equal(facts->bio, "Engines & numbers.\n\nI speak for myself.");
	assert_string_equal(facts->photo_url, "https://files.social.example/ada.png");
	assert_string_equal(facts->photo_alt, "Ada at her desk");
	assert_null(facts->moved_to);
	assert_int_equal(facts->created_s, 1486080000);
	assert_int_equal(facts->last_active_s, 1785542400);
	assert_int_equal(facts->n_posts, 6);
	assert_int_equal(facts->n_followers, 12);
	assert_int_equal(facts->n_following, 34);
	assert_int_equal(facts->n_links, 1);
	assert_string_equal(facts->links[0], "https://ada.example/");
	assert_int_equal(extract.coverage.total, 6);
	assert_true(handle && same(handle->text, "ada"));
	assert_true(
		bio && same(bio->text,
			       "Ada Example :gear:\n\nEngines & numbers.\n\nI speak for myself.\n\n"
			       "Web: https://ada.example\n\nAgain: the same\n\nPronouns: she/her"));
	assert_true(
		follows(&extract, "https://social.example/api/v1/accounts/42/statuses?pinned=true",
			PINNED, "42", FOLLOW_NEXT));
	extract_release(&extract);
}

struct state_row {
	const char *why;
	const char *more; /* in the account */
	enum verdict verdict;
	size_t n_follows;
	bool lack;
};

/* clang-format off */
static const struct state_row states[] = {
	{"nothing special", "", VERDICT_OK, 2, false},
	{"suspended by the server", ",\"suspended\":true", VERDICT_SUSPENDED, 0, false},
	{"moved, and what stands here is read", ",\"moved\":{\"url\":\"https://new.example/@ada\"}",
		VERDICT_MOVED, 2, false},
	{"moved to no place", ",\"moved\":{}", VERDICT_MOVED, 2, false},
	{"not moved", ",\"moved\":null", VERDICT_OK, 2, false},
	{"hidden behind a warning", ",\"limited\":true", VERDICT_OK, 2, true},
	{"kept in memory of its owner", ",\"memorial\":true", VERDICT_OK, 2, true},
	{"whom it follows is hidden", ",\"hide_collections\":true", VERDICT_OK, 1, true},
	{"it follows nobody", ",\"following_count\":0", VERDICT_OK, 1, false},
	{"never wrote a word", ",\"statuses_count\":0", VERDICT_EMPTY, 2, false},
	{"an id that is no part of a URL", ",\"id\":\"../../x\"", VERDICT_PARSE_DRIFT, 1, false},
	{"an empty id", ",\"id\":\"\"", VERDICT_PARSE_DRIFT, 1, false},
	{"an id that is a number", ",\"id\":42", VERDICT_OK, 2, false},
};
/* clang-format on */

static void an_account_tells_its_state(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
		char *body;
		assert_true(asprintf(&body,
				    "{\"id\":\"42\",\"username\":\"ada\",\"note\":\"\","
				    "\"statuses_count\":3%s}",
				    states[i].more) > 0);
		struct extract extract = read_text(ACCOUNT, body);
		if (extract.verdict != states[i].verdict ||
			extract.n_follows != states[i].n_follows ||
			(extract.coverage.lack != NULL) != states[i].lack)
			fail_msg("%s: %s, %zu requests", states[i].why,
				verdict_name(extract.verdict), extract.n_follows);
		extract_release(&extract);
		free(body);
	}
}

static void a_move_names_the_new_address(void **state)
{
	(void)state;
	struct extract extract =
		read_text(ACCOUNT, "{\"id\":\"42\",\"username\":\"ada\",\"note\":\"\","
				   "\"moved\":{\"url\":\"https://new.example/@ada\"}}");
	assert_string_equal(extract.facts.moved_to, "https://new.example/@ada");
	assert_non_null(strstr(extract.why, "https://new.example/@ada"));
	extract_release(&extract);
}

static void a_default_picture_is_none(void **state)
{
	(void)state;
	struct extract extract = read_text(ACCOUNT,
		"{\"id\":\"42\",\"username\":\"ada\",\"note\":\"\","
		"\"avatar\":\"https://social.example/avatars/original/missing.png\"}");
	assert_null(extract.facts.photo_url);
	extract_release(&extract);
}

/* ---- statuses ---- */

struct want {
	const char *why;
	const char *id;
	enum post_kind kind;
	const char *url;
	const char *author;
	const char *lang;
	int64_t published_s;
	int64_t updated_s;
	const char *text;
	size_t title_len;
	const char *others;
	size_t n_links;
	bool pinned;
};

/* clang-format off */
static const struct want wants[] = {
	{"warning, text, poll and alt text are own words, in this order; a card's link is there "
	 "once",
		"106", KIND_POST, "https://social.example/@ada/106", "ada", "en", 1785578400,
		1785582000,
		"engines, again\n\nIt weaves. loom\n\nmore cards\n\nfewer cards\n\nA brass "
		"cylinder",
		14, NULL, 1, false},
	{"a reply to oneself is a reply; a card's link covers no words", "105", KIND_REPLY,
		"https://social.example/@ada/105", "ada", NULL, 1785492000, 0, "And another thing.",
		0, NULL, 1, false},
	{"what is quoted is another's, with warning and pictures", "104", KIND_QUOTE,
		"https://social.example/@ada/104", "ada", "en", 1785405600, 0, "Quite so.", 0,
		"a warning\n\nNumbers are all.\n\nhis portrait", 0, true},
	{"a boost has no word of one's own", "103", KIND_REPOST,
		"https://social.example/users/ada/statuses/103/activity", "ada", NULL, 1785319200,
		0, "", 0, "Boosted words.", 0, false},
	{"what another account wrote is another's wherever it stands", "102", KIND_REPOST,
		"https://social.example/@eve/102", "eve", NULL, 1785232800, 0, "", 0,
		"Not hers at all.", 0, false},
	{"a quote that is not wrapped, an id that is a number", "101", KIND_QUOTE,
		"https://social.example/@ada/101", "ada", NULL, 1785146400, 0, "A quote by kin.", 0,
		"Kin's words.", 0, true},
};
/* clang-format on */

static void check_post(const struct want *want, const struct post *post)
{
	/* clang-format off */
	const struct {
		const char *field;
		bool right;
		const char *got;
	} checks[] = {
		{"kind", post->kind == want->kind, kind_name(post->kind)},
		{"id", same(post->id, want->id), post->id},
		{"url", same(post->url, want->url), post->url},
		{"author", same(post->author, want->author), post->author},
		{"lang", same(post->lang, want->lang), post->lang},
		{"published", post->published_s == want->published_s, NULL},
		{"updated", post->updated_s == want->updated_s, NULL},
		{"text", same(post->text, want->text), post->text},
		{"title", post->title_len == want->title_len, post->text},
		{"others", same(post->others, want->others), post->others},
		{"links", post->n_links == want->n_links, NULL},
		{"pinned", post->pinned == want->pinned, NULL},
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		if (!checks[i].right)
			fail_msg("%s: %s is wrong: \"%s\"", want->why, checks[i].field,
				checks[i].got ? checks[i].got : "(nothing)");
	}
}

static void statuses_are_what_they_are(void **state)
{
	(void)state;
	size_t len = 0;
	char *bytes = fixture("statuses.json", &len);
	struct page page = answer(STATUSES, bytes, len);
	page.subject = "42 104 999";
	struct extract extract = read_page_of(&page);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_posts, sizeof wants / sizeof *wants);
	for (size_t i = 0; i < extract.n_posts; i++)
		check_post(&wants[i], &extract.posts[i]);
	extract_release(&extract);
	free(bytes);
}

static void pinned_ones_are_remembered(void **state)
{
	(void)state;
	struct extract extract =
		read_text(PINNED, "[{\"id\":\"104\"},{\"id\":7},{\"id\":\"a b\"},{\"id\":null},5]");
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_posts, 0);
	assert_true(follows(&extract, LIST, STATUSES, "42 104 7", FOLLOW_NEXT));
	extract_release(&extract);
}

/* ---- earlier versions ---- */

#define VERSION(day, content, more)                                                         \
	"{\"content\":\"" content "\",\"spoiler_text\":\"\",\"created_at\":\"2026-08-0" day \
	"T10:00:00Z\",\"account\":{\"id\":\"42\"}" more "}"

static struct extract read_beside(int step, const char *subject, const char *link, const char *body)
{
	struct page page = answer(step, body, strlen(body));
	page.subject = subject;
	page.link = link;
	return read_page_of(&page);
}

static void edits_are_asked_for_once(void **state)
{
	(void)state;
	size_t len = 0, n = 0;
	char *bytes = fixture("statuses.json", &len);
	struct page page = answer(STATUSES, bytes, len);
	struct extract extract = read_page_of(&page);
	for (size_t i = 0; i < extract.n_follows; i++) {
		const struct follow *follow = &extract.follows[i];
		if (follow->step != VERSIONS)
			continue;
		n++;
		/* The time of the edit makes another request of another edit. */
		assert_string_equal(follow->url,
			"https://social.example/api/v1/statuses/106/history#1785582000");
		assert_string_equal(follow->subject, "42 106 https://social.example/@ada/106");
		assert_int_equal(follow->relation, FOLLOW_ONCE);
	}
	assert_int_equal(n, 1);
	extract_release(&extract);
	free(bytes);
}

static void what_others_edited_is_theirs(void **state)
{
	(void)state;
	struct extract extract = read_text(STATUSES,
		"[{\"id\":\"7\",\"account\":{\"id\":\"9\"},\"content\":\"x\","
		"\"edited_at\":\"2026-08-01T10:00:00Z\"},"
		"{\"id\":\"8\",\"account\":{\"id\":\"42\"},\"content\":\"\",\"reblog\":{},"
		"\"edited_at\":\"2026-08-01T10:00:00Z\"}]");
	for (size_t i = 0; i < extract.n_follows; i++)
		assert_int_not_equal(extract.follows[i].step, VERSIONS);
	assert_int_equal(extract.n_posts, 2);
	extract_release(&extract);
}

static void too_many_edits_are_told(void **state)
{
	(void)state;
	struct buf body = BUF_INIT(1 << 20);
	assert_int_equal(buf_addc(&body, '['), 0);
	for (int i = 0; i < 40; i++)
		assert_int_equal(
			buf_addf(&body,
				"%s{\"id\":\"%d\",\"account\":{\"id\":\"42\"},"
				"\"content\":\"x\",\"edited_at\":\"2026-08-01T10:00:00Z\"}",
				i > 0 ? "," : "", 100 - i),
			0);
	assert_int_equal(buf_addc(&body, ']'), 0);
	struct extract extract = read_text(STATUSES, buf_str(&body));
	assert_non_null(extract.coverage.lack);
	assert_int_equal(extract.follows[extract.n_follows - 1].step, STATUSES);
	extract_release(&extract);
	buf_release(&body);
}

struct version_row {
	const char *why;
	const char *body;
	const char *texts[3]; /* NULL: there are no more */
};

/* clang-format off */
static const struct version_row versions[] = {
	{"what was taken out", "[" VERSION("1", "<p>I was drunk. It rained.</p>", "") ","
		VERSION("2", "<p>It rained.</p>", "") "]", {"I was drunk."}},
	{"nothing was", "[" VERSION("1", "<p>It rained.</p>", "") ","
		VERSION("2", "<p>It rained. Again.</p>", "") "]", {NULL}},
	{"each sentence where it stood last", "[" VERSION("1", "<p>One. Two.</p>", "") ","
		VERSION("2", "<p>One. Three.</p>", "") "," VERSION("3", "<p>Four.</p>", "") "]",
		{"Two.", "One. Three."}},
	{"what came back is there", "[" VERSION("1", "<p>One.</p>", "") "," VERSION("2", "<p>Two.</p>", "") ","
		VERSION("3", "<p>One.</p>", "") "]", {"Two."}},
	{"lines and the description of a picture", "["
		VERSION("1", "<p>a b</p><p>c d</p>", ",\"media_attachments\":[{\"description\":\"me, drunk\"}]") ","
		VERSION("2", "<p>c d</p>", "") "]", {"a b\nme, drunk"}},
	{"the same words twice", "[" VERSION("1", "<p>No. No. Yes.</p>", "") "," VERSION("2", "<p>Yes.</p>", "") "]",
		{"No."}},
	{"the newest first", "[" VERSION("2", "<p>It rained.</p>", "") ","
		VERSION("1", "<p>I was drunk. It rained.</p>", "") "]", {"I was drunk."}},
	{"only the post as it is", "[" VERSION("1", "<p>One.</p>", "") "]", {NULL}},
};
/* clang-format on */

static void versions_have_what_was_taken_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
		struct extract extract = read_beside(
			VERSIONS, "42 7 https://social.example/@ada/7", NULL, versions[i].body);
		size_t n = 0;
		while (versions[i].texts[n])
			n++;
		if (extract.verdict != VERDICT_OK || extract.n_posts != n)
			fail_msg("%s: %s, %zu versions", versions[i].why,
				verdict_name(extract.verdict), extract.n_posts);
		for (size_t k = 0; k < n; k++) {
			if (extract.posts[k].kind != KIND_VERSION ||
				!same(extract.posts[k].text, versions[i].texts[k]))
				fail_msg("%s: [%s]", versions[i].why, extract.posts[k].text);
		}
		extract_release(&extract);
	}
}

static void a_version_has_its_own_name_and_time(void **state)
{
	(void)state;
	struct extract extract =
		read_beside(VERSIONS, "42 7 https://social.example/@ada/7", NULL, versions[2].body);
	assert_string_equal(extract.posts[1].id, "7/v2");
	assert_string_equal(extract.posts[1].url, "https://social.example/@ada/7#v2");
	assert_int_equal(extract.posts[1].published_s, 1785664800);
	extract_release(&extract);
}

static void what_is_no_version_proves_nothing(void **state)
{
	(void)state;
	static const char *const bodies[] = {"[]", "{}", "[1]", "[{\"content\":\"x\"}]",
		"[{\"content\":\"x\",\"created_at\":\"2026-08-01\",\"account\":{\"id\":\"9\"}}]"};
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct extract extract = read_beside(VERSIONS, "42 7 ", NULL, bodies[i]);
		if (extract.verdict != VERDICT_PARSE_DRIFT || extract.n_follows > 0)
			fail_msg("%s: %s", bodies[i], verdict_name(extract.verdict));
		extract_release(&extract);
	}
}

static void a_genuine_edit_took_nothing_out(void **state)
{
	(void)state;
	size_t len = 0;
	char *bytes = read_shared("platforms/mastodon/status_edit_history.json", &len);
	if (!bytes) {
		print_message("skipped: no %s\n", shared_root());
		return;
	}
	struct page page = answer(VERSIONS, bytes, len);
	page.subject = "23972 7 https://icosahedron.website/@halcy/7";
	struct extract extract = read_page_of(&page);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_posts, 0);
	extract_release(&extract);
	free(bytes);
}

/* ---- whom it follows ---- */

#define WHOM                                                                                    \
	"[{\"id\":\"1\",\"username\":\"bob\",\"acct\":\"bob@far.example\",\"display_name\":"    \
	"\"Bob\","                                                                              \
	"\"note\":\"<p>Widgets.</p>\",\"url\":\"https://far.example/@bob\"},"                   \
	"{\"id\":\"2\",\"username\":\"eve\",\"acct\":\"eve\",\"url\":\"https://social.example/" \
	"@eve\"}]"
#define MORE "https://social.example/api/v1/accounts/42/following?limit=80&max_id=9"

static void whom_it_follows(void **state)
{
	(void)state;
	struct page page = answer(FOLLOWING, WHOM, strlen(WHOM));
	page.url = page.final_url = "https://social.example/api/v1/accounts/42/following?limit=80";
	page.subject = "42 1";
	page.link = "<" MORE ">; rel=\"next\"";
	struct extract extract = read_page_of(&page);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_posts, 2);
	assert_int_equal(extract.posts[0].kind, KIND_FOLLOW);
	assert_string_equal(extract.posts[0].others, "@bob@far.example\n\nBob\n\nWidgets.");
	assert_string_equal(extract.posts[1].others, "@eve@social.example");
	assert_string_equal(extract.posts[1].links[0].url, "https://social.example/@eve");
	assert_true(follows(&extract, MORE, FOLLOWING, "42 2", FOLLOW_ALSO));
	extract_release(&extract);
	page.subject = "42 12";
	extract = read_page_of(&page);
	assert_int_equal(extract.n_follows, 0);
	assert_true(extract.coverage.interactions_cut);
	extract_release(&extract);
}

static void what_stands_beside_may_fail(void **state)
{
	(void)state;
	static const int steps[] = {VERSIONS, FOLLOWING};
	static const int statuses[] = {401, 403, 404, 500};
	for (size_t i = 0; i < 8; i++) {
		struct page page = answer(steps[i / 4], "{\"error\":\"x\"}", 13);
		page.status = statuses[i % 4];
		struct extract extract;
		assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
		if (verdict_proves(extract.verdict) || extract.n_follows > 0)
			fail_msg("step %d with %d: %s", page.step, page.status,
				verdict_name(extract.verdict));
		extract_release(&extract);
	}
}

/* ---- older pages ---- */

struct link_row {
	const char *why;
	const char *link;
	const char *next;
	bool cut;
};

#define OLDER "https://social.example/api/v1/accounts/42/statuses?limit=40&max_id=101"

/* clang-format off */
static const struct link_row links[] = {
	{"no header", NULL, NULL, false},
	{"next among others", "<https://social.example/x>; rel=\"prev\", <" OLDER ">; rel=\"next\"",
		OLDER, false},
	{"without quotes", "<" OLDER ">; rel=next", OLDER, false},
	{"relative", "</api/v1/accounts/42/statuses?limit=40&max_id=101>; rel=\"next\"", OLDER,
		false},
	{"only prev", "<" OLDER ">; rel=\"prev\"", NULL, false},
	{"another server", "<https://evil.example/api/v1/accounts/42/statuses>; rel=\"next\"", NULL,
		true},
	{"another list", "<https://social.example/api/v1/accounts/1/statuses>; rel=\"next\"", NULL,
		true},
	{"nonsense", "<", NULL, false},
	{"no URL", "<http://[>; rel=\"next\"", NULL, true},
};
/* clang-format on */

static void older_pages_are_asked_for(void **state)
{
	(void)state;
	size_t len = 0;
	char *bytes = fixture("statuses.json", &len);
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		struct page page = answer(STATUSES, bytes, len);
		page.link = links[i].link;
		struct extract extract = read_page_of(&page);
		const char *next = NULL;
		for (size_t k = 0; k < extract.n_follows; k++) {
			if (extract.follows[k].step == STATUSES)
				next = extract.follows[k].url;
		}
		if (!same(next, links[i].next) || extract.coverage.cut != links[i].cut)
			fail_msg("%s: asks for %s", links[i].why, next ? next : "nothing");
		extract_release(&extract);
	}
	free(bytes);
}

static char *many_statuses(size_t n)
{
	struct buf body = BUF_INIT(1 << 24);
	assert_int_equal(buf_addc(&body, '['), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(buf_addf(&body,
					 "%s{\"id\":\"%zu\",\"account\":{\"id\":\"42\"},"
					 "\"content\":\"x\"}",
					 i > 0 ? "," : "", n - i + 1000),
			0);
	assert_int_equal(buf_addc(&body, ']'), 0);
	return body.data;
}

static void a_full_page_without_header_goes_on(void **state)
{
	(void)state;
	char *body = many_statuses(40);
	struct extract extract = read_text(STATUSES, body);
	assert_int_equal(extract.n_posts, 40);
	assert_true(follows(&extract,
		"https://social.example/api/v1/accounts/42/statuses?limit=40&max_id=1001", STATUSES,
		"42", FOLLOW_OLDER));
	extract_release(&extract);
	free(body);
	body = many_statuses(39);
	extract = read_text(STATUSES, body);
	assert_int_equal(extract.n_follows, 0);
	extract_release(&extract);
	free(body);
}

static void posts_end_at_the_limit(void **state)
{
	(void)state;
	char *body = many_statuses(10001);
	struct extract extract = read_text(STATUSES, body);
	assert_int_equal(extract.n_posts, 10000);
	assert_true(extract.coverage.cut);
	assert_int_equal(extract.verdict, VERDICT_OK);
	extract_release(&extract);
	free(body);
}

/* ---- closed, missing, something else ---- */

struct wall_row {
	const char *why;
	int step;
	int status;
	enum verdict verdict; /* what the wall detector says */
	const char *body;
	const char *instead; /* NULL: its verdict stands */
	const char *subject;
};

#define LOGIN_ERROR "{\"error\":\"This API requires an authenticated user\"}"

/* clang-format off */
static const struct wall_row walls[] = {
	{"a closed API has a feed", ACCOUNT, 401, VERDICT_AUTH_REQUIRED, LOGIN_ERROR, FEED,
		"closed"},
	{"closed in words of another software", ACCOUNT, 403, VERDICT_BLOCKED, "", SOFTWARE,
		"closed ada " PROFILE},
	{"closed behind the account", STATUSES, 401, VERDICT_AUTH_REQUIRED, LOGIN_ERROR, FEED,
		"closed"},
	{"no such account", ACCOUNT, 404, VERDICT_NOT_FOUND, "{\"error\":\"Record not found\"}",
		NULL, NULL},
	{"no such API", ACCOUNT, 404, VERDICT_NOT_FOUND, "<html>Not Found</html>", SOFTWARE,
		"guess ada " PROFILE},
	{"another API", ACCOUNT, 404, VERDICT_NOT_FOUND, "{\"error\":{\"code\":\"UNKNOWN\"}}",
		SOFTWARE, "guess ada " PROFILE},
	{"too many requests", ACCOUNT, 429, VERDICT_RATE_LIMITED, "", NULL, NULL},
	{"gone", ACCOUNT, 410, VERDICT_GONE, "", NULL, NULL},
	{"a proof of work", ACCOUNT, 200, VERDICT_BLOCKED, "<html>anubis</html>", SOFTWARE,
		"guess ada " PROFILE},
	{"out of order", ACCOUNT, 502, VERDICT_SERVER_ERROR, "", NULL, NULL},
	{"pinned ones can be done without", PINNED, 404, VERDICT_NOT_FOUND, "", LIST, "42"},
};
/* clang-format on */

static void walls_lead_elsewhere(void **state)
{
	(void)state;
	const struct source *mastodon = source_find("mastodon");
	for (size_t i = 0; i < sizeof walls / sizeof *walls; i++) {
		const struct wall_row *row = &walls[i];
		struct page page = answer(row->step, row->body, strlen(row->body));
		struct extract extract;
		page.status = row->status;
		assert_int_equal(extract_init(&extract), 0);
		extract.walls = shipped_walls();
		extract.verdict = row->verdict;
		assert_int_equal(mastodon->walled(&page, &extract), 0);
		const char *url = extract.n_follows > 0 ? extract.follows[0].url : NULL;
		const char *subject = extract.n_follows > 0 ? extract.follows[0].subject : NULL;
		if (extract.verdict != row->verdict || !same(url, row->instead) ||
			!same(subject, row->subject))
			fail_msg("%s: %s, asks for %s with %s", row->why,
				verdict_name(extract.verdict), url ? url : "nothing",
				subject ? subject : "nothing");
		if (url && extract.follows[0].relation != FOLLOW_INSTEAD)
			fail_msg("%s: not instead", row->why);
		extract_release(&extract);
	}
}

/* Else what a stranger sees would pass for all that the token's owner asked for. */
static void what_a_token_does_not_open_is_told(void **state)
{
	static const char scope[] = "{\"error\":\"This action is outside the authorized scopes\"}";
	static const int steps[] = {ACCOUNT, PINNED, STATUSES};
	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct page page = answer(steps[i], scope, sizeof scope - 1);
		struct extract extract;
		page.status = 403;
		page.authorised = true;
		assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
		assert_int_equal(extract.verdict, VERDICT_AUTH_REQUIRED);
		assert_non_null(strstr(extract.why, "needs read:accounts"));
		assert_int_equal(extract.n_follows, 0);
		extract_release(&extract);
	}
}

static void a_missing_feed_of_a_closed_server_is_no_missing_account(void **state)
{
	(void)state;
	const struct source *feed = source_find("feed");
	struct page page = page_of("feed", FEED, "", 0);
	struct extract extract;
	page.status = 404;
	page.subject = "closed";
	assert_int_equal(extract_init(&extract), 0);
	extract.walls = shipped_walls();
	extract.verdict = VERDICT_NOT_FOUND;
	assert_int_equal(feed->walled(&page, &extract), 0);
	assert_int_equal(extract.verdict, VERDICT_AUTH_REQUIRED);
	extract_release(&extract);
}

struct odd {
	const char *why;
	int step;
	const char *body;
	enum verdict verdict;
	size_t n_follows;
};

/* clang-format off */
static const struct odd odds[] = {
	{"a web page", ACCOUNT, "<!doctype html><p>Hello", VERDICT_PARSE_DRIFT, 1},
	{"nothing", ACCOUNT, "", VERDICT_PARSE_DRIFT, 1},
	{"half an account", ACCOUNT, "{\"id\":\"42\",\"user", VERDICT_PARSE_DRIFT, 0},
	{"an account without a name", ACCOUNT, "{\"id\":\"42\",\"note\":\"\"}", VERDICT_PARSE_DRIFT,
		1},
	{"a list where the account should be", ACCOUNT, "[]", VERDICT_PARSE_DRIFT, 1},
	{"an empty list of an account that is there", STATUSES, "[]", VERDICT_EMPTY, 0},
	{"an object where a list should be", STATUSES, "{}", VERDICT_PARSE_DRIFT, 1},
	{"a list of something else", STATUSES, "[1,\"x\",null,{},[]]", VERDICT_PARSE_DRIFT, 0},
	{"a status without id", STATUSES, "[{\"id\":null,\"account\":{},\"content\":\"x\"}]",
		VERDICT_PARSE_DRIFT, 0},
	{"a status whose text is none", STATUSES,
		"[{\"id\":\"7\",\"account\":{\"id\":\"42\"},\"content\":17}]",
		VERDICT_PARSE_DRIFT, 0},
	{"null", STATUSES, "null", VERDICT_PARSE_DRIFT, 1},
};
/* clang-format on */

static void odd_answers_prove_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof odds / sizeof *odds; i++) {
		struct extract extract = read_text(odds[i].step, odds[i].body);
		if (extract.verdict != odds[i].verdict || extract.n_follows != odds[i].n_follows)
			fail_msg("%s: %s (%s), %zu requests", odds[i].why,
				verdict_name(extract.verdict), extract.why ? extract.why : "",
				extract.n_follows);
		extract_release(&extract);
	}
}

static void every_cut_is_told(void **state)
{
	(void)state;
	static const char *const files[] = {"account.json", "statuses.json", "statuses.json"};
	static const int steps[] = {ACCOUNT, STATUSES, PINNED};
	for (size_t i = 0; i < 3; i++) {
		size_t len = 0;
		char *bytes = fixture(files[i], &len);
		while (len > 0 && bytes[len - 1] == '\n')
			len--;
		for (size_t cut = 0; cut < len; cut++) {
			char *part = malloc(cut + 1);
			assert_non_null(part);
			memcpy(part, bytes, cut);
			part[cut] = '\0';
			struct page page = answer(steps[i], part, cut);
			struct extract extract = read_page_of(&page);
			if (extract.verdict != VERDICT_PARSE_DRIFT || extract.n_posts > 0)
				fail_msg("%s cut at byte %zu: %s", files[i], cut,
					verdict_name(extract.verdict));
			extract_release(&extract);
			free(part);
		}
		free(bytes);
	}
}

static void every_wrong_type_is_survived(void **state)
{
	(void)state;
	static const char *const keys[] = {"id", "username", "acct", "display_name", "note",
		"avatar", "avatar_description", "fields", "created_at", "last_status_at",
		"statuses_count", "moved", "suspended", "limited", "content", "spoiler_text", "url",
		"uri", "language", "account", "reblog", "quote", "in_reply_to_id",
		"media_attachments", "poll", "card", "pinned", "edited_at"};
	static const char *const values[] = {"null", "true", "0", "-1e300", "\"\"", "\"\\u0000\"",
		"\"http://[\"", "[]", "{}", "[[]]", "[null]", "[{\"name\":[],\"value\":1}]",
		"{\"url\":{}}", "{\"id\":[],\"options\":[{\"title\":7}]}",
		"{\"quoted_status\":{\"content\":[]}}"};
	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
		for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
			for (int step = ACCOUNT; step <= STATUSES; step++) {
				char *body;
				assert_true(asprintf(&body,
						    "%s{\"id\":\"42\",\"username\":\"ada\","
						    "\"note\":\"x\",\"content\":\"x\","
						    "\"account\":{\"id\":\"42\"},\"%s\":%s}%s",
						    step == ACCOUNT ? "" : "[", keys[k], values[v],
						    step == ACCOUNT ? "" : "]") > 0);
				struct extract extract = read_text(step, body);
				extract_release(&extract);
				free(body);
			}
		}
	}
}

/* ---- whose profile it is ---- */

struct address {
	const char *url;
	const char *first; /* NULL: not claimed */
};

/* clang-format off */
static const struct address addresses[] = {
	{"https://social.example/@ada", LOOKUP},
	{"https://social.example/@ada/", LOOKUP},
	{"https://social.example/users/ada", LOOKUP},
	{"https://social.example/web/@ada", LOOKUP},
	{"https://other.example/@ada@social.example", LOOKUP},
	{"http://127.0.0.1:3000/@ada", "http://127.0.0.1:3000/api/v1/accounts/lookup?acct=ada"},
	{"https://social.example/@ada/1234", NULL},
	{"https://social.example/@", NULL},
	{"https://social.example/@ada@", NULL},
	{"https://social.example/ada", NULL},
	{"https://social.example/@ada%2F..", NULL},
	{"https://www.youtube.com/@ada", NULL},
	{"https://www.tiktok.com/@ada", NULL},
	{"https://www.threads.net/@ada", NULL},
};
/* clang-format on */

static void addresses_are_claimed(void **state)
{
	(void)state;
	const struct source *mastodon = source_find("mastodon");
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		struct arena *arena = arena_new(1 << 20);
		struct url url;
		const char *why;
		struct follow first = {0};
		assert_int_equal(url_parse(arena, addresses[i].url, &url), 0);
		if (mastodon->claims(&url, &why)) {
			assert_non_null(why);
			assert_int_equal(mastodon->first(arena, &url, &first), 0);
		}
		if (!same(first.url, addresses[i].first))
			fail_msg("%s: asks for %s", addresses[i].url,
				first.url ? first.url : "(nothing)");
		arena_free(arena);
	}
}

/* ---- what a real server sent ---- */

struct genuine {
	const char *file;
	enum post_kind kind;
	const char *words;
	const char *others;
};

/* clang-format off */
static const struct genuine statuses[] = {
	{"status_mastodon_social_a.json", KIND_POST, "test post for mastodon.py stuff", NULL},
	{"status_with_poll.json", KIND_POST, "fr fr", NULL},
	{"status_with_quote.json", KIND_QUOTE, "actual reply that quotes a post that quotes a post",
		"actual reply that quotes a bsky post"},
};
/* clang-format on */

/* The account's id in the status, so that it is read as that account's own. */
static const char *owner_in(const char *bytes)
{
	const char *account = strstr(bytes, "\"account\": {");
	const char *id = account ? strstr(account, "\"id\": \"") : NULL;
	return id ? strndup(id + 7, strcspn(id + 7, "\"")) : NULL;
}

static void genuine_statuses_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		size_t len = 0;
		char *path, *list;
		assert_true(asprintf(&path, "platforms/mastodon/%s", statuses[i].file) > 0);
		char *bytes = read_shared(path, &len);
		free(path);
		if (!bytes) {
			print_message("skipped: no %s/platforms\n", shared_root());
			skip();
		}
		char *owner = (char *)owner_in(bytes);
		assert_non_null(owner);
		int n = asprintf(&list, "[%s]", bytes);
		assert_true(n > 0);
		struct page page = answer(STATUSES, list, (size_t)n);
		page.subject = owner;
		struct extract extract = read_page_of(&page);
		const struct post *post = listed(&extract, 0);
		if (!post || post->kind != statuses[i].kind ||
			!strstr(post->text, statuses[i].words))
			fail_msg("%s: %s \"%s\"", statuses[i].file,
				post ? kind_name(post->kind) : "none", post ? post->text : "");
		if (statuses[i].others &&
			(!post->others || !strstr(post->others, statuses[i].others)))
			fail_msg("%s: others \"%s\"", statuses[i].file, post->others);
		extract_release(&extract);
		free(owner);
		free(list);
		free(bytes);
	}
}

static void genuine_pages_are_read(void **state)
{
	(void)state;
	size_t len = 0;
	char *bytes = read_shared("platforms/mastodon/api_account_statuses_p1.json", &len);
	if (!bytes) {
		print_message("skipped: no %s/platforms\n", shared_root());
		skip();
	}
	struct page page = answer(STATUSES, bytes, len);
	page.subject = "117020565966271181";
	struct extract extract = read_page_of(&page);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_posts, 5);
	for (size_t i = 0; i < 5; i++) {
		char *want;
		assert_true(asprintf(&want, "Toot number %zu!", 9 - i) > 0);
		assert_string_equal(extract.posts[i].text, want);
		assert_int_equal(extract.posts[i].kind, KIND_POST);
		free(want);
	}
	extract_release(&extract);
	free(bytes);
	bytes = read_shared("platforms/mastodon/api_accounts_lookup.json", &len);
	assert_non_null(bytes);
	page = answer(ACCOUNT, bytes, len);
	extract = read_page_of(&page);
	assert_int_equal(extract.verdict, VERDICT_EMPTY);
	assert_string_equal(extract.facts.name, "John Lennon");
	assert_string_equal(extract.facts.bio, "I walk funny");
	extract_release(&extract);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_account_gives_facts),
		cmocka_unit_test(an_account_tells_its_state),
		cmocka_unit_test(a_move_names_the_new_address),
		cmocka_unit_test(a_default_picture_is_none),
		cmocka_unit_test(statuses_are_what_they_are),
		cmocka_unit_test(pinned_ones_are_remembered),
		cmocka_unit_test(edits_are_asked_for_once),
		cmocka_unit_test(what_others_edited_is_theirs),
		cmocka_unit_test(too_many_edits_are_told),
		cmocka_unit_test(versions_have_what_was_taken_out),
		cmocka_unit_test(a_version_has_its_own_name_and_time),
		cmocka_unit_test(what_is_no_version_proves_nothing),
		cmocka_unit_test(a_genuine_edit_took_nothing_out),
		cmocka_unit_test(whom_it_follows),
		cmocka_unit_test(what_stands_beside_may_fail),
		cmocka_unit_test(older_pages_are_asked_for),
		cmocka_unit_test(a_full_page_without_header_goes_on),
		cmocka_unit_test(posts_end_at_the_limit),
		cmocka_unit_test(walls_lead_elsewhere),
		cmocka_unit_test(what_a_token_does_not_open_is_told),
		cmocka_unit_test(a_missing_feed_of_a_closed_server_is_no_missing_account),
		cmocka_unit_test(odd_answers_prove_nothing),
		cmocka_unit_test(every_cut_is_told),
		cmocka_unit_test(every_wrong_type_is_survived),
		cmocka_unit_test(addresses_are_claimed),
		cmocka_unit_test(genuine_statuses_are_read),
		cmocka_unit_test(genuine_pages_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
