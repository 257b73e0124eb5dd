/* Runs a fuzz target over the files and folders it is given, once each: what `make check` does with seeds
 * and with inputs that crashed it once. */
#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	(void)LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 0;
}

static int run_folder(const char *path)
{
	struct dirent **names;
	int count = scandir(path, &names, NULL, alphasort);
	int failed = count < 0;
	for (int i = 0; i < count; i++) {
		char *file;
		if (names[i]->d_name[0] != '.' && asprintf(&file, "%s/%s", path, names[i]->d_name) > 0) {
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
		failed |= stat(argv[i], &info) < 0 ? 1 : S_ISDIR(info.st_mode) ? run_folder(argv[i]) : run_file(argv[i]);
	}
	return failed;
}
