#include "patterns/expand.h"

#include <stdlib.h>
#include <string.h>

/* Macros in macros: deeper is a circle. */
#define NESTING_MAX 16
/* Characters of one item of a list. */
#define ITEM_MAX 128

/* ---- words as one expression ---- */

/* An item as characters; a blank stands for white space. */
struct word {
	uint32_t chars[ITEM_MAX];
	size_t len;
};

static void read_word(const char *item, struct word *ret)
{
	size_t left = strlen(item);
	ret->len = 0;
	while (left > 0 && ret->len < ITEM_MAX) {
		size_t step = text_decode(item, left, &ret->chars[ret->len++]);
		item += step;
		left -= step;
	}
}

static int compare_words(const void *a_, const void *b_)
{
	const struct word *a = a_;
	const struct word *b = b_;
	for (size_t i = 0; i < a->len && i < b->len; i++) {
		if (a->chars[i] != b->chars[i])
			return a->chars[i] < b->chars[i] ? -1 : 1;
	}
	return (a->len > b->len) - (a->len < b->len);
}

static int add_char(struct buf *out, uint32_t c)
{
	char utf8[4];
	if (c == ' ')
		return buf_adds(out, "\\s+");
	int r = 0;
	if (c < 0x80 && !(c >= '0' && c <= '9') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') &&
		c != '_')
		r = buf_addc(out, '\\');
	return r != 0 ? r : buf_add(out, utf8, text_encode(c, utf8));
}

/* The part of the sorted @words that goes on with the same character at @depth. */
static size_t same_char(const struct word *words, size_t count, size_t depth)
{
	size_t n = 1;
	while (n < count && words[n].chars[depth] == words[0].chars[depth])
		n++;
	return n;
}

/*
 * @words[0..@count) agree in their first @depth characters: write what follows.  As words that go
 * on are tried before the end, the longest fitting one wins, and PCRE2 need not try each word anew.
 * Recursion is as deep as a word is long.
 */
static int add_tree(struct buf *out, const struct word *words, size_t count, size_t depth)
{
	bool may_end = false;
	while (count > 0 && words[0].len == depth) {
		may_end = true;
		words++;
		count--;
	}
	if (count == 0)
		return 0;
	size_t n = same_char(words, count, depth);
	bool group = may_end || n < count;
	int r = group ? buf_adds(out, "(?:") : 0;
	for (size_t i = 0; r == 0 && i < count; i += n) {
		n = same_char(words + i, count - i, depth);
		r = i > 0 ? buf_addc(out, '|') : 0;
		if (r == 0)
			r = add_char(out, words[i].chars[depth]);
		if (r == 0)
			r = add_tree(out, words + i, n, depth + 1);
	}
	if (r == 0 && group)
		r = buf_adds(out, may_end ? ")?" : ")");
	return r;
}

int expand_words(const struct strings *items, struct buf *out)
{
	struct word *words = calloc(items->count + 1, sizeof *words);
	if (!words)
		return -ENOMEM;
	for (size_t i = 0; i < items->count; i++)
		read_word(items->items[i], &words[i]);
	qsort(words, items->count, sizeof *words, compare_words);
	int r = buf_adds(out, "(?:");
	if (r == 0)
		r = add_tree(out, words, items->count, 0);
	if (r == 0)
		r = buf_addc(out, ')');
	free(words);
	return r == BUF_E_FULL ? EXPAND_E_BAD : r;
}

/* ---- lists ---- */

struct list_source {
	struct strings items;
	const char *source;
	const char *license;
};

/* clang-format off */
static const struct key list_keys[] = {
	{.name = "items",
		.type = VALUE_STRINGS,
		.offset = offsetof(struct list_source, items),
		.required = true},
	{.name = "source", .type = VALUE_STRING, .offset = offsetof(struct list_source, source)},
	{.name = "license", .type = VALUE_STRING, .offset = offsetof(struct list_source, license)},
};
/* clang-format on */

int list_items(struct sources *sources, const struct definition *definition, struct strings *ret)
{
	struct walk walk = {.arena = sources->arena, .problems = sources->problems};
	struct list_source list = {.source = NULL};
	int r;
	if (yaml_type(definition->value) == YAML_TYPE_MAP)
		r = walk_map(&walk, definition->value, list_keys,
			sizeof list_keys / sizeof list_keys[0], &list);
	else
		r = walk_strings(&walk, definition->value, &list.items);
	*ret = list.items;
	return r;
}

/* ---- names ---- */

struct expansion {
	struct sources *sources;
	const struct placeholders *locals;
	struct yaml at;
	struct buf *out;
	size_t depth;
};

static int expand_text(struct expansion *expansion, const char *text);

static int bad(struct expansion *expansion, const char *what, const char *name, const char *nearest)
{
	struct place place = yaml_place(expansion->at);
	problems_add(expansion->sources->problems, &place, "%s \"%.*s\"%s%s%s", what, SHOWN(name),
		nearest ? ", did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
	return EXPAND_E_BAD;
}

static int too_long(struct expansion *expansion)
{
	struct place place = yaml_place(expansion->at);
	problems_add(expansion->sources->problems, &place,
		"longer than %zu bytes with all macros and lists in place", PATTERN_B);
	return EXPAND_E_BAD;
}

static int put(struct expansion *expansion, const char *text)
{
	int r = buf_adds(expansion->out, text);
	return r == BUF_E_FULL ? too_long(expansion) : r;
}

static int expand_list(struct expansion *expansion, const char *name)
{
	struct sources *sources = expansion->sources;
	const struct definition *definition = definition_find(&sources->lists, name);
	if (!definition)
		return bad(expansion, "no list is called", name,
			definition_nearest(&sources->lists, name));
	size_t index = (size_t)(definition - sources->lists.items);
	if (!sources->expanded) {
		sources->expanded =
			arena_array(sources->arena, sources->lists.count, sizeof(char *));
		if (!sources->expanded)
			return -ENOMEM;
	}
	if (!sources->expanded[index]) {
		struct strings items;
		struct buf words = BUF_INIT(PATTERN_B);
		int r = list_items(sources, definition, &items);
		if (r == 0 && items.count == 0)
			r = bad(expansion, "nothing is in the list", name, NULL);
		if (r == 0)
			r = expand_words(&items, &words);
		if (r == 0) {
			sources->expanded[index] = arena_strdup(sources->arena, buf_str(&words));
			r = sources->expanded[index] ? 0 : -ENOMEM;
		}
		buf_release(&words);
		if (r != 0)
			return r;
	}
	return put(expansion, sources->expanded[index]);
}

static int expand_name(struct expansion *expansion, const char *name)
{
	struct sources *sources = expansion->sources;
	if (strncmp(name, "list:", 5) == 0)
		return expand_list(expansion, name + 5);
	const char *text = NULL;
	for (size_t i = 0; i < expansion->locals->count && !text; i++) {
		const struct placeholder *local = &expansion->locals->items[i];
		if (strcmp(local->name, name) != 0)
			continue;
		if (!local->text)
			return EXPAND_E_EMPTY;
		return put(expansion, local->text);
	}
	const struct definition *macro = definition_find(&sources->macros, name);
	if (macro)
		text = yaml_text(macro->value);
	if (!text)
		return bad(expansion, "no macro is called", name,
			definition_nearest(&sources->macros, name));
	if (expansion->depth == NESTING_MAX)
		return bad(expansion, "in a circle leads the macro", name, NULL);
	expansion->depth++;
	int r = expand_text(expansion, text);
	expansion->depth--;
	return r;
}

static int expand_text(struct expansion *expansion, const char *text)
{
	int r = 0;
	while (r == 0 && *text) {
		const char *name = strstr(text, "${");
		const char *end = name ? strchr(name, '}') : NULL;
		if (!end)
			return put(expansion, text);
		r = buf_add(expansion->out, text, (size_t)(name - text));
		if (r == BUF_E_FULL)
			return too_long(expansion);
		char *copy = r == 0 ? strndup(name + 2, (size_t)(end - name) - 2) : NULL;
		if (r == 0)
			r = copy ? expand_name(expansion, copy) : -ENOMEM;
		free(copy);
		text = end + 1;
	}
	return r;
}

int expand(struct sources *sources, const struct placeholders *locals, struct yaml at,
	const char *text, struct buf *out)
{
	static const struct placeholders none;
	struct expansion expansion = {
		.sources = sources, .locals = locals ? locals : &none, .at = at, .out = out};
	return expand_text(&expansion, text);
}
