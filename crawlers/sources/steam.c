#include "crawlers/sources/api.h"

#include "crawlers/parse/date.h"
#include "crawlers/parse/xml.h"
#include "crawlers/sources/sources.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

#include <string.h>

/* Steam: what an account says of itself, and the groups that it is in, in the XML that its page has
 * beside the web page.  Reviews and comments are not in it. */

#define SITE "https://steamcommunity.com"

/* A profile's text is at most 8,000 characters. */
#define FIELD_MAX_B ((size_t)LIMIT_POST_TEXT_B)

enum field {
	FIELD_ERROR,
	FIELD_ID,
	FIELD_PERSONA,
	FIELD_PRIVACY,
	FIELD_PHOTO,
	FIELD_ADDRESS,
	FIELD_SINCE,
	FIELD_HEADLINE,
	FIELD_LOCATION,
	FIELD_NAME,
	FIELD_SUMMARY,
	GROUP_ID, /* from here on: of the group at hand */
	GROUP_NAME,
	GROUP_ADDRESS,
	GROUP_HEADLINE,
	FIELD_COUNT,
};

/* Elements that count: children of the root, of the groups in it children of "groups/group". */
static const struct {
	const char *root;
	const char *name;
} fields[FIELD_COUNT] = {
	[FIELD_ERROR] = {"response", "error"},
	[FIELD_ID] = {"profile", "steamID64"},
	[FIELD_PERSONA] = {"profile", "steamID"},
	[FIELD_PRIVACY] = {"profile", "privacyState"},
	[FIELD_PHOTO] = {"profile", "avatarFull"},
	[FIELD_ADDRESS] = {"profile", "customURL"},
	[FIELD_SINCE] = {"profile", "memberSince"},
	[FIELD_HEADLINE] = {"profile", "headline"},
	[FIELD_LOCATION] = {"profile", "location"},
	[FIELD_NAME] = {"profile", "realname"},
	[FIELD_SUMMARY] = {"profile", "summary"},
	[GROUP_ID] = {"group", "groupID64"},
	[GROUP_NAME] = {"group", "groupName"},
	[GROUP_ADDRESS] = {"group", "groupURL"},
	[GROUP_HEADLINE] = {"group", "headline"},
};

/* ---- whose profile it is ---- */

static bool name_of(const struct url *url, struct api_name *ret, const char **ret_way)
{
	*ret_way = "id";
	if (api_name(url->path, "/id/", API_PLAIN, ret))
		return true;
	*ret_way = "profiles";
	return api_name(url->path, "/profiles/", API_DIGITS, ret);
}

static bool steam_claims(const struct url *url, const char **ret_why)
{
	struct api_name name;
	const char *way;
	*ret_why = "an account on Steam";
	return url_host_in(url->host, "steamcommunity.com") && name_of(url, &name, &way);
}

static int steam_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name = {.at = ""};
	const char *way, *profile;
	(void)name_of(url, &name, &way); /* named in the config: the answer will tell */
	int r = api_format(arena, &profile, SITE "/%s/%.*s?xml=1", way, name.len, name.at);
	if (r < 0)
		return r;
	*ret = (struct follow){
		.url = profile,
		.source = source_steam.name,
		.accept = ACCEPT_FEED,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* ---- the XML ---- */

/* How deep the elements are that count. */
enum { DEPTH_ROOT = 1, DEPTH_FIELD, DEPTH_GROUP, DEPTH_GROUP_FIELD };

struct reading {
	struct extract *extract;
	const char *root; /* static; NULL: nothing known */
	const char *part; /* static: whose fields are read; NULL: nobody's */
	unsigned depth;
	bool in_groups;
	int field; /* whose text this is; FIELD_COUNT: nobody's */
	struct buf text;
	const char *values[FIELD_COUNT]; /* NULL: not told */
	bool cut;                        /* some value is longer than FIELD_MAX_B */
};

/* Whose fields stand in the element that began at this depth. */
static const char *part_of(const struct reading *reading)
{
	if (reading->depth == DEPTH_FIELD)
		return reading->root;
	return reading->depth == DEPTH_GROUP_FIELD && reading->in_groups ? "group" : NULL;
}

static void on_group(struct reading *reading)
{
	for (int i = GROUP_ID; i < FIELD_COUNT; i++)
		reading->values[i] = NULL;
}

static int on_start(void *userdata, const char *name, const char *const *attrs)
{
	struct reading *reading = userdata;
	(void)attrs;
	if (++reading->depth == DEPTH_ROOT) {
		reading->root = strcmp(name, "profile") == 0    ? "profile"
				: strcmp(name, "response") == 0 ? "response"
								: NULL;
		return 0;
	}
	if (reading->depth == DEPTH_FIELD)
		reading->in_groups = strcmp(name, "groups") == 0;
	if (reading->depth == DEPTH_GROUP)
		on_group(reading);
	const char *part = part_of(reading);
	for (int i = 0; i < FIELD_COUNT && part; i++) {
		bool fits = strcmp(fields[i].root, part) == 0 && strcmp(fields[i].name, name) == 0;
		if (fits && !reading->values[i]) {
			reading->field = i;
			buf_clear(&reading->text);
		}
	}
	return 0;
}

static int on_text(void *userdata, const char *text, size_t len)
{
	struct reading *reading = userdata;
	if (reading->field == FIELD_COUNT)
		return 0;
	size_t room = reading->text.max - reading->text.len;
	size_t fits = text_cut(text, len, room);
	reading->cut |= fits < len;
	int r = buf_add(&reading->text, text, fits);
	return r < 0 ? r : 0;
}

/* A group that is not told of but by its number has a page of that number. */
static int write_group(struct reading *reading)
{
	const char *const *values = reading->values;
	struct arena *arena = reading->extract->arena;
	struct api_interaction membership = {
		.kind = KIND_MEMBERSHIP,
		.handle = values[GROUP_ADDRESS],
		.name = values[GROUP_NAME],
		.about = values[GROUP_HEADLINE],
	};
	const char *way = membership.handle ? "groups" : "gid";
	const char *name = membership.handle ? membership.handle : values[GROUP_ID];
	if (!values[GROUP_ID])
		return 0;
	int r = api_format(arena, &membership.url, SITE "/%s/%s", way, name);
	if (r == 0)
		r = api_format(arena, &membership.id, "group/%s", values[GROUP_ID]);
	return r == 0 ? api_add_interaction(reading->extract, SITE, &membership) : r;
}

static int on_end(void *userdata, const char *name)
{
	struct reading *reading = userdata;
	const unsigned depth = reading->depth--;
	(void)name;
	if (depth == DEPTH_GROUP && reading->in_groups)
		return write_group(reading);
	bool ends = depth == (reading->field >= GROUP_ID ? DEPTH_GROUP_FIELD : DEPTH_FIELD);
	if (!ends || reading->field == FIELD_COUNT)
		return 0;
	const char *value =
		arena_copy(reading->extract->arena, buf_str(&reading->text), reading->text.len);
	if (!value)
		return -ENOMEM;
	reading->values[reading->field] = *value ? value : NULL;
	reading->field = FIELD_COUNT;
	return 0;
}

/* ---- the account ---- */

/* "June 21, 2006" */
static int64_t read_since(struct arena *arena, const char *text)
{
	size_t month = text ? strcspn(text, " ") : 0;
	const char *day = text ? text + month + strspn(text + month, " ") : "";
	size_t day_len = strspn(day, "0123456789");
	int64_t since_s;
	const char *turned;
	if (month < 3 || day_len == 0 || strncmp(day + day_len, ", ", 2) != 0)
		return 0;
	int r = api_format(
		arena, &turned, "%.*s %.3s %s", (int)day_len, day, text, day + day_len + 2);
	return r == 0 && date_parse(turned, &since_s) ? since_s : 0;
}

/* The name in the address is chosen, too. */
static int write_address(const char *address, const struct page *page, struct extract *extract)
{
	const struct api_piece piece = {
		.id = "address",
		.kind = KIND_HANDLE,
		.url = page->profile,
		.body = address,
	};
	return address ? api_add_piece(extract, SITE, &piece) : 0;
}

static int write_profile(
	const struct reading *reading, const struct page *page, struct extract *extract)
{
	const char *const *values = reading->values;
	const struct api_owner owner = {
		.handle = values[FIELD_PERSONA],
		.name = values[FIELD_NAME],
		.headline = values[FIELD_HEADLINE],
		.about = values[FIELD_SUMMARY],
		.about_html = true,
		.location = values[FIELD_LOCATION],
		.photo = values[FIELD_PHOTO],
	};
	extract->facts.created_s = read_since(extract->arena, values[FIELD_SINCE]);
	extract->coverage.cut |= reading->cut;
	extract->coverage.lack = "Reviews, comments and screenshots on Steam are not read.";
	int r = api_write_owner(extract, page, &owner);
	return r == 0 ? write_address(values[FIELD_ADDRESS], page, extract) : r;
}

static int judge(const struct reading *reading, const struct page *page, struct extract *extract)
{
	const char *const *values = reading->values;
	const char *error = values[FIELD_ERROR], *privacy = values[FIELD_PRIVACY];
	if (error && strcasestr(error, "could not be found")) {
		extract->verdict = VERDICT_NOT_FOUND;
		return 0;
	}
	if (!values[FIELD_ID] || !values[FIELD_PERSONA] || !privacy)
		return api_drift(extract, "The answer is no account as Steam gives it.");
	if (strcmp(privacy, "public") == 0) {
		extract->verdict = VERDICT_OK;
	} else {
		extract->verdict = VERDICT_PRIVATE;
		extract->why = "The account shows its profile to friends only, or to nobody.";
	}
	return write_profile(reading, page, extract);
}

static int steam_read(const struct page *page, struct extract *extract)
{
	static const struct xml_events events = {on_start, on_end, on_text};
	struct reading reading = {
		.extract = extract,
		.field = FIELD_COUNT,
		.text = BUF_INIT(FIELD_MAX_B),
	};
	if (page->status >= 400)
		return api_drift(extract, "The server answers with an error.");
	int r = xml_read(page->body, page->body_len, page->content_type, &events, &reading);
	buf_release(&reading.text);
	if (r == XML_E_CUT)
		return api_drift(extract, "The server's answer ends in the middle.");
	if (r > 0)
		return api_drift(extract, "The server does not answer as Steam does.");
	return r < 0 ? r : judge(&reading, page, extract);
}

const struct source source_steam = {
	.name = "steam",
	.title = "Steam",
	.claims = steam_claims,
	.first = steam_first,
	.read = steam_read,
};
