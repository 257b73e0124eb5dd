#ifndef DIRTWATCH_PATTERNS_SCORE_H
#define DIRTWATCH_PATTERNS_SCORE_H

#include "daemon/base/arena.h"
#include "daemon/base/post.h"
#include "patterns/ruleset.h"

/* From a post to findings: normalise, prefilter, confirm with PCRE2, weigh the context, sum up
 * (DESIGN: scoring).  Runs only in the reader role and on the person's own drafts. */

struct hit {
	size_t rule;  /* index of the rule's card */
	size_t start; /* byte offsets into post.text, half-open */
	size_t end;
	double confidence;      /* after context: 0–1 */
	double score;           /* 0–100: weight × confidence × multipliers */
	enum severity severity; /* effective: severity_of_score(score) */
	const char *reasons; /* why it weighs what it weighs: "medium 30 × 0.80 × bio 1.5; quoted:
			      * ×0.2"; in the arena */
};

struct score {
	double score; /* 0–100 for the post */
	enum severity severity;
	bool unscored; /* a rule gave up at a limit, or the text was cut: not clean */
	const char *unscored_why;
	const struct hit
		*hits; /* worst first, at most LIMIT_HITS; only those with a score of 1 or more */
	size_t n_hits;
};

/* Scratch memory for one thread: match data, views. */
struct scorer;
MUST_CHECK int scorer_new(const struct ruleset *ruleset, struct scorer **ret); /* 0, -ENOMEM */
struct scorer *scorer_free(struct scorer *scorer);                             /* NULL is fine */

/** Score @post as of @now_s.  Results live in @arena.  @post's text is a stranger's: valid UTF-8,
 * no NUL.  Returns 0 (look at unscored) or -ENOMEM. */
MUST_CHECK int score_post(struct scorer *scorer, const struct post *post, int64_t now_s,
	struct arena *arena, struct score *ret);

#endif
