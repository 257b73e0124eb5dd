#include "daemon/base/limits.h"
#include "tests/unit/shared.h"
#include "tests/unit/shipped_walls.h"
#include "tests/unit/source_check.h"

#include <dirent.h>

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
	static const enum relation rest[] = {FOLLOW_NEXT, FOLLOW_OLDER};
	for (size_t i = 0; i < LIMIT_FOLLOWS + 1; i++)
		assert_int_equal(extract_add_follow(&extract, &also), 0);
	assert_int_equal(extract.n_follows, LIMIT_FOLLOWS);
	assert_false(extract.coverage.cut);
	/* Posts go with a next page, so leaving that out is told. */
	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
		struct follow next = {.url = "https://a.example/2", .relation = rest[i]};
		extract.coverage.cut = false;
		assert_int_equal(extract_add_follow(&extract, &next), 0);
		assert_true(extract.coverage.cut);
	}
	extract_release(&extract);
}

static void only_a_list_with_the_newest_first_has_older_ones_behind_it(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		struct {
			int64_t published_s;
			enum post_kind kind;
			bool pinned;
		} posts[3];
		size_t count;
		enum relation relation;
	} rows[] = {
		{"newest first", {{.published_s = 30}, {.published_s = 20}, {.published_s = 10}}, 3,
			FOLLOW_OLDER},
		{"two at the same time",
			{{.published_s = 30}, {.published_s = 30}, {.published_s = 10}}, 3,
			FOLLOW_OLDER},
		{"oldest first", {{.published_s = 10}, {.published_s = 20}, {.published_s = 30}}, 3,
			FOLLOW_NEXT},
		{"one out of order",
			{{.published_s = 30}, {.published_s = 10}, {.published_s = 20}}, 3,
			FOLLOW_NEXT},
		{"one without a date",
			{{.published_s = 30}, {.published_s = 0}, {.published_s = 10}}, 3,
			FOLLOW_NEXT},
		{"one shows no order", {{.published_s = 30}}, 1, FOLLOW_NEXT},
		{"none shows no order", {{.published_s = 0}}, 0, FOLLOW_NEXT},
		{"a pinned one may stand anywhere",
			{{5, .pinned = true}, {.published_s = 30}, {.published_s = 20}}, 3,
			FOLLOW_OLDER},
		{"a bio is no part of the list",
			{{0, .kind = KIND_BIO}, {.published_s = 30}, {.published_s = 20}}, 3,
			FOLLOW_OLDER},
		{"nor is a handle",
			{{.published_s = 40}, {.published_s = 30}, {0, .kind = KIND_HANDLE}}, 3,
			FOLLOW_OLDER},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct extract extract;
		print_message("%s\n", rows[i].why);
		assert_int_equal(extract_init(&extract), 0);
		for (size_t k = 0; k < rows[i].count; k++) {
			struct post *post;
			assert_int_equal(extract_add_post(&extract, &post), 0);
			post->published_s = rows[i].posts[k].published_s;
			post->kind = rows[i].posts[k].kind;
			post->pinned = rows[i].posts[k].pinned;
		}
		assert_int_equal(extract_next_relation(&extract), rows[i].relation);
		extract_release(&extract);
	}
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
	assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
	assert_int_equal(extract.verdict, VERDICT_PARSE_DRIFT);
	assert_non_null(extract.why);
	extract_release(&extract);
}

static void every_source_is_found_by_its_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_sources; i++) {
		assert_ptr_equal(source_find(sources[i]->name), sources[i]);
		assert_non_null(sources[i]->title);
		assert_non_null(sources[i]->read);
		/* What claims a profile says what to ask for first, or that nothing need be asked. */
		assert_true(!sources[i]->claims || sources[i]->first || sources[i]->known);
	}
	assert_null(source_find(""));
	assert_null(source_find("Feed"));
}

/* A source numbers its steps from 0; no one has more. */
#define STEPS 16

/* Beginnings of @body, read as every step's answer, break no promise. */
static void read_as_any_step(
	const struct source *source, const char *path, const char *body, size_t len)
{
	static const char *const subjects[] = {NULL, "42", "ada 1", "ada 42 1"};
	for (int i = 0; i < STEPS * 8; i++) {
		struct page page = page_of(source->name, "https://ada.example/@ada", body,
			len - len / 8 * (size_t)(i / STEPS));
		page.step = i % STEPS;
		page.subject = subjects[i / 2 % 4];
		struct extract extract;
		assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
		if (broken_promise(&extract))
			fail_msg("%s as step %d of %s: %s", path, page.step, source->name,
				broken_promise(&extract));
		extract_release(&extract);
	}
}

static size_t read_fixtures(const struct source *source, const char *folder)
{
	size_t n = 0;
	DIR *dir = opendir(folder);
	for (struct dirent *file = dir ? readdir(dir) : NULL; file; file = readdir(dir)) {
		char *path = NULL;
		size_t len = 0;
		assert_true(asprintf(&path, "%s/%s", folder, file->d_name) > 0);
		char *body = file->d_name[0] == '.' ? NULL : read_whole(path, &len);
		if (body) {
			read_as_any_step(source, path, body, len);
			n++;
		}
		free(body);
		free(path);
	}
	if (dir)
		(void)closedir(dir);
	return n;
}

/* One file, one line in the table, one folder: what the README promises. */
static void every_source_has_fixtures(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_sources; i++) {
		char *folder = NULL;
		assert_true(asprintf(&folder, "tests/fixtures/%s", sources[i]->name) > 0);
		if (read_fixtures(sources[i], folder) == 0)
			fail_msg("%s: no file in %s", sources[i]->name, folder);
		free(folder);
	}
}

struct pick {
	const char *why;
	const char *url;
	const char *source;
};

/* Every way in which people write the address of a profile. */
/* clang-format off */
static const struct pick picks[] = {
	{"a page of one's own", "https://ada.example/", "page"},
	{"the address of a feed", "https://ada.example/atom.xml", "feed"},
	{"nobody's profile is a robots.txt", "https://ada.example/robots.txt", "page"},

	{"a fediverse handle", "https://social.example/@ada", "mastodon"},
	{"as old servers have it", "https://social.example/users/ada", "mastodon"},
	{"its feed", "https://social.example/@ada.rss", "feed"},
	{"the same form on a platform of another kind", "https://medium.com/@ada", "medium"},
	{"and on one that shows nothing", "https://www.tiktok.com/@ada", "closed"},

	{"Bluesky by handle", "https://bsky.app/profile/ada.example", "bluesky"},
	{"by did", "https://bsky.app/profile/did:plc:abcdefghijklmnopqrstuvwx", "bluesky"},
	{"a post of it", "https://bsky.app/profile/ada.example/post/3k", "bluesky"},
	{"a host in capitals", "https://BSKY.APP/profile/ada.example", "bluesky"},

	{"Reddit", "https://www.reddit.com/user/ada_e", "reddit"},
	{"in short, with a tab", "https://reddit.com/u/ada_e/comments/", "reddit"},
	{"the old site", "https://old.reddit.com/user/ada_e", "reddit"},
	{"the new site", "https://new.reddit.com/user/ada_e/", "reddit"},
	{"without taking part", "https://np.reddit.com/u/ada_e", "reddit"},

	{"Hacker News", "https://news.ycombinator.com/user?id=ada", "hackernews"},
	{"with a list", "https://news.ycombinator.com/threads?id=ada", "hackernews"},
	{"a name in capitals is another name", "https://news.ycombinator.com/user?id=Ada", "hackernews"},

	{"GitHub", "https://github.com/ada-e", "github"},
	{"with www, a tab and a slash", "https://www.github.com/ada-e/?tab=stars", "github"},
	{"a page of GitHub's own", "https://github.com/settings", "page"},
	{"GitLab", "https://gitlab.com/ada-e", "gitlab"},

	{"Stack Overflow", "https://stackoverflow.com/users/77/ada-e", "stackexchange"},
	{"another site of theirs, with a tab", "https://cooking.stackexchange.com/users/77?tab=answers", "stackexchange"},

	{"YouTube by number", "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv", "youtube"},
	{"by handle, on a phone", "https://m.youtube.com/@ada/featured", "youtube"},
	{"by the names of old", "https://youtube.com/c/ada", "youtube"},
	{"and of older", "https://www.youtube.com/user/ada", "youtube"},

	{"Tumblr", "https://ada-e.tumblr.com/", "tumblr"},
	{"as it names blogs now", "https://www.tumblr.com/ada-e", "tumblr"},
	{"Medium by host", "https://ada.medium.com/", "medium"},
	{"Substack by host", "https://ada.substack.com/", "substack"},
	{"a person on Substack", "https://substack.com/@ada", "substack"},
	{"Blogger", "https://ada.blogspot.com/2024/05/x.html", "blogger"},
	{"WordPress.com", "https://ada.wordpress.com/about/", "wordpresscom"},
	{"Ghost", "https://ada.ghost.io/", "ghost"},
	{"Micro.blog", "https://micro.blog/ada", "microblog"},
	{"its blog", "https://ada.micro.blog/", "microblog"},
	{"DEV", "https://dev.to/ada_e", "devto"},
	{"Telegram", "https://t.me/ada_channel", "telegram"},
	{"its preview", "https://t.me/s/ada_channel", "telegram"},
	{"its host", "https://adachannel.t.me/", "telegram"},
	{"LinkedIn", "https://www.linkedin.com/in/ada-example/", "linkedin"},
	{"in another country, with a language", "https://at.linkedin.com/in/ada-example/de", "linkedin"},
	{"Steam by name", "https://steamcommunity.com/id/ada/", "steam"},
	{"Steam by number", "https://steamcommunity.com/profiles/76561197960287930", "steam"},
	{"Letterboxd", "https://letterboxd.com/ada/", "feed"},
	{"Lobsters", "https://lobste.rs/~ada", "page"},

	{"X", "https://x.com/ada", "closed"},
	{"Instagram", "https://www.instagram.com/ada/", "closed"},
	{"Facebook", "https://m.facebook.com/ada", "closed"},
	{"a host that only ends alike", "https://notreddit.com/user/ada", "page"},
	{"a host that only begins alike", "https://github.com.ada.example/ada", "page"},
};
/* clang-format on */

static void profiles_go_to_the_most_particular_source(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof picks / sizeof *picks; i++) {
		struct arena *arena = arena_new(1 << 16);
		struct url url;
		const char *why = NULL;
		assert_int_equal(url_parse(arena, picks[i].url, &url), 0);
		const struct source *source = source_pick(&url, &why);
		if (strcmp(source->name, picks[i].source) != 0 || !why)
			fail_msg("%s: %s goes to %s", picks[i].why, picks[i].url, source->name);
		arena_free(arena);
	}
}

struct wall {
	const char *why;
	const char *source;
	int status;
	enum verdict verdict;
	size_t n_follows;
};

static const struct wall walls[] = {
	{"a missing feed", "feed", 404, VERDICT_NOT_FOUND, 0},
	{"a missing page", "page", 404, VERDICT_NOT_FOUND, 0},
	{"a missing API has a feed in its place", "mastodon", 404, VERDICT_NOT_FOUND, 1},
	{"a closed API, too", "mastodon", 401, VERDICT_AUTH_REQUIRED, 1},
	{"a missing robots.txt forbids nothing", "robots", 404, VERDICT_OK, 0},
};

static void walls_go_to_the_source(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof walls / sizeof *walls; i++) {
		struct page page = {
			.url = "https://a.example/@ada",
			.final_url = "https://a.example/@ada",
			.profile = "https://a.example/@ada",
			.source = walls[i].source,
			.status = walls[i].status,
			.body = "",
		};
		struct extract extract;
		assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
		if (extract.verdict != walls[i].verdict || extract.n_follows != walls[i].n_follows)
			fail_msg("%s: %s, %zu requests", walls[i].why,
				verdict_name(extract.verdict), extract.n_follows);
		extract_release(&extract);
	}
}

static void the_newest_post_is_the_last_of_its_writer(void **state)
{
	(void)state;
	static const char feed[] =
		"<rss><channel><title>x</title>"
		"<item><guid>1</guid><title>a</title><pubDate>2023-10-01T00:00:00Z</pubDate></item>"
		"<item><guid>2</guid><title>b</title><pubDate>2023-11-01T00:00:00Z</pubDate></item>"
		"<item><guid>3</guid><title>yet to come</title><pubDate>2031-01-01T00:00:00Z"
		"</pubDate></item></channel></rss>";
	struct page page = page_of("feed", "https://ada.example/feed", feed, strlen(feed));
	struct extract extract;
	assert_int_equal(source_read(shipped_walls(), &page, &extract), 0);
	assert_int_equal(extract.facts.last_active_s, 1698796800);
	extract_release(&extract);
}

static void own_pages_are_kept_once(void **state)
{
	(void)state;
	struct extract extract;
	assert_int_equal(extract_init(&extract), 0);
	static const char *const urls[] = {
		"https://ada.example", "/", "https://ada.example/", "javascript:alert(1)", "", "x"};
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
		assert_int_equal(extract_add_link(&extract, "https://ada.example/", urls[i]), 0);
	assert_int_equal(extract.facts.n_links, 2);
	assert_string_equal(extract.facts.links[0], "https://ada.example/");
	assert_string_equal(extract.facts.links[1], "https://ada.example/x");
	for (int i = 0; i < LIMIT_POST_LINKS + 10; i++) {
		char url[32];
		(void)snprintf(url, sizeof url, "/%d", i);
		assert_int_equal(extract_add_link(&extract, "https://ada.example/", url), 0);
	}
	assert_int_equal(extract.facts.n_links, LIMIT_POST_LINKS);
	extract_release(&extract);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(posts_end_at_the_limit),
		cmocka_unit_test(follows_end_at_the_limit),
		cmocka_unit_test(only_a_list_with_the_newest_first_has_older_ones_behind_it),
		cmocka_unit_test(a_page_of_an_unknown_source_is_not_clean),
		cmocka_unit_test(every_source_is_found_by_its_name),
		cmocka_unit_test(every_source_has_fixtures),
		cmocka_unit_test(profiles_go_to_the_most_particular_source),
		cmocka_unit_test(walls_go_to_the_source),
		cmocka_unit_test(the_newest_post_is_the_last_of_its_writer),
		cmocka_unit_test(own_pages_are_kept_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
