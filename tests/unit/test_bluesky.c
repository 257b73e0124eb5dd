#include "crawlers/sources/bluesky.h"
#include "tests/unit/api_check.h"

#define API     "https://public.api.bsky.app/xrpc/"
#define DID     "did:plc:quackquackquackquackquac"
#define PIN     "at://" DID "/app.bsky.feed.post/3kaaa"
#define ESCAPED "did%3Aplc%3Aquackquackquackquackquac"
#define POST(k) "at://" DID "/app.bsky.feed.post/" k

static const struct asked profile = {
	.source = "bluesky",
	.url = API "app.bsky.actor.getProfile?actor=ada.example",
	.profile = "https://bsky.app/profile/ada.example",
	.step = 0,
};

static const struct asked feed = {
	.source = "bluesky",
	.url = API "app.bsky.feed.getAuthorFeed?actor=did%3Aplc%3Aquack",
	.profile = "https://bsky.app/profile/ada.example",
	.step = 1,
	.subject = DID " " PIN " -1 0",
};

#define PDS "https://pds.example/xrpc/"

/* Questions beyond the profile and its posts. */
static const struct question {
	struct asked asked;
	const char *file;
} questions[] = {
	{{"bluesky", API "app.bsky.graph.getFollows?actor=x",
		 "https://bsky.app/profile/ada.example", BLUESKY_FOLLOWS, DID " 1", 0, NULL, NULL},
		"tests/fixtures/bluesky/follows.json"},
	{{"bluesky",
		 "https://bsky.social/xrpc/com.atproto.identity.resolveHandle?handle=ada.example",
		 "https://bsky.app/profile/ada.example", BLUESKY_RESOLVE, NULL, 0, NULL, NULL},
		"tests/fixtures/bluesky/resolved.json"},
	{{"bluesky", "https://plc.directory/" DID "#acts", "https://bsky.app/profile/ada.example",
		 BLUESKY_DID, DID " acts", 0, NULL, NULL},
		"tests/fixtures/bluesky/did.json"},
	{{"bluesky", PDS "com.atproto.repo.describeRepo?repo=x",
		 "https://bsky.app/profile/ada.example", BLUESKY_REPO, DID " acts", 0, NULL, NULL},
		"tests/fixtures/bluesky/repo.json"},
	{{"bluesky", PDS "com.atproto.repo.listRecords?repo=x",
		 "https://bsky.app/profile/ada.example", BLUESKY_POSTS, DID " rest", 0, NULL, NULL},
		"tests/fixtures/bluesky/records.json"},
	{{"bluesky", PDS "com.atproto.repo.getRecord?repo=x",
		 "https://bsky.app/profile/ada.example", BLUESKY_OWN, DID " alone", 0, NULL, NULL},
		"tests/fixtures/bluesky/own.json"},
	{{"bluesky", PDS "com.atproto.repo.listRecords?repo=x",
		 "https://bsky.app/profile/ada.example", BLUESKY_NAMED, DID " acts", 0, NULL, NULL},
		"tests/fixtures/bluesky/named.json"},
	{{"bluesky", PDS "com.atproto.repo.listRecords?repo=x",
		 "https://bsky.app/profile/ada.example", BLUESKY_LIKES, DID " acts 1", 0, NULL,
		 NULL},
		"tests/fixtures/bluesky/likes.json"},
	{{"bluesky", API "app.bsky.feed.getPosts?uris=x", "https://bsky.app/profile/ada.example",
		 BLUESKY_LIKED,
		 "at://did:plc:bob/app.bsky.feed.post/3p00 1709287200 "
		 "at://did:plc:bob/app.bsky.feed.post/3p07 1709287207",
		 0, NULL, NULL},
		"tests/fixtures/bluesky/liked.json"},
};

static const struct question *question(enum bluesky_step step)
{
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
		if (questions[i].asked.step == (int)step)
			return &questions[i];
	}
	FAIL("nothing asks step %d", step);
}

static void ask(enum bluesky_step step, const char *subject, struct extract *ret)
{
	struct asked asked = question(step)->asked;
	asked.subject = subject ? subject : asked.subject;
	answer_file(&asked, question(step)->file, ret);
}

/* What @extract leads to: @rows of "step relation URL". */
struct lead {
	enum bluesky_step step;
	enum relation relation;
	const char *url;
	const char *subject; /* NULL: any */
};

static void check_leads(const struct extract *extract, const struct lead *leads, size_t count)
{
	for (size_t i = 0; i < count && i < extract->n_follows; i++) {
		const struct follow *follow = &extract->follows[i];
		if (follow->step != (int)leads[i].step || follow->relation != leads[i].relation ||
			strcmp(follow->url, leads[i].url) != 0 ||
			(leads[i].subject && !same(follow->subject, leads[i].subject)))
			FAIL("lead %zu: step %d, relation %d, %s (%s)", i, follow->step,
				follow->relation, follow->url, follow->subject);
	}
	assert_int_equal(extract->n_follows, count);
}

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"a handle", "https://bsky.app/profile/ada.example",
			API "app.bsky.actor.getProfile?actor=ada.example"},
		{"a DID", "https://bsky.app/profile/" DID,
			API "app.bsky.actor.getProfile?actor=" DID},
		{"one of the profile's tabs", "https://bsky.app/profile/ada.example/lists",
			API "app.bsky.actor.getProfile?actor=ada.example"},
		{"no profile", "https://bsky.app/about", NULL},
		{"no name", "https://bsky.app/profile/", NULL},
		{"another host", "https://notbsky.app/profile/ada.example", NULL},
	};
	check_claims("bluesky", claims, sizeof claims / sizeof *claims);
}

static void the_profile(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&profile, "tests/fixtures/bluesky/profile.json", &extract);
	const struct facts *facts = &extract.facts;
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(facts->name, "Ada Example 🦆");
	assert_string_equal(facts->handle, "ada.example");
	assert_string_equal(facts->bio, "Bridges, mostly.\nOpinions are my own.");
	assert_string_equal(facts->photo_url, "https://cdn.example/avatar/ada.jpeg");
	assert_int_equal(facts->created_s, 1689903231);
	assert_int_equal(facts->n_posts, 6);
	assert_int_equal(facts->n_followers, 41);
	assert_int_equal(facts->n_following, 12);
	assert_int_equal(facts->n_links, 1);
	assert_int_equal(extract.coverage.total, 6);
	assert_non_null(extract.coverage.lack); /* !no-unauthenticated */
	assert_int_equal(extract.n_posts, 2);
	assert_string_equal(post_called(&extract, "handle")->text, "ada.example");
	assert_string_equal(post_called(&extract, "bio")->text,
		"Ada Example 🦆\n\nBridges, mostly.\nOpinions are my own.");
	static const struct lead leads[] = {
		{BLUESKY_FEED, FOLLOW_NEXT,
			API "app.bsky.feed.getAuthorFeed?actor=" ESCAPED
			    "&limit=100&filter=posts_with_replies",
			DID " " PIN " 6 0"},
		{BLUESKY_FOLLOWS, FOLLOW_ALSO,
			API "app.bsky.graph.getFollows?actor=" ESCAPED "&limit=100", DID " 1"},
		{BLUESKY_DID, FOLLOW_ALSO, "https://plc.directory/" DID "#acts", DID " acts"},
	};
	check_leads(&extract, leads, 3);
	extract_release(&extract);
}

static void its_posts(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *id;
		enum post_kind kind;
		int64_t published_s;
		const char *text;
		const char *others;
		size_t n_links;
	} rows[] = {
		{"facets, tags and languages", POST("3kaaa"), KIND_POST, 1709287200,
			"Überall Brücken: see bridges.example and @bob.example\n\n#bridges #work",
			NULL, 2},
		{"descriptions of pictures; a date in the future", POST("3kbbb"), KIND_POST,
			1709200800, "two pictures\n\nme asleep at my desk\n\nthe bridge", NULL, 0},
		{"a quote beside a film", POST("3kccc"), KIND_QUOTE, 1709114400,
			"how wrong this is\n\na film of mine", "Bridges are a hoax", 0},
		{"a reply, without what it answers", POST("3kddd"), KIND_REPLY, 1709028000,
			"That is not so", NULL, 0},
		{"a repost is not one's own words", "at://" DID "/app.bsky.feed.repost/3krrr",
			KIND_REPOST, 1708941600, "", "Bob was there", 0},
		{"a link card", POST("3keee"), KIND_POST, 1708855200, "a good read",
			"Headline\n\nWhat it says", 1},
		{"a list is no quote", POST("3kfff"), KIND_POST, 1708768800, "my list", NULL, 0},
	};
	struct extract extract;
	answer_file(&feed, "tests/fixtures/bluesky/feed.json", &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_posts, sizeof rows / sizeof *rows);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct post *post = post_called(&extract, rows[i].id);
		if (post->kind != rows[i].kind || post->published_s != rows[i].published_s ||
			!same(post->text, rows[i].text) || !same(post->others, rows[i].others) ||
			post->n_links != rows[i].n_links || post->pinned != (i == 0))
			fail_msg("%s: %s at %lld: %s (%s)", rows[i].name, kind_name(post->kind),
				(long long)post->published_s, post->text,
				post->others ? post->others : "no others");
	}
	extract_release(&extract);
}

static void links_stand_where_the_facets_say(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&feed, "tests/fixtures/bluesky/feed.json", &extract);
	const struct post *post = post_called(&extract, POST("3kaaa"));
	assert_string_equal(post->links[0].url, "https://bridges.example/x?y=1");
	assert_memory_equal(post->text + post->links[0].start, "bridges.example", 15);
	assert_int_equal(post->links[0].end - post->links[0].start, 15);
	assert_string_equal(post->links[1].url, "https://astray.example/");
	assert_int_equal(post->links[1].end, post->links[1].start);
	assert_string_equal(post->lang, "en");
	assert_string_equal(post->url, "https://bsky.app/profile/" DID "/post/3kaaa");
	assert_string_equal(post->author, "ada.example");
	extract_release(&extract);
}

static void the_list_goes_on_while_there_is_a_cursor(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *body;
		enum verdict verdict;
		const char *cursor; /* NULL: it ends */
	} rows[] = {
		{"no posts, but more behind", "{\"feed\":[],\"cursor\":\"a b&c\"}", VERDICT_EMPTY,
			"&cursor=a%20b%26c"},
		{"the end", "{\"feed\":[]}", VERDICT_EMPTY, NULL},
		{"no list", "{\"cursor\":\"a\"}", VERDICT_PARSE_DRIFT, NULL},
		{"a list of nothing known", "{\"feed\":[1,{}],\"cursor\":\"a\"}",
			VERDICT_PARSE_DRIFT, NULL},
		{"an object instead of the list", "{\"feed\":{}}", VERDICT_PARSE_DRIFT, NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct extract extract;
		answer(&feed, rows[i].body, strlen(rows[i].body), &extract);
		bool goes_on = extract.n_follows == 1;
		if (extract.verdict != rows[i].verdict || goes_on != (rows[i].cursor != NULL) ||
			(goes_on && (!strstr(extract.follows[0].url, rows[i].cursor) ||
					    extract.follows[0].relation != FOLLOW_OLDER)))
			fail_msg("%s: %s", rows[i].name, verdict_name(extract.verdict));
		extract_release(&extract);
	}
}

/* The feed's last page knows how many posts were shown, and the profile how many there are. */
static void missing_posts_are_looked_for(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *subject;
		const char *url; /* NULL: nothing is asked for */
	} rows[] = {
		{"six of nine", DID " - 9 0", "https://plc.directory/" DID "#rest"},
		{"all, on several pages", DID " - 9 3", NULL},
		{"more than counted", DID " - 5 0", NULL},
		{"not counted", DID " - -1 0", NULL},
		{"nine, of a did:web", "did:web:ada.example - 9 0",
			"https://ada.example/.well-known/did.json#rest"},
		{"another kind of DID", "did:key:z6Mk - 99 0", NULL},
		{"a did:web that is no host", "did:web:ada.example/x - 99 0", NULL},
	};
	json_t *root = json_load_file("tests/fixtures/bluesky/feed.json", 0, NULL);
	assert_int_equal(json_object_del(root, "cursor"), 0);
	char *body = json_dumps(root, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct asked asked = feed;
		asked.subject = rows[i].subject;
		struct extract extract;
		answer(&asked, body, strlen(body), &extract);
		const char *url = extract.n_follows ? extract.follows[0].url : NULL;
		if (!same(url, rows[i].url))
			fail_msg("%s: %s", rows[i].name, url ? url : "nothing");
		extract_release(&extract);
	}
	free(body);
	json_decref(root);
}

static void whom_it_follows(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"a company, whose bio is one line", "follow:did:plc:globexglobexglobexglobexg",
			KIND_FOLLOW, 0, NULL, "",
			"@globex.example\n\nGlobex\n\nWidgets. @globex of the sea", 1},
		{"a handle that is none", "follow:did:web:bob.example", KIND_FOLLOW, 0, NULL, "",
			"Bob", 1},
		{"a handle alone", "follow:did:plc:carolcarolcarolcarolcarol", KIND_FOLLOW, 0, NULL,
			"", "@carol.bsky.social", 1},
	};
	static const struct lead leads[] = {{BLUESKY_FOLLOWS, FOLLOW_ALSO,
		API "app.bsky.graph.getFollows?actor=" ESCAPED "&limit=100&cursor=3kx%3A%3Ay",
		DID " 2"}};
	struct extract extract;
	ask(BLUESKY_FOLLOWS, NULL, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, 3);
	assert_string_equal(
		extract.posts[1].links[0].url, "https://bsky.app/profile/did:web:bob.example");
	check_leads(&extract, leads, 1);
	assert_false(extract.coverage.interactions_cut);
	extract_release(&extract);
	ask(BLUESKY_FOLLOWS, DID " 20", &extract); /* the last page that is read */
	assert_int_equal(extract.n_follows, 0);
	assert_true(extract.coverage.interactions_cut);
	assert_non_null(extract.coverage.lack);
	assert_false(extract.coverage.cut);
	extract_release(&extract);
}

static void the_way_to_the_repository(void **state)
{
	(void)state;
	struct extract extract;
	static const struct lead resolved[] = {
		{BLUESKY_DID, FOLLOW_INSTEAD, "https://plc.directory/" DID "#alone", DID " alone"}};
	ask(BLUESKY_RESOLVE, NULL, &extract);
	check_leads(&extract, resolved, 1);
	extract_release(&extract);
	static const struct lead acts[] = {{BLUESKY_REPO, FOLLOW_ALSO,
		PDS "com.atproto.repo.describeRepo?repo=" ESCAPED, DID " acts"}};
	ask(BLUESKY_DID, NULL, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_leads(&extract, acts, 1);
	extract_release(&extract);
	static const struct lead rest[] = {{BLUESKY_POSTS, FOLLOW_ALSO,
		PDS "com.atproto.repo.listRecords?repo=" ESCAPED
		    "&collection=app.bsky.feed.post&limit=100",
		DID " rest"}};
	ask(BLUESKY_DID, DID " rest", &extract);
	check_leads(&extract, rest, 1);
	extract_release(&extract);
	ask(BLUESKY_DID, "did:plc:another acts", &extract); /* the document of somebody else */
	assert_int_equal(extract.verdict, VERDICT_PARSE_DRIFT);
	assert_int_equal(extract.n_follows, 0);
	extract_release(&extract);
}

static void what_the_repository_holds(void **state)
{
	(void)state;
	static const struct lead acts[] = {
		{BLUESKY_LIKES, FOLLOW_ALSO,
			PDS "com.atproto.repo.listRecords?repo=" ESCAPED
			    "&collection=app.bsky.feed.like&limit=100",
			DID " acts 1"},
		{BLUESKY_NAMED, FOLLOW_ALSO,
			PDS "com.atproto.repo.listRecords?repo=" ESCAPED
			    "&collection=app.bsky.graph.list&limit=100",
			DID " acts 1"},
	};
	struct extract extract;
	ask(BLUESKY_REPO, NULL, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_posts, 0);
	assert_string_equal(extract.coverage.lack, "Public records of other apps are not read: "
						   "com.blogs.example.entry, ex.notes.note.");
	check_leads(&extract, acts, 2);
	extract_release(&extract);
	ask(BLUESKY_REPO, DID " alone", &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.handle, "ada.example");
	assert_int_equal(extract.n_follows, 4); /* the profile's record and the posts, too */
	assert_int_equal(extract.follows[0].step, BLUESKY_OWN);
	assert_int_equal(extract.follows[1].step, BLUESKY_POSTS);
	assert_int_equal(extract.follows[1].relation, FOLLOW_NEXT);
	extract_release(&extract);
}

static void posts_of_the_repository(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"what the AppView leaves out", POST("3kzzz"), KIND_POST, 1709373600,
			"https://bsky.app/profile/" DID "/post/3kzzz", "Not shown by the AppView",
			NULL, 0},
		{"a quote, without what it quotes", POST("3kyyy"), KIND_QUOTE, 1709287200,
			"https://bsky.app/profile/" DID "/post/3kyyy", "so wrong", NULL, 0},
		{"a reply", POST("3kxxx"), KIND_REPLY, 1709200800,
			"https://bsky.app/profile/" DID "/post/3kxxx", "hi", NULL, 0},
	};
	struct extract extract;
	ask(BLUESKY_POSTS, NULL, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, 3);
	assert_true(extract.coverage.cut); /* one is of another repository */
	assert_int_equal(extract.n_follows, 1);
	assert_int_equal(extract.follows[0].relation, FOLLOW_ALSO);
	extract_release(&extract);
	ask(BLUESKY_POSTS, DID " alone", &extract);
	assert_int_equal(extract.follows[0].relation, FOLLOW_OLDER);
	extract_release(&extract);
}

static void names_that_it_gave(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"a list", "at://" DID "/app.bsky.graph.list/3kll", KIND_POST, 1704412800,
			"https://bsky.app/profile/" DID "/lists/3kll",
			"Utter idiots\n\nwhom I block", NULL, 0},
		{"a starter pack", "at://" DID "/app.bsky.graph.starterpack/3kss", KIND_POST,
			1704499200, "https://bsky.app/starter-pack/" DID "/3kss", "Bridges", NULL,
			0},
		{"a feed", "at://" DID "/app.bsky.feed.generator/birds", KIND_POST, 1704585600,
			"https://bsky.app/profile/" DID "/feed/birds", "Birds", NULL, 0},
	};
	struct extract extract;
	ask(BLUESKY_NAMED, NULL, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	check_posts(&extract, rows, 3);
	extract_release(&extract);
	ask(BLUESKY_OWN, NULL, &extract);
	assert_string_equal(extract.facts.name, "Ada Example");
	assert_string_equal(extract.facts.bio, "Bridges.");
	assert_int_equal(extract.facts.created_s, 1689904831);
	extract_release(&extract);
}

static void what_it_likes(void **state)
{
	(void)state;
	struct extract extract;
	ask(BLUESKY_LIKES, NULL, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_int_equal(extract.n_posts, 0);
	assert_int_equal(extract.n_follows, 3); /* 25 posts, 2 posts, the next page */
	const struct follow *batch = &extract.follows[0];
	assert_int_equal(batch->step, BLUESKY_LIKED);
	assert_int_equal(batch->relation, FOLLOW_ALSO);
	assert_non_null(
		strstr(batch->url, API "app.bsky.feed.getPosts?uris=at%3A%2F%2Fdid%3Aplc%3Abob"
				       "%2Fapp.bsky.feed.post%2F3p00&uris="));
	assert_non_null(strstr(batch->subject, "/3p24 1709287224"));
	assert_null(strstr(batch->url, "3p25"));
	assert_null(strstr(batch->url, "generator"));
	assert_non_null(
		strstr(extract.follows[1].url, "?uris=at%3A%2F%2Fdid%3Aplc%3Abob%2Fapp.bsky."
					       "feed.post%2F3p25&uris="));
	assert_string_equal(extract.follows[2].subject, DID " acts 2");
	extract_release(&extract);
	ask(BLUESKY_LIKES, DID " acts 2", &extract);
	assert_int_equal(extract.n_follows, 2);
	assert_true(extract.coverage.interactions_cut);
	extract_release(&extract);
	static const struct post_row rows[] = {
		{"a company's post, when it was liked",
			"like:at://did:plc:bob/app.bsky.feed.post/3p00", KIND_LIKE, 1709287200,
			NULL, "", "@globex.example\n\nGlobex\n\nOur new widget is here", 1},
		{"somebody's", "like:at://did:plc:bob/app.bsky.feed.post/3p07", KIND_LIKE,
			1709287207, NULL, "", "@bob.example\n\nBob\n\nFish and chips", 1},
	};
	ask(BLUESKY_LIKED, NULL, &extract);
	check_posts(&extract, rows, 2);
	assert_string_equal(
		extract.posts[0].links[0].url, "https://bsky.app/profile/did:plc:bob/post/3p00");
	extract_release(&extract);
}

/* Where the AppView refuses, the account's own server is asked; where it knows the account's state, not. */
static void the_appview_refuses(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int status;
		const char *actor;
		const char *body;
		const char *url; /* NULL: nothing is asked for */
	} rows[] = {
		{"a handle", 403, "ada.example", "<p>no",
			"https://bsky.social/xrpc/com.atproto.identity.resolveHandle?handle=ada."
			"example"},
		{"a DID", 401, DID, "{\"error\":\"AuthMissing\"}",
			"https://plc.directory/" DID "#alone"},
		{"taken down", 400, DID, "{\"error\":\"AccountTakedown\"}", NULL},
		{"not there", 400, DID, "{\"message\":\"Profile not found\"}", NULL},
		{"a name that is none", 403, "a b", "no", NULL},
		{"not told", 403, NULL, "no", NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct asked asked = profile;
		struct extract extract;
		asked.status = rows[i].status;
		asked.subject = rows[i].actor;
		answer(&asked, rows[i].body, strlen(rows[i].body), &extract);
		const char *url = extract.n_follows ? extract.follows[0].url : NULL;
		if (!same(url, rows[i].url) ||
			(url && extract.follows[0].relation != FOLLOW_INSTEAD))
			fail_msg("%s: %s", rows[i].name, url ? url : "nothing");
		assert_false(verdict_proves(extract.verdict));
		extract_release(&extract);
	}
}

/* When it can not be reached, main asks what else there is. */
static void the_appview_is_down(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		int step;
		const char *subject;
		const char *url; /* NULL: nothing else */
	} rows[] = {
		{"a handle", BLUESKY_PROFILE, "ada.example",
			"https://bsky.social/xrpc/com.atproto.identity.resolveHandle?handle=ada."
			"example"},
		{"a DID", BLUESKY_PROFILE, DID, "https://plc.directory/" DID "#alone"},
		{"a DID of another kind", BLUESKY_PROFILE, "did:key:z6Mk", NULL},
		{"its posts alone", BLUESKY_FEED, DID " - 1 0", NULL},
		{"nobody", BLUESKY_PROFILE, NULL, NULL},
	};
	const struct source *source = source_find("bluesky");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *arena = arena_new(1u << 20);
		const struct follow asked = {.step = rows[i].step, .subject = rows[i].subject};
		struct follow other;
		int r = source->otherwise(arena, &asked, &other);
		if (r != (rows[i].url ? 0 : SOURCE_E_NONE) ||
			(r == 0 && strcmp(other.url, rows[i].url) != 0))
			fail_msg("%s: %s", rows[i].name, r == 0 ? other.url : "nothing");
		arena_free(arena);
	}
}

static void an_endless_cursor_is_not_followed(void **state)
{
	(void)state;
	char *cursor = malloc(20001), *body;
	assert_non_null(cursor);
	memset(cursor, 'c', 20000);
	cursor[20000] = '\0';
	assert_true(asprintf(&body, "{\"feed\":[],\"cursor\":\"%s\"}", cursor) > 0);
	struct extract extract;
	answer(&feed, body, strlen(body), &extract);
	assert_int_equal(extract.n_follows, 0);
	assert_true(extract.coverage.cut);
	assert_non_null(extract.coverage.lack);
	extract_release(&extract);
	free(body);
	free(cursor);
}

static void states_of_accounts(void **state)
{
	(void)state;
	static const struct sign_row rows[] = {
		{"unknown", 400, "{\"error\":\"InvalidRequest\",\"message\":\"Profile not found\"}",
			VERDICT_NOT_FOUND},
		{"taken down", 400,
			"{\"error\":\"AccountTakedown\",\"message\":\"Account has been "
			"suspended\"}",
			VERDICT_SUSPENDED},
		{"deactivated", 400,
			"{\"error\":\"AccountDeactivated\",\"message\":\"Account is deactivated\"}",
			VERDICT_GONE},
		{"no handle at all", 400,
			"{\"error\":\"InvalidRequest\",\"message\":\"Error: actor must be a valid "
			"did or a handle\"}",
			VERDICT_NOT_FOUND},
		{"too many requests", 429,
			"{\"error\":\"RateLimitExceeded\",\"message\":\"Rate Limit Exceeded\"}",
			VERDICT_RATE_LIMITED},
		{"an error with status 200", 200, "{\"error\":\"InternalServerError\"}",
			VERDICT_PARSE_DRIFT},
		{"a page instead", 200, "<!doctype html><p>hello", VERDICT_PARSE_DRIFT},
		{"nothing", 200, "", VERDICT_PARSE_DRIFT},
		{"nothing written yet", 200,
			"{\"did\":\"did:plc:x\",\"handle\":\"x.example\",\"postsCount\":0}",
			VERDICT_EMPTY},
		{"a count that is none does not make it empty", 200,
			"{\"did\":\"did:plc:x\",\"handle\":\"x.example\",\"postsCount\":\"?\"}",
			VERDICT_OK},
	};
	check_signs(profile, rows, sizeof rows / sizeof *rows);
}

static void damaged_answers(void **state)
{
	(void)state;
	check_cuts(&profile, "tests/fixtures/bluesky/profile.json");
	check_cuts(&feed, "tests/fixtures/bluesky/feed.json");
	check_types(&profile, "tests/fixtures/bluesky/profile.json");
	check_types(&feed, "tests/fixtures/bluesky/feed.json");
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
		check_cuts(&questions[i].asked, questions[i].file);
		check_types(&questions[i].asked, questions[i].file);
	}
}

/* ---- what Bluesky's own server and its tests give ---- */

static const json_t *at(const json_t *object, const char *a, const char *b)
{
	return json_object_get(json_object_get(object, a), b);
}

/* The same from the answer itself, by another way: kind and words. */
static void compare_item(const json_t *item, const struct post *post, const char *did)
{
	const json_t *view = json_object_get(item, "post");
	const json_t *record = json_object_get(view, "record");
	const char *text = json_string_value(json_object_get(record, "text"));
	const char *author = json_string_value(at(view, "author", "did"));
	const char *reason = json_string_value(at(item, "reason", "$type"));
	bool repost = (reason && strstr(reason, "Repost")) || strcmp(author, did) != 0;
	const char *embed = json_string_value(at(record, "embed", "$type"));
	bool quote = embed && strncmp(embed, "app.bsky.embed.record", 21) == 0;
	bool reply = json_object_get(record, "reply") != NULL;
	enum post_kind kind = repost  ? KIND_REPOST
			      : quote ? KIND_QUOTE
			      : reply ? KIND_REPLY
				      : KIND_POST;
	assert_int_equal(post->kind, kind);
	const char *words = repost ? post->others : post->text;
	assert_int_equal(strncmp(words ? words : "", text, strlen(text)), 0);
	if (repost)
		assert_string_equal(post->text, "");
	assert_int_equal(post->lang != NULL, json_object_get(record, "langs") != NULL);
	const json_t *images = at(record, "embed", "images");
	images = images ? images : at(json_object_get(record, "embed"), "media", "images");
	size_t i;
	json_t *image;
	json_array_foreach((json_t *)images, i, image) {
		const char *alt = json_string_value(json_object_get(image, "alt"));
		assert_non_null(strstr(words, alt));
	}
}

static size_t compare_feed(const char *path, const char *did)
{
	size_t len;
	char *body = shared_page(path, &len);
	if (!body)
		return 0;
	json_t *root = json_loadb(body, len, 0, NULL);
	json_t *list = json_is_array(root) ? root : json_object_get(root, "feed");
	json_t *whole = json_pack("{s:O}", "feed", list);
	char *text = json_dumps(whole, 0);
	struct asked asked = feed;
	asked.subject = did;
	struct extract extract;
	answer(&asked, text, strlen(text), &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	size_t n = json_array_size(list);
	assert_int_equal(extract.n_posts, n);
	assert_false(extract.coverage.cut);
	for (size_t i = 0; i < n; i++)
		compare_item(json_array_get(list, i), &extract.posts[i], did);
	extract_release(&extract);
	free(text);
	json_decref(whole);
	json_decref(root);
	free(body);
	return n;
}

static void feeds_of_real_servers(void **state)
{
	(void)state;
	static const char alice[] = "did:plc:ohz7qltd4lugpzobiopqokk5";
	size_t n = compare_feed("servers/bluesky/getAuthorFeed.json", alice);
	n += compare_feed("servers/bluesky/getAuthorFeed-page1.json", alice);
	n += compare_feed("servers/bluesky/getAuthorFeed-page2.json", alice);
	n += compare_feed("servers/bluesky/getAuthorFeed-after-delete.json", alice);
	n += compare_feed("platforms/bluesky/appview_author_feed_0.json", "user(0)");
	n += compare_feed("platforms/bluesky/appview_author_feed_1.json", "user(0)");
	n += compare_feed("platforms/bluesky/appview_author_feed_2.json", "user(2)");
	print_message("%zu posts compared\n", n);
}

static void profiles_of_real_servers(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		int status;
		enum verdict verdict;
		int64_t total;
	} rows[] = {
		{"servers/bluesky/getProfile.json", 200, VERDICT_OK, 7},
		{"servers/bluesky/getProfile-unknown.json", 400, VERDICT_NOT_FOUND, -1},
		{"servers/bluesky/getProfile-deactivated.json", 400, VERDICT_GONE, -1},
		{"platforms/bluesky/appview_profile_1.json", 200, VERDICT_OK, 4},
		{"platforms/bluesky/appview_profile_2.json", 200, VERDICT_OK, -2},
		{"platforms/bluesky/error_400_account_takedown.json", 400, VERDICT_SUSPENDED, -1},
		{"platforms/bluesky/error_400_account_deactivated.json", 400, VERDICT_GONE, -1},
		{"platforms/bluesky/error_400_profile_not_found.json", 400, VERDICT_NOT_FOUND, -1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len;
		char *body = shared_page(rows[i].path, &len);
		if (!body)
			continue;
		struct asked asked = profile;
		asked.status = rows[i].status;
		struct extract extract;
		answer(&asked, body, len, &extract);
		if (extract.verdict != rows[i].verdict ||
			(rows[i].total >= -1 && extract.coverage.total != rows[i].total))
			fail_msg("%s: %s, %lld posts", rows[i].path, verdict_name(extract.verdict),
				(long long)extract.coverage.total);
		extract_release(&extract);
		free(body);
	}
}

static void answer_shared(enum bluesky_step step, const char *subject, int status, const char *path,
	struct extract *ret)
{
	size_t len;
	char *body = shared_page(path, &len);
	struct asked asked = step == BLUESKY_FEED ? feed : question(step)->asked;
	asked.subject = subject;
	asked.status = status;
	*ret = (struct extract){.verdict = VERDICT_COUNT};
	if (body)
		answer(&asked, body, len, ret);
	free(body);
}

/* A real server's repository shows what its AppView shows: same addresses, same words. */
static void repositories_of_real_servers(void **state)
{
	(void)state;
	static const char alice[] = "did:plc:ohz7qltd4lugpzobiopqokk5";
	struct extract extract, shown;
	answer_shared(BLUESKY_POSTS, "did:plc:ohz7qltd4lugpzobiopqokk5 rest", 200,
		"servers/bluesky/listRecords.json", &extract);
	if (extract.verdict == VERDICT_COUNT)
		return;
	answer_shared(BLUESKY_FEED, "did:plc:ohz7qltd4lugpzobiopqokk5 - 7 0", 200,
		"servers/bluesky/getAuthorFeed.json", &shown);
	assert_int_equal(extract.n_posts, 7);
	size_t n = 0;
	for (size_t i = 0; i < shown.n_posts; i++) {
		if (shown.posts[i].kind == KIND_REPOST)
			continue;
		const struct post *post = post_called(&extract, shown.posts[i].id);
		assert_string_equal(post->text, shown.posts[i].text);
		assert_string_equal(post->url, shown.posts[i].url);
		assert_int_equal(post->kind, shown.posts[i].kind);
		n++;
	}
	assert_int_equal(n, 7);
	for (size_t i = 0; i < shown.n_follows; i++) /* all seven were shown */
		assert_int_equal(shown.follows[i].step, BLUESKY_FEED);
	extract_release(&shown);
	extract_release(&extract);
	answer_shared(BLUESKY_DID, "did:plc:ohz7qltd4lugpzobiopqokk5 acts", 200,
		"servers/bluesky/did-document.json", &extract);
	assert_int_equal(extract.n_follows, 1);
	assert_non_null(strstr(extract.follows[0].url, "http://localhost:2583/xrpc/com.atproto."));
	extract_release(&extract);
	answer_shared(BLUESKY_REPO, "did:plc:ohz7qltd4lugpzobiopqokk5 alone", 200,
		"servers/bluesky/describeRepo.json", &extract);
	assert_string_equal(extract.facts.handle, "alice.test");
	assert_int_equal(extract.n_follows, 2);
	extract_release(&extract);
	answer_shared(BLUESKY_OWN, alice, 200, "servers/bluesky/getRecord-profile.json", &extract);
	assert_string_equal(extract.facts.bio, "Candidate. Opinions my own. 日本語");
	extract_release(&extract);
	answer_shared(BLUESKY_RESOLVE, NULL, 200, "servers/bluesky/resolveHandle.json", &extract);
	assert_int_equal(extract.n_follows, 1);
	extract_release(&extract);
	answer_shared(BLUESKY_POSTS, alice, 400, "servers/bluesky/listRecords-deactivated.json",
		&extract);
	assert_int_equal(extract.verdict, VERDICT_NOT_FOUND);
	extract_release(&extract);
}

static void follows_of_real_servers(void **state)
{
	(void)state;
	size_t len;
	char *body = shared_page("platforms/bluesky/get_follows.json", &len);
	if (!body)
		return;
	struct extract extract;
	answer(&question(BLUESKY_FOLLOWS)->asked, body, len, &extract);
	json_t *root = json_loadb(body, len, 0, NULL);
	const json_t *follows = json_object_get(root, "follows");
	assert_int_equal(extract.n_posts, json_array_size(follows));
	for (size_t i = 0; i < extract.n_posts; i++) {
		const json_t *account = json_array_get(follows, i);
		const char *handle = json_string_value(json_object_get(account, "handle"));
		const char *name = json_string_value(json_object_get(account, "displayName"));
		const struct post *post = &extract.posts[i];
		assert_int_equal(post->kind, KIND_FOLLOW);
		assert_int_equal(strncmp(post->others + 1, handle, strlen(handle)), 0);
		if (name)
			assert_non_null(strstr(post->others, name));
		assert_non_null(strstr(post->links[0].url, handle));
	}
	print_message("%zu follows compared\n", extract.n_posts);
	json_decref(root);
	extract_release(&extract);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_profile),
		cmocka_unit_test(its_posts),
		cmocka_unit_test(links_stand_where_the_facets_say),
		cmocka_unit_test(the_list_goes_on_while_there_is_a_cursor),
		cmocka_unit_test(missing_posts_are_looked_for),
		cmocka_unit_test(whom_it_follows),
		cmocka_unit_test(the_way_to_the_repository),
		cmocka_unit_test(what_the_repository_holds),
		cmocka_unit_test(posts_of_the_repository),
		cmocka_unit_test(names_that_it_gave),
		cmocka_unit_test(what_it_likes),
		cmocka_unit_test(the_appview_refuses),
		cmocka_unit_test(the_appview_is_down),
		cmocka_unit_test(repositories_of_real_servers),
		cmocka_unit_test(follows_of_real_servers),
		cmocka_unit_test(an_endless_cursor_is_not_followed),
		cmocka_unit_test(states_of_accounts),
		cmocka_unit_test(damaged_answers),
		cmocka_unit_test(feeds_of_real_servers),
		cmocka_unit_test(profiles_of_real_servers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
