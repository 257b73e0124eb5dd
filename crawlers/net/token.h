#ifndef DIRTWATCH_CRAWLERS_NET_TOKEN_H
#define DIRTWATCH_CRAWLERS_NET_TOKEN_H

#include "config/tokens.h"
#include "crawlers/net/url.h"
#include "daemon/base/buf.h"
#include "daemon/base/secret.h"

#include <curl/curl.h>

/*
 * Which of the person's tokens goes with which request: with a GET, over https, to the very origin of
 * that platform's API and below its path, and only while a profile of that platform is scanned.  No
 * page can bring one to be sent elsewhere, nor a scan of another profile to use one.  A redirect to
 * another origin ends it (transfer.c), and so does an answer that says the token back (exchange.c).
 *
 * A token enters a request on its way out and nowhere else: URLs that are logged, stored, shown or
 * handed to the reader never hold one.
 */
struct token {
	enum token_kind kind;
	const char *host; /* as in struct token_file */
	struct secret *secret;
};

/* All that there are; immutable once scans begin. */
struct tokens;

MUST_CHECK int tokens_new(struct tokens **ret);    /* 0, -ENOMEM */
struct tokens *tokens_free(struct tokens *tokens); /* wipes all; NULL is fine; returns NULL */

/** Add @secret, which is taken over whatever is returned; @host is copied.
 *  0; TOKENS_E_KNOWN: there is one for that host already; -ENOMEM. */
enum { TOKENS_E_KNOWN = 1 };
MUST_CHECK int tokens_add(
	struct tokens *tokens, enum token_kind kind, const char *host, struct secret *secret);

size_t tokens_count(const struct tokens *tokens);                     /* NULL: 0 */
const struct token *tokens_at(const struct tokens *tokens, size_t i); /* i below the count */

/** What it is called where people read it: "github", "mastodon (social.example)". */
MUST_CHECK int token_name(const struct token *token, struct buf *out);

/* A request that is about to be made. */
struct token_need {
	const struct url *url;
	const char *source;  /* that the profile being scanned is of by its URL; NULL: no profile */
	const char *profile; /* that profile's origin; NULL: none */
};

/** The token to send with it; NULL: none.  http only to loopback, where the profile itself is
 *  configured there. */
const struct token *tokens_for(const struct tokens *tokens, const struct token_need *need);

/** Is there one for the profile at @url, which is @source's by its URL? */
bool tokens_serve(const struct tokens *tokens, const char *source, const struct url *url);

/** Is there one for the API at @origin ("https://api.github.com")? */
bool tokens_open(const struct tokens *tokens, const char *origin);

/** Put it into a request: a header is added to *@headers, or *@ret_url is @url with the key in its
 *  query, malloc'd; else *@ret_url is NULL.  0, -ENOMEM. */
MUST_CHECK int token_apply(
	const struct token *token, const char *url, struct curl_slist **headers, char **ret_url);
/** Undo it: wipe the header in @headers, wipe and free @url (as from token_apply()). */
void token_wipe(const struct token *token, struct curl_slist *headers, char *url);

#endif
