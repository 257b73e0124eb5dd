/*
 * Runs a fuzz target over the files and folders it is given, once each: what `make check` does with
 * seeds and with inputs that crashed it once.  An input that takes too long fails, too.
 *
 *     fuzz_NAME [--grow] FILE|FOLDER…
 *
 * --grow: also over what the inputs become when parts of them are repeated up to 100 kB, which is how
 * a stranger finds what is quadratic.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Of processor time, so that a busy machine fails nobody: whatever takes a second for 100 kB is no
 * longer linear in it; sanitizers cost up to four times as much. */
#ifdef __SANITIZE_ADDRESS__
#define SLOW_S 4.0
#else
#define SLOW_S 1.0
#endif
#define GROWN_B (100 * 1000)
/* Parts of one input that are repeated, one after the other. */
#define GROWN_PARTS 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool grow;
static double slowest_s;
static char slowest[256];

static double cpu_s(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What was slow is kept beside the program, as the input alone does not show what it grew to. */
static void keep(const uint8_t *data, size_t size)
{
	static int number;
	char name[64];
	(void)snprintf(name, sizeof name, "build/slow-%d-%d", (int)getpid(), number++);
	FILE *file = fopen(name, "wb");
	if (!file)
		return;
	(void)fwrite(data, 1, size, file);
	(void)fclose(file);
	(void)fprintf(stderr, "kept as %s\n", name);
}

static int run(const char *path, const uint8_t *data, size_t size)
{
	double start_s = cpu_s();
	(void)LLVMFuzzerTestOneInput(data, size);
	double took_s = cpu_s() - start_s;
	if (took_s > slowest_s) {
		slowest_s = took_s;
		(void)snprintf(slowest, sizeof slowest, "%s", path);
	}
	if (took_s <= SLOW_S)
		return 0;
	(void)fprintf(stderr, "%s: %zu bytes took %.1f s\n", path, size, took_s);
	if (grow)
		keep(data, size);
	return 1;
}

/* What is before data[at..at + len), that as often as it fits, and what is behind it. */
static int run_repeated(const char *path, const uint8_t *data, size_t size, size_t at, size_t len)
{
	size_t times = (GROWN_B - (size - len)) / len;
	size_t grown_size = size - len + times * len;
	uint8_t *grown = malloc(grown_size);
	if (!grown)
		return 1;
	memcpy(grown, data, at);
	for (size_t i = 0; i < times; i++)
		memcpy(grown + at + i * len, data + at, len);
	memcpy(grown + at + times * len, data + at + len, size - at - len);
	int failed = run(path, grown, grown_size);
	free(grown);
	return failed;
}

/* Parts of all lengths from all over the input, the same ones each time. */
static int run_grown(const char *path, const uint8_t *data, size_t size)
{
	uint32_t random = (uint32_t)size;
	int failed = 0;
	for (int i = 0; i < GROWN_PARTS && size > 0 && size < GROWN_B / 2; i++) {
		random = random * 1664525 + 1013904223;
		size_t at = (random >> 8) % size;
		size_t most = i % 2 ? 12 : size - at;
		random = random * 1664525 + 1013904223;
		size_t len = 1 + (random >> 8) % most;
		failed |= run_repeated(path, data, size, at, len < size - at ? len : size - at);
	}
	return failed;
}

static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat info;
	if (!file || fstat(fileno(file), &info) < 0) {
		perror(path);
		return 1;
	}
	/* Exactly as many bytes as there are, so that a read past the end is seen. */
	uint8_t *data = malloc(info.st_size > 0 ? (size_t)info.st_size : 1);
	size_t size = data ? fread(data, 1, (size_t)info.st_size, file) : 0;
	(void)fclose(file);
	int failed = run(path, data, size);
	if (grow)
		failed |= run_grown(path, data, size);
	free(data);
	return failed;
}

static int run_folder(const char *path)
{
	struct dirent **names;
	int count = scandir(path, &names, NULL, alphasort);
	int failed = count < 0;
	for (int i = 0; i < count; i++) {
		char *file;
		if (names[i]->d_name[0] != '.' &&
			asprintf(&file, "%s/%s", path, names[i]->d_name) > 0) {
			failed |= run_file(file);
			free(file);
		}
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0;
	for (int i = 1; i < argc; i++) {
		struct stat info;
		if (strcmp(argv[i], "--grow") == 0)
			grow = true;
		else if (stat(argv[i], &info) < 0)
			failed = 1;
		else
			failed |= S_ISDIR(info.st_mode) ? run_folder(argv[i]) : run_file(argv[i]);
	}
	if (grow)
		(void)printf("the slowest took %.2f s: %s\n", slowest_s, slowest);
	return failed;
}
