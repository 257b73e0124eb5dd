#include "config/problems.h"

#include "config/mask.h"
#include "daemon/base/buf.h"
#include "daemon/base/clean.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* A path (PATH_MAX), a message and a line, each cut, with up to six bytes for one. */
#define RENDERED_MAX_B 65536

enum grade { GRADE_BAD, GRADE_NOTE, N_GRADES };

struct problem {
	enum grade grade;
	size_t file; /* index in problems.files */
	size_t line;
	size_t column;
	size_t order; /* of being added */
	char *text;   /* all that is printed, with the last newline */
};

struct problems {
	struct problem *items;
	size_t count;
	char **files;
	size_t n_files;
	size_t added[N_GRADES]; /* all that came, kept or not */
	size_t kept[N_GRADES];
	bool out_of_memory;
};

struct problems *problems_new(void)
{
	return calloc(1, sizeof(struct problems));
}

struct problems *problems_free(struct problems *problems)
{
	if (!problems)
		return NULL;
	for (size_t i = 0; i < problems->count; i++)
		free(problems->items[i].text);
	for (size_t i = 0; i < problems->n_files; i++)
		free(problems->files[i]);
	free(problems->items);
	free(problems->files);
	free(problems);
	return NULL;
}

/* The line of @place, without its end; false: the source has no such line. */
static bool find_line(const struct place *place, const char **ret, size_t *ret_len)
{
	const char *at = place->source;
	const char *end = place->source + place->source_len;
	for (size_t line = 1; line < place->line; line++) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (!at)
			return false;
		at++;
	}
	const char *stop = memchr(at, '\n', (size_t)(end - at));
	if (!stop)
		stop = end;
	if (stop > at && stop[-1] == '\r')
		stop--;
	*ret = at;
	*ret_len = (size_t)(stop - at);
	return true;
}

/* The byte behind the first @count characters of @line, or behind all of it when it has fewer.
 * *@ret_count: how many there were. */
static size_t skip(const char *line, size_t len, size_t count, size_t *ret_count)
{
	size_t at = 0;
	size_t done = 0;
	for (; done < count && at < len; done++) {
		uint32_t ignored;
		at += text_decode(line + at, len - at, &ignored);
	}
	*ret_count = done;
	return at;
}

/* Append the character at @text to @shown, and to @under what puts the caret behind it. */
static int show_character(
	struct buf *shown, struct buf *under, const char *text, size_t len, size_t *ret_step)
{
	uint32_t c;
	*ret_step = text_decode(text, len, &c);
	if (c == '\t') {
		int r = buf_addc(shown, '\t');
		return r != 0 || !under ? r : buf_addc(under, '\t');
	}
	size_t before = shown->len;
	int r = text_clean(shown, text, *ret_step);
	if (r != 0 || !under)
		return r;
	/* What text_clean() escaped is as wide as its bytes. */
	bool escaped = c != '\\' && shown->data[before] == '\\';
	int width = escaped ? (int)(shown->len - before) : utf8proc_charwidth((int)c);
	return buf_addf(under, "%*s", width, "");
}

/* Append the line that @place is in and a line with a caret under its column.  Of a long line only
 * the surroundings are shown. */
static int add_line(struct buf *out, const struct place *place)
{
	const char *there;
	size_t len;
	if (!place->source || place->line == 0 || !find_line(place, &there, &len))
		return 0;
	CLEAN(clean_free) char *line = malloc(len + 1);
	if (!line)
		return -ENOMEM;
	memcpy(line, there, len);
	mask_secrets(line, len);
	CLEAN(buf_release) struct buf under = BUF_INIT((size_t)8 * LIMIT_SHOWN_LINE);
	const size_t lead = LIMIT_SHOWN_LINE / 2;
	size_t before; /* characters left of the caret */
	size_t ignored;
	size_t caret = skip(line, len, place->column > 0 ? place->column - 1 : 0, &before);
	size_t shown; /* all of a line that is not long */
	(void)skip(line, len, LIMIT_SHOWN_LINE + 1, &shown);
	size_t hidden = shown > LIMIT_SHOWN_LINE && before > lead ? before - lead : 0;
	size_t from = skip(line, len, hidden, &ignored);
	size_t to = from + skip(line + from, len - from, LIMIT_SHOWN_LINE, &ignored);
	int r = 0;
	if (from > 0) {
		r = buf_adds(out, "…");
		if (r == 0)
			r = buf_addc(&under, ' ');
	}
	size_t step;
	for (size_t at = from; r == 0 && at < to; at += step)
		r = show_character(out, at < caret ? &under : NULL, line + at, len - at, &step);
	if (r == 0)
		r = buf_addf(out, "%s\n%s^\n", to < len ? "…" : "", buf_str(&under));
	return r;
}

static int add_message(struct buf *out, const char *format, va_list args)
{
	CLEAN(clean_free) char *message = NULL;
	int len = vasprintf(&message, format, args);
	if (len < 0) {
		message = NULL;
		return -ENOMEM;
	}
	mask_secrets(message, (size_t)len);
	return text_clean(out, message, text_cut(message, (size_t)len, LIMIT_MESSAGE_B));
}

static int render(struct buf *out, const struct place *place, enum grade grade, const char *format,
	va_list args)
{
	int r = 0;
	if (place->file)
		r = text_clean(out, place->file, strlen(place->file));
	if (r == 0 && place->file && place->line > 0)
		r = buf_addf(out, ":%zu:%zu", place->line, place->column);
	if (r == 0 && place->file)
		r = buf_adds(out, ": ");
	if (r == 0 && grade == GRADE_NOTE)
		r = buf_adds(out, "note: ");
	if (r == 0)
		r = add_message(out, format, args);
	if (r == 0)
		r = buf_addc(out, '\n');
	return r == 0 ? add_line(out, place) : r;
}

static int file_index(struct problems *problems, const char *file, size_t *ret)
{
	if (!file)
		file = "";
	for (size_t i = problems->n_files; i > 0; i--) { /* mostly the last one again */
		if (strcmp(problems->files[i - 1], file) == 0) {
			*ret = i - 1;
			return 0;
		}
	}
	char **grown = realloc(problems->files, (problems->n_files + 1) * sizeof *grown);
	if (!grown)
		return -ENOMEM;
	problems->files = grown;
	char *copy = strdup(file);
	if (!copy)
		return -ENOMEM;
	grown[problems->n_files] = copy;
	*ret = problems->n_files++;
	return 0;
}

/* Take over the text of @rendered. */
static int keep(struct problems *problems, const struct place *place, enum grade grade,
	struct buf *rendered)
{
	size_t file;
	int r = file_index(problems, place->file, &file);
	if (r < 0)
		return r;
	struct problem *grown = realloc(problems->items, (problems->count + 1) * sizeof *grown);
	if (!grown)
		return -ENOMEM;
	problems->items = grown;
	grown[problems->count] = (struct problem){
		.grade = grade,
		.file = file,
		.line = place->line,
		.column = place->column,
		.order = problems->count,
		.text = rendered->data,
	};
	rendered->data = NULL;
	problems->count++;
	problems->kept[grade]++;
	return 0;
}

static void add(struct problems *problems, const struct place *place, enum grade grade,
	const char *format, va_list args)
{
	problems->added[grade]++;
	if (problems->kept[grade] >= LIMIT_PROBLEMS)
		return;
	CLEAN(buf_release) struct buf rendered = BUF_INIT(RENDERED_MAX_B);
	int r = render(&rendered, place, grade, format, args);
	if (r == 0)
		r = keep(problems, place, grade, &rendered);
	if (r != 0)
		problems->out_of_memory = true;
}

void problems_add(struct problems *problems, const struct place *place, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(problems, place, GRADE_BAD, format, args);
	va_end(args);
}

void problems_note(struct problems *problems, const struct place *place, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	add(problems, place, GRADE_NOTE, format, args);
	va_end(args);
}

size_t problems_count(const struct problems *problems)
{
	return problems->added[GRADE_BAD];
}

size_t problems_notes(const struct problems *problems)
{
	return problems->added[GRADE_NOTE];
}

static int compare(const void *a_, const void *b_, void *items_)
{
	const struct problem *items = items_;
	const struct problem *a = &items[*(const size_t *)a_];
	const struct problem *b = &items[*(const size_t *)b_];
	const size_t of_a[] = {a->grade, a->file, a->line, a->column, a->order};
	const size_t of_b[] = {b->grade, b->file, b->line, b->column, b->order};
	for (size_t i = 0; i < sizeof of_a / sizeof of_a[0]; i++) {
		if (of_a[i] != of_b[i])
			return of_a[i] < of_b[i] ? -1 : 1;
	}
	return 0;
}

static void print_rest(
	const struct problems *problems, enum grade grade, const char *word, FILE *out)
{
	size_t rest = problems->added[grade] - problems->kept[grade];
	if (rest > 0)
		fprintf(out, "and %zu more %s%s\n", rest, word, rest == 1 ? "" : "s");
}

void problems_print(const struct problems *problems, FILE *out)
{
	size_t *sorted = calloc(problems->count + 1, sizeof *sorted);
	for (size_t i = 0; sorted && i < problems->count; i++)
		sorted[i] = i;
	if (sorted)
		qsort_r(sorted, problems->count, sizeof *sorted, compare, problems->items);
	for (size_t i = 0; i < problems->count; i++) /* without memory: as they came */
		fputs(problems->items[sorted ? sorted[i] : i].text, out);
	free(sorted);
	print_rest(problems, GRADE_BAD, "problem", out);
	print_rest(problems, GRADE_NOTE, "note", out);
	if (problems->out_of_memory)
		fputs("out of memory: not every problem is told\n", out);
}
