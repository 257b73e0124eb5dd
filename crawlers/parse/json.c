#include "crawlers/parse/json.h"

#include "crawlers/parse/date.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE_LEN 6 /* \uXXXX */

/* The value of the \uXXXX at @at; -1: it is none. */
static long escape_value(const char *at, const char *end)
{
	if (end - at < ESCAPE_LEN || at[0] != '\\' || at[1] != 'u')
		return -1;
	char hex[5] = {at[2], at[3], at[4], at[5], '\0'};
	if (strspn(hex, "0123456789abcdefABCDEF") != 4)
		return -1;
	return strtol(hex, NULL, 16);
}

/* Mend the escape at @at, which is in a string.  Returns how many bytes it and its second half
 * have. */
static size_t mend_escape(char *at, const char *end)
{
	static const char replacement[ESCAPE_LEN] = {'\\', 'u', 'f', 'f', 'f', 'd'};
	long value = escape_value(at, end);
	if (value < 0)
		return end - at < 2 ? 1 : 2;
	if (value >= 0xD800 && value <= 0xDBFF) {
		long low = escape_value(at + ESCAPE_LEN, end);
		if (low >= 0xDC00 && low <= 0xDFFF)
			return sizeof replacement * 2;
	}
	if (value == 0 || (value >= 0xD800 && value <= 0xDFFF))
		memcpy(at, replacement, sizeof replacement);
	return ESCAPE_LEN;
}

/* Walk over a string from behind its opening quote to behind its closing one. */
static char *mend_string(char *at, const char *end)
{
	while (at < end) {
		if (*at == '"')
			return at + 1;
		at += *at == '\\' ? mend_escape(at, end) : 1;
	}
	return at;
}

/* One pass over the text: escapes are mended in place, nesting is counted. */
static int mend(char *at, const char *end)
{
	size_t depth = 0;
	while (at < end) {
		char c = *at++;
		if (c == '"')
			at = mend_string(at, end);
		else if ((c == '[' || c == '{') && ++depth > LIMIT_JSON_DEPTH)
			return JSON_E_DEEP;
		else if ((c == ']' || c == '}') && depth > 0)
			depth--;
	}
	return 0;
}

static int load(const struct buf *text, json_t **ret)
{
	/* A value that is no array or object is JSON as well (RFC 8259 §2): some APIs answer
	 * `null`. */
	size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
	json_error_t error;
	json_t *root = json_loadb(buf_str(text), text->len, flags, &error);
	if (!root && json_error_code(&error) == json_error_numeric_overflow)
		root = json_loadb(
			buf_str(text), text->len, flags | JSON_DECODE_INT_AS_REAL, &error);
	if (root) {
		*ret = root;
		return 0;
	}
	switch (json_error_code(&error)) {
	case json_error_out_of_memory:
		return -ENOMEM;
	case json_error_premature_end_of_input:
		return JSON_E_CUT;
	default:
		return JSON_E_BAD;
	}
}

int json_read(const void *bytes, size_t len, json_t **ret)
{
	const char *text = bytes;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	/* A malformed byte becomes three. */
	struct buf copy = BUF_INIT(len * 3);
	int r = text_repair(&copy, text, len);
	if (r == 0 && copy.len > 0)
		r = mend(copy.data, copy.data + copy.len);
	if (r == 0)
		r = copy.len > 0 ? load(&copy, ret) : JSON_E_CUT;
	buf_release(&copy);
	return r;
}

const char *json_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

const char *json_words(const json_t *object, const char *key)
{
	const char *text = json_text(object, key);
	return text && *text ? text : NULL;
}

int64_t json_int64(const json_t *object, const char *key, int64_t fallback)
{
	const json_t *value = json_object_get(object, key);
	if (json_is_integer(value))
		return json_integer_value(value);
	if (json_is_real(value)) {
		double real = json_real_value(value);
		const double end =
			-(double)INT64_MIN; /* 2^63: from there on the conversion is undefined */
		return real >= -end && real < end ? (int64_t)real : fallback;
	}
	const char *digits = json_string_value(value);
	if (!digits || *digits == '\0' || strspn(digits, "0123456789") != strlen(digits))
		return fallback;
	errno = 0;
	long long number = strtoll(digits, NULL, 10);
	return errno == 0 ? number : fallback;
}

bool json_flag(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

const json_t *json_object_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_object(value) ? value : NULL;
}

const json_t *json_array_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_array(value) ? value : NULL;
}

const json_t *json_path(const json_t *root, const char *path)
{
	const json_t *at = root;
	while (at && *path) {
		size_t len = strcspn(path, ".");
		if (json_is_array(at))
			at = strspn(path, "0123456789") == len
				     ? json_array_get(at, strtoul(path, NULL, 10))
				     : NULL;
		else
			at = json_object_getn(at, path, len);
		path += len + (path[len] == '.');
	}
	return at;
}

int64_t json_date(const json_t *object, const char *key)
{
	int64_t seconds;
	const char *text = json_text(object, key);
	if (text)
		return date_parse(text, &seconds) ? seconds : 0;
	/* The years 1 to 9999, as date_parse() has them. */
	seconds = json_int64(object, key, 0);
	return seconds < INT64_C(-62135596800) || seconds > INT64_C(253402300799) ? 0 : seconds;
}

int json_id(struct arena *arena, const json_t *object, const char *key, const char **ret)
{
	const json_t *value = json_object_get(object, key);
	char number[sizeof "-9223372036854775808"];
	const char *id = json_string_value(value);
	if (json_is_integer(value)) {
		(void)snprintf(
			number, sizeof number, "%" PRId64, (int64_t)json_integer_value(value));
		id = number;
	}
	if (!id || *id == '\0') {
		*ret = NULL;
		return 0;
	}
	id = arena_strdup(arena, id);
	if (!id)
		return -ENOMEM;
	*ret = id;
	return 0;
}
