#ifndef DIRTWATCH_BASE_SECRET_H
#define DIRTWATCH_BASE_SECRET_H

#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A secret of the person's, a token or a key, while it is in memory: on a page of its own that is
 * not swapped where the kernel allows it, that no core dump and no forked child has, and that is
 * wiped before it is given back.
 */
struct secret;

/* The longest: OAuth tokens that carry claims are some 1500 bytes long. */
#define LIMIT_SECRET_B 4000

/* What keeps a file from being taken for a secret: secret_problem() says it. */
enum {
	SECRET_E_MISSING = 1,
	SECRET_E_UNREADABLE,
	SECRET_E_LINK,
	SECRET_E_NO_FILE,
	SECRET_E_OWNER,
	SECRET_E_OPEN, /* others may read or write it */
	SECRET_E_EMPTY,
	SECRET_E_LONG,
	SECRET_E_LINES, /* more than one */
	SECRET_E_SIGNS, /* others than printable ASCII without spaces */
};

/* Who made the file, and so what it must keep to. */
enum secret_place {
	SECRET_OWN_FILE, /* a person: it is theirs or root's, and nobody else may read or write it */
	SECRET_CREDENTIAL, /* systemd, which lets the service in by an ACL that shows as group bits */
};

/** Read the one line of @path, a regular file and no symbolic link.  0 with *@ret, which the caller
 *  frees; SECRET_E_*; -ENOMEM. */
MUST_CHECK int secret_read(const char *path, enum secret_place place, struct secret **ret);
/** Wipes it.  NULL is fine; returns NULL. */
struct secret *secret_free(struct secret *secret);

/** What is wrong and what to do about it, without its first word, which names the file; static. */
const char *secret_problem(int e);

/** The line, without its end; never to be printed, stored or handed to another process. */
const char *secret_text(const struct secret *secret);

/** Do these bytes, which may be a stranger's, hold the secret as it is? */
bool secret_is_in(const struct secret *secret, const void *bytes, size_t len);

#endif
