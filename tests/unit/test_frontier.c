/* daemon/frontier: requests are a stranger's wishes. */
#include "daemon/frontier.h"

#include "daemon/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PROFILE "https://ada.example/@ada"

struct row {
	const char *why;
	const char *from;
	const char *url;
	const char *source;
	enum relation relation;
	bool taken;
	const char *json;
	enum accept accept;
};

static char body_at_limit[LIMIT_REQUEST_BODY_B + 1];
static char body_over_limit[LIMIT_REQUEST_BODY_B + 2];

static const struct row rows[] = {
	{"the first one", NULL, "https://a.example/", "page", FOLLOW_NEXT, .taken = true},
	{"the same again", "https://a.example/", "https://a.example/", "page", FOLLOW_NEXT,
		.taken = false},
	{"more of a list, same origin", "https://a.example/", "https://a.example/2", "page",
		FOLLOW_NEXT, .taken = true},
	{"more of a list, another site", "https://a.example/", "https://b.example/2", "page",
		FOLLOW_NEXT, .taken = false},
	{"more of a list, another port", "https://a.example/", "https://a.example:8443/2", "page",
		FOLLOW_NEXT, .taken = false},
	{"more of a list, without TLS", "https://a.example/", "http://a.example/2", "page",
		FOLLOW_NEXT, .taken = false},
	{"the older rest of a list", "https://a.example/", "https://a.example/older", "page",
		FOLLOW_OLDER, .taken = true},
	{"the older rest of a list, elsewhere", "https://a.example/", "https://b.example/older",
		"page", FOLLOW_OLDER, .taken = false},
	{"a feed elsewhere is another thing", "https://a.example/", "https://feeds.example/ada",
		"feed", FOLLOW_ALSO, .taken = true},
	{"a file", "https://a.example/", "file:///etc/passwd", "feed", FOLLOW_ALSO, .taken = false},
	{"no URL", "https://a.example/", "not a url", "feed", FOLLOW_ALSO, .taken = false},
	{"a source nobody knows", "https://a.example/", "https://a.example/3", "king", FOLLOW_NEXT,
		.taken = false},
	{"a relation nobody knows", "https://a.example/", "https://a.example/3", "page",
		FOLLOW_COUNT, .taken = false},
	{"a format nobody knows", "https://a.example/", "https://a.example/3", "page", FOLLOW_NEXT,
		.taken = false, .accept = ACCEPT_COUNT},
	{"the same in another format", "https://a.example/", "https://a.example/2", "page",
		FOLLOW_ALSO, .taken = true, .accept = ACCEPT_ACTIVITY},
	{"the same with a body", "https://a.example/", "https://a.example/2", "page", FOLLOW_NEXT,
		.taken = true, .json = "{\"page\":1}"},
	{"the same with another body", "https://a.example/", "https://a.example/2", "page",
		FOLLOW_NEXT, .taken = true, .json = "{\"page\":2}"},
	{"a body again", "https://a.example/", "https://a.example/2", "page", FOLLOW_NEXT,
		.taken = false, .json = "{\"page\":1}"},
	{"a body for another site", "https://a.example/", "https://b.example/2", "page",
		FOLLOW_ALSO, .taken = false, .json = "{}"},
	{"a body for the site that asked for it", "https://b.example/", "https://b.example/2",
		"page", FOLLOW_ALSO, .taken = true, .json = "{}"},
	{"a body for the profile's site", "https://b.example/", "https://ada.example/api", "page",
		FOLLOW_ALSO, .taken = true, .json = "{}"},
	{"so without TLS", "https://b.example/", "http://ada.example/api", "page", FOLLOW_ALSO,
		.taken = false, .json = "{}"},
	{"a first request with a body", NULL, "https://ada.example/api/2", "page", FOLLOW_NEXT,
		.taken = true, .json = "{}"},
	{"a first request with a body for elsewhere", NULL, "https://b.example/api", "page",
		FOLLOW_NEXT, .taken = false, .json = "{}"},
	{"the longest body", NULL, "https://ada.example/", "page", FOLLOW_NEXT, .taken = true,
		.json = body_at_limit},
	{"a body too long", NULL, "https://ada.example/", "page", FOLLOW_NEXT, .taken = false,
		.json = body_over_limit},
};

static void test_what_is_taken(void **state)
{
	(void)state;
	struct frontier *frontier;
	memset(body_at_limit, 'x', sizeof body_at_limit - 1);
	memset(body_over_limit, 'x', sizeof body_over_limit - 1);
	assert_int_equal(frontier_new(PROFILE, &frontier), 0);
	size_t taken_in_all = 0;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];
		const struct follow follow = {.url = row->url,
			.source = row->source,
			.relation = row->relation,
			.accept = row->accept,
			.json = row->json};
		bool taken;
		print_message("%s\n", row->why);
		assert_int_equal(frontier_add(frontier, row->from, &follow, NULL, &taken), 0);
		assert_int_equal(taken, row->taken);
		taken_in_all += taken;
	}
	assert_int_equal(frontier_room(frontier), LIMIT_PAGES_A_SCAN - taken_in_all);
	assert_string_equal(frontier_next(frontier)->follow.url, "https://a.example/");
	assert_string_equal(frontier_next(frontier)->follow.url, "https://a.example/2");
	assert_int_equal(frontier_asked(frontier), 2);
	frontier_free(frontier);
}

static void test_it_ends(void **state)
{
	(void)state;
	struct frontier *frontier;
	assert_int_equal(frontier_new(PROFILE, &frontier), 0);
	for (int i = 0; i < LIMIT_PAGES_A_SCAN + 10; i++) {
		char url[64];
		(void)snprintf(url, sizeof url, "https://a.example/%d", i);
		const struct follow follow = {.url = url, .source = "page"};
		assert_int_equal(frontier_add(frontier, NULL, &follow, NULL, NULL), 0);
	}
	assert_true(frontier_was_full(frontier));
	size_t count = 0;
	while (frontier_next(frontier))
		count++;
	assert_int_equal(count, LIMIT_PAGES_A_SCAN);
	assert_null(frontier_free(frontier));
	assert_null(frontier_free(NULL));
}

static void test_what_differs_is_remembered_apart(void **state)
{
	(void)state;
	static const struct follow asked[] = {
		{.url = "https://a.example/"},
		{.url = "https://a.example/", .accept = ACCEPT_ACTIVITY},
		{.url = "https://a.example/", .accept = ACCEPT_JSON, .json = "{}"},
		{.url = "https://a.example/", .accept = ACCEPT_JSON, .json = "{ }"},
		{.url = "https://a.example/?", .accept = ACCEPT_JSON, .json = "{}"},
	};
	enum { COUNT = sizeof asked / sizeof asked[0] };
	const char *keys[COUNT];
	struct arena *arena = arena_new(1 << 20);
	for (size_t i = 0; i < COUNT; i++) {
		keys[i] = frontier_key(arena, &asked[i]);
		assert_non_null(keys[i]);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(keys[k], keys[i]);
		assert_string_equal(frontier_key(arena, &asked[i]), keys[i]);
	}
	/* what earlier versions remembered is found again */
	assert_string_equal(keys[0], "https://a.example/");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_taken),
		cmocka_unit_test(test_it_ends),
		cmocka_unit_test(test_what_differs_is_remembered_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
