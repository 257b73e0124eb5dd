#include "patterns/build.h"

#include "daemon/base/limits.h"
#include "patterns/language.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* DESIGN: scores fade with a half-life of five years and never below three tenths. */
#define HALF_LIFE_DAYS 1826.25
#define DECAY_FLOOR    0.3

void build_bad(
	struct build *build, struct rule_source *source, struct yaml node, const char *format, ...)
{
	va_list args;
	char *message;
	va_start(args, format);
	int len = vasprintf(&message, format, args);
	va_end(args);
	walk_problem(
		&build->walk, node, "rule %s: %s", source->id, len < 0 ? "out of memory" : message);
	if (len >= 0)
		free(message);
	source->broken = true;
}

#define KEY(into_, name_, type_, field_) \
	.name = (name_), .type = (type_), .offset = offsetof(struct into_, field_)

/* ---- words of a rule ---- */

/* The words that one key may have. */
struct vocabulary {
	const char *what;
	const char *const *words;
	size_t count;
};

static const char *const kind_words[RULE_KIND_COUNT] = {
	"text", "context", "handle", "link", "phrases"};
static const char *const status_words[STATUS_COUNT] = {
	"experimental", "test", "stable", "deprecated"};
static const char *const view_words[] = {"plain", "undisguised", "all"};
static const char *const reach_words[] = {"cover", "touch", "sentence", "post"};

#define VOCABULARY(what, words) ((struct vocabulary){(what), (words), COUNT(words)})

/* The index of @word in @known; -1, told, when it is not there.  NULL gives @otherwise. */
static int word_index(struct build *build, struct rule_source *source, struct vocabulary known,
	const char *word, int otherwise)
{
	if (!word)
		return otherwise;
	for (size_t i = 0; i < known.count; i++) {
		if (strcmp(known.words[i], word) == 0)
			return (int)i;
	}
	const char *nearest = nearest_word(word, known.words, known.count);
	build_bad(build, source, source->node, "no %s is called \"%.*s\"%s%s%s", known.what,
		SHOWN(word), nearest ? ", did you mean \"" : "", nearest ? nearest : "",
		nearest ? "\"?" : "");
	return -1;
}

static unsigned read_scope(struct build *build, struct rule_source *source, enum rule_kind kind)
{
	const unsigned own_words = 1u << KIND_POST | 1u << KIND_REPLY | 1u << KIND_QUOTE |
				   1u << KIND_BIO | 1u << KIND_DRAFT | 1u << KIND_VERSION;
	if (source->scope.count == 0)
		return kind == RULE_HANDLE ? 1u << KIND_HANDLE : own_words;
	unsigned scope = 0;
	bool acts = false;
	for (size_t i = 0; i < source->scope.count; i++) {
		enum post_kind one;
		if (!kind_parse(source->scope.items[i], &one)) {
			build_bad(build, source, source->node, "no kind of post is called \"%.*s\"",
				SHOWN(source->scope.items[i]));
			continue;
		}
		scope |= 1u << one;
		acts |= kind_is_interaction(one);
	}
	/* What posts must not say must not be found in their earlier versions either. */
	if (scope & (1u << KIND_POST))
		scope |= 1u << KIND_VERSION;
	if (acts && kind != RULE_LINK)
		build_bad(build, source, source->node,
			"likes, follows, stars and memberships have no words: a rule for them is "
			"of "
			"kind link");
	return scope;
}

static bool read_disguised(struct build *build, struct rule_source *source)
{
	bool disguised = source->views.count == 0;
	for (size_t i = 0; i < source->views.count; i++)
		disguised |= word_index(build, source, VOCABULARY("view", view_words),
				     source->views.items[i], 0) > 0;
	return disguised;
}

static bool has_flag(const struct rule_source *source, const char *flag)
{
	for (size_t i = 0; i < source->flags.count; i++) {
		if (strcmp(source->flags.items[i], flag) == 0)
			return true;
	}
	return false;
}

struct reach_source {
	int64_t before;
	int64_t after;
};

/* Characters: as far as a glance back goes, and as a post is long. */
#define REACH_MAX 10000

/* clang-format off */
static const struct key reach_keys[] = {
	{KEY(reach_source, "before", VALUE_INT, before), .min = 0, .max = REACH_MAX},
	{KEY(reach_source, "after", VALUE_INT, after), .min = 0, .max = REACH_MAX},
};
/* clang-format on */

static int read_reach(struct build *build, struct rule_source *source, struct reach *ret)
{
	*ret = (struct reach){.kind = REACH_SENTENCE};
	if (!source->reach.file)
		return 0;
	if (yaml_type(source->reach) == YAML_TYPE_MAP) {
		struct reach_source near = {-1, -1};
		int r = walk_map(&build->walk, source->reach, reach_keys, COUNT(reach_keys), &near);
		*ret = (struct reach){REACH_NEAR, near.before, near.after};
		return r;
	}
	int i = word_index(
		build, source, VOCABULARY("reach", reach_words), yaml_text(source->reach), -1);
	if (i < 0)
		build_bad(build, source, source->reach,
			"a reach is cover, touch, sentence, post or {before, after}");
	else
		ret->kind = (enum reach_kind)i;
	return 0;
}

struct decay_source {
	double half_life_days;
	double floor;
};

/* clang-format off */
static const struct key decay_keys[] = {
	{KEY(decay_source, "half_life_days", VALUE_REAL, half_life_days), .min = 1, .max = 100000},
	{KEY(decay_source, "floor", VALUE_REAL, floor), .min = 0, .max = 1},
};
/* clang-format on */

static int read_decay(struct build *build, struct rule_source *source, struct decay *ret)
{
	struct decay_source decay = {HALF_LIFE_DAYS, DECAY_FLOOR};
	int r = 0;
	if (source->decay.file)
		r = walk_map(&build->walk, source->decay, decay_keys, COUNT(decay_keys), &decay);
	*ret = (struct decay){decay.half_life_days, decay.floor};
	return r;
}

struct advice_source {
	const char *action;
	struct strings also;
};

/* clang-format off */
static const struct key advice_keys[] = {
	{KEY(advice_source, "action", VALUE_STRING, action), .required = true},
	{KEY(advice_source, "also", VALUE_STRINGS, also)},
};
/* clang-format on */

/* Advice as one line: "delete it; also: check reposts, ask for removal from caches". */
static int read_advice(struct build *build, struct rule_source *source, const char **ret)
{
	if (!source->advice.file)
		return 0;
	if (yaml_text(source->advice)) {
		*ret = arena_strdup(build->set->arena, yaml_text(source->advice));
		return *ret ? 0 : -ENOMEM;
	}
	struct advice_source advice = {.action = NULL};
	int r = walk_map(&build->walk, source->advice, advice_keys, COUNT(advice_keys), &advice);
	if (r < 0 || !advice.action)
		return r;
	struct buf line = BUF_INIT(PATTERN_B);
	r = buf_adds(&line, advice.action);
	for (size_t i = 0; r == 0 && i < advice.also.count; i++)
		r = buf_addf(&line, "%s%s", i == 0 ? "; also: " : ", ", advice.also.items[i]);
	*ret = r == 0 ? arena_strdup(build->set->arena, buf_str(&line)) : NULL;
	buf_release(&line);
	return *ret ? 0 : -ENOMEM;
}

/* ---- rules ---- */

static bool find_category(const struct ruleset *set, const char *name, size_t *ret)
{
	for (size_t i = 0; i < set->n_categories; i++) {
		if (strcmp(set->categories[i].name, name) == 0) {
			*ret = i;
			return true;
		}
	}
	return false;
}

static void set_category(struct build *build, struct rule_source *source, struct rule *rule)
{
	struct rule_card *card = &rule->card;
	card->category = "context";
	if (rule->kind == RULE_CONTEXT) {
		if (source->category)
			build_bad(build, source, source->node, "a context has no category");
		return;
	}
	if (!source->category) {
		build_bad(build, source, source->node, "its category is missing");
	} else if (!find_category(build->set, source->category, &rule->category)) {
		const char *nearest =
			definition_nearest(&build->sources->categories, source->category);
		build_bad(build, source, source->node, "no category is called \"%.*s\"%s%s%s",
			SHOWN(source->category), nearest ? ", did you mean \"" : "",
			nearest ? nearest : "", nearest ? "\"?" : "");
	} else {
		const struct category *category = &build->set->categories[rule->category];
		card->category = category->name;
		card->class = category->class;
		card->severity = card->severity ? card->severity : category->severity;
		card->why = card->why ? card->why : category->why;
		card->advice = card->advice ? card->advice : category->advice;
	}
}

static int set_place(struct build *build, const struct rule_source *source, struct rule_card *card)
{
	struct place place = yaml_place(source->node);
	card->file = arena_strdup(build->set->arena, place.file);
	card->line = place.line;
	return card->file ? 0 : -ENOMEM;
}

static int check_id(struct build *build, struct rule_source *source, enum rule_kind kind)
{
	bool named = strncmp(source->id, "_ctx.", 5) == 0;
	if (named != (kind == RULE_CONTEXT))
		build_bad(build, source, source->node,
			named ? "only contexts have ids that begin with _ctx."
			      : "the id of a context begins with _ctx.");
	if (source->id[strspn(source->id, "abcdefghijklmnopqrstuvwxyz0123456789._-:")] != '\0')
		build_bad(build, source, source->node,
			"an id is of small letters, figures and the signs . - _");
	return 0;
}

/* What it looks for: phrases, or a pattern. */
static void check_body(struct build *build, struct rule_source *source, enum rule_kind kind)
{
	const bool phrases = kind == RULE_PHRASES;
	if (phrases && source->pattern.file)
		build_bad(build, source, source->pattern, "kind phrases has items, not a pattern");
	if (!phrases && source->items.file)
		build_bad(build, source, source->items, "only kind phrases has items");
	if (!phrases && !source->pattern.file)
		build_bad(build, source, source->node, "\"pattern\" is missing here");
}

/* The bit of the rule's language in the set; none for a rule of any. */
static void set_language(struct build *build, struct rule_source *source, struct rule *rule)
{
	struct ruleset *set = build->set;
	uint64_t language = language_of_tag(source->lang);
	size_t i = 0;
	if (!language && source->lang && strcmp(source->lang, "any") != 0)
		build_bad(build, source, source->node,
			"\"%.*s\" is no language such as en, nor any", SHOWN(source->lang));
	if (!language || (rule->kind != RULE_TEXT && rule->kind != RULE_PHRASES))
		return;
	while (i < set->n_languages && set->languages[i] != language)
		i++;
	if (i == SET_LANGUAGES) {
		build_bad(build, source, source->node, "there are rules for %d languages already",
			SET_LANGUAGES);
		return;
	}
	set->languages[i] = language;
	set->n_languages += i == set->n_languages;
	rule->languages = UINT32_C(1) << i;
}

/* What is copied as it stands. */
static int set_card(struct build *build, const struct rule_source *source, struct rule_card *card)
{
	struct arena *arena = build->set->arena;
	*card = (struct rule_card){
		.id = arena_strdup(arena, source->id),
		.title = arena_strdup(arena, source->title ? source->title : source->id),
		.severity = source->severity,
		.confidence = source->confidence,
		.why = arena_strdup(arena, source->why),
		.message = arena_strdup(arena, source->message),
	};
	if (!card->id || !card->title || (source->why && !card->why) ||
		(source->message && !card->message))
		return -ENOMEM;
	return 0;
}

static int build_rule(struct build *build, struct rule_source *source, struct rule *rule)
{
	struct rule_card *card = &rule->card;
	int kind = word_index(
		build, source, VOCABULARY("kind of rule", kind_words), source->kind, RULE_TEXT);
	int status = word_index(
		build, source, VOCABULARY("status", status_words), source->status, STATUS_STABLE);
	rule->kind = kind < 0 ? RULE_TEXT : (enum rule_kind)kind;
	rule->status = status < 0 ? STATUS_STABLE : (enum rule_status)status;
	rule->scope = read_scope(build, source, rule->kind);
	rule->cased = has_flag(source, "cased") || source->company;
	rule->disguised =
		!rule->cased && rule->kind != RULE_CONTEXT && read_disguised(build, source);
	rule->max_hits = (size_t)source->max_hits;
	int r = set_card(build, source, card);
	if (r == 0)
		r = check_id(build, source, rule->kind);
	if (r == 0)
		r = read_advice(build, source, &card->advice);
	if (r == 0)
		r = read_reach(build, source, &rule->reach);
	if (r == 0)
		r = read_decay(build, source, &rule->decay);
	if (r == 0)
		r = set_place(build, source, card);
	set_category(build, source, rule);
	check_body(build, source, rule->kind);
	set_language(build, source, rule);
	return r;
}

/* ---- what later layers and the config say of it ---- */

static bool disabled(const struct build *build, const char *id)
{
	const struct strings *lists[] = {
		&build->sources->disable, &build->options->config->disable};
	for (size_t l = 0; l < COUNT(lists); l++) {
		for (size_t i = 0; i < lists[l]->count; i++) {
			if (id_matches(lists[l]->items[i], id))
				return true;
		}
	}
	return false;
}

bool override_holds(const struct build *build, const struct override_source *override)
{
	const char *industry = build->set->industry;
	return !override->industry || (industry && strcmp(industry, override->industry) == 0);
}

static void apply_overrides(struct build *build, struct rule_source *source, struct rule *rule)
{
	const struct override_sources *overrides = &build->sources->overrides;
	for (size_t i = 0; i < overrides->count; i++) {
		const struct override_source *override = &overrides->items[i];
		if (!override_holds(build, override) || !id_matches(override->id, rule->card.id))
			continue;
		int status = word_index(build, source, VOCABULARY("status", status_words),
			override->status, (int)rule->status);
		rule->status = status < 0 ? rule->status : (enum rule_status)status;
		if (override->severity)
			rule->card.severity = override->severity;
		if (override->confidence >= 0)
			rule->card.confidence = override->confidence;
		if (override->max_hits)
			rule->max_hits = (size_t) override->max_hits;
	}
	const struct config *config = build->options->config;
	for (size_t i = 0; i < config->n_severities; i++) {
		if (id_matches(config->severities[i].rule, rule->card.id))
			rule->card.severity = config->severities[i].severity;
	}
	rule->off = rule->status == STATUS_DEPRECATED || disabled(build, rule->card.id);
}

/* Names in disable and override that name nothing are mistakes of the person. */
static void check_names(struct build *build)
{
	const struct override_sources *overrides = &build->sources->overrides;
	for (size_t i = 0; i < overrides->count; i++) {
		bool any = false;
		for (size_t k = 0; k < build->set->n_rules && !any; k++)
			any = id_matches(overrides->items[i].id, build->set->rules[k].card.id);
		if (!any)
			walk_problem(&build->walk, overrides->items[i].node,
				"no rule is called \"%.*s\"", SHOWN(overrides->items[i].id));
	}
}

/* ---- all of them ---- */

/* Contexts last; within both parts the sources are sorted by id already. */
static void order_sources(struct build *build)
{
	struct rule_sources *all = &build->sources->rules;
	size_t n = 0;
	for (int context = 0; context <= 1; context++) {
		for (size_t i = 0; i < all->count; i++) {
			bool is = all->items[i].kind &&
				  strcmp(all->items[i].kind, kind_words[RULE_CONTEXT]) == 0;
			if (is == (bool)context)
				build->of[n++] = &all->items[i];
		}
		if (!context)
			build->set->n_scoring = n;
	}
}

/* Whose overlay is in force; a strict set is not the person's. */
static int set_industry(struct build *build)
{
	const struct ruleset_options *options = build->options;
	const char *industry =
		options->strict ? options->industry : options->config->person.industry;
	build->set->industry = arena_strdup(build->set->arena, industry);
	return industry && !build->set->industry ? -ENOMEM : 0;
}

int build_rules(struct build *build)
{
	struct ruleset *set = build->set;
	int r = set_industry(build);
	if (r < 0)
		return r;
	size_t count = build->sources->rules.count;
	set->rules = arena_array(set->arena, count + 1, sizeof *set->rules);
	build->of = arena_array(build->sources->arena, count + 1, sizeof(struct rule_source *));
	if (!set->rules || !build->of)
		return -ENOMEM;
	set->n_rules = count;
	order_sources(build);
	for (size_t i = 0; i < count; i++) {
		r = build_rule(build, build->of[i], &set->rules[i]);
		if (r < 0)
			return r;
		apply_overrides(build, build->of[i], &set->rules[i]);
		set->any_links |= set->rules[i].kind == RULE_LINK;
	}
	check_names(build);
	return 0;
}

static int compare_id(const void *id, const void *rule)
{
	return strcmp(id, ((const struct rule *)rule)->card.id);
}

struct rule *build_find(struct build *build, const char *id)
{
	struct ruleset *set = build->set;
	struct rule *found =
		bsearch(id, set->rules, set->n_scoring, sizeof *set->rules, compare_id);
	if (found)
		return found;
	return bsearch(id, set->rules + set->n_scoring, set->n_rules - set->n_scoring,
		sizeof *set->rules, compare_id);
}
