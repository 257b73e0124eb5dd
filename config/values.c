#include "config/values.h"

#include "config/address.h"
#include "config/date.h"
#include "config/duration.h"
#include "config/problems.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* ---- what is wrong ---- */

static const char *const wanted[] = {
	[VALUE_STRING] = "text",
	[VALUE_BOOL] = "true or false",
	[VALUE_INT] = "a whole number",
	[VALUE_REAL] = "a number",
	[VALUE_DURATION] = "a time such as 90s, 15m, 6h, 2d or 1h30m",
	[VALUE_SEVERITY] = "info, low, medium, high or critical",
	[VALUE_URL] = "a URL such as https://ada.example/",
	[VALUE_DATE] = "a date: 2021, 2021-04 or 2021-04-30, from 1900 on",
	[VALUE_STRINGS] = "a list of texts",
	[VALUE_MAP] = "a map of keys",
	[VALUE_CUSTOM] = "",
	[VALUE_KEPT] = "",
};

static const char *type_name(struct yaml node)
{
	return yaml_type(node) == YAML_TYPE_LIST ? "a list" : "a map";
}

/* The scalar that @node has to be; NULL, with a problem, when it is none or blank. */
static const char *scalar(struct walk *walk, const struct key *key, struct yaml node)
{
	const char *text = yaml_text(node);
	if (!text)
		walk_problem(walk, node, "\"%s\" must be %s, not %s", key->name, wanted[key->type],
			type_name(node));
	else if (text[strspn(text, " \t\n")] == '\0')
		walk_problem(
			walk, node, "\"%s\" is empty: it takes %s", key->name, wanted[key->type]);
	else
		return text;
	return NULL;
}

static void tell_unwanted(
	struct walk *walk, const struct key *key, struct yaml node, const char *text)
{
	walk_problem(walk, node, "\"%s\" must be %s, not \"%.*s\"", key->name, wanted[key->type],
		SHOWN(text));
}

/* One end of a range, as the person would write it. */
static void format_bound(const struct key *key, double bound, char out[DURATION_CHARS])
{
	if (key->type == VALUE_DURATION)
		duration_format((int64_t)bound, out);
	else
		(void)snprintf(out, DURATION_CHARS, "%.15g", bound);
}

static bool in_range(struct walk *walk, const struct key *key, struct yaml node, double value)
{
	if ((key->min == 0 && key->max == 0) || (value >= key->min && value <= key->max))
		return true;
	char least[DURATION_CHARS];
	char most[DURATION_CHARS];
	if (isinf(key->max)) {
		format_bound(key, key->min, least);
		walk_problem(walk, node, "\"%s\" must be at least %s", key->name, least);
	} else {
		format_bound(key, key->min, least);
		format_bound(key, key->max, most);
		walk_problem(walk, node, "\"%s\" must be from %s to %s", key->name, least, most);
	}
	return false;
}

/* ---- a reader for each type ---- */

static int read_string(struct walk *walk, const struct key *key, struct yaml node, void *into)
{
	const char *text = scalar(walk, key, node);
	if (!text)
		return 0;
	const char *copy = arena_strdup(walk->arena, text);
	if (!copy)
		return -ENOMEM;
	*(const char **)into = copy;
	return 0;
}

static int read_bool(struct walk *walk, const struct key *key, struct yaml node, void *into)
{
	static const char *const names[] = {"false", "true", "no", "yes", "off", "on"};
	const char *text = scalar(walk, key, node);
	if (!text)
		return 0;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcasecmp(text, names[i]) == 0) {
			*(bool *)into = i % 2 == 1;
			return 0;
		}
	}
	tell_unwanted(walk, key, node, text);
	return 0;
}

static int read_int(struct walk *walk, const struct key *key, struct yaml node, void *into)
{
	const char *text = scalar(walk, key, node);
	if (!text)
		return 0;
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	bool number = strspn(text, "-0123456789") == strlen(text) && end > text && *end == '\0';
	if (!number || errno == ERANGE)
		tell_unwanted(walk, key, node, text);
	else if (in_range(walk, key, node, (double)value))
		*(int64_t *)into = value;
	return 0;
}

/* strtod() without the locale's decimal comma, without "inf", "nan" and hexadecimal. */
static bool parse_real(const char *text, double *ret)
{
	if (strspn(text, "+-.0123456789eE") != strlen(text))
		return false;
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!c)
		return false;
	char *end;
	*ret = strtod_l(text, &end, c);
	freelocale(c);
	return end > text && *end == '\0' && isfinite(*ret);
}

static int read_real(struct walk *walk, const struct key *key, struct yaml node, void *into)
{
	const char *text = scalar(walk, key, node);
	double value;
	if (!text)
		return 0;
	if (!parse_real(text, &value))
		tell_unwanted(walk, key, node, text);
	else if (in_range(walk, key, node, value))
		*(double *)into = value;
	return 0;
}

static int read_duration(struct walk *walk, const struct key *key, struct yaml node, void *into)
{
	const char *text = scalar(walk, key, node);
	int64_t value;
	if (!text)
		return 0;
	if (!duration_parse(text, &value))
		tell_unwanted(walk, key, node, text);
	else if (in_range(walk, key, node, (double)value))
		*(int64_t *)into = value;
	return 0;
}

bool walk_severity(struct walk *walk, struct yaml node, enum severity *ret)
{
	const char *names[SEVERITY_COUNT];
	size_t count = 0;
	for (int s = SEVERITY_INFO; s < SEVERITY_COUNT; s++)
		names[count++] = severity_name((enum severity)s);
	const char *text = walk_scalar(walk, node, "a severity");
	if (!text)
		return false;
	if (severity_parse(text, ret) && *ret != SEVERITY_NONE)
		return true;
	const char *near = nearest_word(text, names, count);
	if (near)
		walk_problem(walk, node, "unknown severity \"%.*s\", did you mean \"%s\"?",
			SHOWN(text), near);
	else
		walk_problem(walk, node, "unknown severity \"%.*s\": there are %s", SHOWN(text),
			wanted[VALUE_SEVERITY]);
	return false;
}

static int read_severity(struct walk *walk, const struct key *key, struct yaml node, void *into)
{
	(void)key;
	enum severity severity;
	if (walk_severity(walk, node, &severity))
		*(enum severity *)into = severity;
	return 0;
}

static int read_url(struct walk *walk, const struct key *key, struct yaml node, void *into)
{
	const char *text = scalar(walk, key, node);
	const char *url;
	const char *why;
	if (!text)
		return 0;
	int r = address_url(walk->arena, text, &url, &why);
	if (r < 0)
		return r;
	if (r == 0)
		*(const char **)into = url;
	else
		walk_problem(walk, node, "%s", why);
	return 0;
}

static int read_date(struct walk *walk, const struct key *key, struct yaml node, void *into)
{
	const char *text = scalar(walk, key, node);
	if (!text)
		return 0;
	if (date_valid(text))
		return read_string(walk, key, node, into);
	tell_unwanted(walk, key, node, text);
	return 0;
}

static int read_strings(struct walk *walk, const struct key *key, struct yaml node, void *into)
{
	(void)key;
	return walk_strings(walk, node, into);
}

static int read_map(struct walk *walk, const struct key *key, struct yaml node, void *into)
{
	return walk_map(walk, node, key->table->keys, key->table->count, into);
}

static int read_custom(struct walk *walk, const struct key *key, struct yaml node, void *into)
{
	return key->read(walk, node, into);
}

static int read_kept(struct walk *walk, const struct key *key, struct yaml node, void *into)
{
	(void)walk, (void)key, (void)node, (void)into;
	return 0;
}

typedef int reader(struct walk *walk, const struct key *key, struct yaml node, void *into);

static reader *const readers[] = {
	[VALUE_STRING] = read_string,
	[VALUE_BOOL] = read_bool,
	[VALUE_INT] = read_int,
	[VALUE_REAL] = read_real,
	[VALUE_DURATION] = read_duration,
	[VALUE_SEVERITY] = read_severity,
	[VALUE_URL] = read_url,
	[VALUE_DATE] = read_date,
	[VALUE_STRINGS] = read_strings,
	[VALUE_MAP] = read_map,
	[VALUE_CUSTOM] = read_custom,
	[VALUE_KEPT] = read_kept,
};

int value_read(struct walk *walk, const struct key *key, struct yaml node, void *into)
{
	return readers[key->type](walk, key, node, into);
}
