#include "crawlers/source.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"
#include "tests/unit/hostile_pages.h"
#include "tests/unit/shared.h"
#include "tests/unit/shipped_walls.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

extern const struct source source_page;

#define ADA "https://ada.example/"

static struct extract read_page(
	const char *html, size_t len, const char *url, const char *type, int step)
{
	struct extract extract = {.verdict = VERDICT_UNREAD, .facts = FACTS_INIT};
	extract.coverage.total = -1;
	extract.walls = shipped_walls();
	extract.arena = arena_new(LIMIT_EXTRACT_B);
	assert_non_null(extract.arena);
	/* A copy that is freed before anything is looked at: nothing may point into the page. */
	char *body = malloc(len + 1);
	assert_non_null(body);
	memcpy(body, html, len);
	const struct page page = {.url = url,
		.final_url = url,
		.profile = url,
		.source = "page",
		.step = step,
		.status = 200,
		.content_type = type,
		.body = body,
		.body_len = len};
	int r = source_page.read(&page, &extract);
	free(body);
	if (r != 0)
		fail_msg("returned %d", r);
	return extract;
}

/* ---- showing what was read ---- */

static void show_post(const struct post *post, struct buf *out)
{
	int r = buf_addf(out, "%s %s", kind_name(post->kind), post->id);
	if (post->author)
		r |= buf_addf(out, " by %s", post->author);
	if (post->published_s)
		r |= buf_addf(out, " at %" PRId64, post->published_s);
	r |= buf_addf(
		out, " [%.*s|%s]", (int)post->title_len, post->text, post->text + post->title_len);
	if (post->others)
		r |= buf_addf(out, " others [%s]", post->others);
	for (size_t i = 0; i < post->n_links; i++)
		r |= buf_addf(out, " ->%s", post->links[i].url);
	r |= buf_adds(out, "\n");
	assert_int_equal(r, 0);
	assert_true(post->len == strlen(post->text));
}

static void show_fact(const char *name, const char *value, struct buf *out)
{
	if (value)
		assert_int_equal(buf_addf(out, "%s=%s\n", name, value), 0);
}

static void show_facts(const struct facts *facts, struct buf *out)
{
	show_fact("name", facts->name, out);
	show_fact("handle", facts->handle, out);
	show_fact("headline", facts->headline, out);
	show_fact("bio", facts->bio, out);
	show_fact("location", facts->location, out);
	show_fact("photo", facts->photo_url, out);
	show_fact("photo alt", facts->photo_alt, out);
	for (size_t i = 0; i < facts->n_jobs; i++) {
		const struct job *job = &facts->jobs[i];
		assert_int_equal(buf_addf(out, "job=%s, %s, %s-%s\n", job->title ? job->title : "?",
					 job->company ? job->company : "?",
					 job->start ? job->start : "", job->end ? job->end : ""),
			0);
	}
	for (size_t i = 0; i < facts->n_schools; i++)
		show_fact("school", facts->schools[i].name, out);
	for (size_t i = 0; i < facts->n_links; i++)
		show_fact("link", facts->links[i], out);
	if (facts->n_followers >= 0)
		assert_int_equal(buf_addf(out, "followers=%" PRId64 "\n", facts->n_followers), 0);
}

static void show(const struct extract *extract, struct buf *out)
{
	static const char *const relations[] = {"next", "instead", "also", "older", "once"};
	assert_int_equal(buf_addf(out, "%s\n", verdict_name(extract->verdict)), 0);
	show_facts(&extract->facts, out);
	for (size_t i = 0; i < extract->n_posts; i++)
		show_post(&extract->posts[i], out);
	for (size_t i = 0; i < extract->n_follows; i++) {
		const struct follow *follow = &extract->follows[i];
		assert_int_equal(buf_addf(out, "%s %s %s\n", relations[follow->relation],
					 follow->source, follow->url),
			0);
	}
}

/* ---- pages ---- */

struct row {
	const char *why;
	const char *url;
	const char *html;
	const char *want;
};

#define LD(json) "<script type='application/ld+json'>" json "</script>"

/* clang-format off */
static const struct row rows[] = {
	{"an empty page proves nothing", ADA, "", "parse-drift\n"},
	{"a page without content proves nothing", ADA, "<title>Ada</title><nav><a href=/a>a</a></nav>", "parse-drift\n"},
	{"a page that only scripts fill", ADA, "<script>render()</script><noscript>Please turn on JavaScript.</noscript><div id=root></div>",
		"parse-drift\n"},
	{"a page that says that there is none", ADA "x", "<title>Page not found - Ada</title><main><p>Sorry!</main>", "not-found\n"},
	{"a title that starts with that number", ADA "x", "<title>404 days sober</title><main><p>Drunk no more.</main>",
		"ok\npost https://ada.example/x [404 days sober|\n\nDrunk no more.]\n"},
	{"a feed that the page does not replace", ADA, "<link rel=alternate type=application/atom+xml href=/feed><script>x</script>",
		"parse-drift\ninstead feed https://ada.example/feed\n"},

	{"a card and notes", ADA,
		"<div class=h-card><a class='u-url u-uid p-name' rel=me href=/>Ada Example</a><p class=p-note>I drink tea.</p>"
		"<span class=p-job-title>Brewer</span> at <span class=p-org>Initech</span> in <span class=p-locality>Oslo</span></div>"
		"<div class=h-feed><div class=h-entry><p class=e-content>One</p><a class=u-url href=/1><time class=dt-published datetime=2026-01-01></time></a></div>"
		"<div class=h-entry><p class=e-content>Two <a href=https://b.example/>b</a></p><a class=u-url href=/2>2</a></div></div>",
		"truncated\nname=Ada Example\nheadline=Brewer, Initech\nbio=I drink tea.\nlocation=Oslo\njob=Brewer, Initech, -\nlink=https://ada.example/\n"
		"post https://ada.example/1 at 1767225600 [|One]\npost https://ada.example/2 [|Two b] ->https://b.example/\n"
		"bio bio [|I drink tea.]\n"},
	{"a title that is the text's beginning is no title", ADA,
		"<div class=h-entry><p class=p-name>I was dru\xe2\x80\xa6</p><p class=e-content>I was drunk</p><a class=u-url href=/1></a></div>",
		"ok\npost https://ada.example/1 [|I was drunk]\n"},
	{"an address that is none is no target", ADA,
		"<div class=h-entry><a class=u-like-of href='https:/b'></a><a class=u-like-of href=httpx:b></a><a class=u-url href=/1></a></div>",
		"ok\nlike https://ada.example/1 [|]\n"},
	{"replies, likes, reposts, quotes", ADA,
		"<div class=h-entry><a class=u-in-reply-to href=https://b.example/1></a><p class=e-content>No!</p><a class=u-url href=/1></a></div>"
		"<div class=h-entry><a class=u-like-of href=https://b.example/2></a><p class=e-content>liked it</p><a class=u-url href=/2></a></div>"
		"<div class=h-entry><div class='u-repost-of h-cite'><a class=u-url href=https://b.example/3></a><p class=e-content>Bob's words</p></div><a class=u-url href=/3></a></div>"
		"<div class=h-entry><div class=e-content>See <div class='u-quotation-of h-cite'>Bob's <a class=u-url href=https://b.example/4>post</a></div></div><a class=u-url href=/4></a></div>",
		"truncated\nreply https://ada.example/1 [|No!] ->https://b.example/1\n"
		"like https://ada.example/2 [|] others [liked it] ->https://b.example/2\n"
		"repost https://ada.example/3 [|] others [Bob's words] ->https://b.example/3\n"
		"quote https://ada.example/4 [|See] others [Bob's post] ->https://b.example/4\n"},
	{"comments under a post are others'", ADA "1",
		"<article class=h-entry><h1 class=p-name>Beer</h1><div class=e-content>I like it.</div><a class=u-url href=/1></a>"
		"<div class='p-comment h-cite'><a class='p-author h-card' href=https://b.example/>Bob</a><p class=e-content>You drunk.</p></div></article>"
		"<section id=comments><article class=comment><p>You drunk, too.</p></article></section>",
		"ok\npost https://ada.example/1 [Beer|\n\nI like it.]\n"},
	{"posts of others on one's page", ADA,
		"<div class=h-card><a class='p-name u-url u-uid' href=/>Ada</a></div>"
		"<div class=h-entry><p class='p-author h-card'>Ada</p><p class=e-content>Mine</p><a class=u-url href=/1></a></div>"
		"<div class=h-entry><p class='p-author h-card'>Bob</p><p class=e-content>Not mine</p><a class=u-url href=/2></a></div>",
		"ok\nname=Ada\nlink=https://ada.example/\npost https://ada.example/1 by Ada [|Mine]\n"},
	{"a picture's description", ADA,
		"<div class=h-entry><p class=e-content>Party!</p><img class=u-photo src=/p alt='Ada on a table'><a class=u-url href=/1></a></div>",
		"ok\npost https://ada.example/1 [|Party!\n\nAda on a table]\n"},

	{"one post in two kinds of markup is one post", ADA "1",
		LD("{\"@type\":\"BlogPosting\",\"headline\":\"Beer\",\"url\":\"/1\",\"datePublished\":\"2026-01-02\",\"author\":{\"@type\":\"Person\",\"name\":\"Ada\"}}")
		"<article class=h-entry><h1 class=p-name>Beer</h1><div class=e-content>I like it.</div><a class=u-url href=/1></a></article>",
		"ok\npost https://ada.example/1 by Ada at 1767312000 [Beer|\n\nI like it.]\n"},
	{"JSON-LD that has a summary only, and the page has the text", ADA "1",
		LD("{\"@graph\":[{\"@type\":[\"Article\"],\"@id\":\"https://ada.example/1\",\"name\":\"Beer &amp; I\",\"description\":\"Of beer.\"}]}")
		"<main><h1>Beer &amp; I</h1><p>I like it, and it likes me, as far as one can tell, and that is that.</p></main>",
		"ok\npost https://ada.example/1 [Beer & I|\n\nI like it, and it likes me, as far as one can tell, and that is that.]\n"},
	{"a profile page in JSON-LD", "https://p.example/ada",
		LD("{\"@type\":\"ProfilePage\",\"mainEntity\":{\"@type\":\"Person\",\"name\":\"Ada\",\"alternateName\":\"ada99\",\"description\":\"Tea only.\","
		   "\"image\":{\"@type\":\"ImageObject\",\"contentUrl\":\"/ada.jpg\"},\"sameAs\":[\"https://ada.example/\",7],"
		   "\"interactionStatistic\":[{\"interactionType\":\"https://schema.org/FollowAction\",\"userInteractionCount\":12}]}}")
		"<main><p>Join p.example to see what Ada does, and a thousand other people, too.</p></main>",
		"ok\nname=Ada\nhandle=ada99\nbio=Tea only.\nphoto=https://p.example/ada.jpg\nlink=https://ada.example/\nfollowers=12\nbio bio [|Tea only.]\n"},
	{"jobs and schools in the two shapes that sites use", "https://l.example/in/ada",
		LD("{\"@type\":\"Person\",\"name\":\"Ada\",\"url\":\"https://l.example/in/ada\",\"jobTitle\":[\"Brewer\",\"Boss\"],"
		   "\"worksFor\":[{\"@type\":\"Organization\",\"name\":\"Initech\",\"member\":{\"@type\":\"OrganizationRole\",\"startDate\":2021}},"
		   "{\"@type\":\"OrganizationRole\",\"startDate\":\"2019-01\",\"endDate\":\"2020\",\"worksFor\":{\"@type\":\"Organization\",\"name\":\"Hooli\"}}],"
		   "\"alumniOf\":[{\"@type\":\"EducationalOrganization\",\"name\":\"MIT\"},{\"@type\":\"Organization\",\"name\":\"Globex\"}],"
		   "\"address\":{\"@type\":\"PostalAddress\",\"addressLocality\":\"Oslo\",\"addressCountry\":\"NO\"}}"),
		"ok\nname=Ada\nheadline=Brewer\nlocation=Oslo, NO\njob=Brewer, Initech, 2021-\njob=Boss, Hooli, 2019-01-2020\njob=?, Globex, -\nschool=MIT\n"
		"link=https://l.example/in/ada\n"},
	{"an article's author is not the page's owner", ADA "1",
		LD("{\"@type\":\"Article\",\"headline\":\"Beer\",\"articleBody\":\"I like it.\",\"url\":\"/1\",\"author\":{\"@type\":\"Person\",\"name\":\"Ada\"}}"),
		"ok\npost https://ada.example/1 by Ada [Beer|\n\nI like it.]\n"},
	{"wrong types are as good as absent", ADA,
		LD("{\"@type\":{\"a\":1},\"name\":[]}") LD("[null,{\"@type\":\"Person\",\"name\":{\"x\":1},\"jobTitle\":7,\"worksFor\":true,\"image\":[[]],\"sameAs\":{}}]")
		LD("{\"@type\":\"Article\",\"headline\":[],\"author\":[[]],\"datePublished\":{}}") LD("{broken"),
		"parse-drift\n"},
	{"a profile in OpenGraph", "https://p.example/ada",
		"<meta property=og:type content=profile><meta property=profile:first_name content=Ada><meta property=profile:last_name content=Example>"
		"<meta property=profile:username content=ada><meta property=og:description content='Tea &amp; toast'><meta property=og:image content=/a.png>",
		"ok\nname=Ada Example\nhandle=ada\nbio=Tea & toast\nphoto=https://p.example/a.png\nbio bio [|Tea & toast]\n"},

	{"a list by its shape", ADA,
		"<main><article><h2><a href=/1>One</a></h2><time datetime=2026-01-01T00:00:00Z>today</time><p>First.</p><footer>2 comments</footer></article>"
		"<article><a href=/2><h2>Two</h2><span class=byline>By Ada</span><p class=excerpt>Second \xe2\x80\xa6</p></a></article></main>"
		"<aside><article><h2><a href=/9>Somebody else's</a></h2></article></aside><link rel=next href='/page/2'>",
		"ok\npost https://ada.example/1 at 1767225600 [One|\n\nFirst.]\n"
		"post https://ada.example/2 by Ada [Two|\n\nSecond \xe2\x80\xa6]\nnext page https://ada.example/page/2\n"},
	{"the next page of another site is none", ADA,
		"<article><h2><a href=/1>One</a></h2></article><article><h2><a href=/2>Two</a></h2></article><link rel=next href='https://b.example/'>",
		"ok\npost https://ada.example/1 [One|]\npost https://ada.example/2 [Two|]\n"},
	{"the next post is not the rest of a list", ADA "1",
		"<article><h1>One</h1><p>First.</p></article><a rel=next href=/2>next</a>",
		"ok\npost https://ada.example/1 [One|\n\nFirst.]\n"},
	{"the page's text", ADA "about", "<title>About</title><main><h1>About me</h1><p>I like beer.</p></main>",
		"ok\npost https://ada.example/about [About me|\n\nI like beer.]\n"},
	{"a feed beside what the page says", ADA, "<link rel=alternate type=application/rss+xml href=/f.xml><link rel=alternate type=application/atom+xml href=/a.xml>"
		"<link rel=alternate type=application/rss+xml title='Comments' href=/comments/feed/><main><p>Hello.</main>",
		"ok\npost https://ada.example/ [|Hello.]\nalso feed https://ada.example/a.xml\n"},
	{"a whole site's feed is not one author's", "https://b.example/author/ada/",
		"<link rel=alternate type=application/rss+xml href=/feed/><main><p>Hello.</main>",
		"ok\npost https://b.example/author/ada/ [|Hello.]\n"},
	{"the author's own feed", "https://b.example/author/ada/",
		"<link rel=alternate type=application/rss+xml href=/feed/><link rel=alternate type=application/rss+xml href=/author/ada/feed/><main><p>Hello.</main>",
		"ok\npost https://b.example/author/ada/ [|Hello.]\nalso feed https://b.example/author/ada/feed/\n"},
	{"one's other pages", ADA, "<a rel='me nofollow' href=https://social.example/@ada>me</a><main><p>Hello.</main>",
		"ok\nlink=https://social.example/@ada\npost https://ada.example/ [|Hello.]\n"},
	{"the site's account in the fediverse has what page and feed do not", ADA,
		"<link rel=alternate type='application/activity+json' href=/?author=0><link rel=alternate type=application/rss+xml href=/f.xml><main><p>Hello.</main>",
		"ok\npost https://ada.example/ [|Hello.]\nalso feed https://ada.example/f.xml\nalso activitypub https://ada.example/?author=0\n"},
	{"it is what the page has to say", ADA,
		"<link rel=alternate type='application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"' href=/users/ada>",
		"parse-drift\ninstead activitypub https://ada.example/users/ada\n"},
	{"an account on another server is another profile", ADA,
		"<link rel=alternate type='application/activity+json' href=https://social.example/users/ada><main><p>Hello.</main>",
		"ok\npost https://ada.example/ [|Hello.]\n"},
	{"of a post's own page it is the post", ADA "1",
		"<link rel=alternate type='application/activity+json' href=/1><article><h1>One</h1><p>First.</p></article>",
		"ok\npost https://ada.example/1 [One|\n\nFirst.]\n"},
};
/* clang-format on */

static void reads_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf got = BUF_INIT(1 << 16);
		struct extract extract = read_page(rows[i].html, strlen(rows[i].html), rows[i].url,
			"text/html; charset=utf-8", 0);
		show(&extract, &got);
		if (strcmp(buf_str(&got), rows[i].want) != 0)
			fail_msg("%s:\n%swant:\n%s", rows[i].why, buf_str(&got), rows[i].want);
		buf_release(&got);
		arena_free(extract.arena);
	}
}

/* ---- what can not be read is not clean ----
 * That it ends in time is not tested by a clock: Gumbo has a deadline and the walks have a budget (dom.h).
 */

static void survives_hostile_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof hostile_pages / sizeof hostile_pages[0]; i++) {
		const struct hostile_page *hostile = &hostile_pages[i];
		struct buf html = BUF_INIT(LIMIT_PAGE_B);
		struct extract extract = {.facts = FACTS_INIT};
		int r = hostile_page_write(hostile, hostile->page_b, &html);
		assert_int_equal(r, 0);
		const struct page page = {.url = ADA,
			.final_url = ADA,
			.profile = ADA,
			.source = "page",
			.status = 200,
			.content_type = "text/html; charset=utf-8",
			.body = html.data,
			.body_len = html.len};
		extract.walls = shipped_walls();
		extract.arena = arena_new(LIMIT_EXTRACT_B);
		r = source_page.read(&page, &extract);
		print_message("%-40s %d %-12s %6zu posts\n", hostile->why, r,
			r == 0 ? verdict_name(extract.verdict) : "-", extract.n_posts);
		assert_true(r == 0 || r == -ENOMEM);
		if (r == 0 && !verdict_proves(extract.verdict))
			assert_int_equal(extract.n_posts, 0);
		arena_free(extract.arena);
		buf_release(&html);
	}
}

static void too_big_is_said(void **state)
{
	(void)state;
	struct buf html = BUF_INIT(LIMIT_PAGE_B);
	while (html.len <= LIMIT_HTML_B)
		assert_int_equal(buf_adds(&html, "<p class=h-entry>a lot of text "), 0);
	struct extract extract = read_page(html.data, html.len, ADA, "text/html", 0);
	assert_int_equal(extract.verdict, VERDICT_TOO_BIG);
	assert_int_equal(extract.n_posts, 0);
	arena_free(extract.arena);
	buf_release(&html);
}

static void other_media_are_no_pages(void **state)
{
	(void)state;
	static const char *const types[] = {"application/pdf", "application/activity+json",
		"application/ld+json; charset=utf-8"};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct extract extract = read_page("{\"a\": \"text\"}", 13, ADA, types[i], 0);
		assert_int_equal(extract.verdict, VERDICT_PARSE_DRIFT);
		arena_free(extract.arena);
	}
}

static void further_pages_end_the_list(void **state)
{
	(void)state;
	static const char html[] = "<article><h2><a href=/1>One</a></h2></article>"
				   "<article><h2><a href=/2>Two</a></h2></article>";
	struct extract extract = read_page(html, strlen(html), ADA "page/2", "text/html", 1);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_false(extract.coverage.window);
	assert_int_equal(extract.n_posts, 2);
	arena_free(extract.arena);
}

/* ---- real servers' pages ---- */

struct server_row {
	const char *file;
	const char *url;
	size_t posts;      /* without the bio */
	const char *first; /* permalink of the first */
	const char *text;  /* its text */
};

static const struct server_row servers[] = {
	{"wordpress/author.html", "http://127.0.0.1:8101/author/alice/", 6,
		"http://127.0.0.1:8101/2026/11/plain-first-post/",
		"Plain first post\n\nNothing to see here. I had porridge."},
	{"wordpress/front.html", "http://127.0.0.1:8101/", 7,
		"http://127.0.0.1:8101/2026/11/to-be-deleted/",
		"To be deleted\n\nI regret this and will delete it."},
	{"wordpress/post2.html", "http://127.0.0.1:8101/2026/11/entities-markup-quoted/", 1,
		"http://127.0.0.1:8101/2026/11/entities-markup-quoted/",
		"Entities & markup \xe2\x80\x9cquoted\xe2\x80\x9d\n\nAT&T isn\xe2\x80\x99t "
		"<bribed>.\n\n"
		"He said I took a bribe once. link\n\nhidden bribe"},
	{"ghost/author.html", "http://127.0.0.1:8102/author/alice/", 6,
		"http://127.0.0.1:8102/html-card/", "HTML card\n\nbribe text"},
	{"ghost/front.html", "http://127.0.0.1:8102/", 6, "http://127.0.0.1:8102/html-card/",
		"HTML card\n\nbribe text"},
	{"ghost/post2.html", "http://127.0.0.1:8102/entities-quotes-b-x-b/", 1,
		"http://127.0.0.1:8102/entities-quotes-b-x-b/",
		"Entities & \xe2\x80\x9cquotes\xe2\x80\x9d <b>x</b>\n\nAT&T isn\xe2\x80\x99t "
		"<bribed>. "
		"I took a bribe once."},
	{"mediawiki/userpage.html", "http://127.0.0.1:8104/index.php/User:Alice", 1,
		"http://127.0.0.1:8104/index.php/User:Alice",
		"User:Alice\n\nAlice is a candidate."},
	{"mediawiki/contributions.html",
		"http://127.0.0.1:8104/index.php?title=Special:Contributions/Alice&limit=50", 5,
		"http://127.0.0.1:8104/index.php?title=User:Alice&diff=6",
		"User:Alice\n\nremoving false claim"},
	{"static/hugo-list.html", "http://127.0.0.1:8105/hugo/posts/", 5,
		"http://127.0.0.1:8105/hugo/posts/p5/",
		"Long\n\nIn 2009 I was arrested for drunk driving."},
	{"static/hugo-post.html", "http://127.0.0.1:8105/hugo/posts/p2/", 1,
		"http://127.0.0.1:8105/hugo/posts/p2/",
		"Entities and markup\n\nAT&T isn\xe2\x80\x99t . I took a bribe once. link"},
	{"static/pelican-author.html", "http://127.0.0.1:8105/pel/author/alice-example.html", 5,
		"http://127.0.0.1:8105/pel/p5.html",
		"Long\n\nIn 2009 I was arrested for drunk driving."},
	{"static/ikiwiki-index.html", "http://127.0.0.1:8105/iki/", 5,
		"http://127.0.0.1:8105/iki/posts/p1/", "p1"},
};

static void check_server(const struct server_row *row, const char *html, size_t len)
{
	struct extract extract = read_page(html, len, row->url, "text/html; charset=utf-8", 0);
	size_t posts = 0;
	for (size_t i = 0; i < extract.n_posts; i++)
		posts += extract.posts[i].kind != KIND_BIO;
	if (!verdict_proves(extract.verdict) || posts != row->posts)
		fail_msg("%s: %s, %zu posts", row->file, verdict_name(extract.verdict), posts);
	const struct post *first = &extract.posts[0];
	if (strcmp(first->url, row->first) != 0 || strcmp(first->text, row->text) != 0)
		fail_msg("%s: %s: %s", row->file, first->url, first->text);
	arena_free(extract.arena);
}

static void reads_real_servers(void **state)
{
	(void)state;
	size_t run = 0;
	for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++) {
		char path[128];
		size_t len = 0;
		(void)snprintf(path, sizeof path, "servers/%s", servers[i].file);
		char *html = read_shared(path, &len);
		if (!html)
			continue;
		check_server(&servers[i], html, len);
		run++;
		free(html);
	}
	if (run == 0) {
		print_message("skipped: no servers in %s\n", shared_root());
		skip();
	}
	print_message("%zu of %zu pages\n", run, sizeof servers / sizeof servers[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_pages),
		cmocka_unit_test(survives_hostile_pages),
		cmocka_unit_test(too_big_is_said),
		cmocka_unit_test(other_media_are_no_pages),
		cmocka_unit_test(further_pages_end_the_list),
		cmocka_unit_test(reads_real_servers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
