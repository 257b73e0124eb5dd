#include "daemon/check.h"

#include "config/industry.h"
#include "crawlers/parse/wall.h"
#include "daemon/base/clean.h"
#include "daemon/base/clock.h"
#include "daemon/base/limits.h"
#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/events.h"
#include "daemon/json_line.h"
#include "daemon/report.h"
#include "daemon/rules.h"
#include "daemon/secrets.h"

#include <stdlib.h>
#include <string.h>

/* Places, config and rules of a job that needs no more. */
struct ground {
	struct arena *arena;
	struct paths paths;
	struct problems *problems;
	struct config *config;
	struct ruleset *ruleset;
	struct walls *walls;
};

static void ground_release(struct ground *ground)
{
	walls_free(ground->walls);
	ruleset_free(ground->ruleset);
	config_free(ground->config);
	problems_free(ground->problems);
	arena_free(ground->arena);
}

/* Find the config and load it.  EXIT_CLEAN, or what to end with (told). */
static enum exit_status ground_config(const struct options *options, struct ground *ret)
{
	*ret = (struct ground){.arena = arena_new(LIMIT_CONFIG_B), .problems = problems_new()};
	if (!ret->arena || !ret->problems)
		return EXIT_INTERNAL;
	int r = paths_find(ret->arena, options, &ret->paths);
	if (r < 0) {
		log_err(r, "cannot find the shipped rules; name their folder with --patterns");
		return EXIT_USAGE;
	}
	r = rules_config(&ret->paths, ret->problems, &ret->config);
	if (r < 0)
		log_err(r, "cannot read %s", ret->paths.config);
	return r == 0 ? EXIT_CLEAN : EXIT_USAGE;
}

static enum exit_status ground_walls(struct ground *ground)
{
	int r = rules_walls(&ground->paths, ground->problems, &ground->walls);
	return r == 0 ? EXIT_CLEAN : r > 0 ? EXIT_USAGE : EXIT_INTERNAL;
}

static enum exit_status ground_rules(const struct options *options, struct ground *ret)
{
	enum exit_status status = ground_config(options, ret);
	int r = 0;
	if (status == EXIT_CLEAN) {
		r = rules_load(
			&ret->paths, ret->config, RULES_TO_SCORE, ret->problems, &ret->ruleset);
		status = r == 0 ? EXIT_CLEAN : r > 0 ? EXIT_USAGE : EXIT_INTERNAL;
		if (r < 0)
			log_err(r, "cannot load the rules in %s", ret->paths.patterns);
	}
	if (ret->problems && (status != EXIT_CLEAN || problems_count(ret->problems) > 0))
		problems_print(ret->problems, stderr);
	return status;
}

/* ---- --check ---- */

struct drafts {
	const struct options *options;
	const struct ground *ground;
	struct scorer *scorer;
	FILE *out;
	bool failing;
	bool unscored;
};

static void print_hit(const struct drafts *drafts, const json_t *finding)
{
	(void)fprintf(drafts->out,
		"%-8s %s (%s, bytes %lld to %lld)\n         %s\n         why:    %s\n         "
		"advice: %s\n",
		json_string_value(json_object_get(finding, "severity")),
		json_string_value(json_object_get(finding, "title")),
		json_string_value(json_object_get(finding, "rule")),
		(long long)json_integer_value(json_object_get(finding, "start")),
		(long long)json_integer_value(json_object_get(finding, "end")),
		json_string_value(json_object_get(finding, "excerpt")),
		json_string_value(json_object_get(finding, "why")),
		json_string_value(json_object_get(finding, "advice")));
}

static void print_verdict(const struct drafts *drafts, const json_t *verdict)
{
	size_t i;
	json_t *finding;
	json_array_foreach(json_object_get(verdict, "findings"), i, finding)
		print_hit(drafts, finding);
	(void)fprintf(drafts->out, "%s (score %.0f of 100)\n",
		json_string_value(json_object_get(verdict, "severity")),
		json_number_value(json_object_get(verdict, "score")));
	if (json_is_true(json_object_get(verdict, "unscored")))
		(void)fprintf(drafts->out, "NOT SCORED WHOLE: %s\n",
			json_string_value(json_object_get(verdict, "unscored_why")));
}

static int write_verdict(struct drafts *drafts, const json_t *verdict)
{
	if (drafts->options->format != FORMAT_JSON) {
		print_verdict(drafts, verdict);
		return 0;
	}
	return json_line_print(verdict, drafts->out);
}

/* Score @text (any bytes: made valid first), in @lang as told (NULL: not told), and write its verdict. */
static int score_draft(
	struct drafts *drafts, const json_t *id, const char *lang, const char *text, size_t len)
{
	struct buf valid = BUF_INIT(LIMIT_PAGE_B * 3);
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	json_t *verdict = NULL;
	bool clean = text_valid(text, len);
	int r = !arena ? -ENOMEM : clean ? 0 : text_repair(&valid, text, len);
	if (r == 0) {
		const struct post draft = {
			.id = "draft",
			.kind = KIND_DRAFT,
			.lang = lang,
			.text = clean ? text : buf_str(&valid),
			.len = clean ? len : valid.len,
		};
		struct score score;
		r = score_post(drafts->scorer, &draft, clock_now_s(clock_real()), arena, &score);
		if (r == 0) {
			verdict = event_verdict(id, &draft, &score, drafts->ground->ruleset);
			drafts->unscored |= score.unscored;
			drafts->failing |= score.n_hits > 0 &&
					   score.hits[0].severity >= drafts->options->fail_on;
		}
	}
	if (r == 0)
		r = verdict ? write_verdict(drafts, verdict) : -ENOMEM;
	json_decref(verdict);
	arena_free(arena);
	buf_release(&valid);
	return r > 0 ? -EFBIG : r;
}

static int bad_line(size_t number, const char *what)
{
	(void)fprintf(stderr, "dirtwatch: line %zu: %s; want {\"id\": …, \"text\": \"…\"}\n",
		number, what);
	return -EINVAL;
}

static int check_line(struct drafts *drafts, const char *line, size_t len, size_t number)
{
	json_error_t error;
	json_t *object = json_loadb(line, len, JSON_ALLOW_NUL, &error);
	if (!object)
		return bad_line(number, error.text);
	const json_t *text = json_object_get(object, "text");
	/* json_string_value() of what is no string is NULL: a language that is not told. */
	const char *lang = json_string_value(json_object_get(object, "lang"));
	int r = json_is_string(text) ? score_draft(drafts, json_object_get(object, "id"), lang,
					       json_string_value(text), json_string_length(text))
				     : bad_line(number, "there is no \"text\"");
	json_decref(object);
	return r;
}

static int check_lines(struct drafts *drafts, FILE *in)
{
	CLEAN(clean_free) char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int worst = 0;
	for (size_t number = 1; (len = getline(&line, &room, in)) > 0; number++) {
		int r = strspn(line, " \t\r\n") == (size_t)len
				? 0
				: check_line(drafts, line, (size_t)len, number);
		if (r < 0)
			worst = r; /* told; the other lines are still scored */
	}
	return ferror(in) ? -EIO : worst;
}

static int check_whole(struct drafts *drafts, FILE *in)
{
	struct buf text = BUF_INIT(LIMIT_PAGE_B);
	char chunk[16384];
	size_t got;
	int r = 0;
	while (r == 0 && (got = fread(chunk, 1, sizeof chunk, in)) > 0)
		r = buf_add(&text, chunk, got);
	if (r == BUF_E_FULL)
		(void)fprintf(stderr, "dirtwatch: the draft is larger than %zu MiB\n",
			LIMIT_PAGE_B >> 20);
	if (r == 0)
		r = ferror(in) ? -EIO : score_draft(drafts, NULL, NULL, buf_str(&text), text.len);
	buf_release(&text);
	return r > 0 ? -EINVAL : r;
}

static enum exit_status check_stream(struct drafts *drafts, FILE *in)
{
	int r = drafts->options->lines ? check_lines(drafts, in) : check_whole(drafts, in);
	if (fflush(drafts->out) == EOF)
		r = -EIO;
	if (r == -EINVAL)
		return EXIT_USAGE;
	if (r < 0) {
		log_err(r, "cannot check the draft");
		return EXIT_INTERNAL;
	}
	if (drafts->failing)
		return EXIT_FINDINGS;
	return drafts->unscored ? EXIT_UNVERIFIED : EXIT_CLEAN;
}

static FILE *open_stream(const char *name, const char *mode, FILE *otherwise)
{
	FILE *file = name && strcmp(name, "-") != 0 ? fopen(name, mode) : otherwise;
	if (!file)
		log_err(-errno, "cannot open %s", name);
	return file;
}

enum exit_status check_draft(const struct options *options)
{
	struct ground ground;
	struct drafts drafts = {.options = options, .ground = &ground};
	FILE *in = NULL;
	enum exit_status status = ground_rules(options, &ground);
	if (status == EXIT_CLEAN && scorer_new(ground.ruleset, &drafts.scorer) < 0)
		status = EXIT_INTERNAL;
	if (status == EXIT_CLEAN) {
		in = open_stream(options->n_targets > 0 ? options->targets[0] : NULL, "re", stdin);
		drafts.out = open_stream(options->output, "we", stdout);
		status = in && drafts.out ? check_stream(&drafts, in) : EXIT_USAGE;
	}
	if (in && in != stdin)
		(void)fclose(in); /* only read */
	if (drafts.out && drafts.out != stdout && fclose(drafts.out) == EOF)
		status = EXIT_INTERNAL;
	scorer_free(drafts.scorer);
	ground_release(&ground);
	return status;
}

/* ---- --check-config ---- */

/* The names of the tokens that the config leads to. */
static enum exit_status ground_tokens(struct ground *ground, struct buf *names)
{
	struct tokens *tokens;
	int r = secrets_read(ground->config, ground->problems, &tokens);
	if (r > 0)
		return EXIT_USAGE;
	if (r == 0) {
		r = secrets_names(tokens, names);
		tokens_free(tokens);
	}
	return r == 0 ? EXIT_CLEAN : EXIT_INTERNAL;
}

enum exit_status check_config(const struct options *options)
{
	struct options here = *options;
	if (options->n_targets > 0)
		here.config = options->targets[0];
	struct ground ground;
	struct buf names = BUF_INIT(LIMIT_CONFIG_B);
	enum exit_status status = ground_config(&here, &ground);
	if (status == EXIT_CLEAN)
		status = ground_walls(&ground);
	if (status == EXIT_CLEAN)
		status = ground_tokens(&ground, &names);
	if (ground.problems)
		problems_print(ground.problems, stdout);
	if (status == EXIT_CLEAN && !options->quiet) {
		(void)printf("%s: fine: %zu profile%s\n",
			ground.paths.config ? ground.paths.config : "built-in defaults",
			ground.config->n_profiles,
			ground.config->n_profiles == 0   ? "s: nothing to watch"
			: ground.config->n_profiles == 1 ? ""
							 : "s");
		if (names.len > 0)
			(void)printf("tokens in use: %s\n", buf_str(&names));
	}
	buf_release(&names);
	ground_release(&ground);
	return status;
}

/* ---- --test-patterns ---- */

/* The set with @options' files on top, strictly: a bad rule fails the test. */
static int load_strict(const struct options *options, const char *industry, struct ground *ground)
{
	const char *folders[] = {ground->paths.patterns, ground->paths.own_patterns};
	const struct ruleset_options strict = {
		.config = ground->config,
		.folders = {.items = folders, .count = 2},
		.files = {.items = (const char *const *)options->targets,
			.count = options->n_targets},
		.industry = industry,
		.strict = true,
	};
	return ruleset_load(&strict, ground->problems, &ground->ruleset);
}

/* The tests in the overlay of @industry, which need a set of their own.  What is wrong with the files
 * was told when they were read without it. */
static int test_overlay(const struct options *options, const struct ground *ground,
	const char *industry, size_t *run, size_t *failed)
{
	struct ground here = *ground;
	size_t more = 0;
	size_t worse = 0;
	here.ruleset = NULL;
	here.problems = problems_new();
	int r = here.problems ? load_strict(options, industry, &here) : -ENOMEM;
	if (r == 0)
		r = ruleset_test(here.ruleset, stdout, &more, &worse);
	*run += more;
	*failed += worse;
	ruleset_free(here.ruleset);
	problems_free(here.problems);
	return r;
}

/* The tests of the walls, then of the rules, then of each industry's overlay. */
static int test_all(
	const struct options *options, const struct ground *ground, size_t *run, size_t *failed)
{
	size_t more = 0;
	size_t worse = 0;
	int r = wall_test(ground->walls, stdout, run, failed);
	if (r == 0)
		r = ruleset_test(ground->ruleset, stdout, &more, &worse);
	*run += more;
	*failed += worse;
	for (size_t i = 0; r == 0 && i < n_industries; i++)
		r = test_overlay(options, ground, industries[i], run, failed);
	return r;
}

enum exit_status check_patterns(const struct options *options)
{
	struct ground ground;
	size_t run = 0;
	size_t failed = 0;
	enum exit_status status = ground_config(options, &ground);
	int r = status == EXIT_CLEAN ? load_strict(options, NULL, &ground) : 0;
	if (r == 0 && status == EXIT_CLEAN)
		status = ground_walls(&ground);
	if (ground.problems)
		problems_print(ground.problems, stderr);
	if (r == 0 && status == EXIT_CLEAN) {
		r = test_all(options, &ground, &run, &failed);
		(void)printf("%zu passed, %zu failed\n", run - failed, failed);
	}
	if (r < 0)
		status = EXIT_INTERNAL;
	else if (r > 0 || failed > 0 || (ground.problems && problems_count(ground.problems) > 0))
		status = EXIT_USAGE;
	ground_release(&ground);
	return status;
}
