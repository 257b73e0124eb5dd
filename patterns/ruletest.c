#include "patterns/ruleset.h"

#include "daemon/base/limits.h"
#include "patterns/scorer.h"
#include "patterns/set.h"

#include <string.h>

/* The rules' own tests, through the whole engine. */

struct testing {
	const struct ruleset *set;
	struct scorer *scorer;
	FILE *out;
	size_t run;
	size_t failed;
};

/* What came of one example. */
struct outcome {
	bool found;
	struct span at;
	const char *unscored;
	const char *others; /* the worst of other rules, when it was not found; NULL: none */
};

static void look_for(
	const struct testing *testing, size_t index, const struct score *score, struct outcome *ret)
{
	for (size_t i = 0; i < score->n_hits; i++) {
		const struct hit *hit = &score->hits[i];
		if (hit->rule == index && !ret->found) {
			ret->found = true;
			ret->at = (struct span){hit->start, hit->end};
		} else if (!ret->others) {
			ret->others = testing->set->rules[hit->rule].card.id;
		}
	}
}

static int try_example(struct testing *testing, size_t index, const struct example *example,
	struct arena *arena, struct outcome *ret)
{
	const struct post post = {.id = "test",
		.kind = example->kind,
		.text = example->text,
		.len = strlen(example->text),
		.others = example->others,
		.others_len = example->others ? strlen(example->others) : 0};
	struct score score;
	*ret = (struct outcome){.found = false};
	int r = score_post(testing->scorer, &post, 0, arena, &score);
	if (r < 0)
		return r;
	ret->unscored = score.unscored_why;
	if (testing->set->rules[index].kind != RULE_CONTEXT) {
		look_for(testing, index, &score, ret);
		return 0;
	}
	const struct span *places;
	size_t count;
	r = scorer_places(testing->scorer, index, &places, &count);
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
	       ((example->start < 0 || (size_t)example->start == outcome->at.start) &&
		       (example->end < 0 || (size_t)example->end == outcome->at.end));
}

static int tell(struct testing *testing, const struct rule *rule, const struct example *example,
	const struct outcome *outcome)
{
	struct buf line = BUF_INIT(LIMIT_POST_TEXT_B);
	int r = buf_addf(&line, "%s:%zu:%zu: %s: ", example->file, example->line, example->column,
		rule->card.id);
	if (r == 0 && example->todo)
		r = buf_adds(&line, "known not to work, works now: ");
	else if (r == 0 && outcome->unscored)
		r = buf_addf(&line, "%s: ", outcome->unscored);
	else if (r == 0 && example->hit && outcome->found)
		r = buf_addf(
			&line, "hit at bytes %zu to %zu: ", outcome->at.start, outcome->at.end);
	else if (r == 0)
		r = buf_adds(&line, example->hit ? "not found in: " : "found in: ");
	if (r == 0)
		r = text_clean(&line, example->text, strlen(example->text));
	if (r == 0 && example->hit && !outcome->found && outcome->others)
		r = buf_addf(&line, " (found: %s)", outcome->others);
	if (r >= 0)
		(void)fprintf(testing->out, "%s\n", buf_str(&line));
	buf_release(&line);
	return r < 0 ? r : 0;
}

static int test_example(struct testing *testing, size_t index, const struct example *example)
{
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct outcome outcome;
	if (!arena)
		return -ENOMEM;
	int r = try_example(testing, index, example, arena, &outcome);
	bool good = r == 0 && as_wanted(example, &outcome);
	testing->run += !example->todo;
	testing->failed += !example->todo && !good;
	if (r == 0 && good == example->todo)
		r = tell(testing, &testing->set->rules[index], example, &outcome);
	arena_free(arena);
	return r;
}

int ruleset_test(const struct ruleset *set, FILE *out, size_t *ret_run, size_t *ret_failed)
{
	struct testing testing = {.set = set, .out = out};
	int r = scorer_new(set, &testing.scorer);
	if (r < 0)
		return r;
	scorer_trial(testing.scorer, true);
	for (size_t i = 0; r == 0 && i < set->n_rules; i++) {
		const struct rule *rule = &set->rules[i];
		for (size_t k = 0; r == 0 && k < rule->n_examples && !rule->off; k++)
			r = test_example(&testing, i, &rule->examples[k]);
	}
	scorer_free(testing.scorer);
	if (r < 0)
		return r;
	*ret_run = testing.run;
	*ret_failed = testing.failed;
	return 0;
}
