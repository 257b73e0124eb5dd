/* A base and a reference, both a stranger's: what is accepted is normal, and stays as it is. */
#include "config/address.h"
#include "crawlers/net/url.h"
#include "daemon/base/limits.h"
#include "tests/fuzz/fuzz.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A browser, a shell and a journal read it alike: no space, no control, no letter but ASCII's. */
static void plain(const char *url)
{
	MUST(strlen(url) <= LIMIT_URL_B);
	MUST(strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0);
	for (const char *at = url; *at; at++)
		MUST(*at > ' ' && *at < 0x7f && *at != '#');
}

static void holds(struct arena *arena, const struct url *url)
{
	struct url again;
	plain(url->whole);
	MUST(url_parse(arena, url->whole, &again) == 0);
	MUST(strcmp(again.whole, url->whole) == 0 && url_same_origin(url, &again));
	MUST(strcmp(again.origin, url->origin) == 0 &&
		strncmp(url->whole, url->origin, strlen(url->origin)) == 0);
	MUST(url->port > 0 && url->port < 65536);
	MUST(url->path[0] == '/' && url->host[0] && url_host_in(url->host, url->host));
	for (const char *at = url->host; *at; at++)
		MUST(!isupper((unsigned char)*at) && !strchr("/?@\\", *at));
}

static void resolve(struct arena *arena, const char *base, const char *reference)
{
	const char *whole;
	struct url url;
	if (url_resolve(arena, base, reference, &whole) != 0)
		return;
	MUST(url_parse(arena, whole, &url) == 0);
	MUST(strcmp(url.whole, whole) == 0);
	holds(arena, &url);
	const char *again;
	MUST(url_resolve(arena, base, whole, &again) == 0 && strcmp(again, whole) == 0);
}

typedef int address_reader(
	struct arena *arena, const char *text, const char **ret, const char **reterr_why);

/* What the config accepts, it accepts in the form that it gave it. */
static bool address(struct arena *arena, address_reader *read, const char *text, const char **ret)
{
	const char *again, *why = NULL;
	int r = read(arena, text, ret, &why);
	MUST(r == 0 || r == ADDRESS_E_BAD);
	if (r != 0) {
		MUST(why && *why);
		return false;
	}
	MUST(read(arena, *ret, &again, &why) == 0);
	/* Of "www.www.globex.example" one is left out each time. */
	MUST(strcmp(again, *ret) == 0 || strncmp(*ret, "www.", 4) == 0);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = input_of(data, size);
	char *base = input_line(&input);
	char *reference = input_line(&input);
	struct arena *arena = arena_new(64 * 1024 * 1024);
	struct url url;
	const char *accepted;
	MUST(arena);
	if (url_parse(arena, base, &url) == 0)
		holds(arena, &url);
	resolve(arena, base, reference);
	resolve(arena, "https://social.example/@ada/1?page=2#top", reference);
	if (strlen(reference) <= LIMIT_URL_B)
		MUST(url_escape(arena, reference));
	/* What the config takes as an address can be fetched. */
	if (address(arena, address_url, base, &accepted))
		MUST(url_parse(arena, accepted, &url) == 0);
	if (address(arena, address_profile, base, &accepted))
		MUST(url_parse(arena, accepted, &url) == 0);
	(void)address(arena, address_domain, base, &accepted);
	arena_free(arena);
	free(base);
	free(reference);
	return 0;
}
