/* daemon/base/secret: which files are taken for a token's, and what becomes of it in memory. */
#include "daemon/base/secret.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SOME "ghp_0123456789"

static char folder[] = "/tmp/dirtwatch-secret-XXXXXX";
static char path[sizeof folder + sizeof "/file/x"];

static void at(const char *name)
{
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
}

static void write_file(const char *text, size_t len, mode_t mode)
{
	at("file");
	(void)unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

struct content {
	const char *why;
	const char *text;
	size_t len;
	int r;
};

/* clang-format off */
#define TEXT(text) (text), sizeof(text) - 1
static char longest[LIMIT_SECRET_B + 4]; /* and its end */
static const struct content contents[] = {
	{"one line",                     TEXT(SOME "\n"),       0},
	{"without its end",              TEXT(SOME),            0},
	{"as Windows ends lines",        TEXT(SOME "\r\n"),     0},
	{"the longest",                  longest, LIMIT_SECRET_B, 0},
	{"a byte longer",                longest, LIMIT_SECRET_B + 1, SECRET_E_LONG},
	{"much longer",                  longest, LIMIT_SECRET_B + 3, SECRET_E_LONG},
	{"nothing",                      TEXT(""),              SECRET_E_EMPTY},
	{"an empty line",                TEXT("\n"),            SECRET_E_EMPTY},
	{"an empty line before it",      TEXT("\n" SOME "\n"),  SECRET_E_LINES},
	{"two lines",                    TEXT(SOME "\nabc"),    SECRET_E_LINES},
	{"an empty line behind it",      TEXT(SOME "\n\n"),     SECRET_E_LINES},
	{"a blank, as in \"Bearer abc\"", TEXT("Bearer " SOME), SECRET_E_SIGNS},
	{"a line end that is none",      TEXT(SOME "\rabc"),    SECRET_E_SIGNS},
	{"a NUL",                        TEXT("abc\0def"),      SECRET_E_SIGNS},
	{"letters of others",            TEXT("caf\xc3\xa9"),   SECRET_E_SIGNS},
};
/* clang-format on */

static void test_what_a_file_holds(void **state)
{
	(void)state;
	memset(longest, 'x', sizeof longest - 1);
	for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
		const struct content *row = &contents[i];
		struct secret *secret = NULL;
		print_message("%s\n", row->why);
		write_file(row->text, row->len, 0600);
		assert_int_equal(secret_read(path, SECRET_OWN_FILE, &secret), row->r);
		if (row->r == 0) {
			size_t len = strcspn(row->text, "\r\n");
			assert_int_equal(
				strlen(secret_text(secret)), len > row->len ? row->len : len);
			assert_memory_equal(
				secret_text(secret), row->text, strlen(secret_text(secret)));
		} else {
			assert_null(secret);
			assert_true(strlen(secret_problem(row->r)) > 0);
		}
		secret_free(secret);
	}
}

static void test_who_may_read_it(void **state)
{
	static const struct {
		const char *why;
		mode_t mode;
		enum secret_place place;
		int r;
	} rows[] = {
		{"the owner alone", 0600, SECRET_OWN_FILE, 0},
		{"the owner, to read", 0400, SECRET_OWN_FILE, 0},
		{"the group may read", 0640, SECRET_OWN_FILE, SECRET_E_OPEN},
		{"everybody may read", 0604, SECRET_OWN_FILE, SECRET_E_OPEN},
		{"everybody may write", 0602, SECRET_OWN_FILE, SECRET_E_OPEN},
		{"systemd's, whose ACL shows as the group", 0440, SECRET_CREDENTIAL, 0},
		{"systemd's, for everybody", 0444, SECRET_CREDENTIAL, SECRET_E_OPEN},
		{"systemd's, which the group may write", 0460, SECRET_CREDENTIAL, SECRET_E_OPEN},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct secret *secret = NULL;
		print_message("%s\n", rows[i].why);
		write_file(SOME, strlen(SOME), rows[i].mode);
		assert_int_equal(secret_read(path, rows[i].place, &secret), rows[i].r);
		secret_free(secret);
	}
}

static void test_what_is_no_file(void **state)
{
	struct secret *secret = NULL;
	(void)state;
	write_file(SOME, strlen(SOME), 0600);
	at("link");
	assert_int_equal(symlink("file", path), 0);
	assert_int_equal(secret_read(path, SECRET_OWN_FILE, &secret), SECRET_E_LINK);
	at("pipe"); /* that nobody writes to: it must not be waited for */
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(secret_read(path, SECRET_OWN_FILE, &secret), SECRET_E_NO_FILE);
	at("none");
	assert_int_equal(secret_read(path, SECRET_OWN_FILE, &secret), SECRET_E_MISSING);
	at("file/x");
	assert_int_equal(secret_read(path, SECRET_OWN_FILE, &secret), SECRET_E_MISSING);
	assert_int_equal(secret_read(folder, SECRET_OWN_FILE, &secret), SECRET_E_NO_FILE);
	if (geteuid() != 0)
		return;
	write_file(SOME, strlen(SOME), 0600);
	assert_int_equal(chown(path, 12345, 0), 0);
	assert_int_equal(secret_read(path, SECRET_OWN_FILE, &secret), SECRET_E_OWNER);
}

static void test_it_is_found_in_bytes(void **state)
{
	struct secret *secret;
	(void)state;
	write_file(SOME, strlen(SOME), 0600);
	assert_int_equal(secret_read(path, SECRET_OWN_FILE, &secret), 0);
	assert_true(secret_is_in(secret, SOME, strlen(SOME)));
	assert_true(secret_is_in(secret, "a\0b" SOME "c", 4 + strlen(SOME)));
	assert_false(secret_is_in(secret, SOME, strlen(SOME) - 1));
	assert_false(secret_is_in(secret, NULL, 0));
	secret_free(secret);
	assert_null(secret_free(NULL));
}

/* The flags of the mapping at @address: "dd" is "not in core dumps", "wf" "wiped on fork". */
static void flags_of(const void *address, char flags[512])
{
	char line[512];
	bool here = false;
	FILE *maps = fopen("/proc/self/smaps", "re");
	assert_non_null(maps);
	flags[0] = '\0';
	while (fgets(line, sizeof line, maps)) {
		unsigned long from, to;
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2 &&
			strchr(line, '-') < strchr(line, ' '))
			here = (uintptr_t)address >= from && (uintptr_t)address < to;
		if (here && strncmp(line, "VmFlags:", 8) == 0)
			(void)snprintf(flags, sizeof line, "%s", line);
	}
	(void)fclose(maps);
}

static void test_memory_is_kept_in(void **state)
{
	struct secret *secret;
	char flags[512];
	(void)state;
	write_file(SOME, strlen(SOME), 0600);
	assert_int_equal(secret_read(path, SECRET_OWN_FILE, &secret), 0);
	flags_of(secret, flags);
	assert_non_null(strstr(flags, " dd"));
	assert_non_null(strstr(flags, " wf"));
	pid_t child = fork();
	if (child == 0)
		_exit(secret_text(secret)[0] == '\0' ? 0 : 1);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_string_equal(secret_text(secret), SOME);
	secret_free(secret);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
	static const char *const names[] = {"file", "link", "pipe"};
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		at(names[i]);
		(void)unlink(path);
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_file_holds),
		cmocka_unit_test(test_who_may_read_it),
		cmocka_unit_test(test_what_is_no_file),
		cmocka_unit_test(test_it_is_found_in_bytes),
		cmocka_unit_test(test_memory_is_kept_in),
	};
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
