/* Any lines as the headers of an answer, and what is made of them: waits, links, redirects. */
#include "crawlers/net/headers.h"
#include "crawlers/net/pace.h"
#include "crawlers/net/redirect.h"
#include "crawlers/parse/links.h"
#include "daemon/base/limits.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/shipped_walls.h"

#include <stdlib.h>
#include <string.h>

#define NOW_S INT64_C(1700000000)
#define HERE  "https://social.example/@ada"

static void sound(const char *value)
{
	if (!value)
		return;
	MUST(strlen(value) <= LIMIT_HEADER_B);
	MUST(!*value || headers_may_send(value));
}

/* Whatever a server says, nobody waits for more than a day. */
static void wait_for(const struct rate *rate, int status)
{
	const struct clock clock = clock_fake(NOW_S * 1000000);
	int64_t at_s = rate_retry_at_s(rate, status, NOW_S);
	struct pace *pace;
	MUST(at_s == 0 || at_s > NOW_S);
	MUST(pace_new(&clock, 1000000, &pace) == 0);
	MUST(pace_began(pace, "https://social.example") == 0);
	pace_ended(pace, "https://social.example", rate_is_limited(rate, status), at_s);
	MUST(pace_retry_at_s(pace, "https://social.example") <= NOW_S + PACE_RETRY_MAX_S);
	MUST(pace_ready_us(pace, "https://social.example") <=
		(NOW_S + PACE_RETRY_MAX_S + 1) * 1000000);
	pace_free(pace);
}

static void follow(struct arena *arena, const struct headers *headers)
{
	struct links links = {.base_url = HERE};
	struct url here, there;
	MUST(links_add_header(arena, headers->link, HERE, &links) == 0);
	MUST(links.n_me <= LINKS_MAX && links.n_feeds <= LINKS_MAX);
	if (links.next)
		MUST(url_parse(arena, links.next, &there) == 0);
	MUST(url_parse(arena, HERE, &here) == 0);
	if (!headers->location)
		return;
	int r = redirect_target(arena, shipped_walls(), &here, headers->location, &there);
	MUST(r == 0 || (r >= REDIRECT_E_BAD && r <= REDIRECT_E_LOGIN));
	if (r == 0)
		MUST(strcmp(there.scheme, "https") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = {200, 301, 403, 429, 503};
	struct input input = input_of(data, size);
	int status = statuses[input_byte(&input) % (sizeof statuses / sizeof *statuses)];
	struct headers headers;
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	int r = headers_init(&headers, NOW_S);
	MUST(arena && r == 0);
	while (r == 0 && input.left > 0) {
		const char *end = memchr(input.at, '\n', input.left);
		struct input line = {input.at, end ? (size_t)(end - input.at) + 1 : input.left};
		input.at += line.left;
		input.left -= line.left;
		size_t len;
		char *copy = input_rest(&line, &len);
		r = headers_line(&headers, copy, len);
		MUST(r == 0 || r == HEADERS_E_TOO_BIG);
		free(copy);
	}
	sound(headers.etag);
	sound(headers.last_modified);
	sound(headers.content_type);
	sound(headers.content_encoding);
	sound(headers.link);
	sound(headers.location);
	wait_for(&headers.rate, status);
	follow(arena, &headers);
	headers_release(&headers);
	arena_free(arena);
	return 0;
}
