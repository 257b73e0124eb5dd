#include "tests/unit/api_check.h"

#define FIXTURE "tests/fixtures/telegram/channel.html"
#define POST    "https://t.me/adabridges/"

static const struct asked channel = {
	.source = "telegram",
	.url = "https://t.me/s/adabridges",
	.profile = "https://t.me/adabridges",
	.subject = "adabridges",
	.content_type = "text/html; charset=utf-8",
};

static void addresses(void **state)
{
	(void)state;
	static const struct claim claims[] = {
		{"a channel", "https://t.me/adabridges", "https://t.me/s/adabridges"},
		{"its preview", "https://t.me/s/adabridges", "https://t.me/s/adabridges"},
		{"a host of its own", "https://adabridges.t.me/", "https://t.me/s/adabridges"},
		{"the older host", "https://telegram.me/adabridges", "https://t.me/s/adabridges"},
		{"an invitation", "https://t.me/+AbCdEf", NULL},
		{"an older invitation", "https://t.me/joinchat/AbCdEf", NULL},
		{"a private channel", "https://t.me/c/123/4", NULL},
		{"another host", "https://t.me.example/adabridges", NULL},
	};
	check_claims("telegram", claims, sizeof claims / sizeof *claims);
}

static void the_channel(void **state)
{
	(void)state;
	struct extract extract;
	answer_file(&channel, FIXTURE, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	assert_string_equal(extract.facts.handle, "adabridges");
	assert_string_equal(extract.facts.name, "Ada's bridges 🌉");
	assert_string_equal(extract.facts.bio, "All about\nbridges & beer");
	assert_string_equal(extract.facts.photo_url, "https://cdn.example/ada.jpg");
	assert_int_equal(extract.n_follows, 1);
	assert_string_equal(extract.follows[0].url, "https://t.me/s/adabridges?before=101");
	assert_int_equal(extract.follows[0].relation, FOLLOW_OLDER);
	assert_non_null(extract.coverage.lack); /* media that the preview does not show */
	extract_release(&extract);
}

static void its_messages(void **state)
{
	(void)state;
	static const struct post_row rows[] = {
		{"text, emoji and a link with its card", "102", KIND_POST, 1677223609, POST "102",
			"It fell 👍\nSee here", "A headline\n\nWhat it says", 1},
		{"forwarded words are another's", "103", KIND_REPOST, 1677225600, POST "103", "",
			"Bob's words", 0},
		{"a reply below a film, without what it answers", "104", KIND_REPLY, 1677229200,
			POST "104", "And again, idiots", NULL, 0},
		{"a poll", "105", KIND_POST, 1677232800, POST "105", "Beer now?\n\nYes\n\nAlways",
			NULL, 0},
	};
	struct extract extract;
	answer_file(&channel, FIXTURE, &extract);
	assert_false(extract.coverage.cut);
	check_posts(&extract, rows, sizeof rows / sizeof *rows);
	extract_release(&extract);
}

static void an_older_page_tells_of_the_channel_no_more(void **state)
{
	(void)state;
	struct asked older = channel;
	struct extract extract;
	older.url = "https://t.me/s/adabridges?before=106";
	answer_file(&older, FIXTURE, &extract);
	assert_int_equal(extract.n_posts, 4);
	assert_null(extract.facts.handle);
	extract_release(&extract);
}

#define PAGE(inner)                                                                               \
	"<html><body><div class=tgme_channel_info></div><section class=js-message_history>" inner \
	"</section></body></html>"
#define MESSAGE(post, time)                                                                    \
	"<div class=tgme_widget_message data-post=" post "><div class=js-message_text>x</div>" \
	"<a class=tgme_widget_message_date><time datetime=" time "></time></a></div>"

static void states_of_channels(void **state)
{
	(void)state;
	static const struct sign_row rows[] = {
		{"no messages, as it says", 200,
			PAGE("<div class=tme_no_messages_found>No posts found</div>"),
			VERDICT_EMPTY},
		{"no messages, but no word of it", 200, PAGE(""), VERDICT_PARSE_DRIFT},
		{"it says so of no channel", 200,
			"<html><section class=js-message_history><div class=tme_no_messages_found>"
			"</div></section></html>",
			VERDICT_PARSE_DRIFT},
		{"a person or a group: no preview", 200,
			"<html><title>Telegram: Contact @ada</title><p>Ada</html>",
			VERDICT_NOT_FOUND},
		{"another page", 200, "<html><title>x</title><p>hello</html>", VERDICT_PARSE_DRIFT},
		{"another channel's messages", 200,
			PAGE(MESSAGE("bob/1", "2023-02-24T07:26:49+00:00")), VERDICT_PARSE_DRIFT},
		{"a name that begins the same", 200,
			PAGE(MESSAGE("adabridges2/1", "2023-02-24T07:26:49+00:00")),
			VERDICT_PARSE_DRIFT},
		{"one message", 200, PAGE(MESSAGE("adabridges/1", "2023-02-24T07:26:49+00:00")),
			VERDICT_OK},
		{"a page that ends in the middle", 200,
			"<html><div class=tgme_channel_info></div><section "
			"class=js-message_history>" MESSAGE(
				"adabridges/1", "2023-02-24T07:26:49+00:00"),
			VERDICT_PARSE_DRIFT},
		{"nothing", 200, "", VERDICT_PARSE_DRIFT},
	};
	check_signs(channel, rows, sizeof rows / sizeof *rows);
}

static void damaged_pages(void **state)
{
	(void)state;
	check_cuts(&channel, FIXTURE);
	size_t len = 0;
	char *body = read_whole(FIXTURE, &len);
	assert_non_null(body);
	/* Any attribute or tag broken: never empty, for there are messages. */
	for (size_t i = 0; i < len; i += 5) {
		char kept = body[i];
		struct extract extract;
		body[i] = '<';
		answer(&channel, body, len, &extract);
		assert_int_not_equal(extract.verdict, VERDICT_EMPTY);
		extract_release(&extract);
		body[i] = kept;
	}
	free(body);
}

/* Everything between one message of the genuine page and the next, looked at as text. */
static void compare_block(
	const char *block, size_t len, const struct extract *extract, size_t *n_posts)
{
	char *copy = strndup(block, len);
	if (strncmp(copy, "\" ", 2) != 0 && !strstr(copy, "service_message\"")) {
		const struct post *post = NULL;
		char id[32];
		(void)snprintf(id, sizeof id, "%.*s", (int)strspn(copy, "0123456789"), copy);
		post = post_called(extract, id);
		bool forwarded = strstr(copy, "forwarded_from_name") != NULL;
		bool reply = strstr(copy, "tgme_widget_message_reply\"") != NULL;
		assert_int_equal(post->kind, forwarded ? KIND_REPOST
					     : reply   ? KIND_REPLY
						       : KIND_POST);
		assert_true(post->published_s > 1677000000 && post->published_s < 1678000000);
		bool text = strstr(copy, "js-message_text\"") || strstr(copy, "poll_question");
		assert_int_equal(text, post->len > 0 || post->others_len > 0);
		(*n_posts)++;
	}
	free(copy);
}

static void a_genuine_page(void **state)
{
	(void)state;
	static const char mark[] = "data-post=\"tchantest/";
	size_t len, n_posts = 0;
	char *body = shared_page("platforms/telegram/s_channel_page.html", &len);
	if (!body)
		return;
	struct asked question = channel;
	struct extract extract;
	question.url = "https://t.me/s/tchantest?before=200"; /* messages only */
	question.subject = "tchantest";
	answer(&question, body, len, &extract);
	assert_int_equal(extract.verdict, VERDICT_OK);
	for (char *at = strstr(body, mark); at;) {
		char *from = at + sizeof mark - 1, *next = strstr(from, mark);
		char *line = at;
		while (line > body && *line != '\n')
			line--;
		bool service = memmem(line, (size_t)(at - line), "service_message", 15) != NULL;
		if (!service)
			compare_block(from, next ? (size_t)(next - from) - 300 : strlen(from),
				&extract, &n_posts);
		at = next;
	}
	print_message("%zu messages compared\n", n_posts);
	extract_release(&extract);
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(the_channel),
		cmocka_unit_test(its_messages),
		cmocka_unit_test(an_older_page_tells_of_the_channel_no_more),
		cmocka_unit_test(states_of_channels),
		cmocka_unit_test(damaged_pages),
		cmocka_unit_test(a_genuine_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
