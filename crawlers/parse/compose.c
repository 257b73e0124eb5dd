#include "crawlers/parse/compose.h"

#include "daemon/base/text.h"

#include <string.h>

void compose_release(struct compose *compose)
{
	buf_release(&compose->text);
	buf_release(&compose->others);
}

int compose_read_html(struct compose *compose, const char *html, size_t len, const char *base_url,
	struct html_text *ret)
{
	*ret = (struct html_text){.text = ""};
	/* Most titles and many posts are plain, and a tree costs more than all else about them. */
	if (!html || (!memchr(html, '<', len) && !memchr(html, '&', len)))
		return compose_read_plain(compose, html, len, ret);
	int r = html_to_text(compose->arena, html, len, base_url, ret);
	if (r == HTML_E_LIMIT) {
		*ret = (struct html_text){.text = ""};
		compose->unread = true;
		return 0;
	}
	return r;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int compose_read_plain(struct compose *compose, const char *text, size_t len, struct html_text *ret)
{
	*ret = (struct html_text){.text = ""};
	while (len > 0 && is_space(*text)) {
		text++;
		len--;
	}
	while (len > 0 && is_space(text[len - 1]))
		len--;
	if (len == 0)
		return 0;
	char *copy = arena_alloc(compose->arena, len + 1);
	if (!copy)
		return -ENOMEM;
	size_t n = 0, lines = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\r' && text[i + 1] == '\n') /* the last byte is no space */
			continue;
		char c = text[i] == '\r' ? '\n' : text[i];
		lines = c == '\n' ? lines + 1 : 0;
		if (lines <= 2)
			copy[n++] = c;
	}
	ret->text = copy;
	ret->len = n;
	return 0;
}

/* As much of @part as fits, behind a blank line.  *@ret_at: where it begins. */
static int append(struct buf *out, const char *part, size_t len, bool *cut, size_t *ret_at)
{
	*ret_at = out->len;
	if (len == 0)
		return 0;
	size_t gap = out->len > 0 ? 2 : 0;
	size_t room = out->max - out->len;
	if (room <= gap) {
		*cut = true;
		return 0;
	}
	size_t fits = text_cut(part, len, room - gap);
	*cut |= fits < len;
	int r = gap > 0 ? buf_adds(out, "\n\n") : 0;
	*ret_at = out->len;
	return r != 0 ? r : buf_add(out, part, fits);
}

static int add_links(struct compose *compose, const struct html_text *part, size_t at)
{
	for (size_t i = 0; i < part->n_links; i++) {
		if (compose->n_links == LIMIT_POST_LINKS) {
			compose->cut = true;
			break;
		}
		struct link *links =
			arena_grow(compose->arena, compose->links, compose->n_links, sizeof *links);
		if (!links)
			return -ENOMEM;
		compose->links = links;
		struct link link = part->links[i];
		link.start += at;
		link.end += at;
		if (link.end > compose->text.len) /* its words were cut off: it covers none */
			link.start = link.end = compose->text.len;
		links[compose->n_links++] = link;
	}
	return 0;
}

int compose_add(struct compose *compose, const struct html_text *part)
{
	size_t at;
	compose->cut |= part->cut;
	int r = append(&compose->text, part->text, part->len, &compose->cut, &at);
	if (r == 0)
		r = add_links(compose, part, at);
	if (r == 0)
		r = append(&compose->others, part->others, part->others_len, &compose->cut, &at);
	return r < 0 ? r : 0;
}

int compose_add_title(struct compose *compose, const struct html_text *part)
{
	int r = compose_add(compose, part);
	if (r < 0)
		return r;
	for (size_t i = 0; i < compose->text.len; i++) {
		if (compose->text.data[i] == '\n')
			compose->text.data[i] = ' ';
	}
	compose->title_len = compose->text.len;
	return 0;
}

int compose_add_once(struct compose *compose, const struct html_text *part)
{
	const struct buf *text = &compose->text;
	if (text->len > 0 && memmem(text->data, text->len, part->text, part->len))
		return 0;
	return compose_add(compose, part);
}

int compose_add_others(struct compose *compose, const struct html_text *part)
{
	size_t at;
	int r = append(&compose->others, part->text, part->len, &compose->cut, &at);
	if (r == 0)
		r = append(&compose->others, part->others, part->others_len, &compose->cut, &at);
	return r < 0 ? r : 0;
}

int compose_add_plain(struct compose *compose, const char *text)
{
	struct html_text part;
	int r = compose_read_plain(compose, text, text ? strlen(text) : 0, &part);
	return r < 0 ? r : compose_add(compose, &part);
}

int compose_finish(struct compose *compose, struct post *post)
{
	post->text = arena_copy(compose->arena, buf_str(&compose->text), compose->text.len);
	if (!post->text)
		return -ENOMEM;
	post->len = compose->text.len;
	post->title_len = compose->title_len;
	post->links = compose->links;
	post->n_links = compose->n_links;
	if (compose->others.len == 0)
		return 0;
	post->others = arena_copy(compose->arena, buf_str(&compose->others), compose->others.len);
	if (!post->others)
		return -ENOMEM;
	post->others_len = compose->others.len;
	return 0;
}
