#include "daemon/base/clean.h"
#include "daemon/store_internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

/* Copies of one second that may stand beside each other. */
#define MAX_COPIES 100

static const char *const companions[] = {"-wal", "-shm", ""};

/* Every folder of @path that is not there.  @path is cut at each slash and mended again. */
static int make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int r = mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
		*slash = '/';
		/* A folder above may refuse us and yet hold what we want: the open will tell. */
		if (r != 0 && r != -EACCES && r != -EROFS && r != -EPERM)
			return r;
	}
	return 0;
}

int store_file_create(const char *path)
{
	/* O_EXCL, so that this descriptor is never one of a database in use: closing it would drop
	 * the POSIX locks that SQLite holds on that file in this process. */
	CLEAN(clean_fd) int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == EEXIST ? 0 : -errno;
	return fchmod(fd, 0600) < 0 ? -errno : 0; /* SQLite gives -wal and -shm the same mode */
}

int store_file_lock(const char *path, int *ret_fd)
{
	CLEAN(clean_free) char *name = NULL;
	if (asprintf(&name, "%s.lock", path) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	int r = *path ? make_folders(name) : -EINVAL;
	if (r < 0)
		return r;
	/* A file of its own: readers beside us need the database's, and this one is never renamed.
	 */
	CLEAN(clean_fd) int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? STORE_E_BUSY : -errno;
	*ret_fd = fd;
	fd = -1; /* NOLINT(clang-analyzer-deadcode.DeadStores): clean_fd() reads it */
	return 0;
}

/* @path, with the time and, after the first, a number: where no such file stands yet. */
static int free_name(const char *path, char **ret)
{
	time_t now = time(NULL);
	struct tm utc;
	char when[sizeof "20260101T000000Z"];
	if (!gmtime_r(&now, &utc) || strftime(when, sizeof when, "%Y%m%dT%H%M%SZ", &utc) == 0)
		return -EOVERFLOW;
	for (int copy = 1; copy <= MAX_COPIES; copy++) {
		char *name = NULL;
		if (asprintf(&name, copy == 1 ? "%s.damaged-%s" : "%s.damaged-%s-%d", path, when,
			    copy) < 0)
			return -ENOMEM;
		if (faccessat(AT_FDCWD, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT) {
			*ret = name;
			return 0;
		}
		free(name);
	}
	return -EEXIST;
}

static int move_companion(const char *path, const char *aside, const char *suffix)
{
	CLEAN(clean_free) char *from = NULL;
	CLEAN(clean_free) char *to = NULL;
	if (asprintf(&from, "%s%s", path, suffix) < 0)
		from = NULL;
	if (asprintf(&to, "%s%s", aside, suffix) < 0)
		to = NULL;
	if (!from || !to)
		return -ENOMEM;
	return rename(from, to) < 0 && errno != ENOENT ? -errno : 0;
}

int store_file_set_aside(const char *path, char **ret)
{
	char *aside;
	int r = free_name(path, &aside);
	if (r < 0)
		return r;
	/* The database last: if we are cut off before it, what is left is still found damaged, and
	 * a new database never meets an old -wal. */
	for (size_t i = 0; r == 0 && i < sizeof companions / sizeof companions[0]; i++)
		r = move_companion(path, aside, companions[i]);
	if (r == 0)
		*ret = aside;
	else
		free(aside);
	return r;
}
