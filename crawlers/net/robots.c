#include "crawlers/net/robots.h"

#include "daemon/base/limits.h"

#include <string.h>

/* Steps of one comparison after another that one answer may take: measured at 1 ns each. */
#define STEPS_MAX (32ul * 1000 * 1000)

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 3986 §2.3: these mean the same whether encoded or not. */
static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("-._~", c));
}

static int add_encoded(struct buf *out, unsigned char c)
{
	return buf_addf(out, "%%%02X", c);
}

/* "%xx" at @at: decoded where that changes nothing, else in upper case. */
static int add_escape(struct buf *out, const char *at)
{
	unsigned char c = (unsigned char)(hex_value(at[1]) << 4 | hex_value(at[2]));
	return is_unreserved(c) ? buf_addc(out, (char)c) : add_encoded(out, c);
}

static bool must_encode(unsigned char c, bool last, enum robots_text kind)
{
	if (c <= ' ' || c >= 0x7f || c == '%') /* one that escapes nothing is itself */
		return true;
	if (c == '*')
		return kind == ROBOTS_PATH;
	return c == '$' && (kind == ROBOTS_PATH || !last);
}

int robots_normalise(struct buf *out, const char *text, size_t len, enum robots_text kind)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '%' && len - i > 2 && hex_value(text[i + 1]) >= 0 &&
			hex_value(text[i + 2]) >= 0) {
			r = add_escape(out, text + i);
			i += 2;
		} else if (must_encode(c, i + 1 == len, kind)) {
			r = add_encoded(out, c);
		} else {
			r = buf_addc(out, (char)c);
		}
	}
	return r;
}

/* Does @pattern match the front of @path?  The last star is the only one to come back to: what lies
 * before it matched with the least of the path, so no other way leaves more.  Takes its steps out
 * of
 * *@steps, which is 0 when it had to give up. */
static bool matches(const char *pattern, const char *path, size_t *steps)
{
	const char *star = NULL;
	const char *mark = NULL;
	for (; *steps > 0; --*steps) {
		bool end = pattern[0] == '$' && pattern[1] == '\0';
		if (*pattern == '\0' || (end && *path == '\0'))
			return true;
		if (*pattern == '*') {
			star = ++pattern;
			mark = path;
		} else if (!end && *pattern == *path) {
			pattern++;
			path++;
		} else if (star && *mark) {
			pattern = star;
			path = ++mark;
		} else {
			return false;
		}
	}
	return false;
}

static bool longest_allows(const struct robots_rule *rules, size_t count, const char *path)
{
	size_t steps = STEPS_MAX;
	size_t longest = 0;
	bool allowed = true;
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(rules[i].pattern);
		bool wins = len > longest || (len == longest && rules[i].allow);
		if (!wins || !matches(rules[i].pattern, path, &steps))
			continue;
		longest = len;
		allowed = rules[i].allow;
	}
	return allowed && steps > 0;
}

bool robots_allows(const struct robots_rule *rules, size_t count, const char *path)
{
	struct buf normal = BUF_INIT(3ul * LIMIT_URL_B);
	/* A path too long, or no memory to look at it: better not to ask for it. */
	bool allowed = robots_normalise(&normal, path, strlen(path), ROBOTS_PATH) == 0 &&
		       longest_allows(rules, count, buf_str(&normal));
	/* §2.2.2: "The /robots.txt URI is implicitly allowed." */
	if (!allowed)
		allowed = strcmp(path, "/robots.txt") == 0;
	buf_release(&normal);
	return allowed;
}

enum robots_meaning robots_for_status(int status)
{
	if (status >= 200 && status <= 299)
		return ROBOTS_READ;
	/* §2.3.1.2: after five redirects the file may be taken as unavailable, so as any 4xx
	 * (§2.3.1.3). 429 is a 4xx too, but it says "later", not "never". */
	if (status >= 300 && status <= 499 && status != 429)
		return ROBOTS_ALLOW_ALL;
	return ROBOTS_DENY_ALL; /* §2.3.1.4: unreachable */
}
