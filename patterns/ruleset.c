#include "patterns/ruleset.h"

#include "patterns/build.h"
#include "patterns/company.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* What the sources and the set may take: fifty thousand rules of a kilobyte, many times over. */
#define SET_B ((size_t)1024 * 1024 * 1024)
/* Part of the digest: changes when the engine scores otherwise than before. */
#define ENGINE "dirtwatch-engine-2"
/* A folder of rule files. */
#define FILES_MAX 10000

/* ---- files ---- */

static int is_rule_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');
	return entry->d_name[0] != '.' && dot &&
	       (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

static int compare_entries(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void tell_unreadable(struct sources *sources, const char *path, int r)
{
	const struct place place = {.file = path};
	problems_add(sources->problems, &place, "can not be read: %s", strerror(-r));
}

/* What we are short of ends the loading: no rule may be missing because of that.  A file that can not
 * be read for other reasons is told of, and left out. */
static int pass_over(struct sources *sources, const char *path, int r)
{
	if (r >= 0 || r == -ENOMEM || r == -EMFILE || r == -ENFILE)
		return r;
	tell_unreadable(sources, path, r);
	return 0;
}

static int read_file(struct sources *sources, const char *path, size_t layer)
{
	return pass_over(sources, path, sources_read(sources, path, layer));
}

static int read_folder(struct sources *sources, const char *folder, size_t layer)
{
	struct dirent **entries = NULL;
	int count = folder ? scandir(folder, &entries, is_rule_file, compare_entries) : 0;
	if (count < 0)
		return errno == ENOENT ? 0 : pass_over(sources, folder, -errno);
	int r = 0;
	for (int i = 0; i < count; i++) {
		char *path = NULL;
		if (r == 0 && i < FILES_MAX)
			r = asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0 ? -ENOMEM : 0;
		if (r == 0 && path)
			r = read_file(sources, path, layer);
		free(path);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int read_layers(struct sources *sources, const struct ruleset_options *options)
{
	int r = 0;
	size_t layer = 0;
	for (size_t i = 0; r == 0 && i < options->folders.count; i++)
		r = read_folder(sources, options->folders.items[i], layer++);
	for (size_t i = 0; r == 0 && i < options->files.count; i++)
		r = read_file(sources, options->files.items[i], layer);
	return r;
}

/* ---- the digest ---- */

struct digest_input {
	struct arena *arena;
	const char **items;
	size_t count;
	int error;
};

static void add(struct digest_input *input, const char *string)
{
	void *grown = arena_grow(input->arena, input->items, input->count, sizeof *input->items);
	if (!grown) {
		input->error = -ENOMEM;
		return;
	}
	input->items = grown;
	input->items[input->count++] = string ? string : "";
}

static void add_number(struct digest_input *input, size_t number)
{
	char text[24];
	(void)snprintf(text, sizeof text, "%zu", number);
	add(input, arena_strdup(input->arena, text));
}

static void add_strings(struct digest_input *input, const struct strings *strings)
{
	add_number(input, strings->count);
	for (size_t i = 0; i < strings->count; i++)
		add(input, strings->items[i]);
}

static void add_organisation(struct digest_input *input, const struct organisation *organisation)
{
	add_number(input, organisation != NULL);
	if (!organisation)
		return;
	add(input, organisation->name);
	add_strings(input, &organisation->also_known_as);
	add_strings(input, &organisation->domains);
	add_strings(input, &organisation->handles);
	add_strings(input, &organisation->products);
	add_strings(input, &organisation->tickers);
	add_strings(input, &organisation->people);
}

static void add_config(struct digest_input *input, const struct config *config)
{
	const struct person *person = &config->person;
	add_organisation(input, person->employer);
	add_organisation(input, person->target);
	add_number(input, person->competitors.count);
	for (size_t i = 0; i < person->competitors.count; i++)
		add_organisation(input, &person->competitors.items[i]);
	add_number(input, person->clients.count);
	for (size_t i = 0; i < person->clients.count; i++)
		add_organisation(input, &person->clients.items[i]);
	add(input, person->industry);
	add_strings(input, &config->disable);
	add_number(input, config->n_severities);
	for (size_t i = 0; i < config->n_severities; i++) {
		add(input, config->severities[i].rule);
		add(input, severity_name(config->severities[i].severity));
	}
}

static int make_digest(
	const struct sources *sources, const struct ruleset_options *options, struct digest *ret)
{
	struct digest_input input = {.arena = sources->arena};
	add(&input, ENGINE);
	add_number(&input, options->strict);
	add(&input, options->industry);
	for (size_t i = 0; i < sources->n_files; i++) {
		struct place place = yaml_place(yaml_root(sources->files[i]));
		add(&input, place.file);
		add(&input, place.source);
	}
	add_config(&input, options->config);
	return input.error ? input.error : digest_strings(input.items, input.count, ret);
}

/* ---- loading ---- */

static int copy_strings(struct arena *arena, const struct strings *from, struct strings *ret)
{
	const char **items = arena_array(arena, from->count + 1, sizeof *items);
	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < from->count; i++) {
		items[i] = arena_strdup(arena, from->items[i]);
		if (!items[i])
			return -ENOMEM;
	}
	*ret = (struct strings){items, from->count};
	return 0;
}

/* The words that people mask with stars are a list of the rules like any other. */
static int set_masked(struct build *build)
{
	const struct definition *list = definition_find(&build->sources->lists, "masked");
	struct strings words = {.count = 0};
	int r = list ? list_items(build->sources, list, &words) : 0;
	return r < 0 ? r : copy_strings(build->set->arena, &words, &build->set->views.masked);
}

static int make_expressions(struct build *build, struct problems *problems)
{
	build->sources->problems = problems;
	build->walk.problems = problems;
	int r = build_expressions(build);
	return r == 0 ? build_phrases(build) : r;
}

static int make_set(struct build *build, struct problems *problems)
{
	struct sources *sources = build->sources;
	struct strings handles;
	sources_merge(sources);
	int r = companies_fill(sources, build->options, &handles);
	if (r < 0)
		return r;
	sources_merge_rules(sources);
	static int (*const steps[])(struct build *) = {
		build_categories, build_rules, build_guards, set_masked};
	for (size_t i = 0; r == 0 && i < sizeof steps / sizeof steps[0]; i++)
		r = steps[i](build);
	if (r == 0)
		r = copy_strings(build->set->arena, &handles, &build->set->views.handles);
	if (r == 0 && build->options->strict)
		r = build_examples(build);
	if (r == 0 && !build->options->catalogue)
		r = make_expressions(build, problems);
	if (r == 0)
		r = make_digest(sources, build->options, &build->set->digest);
	return r;
}

static int new_set(struct ruleset **ret)
{
	struct ruleset *set = calloc(1, sizeof *set);
	if (!set)
		return -ENOMEM;
	set->arena = arena_new(SET_B);
	if (!set->arena) {
		free(set);
		return -ENOMEM;
	}
	*ret = set;
	return 0;
}

int ruleset_load(
	const struct ruleset_options *options, struct problems *problems, struct ruleset **ret)
{
	struct problems *known = options->known ? options->known : problems;
	struct sources sources = {.arena = arena_new(SET_B), .problems = known};
	struct ruleset *set = NULL;
	int r = sources.arena ? new_set(&set) : -ENOMEM;
	if (r == 0)
		r = read_layers(&sources, options);
	struct build build = {.sources = &sources, .options = options, .set = set};
	if (r == 0) {
		build.walk = (struct walk){.arena = set->arena, .problems = known};
		r = make_set(&build, problems);
	}
	if (r == 0 && set->n_scoring == 0) {
		problems_add(
			problems, &(struct place){.file = NULL}, "there is no rule to score by");
		r = RULESET_E_BAD;
	}
	sources_release(&sources);
	arena_free(sources.arena);
	if (r == 0)
		*ret = set;
	else
		ruleset_free(set);
	return r;
}

struct ruleset *ruleset_free(struct ruleset *set)
{
	if (!set)
		return NULL;
	for (size_t i = 0; i < set->n_rules; i++) {
		for (size_t k = 0; k < set->rules[i].n_expressions; k++)
			regex_free(set->rules[i].expressions[k].regex);
		for (size_t k = 0; k < set->rules[i].n_allow; k++)
			regex_free(set->rules[i].allow[k].match.regex);
	}
	prefilter_free(set->prefilter);
	arena_free(set->arena);
	free(set);
	return NULL;
}

/* ---- looking at it ---- */

size_t ruleset_count(const struct ruleset *set)
{
	return set->n_scoring;
}

const struct rule_card *ruleset_card(const struct ruleset *set, size_t index)
{
	return &set->rules[index].card;
}

static int compare_id(const void *id, const void *rule)
{
	return strcmp(id, ((const struct rule *)rule)->card.id);
}

const struct rule_card *ruleset_find(const struct ruleset *set, const char *id)
{
	const struct rule *rule =
		bsearch(id, set->rules, set->n_scoring, sizeof *set->rules, compare_id);
	return rule ? &rule->card : NULL;
}

const char *ruleset_industry(const struct ruleset *set)
{
	return set->industry;
}

const struct digest *ruleset_digest(const struct ruleset *set)
{
	return &set->digest;
}
