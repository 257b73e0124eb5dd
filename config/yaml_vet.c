#include "config/yaml_vet.h"

#include "daemon/base/limits.h"
#include "daemon/base/text.h"

#include <string.h>

/* ---- characters ---- */

/* libyaml's own breaks (YAML 1.1 §5.4) that no editor counts as lines. */
static bool is_hidden_break(uint32_t c)
{
	return c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* What YAML 1.1 §5.1 does not let stand as it is; line feed and tab are fine. */
static bool is_control(uint32_t c)
{
	return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0xfffe ||
	       c == 0xffff;
}

/* Tell of the character @c at @at[0..@step) if it may not stand there. */
static bool check_character(const char *at, size_t len, size_t step, uint32_t c,
	const struct place *place, struct problems *problems)
{
	if (c == 0xfffd && step == 1)
		problems_add(problems, place, "not UTF-8 (byte 0x%02x): save the file as UTF-8",
			(unsigned char)*at);
	else if (c == 0)
		problems_add(problems, place, "a NUL byte: this is not a text file");
	else if (c == '\r' && (len < 2 || at[1] != '\n'))
		problems_add(problems, place, "a carriage return without a line feed behind it");
	else if (c == 0xfeff)
		problems_add(problems, place, "a byte order mark in the middle of the text");
	else if (is_hidden_break(c))
		problems_add(problems, place,
			"U+%04X counts as a line break in YAML: write \\u%04x in double quotes", c,
			c);
	else if (c != '\r' && is_control(c))
		problems_add(problems, place,
			"control character U+%04X: write \\x%02x in double quotes", c, c);
	else
		return true;
	return false;
}

/* Stops at the first: a file in another encoding is wrong all over. */
static bool check_characters(const struct place *file, struct problems *problems)
{
	const char *text = file->source;
	struct place place = *file;
	place.line = place.column = 1;
	size_t step;
	for (size_t i = 0; i < file->source_len; i += step) {
		uint32_t c;
		step = text_decode(text + i, file->source_len - i, &c);
		if (!check_character(text + i, file->source_len - i, step, c, &place, problems))
			return false;
		place.column++;
		if (c == '\n') {
			place.line++;
			place.column = 1;
		}
	}
	return true;
}

static bool check_encoding(const struct place *file, struct problems *problems)
{
	struct place whole = *file;
	whole.line = 0;
	if (file->source_len >= 2 && (memcmp(file->source, "\xff\xfe", 2) == 0 ||
					     memcmp(file->source, "\xfe\xff", 2) == 0)) {
		problems_add(problems, &whole, "this is UTF-16: save the file as UTF-8");
		return false;
	}
	return check_characters(file, problems);
}

/* ---- tokens ---- */

static struct place mark_place(const struct place *file, const yaml_mark_t *mark)
{
	struct place place = *file;
	place.line = mark->line + 1;
	place.column = mark->column + 1;
	return place;
}

struct tokens {
	size_t depth;
	size_t nodes;
	bool open; /* the last token awaits a value: when none comes, an empty node takes its place
		    */
	bool good; /* it may be composed */
};

/* How a token changes the depth.  Lists that are not indented have no start token, so the document
 * may be nearly twice as deep as we count. */
static int depth_change(yaml_token_type_t type)
{
	switch (type) {
	case YAML_BLOCK_SEQUENCE_START_TOKEN:
	case YAML_BLOCK_MAPPING_START_TOKEN:
	case YAML_FLOW_SEQUENCE_START_TOKEN:
	case YAML_FLOW_MAPPING_START_TOKEN:
		return 1;
	case YAML_BLOCK_END_TOKEN:
	case YAML_FLOW_SEQUENCE_END_TOKEN:
	case YAML_FLOW_MAPPING_END_TOKEN:
		return -1;
	default:
		return 0;
	}
}

/* Count what libyaml would make a node of. */
static void count_node(struct tokens *tokens, yaml_token_type_t type)
{
	const bool content = type == YAML_SCALAR_TOKEN || depth_change(type) > 0;
	if (content || tokens->open)
		tokens->nodes++;
	tokens->open = type == YAML_BLOCK_ENTRY_TOKEN || type == YAML_KEY_TOKEN ||
		       type == YAML_VALUE_TOKEN;
}

/* What our files have no use for. */
static const struct refusal {
	yaml_token_type_t type;
	bool harmless; /* the document can be composed all the same, so that all of it is checked */
	const char *why;
} refusals[] = {
	/* clang-format off */
	{YAML_ANCHOR_TOKEN, true,
		"anchors (&name) are not used here; text that starts with \"&\" needs quotes"},
	{YAML_TAG_TOKEN, true,
		"tags (!name) are not used here; text that starts with \"!\" needs quotes"},
	/* They make of a small file a huge document, or a circle. */
	{YAML_ALIAS_TOKEN, false,
		"aliases (*name) are not used here; text that starts with \"*\" needs quotes"},
	/* libyaml takes time square to the number of %TAG lines. */
	{YAML_VERSION_DIRECTIVE_TOKEN, false, "directives (%YAML) are not used here"},
	{YAML_TAG_DIRECTIVE_TOKEN, false, "directives (%TAG) are not used here"},
	/* clang-format on */
};

static void refuse(struct tokens *tokens, yaml_token_type_t type, const struct place *place,
	struct problems *problems)
{
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		if (refusals[i].type != type)
			continue;
		problems_add(problems, place, "%s", refusals[i].why);
		tokens->good = tokens->good && refusals[i].harmless;
	}
}

/* Look at one token; false: there is no use in going on. */
static bool check_token(struct tokens *tokens, const yaml_token_t *token, const struct place *file,
	struct problems *problems)
{
	struct place place = mark_place(file, &token->start_mark);
	refuse(tokens, token->type, &place, problems);
	count_node(tokens, token->type);
	int change = depth_change(token->type);
	if (change < 0 && tokens->depth > 0) /* a stray "]" is for the parser to tell */
		tokens->depth--;
	if (change > 0 && ++tokens->depth > LIMIT_YAML_DEPTH)
		problems_add(problems, &place, "nested more than %d levels deep", LIMIT_YAML_DEPTH);
	else if (tokens->nodes > LIMIT_YAML_NODES)
		problems_add(problems, &place, "more than %d values in one file", LIMIT_YAML_NODES);
	else
		return true;
	tokens->good = false;
	return false;
}

static int check_tokens(const struct place *file, struct problems *problems, bool *ret_good)
{
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_input_string(
		&parser, (const unsigned char *)file->source, file->source_len);
	struct tokens tokens = {.good = true};
	int r = 0;
	for (bool more = true; more;) {
		yaml_token_t token;
		if (!yaml_parser_scan(&parser, &token)) {
			r = yaml_tell_error(&parser, file, problems);
			tokens.good = false;
			break;
		}
		more = check_token(&tokens, &token, file, problems) &&
		       token.type != YAML_STREAM_END_TOKEN;
		yaml_token_delete(&token);
	}
	yaml_parser_delete(&parser);
	if (r == 0)
		*ret_good = tokens.good;
	return r;
}

int yaml_vet(const struct place *file, struct problems *problems, bool *ret_good)
{
	if (check_encoding(file, problems))
		return check_tokens(file, problems, ret_good);
	*ret_good = false;
	return 0;
}

/* ---- libyaml's errors in words for people ---- */

static const struct {
	const char *theirs;
	const char *ours;
} words[] = {
	/* clang-format off */
	{"mapping values are not allowed in this context",
		"a \":\" that starts no value here: check the indentation, or put text that holds "
		"\": \" in quotes"},
	{"could not find expected ':'", "a key without \":\" behind it"},
	{"did not find expected key",
		"this does not go on with the keys above: check the indentation and the quotes"},
	{"did not find expected '-' indicator",
		"this does not go on with the list above: check the indentation and the quotes"},
	{"did not find expected ',' or ']'", "a list in [ ] needs \",\" or \"]\" here"},
	{"did not find expected ',' or '}'", "a map in { } needs \",\" or \"}\" here"},
	{"found unexpected end of stream", "the file ends inside this quoted text"},
	{"did not find expected <document start>", "more than one document or value in the file"},
	{"did not find expected node content", "a value is missing here, or a bracket is too much"},
	{"found unknown escape character", "unknown escape in double quotes: in single quotes a "
					   "backslash is only a backslash"},
	{"block sequence entries are not allowed in this context",
		"a list item (\"- \") can not stand here: start it on a line of its own"},
	{"found a tab character where an indentation space is expected",
		"a tab can not indent: YAML takes spaces only"},
	{"found a tab character that violates indentation",
		"a tab can not indent: YAML takes spaces only"},
	/* clang-format on */
};

/* "found character that cannot start any token" says the same of five different mistakes. */
static const struct {
	char character;
	const char *ours;
} bad_starts[] = {
	/* clang-format off */
	{'\t', "a tab can not indent: YAML takes spaces only"},
	{'@', "text that starts with \"@\" needs quotes: \"@…\""},
	{'`', "text that starts with \"`\" needs quotes"},
	{'%', "text that starts with \"%\" needs quotes"},
	/* clang-format on */
};

static char character_at(const struct place *place)
{
	const char *at = place->source;
	const char *end = at + place->source_len;
	for (size_t line = 1; line < place->line && at < end; line++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		at = stop ? stop + 1 : end;
	}
	for (size_t column = 1; column < place->column && at < end; column++) {
		uint32_t ignored;
		at += text_decode(at, (size_t)(end - at), &ignored);
	}
	return at < end ? *at : '\0';
}

static const char *in_our_words(const char *problem, const struct place *place)
{
	if (strcmp(problem, "found character that cannot start any token") == 0) {
		char c = character_at(place);
		for (size_t i = 0; i < sizeof bad_starts / sizeof bad_starts[0]; i++) {
			if (bad_starts[i].character == c)
				return bad_starts[i].ours;
		}
	}
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i].theirs, problem) == 0)
			return words[i].ours;
	}
	return problem;
}

int yaml_tell_error(
	const yaml_parser_t *parser, const struct place *file, struct problems *problems)
{
	/* What is wrong with a text is always named; libyaml is silent of some allocations that fail. */
	if (parser->error == YAML_MEMORY_ERROR || !parser->problem)
		return -ENOMEM;
	const char *problem = parser->problem;
	/* Where a quote is not closed, the start of the text helps more than the end of the file.
	 */
	bool at_start = strcmp(problem, "found unexpected end of stream") == 0;
	struct place place =
		mark_place(file, at_start ? &parser->context_mark : &parser->problem_mark);
	const char *ours = in_our_words(problem, &place);
	if (parser->context && !at_start && parser->context_mark.line != parser->problem_mark.line)
		problems_add(problems, &place, "%s (%s from line %zu on)", ours, parser->context,
			parser->context_mark.line + 1);
	else
		problems_add(problems, &place, "%s", ours);
	return 0;
}
