#define PCRE2_CODE_UNIT_WIDTH 8

#include "patterns/regex.h"

#include "daemon/base/limits.h"

#include <pcre2.h>
#include <stdlib.h>

/* The steps of LIMIT_MATCH_STEPS are for a text up to here; PCRE2 counts them from each place that
 * a match could begin at, so a longer text gets fewer of them for each. */
#define FULL_STEPS_B 1024
/* What the least demanding gap (".{0,60}") between two words takes, many times over. */
#define STEPS_MIN 2000

struct matcher {
	pcre2_match_data *data;
	pcre2_match_context *limits;
	uint32_t options; /* PCRE2_ANCHORED while a match is asked for at one place */
};

/* struct regex is PCRE2's own code, under our name. */
static const pcre2_code *code_of(const struct regex *regex)
{
	return (const pcre2_code *)(const void *)regex;
}

static uint32_t options_of(unsigned flags)
{
	uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C;
	options |= flags & REGEX_CASED ? 0 : PCRE2_CASELESS;
	options |= flags & REGEX_MULTILINE ? PCRE2_MULTILINE : 0;
	options |= flags & REGEX_EXTENDED ? PCRE2_EXTENDED : 0;
	options |= flags & REGEX_DOTALL ? PCRE2_DOTALL : 0;
	return options;
}

int regex_compile(
	const char *pattern, unsigned flags, struct regex **ret, struct buf *reterr, size_t *ret_at)
{
	int error;
	PCRE2_SIZE at;
	pcre2_code *code = pcre2_compile(
		(PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options_of(flags), &error, &at, NULL);
	if (code) {
		*ret = (struct regex *)(void *)code;
		return 0;
	}
	if (error == PCRE2_ERROR_NOMEMORY || error == PCRE2_ERROR_HEAP_FAILED)
		return -ENOMEM;
	PCRE2_UCHAR message[256]; /* as long as pcre2api(3) asks for */
	(void)pcre2_get_error_message(error, message, sizeof message);
	*ret_at = at;
	int r = buf_adds(reterr, (const char *)message);
	return r < 0 ? r : REGEX_E_SYNTAX;
}

struct regex *regex_free(struct regex *regex)
{
	pcre2_code_free((pcre2_code *)(void *)regex);
	return NULL;
}

int matcher_new(struct matcher **ret)
{
	struct matcher *matcher = calloc(1, sizeof *matcher);
	if (!matcher)
		return -ENOMEM;
	matcher->data = pcre2_match_data_create(1, NULL); /* the whole match is all we ask for */
	matcher->limits = pcre2_match_context_create(NULL);
	if (!matcher->data || !matcher->limits) {
		matcher_free(matcher);
		return -ENOMEM;
	}
	(void)pcre2_set_depth_limit(matcher->limits, LIMIT_MATCH_DEPTH); /* always 0, pcre2api(3) */
	(void)pcre2_set_heap_limit(matcher->limits, LIMIT_MATCH_HEAP_KIB);
	matcher_fit(matcher, 0);
	*ret = matcher;
	return 0;
}

struct matcher *matcher_free(struct matcher *matcher)
{
	if (!matcher)
		return NULL;
	pcre2_match_data_free(matcher->data);
	pcre2_match_context_free(matcher->limits);
	free(matcher);
	return NULL;
}

void matcher_fit(struct matcher *matcher, size_t len)
{
	uint32_t steps = LIMIT_MATCH_STEPS;
	if (len > FULL_STEPS_B)
		steps = (uint32_t)((uint64_t)LIMIT_MATCH_STEPS * FULL_STEPS_B / len);
	(void)pcre2_set_match_limit(matcher->limits, steps < STEPS_MIN ? STEPS_MIN : steps);
}

int regex_find(const struct regex *regex, struct matcher *matcher, const char *text, size_t len,
	size_t from, struct span *ret)
{
	int r = pcre2_match(code_of(regex), (PCRE2_SPTR)text, len, from,
		PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY | matcher->options, matcher->data,
		matcher->limits);
	switch (r) {
	case PCRE2_ERROR_NOMATCH:
		return REGEX_E_NONE;
	case PCRE2_ERROR_NOMEMORY:
		return -ENOMEM;
	default:
		break;
	}
	if (r < 0)
		return REGEX_E_LIMIT; /* of steps, depth or heap; whatever else it is, it is no
					 answer */
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(matcher->data);
	/* \K in a lookahead can set the start behind the end, and lookbehind must not go back. */
	if (at[1] <= at[0] || at[0] < from)
		return REGEX_E_NONE;
	*ret = (struct span){at[0], at[1]};
	return 0;
}

int regex_match_at(const struct regex *regex, struct matcher *matcher, const char *text, size_t len,
	size_t at, struct span *ret)
{
	matcher->options = PCRE2_ANCHORED;
	int r = regex_find(regex, matcher, text, len, at, ret);
	matcher->options = 0;
	return r;
}
