#include "patterns/lint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* PCRE2's own limit of parentheses. */
#define DEPTH_MAX 250

/* A branch of a group, while it is read. */
struct branch {
	size_t needed;  /* elements that it can not do without */
	size_t endless; /* elements that may repeat without end */
	bool bad;       /* an earlier branch is nothing but a repetition */
	bool silent;    /* lookaround: takes no text */
};

/* A branch whose only needed element repeats without end can be cut up in many ways, and so can one
 * that needs nothing but may repeat. */
static bool only_repeats(const struct branch *branch)
{
	return branch->endless > 0 && branch->needed <= 1 && branch->endless >= branch->needed;
}

/* The bytes of the element at @at that is no parenthesis. */
static size_t element_len(const char *at)
{
	size_t len = 1;
	if (*at == '\\' && at[1]) {
		len = 2;
		if (strchr("pPxgkNo", at[1]) && at[2] == '{' && strchr(at, '}'))
			len = (size_t)(strchr(at, '}') - at) + 1;
		return len;
	}
	if (*at != '[')
		return len;
	len += at[len] == '^';
	len += at[len] == ']';
	while (at[len] && at[len] != ']') {
		const char *close =
			at[len] == '[' && at[len + 1] == ':' ? strstr(at + len, ":]") : NULL;
		len = close ? (size_t)(close - at) + 2
			    : len + (at[len] == '\\' && at[len + 1] ? 2 : 1);
	}
	return len + (at[len] == ']');
}

struct bounds {
	bool optional;
	bool endless;
};

static size_t quantifier_len(const char *at, struct bounds *ret)
{
	*ret = (struct bounds){.optional = false};
	size_t len = 0;
	if (*at == '{' && at[1] >= '0' && at[1] <= '9' && strchr(at, '}')) {
		ret->optional = strtoul(at + 1, NULL, 10) == 0;
		len = (size_t)(strchr(at, '}') - at) + 1;
		ret->endless = at[len - 2] == ',';
	} else if (*at == '*' || *at == '+' || *at == '?') {
		ret->optional = *at != '+';
		ret->endless = *at != '?';
		len = 1;
	}
	if (len > 0 && at[len] == '+')
		ret->endless = false; /* possessive: never given back */
	return len + (len > 0 && (at[len] == '?' || at[len] == '+'));
}

static void count_element(struct branch *branch, const struct bounds *bounds)
{
	branch->needed += !bounds->optional;
	branch->endless += bounds->endless;
}

static bool zero_width(const char *at)
{
	return *at == '^' || *at == '$' || (*at == '\\' && at[1] && strchr("bBAZzGK", at[1]));
}

/* Behind "(": skip its head; true for what takes no text or is never given back. */
static const char *group_head(const char *at, bool *ret_silent)
{
	*ret_silent = false;
	if (*at != '?')
		return at;
	*ret_silent = at[1] == '=' || at[1] == '!' || at[1] == '>' ||
		      (at[1] == '<' && (at[2] == '=' || at[2] == '!'));
	at++;
	while (*at && !strchr(":=!>|)'", *at))
		at++;
	return *at && *at != ')' ? at + 1 : at;
}

/* At ")": the group becomes an element of the one around it.  True: it repeats a repetition. */
static bool close_group(struct branch *stack, size_t depth, const struct bounds *bounds)
{
	struct branch *inner = &stack[depth];
	bool nested = inner->bad || only_repeats(inner);
	struct bounds outer = *bounds;
	outer.endless |= nested && !inner->silent;
	if (!inner->silent)
		count_element(&stack[depth - 1], &outer);
	return nested && bounds->endless && !inner->silent;
}

const char *lint_pattern(const char *pattern)
{
	struct branch stack[DEPTH_MAX + 1] = {{.needed = 0}};
	size_t depth = 0;
	struct bounds bounds;
	for (const char *at = pattern; *at;) {
		if (*at == '(' && depth < DEPTH_MAX) {
			bool silent;
			at = group_head(at + 1, &silent);
			stack[++depth] = (struct branch){.silent = silent};
		} else if (*at == ')' && depth > 0) {
			at += 1 + quantifier_len(at + 1, &bounds);
			if (close_group(stack, depth--, &bounds))
				return "a repeated group that only repeats, like (a+)+: it can "
				       "take "
				       "for ever to find that a text does not match";
		} else if (*at == '|') {
			stack[depth].bad |= only_repeats(&stack[depth]);
			stack[depth].needed = stack[depth].endless = 0;
			at++;
		} else {
			bool counts = !zero_width(at);
			at += element_len(at);
			at += quantifier_len(at, &bounds);
			if (counts)
				count_element(&stack[depth], &bounds);
		}
	}
	return NULL;
}
