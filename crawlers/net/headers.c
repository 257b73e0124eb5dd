#include "crawlers/net/headers.h"

#include "daemon/base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Stands for a Content-Encoding that was too long to keep: no coding is called so. */
#define UNKNOWN_CODING "?"

#define AT(field) offsetof(struct headers, field)

/* Sent more than once, the first counts. */
static const struct {
	const char *name;
	size_t at;
} singles[] = {
	{"etag", AT(etag)},
	{"last-modified", AT(last_modified)},
	{"content-type", AT(content_type)},
	{"location", AT(location)},
};

/* Sent more than once, they are one list (RFC 9110 §5.3). */
static const struct {
	const char *name;
	size_t at;
	size_t buf;
	const char *too_long;
} lists[] = {
	{"link", AT(link), AT(links), NULL},
	{"content-encoding", AT(content_encoding), AT(codings), UNKNOWN_CODING},
};

int headers_init(struct headers *headers, int64_t now_s)
{
	*headers = (struct headers){
		.codings = BUF_INIT(LIMIT_HEADER_B),
		.links = BUF_INIT(LIMIT_HEADER_B),
		.now_s = now_s,
	};
	/* What is kept was seen, in lines of at least 8 bytes that take at least 16. */
	headers->arena = arena_new(2 * LIMIT_HEADERS_B);
	return headers->arena ? 0 : -ENOMEM;
}

void headers_release(struct headers *headers)
{
	arena_free(headers->arena);
	buf_release(&headers->codings);
	buf_release(&headers->links);
	*headers = (struct headers){0};
}

static void start_anew(struct headers *headers)
{
	buf_clear(&headers->codings);
	buf_clear(&headers->links);
	*headers = (struct headers){
		.codings = headers->codings,
		.links = headers->links,
		.arena = headers->arena,
		.now_s = headers->now_s,
		.seen_b = headers->seen_b,
	};
}

static bool is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t') || c == 0x7f;
}

static bool has_control(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (is_control(text[i]))
			return true;
	}
	return false;
}

bool headers_may_send(const char *value)
{
	size_t len = strnlen(value, LIMIT_HEADER_B + 1);
	return len > 0 && len <= LIMIT_HEADER_B && !has_control(value, len);
}

static int keep_single(struct headers *headers, size_t at, const char *value)
{
	const char **field = (const char **)((char *)headers + at);
	if (*field || strlen(value) > LIMIT_HEADER_B)
		return 0;
	*field = arena_strdup(headers->arena, value);
	return *field ? 0 : -ENOMEM;
}

static int keep_list(struct headers *headers, size_t i, const char *value)
{
	const char **field = (const char **)((char *)headers + lists[i].at);
	struct buf *buf = (struct buf *)((char *)headers + lists[i].buf);
	int r = buf_addf(buf, "%s%s", buf->len > 0 ? ", " : "", value);
	if (r < 0)
		return r;
	if (r == 0)
		*field = buf_str(buf);
	else if (lists[i].too_long)
		*field = lists[i].too_long;
	return 0;
}

/* libcurl 7.88 takes the last of two lengths, and none where it is 2^63: either would let a cut
 * body pass for a whole one. */
static int check_length(struct headers *headers, const char *value)
{
	const char *copy = arena_strdup(headers->arena, value);
	if (!copy)
		return -ENOMEM;
	size_t digits = strspn(copy, "0123456789");
	errno = 0;
	long long length = strtoll(copy, NULL, 10);
	if (digits == 0 || copy[digits] != '\0' || errno != 0 || length < 0 ||
		(headers->content_length && strcmp(headers->content_length, copy) != 0))
		headers->bad_length = copy;
	headers->content_length = copy;
	return 0;
}

static int take(struct headers *headers, const char *name, const char *value)
{
	if (strcasecmp(name, "content-length") == 0)
		return check_length(headers, value);
	rate_header(&headers->rate, name, value, headers->now_s);
	for (size_t i = 0; i < sizeof singles / sizeof *singles; i++) {
		if (strcasecmp(name, singles[i].name) == 0)
			return keep_single(headers, singles[i].at, value);
	}
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		if (strcasecmp(name, lists[i].name) == 0)
			return keep_list(headers, i, value);
	}
	return 0;
}

/* "Name: value" as two strings; false: it is none, or holds controls. */
static bool split(char *line, size_t len, char **ret_name, char **ret_value)
{
	while (len > 0 && strchr("\r\n \t", line[len - 1]))
		len--;
	line[len] = '\0';
	char *colon = memchr(line, ':', len);
	if (!colon || has_control(line, len))
		return false;
	*colon = '\0';
	*ret_name = line;
	*ret_value = colon + 1 + strspn(colon + 1, " \t");
	return true;
}

int headers_line(struct headers *headers, const char *line, size_t len)
{
	if (len > LIMIT_HEADERS_B - headers->seen_b)
		return HEADERS_E_TOO_BIG;
	headers->seen_b += len;
	if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		start_anew(headers);
		return 0;
	}
	if (len <= 2 && (len == 0 || line[0] == '\r' || line[0] == '\n')) {
		headers->ended = true;
		return 0;
	}
	if (headers->ended)
		return 0;
	char *copy = malloc(len + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, line, len);
	char *name;
	char *value;
	int r = split(copy, len, &name, &value) ? take(headers, name, value) : 0;
	free(copy);
	return r;
}
