#include "daemon/secrets.h"

#include "config/address.h"
#include "daemon/base/limits.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

/* ---- systemd's credentials ---- */

static int skip_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Which token the credential @name is; *@ret_host: NULL where the name says none that is one. */
static bool find_kind(
	struct arena *arena, const char *name, enum token_kind *ret, const char **ret_host)
{
	for (size_t kind = 0; kind < TOKEN_COUNT; kind++) {
		const struct token_words *words = token_words((enum token_kind)kind);
		size_t len = strlen(words->credential);
		const char *why;
		if (strncmp(name, words->credential, len) != 0)
			continue;
		*ret = (enum token_kind)kind;
		*ret_host = words->host;
		if (name[len] == '\0')
			return true;
		*ret_host = NULL;
		if (name[len] != '.' || !words->own_hosts)
			continue;
		/* A name that is none stays NULL; so does one for want of memory. */
		return address_domain(arena, name + len + 1, ret_host, &why) <= 0;
	}
	return false;
}

/* @path ends in its @name. */
static int add_credential(struct arena *arena, struct tokens *tokens, struct problems *problems,
	const char *path, const char *name)
{
	const struct place place = {.file = path};
	enum token_kind kind;
	const char *host = NULL;
	struct secret *secret;
	if (!find_kind(arena, name, &kind, &host)) {
		problems_note(problems, &place, "dirtwatch knows no credential of this name");
		return 0;
	}
	if (!host) {
		problems_add(problems, &place,
			"a credential of this kind is named after its server: %s.mastodon.example",
			token_words(kind)->credential);
		return 0;
	}
	int r = secret_read(path, SECRET_CREDENTIAL, &secret);
	if (r > 0)
		problems_add(problems, &place, "it %s", secret_problem(r));
	if (r != 0)
		return r < 0 ? r : 0;
	r = tokens_add(tokens, kind, host, secret);
	if (r == TOKENS_E_KNOWN)
		problems_add(problems, &place, "there is another one for %s", host);
	return r < 0 ? r : 0;
}

static int add_credentials(struct arena *arena, struct tokens *tokens, struct problems *problems)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	struct dirent **entries;
	if (!folder || folder[0] != '/')
		return 0;
	int count = scandir(folder, &entries, skip_dots, alphasort);
	if (count < 0 && errno == ENOMEM)
		return -ENOMEM;
	const struct place place = {.file = folder};
	if (count < 0)
		problems_add(problems, &place, "systemd's credentials can not be read: %s",
			strerrordesc_np(errno));
	int r = 0;
	for (int i = 0; i < count; i++) {
		char path[PATH_MAX];
		int len = snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		if (r == 0 && len < (int)sizeof path)
			r = add_credential(arena, tokens, problems, path, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return r;
}

/* ---- the config's files ---- */

static int add_file(struct tokens *tokens, struct problems *problems, const struct token_file *file)
{
	const char *name = token_words(file->kind)->name;
	struct secret *secret;
	int r = secret_read(file->file, SECRET_OWN_FILE, &secret);
	if (r > 0)
		problems_add(problems, &file->place, "the file of the token for %s %s", name,
			secret_problem(r));
	if (r != 0)
		return r < 0 ? r : 0;
	r = tokens_add(tokens, file->kind, file->host, secret);
	if (r == TOKENS_E_KNOWN)
		problems_note(problems, &file->place,
			"the token for %s comes from systemd's credentials, not from this file",
			name);
	return r < 0 ? r : 0;
}

/* ---- all of it ---- */

/* From now on nobody but root attaches to this process or has its memory written to disk: libcurl and
 * TLS keep copies of what they send for a while.  Sanitizers need to look into their own process. */
static void close_up(void)
{
#ifndef __SANITIZE_ADDRESS__
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* can not fail */
#endif
}

int secrets_read(const struct config *config, struct problems *problems, struct tokens **ret)
{
	size_t before = problems_count(problems);
	struct tokens *tokens = NULL;
	struct arena *arena = arena_new(LIMIT_CONFIG_B); /* hosts, as the names give them */
	int r = tokens_new(&tokens);
	if (r == 0)
		r = arena ? add_credentials(arena, tokens, problems) : -ENOMEM;
	for (size_t i = 0; r == 0 && i < config->tokens.count; i++)
		r = add_file(tokens, problems, &config->tokens.items[i]);
	if (tokens_count(tokens) > 0)
		close_up();
	if (r == 0 && problems_count(problems) > before)
		r = SECRETS_E_BAD;
	if (r == 0)
		*ret = tokens;
	else
		tokens_free(tokens);
	arena_free(arena);
	return r;
}

int secrets_names(const struct tokens *tokens, struct buf *out)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < tokens_count(tokens); i++) {
		r = i > 0 ? buf_adds(out, ", ") : 0;
		if (r == 0)
			r = token_name(tokens_at(tokens, i), out);
	}
	return r;
}
