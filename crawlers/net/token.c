#include "crawlers/net/token.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a token goes, and how the platform takes it. */
struct use {
	const char *source;    /* whose profiles use it; NULL: those on its host */
	const char *path;      /* of the API, below its host */
	const char *parameter; /* of the query; NULL: as a bearer token (RFC 6750) */
};

static const struct use uses[TOKEN_COUNT] = {
	/* docs.github.com/rest/authentication */
	[TOKEN_GITHUB] = {"github", "/", NULL},
	/* docs.gitlab.com/api/rest/authentication: a personal access token is taken so too */
	[TOKEN_GITLAB] = {NULL, "/api/", NULL},
	/* docs.joinmastodon.org/client/authorized */
	[TOKEN_MASTODON] = {NULL, "/api/", NULL},
	/* github.com/reddit-archive/reddit/wiki/OAuth2 */
	[TOKEN_REDDIT] = {"reddit", "/", NULL},
	/* api.stackexchange.com/docs/authentication */
	[TOKEN_STACKEXCHANGE] = {"stackexchange", "/", "key"},
	/* developers.google.com/youtube/v3/docs */
	[TOKEN_YOUTUBE] = {"youtube", "/youtube/", "key"},
};

static const char bearer[] = "Authorization: Bearer ";

struct tokens {
	struct token *items;
	size_t count;
};

/* ---- all of them ---- */

int tokens_new(struct tokens **ret)
{
	struct tokens *tokens = calloc(1, sizeof *tokens);
	if (!tokens)
		return -ENOMEM;
	*ret = tokens;
	return 0;
}

struct tokens *tokens_free(struct tokens *tokens)
{
	if (!tokens)
		return NULL;
	for (size_t i = 0; i < tokens->count; i++) {
		secret_free(tokens->items[i].secret);
		free((char *)tokens->items[i].host);
	}
	free(tokens->items);
	free(tokens);
	return NULL;
}

static int add(struct tokens *tokens, enum token_kind kind, const char *host, struct secret *secret)
{
	for (size_t i = 0; i < tokens->count; i++) {
		if (tokens->items[i].kind == kind && strcmp(tokens->items[i].host, host) == 0)
			return TOKENS_E_KNOWN;
	}
	struct token *items = realloc(tokens->items, (tokens->count + 1) * sizeof *items);
	if (!items)
		return -ENOMEM;
	tokens->items = items;
	char *copy = strdup(host);
	if (!copy)
		return -ENOMEM;
	items[tokens->count++] = (struct token){.kind = kind, .host = copy, .secret = secret};
	return 0;
}

int tokens_add(struct tokens *tokens, enum token_kind kind, const char *host, struct secret *secret)
{
	int r = add(tokens, kind, host, secret);
	if (r != 0)
		secret_free(secret);
	return r;
}

size_t tokens_count(const struct tokens *tokens)
{
	return tokens ? tokens->count : 0;
}

const struct token *tokens_at(const struct tokens *tokens, size_t i)
{
	return &tokens->items[i];
}

int token_name(const struct token *token, struct buf *out)
{
	const struct token_words *words = token_words(token->kind);
	return words->own_hosts ? buf_addf(out, "%s (%s)", words->name, token->host)
				: buf_adds(out, words->name);
}

/* ---- which one ---- */

/* A profile on one server of many is found out to be of that kind by its pages; which server it is on
 * stands in its URL. */
static bool is_for_profile(const struct token *token, const char *source, const char *origin)
{
	const struct use *use = &uses[token->kind];
	const char *host = origin ? strstr(origin, "://") : NULL;
	if (use->source)
		return source && strcmp(use->source, source) == 0;
	return source && host && strcmp(host + strlen("://"), token->host) == 0;
}

/* Host and port of @origin, as tokens are told of them; NULL: not with this scheme. */
static const char *host_of(const char *origin, const char *scheme)
{
	size_t len = strlen(scheme);
	return strncmp(origin, scheme, len) == 0 ? origin + len : NULL;
}

/* An address, for a name may lead anywhere. */
static bool is_loopback(const char *host)
{
	struct in_addr address;
	if (inet_pton(AF_INET, host, &address) == 1)
		return ntohl(address.s_addr) >> 24 == IN_LOOPBACKNET;
	return strcmp(host, "[::1]") == 0;
}

static bool is_its_api(const struct token *token, const struct token_need *need)
{
	const char *origin = need->url->origin;
	const char *host = host_of(origin, "https://");
	bool at_home = need->profile && strcmp(need->profile, origin) == 0;
	if (!host && at_home && is_loopback(need->url->host))
		host = host_of(origin, "http://");
	const char *path = uses[token->kind].path;
	return host && strcmp(host, token->host) == 0 &&
	       strncmp(need->url->path, path, strlen(path)) == 0;
}

const struct token *tokens_for(const struct tokens *tokens, const struct token_need *need)
{
	for (size_t i = 0; i < tokens_count(tokens); i++) {
		const struct token *token = &tokens->items[i];
		if (is_for_profile(token, need->source, need->profile) && is_its_api(token, need))
			return token;
	}
	return NULL;
}

bool tokens_serve(const struct tokens *tokens, const char *source, const struct url *url)
{
	for (size_t i = 0; i < tokens_count(tokens); i++) {
		if (is_for_profile(&tokens->items[i], source, url->origin))
			return true;
	}
	return false;
}

bool tokens_open(const struct tokens *tokens, const char *origin)
{
	const char *host = host_of(origin, "https://");
	for (size_t i = 0; host && i < tokens_count(tokens); i++) {
		if (strcmp(tokens->items[i].host, host) == 0)
			return true;
	}
	return false;
}

/* ---- into a request and out again ---- */

static int add_bearer(const struct token *token, struct curl_slist **headers)
{
	char line[sizeof bearer + LIMIT_SECRET_B];
	(void)stpcpy(stpcpy(line, bearer), secret_text(token->secret)); /* it has room */
	struct curl_slist *longer = curl_slist_append(*headers, line);
	explicit_bzero(line, sizeof line);
	if (!longer)
		return -ENOMEM;
	*headers = longer;
	return 0;
}

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
}

static int add_parameter(const struct token *token, const char *url, char **ret)
{
	char *value = curl_easy_escape(NULL, secret_text(token->secret), 0);
	char *whole = NULL;
	int len = value ? asprintf(&whole, "%s%c%s=%s", url, strchr(url, '?') ? '&' : '?',
				  uses[token->kind].parameter, value)
			: -1;
	wipe(value);
	curl_free(value);
	if (len < 0)
		return -ENOMEM;
	*ret = whole;
	return 0;
}

int token_apply(
	const struct token *token, const char *url, struct curl_slist **headers, char **ret_url)
{
	*ret_url = NULL;
	return uses[token->kind].parameter ? add_parameter(token, url, ret_url)
					   : add_bearer(token, headers);
}

void token_wipe(const struct token *token, struct curl_slist *headers, char *url)
{
	for (; token && headers; headers = headers->next) {
		if (strncmp(headers->data, bearer, sizeof bearer - 1) == 0)
			wipe(headers->data);
	}
	wipe(url);
	free(url);
}
