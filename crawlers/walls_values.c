#include "crawlers/walls_values.h"

#include "crawlers/walls_file.h"

#include <ctype.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* 404, or 400-499. */
static bool parse_range(const char *text, struct status_range *ret)
{
	char *end;
	if (!isdigit((unsigned char)*text))
		return false;
	long first = strtol(text, &end, 10);
	long last = first;
	if (*end == '-' && isdigit((unsigned char)end[1]))
		last = strtol(end + 1, &end, 10);
	*ret = (struct status_range){(int)first, (int)last};
	return *end == '\0' && first >= STATUS_LEAST && first <= last && last <= STATUS_MOST;
}

int wall_read_statuses(struct walk *walk, struct yaml node, void *into)
{
	bool list = yaml_type(node) == YAML_TYPE_LIST;
	size_t count = list ? yaml_count(node) : 1;
	struct status_range *items = arena_array(walk->arena, count + 1, sizeof *items);
	struct status_ranges *ret = into;
	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct yaml item = list ? yaml_item(node, i) : node;
		const char *text = walk_scalar(walk, item, "a status");
		if (text && !parse_range(text, &items[i]))
			walk_problem(walk, item,
				"a status is a number from %d to %d, or two such as 500-599",
				STATUS_LEAST, STATUS_MOST);
	}
	*ret = (struct status_ranges){items, count};
	return 0;
}

/* What a wall may be taken for: nothing that says anything about findings, and nothing that only the
 * daemon itself can know. */
static const enum verdict verdicts[] = {
	VERDICT_NOT_FOUND,
	VERDICT_GONE,
	VERDICT_SUSPENDED,
	VERDICT_MOVED,
	VERDICT_PRIVATE,
	VERDICT_LOGIN_WALL,
	VERDICT_BLOCKED,
	VERDICT_RATE_LIMITED,
	VERDICT_AUTH_REQUIRED,
	VERDICT_SERVER_ERROR,
};

int wall_read_verdict(struct walk *walk, struct yaml node, void *into)
{
	const char *names[COUNT(verdicts)];
	const char *text = walk_scalar(walk, node, "a verdict");
	enum verdict verdict;
	for (size_t i = 0; text && i < COUNT(verdicts); i++) {
		names[i] = verdict_name(verdicts[i]);
		if (strcmp(text, names[i]) == 0) {
			*(enum verdict *)into = verdicts[i];
			return 0;
		}
	}
	if (!text)
		return 0;
	const char *near = nearest_word(text, names, COUNT(verdicts));
	if (verdict_parse(text, &verdict))
		walk_problem(walk, node, "\"%s\" is no verdict on a wall", text);
	else
		walk_problem(walk, node, "unknown verdict \"%.*s\"%s%s%s", SHOWN(text),
			near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return 0;
}

int wall_read_lower(struct walk *walk, struct yaml node, const char **ret)
{
	const char *text = walk_scalar(walk, node, "text");
	char *copy = text ? arena_strdup(walk->arena, text) : NULL;
	if (!copy)
		return text ? -ENOMEM : 0;
	for (char *at = copy; *at; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at + ('a' - 'A') : *at);
	*ret = copy;
	return 0;
}

int wall_read_lowers(struct walk *walk, struct yaml node, void *into)
{
	return walk_words(walk, node, wall_read_lower, into);
}

static int read_path(struct walk *walk, struct yaml node, const char **ret)
{
	int r = wall_read_lower(walk, node, ret);
	if (r == 0 && *ret && **ret != '/')
		walk_problem(walk, node, "a path begins with \"/\"");
	return r;
}

int wall_read_paths(struct walk *walk, struct yaml node, void *into)
{
	return walk_words(walk, node, read_path, into);
}

int wall_read_source(struct walk *walk, struct yaml node, void *into)
{
	const struct walls_build *build = walk->context;
	const char *text = walk_scalar(walk, node, "a source");
	for (size_t i = 0; text && i < build->sources.count; i++) {
		if (strcmp(text, build->sources.items[i]) == 0) {
			*(const char **)into = arena_strdup(walk->arena, text);
			return *(const char **)into ? 0 : -ENOMEM;
		}
	}
	if (!text)
		return 0;
	if (build->sources.count == 0) {
		*(const char **)into = arena_strdup(walk->arena, text);
		return *(const char **)into ? 0 : -ENOMEM;
	}
	const char *near = nearest_word(text, build->sources.items, build->sources.count);
	walk_problem(walk, node, "there is no source \"%.*s\"%s%s%s", SHOWN(text),
		near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return 0;
}
