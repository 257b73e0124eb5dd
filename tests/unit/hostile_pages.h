#ifndef DIRTWATCH_TESTS_UNIT_HOSTILE_PAGES_H
#define DIRTWATCH_TESTS_UNIT_HOSTILE_PAGES_H

/* Pages made to keep a reader busy: the unit tests read them, and the bench says how their cost grows. */
#include "daemon/base/buf.h"

#include <stddef.h>

struct hostile_page {
	const char *why; /* it is hostile */
	const char *once;
	const char *repeat; /* until the page has page_b bytes; %zu: which time */
	size_t page_b;
};

/* clang-format off */
static const struct hostile_page hostile_pages[] = {
	{"nested blocks", "<p class=h-entry>I am clean", "<div>", 1 << 20},
	{"nested items", "", "<i class=h-entry>", 1 << 20},
	{"nested properties", "<div class=h-entry>", "<i class='p-a e-content'>x", 1 << 20},
	{"nested value classes", "<div class='h-entry'><b class=dt-published>", "<i class=value>1", 1 << 20},
	{"nested articles", "", "<article>", 1 << 18},
	{"items nested as deep as Gumbo gets", "", "<i class=h-entry>", 1 << 16},
	{"properties so", "<div class=h-entry>", "<i class='p-a e-content'>x", 1 << 16},
	{"value classes so", "<div class='h-entry'><b class=dt-published>", "<i class=value>1", 1 << 16},
	{"articles so", "", "<article>", 1 << 16},
	{"text so", "", "<u>word ", 1 << 16},
	{"boxes so", "", "<section>some words, ", 1 << 16},
	{"lists with links so", "", "<ul><li><a href=/%zu>word</a> and, ", 1 << 16},
	{"metadata so", "<article><h2><a href=/>a</a></h2>", "<div class=meta>word ", 1 << 16},
	{"headings so", "<article>", "<h2><a href=/>a</a><div>", 1 << 16},
	{"many articles", "", "<article><h2><a href=/%zu>a</a></h2>b</article>", 1 << 20},
	{"many links", "", "<a rel='me next alternate' type=application/rss+xml href=/%zu>a</a>", 1 << 20},
	{"many items with one address", "", "<p class=h-entry><a class=u-url href=/1>a</a>", 1 << 20},
	{"many classes", "<p class='h-entry ", "p-a%zu ", 1 << 20},
	{"nested JSON", "<script type=application/ld+json>", "[{\"@type\":", 1 << 20},
	{"JSON that points at itself", "<script type=application/ld+json>[", "{\"@type\":\"Article\",\"headline\":\"a\",\"author\":{\"@id\":\"x\"}},", 1 << 20},
	{"styles", "", "<p style='display display display'>a", 1 << 20},
	{"deep boxes of many classes", "", "<div class='a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p q r s t u v w x y z "
		"a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p q r s t u v w x y z "
		"a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o p q r s t u v w x y z'>", 7 << 18},
	{"deep text", "", "<u>word ", 1 << 19},
	{"deep lists with links", "", "<ul><li><a href=/%zu>word</a> and, ", 1 << 19},
};
/* clang-format on */

static inline int hostile_page_write(
	const struct hostile_page *page, size_t page_b, struct buf *ret)
{
	int r = buf_adds(ret, page->once);
	for (size_t i = 0; r == 0 && ret->len < page_b; i++)
		r = buf_addf(ret, page->repeat, i);
	return r;
}

#endif
