#include "crawlers/parse/charset.h"
#include "tests/unit/shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <strings.h>

#include <cmocka.h>

struct row {
	const char *why;
	const char *content_type;
	enum charset_hint hint;
	const char *bytes;
	size_t len;
	const char *name;
	const char *text;
};

#define B(s) s, sizeof s - 1
#define FFFD "\xef\xbf\xbd"

/* clang-format off */
static const struct row rows[] = {
	{"plain ASCII", NULL, CHARSET_HTML, B("a"), "windows-1252", "a"},
	{"nothing at all", NULL, CHARSET_HTML, B(""), "windows-1252", ""},
	{"undeclared Latin-1", NULL, CHARSET_HTML, B("caf\xe9 \x80"), "windows-1252", "caf\xc3\xa9 \xe2\x82\xac"},
	{"undeclared UTF-8 is seen", NULL, CHARSET_HTML, B("caf\xc3\xa9"), "UTF-8", "caf\xc3\xa9"},
	{"a UTF-8 page with one bad byte and no declaration is not UTF-8", NULL, CHARSET_HTML,
		B("\xc3\xa9 \xff"), "windows-1252", "\xc3\x83\xc2\xa9 \xc3\xbf"},
	{"the mark wins over the header", "text/html; charset=iso-8859-2", CHARSET_HTML,
		B("\xef\xbb\xbf\xc3\xa9"), "UTF-8", "\xc3\xa9"},
	{"the header wins over meta", "text/html;charset=\"utf-8\"", CHARSET_HTML,
		B("<meta charset=koi8-r>\xc3\xa9"), "UTF-8", "<meta charset=koi8-r>\xc3\xa9"},
	{"a header with an unknown label counts for nothing", "text/html; charset=bogus", CHARSET_HTML,
		B("<meta charset=koi8-r>\xc1"), "KOI8-R", "<meta charset=koi8-r>\xd0\xb0"},
	{"malformed UTF-8 is replaced", "text/html; charset=utf-8", CHARSET_HTML, B("a\xff" "b\xc3"),
		"UTF-8", "a" FFFD "b" FFFD},
	{"a NUL is replaced", "text/plain; charset=utf-8", CHARSET_TEXT, B("a\0b"), "UTF-8", "a" FFFD "b"},
	{"a stray lead byte does not swallow ASCII", "text/html; charset=shift_jis", CHARSET_HTML,
		B("\x82<b>"), "Shift_JIS", FFFD "<b>"},
	{"Shift_JIS", NULL, CHARSET_HTML, B("<meta charset=sjis>\x93\xfa\x96\x7b"), "Shift_JIS",
		"<meta charset=sjis>\xe6\x97\xa5\xe6\x9c\xac"},
	{"EUC-JP", "text/html; charset=x-euc-jp", CHARSET_HTML, B("\xc6\xfc"), "EUC-JP", "\xe6\x97\xa5"},
	{"ISO-2022-JP", "text/html; charset=iso-2022-jp", CHARSET_HTML, B("\x1b$BF|\x1b(B"), "ISO-2022-JP",
		"\xe6\x97\xa5"},
	{"GBK reads as gb18030", "text/html; charset=gb2312", CHARSET_HTML, B("\xc8\xd5"), "GBK",
		"\xe6\x97\xa5"},
	{"Big5", "text/html; charset=big5", CHARSET_HTML, B("\xa4\xe9"), "Big5", "\xe6\x97\xa5"},
	{"EUC-KR is windows-949", "text/html; charset=ks_c_5601-1987", CHARSET_HTML, B("\xc7\xd1"), "EUC-KR",
		"\xed\x95\x9c"},
	{"windows-1251", "text/html; charset=cp1251", CHARSET_HTML, B("\xe0"), "windows-1251", "\xd0\xb0"},
	{"UTF-16LE by its mark", NULL, CHARSET_HTML, B("\xff\xfe" "a\0\xe9\0"), "UTF-16LE", "a\xc3\xa9"},
	{"UTF-16BE by its mark", NULL, CHARSET_XML, B("\xfe\xff\0a"), "UTF-16BE", "a"},
	{"a lone surrogate costs one unit", NULL, CHARSET_HTML, B("\xff\xfe\0\xd8" "a\0"), "UTF-16LE",
		FFFD "a"},
	{"half a unit at the end", NULL, CHARSET_HTML, B("\xff\xfe" "a\0b"), "UTF-16LE", "a" FFFD},
	{"UTF-16 in meta cannot be true", NULL, CHARSET_HTML, B("<meta charset=utf-16>"), "UTF-8",
		"<meta charset=utf-16>"},
	{"x-user-defined in meta", NULL, CHARSET_HTML, B("<meta charset=x-user-defined>\xe9"),
		"windows-1252", "<meta charset=x-user-defined>\xc3\xa9"},
	{"x-user-defined in the header", "text/plain; charset=x-user-defined", CHARSET_TEXT, B("\x80"),
		"x-user-defined", "\xef\x9e\x80"},
	{"replacement encodings are no encodings", "text/html; charset=iso-2022-kr", CHARSET_HTML, B("a"),
		"windows-1252", "a"},
	{"a label in capitals, with spaces", "text/html; CHARSET = \" Latin1 \"", CHARSET_HTML, B("\xe9"),
		"windows-1252", "\xc3\xa9"},
	{"charset without a value, then one with", "text/html; charset; charset=utf-8", CHARSET_HTML,
		B("\xc3\xa9"), "UTF-8", "\xc3\xa9"},
	{"XML without a declaration is UTF-8", "application/rss+xml", CHARSET_XML, B("\xe9"), "UTF-8", FFFD},
	{"an XML declaration", NULL, CHARSET_XML, B("<?xml version='1.0' encoding='windows-1251'?>\xe0"),
		"windows-1251", "<?xml version='1.0' encoding='windows-1251'?>\xd0\xb0"},
	{"the header wins over the XML declaration", "text/xml; charset=utf-8", CHARSET_XML,
		B("<?xml version='1.0' encoding='windows-1251'?>\xc3\xa9"), "UTF-8",
		"<?xml version='1.0' encoding='windows-1251'?>\xc3\xa9"},
	{"an XML declaration that ends nowhere", NULL, CHARSET_XML, B("<?xml encoding='koi8-r'"), "UTF-8",
		"<?xml encoding='koi8-r'"},
	{"UTF-16 without a mark, by its first characters", NULL, CHARSET_XML, B("<\0?\0"), "UTF-16LE", "<?"},
	{"XHTML without meta", NULL, CHARSET_HTML, B("<?xml version='1.0' encoding='koi8-r'?>\xc1"),
		"KOI8-R", "<?xml version='1.0' encoding='koi8-r'?>\xd0\xb0"},
	{"meta counts for nothing in plain text", NULL, CHARSET_TEXT, B("<meta charset=koi8-r>\xc1"),
		"windows-1252", "<meta charset=koi8-r>\xc3\x81"},
	{"a NUL where a tag's attribute would start", NULL, CHARSET_HTML, B("<meta \0 charset=koi8-r>"),
		"KOI8-R", "<meta " FFFD " charset=koi8-r>"},
	{"a NUL in a tag's name", NULL, CHARSET_HTML, B("<p\0><meta charset=koi8-r>"), "KOI8-R",
		"<p" FFFD "><meta charset=koi8-r>"},
	{"an equals sign is a name of its own", NULL, CHARSET_HTML, B("<meta = charset=koi8-r>"), "KOI8-R",
		"<meta = charset=koi8-r>"},
};
/* clang-format on */

static void decodes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *row = &rows[i];
		struct buf out = BUF_INIT(4096);
		const char *name = NULL;
		int r = charset_to_utf8(
			row->content_type, row->bytes, row->len, row->hint, &out, &name);
		if (r != 0 || strcmp(name, row->name) != 0 || strcmp(buf_str(&out), row->text) != 0)
			fail_msg("%s: returned %d, %s, \"%s\"", row->why, r, name ? name : "-",
				buf_str(&out));
		buf_release(&out);
	}
}

static void stops_at_the_ceiling(void **state)
{
	(void)state;
	struct buf out = BUF_INIT(3);
	assert_int_equal(charset_to_utf8("a/b; charset=koi8-r", "\xc1\xc1\xc1\xc1", 4, CHARSET_HTML,
				 &out, NULL),
		BUF_E_FULL);
	buf_release(&out);
}

static void every_converter_is_there(void **state)
{
	(void)state;
	assert_int_equal(charset_prepare(), 0);
	assert_int_equal(charset_prepare(), 0);
}

/* ---- html5lib's tests ---- */

/* The one test that declares its encoding by running a script. */
static bool needs_script(const char *data)
{
	return strstr(data, "document.write(") && strstr(data, "-' + '2");
}

static size_t run_suite_file(const char *path, size_t *ret_run)
{
	size_t len;
	size_t failed = 0;
	char *all = read_shared(path, &len);
	if (!all)
		return 0;
	char *at = strstr(all, "#data\n");
	while (at) {
		char *data = at + strlen("#data\n");
		char *mark = strstr(data, "\n#encoding\n");
		assert_non_null(mark);
		char *want = mark + strlen("\n#encoding\n");
		size_t want_len = strcspn(want, "\r\n");
		at = strstr(want, "#data\n");
		*mark = '\0';
		(*ret_run)++;
		/* charset_detect() guesses UTF-8 for what is valid UTF-8 and undeclared; the suite
		 * has no such page but for its own comments. */
		const char *got = charset_detect(NULL, data, (size_t)(mark - data), CHARSET_HTML);
		const char *wanted = charset_of_label(want, want_len);
		if (wanted && strcmp(got, wanted) == 0)
			continue;
		if (needs_script(data)) {
			print_message(
				"%s: one page declares its encoding by running a script\n", path);
			continue;
		}
		printf("%s: wanted %.*s, got %s, for:\n%.300s\n", path, (int)want_len, want, got,
			data);
		failed++;
	}
	free(all);
	return failed;
}

static void agrees_with_html5lib(void **state)
{
	(void)state;
	static const char *const files[] = {"suites/html5lib-encoding/encoding/tests1.dat",
		"suites/html5lib-encoding/encoding/tests2.dat",
		"suites/html5lib-encoding/encoding/test-yahoo-jp.dat",
		"suites/html5lib-encoding/encoding/scripted/tests1.dat"};
	size_t run = 0;
	size_t failed = 0;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		failed += run_suite_file(files[i], &run);
	if (run == 0) {
		print_message("skipped: no html5lib-encoding in %s\n", shared_root());
		skip();
	}
	print_message("html5lib-encoding: %zu of %zu\n", run - failed, run);
	assert_int_equal(failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes),
		cmocka_unit_test(stops_at_the_ceiling),
		cmocka_unit_test(every_converter_is_there),
		cmocka_unit_test(agrees_with_html5lib),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
