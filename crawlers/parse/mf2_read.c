#include "crawlers/parse/mf2_read.h"

#include "crawlers/parse/date.h"
#include "crawlers/parse/facts.h"
#include "crawlers/parse/owner.h"
#include "daemon/base/limits.h"

#include <string.h>
#include <strings.h>

/* mf2_url_of() made them absolute and normal; what it could not resolve is no address to keep. */
static bool is_web(const char *text)
{
	bool web = strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
	return web && strlen(text) <= LIMIT_URL_B;
}

/* ---- facts ---- */

static bool has_url(const struct mf2_item *item, const char *name, const char *url)
{
	const struct mf2_property *property = mf2_property(item, name);
	for (size_t i = 0; property && i < property->n_values; i++) {
		if (owner_same_url(property->values[i].text, url))
			return true;
	}
	return false;
}

static bool has_me_url(const struct mf2_item *item, const struct links *links)
{
	for (size_t i = 0; i < links->n_me; i++) {
		if (has_url(item, "url", links->me[i]))
			return true;
	}
	return false;
}

/* Nothing of an entry, a citation or another card: its author, a mention in its text. */
static bool is_of_the_page(const struct mf2_item *item)
{
	for (const struct mf2_item *at = item->parent; at; at = at->parent) {
		if (!mf2_is(at, "h-feed") && !mf2_is(at, "h-resume"))
			return false;
	}
	return true;
}

/* How sure the card is the page owner's: 0 not at all. */
static int rank_card(const struct mf2_item *item, const struct links *links, const char *page_url)
{
	if (has_url(item, "url", page_url) && has_url(item, "uid", page_url))
		return 4;
	if (has_me_url(item, links))
		return 3;
	if (has_url(item, "url", page_url))
		return 2;
	return is_of_the_page(item) ? 1 : 0;
}

/* The card of the page's owner; one that does not name the page counts only when it is alone. */
static const struct mf2_item *find_card(
	const struct mf2 *mf2, const struct links *links, const char *page_url)
{
	const struct mf2_item *best = NULL;
	int best_rank = 0;
	size_t of_the_page = 0;
	for (size_t i = 0; i < mf2->n_items; i++) {
		const struct mf2_item *item = mf2->items[i];
		int rank = mf2_is(item, "h-card") ? rank_card(item, links, page_url) : 0;
		of_the_page += rank == 1;
		if (rank > best_rank) {
			best = item;
			best_rank = rank;
		}
	}
	return best_rank > 1 || of_the_page == 1 ? best : NULL;
}

/* A property of the card, or of the address that it holds. */
static const char *in_address(const struct mf2_item *card, const char *name)
{
	const struct mf2_value *address = mf2_first(card, "adr");
	const char *text = mf2_text(card, name);
	if (!text && address && address->item)
		text = mf2_text(address->item, name);
	return text;
}

static int read_location(struct arena *arena, const struct mf2_item *card, struct facts *facts)
{
	const char *place = NULL;
	int r = facts_join(arena, in_address(card, "locality"), in_address(card, "region"), &place);
	if (r == 0)
		r = facts_join(arena, place, in_address(card, "country-name"), &place);
	facts_set(&facts->location, place);
	facts_set(&facts->location, mf2_text(card, "adr"));
	facts_set(&facts->location, mf2_text(card, "label"));
	return r;
}

static int read_card_links(struct arena *arena, const struct mf2_item *card, struct facts *facts)
{
	const struct mf2_property *urls = mf2_property(card, "url");
	int r = 0;
	for (size_t i = 0; r == 0 && urls && i < urls->n_values; i++) {
		if (is_web(urls->values[i].text))
			r = facts_add_link(arena, facts, urls->values[i].text);
	}
	return r;
}

static int read_card(struct arena *arena, const struct mf2_item *card, struct facts *facts)
{
	const struct mf2_value *photo = mf2_first(card, "photo");
	const char *role = mf2_text(card, "job-title");
	struct job job = {
		.title = role ? role : mf2_text(card, "role"), .company = mf2_text(card, "org")};
	facts_set(&facts->name, mf2_text(card, "name"));
	facts_set(&facts->handle, mf2_text(card, "nickname"));
	facts_set(&facts->bio, mf2_text(card, "note"));
	if (photo && !facts->photo_url) {
		facts->photo_url = photo->text;
		facts->photo_alt = photo->alt;
	}
	int r = facts_join(arena, job.title, job.company, &role);
	facts_set(&facts->headline, role);
	if (r == 0)
		r = facts_add_job(arena, facts, &job);
	if (r == 0)
		r = read_location(arena, card, facts);
	return r != 0 ? r : read_card_links(arena, card, facts);
}

static const char *place_of(const struct mf2_item *event)
{
	const char *name = mf2_text(event, "location");
	for (size_t i = 0; !name && i < event->n_children; i++) {
		if (mf2_is(event->children[i], "h-card"))
			name = mf2_text(event->children[i], "org");
	}
	return name ? name : mf2_text(event, "name");
}

static int read_resume(struct arena *arena, const struct mf2_item *resume, struct facts *facts)
{
	const struct mf2_property *jobs = mf2_property(resume, "experience");
	const struct mf2_property *schools = mf2_property(resume, "education");
	int r = 0;
	facts_set(&facts->bio, mf2_text(resume, "summary"));
	for (size_t i = 0; r == 0 && jobs && i < jobs->n_values; i++) {
		const struct mf2_item *event = jobs->values[i].item;
		const struct job job = {.title = event ? mf2_text(event, "name") : NULL,
			.company = event ? place_of(event) : jobs->values[i].text,
			.start = event ? mf2_text(event, "start") : NULL,
			.end = event ? mf2_text(event, "end") : NULL};
		r = facts_add_job(arena, facts, &job);
	}
	for (size_t i = 0; r == 0 && schools && i < schools->n_values; i++) {
		const struct mf2_item *event = schools->values[i].item;
		const struct school school = {
			.name = event ? place_of(event) : schools->values[i].text,
			.start = event ? mf2_text(event, "start") : NULL,
			.end = event ? mf2_text(event, "end") : NULL};
		r = facts_add_school(arena, facts, &school);
	}
	return r;
}

int mf2_read_facts(struct arena *arena, const struct mf2 *mf2, const struct links *links,
	const char *page_url, struct facts *facts)
{
	const struct mf2_item *card = find_card(mf2, links, page_url);
	int r = card ? read_card(arena, card, facts) : 0;
	for (size_t i = 0; r == 0 && i < mf2->n_items; i++) {
		if (mf2_is(mf2->items[i], "h-resume"))
			r = read_resume(arena, mf2->items[i], facts);
	}
	return r;
}

/* ---- entries ---- */

static bool is_entry(const struct mf2_item *item)
{
	return mf2_is(item, "h-entry") || mf2_is(item, "h-review") || mf2_is(item, "h-cite");
}

/* A reply context, a comment, what was liked or passed on: it lies in another entry. */
static bool is_in_entry(const struct mf2_item *item)
{
	for (const struct mf2_item *at = item->parent; at; at = at->parent) {
		if (is_entry(at))
			return true;
	}
	return false;
}

static bool holds_another(const GumboNode *node, const void *userdata)
{
	(void)userdata;
	return dom_has_class(node, "h-cite") || dom_has_class(node, "h-entry");
}

static const struct html_select own_words = {.others = holds_another};

static const char *http_url(const struct mf2_item *item, const char *name)
{
	const struct mf2_property *property = mf2_property(item, name);
	for (size_t i = 0; property && i < property->n_values; i++) {
		if (is_web(property->values[i].text))
			return property->values[i].text;
	}
	return NULL;
}

static int64_t time_of(const struct mf2_item *item, const char *name)
{
	const char *text = mf2_text(item, name);
	int64_t at_s = 0;
	return text && date_parse(text, &at_s) ? at_s : 0;
}

struct role {
	const char *property;
	enum post_kind kind;
};

/* The first that applies makes the kind; each has its targets. */
static const struct role roles[] = {
	{"repost-of", KIND_REPOST},
	{"like-of", KIND_LIKE},
	{"in-reply-to", KIND_REPLY},
	{"quotation-of", KIND_QUOTE},
	{"bookmark-of", KIND_POST},
};

static void read_kind(const struct mf2_item *item, struct entry *entry)
{
	bool found = false;
	entry->kind = KIND_POST;
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		const struct mf2_property *property = mf2_property(item, roles[i].property);
		if (!property)
			continue;
		if (!found)
			entry->kind = roles[i].kind;
		found = true;
		for (size_t k = 0; k < property->n_values; k++) {
			const char *url = property->values[k].text;
			if (entry->n_targets < ENTRY_TARGETS && is_web(url))
				entry->targets[entry->n_targets++] = url;
		}
	}
}

static void read_author(const struct mf2_item *item, struct entry *entry)
{
	const struct mf2_value *author = mf2_first(item, "author");
	if (!author)
		return;
	bool is_url = is_web(author->text);
	if (author->item) {
		entry->author = mf2_text(author->item, "name");
		entry->author_url = http_url(author->item, "url");
	} else if (is_url) {
		entry->author_url = author->text;
	} else if (author->text[0]) {
		entry->author = author->text;
	}
}

/* Pictures that are said to be the entry's, with what is written of them. */
static void read_pictures(const struct mf2_item *item, struct entry *entry)
{
	const struct mf2_property *photos = mf2_property(item, "photo");
	for (size_t i = 0; photos && i < photos->n_values; i++) {
		const char *alt = photos->values[i].node ? photos->values[i].alt : NULL;
		if (alt && *alt && entry->n_pictures < ENTRY_PICTURES)
			entry->pictures[entry->n_pictures++] = alt;
	}
}

static int read_body(struct arena *arena, struct dom *dom, const struct mf2_item *item,
	const char *base_url, struct entry *entry)
{
	static const char *const names[] = {"content", "summary", "description"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const struct mf2_value *value = mf2_first(item, names[i]);
		if (!value || !value->node)
			continue;
		entry->whole = i == 0;
		entry->excerpt = i == 1;
		int r = html_node_text(arena, dom, value->node, base_url, &own_words, &entry->body);
		if (r != 0)
			return r;
		if (entry->body.len > 0 || entry->body.others)
			return 0;
		/* The value is in an attribute. */
		entry->body = (struct html_text){.text = value->text, .len = strlen(value->text)};
		return 0;
	}
	return 0;
}

static int read_entry(
	struct dom *dom, const struct mf2_item *item, const char *base_url, struct entries *entries)
{
	struct entry entry = {
		.node = item->node, .foreign = is_in_entry(item) || mf2_is(item, "h-cite")};
	if (entry.foreign)
		return entries_add(
			entries, &entry); /* so that nobody takes the element for a post */
	entry.uid = http_url(item, "uid");
	entry.url = http_url(item, "url");
	entry.title = item->name_implied ? NULL : mf2_text(item, "name");
	entry.published_s = time_of(item, "published");
	if (entry.published_s == 0)
		entry.published_s = time_of(item, "reviewed");
	entry.updated_s = time_of(item, "updated");
	read_author(item, &entry);
	read_kind(item, &entry);
	read_pictures(item, &entry);
	int r = read_body(entries->arena, dom, item, base_url, &entry);
	if (r > 0)
		return 0; /* the tree's budget: the caller finds it used up */
	if (!entry.url)
		entry.url = entry.uid;
	return r != 0 ? r : entries_add(entries, &entry);
}

int mf2_read_entries(
	struct dom *dom, const struct mf2 *mf2, const char *base_url, struct entries *entries)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < mf2->n_items; i++) {
		if (is_entry(mf2->items[i]))
			r = read_entry(dom, mf2->items[i], base_url, entries);
	}
	return r;
}
