#include "patterns/literal_syntax.h"

#include "daemon/base/text.h"

#include <stdlib.h>
#include <string.h>

/* Characters of a class that are told one by one. */
#define CLASS_MAX 8
/* Parentheses; PCRE2's own limit is 250. */
#define DEPTH_MAX 250

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Skip to behind the next @end. */
void syntax_skip_behind(struct reader *reader, char end)
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
		syntax_skip_behind(reader, '}');
	} else {
		char digits[3] = {0};
		for (size_t i = 0;
			i < 2 && strchr("0123456789abcdefABCDEF", reader->at[0]) && *reader->at;
			i++)
			digits[i] = *reader->at++;
		c = strtoul(digits, NULL, 16);
	}
	return c > 0 && c <= 0x10ffff ? piece_character(reader, (uint32_t)c) : piece_unknown(false);
}

/* \p{..} \g{..} \k<..> \k'..' \N{..} \o{..} and their short forms: what is named is not told. */
static struct piece read_named(struct reader *reader)
{
	static const char *const pairs[] = {"{}", "<>", "''"};
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		if (*reader->at == pairs[i][0]) {
			reader->at++;
			syntax_skip_behind(reader, pairs[i][1]);
			return piece_unknown(false);
		}
	}
	if (*reader->at == '-' || *reader->at == '+' || *reader->at == '^')
		reader->at++;
	if (*reader->at)
		reader->at++;
	return piece_unknown(false);
}

static struct piece read_escape(struct reader *reader)
{
	uint32_t c;
	reader->at += text_decode(reader->at, strnlen(reader->at, 4), &c);
	switch (c) {
	case 'b':
	case 'A':
		return piece_nothing(reader, true);
	case 'B':
	case 'G':
	case 'Z':
	case 'z':
	case 'K':
	case 'E':
		return piece_nothing(reader, false);
	case 's':
	case 'h':
	case 'v':
	case 'R':
		return piece_blank(reader);
	case 'W':
		return piece_unknown(true);
	case 'x':
		return read_hex(reader);
	case 'n':
	case 't':
		return piece_blank(reader);
	case 'p':
	case 'P':
	case 'g':
	case 'k':
	case 'o':
		return read_named(reader);
	case 'N':
		return *reader->at == '{' ? read_named(reader) : piece_unknown(false);
	case 'c':
		reader->at += *reader->at != '\0';
		return piece_unknown(false);
	case 'Q':
		reader->lost = true;
		return piece_unknown(false);
	default:
		break;
	}
	if (c >= '0' && c <= '9') {
		while (*reader->at >= '0' && *reader->at <= '9')
			reader->at++;
		return piece_unknown(false);
	}
	if (c < 0x80 && ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
		return piece_unknown(false); /* \d \w \S \X \r and whatever else has a letter */
	return piece_character(reader, c);
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
	return piece_unknown(false);
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
			struct piece one = piece_character(reader, c);
			if (!one.exact)
				return leave_class(reader);
			set_add(reader, &set.strings, &one.strings);
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

/* What may stand behind "(", the longer ones first; behind it up to .behind is the group's name, or a
 * comment. */
static const struct head {
	const char *text;
	enum group group;
	char behind;
	bool lost; /* it changes what a match is, or what stands elsewhere */
} heads[] = {
	{"?:", GROUP_PLAIN, 0, false},
	{"?>", GROUP_PLAIN, 0, false},
	{"?|", GROUP_PLAIN, 0, false},
	{"?=", GROUP_LOOK, 0, false},
	{"?!", GROUP_LOOK, 0, false},
	{"?<=", GROUP_LOOK, 0, false},
	{"?<!", GROUP_LOOK, 0, false},
	{"?P<", GROUP_PLAIN, '>', false},
	{"?<", GROUP_PLAIN, '>', false},
	{"?'", GROUP_PLAIN, '\'', false},
	{"?#", GROUP_NONE, ')', false},
	{"?(", GROUP_UNKNOWN, ')', true},
	{"?C", GROUP_UNKNOWN, ')', true},
	{"*", GROUP_UNKNOWN, 0, true},
};

/* Behind "(": what kind of group it is, with its head read. */
static enum group read_group_head(struct reader *reader)
{
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
		const struct head *head = &heads[i];
		size_t len = strlen(head->text);
		if (strncmp(reader->at, head->text, len) != 0)
			continue;
		reader->at += len;
		if (head->behind)
			syntax_skip_behind(reader, head->behind);
		reader->lost |= head->lost;
		return head->group;
	}
	if (*reader->at != '?')
		return GROUP_PLAIN;
	reader->at++;
	if (*reader->at && strchr("imsxnJU^-", *reader->at))
		return read_flags(reader) ? GROUP_NONE : GROUP_PLAIN;
	syntax_skip_behind(reader, ')'); /* recursion, subroutines, (?P=name) */
	return GROUP_UNKNOWN;
}

static struct piece read_group(struct reader *reader)
{
	struct piece piece;
	enum group group = read_group_head(reader);
	if (group == GROUP_NONE)
		return piece_nothing(reader, false);
	if (group == GROUP_UNKNOWN || ++reader->depth > DEPTH_MAX) {
		reader->lost |= group != GROUP_UNKNOWN;
		return piece_unknown(false);
	}
	literals_choice(reader, &piece);
	reader->depth--;
	reader->at += *reader->at == ')';
	return group == GROUP_LOOK ? piece_nothing(reader, false) : piece;
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
	return piece_string(reader, folded, len, false);
}

struct piece syntax_atom(struct reader *reader)
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
		return piece_unknown(false);
	case '^':
		return piece_nothing(reader, true);
	case '$':
		return piece_nothing(reader, false);
	default:
		return c < 0x80 && is_letter((char)c) ? read_letters(reader)
						      : piece_character(reader, c);
	}
}

/* A quantifier at the reader, if there is one. */
bool syntax_bounds(struct reader *reader, size_t *ret_min, size_t *ret_max)
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
