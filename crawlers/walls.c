#include "crawlers/walls.h"

#include "crawlers/walls_file.h"
#include "crawlers/walls_values.h"
#include "daemon/base/limits.h"

#include <stdlib.h>
#include <strings.h>

/* Two files of LIMIT_RULE_FILE_B, most of it lists of short words. */
#define WALLS_B ((size_t)64 * 1024 * 1024)

struct walls *walls_free(struct walls *walls)
{
	if (walls) {
		arena_free(walls->arena);
		free(walls);
	}
	return NULL;
}

static struct walls *walls_new(void)
{
	struct walls *walls = calloc(1, sizeof *walls);
	if (walls)
		walls->arena = arena_new(WALLS_B);
	return walls && !walls->arena ? walls_free(walls) : walls;
}

bool status_is_in(const struct status_ranges *statuses, int64_t status)
{
	for (size_t i = 0; i < statuses->count; i++) {
		if (status >= statuses->items[i].first && status <= statuses->items[i].last)
			return true;
	}
	return statuses->count == 0;
}

const struct wall_status *walls_status(const struct walls *walls, int status)
{
	static const struct wall_status other = {.verdict = VERDICT_SERVER_ERROR};
	for (size_t i = 0; i < walls->statuses.count; i++) {
		if (status_is_in(&walls->statuses.items[i].statuses, status))
			return &walls->statuses.items[i];
	}
	return &other; /* no status has more than three digits */
}

static bool is_log_in(const struct walls *walls, const char *part, size_t len)
{
	for (size_t i = 0; i < walls->log_in.count; i++) {
		const char *word = walls->log_in.items[i];
		size_t word_len = strlen(word);
		if (len >= word_len && strncasecmp(part, word, word_len) == 0 &&
			(len == word_len || part[word_len] == '.'))
			return true;
	}
	return false;
}

bool walls_is_log_in(const struct walls *walls, const char *path)
{
	while (*path) {
		size_t len = strcspn(path, "/");
		if (is_log_in(walls, path, len))
			return true;
		path += len;
		path += *path == '/';
	}
	return false;
}

/* ---- loading ---- */

static void tell_unread(struct problems *problems, const char *path, int r)
{
	const struct place place = {.file = path};
	problems_add(problems, &place, "can not be read: %s", strerror(-r));
}

/* *@ret is NULL for a file that is not there, if it @may_lack, and for one that is no YAML (told). */
static int open_file(
	const char *path, bool may_lack, struct problems *problems, struct yaml_file **ret)
{
	int r = path ? yaml_file_read(path, NULL, 0, problems, ret) : 0;
	if (r == 0 || r == -ENOMEM || (r == -ENOENT && may_lack))
		return r == -ENOMEM ? r : 0;
	tell_unread(problems, path, r);
	return 0;
}

static const char *nearest_id(const struct walls *walls, const char *id)
{
	const struct wall_signs *const all[] = {&walls->pages, &walls->answers};
	const char *near = NULL;
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < all[k]->count && !near; i++)
			near = nearest_word(id, &all[k]->items[i].id, 1);
	}
	return near;
}

static void check_disabled(struct walls_build *build)
{
	for (size_t i = 0; i < build->n_disabled; i++) {
		const struct disabled *disabled = &build->disabled[i];
		const char *near = nearest_id(build->walls, disabled->id);
		if (!disabled->found)
			walk_problem(&build->walk, disabled->node,
				"no sign that is shipped is called \"%.*s\"%s%s%s",
				SHOWN(disabled->id), near ? ", did you mean \"" : "",
				near ? near : "", near ? "\"?" : "");
	}
}

/* No status that says that something is wrong may be taken for a page. */
static void check_statuses(const struct walls *walls, const char *path, struct problems *problems)
{
	const struct place place = {.file = path};
	for (int status = STATUS_WRONG; status <= STATUS_MOST; status++) {
		bool said = false;
		for (size_t i = 0; i < walls->statuses.count && !said; i++)
			said = status_is_in(&walls->statuses.items[i].statuses, status);
		if (!said) {
			problems_add(
				problems, &place, "\"statuses\" do not say what %d means", status);
			return;
		}
	}
}

static int read_files(struct walls_build *build, struct yaml_file *own, struct yaml_file *shipped)
{
	struct digest digests[2] = {{""}, {""}};
	struct yaml_file *const files[] = {own, shipped};
	int r = 0;
	for (size_t i = 0; r == 0 && i < 2; i++) {
		if (!files[i])
			continue;
		struct place whole = yaml_place(yaml_root(files[i]));
		r = whole.source ? digest_bytes(whole.source, whole.source_len, &digests[i]) : 0;
		if (r == 0)
			r = walls_file_read(build, files[i]);
	}
	const char *const hexes[] = {digests[0].hex, digests[1].hex};
	return r < 0 ? r : digest_strings(hexes, 2, &build->walls->digest);
}

int walls_load(const struct walls_options *options, struct problems *problems, struct walls **ret)
{
	struct yaml_file *own = NULL;
	struct yaml_file *shipped = NULL;
	struct walls *walls = walls_new();
	size_t before = problems_count(problems);
	if (!walls)
		return -ENOMEM;
	struct walls_build build = {
		.walls = walls,
		.walk = {.arena = walls->arena, .problems = problems},
		.sources = options->sources,
	};
	int r = open_file(options->own, true, problems, &own);
	if (r == 0)
		r = open_file(options->shipped, false, problems, &shipped);
	if (r == 0)
		r = read_files(&build, own, shipped);
	if (r == 0 && problems_count(problems) == before) {
		check_disabled(&build);
		check_statuses(walls, options->shipped, problems);
	}
	yaml_file_free(own);
	yaml_file_free(shipped);
	if (r == 0 && problems_count(problems) == before) {
		*ret = walls;
		return 0;
	}
	walls_free(walls);
	return r < 0 ? r : WALLS_E_BAD;
}
