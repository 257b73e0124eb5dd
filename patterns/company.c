#include "patterns/company.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum placeholder_name {
	P_NAME,
	P_HANDLE,
	P_ACCOUNT,
	P_DOMAIN,
	P_PRODUCT,
	P_TICKER,
	P_PERSON,
	P_ORG,
	P_COUNT
};

static const char *const placeholder_names[P_COUNT] = {
	"NAME", "HANDLE", "ACCOUNT", "DOMAIN", "PRODUCT", "TICKER", "PERSON", "ORG"};

struct company {
	const char *role;
	bool former; /* they have worked there */
	const struct organisation *organisation;
	struct placeholder items[P_COUNT];
	struct placeholders placeholders;
};

const struct placeholders *company_placeholders(const struct company *company)
{
	return company ? &company->placeholders : NULL;
}

struct filling {
	struct sources *sources;
	struct company *companies;
	size_t n_companies;
	struct strings ambiguous; /* names that are words too */
	const char **handles;
	size_t n_handles;
};

/* ---- which organisations ---- */

#define KEY(name_, type_, field_) \
	.name = (name_), .type = (type_), .offset = offsetof(struct organisation, field_)

/* clang-format off */
static const struct key sample_keys[] = {
	{KEY("name", VALUE_STRING, name), .required = true},
	{KEY("also-known-as", VALUE_STRINGS, also_known_as)},
	{KEY("domains", VALUE_STRINGS, domains)},
	{KEY("handles", VALUE_STRINGS, handles)},
	{KEY("products", VALUE_STRINGS, products)},
	{KEY("tickers", VALUE_STRINGS, tickers)},
	{KEY("people", VALUE_STRINGS, people)},
};
/* clang-format on */

static int add_company(
	struct filling *filling, const char *role, const struct organisation *organisation)
{
	if (!organisation || !organisation->name)
		return 0;
	void *grown = arena_grow(filling->sources->arena, filling->companies, filling->n_companies,
		sizeof *filling->companies);
	if (!grown)
		return -ENOMEM;
	filling->companies = grown;
	filling->companies[filling->n_companies++] =
		(struct company){.role = role, .organisation = organisation};
	return 0;
}

static int from_samples(struct filling *filling)
{
	struct sources *sources = filling->sources;
	struct walk walk = {.arena = sources->arena, .problems = sources->problems};
	int r = 0;
	for (size_t i = 0; r == 0 && i < sources->samples.count; i++) {
		const struct definition *sample = &sources->samples.items[i];
		struct organisation *organisation =
			arena_alloc(sources->arena, sizeof *organisation);
		if (!organisation)
			return -ENOMEM;
		r = walk_map(&walk, sample->value, sample_keys, COUNT(sample_keys), organisation);
		if (r == 0)
			r = add_company(filling, sample->name, organisation);
	}
	return r;
}

static void mark_former(struct filling *filling, const struct organisations *former)
{
	for (size_t i = 0; i < filling->n_companies; i++) {
		struct company *company = &filling->companies[i];
		for (size_t k = 0; k < former->count; k++)
			company->former |=
				organisation_is_same(company->organisation, &former->items[k]);
	}
}

static int from_config(struct filling *filling, const struct person *person)
{
	int r = add_company(filling, "employer", person->employer);
	if (r == 0)
		r = add_company(filling, "target", person->target);
	for (size_t i = 0; r == 0 && i < person->competitors.count; i++)
		r = add_company(filling, "competitor", &person->competitors.items[i]);
	for (size_t i = 0; r == 0 && i < person->clients.count; i++)
		r = add_company(filling, "client", &person->clients.items[i]);
	if (r == 0)
		mark_former(filling, &person->former_employers);
	return r;
}

/* ---- how they are written ---- */

static bool is_ambiguous(const struct filling *filling, const char *name)
{
	for (size_t i = 0; i < filling->ambiguous.count; i++) {
		if (strcasecmp(filling->ambiguous.items[i], name) == 0)
			return true;
	}
	return false;
}

/* Append the macro @macro with WORD standing for @word. */
static int add_macro(struct filling *filling, struct buf *out, const char *macro, const char *word)
{
	const struct definition *definition = definition_find(&filling->sources->macros, macro);
	const struct placeholder local = {"WORD", word};
	const struct placeholders locals = {&local, 1};
	if (!definition || !yaml_text(definition->value))
		return buf_adds(out, word);
	return expand(
		filling->sources, &locals, definition->value, yaml_text(definition->value), out);
}

/* A name that is a word too: its own spelling counts, and what stands beside it. */
static int add_ambiguous(struct filling *filling, struct buf *out, const char *name)
{
	struct strings one = {&name, 1};
	struct buf word = BUF_INIT(PATTERN_B);
	int r = buf_adds(&word, "(?-i:");
	if (r == 0)
		r = expand_words(&one, &word);
	if (r == 0)
		r = buf_addc(&word, ')');
	if (r == 0)
		r = add_macro(filling, out, "COMPANY_AMBIGUOUS", buf_str(&word));
	buf_release(&word);
	return r;
}

/* All names, the ambiguous ones with their conditions. */
static int add_names(
	struct filling *filling, const struct organisation *organisation, struct buf *out)
{
	size_t count = organisation->also_known_as.count + 1;
	const char **clear = arena_array(filling->sources->arena, count, sizeof *clear);
	if (!clear)
		return -ENOMEM;
	struct strings words = {clear, 0};
	int r = buf_adds(out, "(?:");
	for (size_t i = 0; r == 0 && i < count; i++) {
		const char *name =
			i == 0 ? organisation->name : organisation->also_known_as.items[i - 1];
		if (!is_ambiguous(filling, name)) {
			clear[words.count++] = name;
			continue;
		}
		r = add_ambiguous(filling, out, name);
		if (r == 0)
			r = buf_addc(out, '|');
	}
	struct buf plain = BUF_INIT(PATTERN_B);
	if (r == 0 && words.count > 0)
		r = expand_words(&words, &plain);
	if (r == 0 && words.count > 0)
		r = add_macro(filling, out, "COMPANY_CLEAR", buf_str(&plain));
	else if (r == 0)
		out->len--; /* the last "|" */
	buf_release(&plain);
	return r == 0 ? buf_addc(out, ')') : r;
}

static int add_words(
	const struct strings *words, const char *before, const char *after, struct buf *out)
{
	int r = buf_adds(out, before);
	if (r == 0)
		r = expand_words(words, out);
	return r == 0 ? buf_adds(out, after) : r;
}

/* As text has them, and as accounts on whatever network they are. */
static int add_handles(
	struct filling *filling, const struct strings *handles, const char *after, struct buf *out)
{
	const char **items =
		arena_array(filling->sources->arena, handles->count + 1, sizeof *items);
	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < handles->count; i++) {
		items[i] = handles->items[i] + (*handles->items[i] == '@');
		void *grown = arena_grow(filling->sources->arena, filling->handles,
			filling->n_handles, sizeof *filling->handles);
		if (!grown)
			return -ENOMEM;
		filling->handles = grown;
		filling->handles[filling->n_handles++] = items[i];
	}
	struct strings words = {items, handles->count};
	return add_words(&words, "@", after, out);
}

static int add_org(const struct company *company, struct buf *out)
{
	int r = buf_addf(out, "(?:%s", company->items[P_NAME].text);
	if (r == 0 && company->items[P_HANDLE].text)
		r = buf_addf(out, "|%s", company->items[P_HANDLE].text);
	if (r == 0 && company->items[P_PRODUCT].text)
		r = buf_addf(out, "|%s", company->items[P_PRODUCT].text);
	return r == 0 ? buf_addc(out, ')') : r;
}

/* Placeholders that are any one of a list of words, between two expressions. */
static const struct word_placeholder {
	size_t offset; /* of the list in struct organisation */
	const char *before;
	const char *after;
} word_placeholders[P_COUNT] = {
	[P_DOMAIN] = {offsetof(struct organisation, domains), "(?<![\\w-])", "(?![\\w-])"},
	[P_PRODUCT] = {offsetof(struct organisation, products), "\\b", "\\b"},
	[P_TICKER] = {offsetof(struct organisation, tickers), "\\$", "\\b"},
	[P_PERSON] = {offsetof(struct organisation, people), "\\b", "\\b"},
};

/* Append what @name stands for; nothing where the organisation has nothing of the kind. */
static int add_placeholder(struct filling *filling, const struct company *company,
	enum placeholder_name name, struct buf *out)
{
	const struct organisation *organisation = company->organisation;
	const struct word_placeholder *words = &word_placeholders[name];
	if (name == P_NAME)
		return add_names(filling, organisation, out);
	if (name == P_ORG)
		return add_org(company, out);
	if (name == P_HANDLE || name == P_ACCOUNT) {
		const char *after =
			name == P_HANDLE ? "(?![\\w@])" : "(?:@[\\w.-]+|\\.bsky\\.social)?$";
		return organisation->handles.count
			       ? add_handles(filling, &organisation->handles, after, out)
			       : 0;
	}
	const struct strings *list = (const void *)((const char *)organisation + words->offset);
	return list->count ? add_words(list, words->before, words->after, out) : 0;
}

static int spell_out(struct filling *filling, struct company *company, enum placeholder_name name)
{
	struct buf out = BUF_INIT(PATTERN_B);
	int r = add_placeholder(filling, company, name, &out);
	company->items[name] = (struct placeholder){.name = placeholder_names[name]};
	if (r == 0 && out.len > 0) {
		company->items[name].text = arena_strdup(filling->sources->arena, buf_str(&out));
		r = company->items[name].text ? 0 : -ENOMEM;
	}
	buf_release(&out);
	return r < 0 ? r : 0;
}

/* ---- rules of templates ---- */

/* "conflict.competitor.praise" for Globex Inc. is "conflict.competitor.praise:globex-inc". */
static char *rule_id(struct arena *arena, const char *template, const char *name)
{
	struct buf id = BUF_INIT(PATTERN_B);
	int r = buf_addf(&id, "%s:", template);
	for (const char *at = name; r == 0 && *at; at++) {
		bool letter = (*at | 0x20) >= 'a' && (*at | 0x20) <= 'z';
		if (letter || (*at >= '0' && *at <= '9'))
			r = buf_addc(&id, letter ? (char)(*at | 0x20) : *at);
		else if (id.data[id.len - 1] != '-' && id.data[id.len - 1] != ':')
			r = buf_addc(&id, '-');
	}
	while (id.len > 0 && id.data[id.len - 1] == '-')
		id.data[--id.len] = '\0';
	char *copy = r == 0 ? arena_strdup(arena, buf_str(&id)) : NULL;
	buf_release(&id);
	return copy;
}

/* The first of @company's things called @name[0..@len); NULL: it has none. */
static const char *thing_of(const struct organisation *organisation, const char *name, size_t len)
{
	const struct {
		const char *name;
		const struct strings *all;
	} things[] = {
		{"handle", &organisation->handles},
		{"domain", &organisation->domains},
		{"product", &organisation->products},
		{"person", &organisation->people},
	};
	if (strlen("company") == len && memcmp(name, "company", len) == 0)
		return organisation->name;
	for (size_t i = 0; i < COUNT(things); i++) {
		if (strlen(things[i].name) == len && memcmp(things[i].name, name, len) == 0)
			return things[i].all->count ? things[i].all->items[0] : NULL;
	}
	return NULL;
}

static int fill_in(
	const struct organisation *organisation, const char *text, struct buf *out, bool *ret_whole)
{
	int r = 0;
	*ret_whole = true;
	while (r == 0 && *text) {
		const char *mark = strstr(text, "%{");
		const char *end = mark ? strchr(mark, '}') : NULL;
		if (!end)
			return buf_adds(out, text);
		const char *thing = thing_of(organisation, mark + 2, (size_t)(end - mark) - 2);
		bool later =
			strncmp(mark, "%{match}", 8) == 0; /* is filled in when there is a match */
		r = buf_add(out, text, (size_t)(mark - text));
		if (r == 0 && thing)
			r = buf_adds(out, thing);
		else if (r == 0 && later)
			r = buf_adds(out, "%{match}");
		*ret_whole &= thing || later;
		text = end + 1;
	}
	return r;
}

int company_text(
	const struct company *company, struct arena *arena, const char *text, const char **ret)
{
	struct buf out = BUF_INIT(PATTERN_B);
	bool whole = true;
	*ret = NULL;
	if (!text)
		return 0;
	int r = company ? fill_in(company->organisation, text, &out, &whole) : buf_adds(&out, text);
	if (r == 0 && whole) {
		*ret = arena_strdup(arena, buf_str(&out));
		r = *ret ? 0 : -ENOMEM;
	}
	buf_release(&out);
	return r == BUF_E_FULL ? 0 : r;
}

#define FORMER "former-employer"

static bool is_listed(const struct strings *roles, const char *role)
{
	for (size_t i = 0; i < roles->count; i++) {
		if (strcmp(roles->items[i], role) == 0)
			return true;
	}
	return false;
}

static bool is_for(const struct rule_source *template, const struct company *company)
{
	return is_listed(&template->roles, company->role) &&
	       !(company->former && is_listed(&template->not_for, FORMER));
}

static int add_rule(
	struct filling *filling, const struct rule_source *template, const struct company *company)
{
	struct sources *sources = filling->sources;
	struct rule_sources *rules = &sources->rules;
	const char *name = company->organisation->name;
	void *grown = arena_grow(sources->arena, rules->items, rules->count, sizeof *rules->items);
	if (!grown)
		return -ENOMEM;
	rules->items = grown;
	struct rule_source *rule = &rules->items[rules->count];
	*rule = *template;
	rule->company = company;
	rule->order = rules->count;
	rule->id = rule_id(sources->arena, template->id, name);
	int r = rule->id ? company_text(company, sources->arena, template->title, &rule->title)
			 : -ENOMEM;
	if (r == 0)
		r = company_text(company, sources->arena, template->message, &rule->message);
	if (r == 0)
		r = company_text(company, sources->arena, template->why, &rule->why);
	rules->count += r == 0;
	return r;
}

/* ---- */

static int fold_handles(struct filling *filling, struct strings *ret)
{
	for (size_t i = 0; i < filling->n_handles; i++) {
		char *folded = arena_strdup(filling->sources->arena, filling->handles[i]);
		if (!folded)
			return -ENOMEM;
		for (char *at = folded; *at; at++)
			*at = *at >= 'A' && *at <= 'Z' ? (char)(*at | 0x20) : *at;
		filling->handles[i] = folded;
	}
	*ret = (struct strings){filling->handles, filling->n_handles};
	return 0;
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_roles(struct sources *sources)
{
	static const char *const roles[] = {"employer", "target", "competitor", "client"};
	for (size_t i = 0; i < sources->templates.count; i++) {
		const struct rule_source *template = &sources->templates.items[i];
		struct place place = yaml_place(template->node);
		size_t known = 0;
		for (size_t k = 0; k < COUNT(roles); k++)
			known += is_listed(&template->roles, roles[k]);
		if (known == 0 || known != template->roles.count)
			problems_add(sources->problems, &place,
				"template %s: for: lists employer, target, competitor and client",
				template->id);
		if (template->not_for.count != is_listed(&template->not_for, FORMER))
			problems_add(sources->problems, &place,
				"template %s: not_for: lists " FORMER " and nothing else",
				template->id);
	}
}

static int spell_all(struct filling *filling)
{
	const struct definition *ambiguous =
		definition_find(&filling->sources->lists, "ambiguous_names");
	int r = ambiguous ? list_items(filling->sources, ambiguous, &filling->ambiguous) : 0;
	for (size_t i = 0; r == 0 && i < filling->n_companies; i++) {
		struct company *company = &filling->companies[i];
		for (size_t p = 0; r == 0 && p < P_COUNT; p++)
			r = spell_out(filling, company, (enum placeholder_name)p);
		company->placeholders = (struct placeholders){company->items, P_COUNT};
	}
	return r;
}

int companies_fill(
	struct sources *sources, const struct ruleset_options *options, struct strings *ret_handles)
{
	struct filling filling = {.sources = sources};
	check_roles(sources);
	int r = options->strict ? from_samples(&filling)
				: from_config(&filling, &options->config->person);
	if (r == 0)
		r = spell_all(&filling);
	for (size_t t = 0; r == 0 && t < sources->templates.count; t++) {
		for (size_t i = 0; r == 0 && i < filling.n_companies; i++) {
			if (is_for(&sources->templates.items[t], &filling.companies[i]))
				r = add_rule(&filling, &sources->templates.items[t],
					&filling.companies[i]);
		}
	}
	if (r == 0)
		r = fold_handles(&filling, ret_handles);
	if (r == 0 && filling.handles)
		qsort(filling.handles, filling.n_handles, sizeof *filling.handles, compare_strings);
	return r;
}
