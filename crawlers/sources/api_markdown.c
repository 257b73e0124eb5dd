#include "crawlers/sources/api.h"

#include "daemon/base/buf.h"
#include "daemon/base/limits.h"

#include <string.h>

/* Markdown is read as the plain text it is made to be readable as.  Only what decides whose words
 * they are is understood: quoted lines and, for they are not shown at all, comments. */

struct halves {
	struct buf own;
	struct buf quoted;
};

/* "> words", after at most three spaces (CommonMark §5.1).  NULL: no quote. */
static const char *behind_mark(const char *line, const char *end)
{
	size_t spaces = 0;
	while (line < end && *line == ' ' && spaces++ < 3)
		line++;
	if (line == end || *line != '>')
		return NULL;
	while (line < end && (*line == '>' || *line == ' '))
		line++;
	return line;
}

static int split_lines(struct halves *halves, const char *text, size_t len)
{
	const char *end = text + len;
	int r = 0;
	while (r == 0 && text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		const char *next = stop ? stop + 1 : end;
		const char *words = behind_mark(text, next);
		r = words ? buf_add(&halves->quoted, words, (size_t)(next - words))
			  : buf_add(&halves->own, text, (size_t)(next - text));
		text = next;
	}
	return r;
}

/* What stands between comments; one that does not end hides the rest. */
static int split(struct halves *halves, const char *text)
{
	int r = 0;
	while (r == 0 && *text) {
		const char *comment = strstr(text, "<!--");
		size_t len = comment ? (size_t)(comment - text) : strlen(text);
		r = split_lines(halves, text, len);
		text += len;
		if (comment) {
			const char *end = strstr(comment + 4, "-->");
			text = end ? end + 3 : text + strlen(text);
		}
	}
	return r;
}

/* Where an address that stands in a text ends: its last mark belongs to the sentence. */
static size_t address_len(const char *at)
{
	size_t len = strcspn(at, " \t\r\n<>()[]{}\"'`|\\^");
	while (len > 0 && strchr(".,;:!?*_", at[len - 1]))
		len--;
	return len;
}

static int find_links(struct arena *arena, struct html_text *part)
{
	const char *at = part->text;
	while ((at = strstr(at, "http")) && part->n_links < LIMIT_POST_LINKS) {
		size_t len = address_len(at);
		struct link link = {.start = (size_t)(at - part->text)};
		const char *address = arena_copy(arena, at, len);
		if (!address)
			return -ENOMEM;
		link.end = link.start + len;
		at += len > 4 ? len : 4;
		int r = strstr(address, "://") ? api_url(arena, NULL, address, &link.url) : 0;
		if (r < 0)
			return r;
		if (!link.url)
			continue;
		struct link *links =
			arena_grow(arena, (void *)part->links, part->n_links, sizeof *links);
		if (!links)
			return -ENOMEM;
		links[part->n_links++] = link;
		part->links = links;
	}
	return 0;
}

int api_add_markdown(struct compose *compose, const char *text)
{
	struct halves halves = {BUF_INIT(LIMIT_PAGE_B), BUF_INIT(LIMIT_PAGE_B)};
	struct html_text own, quoted;
	int r = split(&halves, text ? text : "");
	compose->cut |= r == BUF_E_FULL;
	if (r >= 0)
		r = compose_read_plain(compose, buf_str(&halves.own), halves.own.len, &own);
	if (r == 0)
		r = compose_read_plain(
			compose, buf_str(&halves.quoted), halves.quoted.len, &quoted);
	if (r == 0)
		r = find_links(compose->arena, &own);
	if (r == 0)
		r = compose_add(compose, &own);
	if (r == 0)
		r = compose_add_others(compose, &quoted);
	buf_release(&halves.own);
	buf_release(&halves.quoted);
	return r;
}
