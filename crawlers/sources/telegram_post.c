#include "crawlers/sources/telegram.h"

#include "crawlers/parse/date.h"
#include "crawlers/parse/htmltext.h"

#include <string.h>
#include <strings.h>

#define SITE "https://t.me"

/* Where things stand in a message, by the class of their element. */
enum part {
	PART_TEXT,
	PART_DATE,
	PART_FORWARDED,
	PART_REPLY,
	PART_QUESTION,
	PART_OPTION,
	PART_CARD,
	PART_CARD_TITLE,
	PART_CARD_TEXT,
	PART_HIDDEN,
	PART_COUNT,
};

static const struct {
	const char *class;
	bool inside; /* parts may stand in it */
} parts[PART_COUNT] = {
	[PART_TEXT] = {"js-message_text", false},
	[PART_DATE] = {"tgme_widget_message_date", true},
	[PART_FORWARDED] = {"tgme_widget_message_forwarded_from_name", false},
	[PART_REPLY] = {"tgme_widget_message_reply", false},
	[PART_QUESTION] = {"tgme_widget_message_poll_question", false},
	[PART_OPTION] = {"tgme_widget_message_poll_option_text", false},
	[PART_CARD] = {"tgme_widget_message_link_preview", true},
	[PART_CARD_TITLE] = {"link_preview_title", false},
	[PART_CARD_TEXT] = {"link_preview_description", false},
	[PART_HIDDEN] = {"message_media_not_supported", false},
};

struct message {
	struct dom *dom;
	struct compose compose; /* its own words */
	struct compose cards;   /* words of the sites that it links to */
	const char *published;
	bool forwarded;
	bool reply;
	bool hidden; /* the preview does not show all of it */
};

bool telegram_is_message(const GumboNode *node)
{
	const char *id = dom_attr(node, "data-post");
	return id && *id && dom_has_class(node, "tgme_widget_message");
}

static enum part part_of(const GumboNode *node)
{
	enum part part = 0;
	while (part < PART_COUNT && !dom_has_class(node, parts[part].class))
		part++;
	return part;
}

static int add_node(struct message *message, struct compose *to, const GumboNode *node)
{
	struct html_text text;
	int r = html_node_text(to->arena, message->dom, node, SITE, NULL, &text);
	if (r == HTML_E_LIMIT) {
		to->unread = true;
		return 0;
	}
	return r < 0 ? r : compose_add(to, &text);
}

static int read_part(struct message *message, enum part part, const GumboNode *node)
{
	switch (part) {
	case PART_TEXT:
	case PART_QUESTION:
	case PART_OPTION:
		return add_node(message, &message->compose, node);
	case PART_CARD_TITLE:
	case PART_CARD_TEXT:
		return add_node(message, &message->cards, node);
	case PART_CARD:
		return api_add_card(&message->compose, SITE, dom_attr(node, "href"));
	case PART_FORWARDED:
		message->forwarded = true;
		break;
	case PART_REPLY:
		message->reply = true;
		break;
	case PART_HIDDEN:
		message->hidden = true;
		break;
	case PART_DATE:
	case PART_COUNT:
		break;
	}
	return 0;
}

static int read_message(struct message *message, const GumboNode *node)
{
	struct dom_walk walk = dom_walk(message->dom, node);
	bool dated = false; /* a film's length is a <time>, too */
	int r = 0;
	while (r == 0 && dom_step(&walk)) {
		if (walk.leaving || walk.at->type != GUMBO_NODE_ELEMENT)
			continue;
		if (dated && dom_is(walk.at, GUMBO_TAG_TIME) && !message->published)
			message->published = dom_attr(walk.at, "datetime");
		enum part part = part_of(walk.at);
		dated |= part == PART_DATE;
		r = read_part(message, part, walk.at);
		if (part < PART_COUNT && !parts[part].inside)
			dom_skip(&walk);
	}
	return r;
}

/* Words that another wrote: all of what was forwarded, and what the linked site says of itself. */
static int settle_words(struct message *message)
{
	struct post words = {0};
	struct compose *compose = &message->compose;
	int r = compose_finish(&message->cards, &words);
	struct html_text cards = {.text = words.text, .len = words.len};
	if (r < 0 || !message->forwarded)
		return r < 0 ? r : compose_add_others(compose, &cards);
	struct compose passed = COMPOSE_INIT(compose->arena);
	r = compose_finish(compose, &words);
	struct html_text theirs = {.text = words.text,
		.len = words.len,
		.others = words.others,
		.others_len = words.others_len};
	if (r == 0)
		r = compose_add_others(&passed, &theirs);
	if (r == 0)
		r = compose_add_others(&passed, &cards);
	passed.cut |= compose->cut;
	passed.unread |= compose->unread;
	compose_release(compose);
	*compose = passed;
	return r;
}

/* "NAME/ID": the id of a message of the channel @name; NULL: of none. */
static const char *id_of(const GumboNode *node, const char *name)
{
	const char *place = dom_attr(node, "data-post");
	size_t len = strlen(name);
	if (strncasecmp(place, name, len) != 0 || place[len] != '/')
		return NULL;
	return api_is_plain(place + len + 1, API_DIGITS) ? place + len + 1 : NULL;
}

static int write_message(
	struct message *message, const char *id, const char *name, struct extract *extract)
{
	int64_t published_s = 0;
	(void)date_parse(message->published, &published_s);
	struct post post = {
		.published_s = published_s,
		.kind = message->forwarded ? KIND_REPOST
			: message->reply   ? KIND_REPLY
					   : KIND_POST,
	};
	if (message->hidden)
		extract->coverage.lack =
			"Telegram's web preview does not show some messages whole.";
	int r = api_copy(extract->arena, id, &post.id);
	if (r == 0)
		r = api_format(extract->arena, &post.url, SITE "/%s/%s", name, id);
	if (r == 0)
		r = settle_words(message);
	return api_add_post(extract, &message->compose, r, &post);
}

int telegram_write_message(struct dom *dom, const GumboNode *node, const char *name,
	struct extract *extract, bool *ret_known)
{
	const char *id = id_of(node, name);
	struct message message = {
		.dom = dom,
		.compose = COMPOSE_INIT(extract->arena),
		.cards = COMPOSE_INIT(extract->arena),
	};
	*ret_known = false;
	if (!id)
		return 0;
	int r = read_message(&message, node);
	*ret_known = r == 0 && message.published;
	/* "Channel created", "photo changed": nobody wrote that. */
	if (*ret_known && !dom_has_class(node, "service_message"))
		r = write_message(&message, id, name, extract);
	compose_release(&message.compose);
	compose_release(&message.cards);
	return r;
}
