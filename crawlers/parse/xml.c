#include "crawlers/parse/xml.h"

#include "crawlers/parse/charset.h"
#include "daemon/base/limits.h"

#include <expat.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Bindings of prefixes in force at one time, and the longest prefix; real feeds have up to 20, and
 * none is longer than "creativeCommons".  What is beyond keeps its own prefix. */
#define BINDINGS_MAX 64
#define PREFIX_MAX   31
/* The longest "space:local" that any source looks for is half of it; longer ones match nothing. */
#define NAME_MAX_B 127

/* The name spaces that feeds use, and our words for them.  "" is RSS's own in its several ages. */
static const struct {
	const char *uri;
	const char *space;
} known[] = {
	{"http://www.w3.org/2005/Atom", "atom"},
	{"http://purl.org/atom/ns#", "atom"},
	{"http://purl.org/rss/1.0/", ""},
	{"http://my.netscape.com/rdf/simple/0.9/", ""},
	{"http://channel.netscape.com/rdf/simple/0.9/", ""},
	{"http://my.netscape.com/publish/formats/rss-0.91.dtd", ""},
	{"http://backend.userland.com/rss2", ""},
	{"http://blogs.law.harvard.edu/tech/rss", ""},
	{"http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"},
	{"http://www.w3.org/1999/xhtml", "xhtml"},
	{"http://purl.org/dc/elements/1.1/", "dc"},
	{"http://purl.org/dc/terms/", "dcterms"},
	{"http://purl.org/rss/1.0/modules/content/", "content"},
	{"http://search.yahoo.com/mrss/", "media"},
	{"http://search.yahoo.com/mrss", "media"},
	{"http://purl.org/syndication/thread/1.0", "thr"},
	{"http://purl.org/syndication/history/1.0", "fh"},
	{"http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes"},
	{"http://www.itunes.com/DTDs/PodCast-1.0.dtd", "itunes"},
	{"http://a9.com/-/spec/opensearch/1.1/", "opensearch"},
	{"http://a9.com/-/spec/opensearchrss/1.0/", "opensearch"},
};

struct binding {
	char prefix[PREFIX_MAX + 1];
	const char *space; /* NULL: a name space we do not know */
	size_t depth;      /* of the element that declared it */
};

struct reader {
	XML_Parser parser;
	const struct xml_events *events;
	void *userdata;
	size_t depth;
	struct binding bindings[BINDINGS_MAX];
	size_t n_bindings;
	char name[NAME_MAX_B + 1];
	int stop; /* why we ended the parse: XML_E_*, -errno; 0: we did not */
};

static void stop(struct reader *reader, int why)
{
	if (reader->stop == 0)
		reader->stop = why;
	(void)XML_StopParser(
		reader->parser, XML_FALSE); /* fails only when it has stopped already */
}

static void bind(struct reader *reader, const char *prefix, const char *uri)
{
	if (reader->n_bindings == BINDINGS_MAX || strlen(prefix) > PREFIX_MAX)
		return;
	struct binding *binding = &reader->bindings[reader->n_bindings++];
	*binding = (struct binding){.depth = reader->depth};
	memcpy(binding->prefix, prefix, strlen(prefix));
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(known[i].uri, uri) == 0)
			binding->space = known[i].space;
	}
}

static void bind_all(struct reader *reader, const char *const *attrs)
{
	for (; *attrs; attrs += 2) {
		if (strcmp(attrs[0], "xmlns") == 0)
			bind(reader, "", attrs[1]);
		else if (strncmp(attrs[0], "xmlns:", 6) == 0)
			bind(reader, attrs[0] + 6, attrs[1]);
	}
}

/* Our word for the name space of @prefix[0..@len); NULL: none that we know. */
static const char *space_of(const struct reader *reader, const char *prefix, size_t len)
{
	for (size_t i = reader->n_bindings; i-- > 0;) {
		const struct binding *binding = &reader->bindings[i];
		if (strlen(binding->prefix) == len && memcmp(binding->prefix, prefix, len) == 0)
			return binding->space;
	}
	return NULL;
}

static const char *our_name(struct reader *reader, const char *written)
{
	const char *colon = strchr(written, ':');
	const char *local = colon ? colon + 1 : written;
	size_t len = colon ? (size_t)(colon - written) : 0;
	const char *space = space_of(reader, written, len);
	int n;
	if (!space) /* unknown or not declared: the prefix has to do */
		n = snprintf(reader->name, sizeof reader->name, "%s", written);
	else
		n = snprintf(reader->name, sizeof reader->name, "%s%s%s", space, *space ? ":" : "",
			local);
	return n < (int)sizeof reader->name ? reader->name : "";
}

static void XMLCALL on_start(void *userdata, const XML_Char *name, const XML_Char **attrs)
{
	struct reader *reader = userdata;
	if (++reader->depth > LIMIT_XML_DEPTH) {
		stop(reader, XML_E_DEEP);
		return;
	}
	bind_all(reader, attrs);
	int r = reader->events->start(reader->userdata, our_name(reader, name), attrs);
	if (r != 0)
		stop(reader, r);
}

static void XMLCALL on_end(void *userdata, const XML_Char *name)
{
	struct reader *reader = userdata;
	/* Expat ends an empty element even when its start has stopped the parse. */
	if (reader->stop != 0)
		return;
	int r = reader->events->end(reader->userdata, our_name(reader, name));
	if (r != 0)
		stop(reader, r);
	while (reader->n_bindings > 0 &&
		reader->bindings[reader->n_bindings - 1].depth == reader->depth)
		reader->n_bindings--;
	reader->depth--;
}

static void XMLCALL on_text(void *userdata, const XML_Char *text, int len)
{
	struct reader *reader = userdata;
	int r = reader->stop != 0 ? 0 : reader->events->text(reader->userdata, text, (size_t)len);
	if (r != 0)
		stop(reader, r);
}

/* NOLINTNEXTLINE(readability-function-size): expat's own list of arguments */
static void XMLCALL on_entity(void *userdata, const XML_Char *name, int is_parameter,
	const XML_Char *value, int value_len, const XML_Char *base, const XML_Char *system_id,
	const XML_Char *public_id, const XML_Char *notation)
{
	(void)name, (void)is_parameter, (void)value, (void)value_len, (void)base;
	(void)system_id, (void)public_id, (void)notation;
	stop(userdata, XML_E_ENTITY);
}

static int outcome(const struct reader *reader, enum XML_Status status)
{
	if (reader->stop != 0)
		return reader->stop;
	if (status == XML_STATUS_OK)
		return 0;
	switch (XML_GetErrorCode(reader->parser)) {
	case XML_ERROR_NO_MEMORY:
		return -ENOMEM;
	case XML_ERROR_JUNK_AFTER_DOC_ELEMENT:
		return 0;
	case XML_ERROR_NO_ELEMENTS:
	case XML_ERROR_UNCLOSED_TOKEN:
	case XML_ERROR_UNCLOSED_CDATA_SECTION:
	case XML_ERROR_PARTIAL_CHAR:
		return XML_E_CUT;
	default:
		return XML_E_BAD;
	}
}

static int parse(const struct buf *text, const struct xml_events *events, void *userdata)
{
	if (text->len > INT_MAX) /* expat counts in int; pages end at LIMIT_PAGE_B long before */
		return XML_E_BAD;
	struct reader reader = {.events = events, .userdata = userdata};
	reader.parser = XML_ParserCreate("UTF-8");
	if (!reader.parser)
		return -ENOMEM;
	XML_SetUserData(reader.parser, &reader);
	XML_SetElementHandler(reader.parser, on_start, on_end);
	XML_SetCharacterDataHandler(reader.parser, on_text);
	XML_SetEntityDeclHandler(reader.parser, on_entity);
	int r = outcome(&reader, XML_Parse(reader.parser, buf_str(text), (int)text->len, XML_TRUE));
	XML_ParserFree(reader.parser);
	return r;
}

int xml_read(const void *bytes, size_t len, const char *content_type,
	const struct xml_events *events, void *userdata)
{
	/* A byte of a single-byte charset becomes at most three; a "&" becomes five. */
	struct buf text = BUF_INIT(len * 3);
	struct buf tidy = BUF_INIT(len * 3 * 5);
	int r = charset_to_utf8(content_type, bytes, len, CHARSET_XML, &text, NULL);
	if (r == 0)
		r = xml_tidy(&tidy, buf_str(&text), text.len);
	buf_release(&text);
	if (r == 0)
		r = parse(&tidy, events, userdata);
	else if (r == BUF_E_FULL)
		r = XML_E_BAD;
	buf_release(&tidy);
	return r;
}

const char *xml_attr(const char *const *attrs, const char *name)
{
	for (; *attrs; attrs += 2) {
		if (strcmp(attrs[0], name) == 0)
			return attrs[1];
	}
	return NULL;
}
