#include "crawlers/net/url.h"
#include "crawlers/parse/compose.h"
#include "crawlers/parse/facts.h"
#include "crawlers/parse/json.h"
#include "crawlers/parse/jsonld.h"
#include "crawlers/parse/owner.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* ---- values that come in several shapes ---- */

/* Element @i of an array, or the value itself for 0. */
static const json_t *nth(const json_t *value, size_t i)
{
	if (json_is_array(value))
		return json_array_get(value, i);
	return i == 0 ? value : NULL;
}

/* A string, or what an object in its place is called or points to. */
static const char *plain(const json_t *value)
{
	static const char *const keys[] = {"name", "@value", "url", "contentUrl", "@id"};
	value = nth(value, 0);
	const char *text = json_string_value(value);
	for (size_t i = 0; !text && json_is_object(value) && i < COUNT(keys); i++)
		text = json_words(value, keys[i]);
	return text && *text ? text : NULL;
}

static const char *plain_at(const json_t *object, const char *key)
{
	return plain(json_object_get(object, key));
}

/* An address: a string, or an object with one. */
static const char *address(const json_t *value)
{
	static const char *const keys[] = {"url", "contentUrl", "@id"};
	value = nth(value, 0);
	const char *text = json_string_value(value);
	for (size_t i = 0; !text && json_is_object(value) && i < COUNT(keys); i++)
		text = json_string_value(nth(json_object_get(value, keys[i]), 0));
	return text;
}

static int copy(struct arena *arena, const char **field, const char *text)
{
	if (*field || !text || !*text)
		return 0;
	*field = arena_strdup(arena, text);
	return *field ? 0 : -ENOMEM;
}

/* Text for people.  Some sites write entities into JSON, as if it were HTML. */
static int copy_text(struct arena *arena, const char **field, const char *text)
{
	if (*field || !text || !strchr(text, '&'))
		return copy(arena, field, text);
	struct compose compose = COMPOSE_INIT(arena);
	struct html_text read;
	int r = compose_read_html(&compose, text, strlen(text), NULL, &read);
	compose_release(&compose);
	return r == 0 ? copy(arena, field, read.text) : r;
}

static int copy_url(struct arena *arena, const char *base, const char **field, const char *text)
{
	if (*field || !text || !*text)
		return 0;
	const char *url;
	int r = url_resolve(arena, base, text, &url);
	if (r == 0)
		*field = url;
	return r < 0 ? r : 0;
}

/* A date as it is told: a string, or a year as a number. */
static int copy_date(struct arena *arena, const char **field, const json_t *value)
{
	char year[24];
	if (!json_is_integer(value))
		return copy(arena, field, json_string_value(value));
	(void)snprintf(year, sizeof year, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	return copy(arena, field, year);
}

/* ---- the person ---- */

/* Under these keys stands somebody who is not the subject of the page. */
static bool is_aside(const struct jsonld_node *node)
{
	static const char *const keys[] = {"author", "creator", "publisher", "editor",
		"contributor", "comment", "review", "knows", "colleague", "mentions", "sponsor",
		"member", "spouse", "sharedContent", "hasPart"};
	for (size_t i = 0; node->key && i < COUNT(keys); i++) {
		if (strcmp(node->key, keys[i]) == 0)
			return true;
	}
	return false;
}

static int rank_person(const struct jsonld_node *node, const char *page_url)
{
	if (!jsonld_is(node->object, "Person"))
		return 0;
	if (node->key && strcmp(node->key, "mainEntity") == 0 && node->owner &&
		jsonld_is(node->owner, "ProfilePage"))
		return 4;
	if (is_aside(node))
		return 0;
	if (owner_same_url(address(json_object_get(node->object, "url")), page_url) ||
		owner_same_url(json_text(node->object, "@id"), page_url) ||
		owner_same_url(
			address(json_object_get(node->object, "mainEntityOfPage")), page_url))
		return 3;
	return node->key ? 1 : 2;
}

/* The page's person.  One that does not say that the page is theirs counts only when alone. */
static const json_t *find_person(const struct jsonld *jsonld, const char *page_url)
{
	const json_t *best = NULL;
	int best_rank = 0;
	size_t equals = 0;
	for (size_t i = 0; i < jsonld->n_nodes; i++) {
		int rank = rank_person(&jsonld->nodes[i], page_url);
		if (rank > best_rank) {
			best = jsonld->nodes[i].object;
			best_rank = rank;
			equals = 0;
		}
		equals += rank > 0 && rank == best_rank;
	}
	return best_rank > 2 || equals == 1 ? best : NULL;
}

/* What stands for an organisation: itself, or a role that has it under the same key again. */
static const json_t *organisation(const json_t *value, const char *key)
{
	const json_t *inner = json_object_get(value, key);
	return json_is_object(inner) || json_is_string(inner) ? inner : value;
}

/* Where the dates stand: in the role around the organisation, or in its "member". */
static const json_t *role_of(const json_t *value)
{
	const json_t *member = nth(json_object_get(value, "member"), 0);
	return json_is_object(member) ? member : value;
}

static int read_job(struct arena *arena, const json_t *value, const char *title, const char *key,
	struct facts *facts)
{
	struct job job = {0};
	const json_t *company = organisation(value, key);
	const json_t *role = role_of(value);
	const char *name = plain_at(role, "roleName");
	int r = copy(arena, &job.title, name ? name : plain_at(role, "jobTitle"));
	if (r == 0)
		r = copy(arena, &job.title, title);
	if (r == 0)
		r = copy(arena, &job.company, plain(company));
	if (r == 0)
		r = copy(arena, &job.url, json_text(company, "url"));
	if (r == 0)
		r = copy_date(arena, &job.start, json_object_get(role, "startDate"));
	if (r == 0)
		r = copy_date(arena, &job.end, json_object_get(role, "endDate"));
	return r == 0 ? facts_add_job(arena, facts, &job) : r;
}

/* Titles and companies in two lists of the same order, as LinkedIn writes them. */
static int read_jobs(struct arena *arena, const json_t *person, struct facts *facts)
{
	const json_t *titles = json_object_get(person, "jobTitle");
	const json_t *companies = json_object_get(person, "worksFor");
	const json_t *company;
	int r = 0;
	size_t i = 0;
	for (; r == 0 && i < FACTS_MAX && (company = nth(companies, i)); i++)
		r = read_job(arena, company, plain(nth(titles, i)), "worksFor", facts);
	if (r == 0 && i == 0 && plain(titles)) {
		struct job job = {0};
		r = copy(arena, &job.title, plain(titles));
		return r == 0 ? facts_add_job(arena, facts, &job) : r;
	}
	return r;
}

/* LinkedIn lists former employers among those one is an alumnus of. */
static int read_schools(struct arena *arena, const json_t *person, struct facts *facts)
{
	const json_t *list = json_object_get(person, "alumniOf");
	const json_t *value;
	int r = 0;
	for (size_t i = 0; r == 0 && i < FACTS_MAX && (value = nth(list, i)); i++) {
		const json_t *name = organisation(value, "alumniOf");
		const json_t *role = role_of(value);
		if (jsonld_is(name, "Organization") || jsonld_is(name, "Corporation")) {
			r = read_job(arena, value, NULL, "alumniOf", facts);
			continue;
		}
		struct school school = {0};
		r = copy(arena, &school.name, plain(name));
		if (r == 0)
			r = copy_date(arena, &school.start, json_object_get(role, "startDate"));
		if (r == 0)
			r = copy_date(arena, &school.end, json_object_get(role, "endDate"));
		if (r == 0)
			r = facts_add_school(arena, facts, &school);
	}
	return r;
}

static int read_location(struct arena *arena, const json_t *person, struct facts *facts)
{
	static const char *const keys[] = {"address", "homeLocation", "workLocation"};
	for (size_t i = 0; i < COUNT(keys); i++) {
		const json_t *place = nth(json_object_get(person, keys[i]), 0);
		const json_t *inner = json_object_at(place, "address");
		place = inner ? inner : place;
		const char *parts = NULL;
		int r = facts_join(arena, plain_at(place, "addressLocality"),
			plain_at(place, "addressRegion"), &parts);
		if (r == 0)
			r = facts_join(arena, parts, plain_at(place, "addressCountry"), &parts);
		if (r == 0)
			r = copy(arena, &facts->location, parts ? parts : plain(place));
		if (r != 0)
			return r;
	}
	return 0;
}

struct counter {
	const char *action;
	size_t field; /* of struct facts */
};

static const struct counter counters[] = {
	{"FollowAction", offsetof(struct facts, n_followers)},
	{"SubscribeAction", offsetof(struct facts, n_followers)},
	{"WriteAction", offsetof(struct facts, n_posts)},
};

static void read_counts(const json_t *list, struct facts *facts)
{
	const json_t *value;
	for (size_t i = 0; i < FACTS_MAX && (value = nth(list, i)); i++) {
		const char *type = plain_at(value, "interactionType");
		if (!type)
			type = json_text(json_object_get(value, "interactionType"), "@type");
		for (size_t k = 0; type && k < COUNT(counters); k++) {
			int64_t *field = (int64_t *)((char *)facts + counters[k].field);
			if (*field < 0 && strstr(type, counters[k].action))
				*field = json_int64(value, "userInteractionCount", -1);
		}
	}
}

static int read_links(
	struct arena *arena, const json_t *list, const char *page_url, struct facts *facts)
{
	const json_t *value;
	int r = 0;
	for (size_t i = 0; r == 0 && i < FACTS_MAX && (value = nth(list, i)); i++) {
		const char *url = NULL;
		r = copy_url(arena, page_url, &url, address(value));
		if (r == 0 && url)
			r = facts_add_link(arena, facts, url);
	}
	return r;
}

struct words {
	const char *key;
	size_t field; /* of struct facts: a string */
};

static const struct words words[] = {
	{"name", offsetof(struct facts, name)},
	{"alternateName", offsetof(struct facts, handle)},
	{"disambiguatingDescription", offsetof(struct facts, headline)},
	{"description", offsetof(struct facts, bio)},
};

static int read_person(
	struct arena *arena, const json_t *person, const char *page_url, struct facts *facts)
{
	const json_t *image = nth(json_object_get(person, "image"), 0);
	int r = 0;
	for (size_t i = 0; r == 0 && i < COUNT(words); i++) {
		const char **field = (const char **)((char *)facts + words[i].field);
		r = copy_text(arena, field, plain_at(person, words[i].key));
	}
	if (r == 0)
		r = copy(arena, &facts->headline, plain_at(person, "jobTitle"));
	if (r == 0 && !facts->photo_url) {
		const char *content = json_text(image, "contentUrl");
		r = copy_url(
			arena, page_url, &facts->photo_url, content ? content : address(image));
		if (r == 0)
			r = copy(arena, &facts->photo_alt, json_text(image, "caption"));
	}
	if (r == 0)
		r = read_location(arena, person, facts);
	if (r == 0 && facts->n_jobs == 0)
		r = read_jobs(arena, person, facts);
	if (r == 0 && facts->n_schools == 0)
		r = read_schools(arena, person, facts);
	read_counts(json_object_get(person, "interactionStatistic"), facts);
	read_counts(json_object_get(person, "agentInteractionStatistic"), facts);
	if (r == 0)
		r = read_links(arena, json_object_get(person, "url"), page_url, facts);
	return r == 0 ? read_links(arena, json_object_get(person, "sameAs"), page_url, facts) : r;
}

int jsonld_read_facts(
	struct arena *arena, const struct jsonld *jsonld, const char *page_url, struct facts *facts)
{
	const json_t *person = find_person(jsonld, page_url);
	for (size_t i = 0; i < jsonld->n_nodes; i++) {
		const json_t *object = jsonld->nodes[i].object;
		if (jsonld_is(object, "ProfilePage") && facts->created_s == 0)
			facts->created_s = json_date(object, "dateCreated");
	}
	return person ? read_person(arena, person, page_url, facts) : 0;
}

/* ---- entries ---- */

struct kind {
	const char *type;
	enum post_kind kind;
};

static const struct kind kinds[] = {
	{"Article", KIND_POST},
	{"BlogPosting", KIND_POST},
	{"NewsArticle", KIND_POST},
	{"OpinionNewsArticle", KIND_POST},
	{"TechArticle", KIND_POST},
	{"ScholarlyArticle", KIND_POST},
	{"Report", KIND_POST},
	{"LiveBlogPosting", KIND_POST},
	{"SocialMediaPosting", KIND_POST},
	{"DiscussionForumPosting", KIND_POST},
	{"Question", KIND_POST},
	{"Answer", KIND_REPLY},
	{"Comment", KIND_REPLY},
	{"Review", KIND_POST},
};

static const struct kind *kind_of(const json_t *object)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (jsonld_is(object, kinds[i].type))
			return &kinds[i];
	}
	return NULL;
}

/* The object that an {"@id": …} stands for. */
static const json_t *referred(const struct jsonld *jsonld, const json_t *value)
{
	value = nth(value, 0);
	const char *id = json_text(value, "@id");
	if (!id || json_object_size(value) > 1)
		return value;
	for (size_t i = 0; i < jsonld->n_nodes; i++) {
		const char *other = json_text(jsonld->nodes[i].object, "@id");
		if (other && strcmp(id, other) == 0)
			return jsonld->nodes[i].object;
	}
	return value;
}

static int read_author(const struct jsonld *jsonld, const json_t *object, const char *base_url,
	struct arena *arena, struct entry *entry)
{
	const json_t *author = json_object_get(object, "author");
	author = referred(jsonld, author ? author : json_object_get(object, "creator"));
	const char *name =
		json_is_string(author) ? json_string_value(author) : plain_at(author, "name");
	int r = copy(arena, &entry->author, name);
	if (r == 0 && json_is_object(author))
		r = copy_url(arena, base_url, &entry->author_url,
			address(json_object_get(author, "url")));
	return r;
}

static int read_body(struct arena *arena, const json_t *object, struct entry *entry)
{
	static const char *const keys[] = {
		"articleBody", "text", "reviewBody", "description", "abstract"};
	for (size_t i = 0; i < COUNT(keys); i++) {
		const char *text = plain_at(object, keys[i]);
		if (!text)
			continue;
		struct compose compose = COMPOSE_INIT(arena);
		size_t len = strlen(text);
		int r = strchr(text, '&')
				? compose_read_html(&compose, text, len, NULL, &entry->body)
				: compose_read_plain(&compose, text, len, &entry->body);
		compose_release(&compose);
		entry->whole = i < 3;
		entry->excerpt = i >= 3;
		return r;
	}
	return 0;
}

static int read_entry(const struct jsonld *jsonld, const struct jsonld_node *node,
	const char *base_url, struct entries *entries)
{
	const struct kind *kind = kind_of(node->object);
	const json_t *object = node->object;
	if (!kind)
		return 0;
	struct arena *arena = entries->arena;
	struct entry entry = {.kind = kind->kind};
	const char *headline = plain_at(object, "headline");
	int r = copy_text(arena, &entry.title, headline ? headline : plain_at(object, "name"));
	if (r == 0)
		r = copy_url(arena, base_url, &entry.url, address(json_object_get(object, "url")));
	if (r == 0)
		r = copy_url(arena, base_url, &entry.url,
			address(json_object_get(object, "mainEntityOfPage")));
	if (r == 0)
		r = copy_url(arena, base_url, &entry.url, json_text(object, "@id"));
	if (r == 0)
		r = read_author(jsonld, object, base_url, arena, &entry);
	if (r == 0)
		r = read_body(arena, object, &entry);
	entry.published_s = json_date(object, "datePublished");
	if (entry.published_s == 0)
		entry.published_s = json_date(object, "dateCreated");
	entry.updated_s = json_date(object, "dateModified");
	if (entry.updated_s <= entry.published_s)
		entry.updated_s = 0;
	/* Under somebody's post stand the words of those who answer; whose, their author tells. */
	entry.foreign = node->owner && kind_of(node->owner) && !entry.author;
	bool says = entry.title || entry.body.text;
	return r == 0 && says ? entries_add(entries, &entry) : r;
}

int jsonld_read_entries(const struct jsonld *jsonld, const char *base_url, struct entries *entries)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < jsonld->n_nodes; i++)
		r = read_entry(jsonld, &jsonld->nodes[i], base_url, entries);
	return r;
}
