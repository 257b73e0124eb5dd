#include "crawlers/net/robots.h"
#include "crawlers/sources/sources.h"
#include "daemon/base/limits.h"

#include <string.h>

/* robots.txt: RFC 9309 §2.2, and the slips of the pen that Google's parser lets pass. */

/* The longest that a path can be when it is compared. */
#define PATTERN_B (3 * LIMIT_URL_B)

enum key {
	KEY_OTHER, /* a sitemap, say: no part of a group */
	KEY_AGENT,
	KEY_ALLOW,
	KEY_DISALLOW,
};

static const struct {
	const char *name;
	enum key key;
} keys[] = {
	{"user-agent", KEY_AGENT},
	{"useragent", KEY_AGENT},
	{"user agent", KEY_AGENT},
	{"allow", KEY_ALLOW},
	{"disallow", KEY_DISALLOW},
	{"dissallow", KEY_DISALLOW},
	{"dissalow", KEY_DISALLOW},
	{"disalow", KEY_DISALLOW},
	{"diasllow", KEY_DISALLOW},
	{"disallaw", KEY_DISALLOW},
};

struct span {
	const char *at;
	size_t len;
};

struct rules {
	struct robots_rule *items;
	size_t count;
};

struct parser {
	struct arena *arena;
	const char *token;
	struct rules ours;
	struct rules everyones;
	bool spoken_to;    /* some group names our token */
	bool in_ours;      /* the group at hand does */
	bool in_everyones; /* the group at hand is for "*" */
	bool agents_open;  /* the group at hand had no rule yet: a further user-agent joins it */
	struct buf pattern;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static struct span trim(struct span span)
{
	while (span.len > 0 && is_blank(span.at[0])) {
		span.at++;
		span.len--;
	}
	while (span.len > 0 && is_blank(span.at[span.len - 1]))
		span.len--;
	return span;
}

static struct span front(struct span span, const char *end)
{
	return (struct span){span.at, (size_t)(end - span.at)};
}

static struct span behind(struct span span, const char *mark)
{
	return (struct span){mark + 1, span.len - (size_t)(mark + 1 - span.at)};
}

/* "key: value", or "key value" where the colon was forgotten and there are just two words. */
static bool split(struct span line, struct span *ret_key, struct span *ret_value)
{
	const char *mark = memchr(line.at, ':', line.len);
	if (mark) {
		*ret_key = trim(front(line, mark));
		*ret_value = trim(behind(line, mark));
		return ret_key->len > 0;
	}
	size_t key = 0;
	while (key < line.len && !is_blank(line.at[key]))
		key++;
	if (key == line.len)
		return false;
	*ret_key = front(line, line.at + key);
	*ret_value = trim(behind(line, line.at + key));
	for (size_t i = 0; i < ret_value->len; i++) {
		if (is_blank(ret_value->at[i]))
			return false;
	}
	return true;
}

static enum key key_of(struct span name)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (strlen(keys[i].name) == name.len &&
			strncasecmp(keys[i].name, name.at, name.len) == 0)
			return keys[i].key;
	}
	return KEY_OTHER;
}

static bool is_everyone(struct span agent)
{
	return agent.len > 0 && agent.at[0] == '*' && (agent.len == 1 || is_blank(agent.at[1]));
}

static bool is_token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

/* "dirtwatch/1.0" and "dirtwatch (x)" name the product token (§2.2.1) too. */
static bool names(struct span agent, const char *token)
{
	size_t len = 0;
	while (len < agent.len && is_token_char(agent.at[len]))
		len++;
	return len > 0 && strlen(token) == len && strncasecmp(agent.at, token, len) == 0;
}

static void read_agent(struct parser *parser, struct span agent)
{
	if (!parser->agents_open)
		parser->in_ours = parser->in_everyones = false;
	parser->agents_open = true;
	if (is_everyone(agent))
		parser->in_everyones = true;
	if (names(agent, parser->token))
		parser->in_ours = parser->spoken_to = true;
}

static int add(struct parser *parser, struct rules *rules, bool allow, const char *pattern)
{
	if (rules->count >= LIMIT_ROBOTS_RULES)
		return 0; /* can not be: LIMIT_ROBOTS_B holds no more */
	struct robots_rule *items =
		arena_grow(parser->arena, rules->items, rules->count, sizeof *items);
	if (!items)
		return -ENOMEM;
	rules->items = items;
	items[rules->count++] = (struct robots_rule){.allow = allow, .pattern = pattern};
	return 0;
}

static int read_rule(struct parser *parser, bool allow, struct span path)
{
	parser->agents_open = false;
	if (!parser->in_ours && !parser->in_everyones)
		return 0;
	/* An empty pattern matches nothing (§2.2, "empty-pattern"), nor does one that starts with
	 * neither
	 * "/" nor a star, as every path starts with "/". */
	if (path.len == 0 || (path.at[0] != '/' && path.at[0] != '*'))
		return 0;
	buf_clear(&parser->pattern);
	int r = robots_normalise(&parser->pattern, path.at, path.len, ROBOTS_PATTERN);
	if (r != 0)
		return r < 0 ? r : 0; /* its ceiling is three times the file's: never reached */
	/* What is forbidden by the beginning alone is more than was meant, never less. */
	size_t len = parser->pattern.len;
	if (len > PATTERN_B && allow)
		return 0;
	const char *pattern = arena_copy(
		parser->arena, buf_str(&parser->pattern), len < PATTERN_B ? len : PATTERN_B);
	if (!pattern)
		return -ENOMEM;
	if (parser->in_ours)
		r = add(parser, &parser->ours, allow, pattern);
	if (r == 0 && parser->in_everyones)
		r = add(parser, &parser->everyones, allow, pattern);
	return r;
}

static int read_line(struct parser *parser, struct span line)
{
	const char *comment = memchr(line.at, '#', line.len);
	if (comment)
		line = front(line, comment);
	struct span key;
	struct span value;
	if (!split(trim(line), &key, &value))
		return 0;
	switch (key_of(key)) {
	case KEY_AGENT:
		read_agent(parser, value);
		return 0;
	case KEY_ALLOW:
		return read_rule(parser, true, value);
	case KEY_DISALLOW:
		return read_rule(parser, false, value);
	default:
		return 0;
	}
}

static int read_lines(struct parser *parser, struct span text, bool cut)
{
	int r = 0;
	while (r == 0 && text.len > 0) {
		size_t len = 0;
		while (len < text.len && text.at[len] != '\n' && text.at[len] != '\r')
			len++;
		if (len == text.len) /* a rule cut in its midst would forbid or allow more than it
					says */
			return cut ? 0 : read_line(parser, text);
		r = read_line(parser, front(text, text.at + len));
		text = behind(text, text.at + len);
	}
	return r;
}

int robots_parse(struct arena *arena, const char *token, const char *bytes, size_t len,
	struct robots_rule **ret, size_t *ret_count)
{
	struct parser parser = {
		.arena = arena,
		.token = token,
		.pattern = BUF_INIT(3ul * LIMIT_ROBOTS_B),
	};
	struct span text = {bytes, len < LIMIT_ROBOTS_B ? len : LIMIT_ROBOTS_B};
	if (text.len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		text = behind(text, bytes + 2); /* byte order mark */
	int r = read_lines(&parser, text, len > LIMIT_ROBOTS_B);
	buf_release(&parser.pattern);
	if (r < 0)
		return r;
	const struct rules *rules = parser.spoken_to ? &parser.ours : &parser.everyones;
	*ret = rules->items;
	*ret_count = rules->count;
	return 0;
}

static int robots_read(const struct page *page, struct extract *extract)
{
	int r = robots_parse(extract->arena, ROBOTS_TOKEN, page->body, page->body_len,
		&extract->robots, &extract->n_robots);
	if (r == 0)
		extract->verdict = VERDICT_OK;
	return r;
}

/* .walled: the words of a wall ("log in to view") may well stand in a comment of a robots.txt. */
const struct source source_robots = {
	.name = "robots",
	.title = "robots.txt",
	.read = robots_read,
	.walled = robots_read,
};
