#include "crawlers/parse/entry.h"

#include "crawlers/parse/compose.h"
#include "daemon/base/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- finding one again ---- */

static uint64_t hash_bytes(const void *bytes, size_t len)
{
	const unsigned char *at = bytes; /* FNV-1a */
	uint64_t hash = 0xcbf29ce484222325u;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * 0x100000001b3u;
	return hash;
}

static uint64_t hash_url(const char *url)
{
	return hash_bytes(url, strlen(url));
}

static uint64_t hash_node(const GumboNode *node)
{
	return hash_bytes(&node, sizeof node);
}

static struct entry *look(
	struct entries *entries, uint64_t hash, const char *url, const GumboNode *node)
{
	for (size_t i = hash; entries->n_slots > 0; i++) {
		uint32_t slot = entries->slots[i & (entries->n_slots - 1)];
		if (slot == 0)
			return NULL;
		struct entry *entry = &entries->items[slot - 1];
		if (url ? entry->url && strcmp(entry->url, url) == 0 : entry->node == node)
			return entry;
	}
	return NULL;
}

struct entry *entries_find(struct entries *entries, const char *url, const GumboNode *node)
{
	struct entry *entry = url ? look(entries, hash_url(url), url, NULL) : NULL;
	if (!entry && node)
		entry = look(entries, hash_node(node), NULL, node);
	return entry;
}

static void put_slot(struct entries *entries, uint64_t hash, uint32_t slot)
{
	size_t i = hash;
	while (entries->slots[i & (entries->n_slots - 1)] != 0)
		i++;
	entries->slots[i & (entries->n_slots - 1)] = slot;
}

static void put_entry(struct entries *entries, size_t index)
{
	const struct entry *entry = &entries->items[index];
	if (entry->url)
		put_slot(entries, hash_url(entry->url), (uint32_t)index + 1);
	if (entry->node)
		put_slot(entries, hash_node(entry->node), (uint32_t)index + 1);
}

/* Room for one entry more, which takes up to two slots now and two more as it learns of its URL and
 * element: the table stays at most half full. */
static int make_room(struct entries *entries)
{
	if (entries->n * 8 + 8 <= entries->n_slots)
		return 0;
	size_t n_slots = entries->n_slots ? entries->n_slots * 2 : 64;
	uint32_t *slots = arena_array(entries->arena, n_slots, sizeof *slots);
	if (!slots)
		return -ENOMEM;
	entries->slots = slots;
	entries->n_slots = n_slots;
	for (size_t i = 0; i < entries->n; i++)
		put_entry(entries, i);
	return 0;
}

/* ---- joining what two kinds of markup say ---- */

#define TAKE(field)                                \
	do {                                       \
		if (!into->field)                  \
			into->field = from->field; \
	} while (0)

static void join(struct entry *into, const struct entry *from)
{
	TAKE(node);
	TAKE(uid);
	TAKE(url);
	TAKE(title);
	TAKE(author);
	TAKE(author_url);
	TAKE(published_s);
	TAKE(updated_s);
	if (into->kind == KIND_POST)
		into->kind = from->kind;
	if (!into->body.text || (from->body.text && from->whole && !into->whole)) {
		into->body = from->body;
		into->whole = from->whole;
		into->excerpt = from->excerpt;
	}
	into->foreign |= from->foreign;
}

int entries_add(struct entries *entries, const struct entry *entry)
{
	int r = make_room(entries);
	if (r != 0)
		return r;
	struct entry *known = entries_find(entries, entry->url, entry->node);
	/* Two addresses in one element are two posts. */
	if (known && known->url && entry->url && strcmp(known->url, entry->url) != 0)
		known = NULL;
	if (known) {
		const char *url = known->url;
		const GumboNode *node = known->node;
		join(known, entry);
		uint32_t slot = (uint32_t)(known - entries->items) + 1;
		if (!url && known->url)
			put_slot(entries, hash_url(known->url), slot);
		if (!node && known->node)
			put_slot(entries, hash_node(known->node), slot);
		return 0;
	}
	struct entry *items = arena_grow(entries->arena, entries->items, entries->n, sizeof *items);
	if (!items)
		return -ENOMEM;
	entries->items = items;
	items[entries->n++] = *entry;
	put_entry(entries, entries->n - 1);
	return 0;
}

/* ---- writing ---- */

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool entry_title_is_text(const char *title, const char *text)
{
	for (;;) {
		while (is_space(*title))
			title++;
		while (is_space(*text))
			text++;
		if (*title == '\0' || strcmp(title, "\xe2\x80\xa6") == 0 ||
			strcmp(title, "...") == 0)
			return true;
		if (*title != *text)
			return false;
		title++;
		text++;
	}
}

static int add_title(const struct entry *entry, struct compose *compose)
{
	struct html_text title;
	const char *body = entry->body.text ? entry->body.text : "";
	if (!entry->title || (body[0] && entry_title_is_text(entry->title, body)))
		return 0;
	int r = compose_read_plain(compose, entry->title, strlen(entry->title), &title);
	return r == 0 && title.len > 0 ? compose_add_title(compose, &title) : r;
}

static int add_pictures(const struct entry *entry, struct compose *compose)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < entry->n_pictures; i++) {
		const char *text = entry->pictures[i];
		struct html_text picture;
		r = compose_read_plain(compose, text, strlen(text), &picture);
		if (r == 0 && picture.len > 0)
			r = compose_add_once(compose, &picture);
	}
	return r;
}

static int write_text(const struct entry *entry, struct compose *compose)
{
	bool others = entry->kind == KIND_REPOST || entry->kind == KIND_LIKE;
	if (others)
		return entry->body.text ? compose_add_others(compose, &entry->body) : 0;
	int r = add_title(entry, compose);
	if (r == 0 && entry->body.text)
		r = compose_add(compose, &entry->body);
	return r == 0 ? add_pictures(entry, compose) : r;
}

static int add_targets(const struct entry *entry, struct compose *compose)
{
	struct link links[ENTRY_TARGETS];
	for (size_t i = 0; i < entry->n_targets; i++)
		links[i] = (struct link){entry->targets[i], compose->text.len, compose->text.len};
	for (size_t i = 0; i < entry->n_targets && compose->n_links < LIMIT_POST_LINKS; i++) {
		struct link *grown =
			arena_grow(compose->arena, compose->links, compose->n_links, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		compose->links = grown;
		grown[compose->n_links++] = links[i];
	}
	return 0;
}

static int make_id(const struct entry *entry, struct extract *extract, struct post *post)
{
	char when[32];
	struct digest digest;
	post->id = entry->uid ? entry->uid : entry->url;
	if (post->id)
		return 0;
	(void)snprintf(when, sizeof when, "%" PRId64, post->published_s);
	const char *const parts[] = {when, post->text};
	int r = digest_strings(parts, 2, &digest);
	if (r != 0)
		return r;
	post->id = arena_strdup(extract->arena, digest.hex);
	return post->id ? 0 : -ENOMEM;
}

int entry_write(const struct entry *entry, struct extract *extract)
{
	struct post *post;
	int r = extract_add_post(extract, &post);
	if (r != 0 || !post)
		return r;
	struct compose compose = COMPOSE_INIT(extract->arena);
	r = write_text(entry, &compose);
	if (r == 0)
		r = add_targets(entry, &compose);
	if (r == 0)
		r = compose_finish(&compose, post);
	compose_release(&compose);
	post->url = entry->url;
	post->author = entry->author;
	post->lang = entry->body.lang;
	post->kind = entry->kind;
	post->published_s = entry->published_s;
	post->updated_s = entry->updated_s > entry->published_s ? entry->updated_s : 0;
	return r == 0 ? make_id(entry, extract, post) : r;
}
