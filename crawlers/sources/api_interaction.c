#include "crawlers/sources/api.h"

#include "daemon/base/limits.h"
#include "daemon/base/text.h"

#include <string.h>

/* An interaction in the making. */
struct target {
	struct compose compose;
	size_t room_b; /* of LIMIT_TARGET_B */
};

static int collapse(struct buf *out, const char *text, size_t len)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < len; i++) {
		bool space = text[i] == ' ' || (text[i] >= '\t' && text[i] <= '\r');
		if (!space)
			r = buf_addc(out, text[i]);
		else if (out->len > 0 && out->data[out->len - 1] != ' ')
			r = buf_addc(out, ' ');
	}
	return r;
}

/* A paragraph of one line, so that nothing in a stranger's bio stands where a handle does. */
static int add_line(struct target *target, const struct html_text *part)
{
	struct buf line = BUF_INIT(LIMIT_TARGET_B);
	int r = collapse(&line, part->text, text_cut(part->text, part->len, target->room_b));
	if (r == 0) {
		const struct html_text one = {.text = buf_str(&line), .len = line.len};
		target->room_b -= line.len;
		r = compose_add_others(&target->compose, &one);
	}
	buf_release(&line);
	return r < 0 ? r : 0;
}

static int add_plain(struct target *target, const char *text)
{
	struct html_text part;
	int r = compose_read_plain(&target->compose, text, text ? strlen(text) : 0, &part);
	return r == 0 ? add_line(target, &part) : r;
}

static int add_handle(struct target *target, const char *handle)
{
	const char *whole = handle;
	if (handle && *handle != '\0' && *handle != '@' &&
		api_format(target->compose.arena, &whole, "@%s", handle) < 0)
		return -ENOMEM;
	return add_plain(target, whole);
}

static int add_about(struct target *target, const struct api_interaction *interaction)
{
	const char *about = interaction->about;
	struct html_text part;
	if (!interaction->about_html)
		return add_plain(target, about);
	int r = compose_read_html(&target->compose, about, about ? strlen(about) : 0, NULL, &part);
	return r == 0 ? add_line(target, &part) : r;
}

static int add_target(
	struct target *target, const char *base_url, const struct api_interaction *interaction)
{
	int r = add_handle(target, interaction->handle);
	if (r == 0)
		r = add_plain(target, interaction->name);
	if (r == 0)
		r = add_about(target, interaction);
	if (r == 0)
		r = api_add_card(&target->compose, base_url, interaction->url);
	return r == 0 ? api_add_card(&target->compose, base_url, interaction->site) : r;
}

int api_add_interaction(
	struct extract *extract, const char *base_url, const struct api_interaction *interaction)
{
	const char *about_whom = interaction->url      ? interaction->url
				 : interaction->handle ? interaction->handle
						       : interaction->name;
	struct target target = {
		.compose = COMPOSE_INIT(extract->arena),
		.room_b = LIMIT_TARGET_B,
	};
	struct post post = {.kind = interaction->kind, .published_s = interaction->published_s};
	if (!about_whom || *about_whom == '\0')
		return 0;
	int r = interaction->id ? api_copy(extract->arena, interaction->id, &post.id)
				: api_format(extract->arena, &post.id, "%s:%s",
					  kind_name(interaction->kind), about_whom);
	if (r == 0)
		r = add_target(&target, base_url, interaction);
	return api_add_post(extract, &target.compose, r, &post);
}

void api_judge_acts(struct extract *extract, size_t n_rows, size_t n_known)
{
	if (n_rows > 0 && n_known == 0) {
		(void)api_drift(extract, "The list holds nothing that this site's API gives.");
		return;
	}
	if (n_known < n_rows)
		(void)api_cut_acts(
			extract, "Some of what the server lists is nothing that its API gives.");
	extract->verdict = VERDICT_OK;
}

int api_cut_acts(struct extract *extract, const char *why)
{
	extract->coverage.interactions_cut = true;
	extract->coverage.lack = why;
	return 0;
}
