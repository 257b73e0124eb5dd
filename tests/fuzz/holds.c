/* What the fuzz targets share: inputs taken apart, and promises held. */
#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "daemon/message.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULES "tests/fuzz/rules.yaml"

void broken(const char *what, const char *file, int line)
{
	(void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

/* ---- the input, taken apart ---- */

struct input input_of(const uint8_t *data, size_t size)
{
	return (struct input){(const char *)data, size};
}

unsigned char input_byte(struct input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return (unsigned char)*input->at++;
}

size_t input_number(struct input *input)
{
	size_t high = input_byte(input);
	return high << 8 | input_byte(input);
}

/* Exactly as many bytes as there are, and a NUL, so that a read past them is seen. */
static char *copy_of(const char *bytes, size_t len)
{
	char *copy = malloc(len + 1);
	MUST(copy);
	if (len > 0)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

char *input_line(struct input *input)
{
	const char *end = input->left > 0 ? memchr(input->at, '\n', input->left) : NULL;
	size_t len = end ? (size_t)(end - input->at) : input->left;
	char *line = copy_of(input->at, len);
	input->at += len + (end != NULL);
	input->left -= len + (end != NULL);
	return line;
}

char *input_rest(struct input *input, size_t *ret_len)
{
	char *rest = malloc(input->left > 0 ? input->left : 1);
	MUST(rest);
	if (input->left > 0)
		memcpy(rest, input->at, input->left);
	*ret_len = input->left;
	input->at += input->left;
	input->left = 0;
	return rest;
}

char *input_text(struct input *input, size_t max_b, size_t *ret_len)
{
	struct buf text = BUF_INIT(3 * input->left + 1);
	MUST(text_repair(&text, input->at, input->left) == 0);
	*ret_len = text_cut(buf_str(&text), text.len, max_b);
	char *copy = copy_of(buf_str(&text), *ret_len);
	buf_release(&text);
	input->at += input->left;
	input->left = 0;
	return copy;
}

bool is_boundary(const char *text, size_t len, size_t at)
{
	return at == len || (at < len && ((unsigned char)text[at] & 0xc0) != 0x80);
}

/* ---- pages ---- */

/* Strings that main hands to a reader are no longer. */
static char *cut_line(struct input *input, size_t max_b)
{
	char *line = input_line(input);
	if (strlen(line) > max_b)
		line[max_b] = '\0';
	return line;
}

static bool printable(const char *text)
{
	for (; *text; text++) {
		if (*text < ' ' || *text > '~')
			return false;
	}
	return true;
}

struct page page_of(struct input *input, const char *source)
{
	char *head = cut_line(input, LIMIT_HEADER_B);
	char *at = head;
	long step = strtol(at, &at, 10);
	long status = strtol(at, &at, 10);
	at += strspn(at, " ");
	char *content_type = copy_of(at, strlen(at));
	free(head);
	char *link = cut_line(input, LIMIT_HEADER_B);
	char *subject = cut_line(input, LIMIT_URL_B);
	struct page page = {
		.url = "https://social.example/@ada",
		.final_url = "https://social.example/@ada",
		.profile = "https://social.example/@ada",
		.source = source,
		.step = (int)(step % 1000),
		.authorised = step / 1000 % 2 != 0,
		.status = status >= 100 && status <= 999 ? (int)status : 200,
		.content_type = content_type,
		.link = link,
		.subject = subject,
		.fetched_s = 1700000000,
	};
	page.body = input_rest(input, &page.body_len);
	/* An empty line stands for a header that was not there. */
	if (!*content_type)
		page.content_type = NULL;
	if (!*link)
		page.link = NULL;
	if (!*subject || !printable(subject)) /* it is our own */
		page.subject = NULL;
	if (!page.content_type)
		free(content_type);
	if (!page.link)
		free(link);
	if (!page.subject)
		free(subject);
	return page;
}

void page_drop(struct page *page)
{
	free((char *)page->content_type);
	free((char *)page->link);
	free((char *)page->subject);
	free((void *)page->body);
}

/* Once there and back: an answer that main takes, and that says the same when it is said again. */
void reading_holds(struct reading *reading, size_t n_rules)
{
	struct reading there;
	struct buf said = BUF_INIT(ANSWER_B);
	struct buf again = BUF_INIT(ANSWER_B);
	const char *wrong = reading_check(reading, n_rules);
	if (wrong)
		(void)fprintf(stderr, "wrong: %s\n", wrong);
	MUST(!wrong);
	MUST(reading->extract.verdict < VERDICT_COUNT);
	int r = message_add_reading(&said, reading);
	MUST(r == 0 || r == BUF_E_FULL);
	if (r == 0) {
		r = message_read_reading(said.data, said.len, n_rules, &there, &wrong);
		if (r == MESSAGE_E_BAD)
			(void)fprintf(stderr, "main refuses the %s\n", wrong);
		MUST(r == 0);
		MUST(message_add_reading(&again, &there) == 0);
		MUST(again.len == said.len && memcmp(again.data, said.data, said.len) == 0);
		reading_release(&there);
	}
	buf_release(&said);
	buf_release(&again);
}

void extract_holds(struct extract *extract)
{
	struct score *scores = calloc(extract->n_posts + 1, sizeof *scores);
	MUST(scores);
	struct reading reading = {.extract = *extract, .scores = scores};
	reading_holds(&reading, 0);
	free(scores);
}

void read_as(const char *source, const uint8_t *data, size_t size)
{
	struct input input = input_of(data, size);
	struct page page = page_of(&input, source);
	struct extract extract;
	int r = source_read(shipped_walls(), &page, &extract);
	MUST(r == 0 || r == -ENOMEM);
	if (r == 0)
		extract_holds(&extract);
	extract_release(&extract);
	page_drop(&page);
}

/* ---- rules ---- */

const struct ruleset *small_rules(void)
{
	static struct ruleset *set;
	static struct config *config;
	static const char *const files[] = {RULES};
	if (set)
		return set;
	struct problems *problems = problems_new();
	MUST(problems && config_default(&config) == 0);
	const struct ruleset_options options = {
		.config = config, .files = {files, 1}, .strict = true};
	int r = ruleset_load(&options, problems, &set);
	problems_print(problems, stderr);
	MUST(r == 0);
	problems_free(problems);
	return set;
}

void score_holds(const struct score *score, const struct post *post, const struct ruleset *ruleset)
{
	MUST(score->score >= 0 && score->score <= 100);
	MUST(score->severity == severity_of_score(score->score));
	MUST(score->n_hits <= LIMIT_HITS);
	MUST(!score->unscored || score->unscored_why);
	for (size_t i = 0; i < score->n_hits; i++) {
		const struct hit *hit = &score->hits[i];
		MUST(hit->rule < ruleset_count(ruleset));
		MUST(hit->start <= hit->end && hit->end <= post->len);
		MUST(is_boundary(post->text, post->len, hit->start));
		MUST(is_boundary(post->text, post->len, hit->end));
		MUST(hit->confidence >= 0 && hit->confidence <= 1);
		MUST(hit->score >= 1 && hit->score <= 100);
		MUST(hit->severity == severity_of_score(hit->score));
		MUST(hit->reasons && text_valid(hit->reasons, strlen(hit->reasons)));
		MUST(i == 0 || score->hits[i - 1].score >= hit->score);
	}
}
