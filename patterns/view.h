#ifndef DIRTWATCH_PATTERNS_VIEW_H
#define DIRTWATCH_PATTERNS_VIEW_H

#include "config/yaml_map.h"
#include "daemon/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How a post looks to the rules.  Whoever hides a word from a reader's filter leaves it legible to
 * people; a view is the text as people read it, with the way back to the bytes that were written:
 *
 *   cased        NFKC; invisible characters left out; quotes, dashes and spaces unified; look-alike
 *                letters of other scripts read as Latin ones inside words that mix scripts; web
 *                addresses, e-mail addresses and handles blanked
 *   plain        the same, case-folded
 *   undisguised  the plain view with h4te, k!ll, f*ck, f u c k, f.u.c.k, fück and fuuuck spelt out, and
 *                emoji that stand for words (emoji.h);
 *   (two)        the second reads what is ambiguous the other way (1 as l, fuuuck as fuuck).  They
 *                exist only where they differ from the plain view
 */
enum view_name {
	VIEW_PLAIN,
	VIEW_UNDISGUISED,
	VIEW_UNDISGUISED_2,
	VIEW_CASED,
	VIEW_COUNT,
};

/* Bytes start..end, half-open. */
struct span {
	size_t start;
	size_t end;
};

/* Zero bytes that stand behind a view's text, so that eight bytes may be read at any place of it.
 */
#define VIEW_PAD 8

struct view {
	const char *text;
	size_t len;
	const uint32_t *from; /* where in the post the character that byte i belongs to begins … */
	const uint32_t *to;   /* … and ends; both NULL: where byte i of the view itself lies */
	const struct span
		*changed; /* undisguised: what was rewritten, in bytes of the view, in order */
	size_t n_changed;
};

/** The bytes of the post that view->text[span) was read from.  @span is not empty. */
struct span view_origin(const struct view *view, struct span span);

/** True when [@start, @end) of @view touches something that was rewritten. */
bool view_changed(const struct view *view, struct span span);

enum mask_kind { MASK_URL, MASK_MAIL, MASK_HANDLE };

/* What is an address and not a word: blanked for the rules that read text. */
struct mask {
	struct span at; /* in the post */
	enum mask_kind kind;
};

/* Views and addresses of one post after another; the memory is kept from post to post. */
struct views;

struct views_options {
	struct strings handles; /* folded, without "@", sorted: stay visible */
	struct strings masked;  /* folded words that people write with stars, the likeliest first */
};

/** @options is kept and must outlive the views.  0 with *@ret set, or -ENOMEM. */
MUST_CHECK int views_new(const struct views_options *options, struct views **ret);
struct views *views_free(struct views *views); /* NULL is fine; returns NULL */

/** Take up a new post: @text[0..@len) is a stranger's, valid UTF-8 without NUL, at most
 *  LIMIT_POST_TEXT_B; it must stay until the next call.  @addresses: look for and blank them.
 *  Returns 0 or -ENOMEM. */
MUST_CHECK int views_take(struct views *views, const char *text, size_t len, bool addresses);

/** One view of it, made when first asked for; *@ret is NULL when it does not differ from the plain
 *  one (undisguised only).  Valid until the next views_take().  Returns 0 or -ENOMEM. */
MUST_CHECK int views_get(struct views *views, enum view_name name, const struct view **ret);

/** The addresses in the post, in order. */
const struct mask *views_masks(const struct views *views, size_t *ret_count);

#endif
