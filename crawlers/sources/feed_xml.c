#include "crawlers/parse/date.h"
#include "crawlers/parse/xml.h"
#include "crawlers/sources/feed_capture.h"
#include "daemon/base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What one open element is. */
struct level {
	enum feed_place place;
	const char *base; /* what relative URLs in it stand to: xml:base */
};

struct feed_reader {
	struct arena *arena;
	struct feed *feed;
	struct feed_item *item; /* NULL: none is open, or there are too many */
	struct level levels[LIMIT_XML_DEPTH + 1];
	size_t depth;
	bool bare_atom; /* an Atom feed without its name space */

	const struct feed_rule *field; /* NULL: none is open */
	size_t field_depth;
	bool permalink; /* <guid> is a link */
	struct feed_capture capture;

	int feed_ranks[FIELD_COUNT]; /* of what fills each field so far, plus 1; 0: nothing */
	int item_ranks[FIELD_COUNT];
};

static bool in_item(const struct feed_reader *reader)
{
	for (size_t i = reader->depth; i > 0; i--) {
		if (reader->levels[i].place == PLACE_ITEM)
			return true;
	}
	return false;
}

/* True, and noted, when an element of @rank says more than what fills the field so far. */
static bool outranks(struct feed_reader *reader, enum feed_field field, int rank)
{
	int *ranks = in_item(reader) ? reader->item_ranks : reader->feed_ranks;
	if (ranks[field] > rank)
		return false;
	ranks[field] = rank + 1;
	return true;
}

/* ---- the fields' values ---- */

static int copy_to(struct feed_reader *reader, const char *text, const char **ret)
{
	const char *copy = arena_strdup(reader->arena, text);
	if (!copy)
		return -ENOMEM;
	*ret = copy;
	return 0;
}

static int resolve_to(
	struct feed_reader *reader, const char *base, const char *url, const char **ret)
{
	const char *whole;
	int r = url_resolve(reader->arena, base, url, &whole);
	if (r == 0)
		*ret = whole;
	return r < 0 ? r : 0; /* a URL that is none is as good as none */
}

static const char *base_of(const struct feed_reader *reader)
{
	return reader->levels[reader->depth].base;
}

static int store_text(struct feed_reader *reader, struct feed_text *text)
{
	const struct buf *from = &reader->capture.text;
	const char *copy = arena_copy(reader->arena, buf_str(from), from->len);
	if (!copy)
		return -ENOMEM;
	*text = (struct feed_text){copy, from->len, reader->capture.html};
	return 0;
}

static int store_caption(struct feed_reader *reader)
{
	struct feed_item *item = reader->item;
	if (!item || item->n_captions == LIMIT_POST_LINKS) {
		reader->feed->cut |= item != NULL;
		return 0;
	}
	struct feed_text *captions =
		arena_grow(reader->arena, item->captions, item->n_captions, sizeof *captions);
	if (!captions)
		return -ENOMEM;
	item->captions = captions;
	return store_text(reader, &captions[item->n_captions++]);
}

static int store_link(struct feed_reader *reader, const char *url)
{
	if (in_item(reader) && !reader->item) /* one of too many */
		return 0;
	const char **link = reader->item ? &reader->item->link : &reader->feed->link;
	return *url ? resolve_to(reader, base_of(reader), url, link) : 0;
}

static int store_id(struct feed_reader *reader, const char *id)
{
	int r = copy_to(reader, id, &reader->item->id);
	/* RSS 2.0: a guid is a permalink unless it says that it is none. */
	bool absolute = strncasecmp(id, "http:", 5) == 0 || strncasecmp(id, "https:", 6) == 0;
	if (r == 0 && reader->permalink && absolute && outranks(reader, FIELD_LINK, 1))
		r = store_link(reader, id);
	return r;
}

static void store_date(const char *text, int64_t *ret_s)
{
	int64_t seconds;
	if (date_parse(text, &seconds))
		*ret_s = seconds;
}

static int store_item_field(struct feed_reader *reader, enum feed_field field, const char *text)
{
	struct feed_item *item = reader->item;
	if (!item) /* one of too many */
		return 0;
	switch (field) {
	case FIELD_TITLE:
		return store_text(reader, &item->title);
	case FIELD_CONTENT:
		item->base = base_of(reader);
		return store_text(reader, &item->content);
	case FIELD_SUMMARY:
		if (!item->content.text)
			item->base = base_of(reader);
		return store_text(reader, &item->summary);
	case FIELD_ID:
		return store_id(reader, text);
	case FIELD_LINK:
		return store_link(reader, text);
	case FIELD_AUTHOR:
		return feed_person(reader->arena, text, &item->author);
	case FIELD_LANG:
		return copy_to(reader, text, &item->lang);
	case FIELD_PUBLISHED:
		store_date(text, &item->published_s);
		return 0;
	case FIELD_UPDATED:
		store_date(text, &item->updated_s);
		return 0;
	default:
		return 0;
	}
}

static int store_feed_field(struct feed_reader *reader, enum feed_field field, const char *text)
{
	struct feed *feed = reader->feed;
	switch (field) {
	case FIELD_TITLE:
		return store_text(reader, &feed->title);
	case FIELD_SUMMARY:
		return store_text(reader, &feed->about);
	case FIELD_LINK:
		return store_link(reader, text);
	case FIELD_AUTHOR:
		return feed_person(reader->arena, text, &feed->author);
	case FIELD_LANG:
		return copy_to(reader, text, &feed->lang);
	case FIELD_PHOTO:
		return resolve_to(reader, base_of(reader), text, &feed->photo);
	case FIELD_TOTAL:
		if (*text && strlen(text) < 10 && strspn(text, "0123456789") == strlen(text))
			feed->total = strtol(text, NULL, 10);
		return 0;
	default:
		return 0;
	}
}

static int end_field(struct feed_reader *reader)
{
	const struct feed_rule *field = reader->field;
	int r = feed_capture_end(&reader->capture);
	if (r < 0 || reader->capture.text.len == 0)
		return r;
	if (field->field == FIELD_CAPTION)
		return store_caption(reader);
	if (!outranks(reader, field->field, field->rank))
		return 0;
	const char *text = buf_str(&reader->capture.text);
	return in_item(reader) ? store_item_field(reader, field->field, text)
			       : store_feed_field(reader, field->field, text);
}

/* ---- elements ---- */

static int set_lang(struct feed_reader *reader, const char *lang)
{
	bool item = reader->levels[reader->depth].place == PLACE_ITEM;
	if (!lang || (item && !reader->item))
		return 0;
	return copy_to(reader, lang, item ? &reader->item->lang : &reader->feed->lang);
}

static bool rel_is(const char *rel, const char *word)
{
	return strcasecmp(rel, word) == 0;
}

static int atom_link(
	struct feed_reader *reader, const struct feed_rule *rule, const char *const *attrs)
{
	const char *rel = xml_attr(attrs, "rel");
	const char *href = xml_attr(attrs, "href");
	const char *type = xml_attr(attrs, "type");
	rel = rel ? rel : "alternate";
	if (!href)
		return 0;
	if (rel_is(rel, "next") && !in_item(reader))
		return resolve_to(reader, base_of(reader), href, &reader->feed->next);
	if (!rel_is(rel, "alternate"))
		return 0;
	/* Of several the web page is the post; the others are translations of it into formats. */
	bool page = !type || feed_ends_in(type, "html");
	/* In RSS its own <link> goes before. */
	int rank = strcmp(reader->feed->kind, "Atom") == 0 ? rule->rank : 0;
	return outranks(reader, FIELD_LINK, page ? rank : 0) ? store_link(reader, href) : 0;
}

static int begin_field(
	struct feed_reader *reader, const struct feed_rule *rule, const char *const *attrs)
{
	switch (rule->field) {
	case FIELD_ATOM_LINK:
		return atom_link(reader, rule, attrs);
	case FIELD_REPLY:
		if (reader->item)
			reader->item->reply = true;
		return 0;
	case FIELD_COMPLETE:
		reader->feed->complete = true;
		return 0;
	default:
		break;
	}
	const char *permalink = xml_attr(attrs, "isPermaLink");
	reader->field = rule;
	reader->field_depth = reader->depth;
	reader->permalink = strcmp(rule->name, "guid") == 0 &&
			    !(permalink && strcasecmp(permalink, "false") == 0);
	feed_capture_begin(&reader->capture, rule->markup, attrs);
	/* <link href="…"/> in RSS */
	const char *href = rule->field == FIELD_LINK ? xml_attr(attrs, "href") : NULL;
	return href ? feed_capture_text(&reader->capture, href, strlen(href)) : 0;
}

static int begin_item(struct feed_reader *reader, const char *const *attrs)
{
	memset(reader->item_ranks, 0, sizeof reader->item_ranks);
	int r = feed_add_item(reader->arena, reader->feed, &reader->item);
	if (r < 0 || !reader->item)
		return r;
	reader->item->base = base_of(reader);
	const char *about = xml_attr(attrs, "rdf:about");
	if (!about)
		return 0;
	r = copy_to(reader, about, &reader->item->id);
	return r == 0 ? store_link(reader, about) : r;
}

static const char *kind_of_root(const char *name)
{
	if (strcmp(name, "rss") == 0)
		return "RSS";
	if (strcmp(name, "rdf:RDF") == 0)
		return "RDF";
	return strncmp(name, "atom:", 5) == 0 ? "Atom" : NULL;
}

static void begin_root(struct feed_reader *reader, const char *name)
{
	const char *local = feed_local_name(name);
	reader->feed->kind = kind_of_root(name);
	reader->feed->is_page = strcasecmp(local, "html") == 0;
	reader->feed->base = base_of(reader);
}

/* An element that stands for a part of the feed. */
static int begin_place(
	struct feed_reader *reader, const struct feed_rule *rule, const char *const *attrs)
{
	int r = 0;
	switch (rule->to) {
	case PLACE_FEED:
		reader->feed->channel = true;
		reader->feed->base = base_of(reader);
		r = set_lang(reader, xml_attr(attrs, "xml:lang"));
		break;
	case PLACE_ITEM:
		/* RDF's channel has none of its items in it: an item shows, too, that this is a
		 * feed. */
		reader->feed->channel = true;
		r = begin_item(reader, attrs);
		if (r == 0)
			r = set_lang(reader, xml_attr(attrs, "xml:lang"));
		break;
	case PLACE_FIELD:
		r = begin_field(reader, rule, attrs);
		break;
	default:
		break;
	}
	return r;
}

/* The name with Atom's name space, which some feeds leave out. */
static const char *with_space(
	struct feed_reader *reader, const char *name, char *room, size_t room_b)
{
	if (reader->depth == 1)
		reader->bare_atom = strcmp(name, "feed") == 0 || strcmp(name, "entry") == 0;
	if (!reader->bare_atom || strchr(name, ':') || strlen(name) + sizeof "atom:" > room_b)
		return name;
	(void)snprintf(room, room_b, "atom:%s", name); /* it fits: seen above */
	return room;
}

static int on_start(void *userdata, const char *name, const char *const *attrs)
{
	struct feed_reader *reader = userdata;
	const struct level *parent = &reader->levels[reader->depth];
	struct level *level = &reader->levels[++reader->depth];
	*level = (struct level){PLACE_OUTSIDE, parent->base};
	if (reader->field)
		return feed_capture_tag(&reader->capture, name, attrs);
	char room[64]; /* longer than any name in the table */
	name = with_space(reader, name, room, sizeof room);
	const struct feed_rule *rule = feed_rule_find(parent->place, name);
	const char *base = rule ? xml_attr(attrs, "xml:base") : NULL;
	int r = base ? resolve_to(reader, parent->base, base, &level->base) : 0;
	if (r == 0 && reader->depth == 1)
		begin_root(reader, name);
	if (r < 0 || !rule)
		return r;
	level->place = rule->to;
	return begin_place(reader, rule, attrs);
}

static int on_end(void *userdata, const char *name)
{
	struct feed_reader *reader = userdata;
	int r = 0;
	if (reader->field && reader->depth > reader->field_depth) {
		r = feed_capture_end_tag(&reader->capture, name);
	} else if (reader->field) {
		r = end_field(reader);
		reader->field = NULL;
	}
	if (reader->levels[reader->depth].place == PLACE_ITEM)
		reader->item = NULL;
	reader->depth--;
	return r;
}

static int on_text(void *userdata, const char *text, size_t len)
{
	struct feed_reader *reader = userdata;
	return reader->field ? feed_capture_text(&reader->capture, text, len) : 0;
}

static const char *why_broken(int r)
{
	switch (r) {
	case XML_E_CUT:
		return "The feed ends in the middle.";
	case XML_E_DEEP:
		return "The feed is nested too deeply to be read to its end.";
	case XML_E_ENTITY:
		return "The feed declares entities of its own, which are not read for safety.";
	default:
		return "The feed is not well-formed XML; what stands behind the error is not read.";
	}
}

int feed_xml_read(struct arena *arena, const struct page *page, struct feed *feed)
{
	static const struct xml_events events = {on_start, on_end, on_text};
	struct feed_reader *reader = calloc(1, sizeof *reader);
	if (!reader)
		return -ENOMEM;
	*feed = FEED_INIT;
	reader->arena = arena;
	reader->feed = feed;
	reader->capture.text = BUF_INIT(LIMIT_HTML_B);
	reader->levels[0] = (struct level){PLACE_TOP, page->final_url};
	int r = xml_read(page->body, page->body_len, page->content_type, &events, reader);
	/* An item that was still open is a part of one: it is not shown as what the person wrote.
	 */
	if (r > 0 && reader->item)
		feed->n_items--;
	if (r > 0)
		feed->broken = why_broken(r);
	feed->cut |= reader->capture.cut;
	buf_release(&reader->capture.text);
	free(reader);
	return r < 0 ? r : 0;
}
