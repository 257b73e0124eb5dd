#include "daemon/target.h"

#include "config/address.h"
#include "crawlers/net/url.h"
#include "daemon/base/buf.h"
#include "daemon/base/clean.h"
#include "daemon/base/limits.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* All saved pages of one call. */
#define TARGETS_B (1024u * 1024 * 1024)

/* Where a saved page stands in for a URL: a name that can not exist (RFC 2606 §2). */
#define SAVED_ORIGIN "https://saved.invalid/"

struct suffix {
	const char *suffix;
	const char *content_type;
	const char *source;
};

static const struct suffix suffixes[] = {
	{".html", "text/html", "page"},
	{".htm", "text/html", "page"},
	{".xhtml", "application/xhtml+xml", "page"},
	{".rss", "application/rss+xml", "feed"},
	{".atom", "application/atom+xml", "feed"},
	{".xml", "application/xml", "feed"},
	{".rdf", "application/rdf+xml", "feed"},
	{".json", "application/feed+json", "feed"},
};

/* What a file without a telling name begins with. */
static const struct suffix *sniff(const char *body, size_t len)
{
	static const struct suffix html = {"", NULL, "page"};
	static const struct suffix xml = {"", "application/xml", "feed"};
	static const struct suffix json = {"", "application/feed+json", "feed"};
	size_t skip = 0;
	while (skip < len && strchr(" \t\r\n\xef\xbb\xbf", body[skip]))
		skip++;
	if (len - skip >= 5 &&
		(memcmp(body + skip, "<?xml", 5) == 0 || memcmp(body + skip, "<rss", 4) == 0))
		return &xml;
	return len > skip && body[skip] == '{' ? &json : &html;
}

static const struct suffix *kind_of(const char *name, const char *body, size_t len)
{
	const char *dot = strrchr(name, '.');
	for (size_t i = 0; dot && i < sizeof suffixes / sizeof suffixes[0]; i++) {
		if (strcasecmp(dot, suffixes[i].suffix) == 0)
			return &suffixes[i];
	}
	return sniff(body, len);
}

static int read_stream(FILE *file, struct buf *body)
{
	char chunk[16384];
	size_t got;
	while ((got = fread(chunk, 1, sizeof chunk, file)) > 0) {
		int r = buf_add(body, chunk, got);
		if (r != 0)
			return r < 0 ? r : -EFBIG;
	}
	return ferror(file) ? -EIO : 0;
}

static int read_file(const char *name, struct buf *body)
{
	if (strcmp(name, "-") == 0)
		return read_stream(stdin, body);
	CLEAN(clean_file) FILE *file = fopen(name, "re");
	return file ? read_stream(file, body) : -errno;
}

static int add_saved(struct targets *targets, const char *name, const struct buf *body)
{
	struct page *page = arena_alloc(targets->arena, sizeof *page);
	char *copy = arena_copy(targets->arena, buf_str(body), body->len);
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	const char *escaped = url_escape(targets->arena, strcmp(name, "-") == 0 ? "stdin" : base);
	if (!page || !copy || !escaped)
		return -ENOMEM;
	size_t len = strlen(SAVED_ORIGIN) + strlen(escaped) + 1;
	char *url = arena_alloc(targets->arena, len);
	if (!url)
		return -ENOMEM;
	(void)snprintf(url, len, SAVED_ORIGIN "%s", escaped);
	const struct suffix *kind = kind_of(name, copy, body->len);
	*page = (struct page){
		.url = url,
		.final_url = url,
		.status = 200,
		.content_type = kind->content_type,
		.body = copy,
		.body_len = body->len,
	};
	targets->saved[targets->count] = page;
	targets->profiles[targets->count].url = url;
	targets->profiles[targets->count].source = kind->source;
	targets->count++;
	return 0;
}

static int add_file(struct targets *targets, const char *name)
{
	struct buf body = BUF_INIT(LIMIT_PAGE_B);
	int r = read_file(name, &body);
	if (r == -EFBIG)
		(void)fprintf(
			stderr, "dirtwatch: %s: larger than %zu MiB\n", name, LIMIT_PAGE_B >> 20);
	else if (r < 0 && r != -ENOMEM)
		(void)fprintf(stderr, "dirtwatch: %s: %s (a URL starts with https:// or http://)\n",
			name, strerror(-r));
	if (r < 0 && r != -ENOMEM)
		r = TARGET_E_BAD;
	if (r == 0)
		r = add_saved(targets, name, &body);
	buf_release(&body);
	return r;
}

static int add_url(struct targets *targets, const char *name)
{
	const char *url, *why = "";
	int r = address_profile(targets->arena, name, &url, &why);
	if (r == ADDRESS_E_BAD) {
		(void)fprintf(stderr, "dirtwatch: %s: %s\n", name, why);
		return TARGET_E_BAD;
	}
	if (r < 0)
		return r;
	struct profile *profile = &targets->profiles[targets->count++];
	profile->url = url;
	profile->account = address_is_account(name);
	return 0;
}

static bool is_url(const char *name)
{
	return strstr(name, "://") || address_is_account(name);
}

int targets_read(char *const *names, size_t count, struct targets *ret)
{
	*ret = (struct targets){.arena = arena_new(TARGETS_B)};
	if (!ret->arena)
		return -ENOMEM;
	ret->profiles = arena_array(ret->arena, count, sizeof *ret->profiles);
	ret->saved = arena_array(ret->arena, count, sizeof *ret->saved);
	if (!ret->profiles || !ret->saved)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		int r = is_url(names[i]) ? add_url(ret, names[i]) : add_file(ret, names[i]);
		if (r != 0)
			return r;
	}
	return 0;
}

void targets_release(struct targets *targets)
{
	targets->arena = arena_free(targets->arena);
}
