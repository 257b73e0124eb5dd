#include "crawlers/net/url.h"

#include "daemon/base/buf.h"
#include "daemon/base/clean.h"
#include "daemon/base/limits.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <locale.h>
#include <string.h>

/* A DNS name is at most 253 characters long (RFC 1035 §2.3.4, without the root's dot). */
#define HOST_MAX 253

static void clean_url(CURLU **handle)
{
	curl_url_cleanup(*handle);
}

static void clean_part(char **part)
{
	curl_free(*part);
}

static void clean_buf(struct buf *buf)
{
	buf_release(buf);
}

/* libcurl 7.88 turns a name of other letters into punycode by way of the locale's charset, and
 * calls it out of memory when that is ASCII, as it is under systemd.  So such names are taken apart
 * in a UTF-8 locale that holds for this thread and this call only. */
static locale_t utf8_begin(const char *text)
{
	for (; *text; text++) {
		if (!isascii((unsigned char)*text)) {
			locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
			if (utf8)
				(void)uselocale(utf8); /* only fails for what is no locale */
			return utf8;
		}
	}
	return NULL;
}

static void utf8_end(locale_t utf8)
{
	if (!utf8)
		return;
	(void)uselocale(LC_GLOBAL_LOCALE);
	freelocale(utf8);
}

static int outcome(CURLUcode code)
{
	if (code == CURLUE_OUT_OF_MEMORY)
		return -ENOMEM;
	return code == CURLUE_OK ? 0 : URL_E_BAD;
}

/* One character of @text for @out: tabs and line breaks are dropped; before the query a backslash
 * is a slash (WHATWG URL §4.4), and "%2e" a dot (RFC 3986 §6.2.2.2), or "/%2e%2e/" would mean one
 * thing here and another there.  *@at moves on. */
static int tidy_step(struct buf *out, const char **at, bool in_query)
{
	char c = *(*at)++;
	if (c == '\t' || c == '\n' || c == '\r')
		return 0;
	if (!in_query && c == '\\')
		c = '/';
	/* Looked for in what is left: a tab may stand within it. */
	if ((c | 0x20) == 'e' && out->len >= 2 && memcmp(out->data + out->len - 2, "%2", 2) == 0) {
		c = '.';
		out->len -= 2;
	}
	return buf_addc(out, c);
}

/* As browsers do, white space and controls around it are dropped too.  Other controls are refused
 * by libcurl. */
static int tidy(struct buf *out, const char *text)
{
	while (*text && (unsigned char)*text <= ' ')
		text++;
	size_t len = strnlen(text, LIMIT_URL_B + 1);
	if (len > LIMIT_URL_B)
		return URL_E_BAD;
	while (len > 0 && (unsigned char)text[len - 1] <= ' ')
		len--;
	const char *end = text + len;
	const char *query = text + strcspn(text, "?#");
	while (text < end) {
		int r = tidy_step(out, &text, text >= query);
		if (r != 0)
			return r < 0 ? r : URL_E_BAD;
	}
	return 0;
}

/* "http:/x" and "http:x" are read one way by libcurl and others by browsers: nobody's meaning. */
static bool is_ambiguous(const char *text)
{
	size_t scheme = strncasecmp(text, "https:", 6) == 0  ? 6
			: strncasecmp(text, "http:", 5) == 0 ? 5
							     : 0;
	return scheme > 0 && strncmp(text + scheme, "//", 2) != 0;
}

/* A reference that is empty but for a fragment is the base itself (RFC 3986 §5.2.2); libcurl 7.88
 * would cut the base at its last slash. */
static int set_url(CURLU *handle, const char *text, bool may_be_empty)
{
	struct buf CLEAN(clean_buf) tidied = BUF_INIT(LIMIT_URL_B);
	int r = tidy(&tidied, text);
	if (r != 0)
		return r;
	const char *first = buf_str(&tidied);
	if (*first == '\0' || *first == '#')
		return may_be_empty ? 0 : URL_E_BAD;
	if (is_ambiguous(first))
		return URL_E_BAD;
	return outcome(curl_url_set(handle, CURLUPART_URL, buf_str(&tidied),
		CURLU_URLENCODE | CURLU_ALLOW_SPACE | CURLU_DISALLOW_USER));
}

/* The part in @arena; NULL when libcurl answers @none: the URL has no such part. */
static int get_part(struct arena *arena, CURLU *handle, CURLUPart which, CURLUcode none, char **ret)
{
	char *CLEAN(clean_part) part = NULL;
	unsigned flags = which == CURLUPART_HOST ? CURLU_PUNYCODE : 0;
	CURLUcode code = curl_url_get(handle, which, &part, flags);
	*ret = NULL;
	if (code == CURLUE_OK) {
		*ret = arena_strdup(arena, part);
		return *ret ? 0 : -ENOMEM;
	}
	if (code == none)
		return 0;
	/* "out of memory" for a host is libidn2 refusing the name */
	return which == CURLUPART_HOST ? URL_E_BAD : outcome(code);
}

/* A name that ends in a number is an address to some resolvers (WHATWG URL §3.5 "ends in a
 * number"). libcurl has written real ones as four decimal numbers. */
static bool is_odd_address(const char *host)
{
	struct in_addr address;
	const char *dot = strrchr(host, '.');
	const char *last = dot ? dot + 1 : host;
	bool number = last[strspn(last, "0123456789")] == '\0' ||
		      (last[0] == '0' && last[1] == 'x' &&
			      last[2 + strspn(last + 2, "0123456789abcdef")] == '\0');
	return number && inet_pton(AF_INET, host, &address) != 1;
}

static bool is_name(const char *host)
{
	size_t len = strlen(host);
	if (len == 0 || len > HOST_MAX || host[0] == '.' || host[len - 1] == '.' ||
		strstr(host, ".."))
		return false;
	return host[strspn(host, "0123456789abcdefghijklmnopqrstuvwxyz-_.")] == '\0' &&
	       !is_odd_address(host);
}

/* Lower case, the root's dot taken away, and nothing in it but what names and addresses have:
 * libcurl decodes "%2e" and maps wide letters, so it is the outcome that counts. */
static int tidy_host(char *host)
{
	size_t len = strlen(host);
	if (len > 1 && host[len - 1] == '.')
		host[len - 1] = '\0';
	for (char *at = host; *at; at++) {
		if (*at >= 'A' && *at <= 'Z')
			*at += 'a' - 'A';
	}
	if (host[0] == '[') /* libcurl has checked it */
		return 0;
	return is_name(host) ? 0 : URL_E_BAD;
}

static int get_host(struct arena *arena, CURLU *handle, const char **ret)
{
	char *zone;
	char *host;
	int r = get_part(arena, handle, CURLUPART_ZONEID, CURLUE_NO_ZONEID, &zone);
	if (r == 0 && zone)
		return URL_E_BAD; /* an address of this link only */
	if (r == 0)
		r = get_part(arena, handle, CURLUPART_HOST, CURLUE_OK, &host);
	if (r == 0)
		r = tidy_host(host);
	if (r == 0)
		*ret = host;
	return r;
}

static int get_port(CURLU *handle, int *ret)
{
	char *CLEAN(clean_part) text = NULL;
	CURLUcode code = curl_url_get(handle, CURLUPART_PORT, &text, CURLU_DEFAULT_PORT);
	if (code != CURLUE_OK)
		return outcome(code);
	long port = strtol(text, NULL, 10); /* libcurl let digits and 65535 at most pass */
	if (port < 1)
		return URL_E_BAD;
	*ret = (int)port;
	return 0;
}

static int get_scheme(CURLU *handle, const char **ret)
{
	char *CLEAN(clean_part) text = NULL;
	CURLUcode code = curl_url_get(handle, CURLUPART_SCHEME, &text, 0);
	if (code != CURLUE_OK)
		return outcome(code);
	if (strcasecmp(text, "http") == 0)
		*ret = "http";
	else if (strcasecmp(text, "https") == 0)
		*ret = "https";
	else
		return URL_E_BAD;
	return 0;
}

/* One spelling of percent-encoding (RFC 3986 §6.2.2.1): libcurl writes lower case, most others
 * upper. */
static void upper_escapes(char *text)
{
	for (char *at = text; at && (at = strchr(at, '%')); at++) {
		if (isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2])) {
			at[1] = (char)toupper((unsigned char)at[1]);
			at[2] = (char)toupper((unsigned char)at[2]);
		}
	}
}

/* origin and whole, put together again from the parts that were checked. */
static int join(struct arena *arena, struct url *url)
{
	struct buf CLEAN(clean_buf) text = BUF_INIT(LIMIT_URL_B);
	int default_port = strcmp(url->scheme, "https") == 0 ? 443 : 80;
	int r = buf_addf(&text, "%s://%s", url->scheme, url->host);
	if (r == 0 && url->port != default_port)
		r = buf_addf(&text, ":%d", url->port);
	if (r == 0) {
		url->origin = arena_strdup(arena, buf_str(&text));
		r = url->origin ? buf_adds(&text, url->path) : -ENOMEM;
	}
	if (r == 0 && url->query)
		r = buf_addf(&text, "?%s", url->query);
	if (r == 0) {
		url->whole = arena_strdup(arena, buf_str(&text));
		r = url->whole ? 0 : -ENOMEM;
	}
	return r > 0 ? URL_E_BAD : r;
}

static int take_apart(struct arena *arena, CURLU *handle, struct url *ret)
{
	struct url url = {0};
	char *path = NULL;
	char *query = NULL;
	int r = get_scheme(handle, &url.scheme);
	if (r == 0)
		r = get_host(arena, handle, &url.host);
	if (r == 0)
		r = get_port(handle, &url.port);
	if (r == 0)
		r = get_part(arena, handle, CURLUPART_PATH, CURLUE_OK, &path);
	if (r == 0)
		r = get_part(arena, handle, CURLUPART_QUERY, CURLUE_NO_QUERY, &query);
	upper_escapes(path);
	upper_escapes(query);
	url.path = path;
	url.query = query;
	if (r == 0)
		r = join(arena, &url);
	if (r == 0)
		*ret = url;
	return r;
}

int url_parse(struct arena *arena, const char *text, struct url *ret)
{
	CURLU *CLEAN(clean_url) handle = curl_url();
	if (!handle)
		return -ENOMEM;
	locale_t utf8 = utf8_begin(text);
	int r = set_url(handle, text, false);
	if (r == 0)
		r = take_apart(arena, handle, ret);
	utf8_end(utf8);
	return r;
}

int url_resolve(struct arena *arena, const char *base, const char *reference, const char **ret)
{
	CURLU *CLEAN(clean_url) handle = curl_url();
	if (!handle)
		return -ENOMEM;
	locale_t utf8 = utf8_begin(reference);
	struct url url;
	int r = set_url(handle, base, false);
	if (r == 0)
		r = set_url(handle, reference, true);
	if (r == 0)
		r = take_apart(arena, handle, &url);
	utf8_end(utf8);
	if (r == 0)
		*ret = url.whole;
	return r;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return strcmp(a->origin, b->origin) == 0;
}

bool url_host_in(const char *host, const char *domain)
{
	size_t host_len = strlen(host);
	size_t domain_len = strlen(domain);
	if (domain_len == 0 || host_len < domain_len)
		return false;
	const char *tail = host + host_len - domain_len;
	return strcmp(tail, domain) == 0 && (tail == host || tail[-1] == '.');
}

const char *url_escape(struct arena *arena, const char *text)
{
	char *CLEAN(clean_part) escaped = curl_easy_escape(NULL, text, 0);
	return escaped ? arena_strdup(arena, escaped) : NULL;
}
