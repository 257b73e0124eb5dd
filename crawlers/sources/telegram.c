#include "crawlers/sources/telegram.h"

#include "crawlers/parse/charset.h"
#include "crawlers/parse/htmltext.h"
#include "crawlers/sources/sources.h"
#include "daemon/base/limits.h"

#include <string.h>
#include <strings.h>

/* Telegram: the web preview of a public channel, twenty messages a page, newest first; each page
 * names the message before which to go on. */

#define SITE       "https://t.me"
#define NAME_CHARS API_LETTERS API_DIGITS "_"

/* UTF-8 of a page in any charset. */
#define TEXT_B (LIMIT_PAGE_B * 3)

/* ---- whose profile it is ---- */

static bool is_service(const struct api_name *name)
{
	static const char *const services[] = {"joinchat", "addstickers", "addemoji", "addtheme",
		"addlist", "share", "proxy", "socks", "login", "confirmphone", "setlanguage", "iv",
		"boost", "giftcode", "bg", "c", "s", "k", "a"};
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		if (strlen(services[i]) == (size_t)name->len &&
			strncasecmp(services[i], name->at, (size_t)name->len) == 0)
			return true;
	}
	return false;
}

/* t.me/NAME, t.me/s/NAME, NAME.t.me */
static bool name_of(const struct url *url, struct api_name *ret)
{
	static const char *const hosts[] = {"t.me", "telegram.me", "telegram.dog"};
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		size_t len = strcspn(url->host, ".");
		if (strcmp(url->host, hosts[i]) == 0)
			return (api_name(url->path, "/s/", NAME_CHARS, ret) ||
				       api_name(url->path, "/", NAME_CHARS, ret)) &&
			       !is_service(ret);
		if (url->host[len] == '.' && strcmp(url->host + len + 1, hosts[i]) == 0) {
			*ret = (struct api_name){.at = url->host, .len = (int)len, .rest = ""};
			return strspn(url->host, NAME_CHARS) == len && len > 3;
		}
	}
	return false;
}

static bool telegram_claims(const struct url *url, const char **ret_why)
{
	struct api_name name;
	*ret_why = "a channel on Telegram";
	return name_of(url, &name);
}

static int telegram_first(struct arena *arena, const struct url *url, struct follow *ret)
{
	struct api_name name;
	if (!name_of(url, &name)) /* named in the config: the answer will tell */
		name = (struct api_name){.at = ""};
	const char *channel, *subject = arena_copy(arena, name.at, (size_t)name.len);
	int r = api_format(arena, &channel, SITE "/s/%.*s", name.len, name.at);
	if (r < 0 || !subject)
		return -ENOMEM;
	*ret = (struct follow){
		.url = channel,
		.source = source_telegram.name,
		.subject = subject,
		.accept = ACCEPT_PAGE,
		.relation = FOLLOW_INSTEAD,
	};
	return 0;
}

/* ---- the page ---- */

struct preview {
	struct dom dom;
	const GumboNode *history; /* NULL: this is no preview of a channel */
	const GumboNode *title;
	const GumboNode *about;
	const GumboNode *none; /* it says that there are no messages */
	const char *og_title;
	const char *og_image;
	const char *before; /* id of the message before which to go on; NULL: that was all */
	bool info;
	size_t n_messages;
	size_t n_known;
};

static void look_at_meta(struct preview *preview, const GumboNode *node)
{
	const char *property = dom_attr(node, "property");
	if (!property)
		return;
	if (strcmp(property, "og:title") == 0)
		preview->og_title = dom_attr(node, "content");
	else if (strcmp(property, "og:image") == 0)
		preview->og_image = dom_attr(node, "content");
}

static void look_at(struct preview *preview, const GumboNode *node)
{
	static const char prefix[] = "tgme_channel_info";
	const char *before = dom_attr(node, "data-before");
	preview->info |= dom_has_class(node, prefix);
	if (dom_is(node, GUMBO_TAG_META))
		look_at_meta(preview, node);
	if (dom_has_class(node, "js-message_history"))
		preview->history = node;
	if (dom_has_class(node, "tgme_channel_info_header_title"))
		preview->title = node;
	if (dom_has_class(node, "tgme_channel_info_description"))
		preview->about = node;
	if (dom_has_class(node, "tme_no_messages_found"))
		preview->none = node;
	if (dom_has_class(node, "tme_messages_more") && api_is_plain(before, API_DIGITS))
		preview->before = before;
}

static int read_preview(struct preview *preview, const char *name, struct extract *extract)
{
	struct dom_walk walk = dom_walk(&preview->dom, preview->dom.root);
	int r = 0;
	while (r == 0 && dom_step(&walk)) {
		if (walk.leaving || walk.at->type != GUMBO_NODE_ELEMENT)
			continue;
		look_at(preview, walk.at);
		if (!telegram_is_message(walk.at))
			continue;
		bool known;
		r = telegram_write_message(&preview->dom, walk.at, name, extract, &known);
		preview->n_messages++;
		preview->n_known += known;
		dom_skip(&walk);
	}
	return r;
}

/* ---- the channel ---- */

static int text_of(
	struct preview *preview, const GumboNode *node, struct arena *arena, const char **ret)
{
	struct html_text text = {.text = ""};
	int r = node ? html_node_text(arena, &preview->dom, node, SITE, NULL, &text) : 0;
	*ret = r == 0 && text.len > 0 ? text.text : NULL;
	return r < 0 ? r : 0;
}

/* Every page tells of the channel; once is enough. */
static int write_owner(
	struct preview *preview, const char *name, const struct page *page, struct extract *extract)
{
	struct api_owner owner = {.handle = name, .photo = preview->og_image};
	if (strchr(page->url, '?'))
		return 0;
	int r = text_of(preview, preview->title, extract->arena, &owner.name);
	if (r == 0)
		r = text_of(preview, preview->about, extract->arena, &owner.about);
	if (!owner.name)
		owner.name = preview->og_title;
	return r < 0 ? r : api_write_owner(extract, page, &owner);
}

static int judge(
	struct preview *preview, const char *name, const struct page *page, struct extract *extract)
{
	const struct follow like = {
		.source = source_telegram.name,
		.subject = page->subject,
		.accept = ACCEPT_PAGE,
		.relation = FOLLOW_OLDER,
	};
	const char *origin = "";
	if (preview->n_messages == 0 && !preview->none)
		return api_drift(
			extract, "The channel's page has no messages, and does not say so.");
	if (preview->n_messages == 0 && !preview->info)
		return api_drift(extract, "The page does not tell of any channel.");
	api_judge_list(extract, preview->n_messages, preview->n_known);
	int r = write_owner(preview, name, page, extract);
	if (r < 0 || !preview->before || extract->verdict != VERDICT_OK)
		return r;
	r = api_origin(extract->arena, page, &origin);
	return r < 0 ? r
		     : api_follow(
			       extract, &like, "%s/s/%s?before=%s", origin, name, preview->before);
}

static int read_dom(struct preview *preview, const char *html, size_t len, const struct page *page,
	struct extract *extract)
{
	int r = dom_parse(extract->arena, html, len, &preview->dom);
	if (r == 0)
		r = read_preview(preview, page->subject, extract);
	if (r == DOM_E_TOO_BIG) {
		extract->verdict = VERDICT_TOO_BIG;
		return 0;
	}
	if (r == DOM_E_LATE || (r == 0 && preview->dom.steps_left == 0)) {
		extract->verdict = VERDICT_UNREAD;
		extract->why = "The page is too deeply nested to be read.";
		return 0;
	}
	if (r < 0)
		return r;
	if (!preview->history)
		return api_drift(extract, "Telegram shows no public channel of this name here.");
	return judge(preview, page->subject, page, extract);
}

static int telegram_read(const struct page *page, struct extract *extract)
{
	static const char end[] = "</html>";
	struct buf html = BUF_INIT(TEXT_B);
	struct preview preview = {0};
	if (page->status >= 400 || !api_is_plain(page->subject, NAME_CHARS))
		return api_drift(extract, "The server answers with an error.");
	int r = charset_to_utf8(
		page->content_type, page->body, page->body_len, CHARSET_HTML, &html, NULL);
	if (r == BUF_E_FULL) {
		extract->verdict = VERDICT_TOO_BIG;
		r = 0;
	} else if (r == 0 && !memmem(buf_str(&html), html.len, end, sizeof end - 1)) {
		r = api_drift(extract, "The page ends in the middle.");
	} else if (r == 0) {
		r = read_dom(&preview, buf_str(&html), html.len, page, extract);
	}
	dom_release(&preview.dom);
	buf_release(&html);
	return r;
}

const struct source source_telegram = {
	.name = "telegram",
	.title = "Telegram",
	.claims = telegram_claims,
	.first = telegram_first,
	.read = telegram_read,
};
