/* What sources make of follows, likes, stars and memberships. */
#include "crawlers/sources/api.h"
#include "tests/unit/api_check.h"

#define BASE "https://social.example/api/follows"
#define A100                                                                                       \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaa"
#define A500 A100 A100 A100 A100 A100

struct row {
	const char *why;
	struct api_interaction given;
	const char *id; /* NULL: nothing comes of it */
	const char *others;
	const char *links[2];
};

static const struct row rows[] = {
	{"all that may be told",
		{.kind = KIND_FOLLOW,
			.id = "7",
			.handle = "bob@far.example",
			.name = "Bob",
			.about = "I fish",
			.url = "/@bob"},
		"7", "@bob@far.example\n\nBob\n\nI fish", {"https://social.example/@bob"}},
	{"a handle keeps its @", {.kind = KIND_LIKE, .handle = "@bob"}, "like:@bob", "@bob", {0}},
	{"a bio is one line: none of its own lines looks like a handle",
		{.kind = KIND_FOLLOW, .handle = "eve", .about = "I am\r\n\r\n@globex\tsurely"},
		"follow:eve", "@eve\n\nI am @globex surely", {0}},
	{"so is a name", {.kind = KIND_FOLLOW, .handle = "eve", .name = "Eve\n@globex"},
		"follow:eve", "@eve\n\nEve @globex", {0}},
	{"HTML is read",
		{.kind = KIND_FOLLOW,
			.handle = "eve",
			.about = "<p>a &amp; b</p><p>c</p>",
			.about_html = true},
		"follow:eve", "@eve\n\na & b c", {0}},
	{"a project and its page elsewhere",
		{.kind = KIND_STAR,
			.handle = "globex",
			.name = "globex/widget",
			.url = "https://code.example/globex/widget",
			.site = "https://globex.example"},
		"star:https://code.example/globex/widget", "@globex\n\nglobex/widget",
		{"https://code.example/globex/widget", "https://globex.example/"}},
	{"an address that is none is no link",
		{.kind = KIND_MEMBERSHIP, .name = "Chess", .url = "javascript:alert(1)"},
		"membership:javascript:alert(1)", "Chess", {0}},
	{"of nobody", {.kind = KIND_FOLLOW, .about = "I fish"}, NULL, NULL, {0}},
	{"of nobody with an empty name", {.kind = KIND_FOLLOW, .handle = ""}, NULL, NULL, {0}},
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];
		struct extract extract;
		assert_int_equal(extract_init(&extract), 0);
		assert_int_equal(api_add_interaction(&extract, BASE, &row->given), 0);
		if (extract.n_posts != (row->id ? 1 : 0))
			FAIL("%s: %zu posts", row->why, extract.n_posts);
		if (row->id) {
			const struct post *post = &extract.posts[0];
			size_t n_links = (row->links[0] != NULL) + (row->links[1] != NULL);
			if (!same(post->id, row->id) || !same(post->others, row->others) ||
				post->len != 0 || post->url || post->kind != row->given.kind)
				FAIL("%s: %s: %s", row->why, post->id, post->others);
			if (post->n_links != n_links)
				FAIL("%s: %zu links", row->why, post->n_links);
			for (size_t k = 0; k < n_links; k++)
				assert_string_equal(post->links[k].url, row->links[k]);
		}
		extract_release(&extract);
	}
}

static void test_long_words_are_cut(void **state)
{
	(void)state;
	const struct api_interaction given = {.kind = KIND_LIKE,
		.handle = "bob",
		.about = A500 A500 A500 A500 "\xc3\xa9",
		.url = "https://a.example/1"};
	struct extract extract;
	assert_int_equal(extract_init(&extract), 0);
	assert_int_equal(api_add_interaction(&extract, BASE, &given), 0);
	assert_int_equal(extract.posts[0].others_len, LIMIT_TARGET_B + strlen("\n\n"));
	assert_int_equal(extract.posts[0].n_links, 1);
	extract_release(&extract);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_long_words_are_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
