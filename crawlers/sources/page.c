#include "crawlers/net/url.h"
#include "crawlers/parse/article.h"
#include "crawlers/parse/charset.h"
#include "crawlers/parse/date.h"
#include "crawlers/parse/dom.h"
#include "crawlers/parse/entry.h"
#include "crawlers/parse/facts.h"
#include "crawlers/parse/jsonld.h"
#include "crawlers/parse/links.h"
#include "crawlers/parse/mf2_read.h"
#include "crawlers/parse/opengraph.h"
#include "crawlers/parse/owner.h"
#include "crawlers/parse/readable.h"
#include "crawlers/parse/wall.h"
#include "crawlers/sources/page_reading.h"
#include "crawlers/sources/sources.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"

#include <string.h>
#include <strings.h>

/*
 * Any web page.  What the page's own markup says counts first, in the order in which sites mean it:
 * microformats, JSON-LD, elements that are articles by their shape; what one of them says of a post
 * completes what another one says of the same.  Where none of them finds a post, the main text of
 * the page is one.
 */

/* UTF-8 of a page: windows-1252 at worst makes three bytes of one. */
#define TEXT_B (3u * LIMIT_PAGE_B)

/* ---- gathering ---- */

static int read_graph_facts(struct reading *reading)
{
	const struct opengraph *graph = &reading->graph;
	struct facts *facts = &reading->extract->facts;
	const char *name = NULL;
	if (!graph->type || strcasecmp(graph->type, "profile") != 0)
		return 0;
	if (graph->first_name && graph->last_name) {
		struct buf both = BUF_INIT(1024);
		int r = buf_addf(&both, "%s %s", graph->first_name, graph->last_name);
		name = r == 0 ? arena_strdup(reading->arena, buf_str(&both)) : NULL;
		buf_release(&both);
		if (r < 0 || (r == 0 && !name))
			return -ENOMEM;
	}
	facts_set(&facts->name, name);
	facts_set(&facts->name, graph->og_title);
	facts_set(&facts->handle, graph->username);
	facts_set(&facts->bio, graph->description);
	if (!facts->photo_url) {
		facts->photo_url = graph->image;
		facts->photo_alt = graph->image ? graph->image_alt : NULL;
	}
	return 0;
}

static int read_facts(struct reading *reading)
{
	struct facts *facts = &reading->extract->facts;
	int r = mf2_read_facts(reading->arena, &reading->mf2, &reading->links, reading->url, facts);
	if (r == 0)
		r = jsonld_read_facts(reading->arena, &reading->jsonld, reading->url, facts);
	if (r == 0)
		r = read_graph_facts(reading);
	for (size_t i = 0; r == 0 && i < reading->links.n_me; i++)
		r = facts_add_link(reading->arena, facts, reading->links.me[i]);
	return r;
}

static int read_entries(struct reading *reading)
{
	const char *base = reading->links.base_url;
	int r = mf2_read_entries(&reading->dom, &reading->mf2, base, &reading->entries);
	if (r == 0)
		r = jsonld_read_entries(&reading->jsonld, base, &reading->entries);
	return r == 0 ? article_read_entries(&reading->dom, base, &reading->entries) : r;
}

static int gather(struct reading *reading)
{
	struct arena *arena = reading->arena;
	int r = links_read(arena, &reading->dom, reading->url, &reading->links);
	if (r == 0)
		r = links_add_header(arena, reading->page->link, reading->url, &reading->links);
	const char *base = reading->links.base_url;
	if (r == 0)
		r = opengraph_read(arena, &reading->dom, base, &reading->graph);
	if (r == 0)
		r = jsonld_read(arena, &reading->dom.stripped, &reading->jsonld);
	if (r == 0)
		r = mf2_parse(arena, &reading->dom, base, &reading->mf2);
	if (r == 0)
		r = read_facts(reading);
	return r == 0 ? read_entries(reading) : r;
}

/* ---- whose, and what the page is about ---- */

static bool is_own(const struct reading *reading, const struct entry *entry)
{
	bool says = entry->title || entry->body.len > 0 || entry->kind == KIND_REPOST ||
		    entry->kind == KIND_LIKE || entry->body.others;
	return says && !entry->foreign && owner_wrote(&reading->owner, entry);
}

static bool is_here(const struct reading *reading, const char *url)
{
	return owner_same_url(url, reading->url) || owner_same_url(url, reading->links.canonical) ||
	       owner_same_url(url, reading->graph.url);
}

/* The post whose own page this is: by its address, or the only one, without one. */
static void find_about(struct reading *reading)
{
	const struct entry *only = NULL;
	for (size_t i = 0; i < reading->entries.n; i++) {
		const struct entry *entry = &reading->entries.items[i];
		if (!is_own(reading, entry))
			continue;
		reading->n_own++;
		only = entry;
		if (!reading->about && entry->url && is_here(reading, entry->url))
			reading->about = entry;
	}
	if (!reading->about && reading->n_own == 1 && only && !only->url)
		reading->about = only;
}

/* The page's one time, which can only be its post's; 0: there is none, or several. */
static int64_t only_time(struct reading *reading)
{
	struct dom_walk walk = dom_walk(&reading->dom, reading->dom.root);
	int64_t only_s = 0;
	int64_t at_s = 0;
	while (dom_step(&walk)) {
		const char *time = !walk.leaving && dom_is(walk.at, GUMBO_TAG_TIME)
					   ? dom_attr(walk.at, "datetime")
					   : NULL;
		if (!time || !date_parse(time, &at_s))
			continue;
		if (only_s != 0 && only_s != at_s)
			return 0;
		only_s = at_s;
	}
	return only_s;
}

static int64_t published(struct reading *reading)
{
	int64_t at_s;
	if (reading->graph.published && date_parse(reading->graph.published, &at_s))
		return at_s;
	return only_time(reading);
}

/* An article without an address is the one whose page it is, told by its shape. */
static void complete_by_shape(const struct reading *reading, struct entry *about)
{
	for (size_t i = 0; i < reading->entries.n && !about->whole; i++) {
		const struct entry *other = &reading->entries.items[i];
		if (other == reading->about || other->url || other->foreign || other->body.len == 0)
			continue;
		about->body = other->body;
		about->whole = other->whole;
		if (!about->title)
			about->title = other->title;
	}
}

/* What the markup left open of the post whose page this is: the page itself tells it. */
static int complete_about(struct reading *reading, struct entry *about)
{
	struct readable readable;
	if (!about->url)
		about->url = reading->links.canonical ? reading->links.canonical : reading->url;
	if (about->published_s == 0)
		about->published_s = published(reading);
	if (!about->whole)
		complete_by_shape(reading, about);
	if (about->whole && about->body.text)
		return 0;
	int r = readable_find(reading->arena, &reading->dom, reading->links.base_url, &readable);
	if (r == 0 && readable.text.len > about->body.len) {
		about->body = readable.text;
		about->whole = true;
	}
	return r < 0 ? r : 0;
}

/* ---- posts ---- */

static int write_own(struct reading *reading)
{
	int r = 0;
	if (reading->about) {
		struct entry about = *reading->about;
		r = complete_about(reading, &about);
		return r == 0 ? entry_write(&about, reading->extract) : r;
	}
	for (size_t i = 0; r == 0 && i < reading->entries.n; i++) {
		const struct entry *entry = &reading->entries.items[i];
		if (is_own(reading, entry))
			r = entry_write(entry, reading->extract);
	}
	return r;
}

/* A platform's page about a member has text of the platform's: what it says of the member is in its
 * facts. */
static bool is_platform_profile(const struct reading *reading)
{
	for (size_t i = 0; i < reading->jsonld.n_nodes; i++) {
		if (jsonld_is(reading->jsonld.nodes[i].object, "ProfilePage"))
			return true;
	}
	return facts_any(&reading->extract->facts) &&
	       (reading->jsonld.n_nodes > 0 ||
		       (reading->graph.type && strcasecmp(reading->graph.type, "profile") == 0));
}

static int write_readable(struct reading *reading)
{
	struct readable readable;
	int r = readable_find(reading->arena, &reading->dom, reading->links.base_url, &readable);
	if (r != 0)
		return r < 0 ? r : 0;
	struct entry entry = {
		.kind = KIND_POST, .body = readable.text, .author = reading->graph.author};
	entry.url = reading->links.canonical ? reading->links.canonical : reading->url;
	entry.title = readable.heading ? readable.heading : reading->graph.og_title;
	if (!entry.title)
		entry.title = reading->graph.title;
	entry.published_s = published(reading);
	if (!owner_wrote(&reading->owner, &entry))
		return 0;
	return entry_write(&entry, reading->extract);
}

static int write_bio(struct reading *reading)
{
	const char *bio = reading->extract->facts.bio;
	struct post *post;
	if (!bio || !*bio || reading->page->step != PAGE_FIRST)
		return 0;
	int r = extract_add_post(reading->extract, &post);
	if (r != 0 || !post)
		return r;
	post->id = "bio";
	post->url = reading->url;
	post->kind = KIND_BIO;
	post->text = bio;
	post->len = strlen(bio);
	return 0;
}

/* ---- verdicts ---- */

/* Nothing known in it. */
static const char *why_nothing(const struct reading *reading)
{
	const struct stripped *stripped = &reading->dom.stripped;
	if (reading->instead)
		return reading->extract->why;
	return stripped->scripts && stripped->noscript
		       ? "The page shows its content to browsers that run scripts only."
		       : NULL;
}

static void judge(struct reading *reading)
{
	struct extract *extract = reading->extract;
	/* Of a list that another source reads in full it does not matter how this page shows it. */
	bool list = !reading->about && reading->n_own > 1 && !reading->instead;
	if (extract->n_posts == 0 && !facts_any(&extract->facts)) {
		extract->verdict = VERDICT_PARSE_DRIFT;
		extract->why = why_nothing(reading);
		return;
	}
	extract->verdict = VERDICT_OK;
	/* A list without a next page may be all there is, or the newest: the page does not say. */
	if (list && reading->page->step == PAGE_FIRST && !reading->links.next) {
		extract->verdict = VERDICT_TRUNCATED;
		extract->coverage.window = true;
	}
	for (size_t i = 0; list && i < reading->entries.n; i++) {
		const struct entry *entry = &reading->entries.items[i];
		if (is_own(reading, entry) && entry->excerpt && !extract->coverage.lack)
			extract->coverage.lack = "The page shows only the beginning of some posts.";
	}
}

static bool has_own_posts(const struct reading *reading)
{
	return reading->about || reading->n_own > 0;
}

static int read_tree(struct reading *reading)
{
	struct extract *extract = reading->extract;
	int r = gather(reading);
	if (r != 0)
		return r;
	find_about(reading);
	if (!has_own_posts(reading) && wall_is_missing(extract->walls, reading->graph.title)) {
		extract->verdict = VERDICT_NOT_FOUND;
		extract->facts = FACTS_INIT;
		return 0;
	}
	r = write_own(reading);
	if (r == 0 && !has_own_posts(reading) && !is_platform_profile(reading))
		r = write_readable(reading);
	if (r == 0)
		r = write_bio(reading);
	if (r == 0)
		r = page_follow(reading);
	judge(reading);
	return r;
}

/* What was found so far is not the whole, and nobody may take it for that. */
static int give_up(struct extract *extract, enum verdict verdict, const char *why)
{
	extract->n_posts = 0;
	extract->n_follows = 0;
	extract->facts = FACTS_INIT;
	extract->verdict = verdict;
	extract->why = why;
	return 0;
}

static const char nested[] = "The page is built so that reading it would take too long.";

static int read_html(const struct page *page, const struct buf *html, struct extract *extract)
{
	struct reading reading = {.page = page,
		.extract = extract,
		.arena = extract->arena,
		.url = page->final_url ? page->final_url : page->url};
	reading.entries.arena = extract->arena;
	reading.owner = (struct owner){reading.url, page->profile, &extract->facts, &reading.links};
	int r = dom_parse(extract->arena, buf_str(html), html->len, &reading.dom);
	if (r == DOM_E_TOO_BIG)
		return give_up(extract, VERDICT_TOO_BIG, "The page holds more than can be read.");
	if (r == DOM_E_LATE)
		return give_up(extract, VERDICT_UNREAD, nested);
	if (r < 0)
		return r;
	r = read_tree(&reading);
	if (r == 0 && reading.dom.steps_left == 0)
		r = give_up(extract, VERDICT_UNREAD, nested);
	jsonld_release(&reading.jsonld);
	dom_release(&reading.dom);
	return r;
}

/* ---- what kind of answer it is ---- */

static bool is_type(const char *content_type, const char *const *types, size_t count)
{
	for (size_t i = 0; content_type && i < count; i++) {
		if (strncasecmp(content_type, types[i], strlen(types[i])) == 0)
			return true;
	}
	return false;
}

/* A feed behind an address that did not look like one. */
static bool is_feed(const struct page *page)
{
	static const char *const types[] = {"application/rss+xml", "application/atom+xml",
		"application/feed+json", "application/rdf+xml", "application/json",
		"application/xml", "text/xml"};
	return is_type(page->content_type, types, sizeof types / sizeof types[0]);
}

static bool is_other_media(const struct page *page)
{
	static const char *const types[] = {"image/", "audio/", "video/", "font/",
		"application/octet-stream", "application/pdf", "application/zip", "text/css",
		"text/javascript", "application/javascript"};
	/* Objects of APIs, from servers that give them to whoever asks for a page. */
	bool object = page->content_type && strcasestr(page->content_type, "+json");
	return object || is_type(page->content_type, types, sizeof types / sizeof types[0]);
}

static int page_read(const struct page *page, struct extract *extract)
{
	const struct source *feed = is_feed(page) ? source_find("feed") : NULL;
	if (feed)
		return feed->read(page, extract);
	if (is_other_media(page))
		return give_up(
			extract, VERDICT_PARSE_DRIFT, "The address does not lead to a web page.");
	struct buf html = BUF_INIT(TEXT_B);
	int r = charset_to_utf8(
		page->content_type, page->body, page->body_len, CHARSET_HTML, &html, NULL);
	if (r == 0)
		r = read_html(page, &html, extract);
	else if (r > 0)
		r = give_up(extract, VERDICT_TOO_BIG, "The page holds more than can be read.");
	buf_release(&html);
	return r;
}

static bool page_claims(const struct url *url, const char **ret_why)
{
	(void)url;
	*ret_why = "any web page";
	return true;
}

static int page_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	const char *whole = arena_strdup(arena, url->whole);
	if (!whole)
		return -ENOMEM;
	*ret = (struct follow){.url = whole,
		.source = "page",
		.step = PAGE_FIRST,
		.accept = ACCEPT_PAGE,
		.relation = FOLLOW_NEXT};
	return 0;
}

const struct source source_page = {
	.name = "page",
	.title = "Web page",
	.claims = page_claims,
	.first = page_first,
	.read = page_read,
};
