#include "daemon/wire.h"

#include "daemon/base/text.h"

#include <math.h>
#include <string.h>

/* wire_write() and wire_read() call themselves for arrays and structs within: over our own
 * tables, which are three deep (reading, score, hit), whatever the bytes say. */

#define NO_STRING (-1)

static int write_number(struct buf *out, int64_t number)
{
	return buf_add(out, &number, sizeof number);
}

static int write_string(struct buf *out, const char *string, size_t len)
{
	int r = write_number(out, string ? (int64_t)len : NO_STRING);
	return r == 0 && string ? buf_add(out, string, len) : r;
}

static int write_array(struct buf *out, const struct field *field, const char *from)
{
	const char *items = *(const char *const *)(from + field->offset);
	size_t count = *(const size_t *)(from + field->length);
	int r = write_number(out, (int64_t)count);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = wire_write(out, field->layout, items + i * field->layout->size);
	return r;
}

static int write_field(struct buf *out, const struct field *field, const char *from)
{
	const void *at = from + field->offset;
	const char *string;
	size_t len;
	switch (field->type) {
	case FIELD_STRING:
	case FIELD_BYTES:
		string = *(const char *const *)at;
		len = string ? strlen(string) : 0;
		return write_string(
			out, string, field->cut ? text_cut(string, len, (size_t)field->max) : len);
	case FIELD_TEXT:
		return write_string(
			out, *(const char *const *)at, *(const size_t *)(from + field->length));
	case FIELD_BOOL:
		return write_number(out, *(const bool *)at);
	case FIELD_ENUM:
		return write_number(out, *(const unsigned *)at);
	case FIELD_INT:
		return write_number(out, *(const int *)at);
	case FIELD_INT64:
		return write_number(out, *(const int64_t *)at);
	case FIELD_SIZE:
		return write_number(out, (int64_t) * (const size_t *)at);
	case FIELD_REAL:
		return buf_add(out, at, sizeof(double));
	case FIELD_LAYOUT:
		return wire_write(out, field->layout, at);
	case FIELD_ARRAY:
		return write_array(out, field, from);
	}
	return -EINVAL;
}

int wire_write(struct buf *out, const struct layout *layout, const void *from)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < layout->n_fields; i++)
		r = write_field(out, &layout->fields[i], from);
	return r;
}

static bool take(struct cursor *in, void *into, size_t size)
{
	if (in->left < size)
		return false;
	memcpy(into, in->at, size);
	in->at += size;
	in->left -= size;
	return true;
}

static bool take_number(struct cursor *in, int64_t min, int64_t max, int64_t *ret)
{
	int64_t number;
	if (!take(in, &number, sizeof number) || number < min || number > max)
		return false;
	*ret = number;
	return true;
}

static bool take_real(struct cursor *in, const struct field *field, double *ret)
{
	double real;
	if (!take(in, &real, sizeof real) || !isfinite(real))
		return false;
	if (real < (double)field->min || real > (double)field->max)
		return false;
	*ret = real;
	return true;
}

static int read_string(struct cursor *in, const struct field *field, struct arena *arena,
	char **ret, size_t *ret_len)
{
	int64_t len;
	if (!take_number(in, field->required ? 0 : NO_STRING, field->max, &len))
		return WIRE_E_BAD;
	if (len == NO_STRING) {
		*ret = NULL;
		*ret_len = 0;
		return 0;
	}
	if ((size_t)len > in->left)
		return WIRE_E_BAD;
	bool fine = field->type == FIELD_BYTES ? !memchr(in->at, 0, (size_t)len)
					       : text_valid(in->at, (size_t)len);
	if (!fine)
		return WIRE_E_BAD;
	*ret = arena_copy(arena, in->at, (size_t)len);
	if (!*ret)
		return -ENOMEM;
	*ret_len = (size_t)len;
	in->at += len;
	in->left -= (size_t)len;
	return 0;
}

static int read_array(struct cursor *in, const struct field *field, struct arena *arena, char *into)
{
	int64_t count;
	/* An element is at least one number long: a count that the bytes can not hold allocates
	 * nothing. */
	if (!take_number(in, 0, field->max, &count) || (size_t)count > in->left / sizeof count)
		return WIRE_E_BAD;
	const size_t size = field->layout->size;
	char *items = count > 0 ? arena_array(arena, (size_t)count, size) : NULL;
	if (count > 0 && !items)
		return -ENOMEM;
	for (size_t i = 0; i < (size_t)count; i++) {
		int r = wire_read(in, field->layout, arena, items + i * size);
		if (r != 0)
			return r;
	}
	*(char **)(into + field->offset) = items;
	*(size_t *)(into + field->length) = (size_t)count;
	return 0;
}

static bool read_number(struct cursor *in, const struct field *field, void *at)
{
	int64_t number;
	if (!take_number(in, field->min, field->max, &number))
		return false;
	switch (field->type) {
	case FIELD_BOOL:
		*(bool *)at = number != 0;
		return true;
	case FIELD_ENUM:
		*(unsigned *)at = (unsigned)number;
		return true;
	case FIELD_INT:
		*(int *)at = (int)number;
		return true;
	case FIELD_SIZE:
		*(size_t *)at = (size_t)number;
		return true;
	default:
		*(int64_t *)at = number;
		return true;
	}
}

static int read_field(struct cursor *in, const struct field *field, struct arena *arena, char *into)
{
	void *at = into + field->offset;
	size_t len;
	switch (field->type) {
	case FIELD_STRING:
	case FIELD_BYTES:
		return read_string(in, field, arena, at, &len);
	case FIELD_TEXT:
		return read_string(in, field, arena, at, (size_t *)(into + field->length));
	case FIELD_REAL:
		return take_real(in, field, at) ? 0 : WIRE_E_BAD;
	case FIELD_LAYOUT:
		return wire_read(in, field->layout, arena, at);
	case FIELD_ARRAY:
		return read_array(in, field, arena, into);
	default:
		return read_number(in, field, at) ? 0 : WIRE_E_BAD;
	}
}

int wire_read(struct cursor *in, const struct layout *layout, struct arena *arena, void *into)
{
	for (size_t i = 0; i < layout->n_fields; i++) {
		int r = read_field(in, &layout->fields[i], arena, into);
		if (r == WIRE_E_BAD && !in->wrong)
			in->wrong = layout->fields[i].name;
		if (r != 0)
			return r;
	}
	return 0;
}
