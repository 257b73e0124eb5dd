#include "config/mask.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char token_letters[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.~+/=";

/* How tokens begin, by what their platforms write of them: GitHub, GitLab, Google, JSON Web Tokens. */
static const char *const beginnings[] = {
	"ghp_",
	"gho_",
	"ghu_",
	"ghs_",
	"ghr_",
	"github_pat_",
	"glpat-",
	"AIza",
	"eyJ",
};

static const char *const secret_keys[] = {
	"token",
	"secret",
	"password",
	"passwd",
	"passphrase",
	"bearer",
	"api-key",
	"api_key",
	"apikey",
};

/* The shortest token in use: Stack Exchange's keys have 24 letters, Mastodon's tokens 43. */
#define WORD_MIN 20

static size_t word_len(const char *text, size_t len)
{
	size_t at = 0;
	while (at < len && text[at] != '\0' && strchr(token_letters, text[at]))
		at++;
	return at;
}

static void cover(char *text, size_t len)
{
	memset(text, '*', len);
}

static bool starts_token(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
		size_t start = strlen(beginnings[i]);
		if (len > start && strncmp(text, beginnings[i], start) == 0)
			return true;
	}
	return false;
}

/* The name of a key that ends at @end says that its value is a secret. */
static bool names_secret(const char *text, size_t end)
{
	for (size_t i = 0; i < sizeof secret_keys / sizeof *secret_keys; i++) {
		size_t len = strlen(secret_keys[i]);
		if (end >= len && strncasecmp(text + end - len, secret_keys[i], len) == 0)
			return true;
	}
	return false;
}

static bool is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

/* Behind `KEY: `, up to what ends a value in YAML. */
static void cover_value(char *text, size_t len)
{
	size_t from = 0;
	while (from < len && is_one_of(text[from], " \t\"'"))
		from++;
	size_t to = from;
	while (to < len && !is_one_of(text[to], ",}]\"'\n\r"))
		to++;
	if (from < len && !is_one_of(text[from], "{["))
		cover(text + from, to - from);
}

void mask_secrets(char *text, size_t len)
{
	for (size_t at = 0; at < len; at++) {
		bool inside = at > 0 && isalnum((unsigned char)text[at - 1]);
		if (!inside && starts_token(text + at, len - at))
			cover(text + at, word_len(text + at, len - at));
	}
	for (size_t at = 0; at < len; at++) {
		if (text[at] != ':')
			continue;
		size_t key = at;
		while (key > 0 && is_one_of(text[key - 1], " \t\"'"))
			key--;
		if (names_secret(text, key))
			cover_value(text + at + 1, len - at - 1);
	}
}

void mask_words(char *text, size_t len)
{
	size_t word;
	for (size_t at = 0; at<len; at += word> 0 ? word : 1) {
		word = word_len(text + at, len - at);
		if (word >= WORD_MIN)
			cover(text + at, word);
	}
}
