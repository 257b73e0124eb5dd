#include "crawlers/walls_file.h"

#include "crawlers/walls_values.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Signs of one kind: each may be looked for in every page. */
#define SIGNS_MAX 1000
/* A place that outlives its file's text; not shown with its line any more. */
static int keep_place(struct walk *walk, struct yaml node, struct place *ret)
{
	struct place place = yaml_place(node);
	*ret = (struct place){.file = arena_strdup(walk->arena, place.file ? place.file : ""),
		.line = place.line,
		.column = place.column};
	return ret->file ? 0 : -ENOMEM;
}

/* ---- examples ---- */

#define KEY(into_, name_, type_, field_) \
	.name = (name_), .type = (type_), .offset = offsetof(struct into_, field_)
#define OWN(into_, name_, field_, read_) KEY(into_, name_, VALUE_CUSTOM, field_), .read = (read_)

/* clang-format off */
static const struct key example_keys[] = {
	{KEY(wall_example, "url", VALUE_URL, url)},
	{KEY(wall_example, "status", VALUE_INT, status), .min = STATUS_LEAST, .max = STATUS_MOST},
	{KEY(wall_example, "body", VALUE_STRING, body)},
};
/* clang-format on */

struct examples {
	struct wall_example *items;
	size_t count;
};

static int add_example(struct walk *walk, struct yaml node, bool wall, struct examples *into)
{
	void *grown = arena_grow(walk->arena, into->items, into->count, sizeof *into->items);
	if (!grown)
		return -ENOMEM;
	into->items = grown;
	struct wall_example *example = &into->items[into->count++];
	*example = (struct wall_example){.wall = wall, .body = ""};
	int r = keep_place(walk, node, &example->place);
	if (r < 0 || yaml_type(node) == YAML_TYPE_MAP)
		return r < 0 ? r : walk_map(walk, node, example_keys, COUNT(example_keys), example);
	const char *text = walk_scalar(walk, node, "an answer");
	if (text)
		example->body = arena_strdup(walk->arena, text);
	return example->body ? 0 : -ENOMEM;
}

static int add_examples(struct walk *walk, struct yaml node, bool wall, struct examples *into)
{
	bool list = yaml_type(node) == YAML_TYPE_LIST;
	int r = 0;
	for (size_t i = 0; r == 0 && i < (list ? yaml_count(node) : 1); i++)
		r = add_example(walk, list ? yaml_item(node, i) : node, wall, into);
	return r;
}

static int read_walls(struct walk *walk, struct yaml node, void *into)
{
	return add_examples(walk, node, true, into);
}

static int read_others(struct walk *walk, struct yaml node, void *into)
{
	return add_examples(walk, node, false, into);
}

/* clang-format off */
static const struct key test_keys[] = {
	{.name = "wall", .type = VALUE_CUSTOM, .read = read_walls, .required = true},
	{.name = "not", .type = VALUE_CUSTOM, .read = read_others, .required = true},
};
/* clang-format on */

static int read_tests(struct walk *walk, struct yaml node, void *into)
{
	struct examples examples = {0};
	struct wall_sign *sign = into;
	int r = walk_map(walk, node, test_keys, COUNT(test_keys), &examples);
	sign->examples = examples.items;
	sign->n_examples = examples.count;
	return r;
}

/* ---- signs ---- */

#define TESTS                                                                               \
	{                                                                                   \
		.name = "tests", .type = VALUE_CUSTOM, .read = read_tests, .required = true \
	}

/* clang-format off */
static const struct key page_keys[] = {
	{KEY(wall_sign, "id", VALUE_STRING, id), .required = true},
	{OWN(wall_sign, "status", statuses, wall_read_statuses)},
	{OWN(wall_sign, "host", hosts, wall_read_lowers)},
	{OWN(wall_sign, "path", paths, wall_read_paths)},
	{OWN(wall_sign, "title", titles, wall_read_lowers)},
	{OWN(wall_sign, "title_starts", starts, wall_read_lowers)},
	{OWN(wall_sign, "body", bodies, wall_read_lowers)},
	{OWN(wall_sign, "without", without, wall_read_lowers)},
	{OWN(wall_sign, "verdict", verdict, wall_read_verdict), .required = true},
	{KEY(wall_sign, "why", VALUE_STRING, why)},
	{KEY(wall_sign, "from", VALUE_STRING, from), .required = true},
	TESTS,
};

static const struct key answer_keys[] = {
	{KEY(wall_sign, "id", VALUE_STRING, id), .required = true},
	{OWN(wall_sign, "source", source, wall_read_source), .required = true},
	{OWN(wall_sign, "status", statuses, wall_read_statuses)},
	{KEY(wall_sign, "at", VALUE_STRING, at)},
	{KEY(wall_sign, "says", VALUE_STRINGS, says)},
	{OWN(wall_sign, "verdict", verdict, wall_read_verdict), .required = true},
	{KEY(wall_sign, "why", VALUE_STRING, why)},
	{KEY(wall_sign, "from", VALUE_STRING, from), .required = true},
	TESTS,
};
/* clang-format on */

/* Text can quote anything but markup. */
static bool is_markup(const struct strings *strings)
{
	for (size_t i = 0; i < strings->count; i++) {
		if (strings->items[i][0] != '<')
			return false;
	}
	return strings->count > 0;
}

/* An answer with such a status is no page of posts, whatever stands in it. */
static bool is_wrong(const struct status_ranges *statuses)
{
	for (size_t i = 0; i < statuses->count; i++) {
		if (statuses->items[i].first < STATUS_WRONG)
			return false;
	}
	return statuses->count > 0;
}

static void check_page(struct walk *walk, struct yaml node, const struct wall_sign *sign)
{
	bool told = sign->titles.count || sign->starts.count;
	bool ours = sign->hosts.count && (sign->bodies.count || sign->paths.count);
	bool body = is_markup(&sign->bodies) || (is_wrong(&sign->statuses) && sign->bodies.count);
	if (!told && !ours && !body)
		walk_problem(walk, node,
			"a page that only quotes this would be taken for a wall: give \"title\", "
			"\"host\" with \"body\" or \"path\", or a \"body\" that begins with \"<\" "
			"or has a \"status\" from 400 on");
}

static void check_answer(struct walk *walk, struct yaml node, const struct wall_sign *sign)
{
	if (sign->says.count && !sign->at)
		walk_problem(walk, node, "\"says\" needs \"at\": where in the answer that stands");
	else if (!sign->at && !sign->statuses.count)
		walk_problem(walk, node, "every answer would be this: give \"status\" or \"at\"");
}

static const struct wall_sign *find_id(const struct wall_sign *signs, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(signs[i].id, id) == 0)
			return &signs[i];
	}
	return NULL;
}

static bool is_disabled(struct walls_build *build, const char *id)
{
	for (size_t i = 0; i < build->n_earlier_disabled; i++) {
		if (strcmp(build->disabled[i].id, id) == 0) {
			build->disabled[i].found = true;
			return true;
		}
	}
	return false;
}

typedef void check_sign(struct walk *walk, struct yaml node, const struct wall_sign *sign);

/* One kind of signs. */
struct kind {
	const struct key *keys;
	size_t n_keys;
	check_sign *check;
	struct wall_signs *into;
	size_t n_earlier;
};

static int add_sign(struct walk *walk, struct yaml node, const struct kind *kind)
{
	struct wall_signs *into = kind->into;
	void *grown = arena_grow(walk->arena, into->items, into->count, sizeof *into->items);
	if (!grown)
		return -ENOMEM;
	into->items = grown;
	struct wall_sign *sign = &into->items[into->count];
	*sign = (struct wall_sign){.verdict = VERDICT_BLOCKED};
	size_t before = problems_count(walk->problems);
	int r = keep_place(walk, node, &sign->place);
	if (r == 0)
		r = walk_map(walk, node, kind->keys, kind->n_keys, sign);
	if (r < 0 || problems_count(walk->problems) > before)
		return r;
	kind->check(walk, node, sign);
	const struct wall_sign *earlier = find_id(into->items, into->count, sign->id);
	if (earlier && earlier >= into->items + kind->n_earlier)
		walk_problem(walk, yaml_find(node, "id"),
			"\"%.*s\" is given twice, first in line %zu", SHOWN(sign->id),
			earlier->place.line);
	else if (into->count == SIGNS_MAX)
		walk_problem(walk, node, "more than %d signs", SIGNS_MAX);
	else if (!earlier && !is_disabled(walk->context, sign->id))
		into->count++;
	return 0;
}

static int add_signs(struct walk *walk, struct yaml node, const struct kind *kind)
{
	int r = 0;
	if (yaml_type(node) != YAML_TYPE_LIST && !yaml_blank(node))
		walk_problem(walk, node, "a list is wanted here");
	for (size_t i = 0; r == 0 && i < yaml_count(node); i++)
		r = add_sign(walk, yaml_item(node, i), kind);
	return r;
}

static int read_pages(struct walk *walk, struct yaml node, void *into)
{
	(void)into;
	const struct walls_build *build = walk->context;
	const struct kind kind = {page_keys, COUNT(page_keys), check_page, &build->walls->pages,
		build->n_earlier_pages};
	return add_signs(walk, node, &kind);
}

static int read_answers(struct walk *walk, struct yaml node, void *into)
{
	(void)into;
	const struct walls_build *build = walk->context;
	const struct kind kind = {answer_keys, COUNT(answer_keys), check_answer,
		&build->walls->answers, build->n_earlier_answers};
	return add_signs(walk, node, &kind);
}

/* ---- statuses ---- */

/* clang-format off */
static const struct key status_keys[] = {
	{OWN(wall_status, "status", statuses, wall_read_statuses), .required = true},
	{OWN(wall_status, "verdict", verdict, wall_read_verdict), .required = true},
	{KEY(wall_status, "why", VALUE_STRING, why)},
	{KEY(wall_status, "from", VALUE_STRING, from), .required = true},
};
/* clang-format on */

static int add_status(struct walk *walk, struct yaml node)
{
	const struct walls_build *build = walk->context;
	struct wall_statuses *into = &build->walls->statuses;
	void *grown = arena_grow(walk->arena, into->items, into->count, sizeof *into->items);
	if (!grown)
		return -ENOMEM;
	into->items = grown;
	struct wall_status *status = &into->items[into->count++];
	*status = (struct wall_status){.verdict = VERDICT_BLOCKED};
	int r = walk_map(walk, node, status_keys, COUNT(status_keys), status);
	for (size_t i = 0; r == 0 && i < status->statuses.count; i++) {
		int first = status->statuses.items[i].first;
		if (first >= STATUS_LEAST && first < STATUS_WRONG)
			walk_problem(walk, yaml_find(node, "status"),
				"below %d an answer is a page, or leads to one", STATUS_WRONG);
	}
	return r;
}

static int read_status_list(struct walk *walk, struct yaml node, void *into)
{
	(void)into;
	int r = 0;
	if (yaml_type(node) != YAML_TYPE_LIST && !yaml_blank(node))
		walk_problem(walk, node, "a list is wanted here");
	for (size_t i = 0; r == 0 && i < yaml_count(node); i++)
		r = add_status(walk, yaml_item(node, i));
	return r;
}

/* ---- words ---- */

static int append(struct arena *arena, struct strings *all, const struct strings *more)
{
	const char **items = arena_array(arena, all->count + more->count + 1, sizeof *items);
	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < all->count + more->count; i++)
		items[i] = i < all->count ? all->items[i] : more->items[i - all->count];
	*all = (struct strings){items, all->count + more->count};
	return 0;
}

static int read_part(struct walk *walk, struct yaml node, const char **ret)
{
	int r = wall_read_lower(walk, node, ret);
	if (r == 0 && *ret && strpbrk(*ret, "/?#."))
		walk_problem(walk, node, "one part of a path is wanted, without \"/\" and ending");
	return r;
}

static int read_log_in(struct walk *walk, struct yaml node, void *into)
{
	(void)into;
	const struct walls_build *build = walk->context;
	struct strings more = {0};
	int r = walk_words(walk, node, read_part, &more);
	return r < 0 ? r : append(walk->arena, &build->walls->log_in, &more);
}

static int read_missing(struct walk *walk, struct yaml node, void *into)
{
	(void)into;
	const struct walls_build *build = walk->context;
	struct strings more = {0};
	int r = walk_words(walk, node, wall_read_lower, &more);
	return r < 0 ? r : append(walk->arena, &build->walls->missing, &more);
}

static int add_disabled(struct walk *walk, struct yaml node, const char **ret)
{
	struct walls_build *build = walk->context;
	const char *id = walk_scalar(walk, node, "the id of a sign");
	(void)ret; /* no words are wanted, but the places where they stand */
	if (!id)
		return 0;
	struct disabled *grown =
		arena_grow(walk->arena, build->disabled, build->n_disabled, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	build->disabled = grown;
	grown[build->n_disabled++] = (struct disabled){.id = id, .node = node};
	return 0;
}

static int read_disable(struct walk *walk, struct yaml node, void *into)
{
	struct strings none;
	(void)into;
	return walk_words(walk, node, add_disabled, &none);
}

/* ---- the file ---- */

struct file {
	int64_t version;
};

#define SECTION(name_, read_)                                          \
	{                                                              \
		.name = (name_), .type = VALUE_CUSTOM, .read = (read_) \
	}

/* clang-format off */
static const struct key file_keys[] = {
	{KEY(file, "dirtwatch_walls", VALUE_INT, version), .min = 1, .max = 1, .required = true},
	SECTION("disable", read_disable),
	SECTION("statuses", read_status_list),
	SECTION("log_in", read_log_in),
	SECTION("missing", read_missing),
	SECTION("pages", read_pages),
	SECTION("answers", read_answers),
};
/* clang-format on */

int walls_file_read(struct walls_build *build, struct yaml_file *file)
{
	struct file into = {.version = 1};
	build->walk.context = build;
	build->n_earlier_pages = build->walls->pages.count;
	build->n_earlier_answers = build->walls->answers.count;
	build->n_earlier_disabled = build->n_disabled;
	return walk_map(&build->walk, yaml_root(file), file_keys, COUNT(file_keys), &into);
}
