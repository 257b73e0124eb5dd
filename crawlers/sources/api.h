#ifndef DIRTWATCH_CRAWLERS_SOURCES_API_H
#define DIRTWATCH_CRAWLERS_SOURCES_API_H

#include "crawlers/parse/compose.h"
#include "crawlers/source.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* What the sources that read a site's API have in common.  Every value in an answer is a stranger's
 * and may be of any type. */

/* ---- names in addresses ---- */

#define API_DIGITS    "0123456789"
#define API_LETTERS   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define API_PLAIN     API_LETTERS API_DIGITS "_-"
#define API_PLAIN_DOT API_PLAIN "."

struct api_name {
	const char *at; /* into the path */
	int len;
	const char *rest; /* what stands behind the name: "", "/" or "/…" */
};

/** True when @path is @prefix, a name made of @chars, and nothing or a "/" behind it. */
bool api_name(const char *path, const char *prefix, const char *chars, struct api_name *ret);

/* The longest name of any site is a host name's 253. */
#define API_NAME_MAX_B 255

/** True for a string of @chars, neither empty nor longer than a name may be. */
bool api_is_plain(const char *string, const char *chars);

/* ---- strings in an arena; all: 0, -ENOMEM ---- */

MUST_CHECK int api_format(struct arena *arena, const char **ret, const char *form, ...)
	PRINTF_LIKE(3, 4);
/** A copy; NULL of NULL. */
MUST_CHECK int api_copy(struct arena *arena, const char *string, const char **ret);
/** @url (NULL: none) made absolute; NULL when it is none, or relative and @base is NULL. */
MUST_CHECK int api_url(struct arena *arena, const char *base, const char *url, const char **ret);
/** The same with the place within the page that it names ("#comment-7"): of several posts on one page,
 *  that alone tells which. */
MUST_CHECK int api_permalink(
	struct arena *arena, const char *base, const char *url, const char **ret);
/** The origin of what was asked for, to which the rest of a list is bound. */
MUST_CHECK int api_origin(struct arena *arena, const struct page *page, const char **ret);
/** The words of @subject, parted by spaces; the last has all that is left, and those that are missing
 *  are "". */
MUST_CHECK int api_split(
	struct arena *arena, const char *subject, const char *words[], size_t count);

/** How many bytes of @title (NULL: none) go with a subject: it is cut between characters. */
int api_title_len(const char *title);

/* ---- what to ask for next ---- */

/** Ask, as @like says, for the URL that @form makes.  0, -ENOMEM. */
MUST_CHECK int api_follow(struct extract *extract, const struct follow *like, const char *form, ...)
	PRINTF_LIKE(3, 4);

/* ---- the answer as a whole ---- */

typedef int api_reader(const json_t *root, const struct page *page, struct extract *extract);

/** Hand the body to @reader as JSON.  A body that is none, or an answer with an error status, is
 *  left to the verdict that stands, with a why.  0, -ENOMEM, what @reader returns. */
MUST_CHECK int api_read(const struct page *page, struct extract *extract, api_reader *reader);

/** True when the answer is an object with words at @key: the API itself speaks, and no wall before
 *  it. */
bool api_says(const struct page *page, const char *key);

/** The verdict on a list of @n_rows rows, @n_known of which were understood, of an account that is
 *  known to be there. */
void api_judge_list(struct extract *extract, size_t n_rows, size_t n_known);

/** The verdict that the answer is not what this API gives. */
int api_drift(struct extract *extract, const char *why);

/* ---- what is in it ---- */

/** @html as the text it stands for; NULL of NULL.  0, -ENOMEM. */
MUST_CHECK int api_decode(struct extract *extract, const char *html, const char **ret);

/* One row of the table that some platforms show beside what an account says of itself: "Web" and a link,
 * say. */
struct api_field {
	const char *name;  /* NULL: none */
	const char *value; /* NULL, or nothing in it: the row says nothing */
};

/* What an account says of its owner; NULL: nothing. */
struct api_owner {
	const char *handle;
	const char *name;
	const char *headline;
	const char *about;
	const char *location;
	const char *photo;
	const char *photo_alt;
	const char *site;
	const struct api_field *fields; /* links in them are the owner's own pages */
	size_t n_fields;
	bool about_html; /* and the fields' values are, too */
};

/** Write facts, and posts of kind handle and bio.  0, -ENOMEM. */
MUST_CHECK int api_write_owner(
	struct extract *extract, const struct page *page, const struct api_owner *owner);

/* Where an account tells the name of another one of its owner's: at @key, of an account below @site. */
struct api_elsewhere {
	const char *key;
	const char *site;
};

/** Add the accounts elsewhere that @account tells of to facts.links.  0, -ENOMEM. */
MUST_CHECK int api_add_elsewhere(struct extract *extract, const json_t *account,
	const struct api_elsewhere *rows, size_t count);

/** Append a paragraph of HTML to @compose.  0, -ENOMEM. */
MUST_CHECK int api_add_html(struct compose *compose, const char *html, const char *base_url);
/* How a text is written. */
enum api_markup { API_MARKUP_NONE, API_MARKUP_MARKDOWN, API_MARKUP_HTML };

/* One text of the person's, as an API gives it; NULL: nothing. */
struct api_piece {
	const char *id;
	const char *url;
	const char *author;
	const char *lang;
	const char *title;
	const char *body;
	const char *caption; /* description of its picture */
	const char *card;    /* URL of what it is about */
	const char *others;  /* somebody else's words: the title of what is answered, say */
	int64_t published_s;
	int64_t updated_s;
	enum post_kind kind;
	enum api_markup markup; /* of the body */
	bool title_html;
};

/** Append @piece as a post; URLs in it stand to @base_url.  0, -ENOMEM. */
MUST_CHECK int api_add_piece(
	struct extract *extract, const char *base_url, const struct api_piece *piece);

/* What the person did without a word, and to whom or what: as an API gives it; NULL: nothing. */
struct api_interaction {
	enum post_kind kind; /* kind_is_interaction() */
	const char *id;      /* of the act; NULL: it is made of kind and @url, or handle */
	const char *handle; /* of whom is followed, who wrote what is liked, owns what is starred */
	const char *name;   /* of the account, project, group */
	const char *about;  /* what it says of itself; the words liked */
	const char *url;    /* the page that people open */
	const char *site;   /* a project's or organisation's own page elsewhere */
	bool about_html;
	int64_t published_s;
};

/** The same as api_judge_list() for a list of interactions, which never says that the profile is empty;
 *  what was not understood is told, and cuts no posts. */
void api_judge_acts(struct extract *extract, size_t n_rows, size_t n_known);
/** Not all interactions are shown, for the reason @why (static, one sentence).  Returns 0. */
int api_cut_acts(struct extract *extract, const char *why);

/** Append @interaction as a post: no text; others are paragraphs of one line each, LIMIT_TARGET_B in
 *  all: "@handle", name, about; links are url and site.  One that tells neither handle, name nor url is left
 *  out.  0, -ENOMEM. */
MUST_CHECK int api_add_interaction(
	struct extract *extract, const char *base_url, const struct api_interaction *interaction);

/** Append Markdown, or plain text: what it quotes (">") goes to the others, comments to nobody;
 *  addresses in it become links.  0, -ENOMEM. */
MUST_CHECK int api_add_markdown(struct compose *compose, const char *text);
/** Append HTML, or plain text, as somebody else's words.  0, -ENOMEM. */
MUST_CHECK int api_add_others_html(struct compose *compose, const char *html, const char *base_url);
MUST_CHECK int api_add_others(struct compose *compose, const char *text);
/** Append all that @add takes out of @object (NULL: nothing) as somebody else's words.  0, -ENOMEM. */
typedef int api_adder(struct compose *compose, const json_t *object, const char *base_url);
MUST_CHECK int api_add_others_of(
	struct compose *compose, const json_t *object, const char *base_url, api_adder *add);
/** Append plain text, or what HTML's entities in it mean, as the title.  0, -ENOMEM. */
MUST_CHECK int api_add_title(struct compose *compose, const char *text, bool html);
/** Append a link that covers none of the text, if it is one.  0, -ENOMEM. */
MUST_CHECK int api_add_card(struct compose *compose, const char *base_url, const char *url);

/** Append @head with what was put together, if @r, which came of that, is 0; @compose is released.
 *  0, -ENOMEM, @r. */
MUST_CHECK int api_add_post(
	struct extract *extract, struct compose *compose, int r, const struct post *head);

#endif
