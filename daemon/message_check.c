#include "daemon/message.h"

#include <string.h>
#include <strings.h>

/* True when [start, end) lies within the text and cuts no character (which is valid UTF-8: a byte
 * 10xxxxxx never starts one). */
static bool spans(const struct post *post, size_t start, size_t end)
{
	if (start > end || end > post->len)
		return false;
	return (start == post->len || ((unsigned char)post->text[start] & 0xc0) != 0x80) &&
	       (end == post->len || ((unsigned char)post->text[end] & 0xc0) != 0x80);
}

/* Addresses of posts and links are shown and may be asked for later: no other scheme gets so far.
 */
static bool web_address(const char *url)
{
	return strncasecmp(url, "https://", strlen("https://")) == 0 ||
	       strncasecmp(url, "http://", strlen("http://")) == 0;
}

static const char *check_post(const struct post *post)
{
	if (post->url && !web_address(post->url))
		return "address of a post";
	if (!spans(post, 0, post->title_len))
		return "title of a post";
	for (size_t i = 0; i < post->n_links; i++) {
		const struct link *link = &post->links[i];
		if (!web_address(link->url))
			return "address of a link";
		if (!spans(post, link->start, link->end))
			return "place of a link";
	}
	return NULL;
}

static const char *check_score(const struct score *score, const struct post *post, size_t n_rules)
{
	for (size_t i = 0; i < score->n_hits; i++) {
		const struct hit *hit = &score->hits[i];
		if (hit->rule >= n_rules)
			return "rule of a hit";
		if (!spans(post, hit->start, hit->end))
			return "place of a hit";
	}
	return NULL;
}

static const char *check_follow(struct arena *arena, struct follow *follow)
{
	struct url url;
	const struct source *source = source_find(follow->source);
	if (!source)
		return "source of a follow";
	if (url_parse(arena, follow->url, &url) != 0)
		return "address of a follow";
	follow->source = source->name; /* static, as the header promises */
	return NULL;
}

const char *reading_check(struct reading *reading, size_t n_rules)
{
	struct extract *extract = &reading->extract;
	const char *wrong = NULL;
	for (size_t i = 0; !wrong && i < extract->n_posts; i++) {
		wrong = check_post(&extract->posts[i]);
		if (!wrong)
			wrong = check_score(&reading->scores[i], &extract->posts[i], n_rules);
	}
	for (size_t i = 0; !wrong && i < extract->n_follows; i++)
		wrong = check_follow(extract->arena, &extract->follows[i]);
	return wrong;
}
