#include "patterns/ruleset.h"

#include "daemon/base/limits.h"
#include "patterns/scorer.h"
#include "patterns/set.h"
#include "patterns/source.h"

#include <string.h>

/* The rules' own tests, through the whole engine. */

struct testing {
	const struct ruleset *set;
	struct scorer *scorer;
	FILE *out;
	const char *id; /* of the rule in hand, or "prefix.*" */
	bool context;   /* it is one, at .index */
	size_t index;
	size_t run;
	size_t failed;
};

/* What came of one example. */
struct outcome {
	bool found;
	enum severity severity;
	struct span at;
	const char *unscored;
	const char *others; /* the worst of other rules, when it was not found; NULL: none */
};

static void look_for(const struct testing *testing, const struct score *score, struct outcome *ret)
{
	for (size_t i = 0; i < score->n_hits; i++) {
		const struct hit *hit = &score->hits[i];
		const char *id = testing->set->rules[hit->rule].card.id;
		if (!ret->found && id_matches(testing->id, id)) {
			ret->found = true;
			ret->severity = hit->severity;
			ret->at = (struct span){hit->start, hit->end};
		} else if (!ret->others) {
			ret->others = id;
		}
	}
}

#define WHITE " \t\n"

/* In an example of an interaction stands whom it is about, as sources tell it: "@handle", then names and
 * addresses. */
static int tell_target(struct arena *arena, struct post *post)
{
	struct link *links = NULL;
	post->others = post->text;
	post->others_len = post->len;
	for (const char *at = post->text; *at; at += strspn(at, WHITE)) {
		size_t len = strcspn(at, WHITE);
		if (strncmp(at, "https://", strlen("https://")) == 0) {
			links = arena_grow(arena, links, post->n_links, sizeof *links);
			const char *url = links ? arena_copy(arena, at, len) : NULL;
			if (!url)
				return -ENOMEM;
			links[post->n_links++] = (struct link){.url = url};
		}
		at += len;
	}
	post->links = links;
	post->text = "";
	post->len = 0;
	return 0;
}

static int try_example(struct testing *testing, const struct example *example, struct arena *arena,
	struct outcome *ret)
{
	struct post post = {.id = "test",
		.kind = example->kind,
		.lang = example->lang,
		.text = example->text,
		.len = strlen(example->text),
		.others = example->others,
		.others_len = example->others ? strlen(example->others) : 0};
	struct score score;
	*ret = (struct outcome){.found = false};
	int r = kind_is_interaction(post.kind) ? tell_target(arena, &post) : 0;
	if (r < 0)
		return r;
	r = score_post(testing->scorer, &post, 0, arena, &score);
	if (r < 0)
		return r;
	ret->unscored = score.unscored_why;
	if (!testing->context) {
		look_for(testing, &score, ret);
		return 0;
	}
	const struct span *places;
	size_t count;
	r = scorer_places(testing->scorer, testing->index, &places, &count);
	ret->found = r == 0 && count > 0;
	if (ret->found)
		ret->at = places[0];
	return r;
}

static bool as_wanted(const struct example *example, const struct outcome *outcome)
{
	if (outcome->unscored || outcome->found != example->hit)
		return false;
	return !outcome->found ||
	       ((!example->severity || example->severity == outcome->severity) &&
		       (example->start < 0 || (size_t)example->start == outcome->at.start) &&
		       (example->end < 0 || (size_t)example->end == outcome->at.end));
}

/* What came of @example that should not have. */
static int add_outcome(
	struct buf *line, const struct example *example, const struct outcome *outcome)
{
	if (example->todo)
		return buf_adds(line, "known not to work, works now: ");
	if (outcome->unscored)
		return buf_addf(line, "%s: ", outcome->unscored);
	if (example->hit && outcome->found)
		return buf_addf(line, "hit at bytes %zu to %zu, severity %s: ", outcome->at.start,
			outcome->at.end, severity_name(outcome->severity));
	return buf_adds(line, example->hit ? "not found in: " : "found in: ");
}

static int tell(
	struct testing *testing, const struct example *example, const struct outcome *outcome)
{
	const char *industry = testing->set->industry;
	struct buf line = BUF_INIT(LIMIT_POST_TEXT_B);
	int r = buf_addf(&line, "%s:%zu:%zu: %s%s%s: ", example->file, example->line,
		example->column, testing->id, industry ? ", industry " : "",
		industry ? industry : "");
	if (r == 0)
		r = add_outcome(&line, example, outcome);
	if (r == 0)
		r = text_clean(&line, example->text, strlen(example->text));
	if (r == 0 && example->hit && !outcome->found && outcome->others)
		r = buf_addf(&line, " (found: %s)", outcome->others);
	if (r >= 0)
		(void)fprintf(testing->out, "%s\n", buf_str(&line));
	buf_release(&line);
	return r < 0 ? r : 0;
}

static int test_example(struct testing *testing, const struct example *example)
{
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct outcome outcome;
	if (!arena)
		return -ENOMEM;
	int r = try_example(testing, example, arena, &outcome);
	bool good = r == 0 && as_wanted(example, &outcome);
	testing->run += !example->todo;
	testing->failed += !example->todo && !good;
	if (r == 0 && good == example->todo)
		r = tell(testing, example, &outcome);
	arena_free(arena);
	return r;
}

static int test_rule(struct testing *testing, size_t index)
{
	const struct rule *rule = &testing->set->rules[index];
	int r = 0;
	testing->id = rule->card.id;
	testing->context = rule->kind == RULE_CONTEXT;
	testing->index = index;
	for (size_t i = 0; r == 0 && i < rule->n_examples && !rule->off; i++)
		r = test_example(testing, &rule->examples[i]);
	return r;
}

/* Those of the industry's overlay; without an industry, of what always holds. */
static int test_trial(struct testing *testing, const struct trial *trial)
{
	const char *industry = testing->set->industry;
	bool same = industry && trial->industry ? strcmp(industry, trial->industry) == 0
						: industry == trial->industry;
	int r = 0;
	testing->id = trial->rules;
	testing->context = false;
	for (size_t i = 0; r == 0 && same && i < trial->n_examples; i++)
		r = test_example(testing, &trial->examples[i]);
	return r;
}

int ruleset_test(const struct ruleset *set, FILE *out, size_t *ret_run, size_t *ret_failed)
{
	struct testing testing = {.set = set, .out = out};
	int r = scorer_new(set, &testing.scorer);
	if (r < 0)
		return r;
	scorer_trial(testing.scorer, true);
	for (size_t i = 0; r == 0 && i < set->n_rules && !set->industry; i++)
		r = test_rule(&testing, i);
	for (size_t i = 0; r == 0 && i < set->n_trials; i++)
		r = test_trial(&testing, &set->trials[i]);
	scorer_free(testing.scorer);
	if (r < 0)
		return r;
	*ret_run = testing.run;
	*ret_failed = testing.failed;
	return 0;
}
