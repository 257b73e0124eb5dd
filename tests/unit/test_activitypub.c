#include "daemon/base/buf.h"
#include "tests/unit/api_check.h"

enum { ACTOR, OUTBOX, OBJECT, FOLLOWING, LIKED };

#define HOST     "https://ap.example"
#define ADA      HOST "/users/ada"
#define FIXTURES "tests/fixtures/activitypub/"
#define AP_TYPE  "application/activity+json; charset=utf-8"

static const struct asked asked[] = {
	[ACTOR] = {"activitypub", ADA, HOST "/@ada", ACTOR, "-", 0, AP_TYPE, NULL},
	[OUTBOX] = {"activitypub", ADA "/outbox", HOST "/@ada", OUTBOX, "- " ADA, 0, AP_TYPE, NULL},
	[OBJECT] = {"activitypub", HOST "/notes/3", HOST "/@ada", OBJECT, "- " ADA, 0, AP_TYPE,
		NULL},
	[FOLLOWING] = {"activitypub", ADA "/following", HOST "/@ada", FOLLOWING, "- " ADA, 0,
		AP_TYPE, NULL},
	[LIKED] = {"activitypub", ADA "/liked", HOST "/@ada", LIKED, "- " ADA, 0, AP_TYPE, NULL},
};

static const struct follow *follow_to(const struct extract *extract, const char *url)
{
	for (size_t i = 0; i < extract->n_follows; i++) {
		if (strcmp(extract->follows[i].url, url) == 0)
			return &extract->follows[i];
	}
	FAIL("does not ask for %s", url);
}

static void an_actor_gives_facts_and_leads_to_its_lists(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[ACTOR], FIXTURES "actor.json", &extract);
	const struct facts *facts = &extract.facts;
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(facts->name, "Ada Example");
	assert_string_equal(facts->handle, "ada");
	assert_string_equal(facts->bio, "I build engines.");
	assert_string_equal(facts->photo_url, HOST "/ada.png");
	assert_string_equal(facts->photo_alt, "Ada at her desk");
	assert_int_equal(facts->created_s, 1709280000);
	assert_int_equal(facts->n_links, 2);
	assert_string_equal(facts->links[0], "https://old.example/users/ada");
	assert_string_equal(facts->links[1], "https://ada.example/");
	assert_string_equal(post_called(&extract, "bio")->text,
		"Ada Example\n\nI build engines.\n\nWeb: ada.example");
	assert_int_equal(extract.n_follows, 3);
	assert_int_equal(follow_to(&extract, ADA "/outbox")->relation, FOLLOW_NEXT);
	assert_string_equal(follow_to(&extract, ADA "/outbox")->subject, "- " ADA);
	assert_int_equal(follow_to(&extract, ADA "/following")->relation, FOLLOW_ALSO);
	assert_int_equal(follow_to(&extract, ADA "/liked")->step, LIKED);
	extract_release(&extract);
}

static void beside_a_page_nothing_has_to_be_there(void **state)
{
	(void)state;
	struct asked question = asked[ACTOR];
	struct extract extract;
	question.subject = "also";
	answer_file(&question, FIXTURES "actor.json", &extract);
	for (size_t i = 0; i < extract.n_follows; i++) {
		assert_int_equal(extract.follows[i].relation, FOLLOW_ALSO);
		assert_string_equal(extract.follows[i].subject, "also " ADA);
	}
	extract_release(&extract);
}

#define ACTOR_OF(id, more)                                                                       \
	"{\"type\":\"Person\",\"id\":\"" id "\",\"preferredUsername\":\"ada\",\"outbox\":\"" ADA \
	"/outbox\"" more "}"

struct state_row {
	const char *name; /* why the row exists */
	int step;
	const char *subject; /* NULL: as usual */
	int status;          /* 0: 200 */
	const char *type;    /* NULL: an activity's */
	const char *body;
	enum verdict verdict;
	const char *next; /* NULL: nothing more is asked */
	const char *source;
	enum relation relation;
};

static void check_states(const struct state_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct state_row *row = &rows[i];
		struct asked question = asked[row->step];
		struct extract extract;
		question.status = row->status;
		question.subject = row->subject ? row->subject : question.subject;
		question.content_type = row->type ? row->type : AP_TYPE;
		answer(&question, row->body, strlen(row->body), &extract);
		const struct follow *follow = extract.n_follows > 0 ? extract.follows : NULL;
		if (extract.verdict != row->verdict ||
			!same(follow ? follow->url : NULL, row->next) ||
			(follow && (follow->relation != row->relation ||
					   strcmp(follow->source, row->source) != 0)))
			fail_msg("%s: %s, then %s (%s)", row->name, verdict_name(extract.verdict),
				follow ? follow->url : "nothing", extract.why ? extract.why : "");
		extract_release(&extract);
	}
}

static void states_of_accounts(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct state_row rows[] = {
		{"nothing special", ACTOR, NULL, 0, NULL, ACTOR_OF(ADA, ""), VERDICT_OK, ADA "/outbox", "activitypub",
			FOLLOW_NEXT},
		{"suspended", ACTOR, NULL, 0, NULL, ACTOR_OF(ADA, ",\"suspended\":true"), VERDICT_SUSPENDED, NULL, NULL, 0},
		{"moved, and what stands here is read", ACTOR, NULL, 0, NULL,
			ACTOR_OF(ADA, ",\"movedTo\":\"https://new.example/users/ada\""), VERDICT_MOVED, ADA "/outbox",
			"activitypub", FOLLOW_NEXT},
		{"of another server", ACTOR, NULL, 0, NULL, ACTOR_OF("https://far.example/users/ada", ""), VERDICT_PARSE_DRIFT,
			NULL, NULL, 0},
		{"deleted", ACTOR, NULL, 0, NULL, "{\"type\":\"Tombstone\",\"id\":\"" ADA "\"}", VERDICT_GONE, NULL, NULL, 0},
		{"deleted, as others say it", ACTOR, NULL, 410, NULL, "", VERDICT_GONE, NULL, NULL, 0},
		{"unknown, and a page may say why", ACTOR, NULL, 404, NULL, "", VERDICT_NOT_FOUND, ADA, "page", FOLLOW_INSTEAD},
		{"wants signed requests, but shows a page", ACTOR, NULL, 401, NULL, "{\"error\":\"Request not signed\"}",
			VERDICT_AUTH_REQUIRED, ADA, "page", FOLLOW_INSTEAD},
		{"the page comes whatever is asked for", ACTOR, NULL, 0, "text/html", "<!doctype html><p>Ada", VERDICT_PARSE_DRIFT,
			ADA, "page", FOLLOW_INSTEAD},
		{"beside a page there is no other", ACTOR, "also", 401, NULL, "", VERDICT_AUTH_REQUIRED, NULL, NULL, 0},
		{"out of order", ACTOR, NULL, 503, NULL, "", VERDICT_SERVER_ERROR, NULL, NULL, 0},
		{"too many requests", ACTOR, NULL, 429, NULL, "", VERDICT_RATE_LIMITED, NULL, NULL, 0},
		{"something else", ACTOR, NULL, 0, NULL, "{\"type\":\"Note\",\"id\":\"" ADA "\"}", VERDICT_PARSE_DRIFT, NULL,
			NULL, 0},
		{"the outbox only is closed", OUTBOX, NULL, 401, NULL, "", VERDICT_AUTH_REQUIRED, ADA, "page", FOLLOW_INSTEAD},
		{"a list that leads to its first page", OUTBOX, NULL, 0, NULL,
			"{\"type\":\"OrderedCollection\",\"totalItems\":3,\"first\":\"" ADA "/outbox?p=1\"}", VERDICT_OK,
			ADA "/outbox?p=1", "activitypub", FOLLOW_NEXT},
		{"whose first page is on another server", OUTBOX, NULL, 0, NULL,
			"{\"type\":\"OrderedCollection\",\"totalItems\":3,\"first\":\"https://far.example/1\"}", VERDICT_OK, NULL,
			NULL, 0},
		{"empty, on a server that would show it all", OUTBOX, "full " ADA, 0, NULL,
			"{\"type\":\"OrderedCollection\",\"totalItems\":0,\"orderedItems\":[]}", VERDICT_EMPTY, NULL, NULL, 0},
		{"empty whatever was written", OUTBOX, NULL, 0, NULL,
			"{\"type\":\"OrderedCollection\",\"totalItems\":0,\"orderedItems\":[]}", VERDICT_TRUNCATED, ADA, "page",
			FOLLOW_ALSO},
		{"it only counts", OUTBOX, "full " ADA, 0, NULL, "{\"type\":\"OrderedCollection\",\"totalItems\":7}",
			VERDICT_TRUNCATED, ADA, "page", FOLLOW_ALSO},
		{"an empty page in the middle", OUTBOX, NULL, 0, NULL, "{\"type\":\"OrderedCollectionPage\",\"partOf\":\"x\","
			"\"orderedItems\":[],\"next\":\"" ADA "/outbox?p=2\"}", VERDICT_OK, ADA "/outbox?p=2", "activitypub",
			FOLLOW_NEXT},
		{"an empty last page", OUTBOX, NULL, 0, NULL, "{\"type\":\"OrderedCollectionPage\",\"partOf\":\"x\","
			"\"orderedItems\":[]}", VERDICT_OK, NULL, NULL, 0},
		{"a first page within the list", OUTBOX, NULL, 0, NULL, "{\"type\":\"OrderedCollection\",\"totalItems\":2,"
			"\"first\":{\"type\":\"OrderedCollectionPage\",\"next\":\"" ADA "/outbox?p=2\",\"orderedItems\":["
			"{\"type\":\"Note\",\"id\":\"x\",\"content\":\"x\"}]}}", VERDICT_OK, ADA "/outbox?p=2", "activitypub",
			FOLLOW_NEXT},
		{"a list of one, written without brackets", OUTBOX, NULL, 0, NULL, "{\"type\":\"OrderedCollection\","
			"\"orderedItems\":{\"type\":\"Note\",\"id\":\"x\",\"content\":\"x\"}}", VERDICT_OK, NULL, NULL, 0},
		{"a list of something else", OUTBOX, NULL, 0, NULL, "{\"type\":\"OrderedCollection\",\"orderedItems\":"
			"[1,null,{},[[]],{\"type\":\"Note\"}]}", VERDICT_PARSE_DRIFT, NULL, NULL, 0},
		{"no list", OUTBOX, NULL, 0, NULL, "{\"type\":\"Person\"}", VERDICT_PARSE_DRIFT, NULL, NULL, 0},
		{"whom it follows is not for us", FOLLOWING, NULL, 401, NULL, "", VERDICT_AUTH_REQUIRED, NULL, NULL, 0},
		{"whom it follows, page after page", FOLLOWING, "- " ADA " 3", 0, NULL,
			"{\"type\":\"OrderedCollectionPage\",\"items\":[\"https://far.example/users/bob\"],\"next\":\"" ADA "/f?p=4\"}",
			VERDICT_OK, ADA "/f?p=4", "activitypub", FOLLOW_ALSO},
		{"but not without end", FOLLOWING, "- " ADA " 12", 0, NULL,
			"{\"type\":\"OrderedCollectionPage\",\"items\":[\"https://far.example/users/bob\"],\"next\":\"" ADA "/f?p=4\"}",
			VERDICT_OK, NULL, NULL, 0},
		{"a list of what is nobody", FOLLOWING, NULL, 0, NULL, "{\"type\":\"OrderedCollection\",\"items\":[1,{}]}",
			VERDICT_PARSE_DRIFT, NULL, NULL, 0},
		{"whom it follows is hidden", FOLLOWING, NULL, 0, NULL, "{\"type\":\"OrderedCollection\",\"totalItems\":5}",
			VERDICT_OK, NULL, NULL, 0},
	};
	/* clang-format on */
	check_states(rows, sizeof rows / sizeof *rows);
}

static void rows_of_an_outbox(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct post_row rows[] = {
		{"a note with warning, link and a picture that is no list", HOST "/notes/12", KIND_POST, 1778580000,
			HOST "/@ada/12", "long day\n\nI hate them.\n\nme, asleep", NULL, 1},
		{"what is passed on is told by address", HOST "/acts/11", KIND_REPOST, 1778493600, HOST "/acts/11", "", NULL, 1},
		{"a reply whose text is in the map of languages", HOST "/notes/10", KIND_REPLY, 1778407200, HOST "/notes/10",
			"Ja, genau.", NULL, 0},
		{"an article: its title, and not twice what its summary says", HOST "/articles/9", KIND_POST, 1778320800,
			HOST "/articles/9.html", "On engines\n\nWhy\n\nThey turn. And turn.", NULL, 0},
		{"a question that quotes", HOST "/notes/8", KIND_QUOTE, 1778234400, HOST "/notes/8", "Which?\n\nthis\n\nthat",
			NULL, 1},
		{"what another wrote is another's", HOST "/notes/7", KIND_REPOST, 1778148000, HOST "/notes/7", "", "Not hers.", 0},
		{"a like", HOST "/acts/6", KIND_LIKE, 1778061600, NULL, "", NULL, 1},
		{"a follow", HOST "/acts/5", KIND_FOLLOW, 1777975200, NULL, "", "@bob@far.example", 1},
		{"a film, in Markdown", HOST "/videos/1", KIND_POST, 1777629600, HOST "/videos/1", "A film\n\nIt **turns**.",
			NULL, 0},
	};
	/* clang-format on */
	struct extract extract;
	answer_file(&asked[OUTBOX], FIXTURES "page.json", &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, sizeof rows / sizeof *rows);
	assert_string_equal(post_called(&extract, HOST "/notes/12")->lang, "en");
	assert_int_equal(post_called(&extract, HOST "/notes/12")->updated_s, 1778583600);
	assert_int_equal(post_called(&extract, HOST "/notes/12")->title_len, strlen("long day"));
	assert_string_equal(post_called(&extract, HOST "/notes/10")->lang, "de");
	assert_int_equal(extract.n_follows, 2);
	assert_int_equal(follow_to(&extract, HOST "/notes/3")->step, OBJECT);
	assert_int_equal(follow_to(&extract, HOST "/notes/3")->relation, FOLLOW_ALSO);
	assert_int_equal(follow_to(&extract, ADA "/outbox?page=2")->relation, FOLLOW_OLDER);
	extract_release(&extract);
}

static void what_is_only_named_is_asked_for(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&asked[OBJECT], FIXTURES "note.json", &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(post_called(&extract, HOST "/notes/3")->text, "Fetched alone.");
	extract_release(&extract);
}

static void too_many_names_are_told(void **state)
{
	(void)state;
	struct buf body = BUF_INIT(1 << 20);
	struct extract extract;
	assert_int_equal(buf_adds(&body, "{\"type\":\"OrderedCollectionPage\",\"next\":\"" ADA
					 "/outbox?p=2\",\"orderedItems\":["),
		0);
	for (int i = 0; i < 60; i++)
		assert_int_equal(buf_addf(&body, "%s\"" HOST "/notes/%d\"", i ? "," : "", i), 0);
	assert_int_equal(buf_adds(&body, "]}"), 0);
	answer(&asked[OUTBOX], buf_str(&body), body.len, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_true(extract.coverage.cut);
	assert_int_equal(follow_to(&extract, ADA "/outbox?p=2")->relation, FOLLOW_NEXT);
	extract_release(&extract);
	buf_release(&body);
}

static void whom_it_follows(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct post_row rows[] = {
		{"by address", "follow:https://far.example/users/bob", KIND_FOLLOW, 0, NULL, "", "@bob@far.example", 1},
		{"with what it says of itself", "follow:https://globex.example/", KIND_FOLLOW, 0, NULL, "", "Globex\n\nWidgets.", 1},
		{"by the address that people know", "follow:https://far.example/@eve", KIND_FOLLOW, 0, NULL, "",
			"@eve@far.example", 1},
	};
	/* clang-format on */
	struct extract extract;
	answer_file(&asked[FOLLOWING], FIXTURES "following.json", &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, sizeof rows / sizeof *rows);
	extract_release(&extract);
}

static void damaged_answers(void **state)
{
	(void)state;
	static const struct {
		int step;
		const char *file;
	} rows[] = {
		{ACTOR, FIXTURES "actor.json"},
		{OUTBOX, FIXTURES "outbox.json"},
		{OUTBOX, FIXTURES "page.json"},
		{OBJECT, FIXTURES "note.json"},
		{FOLLOWING, FIXTURES "following.json"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		check_cuts(&asked[rows[i].step], rows[i].file);
		check_types(&asked[rows[i].step], rows[i].file);
	}
}

/* ---- genuine answers ---- */

struct genuine {
	const char *file;
	int step;
	const char *owner;
	const char *next; /* NULL: nothing more is asked */
	struct post_row rows[3];
};

static void genuine_answers(void **state)
{
	(void)state;
	/* clang-format off */
	static const struct genuine rows[] = {
		{"platforms/pleroma/ap_note.json", OBJECT, "https://queer.hacktivis.me/users/lanodan", NULL,
			{{"Pleroma", "https://queer.hacktivis.me/objects/8d4973f4-53de-49cd-8c27-df160e16a9c2", KIND_REPLY, 1633630012,
				"https://queer.hacktivis.me/objects/8d4973f4-53de-49cd-8c27-df160e16a9c2", "Have what?", NULL, 0}}},
		{"platforms/friendica/ap_note.json", OBJECT, "https://soc.schuerz.at/profile/jakob", NULL,
			{{"Friendica", "https://soc.schuerz.at/objects/4edd2508-4361-edb8-c4d8-b45181083984", KIND_REPLY, 1642969284,
				"https://soc.schuerz.at/display/4edd2508-4361-edb8-c4d8-b45181083984", "@jakob test", NULL, 1}}},
		{"platforms/gnusocial/ap_note.json", OBJECT, "https://instance.gnusocial.test/actor/42", NULL,
			{{"GNU social", "https://instance.gnusocial.test/object/note/1339", KIND_REPLY, 1646168416,
				"https://instance.gnusocial.test/object/note/1339", "yay ^^", NULL, 0}}},
		{"platforms/wordpress/ap_note.json", OBJECT, "https://pfefferle.org/author/pfefferle/", NULL,
			{{"a comment of WordPress", "https://pfefferle.org?c=148", KIND_REPLY, 1714490473, "https://pfefferle.org/?c=148",
				"Nice! Hello from WordPress!", NULL, 0}}},
		{"platforms/lemmy/ap_page_post.json", OBJECT, "https://enterprise.lemmy.ml/u/picard", NULL,
			{{"Lemmy", "https://enterprise.lemmy.ml/post/55143", KIND_POST, 1614342934, "https://enterprise.lemmy.ml/post/55143",
				"Post title\n\nThis is a post in the /c/tenforward community", NULL, 1}}},
		{"platforms/lemmy/ap_tombstone.json", OBJECT, "https://lemmy.ml/u/x", NULL, {{0}}},
		{"platforms/activitypub_generic/xray_article.json", OBJECT, "https://activitystreams.example/aaronpk", NULL,
			{{"an article", "http://activitystreams.example/article.json", KIND_POST, 1531425724,
				"http://activitystreams.example/article.json",
				"An Article\n\nThis is the content of an ActivityStreams article", NULL, 0}}},
		{"platforms/activitypub_generic/xray_sensitive.json", OBJECT, "https://mastodon.social/users/Gargron", NULL,
			{{"another's", "http://activitystreams.example/sensitive.json", KIND_REPOST, 1531425724,
				"http://activitystreams.example/sensitive.json", "",
				"sensitive topic\n\nThis is the text content of a sensitive ActivityStreams note", 0}}},
		{"servers/fedify/outbox.json", OUTBOX, "https://localhost:8443/users/alice",
			"https://localhost:8443/users/alice/outbox?cursor=0", {{0}}},
		{"servers/fedify/outbox-page2.json", OUTBOX, "https://localhost:8443/users/alice",
			"https://localhost:8443/users/alice/outbox?cursor=4",
			{{"Fedify", "https://localhost:8443/users/alice/notes/3", KIND_POST, 1767441600, "https://localhost:8443/@alice/3",
				"賄賂 (bribe) naïve, zero\u200bwidth bri\u200bbe; fullwidth ＢＲＩＢＥ 🦆", NULL, 0},
			 {"entities", "https://localhost:8443/users/alice/notes/2", KIND_POST, 1767355200, "https://localhost:8443/@alice/2",
				"AT&T isn't <bribed>. https://example.com/?a=1&b=2 I took a bribe once.", NULL, 1}}},
		{"servers/fedify/outbox-page3.json", OUTBOX, "https://localhost:8443/users/alice", NULL,
			{{"the last", "https://localhost:8443/users/alice/notes/1", KIND_POST, 1767268800, "https://localhost:8443/@alice/1",
				"Plain first post. I had porridge.", NULL, 0}}},
		{"servers/fedify/followers.json", FOLLOWING, "https://localhost:8443/users/alice", NULL, {{0}}},
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len, count = 0;
		char *body = shared_page(rows[i].file, &len);
		char subject[200];
		struct extract extract;
		if (!body)
			return;
		(void)snprintf(subject, sizeof subject, "- %s", rows[i].owner);
		struct asked question = asked[rows[i].step];
		question.url = question.profile = rows[i].owner;
		question.subject = subject;
		answer(&question, body, len, &extract);
		while (count < 3 && rows[i].rows[count].name)
			count++;
		assert_int_equal(extract.verdict, VERDICT_OK);
		check_posts(&extract, rows[i].rows, count);
		const char *next = extract.n_follows > 0 ? extract.follows[0].url : NULL;
		if (!same(next, rows[i].next))
			fail_msg("%s: asks for %s", rows[i].file, next ? next : "nothing");
		extract_release(&extract);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_actor_gives_facts_and_leads_to_its_lists),
		cmocka_unit_test(beside_a_page_nothing_has_to_be_there),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(rows_of_an_outbox),
		cmocka_unit_test(what_is_only_named_is_asked_for),
		cmocka_unit_test(too_many_names_are_told),
		cmocka_unit_test(whom_it_follows),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(genuine_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
