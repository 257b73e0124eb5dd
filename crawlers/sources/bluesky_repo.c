#include "crawlers/sources/bluesky.h"

#include "crawlers/parse/json.h"
#include "crawlers/sources/sources.h"
#include "daemon/base/limits.h"

#include <string.h>

/* Names: W3C DID Core §5.4 (services), the lexicons com.atproto.identity.resolveHandle,
 * com.atproto.repo.describeRepo, listRecords and getRecord. */

/* Where did:plc is registered; https://web.plc.directory has its API. */
#define PLC "https://plc.directory/"
#define WEB "did:web:"
/* A lexicon's name (NSID) has at most 317 bytes; those that are told are shorter. */
#define COLLECTION_B     120
#define COLLECTIONS_TOLD 6

static int split(const struct page *page, struct extract *extract, const char **ret_did,
	const char **ret_purpose)
{
	const char *words[3] = {"", "", ""};
	int r = api_split(extract->arena, page->subject, words, 3);
	*ret_did = words[0];
	*ret_purpose = words[1];
	return r;
}

static bool is_alone(const char *purpose)
{
	return strcmp(purpose, BLUESKY_ALONE) == 0;
}

/* Alone, the repository stands for the profile; beside the AppView it adds to it. */
static enum relation first_relation(const char *purpose)
{
	return is_alone(purpose) ? FOLLOW_INSTEAD : FOLLOW_ALSO;
}

/* ---- where it is ---- */

/* The document of a did:web is on its host (did:web §3.2; atproto knows no paths in it). */
static bool is_web(const char *did)
{
	return strncmp(did, WEB, strlen(WEB)) == 0 &&
	       api_is_plain(did + strlen(WEB), API_PLAIN_DOT);
}

static bool is_plc(const char *did)
{
	return strncmp(did, "did:plc:", 8) == 0 && api_is_plain(did + 8, API_PLAIN);
}

int bluesky_did_follow(struct arena *arena, const char *did, const char *purpose,
	enum relation relation, struct follow *ret)
{
	*ret = (struct follow){
		.source = source_bluesky.name,
		.step = BLUESKY_DID,
		.accept = ACCEPT_JSON,
		.relation = relation,
	};
	if (!is_plc(did) && !is_web(did))
		return SOURCE_E_NONE;
	int r = api_format(arena, &ret->subject, "%s %s", did, purpose);
	if (r < 0)
		return r;
	/* The fragment is never sent: a scan asks for nothing twice, and may have to for two purposes. */
	if (is_plc(did))
		return api_format(arena, &ret->url, PLC "%s#%s", did, purpose);
	return api_format(
		arena, &ret->url, "https://%s/.well-known/did.json#%s", did + strlen(WEB), purpose);
}

int bluesky_ask_did(
	struct extract *extract, const char *did, const char *purpose, enum relation relation)
{
	struct follow follow;
	int r = bluesky_did_follow(extract->arena, did, purpose, relation, &follow);
	if (r == 0)
		r = extract_add_follow(extract, &follow);
	return r < 0 ? r : 0;
}

int bluesky_read_resolved(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *did = json_words(root, "did");
	(void)page;
	if (!did || (!is_plc(did) && !is_web(did)))
		return api_drift(extract, "The answer names no account of the handle.");
	extract->why = "The account's own server is asked, for Bluesky's does not answer.";
	return bluesky_ask_did(extract, did, BLUESKY_ALONE, FOLLOW_INSTEAD);
}

static const char *repository_of(const json_t *document)
{
	const json_t *services = json_array_at(document, "service");
	for (size_t i = 0; i < json_array_size(services); i++) {
		const json_t *service = json_array_get(services, i);
		const char *type = json_words(service, "type");
		if (type && strcmp(type, "AtprotoPersonalDataServer") == 0)
			return json_words(service, "serviceEndpoint");
	}
	return NULL;
}

int bluesky_read_did(const json_t *root, const struct page *page, struct extract *extract)
{
	const char *did, *purpose, *id = json_words(root, "id");
	struct url server;
	int r = split(page, extract, &did, &purpose);
	if (r < 0)
		return r;
	if (!id || strcmp(id, did) != 0)
		return api_drift(extract, "The answer is no DID document of this account.");
	const char *endpoint = repository_of(root);
	r = endpoint ? url_parse(extract->arena, endpoint, &server) : URL_E_BAD;
	if (r != 0)
		return r < 0 ? r
			     : api_drift(extract, "The account's DID document names no server.");
	const bool rest = strcmp(purpose, BLUESKY_REST) == 0;
	const struct follow like = {
		.source = source_bluesky.name,
		.step = rest ? BLUESKY_POSTS : BLUESKY_REPO,
		.subject = page->subject,
		.accept = ACCEPT_JSON,
		.relation = first_relation(purpose),
	};
	const char *repo = url_escape(extract->arena, did);
	extract->verdict = VERDICT_OK;
	if (!repo)
		return -ENOMEM;
	if (rest)
		return api_follow(extract, &like,
			"%s/xrpc/com.atproto.repo.listRecords?repo=%s&collection=app.bsky.feed."
			"post&limit=100",
			server.origin, repo);
	return api_follow(extract, &like, "%s/xrpc/com.atproto.repo.describeRepo?repo=%s",
		server.origin, repo);
}

/* ---- what it holds ---- */

int bluesky_ask_records(const struct page *page, struct extract *extract, const struct follow *like,
	const char *did, const char *collection, const char *cursor)
{
	const char *origin = "", *repo = url_escape(extract->arena, did);
	const char *from = cursor ? url_escape(extract->arena, cursor) : "";
	int r = repo && from ? api_origin(extract->arena, page, &origin) : -ENOMEM;
	if (r < 0)
		return r;
	return api_follow(extract, like,
		"%s/xrpc/com.atproto.repo.listRecords?repo=%s&collection=%s&limit=100%s%s", origin,
		repo, collection, cursor ? "&cursor=" : "", from);
}

/* What is read of a repository, and how. */
static const struct collection {
	const char *name;
	enum bluesky_step step;
	bool alone; /* only in the AppView's place */
} collections[] = {
	{"app.bsky.feed.post", BLUESKY_POSTS, true},
	{"app.bsky.feed.like", BLUESKY_LIKES, false},
	{"app.bsky.graph.list", BLUESKY_NAMED, false},
	{"app.bsky.graph.starterpack", BLUESKY_NAMED, false},
	{"app.bsky.feed.generator", BLUESKY_NAMED, false},
};

static bool holds(const json_t *names, const char *name)
{
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *held = json_string_value(json_array_get(names, i));
		if (held && strcmp(held, name) == 0)
			return true;
	}
	return false;
}

static int ask_profile(
	const struct page *page, struct extract *extract, const char *did, const char *purpose)
{
	const char *origin = "", *repo = url_escape(extract->arena, did);
	struct follow like = {
		.source = source_bluesky.name,
		.step = BLUESKY_OWN,
		.subject = page->subject,
		.accept = ACCEPT_JSON,
		.relation = FOLLOW_ALSO,
	};
	if (!is_alone(purpose))
		return 0;
	int r = repo ? api_origin(extract->arena, page, &origin) : -ENOMEM;
	if (r < 0)
		return r;
	return api_follow(extract, &like,
		"%s/xrpc/com.atproto.repo.getRecord?repo=%s&collection=app.bsky.actor.profile&rkey="
		"self",
		origin, repo);
}

static int ask_collections(const struct page *page, struct extract *extract, const json_t *names,
	const char *did, const char *purpose)
{
	int r = ask_profile(page, extract, did, purpose);
	for (size_t i = 0; r == 0 && i < sizeof collections / sizeof *collections; i++) {
		const struct collection *one = &collections[i];
		struct follow like = {
			.source = source_bluesky.name,
			.step = one->step,
			.accept = ACCEPT_JSON,
			.relation = one->alone ? FOLLOW_NEXT : FOLLOW_ALSO,
		};
		if (!holds(names, one->name) || (one->alone && !is_alone(purpose)))
			continue;
		r = api_format(extract->arena, &like.subject, "%s %s 1", did, purpose);
		if (r == 0)
			r = bluesky_ask_records(page, extract, &like, did, one->name, NULL);
	}
	return r;
}

/* Records of other apps are public, too, and not read. */
static int tell_foreign(struct extract *extract, const json_t *names)
{
	struct buf told = BUF_INIT(2048);
	size_t count = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));
		if (!name || strncmp(name, "app.bsky.", 9) == 0 ||
			strncmp(name, "chat.bsky.", 10) == 0 || strlen(name) > COLLECTION_B ||
			!api_is_plain(name, API_PLAIN_DOT))
			continue;
		if (count++ < COLLECTIONS_TOLD)
			r = buf_addf(&told, "%s%s", told.len > 0 ? ", " : "", name);
	}
	if (r == 0 && count > 0)
		r = api_format(extract->arena, &extract->coverage.lack,
			"Public records of other apps are not read: %s%s.", buf_str(&told),
			count > COLLECTIONS_TOLD ? " …" : "");
	buf_release(&told);
	return r < 0 ? r : 0;
}

static int write_alone(const json_t *root, const struct page *page, struct extract *extract)
{
	const struct api_owner owner = {.handle = json_words(root, "handle")};
	extract->verdict = VERDICT_OK;
	extract->coverage.lack =
		"Bluesky's own server does not answer: the account's own was asked, "
		"which does not tell reposts and whom it follows.";
	extract->coverage.interactions_cut = true;
	int r = api_write_owner(extract, page, &owner);
	extract->facts.name = NULL; /* the profile's record tells it */
	return r;
}

int bluesky_read_repo(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *names = json_array_at(root, "collections");
	const char *did, *purpose, *id = json_words(root, "did");
	int r = split(page, extract, &did, &purpose);
	if (r < 0)
		return r;
	if (!names || !id || strcmp(id, did) != 0)
		return api_drift(extract, "The answer is no description of the repository.");
	extract->verdict = VERDICT_OK;
	r = is_alone(purpose) ? write_alone(root, page, extract) : tell_foreign(extract, names);
	if (r == 0 && is_alone(purpose) && !holds(names, "app.bsky.feed.post"))
		extract->verdict = VERDICT_EMPTY;
	return r == 0 ? ask_collections(page, extract, names, did, purpose) : r;
}

/* ---- its records ---- */

/* A record is what a feed's item has at post.record. */
static int write_post(const json_t *record, const char *did, struct extract *extract)
{
	const struct bluesky_owner owner = {.did = did, .pinned = ""};
	json_t *item = json_pack("{s:{s:O, s:O}}", "post", "uri", json_object_get(record, "uri"),
		"record", json_object_get(record, "value"));
	bool own = false;
	int r = !item                   ? -ENOMEM
		: bluesky_is_item(item) ? bluesky_write_item(item, &owner, extract, &own)
					: 0;
	json_decref(item);
	return r;
}

/* One that is listed of this account's. */
static bool is_record(const json_t *record, const char *did)
{
	const char *uri = json_words(record, "uri");
	size_t len = strlen(did);
	return uri && json_object_at(record, "value") && strncmp(uri, "at://", 5) == 0 &&
	       strncmp(uri + 5, did, len) == 0 && uri[5 + len] == '/';
}

int bluesky_read_posts(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *records = json_array_at(root, "records");
	const char *did, *purpose, *cursor = json_words(root, "cursor");
	size_t n_known = 0;
	int r = split(page, extract, &did, &purpose);
	if (r == 0 && !records)
		return api_drift(extract, "The answer is no list of records as a repository's.");
	for (size_t i = 0; r == 0 && i < json_array_size(records); i++) {
		const json_t *record = json_array_get(records, i);
		if (!is_record(record, did))
			continue;
		n_known++;
		r = write_post(record, did, extract);
	}
	if (r < 0)
		return r;
	api_judge_list(extract, json_array_size(records), n_known);
	if (!cursor || json_array_size(records) == 0 || extract->verdict == VERDICT_PARSE_DRIFT)
		return 0;
	const struct follow like = {
		.source = source_bluesky.name,
		.step = BLUESKY_POSTS,
		.subject = page->subject,
		.accept = ACCEPT_JSON,
		.relation = is_alone(purpose) ? FOLLOW_OLDER : FOLLOW_ALSO,
	};
	return bluesky_ask_records(page, extract, &like, did, "app.bsky.feed.post", cursor);
}

int bluesky_read_own(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *value = json_object_at(root, "value");
	const struct api_owner owner = {
		.name = json_words(value, "displayName"),
		.about = json_words(value, "description"),
		.site = json_words(value, "website"),
	};
	if (!value)
		return api_drift(extract, "The answer is no record of a profile.");
	extract->facts.created_s = json_date(value, "createdAt");
	extract->verdict = VERDICT_OK;
	return api_write_owner(extract, page, &owner);
}

/* bsky.app shows /profile/DID/lists/KEY, …/feed/KEY; starter packs stand at /starter-pack/DID/KEY. */
static int named_url(struct arena *arena, const char *uri, const char *did, const char **ret)
{
	const char *key = strrchr(uri, '/') + 1;
	*ret = NULL;
	if (!bluesky_is_word(uri))
		return 0;
	if (strstr(uri, "/app.bsky.graph.starterpack/"))
		return api_format(arena, ret, BLUESKY_SITE "/starter-pack/%s/%s", did, key);
	return api_format(arena, ret, BLUESKY_SITE "/profile/%s/%s/%s", did,
		strstr(uri, "/app.bsky.graph.list/") ? "lists" : "feed", key);
}

static int write_named(const json_t *record, const char *did, struct extract *extract)
{
	const json_t *value = json_object_at(record, "value");
	const char *name = json_words(value, "name"), *url;
	struct api_piece piece = {
		.kind = KIND_POST,
		.id = json_words(record, "uri"),
		.title = name ? name : json_words(value, "displayName"),
		.body = json_words(value, "description"),
		.published_s = json_date(value, "createdAt"),
	};
	int r = named_url(extract->arena, piece.id, did, &url);
	piece.url = url;
	return r == 0 ? api_add_piece(extract, NULL, &piece) : r;
}

int bluesky_read_named(const json_t *root, const struct page *page, struct extract *extract)
{
	const json_t *records = json_array_at(root, "records");
	const char *did, *purpose;
	size_t n_known = 0;
	int r = split(page, extract, &did, &purpose);
	if (r == 0 && !records)
		return api_drift(extract, "The answer is no list of records as a repository's.");
	for (size_t i = 0; r == 0 && i < json_array_size(records); i++) {
		const json_t *record = json_array_get(records, i);
		if (!is_record(record, did))
			continue;
		n_known++;
		r = write_named(record, did, extract);
	}
	if (r < 0)
		return r;
	/* 100 are more than people make; nobody is told empty by them. */
	api_judge_acts(extract, json_array_size(records), n_known);
	return 0;
}
