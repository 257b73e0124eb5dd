#include "crawlers/parse/wall.h"

#include "crawlers/net/url.h"
#include "crawlers/parse/charset.h"
#include "crawlers/parse/htmltext.h"
#include "daemon/base/limits.h"

#include <string.h>
#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Challenges and log-in pages say what they are near their start. */
#define LOOK_B (64u * 1024)
/* Beside its form a log-in page says this much at most: greetings, languages, legal notes. */
#define LOGIN_TEXT_B 600
/* Log-in pages are small; looking at larger ones would cost a second parse. */
#define LOGIN_PAGE_B (128u * 1024)

/* ---- statuses ---- */

struct status {
	int first;
	int last;
	enum verdict verdict;
	const char *why; /* NULL: the verdict says it */
};

/* The first row that fits counts. */
static const struct status statuses[] = {
	{401, 401, VERDICT_AUTH_REQUIRED, NULL},
	{402, 402, VERDICT_BLOCKED, "The server wants to be paid (status 402)."},
	{403, 403, VERDICT_BLOCKED, "The server forbids the page (status 403)."},
	{404, 404, VERDICT_NOT_FOUND, NULL},
	{407, 407, VERDICT_AUTH_REQUIRED, "A proxy asks for a password (status 407)."},
	{410, 410, VERDICT_GONE, NULL},
	{418, 418, VERDICT_BLOCKED, "The server refuses programs (status 418)."},
	{429, 429, VERDICT_RATE_LIMITED, NULL},
	{451, 451, VERDICT_BLOCKED, "The page is withheld for legal reasons (status 451)."},
	{999, 999, VERDICT_BLOCKED, "LinkedIn refuses programs (status 999)."},
	{400, 499, VERDICT_BLOCKED, "The server refuses the request."},
	{500, 599, VERDICT_SERVER_ERROR, NULL},
	{600, 998, VERDICT_SERVER_ERROR, NULL}, /* RFC 9110 §15: read as 5xx */
};

/* ---- paths that lead to a log-in ---- */

static const char *const login_paths[] = {"/login", "/log-in", "/signin", "/sign-in", "/sign_in",
	"/signup", "/authwall", "/accounts/login", "/checkpoint", "/uas/login", "/wp-login.php",
	"/i/flow/login", "/auth/"};

static bool is_login_path(const char *url)
{
	const char *path = url ? strstr(url, "://") : NULL;
	path = path ? strchr(path + 3, '/') : NULL;
	size_t len = path ? strcspn(path, "?#") : 0;
	for (size_t i = 0; i < COUNT(login_paths) && len > 0; i++) {
		size_t want = strlen(login_paths[i]);
		const char *at = strcasestr(path, login_paths[i]);
		if (!at || at >= path + len)
			continue;
		if (login_paths[i][want - 1] == '/' || strchr("/?#.", at[want]) != NULL)
			return true; /* a whole part of the path (strchr finds the NUL, too) */
	}
	return false;
}

/* ---- what walls write ---- */

struct sign {
	const char *host;    /* of the page, or a domain above it; NULL: any */
	const char *title;   /* <title> begins with this; NULL: any */
	const char *body;    /* stands in the page; NULL: nothing need */
	const char *without; /* does not stand in it; NULL: nothing */
	enum verdict verdict;
	const char *why;
};

/* clang-format off */
static const struct sign signs[] = {
	{NULL, "Just a moment...", "challenge", NULL, VERDICT_BLOCKED, "Cloudflare asks for a browser."},
	{NULL, "Attention Required! | Cloudflare", NULL, NULL, VERDICT_BLOCKED, "Cloudflare refuses programs."},
	{NULL, "Access denied | ", "cloudflare", NULL, VERDICT_BLOCKED, "Cloudflare refuses programs."},
	{NULL, "Making sure you&#39;re not a bot", "anubis", NULL, VERDICT_BLOCKED, "Anubis asks for a browser."},
	{NULL, "Making sure you're not a bot", "anubis", NULL, VERDICT_BLOCKED, "Anubis asks for a browser."},
	{NULL, "DDoS-Guard", "ddos-guard", NULL, VERDICT_BLOCKED, "DDoS-Guard asks for a browser."},
	{NULL, "Access to this page has been denied", "px-captcha", NULL, VERDICT_BLOCKED, "PerimeterX asks for a captcha."},
	{NULL, "Human Verification", "captcha", NULL, VERDICT_BLOCKED, "The site asks for a captcha."},
	{NULL, "Robot Check", "captcha", NULL, VERDICT_BLOCKED, "The site asks for a captcha."},
	{"reddit.com", NULL, "whoa there, pardner", NULL, VERDICT_BLOCKED, "Reddit refuses programs."},
	{"reddit.com", NULL, "blocked by network security", NULL, VERDICT_BLOCKED, "Reddit refuses programs."},
	{"linkedin.com", NULL, "authwall", "application/ld+json", VERDICT_LOGIN_WALL, "LinkedIn shows the profile to members only."},
	{"linkedin.com", "Sign Up | LinkedIn", NULL, "application/ld+json", VERDICT_LOGIN_WALL, "LinkedIn shows the profile to members only."},
	{"linkedin.com", "LinkedIn Login", NULL, NULL, VERDICT_LOGIN_WALL, "LinkedIn shows the profile to members only."},
	{"instagram.com", "Login \xe2\x80\xa2 Instagram", NULL, NULL, VERDICT_LOGIN_WALL, "Instagram shows the profile to members only."},
	{"instagram.com", "Instagram</", NULL, NULL, VERDICT_LOGIN_WALL, "Instagram shows the profile to members only."},
	{"instagram.com", NULL, "Please wait a few minutes before you try again", NULL, VERDICT_RATE_LIMITED, NULL},
	{"threads.net", "Threads \xe2\x80\xa2 Log in", NULL, NULL, VERDICT_LOGIN_WALL, "Threads shows the profile to members only."},
	{"threads.com", "Threads \xe2\x80\xa2 Log in", NULL, NULL, VERDICT_LOGIN_WALL, "Threads shows the profile to members only."},
	{"facebook.com", NULL, "You must log in to continue", NULL, VERDICT_LOGIN_WALL, "Facebook shows the profile to members only."},
	{"facebook.com", "Log in to Facebook", NULL, NULL, VERDICT_LOGIN_WALL, "Facebook shows the profile to members only."},
	{"facebook.com", "Log into Facebook", NULL, NULL, VERDICT_LOGIN_WALL, "Facebook shows the profile to members only."},
	{"x.com", "X</", NULL, NULL, VERDICT_LOGIN_WALL, "X shows the profile to members only."},
	{"x.com", "Log in to X", NULL, NULL, VERDICT_LOGIN_WALL, "X shows the profile to members only."},
	{"twitter.com", "X</", NULL, NULL, VERDICT_LOGIN_WALL, "X shows the profile to members only."},
	{"tiktok.com", NULL, "tiktok-verify-page", NULL, VERDICT_BLOCKED, "TikTok asks for a captcha."},
	{"pinterest.com", NULL, "User not found.", NULL, VERDICT_NOT_FOUND, NULL},
	{"steamcommunity.com", NULL, "The specified profile could not be found.", NULL, VERDICT_NOT_FOUND, NULL},
	{"steamcommunity.com", NULL, "This profile is private.", NULL, VERDICT_PRIVATE, NULL},
	{"wordpress.com", "Private Site", NULL, NULL, VERDICT_PRIVATE, NULL},
	{"t.me", "Telegram: Contact", NULL, "tgme_channel_info", VERDICT_NOT_FOUND, "Telegram knows no public channel of this name."},
	{NULL, "Account Suspended", "cgi-sys/suspendedpage", NULL, VERDICT_SUSPENDED, "The host has suspended the site."},
};
/* clang-format on */

struct look {
	const char *at;    /* the first LOOK_B bytes with a NUL behind them */
	const char *title; /* into it; NULL: none */
	const char *host;
};

static bool fits(const struct sign *sign, const struct look *look)
{
	if (sign->host && !(look->host && url_host_in(look->host, sign->host)))
		return false;
	if (sign->title &&
		!(look->title && strncasecmp(look->title, sign->title, strlen(sign->title)) == 0))
		return false;
	if (sign->body && !strcasestr(look->at, sign->body))
		return false;
	return !sign->without || !strcasestr(look->at, sign->without);
}

static const char *find_title(const char *html)
{
	const char *title = strcasestr(html, "<title");
	title = title ? strchr(title, '>') : NULL;
	return title ? title + 1 + strspn(title + 1, " \t\r\n") : NULL;
}

static const struct sign *find_sign(const struct page *page, struct arena *arena)
{
	size_t len = page->body_len < LOOK_B ? page->body_len : LOOK_B;
	char *copy = arena_copy(arena, page->body, len);
	struct url url;
	if (!copy)
		return NULL;
	for (size_t i = 0; i < len; i++) { /* a NUL must not hide what is behind it */
		if (copy[i] == '\0')
			copy[i] = ' ';
	}
	struct look look = {.at = copy, .title = find_title(copy)};
	if (page->final_url && url_parse(arena, page->final_url, &url) == 0)
		look.host = url.host;
	for (size_t i = 0; i < COUNT(signs); i++) {
		if (fits(&signs[i], &look))
			return &signs[i];
	}
	return NULL;
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

static bool is_html(const struct page *page)
{
	const char *type = page->content_type;
	return !type || strcasestr(type, "html") || strncasecmp(type, "text/plain", 10) == 0;
}

/* Something like type="password" stands in the page. */
static bool asks_for_password(const struct page *page)
{
	static const char *const ways[] = {"type=\"password", "type='password", "type=password"};
	for (size_t i = 0; i < COUNT(ways); i++) {
		if (memmem(page->body, page->body_len, ways[i], strlen(ways[i])))
			return true;
	}
	return false;
}

static bool is_login_page(const struct page *page, struct arena *arena)
{
	if (page->body_len == 0 || page->body_len > LOGIN_PAGE_B || !asks_for_password(page))
		return false;
	struct buf html = BUF_INIT(4 * LOGIN_PAGE_B);
	struct dom dom = {0};
	int r = charset_to_utf8(
		page->content_type, page->body, page->body_len, CHARSET_HTML, &html, NULL);
	if (r == 0)
		r = dom_parse(arena, buf_str(&html), html.len, &dom);
	bool login = r == 0 && wall_is_login(&dom);
	dom_release(&dom);
	buf_release(&html);
	return login;
}

/* ---- "not found" with status 200 ---- */

static const char *const missing[] = {"404", "Page not found", "Not found", "File not found",
	"This page doesn't exist", "This page does not exist", "Page doesn't exist",
	"User not found"};

bool wall_is_missing(const char *title)
{
	for (size_t i = 0; title && i < COUNT(missing); i++) {
		size_t len = strlen(missing[i]);
		if (strncasecmp(title, missing[i], len) != 0)
			continue;
		/* "404 days sober" is a title like any other. */
		const char *rest = title + len + strspn(title + len, " ");
		if (*rest == '\0' || strchr("-|:.!", *rest) || strcasestr(rest, "not found"))
			return true;
	}
	return false;
}

/* ---- all together ---- */

static bool say(struct extract *extract, enum verdict verdict, const char *why)
{
	extract->verdict = verdict;
	extract->why = why;
	return true;
}

static bool detect_status(const struct page *page, struct extract *extract)
{
	if (page->status >= 300 && page->status < 400 && page->status != 304) {
		if (is_login_path(page->location))
			return say(extract, VERDICT_LOGIN_WALL, "The page leads to a log-in.");
		return say(extract, VERDICT_MOVED, NULL);
	}
	for (size_t i = 0; i < COUNT(statuses); i++) {
		if (page->status >= statuses[i].first && page->status <= statuses[i].last)
			return say(extract, statuses[i].verdict, statuses[i].why);
	}
	return false;
}

bool wall_detect(const struct page *page, struct extract *extract)
{
	bool html = is_html(page) && page->body_len > 0;
	/* The challenges of bot walls come with 403, 429 or 503, which would say less. */
	const struct sign *sign = html ? find_sign(page, extract->arena) : NULL;
	if (sign)
		return say(extract, sign->verdict, sign->why);
	if (detect_status(page, extract))
		return true;
	if (is_login_path(page->final_url) && !is_login_path(page->url))
		return say(extract, VERDICT_LOGIN_WALL, "The page leads to a log-in.");
	if (html && is_login_page(page, extract->arena))
		return say(extract, VERDICT_LOGIN_WALL, NULL);
	return false;
}
