#include "patterns/literals.h"

#include "daemon/base/text.h"
#include "patterns/literal_groups.h"
#include "patterns/literal_syntax.h"

#include <string.h>

/* Part of a match or not: what it begins with stays, what it requires is required no more. */
static struct piece optional(struct reader *reader, const struct piece *piece, size_t max)
{
	struct piece out = *piece;
	if (piece->exact && (max == 1 || piece->apart)) {
		struct piece none = piece_nothing(reader, false);
		set_add(reader, &out.strings, &none.strings);
		return out;
	}
	out = (struct piece){.first = piece->first,
		.first_known = piece->first_known,
		.nullable = true,
		.ends_apart = piece->exact ? set_ends_apart(&piece->strings) : piece->ends_apart};
	if (piece->exact) {
		out.first = (struct set){.count = 0};
		set_add(reader, &out.first, &piece->strings);
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
	struct piece piece = syntax_atom(reader);
	while (syntax_bounds(reader, &min, &max)) {
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
		set_add(reader, &sequence->first, &(struct set){&literal, 1, 1});
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
	groups_add(&sequence->required, group_of_set(&sequence->run));
	sequence->run = piece_nothing(reader, next_apart).strings;
	sequence->broken = true;
}

/* Make the run longer by what @piece begins with, where that is known: "b" and then (?:ad|ig\W+boy)
 * are "bad" and "big". */
static void lengthen(struct reader *reader, struct sequence *sequence, const struct piece *piece)
{
	struct set first = {.count = 0};
	if (!piece->first_known || piece->first.count == 0)
		return;
	set_add(reader, &first, &piece->first);
	if (piece->nullable) {
		struct piece none = piece_nothing(reader, false);
		set_add(reader, &first, &none.strings);
	}
	if (sequence->run.count > 1 && sequence->run.count * first.count > PRODUCT_MAX)
		return;
	sequence->run = piece_product(reader, &sequence->run, &first).strings;
}

static void append_inexact(
	struct reader *reader, struct sequence *sequence, const struct piece *piece)
{
	bool open = sequence->open;
	bool was_empty = false; /* may what stands before the piece be empty? */
	for (size_t i = 0; i < sequence->run.count; i++)
		was_empty |= sequence->run.items[i].len == 0;
	bool next_apart = piece->ends_apart && (!piece->nullable || set_ends_apart(&sequence->run));
	lengthen(reader, sequence, piece);
	flush(reader, sequence, piece->apart, next_apart);
	for (size_t i = 0; i < piece->required.count; i++)
		groups_add(&sequence->required, piece->required.groups[i]);
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
		flush(reader, sequence, false, set_ends_apart(&sequence->run));
	struct piece run = piece_product(reader, &sequence->run, &piece->strings);
	sequence->run = run.strings;
}

static void skip_comments(struct reader *reader)
{
	while (reader->extended && *reader->at && strchr(" \t\n\r\f\v#", *reader->at)) {
		if (*reader->at == '#')
			syntax_skip_behind(reader, '\n');
		else
			reader->at++;
	}
}

static void read_sequence(struct reader *reader, struct piece *ret)
{
	struct sequence sequence = {
		.run = piece_nothing(reader, false).strings, .first_known = true, .open = true};
	skip_comments(reader);
	while (*reader->at && *reader->at != '|' && *reader->at != ')' && !reader->error &&
		!reader->lost) {
		bool repeat;
		struct piece piece = read_quantified(reader, &repeat);
		append(reader, &sequence, &piece);
		if (repeat && piece.exact)
			flush(reader, &sequence, false, set_ends_apart(&piece.strings));
		skip_comments(reader);
	}
	if (!sequence.broken) {
		*ret = (struct piece){.exact = true, .strings = sequence.run};
		return;
	}
	bool ends_apart = set_ends_apart(&sequence.run);
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
		set_add(reader, &choice->strings, strings);
	const struct set *first = branch->exact ? &branch->strings : &branch->first;
	for (size_t i = 0; i < first->count; i++) {
		if (first->items[i].len > 0)
			set_add(reader, &choice->sum.first, &(struct set){&first->items[i], 1, 1});
		else
			choice->sum.nullable = true;
	}
	choice->sum.first_known &=
		(branch->exact || branch->first_known) && choice->sum.first.count <= SET_MAX;
	choice->sum.nullable |= branch->nullable;
	choice->sum.ends_apart &=
		branch->exact ? set_ends_apart(&branch->strings) : branch->ends_apart;
}

void literals_choice(struct reader *reader, struct piece *ret)
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
		groups_add(&ret->required, group_of_set(&choice.strings));
}

int literals_read(const char *pattern, bool extended, struct arena *arena, struct literals *ret)
{
	struct reader reader = {.at = pattern, .extended = extended, .arena = arena};
	struct piece piece;
	literals_choice(&reader, &piece);
	if (reader.error)
		return reader.error;
	struct literals literals = {.count = 0};
	if (!reader.lost && *reader.at == '\0') {
		struct set *first = piece.exact ? &piece.strings : &piece.first;
		bool starts = (piece.exact || (piece.first_known && !piece.nullable)) &&
			      !set_begins_blank(first);
		struct literal_group group = group_of_set(first);
		literals = piece.required;
		if (piece.exact)
			groups_add(&literals, group);
		if (starts && group.count > 0)
			groups_put_starts(&literals, group);
		groups_drop_weak(&literals);
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
		struct piece word = piece_nothing(&reader, false);
		size_t len = strlen(keywords[i]);
		for (size_t k = 0; k < len && word.exact && !reader.error;) {
			uint32_t c;
			k += text_decode(keywords[i] + k, len - k, &c);
			struct piece one = piece_character(&reader, c);
			word = one.exact ? piece_product(&reader, &word.strings, &one.strings)
					 : one;
		}
		set.exact &= word.exact;
		if (set.exact)
			set_add(&reader, &set.strings, &word.strings);
	}
	*ret = (struct literals){.count = 0};
	if (set.exact && !reader.error)
		groups_add(ret, group_of_set(&set.strings));
	return reader.error;
}
