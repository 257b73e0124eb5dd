#include "config/address.h"

#include "daemon/base/buf.h"
#include "daemon/base/clean.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <locale.h>
#include <string.h>

/* A DNS name and one label of it (RFC 1035 §2.3.4; the name without the root's dot). */
#define HOST_MAX  253
#define LABEL_MAX 63

/* What a sentence quotes of the text; the line is shown below it anyway. */
#define QUOTED(text) (int)text_cut((text), strlen(text), 200), (text)

static int bad(struct arena *arena, const char **reterr_why, const char *format, ...)
	PRINTF_LIKE(3, 4);

static int bad(struct arena *arena, const char **reterr_why, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	CLEAN(clean_free) char *why = NULL;
	int len = vasprintf(&why, format, args);
	va_end(args);
	if (len < 0) {
		why = NULL;
		return -ENOMEM;
	}
	*reterr_why = arena_copy(arena, why, (size_t)len);
	return *reterr_why ? ADDRESS_E_BAD : -ENOMEM;
}

/* ---- CURLU ---- */

static void clean_url(CURLU **url)
{
	curl_url_cleanup(*url);
}

static void clean_part(char **part)
{
	curl_free(*part);
}

/* libcurl 7.88 makes punycode by way of the locale's charset and calls it out of memory when that
 * is ASCII, so it is done in a UTF-8 locale that holds for this thread and this call only. */
static CURLUcode get_punycode(CURLU *url, char **ret)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
	CURLUcode code = curl_url_get(url, CURLUPART_HOST, ret, CURLU_PUNYCODE);
	if (utf8) {
		(void)uselocale(before);
		freelocale(utf8);
	}
	/* It calls a name that can not be punycode out of memory, too.  Running out of it in fact
	 * is then told as a bad name, which is still no success. */
	return code == CURLUE_OUT_OF_MEMORY ? CURLUE_BAD_HOSTNAME : code;
}

static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return *text == '\0';
}

static CURLUcode get_host(CURLU *url, char **ret)
{
	CURLUcode code = curl_url_get(url, CURLUPART_HOST, ret, 0);
	if (code != CURLUE_OK || is_ascii(*ret))
		return code;
	curl_free(*ret);
	*ret = NULL;
	return get_punycode(url, ret);
}

/* Write the host of @url anew: lower case, punycode.  *@ret is to be curl_free()d. */
static CURLUcode normalise_host(CURLU *url, char **ret)
{
	CURLUcode code = get_host(url, ret);
	if (code != CURLUE_OK)
		return code;
	for (char *c = *ret; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return curl_url_set(url, CURLUPART_HOST, *ret, 0);
}

/* ---- hosts ---- */

static bool is_label(const char *label, size_t len)
{
	if (len == 0 || len > LABEL_MAX || label[0] == '-' || label[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)label[i]) && label[i] != '-' && label[i] != '_')
			return false;
	}
	return true;
}

/* A name that ends in a number is an address to some resolvers (WHATWG URL §3.5 "ends in a
 * number"), and refused when it is asked for.  libcurl has written real ones as four decimal
 * numbers. */
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

/* A name of labels and dots, in ASCII; IPv4 addresses are such names too. */
static bool is_host_name(const char *host)
{
	if (strlen(host) > HOST_MAX || is_odd_address(host))
		return false;
	for (;;) {
		size_t len = strcspn(host, ".");
		if (!is_label(host, len))
			return false;
		if (host[len] == '\0')
			return true;
		host += len + 1;
	}
}

static bool is_host(const char *host)
{
	return host[0] == '[' || is_host_name(host); /* libcurl has checked IPv6 addresses */
}

/* ---- URLs ---- */

static const struct {
	CURLUcode code;
	const char *why;
} failures[] = {
	/* clang-format off */
	{CURLUE_USER_NOT_ALLOWED,
		"leave user name and password out of the URL: dirtwatch never logs in"},
	{CURLUE_UNSUPPORTED_SCHEME, "only http and https are watched"},
	{CURLUE_BAD_PORT_NUMBER, "the port in the URL is no number from 1 to 65535"},
	{CURLUE_NO_HOST, "the URL has no host"},
	{CURLUE_BAD_HOSTNAME, "the host in the URL is no host name"},
	/* clang-format on */
};

static int tell_failure(
	struct arena *arena, CURLUcode code, const char *text, const char **reterr_why)
{
	if (code == CURLUE_BAD_SCHEME && strchr(text, '.') && text[strcspn(text, "/@ ")] != '@')
		return bad(arena, reterr_why,
			"a URL starts with https:// or http://, such as https://%.*s",
			QUOTED(text + strspn(text, "/")));
	for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
		if (failures[i].code == code)
			return bad(arena, reterr_why, "%s", failures[i].why);
	}
	return bad(arena, reterr_why, "\"%.*s\" is not a URL such as https://ada.example/",
		QUOTED(text));
}

static CURLUcode check_scheme(CURLU *url)
{
	CLEAN(clean_part) char *scheme = NULL;
	CURLUcode code = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
	if (code != CURLUE_OK)
		return code;
	bool web = strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0;
	return web ? CURLUE_OK : CURLUE_UNSUPPORTED_SCHEME;
}

static CURLUcode check_port(CURLU *url)
{
	CLEAN(clean_part) char *port = NULL;
	CURLUcode code = curl_url_get(url, CURLUPART_PORT, &port, 0);
	if (code != CURLUE_OK)
		return code == CURLUE_NO_PORT ? CURLUE_OK : code;
	return strcmp(port, "0") == 0 ? CURLUE_BAD_PORT_NUMBER : CURLUE_OK;
}

int address_url(struct arena *arena, const char *text, const char **ret, const char **reterr_why)
{
	CLEAN(clean_url) CURLU *url = curl_url();
	CLEAN(clean_part) char *host = NULL;
	CLEAN(clean_part) char *whole = NULL;
	if (!url)
		return -ENOMEM;
	CURLUcode code = curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER);
	if (code == CURLUE_OK)
		code = check_scheme(url);
	if (code == CURLUE_OK)
		code = check_port(url);
	if (code == CURLUE_OK)
		code = normalise_host(url, &host);
	if (code == CURLUE_OK && !is_host(host))
		code = CURLUE_BAD_HOSTNAME;
	if (code == CURLUE_OK)
		code = curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
	if (code == CURLUE_OK)
		code = curl_url_get(url, CURLUPART_URL, &whole, CURLU_NO_DEFAULT_PORT);
	if (code == CURLUE_OUT_OF_MEMORY)
		return -ENOMEM;
	if (code != CURLUE_OK)
		return tell_failure(arena, code, text, reterr_why);
	if (strlen(whole) > LIMIT_URL_B)
		return bad(arena, reterr_why, "the URL is longer than %d bytes", LIMIT_URL_B);
	const char *copy = arena_strdup(arena, whole);
	if (!copy)
		return -ENOMEM;
	*ret = copy;
	return 0;
}

/* ---- profiles ---- */

/* "@user@host", taken apart; letters, digits, "_", "-" and "." as Mastodon and its kin allow. */
static bool split_account(const char *text, size_t *ret_user, const char **ret_host)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
	if (!address_is_account(text))
		return false;
	size_t user = strspn(text + 1, letters);
	if (user == 0 || text[1 + user] != '@')
		return false;
	*ret_user = user;
	*ret_host = text + 1 + user + 1;
	return (*ret_host)[0] != '\0' && !strpbrk(*ret_host, "/@:?# ");
}

bool address_is_account(const char *text)
{
	return text[0] == '@';
}

int address_profile(
	struct arena *arena, const char *text, const char **ret, const char **reterr_why)
{
	size_t user;
	const char *host;
	if (split_account(text, &user, &host)) {
		CLEAN(buf_release) struct buf url = BUF_INIT(LIMIT_URL_B);
		int r = buf_addf(&url, "https://%s/@%.*s", host, (int)user, text + 1);
		if (r < 0)
			return r;
		if (r == 0)
			return address_url(arena, url.data, ret, reterr_why);
	}
	const char *at = strchr(text, '@');
	if (address_is_account(text))
		return bad(arena, reterr_why,
			"a fediverse account is written \"@user@host\"; for others write the URL");
	if (at && !strpbrk(text, "/:"))
		return bad(arena, reterr_why,
			"an e-mail address is not a profile; a fediverse account is written "
			"\"@%.*s\"",
			QUOTED(text));
	return address_url(arena, text, ret, reterr_why);
}

/* ---- domains ---- */

static const char *without_www(const char *host)
{
	return strncmp(host, "www.", 4) == 0 && strchr(host + 4, '.') ? host + 4 : host;
}

/* Somebody wrote an address where a domain is wanted: say which domain it has. */
static int tell_domain_of(struct arena *arena, const char *text, const char **reterr_why)
{
	const char *start = strstr(text, "://");
	start = start ? start + 3 : text;
	size_t len = strcspn(start, "/?#:");
	const char *at = memchr(start, '@', len);
	if (at) {
		len -= (size_t)(at + 1 - start);
		start = at + 1;
	}
	const char *domain = without_www(start);
	len -= (size_t)(domain - start);
	if (len == 0 || len > HOST_MAX)
		return bad(arena, reterr_why, "write only the domain, such as globex.example");
	return bad(arena, reterr_why, "write only the domain: %.*s", (int)len, domain);
}

int address_domain(struct arena *arena, const char *text, const char **ret, const char **reterr_why)
{
	CLEAN(clean_url) CURLU *url = curl_url();
	CLEAN(clean_part) char *host = NULL;
	if (!url)
		return -ENOMEM;
	if (strpbrk(text, "/:@?#"))
		return tell_domain_of(arena, text, reterr_why);
	if (strncmp(text, "*.", 2) == 0)
		return bad(arena, reterr_why,
			"a domain stands for all below it: leave the \"*.\" out");
	CURLUcode code = curl_url_set(url, CURLUPART_HOST, text, 0);
	if (code == CURLUE_OK)
		code = normalise_host(url, &host);
	if (code == CURLUE_OUT_OF_MEMORY)
		return -ENOMEM;
	if (code == CURLUE_OK && host[0] != '\0' && host[strlen(host) - 1] == '.')
		host[strlen(host) - 1] = '\0';
	if (code != CURLUE_OK || !is_host_name(host) || !strchr(host, '.'))
		return bad(arena, reterr_why,
			"\"%.*s\" is not a domain name such as globex.example", QUOTED(text));
	const char *copy = arena_strdup(arena, without_www(host));
	if (!copy)
		return -ENOMEM;
	*ret = copy;
	return 0;
}
