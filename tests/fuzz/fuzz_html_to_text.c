/* Any HTML as the text that a reader sees: bounded, valid, its links where they say they are. */
#include "crawlers/parse/htmltext.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void links(const struct html_text *said)
{
	size_t start = 0;
	MUST(said->n_links <= LIMIT_POST_LINKS);
	for (size_t i = 0; i < said->n_links; i++) {
		const struct link *link = &said->links[i];
		MUST(strncmp(link->url, "http://", 7) == 0 ||
			strncmp(link->url, "https://", 8) == 0);
		MUST(link->start >= start && link->start <= link->end && link->end <= said->len);
		MUST(is_boundary(said->text, said->len, link->start));
		MUST(is_boundary(said->text, said->len, link->end));
		start = link->start;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = input_of(data, size);
	const char *base = input_byte(&input) & 1 ? "https://social.example/@ada" : NULL;
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct html_text said;
	size_t len;
	char *html = input_text(&input, LIMIT_HTML_B, &len);
	MUST(arena);
	int r = html_to_text(arena, html, len, base, &said);
	MUST(r == 0 || r == HTML_E_LIMIT || r == -ENOMEM);
	if (r == 0) {
		MUST(said.text && said.len <= LIMIT_POST_TEXT_B && text_valid(said.text, said.len));
		MUST(said.others_len <= LIMIT_POST_TEXT_B);
		MUST(!said.others || text_valid(said.others, said.others_len));
		MUST(!said.lang || text_valid(said.lang, strlen(said.lang)));
		links(&said);
	}
	arena_free(arena);
	free(html);
	return 0;
}
