#include "daemon/base/limits.h"
#include "tests/unit/shared.h"
#include "tests/unit/source_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define URL "https://ada.example/feed.xml"

static struct extract read_feed(const char *body, size_t len)
{
	struct page page = page_of("feed", URL, body, len);
	struct extract extract;
	assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
	const char *broken = broken_promise(&extract);
	if (broken)
		fail_msg("%s: \"%.200s\"", broken, body);
	if (!verdict_proves(extract.verdict) && !extract.why)
		fail_msg("no reason given: \"%.200s\"", body);
	return extract;
}

static char *fixture(const char *name, size_t *ret_len)
{
	char *path;
	*ret_len = 0;
	assert_true(asprintf(&path, "tests/fixtures/feed/%s", name) > 0);
	char *bytes = read_whole(path, ret_len);
	free(path);
	assert_non_null(bytes);
	return bytes;
}

static struct extract read_fixture(const char *name)
{
	size_t len;
	char *bytes = fixture(name, &len);
	struct extract extract = read_feed(bytes, len);
	free(bytes);
	return extract;
}

/* ---- what each format says ---- */

struct want {
	const char *why;
	const char *file;
	size_t n; /* which of its posts */
	enum post_kind kind;
	const char *id;
	const char *url;
	const char *author;
	const char *lang;
	int64_t published_s;
	int64_t updated_s;
	const char *text;
	size_t title_len;
	const char *others;
	const char *link; /* of its first link; NULL: it has none */
};

/* clang-format off */
static const struct want wants[] = {
	{"content:encoded goes before description, alt text is a paragraph, a quotation is "
	 "another's",
		"rss2.xml", 0, KIND_POST, "tag:ada.example,2026:1",
		"https://ada.example/2026/engines", "Ada", "en-GB", 1662774733, 0,
		"On engines\n\nThe engine weaves.\n\nA brass cylinder", 10, "Said by Babbage.",
		"https://ada.example/weaves"},
	{"a guid is a permalink, dc:date counts, HTML is decoded once", "rss2.xml", 1, KIND_POST,
		"https://ada.example/2026/short", "https://ada.example/2026/short", "Ada Example",
		"en-GB", 1662847200, 0, "caf\xc3\xa9 & cake", 0, NULL, NULL},
	{"a title made of the first words is no words of its own", "rss2.xml", 2, KIND_POST,
		"https://ada.example/2026/same", "https://ada.example/2026/same", "Ada Example",
		"en-GB", 0, 0, "A title that was cut short by the software", 0, NULL, NULL},
	{"nothing but a quotation is passed on", "rss2.xml", 3, KIND_REPOST,
		"https://ada.example/2026/quoted", "https://ada.example/2026/quoted", "Ada Example",
		"en-GB", 0, 0, "", 0, "All of this is Babbage's.", NULL},
	{"a plain title keeps its brackets, xhtml is read, xml:base and xml:lang count",
		"atom10.xml", 0, KIND_POST, "tag:ada.example,2026:a",
		"https://ada.example/blog/posts/1", "Ada Example", "fr", 1662774733, 1662861133,
		"Texte <simple>\n\nUn moteur & deux\nlignes", 14, NULL,
		"https://ada.example/blog/posts/deux"},
	{"thr:in-reply-to is a reply, the source's fields are not the entry's, updated stands in "
	 "for "
	 "published",
		"atom10.xml", 1, KIND_REPLY, "tag:ada.example,2026:b",
		"https://ada.example/blog/posts/2", "Guest", "en", 1662940800, 0, "I agree.", 0,
		NULL, NULL},
	{"Atom 0.3: base64, escaped, Latin-1", "atom03.xml", 0, KIND_POST, "a",
		"https://ada.example/a", NULL, NULL, 1071318569, 1071360000,
		"An old title\n\ncaf\xc3\xa9", 12, NULL, NULL},
	{"Atom 0.3: elements in line", "atom03.xml", 1, KIND_POST, "b", "https://ada.example/b",
		NULL, NULL, 1071187200, 0, "Inline\n\nOne\n\nTwo", 6, NULL, NULL},
	{"RDF: rdf:about is the id", "rdf.xml", 0, KIND_POST, "https://ada.example/r1",
		"https://ada.example/r1", "Ada Example", NULL, 1662768000, 0, "First\n\nIn a graph",
		5, NULL, NULL},
	{"JSON Feed: a number as id, HTML before text, plain titles", "feed11.json", 0, KIND_POST,
		"7", "https://ada.example/notes/7", "Ada Example", "fr", 1662774733, 1662861133,
		"Seven & eight <b>\n\nThe engine weaves.", 17, NULL,
		"https://ada.example/notes/weaves"},
	{"JSON Feed: text is text, 1.0's author", "feed11.json", 1, KIND_POST, "8",
		"https://elsewhere.example/8", "Guest", "en", 0, 0, "1 < 2 &amp; so on", 0, NULL,
		NULL},
};
/* clang-format on */

static void check_post(const struct want *want, const struct post *post)
{
	const char *link = post && post->n_links > 0 ? post->links[0].url : NULL;
	/* clang-format off */
	const struct {
		const char *field;
		bool right;
		const char *got;
	} checks[] = {
		{"is there", post != NULL, NULL},
		{"kind", post && post->kind == want->kind, post ? kind_name(post->kind) : NULL},
		{"id", post && same(post->id, want->id), post ? post->id : NULL},
		{"url", post && same(post->url, want->url), post ? post->url : NULL},
		{"author", post && same(post->author, want->author), post ? post->author : NULL},
		{"lang", post && same(post->lang, want->lang), post ? post->lang : NULL},
		{"published", post && post->published_s == want->published_s, NULL},
		{"updated", post && post->updated_s == want->updated_s, NULL},
		{"text", post && same(post->text, want->text), post ? post->text : NULL},
		{"title", post && post->title_len == want->title_len, post ? post->text : NULL},
		{"others", post && same(post->others, want->others), post ? post->others : NULL},
		{"link", same(link, want->link), link},
	};
	/* clang-format on */
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		if (!checks[i].right)
			fail_msg("%s: %s is wrong: \"%s\"", want->why, checks[i].field,
				checks[i].got ? checks[i].got : "(nothing)");
	}
}

static void each_format_says_what_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wants / sizeof *wants; i++) {
		struct extract extract = read_fixture(wants[i].file);
		assert_int_equal(extract.verdict, VERDICT_OK);
		check_post(&wants[i], listed(&extract, wants[i].n));
		extract_release(&extract);
	}
}

static void the_feed_itself_is_its_owners_word(void **state)
{
	(void)state;
	struct extract extract = read_fixture("rss2.xml");
	const struct post *bio = post_of_kind(&extract, KIND_BIO);
	assert_true(bio && same(bio->text, "Ada's notebook\n\nEngines & other things"));
	assert_string_equal(extract.facts.name, "Ada Example");
	assert_string_equal(extract.facts.bio, "Engines & other things");
	assert_int_equal(extract.facts.last_active_s, 1662847200);
	extract_release(&extract);
}

/* ---- how much of it is there ---- */

static void a_next_page_is_followed(void **state)
{
	(void)state;
	static const char *const files[] = {"atom10.xml", "feed11.json"};
	static const char *const urls[] = {
		"https://ada.example/blog/atom.xml?page=2", "https://ada.example/feed.json?page=2"};
	for (size_t i = 0; i < 2; i++) {
		struct extract extract = read_fixture(files[i]);
		assert_int_equal(extract.n_follows, 1);
		assert_string_equal(extract.follows[0].url, urls[i]);
		assert_int_equal(extract.follows[0].relation, FOLLOW_NEXT);
		assert_int_equal(extract.follows[0].step, 1);
		assert_false(extract.coverage.window);
		extract_release(&extract);
	}
}

struct cover {
	const char *why;
	const char *head; /* in the feed, before its one entry */
	int step;
	bool window;
	int64_t total;
	size_t n_follows;
};

/* clang-format off */
static const struct cover covers[] = {
	{"a plain feed is a window", "", 0, true, -1, 0},
	{"the last of several pages ends it", "", 1, false, -1, 0},
	{"it says that it is complete (RFC 5005)",
		"<fh:complete xmlns:fh='http://purl.org/syndication/history/1.0'/>", 0, false, -1,
		0},
	{"it says how many there are, and these are all",
		"<os:totalResults "
		"xmlns:os='http://a9.com/-/spec/opensearch/1.1/'>1</os:totalResults>",
		0, false, 1, 0},
	{"it says that there are more",
		"<openSearch:totalResults "
		"xmlns:openSearch='http://a9.com/-/spec/opensearchrss/1.0/'>28"
		"</openSearch:totalResults>",
		0, true, 28, 0},
	{"a total that is none", "<opensearch:totalResults>-5</opensearch:totalResults>", 0, true,
		-1, 0},
	{"another site's next page is not followed",
		"<link rel='next' href='https://evil.example/2'/>", 0, true, -1, 0},
	{"nor another scheme's", "<link rel='next' href='file:///etc/passwd'/>", 0, true, -1, 0},
	{"nor itself", "<link rel='next' href='" URL "'/>", 0, true, -1, 0},
	{"a next page", "<link rel='next' href='?2'/>", 0, false, -1, 1},
};
/* clang-format on */

static void coverage_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof covers / sizeof *covers; i++) {
		const struct cover *row = &covers[i];
		char *body;
		assert_true(asprintf(&body,
				    "<feed "
				    "xmlns='http://www.w3.org/2005/Atom'><title>t</title>%s<entry>"
				    "<id>1</id><title>x</title></entry></feed>",
				    row->head) > 0);
		struct page page = page_of("feed", URL, body, strlen(body));
		struct extract extract;
		page.step = row->step;
		assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
		if (extract.verdict != VERDICT_OK || extract.coverage.window != row->window ||
			extract.coverage.total != row->total || extract.n_follows != row->n_follows)
			fail_msg("%s: %s, window %d, total %d, %zu follows", row->why,
				verdict_name(extract.verdict), extract.coverage.window,
				(int)extract.coverage.total, extract.n_follows);
		extract_release(&extract);
		free(body);
	}
}

/* ---- what proves nothing ---- */

struct proof {
	const char *why;
	const char *body;
	enum verdict verdict;
	size_t n_posts;
	bool cut;
};

/* clang-format off */
static const struct proof proofs[] = {
	{"a feed without posts", "<rss><channel><title>t</title></channel></rss>", VERDICT_EMPTY, 0,
		false},
	{"RSS without a channel", "<rss/>", VERDICT_PARSE_DRIFT, 0, false},
	{"an Atom feed without entries", "<feed xmlns='http://www.w3.org/2005/Atom'/>",
		VERDICT_EMPTY, 0, false},
	{"Atom without its name space", "<feed><entry><id>1</id><title>x</title></entry></feed>",
		VERDICT_OK, 1, false},
	{"one entry as document",
		"<entry xmlns='http://www.w3.org/2005/Atom'><id>1</id><title>x</title></entry>",
		VERDICT_OK, 1, false},
	{"JSON Feed without items",
		"{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"t\"}",
		VERDICT_PARSE_DRIFT, 0, false},
	{"JSON Feed with no item",
		"{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"t\",\"items\":[]}",
		VERDICT_EMPTY, 0, false},
	{"JSON of something else", "{\"error\":\"no\"}", VERDICT_PARSE_DRIFT, 0, false},
	{"a JSON list", "[]", VERDICT_PARSE_DRIFT, 0, false},
	{"XML of something else", "<opml><body/></opml>", VERDICT_PARSE_DRIFT, 0, false},
	{"a web page", "<!DOCTYPE html><html><body>Hello<br></body></html>", VERDICT_PARSE_DRIFT, 0,
		false},
	{"nothing", "", VERDICT_PARSE_DRIFT, 0, false},
	{"words", "Service temporarily out of order", VERDICT_PARSE_DRIFT, 0, false},
	{"a feed that ends before its first post", "<rss><channel><title>t</title>",
		VERDICT_PARSE_DRIFT, 0, false},
	{"a feed that ends in its second post",
		"<rss><channel><item><title>one</title></item><item><title>tw", VERDICT_TRUNCATED,
		1, true},
	{"a feed that breaks in its second post",
		"<rss><channel><item><title>one</title></item><item><title>two</item>",
		VERDICT_TRUNCATED, 1, true},
	{"entities of its own",
		"<!DOCTYPE rss [<!ENTITY a "
		"'b'>]><rss><channel><item><title>&a;</title></item></channel></rss>",
		VERDICT_PARSE_DRIFT, 0, false},
	{"white space and a byte order mark before it",
		" \n\xef\xbb\xbf\n<?xml "
		"version='1.0'?><rss><channel><item><title>x</title></item></channel>"
		"</rss>",
		VERDICT_OK, 1, false},
	{"an undeclared prefix",
		"<rss><channel><item><content:encoded>x</content:encoded></item></channel></rss>",
		VERDICT_OK, 1, false},
	{"capital Z and an ampersand",
		"<rss><channel><item><title>Q&A</title></item></channel></rss>", VERDICT_OK, 1,
		false},
};
/* clang-format on */

static void empty_is_said_only_of_what_is_empty(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof proofs / sizeof *proofs; i++) {
		const struct proof *row = &proofs[i];
		struct extract extract = read_feed(row->body, strlen(row->body));
		if (extract.verdict != row->verdict || n_listed(&extract) != row->n_posts ||
			extract.coverage.cut != row->cut)
			fail_msg("%s: %s (%s), %zu posts, cut %d", row->why,
				verdict_name(extract.verdict), extract.why ? extract.why : "",
				n_listed(&extract), extract.coverage.cut);
		if (row->verdict == VERDICT_TRUNCATED && !extract.coverage.lack)
			fail_msg("%s: not told why there is no more", row->why);
		if (row->verdict == VERDICT_EMPTY && extract.coverage.window)
			fail_msg("%s: told as a part of what there is", row->why);
		extract_release(&extract);
	}
}

/* ---- texts ---- */

struct text_row {
	const char *why;
	const char *item; /* in an RSS item that knows Atom as "a" */
	const char *text;
};

/* clang-format off */
static const struct text_row texts[] = {
	{"inline HTML that nobody escaped", "<description>a <b>b</b> &amp; c</description>",
		"a b & c"},
	{"text before it keeps its brackets", "<a:summary>1 &lt; 2 <b>b</b></a:summary>",
		"1 < 2 b"},
	{"description alone", "<description>d</description>", "d"},
	{"itunes:summary last", "<itunes:summary>i</itunes:summary>", "i"},
	{"the higher rank wins in any order",
		"<content:encoded>c</content:encoded><description>d</description>", "c"},
	{"and in the other", "<description>d</description><content:encoded>c</content:encoded>",
		"c"},
	{"an empty one does not count",
		"<content:encoded> </content:encoded><description>d</description>", "d"},
	{"two captions, one of them said already",
		"<description>d</description><media:group><media:content><media:description>x"
		"</media:description></media:content><media:description>d</media:description></"
		"media:group>",
		"d\n\nx"},
	{"content elsewhere", "<title>t</title><a:content src='https://x.example/'/>", "t"},
	{"a picture as content",
		"<title>t</title><a:content type='image/png'>iVBORw0KGgo=</a:content>", "t"},
	{"base64 that is none", "<title>t</title><a:content mode='base64'>!!!</a:content>", "t"},
	{"base64 of HTML", "<a:content type='text/html' mode='base64'>PGI+YjwvYj4=</a:content>",
		"b"},
	{"xhtml:body", "<x:body xmlns:x='http://www.w3.org/1999/xhtml'><x:p>p</x:p></x:body>", "p"},
	{"a field in an unknown element is none", "<foo><title>no</title></foo><title>t</title>",
		"t"},
};
/* clang-format on */

static void texts_are_read_as_they_are_meant(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *body;
		assert_true(asprintf(&body,
				    "<rss "
				    "xmlns:a='http://www.w3.org/2005/Atom'><channel><item>%s</item>"
				    "</channel></rss>",
				    texts[i].item) > 0);
		struct extract extract = read_feed(body, strlen(body));
		const struct post *post = listed(&extract, 0);
		if (!post || strcmp(post->text, texts[i].text) != 0)
			fail_msg("%s: read \"%s\", want \"%s\"", texts[i].why,
				post ? post->text : "(no post)", texts[i].text);
		extract_release(&extract);
		free(body);
	}
}

struct person_row {
	const char *text;
	const char *name;
};

static const struct person_row persons[] = {
	{"ada@ada.example (Ada Example)", "Ada Example"},
	{"Ada Example (ada@ada.example)", "Ada Example"},
	{"Ada Example &lt;ada@ada.example&gt;", "Ada Example"},
	{"Ada Example", "Ada Example"},
	{"ada@ada.example", NULL},
	{"@ada@ada.example", "@ada@ada.example"},
	{"()", NULL},
	{"(", NULL},
	{"a@b (", NULL},
};

static void persons_are_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof persons / sizeof *persons; i++) {
		char *body;
		assert_true(
			asprintf(&body,
				"<rss><channel><item><author>%s</author></item></channel></rss>",
				persons[i].text) > 0);
		struct extract extract = read_feed(body, strlen(body));
		const struct post *post = listed(&extract, 0);
		if (!post || !same(post->author, persons[i].name))
			fail_msg("\"%s\": read \"%s\"", persons[i].text,
				post && post->author ? post->author : "(nothing)");
		extract_release(&extract);
		free(body);
	}
}

static void several_hands_are_told(void **state)
{
	(void)state;
	static const char body[] = "<rss><channel><item><dc:creator>A</dc:creator></item>"
				   "<item><dc:creator>B</dc:creator></item></channel></rss>";
	struct extract extract = read_feed(body, sizeof body - 1);
	assert_non_null(extract.coverage.lack);
	assert_null(extract.facts.name);
	extract_release(&extract);
}

/* ---- hostile ---- */

static void every_cut_is_told(void **state)
{
	(void)state;
	static const char *const files[] = {
		"rss2.xml", "atom10.xml", "atom03.xml", "rdf.xml", "feed11.json"};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		size_t len;
		char *bytes = fixture(files[i], &len);
		struct extract whole = read_feed(bytes, len);
		while (len > 0 && strchr(" \n", bytes[len - 1]))
			len--;
		for (size_t cut = 0; cut < len; cut++) {
			/* A copy of its own, so that a read past its end is seen. */
			char *part = malloc(cut + 1);
			assert_non_null(part);
			memcpy(part, bytes, cut);
			part[cut] = '\0';
			struct extract extract = read_feed(part, cut);
			if (extract.verdict != VERDICT_TRUNCATED &&
				extract.verdict != VERDICT_PARSE_DRIFT)
				fail_msg("%s cut at byte %zu: %s", files[i], cut,
					verdict_name(extract.verdict));
			if (n_listed(&extract) > n_listed(&whole))
				fail_msg("%s cut at byte %zu: more posts than in the whole",
					files[i], cut);
			extract_release(&extract);
			free(part);
		}
		extract_release(&whole);
		free(bytes);
	}
}

static void every_wrong_type_is_survived(void **state)
{
	(void)state;
	static const char *const keys[] = {"version", "title", "description", "home_page_url",
		"next_url", "authors", "author", "language", "items", "id", "url", "external_url",
		"content_html", "content_text", "summary", "date_published", "date_modified"};
	static const char *const values[] = {"null", "true", "0", "-1e300", "99999999999999999999",
		"\"\"", "\"\\u0000\"", "\"http://[\"", "[]", "{}", "[[]]", "[null]",
		"[{\"name\":[]}]", "{\"name\":{}}"};
	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
		for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
			char *body;
			assert_true(asprintf(&body,
					    "{\"version\":\"https://jsonfeed.org/version/"
					    "1.1\",\"title\":\"t\","
					    "\"items\":[{\"id\":\"1\",\"content_text\":\"x\",\"%"
					    "s\":%s}],"
					    "\"%s\":%s}",
					    keys[k], values[v], keys[k], values[v]) > 0);
			struct extract extract = read_feed(body, strlen(body));
			if (strcmp(keys[k], "version") != 0 && strcmp(keys[k], "items") != 0 &&
				extract.verdict != VERDICT_OK)
				fail_msg("\"%s\": %s: %s", keys[k], values[v],
					verdict_name(extract.verdict));
			extract_release(&extract);
			free(body);
		}
	}
}

static char *repeat(const char *head, const char *piece, size_t times, const char *tail)
{
	size_t h = strlen(head), p = strlen(piece), t = strlen(tail);
	char *text = malloc(h + p * times + t + 1);
	assert_non_null(text);
	memcpy(text, head, h);
	for (size_t i = 0; i < times; i++)
		memcpy(text + h + i * p, piece, p);
	memcpy(text + h + p * times, tail, t + 1);
	return text;
}

struct flood {
	const char *why;
	const char *head;
	const char *piece;
	size_t times;
	const char *tail;
	enum verdict verdict;
	size_t n_posts;
	bool cut;
};

#define RSS     "<rss><channel>"
#define RSS_END "</channel></rss>"
#define JSON    "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":1}"

/* clang-format off */
static const struct flood floods[] = {
	{"one post too many", RSS, "<item><title>x</title><link>/x</link></item>", LIMIT_POSTS + 1,
		RSS_END, VERDICT_OK, LIMIT_POSTS, true},
	{"one JSON post too many", JSON, ",{\"id\":1}", LIMIT_POSTS, "]}", VERDICT_OK, LIMIT_POSTS,
		true},
	{"as many as are allowed, all with one id", RSS,
		"<item><guid>1</guid><title>x</title></item>", LIMIT_POSTS, RSS_END, VERDICT_OK,
		LIMIT_POSTS, false},
	{"a text of 3 MB", RSS "<item><description>", "x y ", 750000,
		"</description></item>" RSS_END, VERDICT_OK, 1, true},
	{"deep nesting in a post", RSS "<item><title>x</title></item><item><description>", "<b>",
		100000, "", VERDICT_TRUNCATED, 1, true},
	{"deep nesting in JSON", "{\"items\":", "[", 100000, "", VERDICT_PARSE_DRIFT, 0, false},
	{"deep nesting of escaped HTML", RSS "<item><title>x</title><description>", "&lt;b&gt;",
		60000, "</description></item>" RSS_END, VERDICT_OK, 1, true},
	{"titles upon titles", RSS "<item>", "<title>x</title>", 100000, "</item>" RSS_END,
		VERDICT_OK, 1, false},
	{"links upon links", RSS "<item><title>x</title>", "<link>/x</link>", 100000,
		"</item>" RSS_END, VERDICT_OK, 1, false},
	{"captions upon captions", RSS "<item>", "<media:description>x</media:description>", 100000,
		"</item>" RSS_END, VERDICT_OK, 1, true},
	{"name spaces upon name spaces", RSS "<item><title>x</title><a ",
		"xmlns:bcdefghijklmnopqrstuvwxyz='urn:x' ", 1, "/></item>" RSS_END, VERDICT_OK, 1,
		false},
	{"a name without end", RSS "<item><title>x</title><", "long", 100000, "/></item>" RSS_END,
		VERDICT_OK, 1, false},
	{"ampersands", RSS "<item><title>", "&", 500000, "</title></item>" RSS_END, VERDICT_OK, 1,
		true},
};
/* clang-format on */

static void floods_end_at_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
		const struct flood *row = &floods[i];
		char *body = repeat(row->head, row->piece, row->times, row->tail);
		struct extract extract = read_feed(body, strlen(body));
		if (extract.verdict != row->verdict || n_listed(&extract) != row->n_posts ||
			extract.coverage.cut != row->cut)
			fail_msg("%s: %s (%s), %zu posts, cut %d", row->why,
				verdict_name(extract.verdict), extract.why ? extract.why : "",
				n_listed(&extract), extract.coverage.cut);
		extract_release(&extract);
		free(body);
	}
}

/* ---- whose feed it is ---- */

struct address {
	const char *url;
	const char *first; /* NULL: not claimed */
};

/* clang-format off */
static const struct address addresses[] = {
	{"https://ada.example/feed.xml", "https://ada.example/feed.xml"},
	{"https://ada.example/feed/", "https://ada.example/feed/"},
	{"https://ada.example/@ada.rss", "https://ada.example/@ada.rss"},
	{"https://ada.example/?feed=rss2", "https://ada.example/?feed=rss2"},
	{"https://letterboxd.com/ada/", "https://letterboxd.com/ada/rss/"},
	{"https://letterboxd.com/ada/films/", "https://letterboxd.com/ada/rss/"},
	{"https://letterboxd.com/film/metropolis/", NULL},
	{"https://www.pinterest.com/ada_e/", "https://www.pinterest.com/ada_e/feed.rss"},
	{"https://at.pinterest.com/ada_e/bridges/", "https://www.pinterest.com/ada_e/feed.rss"},
	{"https://www.pinterest.com/pin/123/", NULL},
	{"https://www.flickr.com/photos/12345678@N00/",
		"https://www.flickr.com/services/feeds/photos_public.gne?id=12345678@N00&format=rss_200"},
	{"https://www.flickr.com/people/12345678@N00",
		"https://www.flickr.com/services/feeds/photos_public.gne?id=12345678@N00&format=rss_200"},
	{"https://www.flickr.com/photos/ada/", NULL}, /* its page names the number */
	{"https://www.goodreads.com/user/show/77-ada-example",
		"https://www.goodreads.com/review/list_rss/77?shelf=read"},
	{"https://www.goodreads.com/user/show/77",
		"https://www.goodreads.com/review/list_rss/77?shelf=read"},
	{"https://www.goodreads.com/ada", NULL},
	{"https://vimeo.com/ada", "https://vimeo.com/ada/videos/rss"},
	{"https://vimeo.com/categories/art", NULL},
	{"https://codeberg.org/ada", "https://codeberg.org/ada.rss"},
	{"https://notvimeo.com/ada", NULL},
	{"https://medium.com/feed/@ada", NULL}, /* its own source knows more */
	{"https://ada.example/", NULL},
	{"https://ada.example/feedback", NULL},
	{"https://ada.example/@ada", NULL},
};
/* clang-format on */

static void addresses_are_claimed(void **state)
{
	(void)state;
	const struct source *feed = source_find("feed");
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		struct arena *arena = arena_new(1 << 20);
		struct url url;
		const char *why;
		struct follow first = {0};
		assert_int_equal(url_parse(arena, addresses[i].url, &url), 0);
		if (feed->claims(&url, &why)) {
			assert_non_null(why);
			assert_int_equal(feed->first(arena, &url, &first), 0);
		}
		if (!same(first.url, addresses[i].first))
			fail_msg("%s: asks for %s", addresses[i].url,
				first.url ? first.url : "(nothing)");
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_says_what_it_says),
		cmocka_unit_test(the_feed_itself_is_its_owners_word),
		cmocka_unit_test(a_next_page_is_followed),
		cmocka_unit_test(coverage_is_told),
		cmocka_unit_test(empty_is_said_only_of_what_is_empty),
		cmocka_unit_test(texts_are_read_as_they_are_meant),
		cmocka_unit_test(persons_are_names),
		cmocka_unit_test(several_hands_are_told),
		cmocka_unit_test(every_cut_is_told),
		cmocka_unit_test(every_wrong_type_is_survived),
		cmocka_unit_test(floods_end_at_limits),
		cmocka_unit_test(addresses_are_claimed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
