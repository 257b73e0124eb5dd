/* WebFinger and NodeInfo: which account it is, and which source reads it. */
#include "tests/unit/api_check.h"

enum { ASKED, CONFIRM };
enum { LINKS, SOFTWARE };

#define FINGER "https://ada.example/.well-known/webfinger?resource=acct:ada@ada.example"
#define SOCIAL "https://social.ada.example"
#define ACTOR  SOCIAL "/users/ada"

static const struct asked fingers[] = {
	[ASKED] = {"webfinger", FINGER, "https://ada.example/@ada", ASKED, "ada@ada.example", 0,
		"application/jrd+json", NULL},
	[CONFIRM] = {"webfinger", SOCIAL "/.well-known/webfinger?resource=acct:ada@ada.example",
		"https://ada.example/@ada", CONFIRM, "ada@ada.example " ACTOR, 0,
		"application/jrd+json", NULL},
};

static const struct asked infos[] = {
	[LINKS] = {"nodeinfo", SOCIAL "/.well-known/nodeinfo", "https://ada.example/@ada", LINKS,
		"found ada " ACTOR, 0, NULL, NULL},
	[SOFTWARE] = {"nodeinfo", SOCIAL "/nodeinfo/2.1", "https://ada.example/@ada", SOFTWARE,
		"found ada " ACTOR, 0, NULL, NULL},
};

#define FIXTURES "tests/fixtures/"

static void accounts_are_asked_for_at_their_host(void **state)
{
	(void)state;
	static const struct {
		const char *name; /* why the row exists */
		const char *url;
		const char *first;
		const char *subject;
	} rows[] = {
		{"an account", "https://ada.example/@ada", FINGER, "ada@ada.example"},
		{"a host with a port", "http://127.0.0.1:8080/@ada",
			"http://127.0.0.1:8080/.well-known/webfinger?resource=acct:ada@127.0.0.1:"
			"8080",
			"ada@127.0.0.1:8080"},
		{"an account seen through another server", "https://far.example/@ada@ada.example",
			FINGER, "ada@ada.example"},
		{"a page that names nobody", "https://ada.example/about",
			"https://ada.example/.well-known/webfinger?resource=acct:@ada.example",
			"@ada.example"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *arena = arena_new(1u << 20);
		struct url url;
		struct follow first;
		assert_int_equal(url_parse(arena, rows[i].url, &url), 0);
		assert_int_equal(source_find("webfinger")->first(arena, &url, &first), 0);
		if (strcmp(first.url, rows[i].first) != 0 || first.accept != ACCEPT_JRD ||
			!same(first.subject, rows[i].subject))
			fail_msg("%s: %s with %s", rows[i].name, first.url, first.subject);
		arena_free(arena);
	}
}

struct next_row {
	const char *name; /* why the row exists */
	int step;
	const char *subject; /* NULL: as usual */
	int status;          /* 0: 200 */
	const char *body;
	enum verdict verdict;
	const char *source; /* NULL: nothing more is asked */
	const char *next;
	const char *next_subject;
};

static void check_next(const struct asked *asked, const struct next_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct next_row *row = &rows[i];
		struct asked question = asked[row->step];
		struct extract extract;
		question.subject = row->subject ? row->subject : question.subject;
		question.status = row->status;
		answer(&question, row->body, strlen(row->body), &extract);
		const struct follow *follow = extract.n_follows > 0 ? extract.follows : NULL;
		if (extract.verdict != row->verdict ||
			!same(follow ? follow->url : NULL, row->next) ||
			!same(follow ? follow->source : NULL, row->source) ||
			!same(follow ? follow->subject : NULL, row->next_subject))
			fail_msg("%s: %s, then %s reads %s with %s (%s)", row->name,
				verdict_name(extract.verdict), follow ? follow->source : "nobody",
				follow ? follow->url : "nothing",
				follow && follow->subject ? follow->subject : "nothing",
				extract.why ? extract.why : "");
		if (follow && follow->relation != FOLLOW_INSTEAD)
			fail_msg("%s: not instead", row->name);
		extract_release(&extract);
	}
}

#define SELF(actor) \
	"{\"rel\":\"self\",\"type\":\"application/activity+json\",\"href\":\"" actor "\"}"
#define FINGER_OF(subject, links) "{\"subject\":\"" subject "\",\"links\":[" links "]}"
#define INFO_OF(origin)           origin "/.well-known/nodeinfo"

static void a_finger_leads_to_the_account_that_was_asked_for(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct next_row rows[] = {
		{"the account's own server", ASKED, NULL, 0,
			FINGER_OF("acct:ada@ada.example", SELF("https://ada.example/u/1")), VERDICT_PARSE_DRIFT,
			"nodeinfo", INFO_OF("https://ada.example"), "found ada https://ada.example/u/1"},
		{"letters of any case", ASKED, NULL, 0,
			FINGER_OF("ACCT:Ada@Ada.example", SELF("https://ada.example/u/1")), VERDICT_PARSE_DRIFT,
			"nodeinfo", INFO_OF("https://ada.example"), "found ada https://ada.example/u/1"},
		{"no subject, but its own actor", ASKED, NULL, 0, "{\"links\":[" SELF("https://ada.example/u/1") "]}",
			VERDICT_PARSE_DRIFT, "nodeinfo", INFO_OF("https://ada.example"), "found ada https://ada.example/u/1"},
		{"accounts of the server are called by another domain", ASKED, NULL, 0,
			FINGER_OF("acct:ada@example.com", SELF("https://ada.example/u/1")), VERDICT_PARSE_DRIFT,
			"nodeinfo", INFO_OF("https://ada.example"), "found ada https://ada.example/u/1"},
		{"another server must say so itself", ASKED, NULL, 0, FINGER_OF("acct:ada@ada.example", SELF(ACTOR)),
			VERDICT_PARSE_DRIFT, "webfinger", SOCIAL "/.well-known/webfinger?resource=acct:ada@ada.example",
			"ada@ada.example " ACTOR},
		{"and does", CONFIRM, NULL, 0, FINGER_OF("acct:ada@ada.example", SELF(ACTOR)), VERDICT_PARSE_DRIFT,
			"nodeinfo", INFO_OF(SOCIAL), "found ada " ACTOR},
		{"or names another actor", CONFIRM, NULL, 0, FINGER_OF("acct:ada@ada.example", SELF(SOCIAL "/users/eve")),
			VERDICT_PARSE_DRIFT, NULL, NULL, NULL},
		{"or answers with its own name for somebody", CONFIRM, NULL, 0,
			FINGER_OF("acct:ada@social.ada.example", SELF(ACTOR)), VERDICT_MOVED, NULL, NULL, NULL},
		{"or leads on", CONFIRM, NULL, 0, FINGER_OF("acct:ada@ada.example", SELF("https://third.example/u/1")),
			VERDICT_PARSE_DRIFT, NULL, NULL, NULL},
		{"or knows nobody", CONFIRM, NULL, 404, "Not found", VERDICT_NOT_FOUND, NULL, NULL, NULL},
		{"somebody else", ASKED, NULL, 0, FINGER_OF("acct:eve@ada.example", SELF("https://ada.example/u/2")),
			VERDICT_MOVED, NULL, NULL, NULL},
		{"somebody else elsewhere", ASKED, NULL, 0, FINGER_OF("acct:ada@social.example", SELF("https://social.example/u/2")),
			VERDICT_MOVED, NULL, NULL, NULL},
		{"no subject, and an actor elsewhere", ASKED, NULL, 0, "{\"links\":[" SELF(ACTOR) "]}", VERDICT_PARSE_DRIFT,
			NULL, NULL, NULL},
		{"an actor that is no web address", ASKED, NULL, 0,
			FINGER_OF("acct:ada@ada.example", SELF("file:///etc/passwd")), VERDICT_PARSE_DRIFT, NULL, NULL, NULL},
		{"an actor behind one that is none", ASKED, NULL, 0,
			FINGER_OF("acct:ada@ada.example", SELF("x:") "," SELF("https://ada.example/u/1")), VERDICT_PARSE_DRIFT,
			"nodeinfo", INFO_OF("https://ada.example"), "found ada https://ada.example/u/1"},
		{"no actor, but a feed", ASKED, NULL, 0, FINGER_OF("acct:ada@ada.example",
			"{\"rel\":\"http://schemas.google.com/g/2010#updates-from\",\"href\":\"https://ada.example/ada.atom\"}"),
			VERDICT_PARSE_DRIFT, "feed", "https://ada.example/ada.atom", NULL},
		{"no actor, but a page", ASKED, NULL, 0, FINGER_OF("acct:ada@ada.example",
			"{\"rel\":\"http://webfinger.net/rel/profile-page\",\"href\":\"https://ada.example/ada\"}"),
			VERDICT_PARSE_DRIFT, "page", "https://ada.example/ada", NULL},
		{"a page of another server", ASKED, NULL, 0, FINGER_OF("acct:ada@ada.example",
			"{\"rel\":\"http://webfinger.net/rel/profile-page\",\"href\":\"https://eve.example/ada\"}"),
			VERDICT_PARSE_DRIFT, NULL, NULL, NULL},
		{"unknown", ASKED, NULL, 404, "", VERDICT_NOT_FOUND, NULL, NULL, NULL},
		{"unknown, as some say it", ASKED, NULL, 400, "", VERDICT_NOT_FOUND, NULL, NULL, NULL},
		{"deleted", ASKED, NULL, 410, "", VERDICT_GONE, NULL, NULL, NULL},
		{"too many requests", ASKED, NULL, 429, "", VERDICT_RATE_LIMITED, NULL, NULL, NULL},
		{"not for us", ASKED, NULL, 403, "", VERDICT_BLOCKED, "mastodon",
			"https://ada.example/api/v1/accounts/lookup?acct=ada", NULL},
		{"a page for every address", ASKED, NULL, 0, "<!doctype html><p>Hello", VERDICT_PARSE_DRIFT, "mastodon",
			"https://ada.example/api/v1/accounts/lookup?acct=ada", NULL},
		{"half an answer", ASKED, NULL, 0, "{\"subject\":\"acct:ada@ada.ex", VERDICT_PARSE_DRIFT, NULL, NULL, NULL},
		{"something else", ASKED, NULL, 0, "{\"links\":{}}", VERDICT_PARSE_DRIFT, NULL, NULL, NULL},
	};
	/* clang-format on */
	check_next(fingers, rows, sizeof rows / sizeof *rows);
}

#define RUNS(name) "{\"version\":\"2.1\",\"software\":{\"name\":\"" name "\"}}"

static void software_decides_who_reads(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct next_row rows[] = {
		{"Mastodon", SOFTWARE, NULL, 0, RUNS("mastodon"), VERDICT_PARSE_DRIFT, "mastodon",
			SOCIAL "/api/v1/accounts/lookup?acct=ada", ACTOR},
		{"its kin, in any case", SOFTWARE, NULL, 0, RUNS("Akkoma"), VERDICT_PARSE_DRIFT, "mastodon",
			SOCIAL "/api/v1/accounts/lookup?acct=ada", ACTOR},
		{"Mastodon whose API was not there", SOFTWARE, "guess ada " ACTOR, 0, RUNS("mastodon"), VERDICT_PARSE_DRIFT,
			"activitypub", ACTOR, "full"},
		{"Mastodon whose API is closed has a feed", SOFTWARE, "closed ada " ACTOR, 0, RUNS("mastodon"),
			VERDICT_PARSE_DRIFT, "feed", SOCIAL "/@ada.rss", "closed"},
		{"GoToSocial shows pages", SOFTWARE, "closed ada " ACTOR, 0, RUNS("gotosocial"), VERDICT_PARSE_DRIFT, "page",
			SOCIAL "/@ada", "as-named"},
		{"Pixelfed", SOFTWARE, NULL, 0, RUNS("pixelfed"), VERDICT_PARSE_DRIFT, "page", SOCIAL "/ada", "as-named"},
		{"PeerTube", SOFTWARE, NULL, 0, RUNS("peertube"), VERDICT_PARSE_DRIFT, "peertube",
			SOCIAL "/api/v1/accounts/ada", "accounts ada 0"},
		{"Lemmy", SOFTWARE, NULL, 0, RUNS("lemmy"), VERDICT_PARSE_DRIFT, "lemmy",
			SOCIAL "/api/v3/user?username=ada&sort=New&limit=50&page=1", "ada 1"},
		{"Friendica", SOFTWARE, NULL, 0, RUNS("friendica"), VERDICT_PARSE_DRIFT, "activitypub", ACTOR, "full"},
		{"nobody knows it", SOFTWARE, NULL, 0, RUNS("homemade"), VERDICT_PARSE_DRIFT, "activitypub", ACTOR, "-"},
		{"no name", SOFTWARE, NULL, 0, RUNS(""), VERDICT_PARSE_DRIFT, "activitypub", ACTOR, "-"},
		{"a name that is none", SOFTWARE, NULL, 0, RUNS("a b\\u001b[31m"), VERDICT_PARSE_DRIFT, "activitypub", ACTOR, "-"},
		{"something else", SOFTWARE, NULL, 0, "[]", VERDICT_PARSE_DRIFT, "activitypub", ACTOR, "-"},
		{"it is not there", SOFTWARE, NULL, 404, "", VERDICT_NOT_FOUND, "activitypub", ACTOR, "-"},
		{"the newest of its pages", LINKS, NULL, 0, "{\"links\":["
			"{\"rel\":\"http://nodeinfo.diaspora.software/ns/schema/2.0\",\"href\":\"" SOCIAL "/2.0\"},"
			"{\"rel\":\"http://nodeinfo.diaspora.software/ns/schema/2.1\",\"href\":\"/2.1\"}]}", VERDICT_PARSE_DRIFT,
			"nodeinfo", SOCIAL "/2.1", "found ada " ACTOR},
		{"a page of another server", LINKS, NULL, 0, "{\"links\":["
			"{\"rel\":\"http://nodeinfo.diaspora.software/ns/schema/2.0\",\"href\":\"https://eve.example/2.0\"}]}",
			VERDICT_PARSE_DRIFT, "activitypub", ACTOR, "-"},
		{"no pages", LINKS, NULL, 0, "{\"links\":[]}", VERDICT_PARSE_DRIFT, "activitypub", ACTOR, "-"},
		{"no NodeInfo", LINKS, "guess ada " ACTOR, 404, "", VERDICT_NOT_FOUND, "activitypub", ACTOR, "-"},
		{"a web page", LINKS, NULL, 0, "<!doctype html>", VERDICT_PARSE_DRIFT, "activitypub", ACTOR, "-"},
		{"too many requests", LINKS, NULL, 429, "", VERDICT_RATE_LIMITED, NULL, NULL, NULL},
	};
	/* clang-format on */
	check_next(infos, rows, sizeof rows / sizeof *rows);
}

static void the_software_is_told(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&infos[SOFTWARE], FIXTURES "nodeinfo/software.json", &extract);
	assert_string_equal(extract.why, "The server says that it runs \"writefreely\".");
	extract_release(&extract);
}

static void damaged_answers(void **state)
{
	(void)state;
	check_cuts(&fingers[ASKED], FIXTURES "webfinger/account.json");
	check_types(&fingers[ASKED], FIXTURES "webfinger/account.json");
	check_types(&fingers[CONFIRM], FIXTURES "webfinger/account.json");
	check_cuts(&infos[LINKS], FIXTURES "nodeinfo/links.json");
	check_types(&infos[LINKS], FIXTURES "nodeinfo/links.json");
	check_cuts(&infos[SOFTWARE], FIXTURES "nodeinfo/software.json");
	check_types(&infos[SOFTWARE], FIXTURES "nodeinfo/software.json");
}

static void genuine_answers(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		struct asked asked;
		const char *next;
	} rows[] = {
		{"servers/fedify/webfinger.json",
			{"webfinger",
				"https://localhost:8443/.well-known/"
				"webfinger?resource=acct:alice@localhost:8443",
				"https://localhost:8443/@alice", ASKED, "alice@localhost:8443", 0,
				"application/jrd+json", NULL},
			"https://localhost:8443/.well-known/nodeinfo"},
		{"servers/fedify/nodeinfo-links.json",
			{"nodeinfo", "https://localhost:8443/.well-known/nodeinfo",
				"https://localhost:8443/@alice", LINKS,
				"found alice https://localhost:8443/users/alice", 0,
				"application/jrd+json", NULL},
			"https://localhost:8443/nodeinfo/2.1"},
		{"servers/fedify/nodeinfo.json",
			{"nodeinfo", "https://localhost:8443/nodeinfo/2.1",
				"https://localhost:8443/@alice", SOFTWARE,
				"found alice https://localhost:8443/users/alice", 0, NULL, NULL},
			"https://localhost:8443/users/alice"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len;
		struct extract extract;
		char *body = shared_page(rows[i].file, &len);
		if (!body)
			return;
		answer(&rows[i].asked, body, len, &extract);
		assert_int_equal(extract.n_follows, 1);
		assert_string_equal(extract.follows[0].url, rows[i].next);
		extract_release(&extract);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accounts_are_asked_for_at_their_host),
		cmocka_unit_test(a_finger_leads_to_the_account_that_was_asked_for),
		cmocka_unit_test(software_decides_who_reads),
		cmocka_unit_test(the_software_is_told),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(genuine_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
