#include "crawlers/parse/mf2_value.h"

#include "crawlers/net/url.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- text and addresses ---- */

int mf2_url_of(struct mf2_parser *parser, const char *url, const char **ret)
{
	int r = url_resolve(parser->arena, parser->base_url, url, ret);
	if (r <= 0)
		return r;
	*ret = arena_strdup(parser->arena, url); /* mailto:, tel: and the like */
	return *ret ? 0 : -ENOMEM;
}

int mf2_trim(struct mf2_parser *parser, const char *text, size_t len, const char **ret)
{
	while (len > 0 && isspace((unsigned char)text[0])) {
		text++;
		len--;
	}
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	*ret = arena_copy(parser->arena, text, len);
	return *ret ? 0 : -ENOMEM;
}

static int add_picture(
	struct mf2_parser *parser, const GumboNode *node, bool sources, struct buf *out)
{
	const char *alt = dom_attr(node, "alt");
	const char *src = sources ? dom_attr(node, "src") : NULL;
	if (alt)
		return buf_adds(out, alt);
	if (!src)
		return 0;
	const char *url;
	int r = mf2_url_of(parser, src, &url);
	return r != 0 ? r : buf_addf(out, " %s ", url);
}

static int add_text(struct mf2_parser *parser, const GumboNode *node, bool sources, struct buf *out)
{
	struct dom_walk walk = dom_walk(parser->dom, node);
	int r = 0;
	while (r == 0 && dom_step(&walk)) {
		const GumboNode *at = walk.at;
		if (at->type == GUMBO_NODE_TEXT || at->type == GUMBO_NODE_WHITESPACE ||
			at->type == GUMBO_NODE_CDATA)
			r = buf_adds(out, at->v.text.text);
		else if (!walk.leaving && dom_is(at, GUMBO_TAG_IMG))
			r = add_picture(parser, at, sources, out);
	}
	return r;
}

int mf2_text_of(struct mf2_parser *parser, const GumboNode *node, bool sources, const char **ret)
{
	struct buf text = BUF_INIT(LIMIT_POST_TEXT_B);
	int r = add_text(parser, node, sources, &text);
	if (r == BUF_E_FULL)
		r = 0; /* what fitted is what we keep of any text */
	if (r == 0)
		r = mf2_trim(parser, buf_str(&text), text.len, ret);
	buf_release(&text);
	return r;
}

int mf2_alt_of(struct mf2_parser *parser, const GumboNode *node, const char **ret)
{
	const char *alt = dom_is(node, GUMBO_TAG_IMG) ? dom_attr(node, "alt") : NULL;
	*ret = arena_strdup(parser->arena, alt);
	return alt && !*ret ? -ENOMEM : 0;
}

/* ---- attributes that hold a value ---- */

struct source {
	GumboTag tag;
	const char *attribute;
};

static const struct source text_sources[] = {
	{GUMBO_TAG_ABBR, "title"},
	{GUMBO_TAG_LINK, "title"},
	{GUMBO_TAG_DATA, "value"},
	{GUMBO_TAG_INPUT, "value"},
	{GUMBO_TAG_IMG, "alt"},
	{GUMBO_TAG_AREA, "alt"},
};

static const struct source url_sources[] = {
	{GUMBO_TAG_A, "href"},
	{GUMBO_TAG_AREA, "href"},
	{GUMBO_TAG_LINK, "href"},
	{GUMBO_TAG_IMG, "src"},
	{GUMBO_TAG_AUDIO, "src"},
	{GUMBO_TAG_VIDEO, "src"},
	{GUMBO_TAG_SOURCE, "src"},
	{GUMBO_TAG_IFRAME, "src"},
	{GUMBO_TAG_VIDEO, "poster"},
	{GUMBO_TAG_OBJECT, "data"},
};

static const struct source time_sources[] = {
	{GUMBO_TAG_TIME, "datetime"},
	{GUMBO_TAG_INS, "datetime"},
	{GUMBO_TAG_DEL, "datetime"},
	{GUMBO_TAG_ABBR, "title"},
	{GUMBO_TAG_DATA, "value"},
	{GUMBO_TAG_INPUT, "value"},
};

/* Of elements with class "value" (value-class pattern). */
static const struct source part_sources[] = {
	{GUMBO_TAG_IMG, "alt"},
	{GUMBO_TAG_AREA, "alt"},
	{GUMBO_TAG_DATA, "value"},
	{GUMBO_TAG_ABBR, "title"},
	{GUMBO_TAG_TIME, "datetime"},
	{GUMBO_TAG_INS, "datetime"},
	{GUMBO_TAG_DEL, "datetime"},
};

#define PARTS_OF_TEXT 4 /* the first of part_sources, which count for more than dates */
#define COUNT(a)      (sizeof(a) / sizeof(a)[0])

static const char *attribute_of(const GumboNode *node, const struct source *sources, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *value =
			dom_is(node, sources[i].tag) ? dom_attr(node, sources[i].attribute) : NULL;
		if (value)
			return value;
	}
	return NULL;
}

/* ---- value-class pattern ---- */

#define PARTS 8 /* of one value: date, time and zone make three, a telephone number a few more */

struct parts {
	const char *text[PARTS];
	size_t count;
	bool title; /* the one part is a value-title's title */
};

static bool is_claimed(const GumboNode *node)
{
	size_t len;
	struct mf2_claim claim;
	const char *class = dom_attr(node, "class");
	for (const char *word; (word = dom_word(&class, &len));) {
		if (mf2_root_class(word, len) || mf2_property_class(word, len, &claim))
			return true;
	}
	return false;
}

static int part_of(
	struct mf2_parser *parser, const GumboNode *node, enum mf2_kind kind, const char **ret)
{
	size_t count = kind == MF2_TIME ? COUNT(part_sources) : PARTS_OF_TEXT;
	const char *value = attribute_of(node, part_sources, count);
	if (value)
		return mf2_trim(parser, value, strlen(value), ret);
	return mf2_text_of(parser, node, false, ret);
}

/* The parts of @node's value, not those of properties and items inside it. */
static int find_parts(
	struct mf2_parser *parser, const GumboNode *node, enum mf2_kind kind, struct parts *parts)
{
	struct dom_walk walk = dom_walk(parser->dom, node);
	int r = 0;
	while (r == 0 && parts->count < PARTS && dom_step(&walk)) {
		const GumboNode *at = walk.at;
		if (walk.leaving || !dom_is(at, GUMBO_TAG_UNKNOWN))
			continue;
		const char *title = dom_has_class(at, "value-title") ? dom_attr(at, "title") : NULL;
		if (dom_has_class(at, "value")) {
			r = part_of(parser, at, kind, &parts->text[parts->count++]);
			dom_skip(&walk);
		} else if (title) {
			parts->text[parts->count++] = title;
			dom_skip(&walk);
		} else if (is_claimed(at)) {
			dom_skip(&walk);
		}
	}
	return r;
}

static int join_parts(struct mf2_parser *parser, const struct parts *parts, const char **ret)
{
	struct buf all = BUF_INIT(LIMIT_POST_TEXT_B);
	int r = 0;
	for (size_t i = 0; r == 0 && i < parts->count; i++)
		r = buf_adds(&all, parts->text[i]);
	if (r == BUF_E_FULL)
		r = 0;
	if (r == 0)
		r = mf2_trim(parser, buf_str(&all), all.len, ret);
	buf_release(&all);
	return r;
}

/* ---- dates in parts ---- */

struct moment {
	const char *date;
	const char *time;
	const char *zone;
};

/* The shape of @text with every digit as "0". */
static bool has_shape(const char *text, const char *shape)
{
	for (; *shape; text++, shape++) {
		char c = isdigit((unsigned char)*text) ? '0' : *text;
		if (c != *shape)
			return false;
	}
	return *text == '\0';
}

static bool is_date(const char *text)
{
	return has_shape(text, "0000-00-00") || has_shape(text, "0000-000") ||
	       has_shape(text, "0000-00");
}

static bool is_zone(const char *text)
{
	if (strcasecmp(text, "z") == 0)
		return true;
	if (*text != '+' && *text != '-')
		return false;
	return has_shape(text + 1, "00:00") || has_shape(text + 1, "0000") ||
	       has_shape(text + 1, "00") || has_shape(text + 1, "0");
}

/* "8pm", "8:00 p.m.", "20:00", "20:00:30+01:00": digits first, and a colon or a half of the day. */
static bool is_time(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 2)
		return false;
	const char *rest = text + digits + strspn(text + digits, " ");
	return *rest == ':' || strncasecmp(rest, "am", 2) == 0 || strncasecmp(rest, "pm", 2) == 0 ||
	       strncasecmp(rest, "a.m.", 4) == 0 || strncasecmp(rest, "p.m.", 4) == 0;
}

/* @text in 24 hours, appended to @out. */
static int add_time(struct buf *out, const char *text)
{
	unsigned hour = 0;
	size_t digits = strspn(text, "0123456789");
	for (size_t i = 0; i < digits; i++)
		hour = hour * 10 + (unsigned)(text[i] - '0');
	const char *rest = text + digits;
	size_t clock = strspn(rest, ":0123456789");
	const char *half = rest + clock + strspn(rest + clock, " ");
	bool pm = strncasecmp(half, "p", 1) == 0;
	bool am = strncasecmp(half, "a", 1) == 0;
	if (!pm && !am)
		return buf_addf(out, " %s%s", digits == 1 ? "0" : "", text);
	if (hour == 12)
		hour = 0;
	return buf_addf(out, " %02u%.*s", pm ? hour + 12 : hour, (int)clock, clock ? rest : "");
}

static void note_part(struct moment *moment, const char *part)
{
	if (is_date(part)) {
		if (!moment->date)
			moment->date = part;
	} else if (is_zone(part)) {
		if (!moment->zone)
			moment->zone = part;
	} else if (is_time(part) && !moment->time) {
		moment->time = part;
	}
}

static int join_moment(struct mf2_parser *parser, const struct parts *parts, const char **ret)
{
	struct moment moment = {0};
	struct buf all = BUF_INIT(LIMIT_POST_TEXT_B);
	for (size_t i = 0; i < parts->count; i++)
		note_part(&moment, parts->text[i]);
	int r = buf_adds(&all, moment.date ? moment.date : "");
	if (r == 0 && moment.time)
		r = add_time(&all, moment.time);
	if (r == 0 && moment.time && moment.zone)
		r = buf_addf(&all, "%s", moment.zone);
	if (r == 0 && all.len == 0 && parts->count > 0)
		r = buf_adds(&all, parts->text[0]);
	if (r == BUF_E_FULL)
		r = 0;
	if (r == 0)
		r = mf2_trim(parser, buf_str(&all), all.len, ret);
	buf_release(&all);
	return r;
}

/* ---- the four kinds ---- */

static int text_value(struct mf2_parser *parser, const GumboNode *node, const char **ret)
{
	struct parts parts = {0};
	int r = find_parts(parser, node, MF2_TEXT, &parts);
	if (r != 0 || parts.count > 0)
		return r != 0 ? r : join_parts(parser, &parts, ret);
	const char *value = attribute_of(node, text_sources, COUNT(text_sources));
	if (value)
		return mf2_trim(parser, value, strlen(value), ret);
	return mf2_text_of(parser, node, true, ret);
}

static int url_value(struct mf2_parser *parser, const GumboNode *node, struct mf2_value *ret)
{
	const char *value = attribute_of(node, url_sources, COUNT(url_sources));
	struct parts parts = {0};
	int r = 0;
	if (!value) {
		r = find_parts(parser, node, MF2_URL, &parts);
		if (r == 0 && parts.count > 0)
			r = join_parts(parser, &parts, &value);
		else if (r == 0)
			value = attribute_of(node, text_sources, COUNT(text_sources));
	}
	if (r == 0 && !value)
		r = mf2_text_of(parser, node, false, &value);
	if (r == 0)
		r = mf2_alt_of(parser, node, &ret->alt);
	return r != 0 ? r : mf2_url_of(parser, value, &ret->text);
}

static int time_value(struct mf2_parser *parser, const GumboNode *node, const char **ret)
{
	struct parts parts = {0};
	int r = find_parts(parser, node, MF2_TIME, &parts);
	if (r != 0 || parts.count > 0)
		return r != 0 ? r : join_moment(parser, &parts, ret);
	const char *value = attribute_of(node, time_sources, COUNT(time_sources));
	if (value)
		return mf2_trim(parser, value, strlen(value), ret);
	return mf2_text_of(parser, node, false, ret);
}

int mf2_value(
	struct mf2_parser *parser, const GumboNode *node, enum mf2_kind kind, struct mf2_value *ret)
{
	struct mf2_value value = {.kind = kind, .node = node};
	int r = 0;
	switch (kind) {
	case MF2_TEXT:
		r = text_value(parser, node, &value.text);
		break;
	case MF2_URL:
		r = url_value(parser, node, &value);
		break;
	case MF2_TIME:
		r = time_value(parser, node, &value.text);
		break;
	case MF2_HTML:
		r = mf2_text_of(parser, node, true, &value.text);
		break;
	}
	if (r == 0)
		*ret = value;
	return r;
}
