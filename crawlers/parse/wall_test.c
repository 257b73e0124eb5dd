#include "crawlers/parse/wall.h"

#include "crawlers/walls.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

/* The signs' own examples. */

/* Examples are some lines; with a few addresses this is plenty. */
#define SCRATCH_B ((size_t)1024 * 1024)

struct trial {
	const struct walls *walls;
	const struct wall_sign *sign;
	bool answer; /* of an API; else a page */
	FILE *out;
};

static const char *first(const struct strings *strings, const char *otherwise)
{
	return strings->count > 0 ? strings->items[0] : otherwise;
}

/* Where an example stands that does not say so: where the sign is looked for. */
static char *usual_url(struct arena *arena, const struct wall_sign *sign)
{
	struct buf url = BUF_INIT(LIMIT_URL_B);
	int r = buf_addf(
		&url, "https://%s%s", first(&sign->hosts, "ada.example"), first(&sign->paths, "/"));
	char *copy = r == 0 ? arena_copy(arena, buf_str(&url), url.len) : NULL;
	buf_release(&url);
	return copy;
}

static int find(const struct trial *trial, const struct wall_example *example, struct arena *arena,
	const struct wall_sign **ret)
{
	const struct wall_sign *sign = trial->sign;
	int usual = sign->statuses.count > 0 ? sign->statuses.items[0].first : 200;
	const char *url = example->url ? example->url : usual_url(arena, sign);
	const struct page page = {
		.url = url,
		.final_url = url,
		.profile = url,
		.source = trial->answer ? sign->source : "page",
		.status = example->status ? (int)example->status : usual,
		.content_type = trial->answer ? "application/json" : "text/html",
		.body = example->body,
		.body_len = strlen(example->body),
	};
	if (!url)
		return -ENOMEM;
	return trial->answer ? wall_find_answer(trial->walls, &page, ret)
			     : wall_find_page(trial->walls, &page, arena, ret);
}

static int tell(const struct trial *trial, const struct wall_example *example,
	const struct wall_sign *found)
{
	struct buf line = BUF_INIT(LIMIT_POST_TEXT_B);
	const struct place *place = &example->place;
	int r = buf_addf(&line, "%s:%zu:%zu: %s: ", place->file, place->line, place->column,
		trial->sign->id);
	if (r == 0 && example->wall && found)
		r = buf_addf(&line, "taken for %s: ", found->id);
	else if (r == 0)
		r = buf_adds(&line, example->wall ? "not found in: " : "found in: ");
	if (r == 0)
		r = text_clean(&line, example->body, strlen(example->body));
	if (r >= 0) /* a long one is told cut */
		(void)fprintf(trial->out, "%s\n", buf_str(&line));
	buf_release(&line);
	return r < 0 ? r : 0;
}

static int try_example(
	const struct trial *trial, const struct wall_example *example, size_t *ret_failed)
{
	const struct wall_sign *found = NULL;
	struct arena *arena = arena_new(SCRATCH_B + LIMIT_RULE_FILE_B);
	int r = arena ? find(trial, example, arena, &found) : -ENOMEM;
	if (r == 0 && (found == trial->sign) != example->wall) {
		(*ret_failed)++;
		r = tell(trial, example, found);
	}
	arena_free(arena);
	return r;
}

static int try_signs(
	struct trial *trial, const struct wall_signs *signs, size_t *ret_run, size_t *ret_failed)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < signs->count; i++) {
		trial->sign = &signs->items[i];
		for (size_t k = 0; r == 0 && k < trial->sign->n_examples; k++) {
			(*ret_run)++;
			r = try_example(trial, &trial->sign->examples[k], ret_failed);
		}
	}
	return r;
}

int wall_test(const struct walls *walls, FILE *out, size_t *ret_run, size_t *ret_failed)
{
	struct trial trial = {.walls = walls, .out = out};
	*ret_run = 0;
	*ret_failed = 0;
	int r = try_signs(&trial, &walls->pages, ret_run, ret_failed);
	trial.answer = true;
	return r < 0 ? r : try_signs(&trial, &walls->answers, ret_run, ret_failed);
}
