#include "crawlers/parse/xml.h"
#include "daemon/base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Events written down as "(name attr=value …" ")" and text as it is. */
static int write_start(void *userdata, const char *name, const char *const *attrs)
{
	struct buf *out = userdata;
	int r = buf_addf(out, "(%s", name);
	for (; r == 0 && *attrs; attrs += 2)
		r = buf_addf(out, " %s=%s", attrs[0], attrs[1]);
	return r == 0 ? buf_addc(out, ' ') : r;
}

static int write_end(void *userdata, const char *name)
{
	(void)name;
	return buf_addc(userdata, ')');
}

static int write_text(void *userdata, const char *text, size_t len)
{
	return buf_add(userdata, text, len);
}

static const struct xml_events events = {write_start, write_end, write_text};

struct row {
	const char *why;
	const char *xml;
	int want;
	const char *seen;
};

static const struct row rows[] = {
	{"text and elements", "<a>x<b c='d'/>y</a>", 0, "(a x(b c=d )y)"},
	{"white space and a warning before it", " \n Warning: x<?xml version='1.0'?><a/>", 0,
		"(a )"},
	{"byte order mark", "\xef\xbb\xbf<a/>", 0, "(a )"},
	{"the declaration's standalone is not believed",
		"<?xml version='1.0' standalone='yes'?><a>&nbsp;</a>", 0, "(a \xc2\xa0)"},
	{"a stylesheet is left alone", "<?xml-stylesheet href='x'?><a/>", 0, "(a )"},
	{"Latin-1 by declaration", "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", 0,
		"(a \xc3\xa9)"},
	{"windows-1251 by declaration", "<?xml version='1.0' encoding='windows-1251'?><a>\xcf</a>",
		0, "(a \xd0\x9f)"},
	{"malformed UTF-8", "<a>caf\xe9!</a>", 0, "(a caf\xef\xbf\xbd!)"},
	{"entities of HTML", "<a>&eacute;&hellip;&amp;&lt;</a>", 0, "(a \xc3\xa9\xe2\x80\xa6&<)"},
	{"an entity in an attribute", "<a b='&eacute;'/>", 0, "(a b=\xc3\xa9 )"},
	{"no entity at all", "<a>AT&T &foo; & &; &toolonganame; &#; &#x; &#zz; R&D</a>", 0,
		"(a AT&T &foo; & &; &toolonganame; &#; &#x; &#zz; R&D)"},
	{"a bare less-than", "<a>1 < 2 <3</a>", 0, "(a 1 < 2 <3)"},
	{"numbers", "<a>&#65;&#x42;</a>", 0, "(a AB)"},
	{"numbers of no character", "<a>&#0;&#xD800;&#xFFFF;&#x110000;&#99999999999;</a>", 0,
		"(a \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd)"},
	{"numbers of Windows", "<a>don&#146;t</a>", 0, "(a don\xe2\x80\x99t)"},
	{"control characters", "<a>x\x08y\x1bz\tw</a>", 0, "(a x\xef\xbf\xbdy\xef\xbf\xbdz\tw)"},
	{"characters that XML forbids", "<a>\xef\xbf\xbe</a>", 0, "(a \xef\xbf\xbd)"},
	{"CDATA stays", "<a><![CDATA[&nbsp;<b>&]]></a>", 0, "(a &nbsp;<b>&)"},
	{"control characters in CDATA", "<a><![CDATA[\x01]]></a>", 0, "(a \xef\xbf\xbd)"},
	{"comments, even bad ones", "<a>x<!-- -- & < -->y</a>", 0, "(a xy)"},
	{"junk behind the end", "<a/><b/>&<", 0, "(a )"},
	{"our words for name spaces", "<x:a xmlns:x='http://www.w3.org/2005/Atom'><x:b/></x:a>", 0,
		"(atom:a xmlns:x=http://www.w3.org/2005/Atom (atom:b ))"},
	{"a default name space", "<a xmlns='http://purl.org/rss/1.0/'><b xmlns=''/></a>", 0,
		"(a xmlns=http://purl.org/rss/1.0/ (b xmlns= ))"},
	{"a prefix that is declared nowhere", "<a><dc:creator/></a>", 0, "(a (dc:creator ))"},
	{"a prefix of something unknown", "<a xmlns:q='urn:q'><q:b/></a>", 0,
		"(a xmlns:q=urn:q (q:b ))"},
	{"a name space ends with its element",
		"<a><b xmlns='http://www.w3.org/2005/Atom'/><b/></a>", 0,
		"(a (atom:b xmlns=http://www.w3.org/2005/Atom )(b ))"},
	{"a document type without entities",
		"<!DOCTYPE rss PUBLIC '-//Netscape//DTD RSS 0.91//EN' "
		"'http://x.example/y.dtd'><a>&eacute;</a>",
		0, "(a \xc3\xa9)"},
	{"an entity of its own", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", XML_E_ENTITY, ""},
	{"a file as entity", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
		XML_E_ENTITY, ""},
	{"a parameter entity", "<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://x.example/'> %x;]><a/>",
		XML_E_ENTITY, ""},
	{"billion laughs",
		"<!DOCTYPE a [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c "
		"'&b;&b;&b;'>]><a>&c;</a>",
		XML_E_ENTITY, ""},
	{"the wrong end", "<a><b>x</a>", XML_E_BAD, "(a (b x"},
	{"a document that ends early", "<a><b>x</b>", XML_E_CUT, "(a (b x)"},
	{"one that ends in CDATA", "<a><![CDATA[x", XML_E_CUT, "(a x"},
	{"one that ends in a tag", "<a><b c='", XML_E_CUT, "(a "},
	{"one that ends in a comment", "<a><!-- x", XML_E_CUT, "(a "},
	{"nothing", "", XML_E_CUT, ""},
	{"no XML", "hello", XML_E_CUT, ""},
};

static void reads_what_feeds_send(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf seen = BUF_INIT(4096);
		int r = xml_read(rows[i].xml, strlen(rows[i].xml), NULL, &events, &seen);
		if (r != rows[i].want || strcmp(buf_str(&seen), rows[i].seen) != 0)
			fail_msg("%s: returned %d, want %d; saw \"%s\", want \"%s\"", rows[i].why,
				r, rows[i].want, buf_str(&seen), rows[i].seen);
		buf_release(&seen);
	}
}

static void the_header_goes_before_the_declaration(void **state)
{
	(void)state;
	static const char xml[] = "<?xml version='1.0' encoding='utf-8'?><a>\xe9</a>";
	struct buf seen = BUF_INIT(4096);
	assert_int_equal(
		xml_read(xml, sizeof xml - 1, "text/xml; charset=iso-8859-1", &events, &seen), 0);
	assert_string_equal(buf_str(&seen), "(a \xc3\xa9)");
	buf_release(&seen);
}

static int count(void *userdata, const char *name, const char *const *attrs)
{
	(void)name, (void)attrs;
	++*(size_t *)userdata;
	return 0;
}

static int nothing(void *userdata, const char *name)
{
	(void)userdata, (void)name;
	return 0;
}

static int no_text(void *userdata, const char *text, size_t len)
{
	(void)userdata, (void)text, (void)len;
	return 0;
}

static void nesting_ends_at_the_limit(void **state)
{
	(void)state;
	static const struct xml_events counting = {count, nothing, no_text};
	const size_t depth = 100000;
	char *xml = malloc(depth * 3);
	assert_non_null(xml);
	for (size_t i = 0; i < depth; i++)
		memcpy(xml + i * 3, "<a>", 3);
	size_t n = 0;
	assert_int_equal(xml_read(xml, depth * 3, NULL, &counting, &n), XML_E_DEEP);
	assert_int_equal(n, LIMIT_XML_DEPTH);
	free(xml);
}

static int refuse(void *userdata, const char *name, const char *const *attrs)
{
	(void)userdata, (void)name, (void)attrs;
	return -ENOSPC;
}

static void a_handler_ends_the_parse(void **state)
{
	(void)state;
	static const struct xml_events refusing = {refuse, nothing, no_text};
	assert_int_equal(xml_read("<a/>", 4, NULL, &refusing, NULL), -ENOSPC);
}

static void knows_all_entities_of_html4(void **state)
{
	(void)state;
	assert_int_equal(xml_entity("nbsp", 4), 0xa0);
	assert_int_equal(xml_entity("AElig", 5), 0xc6);
	assert_int_equal(xml_entity("zwnj", 4), 0x200c);
	assert_int_equal(xml_entity("thetasym", 8), 0x3d1);
	assert_int_equal(xml_entity("nbs", 3), 0);
	assert_int_equal(xml_entity("nbspx", 5), 0);
	assert_int_equal(xml_entity("lt", 2), 0);
	assert_int_equal(xml_entity("", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_feeds_send),
		cmocka_unit_test(the_header_goes_before_the_declaration),
		cmocka_unit_test(nesting_ends_at_the_limit),
		cmocka_unit_test(a_handler_ends_the_parse),
		cmocka_unit_test(knows_all_entities_of_html4),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
