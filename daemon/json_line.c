#include "daemon/json_line.h"

#include "daemon/base/buf.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What main writes is made of what a reader's answer may hold: below this. */
#define LINE_B ((size_t)256 * 1024 * 1024)

struct line {
	struct buf text;
	bool lost; /* a part of it */
};

static int take(const char *part, size_t len, void *userdata)
{
	struct line *line = userdata;
	line->lost |= buf_add(&line->text, part, len) != 0;
	return line->lost ? -1 : 0;
}

char *json_line(const json_t *json)
{
	struct line line = {.text = BUF_INIT(LINE_B)};
	const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(8) | JSON_ENCODE_ANY;
	int r = json_dump_callback(json, take, &line, flags);
	char *text = r == 0 && !line.lost ? strdup(buf_str(&line.text)) : NULL;
	buf_release(&line.text);
	return text;
}

int json_line_print(const json_t *json, FILE *out)
{
	char *line = json_line(json);
	if (!line)
		return -ENOMEM;
	int r = fputs(line, out) == EOF || fputc('\n', out) == EOF ? -EIO : 0;
	free(line);
	return r;
}
