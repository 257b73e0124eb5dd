#include "crawlers/source.h"
#include "daemon/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void posts_end_at_the_limit(void **state)
{
	(void)state;
	struct extract extract;
	assert_int_equal(extract_init(&extract), 0);
	for (size_t i = 0; i < LIMIT_POSTS; i++) {
		struct post *post;
		assert_int_equal(extract_add_post(&extract, &post), 0);
		assert_non_null(post);
		post->published_s = (int64_t)i;
	}
	assert_false(extract.coverage.cut);
	struct post *post;
	assert_int_equal(extract_add_post(&extract, &post), 0);
	assert_null(post);
	assert_true(extract.coverage.cut);
	assert_int_equal(extract.n_posts, LIMIT_POSTS);
	for (size_t i = 0; i < LIMIT_POSTS; i++)
		assert_int_equal(extract.posts[i].published_s, i);
	extract_release(&extract);
	extract_release(&extract);
}

static void follows_end_at_the_limit(void **state)
{
	(void)state;
	struct extract extract;
	assert_int_equal(extract_init(&extract), 0);
	struct follow also = {.url = "https://a.example/", .relation = FOLLOW_ALSO};
	struct follow next = {.url = "https://a.example/2", .relation = FOLLOW_NEXT};
	for (size_t i = 0; i < LIMIT_FOLLOWS + 1; i++)
		assert_int_equal(extract_add_follow(&extract, &also), 0);
	assert_int_equal(extract.n_follows, LIMIT_FOLLOWS);
	assert_false(extract.coverage.cut);
	/* Posts go with a next page, so leaving that out is told. */
	assert_int_equal(extract_add_follow(&extract, &next), 0);
	assert_true(extract.coverage.cut);
	extract_release(&extract);
}

static void a_page_of_an_unknown_source_is_not_clean(void **state)
{
	(void)state;
	struct page page = {
		.url = "https://a.example/",
		.final_url = "https://a.example/",
		.profile = "https://a.example/",
		.source = "no-such-source",
		.status = 200,
		.body = "",
	};
	struct extract extract;
	assert_int_equal(source_read(&page, &extract), 0);
	assert_int_equal(extract.verdict, VERDICT_PARSE_DRIFT);
	assert_non_null(extract.why);
	extract_release(&extract);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posts_end_at_the_limit),
		cmocka_unit_test(follows_end_at_the_limit),
		cmocka_unit_test(a_page_of_an_unknown_source_is_not_clean),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
