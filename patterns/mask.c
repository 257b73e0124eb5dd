#include "patterns/mask.h"

#include <string.h>
#include <strings.h>

/* The longest local part of an e-mail address (RFC 5321 §4.5.3.1.1). */
#define LOCAL_PART_B 64

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_name(char c)
{
	return is_alnum(c) || c == '_' || c == '-' || c == '.';
}

/* Inside a URL: anything but space, quotes and brackets that close it in running text. */
static bool is_url(char c)
{
	return (unsigned char)c > ' ' && !strchr("\"<>`{}|\\^", c);
}

/* Punctuation behind an address belongs to the sentence. */
static size_t trim_end(const char *text, size_t start, size_t end)
{
	while (end > start && strchr(".,;:!?)]}'*_-", text[end - 1]))
		end--;
	return end;
}

static size_t url_end(const char *text, size_t len, size_t at)
{
	size_t end = at;
	while (end < len && is_url(text[end]))
		end++;
	return trim_end(text, at, end);
}

/* The end of the dotted name that begins at @at. */
static size_t name_end(const char *text, size_t len, size_t at)
{
	size_t end = at;
	while (end < len && is_name(text[end]))
		end++;
	return end;
}

static bool with_scheme(const char *text, size_t len, size_t colon, struct span *ret)
{
	static const char *const schemes[] = {"https", "http", "ftp"};
	if (len - colon < 4 || text[colon + 1] != '/' || text[colon + 2] != '/' ||
		!is_url(text[colon + 3]))
		return false;
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		size_t n = strlen(schemes[i]);
		if (colon < n || strncasecmp(text + colon - n, schemes[i], n) != 0)
			continue;
		*ret = (struct span){colon - n, url_end(text, len, colon + 3)};
		return ret->end > colon + 3;
	}
	return false;
}

/* Ends that tell "globex.com" from "done.Next"; a domain with a path needs none of them. */
static bool known_end(const char *label, size_t len)
{
	static const char *const ends[] = {"com", "org", "net", "edu", "gov", "io", "co", "uk",
		"de", "fr", "es", "it", "nl", "eu", "us", "ca", "au", "me", "tv", "app", "dev",
		"info", "biz", "ai", "xyz", "social", "blog", "example", "test", "ly", "gg", "ch",
		"at", "se", "pl", "ru"};
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		if (strlen(ends[i]) == len && strncasecmp(ends[i], label, len) == 0)
			return true;
	}
	return false;
}

/* A name with dots, [start, end): is it a domain? */
static bool is_domain(const char *text, size_t len, size_t start, size_t end)
{
	if (end - start > 4 && strncasecmp(text + start, "www.", 4) == 0)
		return true;
	size_t label = end;
	while (label > start && text[label - 1] != '.')
		label--;
	if (label == start || label - start < 2)
		return false;
	return known_end(text + label, end - label) ||
	       (end < len && text[end] == '/' && end - label >= 2 && is_alnum(text[label]));
}

static bool bare_domain(const char *text, size_t len, size_t start, size_t end, struct span *ret)
{
	end = trim_end(text, start, end);
	if (!memchr(text + start, '.', end - start) || !is_domain(text, len, start, end))
		return false;
	if (end < len && (text[end] == '/' || text[end] == '?'))
		end = url_end(text, len, end) > end ? url_end(text, len, end) : end;
	*ret = (struct span){start, end};
	return true;
}

/* ada@globex.example; @at is the place of the "@", @floor where the text before was used up. */
static bool mail(const char *text, size_t len, size_t floor, size_t at, struct span *ret)
{
	size_t start = at;
	while (start > floor && at - start < LOCAL_PART_B &&
		(is_name(text[start - 1]) || text[start - 1] == '+'))
		start--;
	size_t end = trim_end(text, at, name_end(text, len, at + 1));
	if (start == at || end < at + 4 || !memchr(text + at, '.', end - at))
		return false;
	*ret = (struct span){start, end};
	return true;
}

/* @ada, and @ada@social.example */
static bool handle(const char *text, size_t len, size_t at, struct span *ret)
{
	size_t end = trim_end(text, at, name_end(text, len, at + 1));
	if (at > 0 && (is_alnum(text[at - 1]) || text[at - 1] == '_'))
		return false;
	if (end < at + 2 || !(is_alnum(text[at + 1]) || text[at + 1] == '_'))
		return false;
	if (end + 1 < len && text[end] == '@' && is_alnum(text[end + 1])) {
		size_t host = trim_end(text, end + 1, name_end(text, len, end + 1));
		if (memchr(text + end, '.', host - end))
			end = host;
	}
	*ret = (struct span){at, end};
	return true;
}

/* An address around the "@" at @at. */
static bool around_at(const char *text, size_t len, size_t word, size_t at, struct mask *ret)
{
	ret->kind = MASK_MAIL;
	if (mail(text, len, word, at, &ret->at))
		return true;
	ret->kind = MASK_HANDLE;
	return handle(text, len, at, &ret->at);
}

/* An address with the dot at @at of the name that begins at @word.  *@ret_next: where a name ends that was
 * looked at in vain; 0: it is the local part of an e-mail address. */
static bool around_dot(
	const char *text, size_t len, size_t word, size_t at, struct mask *ret, size_t *ret_next)
{
	size_t end = name_end(text, len, at);
	bool local = end < len && text[end] == '@';
	*ret_next = local ? 0 : end;
	ret->kind = MASK_URL;
	return !local && bare_domain(text, len, word, end, &ret->at);
}

bool mask_next(const char *text, size_t len, size_t from, struct mask *ret)
{
	size_t word = from; /* where the dotted name that we stand in began */
	for (size_t i = from; i < len; i++) {
		char c = text[i];
		if (is_name(c) && !(c == '.' && i > word))
			continue;
		if (c == '.') {
			size_t next;
			if (around_dot(text, len, word, i, ret, &next))
				return true;
			i = next ? next - 1 : i; /* never twice over the same name */
			word = next ? next : word;
			continue;
		}
		if (c == '@' && around_at(text, len, word, i, ret))
			return true;
		ret->kind = MASK_URL;
		if (c == ':' && with_scheme(text, len, i, &ret->at) && ret->at.start >= from)
			return true;
		if (c != '+') /* which local parts have */
			word = i + 1;
	}
	return false;
}
