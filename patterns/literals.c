#include "patterns/literals.h"

#include "daemon/base/text.h"
#include "patterns/lookalike.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* Strings that an exact set may have before it is taken as it stands. */
#define SET_MAX 8192
/* A product of two sets is made up to here, unless one of them is a single string. */
#define PRODUCT_MAX 64
/* Characters of a class that are told one by one. */
#define CLASS_MAX 8
/* Parentheses; PCRE2's own limit is 250. */
#define DEPTH_MAX 250
/* As much of a string as tells it from other text; what agrees so far is one literal then. */
#define LITERAL_B 14

struct set {
	struct literal *items;
	size_t count;
	size_t room;
};

/*
 * What is known of a part of an expression.  An exact part is one of a set of strings, and the
 * empty string with word_start among them is \b.  Of any other part it is known what it requires,
 * and perhaps what it begins with.
 */
struct piece {
	bool exact;
	struct set strings;       /* exact */
	struct literals required; /* the others */
	struct set first;
	bool first_known;
	bool nullable;   /* it may be empty */
	bool apart;      /* it is a character that parts words */
	bool ends_apart; /* it ends with one */
};

struct reader {
	const char *at;
	bool extended;
	bool lost; /* something was met that could mean anything anywhere */
	size_t depth;
	struct arena *arena;
	int error;
};

static void read_choice(struct reader *reader, struct piece *ret);

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static void *take(struct reader *reader, size_t count, size_t size)
{
	void *memory = arena_array(reader->arena, count ? count : 1, size);
	if (!memory)
		reader->error = -ENOMEM;
	return memory;
}

/* ---- sets of strings ---- */

static struct piece unknown(bool apart)
{
	return (struct piece){.apart = apart, .ends_apart = apart};
}

static void add_strings(struct reader *reader, struct set *set, const struct set *more)
{
	if (set->count + more->count > set->room) {
		size_t room = 2 * (set->count + more->count);
		struct literal *items = take(reader, room, sizeof *items);
		if (!items)
			return;
		if (set->count)
			memcpy(items, set->items, set->count * sizeof *items);
		set->items = items;
		set->room = room;
	}
	if (more->count)
		memcpy(set->items + set->count, more->items, more->count * sizeof *set->items);
	set->count += more->count;
}

static struct piece string(struct reader *reader, const char *text, size_t len, bool word_start)
{
	struct literal *one = take(reader, 1, sizeof *one);
	char *copy = arena_copy(reader->arena, text, len);
	if (!one || !copy) {
		reader->error = -ENOMEM;
		return unknown(false);
	}
	*one = (struct literal){copy, len, word_start, false};
	return (struct piece){.exact = true, .strings = {one, 1, 1}};
}

static struct piece nothing(struct reader *reader, bool word_start)
{
	return string(reader, "", 0, word_start);
}

/* White space: one blank in a literal stands for any run of it. */
static struct piece blank(struct reader *reader)
{
	struct piece piece = string(reader, " ", 1, false);
	piece.apart = true;
	return piece;
}

/* The character @c as it stands in folded text; unknown where folding makes several of it. */
static struct piece character(struct reader *reader, uint32_t c)
{
	int32_t codes[4];
	int boundary = 0;
	utf8proc_option_t options =
		UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;
	if (c == ' ' || (c >= '\t' && c <= '\r'))
		return blank(reader);
	char mark = lookalike_mark(c);
	if (mark)
		c = (unsigned char)mark;
	if (c >= 0x80) {
		utf8proc_ssize_t n =
			utf8proc_decompose_char((utf8proc_int32_t)c, codes, 4, options, &boundary);
		if (n < 1 || n > 4)
			return unknown(false);
		n = utf8proc_normalize_utf32(codes, n, options);
		if (n != 1)
			return unknown(false);
		c = (uint32_t)codes[0];
	} else if (c >= 'A' && c <= 'Z') {
		c |= 0x20;
	}
	char utf8[4];
	return string(reader, utf8, text_encode(c, utf8), false);
}

static bool join(struct reader *reader, struct literal *ret, const struct literal *a,
	const struct literal *b)
{
	/* "b  c": one blank stands for all of a run, in the text, too. */
	size_t over = a->len > 0 && b->len > 0 && a->text[a->len - 1] == ' ' && b->text[0] == ' ';
	size_t len = a->len + b->len - over;
	char *text = take(reader, len + 1, 1);
	if (!text)
		return false;
	memcpy(text, a->text, a->len);
	memcpy(text + a->len, b->text + over, b->len - over);
	ret->text = text;
	ret->len = len;
	ret->word_start = a->word_start || (a->len == 0 && b->word_start);
	ret->word_end = b->len ? b->word_end : a->word_end || b->word_start;
	return true;
}

/* Every string of @a followed by every string of @b. */
static struct piece product(struct reader *reader, const struct set *a, const struct set *b)
{
	struct piece out = {.exact = true};
	if (a->count == 1 && a->items[0].len == 0 && !a->items[0].word_start) {
		out.strings = *b;
		return out;
	}
	out.strings.items = take(reader, a->count * b->count, sizeof *out.strings.items);
	out.strings.room = a->count * b->count;
	for (size_t i = 0; out.strings.items && i < a->count; i++) {
		for (size_t k = 0; k < b->count; k++) {
			if (!join(reader, &out.strings.items[out.strings.count++], &a->items[i],
				    &b->items[k]))
				return unknown(false);
		}
	}
	return out;
}

/* ---- groups ---- */

/* Words that stand in so many posts that asking for them spares nothing. */
static bool is_common(const struct literal *literal)
{
	static const char *const common[] = {"a", "all", "am", "an", "and", "are", "as", "at", "be",
		"but", "by", "can", "do", "for", "from", "get", "go", "got", "had", "has", "have",
		"he", "her", "his", "how", "i", "if", "i'm", "in", "is", "it", "its", "just",
		"like", "me", "my", "no", "not", "of", "on", "one", "or", "our", "out", "people",
		"she", "so", "that", "the", "their", "them", "they", "this", "to", "up", "us",
		"was", "we", "were", "what", "when", "who", "will", "with", "would", "you", "your"};
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
		if (strlen(common[i]) == literal->len &&
			memcmp(common[i], literal->text, literal->len) == 0)
			return true;
	}
	return false;
}

/* In how many posts of a hundred thousand a literal stands, roughly: what it is good for follows
 * from its order of magnitude alone.  By length, for whole words and for beginnings of words. */
static size_t literal_odds(const struct literal *literal)
{
	static const size_t words[] = {100000, 30000, 6000, 1500, 700, 300, 120, 50};
	static const size_t beginnings[] = {100000, 60000, 20000, 6000, 1500, 600, 200, 80};
	static const size_t common = 40000;
	const size_t last = sizeof words / sizeof words[0] - 1;
	size_t len = literal->len < last ? literal->len : last;
	if (literal->word_start && literal->word_end)
		return is_common(literal) ? common : words[len];
	return literal->word_start ? beginnings[len] : 2 * beginnings[len];
}

static bool better(const struct literal_group *a, const struct literal_group *b)
{
	return a->odds < b->odds;
}

/* Do two groups ask for the same, as far as three in four of their literals go?  Then one will do. */
static bool much_alike(const struct literal_group *a, const struct literal_group *b)
{
	size_t same = 0;
	for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
		const struct literal *x = &a->items[i];
		const struct literal *y = &b->items[k];
		int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
		same += order == 0;
		i += order <= 0;
		k += order >= 0;
	}
	return 4 * same >= 3 * (a->count > b->count ? a->count : b->count);
}

static void remove_group(struct literals *literals, size_t at)
{
	literals->count--;
	for (size_t i = at; i < literals->count; i++)
		literals->groups[i] = literals->groups[i + 1];
}

static void add_group(struct literals *literals, struct literal_group group)
{
	if (group.count == 0)
		return;
	for (size_t i = 0; i < literals->count; i++) {
		if (!much_alike(&group, &literals->groups[i]))
			continue;
		if (!better(&group, &literals->groups[i]))
			return;
		remove_group(literals, i--);
	}
	size_t at = literals->count;
	while (at > 0 && better(&group, &literals->groups[at - 1]))
		at--;
	if (at == LITERAL_GROUPS)
		return;
	if (literals->count < LITERAL_GROUPS)
		literals->count++;
	for (size_t i = literals->count - 1; i > at; i--)
		literals->groups[i] = literals->groups[i - 1];
	literals->groups[at] = group;
}

/* Is the first character one that \b can have a word begin with? */
static bool begins_word(const struct literal *literal)
{
	unsigned char c = (unsigned char)literal->text[0];
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
	uint32_t code;
	text_decode(literal->text, literal->len, &code);
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
	return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
	       (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

/* Can \b have a word end behind it?  For other scripts that is not asked. */
static bool ends_word(const struct literal *literal)
{
	char c = literal->text[literal->len - 1];
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static int compare_literals(const void *a, const void *b)
{
	const struct literal *one = a;
	const struct literal *two = b;
	if (one->word_start != two->word_start)
		return one->word_start ? 1 : -1;
	int order = memcmp(one->text, two->text, one->len < two->len ? one->len : two->len);
	if (order == 0)
		order = (one->len > two->len) - (one->len < two->len);
	return order ? order : (int)one->word_end - (int)two->word_end;
}

/* Does @a stand wherever @b stands? */
static bool includes(const struct literal *a, const struct literal *b)
{
	return a->word_start == b->word_start && a->len <= b->len &&
	       (!a->word_end || (b->word_end && a->len == b->len)) &&
	       memcmp(a->text, b->text, a->len) == 0;
}

/* Leading blanks say that a word begins, trailing ones that one ends, as far as it is of letters.
 */
static void strip_blanks(struct literal *literal)
{
	while (literal->len > 0 && literal->text[0] == ' ') {
		literal->text++;
		literal->len--;
		literal->word_start = true;
	}
	while (literal->len > 0 && literal->text[literal->len - 1] == ' ') {
		literal->len--;
		literal->word_end = true;
	}
}

/* A match that begins with white space does not begin where the literal behind that does. */
static bool begins_blank(const struct set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->items[i].len > 0 && set->items[i].text[0] == ' ')
			return true;
	}
	return false;
}

/* Make a group of @set: none when a string of it is empty.  A literal that begins with another one
 * of the group says nothing more than that. */
static struct literal_group group_of(struct set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct literal *literal = &set->items[i];
		strip_blanks(literal);
		if (literal->len == 0)
			return (struct literal_group){.count = 0};
		if (literal->len > LITERAL_B) {
			literal->len = LITERAL_B;
			literal->word_end = false;
		}
		literal->word_start = literal->word_start && begins_word(literal);
		literal->word_end = literal->word_end && ends_word(literal);
	}
	if (set->count == 0)
		return (struct literal_group){.count = 0};
	qsort(set->items, set->count, sizeof *set->items, compare_literals);
	size_t out = 0;
	for (size_t i = 0; i < set->count; i++) {
		if (out == 0 || !includes(&set->items[out - 1], &set->items[i]))
			set->items[out++] = set->items[i];
	}
	struct literal_group group = {set->items, out, 0};
	for (size_t i = 0; i < out; i++)
		group.odds += literal_odds(&set->items[i]);
	return group;
}

/* ---- the syntax ---- */

/* Skip to behind the next @end. */
static void skip_behind(struct reader *reader, char end)
{
	while (*reader->at && *reader->at != end)
		reader->at++;
	if (*reader->at)
		reader->at++;
}

static struct piece read_hex(struct reader *reader)
{
	char *end;
	unsigned long c;
	if (*reader->at == '{') {
		c = strtoul(reader->at + 1, &end, 16);
		reader->at = end;
		skip_behind(reader, '}');
	} else {
		char digits[3] = {0};
		for (size_t i = 0;
			i < 2 && strchr("0123456789abcdefABCDEF", reader->at[0]) && *reader->at;
			i++)
			digits[i] = *reader->at++;
		c = strtoul(digits, NULL, 16);
	}
	return c > 0 && c <= 0x10ffff ? character(reader, (uint32_t)c) : unknown(false);
}

/* \p{..} \g{..} \k<..> \k'..' \N{..} \o{..} and their short forms: what is named is not told. */
static struct piece read_named(struct reader *reader)
{
	static const char *const pairs[] = {"{}", "<>", "''"};
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		if (*reader->at == pairs[i][0]) {
			reader->at++;
			skip_behind(reader, pairs[i][1]);
			return unknown(false);
		}
	}
	if (*reader->at == '-' || *reader->at == '+' || *reader->at == '^')
		reader->at++;
	if (*reader->at)
		reader->at++;
	return unknown(false);
}

static struct piece read_escape(struct reader *reader)
{
	uint32_t c;
	reader->at += text_decode(reader->at, strnlen(reader->at, 4), &c);
	switch (c) {
	case 'b':
	case 'A':
		return nothing(reader, true);
	case 'B':
	case 'G':
	case 'Z':
	case 'z':
	case 'K':
	case 'E':
		return nothing(reader, false);
	case 's':
	case 'h':
	case 'v':
	case 'R':
		return blank(reader);
	case 'W':
		return unknown(true);
	case 'x':
		return read_hex(reader);
	case 'n':
	case 't':
		return blank(reader);
	case 'p':
	case 'P':
	case 'g':
	case 'k':
	case 'o':
		return read_named(reader);
	case 'N':
		return *reader->at == '{' ? read_named(reader) : unknown(false);
	case 'c':
		reader->at += *reader->at != '\0';
		return unknown(false);
	case 'Q':
		reader->lost = true;
		return unknown(false);
	default:
		break;
	}
	if (c >= '0' && c <= '9') {
		while (*reader->at >= '0' && *reader->at <= '9')
			reader->at++;
		return unknown(false);
	}
	if (c < 0x80 && ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
		return unknown(false); /* \d \w \S \X \r and whatever else has a letter */
	return character(reader, c);
}

/* One character of a class; false: something that is not one character. */
static bool read_class_char(struct reader *reader, uint32_t *ret)
{
	if (*reader->at == '[' && strchr(":.=", reader->at[1]) && reader->at[1])
		return false;
	if (*reader->at != '\\') {
		reader->at += text_decode(reader->at, strnlen(reader->at, 4), ret);
		return true;
	}
	reader->at++;
	reader->at += text_decode(reader->at, strnlen(reader->at, 4), ret);
	bool alnum = *ret < 0x80 && (((*ret | 0x20) >= 'a' && (*ret | 0x20) <= 'z') ||
					    (*ret >= '0' && *ret <= '9'));
	return !alnum && *ret;
}

/* Go behind the "]" of a class that is not told one by one. */
static struct piece leave_class(struct reader *reader)
{
	while (*reader->at && *reader->at != ']') {
		if (*reader->at == '\\' && reader->at[1]) {
			reader->at += 2;
		} else if (*reader->at == '[' && reader->at[1] && strchr(":.=", reader->at[1])) {
			const char *close = strstr(reader->at + 2, ":]");
			reader->at = close ? close + 2 : reader->at + 1;
		} else {
			reader->at++;
		}
	}
	reader->at += *reader->at == ']';
	return unknown(false);
}

static struct piece read_class(struct reader *reader)
{
	struct piece set = {.exact = true};
	if (*reader->at == '^') {
		reader->at++;
		reader->at += *reader->at == ']'; /* first in a class it is itself */
		return leave_class(reader);
	}
	for (bool first = true; *reader->at && (first || *reader->at != ']'); first = false) {
		uint32_t low;
		if (!read_class_char(reader, &low))
			return leave_class(reader);
		uint32_t high = low;
		if (*reader->at == '-' && reader->at[1] != ']' && reader->at[1]) {
			reader->at++;
			if (!read_class_char(reader, &high))
				return leave_class(reader);
		}
		if (high < low || high - low >= CLASS_MAX ||
			set.strings.count + (high - low) >= CLASS_MAX)
			return leave_class(reader);
		for (uint32_t c = low; c <= high; c++) {
			struct piece one = character(reader, c);
			if (!one.exact)
				return leave_class(reader);
			add_strings(reader, &set.strings, &one.strings);
		}
	}
	reader->at += *reader->at == ']';
	return set;
}

/* Behind "(?": flags.  True when they end the parenthesis: (?i), else (?i: and a group follows. */
static bool read_flags(struct reader *reader)
{
	while (*reader->at && *reader->at != ':' && *reader->at != ')') {
		reader->lost |=
			*reader->at == 'x'; /* from here on spaces and # mean something else */
		reader->at++;
	}
	bool ends = *reader->at == ')';
	reader->at += *reader->at != '\0';
	return ends;
}

enum group { GROUP_PLAIN, GROUP_LOOK, GROUP_NONE, GROUP_UNKNOWN };

/* Behind "(": what kind of group it is, with its head read. */
static enum group read_group_head(struct reader *reader)
{
	if (*reader->at == '*') {
		reader->lost = true; /* verbs change what a match is */
		return GROUP_UNKNOWN;
	}
	if (*reader->at != '?')
		return GROUP_PLAIN;
	const char *head = ++reader->at;
	if (*head == ':' || *head == '>' || *head == '|') {
		reader->at++;
		return GROUP_PLAIN;
	}
	if (*head == '=' || *head == '!' || (*head == '<' && (head[1] == '=' || head[1] == '!'))) {
		reader->at += *head == '<' ? 2 : 1;
		return GROUP_LOOK;
	}
	if (*head == '<' || *head == '\'' || (*head == 'P' && head[1] == '<')) {
		reader->at += *head == 'P' ? 2 : 1;
		skip_behind(reader, *head == '\'' ? '\'' : '>');
		return GROUP_PLAIN;
	}
	if (*head == '#') {
		skip_behind(reader, ')');
		return GROUP_NONE;
	}
	if (strchr("imsxnJU^-", *head) && *head)
		return read_flags(reader) ? GROUP_NONE : GROUP_PLAIN;
	reader->lost |= *head == '(' || *head == 'C'; /* conditions, callouts */
	skip_behind(reader, ')');                     /* recursion, subroutines, (?P=name) */
	return GROUP_UNKNOWN;
}

static struct piece read_group(struct reader *reader)
{
	struct piece piece;
	enum group group = read_group_head(reader);
	if (group == GROUP_NONE)
		return nothing(reader, false);
	if (group == GROUP_UNKNOWN || ++reader->depth > DEPTH_MAX) {
		reader->lost |= group != GROUP_UNKNOWN;
		return unknown(false);
	}
	read_choice(reader, &piece);
	reader->depth--;
	reader->at += *reader->at == ')';
	return group == GROUP_LOOK ? nothing(reader, false) : piece;
}

/* Letters that stand for themselves, from the one just read on: up to one that a quantifier is for. */
static struct piece read_letters(struct reader *reader)
{
	const char *start = reader->at - 1;
	char folded[LITERAL_B];
	size_t len = 0;
	while (len < sizeof folded && is_letter(start[len])) {
		folded[len] = (char)(start[len] | 0x20);
		len++;
	}
	if (len > 1 && start[len] && strchr("?*+{", start[len]))
		len--;
	reader->at = start + len;
	return string(reader, folded, len, false);
}

static struct piece read_atom(struct reader *reader)
{
	uint32_t c;
	reader->at += text_decode(reader->at, strnlen(reader->at, 4), &c);
	switch (c) {
	case '(':
		return read_group(reader);
	case '[':
		return read_class(reader);
	case '\\':
		return read_escape(reader);
	case '.':
		return unknown(false);
	case '^':
		return nothing(reader, true);
	case '$':
		return nothing(reader, false);
	default:
		return c < 0x80 && is_letter((char)c) ? read_letters(reader) : character(reader, c);
	}
}

/* A quantifier at the reader, if there is one. */
static bool read_bounds(struct reader *reader, size_t *ret_min, size_t *ret_max)
{
	const char *at = reader->at;
	*ret_min = *at == '+';
	*ret_max = *at == '?' ? 1 : SIZE_MAX;
	if (*at == '{') {
		char *end;
		if (at[1] < '0' || at[1] > '9')
			return false;
		*ret_min = *ret_max = strtoul(at + 1, &end, 10);
		if (*end == ',')
			*ret_max = end[1] == '}' ? SIZE_MAX : strtoul(end + 1, &end, 10);
		if (*end == ',' && end[1] == '}')
			end++;
		if (*end != '}')
			return false;
		at = end;
	} else if (*at != '?' && *at != '*' && *at != '+') {
		return false;
	}
	reader->at = at + 1;
	if (*reader->at == '?' || *reader->at == '+')
		reader->at++; /* lazy, possessive */
	return true;
}

/* Does every one of @run end where words part? */
static bool run_ends_apart(const struct set *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct literal *literal = &run->items[i];
		if (literal->len ? literal->text[literal->len - 1] != ' ' : !literal->word_start)
			return false;
	}
	return run->count > 0;
}

/* Part of a match or not: what it begins with stays, what it requires is required no more. */
static struct piece optional(struct reader *reader, const struct piece *piece, size_t max)
{
	struct piece out = *piece;
	if (piece->exact && (max == 1 || piece->apart)) {
		struct piece none = nothing(reader, false);
		add_strings(reader, &out.strings, &none.strings);
		return out;
	}
	out = (struct piece){.first = piece->first,
		.first_known = piece->first_known,
		.nullable = true,
		.ends_apart = piece->exact ? run_ends_apart(&piece->strings) : piece->ends_apart};
	if (piece->exact) {
		out.first = (struct set){.count = 0};
		add_strings(reader, &out.first, &piece->strings);
		out.first_known = true;
		for (size_t i = 0; i < out.first.count;) {
			if (out.first.items[i].len > 0)
				i++;
			else
				out.first.items[i] = out.first.items[--out.first.count];
		}
	}
	return out;
}

/* @ret_repeat: it may follow itself, so what stands behind it is not what stands behind one of it.
 */
static struct piece read_quantified(struct reader *reader, bool *ret_repeat)
{
	size_t min;
	size_t max;
	*ret_repeat = false;
	struct piece piece = read_atom(reader);
	while (read_bounds(reader, &min, &max)) {
		if (min == 0)
			piece = optional(reader, &piece, max);
		else
			*ret_repeat |= max > 1 && !piece.apart; /* blanks repeat as it is */
	}
	return piece;
}

/* ---- sequences and choices ---- */

struct sequence {
	struct set run;           /* what the text holds in one piece up to here */
	struct literals required; /* what it holds before that */
	bool broken;              /* there is something before that */
	struct set first;         /* what it begins with */
	bool first_known;
	bool open;     /* all up to here may be empty, so what follows may be the first too */
	bool boundary; /* and \b stood there */
};

/* The run may be what the sequence begins with. */
static void run_is_first(struct reader *reader, struct sequence *sequence)
{
	bool empty = false;
	bool boundary = true;
	for (size_t i = 0; i < sequence->run.count; i++) {
		struct literal literal = sequence->run.items[i];
		if (literal.len == 0) {
			empty = true;
			boundary &= literal.word_start;
			continue;
		}
		literal.word_start |= sequence->boundary;
		add_strings(reader, &sequence->first, &(struct set){&literal, 1, 1});
	}
	sequence->open = empty;
	sequence->boundary |= empty && boundary;
}

/* The run ends here; @apart: before a character that parts words.  @next_apart: what follows the run's
 * successor stands behind such a character. */
static void flush(struct reader *reader, struct sequence *sequence, bool apart, bool next_apart)
{
	for (size_t i = 0; apart && i < sequence->run.count; i++)
		sequence->run.items[i].word_end |= sequence->run.items[i].len > 0;
	if (sequence->open)
		run_is_first(reader, sequence);
	add_group(&sequence->required, group_of(&sequence->run));
	sequence->run = nothing(reader, next_apart).strings;
	sequence->broken = true;
}

/* Make the run longer by what @piece begins with, where that is known: "b" and then (?:ad|ig\W+boy)
 * are "bad" and "big". */
static void lengthen(struct reader *reader, struct sequence *sequence, const struct piece *piece)
{
	struct set first = {.count = 0};
	if (!piece->first_known || piece->first.count == 0)
		return;
	add_strings(reader, &first, &piece->first);
	if (piece->nullable) {
		struct piece none = nothing(reader, false);
		add_strings(reader, &first, &none.strings);
	}
	if (sequence->run.count > 1 && sequence->run.count * first.count > PRODUCT_MAX)
		return;
	sequence->run = product(reader, &sequence->run, &first).strings;
}

static void append_inexact(
	struct reader *reader, struct sequence *sequence, const struct piece *piece)
{
	bool open = sequence->open;
	bool was_empty = false; /* may what stands before the piece be empty? */
	for (size_t i = 0; i < sequence->run.count; i++)
		was_empty |= sequence->run.items[i].len == 0;
	bool next_apart = piece->ends_apart && (!piece->nullable || run_ends_apart(&sequence->run));
	lengthen(reader, sequence, piece);
	flush(reader, sequence, piece->apart, next_apart);
	for (size_t i = 0; i < piece->required.count; i++)
		add_group(&sequence->required, piece->required.groups[i]);
	if (!open || !was_empty)
		return;
	sequence->first_known &= piece->first_known && sequence->first.count <= SET_MAX;
	sequence->open = piece->nullable;
}

static void append(struct reader *reader, struct sequence *sequence, const struct piece *piece)
{
	if (!piece->exact) {
		append_inexact(reader, sequence, piece);
		return;
	}
	size_t a = sequence->run.count;
	size_t b = piece->strings.count;
	if (a * b > PRODUCT_MAX && a > 1 && b > 1)
		flush(reader, sequence, false, run_ends_apart(&sequence->run));
	struct piece run = product(reader, &sequence->run, &piece->strings);
	sequence->run = run.strings;
}

static void skip_comments(struct reader *reader)
{
	while (reader->extended && *reader->at && strchr(" \t\n\r\f\v#", *reader->at)) {
		if (*reader->at == '#')
			skip_behind(reader, '\n');
		else
			reader->at++;
	}
}

static void read_sequence(struct reader *reader, struct piece *ret)
{
	struct sequence sequence = {
		.run = nothing(reader, false).strings, .first_known = true, .open = true};
	skip_comments(reader);
	while (*reader->at && *reader->at != '|' && *reader->at != ')' && !reader->error &&
		!reader->lost) {
		bool repeat;
		struct piece piece = read_quantified(reader, &repeat);
		append(reader, &sequence, &piece);
		if (repeat && piece.exact)
			flush(reader, &sequence, false, run_ends_apart(&piece.strings));
		skip_comments(reader);
	}
	if (!sequence.broken) {
		*ret = (struct piece){.exact = true, .strings = sequence.run};
		return;
	}
	bool ends_apart = run_ends_apart(&sequence.run);
	flush(reader, &sequence, false, false);
	*ret = (struct piece){.required = sequence.required,
		.ends_apart = ends_apart,
		.first = sequence.first,
		.first_known = sequence.first_known,
		.nullable = sequence.open};
}

/* The branches of a choice, gathered. */
struct choice {
	bool exact;    /* all of them are */
	bool requires; /* all of them require something, and it is in .strings */
	struct set strings;
	struct piece sum; /* .first, .first_known, .nullable */
};

static void add_branch(struct reader *reader, struct choice *choice, const struct piece *branch)
{
	const struct set *strings = &branch->strings;
	struct set best = {.count = 0};
	if (!branch->exact && branch->required.count > 0) {
		const struct literal_group *group = &branch->required.groups[0];
		best = (struct set){(struct literal *)group->items, group->count, group->count};
		strings = &best;
	}
	choice->exact &= branch->exact;
	choice->requires &= (branch->exact || branch->required.count > 0) &&
			    choice->strings.count + strings->count <= SET_MAX;
	if (choice->requires)
		add_strings(reader, &choice->strings, strings);
	const struct set *first = branch->exact ? &branch->strings : &branch->first;
	for (size_t i = 0; i < first->count; i++) {
		if (first->items[i].len > 0)
			add_strings(
				reader, &choice->sum.first, &(struct set){&first->items[i], 1, 1});
		else
			choice->sum.nullable = true;
	}
	choice->sum.first_known &=
		(branch->exact || branch->first_known) && choice->sum.first.count <= SET_MAX;
	choice->sum.nullable |= branch->nullable;
	choice->sum.ends_apart &=
		branch->exact ? run_ends_apart(&branch->strings) : branch->ends_apart;
}

static void read_choice(struct reader *reader, struct piece *ret)
{
	struct choice choice = {
		.exact = true, .requires = true, .sum = {.first_known = true, .ends_apart = true}};
	read_sequence(reader, ret);
	if (*reader->at != '|')
		return;
	add_branch(reader, &choice, ret);
	while (*reader->at == '|' && !reader->error && !reader->lost) {
		struct piece branch;
		reader->at++;
		read_sequence(reader, &branch);
		add_branch(reader, &choice, &branch);
	}
	if (choice.exact && choice.requires) {
		*ret = (struct piece){.exact = true, .strings = choice.strings};
		return;
	}
	*ret = choice.sum;
	if (choice.requires)
		add_group(&ret->required, group_of(&choice.strings));
}

/* Groups that most posts hold are not worth asking for beside a better one. */
static void drop_weak(struct literals *literals)
{
	const size_t weak = 60000; /* posts of a hundred thousand */
	for (size_t i = literals->count; i-- > 1;) {
		if (literals->groups[i].odds > weak)
			remove_group(literals, i);
	}
}

/* Put @starts first among what is required. */
static void put_starts(struct literals *literals, struct literal_group starts)
{
	for (size_t i = 0; i < literals->count; i++) {
		if (much_alike(&starts, &literals->groups[i]))
			remove_group(literals, i--);
	}
	if (literals->count == LITERAL_GROUPS)
		literals->count--;
	for (size_t i = literals->count; i > 0; i--)
		literals->groups[i] = literals->groups[i - 1];
	literals->groups[0] = starts;
	literals->count++;
	literals->starts = true;
}

int literals_read(const char *pattern, bool extended, struct arena *arena, struct literals *ret)
{
	struct reader reader = {.at = pattern, .extended = extended, .arena = arena};
	struct piece piece;
	read_choice(&reader, &piece);
	if (reader.error)
		return reader.error;
	struct literals literals = {.count = 0};
	if (!reader.lost && *reader.at == '\0') {
		struct set *first = piece.exact ? &piece.strings : &piece.first;
		bool starts = (piece.exact || (piece.first_known && !piece.nullable)) &&
			      !begins_blank(first);
		struct literal_group group = group_of(first);
		literals = piece.required;
		if (piece.exact)
			add_group(&literals, group);
		if (starts && group.count > 0)
			put_starts(&literals, group);
		drop_weak(&literals);
	}
	*ret = literals;
	return reader.error;
}

int literals_declare(
	const char *const *keywords, size_t count, struct arena *arena, struct literals *ret)
{
	struct reader reader = {.arena = arena, .at = ""};
	struct piece set = {.exact = true};
	for (size_t i = 0; i < count && !reader.error; i++) {
		struct piece word = nothing(&reader, false);
		size_t len = strlen(keywords[i]);
		for (size_t k = 0; k < len && word.exact && !reader.error;) {
			uint32_t c;
			k += text_decode(keywords[i] + k, len - k, &c);
			struct piece one = character(&reader, c);
			word = one.exact ? product(&reader, &word.strings, &one.strings) : one;
		}
		set.exact &= word.exact;
		if (set.exact)
			add_strings(&reader, &set.strings, &word.strings);
	}
	*ret = (struct literals){.count = 0};
	if (set.exact && !reader.error)
		add_group(ret, group_of(&set.strings));
	return reader.error;
}
