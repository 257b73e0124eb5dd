/* An expression in the first line and a text: what PCRE2 matches, the prefilter let pass. */
#include "daemon/base/limits.h"
#include "patterns/set.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

struct views_of {
	const struct view *plain;
	const struct view *own; /* what the expression reads */
};

static void agree(
	const struct regex *regex, const struct literals *literals, const struct views_of *views)
{
	struct prefilter *prefilter;
	struct sieve sieve;
	struct matcher *matcher;
	struct span at;
	MUST(prefilter_new(literals, 1, &prefilter) == 0);
	MUST(sieve_init(&sieve, prefilter) == 0);
	MUST(matcher_new(&matcher) == 0);
	matcher_fit(matcher, views->own->len);
	int r = regex_find(regex, matcher, views->own->text, views->own->len, 0, &at);
	MUST(r == 0 || r == REGEX_E_NONE || r == REGEX_E_LIMIT);
	MUST(sieve_pass(&sieve, views->plain->text, views->plain->len) == 0);
	if (r == 0) {
		MUST(at.start < at.end && at.end <= views->own->len);
		MUST(sieve_named(&sieve, 0));
	}
	matcher_free(matcher);
	sieve_release(&sieve);
	prefilter_free(prefilter);
}

static void look(const char *pattern, unsigned flags, const struct views_of *views)
{
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct regex *regex = NULL;
	struct literals literals;
	struct buf why = BUF_INIT(LIMIT_MESSAGE_B);
	size_t at;
	MUST(arena);
	int r = regex_compile(pattern, flags, &regex, &why, &at);
	if (r == 0) {
		r = literals_read(pattern, flags & REGEX_EXTENDED, arena, &literals);
		MUST(r == 0 || r == -ENOMEM);
		if (r == 0)
			agree(regex, &literals, views);
	} else {
		MUST(r == REGEX_E_SYNTAX && why.len > 0 && at <= strlen(pattern));
	}
	buf_release(&why);
	regex_free(regex);
	arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct views_options options;
	static struct views *views;
	struct input input = input_of(data, size);
	unsigned flags = input_byte(&input) & 0xf;
	char *line = input_line(&input);
	struct input line_input = {line, strlen(line)};
	struct views_of of;
	size_t len;
	char *pattern = input_text(&line_input, 4096, &len);
	char *text = input_text(&input, 4096, &len);
	if (!views)
		MUST(views_new(&options, &views) == 0);
	MUST(views_take(views, text, len, false) == 0);
	MUST(views_get(views, VIEW_PLAIN, &of.plain) == 0);
	MUST(views_get(views, flags & REGEX_CASED ? VIEW_CASED : VIEW_PLAIN, &of.own) == 0);
	look(pattern, flags, &of);
	free(text);
	free(pattern);
	free(line);
	return 0;
}
