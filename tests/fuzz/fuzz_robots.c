/* Any file as robots.txt, asked for the path in its first line: what a slower matcher says too. */
#include "crawlers/net/robots.h"
#include "daemon/base/limits.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* The slower matcher's table. */
#define PATTERN_MAX 64
#define PATH_MAX_B  256

/* RFC 9309 §2.2.3 read letter by letter: row i says whether pattern[0..i) matches path[0..k). */
static bool matches(const char *pattern, const char *path)
{
	bool row[PATH_MAX_B + 1] = {true};
	size_t len = strlen(path);
	size_t n = strlen(pattern);
	bool whole = n > 0 && pattern[n - 1] == '$';
	for (size_t i = 0; i < n - whole; i++) {
		bool before = row[0];
		row[0] = row[0] && pattern[i] == '*';
		for (size_t k = 1; k <= len; k++) {
			bool here = row[k];
			row[k] = pattern[i] == '*' ? here || row[k - 1]
						   : before && pattern[i] == path[k - 1];
			before = here;
		}
	}
	for (size_t k = 0; k <= len; k++) {
		if (row[k] && (!whole || k == len))
			return true;
	}
	return false;
}

static bool allows(const struct robots_rule *rules, size_t count, const char *path)
{
	size_t longest = 0;
	bool allowed = true;
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(rules[i].pattern);
		if (!matches(rules[i].pattern, path) || len < longest)
			continue;
		allowed = rules[i].allow || (len == longest && allowed && longest > 0);
		longest = len;
	}
	return allowed;
}

static bool is_small(const struct robots_rule *rules, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(rules[i].pattern) > PATTERN_MAX)
			return false;
	}
	return strlen(path) <= PATH_MAX_B && count <= 64;
}

static void normal(struct buf *out, const char *text, enum robots_text kind)
{
	struct buf twice = BUF_INIT(9 * LIMIT_URL_B);
	MUST(robots_normalise(out, text, strlen(text), kind) == 0);
	MUST(out->len <= 3 * strlen(text));
	MUST(robots_normalise(&twice, buf_str(out), out->len, kind) == 0);
	MUST(strcmp(buf_str(&twice), buf_str(out)) == 0);
	buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = input_of(data, size);
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	char *path = input_line(&input);
	size_t len;
	path[text_cut(path, strlen(path), LIMIT_URL_B)] = '\0';
	char *file = input_rest(&input, &len);
	struct robots_rule *rules;
	size_t count;
	struct buf spelt = BUF_INIT(3 * LIMIT_URL_B);
	MUST(arena && robots_parse(arena, ROBOTS_TOKEN, file, len, &rules, &count) == 0);
	for (size_t i = 0; i < count; i++)
		MUST(strchr("/*", rules[i].pattern[0]) &&
			strlen(rules[i].pattern) <= 3 * LIMIT_URL_B);
	normal(&spelt, path, ROBOTS_PATH);
	bool allowed = robots_allows(rules, count, path);
	if (is_small(rules, count, buf_str(&spelt)) && strcmp(path, "/robots.txt") != 0)
		MUST(allowed == allows(rules, count, buf_str(&spelt)));
	MUST(robots_allows(rules, count, "/robots.txt"));
	buf_release(&spelt);
	arena_free(arena);
	free(path);
	free(file);
	return 0;
}
