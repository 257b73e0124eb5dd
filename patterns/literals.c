#include "patterns/literals.h"

#include "daemon/base/text.h"

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
#define LITERAL_B 64

/* The strings that an expression can be, or, where there is no telling, what it requires. */
struct piece {
	bool exact;
	struct literal *strings; /* exact: all that it can match; "" with word_start is \b */
	size_t count;
	size_t room;
	struct literals required; /* not exact */
	bool spaced_end;	  /* not exact: what it matched last is no word character */
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

static void *take(struct reader *reader, size_t count, size_t size)
{
	void *memory = arena_array(reader->arena, count ? count : 1, size);
	if (!memory)
		reader->error = -ENOMEM;
	return memory;
}

/* ---- sets of strings ---- */

static struct piece unknown(bool spaced_end)
{
	return (struct piece){.spaced_end = spaced_end};
}

static struct piece string(struct reader *reader, const char *text, size_t len, bool word_start)
{
	struct literal *one = take(reader, 1, sizeof *one);
	char *copy = arena_copy(reader->arena, text, len);
	if (!one || !copy) {
		reader->error = -ENOMEM;
		return unknown(false);
	}
	*one = (struct literal){copy, len, word_start};
	return (struct piece){.exact = true, .strings = one, .count = 1};
}

static struct piece nothing(struct reader *reader, bool word_start)
{
	return string(reader, "", 0, word_start);
}

/* The character @c as it stands in folded text; unknown where folding makes several of it. */
static struct piece character(struct reader *reader, uint32_t c)
{
	int32_t codes[4];
	int boundary = 0;
	utf8proc_option_t options =
		UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;
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

static bool joined(struct reader *reader, struct literal *ret, const struct literal *a,
	const struct literal *b)
{
	size_t len = a->len + b->len;
	char *text = take(reader, len + 1, 1);
	if (!text)
		return false;
	memcpy(text, a->text, a->len);
	memcpy(text + a->len, b->text, b->len);
	*ret = (struct literal){text, len, a->word_start || (a->len == 0 && b->word_start)};
	return true;
}

/* Every string of @a followed by every string of @b. */
static struct piece product(struct reader *reader, const struct piece *a, const struct piece *b)
{
	struct piece out = {.exact = true};
	out.strings = take(reader, a->count * b->count, sizeof *out.strings);
	for (size_t i = 0; out.strings && i < a->count; i++) {
		for (size_t k = 0; k < b->count; k++) {
			if (!joined(reader, &out.strings[out.count++], &a->strings[i],
				    &b->strings[k]))
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

/* How much a group spares: the length of its shortest literal, less where that is a common word. */
static size_t group_worth(const struct literal_group *group)
{
	size_t worth = SIZE_MAX;
	for (size_t i = 0; i < group->count; i++) {
		size_t len = group->items[i].len;
		size_t one = 2 * len;
		if (!group->items[i].word_start || is_common(&group->items[i]))
			one = len;
		worth = one < worth ? one : worth;
	}
	return worth;
}

static bool better(const struct literal_group *a, const struct literal_group *b)
{
	size_t worth_a = group_worth(a);
	size_t worth_b = group_worth(b);
	return worth_a != worth_b ? worth_a > worth_b : a->count < b->count;
}

static void add_group(struct literals *literals, struct literal_group group)
{
	if (group.count == 0)
		return;
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

static int compare_literals(const void *a, const void *b)
{
	const struct literal *one = a;
	const struct literal *two = b;
	if (one->word_start != two->word_start)
		return one->word_start ? 1 : -1;
	int order = memcmp(one->text, two->text, one->len < two->len ? one->len : two->len);
	return order ? order : (one->len > two->len) - (one->len < two->len);
}

/* Make a group of the strings of @piece: none when one of them is empty.  A literal that begins
 * with another one of the group says nothing more than that. */
static struct literal_group group_of(struct piece *piece)
{
	for (size_t i = 0; i < piece->count; i++) {
		struct literal *literal = &piece->strings[i];
		if (literal->len == 0)
			return (struct literal_group){.count = 0};
		if (literal->len > LITERAL_B)
			literal->len = LITERAL_B;
		literal->word_start = literal->word_start && begins_word(literal);
	}
	qsort(piece->strings, piece->count, sizeof *piece->strings, compare_literals);
	size_t out = 0;
	for (size_t i = 0; i < piece->count; i++) {
		const struct literal *last = out ? &piece->strings[out - 1] : NULL;
		if (last && last->word_start == piece->strings[i].word_start &&
			last->len <= piece->strings[i].len &&
			memcmp(last->text, piece->strings[i].text, last->len) == 0)
			continue;
		piece->strings[out++] = piece->strings[i];
	}
	return (struct literal_group){piece->strings, out};
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
	reader->at += text_decode(reader->at, strlen(reader->at), &c);
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
	case 'W':
		return unknown(true);
	case 'x':
		return read_hex(reader);
	case 'n':
		return string(reader, "\n", 1, false);
	case 't':
		return string(reader, "\t", 1, false);
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
		reader->at += text_decode(reader->at, strlen(reader->at), ret);
		return true;
	}
	reader->at++;
	reader->at += text_decode(reader->at, strlen(reader->at), ret);
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

static void add_strings(struct reader *reader, struct piece *set, const struct piece *more)
{
	if (set->count + more->count > set->room) {
		size_t room = 2 * (set->count + more->count);
		struct literal *strings = take(reader, room, sizeof *strings);
		if (!strings)
			return;
		if (set->count)
			memcpy(strings, set->strings, set->count * sizeof *strings);
		set->strings = strings;
		set->room = room;
	}
	if (more->count)
		memcpy(set->strings + set->count, more->strings,
			more->count * sizeof *set->strings);
	set->count += more->count;
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
		if (high < low || high - low >= CLASS_MAX || set.count + (high - low) >= CLASS_MAX)
			return leave_class(reader);
		for (uint32_t c = low; c <= high; c++) {
			struct piece one = character(reader, c);
			if (!one.exact)
				return leave_class(reader);
			add_strings(reader, &set, &one);
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
	skip_behind(reader, ')');		      /* recursion, subroutines, (?P=name) */
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

static struct piece read_atom(struct reader *reader)
{
	uint32_t c;
	reader->at += text_decode(reader->at, strlen(reader->at), &c);
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
		return character(reader, c);
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

/* @ret_repeat: it may follow itself, so what stands behind it is not what stands behind one of it.
 */
static struct piece read_quantified(struct reader *reader, bool *ret_repeat)
{
	size_t min;
	size_t max;
	*ret_repeat = false;
	struct piece piece = read_atom(reader);
	while (read_bounds(reader, &min, &max)) {
		if (min == 0 && max == 1 && piece.exact) {
			struct piece none = nothing(reader, false);
			add_strings(reader, &piece, &none);
		} else if (min == 0) {
			piece = unknown(false);
		} else {
			*ret_repeat |= max > 1;
		}
	}
	return piece;
}

/* ---- sequences and choices ---- */

struct sequence {
	struct piece run;	  /* exact: what the text holds in one piece up to here */
	struct literals required; /* what it holds before that */
	bool broken;
};

static void flush(struct reader *reader, struct sequence *sequence, bool word_start)
{
	add_group(&sequence->required, group_of(&sequence->run));
	sequence->run = nothing(reader, word_start);
	sequence->broken = true;
}

static void append(struct reader *reader, struct sequence *sequence, const struct piece *piece)
{
	if (!piece->exact) {
		flush(reader, sequence, piece->spaced_end);
		for (size_t i = 0; i < piece->required.count; i++)
			add_group(&sequence->required, piece->required.groups[i]);
		return;
	}
	size_t a = sequence->run.count;
	size_t b = piece->count;
	if (a * b > PRODUCT_MAX && (a > 1 && b > 1)) {
		flush(reader, sequence, false);
		a = 1;
	}
	sequence->run = product(reader, &sequence->run, piece);
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
	struct sequence sequence = {.run = nothing(reader, false)};
	skip_comments(reader);
	while (*reader->at && *reader->at != '|' && *reader->at != ')' && !reader->error &&
		!reader->lost) {
		bool repeat;
		struct piece piece = read_quantified(reader, &repeat);
		append(reader, &sequence, &piece);
		if (repeat)
			flush(reader, &sequence, !piece.exact && piece.spaced_end);
		skip_comments(reader);
	}
	if (!sequence.broken) {
		*ret = sequence.run;
		return;
	}
	add_group(&sequence.required, group_of(&sequence.run));
	*ret = (struct piece){.required = sequence.required};
}

/* What one branch of a choice requires, as one set of strings; empty: nothing. */
static struct piece best_of(const struct piece *branch)
{
	if (branch->exact)
		return *branch;
	if (branch->required.count == 0)
		return unknown(false);
	const struct literal_group *group = &branch->required.groups[0];
	return (struct piece){
		.exact = true, .strings = (struct literal *)group->items, .count = group->count};
}

static void read_choice(struct reader *reader, struct piece *ret)
{
	bool exact = true;
	bool known = true;
	struct piece all = {.exact = true};
	for (;;) {
		struct piece branch;
		read_sequence(reader, &branch);
		exact &= branch.exact;
		struct piece best = best_of(&branch);
		known &= best.exact && all.count + best.count <= SET_MAX;
		if (known)
			add_strings(reader, &all, &best);
		if (*reader->at != '|' || reader->error || reader->lost)
			break;
		reader->at++;
	}
	if (reader->error || reader->lost || !known) {
		*ret = unknown(false);
	} else if (exact) {
		*ret = all;
	} else {
		*ret = unknown(false);
		add_group(&ret->required, group_of(&all));
	}
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
		literals = piece.required;
		if (piece.exact)
			add_group(&literals, group_of(&piece));
	}
	*ret = literals;
	return 0;
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
			if (one.exact)
				word = product(&reader, &word, &one);
			else
				word = one;
		}
		if (!word.exact)
			set.exact = false;
		else
			add_strings(&reader, &set, &word);
	}
	*ret = (struct literals){.count = 0};
	if (set.exact && !reader.error)
		add_group(ret, group_of(&set));
	return reader.error;
}
