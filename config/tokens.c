#include "config/tokens.h"

#include "config/address.h"
#include "config/config.h"
#include "config/keys.h"
#include "daemon/base/buf.h"
#include "daemon/base/clean.h"
#include "daemon/base/limits.h"

static const struct token_words kinds[TOKEN_COUNT] = {
	[TOKEN_GITHUB] = {"github", "github-token", "api.github.com", false},
	[TOKEN_GITLAB] = {"gitlab", "gitlab-token", "gitlab.com", true},
	[TOKEN_MASTODON] = {"mastodon", "mastodon-token", NULL, true},
	[TOKEN_REDDIT] = {"reddit", "reddit-token", "oauth.reddit.com", false},
	[TOKEN_STACKEXCHANGE] = {"stackexchange", "stackexchange-key", "api.stackexchange.com",
		false},
	[TOKEN_YOUTUBE] = {"youtube", "youtube-key", "www.googleapis.com", false},
};

const struct token_words *token_words(enum token_kind kind)
{
	return &kinds[kind];
}

/* While an entry is read. */
struct entry {
	const char *kind;
	const char *host;
	const char *file;
};

static int read_kind(struct walk *walk, struct yaml node, void *into)
{
	const char *text = walk_scalar(walk, node, "the name of a platform");
	const char *names[TOKEN_COUNT];
	if (!text)
		return 0;
	for (size_t i = 0; i < TOKEN_COUNT; i++) {
		names[i] = kinds[i].name;
		if (strcmp(names[i], text) == 0)
			*(const char **)into = names[i];
	}
	if (*(const char **)into)
		return 0;
	const char *near = nearest_word(text, names, TOKEN_COUNT);
	walk_problem(walk, node,
		"\"for\" takes github, gitlab, mastodon, reddit, stackexchange or youtube%s%s%s",
		near ? ": did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return 0;
}

/* "social.example", or "127.0.0.1:8443": what stands between "https://" and the path. */
static int read_host(struct walk *walk, struct yaml node, void *into)
{
	const char *text = walk_scalar(walk, node, "a host");
	const char *url;
	const char *why;
	if (!text)
		return 0;
	CLEAN(buf_release) struct buf whole = BUF_INIT(LIMIT_URL_B);
	int r = strpbrk(text, "/?#@\\") ? ADDRESS_E_BAD : buf_addf(&whole, "https://%s/", text);
	if (r == 0)
		r = address_url(walk->arena, buf_str(&whole), &url, &why);
	if (r > 0)
		walk_problem(walk, node, "\"host\" takes a host alone, such as mastodon.example");
	if (r != 0)
		return r < 0 ? r : 0;
	url += strlen("https://");
	const char *host = arena_copy(walk->arena, url, strcspn(url, "/"));
	*(const char **)into = host;
	return host ? 0 : -ENOMEM;
}

static const struct key token_keys[] = {
	{"for", VALUE_CUSTOM, .required = true, .offset = offsetof(struct entry, kind),
		.read = read_kind},
	{"host", VALUE_CUSTOM, .offset = offsetof(struct entry, host), .read = read_host},
	{"file", VALUE_CUSTOM, .required = true, .offset = offsetof(struct entry, file),
		.read = read_path},
};

const struct key_table token_table = {
	"tokens", token_keys, sizeof token_keys / sizeof token_keys[0]};

static enum token_kind kind_of(const char *name)
{
	size_t kind = 0;
	while (kind < TOKEN_COUNT - 1 && strcmp(kinds[kind].name, name) != 0)
		kind++;
	return (enum token_kind)kind;
}

/* False: a problem was told. */
static bool choose_host(
	struct walk *walk, struct yaml node, const struct entry *entry, struct token_file *token)
{
	const struct token_words *words = &kinds[token->kind];
	struct yaml told = yaml_find(node, "host");
	token->host = entry->host ? entry->host : words->host;
	if (told.file && !words->own_hosts)
		walk_problem(walk, told, "a token for %s goes to %s alone: leave \"host\" out",
			words->name, words->host);
	else if (!told.file && !words->host)
		walk_problem(walk, node,
			"\"host\" is missing here: the server that gave the token, such as "
			"mastodon.example");
	return token->host && (words->own_hosts || !told.file);
}

static bool is_repeated(const struct token_file *tokens, size_t count, const struct token_file *one)
{
	for (size_t i = 0; i < count; i++) {
		if (tokens[i].kind == one->kind && strcmp(tokens[i].host, one->host) == 0)
			return true;
	}
	return false;
}

static int read_token(struct walk *walk, struct yaml node, struct token_file *tokens, size_t *count)
{
	struct entry entry = {0};
	struct token_file token;
	if (yaml_type(node) != YAML_TYPE_MAP) {
		walk_problem(walk, node,
			"each token is written {for: github, file: PATH}; the token itself stands "
			"in that file, never here");
		return 0;
	}
	int r = walk_map(walk, node, token_table.keys, token_table.count, &entry);
	if (r < 0 || !entry.kind || !entry.file)
		return r; /* told */
	token = (struct token_file){.kind = kind_of(entry.kind),
		.file = entry.file,
		.place = yaml_place(yaml_find(node, "file"))};
	if (!choose_host(walk, node, &entry, &token))
		return 0;
	if (is_repeated(tokens, *count, &token)) {
		walk_problem(walk, node, "there is a token for %s at %s already", entry.kind,
			token.host);
		return 0;
	}
	token.place.source = NULL;
	token.place.file = arena_strdup(walk->arena, token.place.file);
	tokens[(*count)++] = token;
	return token.place.file || !yaml_place(node).file ? 0 : -ENOMEM;
}

int read_tokens(struct walk *walk, struct yaml node, void *into)
{
	if (yaml_blank(node))
		return 0;
	const bool list = yaml_type(node) == YAML_TYPE_LIST;
	const size_t count = list ? yaml_count(node) : 1;
	struct token_file *items = arena_array(walk->arena, count, sizeof *items);
	struct token_files *tokens = into;
	if (!items)
		return -ENOMEM;
	bool was_hidden = walk->hidden;
	walk->hidden = true; /* should a token stand here after all */
	int r = 0;
	size_t good = 0;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = read_token(walk, list ? yaml_item(node, i) : node, items, &good);
	walk->hidden = was_hidden;
	*tokens = (struct token_files){items, good};
	return r;
}
