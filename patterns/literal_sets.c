#include "patterns/literal_sets.h"

#include "daemon/base/text.h"
#include "patterns/lookalike.h"

#include <string.h>
#include <utf8proc.h>

static void *reader_take(struct reader *reader, size_t count, size_t size)
{
	void *memory = arena_array(reader->arena, count ? count : 1, size);
	if (!memory)
		reader->error = -ENOMEM;
	return memory;
}

struct piece piece_unknown(bool apart)
{
	return (struct piece){.apart = apart, .ends_apart = apart};
}

void set_add(struct reader *reader, struct set *set, const struct set *more)
{
	if (set->count + more->count > set->room) {
		size_t room = 2 * (set->count + more->count);
		struct literal *items = reader_take(reader, room, sizeof *items);
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

struct piece piece_string(struct reader *reader, const char *text, size_t len, bool word_start)
{
	struct literal *one = reader_take(reader, 1, sizeof *one);
	char *copy = arena_copy(reader->arena, text, len);
	if (!one || !copy) {
		reader->error = -ENOMEM;
		return piece_unknown(false);
	}
	*one = (struct literal){copy, len, word_start, false};
	return (struct piece){.exact = true, .strings = {one, 1, 1}};
}

struct piece piece_nothing(struct reader *reader, bool word_start)
{
	return piece_string(reader, "", 0, word_start);
}

/* White space: one blank in a literal stands for any run of it. */
struct piece piece_blank(struct reader *reader)
{
	struct piece piece = piece_string(reader, " ", 1, false);
	piece.apart = true;
	return piece;
}

/* The character @c as it stands in folded text; unknown where folding makes several of it. */
struct piece piece_character(struct reader *reader, uint32_t c)
{
	int32_t codes[4];
	int boundary = 0;
	utf8proc_option_t options =
		UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;
	if (c == ' ' || (c >= '\t' && c <= '\r'))
		return piece_blank(reader);
	char mark = lookalike_mark(c);
	if (mark)
		c = (unsigned char)mark;
	if (c >= 0x80) {
		utf8proc_ssize_t n =
			utf8proc_decompose_char((utf8proc_int32_t)c, codes, 4, options, &boundary);
		if (n < 1 || n > 4)
			return piece_unknown(false);
		n = utf8proc_normalize_utf32(codes, n, options);
		if (n != 1)
			return piece_unknown(false);
		c = (uint32_t)codes[0];
	} else if (c >= 'A' && c <= 'Z') {
		c |= 0x20;
	}
	char utf8[4];
	return piece_string(reader, utf8, text_encode(c, utf8), false);
}

static bool join(struct reader *reader, struct literal *ret, const struct literal *a,
	const struct literal *b)
{
	/* "b  c": one blank stands for all of a run, in the text, too. */
	size_t over = a->len > 0 && b->len > 0 && a->text[a->len - 1] == ' ' && b->text[0] == ' ';
	size_t len = a->len + b->len - over;
	char *text = reader_take(reader, len + 1, 1);
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
struct piece piece_product(struct reader *reader, const struct set *a, const struct set *b)
{
	struct piece out = {.exact = true};
	if (a->count == 1 && a->items[0].len == 0 && !a->items[0].word_start) {
		out.strings = *b;
		return out;
	}
	out.strings.items = reader_take(reader, a->count * b->count, sizeof *out.strings.items);
	out.strings.room = a->count * b->count;
	for (size_t i = 0; out.strings.items && i < a->count; i++) {
		for (size_t k = 0; k < b->count; k++) {
			if (!join(reader, &out.strings.items[out.strings.count++], &a->items[i],
				    &b->items[k]))
				return piece_unknown(false);
		}
	}
	return out;
}

/* Does every one of @run end where words part? */
bool set_ends_apart(const struct set *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct literal *literal = &run->items[i];
		if (literal->len ? literal->text[literal->len - 1] != ' ' : !literal->word_start)
			return false;
	}
	return run->count > 0;
}

/* A match that begins with white space does not begin where the literal behind that does. */
bool set_begins_blank(const struct set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->items[i].len > 0 && set->items[i].text[0] == ' ')
			return true;
	}
	return false;
}
