#ifndef DIRTWATCH_CONFIG_TOKENS_H
#define DIRTWATCH_CONFIG_TOKENS_H

#include "config/problems.h"

#include <stdbool.h>

/*
 * Tokens and keys that the person has for platforms: the config says in which files they are, never
 * what they are.  Who sends which one where is crawlers/net/token.h's.
 */
enum token_kind {
	TOKEN_GITHUB,
	TOKEN_GITLAB,
	TOKEN_MASTODON,
	TOKEN_REDDIT,
	TOKEN_STACKEXCHANGE,
	TOKEN_YOUTUBE,
	TOKEN_COUNT,
};

struct token_words {
	const char *name;       /* in the config: "github" */
	const char *credential; /* of systemd: "github-token", with ".HOST" for another host */
	const char *host;       /* whose API it opens; NULL: the person says */
	bool own_hosts;         /* may be told of another host than that */
};

/** @kind is below TOKEN_COUNT. */
const struct token_words *token_words(enum token_kind kind);

/* One entry of the list "tokens". */
struct token_file {
	enum token_kind kind;
	const char *host; /* lower case, with ":PORT" where it is not the usual one */
	const char *file; /* path; not read here */
	/* Where it stands, for what is found wrong with the file; the line itself is not shown. */
	struct place place;
};

struct token_files {
	const struct token_file *items;
	size_t count;
};

#endif
