#include "crawlers/parse/htmltext.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct row {
	const char *why;
	const char *html;
	const char *text;
	const char *others; /* NULL: none */
};

/* clang-format off */
static const struct row rows[] = {
	{"nothing", "", "", NULL},
	{"text", "a", "a", NULL},
	{"white space collapses", " a \n\t b ", "a b", NULL},
	{"white space between elements counts once", "<b>a </b> <i> b</i>", "a b", NULL},
	{"no white space, no space", "<b>br</b><i>ibe</i>", "bribe", NULL},
	{"a space that is part of the text stays", "a&nbsp;&nbsp;b", "a\xc2\xa0\xc2\xa0" "b", NULL},
	{"a number beyond all characters", "&#x1f88888888;&#X0000000041;&#99999999999;&#0000000066;", "\xef\xbf\xbd" "A\xef\xbf\xbd" "B", NULL},
	{"entities", "AT&amp;T isn&rsquo;t &lt;b&gt; &#x1F986;", "AT&T isn\xe2\x80\x99t <b> \xf0\x9f\xa6\x86", NULL},
	{"paragraphs", "<p>a</p>\n<p>b</p>c", "a\n\nb\n\nc", NULL},
	{"empty paragraphs", "<p></p><p> </p><p>a<p><p>", "a", NULL},
	{"lines", "a<br>b<br/>c", "a\nb\nc", NULL},
	{"two breaks are a paragraph", "a<br> <br>b<br><br><br>c", "a\n\nb\n\nc", NULL},
	{"a break at the end of a paragraph", "<p>a<br></p><p>b</p>", "a\n\nb", NULL},
	{"blocks are lines", "<div>a<div>b</div></div><div>c</div>", "a\nb\nc", NULL},
	{"a list", "a<ul><li>b<li>c</ul>d", "a\n\nb\nc\n\nd", NULL},
	{"a list in a list", "<ul><li>a<ul><li>b</ul><li>c</ul>", "a\n\nb\n\nc", NULL},
	{"a table", "<table><tr><td>a<td>b<tr><th>c<td>d</table>", "a b\nc d", NULL},
	{"pre", "<pre>a\n  b\n\n\n\tc </pre>d", "a\n  b\n\n\tc\n\nd", NULL},
	{"code in pre keeps its spaces", "<pre><code><b>if</b> (a)\n  b</code></pre>", "if (a)\n  b", NULL},
	{"code in a line", "<p><code>if  (bribe) {}</code></p>", "if (bribe) {}", NULL},
	{"white space kept by a style", "<p style='white-space: pre-wrap'>a\n  b</p>", "a\n  b", NULL},
	{"a heading", "<h1>a</h1>b", "a\n\nb", NULL},
	{"a picture's description", "a<img alt='me, drunk' src=x>b", "a\n\nme, drunk\n\nb", NULL},
	{"a picture without one", "a<img src=x><img alt=''>b", "ab", NULL},
	{"an emoji picture by class", "a <img class='emoji' alt='\xf0\x9f\x8d\xba' src=x> b",
		"a \xf0\x9f\x8d\xba b", NULL},
	{"an emoji picture by its name", "cheers<img alt='\xf0\x9f\x8d\xba'>", "cheers\xf0\x9f\x8d\xba", NULL},
	{"a shortcode picture", "so <img alt=':blobcat:' src=x> drunk", "so :blobcat: drunk", NULL},
	{"scripts, styles, comments", "a<script>b</script><style>c</style><!-- d -->e", "ae", NULL},
	{"hidden by attribute, style, class", "a<p hidden>b</p><i style='DISPLAY : none'>c</i>"
		"<i style='visibility:hidden'>d</i><span class='sr-only'>e</span>f", "af", NULL},
	{"a style that hides nothing", "a<b style='display:block'>b</b>", "ab", NULL},
	{"an icon", "a<i aria-hidden=true>#</i><span class='my-icon' aria-hidden='true'>arrow_back</span>b", "ab",
		NULL},
	{"words that only screen readers do not get", "<span aria-hidden='true'>drunk again</span>",
		"drunk again", NULL},
	{"form controls", "a<button>Like</button><select><option>x</select><input value=y><textarea>z</textarea>",
		"a", NULL},
	{"a link split for show reads as its address",
		"<a href='https://x.example/long/path'><span class='invisible'>https://</span>"
		"<span class='ellipsis'>x.example/lo</span><span class='invisible'>ng/path</span></a>",
		"https://x.example/long/path", NULL},
	{"a mention", "<p><span class='h-card'><a href='/@bob' class='u-url mention'>@<span>bob</span></a></span> hi</p>",
		"@bob hi", NULL},
	{"a quotation", "<p>He said:</p><blockquote><p>I was drunk</p><p>twice</p></blockquote><p>No.</p>",
		"He said:\n\nNo.", "I was drunk\n\ntwice"},
	{"a quotation in a line", "he called it <q>a bribe</q>, no less", "he called it , no less", "a bribe"},
	{"words around a quotation do not join", "a<q>b</q>c", "a c", "b"},
	{"a name of a work", "<p>I read <cite>Junky</cite>.</p>", "I read .", "Junky"},
	{"quotations in quotations", "a<blockquote>b<blockquote>c</blockquote>d</blockquote>e", "a\n\ne",
		"b\n\nc\n\nd"},
	{"struck text is still there", "<del>a</del> <s>b</s>", "a b", NULL},
	{"ruby", "<ruby>\xe8\xb3\x84<rp>(</rp><rt>wai</rt><rp>)</rp></ruby>", "\xe8\xb3\x84 wai", NULL},
	{"figures", "<figure><img alt='a'><figcaption>b</figcaption></figure>", "a\n\nb", NULL},
	{"details are open to whoever looks", "<details><summary>a</summary>b</details>", "a\nb", NULL},
	{"a whole document", "<html><head><title>t</title></head><body><p>a</body></html>", "a", NULL},
};
/* clang-format on */

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(LIMIT_EXTRACT_B);
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena = arena_free(arena);
	return 0;
}

static struct html_text read_html(const char *html, const char *base)
{
	struct html_text text;
	int r = html_to_text(arena, html, strlen(html), base, &text);
	if (r != 0)
		fail_msg("returned %d for %.100s", r, html);
	return text;
}

static void reads_as_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct html_text text = read_html(rows[i].html, "https://x.example/");
		bool same = strcmp(text.text, rows[i].text) == 0 &&
			    !text.others == !rows[i].others &&
			    (!text.others || strcmp(text.others, rows[i].others) == 0);
		if (!same)
			fail_msg("%s: \"%s\", others \"%s\"", rows[i].why, text.text,
				text.others ? text.others : "(none)");
		assert_int_equal(text.len, strlen(text.text));
	}
}

struct link_row {
	const char *why;
	const char *html;
	const char *base;
	const char *want; /* "URL=covered;" for each link */
};

/* clang-format off */
static const struct link_row link_rows[] = {
	{"an absolute link", "see <a href='https://y.example/a'>it</a>.", NULL, "https://y.example/a=it;"},
	{"a relative link", "<a href='../b?c=d&amp;e'>x y</a>", "https://x.example/p/q/", "https://x.example/p/b?c=d&e=x y;"},
	{"a relative link without a base", "<a href='/b'>x</a>", NULL, ""},
	{"white space at the edges is not covered", "a <a href='/b'> x </a> c", "https://x.example/", "https://x.example/b=x;"},
	{"a link after a paragraph", "<p>a</p><p><a href='/b'>x</a></p>", "https://x.example/", "https://x.example/b=x;"},
	{"a link around a picture without a name", "<a href='/b'><img src=x></a>", "https://x.example/", "https://x.example/b=;"},
	{"links to the page's own places", "<a href='#top'>x</a><a name=y>z</a>", "https://x.example/", ""},
	{"other schemes", "<a href='mailto:a@x.example'>x</a><a href='javascript:a()'>y</a>", "https://x.example/", ""},
	{"links in quotations are not the writer's", "<blockquote><a href='/b'>x</a></blockquote>", "https://x.example/", ""},
	{"two links", "<a href='/a'>x</a><a href='/b'>y</a>", "https://x.example/", "https://x.example/a=x;https://x.example/b=y;"},
	{"a link that is never closed", "<p><a href='/a'>x", "https://x.example/", "https://x.example/a=x;"},
};
/* clang-format on */

static void records_links(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof link_rows / sizeof link_rows[0]; i++) {
		struct html_text text = read_html(link_rows[i].html, link_rows[i].base);
		struct buf got = BUF_INIT(4096);
		int r = 0;
		for (size_t k = 0; k < text.n_links; k++) {
			const struct link *link = &text.links[k];
			assert_true(link->start <= link->end && link->end <= text.len);
			r |= buf_addf(&got, "%s=%.*s;", link->url, (int)(link->end - link->start),
				text.text + link->start);
		}
		assert_int_equal(r, 0);
		if (strcmp(buf_str(&got), link_rows[i].want) != 0)
			fail_msg("%s: \"%s\"", link_rows[i].why, buf_str(&got));
		buf_release(&got);
	}
}

struct lang_row {
	const char *why;
	const char *html;
	const char *want; /* NULL: none */
};

/* clang-format off */
static const struct lang_row lang_rows[] = {
	{"none", "<p>a", NULL},
	{"of the document", "<html lang=de><p>a", "de"},
	{"of the element that holds it all", "<div lang='fr'><p>a</div>", "fr"},
	{"of one word at the start", "<p><i lang=la>ergo</i> I drink", NULL},
	{"of one word later", "<p>I drink <i lang=la>ergo</i>", NULL},
	{"empty says that nobody knows", "<html lang=''><p>a", NULL},
};
/* clang-format on */

static void knows_the_language(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lang_rows / sizeof lang_rows[0]; i++) {
		const char *got = read_html(lang_rows[i].html, NULL).lang;
		const char *want = lang_rows[i].want;
		if (!got != !want || (got && strcmp(got, want) != 0))
			fail_msg("%s: %s", lang_rows[i].why, got ? got : "(none)");
	}
}

static void long_text_is_cut(void **state)
{
	(void)state;
	struct buf html = BUF_INIT(1 << 20);
	while (html.len < 4 * LIMIT_POST_TEXT_B)
		assert_int_equal(
			buf_adds(&html, "\xe6\x97\xa5\xe6\x9c\xac <a href='/a'>x</a> "), 0);
	struct html_text text = read_html(html.data, "https://x.example/");
	assert_true(text.cut);
	assert_true(text.len <= LIMIT_POST_TEXT_B && text.len > LIMIT_POST_TEXT_B - 8);
	assert_true(text_valid(text.text, text.len));
	assert_int_equal(text.n_links, LIMIT_POST_LINKS);
	buf_release(&html);
}

static void too_much_is_said(void **state)
{
	(void)state;
	struct buf html = BUF_INIT(LIMIT_PAGE_B);
	struct html_text text;
	while (html.len < 1 << 20)
		assert_int_equal(buf_adds(&html, "<div>"), 0);
	assert_int_equal(html_to_text(arena, html.data, html.len, NULL, &text), HTML_E_LIMIT);
	buf_release(&html);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_as_shown),
		cmocka_unit_test(records_links),
		cmocka_unit_test(knows_the_language),
		cmocka_unit_test(long_text_is_cut),
		cmocka_unit_test(too_much_is_said),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
