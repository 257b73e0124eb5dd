#include "crawlers/parse/wall.h"
#include "daemon/base/buf.h"
#include "daemon/base/limits.h"
#include "tests/unit/shipped_walls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NO_WALL VERDICT_COUNT

struct row {
	const char *why;
	int status;
	const char *url;
	const char *final_url; /* NULL: the same */
	const char *location;
	const char *content_type;
	const char *body;
	enum verdict want;
};

#define HTML "text/html; charset=utf-8"
#define BLOG "https://ada.example/"

/* clang-format off */
static const struct row rows[] = {
	{"a page", 200, BLOG, NULL, NULL, HTML, "<title>Ada</title><p>Hello", NO_WALL},
	{"an empty body is for the source to judge", 200, BLOG, NULL, NULL, HTML, "", NO_WALL},
	{"not found", 404, BLOG, NULL, NULL, HTML, "<h1>no such page", VERDICT_NOT_FOUND},
	{"gone for good", 410, BLOG, NULL, NULL, NULL, "", VERDICT_GONE},
	{"a password is asked for", 401, BLOG, NULL, NULL, NULL, "", VERDICT_AUTH_REQUIRED},
	{"forbidden", 403, BLOG, NULL, NULL, NULL, "", VERDICT_BLOCKED},
	{"withheld by law", 451, BLOG, NULL, NULL, NULL, "", VERDICT_BLOCKED},
	{"too many requests", 429, BLOG, NULL, NULL, NULL, "", VERDICT_RATE_LIMITED},
	{"LinkedIn's own status", 999, "https://www.linkedin.com/in/ada", NULL, NULL, HTML, "x", VERDICT_BLOCKED},
	{"any other refusal", 406, BLOG, NULL, NULL, NULL, "", VERDICT_BLOCKED},
	{"a broken server", 502, BLOG, NULL, NULL, NULL, "", VERDICT_SERVER_ERROR},
	{"a status that there is not (RFC 9110 15)", 820, BLOG, NULL, NULL, NULL, "", VERDICT_SERVER_ERROR},
	{"a redirect to a log-in", 302, BLOG, NULL, "https://ada.example/login?next=/", NULL, "", VERDICT_LOGIN_WALL},
	{"a redirect elsewhere", 301, BLOG, NULL, "https://b.example/", NULL, "", VERDICT_MOVED},
	{"a redirect to a word that starts alike", 301, BLOG, NULL, "https://ada.example/loginger", NULL, "", VERDICT_MOVED},
	{"a log-in in the query is no log-in", 301, BLOG, NULL, "https://ada.example/a?b=/login", NULL, "", VERDICT_MOVED},
	{"a followed redirect to a log-in", 200, BLOG, "https://ada.example/accounts/login/", NULL, HTML, "<p>x", VERDICT_LOGIN_WALL},
	{"a page that was asked for under such a name", 200, "https://ada.example/login/", NULL, NULL, HTML, "<p>my log-in woes", NO_WALL},
	{"Cloudflare's challenge", 403, BLOG, NULL, NULL, HTML,
		"<title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x></script>", VERDICT_BLOCKED},
	{"the same with 503 is no broken server", 503, BLOG, NULL, NULL, HTML,
		"<title>Just a moment...</title><script>_cf_chl_opt={}</script>", VERDICT_BLOCKED},
	{"a post of that title", 200, BLOG, NULL, NULL, HTML, "<title>Just a moment...</title><p>I sat down", NO_WALL},
	{"a post about captchas", 200, BLOG, NULL, NULL, HTML, "<title>Captchas</title><p>You must log in to continue, it said", NO_WALL},
	{"Anubis", 200, BLOG, NULL, NULL, HTML, "<title>Making sure you&#39;re not a bot!</title><img src=/.within.website/anubis>", VERDICT_BLOCKED},
	{"Reddit's wall", 403, "https://old.reddit.com/user/ada", NULL, NULL, HTML, "<h1>whoa there, pardner!</h1>", VERDICT_BLOCKED},
	{"Reddit's words elsewhere", 200, BLOG, NULL, NULL, HTML, "<p>whoa there, pardner!", NO_WALL},
	{"LinkedIn's wall", 200, "https://www.linkedin.com/in/ada", NULL, NULL, HTML, "<form class=authwall-join-form>", VERDICT_LOGIN_WALL},
	{"LinkedIn's public page has its wall, too", 200, "https://www.linkedin.com/in/ada", NULL, NULL, HTML,
		"<script type=\"application/ld+json\">{}</script><div class=authwall>", NO_WALL},
	{"a host that ends alike is another host", 200, "https://notlinkedin.com/", NULL, NULL, HTML, "<p class=authwall>", NO_WALL},
	{"Instagram without a profile", 200, "https://www.instagram.com/ada/", NULL, NULL, HTML, "<title>Instagram</title>", VERDICT_LOGIN_WALL},
	{"Instagram with one", 200, "https://www.instagram.com/ada/", NULL, NULL, HTML, "<title>Ada (@ada) \xe2\x80\xa2 Instagram photos</title>", NO_WALL},
	{"X", 200, "https://x.com/ada", NULL, NULL, HTML, "<title>X</title>", VERDICT_LOGIN_WALL},
	{"a blog called X", 200, "https://xx.example/", NULL, NULL, HTML, "<title>X</title><p>a", NO_WALL},
	{"Steam says so with 200", 200, "https://steamcommunity.com/id/a?xml=1", NULL, NULL, HTML,
		"<response><error><![CDATA[The specified profile could not be found.]]>", VERDICT_NOT_FOUND},
	{"a log-in form and little else", 200, BLOG, NULL, NULL, HTML,
		"<h1>Members</h1><form><label>Name</label><input name=a><input type=password name=password></form>", VERDICT_LOGIN_WALL},
	{"words of a wall behind a NUL", 200, "https://www.facebook.com/ada", NULL, NULL, HTML, "\x01You must log in to continue.", VERDICT_LOGIN_WALL},
	{"JSON is no page", 200, BLOG, NULL, NULL, "application/json", "{\"title\":\"password\"}", NO_WALL},
	{"not modified", 304, BLOG, NULL, NULL, NULL, "", NO_WALL},
};
/* clang-format on */

static enum verdict verdict_of(const struct row *row, const void *body, size_t len)
{
	struct extract extract = {.verdict = VERDICT_PARSE_DRIFT, .walls = shipped_walls()};
	extract.arena = arena_new(LIMIT_EXTRACT_B);
	const struct page page = {.url = row->url,
		.final_url = row->final_url ? row->final_url : row->url,
		.profile = row->url,
		.source = "page",
		.status = row->status,
		.content_type = row->content_type,
		.location = row->location,
		.body = body,
		.body_len = len};
	int r = wall_detect(&page, &extract);
	assert_true(r >= 0);
	enum verdict got = r > 0 ? extract.verdict : NO_WALL;
	arena_free(extract.arena);
	return got;
}

static const char *name(enum verdict verdict)
{
	return verdict == NO_WALL ? "no wall" : verdict_name(verdict);
}

static void tells_walls_from_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		enum verdict got = verdict_of(&rows[i], rows[i].body, strlen(rows[i].body));
		if (got != rows[i].want)
			fail_msg("%s: %s", rows[i].why, name(got));
	}
}

static void a_nul_hides_nothing(void **state)
{
	(void)state;
	static const char body[] = "a\0You must log in to continue";
	const struct row row = {"", 200, "https://facebook.com/ada", NULL, NULL, HTML, "", 0};
	assert_int_equal(verdict_of(&row, body, sizeof body - 1), VERDICT_LOGIN_WALL);
}

struct title_row {
	const char *title;
	bool missing;
};

static const struct title_row title_rows[] = {
	{"404", true},
	{"Page not found", true},
	{"Page Not Found | Ada's blog", true},
	{"404: not found", true},
	{"404 Not Found", true},
	{"404 days sober", false},
	{"Not found wanting", false},
	{"Ada's blog", false},
	{NULL, false},
};

static void knows_a_missing_page_by_its_title(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof title_rows / sizeof title_rows[0]; i++) {
		if (wall_is_missing(shipped_walls(), title_rows[i].title) != title_rows[i].missing)
			fail_msg("%s", title_rows[i].title ? title_rows[i].title : "(none)");
	}
}

static void a_log_in_beside_content_is_no_wall(void **state)
{
	(void)state;
	struct buf html = BUF_INIT(1 << 16);
	assert_int_equal(buf_adds(&html, "<form><input type='password'></form>"), 0);
	for (int i = 0; i < 30; i++)
		assert_int_equal(buf_adds(&html, "<p>A forum post of some length by Ada.</p>"), 0);
	const struct row row = {"", 200, BLOG, NULL, NULL, HTML, "", 0};
	assert_int_equal(verdict_of(&row, html.data, html.len), NO_WALL);
	buf_release(&html);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_walls_from_pages),
		cmocka_unit_test(a_nul_hides_nothing),
		cmocka_unit_test(knows_a_missing_page_by_its_title),
		cmocka_unit_test(a_log_in_beside_content_is_no_wall),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
