#include "daemon/base/buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_release(struct buf *buf)
{
	free(buf->data);
	buf->data = NULL;
	buf->len = buf->cap = 0;
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	if (buf->data)
		buf->data[0] = '\0';
}

static int buf_reserve(struct buf *buf, size_t more)
{
	if (more > buf->max - buf->len)
		return BUF_E_FULL;
	size_t need = buf->len + more + 1; /* the NUL is not counted in max */
	if (need <= buf->cap)
		return 0;
	size_t cap = buf->cap ? buf->cap : 256;
	while (cap < need)
		cap += cap / 2 + 1;
	if (cap > buf->max + 1)
		cap = buf->max + 1;
	char *data = realloc(buf->data, cap);
	if (!data)
		return -ENOMEM;
	buf->data = data;
	buf->cap = cap;
	return 0;
}

int buf_add(struct buf *buf, const void *bytes, size_t len)
{
	int r = buf_reserve(buf, len);
	if (r != 0)
		return r;
	if (len > 0)
		memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
	return 0;
}

int buf_adds(struct buf *buf, const char *string)
{
	return buf_add(buf, string, strlen(string));
}

int buf_addc(struct buf *buf, char byte)
{
	return buf_add(buf, &byte, 1);
}

int buf_addf(struct buf *buf, const char *format, ...)
{
	va_list args;
	va_list again;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	int r = len < 0 ? -EINVAL : buf_reserve(buf, (size_t)len);
	if (r == 0) {
		(void)vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
	return r;
}

const char *buf_str(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

int buf_add_number(struct buf *buf, int64_t number)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%" PRId64, number);
	int r = 0;
	for (int i = 0; r == 0 && i < len; i++) {
		if (i > 0 && digits[i - 1] != '-' && (len - i) % 3 == 0)
			r = buf_addc(buf, ',');
		if (r == 0)
			r = buf_addc(buf, digits[i]);
	}
	return r;
}
