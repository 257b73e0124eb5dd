#include "daemon/standing.h"

#include "daemon/base/limits.h"
#include "daemon/json_line.h"

#include <jansson.h>
#include <string.h>

/* ---- writing ---- */

static json_t *follow_json(const struct follow *follow)
{
	return json_pack("{s:s, s:s, s:i, s:s?, s:s*, s:i, s:i}", "url", follow->url, "source",
		follow->source, "step", follow->step, "subject", follow->subject, "json",
		follow->json, "accept", (int)follow->accept, "relation", (int)follow->relation);
}

static json_t *facts_json(const struct facts *facts)
{
	json_t *links = json_array();
	for (size_t i = 0; i < facts->n_links; i++) /* checked as a whole below */
		(void)json_array_append_new(links, json_string(facts->links[i]));
	return json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:o, s:I, s:I, s:I, s:I, s:I}",
		"name", facts->name, "handle", facts->handle, "headline", facts->headline, "bio",
		facts->bio, "location", facts->location, "photo", facts->photo_url, "links", links,
		"created", (json_int_t)facts->created_s, "active", (json_int_t)facts->last_active_s,
		"posts", (json_int_t)facts->n_posts, "followers", (json_int_t)facts->n_followers,
		"following", (json_int_t)facts->n_following);
}

int standing_write(const struct extract *extract, const char *marks, char **ret)
{
	json_t *follows = json_array();
	for (size_t i = 0; i < extract->n_follows; i++)
		(void)json_array_append_new(follows, follow_json(&extract->follows[i]));
	bool whole = follows && json_array_size(follows) == extract->n_follows;
	const struct stretch stretch = stretch_of(extract);
	const struct coverage *coverage = &extract->coverage;
	json_t *json = json_pack("{s:o, s:I, s:b, s:b, s:s?, s:I, s:b, s:o, s:I, s:I, s:s}",
		"follows", follows, "total", (json_int_t)coverage->total, "window",
		coverage->window, "cut", coverage->cut, "lack", coverage->lack, "interactions",
		(json_int_t)coverage->n_interactions, "interactions_cut",
		coverage->interactions_cut, "facts", facts_json(&extract->facts), "newest",
		(json_int_t)stretch.newest_s, "reach", (json_int_t)stretch.reach_s, "marks", marks);
	char *text = json && whole ? json_line(json) : NULL;
	json_decref(json);
	if (!text)
		return -ENOMEM;
	*ret = text;
	return 0;
}

/* ---- reading ---- */

static const char *text_of(struct arena *arena, const json_t *object, const char *key)
{
	return arena_strdup(arena, json_string_value(json_object_get(object, key)));
}

static int64_t number_of(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *value = json_object_get(object, key);
	return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

static int64_t choice_of(const json_t *object, const char *key, int64_t count)
{
	int64_t number = number_of(object, key, 0);
	return number >= 0 && number < count ? number : 0;
}

static bool has_text(const json_t *object, const char *key)
{
	return json_is_string(json_object_get(object, key));
}

/* A follow without url or source is none. */
static int read_follow(struct arena *arena, const json_t *item, struct follow *ret)
{
	*ret = (struct follow){0};
	if (!has_text(item, "url") || !has_text(item, "source"))
		return 0;
	*ret = (struct follow){
		.url = text_of(arena, item, "url"),
		.source = text_of(arena, item, "source"),
		.step = (int)number_of(item, "step", 0),
		.subject = text_of(arena, item, "subject"),
		.json = text_of(arena, item, "json"),
		.accept = (enum accept)choice_of(item, "accept", ACCEPT_COUNT),
		.relation = (enum relation)choice_of(item, "relation", FOLLOW_COUNT),
	};
	bool whole = ret->url && ret->source && (ret->subject || !has_text(item, "subject")) &&
		     (ret->json || !has_text(item, "json"));
	return whole ? 0 : -ENOMEM;
}

static int read_follows(struct arena *arena, const json_t *list, struct standing *standing)
{
	size_t count = json_array_size(list);
	struct follow *follows = arena_array(arena, count ? count : 1, sizeof *follows);
	if (!follows)
		return -ENOMEM;
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		int r = read_follow(arena, json_array_get(list, i), &follows[n]);
		if (r < 0)
			return r;
		n += follows[n].url != NULL;
	}
	standing->follows = follows;
	standing->n_follows = n;
	return 0;
}

static int read_facts(struct arena *arena, const json_t *object, struct facts *facts)
{
	const json_t *links = json_object_get(object, "links");
	size_t n_links = json_array_size(links);
	const char **urls = arena_array(arena, n_links ? n_links : 1, sizeof *urls);
	if (!urls)
		return -ENOMEM;
	size_t n = 0;
	for (size_t i = 0; i < n_links; i++) {
		const json_t *link = json_array_get(links, i);
		if (!json_is_string(link))
			continue;
		urls[n] = arena_strdup(arena, json_string_value(link));
		if (!urls[n++])
			return -ENOMEM;
	}
	*facts = (struct facts){
		.name = text_of(arena, object, "name"),
		.handle = text_of(arena, object, "handle"),
		.headline = text_of(arena, object, "headline"),
		.bio = text_of(arena, object, "bio"),
		.location = text_of(arena, object, "location"),
		.photo_url = text_of(arena, object, "photo"),
		.links = urls,
		.n_links = n,
		.created_s = number_of(object, "created", 0),
		.last_active_s = number_of(object, "active", 0),
		.n_posts = number_of(object, "posts", -1),
		.n_followers = number_of(object, "followers", -1),
		.n_following = number_of(object, "following", -1),
	};
	return 0;
}

int standing_read(struct arena *arena, const char *text, struct standing *ret)
{
	json_t *json = text ? json_loads(text, 0, NULL) : NULL;
	struct standing standing = {
		.sound = json_is_object(json),
		.facts = FACTS_INIT,
		.newest_s = number_of(json, "newest", 0),
		.reach_s = number_of(json, "reach", 0),
		.marks = text_of(arena, json, "marks"),
		.coverage = {.total = number_of(json, "total", -1),
			.window = json_is_true(json_object_get(json, "window")),
			.cut = json_is_true(json_object_get(json, "cut")),
			.lack = text_of(arena, json, "lack"),
			.n_interactions = (size_t)choice_of(json, "interactions", LIMIT_POSTS + 1),
			.interactions_cut =
				json_is_true(json_object_get(json, "interactions_cut"))},
	};
	if (!standing.marks)
		standing.marks = "";
	int r = read_follows(arena, json_object_get(json, "follows"), &standing);
	if (r == 0)
		r = read_facts(arena, json_object_get(json, "facts"), &standing.facts);
	json_decref(json);
	if (r == 0)
		*ret = standing;
	return r;
}

int standing_facts(struct arena *arena, const struct facts *facts, struct facts *ret)
{
	char *text;
	struct extract only_facts = {.facts = *facts, .coverage = {.total = -1}};
	struct standing copy;
	int r = standing_write(&only_facts, "", &text);
	if (r != 0)
		return r;
	r = standing_read(arena, text, &copy);
	free(text);
	if (r == 0)
		*ret = copy.facts;
	return r;
}

static bool is_among(const char *const *links, size_t count, const char *link)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(links[i], link) == 0)
			return true;
	}
	return false;
}

static int add_links(struct arena *arena, const struct facts *more, struct facts *facts)
{
	const char **links = arena_array(arena, facts->n_links + more->n_links + 1, sizeof *links);
	if (!links)
		return -ENOMEM;
	size_t n = facts->n_links;
	for (size_t i = 0; i < n; i++)
		links[i] = facts->links[i];
	for (size_t i = 0; i < more->n_links && n < LIMIT_POST_LINKS; i++) {
		if (is_among(links, n, more->links[i]))
			continue;
		links[n] = arena_strdup(arena, more->links[i]);
		if (!links[n++])
			return -ENOMEM;
	}
	facts->links = links;
	facts->n_links = n;
	return 0;
}

int standing_add_facts(struct arena *arena, const struct facts *more, struct facts *facts)
{
	const struct {
		const char *from;
		const char **to;
	} words[] = {
		{more->name, &facts->name},
		{more->handle, &facts->handle},
		{more->headline, &facts->headline},
		{more->bio, &facts->bio},
		{more->location, &facts->location},
		{more->photo_url, &facts->photo_url},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (*words[i].to || !words[i].from)
			continue;
		*words[i].to = arena_strdup(arena, words[i].from);
		if (!*words[i].to)
			return -ENOMEM;
	}
	if (facts->created_s == 0)
		facts->created_s = more->created_s;
	if (more->last_active_s > facts->last_active_s)
		facts->last_active_s = more->last_active_s;
	if (facts->n_posts < 0)
		facts->n_posts = more->n_posts;
	if (facts->n_followers < 0)
		facts->n_followers = more->n_followers;
	if (facts->n_following < 0)
		facts->n_following = more->n_following;
	return more->n_links > 0 ? add_links(arena, more, facts) : 0;
}

int standing_follow_write(const struct follow *follow, char **ret)
{
	json_t *json = follow_json(follow);
	char *text = json ? json_line(json) : NULL;
	json_decref(json);
	*ret = text;
	return text ? 0 : -ENOMEM;
}

int standing_follow_read(struct arena *arena, const char *text, struct follow *ret)
{
	json_t *json = json_loads(text, 0, NULL);
	int r = read_follow(arena, json, ret);
	json_decref(json);
	return r;
}
