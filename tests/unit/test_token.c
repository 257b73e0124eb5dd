/* crawlers/net/token: which token goes with which request, and how. */
#include "crawlers/net/token.h"

#include "daemon/base/limits.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct secret *secret_of(const char *text)
{
	char path[] = "/tmp/dirtwatch-token-XXXXXX";
	struct secret *secret = NULL;
	int fd = mkostemp(path, O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
	assert_int_equal(secret_read(path, SECRET_OWN_FILE, &secret), 0);
	assert_int_equal(unlink(path), 0);
	return secret;
}

static struct tokens *all_tokens(void)
{
	static const struct {
		enum token_kind kind;
		const char *host;
		const char *secret;
	} rows[] = {
		{TOKEN_GITHUB, "api.github.com", "hub"},
		{TOKEN_GITLAB, "gitlab.com", "lab"},
		{TOKEN_GITLAB, "git.example", "ownlab"},
		{TOKEN_MASTODON, "social.example", "toot"},
		{TOKEN_MASTODON, "127.0.0.1:8080", "home"},
		{TOKEN_MASTODON, "127.evil.example:80", "evil"},
		{TOKEN_REDDIT, "oauth.reddit.com", "red"},
		{TOKEN_STACKEXCHANGE, "api.stackexchange.com", "stack"},
		{TOKEN_YOUTUBE, "www.googleapis.com", "tube"},
	};
	struct tokens *tokens;
	assert_int_equal(tokens_new(&tokens), 0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(
			tokens_add(tokens, rows[i].kind, rows[i].host, secret_of(rows[i].secret)),
			0);
	assert_int_equal(tokens_add(tokens, TOKEN_GITHUB, "api.github.com", secret_of("another")),
		TOKENS_E_KNOWN);
	assert_int_equal(tokens_count(tokens), sizeof rows / sizeof rows[0]);
	return tokens;
}

struct row {
	const char *why;
	const char *source;
	const char *profile;
	const char *url;
	const char *secret; /* NULL: none goes */
};

/* clang-format off */
static const struct row rows[] = {
	{"GitHub's API, for a profile there", "github", "https://github.com", "https://api.github.com/users/ada", "hub"},
	{"for another profile, whose page leads there", "page", "https://ada.example", "https://api.github.com/user", NULL},
	{"for no profile: robots.txt, permalinks", NULL, NULL, "https://api.github.com/robots.txt", NULL},
	{"GitHub's pages are not its API", "github", "https://github.com", "https://github.com/ada", NULL},
	{"a host that starts as it does", "github", "https://github.com", "https://api.github.com.evil.example/users/ada", NULL},
	{"a host that ends as it does", "github", "https://github.com", "https://evil-api.github.com/users/ada", NULL},
	{"one below it", "github", "https://github.com", "https://x.api.github.com/users/ada", NULL},
	{"another port", "github", "https://github.com", "https://api.github.com:8443/users/ada", NULL},
	{"the usual port, written out", "github", "https://github.com", "https://api.github.com:443/users/ada", "hub"},
	{"capitals", "github", "https://github.com", "HTTPS://API.GitHub.com/users/ada", "hub"},
	{"without TLS", "github", "https://github.com", "http://api.github.com/users/ada", NULL},
	{"without TLS to the port of TLS", "github", "https://github.com", "http://api.github.com:443/", NULL},
	{"Mastodon's API on the profile's server", "mastodon", "https://social.example", "https://social.example/api/v1/accounts/lookup?acct=ada", "toot"},
	{"read as ActivityPub", "activitypub", "https://social.example", "https://social.example/api/v1/x", "toot"},
	{"its pages and feeds are for anybody", "mastodon", "https://social.example", "https://social.example/@ada.rss", NULL},
	{"nor is a path that only starts so", "mastodon", "https://social.example", "https://social.example/apiary", NULL},
	{"dots that lead out of the API", "mastodon", "https://social.example", "https://social.example/api/../@ada", NULL},
	{"another server's profile leads there", "mastodon", "https://other.example", "https://social.example/api/v1/x", NULL},
	{"the profile's server, but no token for it", "mastodon", "https://other.example", "https://other.example/api/v1/x", NULL},
	{"a server of one's own on loopback, without TLS", "mastodon", "http://127.0.0.1:8080", "http://127.0.0.1:8080/api/v1/x", "home"},
	{"a page elsewhere leads to loopback", "mastodon", "https://other.example", "http://127.0.0.1:8080/api/v1/x", NULL},
	{"a name that looks like loopback", "mastodon", "http://127.evil.example:80", "http://127.evil.example:80/api/v1/x", NULL},
	{"GitLab's own", "gitlab", "https://gitlab.com", "https://gitlab.com/api/v4/users?username=ada", "lab"},
	{"a GitLab of one's own", "gitlab", "https://git.example", "https://git.example/api/v4/users?username=ada", "ownlab"},
	{"one GitLab's profile leads to the other", "gitlab", "https://git.example", "https://gitlab.com/api/v4/users", NULL},
	{"Reddit's API", "reddit", "https://www.reddit.com", "https://oauth.reddit.com/user/ada/overview", "red"},
	{"Reddit's feeds", "reddit", "https://www.reddit.com", "https://www.reddit.com/user/ada/.rss", NULL},
	{"Stack Exchange", "stackexchange", "https://stackoverflow.com", "https://api.stackexchange.com/2.3/users/1", "stack"},
	{"YouTube's API", "youtube", "https://www.youtube.com", "https://www.googleapis.com/youtube/v3/channels", "tube"},
	{"another API of Google's", "youtube", "https://www.youtube.com", "https://www.googleapis.com/drive/v3/files", NULL},
};
/* clang-format on */

static void test_which_goes(void **state)
{
	struct tokens *tokens = all_tokens();
	struct arena *arena = arena_new(1 << 20);
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct url url;
		struct url profile = {0};
		print_message("%s\n", rows[i].why);
		assert_int_equal(url_parse(arena, rows[i].url, &url), 0);
		if (rows[i].profile)
			assert_int_equal(url_parse(arena, rows[i].profile, &profile), 0);
		const struct token_need need = {&url, rows[i].source, profile.origin};
		const struct token *token = tokens_for(tokens, &need);
		assert_string_equal(token ? secret_text(token->secret) : "",
			rows[i].secret ? rows[i].secret : "");
		assert_null(tokens_for(NULL, &need));
	}
	arena_free(arena);
	tokens_free(tokens);
}

static void test_whom_they_serve(void **state)
{
	struct tokens *tokens = all_tokens();
	struct arena *arena = arena_new(1 << 20);
	struct url url;
	(void)state;
	assert_int_equal(url_parse(arena, "https://www.reddit.com/user/ada", &url), 0);
	assert_true(tokens_serve(tokens, "reddit", &url));
	assert_false(tokens_serve(tokens, "page", &url));
	assert_false(tokens_serve(tokens, "mastodon", &url));
	assert_false(tokens_serve(NULL, "reddit", &url));
	assert_int_equal(url_parse(arena, "https://social.example/@ada", &url), 0);
	assert_true(tokens_serve(tokens, "mastodon", &url));
	assert_true(tokens_open(tokens, "https://oauth.reddit.com"));
	assert_true(tokens_open(tokens, "https://social.example"));
	assert_false(tokens_open(tokens, "https://www.reddit.com"));
	assert_false(tokens_open(tokens, "http://social.example"));
	arena_free(arena);
	tokens_free(tokens);
}

static const struct token *token_of(const struct tokens *tokens, enum token_kind kind)
{
	size_t i = 0;
	while (tokens_at(tokens, i)->kind != kind)
		i++;
	return tokens_at(tokens, i);
}

static void test_a_header(void **state)
{
	struct tokens *tokens = all_tokens();
	const struct token *token = token_of(tokens, TOKEN_GITHUB);
	struct curl_slist *headers = curl_slist_append(NULL, "Accept: x");
	char *url;
	(void)state;
	assert_int_equal(token_apply(token, "https://api.github.com/", &headers, &url), 0);
	assert_null(url);
	assert_string_equal(headers->next->data, "Authorization: Bearer hub");
	token_wipe(token, headers, url);
	assert_string_equal(headers->data, "Accept: x");
	assert_string_equal(headers->next->data, "");
	curl_slist_free_all(headers);
	tokens_free(tokens);
}

static void test_a_parameter(void **state)
{
	struct tokens *tokens;
	struct curl_slist *headers = NULL;
	char *url;
	(void)state;
	assert_int_equal(tokens_new(&tokens), 0);
	assert_int_equal(tokens_add(tokens, TOKEN_STACKEXCHANGE, "h", secret_of("a((&=#b")), 0);
	const struct token *token = tokens_at(tokens, 0);
	assert_int_equal(token_apply(token, "https://h/2.3/users/1?site=x", &headers, &url), 0);
	assert_string_equal(url, "https://h/2.3/users/1?site=x&key=a%28%28%26%3D%23b");
	assert_null(headers);
	token_wipe(token, headers, url);
	assert_int_equal(token_apply(token, "https://h/2.3/info", &headers, &url), 0);
	assert_string_equal(url, "https://h/2.3/info?key=a%28%28%26%3D%23b");
	token_wipe(token, headers, url);
	tokens_free(tokens);
	assert_null(tokens_free(NULL));
}

static void test_names_tell_no_secrets(void **state)
{
	struct tokens *tokens = all_tokens();
	struct buf name = BUF_INIT(LIMIT_URL_B);
	(void)state;
	assert_int_equal(token_name(token_of(tokens, TOKEN_GITHUB), &name), 0);
	assert_string_equal(buf_str(&name), "github");
	buf_clear(&name);
	assert_int_equal(token_name(token_of(tokens, TOKEN_MASTODON), &name), 0);
	assert_string_equal(buf_str(&name), "mastodon (social.example)");
	buf_release(&name);
	tokens_free(tokens);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which_goes),
		cmocka_unit_test(test_whom_they_serve),
		cmocka_unit_test(test_a_header),
		cmocka_unit_test(test_a_parameter),
		cmocka_unit_test(test_names_tell_no_secrets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
