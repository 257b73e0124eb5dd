#include "patterns/build.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct category_source {
	struct category category;
	const char *class;
	struct yaml unless;
	struct yaml advice;
};

static int keep_node(struct walk *walk, struct yaml node, void *into)
{
	(void)walk;
	*(struct yaml *)into = node;
	return 0;
}

#define KEY(into_, name_, type_, field_) \
	.name = (name_), .type = (type_), .offset = offsetof(struct into_, field_)

/* clang-format off */
static const struct key category_keys[] = {
	{KEY(category_source, "title", VALUE_STRING, category.title), .required = true},
	{KEY(category_source, "class", VALUE_STRING, class), .required = true},
	{KEY(category_source, "severity", VALUE_SEVERITY, category.severity), .required = true},
	{KEY(category_source, "max_score", VALUE_REAL, category.max_score), .min = 0, .max = 100},
	{KEY(category_source, "why", VALUE_STRING, category.why)},
	{KEY(category_source, "advice", VALUE_STRING, category.advice)},
	{KEY(category_source, "unless", VALUE_CUSTOM, unless), .read = keep_node},
};
/* clang-format on */

static int build_category(
	struct build *build, const struct definition *definition, struct category *ret)
{
	struct category_source source = {
		.category = {.name = definition->name, .severity = SEVERITY_LOW, .max_score = 100}};
	int r = walk_map(
		&build->walk, definition->value, category_keys, COUNT(category_keys), &source);
	if (r == 0 && source.class && !class_parse(source.class, &source.category.class))
		walk_problem(&build->walk, definition->value,
			"category %s: no class is called \"%.*s\"", definition->name,
			SHOWN(source.class));
	*ret = source.category;
	return r;
}

int build_categories(struct build *build)
{
	const struct definitions *all = &build->sources->categories;
	struct ruleset *set = build->set;
	set->categories = arena_array(set->arena, all->count + 1, sizeof *set->categories);
	if (!set->categories)
		return -ENOMEM;
	for (size_t i = 0; i < all->count; i++) {
		int r = build_category(build, &all->items[i], &set->categories[i]);
		if (r < 0)
			return r;
		set->categories[i].name = arena_strdup(set->arena, all->items[i].name);
		if (!set->categories[i].name)
			return -ENOMEM;
	}
	set->n_categories = all->count;
	return 0;
}
