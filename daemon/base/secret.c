#include "daemon/base/secret.h"

#include "daemon/base/clean.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

struct secret {
	size_t len;
	char text[]; /* SECRET_B less what stands before it */
};

/* One page, which holds the longest secret with its line end. */
#define SECRET_B 4096

_Static_assert(sizeof(struct secret) + LIMIT_SECRET_B + sizeof "\r\n" < SECRET_B, "it has room");

static const char *const problems[] = {
	[SECRET_E_MISSING] = "does not exist: write the token into it as its one line",
	[SECRET_E_UNREADABLE] = "can not be read; a service is given it with LoadCredential=",
	[SECRET_E_LINK] = "is a symbolic link: name the file itself",
	[SECRET_E_NO_FILE] = "is not a regular file",
	[SECRET_E_OWNER] = "belongs to somebody else: it must be yours or root's (chown)",
	[SECRET_E_OPEN] = "is open to others: chmod 600",
	[SECRET_E_EMPTY] = "is empty: it must hold the token as its one line",
	[SECRET_E_LONG] = "is too long for a token",
	[SECRET_E_LINES] = "has more than one line: it must hold the token and nothing else",
	[SECRET_E_SIGNS] =
		"holds signs that no token has: spaces, controls or letters beyond ASCII",
};

const char *secret_problem(int e)
{
	return problems[e];
}

static struct secret *secret_new(void)
{
	void *page =
		mmap(NULL, SECRET_B, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return NULL;
	/* Each makes it safer, and what the kernel refuses (locking beyond RLIMIT_MEMLOCK) is no
	 * reason to go without the token. */
	(void)mlock(page, SECRET_B);
	(void)madvise(page, SECRET_B, MADV_DONTDUMP);
	(void)madvise(page, SECRET_B, MADV_WIPEONFORK);
	return page;
}

struct secret *secret_free(struct secret *secret)
{
	if (!secret)
		return NULL;
	explicit_bzero(secret, SECRET_B);
	(void)munmap(secret, SECRET_B); /* a mapping of ours */
	return NULL;
}

const char *secret_text(const struct secret *secret)
{
	return secret->text;
}

bool secret_is_in(const struct secret *secret, const void *bytes, size_t len)
{
	return bytes && memmem(bytes, len, secret->text, secret->len);
}

static int open_failed(int error)
{
	if (error == ENOMEM)
		return -ENOMEM;
	if (error == ENOENT || error == ENOTDIR)
		return SECRET_E_MISSING;
	return error == ELOOP ? SECRET_E_LINK : SECRET_E_UNREADABLE;
}

static int check_file(int fd, enum secret_place place)
{
	const mode_t others[] = {
		[SECRET_OWN_FILE] = S_IRWXG | S_IRWXO,
		[SECRET_CREDENTIAL] = S_IWGRP | S_IXGRP | S_IRWXO,
	};
	struct stat about;
	if (fstat(fd, &about) < 0)
		return SECRET_E_UNREADABLE;
	if (!S_ISREG(about.st_mode))
		return SECRET_E_NO_FILE;
	if (about.st_uid != geteuid() && about.st_uid != 0)
		return SECRET_E_OWNER;
	return about.st_mode & others[place] ? SECRET_E_OPEN : 0;
}

/* All of the file, or as much as shows that it is too long, straight into the locked page. */
static int fill(struct secret *secret, int fd)
{
	const size_t room = LIMIT_SECRET_B + sizeof "\r\n";
	while (secret->len < room) {
		ssize_t n = read(fd, secret->text + secret->len, room - secret->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return SECRET_E_UNREADABLE;
		if (n == 0)
			break;
		secret->len += (size_t)n;
	}
	return 0;
}

static int check_line(struct secret *secret)
{
	char *text = secret->text;
	if (secret->len > 0 && text[secret->len - 1] == '\n')
		secret->len--;
	if (secret->len > 0 && text[secret->len - 1] == '\r')
		secret->len--;
	explicit_bzero(text + secret->len, sizeof "\r\n");
	if (secret->len == 0)
		return SECRET_E_EMPTY;
	if (secret->len > LIMIT_SECRET_B)
		return SECRET_E_LONG;
	if (memchr(text, '\n', secret->len))
		return SECRET_E_LINES;
	for (size_t i = 0; i < secret->len; i++) {
		if (text[i] <= ' ' || text[i] > '~')
			return SECRET_E_SIGNS;
	}
	return 0;
}

int secret_read(const char *path, enum secret_place place, struct secret **ret)
{
	/* Not waiting for a writer, should it be a pipe. */
	CLEAN(clean_fd)
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return open_failed(errno);
	int r = check_file(fd, place);
	if (r != 0)
		return r;
	struct secret *secret = secret_new();
	if (!secret)
		return -ENOMEM;
	r = fill(secret, fd);
	if (r == 0)
		r = check_line(secret);
	if (r == 0)
		*ret = secret;
	else
		secret_free(secret);
	return r;
}
