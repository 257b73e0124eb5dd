#include "crawlers/parse/wall.h"

#include "crawlers/net/url.h"
#include "crawlers/parse/charset.h"
#include "crawlers/parse/htmltext.h"
#include "crawlers/parse/json.h"
#include "crawlers/walls.h"
#include "daemon/base/limits.h"

#include <string.h>
#include <strings.h>

/* Challenges and log-in pages say what they are near their start. */
#define LOOK_B (64u * 1024)
/* Beside its form a log-in page says this much at most: greetings, languages, legal notes. */
#define LOGIN_TEXT_B 600
/* Log-in pages are small; looking at larger ones would cost a second parse. */
#define LOGIN_PAGE_B (128u * 1024)

/* ---- what walls write ---- */

/* A page as the signs see it. */
struct look {
	const struct page *page;
	struct url url;   /* zeroed: it has none */
	const char *body; /* the beginning, in lower case; NULL: it is no HTML */
	size_t body_len;
	const char *title; /* into body; NULL: none */
	size_t title_len;
};

static bool is_html(const struct page *page)
{
	const char *type = page->content_type;
	return page->body_len > 0 &&
	       (!type || strcasestr(type, "html") || strncasecmp(type, "text/plain", 10) == 0);
}

static void find_title(struct look *look)
{
	const char *end = look->body + look->body_len;
	const char *at = memmem(look->body, look->body_len, "<title", 6);
	at = at ? memchr(at, '>', (size_t)(end - at)) : NULL;
	if (!at)
		return;
	do
		at++;
	while (at < end && strchr(" \t\r\n", *at) && *at != '\0');
	const char *close = memchr(at, '<', (size_t)(end - at));
	look->title = at;
	look->title_len = (size_t)((close ? close : end) - at);
	while (look->title_len > 0 && strchr(" \t\r\n", at[look->title_len - 1]))
		look->title_len--;
}

/* Lowered once, so that every sign is a plain search, whatever its number. */
static int look_at(const struct page *page, struct arena *arena, struct look *ret)
{
	*ret = (struct look){.page = page};
	if (page->final_url && url_parse(arena, page->final_url, &ret->url) == -ENOMEM)
		return -ENOMEM;
	if (!is_html(page))
		return 0;
	size_t len = page->body_len < LOOK_B ? page->body_len : LOOK_B;
	char *copy = arena_copy(arena, page->body, len);
	if (!copy)
		return -ENOMEM;
	for (size_t i = 0; i < len; i++) {
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] + ('a' - 'A'));
	}
	ret->body = copy;
	ret->body_len = len;
	find_title(ret);
	return 0;
}

static bool on_host(const struct look *look, const char *host)
{
	return look->url.host && url_host_in(look->url.host, host);
}

static bool at_path(const struct look *look, const char *path)
{
	return look->url.path && strncasecmp(look->url.path, path, strlen(path)) == 0;
}

static bool has_title(const struct look *look, const char *title)
{
	size_t len = strlen(title);
	return look->title && look->title_len == len && memcmp(look->title, title, len) == 0;
}

static bool has_start(const struct look *look, const char *start)
{
	size_t len = strlen(start);
	return look->title && look->title_len >= len && memcmp(look->title, start, len) == 0;
}

static bool has_text(const struct look *look, const char *text)
{
	return look->body && memmem(look->body, look->body_len, text, strlen(text)) != NULL;
}

typedef bool look_for(const struct look *look, const char *what);

/* What a sign does not ask for is there. */
static bool any(const struct look *look, const struct strings *strings, look_for *is_there)
{
	for (size_t i = 0; i < strings->count; i++) {
		if (is_there(look, strings->items[i]))
			return true;
	}
	return strings->count == 0;
}

static bool shows(const struct look *look, const struct wall_sign *sign)
{
	return status_is_in(&sign->statuses, look->page->status) &&
	       any(look, &sign->hosts, on_host) && any(look, &sign->paths, at_path) &&
	       any(look, &sign->titles, has_title) && any(look, &sign->starts, has_start) &&
	       any(look, &sign->bodies, has_text) &&
	       (sign->without.count == 0 || !any(look, &sign->without, has_text));
}

int wall_find_page(const struct walls *walls, const struct page *page, struct arena *scratch,
	const struct wall_sign **ret)
{
	struct look look;
	int r = look_at(page, scratch, &look);
	const struct wall_sign *found = NULL;
	for (size_t i = 0; r == 0 && i < walls->pages.count && !found; i++) {
		if (shows(&look, &walls->pages.items[i]))
			found = &walls->pages.items[i];
	}
	*ret = found;
	return r;
}

/* ---- what APIs answer ---- */

static bool answers(const struct page *page, const json_t *root, const struct wall_sign *sign)
{
	if (strcmp(sign->source, page->source) != 0 || !status_is_in(&sign->statuses, page->status))
		return false;
	if (!sign->at)
		return true;
	const char *text = json_string_value(json_path(root, sign->at));
	for (size_t i = 0; text && i < sign->says.count; i++) {
		if (strcasestr(text, sign->says.items[i]))
			return true;
	}
	return text && sign->says.count == 0;
}

int wall_find_answer(
	const struct walls *walls, const struct page *page, const struct wall_sign **ret)
{
	json_t *root = NULL;
	int r = json_read(page->body, page->body_len, &root);
	*ret = NULL;
	if (r < 0)
		return r;
	for (size_t i = 0; i < walls->answers.count && !*ret; i++) {
		if (answers(page, root, &walls->answers.items[i]))
			*ret = &walls->answers.items[i];
	}
	json_decref(root);
	return 0;
}

int wall_judge(const struct page *page, struct extract *extract, bool *ret_shown)
{
	const struct wall_sign *sign;
	int r = wall_find_answer(extract->walls, page, &sign);
	if (r == 0 && sign) {
		extract->verdict = sign->verdict;
		extract->why = sign->why;
	}
	if (ret_shown)
		*ret_shown = r == 0 && sign;
	return r;
}

/* ---- log-in forms ---- */

bool wall_is_login(struct dom *dom)
{
	struct dom_walk walk = dom_walk(dom, dom->root);
	bool password = false;
	size_t text = 0;
	while (dom_step(&walk)) {
		const char *type =
			dom_is(walk.at, GUMBO_TAG_INPUT) ? dom_attr(walk.at, "type") : NULL;
		password = password || (type && strcasecmp(type, "password") == 0);
		if (walk.at->type == GUMBO_NODE_TEXT)
			text += strlen(walk.at->v.text.text);
		else if (!walk.leaving && !type && html_is_hidden(walk.at))
			dom_skip(&walk);
	}
	return password && text < LOGIN_TEXT_B;
}

/* Something like type="password" stands in the page. */
static bool asks_for_password(const struct page *page)
{
	static const char *const ways[] = {"type=\"password", "type='password", "type=password"};
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		if (memmem(page->body, page->body_len, ways[i], strlen(ways[i])))
			return true;
	}
	return false;
}

static int is_login_page(const struct page *page, struct arena *arena, bool *ret)
{
	*ret = false;
	if (!is_html(page) || page->body_len > LOGIN_PAGE_B || !asks_for_password(page))
		return 0;
	struct buf html = BUF_INIT(4 * LOGIN_PAGE_B);
	struct dom dom = {0};
	int r = charset_to_utf8(
		page->content_type, page->body, page->body_len, CHARSET_HTML, &html, NULL);
	if (r == 0)
		r = dom_parse(arena, buf_str(&html), html.len, &dom);
	*ret = r == 0 && wall_is_login(&dom);
	dom_release(&dom);
	buf_release(&html);
	return r < 0 ? r : 0; /* what is no HTML is no log-in form */
}

/* ---- "not found" with status 200 ---- */

bool wall_is_missing(const struct walls *walls, const char *title)
{
	for (size_t i = 0; title && i < walls->missing.count; i++) {
		const char *words = walls->missing.items[i];
		size_t len = strlen(words);
		if (strncasecmp(title, words, len) != 0)
			continue;
		/* "404 days sober" is a title like any other. */
		const char *rest = title + len + strspn(title + len, " ");
		if (*rest == '\0' || strchr("-|:.!", *rest) || strcasestr(rest, "not found"))
			return true;
	}
	return false;
}

/* ---- all together ---- */

static void say(struct extract *extract, enum verdict verdict, const char *why)
{
	extract->verdict = verdict;
	extract->why = why;
}

/* @url as it stands in a Location header or in page.url: perhaps relative, perhaps nonsense. */
static bool is_log_in(const struct walls *walls, const char *url)
{
	const char *path = url ? strstr(url, "://") : NULL;
	path = path ? strchr(path + 3, '/') : url;
	char part[LIMIT_URL_B];
	size_t len = path ? strcspn(path, "?#") : 0;
	if (len == 0 || len >= sizeof part)
		return false;
	memcpy(part, path, len);
	part[len] = '\0';
	return walls_is_log_in(walls, part);
}

static int detect_status(const struct page *page, struct extract *extract)
{
	if (page->status >= 300 && page->status < 400 && page->status != 304) {
		bool log_in = is_log_in(extract->walls, page->location);
		say(extract, log_in ? VERDICT_LOGIN_WALL : VERDICT_MOVED,
			log_in ? "The page leads to a log-in." : NULL);
		return log_in ? WALL_E_SHOWN : WALL_E_STATUS;
	}
	if (page->status < 400)
		return 0;
	const struct wall_status *status = walls_status(extract->walls, page->status);
	say(extract, status->verdict, status->why);
	return WALL_E_STATUS;
}

int wall_detect(const struct page *page, struct extract *extract)
{
	const struct walls *walls = extract->walls;
	const struct wall_sign *sign;
	bool login;
	/* The challenges of bot walls come with 403, 429 or 503, which would say less. */
	int r = wall_find_page(walls, page, extract->arena, &sign);
	if (r == 0 && sign) {
		say(extract, sign->verdict, sign->why);
		return WALL_E_SHOWN;
	}
	if (r == 0)
		r = detect_status(page, extract);
	if (r != 0)
		return r;
	if (is_log_in(walls, page->final_url) && !is_log_in(walls, page->url)) {
		say(extract, VERDICT_LOGIN_WALL, "The page leads to a log-in.");
		return WALL_E_SHOWN;
	}
	r = is_login_page(page, extract->arena, &login);
	if (r == 0 && login)
		say(extract, VERDICT_LOGIN_WALL, NULL);
	return r == 0 && login ? WALL_E_SHOWN : r;
}
