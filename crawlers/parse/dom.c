#include "crawlers/parse/dom.h"

#include "daemon/base/limits.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <time.h>

/* The clock is read at every so many allocations: at most 10 ms passed between two readings on
 * the worst page found, and reading it costs nothing then. */
#define CLOCK_EVERY 64

#define ALIGN 16
/* Bytes of attributes that take as long as a step (a list of classes is taken apart and compared, word
 * by word), and what an attribute costs whatever it holds. */
#define STEP_B      8
#define ATTRIBUTE_B 8

struct dom_box {
	struct buf html; /* Gumbo's nodes point into it */
	unsigned char *memory;
	size_t used;
	size_t until_clock;
	struct timespec deadline;
	jmp_buf out;
};

/* Time on the processor, not on the wall: a busy machine must not turn pages into unread ones, and
 * the reader as a whole has a deadline of its own (LIMIT_READER_S). */
static void clock_read(struct timespec *ret)
{
	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, ret) < 0)
		*ret = (struct timespec){
			0}; /* cannot happen on Linux; the byte budget still holds */
}

static bool is_late(const struct dom_box *box)
{
	struct timespec now;
	clock_read(&now);
	return now.tv_sec > box->deadline.tv_sec ||
	       (now.tv_sec == box->deadline.tv_sec && now.tv_nsec > box->deadline.tv_nsec);
}

static void *box_alloc(void *userdata, size_t size)
{
	struct dom_box *box = userdata;
	if (box->until_clock-- == 0) {
		box->until_clock = CLOCK_EVERY;
		if (is_late(box))
			longjmp(box->out, DOM_E_LATE);
	}
	if (size > LIMIT_HTML_ARENA_B - box->used)
		longjmp(box->out, DOM_E_TOO_BIG);
	void *at = box->memory + box->used;
	size_t padded = (size + ALIGN - 1) / ALIGN * ALIGN;
	size_t room = LIMIT_HTML_ARENA_B - box->used;
	box->used += padded < room ? padded : room;
	return at;
}

static void box_free(void *userdata, void *at)
{
	(void)userdata;
	(void)at; /* the mapping goes as a whole */
}

static struct dom_box *box_free_all(struct dom_box *box)
{
	if (!box)
		return NULL;
	if (box->memory)
		(void)munmap(box->memory, LIMIT_HTML_ARENA_B); /* fails for a bad address only */
	buf_release(&box->html);
	free(box);
	return NULL;
}

static struct dom_box *box_new(void)
{
	struct dom_box *box = calloc(1, sizeof *box);
	if (!box)
		return NULL;
	box->html = BUF_INIT(LIMIT_HTML_B);
	void *memory = mmap(NULL, LIMIT_HTML_ARENA_B, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return box_free_all(box);
	box->memory = memory;
	return box;
}

static void box_start(struct dom_box *box)
{
	clock_read(&box->deadline);
	long ns = box->deadline.tv_nsec + LIMIT_HTML_MS * 1000000L;
	box->deadline.tv_sec += ns / 1000000000L;
	box->deadline.tv_nsec = ns % 1000000000L;
	box->until_clock = CLOCK_EVERY;
}

/* Returns 0 or what box_alloc() jumped out with.  Gumbo keeps nothing outside its allocations, so
 * leaving it half-way loses nothing but them. */
static int box_parse(struct dom_box *box, const GumboNode **ret)
{
	GumboOptions options = kGumboDefaultOptions;
	options.allocator = box_alloc;
	options.deallocator = box_free;
	options.userdata = box;
	options.max_errors = 0; /* each record copies the tag stack: 48 kB of <div> took 786 MB */
	int r = setjmp(box->out);
	if (r != 0)
		return r;
	*ret = gumbo_parse_with_options(&options, buf_str(&box->html), box->html.len)->root;
	return 0;
}

/* Gumbo 0.10.1 lets the number in "&#x1f88888888;" overflow, and writes what comes of it as one byte
 * that is no UTF-8.  The number of U+FFFD, which browsers show for it (HTML §13.2.5.80), takes its
 * place: it is no longer.  @at: behind the "&#". */
static void mend_reference(char *at)
{
	bool hex = *at == 'x' || *at == 'X';
	const char *mended = hex ? "fffd" : "65533";
	const size_t len = hex ? 4 : 5;
	const size_t most = hex ? 6 : 7; /* digits that can not overflow */
	at += hex;
	size_t zeros = strspn(at, "0");
	size_t digits = strspn(at + zeros, hex ? "0123456789abcdefABCDEF" : "0123456789");
	if (digits <= most)
		return;
	memset(at, '0', zeros + digits);
	memcpy(at + zeros + digits - len, mended, len);
}

static void mend_references(struct buf *html)
{
	for (size_t i = 0; i < html->len; i++) {
		char *at = memchr(html->data + i, '&', html->len - i);
		if (!at)
			return;
		if (at[1] == '#')
			mend_reference(at + 2);
		i = (size_t)(at - html->data);
	}
}

int dom_parse(struct arena *arena, const char *html, size_t len, struct dom *ret)
{
	struct dom dom = {.steps_left = LIMIT_HTML_STEPS};
	dom.box = box_new();
	if (!dom.box)
		return -ENOMEM;
	int r = strip_html(arena, html, len, &dom.box->html, &dom.stripped);
	if (r == BUF_E_FULL)
		r = DOM_E_TOO_BIG;
	if (r == 0) {
		mend_references(&dom.box->html);
		box_start(dom.box);
		r = box_parse(dom.box, &dom.root);
	}
	if (r == 0)
		*ret = dom;
	else
		dom_release(&dom);
	return r;
}

void dom_release(struct dom *dom)
{
	dom->box = box_free_all(dom->box);
	dom->root = NULL;
}

/* ---- walks ---- */

static const GumboVector *children_of(const GumboNode *node)
{
	switch (node->type) {
	case GUMBO_NODE_DOCUMENT:
		return &node->v.document.children;
	case GUMBO_NODE_ELEMENT:
	case GUMBO_NODE_TEMPLATE:
		return &node->v.element.children;
	default:
		return NULL;
	}
}

struct dom_walk dom_walk(struct dom *dom, const GumboNode *top)
{
	return (struct dom_walk){.dom = dom, .top = top};
}

/* The next sibling, or the parent being left. */
static bool step_behind(struct dom_walk *walk)
{
	const GumboNode *parent = walk->at->parent;
	const GumboVector *siblings = children_of(parent);
	size_t next = walk->at->index_within_parent + 1;
	if (siblings && next < siblings->length) {
		walk->at = siblings->data[next];
		walk->leaving = false;
		return true;
	}
	if (parent == walk->top)
		return false;
	walk->at = parent;
	walk->leaving = true;
	return true;
}

/* Whoever comes to an element looks through its attributes: a page of long lists of classes must not
 * take a hundred times as long as the budget is meant for. */
static size_t attribute_steps(const GumboNode *node)
{
	const GumboVector *attributes = &node->v.element.attributes;
	size_t bytes = 0;
	for (size_t i = 0; i < attributes->length; i++) {
		const GumboAttribute *attribute = attributes->data[i];
		bytes += ATTRIBUTE_B + strlen(attribute->value);
	}
	return bytes / STEP_B;
}

static void count_step(struct dom *dom, const GumboNode *node)
{
	size_t steps = 1 + (node && dom_is(node, GUMBO_TAG_UNKNOWN) ? attribute_steps(node) : 0);
	dom->steps_left -= steps < dom->steps_left ? steps : dom->steps_left;
}

bool dom_step(struct dom_walk *walk)
{
	if (walk->dom->steps_left == 0)
		return false;
	count_step(walk->dom, walk->leaving ? NULL : walk->at);
	const GumboNode *from = walk->at ? walk->at : walk->top;
	const GumboVector *children = children_of(from);
	if (!walk->at) {
		if (!children || children->length == 0)
			return false;
		walk->at = children->data[0];
		return true;
	}
	if (walk->leaving || !children)
		return step_behind(walk);
	if (children->length == 0) {
		walk->leaving = true;
		return true;
	}
	walk->at = children->data[0];
	return true;
}

void dom_skip(struct dom_walk *walk)
{
	walk->leaving = true;
}

bool dom_is(const GumboNode *node, GumboTag tag)
{
	if (node->type != GUMBO_NODE_ELEMENT && node->type != GUMBO_NODE_TEMPLATE)
		return false;
	return tag == GUMBO_TAG_UNKNOWN || node->v.element.tag == tag;
}

const char *dom_attr(const GumboNode *node, const char *name)
{
	if (!dom_is(node, GUMBO_TAG_UNKNOWN))
		return NULL;
	const GumboAttribute *attribute = gumbo_get_attribute(&node->v.element.attributes, name);
	return attribute ? attribute->value : NULL;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

const char *dom_word(const char **at, size_t *ret_len)
{
	if (!*at)
		return NULL;
	const char *word = *at;
	while (is_space(*word)) /* words are short: strcspn() takes longer to begin */
		word++;
	size_t len = 0;
	while (word[len] && !is_space(word[len]))
		len++;
	*at = word + len;
	*ret_len = len;
	return len > 0 ? word : NULL;
}

bool dom_has_word(const char *words, const char *word)
{
	size_t want = strlen(word);
	size_t len;
	for (const char *at = dom_word(&words, &len); at; at = dom_word(&words, &len)) {
		if (len == want && strncasecmp(at, word, len) == 0)
			return true;
	}
	return false;
}

bool dom_has_class(const GumboNode *node, const char *class)
{
	return dom_has_word(dom_attr(node, "class"), class);
}

const GumboNode *dom_find(struct dom *dom, const GumboNode *top, GumboTag tag)
{
	struct dom_walk walk = dom_walk(dom, top);
	while (dom_step(&walk)) {
		if (!walk.leaving && dom_is(walk.at, tag))
			return walk.at;
	}
	return NULL;
}

int dom_text(struct dom *dom, const GumboNode *node, struct buf *out)
{
	struct dom_walk walk = dom_walk(dom, node);
	while (dom_step(&walk)) {
		const GumboNode *at = walk.at;
		if (at->type != GUMBO_NODE_TEXT && at->type != GUMBO_NODE_WHITESPACE &&
			at->type != GUMBO_NODE_CDATA)
			continue;
		int r = buf_adds(out, at->v.text.text);
		if (r != 0)
			return r;
	}
	return 0;
}

const GumboNode *dom_up(struct dom *dom, const GumboNode *node)
{
	if (dom->steps_left == 0)
		return NULL;
	count_step(dom, node);
	return node->parent;
}
