#ifndef DIRTWATCH_TESTS_UNIT_ENGINE_H
#define DIRTWATCH_TESTS_UNIT_ENGINE_H

/* Rule sets from text, for tests of the engine: files are written below a folder of their own. */
#include "daemon/base/limits.h"
#include "patterns/scorer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct config no_config;

/* What stands at the top of every file that is not about that. */
#define HEAD "dirtwatch_patterns: 1\n"
#define CATEGORY                                                               \
	"categories:\n  cat: {title: Cat, class: illegal, severity: medium}\n" \
	"  top: {title: Top, class: unprofessional, severity: critical, max_score: 40}\n"
#define RULES HEAD CATEGORY "rules:\n"

struct folder {
	char path[32];
	unsigned files;
};

static inline void folder_make(struct folder *folder)
{
	*folder = (struct folder){.path = "/tmp/dirtwatch-rules-XXXXXX"};
	assert_non_null(mkdtemp(folder->path));
}

/* The next file: 0.yaml, 1.yaml … */
static inline void folder_add(struct folder *folder, const char *text)
{
	char path[160];
	(void)snprintf(path, sizeof path, "%s/%u.yaml", folder->path, folder->files++);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fputs(text, file) < 0, 0);
	assert_int_equal(fclose(file), 0);
}

static inline void folder_drop(struct folder *folder)
{
	char path[160];
	for (unsigned i = 0; i < folder->files; i++) {
		(void)snprintf(path, sizeof path, "%s/%u.yaml", folder->path, i);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(folder->path), 0);
}

/* Load @text as the only file; problems go to *@ret_said (to be freed) when it is not NULL, and are
 * failures when it is. */
static inline struct ruleset *load_text(
	const char *text, const struct config *config, bool strict, char **ret_said)
{
	struct folder folder;
	folder_make(&folder);
	folder_add(&folder, text);
	const char *path = folder.path;
	const struct ruleset_options options = {
		.config = config ? config : &no_config, .folders = {&path, 1}, .strict = strict};
	struct problems *problems = problems_new();
	struct ruleset *set = NULL;
	assert_non_null(problems);
	int r = ruleset_load(&options, problems, &set);
	assert_true(r == 0 || r == RULESET_E_BAD);
	if (ret_said) {
		size_t len = 0;
		FILE *out = open_memstream(ret_said, &len);
		assert_non_null(out);
		problems_print(problems, out);
		assert_int_equal(fclose(out), 0);
	} else if (r != 0 || problems_count(problems) > 0) {
		problems_print(problems, stderr);
		fail_msg("the rules are bad");
	}
	problems_free(problems);
	folder_drop(&folder);
	return set;
}

static inline struct post post_of(const char *text)
{
	return (struct post){.id = "1", .kind = KIND_POST, .text = text, .len = strlen(text)};
}

#endif
