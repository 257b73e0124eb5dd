#include "crawlers/sources/feed.h"

#include "crawlers/parse/compose.h"
#include "crawlers/sources/api.h"
#include "daemon/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int feed_add_item(struct arena *arena, struct feed *feed, struct feed_item **ret)
{
	if (feed->n_items >= LIMIT_POSTS) {
		feed->cut = true;
		*ret = NULL;
		return 0;
	}
	struct feed_item *items = arena_grow(arena, feed->items, feed->n_items, sizeof *items);
	if (!items)
		return -ENOMEM;
	feed->items = items;
	*ret = &items[feed->n_items++];
	**ret = (struct feed_item){};
	return 0;
}

static int read_text(struct compose *compose, const struct feed_text *text, const char *base,
	struct html_text *ret)
{
	if (text->html)
		return compose_read_html(compose, text->text, text->len, base, ret);
	return compose_read_plain(compose, text->text, text->len, ret);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The length of @title without the mark of having been cut. */
static size_t uncut_len(const struct html_text *title)
{
	static const char *const marks[] = {" […]", " [...]", "…", "..."};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t n = strlen(marks[i]);
		if (title->len >= n && memcmp(title->text + title->len - n, marks[i], n) == 0)
			return title->len - n;
	}
	return title->len;
}

/* Software that has no titles makes them of the first words, on one line: such a title is no words
 * of its own. */
static bool title_repeats(const struct html_text *title, const struct html_text *body)
{
	size_t len = uncut_len(title);
	size_t at = 0;
	for (size_t i = 0; i < len; at++) {
		if (at == body->len)
			return false;
		if (is_space(title->text[i]) && is_space(body->text[at])) {
			while (i < len && is_space(title->text[i]))
				i++;
			while (at + 1 < body->len && is_space(body->text[at + 1]))
				at++;
		} else if (title->text[i++] != body->text[at]) {
			return false;
		}
	}
	bool cut = len < title->len;
	return at > 0 && (cut || at == body->len || body->text[at] == '\n');
}

static int compose_item(struct compose *compose, const struct feed_item *item)
{
	const struct feed_text *body = item->content.text ? &item->content : &item->summary;
	struct html_text title, words;
	int r = read_text(compose, &item->title, item->base, &title);
	if (r == 0)
		r = read_text(compose, body, item->base, &words);
	if (r == 0 && !title_repeats(&title, &words))
		r = compose_add_title(compose, &title);
	if (r == 0)
		r = compose_add(compose, &words);
	for (size_t i = 0; r == 0 && i < item->n_captions; i++) {
		struct html_text caption;
		r = read_text(compose, &item->captions[i], item->base, &caption);
		if (r == 0)
			r = compose_add_once(compose, &caption);
	}
	return r;
}

/* A feed may leave ids out: then its link, else its text and time, stand for the post. */
static int id_of(struct arena *arena, const struct feed_item *item, const struct post *post,
	const char **ret)
{
	*ret = item->id ? item->id : item->link;
	if (*ret)
		return 0;
	struct buf id = BUF_INIT(LIMIT_POST_TEXT_B);
	size_t len = text_cut(post->text, post->len, 64);
	int r = buf_addf(&id, "%" PRId64 " ", post->published_s);
	if (r == 0)
		r = buf_add(&id, post->text, len);
	*ret = r == 0 ? arena_strdup(arena, buf_str(&id)) : NULL;
	buf_release(&id);
	return *ret ? 0 : -ENOMEM;
}

static void note_losses(const struct compose *compose, struct extract *extract)
{
	if (compose->cut || compose->unread)
		extract->coverage.cut = true;
	if (compose->unread)
		extract->coverage.lack = "Some posts are too big or too deeply nested to be read.";
}

static int write_item(
	const struct feed *feed, const struct feed_item *item, struct extract *extract)
{
	struct post *post;
	int r = extract_add_post(extract, &post);
	if (r < 0 || !post)
		return r;
	struct compose compose = COMPOSE_INIT(extract->arena);
	r = compose_item(&compose, item);
	if (r == 0)
		r = compose_finish(&compose, post);
	post->url = item->link;
	post->author = item->author ? item->author : feed->author;
	post->lang = item->lang ? item->lang : feed->lang;
	post->published_s = item->published_s != 0 ? item->published_s : item->updated_s;
	post->updated_s = item->updated_s > post->published_s ? item->updated_s : 0;
	/* Nothing but quoted words: they were passed on. */
	post->kind = post->len == 0 && post->others ? KIND_REPOST
		     : item->reply                  ? KIND_REPLY
						    : KIND_POST;
	if (r == 0)
		r = id_of(extract->arena, item, post, &post->id);
	note_losses(&compose, extract);
	compose_release(&compose);
	return r;
}

/* What the feed says of itself is what its owner says to every reader: scored like a bio. */
static int write_about(const struct feed *feed, struct extract *extract)
{
	struct compose compose = COMPOSE_INIT(extract->arena);
	struct post bio = {.id = "about", .kind = KIND_BIO, .url = feed->link, .lang = feed->lang};
	struct html_text title = {.text = ""}, about = {.text = ""};
	int r = read_text(&compose, &feed->title, feed->base, &title);
	if (r == 0)
		r = read_text(&compose, &feed->about, feed->base, &about);
	if (r == 0)
		r = compose_add_title(&compose, &title);
	if (r == 0)
		r = compose_add(&compose, &about);
	if (r == 0)
		r = compose_finish(&compose, &bio);
	compose_release(&compose);
	if (r < 0)
		return r;
	extract->facts.bio = about.len > 0 ? about.text : NULL;
	if (bio.len == 0)
		return 0;
	struct post *post;
	r = extract_add_post(extract, &post);
	if (r == 0 && post)
		*post = bio;
	return r;
}

/* Posts by several hands are told as such: which of them is the person's, a feed does not say. */
static void note_authors(struct extract *extract)
{
	const char *first = NULL;
	bool several = false;
	for (size_t i = 0; i < extract->n_posts; i++) {
		const char *author = extract->posts[i].author;
		several |= author && first && strcmp(author, first) != 0;
		first = author ? author : first;
	}
	if (several && !extract->coverage.lack)
		extract->coverage.lack =
			"The feed has posts by several authors; all are read as the "
			"person's own.";
	if (!several && !extract->facts.name)
		extract->facts.name = first;
}

int feed_write(const struct feed *feed, struct extract *extract)
{
	extract->facts.name = feed->author;
	int r = write_about(feed, extract);
	for (size_t i = 0; r == 0 && i < feed->n_items; i++)
		r = write_item(feed, &feed->items[i], extract);
	if (r < 0)
		return r;
	note_authors(extract);
	return 0;
}

/* ---- pages that are counted ---- */

static const char *first_of(const struct feed *feed)
{
	const struct feed_item *item = feed->n_items > 0 ? feed->items : NULL;
	const char *first = !item ? NULL : item->link ? item->link : item->id;
	return first ? first : "";
}

int feed_part_read(struct arena *arena, const char *subject, struct feed_part *ret)
{
	const char *words[2];
	int r = api_split(arena, subject, words, 2);
	long number = r == 0 ? strtol(words[0], NULL, 10) : 0; /* our own */
	*ret = (struct feed_part){number > 1 ? number : 1, words[1]};
	return r;
}

int feed_part_write(struct arena *arena, const struct feed *feed, const struct feed_part *place,
	const char **ret)
{
	return api_format(arena, ret, "%ld %.1000s", place->number + 1, first_of(feed));
}

bool feed_ends(const struct feed *feed, const struct feed_part *place)
{
	return feed->n_items == 0 || strncmp(first_of(feed), place->first, 1000) == 0;
}
