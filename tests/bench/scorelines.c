/* Score lines of {"id","text"} as `dirtwatch --check --jsonl` does, with nothing but the engine:
 * scorelines FOLDER... <posts.jsonl.  With DIRTWATCH_BENCH_EVERYTHING the prefilter is left out. */
#include "daemon/base/limits.h"
#include "patterns/scorer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static json_t *finding(const struct ruleset *set, const struct hit *hit, const struct post *post)
{
	const struct rule_card *card = ruleset_card(set, hit->rule);
	return json_pack("{s:s, s:s, s:s, s:s, s:f, s:f, s:I, s:I, s:s%, s:s}", "rule", card->id,
		"class", class_name(card->class), "category", card->category, "severity",
		severity_name(hit->severity), "confidence", hit->confidence, "score", hit->score,
		"start", (json_int_t)hit->start, "end", (json_int_t)hit->end, "excerpt",
		post->text + hit->start, hit->end - hit->start, "reasons", hit->reasons);
}

static void print_verdict(
	const struct ruleset *set, json_t *id, const struct post *post, const struct score *score)
{
	json_t *findings = json_array();
	for (size_t i = 0; i < score->n_hits; i++)
		json_array_append_new(findings, finding(set, &score->hits[i], post));
	json_t *verdict = json_pack("{s:s, s:O, s:f, s:s, s:o}", "type", "verdict", "id", id,
		"score", score->score, "severity", severity_name(score->severity), "findings",
		findings);
	if (score->unscored)
		json_object_set_new(verdict, "unscored", json_string(score->unscored_why));
	(void)json_dumpf(verdict, stdout, JSON_COMPACT);
	(void)putchar('\n');
	json_decref(verdict);
}

static double cpu_s(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double score_line(const struct ruleset *set, struct scorer *scorer, const char *line)
{
	json_t *post_json = json_loads(line, 0, NULL);
	const char *text = json_string_value(json_object_get(post_json, "text"));
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct score score;
	double took = 0;
	if (text && arena) {
		const struct post post = {
			.id = "line", .kind = KIND_DRAFT, .text = text, .len = strlen(text)};
		double before = cpu_s();
		int r = score_post(scorer, &post, 0, arena, &score);
		took = cpu_s() - before;
		if (r == 0)
			print_verdict(set, json_object_get(post_json, "id"), &post, &score);
	}
	arena_free(arena);
	json_decref(post_json);
	return took;
}

/* Arguments that begin with a dash are for the program that this stands in for. */
static size_t folders(int argc, char **argv)
{
	size_t n = 0;
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-')
			argv[1 + n++] = argv[i];
	}
	return n;
}

int main(int argc, char **argv)
{
	struct config config = {.path = NULL};
	struct problems *problems = problems_new();
	struct ruleset *set = NULL;
	struct scorer *scorer = NULL;
	const struct ruleset_options options = {
		.config = &config,
		.folders = {(const char *const *)argv + 1, folders(argc, argv)},
		.strict = getenv("DIRTWATCH_BENCH_SAMPLES") != NULL,
	};
	double before = cpu_s();
	if (options.folders.count == 0 || !problems ||
		ruleset_load(&options, problems, &set) != 0 || scorer_new(set, &scorer) != 0) {
		(void)fprintf(stderr, "usage: scorelines FOLDER... <posts.jsonl\n");
		if (problems)
			problems_print(problems, stderr);
		return options.folders.count != 0;
	}
	double loaded = cpu_s() - before;
	scorer_everything(scorer, getenv("DIRTWATCH_BENCH_EVERYTHING") != NULL);
	char *line = NULL;
	size_t room = 0;
	size_t posts = 0;
	double took = 0;
	while (getline(&line, &room, stdin) > 0) {
		took += score_line(set, scorer, line);
		posts++;
	}
	(void)fprintf(stderr, "%zu rules loaded in %.1f ms; %zu posts, %.0f posts/s\n",
		ruleset_count(set), loaded * 1e3, posts, took > 0 ? (double)posts / took : 0);
	free(line);
	scorer_free(scorer);
	ruleset_free(set);
	problems_free(problems);
	return 0;
}
