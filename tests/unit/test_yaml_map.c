#include "config/yaml_map.h"
#include "daemon/base/limits.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* What printing @problems gives; freed by the caller. */
static char *printed(const struct problems *problems)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	assert_non_null(out);
	problems_print(problems, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* ---- files that can not be walked, or only with a complaint ---- */

struct syntax {
	const char *why;
	const char *text;
	size_t len; /* 0: strlen(text) */
	bool walked;
	const char *want; /* "" for none */
};

static const struct syntax syntaxes[] = {
	/* clang-format off */
	{"an empty file", "", 0, true, ""},
	{"nothing but a comment", "# nothing yet\n", 0, true, ""},
	{"nothing but a byte order mark", "\xef\xbb\xbf", 0, true, ""},
	{"a start of the document is fine", "---\na: 1\n", 0, true, ""},
	{"an end of the document too", "a: 1\n...\n", 0, true, ""},
	{"a byte order mark is skipped",
		"\xef\xbb\xbf"
		"a: 1\n",
		0, true, ""},
	{"lines may end as on Windows", "a: 1\r\nb: 2\r\n", 0, true, ""},
	{"tabs between words are no indentation", "a:\t1\t# one\n", 0, true, ""},

	{"a tab that indents", "a:\n\tb: 1\n", 0, false,
		"f:2:1: a tab can not indent: YAML takes spaces only\n\tb: 1\n^\n"},
	{"a tab behind spaces that indent", "a:\n  \tb: 1\n", 0, false,
		"f:2:3: a tab can not indent: YAML takes spaces only\n  \tb: 1\n  ^\n"},
	{"a handle without quotes", "a: [@ada]\n", 0, false,
		"f:1:5: text that starts with \"@\" needs quotes: \"@…\"\na: [@ada]\n    ^\n"},
	{"a backquote", "a: `ls`\n", 0, false,
		"f:1:4: text that starts with \"`\" needs quotes\na: `ls`\n   ^\n"},
	{"a percent sign", "a: %d\n", 0, false,
		"f:1:4: text that starts with \"%\" needs quotes\na: %d\n   ^\n"},
	{"an expression in double quotes", "a: \"\\d+\"\n", 0, false,
		"f:1:5: unknown escape in double quotes: in single quotes a backslash is only a "
		"backslash\na: \"\\d+\"\n    ^\n"},
	{"a quote that is not closed", "a: 1\nb: 'x\nc: 2\n", 0, false,
		"f:2:4: the file ends inside this quoted text\nb: 'x\n   ^\n"},
	{"a colon in plain text", "a: b: c\n", 0, false,
		"f:1:5: a \":\" that starts no value here: check the indentation, or put text that "
		"holds \": \" in quotes\na: b: c\n    ^\n"},
	{"a list that is not closed", "a: [1, 2\nb: 3\n", 0, false,
		"f:2:2: a list in [ ] needs \",\" or \"]\" here (while parsing a flow sequence "
		"from "
		"line 1 on)\nb: 3\n ^\n"},
	{"a line that fits no indentation", "a:\n    b: 1\n  c: 2\n", 0, false,
		"f:3:3: this does not go on with the keys above: check the indentation and the "
		"quotes (while parsing a block mapping from line 1 on)\n  c: 2\n  ^\n"},
	{"a word that is no key", "a: 1\nb\nc: 2\n", 0, false,
		"f:3:1: a key without \":\" behind it (while scanning a simple key from line 2 "
		"on)\n"
		"c: 2\n^\n"},
	{"a stray bracket", "a: 1\n]\n", 0, false,
		"f:2:1: this does not go on with the keys above: check the indentation and the "
		"quotes (while parsing a block mapping from line 1 on)\n]\n^\n"},

	{"an anchor, and another one", "a: &x 1\nb: &y 2\n", 0, true,
		"f:1:4: anchors (&name) are not used here; text that starts with \"&\" needs "
		"quotes\n"
		"a: &x 1\n   ^\n"
		"f:2:4: anchors (&name) are not used here; text that starts with \"&\" needs "
		"quotes\n"
		"b: &y 2\n   ^\n"},
	{"an alias", "a: *x\n", 0, false,
		"f:1:4: aliases (*name) are not used here; text that starts with \"*\" needs "
		"quotes\n"
		"a: *x\n   ^\n"},
	{"a node inside itself", "&x [*x]\n", 0, false,
		"f:1:1: anchors (&name) are not used here; text that starts with \"&\" needs "
		"quotes\n"
		"&x [*x]\n^\n"
		"f:1:5: aliases (*name) are not used here; text that starts with \"*\" needs "
		"quotes\n"
		"&x [*x]\n    ^\n"},
	{"a tag", "a: !!str 1\n", 0, true,
		"f:1:4: tags (!name) are not used here; text that starts with \"!\" needs quotes\n"
		"a: !!str 1\n   ^\n"},
	{"a directive", "%YAML 1.1\n---\na: 1\n", 0, false,
		"f:1:1: directives (%YAML) are not used here\n%YAML 1.1\n^\n"},
	{"a second document", "a: 1\n---\nb: 2\n", 0, false,
		"f:2:1: a second document: only one a file is read\n---\n^\n"},
	{"something behind the end", "a: 1\n...\nb: 2\n", 0, false,
		"f:3:1: more than one document or value in the file\nb: 2\n^\n"},
	{"something behind the root", "[a]\n[b]\n", 0, false,
		"f:2:1: more than one document or value in the file\n[b]\n^\n"},

	{"Latin-1", "# caf\xe9\na: 1\n", 0, false,
		"f:1:6: not UTF-8 (byte 0xe9): save the file as UTF-8\n# caf\xef\xbf\xbd\n     "
		"^\n"},
	{"UTF-16",
		"\xff\xfe"
		"a\0:\0",
		6, false, "f: this is UTF-16: save the file as UTF-8\n"},
	{"a NUL byte", "a: 1\nb\0c: 2\n", 13, false,
		"f:2:2: a NUL byte: this is not a text file\nb\\x00c: 2\n ^\n"},
	{"a NUL written as an escape", "a: 1\nb: \"x\\0y\"\n", 0, false,
		"f:2:4: text with a NUL character (\\0) in it\nb: \"x\\0y\"\n   ^\n"},
	{"a control character", "a: \x1b[31m\n", 0, false,
		"f:1:4: control character U+001B: write \\x1b in double quotes\na: \\x1b[31m\n   "
		"^\n"},
	{"a lone carriage return", "a: 1\rb: 2\n", 0, false,
		"f:1:5: a carriage return without a line feed behind it\na: 1\\rb: 2\n    ^\n"},
	{"a line break that no editor counts", "a: x\xe2\x80\xa8y\n", 0, false,
		"f:1:5: U+2028 counts as a line break in YAML: write \\u2028 in double quotes\n"
		"a: x\\u2028y\n    ^\n"},
	{"a byte order mark in the middle",
		"a: 1\n\xef\xbb\xbf"
		"b: 2\n",
		0, false, "f:2:1: a byte order mark in the middle of the text\n\\ufeffb: 2\n^\n"},
	{"places count characters behind a byte order mark", "\xef\xbb\xbf\xc3\xa9: [@]\n", 0,
		false,
		"f:1:5: text that starts with \"@\" needs quotes: \"@…\"\n\xc3\xa9: [@]\n    ^\n"},
	/* clang-format on */
};

static void check_syntax(const struct syntax *row)
{
	struct problems *problems = problems_new();
	assert_non_null(problems);
	struct yaml_file *file = NULL;
	size_t len = row->len ? row->len : strlen(row->text);
	assert_int_equal(yaml_file_read("f", row->text, len, problems, &file), 0);
	char *got = printed(problems);
	if (strcmp(got, row->want) != 0 || (file != NULL) != row->walked)
		fail_msg("%s: %s\n%s\nwanted:\n%s", row->why, file ? "walked" : "not walked", got,
			row->want);
	free(got);
	yaml_file_free(file);
	problems_free(problems);
}

static void test_syntax(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(syntaxes); i++)
		check_syntax(&syntaxes[i]);
}

/* ---- files made to hurt ---- */

static const struct {
	const char *why;
	const char *start;
	const char *unit; /* repeated until the file is full */
	const char *end;
	const char *want; /* stands in what is printed; NULL: nothing is wrong */
} hostile[] = {
	/* clang-format off */
	{"lists in lists (libyaml alone: 9 s for 100 kB)", "", "[", "", ":33: nested more than 32"},
	{"maps in maps", "", "{a: ", "", "nested more than 32 levels"},
	{"block lists in one line", "", "- ", "a", "nested more than 32 levels"},
	{"complex keys", "", "? ", "a", "nested more than 32 levels"},
	{"%TAG lines (libyaml alone: quadratic)", "", "%TAG !a! tag:a,\n", "--- a",
		"directives (%TAG)"},
	{"anchors", "a: ", "&a ", "1", "anchors"},
	{"aliases", "[", "*a,", "]", "aliases"},
	{"documents", "", "---\n", "a", "2:1: a second document"},
	{"many small nodes", "", "-\n", "", "more than 1000000 values"},
	{"many empty keys", "", "?\n", "", "more than 1000000 values"},
	{"many words in a line", "[", "a,", "]", "more than 1000000 values"},
	{"as many short rules as fit", "", "- {id: a.b, tests: [one, two], miss: [no, more]}\n", "", NULL},
	{"one long line", "a: ", "x", "", NULL},
	{"one long quoted text", "a: \"", "\n", "\"", NULL},
	{"a quoted text without end", "a: \"", "\n", "", "1:4: the file ends inside"},
	{"comments", "", "#\n", "", NULL},
	{"spaces", "", " ", "a: 1", NULL},
	{"a key of that length", "? ", "x", "\n: 1", NULL},
	{"folded text", "a: >\n", " x\n\n", "", NULL},
	{"closing brackets", "", "]", "", "1:1: a value is missing here"},
	{"exclamation marks", "", "!", "", "tags"},
	{"bad bytes", "", "\xff", "", "1:1: not UTF-8"},
	/* clang-format on */
};

/* @start, as many of @unit as fit and @end, in *@ret_len bytes. */
static char *fill(const char *start, const char *unit, const char *end, size_t *ret_len)
{
	char *text = malloc(LIMIT_RULE_FILE_B);
	assert_non_null(text);
	size_t len = strlen(start);
	memcpy(text, start, len);
	size_t step = strlen(unit);
	for (; len + step + strlen(end) <= LIMIT_RULE_FILE_B; len += step)
		memcpy(text + len, unit, step);
	memcpy(text + len, end, strlen(end));
	*ret_len = len + strlen(end);
	return text;
}

static void test_hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(hostile); i++) {
		size_t len;
		char *text = fill(hostile[i].start, hostile[i].unit, hostile[i].end, &len);
		struct problems *problems = problems_new();
		assert_non_null(problems);
		struct yaml_file *file = NULL;
		assert_int_equal(yaml_file_read("f", text, len, problems, &file), 0);
		char *got = printed(problems);
		if (hostile[i].want ? !strstr(got, hostile[i].want) : problems_count(problems) > 0)
			fail_msg("%s: %s", hostile[i].why, got);
		free(got);
		yaml_file_free(file);
		problems_free(problems);
		free(text);
	}
}

static void test_depth_that_is_allowed(void **state)
{
	(void)state;
	char text[2 * LIMIT_YAML_DEPTH + 1] = {0};
	memset(text, '[', LIMIT_YAML_DEPTH);
	memset(text + LIMIT_YAML_DEPTH, ']', LIMIT_YAML_DEPTH);
	struct problems *problems = problems_new();
	struct yaml_file *file = NULL;
	assert_int_equal(yaml_file_read("f", text, strlen(text), problems, &file), 0);
	assert_int_equal(problems_count(problems), 0);
	yaml_file_free(file);
	problems_free(problems);
}

static void test_size(void **state)
{
	(void)state;
	char *text = malloc(LIMIT_RULE_FILE_B + 1);
	assert_non_null(text);
	memset(text, '#', LIMIT_RULE_FILE_B + 1);
	struct problems *problems = problems_new();
	struct yaml_file *file = NULL;
	assert_int_equal(yaml_file_read("f", text, LIMIT_RULE_FILE_B, problems, &file), 0);
	assert_int_equal(problems_count(problems), 0);
	yaml_file_free(file);
	file = NULL;
	assert_int_equal(yaml_file_read("f", text, LIMIT_RULE_FILE_B + 1, problems, &file), 0);
	assert_null(file);
	char *got = printed(problems);
	assert_string_equal(got, "f: larger than 4 MiB\n");
	free(got);
	free(text);
	problems_free(problems);
}

/* ---- from disk ---- */

static void test_from_disk(void **state)
{
	(void)state;
	char path[] = "/tmp/dirtwatch-test-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "a: 1\n", 5), 5);
	close(fd);
	struct problems *problems = problems_new();
	struct yaml_file *file = NULL;
	assert_int_equal(yaml_file_read(path, NULL, 0, problems, &file), 0);
	assert_string_equal(yaml_text(yaml_find(yaml_root(file), "a")), "1");
	assert_string_equal(yaml_place(yaml_root(file)).file, path);
	yaml_file_free(file);
	unlink(path);
	assert_int_equal(yaml_file_read(path, NULL, 0, problems, &file), -ENOENT);
	assert_int_equal(yaml_file_read("/", NULL, 0, problems, &file), -EISDIR);
	file = NULL;
	assert_int_equal(yaml_file_read("/dev/zero", NULL, 0, problems, &file), 0);
	assert_null(file); /* too large, and no hang */
	assert_int_equal(problems_count(problems), 1);
	problems_free(problems);
}

/* ---- nodes ---- */

static void test_nodes(void **state)
{
	(void)state;
	const char text[] = "a: plain\nb: 'single'\nc: \"double\"\nd: |\n  block\ne: [x, y]\nf:\n";
	struct problems *problems = problems_new();
	struct yaml_file *file = NULL;
	assert_int_equal(yaml_file_read("f", text, strlen(text), problems, &file), 0);
	struct yaml root = yaml_root(file);
	assert_int_equal(yaml_type(root), YAML_TYPE_MAP);
	assert_int_equal(yaml_count(root), 6);
	assert_false(yaml_quoted(yaml_find(root, "a")));
	assert_true(yaml_quoted(yaml_find(root, "b")));
	assert_true(yaml_quoted(yaml_find(root, "c")));
	assert_false(yaml_quoted(yaml_find(root, "d")));
	assert_false(yaml_quoted(yaml_find(root, "e")));
	assert_string_equal(yaml_text(yaml_find(root, "d")), "block\n");
	assert_string_equal(yaml_text(yaml_key(root, 4)), "e");
	struct yaml list = yaml_value(root, 4);
	assert_int_equal(yaml_type(list), YAML_TYPE_LIST);
	assert_int_equal(yaml_count(list), 2);
	assert_string_equal(yaml_text(yaml_item(list, 1)), "y");
	assert_int_equal(yaml_place(yaml_item(list, 1)).line, 6);
	assert_int_equal(yaml_place(yaml_item(list, 1)).column, 8);
	assert_true(yaml_blank(yaml_find(root, "f")));
	assert_false(yaml_blank(yaml_find(root, "a")));
	assert_null(yaml_text(list));
	assert_null(yaml_find(root, "z").file);
	assert_null(yaml_find(list, "x").file);
	assert_null(yaml_item(list, 2).file);
	assert_null(yaml_key(list, 0).file);
	assert_null(yaml_item(root, 0).file);
	yaml_file_free(file);
	problems_free(problems);
}

static void test_no_nodes(void **state)
{
	(void)state;
	assert_null(yaml_file_free(NULL));
	struct yaml none = yaml_root(NULL);
	assert_int_equal(yaml_type(none), YAML_TYPE_NONE);
	assert_int_equal(yaml_count(none), 0);
	assert_null(yaml_text(none));
	assert_int_equal(yaml_place(none).line, 0);
	struct problems *problems = problems_new();
	struct yaml_file *file = NULL;
	assert_int_equal(yaml_file_read("f", "", 0, problems, &file), 0);
	assert_int_equal(yaml_type(yaml_root(file)), YAML_TYPE_NONE);
	assert_string_equal(yaml_place(yaml_root(file)).file, "f");
	yaml_file_free(file);
	problems_free(problems);
}

/* ---- the walk ---- */

struct inner {
	int64_t number;
};

struct filled {
	const char *string;
	bool flag;
	int64_t number;
	double real;
	int64_t duration_s;
	enum severity severity;
	const char *url;
	const char *date;
	struct strings strings;
	struct inner inner;
	const char *custom;
	const char *later;
};

static int read_custom(struct walk *walk, struct yaml node, void *into)
{
	if (yaml_type(node) != YAML_TYPE_LIST)
		walk_problem(walk, node, "not custom");
	else
		*(const char **)into = walk->context;
	return 0;
}

#define AT(field) offsetof(struct filled, field)

static const struct key inner_keys[] = {
	/* clang-format off */
	{"count", VALUE_INT, .offset = offsetof(struct inner, number), .required = true},
	/* clang-format on */
};

static const struct key_table inner_table = {"inner", inner_keys, COUNT(inner_keys)};

static const struct key keys[] = {
	/* clang-format off */
	{"string", VALUE_STRING, .offset = AT(string)},
	{"flag", VALUE_BOOL, .offset = AT(flag)},
	{"number", VALUE_INT, .offset = AT(number), .min = -5, .max = 100},
	{"real", VALUE_REAL, .offset = AT(real), .min = 0, .max = 1},
	{"duration", VALUE_DURATION, .offset = AT(duration_s), .min = 60, .max = INFINITY},
	{"severity", VALUE_SEVERITY, .offset = AT(severity)},
	{"url", VALUE_URL, .offset = AT(url)},
	{"date", VALUE_DATE, .offset = AT(date)},
	{"strings", VALUE_STRINGS, .offset = AT(strings)},
	{"inner", VALUE_MAP, .offset = AT(inner), .table = &inner_table},
	{"custom", VALUE_CUSTOM, .offset = AT(custom), .read = read_custom},
	{"later", VALUE_STRING, .offset = AT(later), .later = true},
	{"kept", .type = VALUE_KEPT},
	/* clang-format on */
};

/* Walk @text into *@ret, whose strings live in *@ret_arena; returns what is printed. */
static char *walk_text(const char *text, struct arena **ret_arena, struct filled *ret)
{
	static char custom[] = "custom";
	struct problems *problems = problems_new();
	assert_non_null(problems);
	struct yaml_file *file = NULL;
	assert_int_equal(yaml_file_read("f", text, strlen(text), problems, &file), 0);
	assert_non_null(file);
	*ret_arena = arena_new(LIMIT_CONFIG_ARENA_B);
	struct walk walk = {.arena = *ret_arena, .problems = problems, .context = custom};
	*ret = (struct filled){0};
	assert_int_equal(walk_map(&walk, yaml_root(file), keys, COUNT(keys), ret), 0);
	yaml_file_free(file); /* nothing that was read points into it */
	char *got = printed(problems);
	problems_free(problems);
	return got;
}

static void test_walk(void **state)
{
	(void)state;
	struct filled filled;
	struct arena *arena;
	char *got = walk_text("string: x y\nflag: yes\nnumber: -3\nreal: 0.25\nduration: 1h30m\n"
			      "severity: high\nurl: https://Ada.example\ndate: 2024-02-29\n"
			      "strings: [a, \"b\"]\ninner: {count: 7}\ncustom: []\nlater: soon\n"
			      "kept: [any, {thing: 1}]\n",
		&arena, &filled);
	assert_string_equal(got,
		"f:12:1: note: \"later\" is not used yet\nlater: soon\n^\n"
		"f:13:1: note: \"kept\" is not used yet\nkept: [any, {thing: 1}]\n^\n");
	assert_string_equal(filled.string, "x y");
	assert_true(filled.flag);
	assert_int_equal(filled.number, -3);
	assert_true(filled.real == 0.25);
	assert_int_equal(filled.duration_s, 5400);
	assert_int_equal(filled.severity, SEVERITY_HIGH);
	assert_string_equal(filled.url, "https://ada.example/");
	assert_string_equal(filled.date, "2024-02-29");
	assert_int_equal(filled.strings.count, 2);
	assert_string_equal(filled.strings.items[1], "b");
	assert_int_equal(filled.inner.number, 7);
	assert_string_equal(filled.custom, "custom");
	assert_string_equal(filled.later, "soon");
	free(got);
	arena_free(arena);
}

static const struct {
	const char *why;
	const char *text;
	const char *want;
} walks[] = {
	/* clang-format off */
	{"an unknown key that is near a known one", "sting: x\n",
		"f:1:1: unknown key \"sting\", did you mean \"string\"?\nsting: x\n^\n"},
	{"an unknown key that is near none", "colour: x\n",
		"f:1:1: unknown key \"colour\"\ncolour: x\n^\n"},
	{"a key that comes three times", "flag: on\nnumber: 1\nflag: off\nflag: on\n",
		"f:3:1: \"flag\" is given twice, first in line 1\nflag: off\n^\n"
		"f:4:1: \"flag\" is given twice, first in line 1\nflag: on\n^\n"},
	{"a key that is a list", "[a]: 1\n", "f:1:1: a key must be a word\n[a]: 1\n^\n"},
	{"a list where one value is wanted", "number: [1]\n",
		"f:1:9: \"number\" must be a whole number, not a list\nnumber: [1]\n        ^\n"},
	{"a map where one value is wanted", "string: {a: 1}\n",
		"f:1:9: \"string\" must be text, not a map\nstring: {a: 1}\n        ^\n"},
	{"one value where a map is wanted", "inner: 3\n",
		"f:1:8: keys are wanted here (\"count: …\"), not a single value\ninner: 3\n"
		"       ^\n"},
	{"a list where a map is wanted", "inner: [3]\n",
		"f:1:8: keys are wanted here (\"count: …\"), not a list\ninner: [3]\n       ^\n"},
	{"a key that is missing", "inner: {}\n",
		"f:1:8: \"count\" is missing here\ninner: {}\n       ^\n"},
	{"an empty section still misses its key", "inner:\n",
		"f:1:7: \"count\" is missing here\ninner:\n      ^\n"},
	{"a custom value's own complaint", "custom: 3\n",
		"f:1:9: not custom\ncustom: 3\n        ^\n"},
	{"every problem is told, in order",
		"flag: maybe\nnumber: x\ninner: {cuont: 1}\nstring: []\n",
		"f:1:7: \"flag\" must be true or false, not \"maybe\"\nflag: maybe\n      ^\n"
		"f:2:9: \"number\" must be a whole number, not \"x\"\nnumber: x\n        ^\n"
		"f:3:8: \"count\" is missing here\ninner: {cuont: 1}\n       ^\n"
		"f:3:9: unknown key \"cuont\", did you mean \"count\"?\ninner: {cuont: 1}\n"
		"        ^\n"
		"f:4:9: \"string\" must be text, not a list\nstring: []\n        ^\n"},
	{"places in a line with wide letters", "string: 日本\nurl: 日本\n",
		"f:2:6: \"日本\" is not a URL such as https://ada.example/\nurl: 日本\n     ^\n"},
	/* clang-format on */
};

static void test_walk_problems(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(walks); i++) {
		struct filled filled;
		struct arena *arena;
		char *got = walk_text(walks[i].text, &arena, &filled);
		if (strcmp(got, walks[i].want) != 0)
			fail_msg("%s:\n%s\nwanted:\n%s", walks[i].why, got, walks[i].want);
		free(got);
		arena_free(arena);
	}
}

static const struct {
	const char *why;
	const char *key;
	const char *value;
	const char *want; /* the message, without the place; NULL: good */
} values[] = {
	/* clang-format off */
	{"blanks are no text", "string", "'  '", "\"string\" is empty: it takes text"},
	{"nothing is no text", "string", "", "\"string\" is empty: it takes text"},
	{"a number is text as well", "string", "12", NULL},

	{"yes and no in any case", "flag", "Off", NULL},
	{"one is not true", "flag", "1", "\"flag\" must be true or false, not \"1\""},

	{"least number", "number", "-5", NULL},
	{"below it", "number", "-6", "\"number\" must be from -5 to 100"},
	{"above the most", "number", "101", "\"number\" must be from -5 to 100"},
	{"no fractions", "number", "1.5", "\"number\" must be a whole number, not \"1.5\""},
	{"no units", "number", "5k", "\"number\" must be a whole number, not \"5k\""},
	{"no hexadecimal", "number", "0x10", "\"number\" must be a whole number, not \"0x10\""},
	{"no blanks inside", "number", "' 5'", "\"number\" must be a whole number, not \" 5\""},
	{"a sign alone", "number", "'-'", "\"number\" must be a whole number, not \"-\""},
	{"more than 64 bits", "number", "99999999999999999999",
		"\"number\" must be a whole number, not \"99999999999999999999\""},

	{"a real number", "real", "5e-1", NULL},
	{"out of range", "real", "1.01", "\"real\" must be from 0 to 1"},
	{"no infinity", "real", "inf", "\"real\" must be a number, not \"inf\""},
	{"none by overflow either", "real", "1e999", "\"real\" must be a number, not \"1e999\""},
	{"no NaN", "real", "nan", "\"real\" must be a number, not \"nan\""},
	{"no decimal comma", "real", "'0,5'", "\"real\" must be a number, not \"0,5\""},

	{"a minute is enough", "duration", "60s", NULL},
	{"59 seconds are not", "duration", "59s", "\"duration\" must be at least 1m"},
	{"a number alone has no unit", "duration", "90",
		"\"duration\" must be a time such as 90s, 15m, 6h, 2d or 1h30m, not \"90\""},

	{"a severity", "severity", "critical", NULL},
	{"none is no severity to choose", "severity", "none",
		"unknown severity \"none\": there are info, low, medium, high or critical"},
	{"a severity with a slip", "severity", "hihg",
		"unknown severity \"hihg\", did you mean \"high\"?"},
	{"a severity of another program", "severity", "warning",
		"unknown severity \"warning\": there are info, low, medium, high or critical"},

	{"a year", "date", "2021", NULL},
	{"a month", "date", "2021-04", NULL},
	{"29 February of a leap year", "date", "2000-02-29", NULL},
	{"29 February of another year", "date", "1900-02-29",
		"\"date\" must be a date: 2021, 2021-04 or 2021-04-30, from 1900 on, not "
		"\"1900-02-29\""},
	{"31 April", "date", "2021-04-31",
		"\"date\" must be a date: 2021, 2021-04 or 2021-04-30, from 1900 on, not "
		"\"2021-04-31\""},
	{"month 13", "date", "2021-13",
		"\"date\" must be a date: 2021, 2021-04 or 2021-04-30, from 1900 on, not "
		"\"2021-13\""},
	{"month 0", "date", "2021-00",
		"\"date\" must be a date: 2021, 2021-04 or 2021-04-30, from 1900 on, not "
		"\"2021-00\""},
	{"day 0", "date", "2021-01-00",
		"\"date\" must be a date: 2021, 2021-04 or 2021-04-30, from 1900 on, not "
		"\"2021-01-00\""},
	{"a month in one digit", "date", "2021-4",
		"\"date\" must be a date: 2021, 2021-04 or 2021-04-30, from 1900 on, not "
		"\"2021-4\""},
	{"a hyphen at the end", "date", "2021-",
		"\"date\" must be a date: 2021, 2021-04 or 2021-04-30, from 1900 on, not "
		"\"2021-\""},
	{"a time behind the day", "date", "2021-04-30-1",
		"\"date\" must be a date: 2021, 2021-04 or 2021-04-30, from 1900 on, not "
		"\"2021-04-30-1\""},
	{"a year of two digits", "date", "21",
		"\"date\" must be a date: 2021, 2021-04 or 2021-04-30, from 1900 on, not \"21\""},
	{"a year before all of it", "date", "0021",
		"\"date\" must be a date: 2021, 2021-04 or 2021-04-30, from 1900 on, not \"0021\""},

	{"one text is a list of one", "strings", "a", NULL},
	{"an empty list", "strings", "[]", NULL},
	{"a list left empty", "strings", "", NULL},
	{"a blank item", "strings", "[a, '']", "text is missing here"},
	{"an item that is a list", "strings", "[a, [b]]", "text is wanted here, not a list"},
	{"a map for a list", "strings", "{a: b}", "text is wanted here, not a map"},
	/* clang-format on */
};

static void test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		char *text = NULL;
		assert_true(asprintf(&text, "%s: %s\n", values[i].key, values[i].value) > 0);
		struct filled filled;
		struct arena *arena;
		char *got = walk_text(text, &arena, &filled);
		char *message = strchr(got, ' '); /* behind the place */
		if (message)
			message[1 + strcspn(message + 1, "\n")] = '\0';
		const char *what = message ? message + 1 : NULL;
		if ((what != NULL) != (values[i].want != NULL) ||
			(what && strcmp(what, values[i].want) != 0))
			fail_msg("%s: %s gave %s", values[i].why, text, what ? what : "(nothing)");
		free(got);
		free(text);
		arena_free(arena);
	}
}

/* Numbers are written with a point, whatever the place. */
static void test_decimal_comma(void **state)
{
	(void)state;
	if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
		skip(); /* needs a locale with a decimal comma */
	struct filled filled;
	struct arena *arena;
	char *got = walk_text("real: 0.5\n", &arena, &filled);
	(void)setlocale(LC_NUMERIC, "C");
	assert_string_equal(got, "");
	assert_true(filled.real == 0.5);
	free(got);
	arena_free(arena);
}

/* A map of a million bytes, all keys unknown and all the same: neither slow nor large. */
static void test_many_keys(void **state)
{
	(void)state;
	size_t len = 0;
	char *text = malloc(1000001);
	assert_non_null(text);
	for (; len + 5 <= 1000000; len += 5)
		memcpy(text + len, "z: 1\n", 5);
	text[len] = '\0';
	struct filled filled;
	struct arena *arena;
	char *got = walk_text(text, &arena, &filled);
	assert_non_null(strstr(got, "more problems\n"));
	free(got);
	free(text);
	arena_free(arena);
}

static void test_no_memory(void **state)
{
	(void)state;
	const char text[] = "string: more than the arena holds\n";
	struct problems *problems = problems_new();
	struct yaml_file *file = NULL;
	assert_int_equal(yaml_file_read("f", text, strlen(text), problems, &file), 0);
	struct arena *arena = arena_new(16);
	struct walk walk = {.arena = arena, .problems = problems};
	struct filled filled = {0};
	assert_int_equal(walk_map(&walk, yaml_root(file), keys, COUNT(keys), &filled), -ENOMEM);
	assert_null(filled.string);
	arena_free(arena);
	yaml_file_free(file);
	problems_free(problems);
}

/* ---- durations ---- */

static const struct {
	const char *why;
	const char *text;
	int64_t want_s; /* -1: not a duration */
	const char *again;
} durations[] = {
	/* clang-format off */
	{"seconds", "90s", 90, "1m30s"},
	{"minutes", "90m", 5400, "1h30m"},
	{"hours", "6h", 21600, "6h"},
	{"days", "2d", 172800, "2d"},
	{"weeks", "1w", 604800, "1w"},
	{"several units", "1w2d3h4m5s", 788645, "1w2d3h4m5s"},
	{"none", "0s", 0, "0s"},
	{"the largest", "9223372036854775807s", INT64_MAX, "15250284452471w3d15h30m7s"},
	{"more than that", "9223372036854775808s", -1, NULL},
	{"more by its unit", "9223372036854775807w", -1, NULL},
	{"more by its sum", "15250284452471w4d", -1, NULL},
	{"no unit", "90", -1, NULL},
	{"no number", "h", -1, NULL},
	{"no number in the middle", "1hm", -1, NULL},
	{"a number without unit at the end", "1h30", -1, NULL},
	{"a unit twice", "1h1h", -1, NULL},
	{"smaller before larger", "30m1h", -1, NULL},
	{"blanks", "6 h", -1, NULL},
	{"a sign", "-6h", -1, NULL},
	{"a fraction", "1.5h", -1, NULL},
	{"months are no fixed time", "1M", -1, NULL},
	{"words", "6hours", -1, NULL},
	{"nothing", "", -1, NULL},
	/* clang-format on */
};

static void test_durations(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(durations); i++) {
		int64_t got_s = -1;
		bool good = duration_parse(durations[i].text, &got_s);
		if (good != (durations[i].want_s >= 0) || got_s != durations[i].want_s)
			fail_msg("%s: \"%s\" gave %lld", durations[i].why, durations[i].text,
				(long long)got_s);
		char again[DURATION_CHARS];
		if (!good)
			continue;
		duration_format(got_s, again);
		if (strcmp(again, durations[i].again) != 0)
			fail_msg("%s: %lld s are told as %s", durations[i].why, (long long)got_s,
				again);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_depth_that_is_allowed),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_from_disk),
		cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_no_nodes),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_walk_problems),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_decimal_comma),
		cmocka_unit_test(test_many_keys),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_durations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
