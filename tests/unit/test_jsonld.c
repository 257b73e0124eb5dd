#include "crawlers/parse/jsonld.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct row {
	const char *why;
	const char *json;
	const char *want; /* "type(key<type around)" of each node */
	bool bad;
};

/* clang-format off */
static const struct row rows[] = {
	{"one object", "{\"@type\":\"Person\"}", "Person()", false},
	{"an array", "[{\"@type\":\"Person\"},{\"@type\":\"Article\"}]", "Person()Article()", false},
	{"a graph", "{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":\"Person\"},7,null]}", "Person()", false},
	{"an object in another one", "{\"@type\":\"Article\",\"author\":{\"@type\":\"Person\"}}", "Article()Person(author<Article)", false},
	{"an array in an object", "{\"@type\":\"Article\",\"author\":[{\"@type\":\"Person\"}]}", "Article()Person(author<Article)", false},
	{"through an object without a type", "{\"@type\":\"Article\",\"x\":{\"y\":{\"@type\":\"Person\"}}}", "Article()Person(y<Article)", false},
	{"schema.org's address before the type", "{\"@type\":\"http://schema.org/Person\"}", "Person()", false},
	{"several types", "{\"@type\":[\"Thing\",\"schema:Person\"]}", "Person()", false},
	{"another vocabulary's word", "{\"@type\":\"http://x.example/Person\"}", "?()", false},
	{"a type that is no text", "{\"@type\":{\"a\":\"Person\"}}", "?()", false},
	{"an object without a type", "{\"name\":\"Ada\"}", "", false},
	{"in a comment", "<!-- {\"@type\":\"Person\"} -->", "Person()", false},
	{"in CDATA", "\n//<![CDATA[\n{\"@type\":\"Person\"}\n//]]>", "Person()", false},
	{"no JSON", "{\"@type\":\"Person\"", "", true},
	{"nothing", "", "", true},
};
/* clang-format on */

static const char *type_of(const json_t *object)
{
	static const char *const types[] = {"Person", "Article"};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (jsonld_is(object, types[i]))
			return types[i];
	}
	return "?";
}

static void show(const struct jsonld *jsonld, struct buf *out)
{
	int r = 0;
	for (size_t i = 0; i < jsonld->n_nodes; i++) {
		const struct jsonld_node *node = &jsonld->nodes[i];
		r |= buf_addf(out, "%s(%s", type_of(node->object), node->key ? node->key : "");
		if (node->owner)
			r |= buf_addf(out, "<%s", type_of(node->owner));
		r |= buf_adds(out, ")");
	}
	assert_int_equal(r, 0);
}

static void finds_what_has_a_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena *arena = arena_new(LIMIT_EXTRACT_B);
		struct buf got = BUF_INIT(4096);
		struct strip_span span = {rows[i].json, strlen(rows[i].json)};
		const struct stripped stripped = {.jsonld = &span, .n_jsonld = 1};
		struct jsonld jsonld = {0};
		assert_int_equal(jsonld_read(arena, &stripped, &jsonld), 0);
		show(&jsonld, &got);
		if (strcmp(buf_str(&got), rows[i].want) != 0 || jsonld.bad != rows[i].bad)
			fail_msg("%s: %s%s", rows[i].why, buf_str(&got), jsonld.bad ? " bad" : "");
		jsonld_release(&jsonld);
		buf_release(&got);
		arena_free(arena);
	}
}

static void stops_at_the_limit(void **state)
{
	(void)state;
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct buf json = BUF_INIT(1 << 20);
	assert_int_equal(buf_adds(&json, "[{}"), 0);
	for (int i = 0; i < JSONLD_NODES + 10; i++)
		assert_int_equal(buf_adds(&json, ",{\"@type\":\"Person\"}"), 0);
	assert_int_equal(buf_adds(&json, "]"), 0);
	struct strip_span span = {json.data, json.len};
	const struct stripped stripped = {.jsonld = &span, .n_jsonld = 1};
	struct jsonld jsonld = {0};
	assert_int_equal(jsonld_read(arena, &stripped, &jsonld), 0);
	assert_int_equal(jsonld.n_nodes, JSONLD_NODES);
	jsonld_release(&jsonld);
	buf_release(&json);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_has_a_type),
		cmocka_unit_test(stops_at_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
