/* Any post, scored with the prefilter and without: the same, and within its bounds. */
#include "daemon/base/limits.h"
#include "patterns/scorer.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define NOW_S 1700000000

static struct scorer *scorer_for(bool everything)
{
	static struct scorer *scorers[2];
	if (!scorers[everything]) {
		MUST(scorer_new(small_rules(), &scorers[everything]) == 0);
		scorer_everything(scorers[everything], everything);
	}
	return scorers[everything];
}

static void same(const struct score *a, const struct score *b)
{
	MUST(a->score == b->score && a->n_hits == b->n_hits);
	for (size_t i = 0; i < a->n_hits; i++) {
		MUST(a->hits[i].rule == b->hits[i].rule);
		MUST(a->hits[i].start == b->hits[i].start && a->hits[i].end == b->hits[i].end);
		MUST(a->hits[i].score == b->hits[i].score);
		MUST(strcmp(a->hits[i].reasons, b->hits[i].reasons) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = input_of(data, size);
	unsigned char bits = input_byte(&input);
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct post post = {.id = "1",
		.kind = (enum post_kind)((bits & 0x1f) % KIND_COUNT),
		.pinned = (bits & 0x20) != 0,
		.published_s = bits & 0x40 ? NOW_S - (int64_t)input_byte(&input) * 10000000 : 0};
	char *line = bits & 0x80 ? input_line(&input) : NULL;
	struct input line_input = {line, line ? strlen(line) : 0};
	size_t url_len;
	char *url = line ? input_text(&line_input, LIMIT_URL_B, &url_len) : NULL;
	char *text = input_text(&input, LIMIT_POST_TEXT_B, &post.len);
	struct link link = {.url = url, .end = post.len};
	struct score quick, slow;
	post.text = text;
	post.links = url ? &link : NULL;
	post.n_links = url != NULL;
	MUST(arena);
	MUST(score_post(scorer_for(false), &post, NOW_S, arena, &quick) == 0);
	MUST(score_post(scorer_for(true), &post, NOW_S, arena, &slow) == 0);
	score_holds(&quick, &post, small_rules());
	score_holds(&slow, &post, small_rules());
	/* Where a limit was reached, the one may have come farther than the other. */
	if (!quick.unscored && !slow.unscored)
		same(&quick, &slow);
	free(text);
	free(url);
	free(line);
	arena_free(arena);
	return 0;
}
