#include "config/keys.h"
#include "daemon/base/buf.h"
#include "daemon/base/clean.h"

#include <limits.h>

/* ---- paths ---- */

/* A path, from the config's folder where it is not absolute. */
static int path_word(struct walk *walk, struct yaml node, const char **ret)
{
	const struct loading *loading = walk->context;
	const char *text = walk_scalar(walk, node, "a path");
	if (!text)
		return 0;
	if (text[0] == '~') {
		walk_problem(walk, node,
			"only a shell knows what \"~\" means: write the path from \"/\" on, or "
			"from this file's folder on");
		return 0;
	}
	CLEAN(buf_release) struct buf path = BUF_INIT(PATH_MAX - 1);
	int r = 0;
	if (text[0] != '/' && loading->folder)
		r = buf_addf(&path, "%s/", loading->folder);
	if (r == 0)
		r = buf_adds(&path, text);
	if (r == BUF_E_FULL)
		walk_problem(walk, node, "the path is longer than %d bytes", PATH_MAX - 1);
	if (r != 0)
		return r < 0 ? r : 0;
	*ret = arena_copy(walk->arena, path.data, path.len);
	return *ret ? 0 : -ENOMEM;
}

int read_path(struct walk *walk, struct yaml node, void *into)
{
	const char *path = NULL;
	int r = path_word(walk, node, &path);
	if (path)
		*(const char **)into = path;
	return r;
}

int read_paths(struct walk *walk, struct yaml node, void *into)
{
	return walk_words(walk, node, path_word, into);
}

/* ---- patterns ---- */

/* A rule's id, or the first part of some ids with ".*" behind it. */
static bool is_rule_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
	for (;;) {
		size_t len = strspn(text, letters);
		if (len == 0)
			return false;
		text += len;
		if (text[0] == '\0' || strcmp(text, ".*") == 0)
			return true;
		if (*text++ != '.')
			return false;
	}
}

static int rule_name(struct walk *walk, struct yaml node, const char **ret)
{
	const char *text = walk_scalar(walk, node, "a rule's id");
	if (!text)
		return 0;
	if (!is_rule_name(text)) {
		walk_problem(walk, node,
			"\"%.*s\" is not a rule's id such as unprofessional.profanity.casual, nor "
			"the start of some, such as unprofessional.*",
			SHOWN(text));
		return 0;
	}
	*ret = arena_strdup(walk->arena, text);
	return *ret ? 0 : -ENOMEM;
}

int read_rule_names(struct walk *walk, struct yaml node, void *into)
{
	return walk_words(walk, node, rule_name, into);
}

int read_severities(struct walk *walk, struct yaml node, void *into)
{
	struct config *config = into;
	if (yaml_blank(node))
		return 0;
	if (yaml_type(node) != YAML_TYPE_MAP) {
		walk_problem(walk, node,
			"keys are wanted here (\"illegal.drugs.mention: info\"), not a %s",
			yaml_type(node) == YAML_TYPE_LIST ? "list" : "single value");
		return 0;
	}
	int r = walk_check_keys(walk, node);
	const size_t count = yaml_count(node);
	struct severity_override *items = arena_array(walk->arena, count, sizeof *items);
	if (!items)
		r = -ENOMEM;
	size_t good = 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		if (!yaml_text(yaml_key(node, i)))
			continue; /* told by walk_check_keys() */
		r = rule_name(walk, yaml_key(node, i), &items[good].rule);
		if (walk_severity(walk, yaml_value(node, i), &items[good].severity) && r == 0 &&
			items[good].rule)
			good++;
	}
	config->severities = items;
	config->n_severities = good;
	return r;
}

/* ---- fetch ---- */

/* What may stand in a header's value (RFC 9110 §5.5, without obs-text): no line breaks above all.
 */
int read_user_agent(struct walk *walk, struct yaml node, void *into)
{
	const size_t longest = 200;
	const char *text = walk_scalar(walk, node, "a User-Agent");
	if (!text)
		return 0;
	size_t len = 0;
	while (text[len] >= ' ' && text[len] <= '~')
		len++;
	if (text[len] != '\0' || len > longest) {
		walk_problem(walk, node,
			"\"user-agent\" takes up to %zu letters, digits and signs of "
			"ASCII",
			longest);
		return 0;
	}
	const char *copy = arena_strdup(walk->arena, text);
	if (!copy)
		return -ENOMEM;
	*(const char **)into = copy;
	return 0;
}
